"""What to draw, declared as frozen values; nothing here draws."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Real
from typing import TYPE_CHECKING, Any, ClassVar, Literal, get_args, overload

from sampling.allocation.declared import ALLOCATIONS, Config, Number, Shown, columns_guiding
from sampling.allocation.declared import Proportional as Proportional
from sampling.allocation.declared import SelfWeighting as SelfWeighting
from sampling.errors import DesignError

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class _Whole(Shown):
    """A whole design, which can be drawn as a tree."""

    def plot(self) -> Figure:
        """Draw the design as a tree: the frame, its strata, and what is done in each."""
        from sampling.plot import design_figure

        return design_figure(self)  # type: ignore[arg-type]


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
class Bernoulli(_Whole):
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
class Systematic(_Whole):
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
        _whole_names(self, "order")
        if not isinstance(self.circular, bool):
            raise DesignError("not_a_bool", where="Systematic", field="circular", found=self.circular)


PPSMethod = Literal[
    "systematic", "pivotal", "chromy", "sampford", "conditional_poisson", "tille", "brewer", "pareto"
]
ALONG_A_LIST = ("systematic", "pivotal", "chromy")


@dataclass(frozen=True)
class PPS(_Whole):
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
        _whole_names(self, "order")
        _one_name(self, "size")
        if self.method not in get_args(PPSMethod):
            known = ", ".join(get_args(PPSMethod))
            raise DesignError("bad_pps_method", where="PPS", found=self.method, known=known)
        if self.order and self.method not in ALONG_A_LIST:
            raise DesignError("no_list", where="PPS", method=self.method, known=", ".join(ALONG_A_LIST))


@dataclass(frozen=True)
class PPSWithReplacement(_Whole):
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
        _one_name(self, "size")


@dataclass(frozen=True)
class Poisson(_Whole):
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
        _one_name(self, "size")


@dataclass(frozen=True)
class Balanced(_Whole):
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
        _whole_names(self, "on", at_least=1, once=True)
        if self.size is not None:
            _one_name(self, "size")


@dataclass(frozen=True)
class SpatiallyBalanced(_Whole):
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
        _whole_names(self, "over", at_least=1, once=True)
        if self.size is not None:
            _one_name(self, "size")


def _whole_names(method: object, field: str, at_least: int = 0, once: bool = False) -> None:
    """Keep names of columns in a tuple: one given as text must not be read letter by letter."""
    given = getattr(method, field)
    where = type(method).__name__
    names = (given,) if isinstance(given, str) else given
    if not isinstance(names, tuple | list) or not all(isinstance(one, str) for one in names):
        raise DesignError("not_columns", where=where, field=field, found=given)
    if len(names) < at_least:
        raise DesignError("no_columns", where=where, field=field)
    if once and len(set(names)) < len(names):
        raise DesignError("column_twice", where=where, field=field, found=", ".join(names))
    object.__setattr__(method, field, tuple(names))


def _one_name(method: object, field: str) -> None:
    if not isinstance(getattr(method, field), str):
        raise DesignError(
            "not_a_column", where=type(method).__name__, field=field, found=getattr(method, field)
        )


@dataclass(frozen=True)
class Census(_Whole):
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


@dataclass(frozen=True)
class Stratified(_Whole):
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
            _whole_names(self, "by", at_least=1)


Design = Method | Stratified


@dataclass(frozen=True)
class Multistage(_Whole):
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
    """Give what the method says of how many to draw; None for a census and a rate."""
    return None if isinstance(method, Census | Bernoulli) else method.n


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
    for field in ("order", "on", "over"):
        found += getattr(method, field, ())
    size = getattr(method, "size", None)
    if size is not None and not isinstance(method, Quota):
        found.append(size)
    found += [*columns_guiding(number)[0], *columns_guiding(number)[1]]
    return tuple(dict.fromkeys(found))


def size_columns(design: Design | Quota) -> tuple[str, ...]:
    """Give the columns that must be positive numbers.

    >>> size_columns(Stratified("county", PPS(n=Proportional(9, size="people"), size="homes")))
    ('homes', 'people')
    """
    method = method_of(design)
    own = getattr(method, "size", None)
    sizes = [*([] if own is None else [own]), *columns_guiding(number_of(method))[0]]
    return tuple(dict.fromkeys(sizes))


def value_columns(design: Design | Quota) -> tuple[str, ...]:
    """Give the columns that must be numbers of any sign.

    >>> value_columns(SpatiallyBalanced(n=9, over=("longitude", "latitude")))
    ('longitude', 'latitude')
    """
    method, sizes = method_of(design), size_columns(design)
    values = [*getattr(method, "on", ()), *getattr(method, "over", ())]
    values += columns_guiding(number_of(method))[1]
    return tuple(dict.fromkeys(one for one in values if one not in sizes))


KINDS: dict[str, type] = {
    **ALLOCATIONS,
    "simple_random": SimpleRandom,
    "bernoulli": Bernoulli,
    "systematic": Systematic,
    "pps": PPS,
    "pps_with_replacement": PPSWithReplacement,
    "poisson": Poisson,
    "balanced": Balanced,
    "spatially_balanced": SpatiallyBalanced,
    "census": Census,
    "stratified": Stratified,
    "multistage": Multistage,
    "quota": Quota,
}


def design_from(data: Mapping[str, Any]) -> Any:
    """Rebuild a design from the plain data of a receipt; what older receipts lack has its default.

    >>> from dataclasses import asdict
    >>> design = Stratified("level", Systematic(n=Proportional(20), order=("grade",)))
    >>> design_from(asdict(design)) == design
    True
    """
    if data["kind"] == "multistage":
        return Multistage({unit: design_from(stage) for unit, stage in data["stages"].items()})
    fields = {
        name: design_from(value)
        if isinstance(value, Mapping) and isinstance(value.get("kind"), str)
        else tuple(value)
        if isinstance(value, list)
        else value
        for name, value in data.items()
    }
    return KINDS[data["kind"]](**fields)
