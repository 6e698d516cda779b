"""What the scores of two rounds have in common where they share respondents, or towns."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from toolkit.comparison.basis import Domain, Material, Which, refused, scored, sheets_of, stacked
from toolkit.comparison.crosswalk import ONE_LIST, SAME_TOWNS, Crosswalk
from toolkit.comparison.errors import fault
from toolkit.comparison.linking import Side, common_scale, scale_rules
from toolkit.errors import Fault, RoundError
from toolkit.parts.kinds import Surveyed
from toolkit.scores import Scores

Floats = NDArray[np.float64]


def shared_covariance(
    sides: tuple[Side, Side], material: tuple[Material, Material], crosswalk: Crosswalk
) -> Floats | None:
    """Give the covariance of two rounds' surveys, each scored by its own scheme on its own indicators.

    As in a comparison of years: the samples of a group are independent unless the crosswalk says that they
    are of one list (同一名单) or of the same towns (同批); both are then one sample of one design, in which
    whom they share counts once.

    Returns
    -------
    ndarray of float, shape (E then, E now), optional
        In the order of the schemes' evaluatees; none where nothing is shared.

    Raises
    ------
    RoundError
        With every group whose samples do not hang together as is said, seem to and nothing is said, or whose
        ratings cannot be put on one scale.
    """
    old, new = sides
    pairs = [(code, old.groups[code], new.groups[code]) for code in new.groups if code in old.groups]
    rules = {code: new.rules[code] or old.rules[code] for code, _, _ in pairs}
    scale = common_scale(old.scheme.scale, new.scheme.scale, scale_rules(crosswalk, (old.year, new.year)))
    faults: list[Fault] = []
    for code, a, b in pairs:
        faults += refused(rules[code], a, b, material[0].drawn[a.id], material[1].drawn[b.id])
        if rules[code] in (ONE_LIST, SAME_TOWNS) and scale is None:
            faults.append(fault("shared_scales", group=b.id, then=old.label, now=new.label))
    if faults:
        raise RoundError(new.scheme.id, faults)
    found: Floats | None = None
    for code, a, b in pairs:
        if rules[code] not in (ONE_LIST, SAME_TOWNS):
            continue
        parts = [
            sheets_of(Which(side, each, group), _own_domains(side), scale, side.scheme)
            for side, each, group in zip(sides, material, (a, b), strict=True)
        ]
        cells = a.adjust_by is not None or b.adjust_by is not None
        both = scored(stacked(parts, rules[code]), new.scheme, scale, "design" if cells else b.official)
        place = {label: at for at, label in enumerate(both.evaluatees)}
        rows, columns = ([place[one.label] for one in _own_domains(side)] for side in sides)
        own = a.weight * b.weight * both.cov[np.ix_(rows, columns)]
        found = own if found is None else found + own
    return found


def in_scores(shared: Floats, then: Scores, now: Scores) -> Floats:
    """Give what the surveys' covariance makes in two rounds' scores, of which surveys may be a part.

    A score that an event fixed has no error, so none in common.
    """
    loads = [survey_weight(one) * (np.diag(one.cov) > 0) for one in (then, now)]
    return np.asarray(shared * np.outer(*loads))


def survey_weight(scores: Scores) -> Floats:
    """Give the weight of the survey in every evaluatee's score, in the order of the table."""
    if scores.assessed is None:
        return np.ones(len(scores.table))
    scheme, parts = scores.scheme, scores.assessed.parts
    surveys = {
        (each.id, part.name)
        for each in scheme.classes
        for part in scheme.parts_of(each.id)
        if isinstance(part.source, Surveyed)
    }
    own = parts[[pair in surveys for pair in zip(parts["class"], parts["part"], strict=True)]]
    weights = own.groupby("evaluatee")["weight"].sum()
    return weights.reindex(scores.table["evaluatee"]).fillna(0.0).to_numpy(dtype=np.float64)


def _own_domains(side: Side) -> list[Domain]:
    asked = side.scheme.indicators
    return [Domain(f"{side.label} {name}", at, asked[name]) for at, name in enumerate(side.scheme.evaluatees)]
