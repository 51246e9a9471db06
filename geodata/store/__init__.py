"""Rows of cases and boundary versions in PostGIS."""
