"""What to draw, declared as frozen values; nothing here draws."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal, overload

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Config = dict[str, str]


class _Shown:
    """A part of a design, which a notebook shows as a table of its parameters."""

    def _repr_html_(self) -> str:
        from sampling.show import design_html

        return design_html(self)


class _Whole(_Shown):
    """A whole design, which can be drawn as a tree."""

    def plot(self) -> Figure:
        """Draw the design as a tree: the frame, its strata, and what is done in each."""
        from sampling.plot import design_figure

        return design_figure(self)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Proportional(_Shown):
    """Spread ``total`` over the strata in proportion to their units, or to the sum of a column.

    Parameters
    ----------
    total : int
        Units to draw in all strata together.
    size : str, optional
        Column whose stratum sums the numbers follow; without it, the counts of units.
    at_least : int
        Fewest units in a stratum (a stratum with fewer is taken whole).
    """

    total: int
    size: str | None = None
    at_least: int = 2
    kind: Literal["proportional"] = "proportional"
    __pydantic_config__: ClassVar[Config] = {"extra": "forbid"}


@dataclass(frozen=True)
class SelfWeighting(_Shown):
    """Spread ``total`` over the drawn parents so that all units have the same inclusion probability.

    A parent of N units drawn with probability p gets a share in proportion to N / p, as far as its
    list reaches; what it cannot give goes to the others.

    Parameters
    ----------
    total : int
        Units to draw in all parents together.
    at_least : int
        Fewest units in a parent (a parent with fewer is taken whole).
    """

    total: int
    at_least: int = 2
    kind: Literal["self_weighting"] = "self_weighting"
    __pydantic_config__: ClassVar[Config] = {"extra": "forbid"}


Number = int | Proportional | SelfWeighting


@dataclass(frozen=True)
class SimpleRandom(_Whole):
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
class Systematic(_Whole):
    """Draw ``n`` units at equal intervals from a random start.

    Parameters
    ----------
    n : int or allocation
        Units to draw.
    order : tuple of str
        Columns that put the list in order (in each stratum, numbers as numbers if all its values are
        numbers, otherwise by code point), the unit id last. Without it the ids alone give the order.
    """

    n: Number
    order: tuple[str, ...] = ()
    kind: Literal["systematic"] = "systematic"
    __pydantic_config__: ClassVar[Config] = {"extra": "forbid"}

    def __post_init__(self) -> None:
        _whole_name(self)


@dataclass(frozen=True)
class PPS(_Whole):
    """Draw ``n`` units with probability proportional to size, without replacement.

    Systematic selection from a random start along the list, which is put in order by ``order`` or,
    without it, by lottery numbers. Units so large that their probability would exceed 1 are certain.

    Parameters
    ----------
    n : int or allocation
        Units to draw.
    size : str
        Column of positive sizes.
    order : tuple of str
        Columns that put the list in order; without it the order is drawn.
    """

    n: Number
    size: str
    order: tuple[str, ...] = ()
    kind: Literal["pps"] = "pps"
    __pydantic_config__: ClassVar[Config] = {"extra": "forbid"}

    def __post_init__(self) -> None:
        _whole_name(self)


def _whole_name(method: Systematic | PPS) -> None:
    """One column may be given as text, which must not be read letter by letter."""
    if isinstance(method.order, str):
        object.__setattr__(method, "order", (method.order,))


@dataclass(frozen=True)
class Census(_Whole):
    """Take every unit."""

    kind: Literal["census"] = "census"
    __pydantic_config__: ClassVar[Config] = {"extra": "forbid"}


Method = SimpleRandom | Systematic | PPS | Census


@dataclass(frozen=True)
class Stratified(_Whole):
    """Draw by one method in every stratum apart.

    Parameters
    ----------
    by : str or tuple of str
        The column or columns whose values tell the strata.
    method : SimpleRandom, Systematic, PPS or Census
        How each stratum is drawn. A whole number ``n`` is for every stratum; an allocation spreads
        its total over them.
    """

    by: str | tuple[str, ...]
    method: Method
    kind: Literal["stratified"] = "stratified"
    __pydantic_config__: ClassVar[Config] = {"extra": "forbid"}


Design = Method | Stratified


@dataclass(frozen=True)
class Quota(_Shown):
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


def strata_columns(design: Design | Quota) -> tuple[str, ...]:
    """Give the columns that tell the strata.

    >>> strata_columns(Stratified("county", PPS(n=4, size="population")))
    ('county',)
    >>> strata_columns(Census())
    ()
    """
    if not isinstance(design, Stratified):
        return ()
    return (design.by,) if isinstance(design.by, str) else tuple(design.by)


@overload
def method_of(design: Design) -> Method: ...


@overload
def method_of(design: Design | Quota) -> Method | Quota: ...


def method_of(design: Design | Quota) -> Method | Quota:
    """Give the method that draws inside a stratum.

    >>> method_of(Stratified("level", SimpleRandom(n=3)))
    SimpleRandom(n=3, reserve=0.0, kind='simple_random')
    """
    return design.method if isinstance(design, Stratified) else design


def number_of(method: Method | Quota) -> Number | None:
    """Give what the method says of how many to draw; None for a census."""
    return None if isinstance(method, Census) else method.n


def columns_read(design: Design | Quota) -> tuple[str, ...]:
    """Give every column of the frame that the design reads, the unit id apart.

    >>> columns_read(Stratified("county", PPS(n=Proportional(9, size="people"), size="people")))
    ('county', 'people')
    """
    method = method_of(design)
    number = number_of(method)
    found = list(strata_columns(design))
    if isinstance(method, Quota):
        found += [*method.by, method.size]
    if isinstance(method, PPS):
        found += [*method.order, method.size]
    elif isinstance(method, Systematic):
        found += method.order
    if isinstance(number, Proportional) and number.size is not None:
        found.append(number.size)
    return tuple(dict.fromkeys(found))


KINDS: dict[str, type] = {
    "proportional": Proportional,
    "self_weighting": SelfWeighting,
    "simple_random": SimpleRandom,
    "systematic": Systematic,
    "pps": PPS,
    "census": Census,
    "stratified": Stratified,
    "quota": Quota,
}


def design_from(data: Mapping[str, Any]) -> Any:
    """Rebuild a design from the plain data of a receipt; what older receipts lack has its default.

    >>> from dataclasses import asdict
    >>> design = Stratified("level", Systematic(n=Proportional(20), order=("grade",)))
    >>> design_from(asdict(design)) == design
    True
    """
    fields = {
        name: design_from(value)
        if isinstance(value, Mapping)
        else tuple(value)
        if isinstance(value, list)
        else value
        for name, value in data.items()
    }
    return KINDS[data["kind"]](**fields)
