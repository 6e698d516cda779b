"""A new scheme file says what its model says, with words for every kind of key.

Oracles: the model read by ``Scheme.load``, the keys that stand in the files, and choices made by hand.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import is_dataclass
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints
from unittest.mock import patch

import pytest

from toolkit import RoundError, Scheme, SchemeError
from toolkit.errors import fault
from toolkit.new.commands import new, why
from toolkit.new.keys import EXPLAINED, pattern_of
from toolkit.new.nearest import OTHERS, SOURCES, Known, features, nearest, shipped_schemes
from toolkit.new.start import started
from toolkit.new.statements import explained, statements
from toolkit.resources import shipped

SHIPPED = sorted(one.name.removesuffix(".toml") for one in shipped("schemes").iterdir())
SCENARIOS = sorted((Path(__file__).parents[1] / "scenarios").rglob("*.toml"))
FILES = [Path(str(shipped("schemes").joinpath(f"{name}.toml"))) for name in SHIPPED] + [
    one for one in SCENARIOS if "full_mark" in tomllib.loads(one.read_text("utf-8"))
]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_key_of_a_scheme_has_its_words(file: Path) -> None:
    paths = {path for one in statements(file.read_text("utf-8")) for path in one.paths}
    lacking = sorted(".".join(path) for path in paths if pattern_of(path) is None)
    assert not lacking, f"add words for these keys to toolkit/new/keys_*.py: {lacking}"


def keys_of(what: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Give the paths of all keys that a scheme file may hold."""
    if is_dataclass(what):
        for name, inner in get_type_hints(what).items():
            if name not in ("__pydantic_config__", "text"):
                yield (*path, name)
                yield from keys_of(inner, (*path, name))
    elif get_origin(what) is dict and path[-1] in ("column_names", "tables", "columns", "cv", "by_cv"):
        yield (*path, "any")
        yield from keys_of(get_args(what)[1], (*path, "any"))
    else:
        for inner in get_args(what):
            yield from keys_of(inner, path)


def test_every_key_that_there_is_has_its_words() -> None:
    lacking = sorted({".".join(path) for path in keys_of(Scheme) if pattern_of(path) is None})
    assert not lacking, f"add words for these keys to toolkit/new/keys_*.py: {lacking}"


def test_words_stand_in_both_languages() -> None:
    for pattern, (zh, en) in EXPLAINED.items():
        assert bool(zh) == bool(en) == (not pattern.endswith(".…") or pattern == "tables.…"), pattern
        assert not zh or any("\u4e00" <= letter <= "\u9fff" for letter in zh + pattern) or zh == "awards"


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", SHIPPED)
def test_a_new_file_is_its_model_with_more_comments(name: str, language: str) -> None:
    model = Scheme.load(name)
    text = started(model, Path("mine.toml"), "zh" if language == "zh" else "en")
    assert Scheme.read(text) == model
    lines = iter(text.splitlines())
    assert all(line in lines for line in model.text.splitlines())  # all of them, in their order
    more = set(text.splitlines()) - set(model.text.splitlines())
    assert all(line.startswith("#") for line in more)


def test_a_kind_of_key_is_explained_where_it_first_stands() -> None:
    text = '# mine\n[[parts]]\nname = "甲"\nsource = { kind = "start", value = 9 }\n[[parts]]\nname = "乙"\n'
    words = {key: EXPLAINED[key][0] for key in ("parts", "parts.name", "parts.source", "source.value")}
    lines = explained(text).splitlines()
    assert lines[0] == "# mine"
    assert lines[1] == f"# parts：{words['parts']}" and lines[2] == "[[parts]]"
    assert lines[3] == f"# name：{words['parts.name']}" and lines[4] == 'name = "甲"'
    assert lines[5] == f"# source：{words['parts.source']}"
    assert lines[6].startswith("#     kind：来源：survey 问卷调查")
    assert lines[-4] == f"#     value：{words['source.value']}"
    assert lines[-2:] == ["[[parts]]", 'name = "乙"']  # told before


def test_a_key_is_explained_by_the_longest_pattern_that_fits() -> None:
    assert pattern_of(("parts", "events", "points")) == pattern_of(("events", "points")) == "events.points"
    assert pattern_of(("level",)) == "level"
    assert pattern_of(("interviews", "level")) == "interviews.level"
    assert pattern_of(("parts", "level")) is None
    assert pattern_of(("groups", "draws", "design", "method", "method")) == "design.method"
    assert pattern_of(("classes", "parts", "source", "average", "at_least")) == "average.at_least"
    assert pattern_of(("column_names", "anything")) == "column_names.…"


def test_a_text_that_no_reader_would_read_is_no_scheme() -> None:
    with pytest.raises(ValueError, match="labels"):
        list(statements("id = 1\nlabels = [\n"))


def known(id: str, *features: str) -> Known:
    text = Scheme.load("guangan-2013").text.replace("guangan-2013", id)
    return Known(Scheme.read(text), frozenset(features))


def test_the_nearest_lacks_least_and_then_has_least_beyond() -> None:
    checks = known("checks", "inspections", "grades", "awards")
    ladder = known("a-ladder", "inspections", "grades", "awards", "streaks")
    tasks = known("tasks", "tasks", "inspections")
    every = [ladder, checks, tasks]
    assert nearest(["inspections", "grades"], every) is checks  # awards beyond; not streaks too
    assert nearest(["inspections", "streaks"], every) is ladder  # lacks none
    assert nearest(["tasks", "inspections", "grades", "awards"], every) is tasks  # sources weigh most
    assert nearest(["grades"], every) is checks
    assert nearest(["survey", "grades"], every) is None
    assert nearest([], every) is None
    said = why(checks, ["inspections", "events"])
    assert "checks" in said and "没有事件加减分" in said and "多出等级、按名次奖惩" in said
    assert "both have inspections; it lacks events" in said


def test_features_are_read_from_the_scheme() -> None:
    found = {one.scheme.id: one.features for one in shipped_schemes()}
    assert found["guangan-2013"] == {"survey", "classes"}
    assert list(found) == SHIPPED
    assert set().union(*found.values()) <= {*SOURCES, *OTHERS}


def test_a_scheme_of_a_file_is_a_model_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    new(tmp_path / "first.toml", scores=["survey"])
    printed = capsys.readouterr().out
    assert "取自 guangan-2013" in printed and "From guangan-2013: both have survey" in printed
    new(tmp_path / "deep" / "second.toml", like=str(tmp_path / "first.toml"), language="en")
    assert Scheme.load(tmp_path / "deep" / "second.toml") == Scheme.load("guangan-2013")


def test_without_a_model_the_shipped_schemes_are_listed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "mine.toml"
    with pytest.raises(SchemeError) as caught:
        new(file)
    listed = capsys.readouterr().out
    assert all(f"\n  {name}  " in listed for name in SHIPPED)
    told = "、".join(f"{name} {words}" for name, (words, _) in SOURCES.items())
    assert list(caught.value.faults) == [fault("", "new_which", sources=told)]
    with patch("toolkit.new.nearest.shipped_schemes", list), pytest.raises(SchemeError) as caught:
        new(file, scores=["figures"], has=["veto"])
    assert list(caught.value.faults) == [fault("", "new_none", asked="figures, veto")]
    with pytest.raises(SchemeError) as caught:
        new(tmp_path / "mine", like="guangan-2013")
    assert list(caught.value.faults) == [fault("", "new_name", found="mine")]
    assert not list(tmp_path.iterdir())


def test_a_file_that_is_there_is_never_written_over(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text("id = 1", "utf-8")
    with pytest.raises(RoundError):
        new(file, like="guangan-2013")
    assert file.read_text("utf-8") == "id = 1"


def test_features_of_a_survey_with_figures_events_and_grades() -> None:
    unknown = next(one for one in SCENARIOS if one.parent.name == "unknown")
    assert features(Scheme.load(unknown)) == {"survey", "figures", "events", "veto", "grades"}


def test_the_head_lists_what_comes_next_for_this_kind_of_plan() -> None:
    unknown = next(one for one in SCENARIOS if one.parent.name == "unknown")
    survey = started(Scheme.load("guangan-2013"), Path("mine.toml"))
    both = started(Scheme.load(unknown), Path("mine.toml"))
    for text in (survey, both):
        for step in ("check mine.toml", "create 本轮 --scheme mine.toml", "draw out/本轮", "score out/本轮"):
            assert f"#   minyi {step}" in text
    assert "minyi take" not in survey and "minyi duties" not in both
    assert "收部门的表格（work、events、periods）" in both


def test_a_plan_of_duties_alone_is_checked_and_not_scored() -> None:
    text = """
        id = "v"
        title = "走访"
        place = "某镇"
        full_mark = 100
        level = 0.95
        ranking = { rank_on = "published", decimals = 2, ties = "min" }
        classes = [{ id = "v", name = "村", evaluatees = ["甲村"] }]
        duties = [{ kind = "apart", name = "不重复走访", rows = { table = "visits" } }]
    """
    plan = Scheme.read(text)
    assert features(plan) == {"visits"}
    said = started(plan, Path("mine.toml"))
    assert "minyi duties out/本轮" in said and "收部门的表格（periods、visits）" in said
    assert "minyi score" not in said and "minyi draw" not in said
    assert "# duties：" in said and "#     rows：看哪张台账" in said and "#     table：哪张台账" in said
