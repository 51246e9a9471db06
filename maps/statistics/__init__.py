"""What the tests stand on: permutations, false discovery rate, Gi*, trends, classes."""
