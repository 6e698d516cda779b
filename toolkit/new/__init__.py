"""A new scheme file from the nearest shipped one, each key explained."""
