"""What counting stands on: columns, steps of time, links, smoothing, borders, roads."""
