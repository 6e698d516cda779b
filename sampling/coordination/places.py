"""Places in one lottery that several draws share: samples apart, panels kept, panels rotated.

All units of a stratum stand in the order of their lottery numbers, which is a random order. A sample of
n is those in n places that follow each other, round the list. Whichever places are named beforehand, it is a
simple random sample; two samples have in common what their places have in common.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sampling.designs import design_from, strata_columns
from sampling.errors import DesignError
from sampling.methods import share_of
from sampling.sample import Sample

Key = tuple[str, ...]


@dataclass(frozen=True)
class Places:
    """Which places of a shared lottery a draw takes; made by ``apart``, ``rotated`` or ``together``.

    Attributes
    ----------
    lottery, key : str
        The draw whose lottery numbers are shared, and its key.
    stage : int
    skip : mapping of tuple to int
        Places passed over in each stratum, named by its parents' ids and its own values.
    units : mapping of tuple to int
        Units of each stratum when its places were counted. Of a list that has changed since, the place
        is passed over that lies as far along it: ``skip / units`` of its own units, rounded.
    strata : tuple of str or None
        Columns that the strata must be of.
    taken : mapping of tuple to int
        Of these, the places that other samples hold and this one must not come round to.
    frame : str or None
        Digest that the frame must have, so that places mean the same units.
    """

    lottery: str
    key: str
    stage: int
    skip: Mapping[Key, int]
    units: Mapping[Key, int] = field(default_factory=dict)
    strata: tuple[str, ...] | None = None
    taken: Mapping[Key, int] = field(default_factory=dict)
    frame: str | None = None

    def begin(self, place: Key, size: int) -> int:
        """Give how many places of a stratum of so many units are passed over.

        >>> Places("panel", "k", 1, {(): 30}, {(): 100}).begin((), 120)
        36
        """
        skip, before = self.skip.get(place, 0), self.units.get(place, size)
        return (2 * (skip % before) * size + before) // (2 * before) % size

    def plain(self) -> dict[str, Any]:
        """Give what a receipt holds."""
        counts = {"skip": self.skip, "units": self.units, "taken": self.taken}
        return {
            "kind": "places",
            "lottery": self.lottery,
            "stage": self.stage,
            "frame": self.frame,
            "strata": None if self.strata is None else list(self.strata),
            **{
                name: [{"cell": list(cell), "units": each[cell]} for cell in sorted(each)]
                for name, each in counts.items()
            },
        }


def places_from(said: Mapping[str, Any], key: str) -> Places:
    """Give the places that a receipt holds."""
    skip, units, taken = (
        {tuple(one["cell"]): int(one["units"]) for one in said[name]} for name in ("skip", "units", "taken")
    )
    strata = None if said["strata"] is None else tuple(said["strata"])
    return Places(said["lottery"], key, said["stage"], skip, units, strata, taken, said["frame"])


def apart(*samples: Sample) -> Places:
    """Keep a draw apart from samples of the same list: it takes the places after theirs.

    Parameters
    ----------
    *samples : Sample
        Simple random samples of one list in the same strata, each but the first drawn with
        ``coordinate=`` of the same lottery.

    Returns
    -------
    Places
        For ``draw(…, coordinate=…)``. No unit is in two of the samples, reserves included, and each
        is by itself a simple random sample of the whole list: a unit's probability is n/N.

    Raises
    ------
    DesignError
        A sample is of another lottery, list or method.

    Examples
    --------
    >>> import pandas as pd
    >>> from sampling import SimpleRandom, apart, draw
    >>> homes = pd.DataFrame({"home": list("abcdef")})
    >>> first = draw(homes, SimpleRandom(n=2), key="k", name="team 1", unit="home")
    >>> second = draw(homes, SimpleRandom(n=3), key="k", name="team 2", unit="home", coordinate=apart(first))
    >>> sorted(first.units["home"]), sorted(second.units["home"]), second.units["prob"].tolist()
    (['a', 'c'], ['b', 'e', 'f'], [0.5, 0.5, 0.5])
    """
    if not samples:
        raise DesignError("no_samples", where="apart")
    first = _shared(samples[0])
    others = [_shared(one) for one in samples]
    for one, sample in zip(others, samples, strict=True):
        same = (one.lottery, one.key, one.stage) == (first.lottery, first.key, first.stage)
        if not same or sample.receipt["frame"]["sha256"] != samples[0].receipt["frame"]["sha256"]:
            names = samples[0].receipt["name"], sample.receipt["name"]
            raise DesignError("other_lottery", where="apart", a=names[0], b=names[1])
    begins: dict[Key, int] = {}
    ends: dict[Key, int] = {}
    for one, sample in zip(others, samples, strict=True):
        for cell in sample.receipt["cells"]:
            place = _place(cell)
            begin = one.begin(place, cell["units"])
            if place in begins and begin < begins[place]:  # round the list
                begin += cell["units"]
            begins.setdefault(place, begin)
            ends[place] = max(ends.get(place, 0), begin + _size(cell))
    taken = {place: end - begins[place] for place, end in ends.items()}
    frame = samples[0].receipt["frame"]["sha256"]
    return Places(first.lottery, first.key, first.stage, ends, first.units, first.strata, taken, frame)


def rotated(last: Sample, share: float) -> Places:
    """Replace a share of a panel: the draw starts so many places further in the panel's lottery.

    Parameters
    ----------
    last : Sample
        A simple random sample, stratified or not: the panel of the round before.
    share : float
        How much of it goes, above 0 and at most 1; rounded up in every stratum. Released reserves are of
        the panel. Of an unchanged list who came first goes first.

    Returns
    -------
    Places
        For ``draw(…, coordinate=…)``. The list may have changed since: units that left it are left out,
        new ones stand at random places, and the panel begins as far along the list as before. Each
        round is a simple random sample of its own list. Of an unchanged list exactly ``1 - share`` of
        the panel stays, of another about as many (``overlap`` says how many are expected).

    Raises
    ------
    DesignError
        The share is not above 0 and at most 1; the panel is of another method.

    Notes
    -----
    The numbers stay those of the first round, as permanent random numbers do (Ohlsson 1995): who has its key
    and the list can tell who comes next.

    Examples
    --------
    >>> import pandas as pd
    >>> from sampling import SimpleRandom, draw, rotated
    >>> people = pd.DataFrame({"id": range(100)})
    >>> old = draw(people, SimpleRandom(n=10), key="k", name="2024", unit="id")
    >>> new = draw(people, SimpleRandom(n=10), key="k", name="2025", unit="id", coordinate=rotated(old, 0.3))
    >>> len(set(old.units["id"]) & set(new.units["id"]))
    7
    """
    if isinstance(share, bool) or not isinstance(share, int | float) or not 0 < share <= 1:
        raise DesignError("bad_rotation", where="rotated", share=share)
    before = _shared(last)
    released = {_place(one): one["units"] for one in last.receipt.get("released", ())}
    skip = {
        _place(cell): before.skip[_place(cell)]
        + share_of(len(cell["drawn"]) + released.get(_place(cell), 0), share)
        for cell in last.receipt["cells"]
    }
    return replace(before, skip={**before.skip, **skip}, taken={}, frame=None)


def together(last: Sample) -> Places:
    """Keep a panel: the draw takes the same places of the same lottery.

    Of an unchanged list and the same n it draws the same units; of another it begins as far along the list
    and keeps about as many as are still there (``overlap`` says how many are expected).

    Examples
    --------
    >>> import pandas as pd
    >>> from sampling import SimpleRandom, draw, together
    >>> old = draw(pd.DataFrame({"id": range(9)}), SimpleRandom(n=3), key="k", name="2024", unit="id")
    >>> more = pd.DataFrame({"id": range(12)})
    >>> new = draw(more, SimpleRandom(n=4), key="k", name="2025", unit="id", coordinate=together(old))
    >>> sorted(old.units["id"]), sorted(new.units["id"])
    ([0, 5, 6], [0, 1, 5, 6])
    """
    before = _shared(last)
    return replace(before, taken={}, frame=None)


def _shared(sample: Sample) -> Places:
    """Give the places that a sample took."""
    receipt = sample.receipt
    said = receipt.get("coordinate")
    known = {_place(one): one["units"] for one in receipt["cells"]}
    if said is not None and said["kind"] == "places":
        last = places_from(said, receipt["key"])
        now = {place: last.begin(place, size) for place, size in known.items()}
        return replace(last, skip={**last.skip, **now}, units={**last.units, **known})
    if receipt["algorithm"] != "simple-random/1" or "after" in receipt or "before" in receipt:
        raise DesignError("not_places", where=f"draw {receipt['name']}", algorithm=receipt["algorithm"])
    strata = strata_columns(design_from(receipt["design"]))
    skip = dict.fromkeys(known, 0)
    return Places(receipt["name"], receipt["key"], receipt["stage"], skip, known, strata)


def _place(cell: Mapping[str, Any]) -> Key:
    return (*cell["parents"], *cell["stratum"])


def _size(cell: Mapping[str, Any]) -> int:
    return len(cell["drawn"]) + len(cell.get("reserve", []))


def in_places(order: Sequence[int] | NDArray[np.intp], skip: int, count: int) -> NDArray[np.intp]:
    """Give the units in ``count`` places after the first ``skip``, going round.

    >>> in_places([4, 2, 0, 1, 3], 3, 3)
    array([1, 3, 4])
    """
    units = np.asarray(order, dtype=np.intp)
    return units[(skip + np.arange(count)) % units.size]
