"""Reports from the database: what was asked for, the data it is made from, the files."""
