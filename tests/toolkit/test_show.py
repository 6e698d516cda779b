"""Schemes, rounds and scores show themselves: rightly, quietly, and the same on every run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from toolkit import Round, RoundError, Scheme, Scores
from toolkit.files import write_table

ROOT = Path(__file__).resolve().parents[2]
Shown = Callable[[Any], Any]
Overlaps = Callable[[Any], list[tuple[str, str]]]
Panels = Callable[..., Scores]
ODD = '<b>&"x"'


def texts_of(figure: Any, at: int = 0) -> list[str]:
    return [text.get_text() for text in figure.axes[at].texts]


# ------------------------------------------------------------------------------------------- schemes


def test_a_scheme_shows_classes_groups_and_open_points(shown: Shown) -> None:
    page = shown(Scheme.load("guangan-2013"))
    assert page.text.startswith("2013年政风行风群众满意度测评 guangan-2013")
    assert page.rows[2] == ["其他市级部门类", "43", "6", "国家统计局广安调查队"]
    groups = page.rows[6:]
    assert [row[:3] for row in groups] == [
        ["管理服务对象", "65%", "1,400"],
        ["部门（行业）职工", "5%", "20"],
        ["党代表、人大代表、政协委员", "20%", "580"],
        ["特邀监察员", "10%", "15"],
    ]
    assert groups[3][3] == "抽样 inspectors：从名单 inspectors，全部调查。"
    assert "按县（市、区）分层，层内按“人口”成比例（PPS）抽取共 35 个" in groups[0][3]
    assert groups[0][3].count("抽样") == 2  # two stages
    assert "方案没有写明之处：17" in page.text


def test_names_that_are_html_are_shown_as_they_are(small: Scheme, shown: Shown) -> None:
    groups = (replace(small.groups[0], name=ODD), *small.groups[1:])
    classes = (replace(small.classes[0], name=ODD, conducted_by="<i>"), *small.classes[1:])
    page = shown(replace(small, title=ODD, id="<i>", groups=groups, classes=classes))
    assert page.text.startswith(f"{ODD} <i>")
    assert [ODD, "3", "3", "<i>"] in page.rows and any(row[:1] == [ODD] for row in page.rows[4:])


def test_a_scheme_is_drawn_with_two_bars_for_every_group(overlaps: Overlaps) -> None:
    scheme = Scheme.load("guangan-2013")
    figure = scheme.plot()
    assert overlaps(figure) == []
    widths = [[bar.get_width() for bar in axes.patches] for axes in figure.axes]
    assert widths == [[65, 5, 20, 10], [1400, 20, 580, 15]]
    assert texts_of(figure)[1:5] == [group.name for group in scheme.groups]


def test_a_scheme_of_many_long_names_finds_room(overlaps: Overlaps) -> None:
    scheme = Scheme.load("guangan-2013")
    long = "国家电网四川省电力公司广安电业局$x_1$非常长的名称𠀀"
    groups = tuple(
        replace(scheme.groups[0], id=f"g{at}", name=f"{at}{long}", weight=weight, valid=valid)
        for at, (weight, valid) in enumerate([(0.9775, 1_000_000), (0.01, 1), *[(0.00125, 20)] * 10])
    )
    assert overlaps(replace(scheme, groups=groups).plot()) == []


# -------------------------------------------------------------------------------------------- rounds


def facts(page: Any) -> dict[str, str]:
    return {row[0].split()[0]: row[1] for row in page.rows if len(row) == 2}


def test_a_round_shows_what_has_been_done(
    make_round: Callable[..., Round], sheets_of: Callable[[Round], pd.DataFrame], shown: Shown, tmp_path: Path
) -> None:
    one = make_round("一轮")
    assert shown(one).text.startswith("一轮 小型测评")
    assert facts(shown(one)) == {"抽样": "—", "回答": "—", "计分": "—"}
    assert repr(one) == "Round('一轮': small, not drawn)"
    one.draw("<b>")
    units = "towns 12 · users 240 · staff 42 · delegates 20 · inspectors 5"
    assert facts(shown(one)) == {"抽样": units, "回答": "—", "计分": "—"}
    sheets = sheets_of(one)
    write_table(tmp_path / "a.csv", sheets)
    one.collect(tmp_path / "a.csv")
    one.score()
    assert facts(shown(one)) == {"抽样": units, "回答": f"{len(sheets)} 份 · 1 个文件", "计分": "✓"}
    assert repr(one) == "Round('一轮': small, drawn, 1 file of answers, scored)"


@pytest.fixture
def partly(drawn: Round, sheets: pd.DataFrame, tmp_path: Path) -> Round:
    """A round with fewer sheets than planned, not as many for everyone."""
    delegates = sheets["group"] == "delegates"
    every = np.arange(len(sheets))
    late = (delegates | (sheets["group"] == "users")) & (every % 6 == 0)
    late |= delegates & (sheets["evaluatee"] == "县图书馆") & (every % 3 == 0)
    write_table(tmp_path / "a.csv", sheets[~late])
    drawn.collect(tmp_path / "a.csv")
    return drawn


def test_a_round_sets_answers_beside_the_plan(partly: Round, shown: Shown) -> None:
    page = shown(partly)
    at = page.rows.index(next(row for row in page.rows if len(row) == 6))
    # By another way: the scores' own counts.
    counted = partly.score().groups.groupby("group")["counted"]
    for group, row in zip(partly.scheme.groups, page.rows[at + 1 :], strict=True):
        own = counted.get_group(group.id)
        short = str((own < group.valid).sum())
        numbers = [f"{value:g}" for value in (group.valid, own.min(), own.median(), own.max())]
        assert row == [group.name, *numbers, short]


def test_a_round_says_that_answers_came_after_its_scores(
    drawn: Round, sheets: pd.DataFrame, shown: Shown, tmp_path: Path
) -> None:
    last = sheets.index[-1:]
    write_table(tmp_path / "a.csv", sheets.drop(last))
    drawn.collect(tmp_path / "a.csv")
    drawn.score()
    write_table(tmp_path / "b.csv", sheets.loc[last])
    drawn.collect(tmp_path / "b.csv")
    assert facts(shown(drawn))["计分"] == "之后又收了回答 · answers came since"
    drawn.score()
    assert facts(shown(drawn))["计分"] == "✓"
    assert facts(shown(drawn))["回答"] == f"{len(sheets)} 份 · 2 个文件"


def test_a_round_shows_no_place_no_date_and_that_it_is_made_up(played: Round, shown: Shown) -> None:
    page, line = shown(played), repr(played)
    assert "模拟数据" not in page.text + line
    journal = [json.loads(line) for line in (played.folder / "journal.jsonl").read_text("utf8").splitlines()]
    for hidden in [str(played.folder), str(played.folder.parent), *(step["at"][:10] for step in journal)]:
        assert hidden not in played._repr_html_() + line
    played.note("make", what="answers", seed=1)
    assert "模拟数据" in shown(played).text and "模拟数据" in repr(played)
    assert "模拟数据" in played.plot().axes[0].get_title()


def test_a_round_opened_where_one_stands_has_its_name(
    played: Round, shown: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(played.folder)
    assert repr(Round.open(".")).startswith("Round('played': ")


def test_a_round_is_drawn_as_ranges_against_the_plan(partly: Round, overlaps: Overlaps) -> None:
    figure = partly.plot()
    assert overlaps(figure) == []
    counted = partly.score().groups.groupby("group")["counted"]
    valid = {group.id: group.valid for group in partly.scheme.groups}
    (dots,) = [line for line in figure.axes[0].lines if line.get_marker() == "o"]
    medians = [100 * counted.get_group(one).median() / plan for one, plan in valid.items()]
    assert dots.get_xdata().tolist() == pytest.approx(medians)
    (ranges,) = figure.axes[0].collections
    ends = [end for line in ranges.get_segments() for end in (line[0][0], line[1][0])]
    own = {one: counted.get_group(one) for one in valid}
    due = [100 * end / valid[one] for one in valid for end in (own[one].min(), own[one].max())]
    assert ends == pytest.approx(due) and min(due) < 75


def test_a_round_without_answers_cannot_be_drawn(drawn: Round) -> None:
    with pytest.raises(RoundError, match="no answers yet"):
        drawn.plot()


# -------------------------------------------------------------------------------------------- scores


def many(panel_scores: Panels, count: int) -> Scores:
    names = (ODD, *(f"单位{at}" for at in range(1, count)))
    ratings = [[[str(rating)] for rating in np.arange(count) % 11]]
    return panel_scores(names, (1.0, ratings), indicators=("态度",), title="<i>")


def test_scores_show_the_ends_of_every_class(panel_scores: Panels, shown: Shown) -> None:
    scores = many(panel_scores, 8)
    page = shown(scores)
    # Ratings 0 to 7 of one panel: places turn them round.
    due = [["1", "1", "单位7", "70.00 ± 0.00"], ["2", "2", "单位6", "60.00 ± 0.00"]]
    assert page.rows[1:3] == due
    assert page.rows[4] == ["", "", "（略 2 个）", ""]
    assert page.rows[-1] == ["8", "8", ODD, "0.00 ± 0.00"] and len(page.rows) == 8
    assert page.text.startswith("<i> 初步结果（复核之前） · small") and "scores.league('c')" in page.text


def test_a_class_of_six_is_shown_whole(panel_scores: Panels, shown: Shown) -> None:
    page = shown(many(panel_scores, 6))
    assert [row[0] for row in page.rows[1:]] == ["1", "2", "3", "4", "5", "6"]


def test_scores_show_the_margins_of_the_league(played: Round, shown: Shown) -> None:
    scores = played.score()
    rows = [row for row in shown(scores).rows if row[0].isdigit()]
    leagues = pd.concat([scores.league(each.id) for each in scores.scheme.classes])
    due = [
        [str(one["rank"]), one["places"], one["evaluatee"], f"{one['score']:.2f} ± {one['margin']:.2f}"]
        for one in leagues.to_dict("records")
    ]
    assert rows == due
    assert repr(scores) == (
        "Scores(small: 5 evaluatees in 2 classes, 4 groups; "
        "scores.league('departments') gives a league table)"
    )


def test_scores_are_drawn_by_class(played: Round, overlaps: Overlaps) -> None:
    scores = played.score()
    figure = scores.plot("部门类")
    assert overlaps(figure) == [] and "县图书馆" in texts_of(figure)
    assert "模拟数据" in scores.plot("services", made=True).axes[0].get_title()
    with pytest.raises(KeyError, match="no class 'x'; there are departments, services"):
        scores.plot("x")


def test_a_class_of_eighty_finds_room(panel_scores: Panels, overlaps: Overlaps) -> None:
    assert overlaps(many(panel_scores, 80).plot("c")) == []


# --------------------------------------------------------------------------------------- in IPython

CELLS = [
    "import pandas as pd, toolkit\nfrom sampling import SimpleRandom, draw\nfrom scoring import Survey",
    "draw(pd.DataFrame({'id': [1]}), SimpleRandom(n=2), key='k', name='clients', unit='id')",
    "Survey(pd.DataFrame({'a': [1]}), weight='w')",
    "toolkit.Scheme.load('guangan-2031')",
    "1 / 0",
]
RUN = """
import sys, json
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell(colors="nocolor")
for cell in json.loads(sys.argv[1]):
    print("=====")
    shell.run_cell(cell)
"""


@pytest.fixture(scope="module")
def cells(tmp_path_factory: pytest.TempPathFactory) -> list[list[str]]:
    """What each cell prints, in an IPython of its own."""
    folder = tmp_path_factory.mktemp("ipython")
    env = {**os.environ, "IPYTHONDIR": str(folder), "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    command = [sys.executable, "-c", RUN, json.dumps(CELLS)]
    ran = subprocess.run(command, env=env, capture_output=True, encoding="utf-8", check=True)
    return [cell.strip().splitlines() for cell in ran.stdout.split("=====\n")[1:]]


def test_an_error_in_a_notebook_reads_as_its_message(cells: list[list[str]]) -> None:
    assert cells[:4] == [
        [],
        [
            "DesignError: draw clients: 2 units asked, 1 in the frame. Lower n or merge the stratum.",
            "draw clients：要抽 2 个，名单只有 1 个。请减少样本量或合并层。",
        ],
        [
            "AnswerError: survey: column 'w' is needed; the table has a. Rename or add the column.",
            "survey：需要“w”列，表中只有 a。请改列名或补上该列。",
        ],
        [
            "SchemeError: guangan-2031.toml: there is no scheme 'guangan-2031'; "
            "a bare name is a shipped scheme, a path is a file.",
            "guangan-2031.toml：没有方案 'guangan-2031'；只写名称是随附的方案，写路径是文件。",
        ],
    ]


def test_any_other_error_keeps_its_traceback(cells: list[list[str]]) -> None:
    assert "----> 1 1 / 0" in cells[4] and cells[4][-1] == "ZeroDivisionError: division by zero"
