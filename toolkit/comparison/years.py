"""What changed since an earlier round: both on their common basis, or why that cannot be said."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scoring.composite.change import change
from scoring.composite.groups import Composite, satterthwaite
from scoring.rank import ranks
from toolkit.comparison.basis import Material, label_of, together
from toolkit.comparison.crosswalk import CARRIES_ON, ONE_LIST, SAME_TOWNS, Crosswalk, Entry
from toolkit.comparison.errors import fault
from toolkit.comparison.linking import Links, Side, Unit, link, shares
from toolkit.errors import RoundError
from toolkit.parts.checks import refuse_parts
from toolkit.placing import published
from toolkit.report.writing import weight
from toolkit.scores import Scores

if TYPE_CHECKING:
    from toolkit.round import Round

Floats = NDArray[np.float64]
YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
UP, DOWN, UNCLEAR, NONE = "上升", "下降", "难分", "不可比"
VERDICTS_EN = {UP: "up", DOWN: "down", UNCLEAR: "too close to call", NONE: "not comparable"}
SAMPLES = {
    SAME_TOWNS: ("两年是同一批一阶单元", "the same first-stage units in both years"),
    ONE_LIST: (
        "两年出自同一名单，两年都答的人按编号对上",
        "persons of one list, who answered in both years told by id",
    ),
    "": ("两年各抽各的，互相独立", "independent samples"),
}


@dataclass(frozen=True)
class YearChange:
    """The change of every unit between two rounds.

    Attributes
    ----------
    table : DataFrame
        One row per code: ``code``, ``evaluatee`` and ``evaluatee_then`` (several joined by ＋), ``class``,
        ``class_then``; on the common basis, unrounded, ``then``, ``now``, ``change``, ``se``, ``low``,
        ``high``, ``df``, and ``verdict`` (上升 up, 下降 down, 难分 too close to call, 不可比 not comparable;
        each by its own interval), ``place_then`` and ``place_now`` among the ``placed`` units of its class
        that are comparable on the same indicators; as published, ``published_then``, ``published_now``,
        ``rank_then``, ``rank_now`` (empty for merged units); ``indicators`` it rests on, of ``of`` asked now;
        ``comparable``; ``why`` and ``why_en``: why it is not, or how it was put together where it is not
        simply the same unit on the same indicators.
    cov : ndarray of float, shape (C, C)
        Covariance of the changes of the comparable units, in the table's order.
    years : tuple of int
    basis : tuple of (str, str)
        What both years were put on, a sentence each in Chinese and English.
    scores : Scores
        Of the round now, as it is.
    made : bool
        Whether anything in the rounds is made up.
    """

    table: pd.DataFrame
    cov: Floats
    years: tuple[int, int]
    basis: tuple[tuple[str, str], ...]
    scores: Scores
    made: bool

    @property
    def comparable(self) -> pd.DataFrame:
        """The rows that can be compared."""
        return self.table[self.table["comparable"]]

    def league(self, of: str) -> pd.DataFrame:
        """Give a class's league table with last year's place beside this year's.

        Parameters
        ----------
        of : str
            The class's id or name.

        Returns
        -------
        DataFrame
            As ``Scores.league``, and ``rank_then`` (as published), ``then``, ``now``, ``change``, ``margin``
            of the change, ``verdict``, ``place_then``, ``place_now``, ``why``; a unit with several codes
            stands on a row for each.
        """
        league = self.scores.league(of)
        decimals = self.scores.scheme.ranking.decimals
        own = self.table[
            ["code", "evaluatee", "evaluatee_then", "rank_then", "verdict", "why", "why_en"]
        ].copy()
        own[["place_then", "place_now"]] = self.table[["place_then", "place_now"]]
        for name in ("then", "now", "change"):
            own[name] = published(self.table[name].to_numpy(), decimals)
        own["change_margin"] = published((self.table["high"] - self.table["low"]).to_numpy() / 2, decimals)
        one_name = own.assign(evaluatee=own["evaluatee"].str.split("＋")).explode("evaluatee")
        return league.merge(one_name, on="evaluatee", how="left")

    def __repr__(self) -> str:
        told = Counter(self.table["verdict"])
        counts = "，".join(f"{one} {told[one]}" for one in (UP, DOWN, UNCLEAR, NONE))
        return f"{self.years[1]} 年与 {self.years[0]} 年相比：{counts}"


def compare_years(
    last: Round,
    this: Round,
    crosswalk: str | Path | Crosswalk | None = None,
    *,
    years: tuple[int, int] | None = None,
    rules_of: Literal["this", "last"] = "this",
) -> YearChange:
    """Compare two rounds on what they have in common.

    Both years are scored again from their answers: the same units by the crosswalk's codes, the indicators
    and groups that both have, one scale, the weights and rules of one of them. Changes that a review made
    to a published score are not in it.

    Parameters
    ----------
    last, this : Round
    crosswalk : str, Path or Crosswalk, optional
        See ``toolkit.comparison.crosswalk``; without it, what has the same name is the same.
    years : tuple of int, optional
        Of the two rounds; by default the one year in the name of the folder, or the scheme's id.
    rules_of : "this" or "last"
        Whose group weights, full mark, official scores and removal of 不了解 hold for both.

    Returns
    -------
    YearChange

    Raises
    ------
    RoundError
        With all faults of the crosswalk; or no year can be told, nothing is in common to score by, or samples
        hang together in another way than is said.
    """
    refuse_parts(this.folder.name, last.scheme, this.scheme)
    walk = Crosswalk.of(crosswalk)
    when = years or (year_of(last), year_of(this))
    if when[0] >= when[1]:
        raise RoundError(this.folder.name, [fault("years_order", found=", ".join(map(str, when)))])
    links = link(last.scheme, this.scheme, walk, when)
    read = [(one, one.admitted()) for one in (last, this)]
    then, now = (Material.of(one, found) for one, found in read)
    scores = tuple(one.scores(found) for one, found in read)
    return changed(links, (then, now), (scores[0], scores[1]), rules_of, made=last.made or this.made)


def year_of(one: Round) -> int:
    """Tell a round's year from the name of its folder, or from its scheme's id.

    Raises
    ------
    RoundError
        Neither holds exactly one year.
    """
    for name in (one.folder.name, one.scheme.id):
        found = set(YEAR.findall(name))
        if len(found) == 1:
            return int(found.pop())
    names = f"{one.folder.name}, {one.scheme.id}"
    raise RoundError(one.folder.name, [fault("no_year", found=names)])


def changed(
    links: Links,
    material: tuple[Material, Material],
    scores: tuple[Scores, Scores],
    rules_of: Literal["this", "last"] = "this",
    made: bool = False,
) -> YearChange:
    """Compare two rounds that are read and linked already; as ``compare_years``."""
    basis = links.now.scheme if rules_of == "this" else links.then.scheme
    table = pd.DataFrame([_heads(links, unit) for unit in links.units])
    at = np.flatnonzero(table["comparable"])
    cov = np.zeros((at.size, at.size))
    for name in ("then", "now", "change", "se", "low", "high", "df"):
        table[name] = np.nan
    table["verdict"] = NONE
    if at.size:
        whole, sheets = together(links, *material, basis)
        units = links.comparable
        before = _Side.of(whole, links.then, units, [one.then for one in units], sheets)
        after = _Side.of(whole, links.now, units, [one.now for one in units], sheets)
        shared = after.loads @ whole.cov @ before.loads.T
        moved = change(after, before, shared if shared.any() else None, level=basis.level)
        cov = moved.cov
        found = moved.table.rename(columns={"before": "then"}).set_index(at)
        columns = ["then", "now", "change", "se", "low", "high", "df"]
        table.loc[at, columns] = found[columns]
        table.loc[at, "verdict"] = verdicts(found)
    table = _placed(table)
    for name, one in (("then", scores[0]), ("now", scores[1])):
        table = _as_published(table, one.table, name)
    return YearChange(
        table=table[COLUMNS],
        cov=cov,
        years=(links.then.year, links.now.year),
        basis=tuple(_told(links, basis)),
        scores=scores[1],
        made=made,
    )


COLUMNS = [
    *("code", "evaluatee", "evaluatee_then", "class", "class_then"),
    *("then", "now", "change", "se", "low", "high", "df", "verdict", "place_then", "place_now", "placed"),
    *("published_then", "published_now", "rank_then", "rank_now", "indicators", "of"),
    *("comparable", "why", "why_en"),
]


def verdicts(table: pd.DataFrame) -> NDArray[np.str_]:
    """Say in a word what an interval of a change allows.

    >>> verdicts(pd.DataFrame({"low": [0.1, -2.0, -1.0, 0.0], "high": [2.0, -0.5, 1.0, 0.0]})).tolist()
    ['上升', '下降', '难分', '难分']
    """
    return np.select([table["low"] > 0, table["high"] < 0], [UP, DOWN], UNCLEAR)


@dataclass(frozen=True)
class _Side:
    """The comparable units' scores in one round."""

    evaluatees: list[str]
    estimate: Floats
    cov: Floats
    df: Floats
    loads: Floats

    @classmethod
    def of(
        cls,
        whole: Composite,
        side: Side,
        units: Sequence[Unit],
        names: Sequence[tuple[Entry, ...]],
        sheets: dict[str, int],
    ) -> _Side:
        """Put the names of each unit together by their shares."""
        columns = {label: at for at, label in enumerate(whole.evaluatees)}
        loads = np.zeros((len(units), len(columns)))
        for row, (unit, some) in enumerate(zip(units, names, strict=True)):
            labels = [label_of(side, unit.code, one.name) for one in some]
            counts = [float(sheets[label]) for label in labels]
            each = (
                [one / sum(counts) for one in counts] if unit.by_answers and len(some) > 1 else shares(some)
            )
            loads[row, [columns[label] for label in labels]] = each
        own = np.diag(whole.cov)
        parts = [np.where(load > 0, load**2 * own, 0.0) for load in loads]
        df = np.array([satterthwaite(list(part), list(whole.df)) for part in parts], dtype=np.float64)
        codes = [unit.code for unit in units]
        return cls(codes, loads @ whole.estimate, loads @ whole.cov @ loads.T, df, loads)


def _heads(links: Links, unit: Unit) -> dict[str, object]:
    return {
        "code": unit.code,
        "evaluatee": "＋".join(one.name for one in unit.now),
        "evaluatee_then": "＋".join(one.name for one in unit.then),
        "class": unit.class_now,
        "class_then": unit.class_then,
        "asked": "\x1f".join(sorted(unit.asked)),
        "indicators": len(unit.asked) if unit.why is None else 0,
        "of": unit.whole,
        "comparable": unit.why is None,
        **dict(zip(("why", "why_en"), _how(links, unit), strict=True)),
    }


def _how(links: Links, unit: Unit) -> tuple[str, str]:
    """Say why a unit is not comparable, or how its names of a year were put together."""
    if unit.why is not None:
        return unit.why.zh, unit.why.en
    told: list[tuple[str, str]] = []
    for side, some in ((links.then, unit.then), (links.now, unit.now)):
        names = "、".join(one.name for one in some)
        if len(some) > 1 and unit.by_answers:
            told.append((f"{side.year} 年{names}按答卷份数合计", f"{side.year}: {names} by their answers"))
        elif len(some) > 1:
            each = zip(some, shares(some), strict=True)
            parts = "、".join(f"{one.name} {weight(share)}" for one, share in each)
            told.append((f"{side.year} 年按份额合计：{parts}", f"{side.year} by shares: {parts}"))
        if any(CARRIES_ON in one.rules for one in some):
            told.append(
                (f"沿用 {side.year} 年{names}的得分", f"carries on the score of {names} in {side.year}")
            )
    classes = (links.then.classes[unit.class_then], links.now.classes[unit.class_now])
    if classes[0] != classes[1]:
        a, b = (
            side.scheme.class_of(some[0].name).name
            for side, some in ((links.then, unit.then), (links.now, unit.now))
        )
        told.append((f"换类：{a}→{b}", f"class changed: {a} to {b}"))
    if len(unit.asked) < unit.whole:
        few, whole = len(unit.asked), unit.whole
        told.append((f"按两年都有的 {few} 项指标（今年共 {whole} 项）", f"on {few} of {whole} indicators"))
    told += [(one, one) for one in dict.fromkeys(e.note for e in (*unit.then, *unit.now) if e.note)]
    return "；".join(zh for zh, _ in told), "; ".join(en for _, en in told)


def _placed(table: pd.DataFrame) -> pd.DataFrame:
    """Rank the units of a class that are comparable on the same indicators: those that most of them have."""
    table = table.assign(placed=0)
    table[["place_then", "place_now"]] = np.nan
    for of in dict.fromkeys(table.loc[table["comparable"], "class"]):
        here = table[table["comparable"] & (table["class"] == of)]
        sets = Counter(here["asked"])
        most = max(sets, key=lambda one: (sets[one], one.count("\x1f"), one))
        at = here.index[here["asked"] == most]
        for name in ("then", "now"):
            table.loc[at, f"place_{name}"] = ranks(table.loc[at, name].to_numpy(dtype=np.float64))
        table.loc[at, "placed"] = len(at)
    return table.astype({"place_then": "Int64", "place_now": "Int64"})


def _as_published(table: pd.DataFrame, scored: pd.DataFrame, name: str) -> pd.DataFrame:
    own = scored.set_index("evaluatee")[["score", "rank"]]
    names = table["evaluatee_then" if name == "then" else "evaluatee"]
    found = own.reindex(names)
    return table.assign(
        **{
            f"published_{name}": found["score"].to_numpy(dtype=np.float64),
            f"rank_{name}": found["rank"].astype("Int64").to_numpy(),
        }
    )


# --- the common basis in words -----------------------------------------------------------------------------


def _told(links: Links, basis: object) -> list[tuple[str, str]]:
    """Tell what both years were put on."""
    then, now = links.then, links.now
    leading = now if basis is now.scheme else then
    scheme, year = leading.scheme, leading.year
    weights = [leading.groups[code].weight for code in links.groups]
    whole = sum(weights)
    names = [leading.groups[code].name for code in links.groups]
    parts = "；".join(f"{name} {one / whole:.4g}" for name, one in zip(names, weights, strict=True))
    told = [
        (
            f"权重和计分规则按 {year} 年方案（满分 {scheme.full_mark:g}）：{parts}",
            f"weights and rules of {year}, full mark {scheme.full_mark:g}: {parts}",
        )
    ]
    lost = [
        (side.year, each.name)
        for side in (then, now)
        for each in side.scheme.groups
        if each.id not in {side.groups[code].id for code in links.groups}
    ]
    if lost:
        some = "、".join(f"{name}（{when}）" for when, name in lost)
        told.append(
            (
                f"不计入的对象：{some}；其余的权重按比例放大到 1",
                f"groups left out: {some}; the others' weights are scaled to 1",
            )
        )
    told += _indicators_told(then, now)
    a, b = then.scheme.scale, now.scheme.scale
    if links.scale is not None and (a.low, a.high, a.best) != (b.low, b.high, b.best):
        told.append(
            (
                f"量表 {then.year} 年 {a.low}–{a.high}、{now.year} 年 {b.low}–{b.high}，对照表写明线性换算",
                f"scales {a.low} to {a.high} ({then.year}) and {b.low} to {b.high} ({now.year}), "
                "which the crosswalk calls linear",
            )
        )
    elif links.scale is not None and (a.has_values or b.has_values) and not links.scale.has_values:
        told.append(
            (
                "两年标签的分值不同，都改按等距计分，对照表写明线性换算",
                "the values of labels differ; both count in equal steps, which the crosswalk calls linear",
            )
        )
    for code, name in zip(links.groups, names, strict=True):
        zh, en = SAMPLES.get(links.rule(code), SAMPLES[""])
        told.append((f"{name}：{zh}", f"{name}: {en}"))
    told.append(
        (
            f"升降按各单位自己的区间判断；单位多时，没有变化的也会有约 {1 - scheme.level:.0%} 判为有变化",
            "each verdict rests on the unit's own interval: of units that did not change "
            f"about {1 - scheme.level:.0%} are said to have",
        )
    )
    return told


def _indicators_told(then: Side, now: Side) -> list[tuple[str, str]]:
    lost = [
        f"{name}（{side.year}{'，' + side.dropped[name] if side.dropped.get(name) else ''}）"
        for side, other in ((then, now), (now, then))
        for name in dict.fromkeys(q for one in side.scheme.classes for q in one.indicators)
        if name not in side.indicators or side.indicators[name] not in other.indicators.values()
    ]
    if not lost:
        return []
    some = "、".join(lost)
    return [(f"不计入的指标：{some}", f"indicators left out: {some}")]
