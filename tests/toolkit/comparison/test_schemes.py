"""One round's answers under several schemes.

Oracles: the round scored under each scheme as if it were its own, and the weights' algebra: points of a group
are the change of its weight times its score above the composite.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from scoring import Grade, Grading
from scoring.scale import Label, Scale
from toolkit import Round, RoundError, Scheme, compare
from toolkit.comparison.schemes import switched
from toolkit.scheme import DontKnow

WEIGHTS = {"users": 0.2, "staff": 0.1, "delegates": 0.3, "inspectors": 0.4}


def weighted(scheme: Scheme) -> Scheme:
    return replace(scheme, groups=tuple(replace(one, weight=WEIGHTS[one.id]) for one in scheme.groups))


def rescored(one: Round, scheme: Scheme) -> pd.DataFrame:
    """Score the round from its folder as if the scheme had been its own."""
    return replace(one, scheme=scheme).scores().table


CHANGES: dict[str, Callable[[Scheme], Scheme]] = {
    "weights": weighted,
    "official": lambda s: replace(s, groups=tuple(replace(g, official="design") for g in s.groups)),
    "dont_know": lambda s: replace(s, dont_know=DontKnow("respondent", True)),
    "scale": lambda s: replace(
        s,
        scale=Scale(0, 10, (Label("不满意", 0, 4, 20), Label("满意", 5, 7, 75), Label("很满意", 8, 10, 100))),
    ),
    "rounding": lambda s: replace(s, ranking=replace(s.ranking, rank_on="published", decimals=0)),
    "ties": lambda s: replace(s, ranking=replace(s.ranking, ties="dense")),
}


@pytest.mark.parametrize("key", CHANGES)
def test_a_key_that_alone_differs_is_the_whole_change(played: Round, key: str) -> None:
    other = CHANGES[key](played.scheme)
    found = compare(played, other)[0]
    own, theirs = played.scores().table, rescored(played, other)
    assert found.table["score"].tolist() == own["score"].tolist()
    assert found.table["score_other"].tolist() == theirs["score"].tolist()
    assert found.table["rank_other"].tolist() == theirs["rank"].tolist()
    assert found.table["change"].to_numpy() == pytest.approx(
        (theirs["estimate"] - own["estimate"]).to_numpy()
    )
    assert set(found.steps["key"]) == {key}
    assert found.steps["points"].to_numpy() == pytest.approx(found.table["change"].to_numpy())


def test_all_keys_together_add_up_step_by_step(played: Round) -> None:
    other = played.scheme
    for change in CHANGES.values():
        other = change(other)
    found = compare(played, [other])[0]
    theirs = rescored(played, other)
    assert found.table["rank_other"].tolist() == theirs["rank"].tolist()
    assert found.table["score_other"].tolist() == theirs["score"].tolist()
    sums = found.steps.groupby("evaluatee")["points"].sum()[found.table["evaluatee"]]
    assert sums.to_numpy() == pytest.approx(found.table["change"].to_numpy())
    assert list(dict.fromkeys(found.steps["key"])) == [
        "dont_know",
        "scale",
        "official",
        "weights",
        "rounding",
        "ties",
    ]
    by_one = found.steps.sort_values("step").groupby("evaluatee")
    first, last = by_one["rank_before"].first(), by_one["rank_after"].last()
    order = found.table["evaluatee"]
    assert first[order].tolist() == found.table["rank"].tolist()
    assert last[order].tolist() == found.table["rank_other"].tolist()
    chained = by_one.apply(
        lambda some: (some["rank_after"].iloc[:-1].to_numpy() == some["rank_before"].iloc[1:]).all()
    )
    assert chained.all()


def test_what_each_groups_weight_brings_adds_up_exactly(played: Round) -> None:
    found = compare(played, weighted(played.scheme))[0]
    own = played.scores().table.set_index("evaluatee")
    groups = {one.id: one.weight for one in played.scheme.groups}
    for who, points in found.weights.set_index(["evaluatee", "group"])["points"].groupby("evaluatee"):
        due = {g: (WEIGHTS[g] - groups[g]) * (own.loc[who, g] - own.loc[who, "estimate"]) for g in groups}
        assert points.droplevel(0).to_dict() == pytest.approx(due)
    sums = found.weights.groupby("evaluatee")["points"].sum()[found.table["evaluatee"]]
    assert sums.to_numpy() == pytest.approx(found.table["change"].to_numpy())
    line = found.table.iloc[0]
    assert line["why"].startswith(f"各类对象的权重 {line['change']:+.2f} 分（服务对象 ")
    assert line["why_en"].startswith(f"weights of the groups {line['change']:+.2f} (服务对象 ")


def test_fewer_indicators_are_those_means_alone(played: Round) -> None:
    first, second = played.scheme.classes
    other = replace(played.scheme, classes=(replace(first, indicators=("依法履职", "清正廉洁")), second))
    found = compare(played, other)[0].table.set_index("evaluatee")
    scores = played.scores()
    means = scores.indicators.set_index(["group", "evaluatee"])
    for one in first.evaluatees:
        due = sum(
            g.weight * 10 * np.mean([means.loc[(g.id, one), q] for q in ("依法履职", "清正廉洁")])
            for g in scores.scheme.groups
        )
        own = scores.table.set_index("evaluatee").loc[one, "estimate"]
        assert found.loc[one, "change"] == pytest.approx(due - own)
    assert (found.loc[list(second.evaluatees), "change"] == 0).all()


def test_grades_stand_beside_each_other_and_changes_of_a_review_stay(played: Round) -> None:
    def graded(least: float) -> Scheme:
        return replace(played.scheme, grading=Grading((Grade("合格", least), Grade("不合格"))))

    top = played.scores().table["score"]
    played.change("县公安局", 1.5, reason="核实", office="纠风办")
    one = replace(played, scheme=graded(0))
    found = compare(one, graded(float(top.median()) + 0.01))[0].table
    assert set(found["grade"]) == {"合格"} and set(found["grade_other"]) == {"合格", "不合格"}
    shown = found.set_index("evaluatee")["score"]
    assert shown["县公安局"] == pytest.approx(
        played.scores().table.set_index("evaluatee").loc["县公安局", "score"]
    )
    assert (found["moved"] == 0).all() and (found["why"] == "").all() and found["open"].all()


def test_places_that_the_error_leaves_open_are_told_from_those_it_does_not(played: Round) -> None:
    found = compare(played, weighted(played.scheme))[0].table
    own = played.scores().table
    inside = (own["rank_low"] <= found["rank_other"]) & (found["rank_other"] <= own["rank_high"])
    assert found["open"].tolist() == inside.tolist()


def test_where_the_error_leaves_one_place_alone_every_move_is_beyond_it(played: Round) -> None:
    """With rank sets of one place, up and down alike: a swap moves one unit each way."""
    scores = played.scores()
    sure = replace(
        scores, table=scores.table.assign(rank_low=scores.table["rank"], rank_high=scores.table["rank"])
    )
    turned = scores.table.assign(estimate=100 - scores.table["estimate"])
    own, other = played.scheme, weighted(played.scheme)
    found = switched(
        own, other, lambda s: sure if s == own else replace(scores, scheme=s, table=turned)
    ).table
    assert (found["moved"] > 0).any() and (found["moved"] < 0).any()
    assert found["open"].tolist() == (found["moved"] == 0).tolist()


def test_all_that_keeps_schemes_apart_is_told_at_once(played: Round) -> None:
    scheme = played.scheme
    groups = (replace(scheme.groups[0], short_frame="take_all"), *scheme.groups[1:])
    classes = (replace(scheme.classes[0], evaluatees=scheme.classes[0].evaluatees[1:]), scheme.classes[1])
    other = replace(
        scheme, id="other", groups=groups, classes=classes, scale=replace(scheme.scale, refused=("不答",))
    )
    with pytest.raises(RoundError) as caught:
        compare(played, [scheme, other])
    told = str(caught.value)
    assert "other: classes.departments.evaluatees is —, in the round it is 县教育局" in told
    assert "groups.users.short_frame is take_all, in the round it is error" in told
    assert "scale.refused is ('不答',), in the round it is ('拒答',)" in told
    assert len(caught.value.faults) == 3


def test_adjustment_cells_that_the_sample_lacks_are_named(played: Round) -> None:
    groups = tuple(
        replace(one, official="design", adjust_by=("age",)) if one.id == "delegates" else one
        for one in played.scheme.groups
    )
    with pytest.raises(RoundError, match="adjust_by names 'age'"):
        compare(played, replace(played.scheme, groups=groups))
