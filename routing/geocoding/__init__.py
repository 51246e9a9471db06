"""Words to a place: normalise, find names, read the grammar, place, choose. Pure computation."""
