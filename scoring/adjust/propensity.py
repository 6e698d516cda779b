"""The propensity to respond, by a logistic model, and adjustment cells made of it."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scoring.adjust.show import page
from scoring.adjust.solve import dependent
from scoring.columns import base_weights, listed, numbers, refuse_missing, required
from scoring.errors import AnswerError
from scoring.variance import Floats

STEPS = 100
SURE = 1e-6  # a fitted chance this near to 0 or 1 calls for the test of separation


@dataclass(frozen=True)
class Propensity:
    """Fitted chances to respond.

    Attributes
    ----------
    probability : Series of float
        Of every row, with the table's index.
    cell : Series of int
        Class of the probability, 1 for the lowest; rows of equal probability are in one class.
    coefficients : DataFrame
        ``column``, ``level`` and ``estimate`` on the logit scale; the first level of a category is the base.
    classes : DataFrame
        Of each ``cell``: ``rows``, ``responded``, the mean ``probability`` and the ``rate`` of response, both
        weighted where there are weights.
    """

    probability: pd.Series
    cell: pd.Series
    coefficients: pd.DataFrame
    classes: pd.DataFrame

    def _repr_html_(self) -> str:
        rows = f"{len(self.probability):,} rows, {int(self.classes['responded'].sum()):,} responded"
        return page("Response propensity", rows, [("model", self.coefficients), ("classes", self.classes)])


def response_propensity(
    table: pd.DataFrame,
    columns: str | Sequence[str],
    responded: str = "responded",
    weight: str | None = None,
    classes: int = 5,
) -> Propensity:
    """Model who responds by a logistic regression on what is known of everyone drawn.

    Parameters
    ----------
    table : DataFrame
        All drawn units, respondents and eligible nonrespondents.
    columns : str or list of str
        Numbers as they are; text, categories and truth values as categories.
    responded : str
        Column of whether the row responded.
    weight : str, optional
        Column of weights; rows of weight 0 do not count for the model.
    classes : int
        How many classes of as many rows each; fewer come of it where probabilities are equal.

    Returns
    -------
    Propensity
        Put its ``cell`` into the table, and give ``Survey`` that column.

    Raises
    ------
    AnswerError
        A column or a value is missing, or a column is told by those before it; everybody or nobody
        responded; some columns tell without error who responds; or the model does not converge.

    Notes
    -----
    Coefficients and probabilities are those of R's ``glm`` with family ``binomial``, with weights those of
    ``survey::svyglm`` with ``quasibinomial``, by statsmodels' GLM. Weighting by classes of the propensity
    (Rosenbaum and Rubin 1984; Little 1986) rests less on the form of the model than weighting by 1 over
    it. The variance takes the classes as given.

    Examples
    --------
    Of four old persons one responded, of four young ones three.

    >>> table = pd.DataFrame({"age": [*"ooooyyyy"], "responded": [1, 0, 0, 0, 1, 1, 1, 0]})
    >>> result = response_propensity(table, "age", classes=2)
    >>> result.probability.round(6).tolist()
    [0.25, 0.25, 0.25, 0.25, 0.75, 0.75, 0.75, 0.75]
    >>> result.cell.tolist()
    [1, 1, 1, 1, 2, 2, 2, 2]
    """
    if isinstance(classes, bool) or not isinstance(classes, int | np.integer) or classes < 2:
        raise AnswerError("bad_classes", where="classes", value=classes)
    given = required(table, responded, "propensity")
    bad = np.flatnonzero(~given.isin([True, False]).to_numpy())
    if bad.size:
        facts = {"column": responded, "row": bad[0] + 1, "value": given.tolist()[bad[0]]}
        raise AnswerError("bad_response", where="propensity", **facts)
    came: Floats = given.to_numpy(dtype=np.float64)
    weights = np.ones(len(table)) if weight is None else base_weights(table, weight, "propensity")
    counts = weights > 0
    if came[counts].min() == came[counts].max():
        value = bool(came[counts][0])
        raise AnswerError("one_outcome", where="propensity", column=responded, value=value)
    names = listed(columns)
    terms = [("", "", np.ones(len(table)))]
    for name in names:
        terms += _terms(table, name, came, counts)
    x = np.column_stack([values for _, _, values in terms])
    _, combined = dependent(x, counts.astype(np.float64))
    if combined:
        name = terms[min(combined)][0]
        others = ", ".join(dict.fromkeys(one for one, _, _ in terms[1 : min(combined)] if one != name))
        raise AnswerError("collinear", where="propensity", column=name, others=others or "the constant")
    estimate = _fitted(x, came, weights, names)
    from scipy.special import expit

    probability = pd.Series(expit(x @ estimate), index=table.index, name="probability")
    cell = _classes(probability, classes)
    coefficients = pd.DataFrame(
        {
            "column": ["(1)", *(name for name, _, _ in terms[1:])],
            "level": [level for _, level, _ in terms],
            "estimate": estimate,
        }
    )
    return Propensity(probability, cell, coefficients, _summary(probability, cell, came, weights))


def _terms(
    table: pd.DataFrame, name: str, came: Floats, counts: NDArray[np.bool_]
) -> list[tuple[str, str, Floats]]:
    """Give a column's terms in the model, with its name and level."""
    column = required(table, name, "propensity")
    refuse_missing(np.flatnonzero(column.isna().to_numpy()), name, "propensity")
    if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column):
        values = numbers(table, name, "propensity")
        refuse_missing(np.flatnonzero(~np.isfinite(values)), name, "propensity")
        return [(name, "", values)]
    codes, levels = pd.factorize(column, sort=True)
    for at, level in enumerate(levels):
        here = came[(codes == at) & counts]
        if here.size and here.min() == here.max():
            _refuse_separated(f"{name} = {level}", bool(here[0]))
    return [(name, str(level), (codes == at).astype(np.float64)) for at, level in enumerate(levels) if at]


def _refuse_separated(found: str, responds: bool) -> None:
    outcome = ("responded", "应答") if responds else ("did not respond", "未应答")
    raise AnswerError(
        "separated", where="propensity", found=found, outcome=outcome[0], outcome_chinese=outcome[1]
    )


def _fitted(x: Floats, came: Floats, weights: Floats, names: Sequence[str]) -> Floats:
    """Fit the model; columns are brought to the same size first, which changes nothing but the rounding."""
    import statsmodels.api as sm

    counts = weights > 0
    centre, size = x[counts].mean(axis=0), x[counts].std(axis=0)
    centre[0], size[0] = 0.0, 1.0
    standard = (x[counts] - centre) / size
    model: Any = sm.GLM(
        came[counts],
        standard,
        family=sm.families.Binomial(),
        var_weights=weights[counts] / weights[counts].mean(),
    )
    with warnings.catch_warnings():  # of what is refused below
        warnings.simplefilter("ignore")
        result = model.fit(maxiter=STEPS, tol=1e-12, tol_criterion="params")
    beta: Floats = np.asarray(result.params, dtype=np.float64)
    chance = np.asarray(result.fittedvalues, dtype=np.float64)
    near = bool(np.minimum(chance, 1 - chance).min() < SURE)
    if (near or not result.converged) and _separable(standard, came[counts]):
        raise AnswerError("propensity_separated", where="propensity", columns=", ".join(names))
    if not result.converged or not np.isfinite(beta).all():
        raise AnswerError("propensity_not_converged", where="propensity", steps=STEPS)
    beta = beta / size
    beta[0] -= beta[1:] @ centre[1:]
    return beta


def _separable(x: Floats, came: Floats) -> bool:
    """Tell whether some combination is never on the wrong side, and somewhere on the right one."""
    from scipy.optimize import linprog

    signed = x * np.where(came > 0, 1.0, -1.0)[:, None]
    found = linprog(-signed.sum(axis=0), A_ub=-signed, b_ub=np.zeros(len(x)), bounds=(-1, 1), method="highs")
    return bool(found.status == 0 and -found.fun > 1e-7)


def _classes(probability: pd.Series, classes: int) -> pd.Series:
    values = probability.round(12).to_numpy()  # rows that are alike differ by rounding
    cuts = np.quantile(values, np.arange(1, classes) / classes, method="inverted_cdf")
    codes = np.unique(np.searchsorted(cuts, values), return_inverse=True)[1]
    return pd.Series(codes + 1, index=probability.index, name="cell")


def _summary(probability: pd.Series, cell: pd.Series, came: Floats, weights: Floats) -> pd.DataFrame:
    values = pd.DataFrame(
        {
            "cell": cell.to_numpy(),
            "rows": 1,
            "responded": came,
            "weight": weights,
            "chance": weights * probability.to_numpy(),
            "answered": weights * came,
        }
    )
    sums = values.groupby("cell", as_index=False).sum()
    return pd.DataFrame(
        {
            "cell": sums["cell"],
            "rows": sums["rows"],
            "responded": sums["responded"].astype(np.int64),
            "probability": sums["chance"] / sums["weight"],
            "rate": sums["answered"] / sums["weight"],
        }
    )
