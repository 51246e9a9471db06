"""Parts of the demonstration's history: days, ground and the patterns laid into it."""
