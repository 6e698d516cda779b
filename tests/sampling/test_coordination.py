"""Samples that know of each other: places of one lottery, lists that share people, spread samples, teams.

Oracles: enumeration of all samples of small lists (chi-square), invariants that hold in every draw, and
benchmarks/coordination.py with fewer draws.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from hashlib import sha256
from importlib import import_module
from itertools import combinations
from math import comb

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from benchmarks.coordination import CASES, repeat
from sampling import (
    AtMost,
    DesignError,
    Proportional,
    Sample,
    SimpleRandom,
    Stratified,
    apart,
    assign_areas,
    draw,
    loads,
    overlap,
    overlap_costs,
    pair_teams,
    release,
    rotated,
    together,
    verify,
)
from sampling.coordination import Places
from sampling.coordination.overlap import shared_places
from sampling.coordination.spread import expected_overlaps, spread_out
from sampling.lottery import Stream
from scoring import Survey, mean, total
from tests.sampling.coordinated import BY_VILLAGE, HOMES, clients, ids, one, spread

LEVEL = 1e-4


def even(counts: Counter[object], kinds: int) -> float:
    """Give the p-value of equal chances of so many kinds."""
    seen = [*counts.values(), *[0] * (kinds - len(counts))]
    return float(stats.chisquare(seen).pvalue)


# ---------------------------------------------------------------------------------------- in many draws


@pytest.mark.parametrize("name", CASES)
def test_samples_share_what_they_state(name: str) -> None:
    found = repeat(name, 60)
    assert found.loads_kept
    # Chances themselves need more draws: `python benchmarks/coordination.py`.
    assert found.z_overlap < 4


def test_a_wrong_overlap_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = expected_overlaps(22, [9] * 5) * 0.75
    monkeypatch.setattr(import_module("sampling.coordination.overlap"), "expected_overlaps", lambda *_: wrong)
    assert repeat("spread over five", 60).z_overlap > 4


# --------------------------------------------------------------------------------------- places shared


def test_teams_apart_are_each_a_simple_random_sample() -> None:
    homes = pd.DataFrame({"id": range(6)})
    each: list[Counter[object]] = [Counter(), Counter()]
    for at in range(500):
        first = one(homes, 2, f"k{at}", "1")
        second = one(homes, 3, f"k{at}", "2", coordinate=apart(first))
        assert not ids(first) & ids(second)
        for counts, sample in zip(each, (first, second), strict=True):
            counts[frozenset(ids(sample))] += 1
        assert second.units["prob"].tolist() == [0.5] * 3
    assert even(each[0], comb(6, 2)) > LEVEL and even(each[1], comb(6, 3)) > LEVEL


def test_teams_stay_apart_in_strata_inside_drawn_units_and_with_reserves() -> None:
    towns = draw(pd.DataFrame({"town": list("xyz")}), SimpleRandom(n=2), key="k", name="t", unit="town")
    homes = pd.concat([HOMES.assign(town=town) for town in "xyz"], ignore_index=True)
    design = Stratified("village", SimpleRandom(n=4, reserve=0.5))
    samples: list[Sample] = []
    for name in "123":
        coordinate = apart(*samples) if samples else None
        samples.append(
            draw(homes, design, key="k", name=name, unit="id", within=towns, coordinate=coordinate)
        )
    held = [set(zip(s.units["town"], s.units["id"], strict=True)) for s in samples]
    assert [len(held_by) for held_by in held] == [24] * 3
    assert not any(a & b for a, b in combinations(held, 2))
    assert all(verify(sample, homes.sample(frac=1, random_state=1)) for sample in samples)
    released = release(samples[1], 1)
    assert verify(released, homes) and np.allclose(released.units["prob"], 2 / 3 * 5 / 20)


def test_the_second_team_takes_the_next_places_which_hashlib_can_tell() -> None:
    first = one(HOMES, 5, "k", "team 1")
    second = one(HOMES, 4, "k", "team 2", coordinate=apart(first))
    order = sorted(range(40), key=lambda i: sha256(f"k\x1forder\x1fteam 1\x1f1\x1f{i}".encode()).hexdigest())
    assert second.units["id"].tolist() == order[5:9]
    assert second.receipt["algorithm"] == "simple-random-places/1"


def test_a_rotated_panel_keeps_its_share_and_comes_round() -> None:
    samples = [draw(HOMES, BY_VILLAGE, key="k", name="0", unit="id")]
    for at in range(1, 12):
        coordinate = rotated(samples[-1], 0.3)  # of six, 1.8: two go
        samples.append(draw(HOMES, BY_VILLAGE, key="k", name=str(at), unit="id", coordinate=coordinate))
    for a, b in combinations(range(12), 2):
        begin = 2 * (b - a) % 20
        due = 2 * (max(6 - begin, 0) + max(6 - (20 - begin), 0))
        assert len(ids(samples[a]) & ids(samples[b])) == due
    table = overlap({str(at): sample for at, sample in enumerate(samples)}, HOMES)
    assert (table["expected"] == table["actual"]).all() and len(table) == comb(12, 2)
    assert all(verify(sample, HOMES) for sample in samples)


def test_a_panel_kept_in_a_changed_list_keeps_all_it_may() -> None:
    old = one(HOMES, 10, "k", "2024")
    fewer = HOMES[~HOMES["id"].isin([*ids(old)][:3])]
    new = one(fewer, 10, "k", "2025", coordinate=together(old))
    assert len(ids(old) & ids(new)) == 7
    assert ids(one(HOMES, 10, "k", "2025", coordinate=together(old))) == ids(old)


def test_a_panel_goes_on_where_it_was_when_its_list_grows_or_loses_a_stratum() -> None:
    people = pd.DataFrame({"id": range(1000), "part": 0})
    more = pd.DataFrame({"id": range(1200), "part": 0})
    old = one(people, 100, "k", "1", coordinate=replace(together(one(people, 100, "k", "0")), skip={(): 700}))
    kept = one(more, 100, "k", "2", coordinate=together(old))
    went = one(more, 100, "k", "3", coordinate=rotated(old, 0.2))
    table = overlap({"1": old, "2": kept, "3": went}, {"1": people, "2": more, "3": more})
    # Counting places from the list's beginning would keep 2.6 and none; 7/10 of either list keeps most.
    assert table["expected"].iloc[0] > 75 and table["actual"].iloc[0] > 60
    # The old panel reaches from 0.7 to 0.8 of the list, the new one begins at 0.72.
    assert 75 < table["expected"].iloc[1] < 80 and went.receipt["coordinate"]["skip"][0]["units"] == 720

    by = Stratified("village", SimpleRandom(n=6))
    first = draw(HOMES, by, key="k", name="1", unit="id")
    second = draw(HOMES, by, key="k", name="2", unit="id", coordinate=rotated(first, 0.5))
    only = draw(
        HOMES[HOMES["village"] == "a"], by, key="k", name="3", unit="id", coordinate=rotated(second, 0.5)
    )
    again = draw(HOMES, by, key="k", name="4", unit="id", coordinate=rotated(only, 0.5))
    gone = [skip["units"] for skip in again.receipt["coordinate"]["skip"]]
    assert gone == [9, 6]  # village b goes on where it would have been, not with its first panel


def test_released_reserves_are_of_the_panel() -> None:
    worked = release(draw(HOMES, SimpleRandom(n=10, reserve=1.0), key="k", name="1", unit="id"), 10)
    new = one(HOMES, 20, "k", "2", coordinate=rotated(worked, 0.5))
    assert len(ids(worked) & ids(new)) == 10


def test_the_number_expected_of_changed_lists_is_that_of_the_enumeration() -> None:
    # Lists of 4 and 3 that share 2: all 5! orders of the units of either; 0 and 1 are common.
    from itertools import permutations

    total = 0
    for order in permutations(range(5)):
        a = [unit for unit in order if unit != 4]
        b = [unit for unit in order if unit in (0, 1, 4)]
        total += len({a[1], a[2]} & {b[2], b[0]})  # places 2 and 3 of a; 3 and, going round, 1 of b
    # 54 of 64 pieces' nodes lie within u's middle; the integrand is a polynomial, which 8 nodes integrate.
    assert shared_places((4, 1, 2), (3, 2, 2), 2) == pytest.approx(total / 120, abs=1e-12)


def test_places_can_be_written_by_hand() -> None:
    first = one(HOMES, 5, "k", "first")
    places = Places("first", "k", 1, {(): 5})
    assert ids(one(HOMES, 4, "k", "2", coordinate=places)) == ids(
        one(HOMES, 4, "k", "2", coordinate=apart(first))
    )


def test_samples_of_different_lotteries_are_expected_to_share_by_chance() -> None:
    a, b = draw(HOMES, BY_VILLAGE, key="k", name="a", unit="id"), one(HOMES, 10, "k", "b")
    table = overlap({"a": a, "b": b}, HOMES)
    assert table.loc[0, "expected"] == pytest.approx(40 * 0.3 * 0.25)
    assert table.loc[0, "actual"] == len(ids(a) & ids(b))


# ------------------------------------------------------------------------------- at most so many lists


def test_lists_are_named_for_everyone() -> None:
    told = clients()["民政"].set_index("id")["lists"]
    assert told[10] == "教育;民政" and told[25] == "公安;教育;民政"
    assert clients()["公安"].set_index("id")["lists"][59] == "公安"


def test_who_stays_on_a_list_follows_from_published_numbers() -> None:
    frames = clients()
    sample = one(frames["教育"], 12, "k", "2013/教育", coordinate=AtMost(1, "教育", lottery="2013"))

    def digest(purpose: str, *fields: object) -> str:
        return sha256("\x1f".join(map(str, ["k", purpose, *fields])).encode()).hexdigest()

    staying = [
        one_id
        for one_id, text in zip(frames["教育"]["id"], frames["教育"]["lists"], strict=True)
        if min(text.split(";"), key=lambda name: digest("list", "2013", 2, name, one_id)) == "教育"
    ]
    due = sorted(staying, key=lambda one_id: digest("order", "2013/教育", 1, one_id))[:12]
    assert sample.units["id"].tolist() == due
    lists = sample.units["lists"].str.count(";") + 1
    assert np.allclose(sample.units["prob"], 12 / len(staying) / lists)
    assert sample.roles == {
        "weight": "weight",
        "stratum": [None, None],
        "psu": ["psu", "psu_2"],
        "population": ["population", None],
        "prob": [None, "stage_prob_2"],
        "independent": ["psu_2"],
    }
    assert (sample.units["population"] == len(staying)).all()
    assert verify(sample, frames["教育"])
    wrong = frames["教育"].assign(lists=frames["教育"]["lists"].replace("公安;教育;民政", "教育;民政"))
    assert not verify(sample, wrong)


def test_nobody_is_asked_from_more_lists_than_stated_in_strata_and_inside_units() -> None:
    towns = draw(pd.DataFrame({"town": [*"xy"]}), SimpleRandom(n=2), key="k", name="t", unit="town")
    frames = {
        name: frame.assign(town=np.where(frame["id"] % 2, "x", "y"), part=frame["id"] % 4 // 2)
        for name, frame in clients().items()
    }
    design = Stratified("part", SimpleRandom(n=1))
    samples = {
        name: draw(frame, design, key="k", name=name, unit="id", within=towns, coordinate=AtMost(1, name))
        for name, frame in frames.items()
    }
    assert loads(samples).to_dict() == {1: 12}
    assert all(verify(samples[name], frames[name]) for name in frames)
    table = overlap(samples, frames)
    assert table["expected"].tolist() == [0, 0, 0] and table["on_both"].tolist() == [20, 20, 10]


@pytest.mark.parametrize("n", [40, 120])
def test_the_error_of_a_capped_sample_is_that_of_many_draws(n: int) -> None:
    # Half of 400 people are on two or three lists, and these answer 2 lower; 120 is four fifths of who stays.
    rng = np.random.default_rng(1)
    size = 400
    others = np.where(rng.random(size) < 0.5, 0, rng.integers(1, 3, size))
    answers = rng.normal(7, 1, size) - 2 * (others > 0)
    names = np.array(["甲", "甲;乙", "甲;丙;乙"])
    frame = pd.DataFrame({"id": range(size), "lists": names[others], "q": answers, "one": 1.0})
    means, totals = [], []
    for at in range(300):
        sample = one(frame, n, f"k{at}", "甲", coordinate=AtMost(1, "甲"))
        survey = Survey(sample.units, **sample.roles)
        for found, result in ((means, mean(survey, "q")), (totals, total(survey, "one"))):
            found.append((float(result.table["estimate"].iloc[0]), float(result.cov[0, 0])))
    # An empirical variance of m draws errs by about sqrt(2/m) of itself: 8 per cent.
    for found, truth in ((means, answers.mean()), (totals, size)):
        estimates, variances = np.array(found).T
        assert variances.mean() / estimates.var() == pytest.approx(1, abs=0.3)
        assert abs(estimates.mean() - truth) < 4 * estimates.std() / 300**0.5


# ----------------------------------------------------------------------------------------------- spread


def test_spread_samples_load_everybody_alike_whatever_the_numbers() -> None:
    for size, n in [(7, 3), (10, 9), (10, 10), (31, 8)]:
        frame = pd.DataFrame({"id": range(size)})
        samples = spread(frame, n, "k", "甲乙丙丁戊己庚")
        times = loads(samples)
        low, high = 7 * n // size, -(-7 * n // size)
        assert set(times.index) <= {low, high} and times.sum() == min(size, 7 * n)
        assert sum(load * units for load, units in times.items()) == 7 * n
        assert all(verify(sample, frame) for sample in samples.values())


def test_a_recused_unit_is_never_drawn_and_everybody_else_alike() -> None:
    frame = pd.DataFrame({"id": range(5), "recused": ["甲", "-", "-", "乙;丙", "-"]})
    for at in range(20):
        samples = spread(frame, 2, f"k{at}", recused="recused")
        assert 0 not in ids(samples["甲"]) and 3 not in ids(samples["乙"]) | ids(samples["丙"])
    assert samples["丙"].units["prob"].tolist() == [0.5, 0.5]
    barred = np.array([[1, 0, 0, 0, 0], [0, 0, 0, 1, 0], [0, 0, 0, 1, 0]], dtype=bool)
    stream = Stream([2013, 5])
    seen = Counter(frozenset(spread_out(stream, 5, 2, 3, barred).tolist()) for _ in range(5000))
    assert even(seen, comb(4, 2)) > LEVEL
    assert np.isnan(overlap(samples, frame)["expected"]).all()


def test_expected_overlaps_agree_with_the_enumeration_of_the_smallest_case() -> None:
    # Three people, samples of two. The second has the one left out and one of the first two; loads are
    # then 2, 1, 1, and the third has those two with 1 and nobody else.
    assert expected_overlaps(3, [2, 2, 2]) == pytest.approx(np.array([[2, 1, 1], [1, 2, 1], [1, 1, 2]]))


def test_costs_follow_the_variance_of_simulated_differences() -> None:
    # Three samples of 4 from 10 people whose scores of two evaluatees correlate by exactly 0.5.
    rng = np.random.default_rng(1)
    raw = rng.normal(size=(10, 3))
    white = np.linalg.solve(np.linalg.cholesky(np.cov(raw.T)), (raw - raw.mean(axis=0)).T).T
    scores = 18 * white @ np.linalg.cholesky(np.full((3, 3), 0.5) + 0.5 * np.eye(3)).T
    gaps: dict[str, list[float]] = {"same": [], "spread": []}
    stream, m = Stream([2013, 9]), 6000
    for _ in range(m):
        load, means = np.zeros(10), []
        for at in range(3):
            who = np.argsort(load + stream.numbers(10))[:4]
            load[who] += 1
            means.append(scores[who, at].mean())
        gaps["spread"] += [(means[a] - means[b]) ** 2 for a, b in combinations(range(3), 2)]
        same = np.argsort(stream.numbers(10))[:4]
        gaps["same"] += [
            (scores[same, a] - scores[same, b]).mean() ** 2 for a, b in combinations(range(3), 2)
        ]
    costs = overlap_costs(10, 4, 3, 18, 0.5)
    for name, squares in gaps.items():
        # The mean square of m normal differences errs by about sqrt(2/m) of itself.
        assert np.mean(squares) / costs.loc[name, "se_difference"] ** 2 == pytest.approx(
            1, abs=4 * (2 / m) ** 0.5
        )
    assert costs["people"].tolist() == [4, 10] and costs[["least", "most"]].to_numpy().tolist() == [
        [3, 3],
        [1, 2],
    ]


# ------------------------------------------------------------------------------------------ two phases


def test_a_second_phase_after_a_stratified_first_draws_50_and_250() -> None:
    """Numbers shared by both phases would give 150 and 150: the 300 smallest of all below 0.15."""
    people = pd.DataFrame({"id": range(2000), "part": [*"ab"] * 1000, "size": [1, 5] * 1000})
    design = Stratified("part", SimpleRandom(n=Proportional(900, size="size")))
    counts = []
    for at in range(30):
        first = draw(people, design, key=f"k{at}", name="first", unit="id")
        assert first.units["part"].value_counts().to_dict() == {"b": 750, "a": 150}
        second = one(first.units, 300, f"k{at}", "second", after=first)
        counts.append(int((second.units["part"] == "a").sum()))
    # Hypergeometric: 300 of 900, of whom 150 are of part a.
    sd = stats.hypergeom(900, 150, 300).std() / 30**0.5
    assert abs(np.mean(counts) - 50) < 4 * sd < 5


# ----------------------------------------------------------------------------------------------- teams


def test_every_pairing_of_different_offices_is_as_likely() -> None:
    people = pd.DataFrame({"id": range(6), "office": [*"aabbcd"]})
    pairings: Counter[object] = Counter()
    for at in range(600):
        table = pair_teams(people, key=f"k{at}", name="t", unit="id", office="office")
        assert (table.groupby("team")["office"].nunique() == 2).all()
        pairings[frozenset(frozenset(pair) for _, pair in table.groupby("team")["id"])] += 1
    # Of 15 pairings 3 hold the pair aa, 3 bb, 1 both.
    assert even(pairings, 15 - 3 - 3 + 1) > LEVEL
    again = pair_teams(people.sample(frac=1, random_state=1), key="k0", name="t", unit="id", office="office")
    assert again.equals(pair_teams(people, key="k0", name="t", unit="id", office="office"))


def test_every_assignment_without_an_own_area_is_as_likely() -> None:
    teams = pd.DataFrame({"team": [1, 1, 2, 2, 3, 3], "office": [*"abcdab"]})
    areas = pd.DataFrame({"area": [*"xyz"], "own": ["a", None, "d"]})
    found: Counter[object] = Counter()
    for at in range(300):
        table = assign_areas(teams, areas, key=f"k{at}", name="t", area="area", office="office", barred="own")
        found[tuple(table["area"])] += 1
    # x is not for teams 1 and 3, so it is team 2's; y and z go either way.
    assert set(found) == {("y", "x", "z"), ("z", "x", "y")} and even(found, 2) > LEVEL


def test_half_of_one_office_can_still_be_paired() -> None:
    people = pd.DataFrame({"id": range(18), "office": [*"a" * 9, *"bcdefghij"]})
    table = pair_teams(people, key="k", name="t", unit="id", office="office")
    assert (table.groupby("team")["office"].nunique() == 2).all() and table["team"].max() == 9


# ---------------------------------------------------------------------------------------------- proofs


def test_a_receipt_with_other_places_or_lists_is_named() -> None:
    first = one(HOMES, 5, "k", "1")
    second = one(HOMES, 4, "k", "2", coordinate=apart(first))
    for change in (
        {"skip": [{"cell": [], "units": 6}]},
        {"lottery": "3"},
        {"units": [{"cell": [], "units": 80}]},
    ):
        receipt = {**second.receipt, "coordinate": {**second.receipt["coordinate"], **change}}
        assert not verify(replace(second, receipt=receipt), HOMES)
    with pytest.raises(DesignError, match="'coordinate' is missing or cannot be used"):
        verify(replace(second, receipt={**second.receipt, "coordinate": {"kind": "places"}}), HOMES)
    plain = {name: value for name, value in second.receipt.items() if name != "coordinate"}
    assert not verify(replace(second, receipt=plain), HOMES)
