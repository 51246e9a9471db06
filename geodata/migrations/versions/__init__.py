"""One file per step, in plain SQL: what runs is what is read."""
