"""Early warning on one series: is the last count more than its own past explains?"""
