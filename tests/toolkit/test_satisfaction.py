"""The share of satisfaction: whom it counts, its base, its error, by hand and against labels and means."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest

from sampling import Census, SimpleRandom
from scoring.disclosure import SmallGroups
from scoring.interval import logit_interval
from toolkit import Round, Scheme, SchemeError, Scores
from toolkit.answers import parse_answers
from toolkit.report.page import write_report
from toolkit.report.satisfied import satisfaction_cells, satisfaction_shown
from toolkit.report.workbook import write_workbook
from toolkit.satisfaction_rule import Satisfaction, satisfaction_faults, satisfaction_in_words
from toolkit.scheme import Draw, EvaluateeClass, Group
from toolkit.scores import Drawn, score

SMALL = (Path(__file__).parents[1] / "scenarios" / "small.toml").read_text(encoding="utf-8")
GOOD = ("满意", "很满意")

# One panel of 5 (of 20), one evaluatee on two indicators: 满意 is 7 to 10.
ANSWERS = """
panel p1 甲 8 9      panel p2 甲 6 不了解    panel p3 甲 9 3
panel p4 甲 不了解 不了解    panel p5 甲 8 拒答
"""


def one_panel(small: Scheme, base: str, **panel: Any) -> Scheme:
    each = EvaluateeClass("c", "类", "调查队", True, ("态度", "效率"), ("甲",))
    draws = (Draw("panel", "panel", "person", SimpleRandom(5)),)
    group = Group("panel", "代表", 1.0, 5, draws, "plain", "finite", "error", "same")
    rule = Satisfaction(GOOD, base)  # type: ignore[arg-type]
    return replace(small, classes=(each,), groups=(replace(group, **panel),), satisfaction=rule)


def scores_of(scheme: Scheme, members: float = 20.0, answers: str = ANSWERS) -> Scores:
    units = pd.DataFrame({"person": [f"p{i}" for i in range(1, 6)], "N": members, "w": members / 5})
    drawn = {"panel": Drawn(units, {"weight": "w", "psu": ["person"], "population": ["N"]})}
    rows = np.array(answers.split()).reshape(-1, 5)
    raw = pd.DataFrame(rows, columns=["group", "respondent", "evaluatee", "态度", "效率"])
    return score(scheme, drawn, parse_answers(raw, scheme, "x"))


@pytest.mark.parametrize(
    ("base", "due"),
    [
        # 态度: 8, 6, 9, 8 and one 不了解: 3 of 4, or of 5.
        # 效率: 9, 3, two 不了解 and one refusal: 1 of 2, of 4, or of 5.
        ("valid", {"valid": (3 / 4 + 1 / 2) / 2, "with_dont_know": (3 / 5 + 1 / 4) / 2}),
        ("with_dont_know", {"with_dont_know": (3 / 5 + 1 / 4) / 2, "valid": (3 / 4 + 1 / 2) / 2}),
        (
            "asked",
            {
                "asked": (3 / 5 + 1 / 5) / 2,
                "valid": (3 / 4 + 1 / 2) / 2,
                "with_dont_know": (3 / 5 + 1 / 4) / 2,
            },
        ),
    ],
)
def test_the_base_by_hand(small: Scheme, base: str, due: dict[str, float]) -> None:
    table = scores_of(one_panel(small, base)).satisfaction
    assert table["base"].tolist() == list(due)  # the scheme's own first
    assert table["share"].tolist() == pytest.approx(list(due.values()))
    assert table[["class", "evaluatee"]].drop_duplicates().to_numpy().tolist() == [["c", "甲"]]


def test_the_error_of_a_share_by_hand(small: Scheme) -> None:
    table = scores_of(one_panel(small, "with_dont_know")).satisfaction
    # What each adds: half of (1 or 0, less the share) / base; p4 is in both bases, p5 refuses 效率.
    one = (np.array([1, 0, 1, 0, 1]) - 3 / 5) / 5 / 2
    two = (np.array([1, 0, 0, 0, 1 / 4]) - 1 / 4) / 4 / 2
    se = np.sqrt((1 - 5 / 20) * 5 / 4 * ((one + two) ** 2).sum())
    assert table["se"][0] == pytest.approx(se, rel=1e-12)
    low, high = logit_interval(np.array([0.425]), np.array([se]), np.array([4.0]), 0.95)
    assert (table["low"][0], table["high"][0]) == pytest.approx((low[0], high[0]))
    assert 0 < table["low"][0] < 0.425 < table["high"][0] < 1


def test_a_census_errs_by_missing_answers_alone_and_not_by_what_is_in_the_base(small: Scheme) -> None:
    census = (Draw("panel", "panel", "person", Census()),)
    table = scores_of(one_panel(small, "asked", draws=census), members=5.0).satisfaction
    se = table.set_index("base")["se"]
    assert se["asked"] == pytest.approx(0)  # who refused is in the base
    # 效率 lacks one refusal of four due: 1, 0, 0 and 0 with 不了解 in the base, 1 and 0 without.
    assert se["with_dont_know"] == pytest.approx(np.sqrt(1 / 4 * 1 / 4 * (1 / 4 - 1 / 5)))
    assert se["valid"] == pytest.approx(np.sqrt(1 / 4 * 1 / 2 * (1 / 2 - 1 / 3)))


def test_a_sheet_removed_whole_for_one_dont_know_leaves_no_rating_in_any_base(small: Scheme) -> None:
    scheme = one_panel(small, "with_dont_know")
    whole = replace(scheme, dont_know=replace(scheme.dont_know, removed_per="respondent"))
    table = scores_of(whole).satisfaction
    # p2's 6 goes with its 不了解: 态度 8, 9, 8 and one 不了解; 效率 as before.
    assert table["share"].tolist() == pytest.approx([(3 / 4 + 1 / 4) / 2, (3 / 3 + 1 / 2) / 2])


def test_who_does_not_respond_is_in_no_base(small: Scheme) -> None:
    scheme = one_panel(small, "asked", official="design", adjust_by=())
    silent = ANSWERS.replace("p5 甲 8 拒答", "p5 甲 拒答 拒答")
    table = scores_of(scheme, answers=silent).satisfaction.set_index("base")["share"]
    # 态度: 8, 6, 9, 不了解; 效率: 9, 3 and two 不了解; p5 answers nothing, its weight goes to the others.
    assert table["asked"] == pytest.approx((2 / 4 + 1 / 4) / 2)
    assert table["asked"] == pytest.approx(table["with_dont_know"])


def test_of_valid_ratings_it_is_the_sum_of_the_labels(played: Round) -> None:
    """Weights, stages, quota of groups and averages are those of the labels' shares."""
    scheme = replace(played.scheme, satisfaction=Satisfaction(GOOD, "valid"))
    scores = score(scheme, *played.material())
    labels = scores.labels[scores.labels["label"].isin(GOOD)].groupby("evaluatee", sort=False)["share"].sum()
    table = scores.satisfaction[scores.satisfaction["base"] == "valid"]
    assert table["evaluatee"].tolist() == labels.index.tolist()
    np.testing.assert_allclose(table["share"], labels, rtol=1e-12)
    one = replace(scheme, satisfaction=Satisfaction(("满意",), "valid"))
    single = score(one, *played.material()).satisfaction.query("base == 'valid'")
    np.testing.assert_allclose(single["se"], scores.labels.query("label == '满意'")["se"], rtol=1e-10)


def test_a_scheme_without_it_has_none(played: Round) -> None:
    scores = played.score()
    assert scores.satisfaction.empty
    assert not (played.folder / "results" / "satisfaction.csv").exists()


def declared(text: str = SMALL, base: str = "with_dont_know", more: str = "") -> str:
    key = f'[satisfaction]\nlabels = ["满意", "很满意"]\nbase = "{base}"\n{more}\n'
    return text.replace("[ranking]\n", key + "[ranking]\n")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            '["满意", "很满意"]',
            '["满意", "好"]',
            "labels: '好' is no label of the scale, which has",
        ),
        ('["满意", "很满意"]', "[]", "satisfaction.labels: at least one is needed in labels"),
        (
            '["满意", "很满意"]',
            '["满意", "满意"]',
            "labels: must be unique; '满意' stands 2 times",
        ),
        ("decimals = 0", "decimals = -1", "satisfaction.decimals: must be at least 0; it is -1"),
        ('base = "valid"', 'base = "all"', "satisfaction.base: must be one of"),
        ("decimals = 0", "digits = 0", "satisfaction.digits: 'digits' is no known key"),
    ],
)
def test_what_is_wrong_with_it_is_named_with_its_path(old: str, new: str, message: str) -> None:
    text = declared(base="valid", more="decimals = 0")
    assert not list(satisfaction_faults(Scheme.read(text)))
    with pytest.raises(SchemeError) as caught:
        Scheme.read(text.replace(old, new))
    assert [message in str(one) for one in caught.value.faults] == [True]


def test_it_is_told_in_both_languages(small: Scheme) -> None:
    scheme = Scheme.read(declared())
    assert "满意率：评为“满意”或“很满意”的占有效评分和不了解的比例" in scheme.in_words()
    assert "Satisfaction: the share of 满意 or 很满意 among valid ratings and answers of don't know" in (
        scheme.in_words("en")
    )
    assert satisfaction_in_words(small.satisfaction) == []
    assert "满意率" not in small.in_words()


def test_without_a_survey_there_is_no_share(small: Scheme) -> None:
    faults = satisfaction_faults(replace(small, groups=(), satisfaction=Satisfaction(GOOD, "valid")))
    assert [(one.rule, one.path) for one in faults] == [("needs_survey", "satisfaction")]


# ------------------------------------------------------------------------------------------ where it is shown


def as_declared(played: Round) -> Round:
    """The played round, had its scheme declared the share."""
    (played.folder / "scheme.toml").write_text(declared(more="decimals = 2"), encoding="utf-8")
    return Round.open(played.folder)


def test_results_page_and_workbook_show_both_bases(played: Round, tmp_path: Path) -> None:
    one = as_declared(played)
    scores = one.scores()
    tables = one.result_tables(scores, one.admitted())
    pd.testing.assert_frame_equal(tables["satisfaction"], scores.satisfaction)
    page = write_report(one, scores, tmp_path / "p.html", made=True).read_text(encoding="utf-8")
    write_workbook(one, scores, tmp_path / "w.xlsx", made=True)
    rows = list(openpyxl.load_workbook(tmp_path / "w.xlsx")["评价分布"].iter_rows(values_only=True))
    heads = next(row for row in rows if row[0] == "类别")
    told = ["满意率\n计入不了解", "满意率\n区间下限", "满意率\n区间上限", "满意率\n占有效评分"]
    assert list(heads[-4:]) == told
    assert "<th>满意率<br>计入不了解</th><th>95%<br>区间</th><th>满意率<br>占有效评分</th>" in page
    assert "<th>满意<br>及以上</th>" not in page  # which labels count is declared
    cells = {row[2]: row[-4:] for row in rows if row[0] in ("部门类", "服务行业类")}
    wide = scores.satisfaction.set_index(["base", "evaluatee"])
    assert len(cells) == 5
    for who, (share, low, high, valid) in cells.items():
        own = wide.loc[("with_dont_know", who)]
        due = [*(own[name] for name in ("share", "low", "high")), wide.loc[("valid", who), "share"]]
        assert (share, low, high, valid) == pytest.approx(due, abs=0.5e-4 + 1e-9)
        assert f'<td class="b">{100 * own["share"]:.2f}%</td>' in page
        assert f"<td>{100 * own['low']:.2f}%–{100 * own['high']:.2f}%</td>" in page
    assert any("公布的是“计入不了解”一列" in str(row[0]) for row in rows)


def test_it_is_hidden_with_the_labels_of_too_few(panel_scores: Any) -> None:
    rule = {"satisfaction": Satisfaction(GOOD, "valid"), "small_groups": SmallGroups(4)}
    few = panel_scores(("甲", "乙"), (1.0, [[["8", "9"]] * 2, [["7", "3"]] * 2, [["6", "9"]] * 2]), **rule)
    columns = ["share", "se", "low", "high"]
    assert few.satisfaction[columns].notna().all(axis=None)
    assert few.shown.labels["share"].isna().all()
    assert few.shown.satisfaction[columns].isna().all(axis=None)
    shown = satisfaction_shown(few)
    assert shown is not None
    assert satisfaction_cells(shown)["甲"] == ("*", "*", "*")
    enough = panel_scores(("甲",), (1.0, [[["8", "9"]]] * 4), **rule)
    assert enough.shown.satisfaction[columns].notna().all(axis=None)


def test_a_whole_share_has_no_interval_of_its_own(panel_scores: Any) -> None:
    rule = Satisfaction(GOOD, "valid")
    table = panel_scores(("甲",), (1.0, [[["8", "9"]]] * 4), satisfaction=rule).satisfaction
    assert table[["share", "low", "high"]].to_numpy().tolist() == [[1.0, 1.0, 1.0]] * 2
