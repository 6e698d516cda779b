"""Made-up composites for the tests of sensitivity."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from scoring import Composed, Part, compose, figures

NAMES = ["甲", "乙", "丙", "丁"]
TABLE = pd.DataFrame(
    {
        "evaluatee": NAMES,
        "窗口": [84.0, 79.0, 88.0, 70.0],
        "热线": [70.0, 82.0, 71.0, 69.0],
        "代表": [81.0, 80.0, 74.0, 66.0],
        "任务": [90.0, 93.0, 95.0, 60.0],
    }
)
TREE = Part(
    "综合",
    parts=(
        Part("群众", 0.6, (Part("窗口", 0.7), Part("热线", 0.3))),
        Part("代表", 0.25),
        Part("任务", 0.15),
    ),
)


def whole(tree: Part = TREE, table: pd.DataFrame = TABLE) -> Composed:
    return compose(tree, [figures(table)])


def reweighted(tree: Part, name: str, weight: float) -> Part:
    """Give a tree in which one part has another weight and its siblings keep their proportions."""
    parts = tree.parts
    if name in [part.name for part in parts]:
        now = next(part.weight for part in parts if part.name == name)
        keep = (1 - weight) / (1 - now)
        parts = tuple(
            replace(part, weight=weight if part.name == name else part.weight * keep) for part in parts
        )
    return replace(tree, parts=tuple(reweighted(part, name, weight) for part in parts))


def gap(found: Composed, a: str, b: str) -> float:
    names = found.whole.evaluatees
    return float(found.whole.estimate[names.index(a)] - found.whole.estimate[names.index(b)])


def flat(weights: np.ndarray, table: pd.DataFrame = TABLE) -> Composed:
    names = [name for name in table.columns if name != "evaluatee"]
    parts = tuple(Part(name, float(weight)) for name, weight in zip(names, weights, strict=True))
    return whole(Part("综合", parts=parts), table)
