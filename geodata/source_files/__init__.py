"""A declared boundary file, read."""
