"""Places in one lottery that several draws share: samples apart, panels kept, panels rotated.

All units of a stratum stand in the order of their lottery numbers, which is a random order. A sample of
n is those in n places that follow each other, round the list. Whichever places are named beforehand, it is a
simple random sample; two samples have in common what their places have in common.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

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
    taken : mapping of tuple to int
        Of these, the places that other samples hold and this one must not come round to.
    frame : str or None
        Digest that the frame must have, so that places mean the same units.
    """

    lottery: str
    key: str
    stage: int
    skip: Mapping[Key, int]
    taken: Mapping[Key, int] = field(default_factory=dict)
    frame: str | None = None

    def plain(self) -> dict[str, Any]:
        """Give what a receipt holds."""
        cells = sorted(self.skip)
        return {
            "kind": "places",
            "lottery": self.lottery,
            "stage": self.stage,
            "frame": self.frame,
            "skip": [{"cell": list(one), "units": self.skip[one]} for one in cells],
            "taken": [{"cell": list(one), "units": self.taken[one]} for one in sorted(self.taken)],
        }


def places_from(said: Mapping[str, Any], key: str) -> Places:
    """Give the places that a receipt holds."""
    skip, taken = (
        {tuple(one["cell"]): int(one["units"]) for one in said[name]} for name in ("skip", "taken")
    )
    return Places(said["lottery"], key, said["stage"], skip, taken, said["frame"])


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
            begin = one.skip.get(place, 0)
            begins[place] = min(begins.get(place, begin), begin)
            ends[place] = max(ends.get(place, 0), begin + _size(cell))
    taken = {place: end - begins[place] for place, end in ends.items()}
    return Places(first.lottery, first.key, first.stage, ends, taken, samples[0].receipt["frame"]["sha256"])


def rotated(last: Sample, share: float) -> Places:
    """Replace a share of a panel: the draw starts so many places further in the panel's lottery.

    Parameters
    ----------
    last : Sample
        A simple random sample, stratified or not: the panel of the round before.
    share : float
        How much of it goes, above 0 and at most 1; rounded up in every stratum. Who came first goes first.

    Returns
    -------
    Places
        For ``draw(…, coordinate=…)``. The list may have changed since: units that left it are left out,
        new ones stand at random places. Each round is a simple random sample of its own list. Of an
        unchanged list exactly ``1 - share`` of the panel stays.

    Raises
    ------
    DesignError
        The share is not above 0 and at most 1; the panel is of another method.

    Notes
    -----
    The numbers are permanent random numbers (Ohlsson 1995): they belong to the key of the first round, and
    who has the key and the list can tell who comes next.

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
    skip = {
        _place(cell): before.skip.get(_place(cell), 0) + share_of(len(cell["drawn"]), share)
        for cell in last.receipt["cells"]
    }
    return Places(before.lottery, before.key, before.stage, skip)


def together(last: Sample) -> Places:
    """Keep a panel: the draw takes the same places of the same lottery.

    Of an unchanged list and the same n it draws the same units; of another as many of them as a simple
    random sample can keep without favouring them.

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
    return Places(before.lottery, before.key, before.stage, before.skip)


def _shared(sample: Sample) -> Places:
    """Give the places that a sample took."""
    receipt = sample.receipt
    said = receipt.get("coordinate")
    if said is not None and said["kind"] == "places":
        return places_from(said, receipt["key"])
    if receipt["algorithm"] != "simple-random/1" or "after" in receipt or "before" in receipt:
        raise DesignError("not_places", where=f"draw {receipt['name']}", algorithm=receipt["algorithm"])
    return Places(
        receipt["name"], receipt["key"], receipt["stage"], {_place(one): 0 for one in receipt["cells"]}
    )


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
