"""The rating scale: what a rating may be, its label, what it counts, and the words that are no rating."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np

from scoring.errors import TEMPLATES, EstimateError, several
from scoring.variance import Floats

Config = dict[str, str]


@dataclass(frozen=True)
class Label:
    """A name for the ratings from ``low`` to ``high``, and what each of them counts.

    With a ``value`` (基本满意 = 70) a rating of the label counts that many points of the full mark,
    whichever of the label's ratings it is.
    """

    name: str
    low: int
    high: int
    value: float | None = None
    __pydantic_config__: ClassVar[Config] = {"extra": "forbid"}


@dataclass(frozen=True)
class Scale:
    """Whole ratings from ``low`` to ``high``, and the words that are no rating.

    Parameters
    ----------
    low, high : int
        The smallest and the largest rating: 0 and 10, 1 and 5, -3 and 3.
    labels : tuple of Label
        Names of the ratings, worst first; together they cover the scale. All have a value, or none.
    dont_know : tuple of str
        Words of a respondent who does not know the evaluatee: no answer is due.
    refused : tuple of str
        Words of a respondent who declines; like a blank, an answer that is missing.
    not_asked : tuple of str
        Words for a question that was not shown to the respondent: no answer is due.
    best : "high" or "low"
        Which end of the scale is the best rating.

    Examples
    --------
    >>> Scale(1, 5, best="low").faults()
    []
    >>> for fault in Scale(1, 2, (Label("不满意", 1, 1, 30), Label("满意", 2, 2)), refused=("2",)).faults():
    ...     print(fault)
    labels 不满意 have a value and 满意 have none. Give all of them a value, or none.
    '2' stands for several things among ratings and words. Let it stand for one.
    """

    low: int
    high: int
    labels: tuple[Label, ...] = ()
    dont_know: tuple[str, ...] = ("不了解",)
    refused: tuple[str, ...] = ("拒答",)
    not_asked: tuple[str, ...] = ()
    best: Literal["high", "low"] = "high"
    __pydantic_config__: ClassVar[Config] = {"extra": "forbid"}

    @property
    def has_values(self) -> bool:
        """Whether ratings count what their labels are worth."""
        return any(label.value is not None for label in self.labels)

    def label_faults(self) -> list[str]:
        """Say where the labels leave a rating without a name, or give it two, or do not fit in value.

        >>> Scale(0, 2, (Label("bad", 0, 0), Label("good", 2, 2))).label_faults()
        ['rating 1 has no label']
        """
        return [TEMPLATES[rule][0].format(**found) for rule, found in _label_faults(self)]

    def faults(self) -> list[str]:
        """Say everything that is wrong with the scale."""
        return [TEMPLATES[rule][0].format(**found) for rule, found in self._faults()]

    def checked(self) -> Scale:
        """Give the scale, or say everything that is wrong with it.

        Raises
        ------
        EstimateError
        """
        faults = list(self._faults())
        if faults:
            raise several(EstimateError, "scale", faults)
        return self

    def points(self, full_mark: float = 100.0) -> Floats:
        """Give what every rating counts of the full mark, from ``low`` to ``high``.

        Labels with values: the label's value. Otherwise in equal steps from 0 for the worst rating to the
        full mark for the best.

        Parameters
        ----------
        full_mark : float

        Returns
        -------
        ndarray of float, shape (high - low + 1,)

        Raises
        ------
        EstimateError
            The scale is faulty, or a label's value does not lie between 0 and the full mark.

        Examples
        --------
        >>> Scale(1, 5).points().tolist()
        [0.0, 25.0, 50.0, 75.0, 100.0]
        >>> Scale(1, 5, best="low").points().tolist()
        [100.0, 75.0, 50.0, 25.0, 0.0]
        >>> Scale(0, 2, (Label("不满意", 0, 0, 30), Label("满意", 1, 2, 85))).points().tolist()
        [30.0, 85.0, 85.0]
        """
        self.checked()
        if self.has_values:
            values = [float(label.value or 0) for label in self.labels]
            odd = [label for label in self.labels if not 0 <= float(label.value or 0) <= full_mark]
            if odd:
                found = {"label": odd[0].name, "value": odd[0].value, "full": full_mark}
                raise EstimateError("value_off_mark", where="scale", **found)
            return np.asarray([values[self._label_of(one)] for one in self._ratings()])
        steps = np.arange(self.high - self.low + 1, dtype=np.float64)
        up: Floats = full_mark / (self.high - self.low) * steps
        return up if self.best == "high" else up[::-1].copy()

    def _ratings(self) -> range:
        return range(self.low, self.high + 1)

    def _label_of(self, rating: int) -> int:
        return next(at for at, label in enumerate(self.labels) if label.low <= rating <= label.high)

    def _faults(self) -> Iterator[tuple[str, dict[str, Any]]]:
        if not self.low < self.high:
            yield "scale_empty", {"low": self.low, "high": self.high}
        yield from _label_faults(self)
        for label in self.labels:
            if not self.low <= label.low <= label.high <= self.high:
                yield "label_off_scale", {"name": label.name, "low": label.low, "high": label.high}
        words = [*self.dont_know, *self.refused, *self.not_asked]
        for word, times in Counter([*words, *map(str, self._ratings())]).items():
            if times > 1:
                yield "word_twice", {"word": word}
        for name, times in Counter([label.name for label in self.labels]).items():
            if times > 1:
                yield "label_twice", {"name": name}


def _label_faults(scale: Scale) -> Iterator[tuple[str, dict[str, Any]]]:
    """Read only what it needs: of a scheme with wrong keys, only those that fit are there."""
    for rating in range(scale.low, scale.high + 1) if scale.labels else ():
        names = [label.name for label in scale.labels if label.low <= rating <= label.high]
        if not names:
            yield "rating_unlabelled", {"rating": rating}
        elif len(names) > 1:
            yield "rating_labelled_twice", {"rating": rating, "names": ", ".join(names)}
    values = [(label, getattr(label, "value", None)) for label in scale.labels]
    worth = [(label, float(value)) for label, value in values if value is not None]
    without = [label.name for label, value in values if value is None]
    if worth and without:
        with_value = "、".join(label.name for label, _ in worth)
        yield "values_of_some", {"worth": with_value, "without": "、".join(without)}
    elif worth:
        ordered = sorted(worth, key=lambda one: one[0].low, reverse=scale.best == "low")
        for (worse, less), (better, more) in zip(ordered[:-1], ordered[1:], strict=True):
            if more < less:
                yield "values_fall", {"better": better.name, "worse": worse.name, "a": more, "b": less}
