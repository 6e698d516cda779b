"""How schemes, rounds, scores and explanations show themselves: quiet HTML, and one line of text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sampling.show import Html, escaped, grey, heading, table, together
from toolkit.parts.words import parts_in_words
from toolkit.report.writing import STATUS, fixed
from toolkit.tally import counted_sheets
from toolkit.words import draw_in_words, percent

if TYPE_CHECKING:
    from toolkit.explain import Explanation
    from toolkit.round import Round
    from toolkit.scheme import Group, Scheme
    from toolkit.scores import Scores

MADE = "模拟数据"
ENDS = 3  # rows from the top and from the bottom of a class


def both(chinese: str, english: str) -> Html:
    """Write a label in Chinese, and aside in English.

    >>> both("类别", "class")
    '类别 <span style="color:#888">class</span>'
    """
    return Html(f"{escaped(chinese)} {grey(english)}")


# --- schemes ---------------------------------------------------------------------------------------------


def scheme_line(scheme: Scheme) -> str:
    """Tell a scheme in one line.

    >>> from toolkit.scheme import Scheme
    >>> Scheme.load("guangan-2013")
    Scheme('guangan-2013': 79 evaluatees in 4 classes, 4 groups)
    """
    return f"Scheme({scheme.id!r}: {_size(scheme)})"


def _size(scheme: Scheme) -> str:
    classes, groups = len(scheme.classes), len(scheme.groups)
    survey = f"{groups} group{'' if groups == 1 else 's'}" if groups else "no survey"
    return f"{len(scheme.evaluatees):,} evaluatees in {classes} class{'' if classes == 1 else 'es'}, {survey}"


def scheme_html(scheme: Scheme) -> str:
    """Show a scheme: its classes, its groups, and how many points the plan leaves open."""
    if not scheme.groups:
        return _scheme_of_tables(scheme)
    classes = [
        (one.name, len(one.evaluatees), len(one.indicators), one.conducted_by) for one in scheme.classes
    ]
    groups = [(one.name, percent(one.weight), one.valid, _draws(scheme, one)) for one in scheme.groups]
    points = both(f"方案没有写明之处：{len(scheme.unclear):,}", "points left open: print(scheme.in_words())")
    return together(
        heading(scheme.title, scheme.id),
        table(
            (
                both("类别", "class"),
                both("单位", "evaluatees"),
                both("指标", "indicators"),
                both("组织", "conducted by"),
            ),
            classes,
        ),
        table(
            (both("对象", "group"), both("权重", "weight"), both("计划", "valid"), both("抽样", "drawn")),
            groups,
        ),
        Html(f"<div>{points}</div>"),
    )


def _scheme_of_tables(scheme: Scheme) -> str:
    """Show a scheme without a survey: its classes, and its rules in words."""
    rows = [(one.name, len(one.evaluatees)) for one in scheme.classes]
    lines = [*parts_in_words(scheme, "zh")]
    points = both(f"方案没有写明之处：{len(scheme.unclear):,}", "points left open: print(scheme.in_words())")
    return together(
        heading(scheme.title, scheme.id),
        table((both("类别", "class"), both("单位", "evaluatees")), rows),
        *(Html(f"<div style='white-space:pre-wrap'>{escaped(line)}</div>") for line in lines),
        Html(f"<div>{points}</div>"),
    )


def _draws(scheme: Scheme, group: Group) -> Html:
    words = [draw_in_words(one, "zh", scheme.column_names).strip() for one in group.draws]
    return Html("<br>".join(map(escaped, words)))


# --- rounds ----------------------------------------------------------------------------------------------


def round_line(one: Round) -> str:
    """Tell a round in one line: what has been done, not where it is kept."""
    done = [name for name, step in (("drawn", "draw"), ("scored", "score")) if one.steps(step)]
    for step, what in (("take", "tables"), ("collect", "answers")):
        files = len(one.steps(step))
        if files:
            done.insert(int("drawn" in done), f"{files:,} file{'' if files == 1 else 's'} of {what}")
    made = f", {MADE}" if one.made else ""
    nothing = "not drawn" if one.scheme.draws else "nothing taken in"
    return f"Round({_name(one)!r}: {one.scheme.id}, {', '.join(done) or nothing}{made})"


def round_html(one: Round) -> str:
    """Show a round: what was drawn, taken in and scored, and each group's answers against the plan."""
    drawn, taken = one.steps("draw"), one.steps("collect")
    units = " · ".join(f"{name} {count:,}" for step in drawn for name, count in step["units"].items())
    sheets = sum(step["sheets"] for step in taken)
    kept = [f"{step['table']} {step['rows']:,}" for step in one.steps("take")]
    steps = [
        *([(both("抽样", "drawn"), units or "—")] if one.scheme.draws else []),
        *([(both("表（行）", "tables (rows)"), " · ".join(kept) or "—")] if one.scheme.has_tables else []),
    ]
    if one.scheme.groups:
        came = f"{sheets:,} 份 · {len(taken):,} 个文件" if taken else "—"
        steps.append((both("回答", "answers"), came))
    steps.append((both("计分", "scored"), _scored(one)))
    return together(
        heading(_name(one), " · ".join([one.scheme.title, *([MADE] if one.made else [])])),
        table((), steps),
        _answers(one) if taken else "",
    )


def _name(one: Round) -> str:
    return one.folder.resolve().name


def _scored(one: Round) -> str:
    """Tell whether the scores are of all answers taken in."""
    if not one.steps("score"):
        return "—"
    kept = one.folder / "results" / "answers"
    all_there = all((kept / step["file"]).is_file() for step in one.steps("collect"))
    return "✓" if all_there else "之后又收了回答 · answers came since"


def _answers(one: Round) -> Html:
    """Set each group's answers on an evaluatee beside the plan: least, median and most."""
    rows = []
    answers = one.answers()
    for group in one.scheme.groups:
        counts = counted_sheets(one.scheme, answers[group.id])
        short = int((counts < group.valid).sum())
        ends = int(counts.min()), float(np.median(counts)), int(counts.max())
        rows.append((group.name, group.valid, *ends, short))
    heads = (
        both("对象", "group"),
        both("计划", "planned"),
        both("最少", "least"),
        both("中位", "median"),
        both("最多", "most"),
        both("不足的单位", "evaluatees short"),
    )
    return table(heads, rows)


# --- scores ----------------------------------------------------------------------------------------------


def scores_line(scores: Scores) -> str:
    """Tell scores in one line."""
    call = f"scores.league({scores.scheme.classes[0].id!r})"
    return f"Scores({scores.scheme.id}: {_size(scores.scheme)}; {call} gives a league table)"


def scores_html(scores: Scores) -> str:
    """Show the top and the bottom of every class, and how to get the whole."""
    parts = [heading(scores.scheme.title, f"{STATUS[scores.status]} · {scores.scheme.id}")]
    for each in scores.scheme.classes:
        parts.append(heading(each.name, f"{len(each.evaluatees):,} · scores.league({each.id!r})"))
        parts.append(_ends(scores, each.id))
    return together(*parts, Html(f"<div>{grey('scores.explain(…) · scores.plot(…)')}</div>"))


def _ends(scores: Scores, class_id: str) -> Html:
    decimals = scores.scheme.ranking.decimals
    rows: list[tuple[object, ...]] = [
        (
            int(row["rank"]),
            row["places"],
            row["evaluatee"],
            f"{fixed(row['score'], decimals)} ± {fixed(row['margin'], decimals)}",
        )
        for row in scores.league(class_id).to_dict("records")
    ]
    if len(rows) > 2 * ENDS:
        hidden = len(rows) - 2 * ENDS
        rows[ENDS:-ENDS] = [("", "", grey(f"（略 {hidden:,} 个）"), "")]
    names = (("名次", "rank"), ("名次区间", "places"), ("单位", "evaluatee"), ("得分", "score ±"))
    return table([both(*name) for name in names], rows)


def explanation_html(one: Explanation) -> str:
    """Show every step of an explanation as a row."""
    from toolkit.explain import COUNTS, TEXT

    at = 0 if one.language == "zh" else 1
    rows: list[tuple[object, ...]] = []
    none = ("",) * len(COUNTS)
    for row in one.steps.to_dict("records"):
        counts = tuple("*" if pd.isna(row[name]) else row[name] for name in COUNTS)
        if row["step"] == "answers":
            rows.append((row["label"], *counts, row["working"]))
        elif row["step"] == "group":
            rows.append((Html(f"<strong>{escaped(row['label'])}</strong>"), *none, ""))
        else:
            rows.append((row["label"], *none, row["working"]))
    heads = ("", *(TEXT[name][at] for name in (*COUNTS, "mean")))
    notes = [Html(f"<div>{grey(note)}</div>") for note in one.notes]
    return together(heading(one.head), table(heads, rows), *notes)
