"""The parts of the demonstration's gazetteer, one file per kind of name; everything is invented."""
