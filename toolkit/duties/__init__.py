"""Duties of a plan, checked on the tables that offices keep: visits, terms, rates."""

from toolkit.duties.judge import CHECKS, check_duties, tables_of
from toolkit.duties.kinds import (
    DUTIES,
    Apart,
    Coverage,
    Cross,
    DaysBy,
    Deadline,
    Duty,
    Escalation,
    Every,
    Level,
    Listed,
    Load,
    OneToOne,
    Rate,
    Rows,
    Within,
)
from toolkit.duties.result import DutiesReport, DutyResult

__all__ = [
    "CHECKS",
    "DUTIES",
    "Apart",
    "Coverage",
    "Cross",
    "DaysBy",
    "Deadline",
    "DutiesReport",
    "Duty",
    "DutyResult",
    "Escalation",
    "Every",
    "Level",
    "Listed",
    "Load",
    "OneToOne",
    "Rate",
    "Rows",
    "Within",
    "check_duties",
    "tables_of",
]
