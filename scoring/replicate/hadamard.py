"""Hadamard matrices, which balance half-samples."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Signs = NDArray[np.float64]


def hadamard(least: int) -> Signs:
    """Give the smallest matrix at hand of 1 and -1 with orthogonal columns, the first of them all 1.

    Orders are products of 1, 2, q + 1 (q a prime, 3 modulo 4) or 2 (q + 1) (q a prime, 1 modulo 4) with a
    power of 2 (Sylvester 1867; Paley 1933): all multiples of 4 up to 48, and most beyond. Columns after the
    first add up to 0.

    Parameters
    ----------
    least : int
        Order that is needed at least.

    Returns
    -------
    ndarray of float, shape (R, R)

    Examples
    --------
    >>> half = hadamard(10)
    >>> half.shape, bool((half.T @ half == 12 * np.eye(12)).all()), half.sum(axis=0)[:3].tolist()
    ((12, 12), True, [12.0, 0.0, 0.0])
    """
    order = max(least, 1)
    while (made := _of_order(order)) is None:
        order += 1
    return made * made[:, :1] * 1.0


def _of_order(order: int) -> Signs | None:
    """Give a matrix of this order, if one of the constructions has it."""
    if order in (1, 2):
        return np.array([[1.0, 1.0], [1.0, -1.0]])[:order, :order]
    if order % 4:
        return None
    if _is_prime(order - 1):
        return _paley(order - 1)
    half = order // 2
    if half % 4 == 2 and _is_prime(half - 1):
        return _paley_twice(half - 1)
    smaller = _of_order(half)
    return None if smaller is None else np.kron(np.array([[1.0, 1.0], [1.0, -1.0]]), smaller)


def _is_prime(number: int) -> bool:
    return number > 1 and all(number % one for one in range(2, math.isqrt(number) + 1))


def _squares(q: int) -> Signs:
    """Tell of every difference modulo q whether it is a square: 1, if not -1, 0 for 0; shape (q, q)."""
    kind = -np.ones(q)
    kind[np.arange(1, q, dtype=np.int64) ** 2 % q] = 1.0
    kind[0] = 0.0
    apart: Signs = kind[(np.arange(q)[:, None] - np.arange(q)) % q]
    return apart


def _paley(q: int) -> Signs:
    """Paley's first construction, order q + 1, q a prime that is 3 modulo 4."""
    made = np.ones((q + 1, q + 1))
    made[1:, 1:] = _squares(q) - np.eye(q)
    return made


def _paley_twice(q: int) -> Signs:
    """Paley's second construction, order 2 (q + 1), q a prime that is 1 modulo 4."""
    core = np.ones((q + 1, q + 1))
    core[1:, 1:] = _squares(q)
    core[0, 0] = 0.0
    identity = np.eye(q + 1)
    return np.kron(core, np.array([[1.0, 1.0], [1.0, -1.0]])) + np.kron(
        identity, np.array([[1.0, -1.0], [-1.0, -1.0]])
    )
