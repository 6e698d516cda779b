"""What places rest on: weights, parts and units varied, and a verdict in words for each place."""
