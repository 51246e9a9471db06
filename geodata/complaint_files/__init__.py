"""Files of complaints in every format, as columns."""
