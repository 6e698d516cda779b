"""Can the answers be trusted: every check of a round's answers, gathered into tables of what to look at."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scoring import (
    AnswerError,
    Sheets,
    bursts,
    interviewer_effect,
    interviewer_list,
    interviews_per_day,
    mode_gaps,
    same_device,
    unit_answers,
)
from scoring.quality.listing import about, together
from scoring.ratings.read import Ratings
from toolkit.progress import watched
from toolkit.scheme import Scheme
from toolkit.trust.interviews import Interviews, interviews_of
from toolkit.trust.rows import rows_to_look_at

if TYPE_CHECKING:
    from toolkit.round import Round

Say = Callable[[str, str], None]
COMPARED = 0.8  # of the sheets: strata are fine enough when so many have another interviewer beside theirs
LEAST_INTERVIEWS = 5
STRATA = {
    ("evaluatee", "parent"): (
        "同一乡镇（抽样单位）、同一被评单位",
        "the same town (sampling unit) and evaluatee",
    ),
    ("parent",): ("同一乡镇（抽样单位）", "the same town (sampling unit)"),
    ("evaluatee",): ("同一被评单位", "the same evaluatee"),
    (): ("全部访问", "all interviews"),
}


@dataclass(frozen=True)
class Trust:
    """What to look at before a round's answers are trusted. Nothing is deleted, and nothing here is proof.

    Attributes
    ----------
    interviewers : DataFrame
        The one list, worst first: ``place``, ``interviewer``, ``n`` (interviews compared), ``p`` (all signals
        together), ``p_adjusted`` (for the number of interviewers), ``flagged``, ``chinese`` and ``english``
        (reasons).
    signals : DataFrame
        What it rests on: ``interviewer``, ``group``, ``items``, ``signal``, ``observed``, ``expected``,
        ``z``, ``p`` and both languages.
    left_out : DataFrame
        Interviewers who cannot be compared, and why.
    rows : DataFrame
        Rows to look at: ``check``, ``file``, ``sheet``, ``row``, ``group``, ``respondent``, ``evaluatee``,
        ``interviewer``, ``what`` and ``what_en``.
    units : DataFrame
        Evaluatees and towns by group: ceiling jumps, and too little 不了解.
    effects : DataFrame
        By group: the interviewers' share of the variance and the design effect.
    gaps : DataFrame
        Between modes and channels.
    bursts, devices : DataFrame
        Of answers that nobody asked for: the fullest window of time, and devices with several sheets.
    days : DataFrame
        Interviews of each interviewer and day, most first.
    unread : DataFrame
        Times that stand in the files and cannot be read.
    groups : DataFrame
        By group: ``sheets``, ``with_interviewer``, ``with_started``, ``with_times``, ``interviewers``, and
        ``strata``: what they are compared within.
    backcheck, backcheck_lines : DataFrame
        What came back of 回访复核.
    level : float
        Chance that the list flags anybody in a round where all are honest.
    least_minutes : float or None
        The shortest interview by the plan.
    about : tuple of str
        What the list says and does not, in Chinese and English.
    made : bool
        Whether the answers are made up.
    """

    scheme: Scheme
    interviewers: pd.DataFrame
    signals: pd.DataFrame
    left_out: pd.DataFrame
    rows: pd.DataFrame
    units: pd.DataFrame
    effects: pd.DataFrame
    gaps: pd.DataFrame
    bursts: pd.DataFrame
    devices: pd.DataFrame
    days: pd.DataFrame
    unread: pd.DataFrame
    groups: pd.DataFrame
    level: float
    least_minutes: float | None
    about: tuple[str, str]
    made: bool
    backcheck: pd.DataFrame = field(default_factory=pd.DataFrame)
    backcheck_lines: pd.DataFrame = field(default_factory=pd.DataFrame)

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """All tables by the names of their files."""
        names = "interviewers signals left_out rows units effects gaps bursts devices days unread groups"
        return {name: getattr(self, name) for name in [*names.split(), "backcheck", "backcheck_lines"]}


@dataclass(frozen=True)
class Part:
    """Interviews of one group and of one number of questions, ready for the checks."""

    group: str
    items: int
    table: pd.DataFrame
    values: NDArray[np.float64]
    state: NDArray[np.int8]
    strata: tuple[str, ...]

    def sheets(self, scheme: Scheme, strata: Sequence[str] | None = None) -> Sheets:
        """Give them as the checks of ``scoring`` read them."""
        own = self.strata if strata is None else strata
        return sheets_of(scheme, self.table, self.values, self.state, own)

    def only(self, keep: NDArray[np.bool_]) -> Part:
        """Give some of them."""
        at = np.flatnonzero(keep)
        table, values, state = self.table.iloc[at], self.values[at], self.state[at]
        return Part(self.group, self.items, table, values, state, self.strata)


def trust(one: Round, say: Say | None = None) -> Trust:
    """Check the answers that count; see ``Trust``.

    Interviewers are compared with those who worked where they did: in the same sampling unit for the same
    evaluatee, where enough of them did, otherwise in the same unit or for the same evaluatee. Sheets of other
    numbers of questions are compared apart, and each interviewer's p-values put together as those of the
    signals are, by Cauchy's combination.

    Parameters
    ----------
    one : Round
        With answers.
    say : function, optional
        Told what is being done, in English and Chinese; three times.

    Raises
    ------
    RoundError
        There are no answers yet.
    """
    from toolkit.trust.backcheck import agreement

    say = say or (lambda english, chinese: None)
    rules = one.scheme.interviews
    say("reading the interviews", "读取访问")
    whole, unread = interviews_of(one.scheme, one.admitted())
    strata = {name: strata_of(each.table) for name, each in whole.items()}
    wholes = [
        Part(name, 0, each.table, each.values, each.state, strata[name]) for name, each in whole.items()
    ]
    parts = [
        part
        for each in wholes
        for part in parts_of(one.scheme, each, whole[each.group].group.draws[-1].per_evaluatee)
    ]
    lists, left = [], []
    say("comparing interviewers", "比较访问员")
    for part in watched(parts, "comparing interviewers", len(parts)):
        if part.table.loc[part.table["interviewer"] != "", "interviewer"].nunique() < 2:
            continue
        sheets = part.sheets(one.scheme)
        with np.errstate(divide="ignore", invalid="ignore"):  # a signal that no sheet can give, such as
            found = interviewer_list(
                sheets, rules.least_minutes, rules.level, LEAST_INTERVIEWS
            )  # straight of 2
        lists.append((part, found.table, found.signals))
        left.append(found.left_out)
    say("looking for rows", "逐份查看")
    interviewers, signals = one_list(lists, rules.level)
    groups = pd.DataFrame([_group(name, each, strata[name]) for name, each in whole.items()])
    odd = signals[signals["p"] < 0.01] if len(signals) else signals
    back, lines = agreement(one) if one.steps("backcheck") else (pd.DataFrame(), pd.DataFrame())
    return Trust(
        scheme=one.scheme,
        interviewers=interviewers,
        signals=signals,
        left_out=_left_out(left, interviewers),
        rows=rows_to_look_at(one.scheme, wholes, parts, odd),
        units=_together(_units(one.scheme, parts)),
        effects=pd.DataFrame(list(_effects(one.scheme, wholes))),
        gaps=_together(_gaps(one.scheme, wholes)),
        bursts=_together(_bursts(one.scheme, wholes)),
        devices=_together(_devices(one.scheme, wholes)),
        days=_together(_days(one.scheme, wholes)),
        unread=unread,
        groups=groups,
        level=rules.level,
        least_minutes=rules.least_minutes,
        about=about(rules.level),
        made=one.made,
        backcheck=back,
        backcheck_lines=lines,
    )


def strata_of(table: pd.DataFrame) -> tuple[str, ...]:
    """Choose what interviewers are compared within: the finest where most have others beside them.

    >>> table = pd.DataFrame({"evaluatee": list("xyxy"), "parent": list("aabb"), "interviewer": list("ijkl")})
    >>> strata_of(table), strata_of(table.assign(parent=""))
    (('parent',), ('evaluatee',))
    """
    asked = table[table["interviewer"] != ""]
    there = [name for name in ("evaluatee", "parent") if (table[name] != "").any()]
    choices = [tuple(there), *((name,) for name in reversed(there))] if len(there) > 1 else [tuple(there)]
    for some in choices:
        if some and len(asked):
            several = asked.groupby(list(some))["interviewer"].transform("nunique") > 1
            if several.mean() >= COMPARED:
                return some
    return ("evaluatee",) if "evaluatee" in there else ()


def parts_of(scheme: Scheme, whole: Part, per_evaluatee: bool) -> Iterator[Part]:
    """Take a group's interviews apart by their number of questions."""
    if not per_evaluatee:
        yield replace(whole, items=whole.values.shape[1])
        return
    sizes = {who: len(names) for who, names in scheme.indicators.items()}
    asked = whole.table["evaluatee"].map(sizes).to_numpy(dtype=np.intp)
    for items in sorted(set(asked.tolist()), reverse=True):
        part = whole.only(asked == items)
        yield replace(part, items=items, values=part.values[:, :items], state=part.state[:, :items])


def sheets_of(
    scheme: Scheme,
    table: pd.DataFrame,
    values: NDArray[np.float64],
    state: NDArray[np.int8],
    strata: Sequence[str],
) -> Sheets:
    """Make the sheets that the checks of ``scoring`` read; columns that nobody filled are left out."""
    ratings = Ratings(pd.DataFrame(values, index=table.index), pd.DataFrame(state, index=table.index))
    told = {name: name for name in ("interviewer", "mode", "channel", "device") if (table[name] != "").any()}
    told |= {name: name for name in ("started", "ended") if table[name].notna().any()}
    return Sheets.of(table, ratings, scheme.scale, stratum=list(strata) or None, **told)


def one_list(
    lists: Sequence[tuple[Part, pd.DataFrame, pd.DataFrame]], level: float
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Put the lists of all parts together: one p-value for each interviewer, Holm over them all."""
    columns = ["place", "interviewer", "n", "p", "p_adjusted", "flagged", "chinese", "english"]
    if not lists:
        return pd.DataFrame(columns=columns), pd.DataFrame(columns=["interviewer", "p"])
    keys = [f"{at:03d}" for at in range(len(lists))]
    tables = [table.set_index("interviewer") for _, table, _ in lists]
    chances = pd.concat([table["p"] for table in tables], axis=1, keys=keys)
    counts = pd.concat([table["n"] for table in tables], axis=1, keys=keys).sum(axis=1)
    signals = pd.concat(
        [signal.assign(group=part.group, items=part.items) for part, _, signal in lists], ignore_index=True
    )
    whole = pd.DataFrame({"n": counts.astype(np.int64), "p": together(chances.T.to_numpy(dtype=np.float64))})
    whole["least"] = signals.groupby("interviewer")["p"].min()
    whole = whole[whole["p"].notna()].sort_values(["p", "least"], kind="stable")
    steps = whole["p"].to_numpy() * np.arange(len(whole), 0, -1)
    whole["p_adjusted"] = np.minimum(np.maximum.accumulate(steps), 1.0)  # Holm
    whole["flagged"] = whole["p_adjusted"] <= level
    grounds = signals[signals["p"] < 0.05].sort_values("p", kind="stable")
    for language, mark in (("chinese", "；"), ("english", "; ")):
        told = (
            grounds.drop_duplicates(["interviewer", "signal"]).groupby("interviewer")[language].agg(mark.join)
        )
        whole[language] = told.reindex(whole.index).fillna("")
    whole = whole.rename_axis("interviewer").reset_index()
    whole.insert(0, "place", np.arange(1, len(whole) + 1))
    order = whole.set_index("interviewer")["place"]
    signals = signals.assign(place=signals["interviewer"].map(order))
    signals = signals.sort_values(["place", "p"], kind="stable", ignore_index=True).drop(columns="place")
    return whole[columns], signals


def _group(name: str, each: Interviews, strata: tuple[str, ...]) -> dict[str, Any]:
    table = each.table
    return {
        "group": name,
        "name": each.group.name,
        "sheets": len(table),
        "with_interviewer": int((table["interviewer"] != "").sum()),
        "interviewers": int(table.loc[table["interviewer"] != "", "interviewer"].nunique()),
        "with_started": int(table["started"].notna().sum()),
        "with_times": int((table["started"].notna() & table["ended"].notna()).sum()),
        "strata": STRATA[strata][0] if (table["interviewer"] != "").any() else "",
        "strata_en": STRATA[strata][1] if (table["interviewer"] != "").any() else "",
    }


def _left_out(tables: Sequence[pd.DataFrame], listed: pd.DataFrame) -> pd.DataFrame:
    """Give who could be compared in no part."""
    whole = _together(tables)
    if whole.empty:
        return pd.DataFrame(columns=["interviewer", "n", "chinese", "english"])
    whole = whole[~whole["interviewer"].isin(listed["interviewer"])]
    return whole.drop_duplicates("interviewer")[["interviewer", "n", "chinese", "english"]].reset_index(
        drop=True
    )


def _together(tables: Iterator[pd.DataFrame] | Sequence[pd.DataFrame]) -> pd.DataFrame:
    found = [table for table in tables if len(table)]
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame()


def _asked(each: Part) -> NDArray[np.bool_]:
    return np.asarray(each.table["interviewer"] != "", dtype=bool)


def _effects(scheme: Scheme, wholes: Sequence[Part]) -> Iterator[dict[str, Any]]:
    for each in wholes:
        part = each.only(_asked(each))
        if part.table["interviewer"].nunique() < 2:
            continue
        try:
            found = interviewer_effect(part.sheets(scheme))
        except AnswerError as error:
            yield {"group": each.group, "chinese": error.chinese, "english": str(error)}
            continue
        names = ("icc", "icc_se", "deff", "mean_interviews", "interviewers", "n", "p", "alone", "confounded")
        yield {"group": each.group, **{key: getattr(found, key) for key in (*names, "chinese", "english")}}


def _gaps(scheme: Scheme, wholes: Sequence[Part]) -> Iterator[pd.DataFrame]:
    for each in wholes:
        ways: tuple[Literal["mode", "channel"], ...] = ("mode", "channel")
        for by in ways:
            told = np.asarray(each.table[by] != "", dtype=bool)
            if each.table.loc[told, by].nunique() > 1:
                yield mode_gaps(each.only(told).sheets(scheme), by=by).assign(group=each.group, by=by)


def _units(scheme: Scheme, parts: Sequence[Part]) -> Iterator[pd.DataFrame]:
    """Compare evaluatees with those of as many questions, and sampling units within evaluatees."""
    for part in parts:
        for by, strata in (("evaluatee", ()), ("parent", ("evaluatee",))):
            if part.table[by].nunique() > 1:
                found = unit_answers(part.sheets(scheme, strata), part.table[by], scheme.interviews.level)
                yield found.assign(group=part.group, items=part.items, by=by)


def _bursts(scheme: Scheme, wholes: Sequence[Part]) -> Iterator[pd.DataFrame]:
    """Look for bursts among sheets that no interviewer brought, for each channel where some are told."""
    for each in wholes:
        timed = ~_asked(each) & each.table["started"].notna().to_numpy()
        if timed.any():
            part = each.only(timed)
            told = (part.table["channel"] != "").all()
            found = bursts(part.sheets(scheme), by="channel" if told else None, level=scheme.interviews.level)
            yield found.assign(group=each.group)


def _devices(scheme: Scheme, wholes: Sequence[Part]) -> Iterator[pd.DataFrame]:
    for each in wholes:
        told = ~_asked(each) & (each.table["device"] != "").to_numpy()
        if told.any():
            yield same_device(each.only(told).sheets(scheme)).assign(group=each.group)


def _days(scheme: Scheme, wholes: Sequence[Part]) -> Iterator[pd.DataFrame]:
    for each in wholes:
        timed = each.table["started"].notna() & each.table["ended"].notna()
        told = _asked(each) & timed.to_numpy()
        if told.any():
            yield interviews_per_day(each.only(told).sheets(scheme, ())).assign(group=each.group)
