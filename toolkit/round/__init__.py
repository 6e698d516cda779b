"""A round of evaluation: a folder, its draws, its answers, its results; each builds on the one before."""

from toolkit.round.decisions import Round

__all__ = ["Round"]
