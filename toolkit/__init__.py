"""What people call: schemes, rounds, files and reports."""

from toolkit.errors import RoundError, SchemeError
from toolkit.round import Round
from toolkit.scheme import Scheme
from toolkit.scores import Scores

__all__ = ["Round", "RoundError", "Scheme", "SchemeError", "Scores"]
