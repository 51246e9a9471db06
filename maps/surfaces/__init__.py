"""What density stands on: lattice, cases by day, surfaces kept ready."""
