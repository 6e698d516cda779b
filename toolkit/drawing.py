"""Draw all samples of a scheme from its frames, and gather them for scoring."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

import pandas as pd

from sampling import (
    AtLeastShare,
    AtMost,
    Bernoulli,
    Census,
    FrameError,
    Quota,
    Sample,
    Spread,
    Stratified,
    draw,
    listed,
)
from sampling.designs import Design, method_of, number_of, strata_columns
from sampling.frame import canonical_text
from toolkit.errors import RoundError, fault
from toolkit.progress import watched
from toolkit.scheme import Draw, Group, Scheme
from toolkit.scores import Drawn

EACH = ""
RECUSALS = "recusals"
RECUSED = "recused"
NOBODY = "-"
NO_KEYS: Mapping[str, str] = MappingProxyType({})
NO_RECUSALS = pd.DataFrame(columns=["group", "respondent", "evaluatee", "reason"])


def draw_all(
    scheme: Scheme, frames: Mapping[str, pd.DataFrame], key: str, own_keys: Mapping[str, str] = NO_KEYS
) -> Iterator[tuple[Group, Draw, dict[str, Sample]]]:
    """Draw every sample of a scheme.

    Parameters
    ----------
    scheme : Scheme
    frames : mapping of str to DataFrame
        By frame name; under ``recusals``, where there are any, who must not rate whom (``group``,
        ``respondent``, ``evaluatee``, ``reason``).
    key : str
        Decides all lottery numbers.
    own_keys : mapping of str to str
        Keys of draws that have their own.

    Yields
    ------
    Group, Draw, dict of Sample
        One draw after another, its samples by evaluatee (under an empty name where all share one).

    Raises
    ------
    RoundError, FrameError, DesignError
        A frame cannot be drawn from.
    """
    for group in scheme.drawn_groups:
        within: Sample | None = None
        for one in group.draws:
            if group.is_quota:
                continue
            recusals = frames.get(RECUSALS, NO_RECUSALS)
            lists = lists_of(scheme, group, one, frames[one.frame], recusals)
            samples = {
                evaluatee: draw(
                    table,
                    design_of(group, one, table),
                    key=own_keys.get(one.name, key),
                    name=draw_name(scheme, one, evaluatee),
                    unit=one.unit,
                    within=within,
                    coordinate=coordinate_of(scheme, group, one, evaluatee, table),
                )
                for evaluatee, table in watched(lists.items(), f"drawing {one.name}", len(lists))
            }
            within = samples.get(EACH)
            yield group, one, samples


def draw_name(scheme: Scheme, one: Draw, evaluatee: str) -> str:
    """Give the name under which a draw has its own lottery numbers."""
    return "/".join(filter(None, [scheme.id, one.name, evaluatee]))


def coordinate_of(
    scheme: Scheme, group: Group, one: Draw, evaluatee: str, table: pd.DataFrame
) -> AtMost | Spread | None:
    """Say what the sample of an evaluatee shares with those of the others."""
    if group.overlap == "spread":
        recused = RECUSED if RECUSED in table else None
        return Spread(scheme.evaluatees, evaluatee, draw_name(scheme, one, EACH), recused)
    if one.at_most is not None:
        return AtMost(one.at_most, evaluatee, lottery=draw_name(scheme, one, EACH))
    return None


def lists_of(
    scheme: Scheme, group: Group, one: Draw, frame: pd.DataFrame, recusals: pd.DataFrame = NO_RECUSALS
) -> dict[str, pd.DataFrame]:
    """Give the lists to draw from: one for each evaluatee, or one for all under an empty name.

    Who is recused is left out of an evaluatee's own list; of a list that evaluatees share the column
    ``recused`` says from whom. Members of a panel are drawn for all evaluatees: only their answers on
    those they are recused from are set aside (``toolkit.intake``).
    """
    own = recusals[recusals["group"] == group.id]
    whole = merged(frame, one.unit) if one.merge_rows and (group.overlap or not one.per_evaluatee) else frame
    if group.overlap == "spread":
        if len(own):
            names = own.groupby("respondent")["evaluatee"].agg(lambda some: ";".join(sorted(set(some))))
            whole = whole.assign(**{RECUSED: whole[one.unit].map(names).fillna(NOBODY)})
        return dict.fromkeys(scheme.evaluatees, whole)
    if not one.per_evaluatee:
        return {EACH: whole}
    if "evaluatee" not in frame:
        columns = ", ".join(frame.columns)
        raise FrameError("no_column", where=f"frame {one.frame}", column="evaluatee", columns=columns)
    if len(own):
        pairs = pd.MultiIndex.from_frame(own[["respondent", "evaluatee"]])
        frame = frame[~pd.MultiIndex.from_frame(frame[[one.unit, "evaluatee"]]).isin(pairs)]
    lists = dict(iter(frame.fillna({"evaluatee": ""}).groupby("evaluatee", sort=False)))
    found = [
        fault("", "no_frame", name=f"{one.frame}/{name}", folder="frames")
        for name in scheme.evaluatees
        if name not in lists
    ]
    found += [
        fault("", "frame_evaluatee", frame=one.frame, count=len(rows), found=name)
        for name, rows in lists.items()
        if name not in scheme.evaluatees
    ]
    if found:
        raise RoundError(scheme.id, found)
    each = {
        name: merged(lists[name], one.unit) if one.merge_rows else lists[name] for name in scheme.evaluatees
    }
    return each if one.at_most is None else listed(each, one.unit)


def gather(group: Group, samples: Mapping[str, Sample]) -> Drawn:
    """Put the samples of a group's last draw together, with the roles of their columns.

    Where each evaluatee has its own list, the lists are strata of the last stage; samples that are spread
    over one list overlap.
    """
    one = group.draws[-1]
    if not one.per_evaluatee:
        return Drawn(samples[EACH].units, samples[EACH].roles)
    parts = [sample.units.assign(evaluatee=name) for name, sample in samples.items()]
    units = pd.concat(parts, ignore_index=True)
    roles = dict(max(samples.values(), key=_told).roles)
    if group.overlap == "spread":
        return Drawn(units, {**roles, "overlapping": "evaluatee"})
    last = len(roles["psu"]) - (1 if one.at_most is None else 2)  # staying on a list is a stage inside
    inner = roles["stratum"][last]
    own = units["evaluatee"] if inner is None else units["evaluatee"] + " / " + units[inner]
    units["evaluatee_stratum"] = own
    text = units.columns[[not pd.api.types.is_numeric_dtype(kind) for kind in units.dtypes]]
    units = units.astype(dict.fromkeys(text, "category"))
    roles["stratum"] = [*roles["stratum"][:last], "evaluatee_stratum", *roles["stratum"][last + 1 :]]
    return Drawn(units, roles)


def merged(frame: pd.DataFrame, unit: str) -> pd.DataFrame:
    """Merge the rows of a unit into one; where they differ, their values are joined by 、.

    >>> seats = pd.DataFrame({"person": ["a", "b", "a"], "body": ["x", "x", "y"]})
    >>> merged(seats, "person").to_dict("list")
    {'person': ['a', 'b'], 'body': ['x、y', 'x']}
    """
    if unit not in frame:
        raise FrameError("no_column", where="frame", column=unit, columns=", ".join(frame.columns))

    def together(values: pd.Series) -> str:
        return "、".join(sorted({str(value) for value in values.dropna()}))

    twice = frame[unit].duplicated(keep=False)
    once = frame[~twice]
    several = frame[twice].groupby(unit, sort=False, dropna=False).agg(together).reset_index()
    return pd.concat([once, several], ignore_index=True).sort_values(unit, ignore_index=True)[
        list(frame.columns)
    ]


def design_of(group: Group, one: Draw, table: pd.DataFrame) -> Design:
    """Fit the design to a list: one is taken whole where it is short and the scheme says so.

    Of an evaluatee's own list, strata that it does not have are left out of the shares by stratum; that
    some list has them is for ``toolkit.crosscheck``.
    """
    if isinstance(one.design, Quota):
        raise TypeError(f"{one.name} is a quota, which is not drawn")
    number = number_of(method_of(one.design))
    asked = getattr(number, "total", number)
    if group.short_frame == "take_all" and isinstance(asked, int) and len(table) <= asked:
        return Census()
    method = method_of(one.design)
    if (
        one.per_evaluatee
        and isinstance(one.design, Stratified)
        and isinstance(number, AtLeastShare)
        and not isinstance(method, Bernoulli | Census | Quota)
    ):
        here = last_strata(one.design, table)
        own = {name: share for name, share in number.shares.items() if name in here}
        return replace(one.design, method=replace(method, n=replace(number, shares=own)))
    return one.design


def last_strata(design: Stratified, table: pd.DataFrame) -> set[str]:
    """Give the strata of a list by the last column that tells them, which shares are stated for."""
    column = strata_columns(design)[-1]
    return set(canonical_text(table[column], column, column)) if column in table else set()


def _told(sample: Sample) -> int:
    """Count the roles a sample tells; one that took a short list whole tells fewer than its design."""
    columns = [*sample.roles["stratum"], *sample.roles.get("prob", ())]
    return sum(column is not None for column in columns)
