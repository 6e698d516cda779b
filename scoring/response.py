"""Response rates after the American Association for Public Opinion Research."""

from __future__ import annotations

import numpy as np
import pandas as pd

from scoring.columns import Names, base_weights, refuse_missing, required
from scoring.domains import domains_of
from scoring.errors import AnswerError, EstimateError
from scoring.variance import Codes, Floats

DISPOSITIONS = ("complete", "partial", "refusal", "noncontact", "other", "unknown", "ineligible")
RATES = "e RR1 RR2 RR3 RR4 RR5 RR6 COOP1 COOP2 REF1 REF2 CON1 CON2".split()


def response_rates(
    dispositions: pd.DataFrame, by: Names | None = None, weight: str | None = None
) -> pd.DataFrame:
    """Count final dispositions and give the response rates.

    Parameters
    ----------
    dispositions : DataFrame
        One row per drawn unit, with a column ``disposition``: ``complete``, ``partial``, ``refusal``
        (refusal and break-off), ``noncontact``, ``other`` (eligible, none of these), ``unknown`` (not
        known whether eligible) or ``ineligible``.
    by : str or list of str, optional
        Columns that tell the groups; each has its own rates, and its own e.
    weight : str, optional
        Column of base weights (1 over the inclusion probability). The rates are then of sums of
        weights; the counts stay counts.

    Returns
    -------
    DataFrame
        The by-columns, in sorted order; the number of units of each code; ``e``, the share of the
        unknown that is taken as eligible; and the rates, from 0 to 1, NaN where the denominator is 0.

    Raises
    ------
    AnswerError
        A column or value is missing, a weight is bad, or codes are none of the seven (all are named).
    EstimateError
        A by-column has the name of a column of the result.

    Notes
    -----
    AAPOR, Standard Definitions (10th edition 2023; the same in the 9th). With I complete, P partial, R,
    NC, O and U the other codes in the order above (U = UH + UO), E = I + P + R + NC + O the known
    eligible and X the ineligible:

    - RR1 = I / (E + U), RR3 = I / (E + e U), RR5 = I / E; RR2, RR4 and RR6 count I + P in place of I.
    - COOP1 = I / (I + P + R + O); COOP2 = (I + P) / (I + P + R + O).
    - REF1 = R / (E + U); REF2 = R / (E + e U).
    - CON1 = (I + P + R + O) / (E + U); CON2 = (I + P + R + O) / (E + e U).
    - e = E / (E + X), proportional allocation: among those whose eligibility is unknown the share of
      eligible is taken to be that among the known (the method of CASRO 1982). It is 0/0, so NaN, where
      nobody's eligibility is known.

    Examples
    --------
    Six complete, one partial, two refusals, one not met, two unknown, and five who had moved away:
    E = 10, e = 10/15; RR1 = 6/12, RR2 = 7/12, RR3 = 6 / (10 + 4/3), RR4 = 7 / (10 + 4/3), RR5 = 6/10,
    RR6 = 7/10; COOP1 = 6/9, COOP2 = 7/9; REF1 = 2/12, REF2 = 2 / (10 + 4/3); CON1 = 9/12, CON2 = 9 /
    (10 + 4/3).

    >>> counts = {"complete": 6, "partial": 1, "refusal": 2, "noncontact": 1, "unknown": 2, "ineligible": 5}
    >>> units = pd.DataFrame({"disposition": [code for code, n in counts.items() for _ in range(n)]})
    >>> result = response_rates(units)
    >>> result[list(DISPOSITIONS)].to_numpy().tolist()
    [[6, 1, 2, 1, 0, 2, 5]]
    >>> result[["e", "RR1", "RR2", "RR3", "RR4", "RR5", "RR6"]].round(3).to_numpy().tolist()
    [[0.667, 0.5, 0.583, 0.529, 0.618, 0.6, 0.7]]
    >>> result[["COOP1", "COOP2", "REF1", "REF2", "CON1", "CON2"]].round(3).to_numpy().tolist()
    [[0.667, 0.778, 0.167, 0.176, 0.75, 0.794]]
    """
    where = "dispositions"
    if not len(dispositions):
        raise AnswerError("no_rows", where=where)
    groups = domains_of(dispositions, by, where)
    hidden = {*DISPOSITIONS, *RATES} & set(groups.labels.columns)
    if hidden:
        raise EstimateError("by_hides_result", where="by", column=min(hidden))
    code = _codes(dispositions, where)
    weights = None if weight is None else base_weights(dispositions, weight, where)
    place = groups.codes * len(DISPOSITIONS) + code
    shape = (len(groups.labels), len(DISPOSITIONS))
    size = shape[0] * shape[1]
    counts = np.bincount(place, minlength=size).reshape(shape)
    sums = counts if weights is None else np.bincount(place, weights=weights, minlength=size).reshape(shape)
    found = dict(zip(DISPOSITIONS, counts.T, strict=True)) | _rates(sums.astype(np.float64))
    return groups.labels.reset_index(drop=True).assign(**found)


def _codes(table: pd.DataFrame, where: str) -> Codes:
    """Give the place of each row's disposition among the seven, or name all that are none."""
    column = required(table, "disposition", where)
    refuse_missing(np.flatnonzero(column.isna()), "disposition", where)
    codes: Codes = pd.Index(DISPOSITIONS).get_indexer(pd.Index(column, dtype=object)).astype(np.intp)
    if (codes < 0).any():
        bad = column[codes < 0].astype(str).value_counts(sort=False)
        found = ", ".join(f"{value!r} ({count})" for value, count in sorted(bad.items()))
        raise AnswerError("bad_disposition", where=where, found=found, known=", ".join(DISPOSITIONS))
    return codes


def _rates(sums: Floats) -> dict[str, Floats]:
    """Compute e and the rates from the sums of the seven codes, shape (G, 7)."""
    complete, partial, refusal, noncontact, other, unknown, ineligible = sums.T
    answered = complete + partial
    met = answered + refusal + other
    eligible = met + noncontact
    e = _share(eligible, eligible + ineligible)
    likely = eligible + e * unknown
    return {
        "e": e,
        "RR1": _share(complete, eligible + unknown),
        "RR2": _share(answered, eligible + unknown),
        "RR3": _share(complete, likely),
        "RR4": _share(answered, likely),
        "RR5": _share(complete, eligible),
        "RR6": _share(answered, eligible),
        "COOP1": _share(complete, met),
        "COOP2": _share(answered, met),
        "REF1": _share(refusal, eligible + unknown),
        "REF2": _share(refusal, likely),
        "CON1": _share(met, eligible + unknown),
        "CON2": _share(met, likely),
    }


def _share(part: Floats, whole: Floats) -> Floats:
    return np.divide(part, whole, out=np.full_like(whole, np.nan), where=whole != 0)
