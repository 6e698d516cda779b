"""Joint inclusion probabilities of Tillé's elimination."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sampling.select.elimination import elimination


def tille_joint(prob: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the joint inclusion probabilities of ``sampling.select.elimination.tille``, exactly.

    Two units stay through a step with probability 1 - v_k - v_l, v their chances to be struck off
    there, whatever went before; the joint probability is the product over all steps (Tillé 1996; R
    ``sampling::UPtillepi2``). Before either is at risk a factor is 1; while only k is, the product
    is k's probability for a sample of that size; when both are, the factor is the same for all
    pairs. So the matrix takes no loop over the steps: O(N^2) in time and memory.

    Parameters
    ----------
    prob : ndarray of float, shape (N,)
        Inclusion probabilities, in (0, 1), summing to a whole number of at least 1.

    Returns
    -------
    ndarray of float, shape (N, N)
        Symmetric, with ``prob`` on the diagonal. Rows sum to n ``prob``. A pair may have 0.

    Examples
    --------
    >>> tille_joint(np.array([0.3, 0.4, 0.5, 0.8])).round(4)
    array([[0.3   , 0.0333, 0.0667, 0.2   ],
           [0.0333, 0.4   , 0.1   , 0.2667],
           [0.0667, 0.1   , 0.5   , 0.3333],
           [0.2   , 0.2667, 0.3333, 0.8   ]])
    """
    plan = elimination(prob)
    scale, step, size = plan.scale, plan.step, plan.prob
    before = np.concatenate([[0.0], scale[:-1]])
    stay = np.divide(scale, before, out=np.zeros_like(scale), where=before > 0)  # of one at risk before
    after = np.append(np.cumprod((2.0 * stay - 1.0)[:0:-1])[::-1], 1.0)  # both through all later steps
    later = np.maximum(step[:, None], step[None, :])  # the step that puts the second of them at risk
    first = np.minimum(size[:, None], size[None, :])
    second = np.maximum(size[:, None], size[None, :])
    joint = np.where(
        step[:, None] == step[None, :],
        scale[later] * (first + second) - 1.0,
        before[later] * first * (stay[later] + scale[later] * second - 1.0),
    )
    joint = np.maximum(joint * after[later], 0.0)
    np.fill_diagonal(joint, size)
    back = np.empty_like(plan.rank)
    back[plan.rank] = np.arange(plan.rank.size)
    return np.asarray(joint[np.ix_(back, back)])
