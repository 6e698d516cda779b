"""What a report says of scores that are not a survey's alone: places, parts, periods, events."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from toolkit.files import write_bytes, write_text
from toolkit.parts.assess import Assessed
from toolkit.report.excel import Column, Sheet, Table, sheet_name, workbook_bytes
from toolkit.report.plot import caterpillar, figure_svg
from toolkit.report.ranking import standing
from toolkit.report.rendered import rendered
from toolkit.report.review import accountable_rows, award_rows, grade_rows, trail_rows
from toolkit.report.writing import MADE, NONE, STATUS, fixed, notices
from toolkit.scheme import EvaluateeClass
from toolkit.scores import Scores

if TYPE_CHECKING:
    from toolkit.round import Round


@dataclass(frozen=True)
class Told:
    """A table of the report, every cell as it is printed.

    Attributes
    ----------
    name : str
        Of the sheet.
    caption : str
    heads : tuple of str
    rows : tuple of tuple of str
    note : str
    """

    name: str
    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


def write_assessed(
    one: Round, scores: Scores, folder: str | Path, made: bool | None = None
) -> tuple[Path, Path]:
    """Write page and workbook of scores that come from tables of offices.

    Parameters
    ----------
    one : Round
    scores : Scores
        Of this round.
    folder : str or Path
        Where to write ``parts.html`` and ``parts.xlsx``.
    made : bool, optional
        Whether tables are made up; by default as the journal says.

    Returns
    -------
    (Path, Path)
        The page and the workbook.
    """
    place, is_made = Path(folder), one.made if made is None else made
    page, book = place / "parts.html", place / "parts.xlsx"
    write_text(page, assessed_page(scores, is_made))
    write_bytes(book, assessed_workbook(scores, is_made))
    return page, book


def assessed_page(scores: Scores, made: bool) -> str:
    """Give the page; the same scores give the same text."""
    scheme = scores.scheme
    content = {
        "title": scheme.title,
        "place": scheme.place,
        "status": STATUS[scores.status],
        "made": MADE if made else "",
        "classes": [_class(scores, each, made) for each in scheme.classes],
        "tables": [one for one in others_told(scores) if one.rows],
        "words": scheme.in_words().split("\n"),
    }
    return rendered("assessed.html", content)


def assessed_workbook(scores: Scores, made: bool) -> bytes:
    """Give the workbook's bytes; the same scores give the same bytes."""
    scheme = scores.scheme
    told = [one for each in scheme.classes for one in class_told(scores, each)]
    sheets = [_sheet(one) for one in (*told, *others_told(scores)) if one.rows]
    title = f"{scheme.title}：考评结果{'（模拟数据）' if made else ''}"
    return workbook_bytes(sheets, title, notices(made, scores.status))


def _sheet(one: Told) -> Sheet:
    columns = tuple(Column(head) for head in one.heads)
    notes = (one.note,) if one.note else ()
    return Sheet(sheet_name(one.name), one.caption, one.note, (Table(columns, one.rows, notes=notes),))


def _class(scores: Scores, each: EvaluateeClass, made: bool) -> dict[str, object]:
    own = scores.table[scores.table["class"] == each.id]
    figure = figure_svg(caterpillar(scores, each.id, made)) if (own["se"] > 0).any() else ""
    return {
        "name": each.name,
        "units": len(each.evaluatees),
        "tables": [one for one in class_told(scores, each) if one.rows],
        "sampled": bool(figure),
        "figure": base64.b64encode(figure.encode()).decode("ascii") if figure else "",
    }


def class_told(scores: Scores, each: EvaluateeClass) -> Iterator[Told]:
    """Give the tables of one class: places, grades, periods."""
    decimals, here = scores.scheme.ranking.decimals, standing(scores, each.id)
    sampled = bool((here.table["margin"] > 0).any())
    parts = [name for name in scores.made_of(each.id) if name in here.table]
    called = {group.id: group.name for group in scores.scheme.groups}
    plan = {part.name: f"{part.weight * 100:.6g}%" for part in scores.scheme.parts_of(each.id)}
    heads = ["名次", *(["名次区间"] if sampled else []), "单位", "得分", *(["抽样误差±"] if sampled else [])]
    heads += [f"{called.get(name, name)} {plan.get(name, '')}".strip() for name in parts]
    rows = []
    for line in here.table.to_dict("records"):
        cells = [str(line["rank"]), *([str(line["places"])] if sampled else []), str(line["evaluatee"])]
        cells += [fixed(line["score"], decimals), *([fixed(line["margin"], decimals)] if sampled else [])]
        rows.append((*cells, *(fixed(line[name], decimals) for name in parts)))
    note = "" if sampled else "得分不由抽样得来，没有抽样误差；名次即得分的先后。"
    yield Told(f"{each.name} 排名", f"{each.name}：排名表", tuple(heads), tuple(rows), note)
    graded = grade_rows(scores, each.id)
    rows = [(one.rank, one.evaluatee, one.score, one.grade, one.statement) for one in graded]
    heads = ["名次", "单位", "得分", "等级", "把握，和离上一等还差什么"]
    yield Told(f"{each.name} 等级", f"{each.name}：等级", tuple(heads), tuple(rows))
    if scores.assessed is not None:
        yield _periods(scores.assessed, each, decimals)


def _periods(found: Assessed, each: EvaluateeClass, decimals: int) -> Told:
    """Set a class's periods side by side, each with score and place; a missing one says why."""
    own = found.periods[found.periods["class"] == each.id]
    caption = f"{each.name}：各期得分（名次）"
    if not len(own):
        return Told(f"{each.name} 各期", caption, (), ())
    order = found.declared["period"].tolist()
    text = {
        (row["evaluatee"], row["period"]): f"{fixed(row['score'], decimals)}（{row['rank']}）"
        for row in own.to_dict("records")
    }
    missing = {row["period"]: row["missing"] for row in found.declared.to_dict("records") if row["missing"]}
    rows = [(who, *(text.get((who, one), NONE) for one in order)) for who in each.evaluatees]
    note = "；".join(f"{one} 未进行：{why}" for one, why in missing.items())
    return Told(f"{each.name} 各期", caption, ("单位", *order), tuple(rows), note)


def others_told(scores: Scores) -> Iterator[Told]:
    """Give the tables of all classes: awards, streaks, limits of cases, events, review, accountability."""
    yield Told(
        "奖惩",
        "奖惩：名次在内的单位，和误差之内可能在内的单位",
        ("类别", "单位", "名次", "奖惩", "金额", "把握"),
        tuple(
            (o.class_name, o.evaluatee, o.rank, o.consequence or NONE, o.shown or NONE, o.statement)
            for o in award_rows(scores)
        ),
    )
    yield from _followed(scores)
    trail = trail_rows(scores)
    yield Told(
        "复核变更",
        "复核变更",
        ("单位", "加减分", "变更前", "变更后", "名次", "理由", "决定单位"),
        tuple((o.evaluatee, o.points, o.before, o.after, o.ranks, o.reason, o.office) for o in trail),
    )
    low = accountable_rows(scores)
    yield Told(
        "问责",
        "低分问责：符合办法的单位，和误差之内可能符合或不符合的单位",
        ("类别", "单位", "得分", "符合办法", "把握"),
        tuple((o.class_name, o.evaluatee, o.score, "是" if o.meets else "否", o.statement) for o in low),
    )


def _followed(scores: Scores) -> Iterator[Told]:
    found = scores.assessed
    if found is None:
        return
    names = {each.id: each.name for each in scores.scheme.classes}
    follows = found.follows
    yield _of(
        "各期奖惩",
        "各期奖惩（按当期名次）",
        follows.awards.assign(**{"class": follows.awards["class"].map(names)}),
        {
            "period": "期次",
            "class": "类别",
            "evaluatee": "单位",
            "consequence": "奖惩",
            "place": "位次",
            "shown": "金额",
        },
    )
    streaks = follows.streaks.assign(**{"class": follows.streaks["class"].map(names)})
    lost = streaks["loses_awards"].map({True: "取消当年评优评先", False: NONE})
    yield _of(
        "连续累计",
        "连续与累计",
        streaks.assign(lost=lost),
        {
            "period": "期次",
            "class": "类别",
            "evaluatee": "单位",
            "in_a_row": "连续次数",
            "in_all": "累计次数",
            "consequence": "后果",
            "lost": "评优",
        },
    )
    yield _of(
        "件数",
        "件数达到限度的",
        follows.cases.assign(**{"class": follows.cases["class"].map(names)}),
        {"class": "类别", "evaluatee": "单位", "events": "事项", "cases": "件数", "consequence": "后果"},
    )
    into = scores.scheme.counts_into
    if into is not None:
        columns = {"evaluatee": "单位", "points": f"计入{into.name}的分值"}
        yield _of("计入", f"计入{into.name}", follows.counts, columns)
    yield _of(
        "事件增减",
        "事件加减分，按先后",
        found.events,
        {
            "evaluatee": "单位",
            "part": "部分",
            "period": "期次",
            "event": "事项",
            "count": "件数",
            "points": "加减分",
            "before": "之前",
            "after": "之后",
            "reason": "理由",
        },
    )


def _of(name: str, caption: str, table: pd.DataFrame, columns: dict[str, str]) -> Told:
    """Write some columns of a table as text."""
    rows = [
        tuple(_cell(row[column]) for column in columns) for row in table[list(columns)].to_dict("records")
    ]
    return Told(name, caption, tuple(columns.values()), tuple(rows))


def _cell(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.10g}"
    return str(value) or NONE
