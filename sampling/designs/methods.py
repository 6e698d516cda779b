"""How units are drawn from one list: simple random, in order, by size, in balance, or all of them."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Real
from typing import ClassVar, Literal, get_args

from sampling.allocation.declared import Config, Number
from sampling.designs.whole import Whole, check_name, check_names
from sampling.errors import DesignError


@dataclass(frozen=True)
class SimpleRandom(Whole):
    """Draw ``n`` units with equal chances, without replacement: the n smallest lottery numbers.

    Parameters
    ----------
    n : int or allocation
        Units to draw.
    reserve : float
        Reserves for each unit drawn, rounded up in every stratum, as far as its list reaches: the next
        lottery numbers. They count only once they are released (``sampling.release``), in their order.
    """

    n: Number
    reserve: float = 0.0
    kind: Literal["simple_random"] = "simple_random"
    __pydantic_config__: ClassVar[Config] = {"extra": "forbid"}


@dataclass(frozen=True)
class Bernoulli(Whole):
    """Draw every unit with the same probability, each independently: those with the smaller lottery numbers.

    The sample size is left to chance.

    Parameters
    ----------
    rate : float
        The inclusion probability, above 0 and at most 1.
    """

    rate: float
    kind: Literal["bernoulli"] = "bernoulli"
    __pydantic_config__: ClassVar[Config] = {"extra": "forbid"}

    def __post_init__(self) -> None:
        number = isinstance(self.rate, Real) and not isinstance(self.rate, bool)
        if not number or not 0 < self.rate <= 1:
            raise DesignError("bad_rate", where="Bernoulli", rate=self.rate)


@dataclass(frozen=True)
class Systematic(Whole):
    """Draw ``n`` units at equal intervals from a random start.

    Parameters
    ----------
    n : int or allocation
        Units to draw.
    order : tuple of str
        Columns that put the list in order (in each stratum, numbers as numbers if all its values are
        numbers, otherwise by code point), the unit id last. Without it the ids alone give the order.
        An ordered list is stratified implicitly.
    circular : bool
        Go round the list in whole steps of ⌊N/n⌋ from any unit (Lahiri), instead of along it in steps
        of N/n.
    """

    n: Number
    order: tuple[str, ...] = ()
    circular: bool = False
    kind: Literal["systematic"] = "systematic"
    __pydantic_config__: ClassVar[Config] = {"extra": "forbid"}

    def __post_init__(self) -> None:
        check_names(self, "order")
        if not isinstance(self.circular, bool):
            raise DesignError("not_a_bool", where="Systematic", field="circular", found=self.circular)


PPSMethod = Literal[
    "systematic", "pivotal", "chromy", "sampford", "conditional_poisson", "tille", "brewer", "pareto"
]
ALONG_A_LIST = ("systematic", "pivotal", "chromy")


@dataclass(frozen=True)
class PPS(Whole):
    """Draw ``n`` units with probability proportional to size, without replacement.

    Units so large that their probability would exceed 1 are certain. The methods differ in which units
    come together; the inclusion probabilities are the same, except Pareto's, which come close and
    are computed.

    Parameters
    ----------
    n : int or allocation
        Units to draw.
    size : str
        Column of positive sizes.
    order : tuple of str
        For the methods that go along a list (systematic, pivotal, chromy): columns that put it in order;
        without it the order is drawn.
    method : str
        ``"systematic"``: equal steps along the sizes from a random start. ``"pivotal"``: neighbours
        duel (Deville and Tillé 1998). ``"chromy"``: sequential (Chromy 1979). ``"sampford"``
        (Sampford 1967), ``"conditional_poisson"`` (maximum entropy), ``"tille"`` (elimination, Tillé 1996),
        ``"brewer"`` (Brewer 1975): any units can come together. ``"pareto"``: the smallest of numbers that
        follow size (Rosén 1997).
    """

    n: Number
    size: str
    order: tuple[str, ...] = ()
    method: PPSMethod = "systematic"
    kind: Literal["pps"] = "pps"
    __pydantic_config__: ClassVar[Config] = {"extra": "forbid"}

    def __post_init__(self) -> None:
        check_names(self, "order")
        check_name(self, "size")
        if self.method not in get_args(PPSMethod):
            known = ", ".join(get_args(PPSMethod))
            raise DesignError("bad_pps_method", where="PPS", found=self.method, known=known)
        if self.order and self.method not in ALONG_A_LIST:
            raise DesignError("no_list", where="PPS", method=self.method, known=", ".join(ALONG_A_LIST))


@dataclass(frozen=True)
class PPSWithReplacement(Whole):
    """Draw ``n`` times with probability proportional to size, the same unit perhaps again (Hansen–Hurwitz).

    The sample has one row for each time a unit is drawn. ``prob`` is the expected number of times, which
    may exceed 1.

    Parameters
    ----------
    n : int or allocation
        Draws.
    size : str
        Column of positive sizes.
    """

    n: Number
    size: str
    kind: Literal["pps_with_replacement"] = "pps_with_replacement"
    __pydantic_config__: ClassVar[Config] = {"extra": "forbid"}

    def __post_init__(self) -> None:
        check_name(self, "size")


@dataclass(frozen=True)
class Poisson(Whole):
    """Draw with probability proportional to size, each unit independently.

    The sample size is left to chance.

    Parameters
    ----------
    n : int or allocation
        Expected number of units.
    size : str
        Column of positive sizes.
    """

    n: Number
    size: str
    kind: Literal["poisson"] = "poisson"
    __pydantic_config__: ClassVar[Config] = {"extra": "forbid"}

    def __post_init__(self) -> None:
        check_name(self, "size")


@dataclass(frozen=True)
class Balanced(Whole):
    """Draw ``n`` units whose weighted totals of some columns are those of the frame (cube method).

    Deville and Tillé (2004). The totals agree as nearly as whole units let them. Scoring takes the error
    as if the sample were not balanced, which is too large for what the columns explain.

    Parameters
    ----------
    n : int or allocation
        Units to draw.
    on : tuple of str
        Columns of numbers to balance on.
    size : str, optional
        Column of positive sizes that the probabilities follow; without it they are equal.
    """

    n: Number
    on: tuple[str, ...]
    size: str | None = None
    kind: Literal["balanced"] = "balanced"
    __pydantic_config__: ClassVar[Config] = {"extra": "forbid"}

    def __post_init__(self) -> None:
        check_names(self, "on", at_least=1, once=True)
        if self.size is not None:
            check_name(self, "size")


@dataclass(frozen=True)
class SpatiallyBalanced(Whole):
    """Draw ``n`` units that lie well apart (local pivotal method; Grafström, Lundström and Schelin 2012).

    Scoring takes the error as if they were not spread, which is too large for what goes by place.

    Parameters
    ----------
    n : int or allocation
        Units to draw.
    over : tuple of str
        Columns of coordinates; distances are Euclidean, so the columns need comparable units.
    size : str, optional
        Column of positive sizes that the probabilities follow; without it they are equal.
    """

    n: Number
    over: tuple[str, ...]
    size: str | None = None
    kind: Literal["spatially_balanced"] = "spatially_balanced"
    __pydantic_config__: ClassVar[Config] = {"extra": "forbid"}

    def __post_init__(self) -> None:
        check_names(self, "over", at_least=1, once=True)
        if self.size is not None:
            check_name(self, "size")


@dataclass(frozen=True)
class Census(Whole):
    """Take every unit."""

    kind: Literal["census"] = "census"
    __pydantic_config__: ClassVar[Config] = {"extra": "forbid"}


Method = (
    SimpleRandom
    | Bernoulli
    | Systematic
    | PPS
    | PPSWithReplacement
    | Poisson
    | Balanced
    | SpatiallyBalanced
    | Census
)
