"""Bernoulli and Poisson samples: the threshold exactly, and every subset by its probability."""

from __future__ import annotations

from itertools import product

import numpy as np
from scipy import stats

from sampling.lottery import Stream
from sampling.select.independent import bernoulli, poisson

PROB = np.array([0.2, 0.5, 0.7])


def test_poisson_takes_a_number_below_the_probability_and_no_other() -> None:
    assert poisson(PROB, PROB).tolist() == []
    assert poisson(np.nextafter(PROB, 0), PROB).tolist() == [0, 1, 2]
    assert poisson(np.array([0.3, 0.4, 0.6]), PROB).tolist() == [1, 2]


def test_bernoulli_takes_a_number_below_the_rate_and_no_other() -> None:
    numbers = np.array([0.25, np.nextafter(0.25, 0), 0.0, 0.9])
    assert bernoulli(numbers, 0.25).tolist() == [1, 2]
    assert bernoulli(numbers, 1.0).tolist() == [0, 1, 2, 3]
    assert bernoulli(numbers, 0.0).tolist() == []


def test_poisson_subsets_have_the_product_of_their_units_chances() -> None:
    stream = Stream([4, 1])
    tally = np.zeros(8)
    for _ in range(20_000):
        tally[(1 << poisson(stream.numbers(3), PROB)).sum()] += 1
    expected = [
        np.prod([p if inside else 1 - p for p, inside in zip(PROB, subset[::-1], strict=True)])
        for subset in product([0, 1], repeat=3)
    ]
    assert stats.chisquare(tally, 20_000 * np.array(expected)).pvalue > 1e-3


def test_bernoulli_size_is_binomial() -> None:
    stream = Stream([4, 2])
    sizes = [bernoulli(stream.numbers(5), 0.3).size for _ in range(20_000)]
    expected = 20_000 * stats.binom.pmf(range(6), 5, 0.3)
    assert stats.chisquare(np.bincount(sizes, minlength=6), expected).pvalue > 1e-3
