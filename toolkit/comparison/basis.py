"""Two rounds' answers scored together on what they have in common, with one covariance over both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scoring.composite.groups import Composite, composite
from scoring.group import GroupScores, columns_of, group_scores
from scoring.scale import Scale
from scoring.survey import Survey
from toolkit.answers import Answers, State
from toolkit.comparison.crosswalk import ONE_LIST, OWN_DRAWS, SAME_TOWNS
from toolkit.comparison.errors import fault
from toolkit.comparison.linking import Links, Side
from toolkit.errors import RoundError
from toolkit.scheme import DontKnow, Group, Scheme
from toolkit.scores import Drawn, GroupSheets, group_sheets

if TYPE_CHECKING:
    from toolkit.intake import Admitted
    from toolkit.round import Round

Floats = NDArray[np.float64]
STAGED = ("stratum", "psu", "population", "prob")
ROUND = "round"


@dataclass(frozen=True)
class Material:
    """What one round's scores are made of; 不了解 is not yet removed beyond its own indicator.

    Attributes
    ----------
    scheme : Scheme
    drawn : mapping of str to Drawn
        By group.
    answers : mapping of str to Answers
        By group.
    """

    scheme: Scheme
    drawn: Mapping[str, Drawn]
    answers: Mapping[str, Answers]

    @classmethod
    def of(cls, one: Round, admitted: Admitted | None = None) -> Material:
        """Read a round's answers and samples; ``admitted`` is what the round has read already."""
        rule = one.scheme.dont_know
        if rule.removed_per != "indicator":
            kept = DontKnow("indicator", rule.counts_as_answer)
            one, admitted = replace(one, scheme=replace(one.scheme, dont_know=kept)), None
        drawn, answers = one.material(admitted)
        return cls(one.scheme, drawn, answers)


@dataclass(frozen=True)
class Domain:
    """A name of a round under one code: what is scored.

    Attributes
    ----------
    label : str
    at : int
        Its place among the scheme's evaluatees.
    columns : tuple of str
        The rating columns that count.
    """

    label: str
    at: int
    columns: tuple[str, ...]


def label_of(side: Side, code: str, name: str) -> str:
    """Name a domain; read where a score cannot be computed.

    The round stands first: rounds stay apart where their names are the same.
    """
    return f"{side.label} {name} ({code})"


def together(links: Links, then: Material, now: Material, basis: Scheme) -> tuple[Composite, dict[str, int]]:
    """Score all names of both rounds on their common basis.

    Parameters
    ----------
    links : Links
        With a common scale.
    then, now : Material
    basis : Scheme
        Of the round whose weights and rules hold for both.

    Returns
    -------
    Composite
        Its evaluatees are the labels of domains.
    dict of int
        Answer sheets by label, over the groups.

    Raises
    ------
    RoundError
        With every group whose samples do not hang together as is said, or seem to and nothing is said.
    """
    pairs = [(code, links.then.groups[code], links.now.groups[code]) for code in links.groups]
    faults = [
        one
        for code, old, new in pairs
        for one in refused(links.rule(code), old, new, then.drawn[old.id], now.drawn[new.id])
    ]
    if faults:
        raise RoundError(basis.id, faults)
    by_code = {each.id: each for each in basis.groups}
    stated = links.now if basis is links.now.scheme else links.then
    weights, found = [], []
    for code, old, new in pairs:
        leading = by_code[stated.groups[code].id]
        sides = [
            sheets_of(Which(side, each, group), domains_of_side(links, side), links.scale, basis)
            for side, each, group in ((links.then, then, old), (links.now, now, new))
        ]
        cells = old.adjust_by is not None or new.adjust_by is not None
        official = "design" if cells else leading.official
        rule = links.rule(code)
        if rule in (SAME_TOWNS, ONE_LIST):
            found.append(scored(stacked(sides, rule), basis, links.scale, official))
        else:
            found.append(_side_by_side([scored(one, basis, links.scale, official) for one in sides]))
        weights.append(leading.weight)
    whole = composite(found, [one / sum(weights) for one in weights])
    sheets = np.sum([one.n for one in found], axis=0)
    return whole, dict(zip(whole.evaluatees, sheets.tolist(), strict=True))


# --- one round's sheets of a group on the common basis -----------------------------------------------------


@dataclass(frozen=True)
class Which:
    """A group of one of the rounds."""

    side: Side
    material: Material
    group: Group


@dataclass(frozen=True)
class Part:
    """Sheets with domains in place of evaluatees, and the indicators of each domain."""

    sheets: GroupSheets
    group: Group
    lonely: str
    indicators: dict[str, tuple[str, ...]]
    round: str
    whose: NDArray[Any]


def domains_of_side(links: Links, side: Side) -> list[Domain]:
    """List what is scored of a round: every name under each of its codes, or under none.

    Names that are not compared stay, on indicators of their own, so that the sample of the others does not
    change.
    """
    places = {name: at for at, name in enumerate(side.scheme.evaluatees)}
    units = {unit.code: unit for unit in links.units if unit.why is None}
    back = {code: name for name, code in side.indicators.items()}
    found = []
    for code, some in side.units.items():
        for one in some:
            asked = units[code].asked if code in units else ()
            columns = tuple(back[q] for q in asked) or side.scheme.indicators[one.name]
            found.append(Domain(label_of(side, code, one.name), places[one.name], columns))
    return found


def sheets_of(which: Which, domains: list[Domain], scale: Scale | None, basis: Scheme) -> Part:
    """Put a round's sheets of a group under its domains, on a common scale."""
    side, group, scheme = which.side, which.group, which.material.scheme
    answers = which.material.answers[group.id]
    if basis.dont_know.removed_per == "respondent":
        answers = _whole_sheets_out(scheme, answers, domains)
    found = group_sheets(scheme, group, which.material.drawn[group.id], answers)
    codes = found.table["evaluatee"].cat.codes.to_numpy()
    order = np.argsort(codes, kind="stable")
    ends = np.searchsorted(codes[order], [[one.at, one.at + 1] for one in domains])
    rows = np.concatenate([order[a:b] for a, b in ends])
    labels = np.array([one.label for one in domains], dtype=object)
    raters = found.table.iloc[rows]
    whose = raters["evaluatee"].astype(str).to_numpy()
    old = columns_of(scheme.indicators)
    ratings = _rescaled(raters[old], scheme.scale, scale)
    names = {q: f"indicator: {side.indicators.get(q, f'{side.label} {q}')}" for q in old}
    table = raters.drop(columns=old).assign(
        evaluatee=np.repeat(labels, np.diff(ends, axis=1).ravel()),
        **{names[q]: ratings[:, k] for k, q in enumerate(old)},
    )
    not_due = None if found.not_due is None else found.not_due[rows]
    indicators = {one.label: tuple(names[q] for q in one.columns) for one in domains}
    sheets = GroupSheets(table.reset_index(drop=True), found.roles, not_due)
    return Part(sheets, group, scheme.lonely_psu, indicators, side.label, whose)


def _whole_sheets_out(scheme: Scheme, answers: Answers, domains: list[Domain]) -> Answers:
    """Remove a sheet with one 不了解 to an indicator that counts."""
    columns = columns_of(scheme.indicators)
    used = np.zeros((len(scheme.evaluatees), len(columns)), dtype=bool)
    for one in domains:
        used[one.at] |= np.isin(columns, one.columns)
    codes = answers.table["evaluatee"].cat.codes.to_numpy()
    gone = ((answers.state == State.DONT_KNOW) & used[codes]).any(axis=1)
    table = answers.table.copy()
    table.loc[gone, columns] = np.nan
    return Answers(table, answers.state)


def _rescaled(table: pd.DataFrame, own: Scale, common: Scale | None) -> Floats:
    """Put ratings on the common scale: as they are, or in equal steps from the worst."""
    values = table.to_numpy(dtype=np.float64)
    if common is None or (common.low, common.high, common.best) == (own.low, own.high, own.best):
        return values
    steps = values - own.low if own.best == "high" else own.high - values
    return np.asarray(steps * ((common.high - common.low) / (own.high - own.low)))


# --- both rounds -------------------------------------------------------------------------------------------


def scored(part: Part, basis: Scheme, scale: Scale | None, official: Any) -> GroupScores:
    found = part.sheets
    order = columns_of(part.indicators)
    kept = [one for one in found.table.columns if one.startswith("indicator: ")]
    not_due = None if found.not_due is None else found.not_due[:, [kept.index(q) for q in order]]
    return group_scores(
        Survey(found.table, lonely=part.lonely, **found.roles),  # type: ignore[arg-type]
        part.indicators,
        scale or basis.scale,
        full_mark=basis.full_mark,
        official=official,
        census_dont_know=not_due,
        unit="respondent",
    )


def _side_by_side(found: list[GroupScores]) -> GroupScores:
    """Put the scores of two independent samples together: no covariance between them."""
    names = [one for each in found for one in each.evaluatees]
    order = np.argsort(names)
    size = len(found[0].evaluatees)
    cov = np.zeros((len(names),) * 2)
    cov[:size, :size], cov[size:, size:] = found[0].cov, found[1].cov

    def both(key: str) -> Any:
        return np.concatenate([getattr(one, key) for one in found])[order]

    one_column = np.zeros((len(names), 0))  # means by indicator are not read
    return GroupScores(
        evaluatees=[names[at] for at in order],
        **{key: both(key) for key in ("estimate", "plain", "design", "df", "n")},
        cov=cov[np.ix_(order, order)],
        means=one_column,
        points=one_column,
        shares=both("shares"),
        shares_se=both("shares_se"),
    )


def stacked(parts: list[Part], rule: str) -> Part:
    """Put the sheets of both rounds under one design, in which what they share is one unit."""
    roles: dict[str, Any] = {}
    tables = []
    for part in parts:
        table, roles = _own_names(part, rule)
        tables.append(table)
    table = pd.concat(tables, ignore_index=True)
    kept = [one for one in table.columns if one.startswith("indicator: ")]
    not_due = None
    if all(part.sheets.not_due is not None for part in parts):
        each = []
        for part in parts:
            own = [one for one in part.sheets.table.columns if one.startswith("indicator: ")]
            wide = np.ones((len(part.sheets.table), len(kept)), dtype=bool)
            wide[:, [kept.index(one) for one in own]] = part.sheets.not_due
            each.append(wide)
        not_due = np.vstack(each)
    indicators = {label: some for part in parts for label, some in part.indicators.items()}
    last = parts[-1]
    return Part(
        GroupSheets(table, roles, not_due), last.group, last.lonely, indicators, last.round, last.whose
    )


def _own_names(part: Part, rule: str) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Call the design's columns by their roles, alike in both rounds; keep apart what is not shared."""
    table, given, year = part.sheets.table, part.sheets.roles, part.round
    added: dict[str, Any] = {}
    roles: dict[str, Any] = {}
    names: dict[str, str] = {}
    stages = len(given["psu"])
    for key in STAGED:
        if key not in given:
            continue
        roles[key] = []
        for at, column in enumerate(given[key]):
            inner = key == "stratum" and at > 0  # the second stage is drawn anew in each round
            if column is None and not inner:
                roles[key].append(None)
                continue
            name = f"role: {key} {at + 1}"
            text = key in ("stratum", "psu")
            values = "" if column is None else table[column].astype(str) if text else table[column]
            added[name] = year + "/" + values if inner else values
            roles[key].append(name)
            names[str(column)] = name
    assert len(roles["psu"]) == stages
    if "weight" in given and given["weight"] is not None:
        added["role: weight"], roles["weight"] = table[given["weight"]], "role: weight"
    if "independent" in given:
        roles["independent"] = [names[one] for one in given["independent"]]
    if "responded" in given:
        added["role: responded"] = table[given["responded"]]
        added["role: cell"] = year + "/" + table[given["cell"]].astype(str)
        roles |= {"responded": "role: responded", "cell": "role: cell"}
    if rule == ONE_LIST and part.sheets.not_due is None:
        spread = part.group.overlap == "spread"
        added["role: round"] = [f"{year}/{one}" for one in part.whose] if spread else year
        roles["overlapping"] = "role: round"
    keep = [one for one in table.columns if not one.startswith("design: ")]
    return table[keep].assign(**added), roles


# --- whether samples hang together as is said --------------------------------------------------------------


def refused(rule: str, old: Group, new: Group, then: Drawn, now: Drawn) -> list[Any]:
    found: list[Any] = []
    if rule == ONE_LIST:
        census = [one.is_census and one.population == "finite" for one in (old, new)]
        plain = all(
            len(drawn.roles.get("psu", ())) == 1
            and not any(drawn.roles.get("prob") or ())
            and not drawn.roles.get("independent")
            and group.adjust_by is None
            and not group.own_lists
            and not group.is_quota
            for drawn, group in ((then, old), (now, new))
        )
        if not plain or census[0] != census[1] or old.population != new.population:
            found.append(fault("not_one_list", group=new.id))
    elif rule == SAME_TOWNS:
        found += _towns_differ(old, new, then, now)
    elif rule != OWN_DRAWS and not (old.is_quota or new.is_quota):
        census = [one.is_census and one.population == "finite" for one in (old, new)]
        if not all(census) and _first_units(then).equals(_first_units(now)) and _by_chance(then, old):
            found.append(fault("all_the_same", group=new.id))
    return found


def _first_units(drawn: Drawn) -> pd.DataFrame:
    """List the units of the first stage with their strata and chances, in order."""
    roles = drawn.roles
    columns = {key: roles[key][0] for key in STAGED if roles.get(key) and roles[key][0] is not None}
    table = pd.DataFrame({key: drawn.units[column].astype(str) for key, column in columns.items()})
    return table.drop_duplicates().sort_values(list(columns)).reset_index(drop=True)


def _by_chance(drawn: Drawn, group: Group) -> bool:
    roles = {key: drawn.roles[key] for key in STAGED if key in drawn.roles}
    if group.population == "infinite":
        roles = {key: roles[key] for key in ("stratum", "psu") if key in roles}
    return bool(Survey(drawn.units, lonely="adjust", **roles).stages[0].varies)


def _towns_differ(old: Group, new: Group, then: Drawn, now: Drawn) -> list[Any]:
    if old.is_quota or new.is_quota or any(len(one.roles["psu"]) < 2 for one in (then, now)):
        told = {"found": "one round has no several stages", "found_zh": "有一轮不是多阶段抽样"}
        return [fault("not_same_towns", group=new.id, **told)]
    if len(then.roles["psu"]) != len(now.roles["psu"]):
        told = {"found": "the numbers of stages differ", "found_zh": "两轮的阶段数不同"}
        return [fault("not_same_towns", group=new.id, **told)]
    if (old.adjust_by is None) != (new.adjust_by is None):
        told = {"found": "one round alone has adjustment cells", "found_zh": "只有一轮有调整单元"}
        return [fault("not_same_towns", group=new.id, **told)]
    a, b = _first_units(then), _first_units(now)
    if not a.equals(b):
        odd = sorted(set(a["psu"]) ^ set(b["psu"]))
        told = {
            "found": f"of one round alone: {', '.join(odd[:3])}" if odd else "their probabilities differ",
            "found_zh": f"只在一轮中的有 {'、'.join(odd[:3])}" if odd else "概率不同",
        }
        return [fault("not_same_towns", group=new.id, **told)]
    return []
