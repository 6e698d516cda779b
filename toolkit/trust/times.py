"""Dates with a time of day as people and programs write them, read without guessing."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

EXCEL_DAYS = (20_000, 80_000)  # 1954 to 2119, counted from 1899-12-30
NOON = "中午"
AFTER_NOON = ("下午", "晚上", "傍晚", "晚", "PM")
BEFORE_NOON = ("上午", "早上", "凌晨", "清晨", "早", "AM")
HALF = "|".join(sorted((NOON, *AFTER_NOON, *BEFORE_NOON), key=len, reverse=True))
DAY = r"(?P<year>\d{4})\s*[-/.年]\s*(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})\s*日?"
CLOCK = (
    rf"(?P<half>{HALF})?\s*(?P<hour>\d{{1,2}})\s*[:时點点]\s*(?:(?P<minute>\d{{1,2}})\s*分?|(?P<thirty>半)|整)?"
    rf"(?:\s*[:分]?\s*(?P<second>\d{{1,2}})(?:\.\d+)?\s*秒?)?\s*(?P<after>AM|PM)?"
)
ZONE = r"\s*(?P<zone>Z|[+-]\d{2}:?\d{2})?"
WEEKDAY = r"(?:\s*[(]?(?:星期|周)[一二三四五六日天][)]?)?"
WHOLE = re.compile(DAY + WEEKDAY + r"[\sT,]*" + CLOCK + ZONE)
TIGHT = re.compile(
    r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})[\sT]*(?P<hour>\d{2}):?(?P<minute>\d{2})(?::?(?P<second>\d{2}))?"
)
CLOCK_ALONE = re.compile(CLOCK)
PLAIN = re.compile(r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(?::\d{2})?")  # most, and pandas reads it at once
CHINA = pd.Timedelta(hours=8)


def read_times(text: pd.Series, day: pd.Series | None = None) -> pd.Series:
    """Read dates with a time of day; what is not clear, or has no time of day, is NaT.

    Read are 2024-09-05 10:30 and the like with / or ., with seconds, a T or a zone (taken to China's time),
    20240905103000, 2024年9月5日上午10时30分, 下午3点半, AM and PM, full-width digits, and the days that Excel
    counts (45540.4375). Not read: a date alone, a year of two digits, and 9/5/2024, where nobody knows
    which is the month.

    Parameters
    ----------
    text : Series of str
    day : Series of datetime, optional
        Where the text is a time of day alone, the day it is of, in the same order.

    Returns
    -------
    Series of datetime64[s]
        With the index of ``text``.

    Examples
    --------
    >>> read_times(pd.Series(["2024/9/5 下午3:05", "45540.4375", "9/5/2024 10:30"])).map(str).tolist()
    ['2024-09-05 15:05:00', '2024-09-05 10:30:00', 'NaT']
    """
    codes, found = pd.factorize(text.to_numpy())
    one = pd.Series(found, dtype=object).astype(str).str.normalize("NFKC").str.strip().str.upper()
    plain = one.str.fullmatch(PLAIN)
    parts = pd.concat([_parts(one[~plain], pattern) for pattern in (WHOLE, TIGHT)])
    parts = parts[~parts.index.duplicated()]
    quick = pd.to_datetime(one[plain], format="ISO8601", errors="coerce").astype("datetime64[s]")
    times = pd.concat([quick, _joined(parts)]).reindex(one.index)
    times = times.where(times.notna(), _excel(one))
    whole: pd.Series = times.reindex(codes).set_axis(text.index)
    if day is None:
        return whole
    placed: pd.Series = whole.where(whole.notna(), _on(day, _parts(one, CLOCK_ALONE), codes, text.index))
    return placed


def _parts(text: pd.Series, pattern: re.Pattern[str]) -> pd.DataFrame:
    """Take apart the texts that a pattern fits as a whole."""
    fits: pd.Series = text[text.str.fullmatch(pattern)]
    return fits.str.extract(pattern)


def _number(parts: pd.DataFrame, name: str) -> pd.Series:
    column = parts[name] if name in parts else pd.Series(np.nan, parts.index)
    return pd.to_numeric(column).fillna(0)


def _seconds(parts: pd.DataFrame) -> pd.Series:
    """Give the second of the day, NaN where there is none such: 13 PM, 12 at night, 25:00, 10:75."""
    hour, minute, second = (_number(parts, name) for name in ("hour", "minute", "second"))
    if "half" in parts:
        half = parts["half"].where(parts["half"].notna(), parts["after"])
        both = parts["half"].notna() & parts["after"].notna()
        minute = minute.mask(parts["thirty"].notna(), 30)
        late, early, noon = half.isin(AFTER_NOON), half.isin(BEFORE_NOON), half == NOON
        midnight = half.isin(("晚上", "晚")) & (hour == 12)
        odd = both | midnight | (early & (hour > 12)) | (noon & ~hour.isin((11, 12, 13, 14, 1, 2)))
        hour = hour + 12 * (late & (hour < 12)) + 12 * (noon & (hour < 3)) - 12 * (early & (hour == 12))
        hour = hour.mask(odd)
    right = (hour < 24) & (minute < 60) & (second < 60)
    return (3600 * hour + 60 * minute + second).where(right)


def _joined(parts: pd.DataFrame) -> pd.Series:
    named = {name: _number(parts, name).astype(np.int64) for name in ("year", "month", "day")}
    days = pd.to_datetime(pd.DataFrame(named), errors="coerce").astype("datetime64[s]")
    times = days + pd.to_timedelta(_seconds(parts), unit="s").astype("timedelta64[s]")
    if "zone" not in parts or parts["zone"].isna().all():
        return times
    zone = parts["zone"].str.replace("Z", "+0000").str.replace(":", "")
    sign = np.where(zone.str[0] == "-", -1, 1)
    minutes = sign * (60 * pd.to_numeric(zone.str[1:3]) + pd.to_numeric(zone.str[3:5]))
    shift = (CHINA - pd.to_timedelta(minutes, unit="min")).fillna(pd.Timedelta(0))
    return times + shift.astype("timedelta64[s]")


def _excel(text: pd.Series) -> pd.Series:
    """Read the days that Excel counts; a whole number is a date alone."""
    days = pd.to_numeric(text.where(text.str.fullmatch(r"\d{5}\.\d+")), errors="coerce")
    days = days.where(days.between(*EXCEL_DAYS) & (days % 1 > 0))
    first = pd.Series(pd.Timestamp("1899-12-30"), text.index)
    return (first + pd.to_timedelta((days * 86_400).round(), unit="s")).astype("datetime64[s]")


def _on(day: pd.Series, clock: pd.DataFrame, codes: np.ndarray, index: pd.Index) -> pd.Series:
    """Put times of day on their days."""
    seconds = _seconds(clock).reindex(range(int(codes.max(initial=-1)) + 1)).reindex(codes).set_axis(index)
    start = day.set_axis(index).dt.normalize()
    placed: pd.Series = start + pd.to_timedelta(seconds, unit="s")
    return placed.astype("datetime64[s]")
