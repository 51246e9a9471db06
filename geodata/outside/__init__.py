"""Geocoders of other companies, off unless a deployment turns one on.

Only a place's name and the city ever leave the machine, and an answer counts only where it agrees
with our own reading; otherwise it is a hint for a person.
"""
