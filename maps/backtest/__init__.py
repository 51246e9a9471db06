"""Early warning tried on simulated series: what it finds, how soon, how often it cries wolf."""
