"""A gazetteer file of any format, read."""
