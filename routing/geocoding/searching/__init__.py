"""The parts of the operator's box: sounds of names, an index of their pieces, house numbers."""
