"""Signs that a list was chosen rather than whole: told with count, share and rows, and nothing refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from toolkit.frames.clean import is_dead, name_text
from toolkit.frames.fields import FrameNeeds

SHORT, LONG = 0.9, 1.1  # rows against caseload
MANY_PHONE, MANY_ADDRESS = 3, 10  # persons of one telephone, of one address
MOSTLY, ENOUGH = 0.8, 20  # share in one month or service, of at least so many rows
FEW_CONTACTS = 0.05
SEX = 0.2  # from a half, of at least a hundred
SIGNS = {
    "size": (
        "名单 {count:,} 人，申报办件 {of:,} 件",
        "{count:,} persons, {of:,} cases declared",
    ),
    "own_staff": (
        "{count:,} 人同时在本单位的名单 {other} 中",
        "{count:,} persons stand in the office's own list {other}",
    ),
    "dead": (
        "{count:,} 人的电话像是编的（末八位相同或连号）",
        "{count:,} persons with a telephone that looks invented (last eight digits alike or in order)",
    ),
    "no_phone": (
        "{count:,} 人没有能拨通的电话",
        "{count:,} persons without a telephone that can be called",
    ),
    "no_address": ("{count:,} 人没有住址", "{count:,} persons without an address"),
    "without_phone": ("名单中没有电话", "no telephone in the whole list"),
    "without_address": ("名单中没有住址", "no address in the whole list"),
    "one_phone": (
        "{count:,} 人的电话由至少三人共用",
        "{count:,} persons with a telephone that three or more share",
    ),
    "one_address": (
        "{count:,} 人的住址由至少十人共用",
        "{count:,} persons with an address that ten or more share",
    ),
    "one_month": ("{count:,} 人都在同一个月办理（{value}）", "{count:,} persons of one month ({value})"),
    "one_service": ("{count:,} 人都是同一办理事项（{value}）", "{count:,} persons of one service ({value})"),
    "sex": (
        "按身份证号，女性 {count:,} 人，远离一半",
        "{count:,} women by their id cards, far from a half",
    ),
    "hidden": ("{count:,} 行是隐藏的", "{count:,} rows are hidden"),
}
COLUMNS = ["frame", "office", "sign", "count", "of", "share", "statement", "statement_en", "rows"]


def signs(
    lists: Mapping[tuple[str, str], pd.DataFrame],
    needs: Mapping[str, FrameNeeds],
    cases: Mapping[tuple[str, str], int],
) -> pd.DataFrame:
    """Look for signs of chosen lists.

    Parameters
    ----------
    lists : mapping of (frame, office) to DataFrame
        Rows that count.
    needs : mapping of str to FrameNeeds
        By frame, in the order of the scheme's groups.
    cases : mapping of (frame, office) to int
        Caseload declared, where it is known.

    Returns
    -------
    DataFrame
        ``frame``, ``office``, ``sign``, ``count``, ``of`` (rows, or cases), ``share``, ``statement`` in
        Chinese, ``statement_en``, and ``rows``: the places of all of them.
    """
    lines = []
    for (frame, office), rows in lists.items():
        if needs[frame].personal and len(rows):
            others = {
                other: lists[other, office]
                for other in list(needs)[list(needs).index(frame) + 1 :]
                if (other, office) in lists and needs[frame].each and needs[other].each
            }
            found = [*_size(len(rows), cases.get((frame, office))), *_of_rows(rows), *_staff(rows, others)]
            for sign, count, of, here, told in found:
                share = count / of
                words = {"count": count, "of": of, **told}
                zh, en = (text.format(**words) for text in SIGNS[sign])
                lines.append((frame, office, sign, count, of, share, zh, en, _places(rows, here)))
    return pd.DataFrame(lines, columns=COLUMNS)


Sign = tuple[str, int, int, Any, dict[str, str]]


def _size(rows: int, cases: int | None) -> Iterator[Sign]:
    if cases and not SHORT <= rows / cases <= LONG:
        yield "size", rows, cases, None, {}


def _of_rows(rows: pd.DataFrame) -> Iterator[Sign]:
    n = len(rows)
    phone = rows["phone"].where(rows["phone"] != "", rows["phone2"])
    person = rows["_kind"] + "\x1f" + rows["_identity"]

    def flags(sign: str, here: pd.Series, least: float = 0.0, **told: str) -> Iterator[Sign]:
        if here.any() and here.sum() >= least:
            yield sign, int(here.sum()), n, here, told

    def shared(values: pd.Series, many: int) -> pd.Series:
        pairs = pd.DataFrame({"value": values, "person": person}).drop_duplicates()
        counts = pairs[pairs["value"] != ""]["value"].value_counts()
        return values.isin(counts.index[counts >= many])

    yield from flags("hidden", rows["_hidden"].astype(bool))
    yield from flags("dead", phone.map(is_dead))
    for field, values in (("phone", phone), ("address", rows["address"])):
        if (values == "").all():
            yield f"without_{field}", n, n, None, {}
        else:
            yield from flags(f"no_{field}", values == "", FEW_CONTACTS * n)
    yield from flags("one_phone", shared(phone, MANY_PHONE))
    yield from flags("one_address", shared(rows["address"].map(name_text), MANY_ADDRESS))
    if n >= ENOUGH:
        months = rows["date"].str.extract(r"(\d{4})\D?(\d{1,2})").fillna("")
        for sign, values in (
            ("one_month", (months[0] + "-" + months[1]).where(months[0] != "", "")),
            ("one_service", rows["service"]),
        ):
            told = values[values != ""]
            if len(told):
                most = told.value_counts().index[0]
                yield from flags(sign, values == most, MOSTLY * n, value=str(most))
    card = rows["id_card"]
    known = card != ""
    women = known & card.str[16:17].isin(list("02468"))
    if known.sum() >= 100 and abs(women.sum() / known.sum() - 0.5) > SEX:
        yield "sex", int(women.sum()), int(known.sum()), women, {}


def _staff(rows: pd.DataFrame, others: Mapping[str, pd.DataFrame]) -> Iterator[Sign]:
    for other, own in others.items():
        here = pd.Series(False, index=rows.index)
        for field in ("id_card", "phone"):
            here |= (rows[field] != "") & rows[field].isin(set(own[field]) - {""})
        if here.any():
            yield "own_staff", int(here.sum()), len(rows), here, {"other": other}


def _places(rows: pd.DataFrame, here: Any) -> str:
    if here is None:
        return ""
    own = rows.loc[here, ["_sheet", "_cell"]]
    return "、".join(f"{sheet}!{cell}" if sheet else cell for sheet, cell in own.to_numpy().tolist())


def shared_persons(rows: pd.DataFrame) -> pd.DataFrame:
    """Count the persons that stand in lists of several offices.

    Parameters
    ----------
    rows : DataFrame
        Rows that count, with ``_frame`` and ``_office``.

    Returns
    -------
    DataFrame
        ``frame``, ``office``, ``other``, ``persons``; an office's own numbers tell nobody elsewhere.
    """
    lines: dict[tuple[str, str, str], int] = {}
    person = ["_frame", "_kind", "_identity"]
    pairs = rows[[*person, "_office"]].drop_duplicates()
    several = pairs[pairs.duplicated(person, keep=False)]
    for (frame, _, _), same in several.groupby(person, sort=False):
        offices: Sequence[str] = list(same["_office"])
        for at, one in enumerate(offices):
            for other in offices[at + 1 :]:
                lines[str(frame), one, other] = lines.get((str(frame), one, other), 0) + 1
    return pd.DataFrame(
        [(*at, count) for at, count in lines.items()], columns=["frame", "office", "other", "persons"]
    )
