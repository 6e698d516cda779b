"""Scores, places and their errors: by hand, by another way, and against a known truth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from scipy import stats

from sampling import Census, SimpleRandom
from scoring import Survey, mean
from toolkit import Round, Scheme, Scores
from toolkit.answers import parse_answers
from toolkit.files import write_table
from toolkit.scheme import Draw, EvaluateeClass, Group
from toolkit.scores import Drawn, published, score

SMALL = Path(__file__).parents[1] / "scenarios" / "small.toml"
Sheets = Callable[..., pd.DataFrame]
Floats = NDArray[np.float64]

# ------------------------------------------------------------------------------------------ by hand

# Two evaluatees on two indicators. Users: 3 of 10, each evaluatee its own; a panel: the same 3 of 6.
ANSWERS = """
users u1 甲 8 9      users u2 甲 6 7      users u3 甲 不了解 5
users v1 乙 10 4     users v2 乙 10 5     users v3 乙 10 6
panel p1 甲 7 6      panel p2 甲 8 6      panel p3 甲 9 9
panel p1 乙 5 拒答    panel p2 乙 5 6      panel p3 乙 8 8
"""


def tiny(small: Scheme, **panel: Any) -> Scheme:
    each = EvaluateeClass("c", "类", "调查队", True, ("态度", "效率"), ("甲", "乙"))
    own = (Draw("users", "users", "id", SimpleRandom(3), per_evaluatee=True),)
    whole = (Draw("panel", "panel", "person", SimpleRandom(3)),)
    return replace(
        small,
        id="tiny",
        classes=(each,),
        groups=(
            Group("users", "用户", 0.7, 3, own, "plain", "finite", "error"),
            replace(Group("panel", "代表", 0.3, 3, whole, "plain", "finite", "error", "same"), **panel),
        ),
    )


def tiny_drawn() -> dict[str, Drawn]:
    users = pd.DataFrame({"id": "u1 u2 u3 v1 v2 v3".split(), "evaluatee": list("甲甲甲乙乙乙"), "N": 10.0})
    users["s"] = users["evaluatee"]
    users["w"] = 10 / 3
    panel = pd.DataFrame({"person": ["p1", "p2", "p3"], "N": 6.0, "w": 2.0})
    own = {"weight": "w", "stratum": ["s"], "psu": ["id"], "population": ["N"]}
    whole = {"weight": "w", "stratum": [None], "psu": ["person"], "population": ["N"]}
    return {"users": Drawn(users, own), "panel": Drawn(panel, whole)}


def tiny_scores(scheme: Scheme, answers: str = ANSWERS, items: tuple[str, str] = ("态度", "效率")) -> Scores:
    rows = np.array(answers.split()).reshape(-1, 5)
    raw = pd.DataFrame(rows, columns=["group", "respondent", "evaluatee", *items])
    return score(scheme, tiny_drawn(), parse_answers(raw, scheme, "x"))


def test_scores_and_composite_by_hand(small: Scheme) -> None:
    scores = tiny_scores(tiny(small))
    # Users on 甲: (8 + 6) / 2 = 7 without the 不了解, (9 + 7 + 5) / 3 = 7; 10 / 2 × (7 + 7) = 70.
    # Users on 乙: 10 and 5: 75. Panel on 甲: 8 and 7: 75; on 乙: 6 and (6 + 8) / 2 = 7: 65.
    assert scores.table["users"].tolist() == pytest.approx([70, 75])
    assert scores.table["panel"].tolist() == pytest.approx([75, 65])
    assert scores.table["estimate"].tolist() == pytest.approx([0.7 * 70 + 0.3 * 75, 0.7 * 75 + 0.3 * 65])
    assert scores.table["score"].tolist() == [71.5, 72.0]
    assert scores.table["rank"].tolist() == [2, 1]
    assert scores.indicators[["态度", "效率"]].to_numpy().ravel().tolist() == pytest.approx(
        [7, 7, 10, 5, 8, 7, 6, 7]
    )
    assert scores.groups["n"].tolist() == [3, 3, 3, 3]


def test_an_indicator_called_like_a_design_column_keeps_its_answers(small: Scheme) -> None:
    scheme = tiny(small)
    renamed = replace(scheme, classes=(replace(scheme.classes[0], indicators=("w", "N")),))
    other = tiny_scores(renamed, items=("w", "N"))
    pd.testing.assert_frame_equal(tiny_scores(scheme).table, other.table)


def test_errors_by_hand(small: Scheme) -> None:
    table = tiny_scores(tiny(small)).table
    # What each respondent adds: 10 / 2 × sum over indicators of (rating - mean) / answers.
    u = 5 * np.array([(8 - 7) / 2 + (9 - 7) / 3, (6 - 7) / 2 + 0, (5 - 7) / 3])
    v = 5 * np.array([(4 - 5) / 3, 0, (6 - 5) / 3])
    a = 5 * np.array([(7 - 8) / 3 + (6 - 7) / 3, (6 - 7) / 3, (9 - 8) / 3 + (9 - 7) / 3])
    b = 5 * np.array([(5 - 6) / 3, (5 - 6) / 3 + (6 - 7) / 2, (8 - 6) / 3 + (8 - 7) / 2])
    users = [(1 - 3 / 10) * 3 / 2 * (z**2).sum() for z in (u, v)]
    panel = [(1 - 3 / 6) * 3 / 2 * (z**2).sum() for z in (a, b)]
    variance = [0.49 * one + 0.09 * other for one, other in zip(users, panel, strict=True)]
    df = [
        v**2 / ((0.49 * one) ** 2 / 2 + (0.09 * other) ** 2 / 2)
        for v, one, other in zip(variance, users, panel, strict=True)
    ]
    assert table["se"].tolist() == pytest.approx(np.sqrt(variance).tolist(), rel=1e-12)
    assert table["df"].tolist() == pytest.approx(df, rel=1e-12)
    half = stats.t.ppf(0.975, df) * np.sqrt(variance)
    assert (table["high"] - table["estimate"]).tolist() == pytest.approx(half.tolist(), rel=1e-9)
    assert (table["estimate"] - table["low"]).tolist() == pytest.approx(half.tolist(), rel=1e-9)
    # Users are drawn apart; the panel rates both, so only it brings covariance.
    cov = tiny_scores(tiny(small)).cov
    assert cov[0, 1] == pytest.approx(0.09 * (1 - 3 / 6) * 3 / 2 * (a * b).sum(), rel=1e-12)
    assert cov[0, 1] > 0


def test_a_census_has_no_error_but_for_missing_answers(small: Scheme) -> None:
    census = (Draw("panel", "panel", "person", Census()),)
    drawn = tiny_drawn()
    drawn["panel"].units["N"] = 3.0
    drawn["panel"].units["w"] = 1.0
    scheme = tiny(small, draws=census)
    rows = np.array(ANSWERS.split()).reshape(-1, 5)
    raw = pd.DataFrame(rows, columns=["group", "respondent", "evaluatee", "态度", "效率"])
    groups = score(scheme, drawn, parse_answers(raw, scheme, "x")).groups.query("group == 'panel'")
    # 乙 lacks one answer to 效率: of 3 due 2 came, 6 and 8; (10 / 2)² × 2 × (1 / 2 - 1 / 3).
    assert groups["se"].tolist() == pytest.approx([0, np.sqrt(25 * 2 * (1 / 2 - 1 / 3))])
    unknown = raw.replace({"效率": {"拒答": "不了解"}})
    groups = score(scheme, drawn, parse_answers(unknown, scheme, "x")).groups.query("group == 'panel'")
    assert groups["se"].tolist() == pytest.approx([0, 0])


def test_a_member_of_a_census_without_a_sheet_is_missing_like_one_with_a_blank_sheet(small: Scheme) -> None:
    census = (Draw("panel", "panel", "person", Census()),)
    drawn = tiny_drawn()
    drawn["panel"].units["N"] = 3.0
    drawn["panel"].units["w"] = 1.0
    scheme = tiny(small, draws=census)
    rows = np.array(ANSWERS.split()).reshape(-1, 5)
    raw = pd.DataFrame(rows, columns=["group", "respondent", "evaluatee", "态度", "效率"])
    mine = (raw["group"] == "panel") & (raw["respondent"] == "p3") & (raw["evaluatee"] == "甲")
    absent = score(scheme, drawn, parse_answers(raw[~mine], scheme, "x"))
    raw.loc[mine, ["态度", "效率"]] = ""
    blank = score(scheme, drawn, parse_answers(raw, scheme, "x"))
    se = absent.groups.query("group == 'panel' and evaluatee == '甲'")["se"].item()
    # 态度 7, 8 and 效率 6, 6 of three: 10/2 of 态度, s² (1/2 - 1/3) with s² = 1/2; 效率 has none.
    assert se == pytest.approx(5 * np.sqrt(0.5 * (1 / 2 - 1 / 3)))
    np.testing.assert_allclose(absent.cov, blank.cov, rtol=1e-12)
    assert absent.table["estimate"].tolist() == blank.table["estimate"].tolist()


def test_shares_of_labels_by_hand(small: Scheme) -> None:
    labels = tiny_scores(tiny(small)).labels.set_index(["evaluatee", "label"])["share"]
    # 甲, users: 态度 8, 6 and 效率 9, 7, 5; panel: 7, 8, 9 and 6, 6, 9. Shares are averaged over indicators.
    users, panel = (1 / 2 + 2 / 3) / 2, (1 + 1 / 3) / 2
    assert labels["甲", "满意"] == pytest.approx(0.7 * users + 0.3 * panel)
    assert labels["甲", "基本满意"] == pytest.approx(1 - 0.7 * users - 0.3 * panel)
    assert labels["乙", "很满意"] == pytest.approx(0.7 * 1 / 2)
    assert labels["甲"].sum() == pytest.approx(1)


# ------------------------------------------------------------------------------------ by another way


def test_groups_equal_means_of_a_survey_and_their_covariance(played: Round, small: Scheme) -> None:
    """The error of a score is that of its indicators' means, added up with their covariance."""
    scores, answers, drawn = played.score(), played.answers(), played.drawn()
    for group in small.groups[:3]:
        draw = group.draws[-1]
        units = drawn[group.id].units.rename(columns={draw.unit: "respondent"})
        on = ["respondent", "evaluatee"] if draw.per_evaluatee else ["respondent"]
        sheets = answers[group.id].table
        text = dict.fromkeys(on, str)
        table = sheets.astype(text).merge(units.astype(text), on=on)
        assert len(table) == len(sheets)
        roles = dict(drawn[group.id].roles)
        if group.official == "plain":
            roles["weight"] = None
        for each in small.classes:
            part = scores.groups.query("group == @group.id").set_index("evaluatee").loc[list(each.evaluatees)]
            one = table[table["evaluatee"].isin(each.evaluatees)].astype({"evaluatee": str})
            result = mean(Survey(one, **roles), each.indicators, by="evaluatee")
            wide = result.table.pivot(index="evaluatee", columns="variable", values="estimate")
            expected = 10 * wide.mean(axis=1).loc[list(each.evaluatees)]
            assert part["estimate"].tolist() == pytest.approx(expected.tolist(), rel=1e-12)
            at = {name: np.flatnonzero(result.table["evaluatee"] == name) for name in each.evaluatees}
            ones = np.full(len(each.indicators), 10 / len(each.indicators))
            se = [np.sqrt(ones @ result.cov[np.ix_(rows, rows)] @ ones) for rows in at.values()]
            assert part["se"].tolist() == pytest.approx(se, rel=1e-9, abs=1e-9)


def test_degrees_of_freedom_of_each_group(played: Round) -> None:
    wide = played.score().groups.pivot(index="group", columns="evaluatee", values="df")
    towns = played.sample("towns").units.set_index("town")
    certain = towns.index[towns["stage_prob"] == 1]
    drawn = towns.drop(certain)
    assert len(certain) >= 1 and drawn["county"].nunique() == 2
    for evaluatee, df in wide.loc["users"].items():
        users = played.sample("users", str(evaluatee)).units["town"].value_counts()
        # Satterthwaite: between the weakest stratum's own degrees, and all strata's of both stages.
        assert drawn["county"].value_counts().min() - 1 < df < len(drawn) - 2 + (users - 1).sum()
    staff = wide.loc["staff"].drop("县图书馆")
    levels = played.sample("staff", "县教育局").units["level"].value_counts()
    assert (levels.min() - 1 <= staff).all() and (staff <= 9 - 2).all()  # 7 is sheets less levels
    assert set(wide.loc["delegates"]) == {20.0 - 1}
    assert np.isinf([wide.loc["staff", "县图书馆"], *wide.loc["inspectors"]]).all()


def test_the_composite_adds_up_the_groups(played: Round, small: Scheme) -> None:
    scores = played.score()
    weights = np.array([group.weight for group in small.groups])
    estimate, se = (
        np.array([scores.groups.query("group == @group.id")[name] for group in small.groups])
        for name in ("estimate", "se")
    )
    assert scores.table["estimate"].tolist() == pytest.approx((weights @ estimate).tolist())
    assert (scores.table["se"] ** 2).tolist() == pytest.approx((weights**2 @ se**2).tolist())
    assert np.sqrt(np.diag(scores.cov)).tolist() == pytest.approx(scores.table["se"].tolist())


def test_the_order_of_rows_in_a_file_changes_nothing(
    drawn: Round, sheets: pd.DataFrame, played_folder: Path, tmp_path: Path
) -> None:
    write_table(tmp_path / "a.csv", sheets.sample(frac=1, random_state=3))
    drawn.collect(tmp_path / "a.csv")
    drawn.score()
    for name in ("scores", "groups", "indicators", "labels"):
        one, other = (
            pd.read_csv(folder / "results" / f"{name}.csv") for folder in (drawn.folder, played_folder)
        )
        pd.testing.assert_frame_equal(one, other, rtol=1e-10, atol=1e-10)


def test_one_file_or_several_give_the_same_scores(
    drawn: Round, sheets: pd.DataFrame, played_folder: Path, tmp_path: Path
) -> None:
    for number in range(3):
        write_table(tmp_path / f"{number}.csv", sheets.iloc[number::3])
        drawn.collect(tmp_path / f"{number}.csv")
    drawn.score()
    one, other = (pd.read_csv(folder / "results" / "scores.csv") for folder in (drawn.folder, played_folder))
    pd.testing.assert_frame_equal(one, other, rtol=1e-10, atol=1e-10)


# --------------------------------------------------------------------------- what the scheme decides


def scored_as(played: Round, tmp_path: Path, *edits: tuple[str, str]) -> Scores:
    """Score the played round by a scheme with other keys."""
    text = SMALL.read_text(encoding="utf-8")
    for old, new in edits:
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
        text = text.replace(old, new)
    (played.folder / "scheme.toml").write_text(text, encoding="utf-8")
    return Round.open(played.folder).score()


def test_an_infinite_population_changes_nothing_but_the_errors(played: Round, tmp_path: Path) -> None:
    finite = played.score().groups.set_index("group")
    text = SMALL.read_text(encoding="utf-8").replace('population = "finite"', 'population = "infinite"')
    (played.folder / "scheme.toml").write_text(text, encoding="utf-8")
    infinite = Round.open(played.folder).score().groups.set_index("group")
    for column in ("estimate", "plain", "design", "n", "counted"):
        assert infinite[column].tolist() == finite[column].tolist()
    ratio = infinite["se"] / finite["se"]
    # 20 of 50 delegates: the factor 1 - 20/50 goes away.
    assert ratio["delegates"].tolist() == pytest.approx([np.sqrt(1 / 0.6)] * 5)
    assert (ratio["users"] > 1).all()
    staff = pd.DataFrame({"finite": finite["se"]["staff"], "infinite": infinite["se"]["staff"]})
    assert (staff["infinite"] > staff["finite"]).all()
    assert (finite["se"]["inspectors"] == 0).all() and (infinite["se"]["inspectors"] > 0).all()


def test_the_official_score_is_plain_or_by_design_as_the_group_says(played: Round, tmp_path: Path) -> None:
    groups = played.score().groups
    for group, official in (("users", "plain"), ("staff", "design"), ("delegates", "plain")):
        part = groups[groups["group"] == group]
        assert part["estimate"].tolist() == part[official].tolist()
    staff = groups[groups["group"] == "staff"]
    assert ((staff["plain"] - staff["design"]).abs() > 1).sum() == 4  # all but the list taken whole


def four(
    small: Scheme,
    rank_on: Literal["unrounded", "published"],
    ties: Literal["min", "dense"],
    decimals: int,
    ratings: list[str],
) -> pd.DataFrame:
    """Score four evaluatees that a panel rates on one indicator, a digit for each member."""
    names = ("甲", "乙", "丙", "丁")
    each = EvaluateeClass("c", "类", "调查队", True, ("态度",), names)
    panel = Group(
        "panel", "代表", 1.0, 2, (Draw("p", "p", "person", Census()),), "plain", "finite", "error", "same"
    )
    ranking = replace(small.ranking, rank_on=rank_on, ties=ties, decimals=decimals)
    scheme = replace(small, classes=(each,), groups=(panel,), ranking=ranking)
    persons = [f"p{i}" for i in range(len(ratings[0]))]
    raw = pd.DataFrame(
        [
            ("panel", person, name, rating)
            for name, row in zip(names, ratings, strict=True)
            for person, rating in zip(persons, row, strict=True)
        ],
        columns=["group", "respondent", "evaluatee", "态度"],
    )
    units = pd.DataFrame({"person": persons, "N": float(len(persons)), "w": 1.0})
    roles = {"weight": "w", "stratum": [None], "psu": ["person"], "population": ["N"]}
    return score(scheme, {"panel": Drawn(units, roles)}, parse_answers(raw, scheme, "x")).table


@pytest.mark.parametrize(("ties", "places"), [("min", [1, 3, 1, 4]), ("dense", [1, 2, 1, 3])])
def test_equal_scores_share_a_place(small: Scheme, ties: Literal["min", "dense"], places: list[int]) -> None:
    table = four(small, "unrounded", ties, 2, ["88", "76", "97", "55"])  # 80, 65, 80, 50
    assert table["rank"].tolist() == places
    assert (table["rank_low"] <= table["rank"]).all() and (table["rank"] <= table["rank_high"]).all()


@pytest.mark.parametrize(("rank_on", "places"), [("unrounded", [2, 1, 3, 4]), ("published", [1, 1, 3, 4])])
def test_places_follow_published_or_unrounded_scores(
    small: Scheme, rank_on: Literal["unrounded", "published"], places: list[int]
) -> None:
    # Sums of 87, 88, 86 and 80 over twelve: 72.5, 73.33, 71.67 and 66.67; a half rises.
    sheets = ["888777777777", "888877777777", "887777777777", "666677777777"]
    table = four(small, rank_on, "min", 0, sheets)
    assert table["score"].tolist() == [73, 73, 72, 67]
    assert table["rank"].tolist() == places


@pytest.mark.parametrize(
    ("value", "decimals", "due"),
    [
        (2.675, 2, 2.68),
        (2.665, 2, 2.67),
        (0.125, 2, 0.13),
        (70.5, 0, 71.0),
        (71.5, 0, 72.0),
        (71.49, 0, 71.0),
        (99.995, 2, 100.0),
        (80.0, 2, 80.0),
        (1e-7, 2, 0.0),
        (66.66666666666667, 3, 66.667),
        (0.1 + 0.2, 1, 0.3),
        (0.65 * 56.8 + 0.05 * 79.1 + 0.2 * 93.3 + 0.1 * 91, 2, 68.64),  # 68.635 by hand
        (72.125 - 2e-14, 2, 72.13),  # a half that the computer holds a hair too low
        (72.125 + 2e-14, 2, 72.13),
        (72.1249, 2, 72.12),
    ],
)
def test_scores_are_rounded_half_up_as_by_hand(value: float, decimals: int, due: float) -> None:
    assert published(np.array([value]), decimals).tolist() == [due]


def test_a_league_table_is_of_one_class_best_first(played: Round) -> None:
    scores = played.score()
    league = scores.league("departments")
    assert scores.league("部门类").equals(league)
    assert league["evaluatee"].tolist() == ["县教育局", "县公安局", "县图书馆"]
    assert league["rank"].tolist() == [1, 2, 3]
    whole = scores.table.set_index("evaluatee")
    for line in league.to_dict("records"):
        row = whole.loc[line["evaluatee"]]
        low, high = row["rank_low"], row["rank_high"]
        assert line["places"] == (f"{low}" if low == high else f"{low}–{high}")
        assert line["margin"] == pytest.approx((row["high"] - row["low"]) / 2, abs=0.0051)
        for name in ("low", "high", "users", "staff", "delegates", "inspectors"):
            assert line[name] == published(np.array([row[name]]), 2)[0]
    with pytest.raises(KeyError, match="no class 'department'; there are departments, services"):
        scores.league("department")


def test_removing_the_whole_sheet_for_one_dont_know_changes_the_scores(played: Round, tmp_path: Path) -> None:
    then = played.score().groups
    now = scored_as(played, tmp_path, ('removed_per = "indicator"', 'removed_per = "respondent"')).groups
    assert (now["n"] < then["n"]).any() and (now["n"] <= then["n"]).all()
    assert now["counted"].tolist() == then["counted"].tolist()
    assert (now["estimate"] - then["estimate"]).abs().max() > 0.1


# ------------------------------------------------------------------------------- against a known truth

KEYS = 60
LEAST, MOST = 0.8, 1.25


@dataclass(frozen=True)
class Repeated:
    """Scores of one population drawn with many keys, a row for each key."""

    estimate: Floats
    cov: Floats
    low: Floats
    high: Floats
    users: Floats
    users_se: Floats


@pytest.fixture(scope="module")
def repeated(tmp_path_factory: pytest.TempPathFactory, people: Any, sheets_of: Sheets) -> Repeated:
    folder = tmp_path_factory.mktemp("repeated")
    found = []
    for number in range(KEYS):
        one = Round.create(str(number), scheme=SMALL, folder=folder)
        for name, frame in people.frames.items():
            write_table(one.folder / "frames" / f"{name}.csv", frame)
        one.draw(f"k{number}")
        drawn = one.drawn()
        found.append(score(one.scheme, drawn, parse_answers(sheets_of(one, drawn), one.scheme, "answers")))
    users = [scores.groups.query("group == 'users'") for scores in found]
    return Repeated(
        estimate=np.array([scores.table["estimate"] for scores in found]),
        cov=np.array([scores.cov for scores in found]),
        low=np.array([scores.table["low"] for scores in found]),
        high=np.array([scores.table["high"] for scores in found]),
        users=np.array([part["estimate"] for part in users]),
        users_se=np.array([part["se"] for part in users]),
    )


def test_intervals_cover_the_truth_of_a_finite_population(repeated: Repeated, people: Any) -> None:
    """Catches scores that miss the truth: weights left out, a town or level that counts too much."""
    truth = people.truth.to_numpy()
    held = (repeated.low <= truth) & (truth <= repeated.high)
    assert 0.88 <= held.mean() <= 0.99
    error = repeated.estimate.mean(axis=0) - truth
    assert (np.abs(error) < 3.5 * repeated.estimate.std(axis=0, ddof=1) / np.sqrt(KEYS)).all()


def test_estimated_variances_are_those_that_repeated_draws_show(repeated: Repeated) -> None:
    """Catches a composite's variance without the finite population, the towns or the people in them."""
    estimated = np.trace(repeated.cov.mean(axis=0))
    shown = np.trace(np.cov(repeated.estimate.T))
    assert LEAST <= estimated / shown <= MOST


def test_estimated_variances_of_two_stages_are_those_that_repeated_draws_show(repeated: Repeated) -> None:
    """Catches the finite population or either stage left out of the users' own error."""
    shown = repeated.users.var(axis=0, ddof=1).sum()
    assert LEAST <= (repeated.users_se**2).mean(axis=0).sum() / shown <= MOST


def test_estimated_variances_of_differences_are_those_that_repeated_draws_show(repeated: Repeated) -> None:
    """Catches a covariance left out: shared towns and panels make differences surer."""
    units = repeated.estimate.shape[1]
    apart = np.eye(units) - 1 / units  # summed over pairs, Var(a - b) is that of the centred scores
    estimated = np.trace(apart @ repeated.cov.mean(axis=0))
    shown = np.trace(apart @ np.cov(repeated.estimate.T))
    assert LEAST <= estimated / shown <= MOST
