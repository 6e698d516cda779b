"""The same answers under several schemes: which places move, and what moves them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scoring.group import columns_of
from toolkit.answers import Answers, State
from toolkit.comparison.basis import Material
from toolkit.comparison.errors import fault
from toolkit.conditions import read_conditions
from toolkit.errors import Fault, RoundError
from toolkit.errors import fault as toolkit_fault
from toolkit.parts.checks import refuse_parts
from toolkit.placing import place_of, published
from toolkit.review import reviewed
from toolkit.scheme import Scheme
from toolkit.scores import Scores, score

if TYPE_CHECKING:
    from toolkit.round import Round


def _groups(base: Scheme, other: Scheme, *keys: str) -> Scheme:
    """Give the scheme with some keys of each group as the other has them."""
    theirs = {group.id: group for group in other.groups}
    changed = tuple(
        replace(group, **{key: getattr(theirs[group.id], key) for key in keys}) for group in base.groups
    )
    return replace(base, groups=changed)


def _whole(base: Scheme, other: Scheme, *keys: str) -> Scheme:
    return replace(base, **{key: getattr(other, key) for key in keys})


def _indicators(base: Scheme, other: Scheme) -> Scheme:
    asked = {each.id: each.indicators for each in other.classes}
    return replace(base, classes=tuple(replace(one, indicators=asked[one.id]) for one in base.classes))


def _ranking(base: Scheme, other: Scheme, *keys: str) -> Scheme:
    rule = replace(base.ranking, **{key: getattr(other.ranking, key) for key in keys})
    return replace(base, ranking=rule)


Switch = Callable[[Scheme, Scheme], Scheme]

# One after another, in this order: what is counted, how it is weighted, then how places follow.
STEPS: Final[dict[str, tuple[str, str, Switch]]] = {
    "indicators": ("指标", "indicators", _indicators),
    "dont_know": ("“不了解”的处理", "what becomes of 不了解", lambda a, b: _whole(a, b, "dont_know")),
    "scale": (
        "满分和标签的分值",
        "full mark and values of labels",
        lambda a, b: _whole(a, b, "scale", "full_mark"),
    ),
    "official": (
        "同等计算或按设计加权",
        "plain or design-weighted",
        lambda a, b: _groups(a, b, "official", "adjust_by"),
    ),
    "weights": ("各类对象的权重", "weights of the groups", lambda a, b: _groups(a, b, "weight")),
    "rounding": (
        "按未舍入的还是公布的得分排名",
        "places by unrounded or published scores",
        lambda a, b: _ranking(a, b, "rank_on", "decimals"),
    ),
    "ties": ("并列的处理", "ties", lambda a, b: _ranking(a, b, "ties", "break_by")),
}
COUNTS: Final = ("indicators", "dont_know", "scale", "official", "weights")  # the others only order scores
ANSWERED: Final = ("low", "high", "best", "dont_know", "refused", "not_asked")
DRAWN: Final = ("draws", "short_frame", "overlap", "over_quota")


@dataclass(frozen=True)
class SchemeChange:
    """One round under its own scheme and another.

    Attributes
    ----------
    scheme : Scheme
        The other.
    table : DataFrame
        One row per evaluatee: ``class``, ``evaluatee``, ``score`` and ``rank`` under the round's scheme,
        ``score_other``, ``rank_other``; ``change`` of the unrounded score; ``moved`` (places, below 0 for
        upwards); ``open``, whether the sampling error leaves the other place possible under the round's own
        scheme; where both schemes have grades, ``grade`` and ``grade_other``; ``why`` and ``why_en``, what
        moved it.
    steps : DataFrame
        One row per evaluatee and key that differs, in the order in which keys were switched: ``step`` (from
        1), ``key``, ``points`` (change of the unrounded score), ``rank_before``, ``rank_after``. Points add
        up to ``change``, and places run from ``rank`` to ``rank_other``.
    weights : DataFrame
        Where the groups' weights differ, one row per evaluatee and group: ``weight``, ``weight_other``,
        ``above`` (the group's score less the composite) and ``points``, their product: exactly what the
        group's weight brings; the points of the step ``weights``, group by group.
    """

    scheme: Scheme
    table: pd.DataFrame
    steps: pd.DataFrame
    weights: pd.DataFrame

    @property
    def moved(self) -> pd.DataFrame:
        """The evaluatees whose place moves, the farthest first."""
        found = self.table[self.table["moved"] != 0]
        return found.loc[found["moved"].abs().sort_values(ascending=False, kind="stable").index]


def compare(round: Round, schemes: Sequence[Scheme | str | Path] | Scheme | str | Path) -> list[SchemeChange]:
    """Score a round's answers under other schemes, and tell which places move and why.

    Keys that differ are switched one after another in the order of ``STEPS``; the change of a score and of a
    place at each switch is that key's part. Another order may give other parts; their sum stays. What
    neither scores, places nor grades follow from is not compared: awards, the low-satisfaction rule, how
    errors are computed.

    Parameters
    ----------
    round : Round
    schemes : Scheme, str or Path, or several
        Each with the round's classes, evaluatees, groups and draws, and no indicators that were not asked.

    Returns
    -------
    list of SchemeChange
        One for each scheme.

    Raises
    ------
    RoundError
        No scheme is given; or with everything in them by which this round's answers cannot be scored.
    SchemeError
        A scheme has faults.

    Examples
    --------
    ``compare(guangan, "new-weights.toml")[0].moved``
    """
    given = [schemes] if isinstance(schemes, Scheme | str | Path) else list(schemes)
    if not given:
        raise RoundError(round.folder.name, [fault("few_schemes")])
    others = [one if isinstance(one, Scheme) else Scheme.load(one) for one in given]
    refuse_parts(round.folder.name, round.scheme, *others)
    refuse_others(round.folder.name, round.scheme, others)
    runner = _Runner(round)
    lacking = [one for other in others for one in runner.lacking(other)]
    if lacking:
        raise RoundError(round.folder.name, lacking)
    return [switched(round.scheme, other, runner) for other in others]


class _Runner:
    """Scores a round under schemes of its groups and draws; its answers are read once."""

    def __init__(self, round: Round) -> None:
        self.round = round
        self.admitted = round.admitted()
        self.material = Material.of(round, self.admitted)

    def lacking(self, scheme: Scheme) -> list[Fault]:
        """Name columns of adjustment cells that the samples do not have."""
        return [
            toolkit_fault("", "adjust_column", group=one.id, column=c, columns=", ".join(units))
            for one in scheme.groups
            for units in [self.material.drawn[one.id].units.columns]
            for c in one.adjust_by or ()
            if c not in units
        ]

    def __call__(self, scheme: Scheme) -> Scores:
        drawn, _ = replace(self.round, scheme=scheme).material(self.admitted)
        own = self.material
        answers = {one: _asked_by(scheme, own.scheme, each) for one, each in own.answers.items()}
        scores = reviewed(score(scheme, drawn, answers), self.round.changes())
        return replace(scores, conditions=read_conditions(scheme, self.round.folder, needed=False))


def _asked_by(scheme: Scheme, own: Scheme, answers: Answers) -> Answers:
    """Keep the answers to a scheme's indicators; sheets with 不了解 go as it says."""
    old, new = columns_of(own.indicators), columns_of(scheme.indicators)
    codes = answers.table["evaluatee"].cat.codes.to_numpy()
    asked = np.array([[q in scheme.indicators[one] for q in new] for one in own.evaluatees])[codes]
    state = np.where(asked, answers.state[:, [old.index(q) for q in new]], np.int8(State.NOT_ASKED))
    values = np.where(asked, answers.table[new].to_numpy(dtype=np.float64), np.nan)
    if scheme.dont_know.removed_per == "respondent":
        values[(state == State.DONT_KNOW).any(axis=1)] = np.nan
    heads = answers.table[["evaluatee", "respondent"]]
    return Answers(pd.concat([heads, pd.DataFrame(values, columns=new, index=heads.index)], axis=1), state)


def refuse_others(name: str, own: Scheme, others: Sequence[Scheme]) -> None:
    """Say by what in other schemes a round's answers cannot be scored.

    Raises
    ------
    RoundError
        Other classes, evaluatees, groups or draws, another scale of answers, or indicators not asked.
    """
    faults = [one for other in others for one in _differences(own, other)]
    if faults:
        raise RoundError(name, faults)


def _differences(own: Scheme, other: Scheme) -> Iterator[Fault]:
    def told(key: str, found: object, due: object) -> Fault:
        return fault("other_key", scheme=other.id, key=key, found=found, due=due)

    classes = {each.id: each for each in other.classes}
    if set(classes) != {each.id for each in own.classes}:
        yield told("classes", ", ".join(classes), ", ".join(each.id for each in own.classes))
    for each in own.classes:
        theirs = classes.get(each.id)
        if theirs is None:
            continue
        odd = sorted(set(each.evaluatees) ^ set(theirs.evaluatees))
        if odd:
            here = [
                ", ".join(one for one in odd if one in some) or "—"
                for some in (theirs.evaluatees, each.evaluatees)
            ]
            yield told(f"classes.{each.id}.evaluatees", *here)
        new = [q for q in theirs.indicators if q not in each.indicators]
        if new:
            yield fault("not_collected", scheme=other.id, name=each.name, found="、".join(new))
    groups = {group.id: group for group in other.groups}
    if set(groups) != {group.id for group in own.groups}:
        yield told("groups", ", ".join(groups), ", ".join(group.id for group in own.groups))
    for group in own.groups:
        for key in DRAWN if group.id in groups else ():
            found, due = getattr(groups[group.id], key), getattr(group, key)
            if found != due:
                yield told(f"groups.{group.id}.{key}", _short(found), _short(due))
    for key in ANSWERED:
        found, due = getattr(other.scale, key), getattr(own.scale, key)
        if found != due:
            yield told(f"scale.{key}", _short(found), _short(due))


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 80 else f"{text[:79]}…"


def switched(own: Scheme, other: Scheme, scores_of: Callable[[Scheme], Scores]) -> SchemeChange:
    """Switch from one scheme to another key by key.

    Parameters
    ----------
    own, other : Scheme
    scores_of : callable
        Gives the scores under a scheme.
    """
    first = last = scores_of(own)
    scheme, place = own, first.table["rank"].to_numpy()
    names, by_group = first.table["evaluatee"].tolist(), pd.DataFrame(columns=WEIGHTS)
    parts: list[pd.DataFrame] = []
    for key, (_, _, switch) in STEPS.items():
        after = switch(scheme, other)
        if after == scheme:
            continue
        before, scheme = last, after
        if key in COUNTS:
            last = scores_of(after)
        elif key == "rounding":
            last = _rounded(last, after)
        if key == "weights":
            by_group = _by_group(before, last)
        now = place_of(after, last.table["estimate"].to_numpy(dtype=np.float64), _groups_of(last))
        points = (last.table["estimate"] - before.table["estimate"]).to_numpy()
        columns = {"points": points, "rank_before": place, "rank_after": now}
        parts.append(pd.DataFrame({"evaluatee": names, "step": len(parts) + 1, "key": key, **columns}))
        place = now
    steps = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=STEP_COLUMNS)
    table = _table(own, scheme, first, last, place)
    if own.grading is not None and other.grading is not None:
        last = scores_of(replace(scheme, grading=other.grading))
        for name, scores in (("grade", first), ("grade_other", last)):
            if len(scores.grades):
                table[name] = table["evaluatee"].map(scores.grades.set_index("evaluatee")["grade"])
    told = _why(steps, by_group, other)
    for name, at in (("why", 0), ("why_en", 1)):
        table[name] = [told[one][at] if one in told else "" for one in names]
    return SchemeChange(other, table, steps, by_group)


STEP_COLUMNS: Final = ["evaluatee", "step", "key", "points", "rank_before", "rank_after"]
LEAST: Final = 5e-3  # points that are told in words
WEIGHTS: Final = ["evaluatee", "group", "weight", "weight_other", "above", "points"]


def _rounded(scores: Scores, scheme: Scheme) -> Scores:
    shown = published(scores.table["estimate"].to_numpy(dtype=np.float64), scheme.ranking.decimals)
    return replace(scores, scheme=scheme, table=scores.table.assign(score=shown))


def _groups_of(scores: Scores) -> pd.DataFrame:
    return scores.table[[group.id for group in scores.scheme.groups]]


def _by_group(before: Scores, after: Scores) -> pd.DataFrame:
    """Tell what each group's weight brings: the change of the weight times the score above the composite.

    Since weights sum to 1 before and after, the composite drops out of the sum; against it a group moves a
    score by what is peculiar to it.
    """
    surveyed = before.surveyed.to_numpy(dtype=np.float64)
    parts = []
    for old, new in zip(before.scheme.groups, after.scheme.groups, strict=True):
        above = before.table[old.id].to_numpy(dtype=np.float64) - surveyed
        parts.append(
            pd.DataFrame(
                {
                    "evaluatee": before.table["evaluatee"],
                    "group": old.id,
                    "weight": old.weight,
                    "weight_other": new.weight,
                    "above": above,
                    "points": (new.weight - old.weight) * above,
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def _table(own: Scheme, other: Scheme, first: Scores, last: Scores, place: NDArray[np.int64]) -> pd.DataFrame:
    was, now = first.table, last.table
    low, high = was["rank_low"].to_numpy(), was["rank_high"].to_numpy()
    estimate = now["estimate"].to_numpy(dtype=np.float64)
    return pd.DataFrame(
        {
            "class": was["class"],
            "evaluatee": was["evaluatee"],
            "score": was["score"],
            "rank": was["rank"],
            "score_other": published(estimate, other.ranking.decimals),
            "rank_other": place,
            "change": estimate - was["estimate"].to_numpy(dtype=np.float64),
            "moved": place - was["rank"].to_numpy(),
            "open": (low <= place) & (place <= high),
        }
    )


def _why(steps: pd.DataFrame, by_group: pd.DataFrame, other: Scheme) -> dict[str, tuple[str, str]]:
    """Tell for each evaluatee that moves what moved it, in the order of the switches."""
    names = {group.id: group.name for group in other.groups}
    moves = steps[(steps["points"].abs() > LEAST) | (steps["rank_before"] != steps["rank_after"])]
    told: dict[str, list[tuple[str, str]]] = {}
    for line in moves.to_dict("records"):  # an evaluatee and key each, not answers
        zh, en, _ = STEPS[line["key"]]
        points, a, b = f"{line['points']:+.2f}", line["rank_before"], line["rank_after"]
        of = (
            by_group[by_group["evaluatee"] == line["evaluatee"]] if line["key"] == "weights" else by_group[:0]
        )
        parts = "；".join(
            f"{names[group]} {value:+.2f}"
            for group, value in zip(of["group"], of["points"], strict=True)
            if abs(value) > LEAST
        )
        inside = (f"（{parts}）", f" ({parts})") if parts else ("", "")
        move = f"，第 {a} 名→第 {b} 名" if a != b else ""
        move_en = f", place {a} to {b}" if a != b else ""
        brought = abs(line["points"]) > LEAST
        some, some_en = (f" {points} 分{inside[0]}", f" {points}{inside[1]}") if brought else ("", "")
        pair = (f"{zh}{some}{move}", f"{en}{some_en}{move_en}")
        told.setdefault(line["evaluatee"], []).append(pair)
    return {
        one: ("；".join(zh for zh, _ in some), "; ".join(en for _, en in some)) for one, some in told.items()
    }
