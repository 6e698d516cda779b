"""A unit's grade in words: how sure it is, and what keeps the unit from the next."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from scoring import Chances, Grading

CHANCE = {
    True: ("{grade}（把握 {chance}）", "{grade} (chance {chance})"),
    False: (
        "{grade}（把握 {chance}，平先验，未校准）",
        "{grade} (chance {chance}; flat prior, uncalibrated)",
    ),
}
CERTAIN = ("{grade}（得分没有抽样误差）", "{grade} (the score has no sampling error)")
SHORT = ("离{next}差 {short} 分", "{short} points short of {next}")
BEYOND = (
    "离{next}差 {short} 分，不在抽样误差之内",
    "{short} points short of {next}, beyond the sampling error",
)
WITHIN = (
    "离{next}差 {short} 分，在抽样误差之内",
    "{short} points short of {next}, within the sampling error",
)
EXACTLY = (
    "{next}要求得分高于 {least}，现正好 {least}",
    "{next} takes a score above {least}, this is just {least}",
)
GATE = ("{next}只取前 {last} 名，现列第 {place}", "{next} goes to the first {last}, this is number {place}")
LACKS = ("{next}要求“{name}”，尚未满足", "{next} requires {name!r}, which does not hold")
CAPPED = ("因“{name}”不得评为{next}", "{name!r} rules {next} out")


def grades_in_words(
    rule: Grading, found: pd.DataFrame, chances: Chances, margin: npt.ArrayLike, decimals: int = 1
) -> pd.DataFrame:
    """Say for every unit which grade it has, how sure that is, and what keeps it from the next.

    Parameters
    ----------
    rule : Grading
    found : DataFrame
        What ``scoring.grades`` gives by this rule.
    chances : Chances
        What ``scoring.grade_chances`` gives for the same units in the same order.
    margin : array_like of float, shape (p,)
        How far sampling errors reach: half the width of each score's interval.
    decimals : int
        Of points.

    Returns
    -------
    DataFrame
        ``statement`` in Chinese and ``statement_en``, indexed as ``found``.

    Examples
    --------
    >>> from scoring import Grade, grade_chances, grades
    >>> rule = Grading((Grade("优秀", 90), Grade("良好", 80), Grade("其他")))
    >>> score = pd.Series({"甲": 88.8, "乙": 84.0, "丙": 82.0})
    >>> chances = grade_chances(rule, score, 0.64 * np.eye(3))
    >>> words = grades_in_words(rule, grades(rule, score), chances, margin=[1.1, 1.1, 1.1])
    >>> for line in words.loc["甲"]:
    ...     print(line)
    良好（把握 95%）；离优秀差 1.2 分，不在抽样误差之内
    良好 (chance 95%); 1.2 points short of 优秀, beyond the sampling error
    """
    reach = np.broadcast_to(np.asarray(margin, dtype=np.float64), (len(found),))
    certain = not reach.any()
    lines = []
    for at, row in enumerate(found.to_dict("records")):
        chance = float(chances.table[row["grade"]].iloc[at])
        told: dict[str, Any] = {"grade": row["grade"], "chance": _percent(chance), "next": row["next_grade"]}
        parts = [(CERTAIN if certain else CHANCE[chances.calibrated], told)]
        if not pd.isna(row["next_grade"]):
            parts += _hindrances(rule, row, told, None if certain else float(reach[at]), decimals)
        said = [[text.format(**facts) for text in texts] for texts, facts in parts]
        chinese, english = zip(*said, strict=True)
        lines.append(("；".join(chinese), "; ".join(english)))
    return pd.DataFrame(lines, found.index, ["statement", "statement_en"])


def _percent(chance: float) -> str:
    """Round to whole percent, but never to a certainty that draws cannot give.

    >>> [_percent(chance) for chance in (0.0, 0.004, 0.93, 0.996)]
    ['<1%', '<1%', '93%', '>99%']
    """
    return ">99%" if chance > 0.99 else "<1%" if chance < 0.01 else f"{chance:.0%}"


def _hindrances(
    rule: Grading, row: Mapping[Hashable, Any], told: dict[str, Any], margin: float | None, decimals: int
) -> list[tuple[tuple[str, str], dict[str, Any]]]:
    """Give the texts, with their facts, of what keeps a unit from the next grade."""
    parts: list[tuple[tuple[str, str], dict[str, Any]]] = []
    if not pd.isna(row["short"]):
        text = SHORT if margin is None else WITHIN if row["short"] <= margin else BEYOND
        if row["short"] == 0.0:
            text, told = EXACTLY, told | {"least": f"{row['score']:.10g}"}
        parts.append((text, told | {"short": f"{row['short']:.{decimals}f}"}))
    if not pd.isna(row["last_place"]):
        parts.append((GATE, told | {"last": row["last_place"], "place": row["place"]}))
    above = rule.names.index(str(row["next_grade"]))
    lacks = dict.fromkeys(rule.grades[above].requires, LACKS)
    caps = {name: CAPPED for worse in rule.grades[above + 1 :] for name in worse.capped_if}
    left = f"{row['conditions']}、"
    for name, text in (lacks | caps).items():
        if left.startswith(f"{name}、"):  # in the order of the rule; a name may hold a 、 of its own
            left = left.removeprefix(f"{name}、")
            parts.append((text, told | {"name": name}))
    return parts
