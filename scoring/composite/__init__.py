"""Composites as trees: indicators in groups, groups in a composite, to any depth, with one covariance."""
