"""Datums and the shifts between them."""
