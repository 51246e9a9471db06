"""The data of one moment for maps, read from the database and kept in the process."""
