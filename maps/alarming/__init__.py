"""The parts of a day's early warning: series, verdicts, what explains what, clusters, words."""
