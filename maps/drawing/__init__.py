"""Parts of a drawn map sheet: style, ground, areas, labels, legend and notes."""
