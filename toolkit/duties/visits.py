"""Duties of visitors: coverage, loads, no overlap, one to one, how often, how long."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import numpy.typing as npt
import pandas as pd

from toolkit.duties.context import Context, count_by, judged, share
from toolkit.duties.kinds import Apart, Coverage, Every, Load, OneToOne, Within
from toolkit.duties.read import chosen, is_clock, joined_key, read_days, read_minutes
from toolkit.workdays import MONDAY

Tables = tuple[pd.DataFrame, pd.DataFrame]
Days = npt.NDArray[np.datetime64]


def coverage(duty: Coverage, given: Context) -> Tables:
    """Count the units visited of the units due; the number needed is rounded up."""
    units, visits = given.rows(duty.units), given.rows(duty.visits)
    seen = joined_key(units, duty.unit).isin(joined_key(visits, duty.unit))
    whom = given.whom(duty.by, given.tables[duty.units.table])
    due, done = count_by(units, duty.by, whom), count_by(units[seen], duty.by, whom)
    least = Fraction(str(duty.least))  # as written, so that 0.3 of 10 is 3
    need = -(-due * least.numerator // least.denominator)
    met = judged(done >= need, due)
    told = pd.DataFrame({"due": due, "need": need, "done": done, "rate": share(done, due), "met": met})
    short = whom[(~met.fillna(True)).to_numpy(bool)]
    return told.reset_index(), units[~seen & units[duty.by].isin(short)]


def load(duty: Load, given: Context) -> Tables:
    """Count the different units of each visitor."""
    rows = given.rows(duty.rows)
    roster = [] if duty.roster is None else [given.rows(duty.roster)]
    whom = given.whom(duty.by, *roster, rows)
    done = count_by(rows.drop_duplicates([duty.by, *duty.unit]), duty.by, whom)
    limits = {name: limit for name in ("least", "most") if (limit := getattr(duty, name)) is not None}
    met = (done >= limits.get("least", 0)) & (done <= limits.get("most", np.inf))
    told = pd.DataFrame({"done": done} | limits | {"met": met.astype("boolean")}, index=whom).reset_index()
    return told, told[~told["met"].astype(bool)].drop(columns="met")


def apart(duty: Apart, given: Context) -> Tables:
    """Find the units on which several teams fell."""
    rows = given.rows(duty.rows)
    key = [*dict.fromkeys([duty.by, *duty.unit])]
    pairs = rows.drop_duplicates([*key, duty.team])
    units = pairs.groupby(key, sort=False)[duty.team].agg(teams="size", who="、".join).reset_index()
    twice = units[units["teams"] > 1]
    whom = given.whom(duty.by, rows)
    due, bad = count_by(units, duty.by, whom), count_by(twice, duty.by, whom)
    told = pd.DataFrame({"visited": due, "overlaps": bad, "met": judged(bad == 0, due)})
    return told.reset_index(), twice


def one_to_one(duty: OneToOne, given: Context) -> Tables:
    """List every pair with its first and last day, and how many each side has in all."""
    rows = given.rows(duty.rows)
    rows = rows.assign(day=read_days(rows[duty.date]))
    rows = rows[rows["day"] <= given.as_of]
    sides = [duty.left, duty.right]
    pairs = rows.groupby(sides, sort=False)["day"].agg(first="min", last="max").reset_index()
    rights = pairs[duty.left].map(pairs[duty.left].value_counts())
    lefts = pairs[duty.right].map(pairs[duty.right].value_counts())
    met = ((rights == 1) & (lefts == 1)).astype("boolean")
    told = pairs.assign(of_left=rights.astype(np.int64), of_right=lefts.astype(np.int64), met=met)
    return told, told[~met.astype(bool)].drop(columns="met").sort_values([duty.right, "first"])


def every(duty: Every, given: Context) -> Tables:
    """Count the days or rows of each in every period that is over."""
    rows = given.rows(duty.rows)
    day = read_days(rows[duty.date])
    first, last = np.datetime64(duty.since), np.datetime64(duty.until)
    in_term = (day >= first) & (day <= min(last, given.as_of))
    rows = rows.assign(day=day, period=period_start(day, duty.each, first))[in_term]
    who = list(duty.who)
    roster = [] if duty.roster is None else [given.rows(duty.roster)]
    whom = pd.concat([table[who] for table in [*roster, given.rows(duty.rows)]]).drop_duplicates()
    if duty.count == "days":
        rows = rows.drop_duplicates([*who, "day"])
    begins, ends = periods(duty)
    over = np.minimum(ends, last) <= given.as_of
    due = pd.DataFrame({"period": begins[over], "from": np.maximum(begins, first)[over]})
    due["to"] = np.minimum(ends, last)[over]
    done = rows.groupby([*who, "period"]).size().rename("done").reset_index()
    grid = whom.merge(due, how="cross").merge(done, how="left", on=[*who, "period"])
    grid = grid.assign(done=grid["done"].fillna(0).astype(np.int64)).drop(columns="period")
    grid["lacks"] = (duty.times - grid["done"]).clip(lower=0)
    enough = grid.assign(done=grid["lacks"] == 0).groupby(who, sort=False)["done"].agg(["size", "sum"])
    told = whom.merge(enough.reset_index(), how="left", on=who)
    due_of, done_of = (told[name].fillna(0).astype(np.int64) for name in ("size", "sum"))
    met = judged(done_of == due_of, due_of)
    told = told[who].assign(due=due_of, done=done_of, rate=share(done_of, due_of), met=met)
    return told, grid[grid["lacks"] > 0]


def period_start(day: Days, each: str, first: np.datetime64 = MONDAY) -> Days:
    """Give the first day of the period a day falls in; ``first`` is that from which two days are counted.

    Examples
    --------
    >>> day = np.array(["2021-05-31"], "datetime64[D]")
    >>> [str(period_start(day, each)[0]) for each in ("week", "ten_days", "month", "quarter")]
    ['2021-05-31', '2021-05-21', '2021-05-01', '2021-04-01']
    """
    if each in ("day", "two_days"):
        return day - (day - first) % np.timedelta64(2 if each == "two_days" else 1, "D")
    if each == "week":
        return day - (day - MONDAY) % np.timedelta64(7, "D")
    month = day.astype("datetime64[M]")
    if each == "quarter":
        month = month - month.astype(np.int64) % 3
    begins = month.astype("datetime64[D]")
    if each == "ten_days":
        begins = begins + np.minimum((day - begins) // np.timedelta64(10, "D"), 2) * 10
    return begins


def periods(duty: Every) -> tuple[Days, Days]:
    """Give the first and the last days of a duty's periods, whole as the calendar has them."""
    first, last = np.datetime64(duty.since), np.datetime64(duty.until)
    begins = np.unique(period_start(np.arange(first, last + 100), duty.each, first))
    begins, ends = begins[:-1], begins[1:] - 1
    kept = begins <= last
    if duty.partial == "left_out":
        kept &= (begins >= first) & (ends <= last)
    return begins[kept], ends[kept]


def within(duty: Within, given: Context) -> Tables:
    """Hold a number or a time of day of each row to its limits."""
    rows = given.rows(duty.rows)
    whom = given.whom(duty.by, rows)
    exempt = rows.index.isin(chosen(rows, duty.exempt).index) if duty.exempt else np.zeros(len(rows), bool)
    low: float | None
    high: float | None
    if is_clock(duty):
        value = read_minutes(rows[duty.column])
        low, high = (
            None if one is None else one.hour * 60 + one.minute for one in (duty.earliest, duty.latest)
        )
    else:
        value = pd.to_numeric(rows[duty.column]).to_numpy(np.float64)
        low, high = duty.least, duty.most
    with np.errstate(invalid="ignore"):
        good = (value >= (-np.inf if low is None else low)) & (value <= (np.inf if high is None else high))
    bound = ~exempt & (~np.isnan(value) if duty.empty == "left_out" else True)
    due, done = count_by(rows[bound], duty.by, whom), count_by(rows[bound & good], duty.by, whom)
    told = {
        "exempt": count_by(rows[exempt], duty.by, whom),
        "due": due,
        "done": done,
        "rate": share(done, due),
    }
    return pd.DataFrame(told | {"met": judged(done == due, due)}).reset_index(), rows[bound & ~good]
