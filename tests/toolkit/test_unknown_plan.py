"""A plan that nobody had in mind runs from a scheme file alone: every number again, by hand, with pandas."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from toolkit import Round
from toolkit.report import write_assessed, write_report, write_workbook

SCHEME = Path(__file__).parents[1] / "scenarios" / "unknown" / "scheme.toml"
WORTH = {1: 0.0, 2: 30.0, 3: 70.0, 4: 100.0}
AREAS = [f"{at:02d}区" for at in range(1, 91)]
ASKED = ["环境", "治安", "服务"]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[Round, pd.DataFrame]:
    """A round on made-up lists and answers: areas differ, the first is vetoed."""
    folder = tmp_path_factory.mktemp("unknown")
    one = Round.create("unknown", SCHEME, folder)
    chance = np.random.default_rng(20260101)
    for frame, size in (("residents", 60), ("firms", 25)):
        rows = [
            (area, f"{frame[0]}{at:02d}-{i:03d}") for at, area in enumerate(AREAS, 1) for i in range(size)
        ]
        listed = pd.DataFrame(rows, columns=["evaluatee", "id"])
        listed.to_csv(one.folder / "frames" / f"{frame}.csv", index=False)
    pd.DataFrame({"id": [f"p{i:02d}" for i in range(40)]}).to_csv(
        one.folder / "frames" / "panel.csv", index=False
    )
    one.draw("a key")
    parts = []
    for group, drawn in one.drawn().items():
        units = drawn.units
        if "evaluatee" not in units:
            units = units.merge(pd.DataFrame({"evaluatee": AREAS}), how="cross")
        told = {"group": group, "respondent": units["id"], "evaluatee": units["evaluatee"]}
        parts.append(pd.DataFrame(told))
    sheets = pd.concat(parts, ignore_index=True)
    level = 0.55 + 0.4 * (sheets["evaluatee"].map({area: at for at, area in enumerate(AREAS)}) / 89)
    for name in ASKED:
        rating = 1 + chance.binomial(3, level.to_numpy())
        said = np.where(chance.random(len(sheets)) < 0.05, "不了解", rating.astype(str))
        sheets[name] = said
    path = folder / "answers.csv"
    sheets.to_csv(path, index=False)
    assert one.collect(path).sheets == len(sheets)
    work = pd.DataFrame({"片区": AREAS, "实绩得分": chance.integers(70, 96, len(AREAS))})
    work.to_csv(folder / "work.csv", index=False)
    row = ("90区", "一票否决事项", 1, "安全责任事故（虚构）")
    veto = pd.DataFrame([row], columns=["片区", "事项", "件数", "说明"])
    veto.to_csv(folder / "veto.csv", index=False)
    assert one.take("work", folder / "work.csv") == 90
    assert one.take("events", folder / "veto.csv") == 1
    return one, sheets.merge(work, left_on="evaluatee", right_on="片区")


def by_hand(sheets: pd.DataFrame) -> pd.Series:
    """70 % of 50/25/25 of mean label values, 30 % of work, less 0.4 for each sheet with a 不满意."""
    rated = sheets[ASKED].apply(pd.to_numeric, errors="coerce")
    worth = rated.replace(WORTH).set_axis([f"v{name}" for name in ASKED], axis=1)
    whole = pd.concat([sheets, worth], axis=1)
    means = whole.groupby(["group", "evaluatee"])[list(worth)].mean().mean(axis=1).unstack(0)
    survey = 0.5 * means["residents"] + 0.25 * means["firms"] + 0.25 * means["panel"]
    bad = (rated == 1).any(axis=1).groupby(sheets["evaluatee"]).sum()
    work = sheets.groupby("evaluatee")["实绩得分"].first()
    score = 0.7 * survey + 0.3 * work - 0.4 * bad
    score["90区"] = min(score["90区"], 59.9)
    return score.clip(0, 100)


def test_every_score_is_what_the_plan_says(played: tuple[Round, pd.DataFrame]) -> None:
    one, sheets = played
    scores = one.score()
    table = scores.table.set_index("evaluatee")
    due = by_hand(sheets).loc[AREAS]
    np.testing.assert_allclose(table.loc[AREAS, "estimate"], due, atol=1e-9)
    dense = table["score"].rank(method="dense", ascending=False).astype(int)
    assert (table["rank"] == dense).all()
    assert (table["rank"].max() < 90) == table["score"].duplicated().any()


def test_the_best_three_tenths_from_75_are_advanced_and_a_veto_leaves_the_last_grade(
    played: tuple[Round, pd.DataFrame],
) -> None:
    """30 % of 90 areas are 27 places; 90区 is vetoed: 59.9 at most, and 一般."""
    one, _ = played
    scores = one.score()
    grades = scores.grades.set_index("evaluatee")
    for area, line in grades.iterrows():
        high = line["score"] >= 75 and line["rank"] <= 27
        expected = "先进" if high else "合格" if line["score"] >= 60 else "一般"
        assert line["grade"] == ("一般" if area == "90区" else expected), area
    assert grades.loc["90区", "score"] == 59.9
    assert set(grades["grade"]) == {"先进", "合格", "一般"}


def test_the_error_holds_what_score_and_cases_share(played: tuple[Round, pd.DataFrame]) -> None:
    """Resampling the sheets of one area: its score moves as its error says, cases included."""
    one, sheets = played
    scores = one.score()
    chance = np.random.default_rng(5)
    area = "20区"
    of = sheets[sheets["evaluatee"] == area].groupby("group")
    own = {name: part.reset_index(drop=True) for name, part in of}
    size = {"residents": (20, 60), "firms": (10, 25), "panel": (10, 40)}
    found = []
    for _ in range(600):
        parts = []
        for name, part in own.items():
            n, big = size[name]
            # A population that looks like the sample, and a new sample of it without replacement.
            copies = pd.concat([part] * (big // n) + [part.sample(big % n, random_state=chance)])
            parts.append(copies.sample(n, random_state=chance))
        again = pd.concat(parts, ignore_index=True)
        rated = again[ASKED].apply(pd.to_numeric, errors="coerce")
        worth = rated.replace(WORTH)
        means = worth.groupby(again["group"]).mean().mean(axis=1)
        survey = 0.5 * means["residents"] + 0.25 * means["firms"] + 0.25 * means["panel"]
        found.append(0.7 * survey - 0.4 * (rated == 1).any(axis=1).sum())
    line = scores.table.set_index("evaluatee").loc[area]
    assert line["se"] == pytest.approx(np.std(found, ddof=1), rel=0.15)
    assert scores.assessed is not None
    alone = scores.assessed.parts.query("evaluatee == @area and part == '群众满意度'")["se"].iloc[0]
    assert line["se"] > 1.2 * 0.7 * alone  # without the cases it would be far less


def test_it_is_explained_and_reported(played: tuple[Round, pd.DataFrame], tmp_path: Path) -> None:
    one, _ = played
    scores = one.score()
    vetoed, other = str(scores.explain("90区")), str(scores.explain("20区"))
    assert "一票否决事项" in vetoed and "59.90" in vetoed
    assert "不满意问卷" in other and "群众满意度（占 70%）" in other
    words = one.scheme.in_words()
    assert "群众满意度 70%：调查得分" in words and "每有一人" in words
    page = write_report(one, scores, tmp_path / "report.html").read_text(encoding="utf8")
    assert "工作实绩" in page and "一票否决事项" in page
    assert write_workbook(one, scores, tmp_path / "report.xlsx").is_file()
    parts, book = write_assessed(one, scores, tmp_path)
    assert "安全责任事故（虚构）" in parts.read_text(encoding="utf8")
    events = pd.read_excel(book, sheet_name="事件增减", dtype=str, header=None, engine="calamine")
    assert (events == "一票否决事项").any(axis=None)
