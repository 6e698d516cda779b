"""Near-duplicates: counts against all pairs, chances against their formulas, copies against chance."""

from __future__ import annotations

import numpy as np
import pytest

from scoring import near_duplicates, twins
from scoring.quality import matches
from scoring.quality.matches import count_matches
from scoring.quality.twins import copied_elsewhere, own_chance, own_nearness
from tests.scoring.quality.made import sheets


@pytest.mark.parametrize("items", [1, 3, 6, 8, 9, 20])
@pytest.mark.parametrize("timed", [False, True])
def test_counts_are_those_of_all_pairs(items: int, timed: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Oracle: every pair compared. From 9 items on in blocks; times repeat; some have no interviewer."""
    monkeypatch.setattr(matches, "BLOCK", 500)
    random = np.random.default_rng(items)
    answers = random.integers(0, 4, (70, items))
    who, order = random.integers(-1, 8, 70), random.integers(0, 30, 70)
    found = count_matches(answers, who, order if timed else None)
    equal = (answers[:, None] == answers).sum(axis=2)
    for i in range(70):
        mine = (who == who[i]) & (who >= 0) & (np.arange(70) != i)
        other = ~mine & (np.arange(70) != i)
        before = other & (order < order[i]) if timed else other
        for counts, of in ((found.own, mine), (found.others, other), (found.earlier, before)):
            assert counts[i].tolist() == np.bincount(equal[i][of], minlength=items + 1).tolist()
        assert found.best_own[i] == max(equal[i][mine], default=-1)
        assert found.best_other[i] == max(equal[i][before], default=-1)


def test_chances_as_written_out() -> None:
    random = np.random.default_rng(8)
    answers, who = random.integers(0, 3, (50, 4)), np.repeat(np.arange(5), 10)
    found = count_matches(answers, who)
    equal = (answers[:, None] == answers).sum(axis=2)
    for i in range(50):
        other, mine = who != who[i], (who == who[i]) & (np.arange(50) != i)
        share = [((equal[i][other] >= m).sum() + 1) / 41 for m in range(5)]
        assert own_chance(found)[i] == pytest.approx(1 - (1 - share[equal[i][mine].max()]) ** 9)
        assert own_nearness(found)[i] == pytest.approx(
            np.log(np.mean([1 / share[m] for m in equal[i][mine]]))
        )


def test_common_tells_how_many_twins_there_will_be() -> None:
    """Invariant: over independent answers, twins of all come to the number told (within 5 %)."""
    random = np.random.default_rng(9)
    answers = random.choice(4, (4000, 5), p=[0.4, 0.3, 0.2, 0.1])
    found = count_matches(answers, np.arange(4000) // 50)
    pairs = 5 * 4 / 2
    told, came = found.common / pairs, found.others[:, -1]
    assert told.sum() == pytest.approx(came.sum(), rel=0.05)
    assert np.corrcoef(told, came)[0, 1] > 0.9


def test_a_straight_sheet_has_twins_everywhere_and_a_rare_one_has_not() -> None:
    random = np.random.default_rng(10)
    values = random.integers(0, 11, (400, 6)).astype(float)
    values[::5] = 10.0
    values[[41, 47]] = [3, 7, 1, 0, 9, 4]  # one interviewer's
    found = twins(sheets(values, interviewer=np.repeat([f"{at:02d}" for at in range(20)], 20)))
    assert found["own_chance"].iloc[[41, 47]].max() < 0.1 < 0.9 < found["own_chance"].iloc[40]
    assert found["other_rank"].between(0, 1).all() and found["other_rank"].mean() == pytest.approx(0.5)


def test_a_copy_in_many_items_is_found_whoever_asked() -> None:
    """One of 79 × 6 sheets copied, 10 % of its answers changed; raters are harsh or mild by two points."""
    random = np.random.default_rng(11)
    mild = random.normal(0, 2, 200)
    values = np.clip(np.rint(7 + mild[:, None] + random.normal(0, 1.5, (200, 474))), 0, 10)
    values[150] = np.where(random.random(474) < 0.1, random.integers(0, 11, 474), values[20])
    found = near_duplicates(sheets(values, interviewer=[f"{at // 10:02d}" for at in range(200)]))
    assert found[["row", "twin"]].to_numpy().tolist()[0] == [20, 150]
    assert not found["same_interviewer"].iloc[0] and found["items"].iloc[0] == 474


def test_honest_pairs_in_many_items_are_rarely_listed() -> None:
    """Invariant: at a chance of 1 % over all pairs, at most 3 of 60 rounds list any (binomial 99 %: 3)."""
    listed = 0
    for seed in range(60):
        random = np.random.default_rng([12, seed])
        mild = random.normal(0, 1, 80)
        values = np.clip(np.rint(7 + mild[:, None] + random.normal(0, 1.5, (80, 60))), 0, 10)
        listed += len(near_duplicates(sheets(values), chance=0.01)) > 0
    assert listed <= 3


def test_few_items_list_pairs_of_one_interviewer_alone() -> None:
    random = np.random.default_rng(13)
    values = random.integers(0, 11, (400, 6)).astype(float)
    values[25] = values[301] = values[399]  # 25 another's, 301 nobody's, 399 nobody's
    values[207] = values[211]
    who = [f"{at // 20:02d}" if at < 300 else None for at in range(400)]
    found = near_duplicates(sheets(values, interviewer=who), chance=0.08)
    assert [207, 211] in found[["row", "twin"]].to_numpy().tolist()
    assert found["same_interviewer"].all() and (found["interviewer"] == found["twin_interviewer"]).all()
    assert not set(found["row"]) & {25, 301, 399}
    assert len(near_duplicates(sheets(values, interviewer=who), chance=0.5, most=3)) == 3


def test_a_copy_comes_later() -> None:
    """With times, only the later of two equal sheets has its twin before it."""
    random = np.random.default_rng(14)
    values = random.integers(0, 11, (200, 6)).astype(float)
    values[120] = values[30]
    start = np.datetime64("2013-09-02") + np.arange(200) * np.timedelta64(20, "m")
    told = {"interviewer": np.repeat([f"{at:02d}" for at in range(10)], 20)}
    assert twins(sheets(values, **told))["best_other"].iloc[[30, 120]].tolist() == [6, 6]
    later = twins(sheets(values, started=start.astype("datetime64[us]"), **told))["best_other"]
    assert later.iloc[120] == 6 and later.iloc[30] < 6


def test_the_ratio_of_a_copy_as_written_out() -> None:
    """Oracle: the formula, sheet by sheet, in one group of 90 (fewer than 200 are all as common)."""
    answers, who = np.random.default_rng(15).integers(0, 3, (90, 4)), np.repeat(np.arange(9), 10)
    found = count_matches(answers, who)
    equal = (answers[:, None] == answers).sum(axis=2)
    best = np.array([equal[i][who != who[i]].max() for i in range(90)])
    for i in range(90):
        rest = np.delete(best, i)
        p, q = (((rest >= m).sum() + 0.5) / 90 for m in (4, 3))
        ratio = 0.5 + (best[i] >= 4) / (4 * p) + (best[i] >= 3) / (4 * q)
        assert copied_elsewhere(found)[i] == pytest.approx(np.log(ratio))
