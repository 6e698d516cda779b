"""How many to draw, declared as frozen values: how a total is spread over strata."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, Decimal
from typing import ClassVar, Literal

Config = dict[str, str]


class Shown:
    """A part of a design, which a notebook shows as a table of its parameters."""

    def _repr_html_(self) -> str:
        from sampling.show import design_html

        return design_html(self)


@dataclass(frozen=True)
class Proportional(Shown):
    """Spread ``total`` over the strata in proportion to their units, or to the sum of a column.

    Parameters
    ----------
    total : int
        Units to draw in all strata together.
    size : str, optional
        Column whose stratum sums the numbers follow; without it, the counts of units.
    at_least : int
        Fewest units in a stratum (a stratum with fewer is taken whole).
    at_most : int, optional
        Most units in a stratum.
    """

    total: int
    size: str | None = None
    at_least: int = 2
    at_most: int | None = None
    kind: Literal["proportional"] = "proportional"
    __pydantic_config__: ClassVar[Config] = {"extra": "forbid"}


@dataclass(frozen=True)
class SelfWeighting(Shown):
    """Spread ``total`` over the drawn parents so that all units have the same inclusion probability.

    A parent of N units drawn with probability p gets a share in proportion to N / p, as far as its
    list reaches; what it cannot give goes to the others.

    Parameters
    ----------
    total : int
        Units to draw in all parents together.
    at_least : int
        Fewest units in a parent (a parent with fewer is taken whole).
    at_most : int, optional
        Most units in a parent.
    """

    total: int
    at_least: int = 2
    at_most: int | None = None
    kind: Literal["self_weighting"] = "self_weighting"
    __pydantic_config__: ClassVar[Config] = {"extra": "forbid"}


@dataclass(frozen=True)
class AtLeastShare(Shown):
    """Draw at least a share of every stratum: ``ceil(share × N)`` of its N units, in exact decimals.

    Parameters
    ----------
    share : float
        Above 0, at most 1; 1 takes a stratum whole.
    shares : dict of str to float
        Of strata by the value of their last column, where it is another: ``{"老党员" = 1}`` visits these
        always, ``{"薄弱村" = 0.5}`` checks weak spots more often.

    Examples
    --------
    30 % of 10, 11 and 14 households are 3, 4 and 5.

    >>> [AtLeastShare(0.3).of(units) for units in (10, 11, 14)]
    [3, 4, 5]
    """

    share: float
    shares: dict[str, float] = field(default_factory=dict)
    kind: Literal["at_least_share"] = "at_least_share"
    __pydantic_config__: ClassVar[Config] = {"extra": "forbid"}

    def of(self, units: int, stratum: str = "") -> int:
        """Give the number of units to draw of a stratum, by the value of its last column."""
        share = Decimal(str(self.shares.get(stratum, self.share)))
        return int((share * units).to_integral_value(rounding=ROUND_CEILING))


@dataclass(frozen=True)
class Equal(Shown):
    """Spread ``total`` evenly over the strata; what a small one cannot give goes to the others.

    Parameters
    ----------
    total : int
        Units to draw in all strata together.
    at_least, at_most : int
        Fewest and most units in a stratum (a stratum with fewer is taken whole).
    """

    total: int
    at_least: int = 2
    at_most: int | None = None
    kind: Literal["equal"] = "equal"
    __pydantic_config__: ClassVar[Config] = {"extra": "forbid"}


@dataclass(frozen=True)
class Neyman(Shown):
    """Spread ``total`` in proportion to units times standard deviation: the least error of the whole.

    Parameters
    ----------
    total : int
        Units to draw in all strata together.
    of : str or mapping
        Column of a measure known for every unit, such as last year's score, whose standard deviation in
        each stratum guides the numbers; or the standard deviations by name of stratum. A stratum
        where it does not vary gets ``at_least``.
    at_least, at_most : int
        Fewest and most units in a stratum (a stratum with fewer is taken whole).

    Notes
    -----
    Within drawn parents a unit counts 1/p times, p the parent's probability.
    """

    total: int
    of: str | dict[str, float]
    at_least: int = 2
    at_most: int | None = None
    kind: Literal["neyman"] = "neyman"
    __pydantic_config__: ClassVar[Config] = {"extra": "forbid"}


@dataclass(frozen=True)
class CostOptimal(Shown):
    """Spread a total, or spend a budget, so that the whole has the least error for the money.

    Numbers are in proportion to units times standard deviation over the root of the cost.

    Parameters
    ----------
    of : str or mapping
        As in ``Neyman``.
    cost : str or mapping
        Column of what a unit costs (of a stratum, the mean); or the costs by name of stratum.
    total, budget : int, float
        One of the two: the units, or the money, in all strata together.
    at_least, at_most : int
        Fewest and most units in a stratum (a stratum with fewer is taken whole).
    """

    of: str | dict[str, float]
    cost: str | dict[str, float]
    total: int | None = None
    budget: float | None = None
    at_least: int = 2
    at_most: int | None = None
    kind: Literal["cost_optimal"] = "cost_optimal"
    __pydantic_config__: ClassVar[Config] = {"extra": "forbid"}


@dataclass(frozen=True)
class Power(Shown):
    """Spread ``total`` in proportion to a power of size times the coefficient of variation.

    Between the precision of the strata (``power`` near 0) and of the whole (near 1), after Bankier 1988.

    Parameters
    ----------
    total : int
        Units to draw in all strata together.
    of : str or mapping
        Column of a measure known for every unit, whose coefficient of variation in each stratum
        guides the numbers; or the coefficients by name of stratum.
    size : str
        Column of positive sizes; a stratum counts as much as their sum.
    power : float
        From 0 to 1.
    at_least, at_most : int
        Fewest and most units in a stratum (a stratum with fewer is taken whole).
    """

    total: int
    of: str | dict[str, float]
    size: str
    power: float = 0.5
    at_least: int = 2
    at_most: int | None = None
    kind: Literal["power"] = "power"
    __pydantic_config__: ClassVar[Config] = {"extra": "forbid"}


@dataclass(frozen=True)
class Bethel(Shown):
    """Draw the fewest or cheapest units with which several totals are as precise as asked.

    Parameters
    ----------
    cv : mapping
        Column of a measure known for every unit to the largest coefficient of variation of its total.
    cost : str or mapping, optional
        Column of what a unit costs (of a stratum, the mean), or the costs by name of stratum; without
        it, units are counted.
    by : str, optional
        One of the columns of the strata, which tells domains.
    by_cv : mapping, optional
        As ``cv``, to hold in every domain.
    at_least, at_most : int
        Fewest and most units in a stratum (a stratum with fewer is taken whole).

    Notes
    -----
    For simple random samples in the strata, on what is known beforehand: see ``sampling.allocation.bethel``.
    """

    cv: dict[str, float]
    cost: str | dict[str, float] | None = None
    by: str | None = None
    by_cv: dict[str, float] | None = None
    at_least: int = 2
    at_most: int | None = None
    kind: Literal["bethel"] = "bethel"
    __pydantic_config__: ClassVar[Config] = {"extra": "forbid"}


Allocation = Proportional | SelfWeighting | AtLeastShare | Equal | Neyman | CostOptimal | Power | Bethel
Number = int | Allocation


def columns_guiding(number: Number | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give the columns that an allocation reads: of positive numbers, and of numbers of any sign."""
    sizes = [getattr(number, name, None) for name in ("size", "cost")]
    values = [getattr(number, "of", None)]
    for name in ("cv", "by_cv"):
        stated = getattr(number, name, None)
        values += list(stated) if isinstance(stated, Mapping) else []
    return tuple(c for c in sizes if isinstance(c, str)), tuple(c for c in values if isinstance(c, str))


ALLOCATIONS: dict[str, type] = {
    "proportional": Proportional,
    "self_weighting": SelfWeighting,
    "at_least_share": AtLeastShare,
    "equal": Equal,
    "neyman": Neyman,
    "cost_optimal": CostOptimal,
    "power": Power,
    "bethel": Bethel,
}
