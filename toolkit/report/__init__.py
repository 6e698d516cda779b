"""Reports of a scored round: a page, a workbook, a figure, lines for the terminal."""

from toolkit.report.assessed import write_assessed
from toolkit.report.page import write_report
from toolkit.report.plot import caterpillar
from toolkit.report.workbook import write_workbook

__all__ = ["caterpillar", "write_assessed", "write_report", "write_workbook"]
