"""Two years on their common basis.

Oracles: answers written out by hand, the formulas in each test (means, paired and independent t intervals,
totals of towns), and the rule that nothing changes when nothing changed.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from scoring.scale import Label, Scale
from tests.toolkit.comparison.made import Panel, compared, crosswalk, row_of, year_of_panels
from toolkit import Round, RoundError, compare_years
from toolkit.comparison.years import year_of
from toolkit.files import write_table
from toolkit.scheme import DontKnow

A, B = [6, 8, 10, 4], [5, 5, 9, 9]  # ratings of four members
C, D = [7, 9, 10, 8], [2, 4, 6, 8]


def one_question(*ratings: list[float]) -> np.ndarray:
    """Members × evaluatees × one indicator."""
    return np.array(ratings, dtype=float).T[:, :, None]


def two(names: tuple[str, ...], *ratings: list[float], members: list[str] | None = None, **changes: object):
    return year_of_panels(
        {"甲类": (names, ("态度",))}, Panel(one_question(*ratings), members=members), **changes
    )


def test_a_change_is_the_difference_of_means_with_the_error_of_two_samples() -> None:
    found = compared(two(("甲局", "乙局"), A, B), two(("甲局", "乙局"), C, D, members=[*"wxyz"]))
    row = row_of(found, "甲局")
    assert (row["then"], row["now"], row["change"]) == pytest.approx((70.0, 85.0, 15.0))
    se = 10 * np.sqrt(np.var(A, ddof=1) / 4 + np.var(C, ddof=1) / 4)
    v, w = np.var(A, ddof=1) / 4, np.var(C, ddof=1) / 4
    df = (v + w) ** 2 / (v**2 / 3 + w**2 / 3)  # Welch
    half = se * stats.t.ppf(0.975, df)
    assert row[["se", "df", "low", "high"]].tolist() == pytest.approx([se, df, 15 - half, 15 + half])
    assert row["verdict"] == "难分" and row["comparable"]
    assert row_of(found, "乙局")["change"] == pytest.approx(-20.0)
    assert found.table[["place_then", "place_now", "rank_then", "rank_now"]].to_numpy().tolist() == [
        [1, 1, 1, 1],
        [1, 2, 1, 2],
    ]
    # members rate both units: the covariance of the changes is that of the panels
    cov = 100 * (np.cov(A, B)[0, 1] + np.cov(C, D)[0, 1]) / 4
    assert found.cov[0, 1] == pytest.approx(cov)


def test_the_same_persons_in_both_years_make_it_a_paired_comparison() -> None:
    people = [*"wxyz"]
    then, now = two(("甲局",), A, members=people), two(("甲局",), C, members=people)
    found = compared(then, now, ("对象", "panel", "panel", "", "", "同一名单"))
    paired = stats.ttest_rel(C, A)
    row = row_of(found, "甲局")
    assert row["change"] / row["se"] == pytest.approx(paired.statistic)
    interval = paired.confidence_interval()
    assert (row["low"], row["high"]) == pytest.approx((10 * interval.low, 10 * interval.high))


def test_of_a_panel_that_is_partly_renewed_the_common_members_make_the_covariance() -> None:
    """Tam (1984): n_ab / (n_a n_b) - 1/N, times the covariance of the common members' ratings."""
    rng = np.random.default_rng(1)
    a = np.clip(np.rint(7 + 2 * rng.standard_normal(60)), 0, 10)
    b = np.clip(np.rint(a + rng.standard_normal(60)), 0, 10)
    ids = [f"m{i:02d}" for i in range(80)]
    then = year_of_panels(
        {"类": (("甲局",), ("态度",))}, Panel(one_question(a.tolist()), members=ids[:60], population=400)
    )
    now = year_of_panels(
        {"类": (("甲局",), ("态度",))}, Panel(one_question(b.tolist()), members=ids[20:], population=400)
    )
    found = row_of(compared(then, now, ("对象", "panel", "panel", "", "", "同一名单")), "甲局")
    # deviations from each sample's own mean; the common forty are a[20:] and b[:40]
    s_ab = np.cov(a[20:], b[:40])[0, 1]
    variance = (1 / 60 - 1 / 400) * (np.var(a, ddof=1) + np.var(b, ddof=1)) - 2 * (40 / 3600 - 1 / 400) * s_ab
    assert found["se"] == pytest.approx(10 * np.sqrt(variance))
    apart = row_of(compared(then, now), "甲局")
    assert apart["se"] == pytest.approx(
        10 * np.sqrt((1 / 60 - 1 / 400) * (np.var(a, ddof=1) + np.var(b, ddof=1)))
    )


def test_a_census_whose_members_leave_blanks_in_both_years_keeps_their_covariance() -> None:
    """(10/K)² S_kl Σ a_ik a_jl of census_covariance: who is silent in both years misses from both means."""
    ids = [f"j{i}" for i in range(6)]
    a, b = [6.0, 8, 10, 4, 7, np.nan], [7.0, 9, 9, 5, 6, np.nan]

    def year(values: list[float]):
        made = year_of_panels(
            {"类": (("甲局",), ("态度",))},
            Panel(
                one_question([7.0 if np.isnan(v) else v for v in values]),
                members=ids,
                population=6,
                census=True,
            ),
        )
        answers = made.answers["panel"]
        table, state = answers.table.copy(), answers.state.copy()
        table.loc[5, "态度"] = np.nan
        state[5] = 3  # blank: due, and missing
        return replace(made, answers={"panel": replace(answers, table=table, state=state)})

    same = row_of(compared(year(a), year(b), ("对象", "panel", "panel", "", "", "同一名单")), "甲局")
    apart = row_of(compared(year(a), year(b), ("对象", "panel", "panel", "", "", "各抽")), "甲局")
    k = 1 / 5 - 1 / 6
    own = k * (np.var(a[:5], ddof=1) + np.var(b[:5], ddof=1))
    assert apart["se"] == pytest.approx(10 * np.sqrt(own))
    assert same["se"] == pytest.approx(10 * np.sqrt(own - 2 * k * np.cov(a[:5], b[:5])[0, 1]))


def test_merged_units_have_the_past_of_their_parts_by_their_shares() -> None:
    then, now = two(("甲局", "乙局"), A, B), two(("甲乙局",), C, members=[*"wxyz"])
    rows = [
        ("单位", "D1", "甲局", "", 2012, "按份额", 600, "服务人口"),
        ("单位", "D1", "乙局", "", 2012, "按份额", 400, "服务人口"),
        ("单位", "D1", "甲乙局", 2013),
    ]
    row = row_of(compared(then, now, *rows), "D1")
    past = 0.6 * np.array(A) + 0.4 * np.array(B)
    assert row["then"] == pytest.approx(10 * past.mean())
    assert row["se"] == pytest.approx(10 * np.sqrt(np.var(past, ddof=1) / 4 + np.var(C, ddof=1) / 4))
    assert row["evaluatee_then"] == "甲局＋乙局" and np.isnan(row["published_then"]) and row["rank_now"] == 1
    assert row["why"] == "2012 年按份额合计：甲局 60%、乙局 40%；服务人口"
    assert row["why_en"] == "2012 by shares: 甲局 60%、乙局 40%; 服务人口"
    by_answers = [(*row[:5], "按答卷") if row[5:] else row for row in rows]
    assert row_of(compared(then, now, *by_answers), "D1")["then"] == pytest.approx(10 * np.mean([A, B]))
    never = [(*row[:5], "不可比", "", "职能不同") if row[5:] else row for row in rows]
    row = row_of(compared(then, now, *never), "D1")
    assert not row["comparable"] and np.isnan(row["change"]) and row["verdict"] == "不可比"
    assert row["why"] == "对照表写明不可比：职能不同"
    assert row["why_en"] == "the crosswalk says it is not comparable: 职能不同"


def test_by_answers_the_unit_with_more_sheets_counts_more() -> None:
    half = [5.0, 5.0, np.nan, np.nan]
    then, now = two(("甲局", "乙局"), A, half), two(("甲乙局",), C)
    rows = [("单位", "D1", one, "", 2012, "按答卷") for one in ("甲局", "乙局")]
    row = row_of(
        compared(then, now, *rows, ("单位", "D1", "甲乙局", 2013), ("对象", "g", "panel", "", "", "各抽")),
        "D1",
    )
    assert row["then"] == pytest.approx((4 * 70 + 2 * 50) / 6)
    assert row["why"] == "2012 年甲局、乙局按答卷份数合计"


def test_parts_of_a_split_unit_carry_on_its_past_or_are_put_together() -> None:
    then, now = two(("甲乙局",), A), two(("甲局", "乙局"), C, D, members=[*"wxyz"])
    each = [("单位", code, "甲乙局", "", 2012, "沿用") for code in ("D1", "D2")]
    found = compared(then, now, *each, ("单位", "D1", "甲局", 2013), ("单位", "D2", "乙局", 2013))
    assert found.table["then"].tolist() == pytest.approx([70.0, 70.0])
    assert found.table["now"].tolist() == pytest.approx([85.0, 50.0])
    assert found.table["why"].tolist() == ["沿用 2012 年甲乙局的得分"] * 2
    # one past for both: the covariance of the changes holds its whole variance
    cov = 100 * (np.var(A, ddof=1) + np.cov(C, D)[0, 1]) / 4
    assert found.cov[0, 1] == pytest.approx(cov)
    whole = [("单位", "D0", "甲乙局", "", 2012)]
    whole += [("单位", "D0", one, 2013, "", "按份额", 1) for one in ("甲局", "乙局")]
    row = row_of(compared(then, now, *whole), "D0")
    assert row["now"] == pytest.approx(67.5) and row["evaluatee"] == "甲局＋乙局"


def test_a_renamed_unit_is_the_same_by_its_code_and_without_one_it_is_not() -> None:
    then, now = two(("旧局", "乙局"), A, B), two(("新局", "乙局"), C, D, members=[*"wxyz"])
    rows = [("单位", "D1", "旧局", "", 2012), ("单位", "D1", "新局", 2013)]
    assert row_of(compared(then, now, *rows), "D1")["change"] == pytest.approx(15.0)
    bare = compared(then, now)
    assert bare.table.set_index("code")["why"].to_dict() == {
        "新局": "2012 年没有这个单位",
        "乙局": "",
        "旧局": "2013 年没有这个单位",
    }
    assert bare.table.loc[bare.table["code"] == "旧局", "evaluatee"].tolist() == [""]
    assert bare.comparable["placed"].tolist() == [1]  # places count among the comparable


def test_who_changed_class_is_comparable_where_it_is_said_on_the_indicators_of_both() -> None:
    rng = np.random.default_rng(2)
    ratings = rng.integers(3, 10, size=(2, 5, 3, 3)).astype(float)
    classes_then = {"窗口": (("甲局",), ("态度", "效率")), "其他": (("乙局", "丙局"), ("效率", "公开"))}
    classes_now = {"窗口": (("甲局", "乙局"), ("态度", "效率")), "其他": (("丙局",), ("效率", "公开"))}
    then = year_of_panels(classes_then, Panel(ratings[0]))
    now = year_of_panels(classes_now, Panel(ratings[1], members=[*"vwxyz"]))
    bare = row_of(compared(then, now), "乙局")
    assert bare["why"] == "类别变了（其他、窗口），对照表没有写明换类后可比" and not bare["comparable"]
    found = compared(then, now, ("单位", "乙局", "乙局", "", "", "换类"))
    row = row_of(found, "乙局")
    # 态度, 效率, 公开 in order: both classes ask 效率
    assert row["then"] == pytest.approx(10 * ratings[0, :, 1, 1].mean())
    assert row["now"] == pytest.approx(10 * ratings[1, :, 1, 1].mean())
    assert (row["indicators"], row["of"]) == (1, 2)
    assert row["why"] == "换类：其他→窗口；按两年都有的 1 项指标（今年共 2 项）"
    assert pd.isna(row["place_now"]) and row_of(found, "甲局")["placed"] == 1  # on other indicators: no place
    renamed = [("类别", "K1", "窗口", "", 2012), ("类别", "K1", "窗口", 2013)]
    assert compared(then, now, *renamed).comparable["code"].tolist() == ["甲局", "丙局"]


def test_a_renamed_class_is_no_change_of_class_where_the_crosswalk_says_so() -> None:
    then = year_of_panels({"老类": (("甲局",), ("态度",))}, Panel(one_question(A)))
    now = year_of_panels({"新类": (("甲局",), ("态度",))}, Panel(one_question(C), members=[*"wxyz"]))
    assert not compared(then, now).table["comparable"].any()
    rows = [("类别", "K", "老类", "", 2012), ("类别", "K", "新类", 2013)]
    assert compared(then, now, *rows).table["comparable"].all()


def test_indicators_are_matched_by_code_and_those_of_one_year_or_of_new_wording_left_out() -> None:
    rng = np.random.default_rng(3)
    ratings = rng.integers(3, 10, size=(2, 5, 1, 3)).astype(float)
    then = year_of_panels({"类": (("甲局",), ("服务态度", "效率", "公开"))}, Panel(ratings[0]))
    now = year_of_panels({"类": (("甲局",), ("态度", "效率", "清廉"))}, Panel(ratings[1], members=[*"vwxyz"]))
    rows = [("指标", "Q1", "服务态度", "", 2012), ("指标", "Q1", "态度", 2013)]
    found = compared(then, now, *rows)
    row = row_of(found, "甲局")
    assert row["then"] == pytest.approx(10 * ratings[0, :, 0, :2].mean())
    assert row["now"] == pytest.approx(10 * ratings[1, :, 0, :2].mean())
    assert (
        "不计入的指标：公开（2012）、清廉（2013）",
        "indicators left out: 公开（2012）、清廉（2013）",
    ) in found.basis
    reworded = [
        *rows,
        ("指标", "Q2", "效率", "", 2012, "不可比", "", "问法改了"),
        ("指标", "Q2", "效率", 2013),
    ]
    found = compared(then, now, *reworded)
    assert row_of(found, "甲局")["now"] == pytest.approx(10 * ratings[1, :, 0, 0].mean())
    assert any("效率（2012，问法改了）" in zh for zh, _ in found.basis)
    none = [("指标", q, q, "", "", "不可比") for q in ("效率",)]
    assert row_of(compared(then, now, *none), "甲局")["why"] == "两年没有共同的指标"


def test_a_changed_scale_is_put_on_common_steps_where_the_crosswalk_calls_it_linear() -> None:
    five = [2.0, 4, 5, 3]
    then = two(("甲局",), five, scale=Scale(1, 5))
    now = two(("甲局",), C, members=[*"wxyz"])
    bare = compared(then, now).table
    assert bare["why"].tolist() == ["两年量表不同（1–5 和 0–10），对照表没有写明可以线性换算"]
    found = compared(then, now, ("量表", "", "", "", "", "线性"))
    row = row_of(found, "甲局")
    assert row["then"] == pytest.approx(25 * (np.mean(five) - 1))  # 100 / (5 - 1) a step
    assert row["se"] == pytest.approx(np.sqrt(25**2 * np.var(five, ddof=1) / 4 + 100 * np.var(C, ddof=1) / 4))
    assert any("线性换算" in zh for zh, _ in found.basis)
    assert not compared(then, now, ("量表", "", "", "", "", "不可比")).table["comparable"].any()


def test_a_scale_whose_low_end_is_best_is_turned() -> None:
    then = two(("甲局",), [1.0, 2, 2, 3], scale=Scale(1, 5, best="low"))
    now = two(("甲局",), C, members=[*"wxyz"])
    row = row_of(compared(then, now, ("量表", "", "", "", "", "线性")), "甲局")
    assert row["then"] == pytest.approx(75.0)


def test_values_of_labels_stay_where_both_years_have_them_and_differ_only_by_declaration() -> None:
    def words(value: float) -> Scale:
        return Scale(0, 10, (Label("不满意", 0, 5, 30), Label("满意", 6, 10, value)))

    old, new = two(("甲局",), A, scale=words(100)), two(("甲局",), C, scale=words(100), members=[*"wxyz"])
    assert row_of(compared(old, new), "甲局")["then"] == pytest.approx((100 + 100 + 100 + 30) / 4)
    other = two(("甲局",), C, scale=words(90), members=[*"wxyz"])
    assert not compared(old, other).table["comparable"].any()
    found = compared(old, other, ("量表", "", "", "", "", "线性"))
    assert row_of(found, "甲局")["then"] == pytest.approx(70.0)
    assert any("等距" in zh for zh, _ in found.basis)


def test_weights_are_those_of_the_year_that_is_named_and_common_groups_share_them() -> None:
    def year(first: float, members: str, *ratings: list[float], third: bool = False):
        panels = [
            Panel(one_question(r), w, id, [*members])
            for r, w, id in zip(ratings, (first, 1 - first), "gh", strict=False)
        ]
        if third:
            panels = [replace(one, weight=one.weight * 0.8) for one in panels]
            panels.append(Panel(one_question(D), 0.2, "third", [*members]))
        return year_of_panels({"类": (("甲局",), ("态度",))}, *panels)

    then, now = year(0.5, "abcd", A, B), year(0.75, "wxyz", C, D, third=True)
    mean = {name: 10 * np.mean(one) for name, one in zip("ABCD", (A, B, C, D), strict=True)}
    row = row_of(compared(then, now), "甲局")  # 0.6 and 0.2 of 0.8
    assert row["then"] == pytest.approx(0.75 * mean["A"] + 0.25 * mean["B"])
    assert row["now"] == pytest.approx(0.75 * mean["C"] + 0.25 * mean["D"])
    row = row_of(compared(then, now, rules_of="last"), "甲局")
    assert row["then"] == pytest.approx(0.5 * mean["A"] + 0.5 * mean["B"])
    told = compared(then, now).basis
    assert any(zh.startswith("不计入的对象：third（2013）") for zh, _ in told)
    assert told[0][0] == "权重和计分规则按 2013 年方案（满分 100）：g 0.75；h 0.25"
    dropped = compared(then, now, ("对象", "h", "h", "", "", "不可比", "", "名单换了"))
    assert row_of(dropped, "甲局")["now"] == pytest.approx(mean["C"])


def test_dont_know_is_removed_as_the_basis_says_in_both_years() -> None:
    ratings = np.array([[[8.0, np.nan]], [[4.0, 6.0]], [[6.0, 6.0]], [[5.0, 9.0]]])
    classes = {"类": (("甲局",), ("态度", "效率"))}
    then = year_of_panels(classes, Panel(ratings))
    by_sheet = replace(then.scheme, dont_know=DontKnow("respondent", True))
    now = replace(year_of_panels(classes, Panel(ratings, members=[*"wxyz"])), scheme=by_sheet)
    row = row_of(compared(then, now), "甲局")
    assert row["then"] == row["now"] == pytest.approx(10 * (5 + 7) / 2)  # without the first sheet
    row = row_of(compared(then, now, rules_of="last"), "甲局")
    assert row["then"] == row["now"] == pytest.approx(10 * (5.75 + 7) / 2)


def test_who_is_not_compared_leaves_the_error_of_the_others_alone() -> None:
    """Members who rated a unit that is gone were drawn all the same: n of the sample stays."""
    old_b = [np.nan, 5.0, 6.0, 7.0]
    rows = [("单位", "X", "乙局", "", "", "不可比")]
    ratings = [[6.0, 8, 10, np.nan], old_b]
    then = two(("甲局", "乙局"), *ratings)
    now = two(("甲局", "乙局"), C, D, members=[*"wxyz"])
    a, b = (row_of(compared(then, now, *some), "甲局") for some in ((), rows))
    assert a["se"] == b["se"] and a["df"] == b["df"]


# --- whole rounds ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def two_rounds(tmp_path_factory: pytest.TempPathFactory, played_folder: Path) -> tuple[Round, Round]:
    """The played round twice, under the names of two years."""
    place = tmp_path_factory.mktemp("years")
    return tuple(Round.open(shutil.copytree(played_folder, place / f"测评-{year}")) for year in (2023, 2024))


SAME = """项目,代码,名称,自,至,规则,份额,说明
对象,users,users,,,同批,,
对象,staff,staff,,,各抽,,
对象,delegates,delegates,,,同一名单,,
对象,inspectors,inspectors,,,同一名单,,
"""


def test_a_round_that_is_set_beside_itself_has_its_own_scores_and_errors(
    two_rounds: tuple[Round, Round], tmp_path: Path
) -> None:
    last, this = two_rounds
    file = tmp_path / "对照表.csv"
    file.write_text(SAME.replace("同批", "各抽").replace("同一名单", "各抽"), encoding="utf-8")
    found = compare_years(last, this, file)
    own = this.scores().table
    assert found.years == (2023, 2024) and found.table["code"].tolist() == own["evaluatee"].tolist()
    for name in ("then", "now"):
        assert found.table[name].to_numpy() == pytest.approx(own["estimate"].to_numpy(), abs=1e-12)
    assert found.table["se"].to_numpy() == pytest.approx(np.sqrt(2) * own["se"].to_numpy())
    assert (found.table["rank_now"] == own["rank"]).all() and (
        found.table["published_then"] == own["score"]
    ).all()
    assert (found.table["verdict"] == "难分").all()
    league = found.league("departments")
    assert league["rank_then"].tolist() == league["rank"].tolist() == [1, 2, 3]


def test_the_same_panel_and_towns_leave_the_error_of_what_was_drawn_anew(
    two_rounds: tuple[Round, Round], tmp_path: Path
) -> None:
    """Equal answers of the same persons do not vary; of the same towns, persons drawn anew do."""
    file = tmp_path / "对照表.csv"
    file.write_text(SAME, encoding="utf-8")
    last, this = two_rounds
    same = compare_years(last, this, file)
    found = this.scores()
    parts = (
        found.groups.set_index(["group", "evaluatee"])["se"].unstack("group").loc[list(same.table["code"])]
    )
    weight = {group.id: group.weight for group in found.scheme.groups}
    least = np.sqrt(2) * weight["staff"] * parts["staff"].to_numpy()
    most = np.sqrt(2 * ((weight["users"] * parts["users"]) ** 2 + (weight["staff"] * parts["staff"]) ** 2))
    assert (same.table["se"].to_numpy() > least).all()
    assert (same.table["se"].to_numpy() < most.to_numpy()).all()


def test_the_same_towns_are_shared_where_respondents_take_over_the_weight_of_others(
    make_round: Callable[..., Round], sheets_of: Callable[[Round], pd.DataFrame], tmp_path: Path
) -> None:
    """With adjustment cells: the estimates stay, towns that are shared make changes surer."""
    text = (Path(__file__).parents[2] / "scenarios" / "small.toml").read_text(encoding="utf-8")
    users = "weight = 0.4\nvalid = 48\nofficial = "
    plan = tmp_path / "plan.toml"
    plan.write_text(text.replace(users + '"plain"', users + '"design"\nadjust_by = []'), encoding="utf-8")
    last = make_round("测评-2023", plan)
    last.draw("k")
    this = Round.open(shutil.copytree(last.folder, tmp_path / "测评-2024"))
    sheets = sheets_of(last)
    of_users = sheets.index[sheets["group"] == "users"]
    for one, silent in ((last, of_users[::7]), (this, of_users[3::9])):
        write_table(tmp_path / f"{one.folder.name}.csv", sheets.drop(silent))
        one.collect(tmp_path / f"{one.folder.name}.csv")
    apart = [("对象", id, id, "", "", "各抽") for id in ("staff", "delegates", "inspectors")]
    towns, own = (
        compare_years(last, this, crosswalk(*apart, ("对象", "users", "users", "", "", how))).table
        for how in ("同批", "各抽")
    )
    assert towns["change"].tolist() == pytest.approx(own["change"].tolist())
    assert (towns["se"] < own["se"]).all()


def test_samples_that_are_the_same_must_be_said_to_be(two_rounds: tuple[Round, Round]) -> None:
    with pytest.raises(RoundError) as caught:
        compare_years(*two_rounds)
    assert [one.rule for one in caught.value.faults] == ["all_the_same"] * 3  # a census is always the same
    with pytest.raises(RoundError, match="order of time"):
        compare_years(two_rounds[1], two_rounds[0])


def test_a_year_is_told_by_the_folder_or_the_scheme(two_rounds: tuple[Round, Round], drawn: Round) -> None:
    assert year_of(two_rounds[0]) == 2023
    with pytest.raises(RoundError, match="no year can be told from 'drawn, small'"):
        year_of(drawn)
    assert year_of(replace(drawn, scheme=replace(drawn.scheme, id="small-2019"))) == 2019
