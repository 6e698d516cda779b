"""Methods put to use: in strata, in several stages; and quotas, which draw nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

from sampling.allocation.declared import Config, Shown
from sampling.designs.methods import Method
from sampling.designs.whole import Whole, check_names
from sampling.errors import DesignError


@dataclass(frozen=True)
class Stratified(Whole):
    """Draw by one method in every stratum apart.

    Parameters
    ----------
    by : str or tuple of str
        The column or columns whose values tell the strata.
    method : SimpleRandom, PPS or another
        How each stratum is drawn. A whole number ``n`` is for every stratum; an allocation spreads
        its total over them.
    """

    by: str | tuple[str, ...]
    method: Method
    kind: Literal["stratified"] = "stratified"
    __pydantic_config__: ClassVar[Config] = {"extra": "forbid"}

    def __post_init__(self) -> None:
        if not isinstance(self.by, str):
            check_names(self, "by", at_least=1)


Design = Method | Stratified


@dataclass(frozen=True)
class Multistage(Whole):
    """Draw units, then units inside them, and so on, from one frame whose rows are the last units.

    Parameters
    ----------
    stages : mapping of str to design
        What is drawn at each stage and how, the first stage first: the column that tells the stage's
        units, and the design of one stage, which holds inside every unit of the stage before. The last
        column is the ``unit`` of the draw. Only the last stage can have reserves.

    Examples
    --------
    Four towns of every county, then twenty persons of every town.

    >>> from sampling import PPS, SimpleRandom
    >>> design = Multistage(
    ...     {"town": Stratified("county", PPS(n=4, size="population")), "id": SimpleRandom(n=20)}
    ... )
    >>> list(design.stages)
    ['town', 'id']
    """

    stages: Mapping[str, Design]
    kind: Literal["multistage"] = "multistage"
    __pydantic_config__: ClassVar[Config] = {"extra": "forbid"}

    def __post_init__(self) -> None:
        if not isinstance(self.stages, Mapping):
            raise DesignError("not_stages", where="Multistage", found=self.stages)
        object.__setattr__(self, "stages", dict(self.stages))  # whatever happens to the caller's mapping


@dataclass(frozen=True)
class Quota(Shown):
    """Interview ``n`` persons, so many in each cell as its share of the population says.

    Interviewers choose whom to ask, so nothing is drawn: there are no inclusion probabilities, and
    ``draw`` refuses it. See ``sampling.quota_targets`` and ``sampling.pseudo_weights``.

    Parameters
    ----------
    n : int
        Interviews in all cells together.
    by : tuple of str
        Columns that tell the cells, such as sex and age group.
    size : str
        Column of population counts.
    """

    n: int
    by: tuple[str, ...]
    size: str = "population"
    kind: Literal["quota"] = "quota"
    __pydantic_config__: ClassVar[Config] = {"extra": "forbid"}
