"""A crosswalk to fill in: codes for what has one name in both rounds, and open rows for the rest."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from toolkit.comparison.crosswalk import CHINESE
from toolkit.scheme import Scheme

LETTERS = {"类别": "C", "对象": "G", "指标": "Q", "单位": "U"}
HINT = "请核对"  # a column for who fills it in; it is not read
GONE = "今年没有此名：改名、合并、拆分的，把代码改成与今年的相同；不再有的不必改"
NEW = "去年没有此名：由旧名改来的，把代码改成与去年的相同；新设的不必改"
SAMPLED = "规则可写：各抽（互相独立）、同批（一阶单元相同）、同一名单（两年都答的人按编号对上）"


def draft(then: Scheme, now: Scheme, years: tuple[int, int]) -> pd.DataFrame:
    """Give a crosswalk of two schemes as a table to be filled in; it can be read as it is.

    Parameters
    ----------
    then, now : Scheme
    years : tuple of int

    Returns
    -------
    DataFrame
        With Chinese heads, as ``Crosswalk.read`` takes it.
    """
    return pd.DataFrame(_rows(then, now, years), columns=[*CHINESE, HINT])


def _rows(then: Scheme, now: Scheme, years: tuple[int, int]) -> Iterator[tuple[str, ...]]:
    for what, letter in LETTERS.items():
        old, new = _names(then, what), _names(now, what)
        every = list(dict.fromkeys([*new, *old]))
        width = max(2, len(str(len(every))))
        for number, name in enumerate(every, 1):
            first = "" if name in old else str(years[1])
            last = "" if name in new else str(years[0])
            note = GONE if last else NEW if first else SAMPLED if what == "对象" else ""
            yield (what, f"{letter}{number:0{width}d}", name, first, last, "", "", "", note)


def _names(scheme: Scheme, what: str) -> list[str]:
    if what == "类别":
        return [each.id for each in scheme.classes]
    if what == "对象":
        return [each.id for each in scheme.groups]
    if what == "单位":
        return list(scheme.evaluatees)
    return list(dict.fromkeys(q for each in scheme.classes for q in each.indicators))
