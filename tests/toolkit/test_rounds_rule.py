"""The keys of a scheme that say how often rounds are due and how they are averaged.

Oracles: the calendar; the words of the keys.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from toolkit import Scheme, SchemeError
from toolkit.rounds_rule import between, period_in

SMALL = Path(__file__).parents[1] / "scenarios" / "small.toml"
KEYS = '\n[rounds]\nevery = "month"\n[average]\nat_least = 4\nfewer = "leave_out"\n'


def test_rounds_and_averages_are_told_in_both_languages() -> None:
    scheme = Scheme.read(SMALL.read_text(encoding="utf8") + KEYS)
    assert "每月一轮；没有举行的一轮须申报原因和决定单位\n各轮得分平均，至少 4 轮；不足的没有平均分" in (
        scheme.in_words("zh")
    )
    assert "A round every month" in scheme.in_words("en") and "at least 4" in scheme.in_words("en")
    plain = Scheme.read(SMALL.read_text(encoding="utf8"))
    assert plain.rounds.every is None and "每月一轮" not in plain.in_words("zh")


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ("at_least = 4", "at_least = 0", "average.at_least"),
        ('"month"', '"day"', "rounds.every"),
        ("every", "evry", "rounds.evry"),
    ],
)
def test_a_wrong_key_is_named_with_its_path(old: str, new: str, path: str) -> None:
    with pytest.raises(SchemeError) as caught:
        Scheme.read(SMALL.read_text(encoding="utf8") + KEYS.replace(old, new))
    assert path in [one.path for one in caught.value.faults]


def test_weeks_follow_the_calendar_over_a_year_of_53() -> None:
    """2015 has 53 ISO weeks, 2014 has 52: its week 53 is no week."""
    assert between((2015, 52), (2016, 2), "week") == [(2015, 53), (2016, 1)]
    assert between((2014, 51), (2015, 1), "week") == [(2014, 52)]
    assert period_in("2014-W53", "week") is None and period_in("2015-W53", "week") == (2015, 53)


def test_a_month_is_read_where_it_is_one_alone() -> None:
    assert period_in("2013-13", "month") is None
    assert period_in("2013年第5周", "month") is None
    assert period_in("甲县-2013_05", "month") == (2013, 5)
