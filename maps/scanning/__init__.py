"""What the scan statistics are made of: circles, likelihoods, secondary clusters."""
