"""The parts of the private PostGIS cluster."""
