"""An explanation holds every step: with a calculator, its lines lead to the published score and place."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any, Literal

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from scoring import EstimateError
from scoring.scale import Label, Scale
from toolkit import Round, Scores
from toolkit.errors import UnknownNameError
from toolkit.explain import MOST_DIGITS
from toolkit.review import Change, reviewed

Shown = Callable[[Any], Any]
Panels = Callable[..., Scores]
LANGUAGES: tuple[Literal["zh", "en"], ...] = ("zh", "en")
NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")


def calculate(text: str) -> Fraction:
    """Work out a line as a pupil would, without rounding."""
    plain = text.replace("÷", "/").replace("×", "*").replace("−", "-").replace("²", "**2")
    plain = re.sub(r"([\d.]+)%", r"\1/100", plain)
    exact = NUMBER.sub(
        lambda found: f"Fraction('{found[0].replace(',', '')}')", plain.replace("**2", "**TWO")
    )
    result = eval(exact, {"Fraction": Fraction, "TWO": 2})
    assert isinstance(result, Fraction)
    return result


def half_up(value: Fraction, decimals: int) -> Decimal:
    """Round as ``published`` says it does: to nine decimals, then half up."""
    nine = Decimal(round(value * 10**9)) / 10**9
    return nine.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def sides(line: str) -> tuple[Fraction, Fraction, int]:
    """Give what stands left and right of "=", and the decimals on the right."""
    left, right = line.split(" = ")
    shown = NUMBER.search(right)
    assert shown
    return calculate(left), Fraction(shown[0].replace(",", "")), len(shown[0].partition(".")[2])


def parts(text: str) -> dict[str, list[str]]:
    """Sort the printed lines of an explanation by what they give."""
    heads = {
        "mean": "均值 | mean ",
        "score": "  得分：|  score: ",
        "weighted": "  × 权重：|  × weight: ",
        "composite": "综合得分：|composite: ",
        "published": "公布得分：|published: ",
    }
    return {
        name: [line[found.end() :] for line in text.splitlines() if (found := re.search(head, line))]
        for name, head in heads.items()
    }


def recomputed(scores: Scores, text: str) -> list[Decimal]:
    """Come to the published score from each line of the working: means, scores, parts, composite."""
    scheme, lines = scores.scheme, parts(text)
    weights = [Fraction(str(group.weight)) for group in scheme.groups]
    high, low = scheme.scale.high, scheme.scale.low
    gain = Fraction(str(scheme.full_mark)) / (high - low)
    size = len(lines["mean"]) // len(weights)

    def whole(means: list[Fraction]) -> Fraction:
        groups = [means[at : at + size] for at in range(0, len(means), size)]
        scored = [gain * (sum(group) / size - low) for group in groups]
        return sum((w * one for w, one in zip(weights, scored, strict=True)), Fraction(0))

    exact, shown = [], []
    for line in lines["mean"]:
        if " = " in line:
            left, right, _ = sides(line)
        else:
            found = NUMBER.match(line)
            assert found
            left = right = Fraction(found[0])
        exact.append(left)
        shown.append(right)
    own = [sides(line)[1] for line in lines["score"]]
    terms = [sides(line)[1] for line in lines["weighted"]]
    (composite,) = lines["composite"]
    ways = [
        whole(exact),
        whole(shown),
        sum((w * one for w, one in zip(weights, own, strict=True)), Fraction(0)),
        sum(terms, Fraction(0)),
        sides(composite)[1],
    ]
    return [half_up(way, scheme.ranking.decimals) for way in ways]


def assert_lines_hold(scores: Scores, text: str) -> None:
    """Every printed line is right to its last digit, as far as the rounded numbers in it allow."""
    scale = scores.scheme.scale
    gain = Fraction(str(scores.scheme.full_mark)) / (scale.high - scale.low)
    groups = len(scores.scheme.groups)
    # Half a digit for the result, and half for each rounded number, times what the line makes of it.
    halves = {"mean": 1, "score": 1 + gain, "weighted": 2, "composite": 1 + groups}
    for kind, most in halves.items():
        for line in parts(text)[kind]:
            if " = " in line:
                left, right, digits = sides(line)
                assert abs(left - right) * 10**digits * 2 <= most, line


def assert_explains(scores: Scores, languages: tuple[Literal["zh", "en"], ...] = LANGUAGES) -> None:
    for language, row in itertools.product(languages, scores.table.to_dict("records")):
        text = str(scores.explain(row["evaluatee"], language))
        assert_lines_hold(scores, text)
        due = Decimal(str(row["score"]))
        assert [way.normalize() for way in recomputed(scores, text)] == [due.normalize()] * 5
        published = f"{due:.{scores.scheme.ranking.decimals}f}"
        assert parts(text)["published"][0].split(" → ")[1].startswith(published)
        assert re.split("： ?|: ", text)[1].startswith(published)  # the head


# --------------------------------------------------------------------------------------------- scores


def test_the_lines_lead_to_the_published_score(played: Round) -> None:
    assert_explains(played.score())


def random_panels(names: int, indicators: int, seed: int) -> list[tuple[float, Any]]:
    """Two panels of 7 and 9, whose means have no short decimals."""
    random = np.random.default_rng(seed)
    words = ["3", "5", "6", "8", "9", "10", "不了解", ""]
    return [
        (weight, random.choice(words, (members, names, indicators), p=[0.16] * 6 + [0.02] * 2))
        for weight, members in ((0.65, 7), (0.35, 9))
    ]


def test_the_lines_lead_to_the_published_score_of_anyone(panel_scores: Panels) -> None:
    """Among 60 evaluatees some lie so near a half that four decimals would round them the other way."""
    names = tuple(f"单位{at:03d}" for at in range(60))
    scores = panel_scores(names, *random_panels(60, 3, 5), indicators=("态度", "效率", "廉洁"))
    assert_explains(scores, ("zh",))
    digits = {sides(line)[2] for one in names for line in parts(str(scores.explain(one)))["composite"]}
    assert 4 in digits and 5 in digits


def test_a_half_that_no_decimal_holds_rises(panel_scores: Panels) -> None:
    # Three means of 7 1/3, 7 1/3 and 7 1/12: 10/3 × 21.75 = 72.5, which decimals of thirds fall short of.
    columns = ("888877777777", "888877777777", "877777777777")
    ratings = [[list(row)] for row in zip(*columns, strict=True)]
    scores = panel_scores(("甲",), (1.0, ratings), indicators=("态度", "效率", "廉洁"), decimals=0)
    text = str(scores.explain("甲"))
    assert scores.table["score"].tolist() == [73]
    assert recomputed(scores, text)[0] == 73  # from the fractions; the decimals say 72.499999999
    assert sides(parts(text)["composite"][0])[2] == MOST_DIGITS


def test_a_scale_that_does_not_begin_at_nought(panel_scores: Panels) -> None:
    ratings = [[["5", "2"], ["1", "1"]], [["4", "2"], ["1", "2"]]]
    scores = panel_scores(("甲", "乙"), (1.0, ratings), scale=Scale(1, 5), full_mark=120.0)
    # 120 / 4 × ((4.5 - 1) + (2 - 1)) / 2 = 67.5
    lines = parts(str(scores.explain("甲")))
    assert lines["score"] == ["120 ÷ (5 − 1) × ((4.5000 − 1) + (2.0000 − 1)) ÷ 2 = 67.5000"]
    assert_explains(scores)


def test_the_text_by_hand(panel_scores: Panels) -> None:
    users = [[["8", "9"], ["5", "5"]], [["6", "不了解"], ["5", "5"]]]
    scores = panel_scores(("甲", "乙"), (0.6, users), (0.4, [[["7", "8"], ["5", "6"]]]))
    assert str(scores.explain("甲", "en")).splitlines()[:14] == [
        "甲: 78.00, place 1 (类, 2 evaluatees; 小型测评)",
        "",
        "代表0 (weight 60%)",
        "  态度  valid 2  don't know 0  refused 0  blank 0  mean 14 ÷ 2 = 7.0000",
        "  效率  valid 1  don't know 1  refused 0  blank 0  mean 9 ÷ 1 = 9.0000",
        "  score: 100 ÷ (10 − 0) × (7.0000 + 9.0000) ÷ 2 = 80.0000",
        "  × weight: 80.0000 × 60% = 48.0000",
        "",
        "代表1 (weight 40%)",
        "  态度  valid 1  don't know 0  refused 0  blank 0  mean 7 ÷ 1 = 7.0000",
        "  效率  valid 1  don't know 0  refused 0  blank 0  mean 8 ÷ 1 = 8.0000",
        "  score: 100 ÷ (10 − 0) × (7.0000 + 8.0000) ÷ 2 = 75.0000",
        "  × weight: 75.0000 × 40% = 30.0000",
        "",
    ]


def test_the_values_are_the_unrounded_results(played: Round) -> None:
    scores = played.score()
    for row in scores.table.to_dict("records"):
        steps = scores.explain(row["evaluatee"]).steps
        of = steps.groupby("step")["value"].agg(list)
        assert of["score"] == [row[group.id] for group in scores.scheme.groups]
        assert of["group"] == [group.weight for group in scores.scheme.groups]
        assert of["composite"] == [row["estimate"]] and of["published"] == [row["score"]]
        assert of["rank"] == [row["rank"]] and of["se"] == [row["se"]] and of["df"] == [row["df"]]
        own = scores.answers[scores.answers["evaluatee"] == row["evaluatee"]]
        answers = steps[steps["step"] == "answers"]
        for name in ("valid", "dont_know", "refused", "blank"):
            assert answers[name].tolist() == own[name].tolist()
        assert of["answers"] == own["mean"].tolist()
        assert answers["indicator"].tolist() == [*scores.scheme.indicators[row["evaluatee"]]] * 4


# ---------------------------------------------------------------------------------------------- errors


def test_the_variance_adds_up_by_group(played: Round) -> None:
    scores = played.score()
    for row in scores.table.to_dict("records"):
        steps = scores.explain(row["evaluatee"]).steps.set_index("step")
        variances = steps.loc["variance"]
        groups = scores.groups[scores.groups["evaluatee"] == row["evaluatee"]]
        weights = np.array([group.weight for group in scores.scheme.groups])
        due = (weights * groups["se"].to_numpy()) ** 2
        assert variances["value"].tolist() == pytest.approx(due.tolist(), rel=1e-12)
        assert due.sum() == pytest.approx(row["se"] ** 2, rel=1e-9)
        for line, part in zip(variances["working"], due, strict=True):
            left, right, _ = sides(line.partition("，")[0])
            assert float(right) == pytest.approx(part, abs=5.1e-7)
            assert float(left) == pytest.approx(part, rel=1e-3, abs=1e-7)
            assert line.endswith(f"占 {100 * part / due.sum():.1f}%")
        total = re.match(r"√\((.*)\) = (.*)", steps.loc["se", "working"])
        assert total and float(calculate(total[1])) ** 0.5 == pytest.approx(float(total[2]), abs=1e-4)
        assert float(total[2]) == pytest.approx(row["se"], abs=5.1e-5)
        left, right, _ = sides(steps.loc["df", "working"])
        assert float(left) == pytest.approx(row["df"], rel=1e-3) and float(right) == pytest.approx(
            row["df"], abs=0.051
        )


def test_a_part_without_error_brings_no_degrees_of_freedom(played: Round) -> None:
    scores = played.score()
    se = scores.groups["se"].where(scores.groups["group"] != "users", 0.0)
    groups = scores.groups.assign(se=se, df=5.0)
    steps = replace(scores, groups=groups).explain("县教育局").steps.set_index("step")
    assert steps.loc["df", "working"].count("÷ 5") == 2  # staff and delegates; the census has no error


def test_the_interval_is_the_published_one(played: Round) -> None:
    scores = played.score()
    for row in pd.concat(scores.league(each.id) for each in scores.scheme.classes).to_dict("records"):
        steps = scores.explain(row["evaluatee"]).steps.set_index("step")
        working = steps.loc["interval", "working"]
        found = re.fullmatch(r"([\d.]+) ± ([\d.]+) × ([\d.]+) = ([\d.]+)–([\d.]+)", working)
        assert found
        estimate, times, se, low, high = map(float, found.groups())
        assert [low, high] == [row["low"], row["high"]]
        assert [estimate - times * se, estimate + times * se] == pytest.approx([low, high], abs=0.0065)
        assert times == pytest.approx(stats.t.ppf(0.975, steps.loc["df", "value"]), abs=5.1e-5)


def test_a_score_without_error_has_none_to_divide(panel_scores: Panels) -> None:
    scores = panel_scores(("甲", "乙"), (1.0, [[["7", "8"], ["5", "6"]]]))
    steps = scores.explain("甲").steps.set_index("step")["working"]
    assert steps["variance"] == "1² × 0.0000² = 0.000000，占 —"
    assert steps["df"].startswith("∞")
    assert steps["interval"] == "75.0000 ± 0.0000 × 0.0000 = 75.00"


# ---------------------------------------------------------------------------------------------- places


@pytest.mark.parametrize(
    ("rank_on", "ties", "due"),
    [
        # Means of 73.33, 72.5, 71.67 and 66.67; without decimals 73, 73, 72 and 67.
        ("unrounded", "min", ["0 个更高：第 1 名", "1 个更高：第 2 名", "2 个更高：第 3 名"]),
        (
            "published",
            "min",
            ["0 个更高，1 个与它并列：第 1 名"] * 2 + ["2 个更高：第 3 名"],
        ),
        (
            "published",
            "dense",
            ["0 个更高，占 0 个名次，1 个与它并列：第 1 名"] * 2 + ["2 个更高，占 1 个名次：第 2 名"],
        ),
    ],
)
def test_the_place_counts_who_is_higher(
    panel_scores: Panels, rank_on: str, ties: str, due: list[str]
) -> None:
    sheets = ("888877777777", "888777777777", "887777777777", "666677777777")
    ratings = [[[rating] for rating in row] for row in zip(*sheets, strict=True)]
    names = ("甲", "乙", "丙", "丁")
    scores = panel_scores(names, (1.0, ratings), indicators=("态度",), decimals=0, rank_on=rank_on, ties=ties)
    for name, words in zip(("甲", "乙", "丙"), due, strict=True):
        one = scores.explain(name)
        line = one.steps.set_index("step").loc["rank", "working"]
        assert line.startswith(f"4 个单位中 {words}（")
        assert ("按公布的得分" in line) == (rank_on == "published")
        assert ("顺延" in line) == (ties == "dense")
        rank = scores.table.set_index("evaluatee").loc[name, "rank"]
        assert f"第 {rank} 名" in line and f"第 {rank} 名" in one.head


def test_those_not_told_apart_are_named(played: Round) -> None:
    scores = played.score()
    # Rank sets by hand: the first two of the departments share a place, the third stands alone.
    at = scores.table["class"] == "departments"
    order = scores.table[at].sort_values("rank").index
    table = scores.table.copy()
    table.loc[order, "rank_low"], table.loc[order, "rank_high"] = [1, 2, 3], [2, 2, 3]
    scores = replace(scores, table=table)
    first, second, third = table.loc[order, "evaluatee"]
    near = {one: scores.explain(one).steps.set_index("step") for one in (first, second, third)}
    assert near[first].loc["alike", "working"] == f"{second}（第 2 名）"
    assert near[second].loc["alike", "working"] == f"{first}（第 1 名）"
    assert near[third].loc["alike", "working"].startswith("没有") and near[third].loc["alike", "value"] == 0
    assert near[first].loc["places", "working"].startswith("1–2（95%")
    assert near[third].loc["places", "working"].startswith("3（95%")


# ----------------------------------------------------------------------------------------------- shown


def test_an_unknown_evaluatee_is_told_the_nearest_names(played: Round) -> None:
    scores = played.score()
    with pytest.raises(KeyError) as caught:
        scores.explain("教育局")
    assert isinstance(caught.value, UnknownNameError)
    assert str(caught.value).startswith(
        "small: '教育局' is no evaluatee of this scheme; the nearest names are 县教育局, "
    )


def test_an_explanation_is_shown_as_it_is_printed(panel_scores: Panels, shown: Shown) -> None:
    odd = '<b>&"x"'
    scores = panel_scores((odd, "乙"), (1.0, [[["7", "8"], ["5", "6"]]]))
    one = scores.explain(odd)
    page = shown(one)
    assert page.text.startswith(f"{odd}：75.00 分，第 1 名")
    steps = one.steps[one.steps["step"] != "group"]
    assert [row[-1] for row in page.rows[1:] if row[-1]] == steps["working"].tolist()
    assert [row[0] for row in page.rows[1:]] == one.steps["label"].tolist()
    assert page.rows[2][1:4] == ["1", "0", "0"]
    assert {len(row) for row in page.rows} == {6}  # the working stands under its own head, not under a count
    assert shown(scores.explain(odd, "en")).rows[0] == ["", "valid", "don't know", "refused", "blank", "mean"]


def test_both_languages_show_the_same_numbers(played: Round) -> None:
    scores = played.score()
    for one in scores.scheme.evaluatees:
        zh, en = (scores.explain(one, language) for language in LANGUAGES)
        numbers = [[sorted(NUMBER.findall(line)) for line in each.steps["working"]] for each in (zh, en)]
        assert numbers[0] == numbers[1]
        assert not re.search("[。，；：（）]", "".join(en.steps["working"]))


def test_changes_of_a_review_stand_between_composite_and_published_score(played: Round) -> None:
    played.change("县教育局", -1.25, reason="信访属实", office="县监察局")
    played.change("县教育局", 0.5, reason="复核更正", office="县纠风办")
    scores = played.score()
    found = scores.explain("县教育局").steps
    order = found["step"].tolist()
    at = order.index("composite")
    assert order[at : at + 4] == ["composite", "change", "change", "published"]
    composite, first, second, published = found.iloc[at : at + 4].to_dict("records")
    assert composite["value"] == scores.surveyed["县教育局"]
    assert second["value"] == pytest.approx(composite["value"] - 0.75, abs=1e-12)
    assert "-1.25" in first["working"] and "信访属实；县监察局" in first["working"]
    assert published["value"] == scores.table.set_index("evaluatee").loc["县教育局", "score"]
    start, moved = first["working"].split("（")[0].split(" = ")
    assert float(start.split()[0]) + float(start.split()[1]) == pytest.approx(float(moved), abs=1e-9)
    assert "change in review" in str(scores.explain("县教育局", "en"))
    assert "change" not in scores.explain("县公安局").steps["step"].tolist()


def test_equal_scores_are_told_apart_by_the_groups_the_plan_names(panel_scores: Panels) -> None:
    # Halves of two panels: 甲 8 and 6, 乙 6 and 8, 丙 7 and 7 are all 70; 丁 is 60.
    first, second = ([[[a], [b], [c], [6]]] for a, b, c in ((8, 6, 7), (6, 8, 7)))
    plan = {"indicators": ("态度",), "ties": "ordinal"}
    names = ("甲", "乙", "丙", "丁")
    places = {
        breaker: panel_scores(names, (0.5, first), (0.5, second), break_by=(breaker,), **plan)
        for breaker in ("panel0", "panel1")
    }
    assert places["panel0"].table["rank"].tolist() == [1, 3, 2, 4]
    assert places["panel1"].table["rank"].tolist() == [3, 1, 2, 4]
    found = places["panel1"].explain("丙").steps.set_index("step").loc["rank", "working"]
    assert (
        found.startswith("4 个单位中 0 个更高，2 个与它并列：第 2 名")
        and "同分的依次比较代表1的得分" in found
    )
    with pytest.raises(EstimateError, match="甲, 乙"):
        panel_scores(names, (1.0, [[[7], [7], [6], [5]]]), break_by=("panel0",), **plan)


def test_a_changed_score_may_tie_and_is_told_apart_as_well(panel_scores: Panels) -> None:
    first, second = ([[[a], [b]]] for a, b in ((8, 6), (6, 9)))
    scores = panel_scores(
        ("甲", "乙"), (0.5, first), (0.5, second), indicators=("态度",), ties="ordinal", break_by=("panel0",)
    )
    assert scores.table["rank"].tolist() == [2, 1]  # 70 and 75
    after = reviewed(scores, [Change("甲", 5.0, "信访属实", "复核组")])
    assert after.table["rank"].tolist() == [1, 2]
    assert after.trail[["rank_before", "rank_after"]].to_numpy().tolist() == [[2, 1]]


def rated(values: list[list[int]]) -> list[list[list[int]]]:
    """Give a panel's ratings on one indicator, (members, evaluatees, 1), from a list for each evaluatee."""
    return [[[one] for one in row] for row in zip(*values, strict=True)]


WORTH = (
    Label("不满意", 1, 2, 30),
    Label("基本满意", 3, 3, 70),
    Label("满意", 4, 4, 85.5),
    Label("很满意", 5, 5, 100),
)


@pytest.mark.parametrize(
    ("scale", "score", "mean", "working"),
    [
        # Members rate 1, 2, 2 and 5: a mean of 2.5.
        (Scale(1, 5), 37.5, 2.5, "100 ÷ (5 − 1) × ((2.5000 − 1)) ÷ 1 = 37.5000"),
        (Scale(1, 5, best="low"), 62.5, 2.5, "100 ÷ (5 − 1) × ((5 − 2.5000)) ÷ 1 = 62.5000"),
        (Scale(-5, 5), 75.0, 2.5, "100 ÷ (5 − (-5)) × ((2.5000 − (-5))) ÷ 1 = 75.0000"),
        # 30 + 30 + 30 + 100 = 190, over four.
        (Scale(1, 5, WORTH), 47.5, 47.5, "(47.5000) ÷ 1 = 47.5000"),
    ],
    ids=["from 1", "best low", "below 0", "label values"],
)
def test_every_scale_is_worked_as_it_counts(
    panel_scores: Panels, scale: Scale, score: float, mean: float, working: str
) -> None:
    ratings = rated([[1, 2, 2, 5], [3, 3, 3, 3]])
    scores = panel_scores(("甲", "乙"), (1.0, ratings), indicators=("态度",), scale=scale)
    assert scores.table["estimate"].tolist()[0] == pytest.approx(score)
    steps = scores.explain("甲").steps.set_index("step")
    assert steps.loc["score", "working"] == working
    assert steps.loc["answers", "value"] == pytest.approx(mean)
    if scale.has_values:
        assert steps.loc["answers", "working"] == "190.0000 ÷ 4 = 47.5000"
    assert steps.loc["published", "value"] == pytest.approx(score)


def test_what_was_not_shown_is_no_missing_answer_of_a_census(panel_scores: Panels) -> None:
    scale = Scale(0, 10, not_asked=("未出示",))
    members: list[list[list[Any]]] = [[["未出示"], [9]], [[8], [7]], [[6], [8]]]
    shown = panel_scores(("甲", "乙"), (1.0, members), indicators=("态度",), scale=scale)
    assert shown.table["se"].tolist() == [0, 0]
    members[0][0] = [""]
    blank = panel_scores(("甲", "乙"), (1.0, members), indicators=("态度",), scale=scale)
    # s² = 2 of 8 and 6, over 1/2 - 1/3, on the scale of 100
    assert blank.table["se"].tolist() == pytest.approx([10 * np.sqrt(2 * (1 / 2 - 1 / 3)), 0])
