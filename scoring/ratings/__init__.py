"""From what stands on a sheet to ratings, points, rates and indices."""
