"""Every step from inspections, tasks and events to one evaluatee's score, with its numbers."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from typing import Any

import numpy as np
import pandas as pd

from toolkit.parts.assess import Assessed
from toolkit.parts.kinds import ScorePart, Surveyed
from toolkit.scheme import Scheme

Row = dict[Hashable, Any]
Number = Callable[[float], str]

TEXT = {
    "part": ("{name}（占 {weight}）", "{name} (weight {weight})"),
    "survey": ("调查的综合得分", "composite of the survey"),
    "mean": ("各期均值", "mean of the periods"),
    "score": ("得分", "score"),
    "weighted": ("× 权重", "× weight"),
    "sum": ("各部分之和", "sum of the parts"),
    "times": ("{event} {count} 次", "{event}, {count}"),
    "level": ("，", "; "),
    "limit": ("限度", "limit"),
}


def part_rows(
    found: Assessed, scheme: Scheme, evaluatee: str, language: str, number: Number, share: Number
) -> Iterator[Row]:
    """Give a row for each part, period, event and sum.

    Parameters
    ----------
    found : Assessed
    scheme : Scheme
    evaluatee : str
    language : "zh" or "en"
    number, share : function
        Write a number, and a weight.
    """
    at = ("zh", "en").index(language)
    tables = (found.parts, found.events, found.detail)
    parts, events, periods = (table[table["evaluatee"] == evaluatee] for table in tables)
    lines = {line["part"]: line for line in parts.to_dict("records")}
    for part in scheme.parts_of(scheme.class_of(evaluatee).id):
        line = lines[part.name]
        label = TEXT["part"][at].format(name=part.name, weight=share(line["weight"]))
        yield _row("part", label, "", line["weight"])
        yield from _of_part(part, line, periods, events[events["part"] == part.name], at, number)
        brought = line["weight"] * line["score"]
        working = f"{number(line['score'])} × {share(line['weight'])} = {number(brought)}"
        yield _row("weighted", TEXT["weighted"][at], working, brought)
    each = [float(line["weight"] * line["score"]) for line in lines.values()]
    sums = " + ".join(number(one) for one in each)
    yield _row("composite", TEXT["sum"][at], f"{sums} = {number(sum(each))}", sum(each))
    for event in events[events["part"] == ""].to_dict("records"):
        yield _row("event", _called(event, at), _moved(event, number), event["after"])


def _of_part(
    part: ScorePart, line: Row, periods: pd.DataFrame, events: pd.DataFrame, at: int, number: Number
) -> Iterator[Row]:
    if isinstance(part.source, Surveyed):
        yield _row("score", TEXT["survey"][at], number(line["score"]), line["score"])
        return
    own = periods[periods["part"] == part.name]
    if not len(own):
        start = events["before"].iloc[0] if len(events) else line["score"]
        yield _row("score", TEXT["score"][at], number(start), start)
        for event in events.to_dict("records"):
            yield _row("event", _called(event, at), _moved(event, number), event["after"])
        return
    counts = own["counted"].astype(bool)
    for one in own[counts].to_dict("records"):  # periods that do not count lead to no number
        yield _row("period", str(one["period"]), number(one["base"]), one["score"])
        for event in events[events["period"] == one["period"]].to_dict("records"):
            yield _row("event", f"  {_called(event, at)}", _moved(event, number), event["after"])
    counted = own.loc[counts, "score"]
    if len(counted):
        sums = " + ".join(number(one) for one in counted)
        working = f"({sums}) ÷ {len(counted)} = {number(line['score'])}"
        yield _row("mean", TEXT["mean"][at], working, line["score"])


def _called(event: Row, at: int) -> str:
    if not event["event"]:
        return TEXT["limit"][at]
    told = TEXT["times"][at].format(event=event["event"], count=event["count"])
    return told + (f"（{event['reason']}）" if event["reason"] else "")


def _moved(event: Row, number: Number) -> str:
    return f"{number(event['before'])} {event['points']:+.10g} = {number(event['after'])}"


def _row(step: str, label: str, working: str, value: float) -> Row:
    return {"step": step, "label": label, "working": working, "value": float(np.float64(value))}
