"""What can be wrong with boundaries, and the report of it."""
