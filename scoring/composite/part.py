"""What a composite is made of, as a plan states it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite
from typing import Any, ClassVar, Literal

from scoring.errors import EstimateError, several

How = Literal["arithmetic", "geometric"]
Missing = Literal["error", "reweight", "leave_out", "zero"]


@dataclass(frozen=True)
class Part:
    """A part of a composite: scores by themselves, or made of parts.

    Parameters
    ----------
    name : str
        Its own within the tree.
    weight : float
        How much it counts in what it is part of; the weights of a part's parts sum to 1. That of the
        whole does not count.
    parts : tuple of Part
        What it is made of; nothing for scores that are given.
    how : "arithmetic" or "geometric"
        How its parts are put together: ``sum w x``, or ``prod x^w``, in which a low part is not made up
        for by a high one.
    missing : "error", "reweight", "leave_out" or "zero"
        What happens to an evaluatee that lacks one of the parts. "reweight": the others share its weight
        in proportion to theirs. "leave_out": the evaluatee lacks this part as well. "zero": it counts 0.
        Who lacks all parts under "reweight" lacks this one.

    Examples
    --------
    >>> survey = Part("群众满意度", 0.7, (Part("服务对象", 0.8), Part("职工", 0.3)))
    >>> Part("综合", parts=(survey, Part("任务完成率", 0.3))).checked()
    Traceback (most recent call last):
    scoring.errors.EstimateError: composite: 1 faults:
    - weights of the parts of '群众满意度' sum to 1.1. Let them sum to 1.
    """

    name: str
    weight: float = 1.0
    parts: tuple[Part, ...] = ()
    how: How = "arithmetic"
    missing: Missing = "error"
    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    def walk(self) -> Iterator[Part]:
        """Give the part and all below it, each before its parts."""
        yield self
        for part in self.parts:
            yield from part.walk()

    @property
    def leaves(self) -> list[str]:
        """Names of the parts whose scores are given, in the plan's order."""
        return [part.name for part in self.walk() if not part.parts]

    def checked(self) -> Part:
        """Give the part, or say everything that is wrong with it.

        Raises
        ------
        EstimateError
        """
        faults = list(self._faults())
        if faults:
            raise several(EstimateError, "composite", faults)
        return self

    def _faults(self) -> Iterator[tuple[str, dict[str, Any]]]:
        for name, times in Counter(part.name for part in self.walk()).items():
            if times > 1:
                yield "part_twice", {"name": name, "times": times}
        for node in self.walk():
            bad = [part for part in node.parts if not (isfinite(part.weight) and part.weight > 0)]
            for part in bad:
                yield "part_weight", {"name": part.name, "weight": part.weight}
            whole = sum(part.weight for part in node.parts)
            if node.parts and not bad and abs(whole - 1) > 1e-9:
                yield "parts_sum", {"name": node.name, "sum": round(whole, 9)}
            if node.how == "geometric" and node.missing == "zero":
                yield "zero_in_product", {"name": node.name}
