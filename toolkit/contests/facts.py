"""What a reply says of a recount, as plain text and numbers; who answered is not in it."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from datetime import date
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from scoring.consequence import Unstated
from toolkit.contests.recount import Recount, neighbours
from toolkit.files import file_digest
from toolkit.frames.fields import needs_of
from toolkit.report.facts import round_facts
from toolkit.report.writing import HIDDEN, NONE, STATUS, count, fixed, percent, span, weight
from toolkit.scheme import Scheme
from toolkit.scores import Scores
from toolkit.small_groups import hides_swap

if TYPE_CHECKING:
    from toolkit.contests.contest import Contest
    from toolkit.round import Round

LEAST = 5
"""Of fewer people's answers the letter does not tell what they moved: one could work out what they said."""

RECEIPTS = "find samples -name '*.receipt.json' -print0 | LC_ALL=C sort -z | xargs -0 cat | sha256sum"

SET_ASIDE = {
    "rating": "分值不合规定",
    "not_asked": "答了不问的指标",
    "not_in_sample": "不在样本中",
    "shortened_id": "编号被 Excel 缩写",
    "id_as_date": "编号变成日期",
    "id_as_number": "编号变成数字",
    "withdrawn": "已撤回",
    "answered_again": "重复报送，只计一次",
    "answered_differently": "前后两份不一致",
    "recused": "回避",
    "unknown_cell": "不在配额单元中",
    "over_quota": "超出配额",
}
KINDS = {"group": "各类对象", "indicator": "各项指标", "interviewer": "访问员"}
MANY = 12  # so many units or more are told together, not each by itself


def letter_facts(contest: Contest, found: Recount) -> dict[str, Any]:
    """Gather what the letter of a contest says, whatever its outcome.

    Parameters
    ----------
    contest : Contest
    found : Recount
        Of this contest.

    Returns
    -------
    dict
        Plain data for ``toolkit.report.letter``. It names other evaluatees with their scores; whether the
        letter does is decided when it is written.
    """
    one, scores = contest.round, found.scores
    scheme, opened = scores.scheme, contest.opened
    chosen = scheme.class_of(found.evaluatee)
    few = _few(found)
    rules = scheme.awards is not None or not isinstance(scheme.low_satisfaction_rule, Unstated)
    return {
        "title": scheme.title,
        "made": one.made,
        "status": STATUS["formal" if one.sealed else scores.status],
        "sealed": one.sealed,
        "number": contest.number,
        "evaluatee": found.evaluatee,
        "class_name": chosen.name,
        "units": len(chosen.evaluatees),
        "office": opened["office"],
        "grounds": opened["grounds"].rstrip("。；;.　 "),
        "received": in_chinese(opened["received"]),
        "then": _standing(scheme, opened["result"]),
        "level": weight(scheme.level),
        "disputed": _disputed(scheme, found, opened["own"]),
        "few": few,
        "least": _least(scheme),
        "with": _result(scheme, found.own, ""),
        "without": None if found.without is None else _result(scheme, found.own, "_without", few),
        "why": found.why,
        "rules": rules,
        "told_of": "、".join(
            ["名次", *(["等级"] if scheme.grading is not None else []), *(["奖惩"] if rules else [])]
        ),
        "change": NONE if few else signed(found.own["change"], scheme.ranking.decimals),
        "drop": _drop(found, few),
        "others": _others(scheme, found),
        "proof": _proof(one),
        "counts": _counts(scheme, found),
        "set_aside": [[SET_ASIDE.get(str(rule), "其他"), int(n)] for rule, n in found.set_aside.items()],
        "verdict": _verdict(found),
        "neighbours": _neighbours(scheme, found),
        "weights": _weights(scheme, found),
        "left_out": list(_left_out(scheme, found)),
        "alike": _alike(scores, found.evaluatee),
        "steps": _steps(scores, found.evaluatee),
    }


def in_chinese(day: str) -> str:
    """Write a date as officials do.

    >>> in_chinese("2013-11-04")
    '2013年11月4日'
    """
    when = date.fromisoformat(day)
    return f"{when.year}年{when.month}月{when.day}日"


def signed(value: float, decimals: int) -> str:
    """Write a change with its sign.

    >>> signed(0.126, 2), signed(-1.0, 1), signed(-0.001, 2)
    ('+0.13', '−1.0', '0.00')
    """
    if not np.isfinite(value):
        return NONE
    told = fixed(abs(value), decimals)
    return told if not float(told) else ("+" if value > 0 else "−") + told


def _standing(scheme: Scheme, result: Mapping[str, Any]) -> dict[str, str]:
    return {"score": fixed(result["score"], scheme.ranking.decimals), "rank": str(result["rank"])}


def _few(found: Recount) -> bool:
    """Whether so few answers are disputed, or would be left, that their effect tells what they said."""
    own, of = found.dropped["own"], found.dropped["of"]
    left, least = of - own, _least(found.scores.scheme)
    return bool((((own > 0) & (own < least)) | ((own > 0) & (left > 0) & (left < least))).any())


def _least(scheme: Scheme) -> int:
    """Give how many answers may be told of: what the scheme hides is hidden here too."""
    return LEAST if scheme.small_groups is None else max(LEAST, scheme.small_groups.hide_below)


def _disputed(scheme: Scheme, found: Recount, own: bool) -> dict[str, Any]:
    names = {group.id: group.name for group in scheme.groups}
    rows = [
        {"name": names[str(row.group)]}
        | {name: count(int(getattr(row, name))) for name in ("counted", "own", "of")}
        for row in found.dropped.itertuples()
    ]
    total = {name: count(int(found.dropped[name].sum())) for name in ("disputed", "counted", "own")}
    return {"groups": rows, "only_own": own, "any": bool(len(rows)), **total}


def _result(scheme: Scheme, own: pd.Series, which: str, few: bool = False) -> dict[str, str]:
    decimals = scheme.ranking.decimals

    def number(name: str, places: int) -> str:
        return NONE if few else fixed(float(own[name + which]), places)

    low, high = (number(name, decimals) for name in ("low", "high"))
    return {
        "score": number("score", decimals),
        "se": number("se", decimals + 1),
        "interval": NONE if few else span(low, high),
        "rank": str(int(own["rank" + which])),
        "places": span(*(str(int(own[name + which])) for name in ("rank_low", "rank_high"))),
        "grade": str(own["grade" + which]) or NONE,
        "consequences": str(own["consequences" + which]) or "无",
    }


def _drop(found: Recount, few: bool) -> dict[str, str] | None:
    """Tell what leaving out as many answers at random would move, and how many times that the change is."""
    if few or found.without is None or not found.drop_se > 0:
        return None
    return {"se": fixed(found.drop_se, 3), "times": fixed(abs(found.own["change"]) / found.drop_se, 1)}


def _others(scheme: Scheme, found: Recount) -> dict[str, Any]:
    """Name the others whose place, grade or consequence would be another."""
    moved = found.moved[found.moved["evaluatee"] != found.evaluatee]
    names = {each.id: each.name for each in scheme.classes}
    rows = [
        {
            "class": names[row["class"]],
            "name": row["evaluatee"],
            "rank": str(int(row["rank"])),
            "rank_without": str(int(row["rank_without"])),
            "grade": f"{row['grade']} → {row['grade_without']}"
            if row["grade"] != row["grade_without"]
            else "",
        }
        for row in moved.to_dict("records")
    ]
    return {"count": len(rows), "rows": rows}


def _proof(one: Round) -> dict[str, Any]:
    facts = round_facts(one)
    seals = one.steps("seal") if one.sealed else []
    return {
        "samples": count(sum(each.lists for each in facts.draws)),
        "drawn": count(sum(each.drawn for each in facts.draws)),
        "key": facts.key,
        "locks": facts.public,
        "number": facts.number,
        "files": count(len(facts.answers)),
        "sheets": count(sum(each.sheets or 0 for each in facts.answers)),
        "scores": file_digest(one.folder / "results" / "scores.csv"),
        "seal": seals[-1]["sha256"] if seals else "",
        "receipts": _receipts(one),
        "command": RECEIPTS,
    }


def _receipts(one: Round) -> str:
    """Give one digest for all receipts, that which ``RECEIPTS`` prints."""
    found = {
        path.relative_to(one.folder).as_posix().encode(): path
        for path in (one.folder / "samples").rglob("*.receipt.json")
    }
    return sha256(b"".join(found[name].read_bytes() for name in sorted(found))).hexdigest()


def _counts(scheme: Scheme, found: Recount) -> list[dict[str, str]]:
    names = {group.id: group.name for group in scheme.groups}
    hides = found.scores.hidden.groups.loc[found.evaluatee]
    return [
        {
            "name": names[row["group"]],
            "planned": count(int(row["planned"])),
            "drawn": _whole(row["drawn"]),
            "valid": HIDDEN if hides[row["group"]] else _whole(row["valid"]),
            "rate": percent(float(row["RR1"]))
            if pd.notna(row["RR1"]) and not hides[row["group"]]
            else HIDDEN,
        }
        for row in found.counts.to_dict("records")
    ]


def _whole(value: Any) -> str:
    return count(int(value)) if pd.notna(value) else NONE


def _verdict(found: Recount) -> dict[str, str]:
    chance, weights = found.verdict["chance"], found.verdict["weights"]
    return {
        "word": found.verdict["verdict_zh"],
        "chance": "小于 0.01" if chance < 0.005 else f"为 {fixed(chance, 2)}",
        "weights": "" if pd.isna(weights) else fixed(weights, 3),
    }


def _neighbours(scheme: Scheme, found: Recount) -> list[dict[str, str]]:
    decimals, own = scheme.ranking.decimals, found.own
    rows = neighbours(found.scores, found.evaluatee)
    return [
        {
            "where": "前一名"
            if row["rank"] < own["rank"]
            else "同一名次"
            if row["rank"] == own["rank"]
            else "后一名",
            "name": row["evaluatee"],
            "rank": str(row["rank"]),
            "score": fixed(row["score"], decimals),
            "gap": fixed(abs(row["estimate"] - own["estimate"]), decimals + 2),
        }
        for row in rows
    ]


def _weights(scheme: Scheme, found: Recount) -> list[dict[str, Any]]:
    """Give for each group and neighbour the weight that swaps them, and the sheets that pass the gap."""
    rows = []
    for group in scheme.groups:
        cells = []
        for other in neighbours(found.scores, found.evaluatee):
            who = other["evaluatee"]
            swap = found.swaps[(found.swaps["part"] == group.name) & (found.swaps["neighbour"] == who)]
            need = found.needed[(found.needed["group"] == group.id) & (found.needed["neighbour"] == who)]
            hidden = hides_swap(found.scores, found.evaluatee, str(who))
            cells.append(
                {
                    "swap": HIDDEN if hidden else _swap(swap),
                    "sheets": HIDDEN if hidden else _sheets(need),
                }
            )
        rows.append({"name": group.name, "weight": weight(group.weight), "cells": cells})
    return rows


def _swap(rows: pd.DataFrame) -> str:
    inside = rows[rows["found"] == "within"]
    return percent(float(inside["swap"].iloc[0])) if len(inside) else "不会"


def _sheets(rows: pd.DataFrame) -> str:
    sheets, of = (float(rows[name].iloc[0]) for name in ("sheets", "of"))
    if not np.isfinite(sheets):
        return NONE
    return f"全部 {count(int(of))} 份也不够" if sheets > of else f"{count(int(sheets))}/{count(int(of))} 份"


def _left_out(scheme: Scheme, found: Recount) -> Iterator[dict[str, Any]]:
    """Tell the place without each of a kind: one by one; together where they are many, or persons."""
    now = int(found.own["rank"])
    for kind, rows in found.left_out.groupby("kind", sort=False):
        known = rows.dropna(subset=["place"])
        places = known["place"].astype(int)
        moved = known[known["change"] != 0]
        together = kind == "interviewer" or len(rows) >= MANY
        each = [] if together else [[str(row.left_out), _place(row.place)] for row in rows.itertuples()]
        named = [] if kind == "interviewer" else moved["left_out"].astype(str).head(MANY).tolist()
        yield {
            "kind": KINDS.get(str(kind)) or _unit_name(scheme, str(kind)),
            "size": len(rows),
            "places": span(str(min(places.min(), now)), str(max(places.max(), now))) if len(places) else NONE,
            "moved": len(moved),
            "named": named,
            "each": each,
        }


def _place(place: Any) -> str:
    return f"第 {int(place)} 名" if pd.notna(place) else "不能计分"


def _unit_name(scheme: Scheme, unit: str) -> str:
    draws = [draw for group in scheme.groups for draw in group.draws if draw.unit == unit]
    return needs_of(scheme, draws[0].frame).label(unit) if draws else unit


def _alike(scores: Scores, evaluatee: str) -> list[dict[str, str]]:
    """Name those whose range of places meets its own."""
    table = scores.table[scores.table["class"] == scores.scheme.class_of(evaluatee).id]
    own = table.set_index("evaluatee").loc[evaluatee]
    near = table[
        (table["rank_low"] <= own["rank_high"])
        & (table["rank_high"] >= own["rank_low"])
        & (table["evaluatee"] != evaluatee)
    ].sort_values(["rank", "evaluatee"])
    return [{"name": str(row.evaluatee), "rank": str(row.rank)} for row in near.itertuples()]


def _steps(scores: Scores, evaluatee: str) -> list[dict[str, str]]:
    """Give every step from answers to place; who cannot be told apart is told elsewhere."""
    rows = scores.explain(evaluatee).steps
    return [_step(row) for row in rows[rows["step"] != "alike"].to_dict("records")]


def _step(row: dict[Hashable, Any]) -> dict[str, str]:
    counts = ""
    if row["step"] == "answers":
        told = (("有效", "valid"), ("不了解", "dont_know"), ("拒答", "refused"), ("空白", "blank"))
        counts = "  ".join(f"{name} {_whole(row[key])}" for name, key in told)
    return {
        "step": str(row["step"]),
        "label": str(row["label"]),
        "counts": counts,
        "working": str(row["working"]),
    }
