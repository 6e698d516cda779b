"""The page of what to look at before answers are trusted, and its tables as files; internal, in Chinese."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from toolkit.files import write_table, write_text
from toolkit.report.rendered import rendered
from toolkit.report.writing import MADE, count, fixed, percent
from toolkit.trust.check import Trust
from toolkit.trust.rows import CHECKS

PAGE = "trust.html"
FOLLOWING, MOST_ROWS, MOST = 5, 8, 20
TOLD = {
    "before_start": "结束的时间早于开始的时间；多半是抄错，也可能是补填的",
    "overlap": "同一访问员上一份还没有结束就开始了这一份",
    "too_short": "比方案规定的最短时长还短",
    "twin": "与另一份相同的题多得难以归于巧合；几题的问卷只比同一访问员自己的",
    "run": "接连几份一模一样，多得难以归于巧合",
    "straight": "每题同分；诚实的人也常这样，只列题数不少于 12 的，和明显偏多的访问员的",
}


def write_trust(found: Trust, folder: Path) -> Path:
    """Write every table that has rows as a CSV, and the page.

    Parameters
    ----------
    found : Trust
    folder : Path

    Returns
    -------
    Path
        The page.
    """
    for name, table in found.tables.items():
        path = folder / f"{name}.csv"
        if len(table):
            write_table(path, table)
        else:
            path.unlink(missing_ok=True)
    write_text(folder / PAGE, render_trust(found))
    return folder / PAGE


def render_trust(found: Trust) -> str:
    """Give the page; the same findings give the same text."""
    return rendered(PAGE, _content(found))


def _content(found: Trust) -> dict[str, Any]:
    scheme, groups = found.scheme, found.groups
    names = dict(zip(groups["group"], groups["name"], strict=True))
    asked = groups[groups["interviewers"] > 0]
    compared = "".join(
        f"{name}：{count(int(sheets))} 份由 {count(int(people))} 名访问员访问，与{strata}的其他访问员比较。"
        for name, sheets, people, strata in asked[
            ["name", "with_interviewer", "interviewers", "strata"]
        ].itertuples(index=False)
    )
    flagged = int(found.interviewers["flagged"].sum()) if len(found.interviewers) else 0
    units = _flagged_units(found)
    return {
        "title": scheme.title,
        "scheme": scheme.id,
        "made": MADE if found.made else "",
        "about": found.about[0],
        "level": f"{found.level:g}",
        "level_percent": percent(found.level, 0 if found.level * 100 % 1 == 0 else 1),
        "compared": compared,
        "listed": [_listed(one) for one in found.interviewers.head(flagged + FOLLOWING).to_dict("records")],
        "listed_count": count(len(found.interviewers)),
        "flagged": flagged,
        "nobody": "没有可以比较的访问员。"
        if len(asked)
        else "回答中没有写明访问员；加上“访问员”一列（填代码）才能比较。",
        "left_out": count(len(found.left_out)) if len(found.left_out) else "",
        **_backcheck(found),
        "checks": _checks(found),
        "rows": _rows(found),
        "most": MOST_ROWS,
        "units": [_unit(one, names) for one in units.head(MOST).to_dict("records")],
        "units_more": count(len(units) - MOST) if len(units) > MOST else "",
        "units_count": count(len(found.units)),
        "effects": [*_effects(found, names), *_gaps(found, names), *_bursts(found, names)],
        "not_done": _not_done(found),
    }


def _listed(one: dict[Any, Any]) -> dict[str, Any]:
    p = float(one["p_adjusted"])
    return {
        "place": one["place"],
        "interviewer": one["interviewer"],
        "n": count(int(one["n"])),
        "p": "<0.0001" if p < 0.0001 else f"{p:.2g}",
        "flagged": bool(one["flagged"]),
        "why": one["chinese"],
    }


def _backcheck(found: Trust) -> dict[str, Any]:
    table = found.backcheck
    nothing = "还没有做。minyi backcheck 本轮文件夹 --per-interviewer 3 给每名访问员抽 3 次访问回访。"
    if table.empty or not table["reached"].sum():
        drawn = 0 if table.empty else int(table["drawn"].sum())
        told = f"已抽取 {count(drawn)} 次访问，名单还没有交回。" if drawn else nothing
        return {"backcheck": [], "no_backcheck": told, "backcheck_more": "", "far_share": ""}
    rows = [
        {
            "interviewer": one["interviewer"],
            **{name: count(int(one[name])) for name in ("drawn", "reached", "not_met", "far")},
            "day": count(int(one["day_differs"])),
            "minutes": f"{fixed(one['minutes'], 0)}/{fixed(one['recorded'], 0)}",
            "same": f"{count(int(one['same']))}/{count(int(one['answers']))}",
            "odd": one["not_met"] > 0,
        }
        for one in table.head(MOST).to_dict("records")
    ]
    share = percent(table["far"].sum() / max(int(table["answers"].sum()), 1))
    more = count(len(table) - MOST) if len(table) > MOST else ""
    return {"backcheck": rows, "no_backcheck": "", "backcheck_more": more, "far_share": share}


def _checks(found: Trust) -> list[dict[str, str]]:
    counts = found.rows["check"].value_counts()
    due = [name for name in CHECKS if name != "too_short" or found.least_minutes is not None]
    return [
        {"name": CHECKS[name][0], "count": count(int(counts.get(name, 0))), "told": TOLD[name]}
        for name in due
    ]


def _rows(found: Trust) -> list[dict[str, str]]:
    first = found.rows.groupby("check", sort=False).head(MOST_ROWS)
    return [
        {
            "name": CHECKS[one["check"]][0],
            "where": f"{one['file']}{' / ' + one['sheet'] if one['sheet'] else ''} 第 {one['row']} 行",
            "evaluatee": one["evaluatee"],
            "interviewer": one["interviewer"],
            "what": one["what"],
        }
        for one in first.to_dict("records")
    ]


def _flagged_units(found: Trust) -> pd.DataFrame:
    if found.units.empty:
        return found.units
    flagged = found.units["flagged_top"].astype(bool) | found.units["flagged_dont_know"].astype(bool)
    return found.units[flagged]


def _unit(one: dict[Any, Any], names: dict[str, str]) -> dict[str, Any]:
    return {
        "group": names[one["group"]],
        "unit": one["unit"],
        "n": count(int(one["n"])),
        "within": "题数相同的单位之间" if one["by"] == "evaluatee" else "同一被评单位的各抽样单位之间",
        "top": f"{percent(one['top_share'])}/{percent(one['top_expected'])}",
        "unknown": f"{percent(one['dont_know_share'])}/{percent(one['dont_know_expected'])}",
        "flagged_top": bool(one["flagged_top"]),
        "flagged_unknown": bool(one["flagged_dont_know"]),
    }


def _effects(found: Trust, names: dict[str, str]) -> list[str]:
    return [f"{names[one['group']]}：{one['chinese']}" for one in found.effects.to_dict("records")]


def _gaps(found: Trust, names: dict[str, str]) -> list[str]:
    told, lines = {"mode": "方式", "channel": "渠道"}, []
    for one in found.gaps.to_dict("records"):
        what = f"{one['first']}比{one['second']}高 {fixed(one['difference'], 2)} 分"
        sheets = f"{count(int(one['n_first']))} 份和 {count(int(one['n_second']))} 份"
        lines.append(
            f"{names[one['group']]}，{told[one['by']]}：{what}（标准误 {fixed(one['se'], 2)}，{sheets}）。"
        )
    return lines


def _bursts(found: Trust, names: dict[str, str]) -> list[str]:
    lines = []
    for one in found.bursts.to_dict("records"):
        where = f"渠道 {one['by']}" if one["by"] else "全部"
        window = f"{one['first']:%Y-%m-%d %H:%M}—{one['last']:%H:%M}"
        sure = "，难以归于巧合" if one["flagged"] else "，不算异常"
        lines.append(
            f"{names[one['group']]}，{where}：最集中的 10 分钟（{window}）"
            f"收到 {count(int(one['count']))} 份，前后平均 {fixed(one['expected'], 1)} 份{sure}。"
        )
    for one in found.devices.head(MOST).to_dict("records"):
        same = f"其中 {count(int(one['identical']))} 份一模一样" if one["identical"] > 1 else "各不相同"
        lines.append(
            f"{names[one['group']]}：同一设备 {one['device']} 交来 {count(int(one['sheets']))} 份，{same}。"
        )
    return lines


def _not_done(found: Trust) -> list[str]:
    lines = []
    if found.least_minutes is None:
        lines.append("访问是否短于规定：方案没有写最短时长（[interviews] least_minutes）。")
    for one in found.groups.to_dict("records"):
        if not one["with_interviewer"]:
            lines.append(f"{one['name']}：没有写明访问员，不比较访问员。")
        elif one["with_interviewer"] < one["sheets"]:
            gap = one["sheets"] - one["with_interviewer"]
            lines.append(f"{one['name']}：{count(int(gap))} 份没有写明访问员。")
        if not one["with_started"]:
            lines.append(f"{one['name']}：没有开始时间，不查时长、重叠和集中提交。")
        elif not one["with_times"]:
            lines.append(f"{one['name']}：没有结束时间，不查时长和重叠。")
        elif one["with_times"] < one["sheets"]:
            lines.append(
                f"{one['name']}：{count(int(one['sheets'] - one['with_times']))} 份缺开始或结束时间。"
            )
    if found.gaps.empty:
        lines.append("方式、渠道之间的差距：没有一组回答用了两种以上。")
    if len(found.unread):
        some = "、".join(f"“{text}”" for text in dict.fromkeys(found.unread["found"].head(5)))
        lines.append(
            f"读不出的时间 {count(len(found.unread))} 处，如 {some}；逐处见 unread.csv。计分不看时间。"
        )
    return lines
