"""Adjustment cells against R, full enumeration, the definition row by row, and repeated draws."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations, product
from math import comb
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sampling import PPS, SimpleRandom, Stratified, draw
from scoring import AnswerError, EstimateError, Survey, mean, ratio, share, total
from scoring.group import group_scores
from scoring.scale import Scale
from scoring.variance import stage_parts

ORACLES = Path(__file__).parents[1] / "oracles"
R = json.loads((ORACLES / "twophase.json").read_text(encoding="utf8"))["designs"]


# ----------------------------------------------------------------------------------- other programs


@pytest.mark.parametrize("design", R)
@pytest.mark.parametrize("statistic", ["total", "mean", "total_by", "mean_by"])
def test_equals_the_two_phase_variance_of_r(design: str, statistic: str) -> None:
    # R survey 4.1.1, twophase(method = "full") with cells as strata of the second phase; twophase.R
    expected, roles = R[design][statistic], R[design]["roles"]
    table = pd.read_csv(ORACLES / "twophase.csv")
    stratum = table[roles["stratum"]] if roles["stratum"] else pd.Series("", index=table.index)
    table["w"] = table[roles["population"]] / stratum.map(stratum.value_counts())
    survey = Survey(table, weight="w", responded="responded", **roles)
    call = total if statistic.startswith("total") else mean
    found = call(survey, list(dict.fromkeys(expected["variable"])), by=expected["by"])
    if expected["by"]:
        assert found.table[expected["by"]].tolist() == expected["domain"]
    assert found.table["variable"].tolist() == expected["variable"]
    np.testing.assert_allclose(found.table["estimate"], expected["estimate"], rtol=1e-9)
    scale = np.abs(expected["vcov"]).max()
    np.testing.assert_allclose(found.cov / scale, np.array(expected["vcov"]) / scale, atol=1e-9)


# ----------------------------------------------------------------- all samples × all response patterns

Sampled = Iterator[tuple[float, list[int]]]


def subsets(units: list[int], n: int) -> Sampled:
    for chosen in combinations(units, n):
        yield 1 / comb(len(units), n), list(chosen)


def in_all(parts: list[Callable[[], Sampled]]) -> Sampled:
    """One choice from each of independent parts."""
    for chosen in product(*(list(part()) for part in parts)):
        yield float(np.prod([p for p, _ in chosen])), [unit for _, units in chosen for unit in units]


@dataclass(frozen=True)
class Tiny:
    """A population of units, each with some rows, and how samples of units are drawn."""

    rows: pd.DataFrame  # unit, cell, domain, y, and what the survey reads
    roles: dict[str, Any]
    samples: Callable[[], Sampled]
    respondents: Callable[[str, int], int]  # how many respond of so many drawn in a cell


def of_tiny(case: Tiny) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Expectation and covariance of the estimated totals by domain, and the expectation of ours."""
    cell_of = case.rows.groupby("unit")["cell"].first()
    chances, estimates, covariances = [], [], []
    for chance, drawn in case.samples():
        table = case.rows[case.rows["unit"].isin(drawn)]
        cells = cell_of[drawn]
        units = {cell: list(part.index) for cell, part in cells.groupby(cells)}
        patterns = [
            lambda own=own, cell=cell: subsets(own, case.respondents(cell, len(own)))
            for cell, own in units.items()
        ]
        for chance_of, responding in in_all(patterns):
            came = table["unit"].isin(responding)
            sheet = table.assign(came=came, y=table["y"].where(came))
            sheet["w"] = case.rows.attrs["weight"](sheet)
            # Every domain has answers, or its total is not estimated: a row of 0 stands for it.
            found = total_by_domain(Survey(sheet, weight="w", responded="came", cell="cell", **case.roles))
            chances.append(chance * chance_of)
            estimates.append(found[0])
            covariances.append(found[1])
    p = np.array(chances)
    assert p.sum() == pytest.approx(1, rel=1e-12)
    values = np.array(estimates)
    center = p @ values
    spread = values - center
    return center, (spread * p[:, None]).T @ spread, np.einsum("i,ijk->jk", p, np.array(covariances))


def total_by_domain(survey: Survey) -> tuple[np.ndarray, np.ndarray]:
    domain = survey.table["domain"].to_numpy()
    z = np.nan_to_num(survey.table["y"].to_numpy()) * survey.weights
    return np.bincount(domain, weights=z, minlength=2), survey.covariance(z[:, None], domain, 2)


def population(units: int, cells: list[str], domains: list[int], seed: int, **columns: Any) -> pd.DataFrame:
    y = np.random.default_rng(seed).uniform(1, 10, units)
    return pd.DataFrame({"unit": range(units), "cell": cells, "domain": domains, "y": y} | columns)


def weigh(rows: pd.DataFrame, weight: Callable[[pd.DataFrame], Any]) -> pd.DataFrame:
    rows.attrs["weight"] = weight
    return rows


def simple() -> Tiny:
    """Six of eight; two cells, both reaching into both domains."""
    rows = population(8, list("aaaabbbb"), [0, 0, 0, 1, 1, 1, 0, 1], 1, N=8)
    return Tiny(
        weigh(rows, lambda sheet: 8 / 6),
        {"population": "N"},
        lambda: subsets(list(range(8)), 6),
        lambda cell, n: n - 1 if n > 2 else 2,
    )


def census() -> Tiny:
    """All of nine; three of four and three of five respond."""
    rows = population(9, list("aaaabbbbb"), [0, 1, 0, 1, 1, 0, 0, 1, 1], 2, N=9)
    return Tiny(
        weigh(rows, lambda sheet: 1.0),
        {"population": "N"},
        lambda: subsets(list(range(9)), 9),
        lambda cell, n: 3,
    )


def stratified() -> Tiny:
    """Four of five, and four of six; two cells in the second stratum."""
    rows = population(11, list("aaaaabbbccc"), [0, 1, 0, 1, 1] + [0, 1, 1, 0, 0, 1], 3)
    rows["h"] = [0] * 5 + [1] * 6
    rows["N"] = [5] * 5 + [6] * 6
    return Tiny(
        weigh(rows, lambda sheet: np.where(sheet["h"] == 0, 5 / 4, 6 / 5)),
        {"stratum": "h", "population": "N"},
        lambda: in_all([lambda: subsets(list(range(5)), 4), lambda: subsets(list(range(5, 11)), 5)]),
        lambda cell, n: 2,
    )


def two_stages() -> Tiny:
    """Two of three towns, three of four people in each; the towns are the cells."""
    rows = population(12, list("aaaabbbbcccc"), [0, 1] * 6, 4, T=3, M=4)
    rows["town"] = np.repeat([0, 1, 2], 4)

    def samples() -> Sampled:
        for chance, towns in subsets([0, 1, 2], 2):
            people = [lambda t=t: subsets(list(range(4 * t, 4 * t + 4)), 3) for t in towns]
            for chance_of, units in in_all(people):
                yield chance * chance_of, units

    roles = {"psu": ["town", "unit"], "population": ["T", "M"]}
    return Tiny(weigh(rows, lambda sheet: 3 / 2 * 4 / 3), roles, samples, lambda cell, n: 2)


def panel(members: int = 5) -> Tiny:
    """Members of a panel, five of six or all, who rate two evaluatees on one sheet."""
    one = population(6, list("aaaaaa"), [0] * 6, 5, N=6)
    rows = pd.concat([one, one.assign(domain=1, y=11 - one["y"] ** 1.1)], ignore_index=True)
    return Tiny(
        weigh(rows, lambda sheet: 6 / members),
        {"psu": "unit", "population": "N"},
        lambda: subsets(list(range(6)), members),
        lambda cell, n: 3,
    )


TINY: dict[str, Callable[[], Tiny]] = {
    "simple": simple,
    "census": census,
    "stratified": stratified,
    "two stages": two_stages,
    "panel": panel,
    "panel of all": lambda: panel(6),
}


@pytest.mark.parametrize("case", TINY)
def test_estimate_and_covariance_have_no_bias_over_all_samples_and_responses(case: str) -> None:
    tiny = TINY[case]()
    center, exact, ours = of_tiny(tiny)
    truth = np.bincount(tiny.rows["domain"], weights=tiny.rows["y"])
    np.testing.assert_allclose(center, truth, rtol=1e-10)
    np.testing.assert_allclose(ours, exact, rtol=1e-9)
    assert abs(exact[0, 1]) > 0.05 * exact[0, 0]  # there is a covariance to get wrong


@pytest.mark.parametrize("n", [10, 6])
def test_one_cell_has_the_variance_of_a_simple_random_sample_of_respondents(n: int) -> None:
    # Of N = 10, n are drawn and 4 respond: S² (1/r - 1/N), whether n is 6 or all.
    y = np.array([3.0, 8, 6, 1] + [np.nan] * (n - 4))
    table = pd.DataFrame({"y": y, "N": 10, "came": ~np.isnan(y), "cell": "all"})
    found = mean(Survey(table, population="N", responded="came", cell="cell"), "y")
    assert found.cov.item() == pytest.approx(np.var(y[:4], ddof=1) * (1 / 4 - 1 / 10), rel=1e-12)


# ------------------------------------------------------------------- the definition, row by row


def random_survey(seed: int, kind: str, lonely: Any = "error") -> tuple[Survey, np.ndarray, np.ndarray]:
    """Two stages of unequal chances, units of one to three rows, cells across or inside domains.

    With ``lonely`` "adjust" the first county has one open town only.
    """
    rng = np.random.default_rng(seed)
    rows = []
    for town in range(8):
        prob = [1.0, 0.8, 0.3, 0.5][town % 4]
        prob = 1.0 if lonely == "adjust" and town in (1, 2) else prob
        for person in range(int(rng.integers(8, 12))):
            came = bool(rng.random() < 0.7) or person < 4
            group, home = int(rng.integers(0, 2)), int(rng.integers(0, 3))
            for sheet in range(int(rng.integers(1, 4))):
                domain = {"across": int(rng.integers(0, 3)), "inside": town // 4, "shared": sheet}[kind]
                base = 1 + 0.3 * person
                own = {"h": town // 4, "town": town, "person": person, "came": came, "p": prob, "M": 15}
                rows.append(
                    own | {"cell": group + 10 * (town // 4), "domain": domain, "w": base, "home": home}
                )
    table = pd.DataFrame(rows)
    table = table.iloc[rng.permutation(len(table))].reset_index(drop=True)
    survey = Survey(
        table,
        weight="w",
        stratum=["h", None],
        psu=["town", "person"],
        population=[None, "M"],
        prob=["p", None],
        lonely=lonely,
        responded="came",
        cell="cell",
    )
    z = rng.normal(3, 2, (len(table), 2)) * survey.weights[:, None]
    return survey, z, table["domain"].to_numpy()


@dataclass(frozen=True)
class Expanded:
    """Every row once in each domain that its cell reaches, with the values of both terms."""

    rows: np.ndarray
    domain: np.ndarray
    first: np.ndarray
    second: np.ndarray


def expanded(survey: Survey, z: np.ndarray, domain: np.ndarray) -> Expanded:
    """The module's formulas, one row, domain and column at a time."""
    table = survey.table
    base, came, cell = (table[c].to_numpy() for c in ("w", "came", "cell"))
    unit = (table["town"] * 100 + table["person"]).to_numpy()
    sampled = table.groupby("town")["person"].transform("nunique").to_numpy()
    pi = table["p"].to_numpy() * sampled / table["M"].to_numpy()
    rows, domains, first, second = [], [], [], []
    for i in range(len(table)):
        mine = cell == cell[i]
        weight, answered = base[mine].sum(), base[mine & came].sum()
        n, m = len(set(unit[mine])), len(set(unit[mine & came]))
        phi = answered / weight
        star = base[i] / phi if came[i] else 0.0
        g = np.sqrt(m * (n - 1) / (n * (m - 1)))
        for d in range(3):
            u = z[mine & (domain == d)].sum(axis=0) / weight
            own = z[i] if domain[i] == d else 0 * z[i]
            rows.append(i)
            domains.append(d)
            first.append(base[i] * u + g * (own - star * u))
            second.append(np.sqrt(pi[i] * (1 - phi) * m / (m - 1)) * (own - star * u))
    return Expanded(np.array(rows), np.array(domains), np.array(first), np.array(second))


KINDS = ["across", "inside", "shared"]


@pytest.mark.parametrize("cells", [1, 40, 4_000_000])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("seed", "lonely"), [(0, "error"), (1, "error"), (2, "error"), (0, "adjust")])
def test_covariance_is_that_of_rows_expanded_over_domains(
    seed: int, lonely: str, kind: str, cells: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    survey, z, domain = random_survey(seed, kind, lonely)
    each = expanded(survey, z, domain)
    plain = Survey(
        survey.table.iloc[each.rows].reset_index(drop=True),
        stratum=survey.stratum,
        psu=survey.psu,
        population=survey.population,
        prob=survey.prob,
        lonely=survey.lonely,
    )
    expected = plain.covariance(each.first, each.domain, 3)
    units = plain.stages[-1].unit
    for unit in range(units.max() + 1):
        own = np.zeros(6)
        for at in np.flatnonzero(units == unit):
            own[2 * each.domain[at] : 2 * each.domain[at] + 2] += each.second[at]
        expected += np.outer(own, own)
    monkeypatch.setattr("scoring.nonresponse.DENSE_CELLS", cells)
    found = survey.covariance(z, domain, 3)
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9 * np.abs(expected).max())
    assert (np.abs(expected[:2, 2:4]).max() > 1e-3 * expected[0, 0]) == (kind != "inside")
    assert np.linalg.eigvalsh(found).min() > -1e-9 * np.abs(found).max()


@pytest.mark.parametrize("cells", [1, 4_000_000])
@pytest.mark.parametrize("lonely", ["error", "adjust"])
@pytest.mark.parametrize("kind", KINDS)
def test_satterthwaite_takes_stages_strata_and_cells_as_parts(
    kind: str, lonely: str, cells: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    survey, z, domain = random_survey(5, kind, lonely)
    each = expanded(survey, z, domain)
    counts = survey.table["came"].to_numpy()
    plain = Survey(
        survey.table.iloc[each.rows].reset_index(drop=True),
        stratum=survey.stratum,
        psu=survey.psu,
        population=survey.population,
        prob=survey.prob,
        lonely=survey.lonely,
    )
    own = counts[each.rows] & (domain[each.rows] == each.domain)
    parts = []
    for stage in plain.stages:
        parts += list(zip(*stage_parts(stage, each.first[:, 0], each.domain, own), strict=True))
    cell, units = plain.table["cell"].to_numpy(), plain.stages[-1].unit
    for one, d in product(np.unique(cell), range(3)):
        here = (cell == one) & (each.domain == d)
        sums = np.bincount(units[here], weights=each.second[here, 0])
        parts.append(((sums**2).sum(), len(set(units[here & own])), d))
    whole, load = np.zeros(3), np.zeros(3)
    for variance, number, d in parts:
        whole[d] += variance
        load[d] += variance**2 / max(number - 1, 1)
    monkeypatch.setattr("scoring.nonresponse.DENSE_CELLS", cells)
    found = survey.satterthwaite(z[:, 0], domain, 3, counts)
    there = np.bincount(domain, minlength=3) > 0
    np.testing.assert_allclose(found[there], whole[there] ** 2 / load[there], rtol=1e-9)
    np.testing.assert_allclose(whole, np.diag(survey.covariance(z[:, :1], domain, 3)), rtol=1e-9, atol=1e-12)


# --------------------------------------------------------------------------- repeated draws


def test_mean_estimated_variance_is_near_the_empirical_one() -> None:
    # 12 of 14 towns by size, 16 people in each, 35 to 75 % of whom respond by cell; cells reach across towns
    # and evaluatees. Without the second term the quotients are 0.6 to 0.7. One key draws 40 copies of the
    # population, each with its own strata and cells.
    rng, copies, keys = np.random.default_rng(11), 40, 10
    size = rng.integers(20, 32, 14)
    towns = pd.DataFrame({"town": range(14), "county": np.arange(14) // 7, "size": size})
    people = pd.DataFrame({"town": np.repeat(range(14), size)})
    people["id"] = range(len(people))
    people["cell"] = rng.integers(0, 3, len(people))
    people["evaluatee"] = rng.integers(0, 2, len(people))
    effect = rng.normal(0, 0.5, 14)[people["town"]]
    people["y"] = 5 + 3 * people["cell"] + effect + 2 * rng.normal(size=len(people)) + people["evaluatee"]
    chance = np.array([0.35, 0.55, 0.75])
    towns = pd.concat([towns.assign(copy=at, town=towns["town"] + 14 * at) for at in range(copies)])
    people = pd.concat([people.assign(copy=at, town=people["town"] + 14 * at) for at in range(copies)])
    estimates, variances = [], []
    for at in range(keys):
        design = Stratified(("copy", "county"), PPS(n=6, size="size"))
        first = draw(towns, design, key=f"k{at}", name="towns", unit="town")
        second = draw(people, SimpleRandom(n=16), key=f"k{at}", name="people", unit="id", within=first)
        came = rng.random(len(second.units)) < chance[second.units["cell"]]
        units = second.units.assign(cell=3 * second.units["copy"] + second.units["cell"])
        sheet = units.assign(came=came, y=units["y"].where(came))
        survey = Survey(sheet, responded="came", cell="cell", **second.roles)
        found = mean(survey, "y", by=["copy", "evaluatee"])
        for copy in range(copies):
            own = slice(2 * copy, 2 * copy + 2)
            pair, cov = found.table["estimate"].to_numpy()[own], found.cov[own, own]
            estimates.append([*pair, pair[1] - pair[0]])
            variances.append([*np.diag(cov), cov[0, 0] + cov[1, 1] - 2 * cov[0, 1]])
    values = np.array(estimates)
    truth = people.groupby("evaluatee")["y"].mean().to_numpy()
    standard = values.std(axis=0, ddof=1) / np.sqrt(len(values))
    assert (np.abs(values.mean(axis=0)[:2] - truth) < 4 * standard[:2]).all()
    # The variance of 400 values has a relative error of about sqrt(2/400) = 7 %.
    quotient = np.mean(variances, axis=0) / values.var(axis=0, ddof=1)
    assert ((quotient > 0.84) & (quotient < 1.19)).all(), quotient


# ------------------------------------------------------------------------------------ invariants


def small(**columns: Any) -> pd.DataFrame:
    base = {
        "evaluatee": list("AAAABBBB"),
        "w": [1.0, 2, 3, 1, 2, 2, 1, 1],
        "came": [1, 1, 0, 1, 1, 0, 1, 1],
        "cell": list("xxxxyyyy"),
        "y": [4.0, 7, None, 6, 9, None, 3, 5],
        "N": 40,
    }
    return pd.DataFrame(base | columns)


def test_respondents_take_over_the_weight_of_their_cell() -> None:
    survey = Survey(small(), weight="w", responded="came", cell="cell")
    np.testing.assert_allclose(
        survey.weights, np.array([1, 2, 0, 1, 2, 0, 1, 1]) * ([7 / 4] * 4 + [6 / 4] * 4)
    )
    np.testing.assert_allclose(mean(survey, "y", by="cell").table["estimate"], [24 / 4, 26 / 4])


@pytest.mark.parametrize("came", [[True, False] * 4, [1, 0] * 4, [1.0, 0.0] * 4])
@pytest.mark.parametrize("kind", [None, "object", "boolean"])
def test_true_and_one_are_the_same(came: list[object], kind: str | None) -> None:
    table = small(y=[1.0, None] * 4).assign(came=pd.Series(came, dtype=kind if kind != "boolean" else None))
    if kind == "boolean":
        table = table.astype({"came": "boolean"})
    assert (Survey(table, responded="came", cell="cell").weights > 0).tolist() == [True, False] * 4


def test_where_all_respond_cells_change_nothing() -> None:
    table = small(came=1, y=[4.0, 7, 1, 6, 9, 2, 3, 5], cell=list("xyxyxyxz"))
    for call in (
        lambda s: mean(s, "y", by="evaluatee"),
        lambda s: total(s, "y", by="evaluatee"),
        lambda s: share(s, "y"),
        lambda s: ratio(s, "y", "N"),
    ):
        with_cells = call(Survey(table, weight="w", population="N", responded="came", cell="cell"))
        without = call(Survey(table, weight="w", population="N"))
        pd.testing.assert_frame_equal(with_cells.table, without.table)
        np.testing.assert_allclose(with_cells.cov, without.cov, rtol=1e-12, atol=1e-15)


def test_an_infinite_population_has_no_second_term() -> None:
    # With replacement: n/(n-1) × sum of squares of the linearised values, one cell: s²/r exactly.
    y = [3.0, 8, 6, 1, None, None]
    table = pd.DataFrame({"y": y, "came": [1, 1, 1, 1, 0, 0], "cell": 0})
    found = mean(Survey(table, responded="came", cell="cell"), "y")
    assert found.cov.item() == pytest.approx(np.var(y[:4], ddof=1) / 4, rel=1e-12)


def test_the_scale_of_weights_changes_no_error_of_a_mean() -> None:
    roles: dict[str, Any] = {"population": "N", "responded": "came", "cell": "cell"}
    one = mean(Survey(small(), weight="w", **roles), "y", by="evaluatee")
    other = mean(Survey(small(w=1000 * small()["w"]), weight="w", **roles), "y", by="evaluatee")
    np.testing.assert_allclose(one.cov, other.cov, rtol=1e-12)


def test_the_domain_of_a_nonrespondent_does_not_matter() -> None:
    roles: dict[str, Any] = {"weight": "w", "population": "N", "responded": "came", "cell": "cell"}
    here = mean(Survey(small(), **roles), "y", by="evaluatee")
    there = mean(Survey(small(evaluatee=list("AABABABB")), **roles), "y", by="evaluatee")
    assert here.table["n"].tolist() == [3, 3]
    assert there.table["n"].tolist() == [3, 3]
    np.testing.assert_allclose(here.cov, there.cov, rtol=1e-12)


def test_degrees_of_freedom_of_a_census_are_of_those_who_respond() -> None:
    # 3 + 3 respondents in two cells with nonrespondents: 6 - 2; a complete cell brings no variance.
    table = small(N=8)
    roles: dict[str, Any] = {"population": "N", "responded": "came", "cell": "cell"}
    assert mean(Survey(table, **roles), "y").table["df"].tolist() == [4]
    complete = table.assign(came=[1, 1, 0, 1, 1, 1, 1, 1], y=[4.0, 7, None, 6, 9, 1, 3, 5])
    assert mean(Survey(complete, **roles), "y", by="evaluatee").table["df"].tolist() == [2, np.inf]
    sampled = mean(Survey(small(), **roles), "y").table["df"].tolist()
    assert sampled == [5]  # as without cells: contributing rows less one stratum


def test_certain_and_drawn_towns_are_counted_apart() -> None:
    # By hand: one row is certain, of its certain town and of its cell; three of the town's four others
    # respond, in one cell; and three towns of nine are drawn: 6 units in 2 strata.
    table = pd.DataFrame({"county": [*"bbbbbaaaaaa"], "town": [0, 0, 0, 0, 0, 1, 1, 2, 2, 3, 3]})
    table = table.assign(towns=[1] * 5 + [9] * 6, people=[5] * 5 + [2] * 6, id=range(11), y=range(11), came=1)
    table["cell"] = ["alone"] + ["others"] * 10
    table.loc[4, ["came", "y"]] = [0, None]
    survey = Survey(
        table,
        stratum=["county", None],
        psu=["town", "id"],
        population=["towns", "people"],
        responded="came",
        cell="cell",
    )
    assert mean(survey, "y").table["df"].tolist() == [4]


# ------------------------------------------------------------------------------------ group scores

TEN = Scale(0, 10)


def sheets(seed: int, members: int = 12) -> pd.DataFrame:
    """Members who rate three evaluatees on two indicators, with blanks; some do not respond."""
    rng = np.random.default_rng(seed)
    member = np.repeat(range(members), 3)
    table = pd.DataFrame(rng.integers(0, 11, (len(member), 2)).astype(float), columns=["q1", "q2"])
    table = table.mask(rng.random(table.shape) < 0.1)
    came = np.isin(member % 6, [0, 1, 3, 4])
    table = table.mask(np.column_stack([~came, ~came]))
    return table.assign(
        evaluatee=np.tile(list("ABC"), members), member=member, came=came, cell=member % 2, N=members + 6
    )


def test_scores_are_a_linear_map_of_adjusted_means() -> None:
    survey = Survey(sheets(3), psu="member", population="N", responded="came", cell="cell")
    found = group_scores(survey, dict.fromkeys("ABC", ["q1", "q2"]), TEN)
    means = mean(survey, ["q1", "q2"], by="evaluatee")
    map_ = np.kron(np.eye(3), [[5.0, 5.0]])
    np.testing.assert_allclose(found.estimate, map_ @ means.table["estimate"], rtol=1e-12)
    np.testing.assert_allclose(found.cov, map_ @ means.cov @ map_.T, rtol=1e-9, atol=1e-9)
    z = np.zeros(len(survey.table))
    for column, row in (
        means.table[["variable", "evaluatee"]].assign(m=means.table["estimate"]).groupby("variable")
    ):
        y = survey.table[column]
        m = survey.table["evaluatee"].map(dict(zip(row["evaluatee"], row["m"], strict=True)))
        w = survey.weights * y.notna()
        z += np.nan_to_num(5 * w * (y - m) / w.groupby(survey.table["evaluatee"]).transform("sum"))
    codes = pd.factorize(survey.table["evaluatee"])[0]
    valid = survey.table[["q1", "q2"]].notna().any(axis=1).to_numpy()
    np.testing.assert_allclose(found.df, survey.satterthwaite(z, codes, 3, valid), rtol=1e-9)


def test_respondents_in_common_make_scores_move_together() -> None:
    # B is rated one lower by everyone, so the difference has no error, in a census with cells too.
    table = sheets(4).query("evaluatee != 'C'").assign(N=12)
    a = table.loc[table["evaluatee"] == "A", "q1"].to_numpy()
    table["q1"] = np.column_stack([a, a - 1]).ravel()
    table = table[table["q1"].notna() | ~table["came"]]
    table = table[table.groupby("member")["q1"].transform("size") == 2].assign(
        N=lambda t: t["member"].nunique()
    )
    survey = Survey(table, psu="member", population="N", responded="came", cell="cell")
    found = mean(survey, "q1", by="evaluatee")
    contrast = np.array([1, -1])
    assert found.cov[0, 0] > 0.01
    assert contrast @ found.cov @ contrast == pytest.approx(0, abs=1e-12)


# ---------------------------------------------------------------------------------- what is refused

BOTH: dict[str, Any] = {"responded": "came", "cell": "cell"}
PAIRS = small(member=[1, 1, 2, 3, 4, 4, 5, 6])
CASES: dict[str, list[tuple[Callable[[], Any], str, str]]] = {
    "half_response": [
        (
            lambda: Survey(small(), responded="came"),
            "survey: responded and cell go together; cell is not given. Give both or neither.",
            "survey：responded 与 cell 必须一起给，现缺 cell。请同时给出，或都不给。",
        ),
        (
            lambda: Survey(small(), cell="cell"),
            "survey: responded and cell go together; responded is not given. Give both or neither.",
            "survey：responded 与 cell 必须一起给，现缺 responded。请同时给出，或都不给。",
        ),
    ],
    "bad_response": [
        (
            lambda value=value: Survey(
                small(came=pd.Series([1, 1, value, 1, 1, 0, 1, 1], dtype=object)), **BOTH
            ),
            f"survey: 'came' must be true or false; row 3 has {value!r}. Correct it.",
            f"survey：“came”只能是真或假（1 或 0）；第 3 行是 {value!r}。请改正。",
        )
        for value in ("yes", 2, None, "True", 0.5)
    ],
    "responds_apart": [
        (
            lambda: Survey(PAIRS, psu="member", **BOTH),
            "survey: rows of one unit of the last stage respond together; 'came' in row 6 differs from its "
            "unit's first row. Name the respondents as a stage of psu, or leave missing answers of a "
            "respondent empty.",
            "survey：最后阶段同一单位的各行应答情况必须一致；“came”第 6 行与该单位首行不同。"
            "请把受访者列为 psu 的一个阶段，或把受访者没有答的留空。",
        )
    ],
    "empty_cell": [
        (
            lambda: Survey(small(cell=list("xxzxzyyy")).assign(came=[1, 1, 0, 1, 0, 0, 1, 1]), **BOTH),
            'survey: nobody responded in cell "z" (2 units drawn); 1 cells have too few respondents. '
            "Merge each with a similar cell.",
            "survey：调整单元“z”（抽中 2 个）无人应答；应答太少的单元共 1 个。请与相近的单元合并。",
        ),
        (  # those who responded have no weight
            lambda: Survey(small(w=[0, 0, 2, 0, 1, 1, 1, 1]), weight="w", **BOTH),
            'survey: nobody responded in cell "x" (4 units drawn); 1 cells have too few respondents. '
            "Merge each with a similar cell.",
            "survey：调整单元“x”（抽中 4 个）无人应答；应答太少的单元共 1 个。请与相近的单元合并。",
        ),
    ],
    "lonely_respondent": [
        (
            lambda: Survey(small(cell=list("xxzzyzyy")).assign(came=[1, 1, 0, 0, 1, 1, 1, 1]), **BOTH),
            'survey: one of 3 units responded in cell "z", so its variance cannot be estimated; '
            "1 cells have too few respondents. Merge each with a similar cell.",
            "survey：调整单元“z”抽中 3 个，只有一个应答，无法估计方差；应答太少的单元共 1 个。"
            "请与相近的单元合并。",
        )
    ],
    "missing_value": [
        (
            lambda: Survey(small(cell=["x", None, *"xxyyyy"]), **BOTH),
            "survey: 'cell' must not be empty; 1 are, first in row 2. Fill it in or remove the row.",
            "survey：“cell”不能为空；有 1 处，第一处在第 2 行。请补上或删去该行。",
        )
    ],
    "answer_without_response": [
        (
            lambda call=call: call(Survey(small(y=[4.0, 7, None, 6, 9, 8, 3, 5]), **BOTH)),
            f"survey: row 6 did not respond, yet has an answer to {name!r}. Empty it, or mark the row as "
            "responded.",
            f"survey：第 6 行标为未应答，却有“{name}”的回答。请清空，或标为已应答。",
        )
        for name, call in {
            "y": lambda s: mean(s, "y"),
            "y/w": lambda s: ratio(s, "y", "w"),
        }.items()
    ]
    + [
        (
            lambda call=call: call(Survey(small(y=[4.0, 7, None, 6, 9, 8, 3, 5]), **BOTH)),
            "survey: row 6 did not respond, yet has an answer to 'y'. Empty it, or mark the row as "
            "responded.",
            "survey：第 6 行标为未应答，却有“y”的回答。请清空，或标为已应答。",
        )
        for call in (
            lambda s: total(s, "y"),
            lambda s: share(s, "y"),
            lambda s: group_scores(s, {"A": ["y"], "B": ["y"]}, TEN),
        )
    ],
    "no_answer": [
        (
            lambda: mean(Survey(small(evaluatee=list("AACABBBB")), **BOTH), "y", by="evaluatee"),
            "survey: no valid answer to 'y' (evaluatee C). Leave it out or collect more.",
            "survey：“y” (evaluatee C)没有有效回答。请去掉或补充调查。",
        )
    ],
    "plain_with_cells": [
        (
            lambda: group_scores(Survey(small(), **BOTH), {"A": ["y"], "B": ["y"]}, TEN, official="plain"),
            "scores: cells adjust weights, which plain scores do not use. Take official='design', or leave "
            "out responded and cell.",
            "scores：调整单元只改变权数，而简单平均（plain）不用权数。请用 official='design'，"
            "或去掉 responded 和 cell。",
        )
    ],
    "census_with_cells": [
        (
            lambda: group_scores(
                Survey(small(), **BOTH),
                {"A": ["y"], "B": ["y"]},
                TEN,
                census_dont_know=np.zeros((8, 1), dtype=bool),
            ),
            "scores: missing answers of a census count by cells or by census_dont_know, not by both. "
            "Leave out one.",
            "scores：普查中的缺答，要么按调整单元计，要么按 census_dont_know 计，不能都用。请去掉其一。",
        )
    ],
}


@pytest.mark.parametrize(
    ("rule", "call", "english", "chinese"),
    [
        pytest.param(rule, *case, id=f"{rule}-{at}")
        for rule, cases in CASES.items()
        for at, case in enumerate(cases)
    ],
)
def test_says_what_is_wrong_in_both_languages(
    rule: str, call: Callable[[], Any], english: str, chinese: str
) -> None:
    with pytest.raises((AnswerError, EstimateError)) as caught:
        call()
    assert (str(caught.value), caught.value.chinese, caught.value.rule) == (english, chinese, rule)


def test_lonely_units_with_cells_across_domains_add_up_to_the_whole() -> None:
    # Totals of domains add up to the total, so their covariances do; one path is spread, one is not.
    rng = np.random.default_rng(3)
    table = pd.DataFrame({"h": list("aaaaabbbbc"), "N": [9] * 5 + [8] * 4 + [7], "d": list("xyxyxyxyxy")})
    table["y"] = rng.normal(5, 2, 10)
    table["w"] = table["N"] / table.groupby("h")["h"].transform("size")
    table["came"] = [1, 1, 1, 0, 1, 1, 1, 0, 1, 1]
    table["y"] = table["y"].where(table["came"] == 1)
    table["cell"] = list("ppppqqpqqp")
    survey = Survey(table, "w", stratum="h", population="N", lonely="adjust", responded="came", cell="cell")
    by, whole = total(survey, "y", by="d"), total(survey, "y")
    assert np.isfinite(by.cov).all()
    np.testing.assert_allclose(by.cov.sum(), whole.cov[0, 0], rtol=1e-12)


def test_cells_may_be_categories_of_which_some_are_unused() -> None:
    table = small()
    expected = mean(Survey(table, weight="w", responded="came", cell="cell"), "y")
    table["cell"] = pd.Categorical(table["cell"], categories=[*"azyx"])
    found = mean(Survey(table, weight="w", responded="came", cell="cell"), "y")
    np.testing.assert_allclose(found.cov, expected.cov, rtol=1e-12)
    assert found.table["df"].tolist() == expected.table["df"].tolist()
