"""What a design reads of the frame: its strata, numbers and columns."""

from __future__ import annotations

from typing import overload

from sampling.allocation.declared import Number, columns_guiding
from sampling.designs.composed import Design, Quota, Stratified
from sampling.designs.methods import Bernoulli, Census, Method


def strata_columns(design: Design | Quota) -> tuple[str, ...]:
    """Give the columns that tell the strata.

    >>> from sampling import PPS, Census
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

    >>> from sampling import SimpleRandom
    >>> method_of(Stratified("level", SimpleRandom(n=3)))
    SimpleRandom(n=3, reserve=0.0, kind='simple_random')
    """
    return design.method if isinstance(design, Stratified) else design


def number_of(method: Method | Quota) -> Number | None:
    """Give what the method says of how many to draw; None for a census and a rate."""
    return None if isinstance(method, Census | Bernoulli) else method.n


def columns_read(design: Design | Quota) -> tuple[str, ...]:
    """Give every column of the frame that the design reads, the unit id apart.

    >>> from sampling import PPS, Proportional
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

    >>> from sampling import PPS, Proportional
    >>> size_columns(Stratified("county", PPS(n=Proportional(9, size="people"), size="homes")))
    ('homes', 'people')
    """
    method = method_of(design)
    own = getattr(method, "size", None)
    sizes = [*([] if own is None else [own]), *columns_guiding(number_of(method))[0]]
    return tuple(dict.fromkeys(sizes))


def value_columns(design: Design | Quota) -> tuple[str, ...]:
    """Give the columns that must be numbers of any sign.

    >>> from sampling import SpatiallyBalanced
    >>> value_columns(SpatiallyBalanced(n=9, over=("longitude", "latitude")))
    ('longitude', 'latitude')
    """
    method, sizes = method_of(design), size_columns(design)
    values = [*getattr(method, "on", ()), *getattr(method, "over", ())]
    values += columns_guiding(number_of(method))[1]
    return tuple(dict.fromkeys(one for one in values if one not in sizes))
