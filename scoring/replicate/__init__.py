"""Replicate weights: the error of an estimate from estimates with PSUs left out, doubled or drawn again."""
