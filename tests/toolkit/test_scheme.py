"""A scheme is read whole, told in words, and refused with everything that is wrong with it at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import pytest

from sampling import PPS, Census, Proportional, SelfWeighting, SimpleRandom, Stratified, Systematic
from toolkit import Round, Scheme, SchemeError
from toolkit.resources import shipped_scheme

SCENARIOS = Path(__file__).parents[1] / "scenarios"
SMALL = (SCENARIOS / "small.toml").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def guangan() -> Scheme:
    return Scheme.load("guangan-2013")


# --------------------------------------------------------------------------------- the 2013 scheme


def test_the_2013_scheme_has_79_evaluatees_in_four_classes(guangan: Scheme) -> None:
    assert [len(each.evaluatees) for each in guangan.classes] == [11, 43, 11, 14]
    assert len(set(guangan.evaluatees)) == 79
    assert [len(each.indicators) for each in guangan.classes] == [3, 6, 6, 6]
    assert guangan.class_of("x东公司").id == "other_services"
    assert guangan.indicators["市气象局"] == ("依法履职", "工作效能", "清正廉洁")


def test_the_2013_scheme_has_the_plans_numbers(guangan: Scheme) -> None:
    assert guangan.valid_answers == 2015
    assert {group.id: (group.valid, group.weight) for group in guangan.groups} == {
        "users": (1400, 0.65),
        "staff": (20, 0.05),
        "delegates": (580, 0.20),
        "inspectors": (15, 0.10),
    }
    labels = [(one.name, one.low, one.high) for one in guangan.scale.labels]
    assert labels == [
        ("很不满意", 0, 0),
        ("不满意", 1, 2),
        ("基本满意", 3, 6),
        ("满意", 7, 9),
        ("很满意", 10, 10),
    ]


def test_the_2013_scheme_draws_as_the_plan_says(guangan: Scheme) -> None:
    designs = {draw.name: draw.design for group in guangan.groups for draw in group.draws}
    assert designs == {
        "towns": Stratified(
            "county", PPS(n=Proportional(35, size="population", at_least=3), size="population")
        ),
        "users": Stratified("town", SimpleRandom(n=SelfWeighting(1400, at_least=2))),
        "staff": Stratified("level", Systematic(n=Proportional(20, at_least=2), order=("office",))),
        "delegates": Systematic(n=580, order=("body",)),
        "inspectors": Census(),
    }


def test_the_2013_scheme_says_what_the_plan_leaves_open(guangan: Scheme) -> None:
    assert {point.key for point in guangan.unclear} >= {
        "low_satisfaction_rule",
        "classes.efficiency.same_survey",
        "groups.users.draws",
        "groups.delegates.draws",
        "groups.delegates.overlap",
        "groups.delegates.draws.0.merge_rows",
        "groups.inspectors.population",
        "dont_know.counts_as_answer",
        "dont_know.removed_per",
        "no_answers",
        "groups.staff.short_frame",
        "ranking.ties",
        "ranking.decimals",
        "ranking.rank_on",
    }


# ----------------------------------------------------------------------------------- where from


def test_a_bare_name_is_a_shipped_scheme_and_a_path_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "我的 方案.toml").write_text(SMALL, encoding="utf-8")
    assert Scheme.load(tmp_path / "我的 方案.toml") == Scheme.load(str(SCENARIOS / "small.toml"))
    assert Scheme.load("guangan-2013").text == shipped_scheme("guangan-2013")


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    (tmp_path / "bom.toml").write_text(SMALL, encoding="utf-8-sig")
    assert Scheme.load(tmp_path / "bom.toml").text == SMALL


@pytest.mark.parametrize("source", ["guangan-2031", "no/such.toml", "such.toml"])
def test_a_scheme_that_is_not_there_is_named(source: str) -> None:
    with pytest.raises(SchemeError, match="there is no scheme") as caught:
        Scheme.load(source)
    assert repr(source) in str(caught.value)
    assert f"没有方案 {source!r}" in caught.value.chinese


def test_a_file_that_is_not_utf8_is_named_with_its_first_bad_byte(tmp_path: Path) -> None:
    (tmp_path / "gb.toml").write_bytes(b'id = "' + "测".encode("gb18030") + b'"')
    with pytest.raises(SchemeError, match=r"gb.toml: the file is not UTF-8 \(byte 6\)"):
        Scheme.load(tmp_path / "gb.toml")


def test_a_file_that_is_no_toml_is_named_with_its_line() -> None:
    with pytest.raises(SchemeError, match=r"x.toml: this is no TOML: .*line 2"):
        Scheme.read('id = "x"\ntitle = \n', "x.toml")


def test_the_frozen_copy_of_a_round_is_the_same_scheme(make_round: Callable[..., Round]) -> None:
    one = make_round()
    again = Round.open(one.folder)
    assert again.scheme == one.scheme
    assert again.scheme.text == (one.folder / "scheme.toml").read_text(encoding="utf-8") == SMALL


@pytest.mark.parametrize("source", ["guangan-2013", SCENARIOS / "small.toml"])
def test_reading_a_schemes_own_text_gives_the_same_scheme(source: str | Path) -> None:
    scheme = Scheme.load(source)
    assert Scheme.read(scheme.text) == scheme
    assert Scheme.read(scheme.text.replace("decimals = 2", "decimals = 3")) != scheme


# ------------------------------------------------------------------------------ everything at once


def messages(text: str) -> list[str]:
    with pytest.raises(SchemeError) as caught:
        Scheme.read(text, "x.toml")
    assert len(caught.value.chinese.splitlines()) == len(caught.value.faults)
    return [str(one) for one in caught.value.faults]


def changed(*edits: tuple[str, str]) -> str:
    text = SMALL
    for old, new in edits:
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
        text = text.replace(old, new)
    return text


def test_faults_of_single_keys_and_of_combinations_are_told_at_once() -> None:
    text = changed(
        ('title = "小型测评"\n', "title = 7\n"),
        ('place = "某县"', 'palace = "某县"'),
        ('ties = "min"', 'ties = "max"'),
        ("weight = 0.10", "weight = 0.05"),
        ("valid = 20", "valid = 21"),
        ('"县邮政局", "电信公司"', '"县邮政局", "县教育局"'),
        ("low = 3, high = 6", "low = 4, high = 6"),
        ("level = 0.95", "level = 95"),
        ('within = "towns"\n', ""),
        ('design = { kind = "census" }', 'design = { kind = "everyone" }'),
    )
    assert sorted(messages(text)) == [
        "classes.evaluatees: must be unique; '县教育局' stands 2 times",
        "groups[0].draws[1].within: must name the draw before it, towns; it is None",
        "groups[2].valid: the group's last draw takes 20 respondents, this says 21",
        "groups[3].draws[0].design.kind: must be one of balanced, bernoulli, census, poisson, pps, "
        "pps_with_replacement, quota, simple_random, spatially_balanced, stratified, systematic; "
        "it is 'everyone'",
        "groups[3].weight: weights must sum to 1; they sum to 0.95",
        "level: must be between 0 and 1; it is 95.0",
        "palace: 'palace' is no known key; 'place' may be meant",
        "place: is required",
        "ranking.ties: must be one of 'min', 'dense' or 'ordinal'; it is 'max'",
        "scale.labels: labels must name every rating once; rating 3 has no label",
        "title: must be text; it is 7",
        "valid_answers: the groups plan 83 valid answers, this says 82",
    ]


def test_what_follows_from_a_wrong_key_is_not_told_again() -> None:
    assert messages(changed(("valid = 20", 'valid = "twenty"'))) == [
        "groups[2].valid: must be a whole number; it is 'twenty'"
    ]
    assert messages(changed(("weight = 0.10", 'weight = "a tenth"'))) == [
        "groups[3].weight: must be a number; it is 'a tenth'"
    ]
    assert messages(changed(('id = "delegates"', 'ids = "delegates"'))) == [
        "groups[2].id: is required",
        "groups[2].ids: 'ids' is no known key; 'id' may be meant",
    ]
    assert messages(changed(('design = { kind = "simple_random", n = 20 }', "design = 20"))) == [
        "groups[2].draws[0].design: must be a table; it is 20"
    ]


@pytest.mark.parametrize("key", ["scale", "dont_know", "ranking", "classes", "groups", "unclear"])
def test_a_table_given_as_a_number_is_one_fault(key: str) -> None:
    text = SMALL.replace(f"[[{key}]]", f"[[x.{key}]]").replace(f"[[{key}.draws]]", f"[[x.{key}.draws]]")
    text = text.replace(f"[{key}]", f"[x.{key}]").replace(f"[{key}.draws.", f"[x.{key}.draws.")
    due = "list" if key in ("classes", "groups", "unclear") else "table"
    found = messages(f"{key} = 5\n{text}")
    assert f"{key}: must be a {due}; it is 5" in found
    assert [one for one in found if not one.startswith(("x:", f"{key}:", "unclear"))] == []


def test_two_groups_with_one_id_and_two_draws_with_one_name_are_named() -> None:
    text = changed(('id = "staff"', 'id = "users"'), ('name = "staff"', 'name = "towns"'))
    assert messages(text) == [
        "groups: must be unique; 'users' stands 2 times",
        "groups.draws: must be unique; 'towns' stands 2 times",
    ]


def test_weights_that_sum_to_one_but_for_the_computers_rounding_are_no_fault() -> None:
    text = changed(
        ("weight = 0.4\n", "weight = 0.7\n"),
        ('name = "职工"\nweight = 0.25', 'name = "职工"\nweight = 0.1'),
        ('name = "代表委员"\nweight = 0.25', 'name = "代表委员"\nweight = 0.1'),
    )
    weights = [group.weight for group in Scheme.read(text).groups]
    assert sum(weights) != 1


@pytest.mark.parametrize("key", ["text", "evaluatees_each"])
def test_a_key_of_ones_own_is_refused(key: str) -> None:
    assert messages(f'{key} = "x"\n{SMALL}')[0].startswith(f"{key}: '{key}' is no known key")


# --------------------------------------------------------------------------------------- in words


@pytest.mark.parametrize("source", ["guangan-2013", SCENARIOS / "small.toml"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_words_mention_every_class_group_draw_and_open_point(
    source: str | Path, language: Literal["zh", "en"]
) -> None:
    scheme = Scheme.load(source)
    words = scheme.in_words(language)
    lines = words.splitlines()
    for each in scheme.classes:
        line = next(line for line in lines if line.strip().startswith(each.name))
        assert str(len(each.evaluatees)) in line and each.conducted_by in line
        assert all(indicator in line for indicator in each.indicators)
    for group in scheme.groups:
        line = next(line for line in lines if line.strip().startswith(group.name))
        assert str(group.valid) in line and f"{group.weight:.0%}" in line
        for draw in group.draws:
            assert any(f" {draw.name}：" in line or f" {draw.name}: " in line for line in lines)
    for point in scheme.unclear:
        assert all(text in words for text in (point.open, point.reading, point.key))
    for label in scheme.scale.labels:
        assert label.name in words
    assert str(scheme.valid_answers) in words


def test_both_languages_say_every_key_that_changes_the_scores(small: Scheme) -> None:
    twists: list[dict[str, Any]] = [
        {"ranking": replace(small.ranking, ties="dense")},
        {"ranking": replace(small.ranking, rank_on="published")},
        {"ranking": replace(small.ranking, decimals=1)},
        {"dont_know": replace(small.dont_know, removed_per="respondent")},
        {"level": 0.9},
        {"level": 0.999},
        {"full_mark": 10.0},
        {"groups": (replace(small.groups[0], official="design"), *small.groups[1:])},
        {"groups": (replace(small.groups[0], population="infinite"), *small.groups[1:])},
        {"groups": (replace(small.groups[0], weight=0.405), *small.groups[1:])},
    ]
    for twist in twists:
        for language in ("zh", "en"):
            assert replace(small, **twist).in_words(language) != small.in_words(language), twist
