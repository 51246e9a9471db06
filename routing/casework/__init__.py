"""From a recommendation to a closed case: states, moves, events."""
