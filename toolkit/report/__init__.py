"""Reports of a scored round: a page, a figure, lines for the terminal."""

from toolkit.report.page import write_report
from toolkit.report.plot import caterpillar

__all__ = ["caterpillar", "write_report"]
