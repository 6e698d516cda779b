"""回访复核: a sample of every interviewer's interviews to ask about again, and what came of it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sampling import Proportional, SimpleRandom, Stratified, draw, verify
from sampling.lottery import Lottery
from toolkit.answers import State
from toolkit.errors import RoundError, fault
from toolkit.files import file_digest, read_cells, read_own_table, write_bytes, write_table
from toolkit.report.excel import PROSE, TEXT, Column, Sheet, Table, workbook_bytes
from toolkit.samples import sample_at, write_sample
from toolkit.trust.interviews import Interviews, interviews_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from toolkit.round import Round

FOLDER = "backchecks"
QUESTIONS = 3
SHOWN = {
    "batch": "回访批次",
    "number": "序号",
    "group": "调查对象",
    "respondent": "编号",
    "evaluatee": "被评单位",
    "interviewer": "访问员",
}
ASKED = {"met": "是否受访", "day": "受访日期", "minutes": "约几分钟"}
NOTE = "备注"
UNRATED = {State.DONT_KNOW: "不了解", State.REFUSED: "拒答", State.BLANK: "未答"}
MET, NOT_MET = "是", "否"
FAR = 0.2  # of the scale's range, but at least one step
HOW = (
    "请由原访问员以外的人回访，不要把原来的回答带在身上。“是否受访”填 是 或 否，没有联系上就空着；"
    "日期、时长按受访人的记忆填；"
    "三个问题按原题再问一遍，填分值或 不了解。填好后用 minyi backcheck 本轮文件夹 --returned 这份文件 交回。"
)


@dataclass(frozen=True)
class Backcheck:
    """Interviews drawn to be asked about again.

    Attributes
    ----------
    number : int
        Of the back-check.
    folder : Path
        Holds ``list.xlsx`` and ``list.csv`` for the field; ``recorded.csv``, what the first interviews
        said, which nobody takes along; the sample with its receipt, and the frame it was drawn from.
    table : DataFrame
        The list.
    """

    number: int
    folder: Path
    table: pd.DataFrame


def draw_backcheck(one: Round, per_interviewer: int, share: float = 0.0, key: str | None = None) -> Backcheck:
    """Draw so many interviews of every interviewer, and write the list for the field.

    Parameters
    ----------
    one : Round
    per_interviewer : int
        Interviews of each; of who has no more, all.
    share : float
        Where this comes to more: of all interviews, spread in proportion to each interviewer's.
    key : str, optional
        Decides the lottery numbers. Without it a fresh one that nobody could have known before.

    Raises
    ------
    RoundError
        No answer says who asked, or the numbers are not such.
    """
    if per_interviewer < 1:
        raise RoundError(one.folder.name, [fault("--per-interviewer", "positive", found=per_interviewer)])
    if not 0 <= share < 1:
        raise RoundError(one.folder.name, [fault("--share", "level", found=share)])
    parts = interviews_of(one.scheme, one.admitted())[0]
    frame = pd.concat([each.table.assign(group=name) for name, each in parts.items()])
    frame = frame.loc[frame["interviewer"] != "", ["interview", "interviewer", "group"]].reset_index(
        drop=True
    )
    if frame.empty:
        raise RoundError(one.folder.name, [fault("", "nobody_asked")])
    sizes = frame["interviewer"].value_counts()
    total = max(int(sizes.clip(upper=per_interviewer).sum()), ceil(share * len(frame) - 1e-9))
    number = len(one.steps("backcheck")) + 1
    key = key or secrets.token_hex(16)
    name = f"{one.scheme.id}/backcheck/{number}"
    design = Stratified("interviewer", SimpleRandom(n=Proportional(total, at_least=per_interviewer)))
    sample = draw(frame, design, key=key, name=name, unit="interview")
    folder = one.folder / FOLDER / f"{number:03d}"
    write_table(folder / "frame.csv", frame)
    write_sample(folder / "sample", sample)
    recorded = _recorded(one, parts, sample.units, Lottery(key, name))
    recorded.insert(0, "batch", number)
    write_table(folder / "recorded.csv", recorded)
    table = _listed(one, recorded)
    write_table(folder / "list.csv", table)
    write_bytes(folder / "list.xlsx", _workbook(table, one.made))
    told = {"per_interviewer": per_interviewer, "share": share, "interviews": len(table)}
    one.note("backcheck", number=number, key=key, **told)
    return Backcheck(number, folder, table)


def _recorded(
    one: Round, parts: dict[str, Interviews], drawn: pd.DataFrame, lottery: Lottery
) -> pd.DataFrame:
    """Say of every drawn interview when it was, how long, and three of its answers, chosen by lot."""
    tables = []
    for name, each in parts.items():
        at = np.flatnonzero(each.table["interview"].isin(drawn["interview"]))
        if not at.size:
            continue
        table, state, values = each.table.iloc[at].reset_index(drop=True), each.state[at], each.values[at]
        row, column = np.nonzero(state != State.NOT_ASKED)
        ids = table["interview"].to_numpy()[row] + "/" + column.astype(str).astype(object)
        ticket = lottery.digests("questions", [], ids.tolist())[:, 0]
        cells = pd.DataFrame({"row": row, "column": column, "ticket": ticket})
        cells = (
            cells.sort_values(["row", "ticket"]).groupby("row").head(QUESTIONS).sort_values(["row", "column"])
        )
        cells["nth"] = cells.groupby("row").cumcount() + 1
        whom = pd.Index(one.scheme.evaluatees).get_indexer(pd.Index(table["evaluatee"]))[cells["row"]]
        asked = each.items[cells["column"]] if each.items.ndim == 1 else each.items[whom, cells["column"]]
        cells["question"] = asked
        said = values[cells["row"], cells["column"]]
        became = pd.Series(state[cells["row"], cells["column"]], cells.index).map(UNRATED)
        cells["said"] = became.where(became.notna(), pd.Series(said, cells.index).map("{:g}".format))
        wide = cells.pivot(index="row", columns="nth", values=["question", "said"])
        wide.columns = pd.Index(["_".join(map(str, pair)) for pair in wide.columns.tolist()])
        tables.append(table.assign(group=name).join(wide))
    found = pd.concat(tables, ignore_index=True).sort_values(["interviewer", "interview"], ignore_index=True)
    minutes = (found["ended"] - found["started"]).dt.total_seconds() / 60
    columns = [f"{what}_{nth}" for nth in range(1, QUESTIONS + 1) for what in ("question", "said")]
    found = found.assign(number=found.index + 1, minutes=minutes.round(1)).reindex(
        columns=["number", "group", "respondent", "evaluatee", "interviewer", "started", "minutes", *columns]
    )
    return found


def _listed(one: Round, recorded: pd.DataFrame) -> pd.DataFrame:
    """Give the list for the field: whom to ask, what; not what was said before."""
    names = {group.id: group.name for group in one.scheme.groups}
    table = recorded[list(SHOWN)].assign(group=recorded["group"].map(names)).rename(columns=SHOWN)
    table = table.assign(**dict.fromkeys(ASKED.values(), ""))
    for nth in range(1, QUESTIONS + 1):
        table[f"问题{nth}"] = recorded[f"question_{nth}"].fillna("")
        table[f"回答{nth}"] = ""
    return table.assign(**{NOTE: ""})


def _workbook(table: pd.DataFrame, made: bool) -> bytes:
    columns = tuple(Column(head, TEXT if head != NOTE else PROSE, widest=18) for head in map(str, table))
    rows = tuple(tuple(str(cell) for cell in line) for line in table.itertuples(index=False))
    sheet = Sheet("回访复核", "回访复核名单", "", (Table(columns, rows, notes=(HOW,)),), frozen=2)
    notices = ["内部参考：列有访问员代码，不得公布", *(["模拟数据"] if made else [])]
    return workbook_bytes([sheet], "回访复核名单", notices)


def take_returned(one: Round, file: Path) -> int:
    """Take in a list that came back from the field, filled in; a later one of the same lines goes before.

    Returns
    -------
    int
        Lines in which somebody was reached.

    Raises
    ------
    RoundError
        With all faults of the file: no such back-check or line, or a cell that cannot be read.
    """
    found = _read(one, file, file.name)
    digest = file_digest(file)
    if digest not in {step["sha256"] for step in one.steps("backcheck-returned")}:
        kept = f"{len(one.steps('backcheck-returned')) + 1:03d}-{file.name}"
        write_bytes(one.folder / FOLDER / "returned" / kept, file.read_bytes())
        one.note("backcheck-returned", file=kept, sha256=digest, lines=len(found))
    return int((found["met"] != "").sum())


def _table(path: Path) -> pd.DataFrame:
    """Read the list wherever it stands in the file; the index says the file's row, from 1."""
    for cells in read_cells(path).values():
        heads = np.flatnonzero(cells.isin([SHOWN["batch"]]).any(axis=1))
        if heads.size:
            named = cells.iloc[heads[0]].fillna("").astype(str).str.strip()
            table: pd.DataFrame = cells.iloc[heads[0] + 1 :].set_axis(named.tolist(), axis=1).fillna("")
            table = table.loc[:, (named != "").to_numpy()].set_axis(table.index + 1)
            if SHOWN["number"] not in table:
                return table
            note = ~table[SHOWN["batch"]].str.strip().str.isdigit() & (
                table[SHOWN["number"]].str.strip() == ""
            )
            return table.loc[~note]
    return pd.DataFrame()


def _read(one: Round, path: Path, name: str) -> pd.DataFrame:
    """Check a list that came back against what was handed out; cells as text."""
    again = [f"again_{nth}" for nth in range(1, QUESTIONS + 1)]
    heads = {zh: key for key, zh in (SHOWN | ASKED).items()}
    heads |= {f"回答{nth}": key for nth, key in enumerate(again, 1)}
    due = ["batch", "number", *ASKED, *again]
    there = _table(path).rename(columns=heads)
    missing = [zh for zh, key in heads.items() if key in due and key not in there]
    if missing:
        raise RoundError(name, [fault("", "answers_columns", file=name, missing=", ".join(missing))])
    found: pd.DataFrame = there[due].apply(
        lambda column: column.astype(str).str.normalize("NFKC").str.strip()
    )
    known = pd.MultiIndex.from_frame(all_recorded(one)[["batch", "number"]])
    lines = found["batch"] + "-" + found["number"]
    scale = one.scheme.scale
    ratings = [
        *map(str, range(scale.low, scale.high + 1)),
        *UNRATED.values(),
        *scale.dont_know,
        *scale.refused,
    ]
    fits = {
        "met": found["met"].isin([MET, NOT_MET, ""]),
        "day": (found["day"] == "") | read_days(found["day"]).notna(),
        "minutes": (found["minutes"] == "") | pd.to_numeric(found["minutes"], errors="coerce").ge(0),
        **{key: found[key].isin([*ratings, ""]) for key in again},
    }
    strange = np.flatnonzero(~pd.MultiIndex.from_frame(found[["batch", "number"]]).isin(known))
    rows = found.index.to_numpy()
    faults = [fault("", "backcheck_line", row=rows[at], found=lines.iloc[at]) for at in strange]
    zh_of = {key: zh for zh, key in heads.items()}
    for key, fit in fits.items():
        faults += [
            fault("", "backcheck_cell", row=rows[at], column=zh_of[key], found=found[key].iloc[at])
            for at in np.flatnonzero(~fit)
        ]
    if faults:
        raise RoundError(name, faults)
    return found


def agreement(one: Round) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Set what was said again beside what was recorded.

    Returns
    -------
    DataFrame
        One row per interviewer, the least confirmed first: ``interviewer``, ``drawn``, ``reached``, ``met``,
        ``not_met``, ``day_differs`` (by more than a day), ``minutes`` said and ``recorded`` (medians of those
        with both), ``answers`` asked again, ``same``, and ``far``: more than a fifth of the scale apart,
        or a rating against none.
    DataFrame
        The lines that do not agree: ``batch``, ``number``, ``group``, ``respondent``, ``evaluatee``,
        ``interviewer``, ``what`` (in Chinese).
    """
    recorded = all_recorded(one)
    keys, again = ["batch", "number"], [f"again_{nth}" for nth in range(1, QUESTIONS + 1)]
    files = [one.folder / FOLDER / "returned" / step["file"] for step in one.steps("backcheck-returned")]
    said = [_read(one, path, path.name) for path in files]
    empty = pd.DataFrame(columns=[*keys, *ASKED, *again], dtype=object)
    back = pd.concat([empty, *said]).drop_duplicates(keys, keep="last")
    both = recorded.drop(columns="minutes").merge(back, on=keys, how="left")
    both[[*ASKED, *again]] = both[[*ASKED, *again]].fillna("")
    lengths = pd.to_numeric(recorded["minutes"], errors="coerce").to_numpy()
    met = (both["met"] == MET).to_numpy()
    days = read_days(both["day"]) - pd.to_datetime(both["started"].replace("", None)).dt.normalize()
    off = met & (days.dt.days.abs() > 1).to_numpy()
    minutes = pd.to_numeric(both["minutes"], errors="coerce").where(met & np.isfinite(lengths))
    first = both[[f"said_{nth}" for nth in range(1, QUESTIONS + 1)]].to_numpy()
    second = (
        both[again].replace(dict.fromkeys(one.scheme.scale.dont_know, UNRATED[State.DONT_KNOW])).to_numpy()
    )
    asked = met[:, None] & (second != "") & (first != "")
    rated = [
        pd.DataFrame(cells).apply(pd.to_numeric, errors="coerce").to_numpy() for cells in (first, second)
    ]
    gap = np.abs(rated[0] - rated[1])
    near = gap <= max(1.0, FAR * (one.scheme.scale.high - one.scheme.scale.low))
    far = asked & (first != second) & ~near
    told = pd.DataFrame(
        {
            "interviewer": both["interviewer"],
            "drawn": 1,
            "reached": (both["met"] != "").astype(int),
            "met": met.astype(int),
            "not_met": (both["met"] == NOT_MET).astype(int),
            "day_differs": off.astype(int),
            "answers": asked.sum(axis=1),
            "same": (asked & (first == second)).sum(axis=1),
            "far": far.sum(axis=1),
        }
    )
    table = told.groupby("interviewer", sort=False).sum()
    lasted = pd.DataFrame({"minutes": minutes, "recorded": pd.Series(lengths).where(minutes.notna())})
    table[["minutes", "recorded"]] = lasted.groupby(told["interviewer"]).median()
    table["bad"] = table["not_met"] / table["reached"].clip(lower=1)
    table["worse"] = table["far"] / table["answers"].clip(lower=1)
    order = ["bad", "worse", "day_differs"]
    table = table.sort_values(order, ascending=False, kind="stable").drop(columns=order[:2]).reset_index()
    what = np.select(
        [told["not_met"] == 1, far.any(axis=1), off], ["受访人说没有受访", "回答相差较远", "日期不符"], ""
    )
    columns = ["batch", "number", "group", "respondent", "evaluatee", "interviewer"]
    return table, both[columns].assign(what=what)[what != ""].reset_index(drop=True)


def read_days(text: pd.Series) -> pd.Series:
    """Read dates, with a time of day or without.

    >>> read_days(pd.Series(["2024-9-5", "2024年9月5日 10:30", "5日"])).map(str).tolist()
    ['2024-09-05 00:00:00', '2024-09-05 00:00:00', 'NaT']
    """
    from toolkit.trust.times import read_times

    days: pd.Series = read_times(text).fillna(read_times(text + " 0:00")).dt.normalize()
    return days


def all_recorded(one: Round) -> pd.DataFrame:
    """Give what the interviews of all back-checks said, as text."""
    tables = [
        read_own_table(one.folder / FOLDER / f"{step['number']:03d}" / "recorded.csv")
        for step in one.steps("backcheck")
    ]
    if not tables:
        raise RoundError(one.folder.name, [fault("", "no_backcheck")])
    return pd.concat(tables, ignore_index=True)


def backcheck_differences(one: Round) -> Iterator[str]:
    """Draw every back-check again from the frame that was kept, and name what differs."""
    for step in one.steps("backcheck"):
        folder = one.folder / FOLDER / f"{step['number']:03d}"
        sample = sample_at(folder / "sample")
        if sample.receipt["key"] != step["key"]:
            yield f"{FOLDER}/{step['number']:03d}: the receipt's key is not the journal's"
        found = verify(sample, read_own_table(folder / "frame.csv")).differences
        yield from (f"{FOLDER}/{step['number']:03d}: {text}" for text in found)
    for step in one.steps("backcheck-returned"):
        path = one.folder / FOLDER / "returned" / step["file"]
        if not path.is_file() or file_digest(path) != step["sha256"]:
            yield f"{FOLDER}/returned/{step['file']}: not the file that was taken in"
