"""The random numbers of a draw: SHA-256 of who is asked for, which anyone can compute again.

A unit's lottery number is the first 53 bits, over 2^53, of SHA-256 of the UTF-8 (NFC) text

    key U+001F purpose U+001F draw name U+001F stage U+001F parents … U+001F unit id

with one field for each parent, and none at the first stage. It depends on nothing else: not on the
row, the machine, the library or any other unit.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sampling.errors import DesignError
from sampling.sorting import ascending_words

SEPARATOR = "\x1f"
BITS = 53
BLOCK = 1 << 15

Ids = Sequence[str] | NDArray[np.bytes_]


@dataclass(frozen=True)
class Lottery:
    """What the lottery numbers of one draw have in common.

    Parameters
    ----------
    key : str
        The secret or publicly drawn text that decides everything.
    name : str
        The draw's own name; another name gives independent numbers.
    stage : int
        1, or one more than the number of parents.
    """

    key: str
    name: str
    stage: int = 1

    def __post_init__(self) -> None:
        for field, value in (("key", self.key), ("name", self.name)):
            if not isinstance(value, str) or not value or SEPARATOR in value:
                raise DesignError("bad_key", where=f"draw {self.name}", field=field, value=value)

    def prefix(self, purpose: str, parents: Sequence[str]) -> str:
        """Give what stands before the unit id in the text of a number.

        >>> Lottery("key", "towns").prefix("order", []).split(SEPARATOR)
        ['key', 'order', 'towns', '1', '']
        """
        head = SEPARATOR.join([self.key, purpose, self.name, str(self.stage), *parents, ""])
        return unicodedata.normalize("NFC", head)

    def digests(self, purpose: str, parents: Sequence[str], ids: Ids) -> NDArray[np.uint64]:
        """Compute the digests of many ids.

        Parameters
        ----------
        purpose : str
            What the number is for, such as ``"order"`` or ``"start"``.
        parents : sequence of str
            The units of the stages before, first stage first.
        ids : sequence of str, or ndarray of bytes, length N
            Unit ids, in Unicode normal form C (bytes: in UTF-8).

        Returns
        -------
        ndarray of uint64, shape (N, 4)
            The 256 bits of each digest, most significant word first.

        Examples
        --------
        >>> from hashlib import sha256
        >>> words = Lottery("key", "towns").digests("order", [], ["T1"])
        >>> digest = sha256("key\\x1forder\\x1ftowns\\x1f1\\x1fT1".encode()).digest()
        >>> int(words[0, 0]) == int.from_bytes(digest[:8], "big")
        True
        """
        prefix = self.prefix(purpose, parents).encode()
        encoded = ids.tolist() if isinstance(ids, np.ndarray) else [one.encode() for one in ids]
        joined = b"".join([sha256(prefix + one).digest() for one in encoded])
        return np.frombuffer(joined, dtype=">u8").reshape(-1, 4).astype(np.uint64)

    def words(
        self, purpose: str, parents: Sequence[str], ids: Ids, which: Sequence[int]
    ) -> NDArray[np.uint64]:
        """Compute some of the four words of many digests, holding little else at a time.

        >>> Lottery("key", "towns").words("order", [], np.array([b"T1", b"T2"]), [0, 3]).shape
        (2, 2)
        """
        result = np.empty((len(which), len(ids)), dtype=np.uint64)
        for at in range(0, len(ids), BLOCK):
            result[:, at : at + BLOCK] = self.digests(purpose, parents, ids[at : at + BLOCK])[:, which].T
        return result

    def stream(self, parents: Sequence[str], stratum: Sequence[str]) -> Stream:
        """Give the numbers of a stratum, for methods that need many; named as its start is.

        >>> stream = Lottery("key", "towns").stream([], ["岳池县"])
        >>> bool((stream.numbers(3) < 1).all())
        True
        """
        words = self.digests("stream", [*parents, *stratum[:-1]], [*stratum[-1:]] or [""])
        return Stream(words[0, :2])

    def start(self, parents: Sequence[str], stratum: Sequence[str]) -> int:
        """Give the random start of a stratum as a whole number below 2^53.

        The stratum's values stand where a unit's id would, one field each; without strata the field
        is empty.

        >>> 0 <= Lottery("key", "towns").start([], ["岳池县"]) < 2**53
        True
        """
        words = self.digests("start", [*parents, *stratum[:-1]], [*stratum[-1:]] or [""])
        return int(words[0, 0]) >> (64 - BITS)


class Stream:
    """Numbers in [0, 1), one after the other: 53 bits of each raw word of Philox 4x64-10.

    Parameters
    ----------
    seed : array_like of uint64, shape (2,)
        The generator's key; its counter begins at 0 (Salmon, Moraes, Dror and Shaw 2011).

    Examples
    --------
    >>> Stream([1, 2]).numbers(2).round(4)
    array([0.3093, 0.357 ])
    """

    def __init__(self, seed: ArrayLike) -> None:
        self._words = np.random.Philox(key=np.asarray(seed, dtype=np.uint64))

    def numbers(self, count: int) -> NDArray[np.float64]:
        """Give the next ``count`` numbers, shape (count,)."""
        words: NDArray[np.uint64] = self._words.random_raw(count)
        return (words >> np.uint64(64 - BITS)).astype(np.float64) / 2.0**BITS


def fractions(words: NDArray[np.uint64]) -> NDArray[np.float64]:
    """Turn words into numbers in [0, 1): their first 53 bits, over 2^53.

    Examples
    --------
    >>> fractions(np.array([2**63], dtype=np.uint64))
    array([0.5])
    """
    result: NDArray[np.float64] = (words >> np.uint64(64 - BITS)).astype(np.float64) / 2.0**BITS
    return result


def numbers(digests: NDArray[np.uint64]) -> NDArray[np.float64]:
    """Turn digests into lottery numbers in [0, 1).

    Parameters
    ----------
    digests : ndarray of uint64, shape (N, 4)

    Returns
    -------
    ndarray of float, shape (N,)

    Examples
    --------
    >>> numbers(np.array([[2**63, 0, 0, 0]], dtype=np.uint64))
    array([0.5])
    """
    return fractions(digests[:, 0])


def smallest(words: NDArray[np.uint64], count: int) -> NDArray[np.intp]:
    """Give the positions of the ``count`` smallest words in their order, with all that tie with the last.

    Examples
    --------
    >>> smallest(np.array([9, 3, 5, 3], dtype=np.uint64), 1)
    array([1, 3])
    """
    if count >= words.size:
        return ascending_words(words)
    at = np.flatnonzero(words <= np.partition(words, count - 1)[count - 1])
    result: NDArray[np.intp] = at[ascending_words(words[at])]
    return result


def lottery_order(digests: NDArray[np.uint64], ids: Sequence[str]) -> NDArray[np.intp]:
    """Order units by lottery number; ties by the whole digest, then by id.

    Examples
    --------
    >>> words = np.array([[9, 0, 0, 0], [5, 0, 0, 1], [5, 0, 0, 0]], dtype=np.uint64)
    >>> lottery_order(words, ["a", "b", "c"])
    array([2, 1, 0])
    """
    words = digests.tolist()
    return np.array(sorted(range(len(ids)), key=lambda i: (words[i], ids[i])), dtype=np.intp)


@dataclass(frozen=True)
class Tickets:
    """All the numbers that one cell can draw with.

    Parameters
    ----------
    lottery : Lottery
    parents, stratum : sequence of str
        The cell.
    ids : ndarray of bytes, shape (N,)
        Unit ids in UTF-8, in order.
    """

    lottery: Lottery
    parents: Sequence[str]
    stratum: Sequence[str]
    ids: NDArray[np.bytes_]

    def words(self, *which: int) -> NDArray[np.uint64]:
        """Give some of the four words of each unit's digest, shape (words, N)."""
        return self.lottery.words("order", self.parents, self.ids, which)

    def numbers(self) -> NDArray[np.float64]:
        """Give the lottery numbers, shape (N,)."""
        return fractions(self.words(0)[0])

    def start(self) -> int:
        """Give the random start, a whole number below 2^53."""
        return self.lottery.start(self.parents, self.stratum)

    def stream(self) -> Stream:
        """Give the stream of numbers."""
        return self.lottery.stream(self.parents, self.stratum)

    def order(self, first: NDArray[np.uint64] | None = None) -> NDArray[np.intp]:
        """Give the lottery order, shape (N,); ``first`` are the digests' first words if they are known."""
        return self.smallest(self.ids.size, first)

    def smallest(self, count: int, first: NDArray[np.uint64] | None = None) -> NDArray[np.intp]:
        """Give the first ``count`` units of the lottery order.

        Examples
        --------
        >>> tickets = Tickets(Lottery("key", "towns"), [], [], np.array([b"T1", b"T2", b"T3"]))
        >>> tickets.smallest(2).tolist() == tickets.order()[:2].tolist()
        True
        """
        words = self.words(0)[0] if first is None else first
        at = smallest(words, count)
        there = words[at]
        if bool((there[1:] == there[:-1]).any()):
            ids = [one.decode() for one in self.ids[at].tolist()]
            at = at[lottery_order(self.lottery.digests("order", self.parents, ids), ids)]
        return at[:count]
