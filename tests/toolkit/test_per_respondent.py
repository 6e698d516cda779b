"""Cases counted from the survey: by hand, against R, and against repeated draws."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from sampling import Census, SimpleRandom
from toolkit import Round, RoundError, Scheme
from toolkit.answers import parse_answers
from toolkit.per_respondent import Cases, respondent_cases
from toolkit.respondent_rule import PerRespondent, per_respondent_faults, per_respondent_in_words
from toolkit.scheme import Draw, EvaluateeClass, Group
from toolkit.scores import Drawn, score

ORACLES = Path(__file__).parents[1] / "oracles"
Floats = NDArray[np.float64]

# Two evaluatees on two indicators. Users: 3 of 10, each evaluatee its own; a panel: the same 3 of 6.
ANSWERS = """
users u1 甲 8 9      users u2 甲 6 7      users u3 甲 不了解 5
users v1 乙 10 4     users v2 乙 10 5     users v3 乙 10 6
panel p1 甲 7 6      panel p2 甲 8 6      panel p3 甲 9 9
panel p1 乙 5 拒答    panel p2 乙 5 6      panel p3 乙 8 8
"""
FAIR = PerRespondent("评价一般", ("基本满意",), "any", -0.4)


def tiny(small: Scheme, **panel: Any) -> Scheme:
    each = EvaluateeClass("c", "类", "调查队", True, ("态度", "效率"), ("乙", "甲"))
    own = (Draw("users", "users", "id", SimpleRandom(3), per_evaluatee=True),)
    whole = (Draw("panel", "panel", "person", SimpleRandom(3)),)
    users = Group("users", "用户", 0.7, 3, own, "plain", "finite", "error")
    board = Group("panel", "代表", 0.3, 3, whole, "plain", "finite", "error", "same")
    return replace(small, id="tiny", classes=(each,), groups=(users, replace(board, **panel)))


def tiny_drawn(members: float = 6.0) -> dict[str, Drawn]:
    users = pd.DataFrame({"id": "u1 u2 u3 v1 v2 v3".split(), "evaluatee": list("甲甲甲乙乙乙"), "N": 10.0})
    users["s"], users["w"] = users["evaluatee"], 10 / 3
    panel = pd.DataFrame({"person": ["p1", "p2", "p3"], "N": members, "w": members / 3})
    own = {"weight": "w", "stratum": ["s"], "psu": ["id"], "population": ["N"]}
    whole = {"weight": "w", "stratum": [None], "psu": ["person"], "population": ["N"]}
    return {"users": Drawn(users, own), "panel": Drawn(panel, whole)}


def cases_of(scheme: Scheme, rule: PerRespondent, answers: str = ANSWERS, members: float = 6.0) -> Cases:
    rows = np.array(answers.split()).reshape(-1, 5)
    raw = pd.DataFrame(rows, columns=["group", "respondent", "evaluatee", "态度", "效率"])
    return respondent_cases(scheme, tiny_drawn(members), parse_answers(raw, scheme, "x"), [rule])


@pytest.mark.parametrize(
    ("on", "users", "panel"),
    [
        # 基本满意 is 3 to 6. 乙: all three users by 4, 5, 6; p1 and p2. 甲: u2 (6), u3 (5); p1, p2 (6).
        ("any", [3, 2], [2, 2]),
        # All that is rated: u3 says 不了解 to the other, p1 refuses the other on 乙; p2 rates 乙 5 and 6.
        ("all", [0, 1], [2, 0]),
        ("态度", [0, 1], [2, 0]),
        ("效率", [3, 1], [1, 2]),
    ],
)
def test_respondents_are_counted_as_the_plan_says(
    small: Scheme, on: str, users: list[int], panel: list[int]
) -> None:
    found = cases_of(tiny(small), replace(FAIR, on=on))
    assert found.count[0].tolist() == [a + b for a, b in zip(users, panel, strict=True)]
    assert found.groups["cases"].tolist() == users + panel
    assert found.groups["sheets"].tolist() == [3, 3, 3, 3]
    assert found.groups["evaluatee"].tolist() == ["乙", "甲"] * 2
    assert cases_of(tiny(small), replace(FAIR, on=on, groups=("panel",))).count[0].tolist() == panel


def test_a_sheet_without_a_valid_rating_is_no_case_and_no_base(small: Scheme) -> None:
    scheme = tiny(small)
    silent = ANSWERS.replace("u3 甲 不了解 5", "u3 甲 不了解 拒答").replace("v3 乙 10 6", "v3 乙 10 9")
    rows = np.array((silent + "users u4 甲 6 6").split()).reshape(-1, 5)
    raw = pd.DataFrame(rows, columns=["group", "respondent", "evaluatee", "态度", "效率"])
    drawn = tiny_drawn()
    more = drawn["users"].units.iloc[[0]].assign(id="u4")
    users = pd.concat([drawn["users"].units, more], ignore_index=True)
    drawn["users"] = replace(drawn["users"], units=users)
    told = parse_answers(raw, scheme, "x")
    found = respondent_cases(scheme, drawn, told, [replace(FAIR, on="all", groups=("users",))])
    # 甲: u1 and u2 rate some indicator better, u3 rates nothing, u4 says 6 and 6. 乙: all rate one 10.
    assert found.groups[["sheets", "cases"]].to_numpy().tolist() == [[3, 0], [3, 1]]
    # u1, u2 and u4 deviate by 1/3, 1/3 and 2/3, u3 by nothing; four of ten are drawn.
    assert found.cov[0, 1, 0, 1] == pytest.approx(4 / 3 * (1 - 4 / 10) * 6 / 9, rel=1e-12)


def test_the_error_of_a_count_by_hand(small: Scheme) -> None:
    found = cases_of(tiny(small), FAIR)
    # 甲: users 2 of 3 drawn of 10, panel 2 of 3 of 6; deviations (2/3, 1/3, 1/3), squares add up to 2/3.
    # Simple random: n / (n - 1) (1 - n / N) sum of squares. All users of 乙 are cases: no spread.
    users, panel = 3 / 2 * (1 - 3 / 10) * 2 / 3, 3 / 2 * (1 - 3 / 6) * 2 / 3
    # The same two members are cases on both evaluatees: their covariance is that of the panel.
    np.testing.assert_allclose(found.cov[0, :, 0], [[panel, panel], [panel, users + panel]], rtol=1e-12)
    # What each member adds to the scores: 10 / 2 × sum over indicators of (rating - mean) / answers.
    u = 5 * np.array([(8 - 7) / 2 + (9 - 7) / 3, (6 - 7) / 2 + 0, (5 - 7) / 3])
    a = 5 * np.array([(7 - 8) / 3 + (6 - 7) / 3, (6 - 7) / 3, (9 - 8) / 3 + (9 - 7) / 3])
    b = 5 * np.array([(5 - 6) / 3, (5 - 6) / 3 + (6 - 7) / 2, (8 - 6) / 3 + (8 - 7) / 2])
    of_users = 3 / 2 * (1 - 3 / 10) * (np.array([-2, 1, 1]) / 3 * u).sum()
    of_panel = [3 / 2 * (1 - 3 / 6) * (np.array([1, 1, -2]) / 3 * z).sum() for z in (b, a)]
    due = [
        [0.3 * of_panel[0], 0.3 * of_panel[1]],
        [0.3 * of_panel[0], 0.3 * of_panel[1] + 0.7 * of_users],
    ]
    np.testing.assert_allclose(found.cross[0], due, rtol=1e-12)
    assert (np.diag(found.cross[0]) < 0).all()  # who is a case rates lower


def test_of_a_census_the_count_has_no_sampling_error(small: Scheme) -> None:
    census = tiny(small, draws=(Draw("panel", "panel", "person", Census()),))
    found = cases_of(census, replace(FAIR, groups=("panel",)), members=3.0)
    assert found.count[0].tolist() == [2, 2]
    assert not found.cov.any() and not found.cross.any()


def test_points_their_most_and_their_error(small: Scheme) -> None:
    found = cases_of(tiny(small), FAIR)  # 乙 5 cases, 甲 4
    points, cov, cross = found.brought()
    assert points.tolist() == pytest.approx([-2.0, -1.6])
    np.testing.assert_allclose(cov, 0.16 * found.cov[0, :, 0])
    np.testing.assert_allclose(cross, -0.4 * found.cross[0])
    points, cov, cross = cases_of(tiny(small), replace(FAIR, most=1.8)).brought()  # sets that of 乙 alone
    assert points.tolist() == pytest.approx([-1.8, -1.6])
    assert cov.tolist() == [[0.0, 0.0], [0.0, pytest.approx(0.16 * found.cov[0, 1, 0, 1])]]
    assert cross[0].tolist() == [0.0, 0.0]
    np.testing.assert_allclose(cross[1], -0.4 * found.cross[0, 1])
    points, cov, cross = found.brought(("after",))
    assert not points.any() and not cov.any() and not cross.any()


def test_two_rules_that_count_the_same_people_are_not_independent(small: Scheme) -> None:
    rows = np.array(ANSWERS.split()).reshape(-1, 5)
    raw = pd.DataFrame(rows, columns=["group", "respondent", "evaluatee", "态度", "效率"])
    scheme = tiny(small)
    rules = [replace(FAIR, on="态度"), PerRespondent("满意", ("满意",), "态度", 0.4, ("panel",))]
    found = respondent_cases(scheme, tiny_drawn(), parse_answers(raw, scheme, "x"), rules)
    # The panel says of 乙 5, 5 and 8: who is not the one is the other, so the counts move against each other.
    panel = 3 / 2 * (1 - 3 / 6) * 2 / 3
    assert found.count[:, 0].tolist() == [2, 1]
    assert found.cov[0, 0, 1, 0] == pytest.approx(-panel, rel=1e-12)
    assert found.cov[0, 0, 0, 0] == pytest.approx(panel, rel=1e-12)  # no user of 乙 is a case of it
    # −0.4 for one and +0.4 for the other: each change counts twice, 0.8² and not 0.4² + 0.4².
    assert found.brought()[1][0, 0] == pytest.approx(0.64 * panel, rel=1e-12)
    events = found.events(scheme.evaluatees)
    assert events[events["evaluatee"] == "乙"]["count"].tolist() == [2, 1]


def test_strata_and_weights_equal_rs_survey(small: Scheme) -> None:
    """tests/oracles/respondents.R: svytotal, with its version in the file."""
    oracle = json.loads((ORACLES / "respondents.json").read_text(encoding="utf-8"))
    people = pd.DataFrame(oracle["people"])
    each = EvaluateeClass("c", "类", "调查队", True, ("态度",), ("甲", "乙"))
    draw = (Draw("panel", "panel", "person", SimpleRandom(8)),)
    group = Group("panel", "代表", 1.0, 8, draw, "design", "finite", "error", "same")
    scheme = replace(small, classes=(each,), groups=(group,))
    roles = {"weight": "w", "stratum": ["s"], "psu": ["person"], "population": ["N"]}
    rows = people.rename(columns={"a": "甲", "b": "乙"}).melt(
        id_vars="person", value_vars=["甲", "乙"], var_name="evaluatee", value_name="态度"
    )
    rows = rows.rename(columns={"person": "respondent"}).assign(group="panel").astype(str)
    found = respondent_cases(
        scheme,
        {"panel": Drawn(people, roles)},
        parse_answers(rows, scheme, "x"),
        [PerRespondent("不满意", ("不满意", "很不满意"), "态度", -0.4)],
    )
    assert found.count[0].tolist() == oracle["count"]
    np.testing.assert_allclose(found.cov[0, :, 0], oracle["cov"], rtol=1e-10)
    np.testing.assert_allclose(found.cross[0], oracle["cross"], rtol=1e-10)


def test_a_round_counts_its_own_answers(played: Round) -> None:
    before = played.scores().table.set_index("evaluatee")
    text = (played.folder / "scheme.toml").read_text(encoding="utf-8")
    key = '[[events]]\nkind = "per_respondent"\nevent = "不满意"\nlabels = ["不满意", "很不满意"]\n'
    (played.folder / "scheme.toml").write_text(f'{text}\n{key}on = "any"\npoints = -0.4\n', encoding="utf-8")
    one = Round.open(played.folder)
    scores = one.score()
    admitted = one.admitted()
    rated = pd.concat([part.table for part in admitted.answers.values()])
    # Ratings of 0 to 2 on any indicator, over the sheets as they came.
    low = rated[(rated.iloc[:, 2:] <= 2).any(axis=1)]["evaluatee"].value_counts()
    after = scores.table.set_index("evaluatee")
    assert low.sum() > 5
    for name in after.index:
        due = before.loc[name, "estimate"] - 0.4 * low[name]
        assert after.loc[name, "estimate"] == pytest.approx(due)
    assert (after["se"] > before["se"]).all()  # who is dissatisfied rates lower: one chance moves both
    told = scores.assessed.events if scores.assessed is not None else pd.DataFrame()
    assert told.set_index("evaluatee")["count"].to_dict() == low[low > 0].to_dict()


# ------------------------------------------------------------------------------- against repeated draws

DRAWS, LEAST, MOST = 200, 0.8, 1.25


def test_the_error_of_score_and_cases_together_is_what_repeated_draws_show(small: Scheme) -> None:
    """Catches a count without error, and one that is taken as independent of the score."""
    rng = np.random.default_rng(20260301)
    size = {"users": (40, 16), "panel": (36, 14)}
    each = EvaluateeClass("c", "类", "调查队", True, ("态度", "效率"), ("乙", "甲"))
    groups, whole = [], {}
    for (name, (_, n)), weight in zip(size.items(), (0.6, 0.4), strict=True):
        draw = (Draw(name, name, "person", SimpleRandom(n)),)
        groups.append(Group(name, name, weight, n, draw, "plain", "finite", "error", "same"))
        people = 5.0 + 2.2 * rng.standard_normal((size[name][0], 1, 1))
        marks = np.rint(people + 1.2 * rng.standard_normal((size[name][0], 2, 2)))
        whole[name] = np.clip(marks, 0, 10).astype(int).astype(str)
    scheme = replace(small, id="tiny", classes=(each,), groups=tuple(groups))
    rule = PerRespondent("不满意", ("很不满意", "不满意"), "any", -1.5)
    total, told, alone = [], [], []
    for _ in range(DRAWS):
        drawn, rows = {}, []
        for name, (members, n) in size.items():
            here = np.sort(rng.choice(members, n, replace=False))
            units = pd.DataFrame({"person": [f"m{i}" for i in here], "N": float(members)})
            drawn[name] = Drawn(units, {"psu": ["person"], "population": ["N"]})
            for at, one in enumerate(scheme.evaluatees):
                sheet = pd.DataFrame(whole[name][here, at], columns=["态度", "效率"])
                rows.append(sheet.assign(group=name, respondent=units["person"], evaluatee=one))
        answers = parse_answers(pd.concat(rows, ignore_index=True), scheme, "x")
        scores = score(scheme, drawn, answers)
        points, cov, cross = respondent_cases(scheme, drawn, answers, [rule]).brought()
        total.append(scores.table["estimate"].to_numpy() + points)
        told.append(scores.cov + cross + cross.T + cov)
        alone.append(scores.cov + cov)
    shown = np.cov(np.array(total).T)
    # 200 draws tell a variance to within about 10 %.
    assert LEAST < np.trace(np.mean(told, axis=0)) / np.trace(shown) < MOST
    assert LEAST < np.mean(told, axis=0)[0, 1] / shown[0, 1] < MOST
    assert np.trace(np.mean(alone, axis=0)) / np.trace(shown) < 0.8  # as if they were independent


# ------------------------------------------------------------------------------------ faults and words


@pytest.mark.parametrize(
    ("change", "rule", "path"),
    [
        ({"labels": ("差",)}, "no_label", "events[0].labels"),
        ({"labels": ()}, "none_given", "events[0].labels"),
        ({"labels": ("满意", "满意")}, "repeats", "events[0].labels"),
        ({"on": "每项"}, "respondent_on", "events[0].on"),
        ({"points": float("nan")}, "respondent_points", "events[0].points"),
        ({"most": 0.0}, "positive", "events[0].most"),
        ({"groups": ("staff",)}, "break_group", "events[0].groups"),
        ({"groups": ("panel", "panel")}, "repeats", "events[0].groups"),
    ],
)
def test_wrong_rules_are_named(small: Scheme, change: dict[str, Any], rule: str, path: str) -> None:
    faults = list(per_respondent_faults(tiny(small), replace(FAIR, **change), "events[0]"))
    assert [(one.rule, one.path) for one in faults] == [(rule, path)]
    with pytest.raises(RoundError):
        cases_of(tiny(small), replace(FAIR, **change))


def test_a_group_that_adjusts_for_nonresponse_is_refused_where_it_counts(small: Scheme) -> None:
    scheme = tiny(small, official="design", adjust_by=())
    assert [one.rule for one in per_respondent_faults(scheme, FAIR, "x")] == ["respondent_cells"]
    assert not list(per_respondent_faults(scheme, replace(FAIR, groups=("users",)), "x"))


def test_a_rule_that_fits_has_no_fault(small: Scheme) -> None:
    assert not list(per_respondent_faults(tiny(small), FAIR, "x"))


def test_a_rule_is_told_in_both_languages(small: Scheme) -> None:
    rule = PerRespondent("不满意", ("不满意", "很不满意"), "any", -0.4, ("users",), 5)
    assert per_respondent_in_words(tiny(small), rule) == (
        "不满意：用户中每有一人有一项评为“不满意”或“很不满意”，扣 0.4 分，至多 5 分；"
        "按有效问卷计人数，抽样误差计入得分的误差"
    )
    assert per_respondent_in_words(tiny(small), replace(rule, on="效率", when="after"), "en") == (
        "不满意: each respondent of 用户 who rates '效率' 不满意 or 很不满意 takes 0.4, at most 5, after the "
        "ranking; counted over valid sheets, and the sampling error is part of the score's"
    )
    assert "所评各项都评为" in per_respondent_in_words(tiny(small), replace(rule, on="all"))
