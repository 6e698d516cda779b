"""The rating scale: what a rating may be, which label it carries, and the words that are none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

Config = dict[str, str]


@dataclass(frozen=True)
class Label:
    """A name for the ratings from ``low`` to ``high``."""

    name: str
    low: int
    high: int
    __pydantic_config__: ClassVar[Config] = {"extra": "forbid"}


@dataclass(frozen=True)
class Scale:
    """Whole ratings from ``low`` to ``high``, and the words that are no rating.

    Parameters
    ----------
    low, high : int
        The worst and the best rating.
    labels : tuple of Label
        Names of the ratings, worst first; together they cover the scale.
    dont_know : tuple of str
        Words of a respondent who does not know the evaluatee: no answer is due.
    refused : tuple of str
        Words of a respondent who declines; like a blank, an answer that is missing.
    """

    low: int
    high: int
    labels: tuple[Label, ...] = ()
    dont_know: tuple[str, ...] = ("不了解",)
    refused: tuple[str, ...] = ("拒答",)
    __pydantic_config__: ClassVar[Config] = {"extra": "forbid"}

    def label_faults(self) -> list[str]:
        """Say where the labels leave a rating without a name, or give it two.

        >>> Scale(0, 2, (Label("bad", 0, 0), Label("good", 2, 2))).label_faults()
        ['rating 1 has no label']
        """
        faults = []
        for rating in range(self.low, self.high + 1) if self.labels else ():
            names = [label.name for label in self.labels if label.low <= rating <= label.high]
            if not names:
                faults.append(f"rating {rating} has no label")
            elif len(names) > 1:
                faults.append(f"rating {rating} has the labels {', '.join(names)}")
        return faults
