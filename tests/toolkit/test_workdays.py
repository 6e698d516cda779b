"""Working days: against another library's calendar of China, and notices of the State Council by hand."""

import json
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from toolkit import RoundError
from toolkit.workdays import Calendar, add_workdays, is_workday, next_workday, workdays_between

ORACLE = Path(__file__).parents[1] / "oracles" / "workdays_china.json"
WORKED = json.loads(ORACLE.read_text(encoding="utf8"))


@pytest.mark.parametrize("year", range(2013, 2023))
def test_working_days_agree_with_another_calendar_of_china(year: int) -> None:
    """Oracle: python-holidays 0.109, which knows days off and Saturdays worked in their place."""
    days = np.arange(f"{year}-01-01", f"{year + 1}-01-01", dtype="datetime64[D]")
    assert is_workday(days).tolist() == [one == "1" for one in WORKED[str(year)]]


def test_a_term_is_walked_day_by_day() -> None:
    """Oracle: step from day to day over python-holidays; the first day does not count (民法典第201条)."""
    worked = [one == "1" for one in WORKED["2021"] + WORKED["2022"]]
    first = np.datetime64("2021-01-01")
    starts = np.arange("2021-01-01", "2022-03-01", dtype="datetime64[D]")
    for number in (1, 5, 10, 15, 30, 60):
        due = add_workdays(starts, number)
        for start, end in zip(starts[::7], due[::7], strict=True):
            day, left = start, number
            while left:
                day = day + 1
                left -= worked[(day - first).astype(int)]
            assert end == day
        assert (workdays_between(starts, due) == number).all()


def test_fifteen_working_days_over_national_day_by_hand() -> None:
    """2022: off 1–7 October, worked 8 and 9 October (国办发明电〔2021〕11号). From Wednesday 28 September:

    29, 30 September (2), 8, 9 October (4), 10–14 (9), 17–21 (14), Monday 24 October is the 15th.
    """
    assert str(add_workdays("2022-09-28", 15)[()]) == "2022-10-24"
    assert str(next_workday("2022-10-01")[()]) == "2022-10-08"
    assert workdays_between("2022-09-28", "2022-10-08") == 3
    assert workdays_between("2022-10-08", "2022-09-28") == 0
    assert np.isnat(add_workdays("NaT", 5))


def test_a_scheme_goes_before_the_official_calendar() -> None:
    own = Calendar(holidays=(date(2022, 9, 29),), workdays=(date(2022, 10, 1),))
    assert is_workday(["2022-09-29", "2022-10-01", "2022-09-30"], own).tolist() == [False, True, True]
    # without 29 September: 30 September (1), 1 October (2)
    assert str(add_workdays("2022-09-28", 2, own)[()]) == "2022-10-01"


def test_a_year_that_no_calendar_knows_is_named() -> None:
    with pytest.raises(RoundError, match=r"does not know 1999: write under \[calendar\] years = \[1999\]"):
        is_workday(["1999-05-01"])
    with pytest.raises(RoundError, match="2027") as told:
        add_workdays(["2026-01-05", "2026-12-28"], [1, 15])
    assert [one.rule for one in told.value.faults] == ["calendar_year"]
    assert "官方日历没有 2027 年" in told.value.chinese
    # a term that ends before the unknown year needs nothing of it
    assert str(add_workdays("2026-11-02", 15)[()]) == "2026-11-23"
    own = Calendar(years=(2027,), holidays=(date(2027, 1, 1),))
    # after Monday 28 December 2026: 29–31 December (3), off on Friday 1 January 2027, Monday the 4th
    assert str(add_workdays("2026-12-28", 4, own)[()]) == "2027-01-04"
