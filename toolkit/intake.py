"""Files of answers as people send them: read, admitted, or set aside with the reason; nothing is lost."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sampling import Quota
from scoring.group import columns_of
from toolkit.answers import (
    HEADS,
    KEYS,
    PARADATA,
    Answers,
    Checked,
    Finding,
    check_rows,
    codes,
    column_faults,
    places,
)
from toolkit.drawing import NO_RECUSALS
from toolkit.errors import Fault, RoundError, fault
from toolkit.files import read_cells
from toolkit.quota import as_drawn, cell_labels, cells_of, respondents, targets_of
from toolkit.scheme import Group, Scheme
from toolkit.scores import Drawn

NO_QUOTAS: Mapping[str, pd.DataFrame] = MappingProxyType({})
SET_ASIDE = ["file", "sheet", "row", "column", "found", "rule", "why", "why_zh", *KEYS]
LABELS = HEADS | {key: key for key in KEYS}
OF_EVALUATEE = [head for head, key in LABELS.items() if key == "evaluatee"]
SPLIT = re.compile(r"\s*[:：]\s*")
SHORTENED = re.compile(r"\d(\.\d+)?[Ee]\+?\d+")
NO_TABLE = "—"
DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}( 00:00:00)?")


@dataclass(frozen=True)
class Intake:
    """What came of one file of answers.

    Attributes
    ----------
    file : str
        Its name in the round.
    sheets : int
        Answer sheets admitted; 0 when this very file was taken in before.
    set_aside : DataFrame
        One line for each thing wrong: ``file``, ``sheet`` (of a workbook), ``row``, ``column``,
        ``found``, ``rule``, ``why`` (``why_zh`` in Chinese), and whose row it is.
    before : bool
        Whether this very file was taken in before, so that nothing is done.
    """

    file: str
    sheets: int
    set_aside: pd.DataFrame
    before: bool = False

    def __str__(self) -> str:
        if self.before:
            return f"{self.file}: this very file was taken in before"
        rows = len(self.set_aside[["sheet", "row"]].drop_duplicates())
        return f"{self.file}: {self.sheets:,} sheets admitted, {rows:,} rows set aside"


@dataclass(frozen=True)
class Admitted:
    """All answers of a round that count, and all rows that do not.

    Attributes
    ----------
    answers : dict of Answers
        By group.
    set_aside : DataFrame
        As in ``Intake``.
    sheets : dict of int
        Admitted sheets by file.
    drawn : dict of Drawn
        The respondents they were held against, by group.
    origin : DataFrame
        Of every row taken in, by the index that ``answers`` have: ``file``, ``sheet``, ``row`` and how the
        answer came (``PARADATA``), as text.
    """

    answers: dict[str, Answers]
    set_aside: pd.DataFrame
    sheets: dict[str, int]
    drawn: dict[str, Drawn]
    origin: pd.DataFrame


@dataclass(frozen=True)
class Withdrawal:
    """Rows of a file, or all of it, that an office took back, and why."""

    file: str
    reason: str
    office: str
    rows: tuple[int, ...] | None = None
    sheet: str | None = None


def withdrawals(rows: pd.DataFrame, reason: str = "", office: str = "") -> list[Withdrawal]:
    """Give what takes rows back, an entry for each worksheet; they have ``file``, ``sheet`` and ``row``."""
    return [
        Withdrawal(str(file), reason, office, tuple(map(int, own)), str(sheet))
        for (file, sheet), own in rows.groupby(["file", "sheet"], sort=False)["row"]
    ]


def answer_rows(
    path: Path, scheme: Scheme, group: str | None = None, name: str | None = None
) -> pd.DataFrame:
    """Read a file of answers into one row of text for each respondent and evaluatee.

    Two shapes are read, in CSV or on any worksheet of an Excel file: a table with the columns
    ``group`` (对象类别), ``respondent`` (编号), ``evaluatee`` (被评单位) and the indicators; and the form
    that one respondent fills for many evaluatees, with the head 被评单位 and the indicators, and above
    it a line 编号 (or else the worksheet's name) and a line 对象类别. A form may hold several tables, one
    under another. How the answer came is read where it stands: 访问员, 方式, 渠道, 设备, 开始时间, 结束时间
    (``PARADATA``), unless an indicator or quota cell has that name.

    Parameters
    ----------
    path : Path
    scheme : Scheme
    group : str, optional
        The group of the whole file, where it does not say one.
    name : str, optional
        What to call the file.

    Returns
    -------
    DataFrame
        Text: ``file``, ``sheet``, the key columns, every indicator and ``PARADATA``; ``row`` is a number.

    Raises
    ------
    RoundError
        The file cannot be read, or a table lacks columns.
    """
    file = name or path.name
    sheets = read_cells(path)
    own = [*scheme.cell_columns, *columns_of(scheme.indicators)]
    told = {head: name for head, name in PARADATA.items() if not {head, name} & set(own)}
    labels = LABELS | told | {name: name for name in told.values()}
    parts, faults, headless = [], list[Fault](), []
    for sheet, cells in sheets.items():
        place = file if len(sheets) == 1 else f"{file} / {sheet}"
        blocks = list(_blocks(cells, sheet, group, place, labels)) if len(cells) else []
        if len(cells) and not blocks and not cells.isin(OF_EVALUATEE).any(axis=None):
            missing = fault("", "answers_columns", file=place, missing="evaluatee (被评单位)")
            headless.append((sheet, cells, missing))
        for table in blocks:
            found = column_faults(table, scheme, place)
            faults += found
            if not found:
                parts.append(table.assign(file=file, sheet=sheet if len(sheets) > 1 else ""))
    for sheet, cells, missing in headless:
        if not parts:
            faults.append(missing)
        else:  # a worksheet of another kind is listed, not dropped
            line = {"file": file, "sheet": sheet, "row": int(cells.index[0]) + 1, "group": NO_TABLE}
            parts.append(pd.DataFrame([line | {"evaluatee": _first_text(cells)}]))
    if not parts and not faults:
        faults.append(fault("", "empty_file", file=file))
    if faults:
        raise RoundError(file, faults)
    columns = ["file", "sheet", "row", *KEYS, *own, *told.values()]
    rows = pd.concat(parts, ignore_index=True).reindex(columns=columns, fill_value="").fillna("")
    if "interviewer" in told.values():
        rows["interviewer"] = codes(rows["interviewer"])
    return rows


def _blocks(
    cells: pd.DataFrame, sheet: str, group: str | None, place: str, labels: Mapping[str, str]
) -> Iterator[pd.DataFrame]:
    """Give every table of a worksheet; a row with the head of evaluatees begins one."""
    is_head = cells.isin(OF_EVALUATEE).any(axis=1).to_numpy()
    if not is_head.any():
        cells = cells.map(lambda one: one.strip() if isinstance(one, str) else one)
        is_head = cells.isin(OF_EVALUATEE).any(axis=1).to_numpy()
    starts = np.flatnonzero(is_head)
    if not starts.size:
        return
    above = cells.iloc[: starts[0]]
    said: dict[str, str] = {}
    for start, end in zip(starts, [*starts[1:], len(cells)], strict=True):
        said |= _said_above(above, labels)
        heads = cells.iloc[start].fillna("").astype(str).str.strip()
        named = [labels.get(head, head) for head in heads[heads != ""]]
        body = cells.iloc[start + 1 : end]
        is_form = "respondent" not in named
        if is_form:  # the lines above the next table may name another respondent
            lines = body.itertuples(index=False, name=None)
            next_form = np.flatnonzero([_tells(line, labels) for line in lines])
            cut = next_form[0] if next_form.size else len(body)
            body, above = body.iloc[:cut], body.iloc[cut:]
        else:
            above = body.iloc[:0]
        body = body.loc[body.notna().any(axis=1).to_numpy(), (heads != "").to_numpy()]
        if not len(body):
            continue
        table = body.set_axis(named, axis=1)
        repeated = [
            fault("", "repeated_column", file=place, column=column, count=2)
            for column in table.columns[table.columns.duplicated()].unique()
        ]
        if repeated:
            raise RoundError(place, repeated)
        table = table.assign(row=body.index.to_numpy() + 1)
        given = {"respondent": sheet or None, "group": group, **said}
        yield table.assign(**{key: value for key, value in given.items() if key not in table and value})


def _first_text(cells: pd.DataFrame) -> str:
    return str(next(iter(cells.iloc[0].dropna()), ""))


def _tells(line: tuple[object, ...], labels: Mapping[str, str]) -> bool:
    """Whether a line says a respondent, a group or how the answer came: a label before anything else."""
    first = next((cell for cell in line if isinstance(cell, str) and cell.strip()), "")
    return SPLIT.split(str(first).strip())[0] in (set(labels) - set(OF_EVALUATEE))


def _said_above(lines: pd.DataFrame, labels: Mapping[str, str]) -> dict[str, str]:
    """Read the lines above a form: a label and, beside it or after a colon, what it says."""
    said = {}
    for line in lines.itertuples(index=False, name=None):
        cells: list[str] = []
        for cell in (one.strip() for one in line if isinstance(one, str)):
            first, *rest = SPLIT.split(cell, maxsplit=1)  # a time has colons of its own
            cells += [part for part in (first, *rest) if part] if first in labels else [cell]
        for label, value in zip(cells, cells[1:], strict=False):
            if label in labels:
                said[labels[label]] = value
    return said


def admit(
    rows: pd.DataFrame,
    drawn: Mapping[str, Drawn],
    scheme: Scheme,
    withdrawn: Sequence[Withdrawal] = (),
    quotas: Mapping[str, pd.DataFrame] = NO_QUOTAS,
    recusals: pd.DataFrame = NO_RECUSALS,
) -> Admitted:
    """Tell the rows that count from those that do not, whatever the order of the files.

    A row is set aside when its group, respondent, evaluatee or any rating cannot be read, when the
    respondent is not in the sample, when it was withdrawn, or when the same respondent answers for the
    same evaluatee with other values elsewhere (then none of these rows counts, since nobody knows which
    is right). Of rows that say the same, the first counts.

    Parameters
    ----------
    rows : DataFrame
        As ``answer_rows`` gives them, of all files.
    drawn : mapping of str to Drawn
        By group.
    scheme : Scheme
    withdrawn : sequence of Withdrawal
    quotas : mapping of str to DataFrame
        By quota group, its sheet of cells: who answers in a cell is its respondent.
    recusals : DataFrame
        ``group``, ``respondent``, ``evaluatee`` and ``reason``: these answers are set aside.
    """
    rows = rows.reset_index(drop=True)
    checked = check_rows(rows, scheme)
    findings = list(checked.findings)
    good = np.ones(len(rows), dtype=bool)
    for one in withdrawn:
        here = (rows["file"] == one.file).to_numpy()
        if one.rows is not None:
            here = here & rows["row"].isin(one.rows).to_numpy()
        if one.sheet is not None:
            here = here & (rows["sheet"] == one.sheet).to_numpy()
        taken_back = fault("", "withdrawn", reason=one.reason, office=one.office)
        findings += [Finding(at, "", "", taken_back) for at in np.flatnonzero(here & good).tolist()]
        good &= ~here
    good[[one.at for one in checked.findings]] = False
    place = np.full(len(rows), -1, dtype=np.int64)
    lists, cell = dict(drawn), np.zeros(len(rows), dtype=np.intp)
    for at_group, of in enumerate(scheme.groups):
        if of.is_quota:
            own = np.flatnonzero(good & (checked.group == at_group))
            labels = cell_labels(rows.iloc[own], of)
            cell[own] = pd.factorize(labels)[0] + 1
            keys = checked.rows.iloc[own]
            lists[of.id] = as_drawn(respondents(keys, labels, quotas[of.id], of), of, quotas[of.id])
    for group, part in checked.answers(scheme, good).items():
        at = part.table.index.to_numpy()
        of = next(each for each in scheme.groups if each.id == group)
        place[at] = places(part.table, lists[group].units, of, scheme)
        strange = at[place[at] < 0]
        if of.is_quota:
            findings += _cell_findings(rows, checked, strange, of)
        else:
            findings += _strangers(checked, strange, group, lists[group].units[of.draws[-1].unit])
    good &= place >= 0
    barred = _recused(checked, scheme, np.flatnonzero(good), recusals)
    findings += barred
    good[[one.at for one in barred]] = False
    repeats, findings_of = _repeats(checked, place, good, rows, cell)
    findings += findings_of
    good &= ~repeats
    for of in scheme.groups:
        if of.over_quota == "set_aside":
            over = _over_quota(checked, scheme, good, lists[of.id], of, quotas[of.id])
            findings += over
            good[[one.at for one in over]] = False
    counts = rows["file"][good].value_counts(sort=False)
    return Admitted(
        checked.answers(scheme, good),
        _set_aside(rows, checked, findings),
        {str(file): int(count) for file, count in counts.items()},
        lists,
        rows.reindex(columns=["file", "sheet", "row", *PARADATA.values()], fill_value=""),
    )


def _recused(checked: Checked, scheme: Scheme, at: NDArray[np.intp], recusals: pd.DataFrame) -> list[Finding]:
    """Name the answers of those who must not rate that evaluatee."""
    why = {(one.group, one.respondent, one.evaluatee): one.reason for one in recusals.itertuples()}
    if not why:
        return []
    ids = [group.id for group in scheme.groups]
    keys = checked.rows.iloc[at]
    triples = zip(checked.group[at].tolist(), keys["respondent"], keys["evaluatee"], strict=True)
    return [
        Finding(
            int(row),
            "evaluatee",
            whom,
            fault("", "recused", row=line, found=who, evaluatee=whom, reason=why[ids[group], who, whom]),
        )
        for row, line, (group, who, whom) in zip(at.tolist(), keys["row"], triples, strict=True)
        if (ids[group], who, whom) in why
    ]


def _strangers(checked: Checked, strange: NDArray[np.intp], group: str, ids: pd.Series) -> list[Finding]:
    """Say of ids that are not in the sample what may have happened to them."""
    bare = {str(one).lstrip("0"): str(one) for one in ids} if strange.size else {}
    findings = []
    for at in strange.tolist():
        who, whom = checked.rows[["respondent", "evaluatee"]].iloc[at]
        row = checked.rows["row"].iloc[at]
        if SHORTENED.fullmatch(who):
            found = fault("", "shortened_id", row=row, found=who)
        elif DATE.fullmatch(who):
            found = fault("", "id_as_date", row=row, found=who)
        elif bare.get(who.removesuffix(".0").lstrip("0"), who) != who:
            meant = bare[who.removesuffix(".0").lstrip("0")]
            found = fault("", "id_as_number", row=row, found=who, meant=meant)
        else:
            found = fault("", "not_in_sample", row=row, found=who, evaluatee=whom, group=group)
        findings.append(Finding(at, "respondent", who, found))
    return findings


def _cell_findings(
    rows: pd.DataFrame, checked: Checked, strange: NDArray[np.intp], group: Group
) -> list[Finding]:
    """Name the quota cells that are not on the sheet."""
    one = group.draws[-1]
    assert isinstance(one.design, Quota)
    columns, findings = list(one.design.by), list[Finding]()
    for at in strange.tolist():
        found = " / ".join(str(rows[column].iloc[at]).strip() for column in columns)
        told = fault("", "unknown_cell", row=checked.rows["row"].iloc[at], found=found, frame=one.frame)
        findings.append(Finding(at, "、".join(columns), found, told))
    return findings


def _over_quota(
    checked: Checked,
    scheme: Scheme,
    good: NDArray[np.bool_],
    drawn: Drawn,
    group: Group,
    sheet: pd.DataFrame,
) -> list[Finding]:
    """Find the sheets that came after their cell was full; one without a rating fills nothing."""
    answers = checked.answers(scheme, good).get(group.id)
    if answers is None:
        return []
    rated = answers.table[answers.table.iloc[:, 2:].notna().any(axis=1)].sort_index()
    cells = cells_of(rated, drawn.units, group)
    targets = targets_of(sheet, group).reindex(cells).to_numpy()
    came = rated.assign(cell=cells.to_numpy()).groupby(["evaluatee", "cell"], observed=True).cumcount()
    findings = []
    for at in np.flatnonzero(came.to_numpy() >= targets).tolist():
        row, cell = int(rated.index[at]), str(cells.iloc[at])
        what = {"row": checked.rows["row"].iloc[row], "evaluatee": checked.rows["evaluatee"].iloc[row]}
        told = fault("", "over_quota", cell=cell, target=int(targets[at]), **what)
        findings.append(Finding(row, "、".join(group.draws[-1].design.by), cell, told))  # type: ignore[union-attr]
    return findings


def _repeats(
    checked: Checked,
    place: NDArray[np.int64],
    good: NDArray[np.bool_],
    rows: pd.DataFrame,
    cell: NDArray[np.intp],
) -> tuple[NDArray[np.bool_], list[Finding]]:
    """Find rows of one respondent for one evaluatee: copies of the first, or all where they differ."""
    repeats = np.zeros(good.size, dtype=bool)
    at = np.flatnonzero(good)
    key = pd.MultiIndex.from_arrays([checked.group[at], place[at], checked.evaluatee[at]])
    several = key.duplicated(keep=False)
    if not several.any():
        return repeats, []
    at = at[several]
    sets = pd.factorize(key[several])[0]
    said = np.column_stack([np.nan_to_num(checked.values[at], nan=-1.0), checked.state[at], cell[at]])
    first = np.full(sets.max() + 1, -1, dtype=np.intp)
    first[sets[::-1]] = np.arange(sets.size - 1, -1, -1)
    differs = np.bincount(sets, weights=(said != said[first[sets]]).any(axis=1)) > 0
    findings = []
    for i, row in enumerate(at.tolist()):
        other = int(at[first[sets[i]]])
        if i == first[sets[i]]:
            other = int(at[np.flatnonzero(sets == sets[i])[1]])
            if not differs[sets[i]]:
                continue
        repeats[row] = True
        what = {"file": rows["file"].iloc[other], "other": rows["row"].iloc[other]}
        what |= {"row": rows["row"].iloc[row], "found": checked.rows["respondent"].iloc[row]}
        what |= {"evaluatee": checked.rows["evaluatee"].iloc[row]}
        rule = "answered_differently" if differs[sets[i]] else "answered_again"
        findings.append(Finding(row, "", "", fault("", rule, **what)))
    return repeats, findings


def _set_aside(rows: pd.DataFrame, checked: Checked, findings: Sequence[Finding]) -> pd.DataFrame:
    findings = sorted(findings, key=lambda one: one.at)
    at = [one.at for one in findings]
    what: dict[str, Any] = {
        "column": [one.column for one in findings],
        "found": [one.found for one in findings],
        "rule": [one.fault.rule for one in findings],
        "why": [one.fault.english for one in findings],
        "why_zh": [one.fault.chinese for one in findings],
    }
    table = pd.concat([rows[["file", "sheet"]], checked.rows], axis=1).iloc[at].reset_index(drop=True)
    return table.assign(**what)[SET_ASIDE]
