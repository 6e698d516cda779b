"""What weights cost, where they are extreme, and whether they reach what is known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from scoring.adjust.show import page
from scoring.columns import Names
from scoring.domains import domains_of
from scoring.survey import Survey
from scoring.variance import Floats

LEVELS = (0.0, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 1.0)
AT_BOUND = 1e-9  # of a bound, how near is at it


@dataclass(frozen=True)
class WeightDiagnostics:
    """Diagnosis of a survey's weights.

    Attributes
    ----------
    table : DataFrame
        Of all rows with weight, or one row per domain: ``rows``, ``sum``, ``mean``, ``low`` and ``high``
        of the weights, ``cv``, Kish's design effect ``deff`` = n Σw² / (Σw)², and ``n_effective`` = n / deff.
        Of calibrated weights also the factor's ``g_low`` and ``g_high``, and with bounds the share of rows
        ``at_low``, ``at_high`` and of the weights ``weight_at_low``, ``weight_at_high``.
    quantiles : DataFrame
        ``share`` of the rows and the ``weight`` below which they are; of adjusted or calibrated weights
        also ``before`` (the base weight) and ``g``, the last step's factor.
    margins : DataFrame
        Of calibrated weights: ``auxiliary``, ``level``, ``rows``, the totals ``before`` and ``after``, and
        ``target``.
    kind : str
        "weights", or how they were calibrated.
    """

    table: pd.DataFrame
    quantiles: pd.DataFrame
    margins: pd.DataFrame
    kind: str

    def _repr_html_(self) -> str:
        parts = [("weights", self.table), ("quantiles", self.quantiles), ("totals", self.margins)]
        rows = int(self.table["rows"].sum())
        return page("Weights", f"{self.kind}, {rows:,} rows", parts)


def weight_diagnostics(survey: Survey, by: Names | None = None) -> WeightDiagnostics:
    """Diagnose a survey's weights.

    Parameters
    ----------
    survey : Survey
        Rows of weight 0 do not count.
    by : str or list of str, optional
        Columns that tell domains, each of which gets a row of the table.

    Returns
    -------
    WeightDiagnostics

    Raises
    ------
    AnswerError
        A column of ``by`` is missing, or empty in a row.

    Notes
    -----
    Kish's design effect (1965) is what weights cost where they have nothing to do with the answers;
    calibration to what the answers depend on gains more than that, which only the estimates' errors show.

    Examples
    --------
    Weights 1, 1 and 2: n Σw² / (Σw)² = 3 × 6 / 16.

    >>> result = weight_diagnostics(Survey(pd.DataFrame({"w": [1.0, 1.0, 2.0]}), weight="w"))
    >>> result.table[["rows", "deff", "n_effective"]].round(3).to_numpy().tolist()
    [[3.0, 1.125, 2.667]]
    """
    active = np.flatnonzero(survey.weights != 0)
    weights, known = survey.weights[active], survey.calibration
    domains = domains_of(survey.table.iloc[active], by, "diagnostics")
    factor = None if known is None else known.factor[active]
    bounds = None if known is None else known.bounds
    rows = [np.flatnonzero(domains.codes == one) for one in range(len(domains.labels))]
    facts = pd.DataFrame([_facts(weights[at], None if factor is None else factor[at], bounds) for at in rows])
    quantiles = pd.DataFrame({"share": LEVELS, "weight": np.quantile(weights, LEVELS)})
    if known is not None or survey.response is not None:
        quantiles["before"] = np.quantile(survey.base[active], LEVELS)
        last = weights / survey.base[active] if factor is None else factor
        quantiles["g"] = np.quantile(last, LEVELS)
    margins = pd.DataFrame() if known is None else known.margins.copy()
    kind = "not calibrated" if known is None else known.kind
    table = pd.concat([domains.labels.reset_index(drop=True), facts], axis=1)
    return WeightDiagnostics(table, quantiles, margins, kind)


def _facts(weights: Floats, factor: Floats | None, bounds: tuple[float, float] | None) -> dict[str, float]:
    size, whole = weights.size, float(weights.sum())
    effect = size * float(weights @ weights) / whole**2
    facts = {
        "rows": size,
        "sum": whole,
        "mean": whole / size,
        "low": float(weights.min()),
        "high": float(weights.max()),
        "cv": float(np.sqrt(max(effect - 1, 0.0))),
        "deff": effect,
        "n_effective": size / effect,
    }
    if factor is not None:
        facts |= {"g_low": float(factor.min()), "g_high": float(factor.max())}
    if factor is not None and bounds is not None:
        for name, bound in zip(("low", "high"), bounds, strict=True):
            there = np.abs(factor - bound) <= AT_BOUND * bound
            facts[f"at_{name}"] = float(there.mean())
            facts[f"weight_at_{name}"] = float(weights[there].sum() / whole)
    return facts
