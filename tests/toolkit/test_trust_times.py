"""Times as people and programs write them: each form is read as a person reads it, or not at all."""

import pandas as pd
import pytest

from toolkit.trust.times import read_times

# What a Chinese reader takes each for; NaT where two readings are possible, or the time of day is missing.
READ = {
    "2024-09-05 10:30": "2024-09-05 10:30:00",
    "2024-09-05 10:30:15.9": "2024-09-05 10:30:15",
    "2024-09-05T10:30:00+08:00": "2024-09-05 10:30:00",
    "2024-09-04T23:30:00Z": "2024-09-05 07:30:00",
    "2024-09-05 10:30 -0330": "2024-09-05 22:00:00",
    "2024/9/5 9:05": "2024-09-05 09:05:00",
    "2024.9.5 9:05": "2024-09-05 09:05:00",
    "20240905 1030": "2024-09-05 10:30:00",
    "20240905103015": "2024-09-05 10:30:15",
    "2024年9月5日10时30分20秒": "2024-09-05 10:30:20",
    "2024年9月5日 上午10点半": "2024-09-05 10:30:00",
    "2024年9月5日星期四 下午3点": "2024-09-05 15:00:00",
    "2024年9月5日 中午12:10": "2024-09-05 12:10:00",
    "2024-9-5 中午1点": "2024-09-05 13:00:00",
    "2024-09-05 凌晨12:05": "2024-09-05 00:05:00",
    "2024-9-5 3:05 PM": "2024-09-05 15:05:00",
    "2024-9-5 12:05 am": "2024-09-05 00:05:00",
    "2024-9-5 12:05 pm": "2024-09-05 12:05:00",
    "2024-9-5 下午15:05": "2024-09-05 15:05:00",
    "２０２４－０９－０５　１０：３０": "2024-09-05 10:30:00",
    "45540.4375": "2024-09-05 10:30:00",  # Excel: 45540 is 2024-09-05, .4375 is 10.5 / 24
    "2024-02-29 08:00": "2024-02-29 08:00:00",
    **dict.fromkeys(
        [
            *("", "张三", "10:30", "45540", "12345678.5", "2024-09-05", "24-09-05 10:30", "9/5/2024 10:30"),
            *("2023-02-29 08:00", "2024-13-05 10:30", "2024-09-05 24:00", "2024-09-05 10:75"),
            *("2024-09-05 晚上12:10", "2024-09-05 上午15:00", "2024-09-05 上午9:00 PM", "2024-09-05 1030"),
            *("2024-09-05 10:30 左右", "1.4375"),
        ],
        "NaT",
    ),
}


@pytest.mark.parametrize("text", READ)
def test_each_form_is_read_as_a_person_reads_it(text: str) -> None:
    assert str(read_times(pd.Series([text]))[0]) == READ[text]


def test_a_column_of_all_forms_is_read_row_by_row() -> None:
    text = pd.Series([*READ, *READ], index=range(5, 5 + 2 * len(READ)))
    found = read_times(text)
    assert found.map(str).tolist() == list(READ.values()) * 2
    assert found.index.equals(text.index) and str(found.dtype) == "datetime64[s]"


def test_a_time_of_day_alone_is_of_the_day_that_stands_beside_it() -> None:
    day = pd.Series(pd.to_datetime(["2024-09-05 10:30"] * 3 + [None]))
    found = read_times(pd.Series(["10:50", "下午1点", "2024-09-06 1:00", "10:50"], index=[7, 8, 9, 10]), day)
    assert found.map(str).tolist() == [
        "2024-09-05 10:50:00",
        "2024-09-05 13:00:00",
        "2024-09-06 01:00:00",
        "NaT",
    ]


def test_nothing_to_read_is_nothing() -> None:
    assert str(read_times(pd.Series([], dtype=object)).dtype) == "datetime64[s]"
