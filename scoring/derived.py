"""Functions of estimates: smooth ones within domains, contrasts between domains."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scoring.errors import EstimateError
from scoring.estimate import Estimates
from scoring.interval import interval
from scoring.variance import Floats

Named = dict[Any, Any]  # estimates by name, each an array over the domains
Function = Callable[[Named], Any]


def derive(result: Estimates, functions: Mapping[str, Function], level: float = 0.95) -> Estimates:
    """Estimate smooth functions of each domain's estimates.

    Parameters
    ----------
    result : Estimates
        Of ``mean``, ``total``, ``share``, ``quantile`` and the like.
    functions : dict
        Names, and functions of the estimates ``m``: ``m["service"]`` is that variable's estimate, of
        quantiles with several shares ``m["service", 0.5]``; all domains at once, as an array.
    level : float
        Confidence level of ``low`` and ``high``, which use Student's t.

    Returns
    -------
    Estimates
        In the order of domain, then function, whose name is in ``variable``; with the smallest ``df`` and
        ``n`` of the estimates that a function depends on.

    Raises
    ------
    EstimateError
        A function reads an estimate that is not there, is not finite, or reads across domains (see
        ``contrast`` for that); or ``level`` does not lie between 0 and 1.

    Notes
    -----
    The delta method: covariance J V J' with J the functions' derivatives, by complex step
    (Squire and Trapp 1998) where it agrees with central differences, else by these. R's ``svycontrast``.

    Examples
    --------
    The mean of y/x is not the ratio of their means; that has derivatives 1/2 and -1 here, so with
    variances 1 and 1/4 and covariance 1/2 its variance is 1/4 + 1/4 - 1/2 = 0.

    >>> from scoring import Survey, mean
    >>> table = pd.DataFrame({"y": [2.0, 4.0, 6.0], "x": [1.0, 2.0, 3.0]})
    >>> means = mean(Survey(table), ["y", "x"])
    >>> found = derive(means, {"ratio": lambda m: m["y"] / m["x"], "gap": lambda m: m["y"] - m["x"]})
    >>> found.table[["variable", "estimate", "se"]].round(9).to_numpy().tolist()
    [['ratio', 2.0, 0.0], ['gap', 2.0, 0.577350269]]
    """
    layout = Layout.of(result)
    columns = [(name, *_with_slopes(name, each, layout)) for name, each in functions.items()]
    values = np.column_stack([value for _, value, _ in columns])
    slopes = np.stack([slope for _, _, slope in columns], axis=1)
    cov = _propagated("dfk,dkel,egl->dfeg", slopes, layout.cov)
    labels = layout.domains.loc[layout.domains.index.repeat(len(columns))].reset_index(drop=True)
    labels["variable"] = list(functions) * len(layout.domains)
    df, n = (_least(each[:, None, :], slopes != 0) for each in (layout.df, layout.n))
    return _estimates(labels, values, cov, df, n, level)


def contrast(
    result: Estimates, weights: Mapping[str, Mapping[Hashable, float]], level: float = 0.95
) -> Estimates:
    """Estimate linear contrasts between domains, for each variable.

    Parameters
    ----------
    result : Estimates
        By one or more columns.
    weights : dict of dict
        For each contrast's name the weights of the domains it compares, by their value in the by-column
        (in several, a tuple of values); the others have weight 0.
    level : float
        Confidence level of ``low`` and ``high``, which use Student's t.

    Returns
    -------
    Estimates
        In the order of ``contrast``, then variable; with the smallest ``df`` and ``n`` of the domains
        compared.

    Raises
    ------
    EstimateError
        There is no such domain, a weight is not finite, or ``level`` does not lie between 0 and 1.

    Notes
    -----
    ``L V L'`` with the covariance V of all domains, so that what they share, such as towns or panel
    members, counts. R's ``svycontrast``.

    Examples
    --------
    Means 2 and 6 of two strata, each with s² = 2 and two answers: the variances of 1 add up.

    >>> from scoring import Survey, mean
    >>> table = pd.DataFrame({"town": ["A", "A", "B", "B"], "y": [1.0, 3.0, 5.0, 7.0]})
    >>> means = mean(Survey(table, stratum="town"), "y", by="town")
    >>> found = contrast(means, {"B over A": {"B": 1, "A": -1}, "both": {"A": 0.5, "B": 0.5}}).table
    >>> found[["contrast", "variable", "estimate", "se"]].round(6).to_numpy().tolist()
    [['B over A', 'y', 4.0, 1.414214], ['both', 'y', 4.0, 0.707107]]
    """
    layout = Layout.of(result)
    keys = list(layout.domains.itertuples(index=False, name=None))
    place = {key[0] if len(key) == 1 else key: at for at, key in enumerate(keys) if key}
    matrix = np.zeros((len(weights), len(keys)))
    for row, (name, each) in enumerate(weights.items()):
        for domain, weight in each.items():
            if domain not in place:
                known = ", ".join(map(str, place)) or "none (estimate with by)"
                raise EstimateError("no_domain", where=f"contrast {name!r}", domain=domain, known=known)
            if not np.isfinite(weight):
                found = f"the weight of {domain!r} is {weight}"
                raise EstimateError("not_numbers", where=f"contrast {name!r}", found=found)
            matrix[row, place[domain]] = weight
    values = matrix @ layout.estimate
    cov = _propagated("cd,dkel,ge->ckgl", matrix, layout.cov)
    names = layout.names
    labels = names.loc[np.tile(names.index, len(weights))].reset_index(drop=True)
    labels.insert(0, "contrast", np.repeat(list(weights), len(names)))
    df, n = (_least(each.T[None, :, :], (matrix != 0)[:, None, :]) for each in (layout.df, layout.n))
    return _estimates(labels, values, cov, df, n, level)


def difference(result: Estimates, first: Hashable, second: Hashable, level: float = 0.95) -> Estimates:
    """Estimate how far one domain is above another, for each variable: ``contrast`` with weights 1 and -1.

    Parameters, returns and errors are those of ``contrast``.

    Examples
    --------
    >>> from scoring import Survey, mean
    >>> table = pd.DataFrame({"town": ["A", "A", "B", "B"], "y": [1.0, 3.0, 5.0, 7.0]})
    >>> found = difference(mean(Survey(table, stratum="town"), "y", by="town"), "B", "A").table
    >>> found[["contrast", "variable", "estimate", "se", "df"]].round(6).to_numpy().tolist()
    [['B - A', 'y', 4.0, 1.414214, 1.0]]
    """
    name = " - ".join(
        " ".join(map(str, one)) if isinstance(one, tuple) else str(one) for one in (first, second)
    )
    weights: dict[Hashable, float] = {first: 1.0}
    weights[second] = weights.get(second, 0.0) - 1
    return contrast(result, {name: weights}, level)


@dataclass(frozen=True)
class Layout:
    """A result as a rectangle: domains by names.

    Attributes
    ----------
    domains : DataFrame
        One row per domain: the columns before ``variable``.
    names : DataFrame
        One row per estimate of a domain: ``variable``, and ``q`` where the result has it.
    estimate, se, df, n : ndarray of float, shape (D, K)
    cov : ndarray of float, shape (D, K, D, K)
    """

    domains: pd.DataFrame
    names: pd.DataFrame
    estimate: Floats
    se: Floats
    df: Floats
    n: Floats
    cov: Floats

    @classmethod
    def of(cls, result: Estimates) -> Layout:
        table = result.table
        by = list(table.columns[: table.columns.get_loc("variable")])
        width = int((table[by] == table[by].iloc[0]).all(axis=1).sum())
        count = len(table) // width
        estimate, se, df, n = (
            table[name].to_numpy(dtype=np.float64).reshape(count, width)
            for name in ("estimate", "se", "df", "n")
        )
        names = table.loc[: width - 1, [name for name in ("variable", "q") if name in table]]
        domains = table[by].iloc[::width].reset_index(drop=True)
        return cls(domains, names, estimate, se, df, n, result.cov.reshape(count, width, count, width))

    @property
    def keys(self) -> list[Any]:
        """What a function calls each estimate of a domain."""
        if "q" in self.names:
            return list(self.names.itertuples(index=False, name=None))
        return self.names["variable"].tolist()


def _with_slopes(name: str, function: Function, layout: Layout) -> tuple[Floats, Floats]:
    """Give a function's values, shape (D,), and derivatives by each estimate of the domain, shape (D, K)."""

    def of(x: NDArray[Any]) -> NDArray[Any]:
        return _called(name, function, layout.keys, x)

    x = layout.estimate
    value = of(x)
    alone = np.concatenate([of(x[at : at + 1]) for at in range(len(x))])
    if not np.allclose(alone, value, rtol=1e-9, atol=0, equal_nan=True):
        raise EstimateError("across_domains", where=f"function {name!r}")
    if not np.isfinite(value).all():
        at = int(np.flatnonzero(~np.isfinite(value))[0])
        domain = ", ".join(map(str, layout.domains.iloc[at]))
        raise EstimateError("not_finite", where=f"function {name!r}", value=value[at], domain=domain)
    size = np.abs(x) + np.where(layout.se > 0, layout.se, 0.0)
    step = np.cbrt(np.finfo(float).eps) * np.where(size > 0, size, 1.0)
    slopes = np.zeros_like(x)
    for k in range(x.shape[1]):
        aside = np.zeros_like(x)
        aside[:, k] = step[:, k]
        central = (of(x + aside) - of(x - aside)) / (2 * step[:, k])
        slopes[:, k] = central
        try:
            exact = of(x + 1e-12j * aside).imag / (1e-12 * step[:, k])
        except EstimateError:  # not a function of complex numbers
            continue
        noise = 1e-4 * np.abs(central) + 1e-12 * np.abs(value) / step[:, k]
        slopes[:, k] = np.where(np.abs(exact - central) <= noise, exact, central)
    return value, slopes


def _called(name: str, function: Function, keys: list[Any], x: NDArray[Any]) -> NDArray[Any]:
    by_name = Named(zip(keys, x.T, strict=True))
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore", np.exceptions.ComplexWarning)  # such a derivative is not used
            value = np.asarray(function(by_name))
        return np.broadcast_to(value.astype(x.dtype), x.shape[:1])
    except KeyError as error:
        known = ", ".join(map(repr, keys))
        raise EstimateError("no_estimate", where=f"function {name!r}", found=error, known=known) from None
    except (TypeError, ValueError) as error:
        raise EstimateError("not_of_arrays", where=f"function {name!r}", found=error) from None


def _propagated(how: str, slopes: Floats, cov: Floats) -> Floats:
    """Give slopes × covariance × slopes; what is not known of estimates that are not used does not matter."""
    unknown = np.isnan(cov)
    result = np.einsum(how, slopes, np.where(unknown, 0.0, cov), slopes, optimize=True)
    if unknown.any():
        used = (slopes != 0).astype(np.float64)
        result[np.einsum(how, used, unknown.astype(np.float64), used, optimize=True) > 0] = np.nan
    return np.asarray(result)


def _least(values: Floats, used: NDArray[np.bool_]) -> Floats:
    """Give the smallest of the used values along the last axis, infinite where none is."""
    result: Floats = np.where(used, values, np.inf).min(axis=-1)
    return result


def _estimates(
    labels: pd.DataFrame, values: Floats, cov: Floats, df: Floats, n: Floats, level: float
) -> Estimates:
    if not 0 < level < 1:
        raise EstimateError("bad_level", where="level", value=level)
    flat = values.ravel()
    cov = cov.reshape(flat.size, flat.size)
    se = np.sqrt(np.maximum(np.diag(cov), 0.0))
    low, high = interval(flat, se, df.ravel(), level)
    count = np.where(np.isfinite(n), n, 0).ravel().astype(np.int64)
    table = labels.assign(estimate=flat, se=se, low=low, high=high, df=df.ravel(), n=count)
    return Estimates(table, cov)
