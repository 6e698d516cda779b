"""A round of evaluation: a folder, its draws, its answers, its results; each builds on the one before."""

from toolkit.round.results import Round

__all__ = ["Round"]
