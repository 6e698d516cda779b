"""Joint inclusion probabilities: one file for each method that needs one, and the table of all."""

from sampling.joint.table import METHODS, hajek, hartley_rao, joint_probabilities

__all__ = ["METHODS", "hajek", "hartley_rao", "joint_probabilities"]
