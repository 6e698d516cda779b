"""A small scheme with made-up people, and rounds of it to play with."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd
import pytest

from sampling import Census
from scoring.group import columns_of
from toolkit import Round, Scheme, Scores
from toolkit.answers import parse_answers
from toolkit.cli import main
from toolkit.files import write_table
from toolkit.scheme import Draw, EvaluateeClass, Group
from toolkit.scores import Drawn, score
from toolkit.simulate import Chance

SMALL = Path(__file__).parents[1] / "scenarios" / "small.toml"
KEY = "公开的钥匙"


@dataclass(frozen=True)
class People:
    """Frames of the small scheme, and what everyone in them would answer.

    ``answers`` has the columns of an answer file; ``truth`` is each evaluatee's composite over all who
    would answer validly.
    """

    frames: dict[str, pd.DataFrame]
    answers: pd.DataFrame
    truth: pd.Series


def make_people(scheme: Scheme) -> People:
    chance = Chance(7)
    counties = np.array(["东县"] * 10 + ["西县"] * 6)
    towns = pd.DataFrame(
        {
            "county": counties,
            "town": [f"{c[0]}{i:02d}镇" for i, c in enumerate(counties, 1)],
            "population": [chance.whole(f"population {i}", 2000, 9000) for i in range(16)],
        }
    )
    users, staff = [], []
    for number, one in enumerate(scheme.evaluatees, 1):
        counts = [
            n // 450 + chance.whole(f"users {one} {i}", 0, 4) for i, n in enumerate(towns["population"])
        ]
        town = np.repeat(np.arange(16), counts)
        users.append(
            pd.DataFrame(
                {
                    "evaluatee": one,
                    "id": [f"{number:02d}{i:04d}" for i in range(1, town.size + 1)],
                    "county": counties[town],
                    "town": towns["town"].to_numpy()[town],
                }
            )
        )
        size = 6 if one == "县图书馆" else 27 + number
        staff.append(
            pd.DataFrame(
                {
                    "evaluatee": one,
                    "id": [f"S{number}-{i:02d}" for i in range(1, size + 1)],
                    "level": ["县级" if i % 6 == 0 else "乡镇级" for i in range(size)],
                    "office": [str(1 + i % 4) for i in range(size)],
                }
            )
        )
    seats = [(f"D{i:02d}", ("党代表", "人大代表")[i % 2]) for i in range(1, 51)]
    seats += [("D03", "政协委员"), ("D20", "政协委员")]
    frames = {
        "towns": towns,
        "users": pd.concat(users, ignore_index=True),
        "staff": pd.concat(staff, ignore_index=True),
        "delegates": pd.DataFrame(seats, columns=["person", "body"]),
        "inspectors": pd.DataFrame({"person": [f"J{i}" for i in range(1, 6)]}),
    }
    answers = pd.concat(_group_answers(scheme, frames, chance), ignore_index=True)
    return People(frames, answers, _truth(scheme, answers))


def _group_answers(scheme: Scheme, frames: dict[str, pd.DataFrame], chance: Chance) -> list[pd.DataFrame]:
    columns = columns_of(scheme.indicators)
    asked = np.array([[c in scheme.indicators[one] for c in columns] for one in scheme.evaluatees])
    parts = []
    for group in scheme.groups:
        draw = group.draws[-1]
        people = frames[draw.frame].drop_duplicates(draw.unit)
        if draw.per_evaluatee:
            sheets = people.rename(columns={draw.unit: "respondent"})
        else:
            sheets = people.rename(columns={draw.unit: "respondent"}).merge(
                pd.DataFrame({"evaluatee": scheme.evaluatees}), how="cross"
            )
        whom = pd.Index(scheme.evaluatees).get_indexer(pd.Index(sheets["evaluatee"]))
        who = pd.factorize(sheets["respondent"])[0]
        latent = 6.0 + np.array([0.6, 0.2, -0.5, 0.3, -0.2])[whom]
        # Lenient members rate every evaluatee better; towns differ, and city staff are far milder.
        latent += (2.0 if group.overlap else 1.5) * chance.normal(f"{group.id} person", who.max() + 1)[who]
        if "town" in sheets:
            latent += 0.9 * chance.normal("town", 16)[pd.factorize(sheets["town"])[0]]
        if "level" in sheets:
            latent += np.where(sheets["level"] == "县级", 3.0, 0.0)
        items = latent[:, None] + chance.normal(f"{group.id} item", len(sheets), len(columns))
        cells = np.clip(np.rint(items), 0, 10).astype(int).astype(str).astype(object)
        cells[chance.uniform(f"{group.id} knows", *cells.shape) < 0.05] = "不了解"
        cells[~asked[whom]] = ""
        keys = pd.DataFrame(
            {"group": group.id, "respondent": sheets["respondent"], "evaluatee": sheets["evaluatee"]}
        )
        parts.append(pd.concat([keys.reset_index(drop=True), pd.DataFrame(cells, columns=columns)], axis=1))
    return parts


def _truth(scheme: Scheme, answers: pd.DataFrame) -> pd.Series:
    composite = {}
    for one, indicators in scheme.indicators.items():
        scores = []
        for group in scheme.groups:
            part = answers[(answers["group"] == group.id) & (answers["evaluatee"] == one)]
            means = [pd.to_numeric(part[column], errors="coerce").mean() for column in indicators]
            scores.append(group.weight * 10 * float(np.mean(means)))
        composite[one] = sum(scores)
    return pd.Series(composite)


@pytest.fixture(scope="session")
def small() -> Scheme:
    return Scheme.load(SMALL)


@pytest.fixture(scope="session")
def people(small: Scheme) -> People:
    return make_people(small)


@pytest.fixture
def make_round(tmp_path: Path, people: People) -> Callable[..., Round]:
    """Start a round of the small scheme and put its frames in; ``frames`` replaces or (None) leaves out."""

    def make(name: str = "小型 2024", scheme: str | Path = SMALL, **frames: Any) -> Round:
        one = Round.create(name, scheme=scheme, folder=tmp_path / "各轮 测评")
        for frame, table in (people.frames | frames).items():
            if table is not None:
                write_table(one.folder / "frames" / f"{frame}.csv", table)
        return one

    return make


@pytest.fixture(scope="session")
def sheets_of(people: People) -> Callable[..., pd.DataFrame]:
    """Give the answer sheets of the drawn respondents of a round."""

    def sheets(one: Round, drawn: Mapping[str, Drawn] | None = None) -> pd.DataFrame:
        parts = []
        drawn = drawn or one.drawn()
        for group in one.scheme.groups:
            draw = group.draws[-1]
            units = drawn[group.id].units.rename(columns={draw.unit: "respondent"})
            on = ["respondent", "evaluatee"] if draw.per_evaluatee else ["respondent"]
            whole = people.answers[people.answers["group"] == group.id]
            parts.append(whole.merge(units[on].astype(str), on=on, how="inner"))
        return pd.concat(parts, ignore_index=True)

    return sheets


@pytest.fixture(scope="session")
def drawn_folder(tmp_path_factory: pytest.TempPathFactory, people: People) -> Path:
    """A drawn round: never to be changed."""
    one = Round.create("drawn", scheme=SMALL, folder=tmp_path_factory.mktemp("rounds"))
    for frame, table in people.frames.items():
        write_table(one.folder / "frames" / f"{frame}.csv", table)
    one.draw(KEY)
    return one.folder


@pytest.fixture(scope="session")
def all_sheets(drawn_folder: Path, sheets_of: Callable[[Round], pd.DataFrame]) -> pd.DataFrame:
    """The answer sheets of the drawn round: never to be changed."""
    return sheets_of(Round.open(drawn_folder))


@pytest.fixture(scope="session")
def played_folder(drawn_folder: Path, all_sheets: pd.DataFrame) -> Path:
    """The drawn round with its answers and scores: never to be changed."""
    one = Round.open(shutil.copytree(drawn_folder, drawn_folder.parent / "played"))
    write_table(one.folder.parent / "answers.csv", all_sheets)
    one.collect(one.folder.parent / "answers.csv")
    one.score()
    return one.folder


@pytest.fixture
def drawn(drawn_folder: Path, tmp_path: Path) -> Round:
    """A copy of the drawn round, to be changed at will."""
    return Round.open(shutil.copytree(drawn_folder, tmp_path / "drawn"))


@pytest.fixture
def sheets(all_sheets: pd.DataFrame) -> pd.DataFrame:
    """The answer sheets of the drawn round, to be changed at will."""
    return all_sheets.copy()


@pytest.fixture
def played(played_folder: Path, tmp_path: Path) -> Round:
    """A copy of the played round, to be changed at will."""
    return Round.open(shutil.copytree(played_folder, tmp_path / "played"))


@pytest.fixture(scope="session")
def panel_scores(small: Scheme) -> Callable[..., Scores]:
    """Score evaluatees of one class that whole panels rate: a table of text for each panel.

    ``panels`` gives each panel's weight and its answers, as (members, evaluatees, indicators).
    """

    def make(
        names: tuple[str, ...],
        *panels: tuple[float, Any],
        indicators: tuple[str, ...] = ("态度", "效率"),
        decimals: int = 2,
        rank_on: Literal["unrounded", "published"] = "unrounded",
        ties: Literal["min", "dense", "ordinal"] = "min",
        break_by: tuple[str, ...] = (),
        **changes: Any,
    ) -> Scores:
        each = EvaluateeClass("c", "类", "调查队", True, indicators, names)
        groups, drawn, rows = [], {}, []
        for number, (weight, answers) in enumerate(panels):
            sheets = np.asarray(answers, dtype=object)
            persons = [f"p{i}" for i in range(len(sheets))]
            name, size, draws = f"panel{number}", len(persons), (Draw("p", "p", "person", Census()),)
            panel = Group(name, f"代表{number}", weight, size, draws, "plain", "finite", "error", "same")
            groups.append(panel)
            units = pd.DataFrame({"person": persons, "N": float(len(persons)), "w": 1.0})
            roles = {"weight": "w", "stratum": [None], "psu": ["person"], "population": ["N"]}
            drawn[panel.id] = Drawn(units, roles)
            rows += [
                (panel.id, person, name, *sheets[i, e])
                for i, person in enumerate(persons)
                for e, name in enumerate(names)
            ]
        ranking = replace(small.ranking, decimals=decimals, rank_on=rank_on, ties=ties, break_by=break_by)
        scheme = replace(small, classes=(each,), groups=tuple(groups), ranking=ranking, **changes)
        raw = pd.DataFrame(rows, columns=["group", "respondent", "evaluatee", *indicators])
        return score(scheme, drawn, parse_answers(raw, scheme, "x"))

    return make


class Ran(NamedTuple):
    """What a command came to."""

    code: int
    out: str
    err: str


@pytest.fixture
def minyi(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """Run a command as it is typed; it reads sys.argv, of which cyclopts warns in tests."""

    def run(*words: Any) -> Ran:
        monkeypatch.setattr(sys, "argv", ["minyi", *map(str, words)])
        code = 0
        try:
            main()
        except SystemExit as leaving:
            code = int(leaving.code or 0)
        said = capsys.readouterr()
        return Ran(code, said.out, said.err)

    return run
