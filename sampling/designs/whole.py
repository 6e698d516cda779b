"""What every design has: a picture of it, and columns named as they must be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sampling.allocation.declared import Shown
from sampling.errors import DesignError

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class Whole(Shown):
    """A whole design, which can be drawn as a tree."""

    def plot(self) -> Figure:
        """Draw the design as a tree: the frame, its strata, and what is done in each."""
        from sampling.plot import design_figure

        return design_figure(self)  # type: ignore[arg-type]


def check_names(method: object, field: str, at_least: int = 0, once: bool = False) -> None:
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


def check_name(method: object, field: str) -> None:
    """Refuse what is no name of a column."""
    if not isinstance(getattr(method, field), str):
        raise DesignError(
            "not_a_column", where=type(method).__name__, field=field, found=getattr(method, field)
        )
