"""How numbers and standing phrases are written, for page, figures and terminal alike."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from toolkit.placing import published

NONE, HIDDEN = "—", "*"
INTERNAL = "内部参考：回答尚未收齐，得分和名次还会变动，不得公布"
STATUS = {
    "provisional": "内部参考（收集之中）",
    "preliminary": "初步结果（复核之前）",
    "reviewed": "复核后的结果（尚未封存）",
    "formal": "正式结果",
}
MADE = "演示：名单与回答均为模拟数据，不代表任何真实单位"


def fixed(value: float, decimals: int) -> str:
    """Write a number with so many decimals, rounded half up.

    >>> fixed(2.675, 2), fixed(-0.001, 2), fixed(float("nan"), 2)
    ('2.68', '0.00', '—')
    """
    return f"{rounded(value, decimals):.{decimals}f}" if math.isfinite(value) else NONE


def rounded(value: float, decimals: int) -> float:
    """Round half up to the number that ``fixed`` writes; what is not finite stays as it is.

    >>> rounded(2.675, 2), rounded(-0.001, 2)
    (2.68, 0.0)
    """
    return float(published(np.array([value], dtype=np.float64), decimals)[0]) + 0.0


def or_hidden(text: str) -> str:
    """Write what is missing because it rests on too few people as such.

    >>> or_hidden(fixed(float("nan"), 2)), or_hidden("81.25")
    ('*', '81.25')
    """
    return HIDDEN if text == NONE else text


def percent(share: float, decimals: int = 1) -> str:
    """Write a share as a percentage.

    >>> percent(0.62558)
    '62.6%'
    """
    return f"{fixed(share * 100, decimals)}%" if math.isfinite(share) else NONE


def rounded_share(share: float, decimals: int = 1) -> float:
    """Round a share to the number that ``percent`` writes.

    >>> rounded_share(0.62558)
    0.626
    """
    value = rounded(share * 100, decimals)
    return round(value / 100, decimals + 2)


def weight(share: float) -> str:
    """Write a weight or a level as a percentage, without idle zeros; a long fraction is cut, and says so.

    >>> weight(0.05), weight(0.125), weight(0.65 / 0.9)
    ('5%', '12.5%', '≈72.2%')
    """
    text = f"{share * 100:.6g}"
    return f"≈{fixed(share * 100, 1)}%" if len(text.partition(".")[2]) > 2 else f"{text}%"


def count(number: int) -> str:
    """Write a count.

    >>> count(110600)
    '110,600'
    """
    return f"{number:,}"


def span(low: str, high: str) -> str:
    """Write a range, or the one value it holds.

    >>> span("2", "3"), span("7", "7")
    ('2–3', '7')
    """
    return low if low == high else f"{low}–{high}"


def counts(numbers: Iterable[int]) -> str:
    """Write the smallest and the largest of some counts; of none, that they are hidden.

    >>> counts([20, 12, 20]), counts([])
    ('12–20', '*')
    """
    found = sorted(numbers)
    if not found:
        return HIDDEN
    return span(count(found[0]), count(found[-1]))


def runs(members: Iterable[int], among: Iterable[int]) -> str:
    """Write numbers as runs of those that follow each other in a longer list.

    >>> runs([2, 3, 5, 8], among=[1, 2, 3, 5, 8, 9]), runs([1, 8], among=[1, 2, 8])
    ('2–8', '1、8')
    """
    chosen, parts = set(members), list[list[int]]()
    fresh = True
    for number in sorted(set(among)):
        if number not in chosen:
            fresh = True
        elif fresh:
            parts.append([number, number])
            fresh = False
        else:
            parts[-1][1] = number
    return "、".join(span(str(low), str(high)) for low, high in parts)


def tags(made: bool, status: str) -> tuple[str, ...]:
    """Give the same as ``notices`` in a word each.

    >>> tags(True, "provisional")
    ('模拟数据', '内部参考')
    """
    return (("模拟数据",) if made else ()) + (("内部参考",) if status == "provisional" else ())


def notices(made: bool, status: str) -> tuple[str, ...]:
    """Give what must stand on every sheet and page: made up, for internal use.

    >>> notices(False, "formal")
    ()
    """
    return ((MADE,) if made else ()) + ((INTERNAL,) if status == "provisional" else ())
