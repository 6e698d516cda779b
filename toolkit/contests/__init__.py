"""Objections to a place: recorded, recomputed, and answered in a letter that identifies nobody."""

from toolkit.contests.contest import Contest
from toolkit.contests.recount import Recount

__all__ = ["Contest", "Recount"]
