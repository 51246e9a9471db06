"""Hits → Recommendation: rules, units, and the sentence a unit cannot argue with."""
