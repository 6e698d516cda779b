"""What a plan says of several rounds: how often they are due, and how they are averaged."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, ClassVar, Literal

from scoring.points.inspections import Average
from toolkit.errors import Fault, fault

if TYPE_CHECKING:
    from toolkit.scheme import Scheme

Every = Literal["year", "month", "week"]
Period = tuple[int, ...]
PATTERNS: dict[Every, re.Pattern[str]] = {
    "year": re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)"),
    "month": re.compile(r"(?<!\d)((?:19|20)\d\d)(?:-|\.|_|年)(1[0-2]|0?[1-9])(?!\d)(?!周)"),
    "week": re.compile(r"(?<!\d)((?:19|20)\d\d)(?:-?[Ww]|年第)(5[0-3]|[1-4]\d|0?[1-9])(?!\d)"),
}


@dataclass(frozen=True)
class RoundsDue:
    """How often a round is due; where nothing is said, any rounds may follow each other.

    Parameters
    ----------
    every : "year", "month" or "week", optional
        One that was not held must be declared where rounds are compared; weeks are those of ISO 8601.
    """

    every: Every | None = None
    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}


def period_in(name: str, every: Every) -> Period | None:
    """Tell the one period that a round's name holds; none where there is no such, or several.

    Examples
    --------
    >>> period_in("测评-2013", "year"), period_in("测评-2013年5月", "month"), period_in("2013-W07", "week")
    ((2013,), (2013, 5), (2013, 7))
    >>> period_in("2013-2014", "year") is None
    True
    """
    found = {tuple(map(int, one.groups())) for one in PATTERNS[every].finditer(name)}
    one = found.pop() if len(found) == 1 else None
    if one is not None and every == "week" and one[1] > date(one[0], 12, 28).isocalendar().week:
        return None
    return one


def following(period: Period) -> dict[Every, Period]:
    """Give the next period of each kind.

    Examples
    --------
    >>> following((2013, 12))["month"], following((2015, 53))["week"], following((2013, 52))["week"]
    ((2014, 1), (2016, 1), (2014, 1))
    """
    if len(period) == 1:
        return {"year": (period[0] + 1,)}
    year, number = period
    found: dict[Every, Period] = {}
    if number <= 12:
        found["month"] = (year + number // 12, number % 12 + 1)
    if number <= date(year, 12, 28).isocalendar().week:
        then = date.fromisocalendar(year, number, 1) + timedelta(days=7)
        found["week"] = then.isocalendar()[:2]
    return found


def period_name(period: Period, every: Every) -> str:
    """Write a period as it is read.

    >>> period_name((2013,), "year"), period_name((2013, 5), "month"), period_name((2013, 7), "week")
    ('2013', '2013-05', '2013-W07')
    """
    return {"year": "{}", "month": "{}-{:02d}", "week": "{}-W{:02d}"}[every].format(*period)


def between(first: Period, last: Period, every: Every) -> list[Period]:
    """List the periods after the first and before the last.

    >>> between((2013, 11), (2014, 2), "month")
    [(2013, 12), (2014, 1)]
    """
    found, at = [], following(first)[every]
    while at < last:
        found.append(at)
        at = following(at)[every]
    return found


def rounds_faults(scheme: Scheme) -> Iterator[Fault]:
    """Name what is wrong with a scheme's key ``average``."""
    rule = scheme.average
    if rule is not None and rule.at_least < 1:
        yield fault("average.at_least", "positive", found=rule.at_least)


EVERY = {"year": ("年", "year"), "month": ("月", "month"), "week": ("周", "week")}
FEWER = {
    "error": ("不足的须先补齐，否则不能计算", "with fewer nothing is computed"),
    "average": ("不足的按已有各轮平均", "with fewer it counts with those it has"),
    "leave_out": ("不足的没有平均分", "with fewer it has no average"),
}


def rounds_in_words(scheme: Scheme, language: Literal["zh", "en"]) -> Iterator[str]:
    """Tell what the plan says of several rounds, a line each."""
    at = ("zh", "en").index(language)
    if scheme.rounds.every is not None:
        zh, en = EVERY[scheme.rounds.every]
        yield (
            f"每{zh}一轮；没有举行的一轮须申报原因和决定单位",
            f"A round every {en}; one that was not held is declared with its reason and office",
        )[at]
    if scheme.average is not None:
        yield from average_in_words(scheme.average, language)


def average_in_words(rule: Average, language: Literal["zh", "en"]) -> Iterator[str]:
    """Tell the rule of averages in a line."""
    least, (zh, en) = rule.at_least, FEWER[rule.fewer]
    yield {
        "zh": f"各轮得分平均，至少 {least} 轮；{zh}",
        "en": f"Scores are averaged over rounds, at least {least}; {en}",
    }[language]
