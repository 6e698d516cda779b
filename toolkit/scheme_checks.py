"""What is wrong with a scheme beyond single keys: sums, repeats, references, rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from functools import partial
from types import SimpleNamespace
from typing import Any

from sampling.designs import Quota, SimpleRandom, method_of, number_of
from scoring.consequence import Bottom, check_awards, check_ladder
from scoring.disclosure import FEWEST
from scoring.errors import EstimateError
from scoring.grade.rules import check_grading
from scoring.scale import Scale
from toolkit.assignments import assignment_faults
from toolkit.duties.checks import DUTY_CHECKS
from toolkit.errors import Fault, fault
from toolkit.parts.checks import PART_CHECKS, has_other_scores
from toolkit.rounds_rule import rounds_faults
from toolkit.satisfaction_rule import satisfaction_faults
from toolkit.scheme import (
    KEYS,
    RESERVED,
    Draw,
    EvaluateeClass,
    Group,
    InterviewRules,
    Response,
    Scheme,
    Unclear,
)

Check = Callable[[], Iterator[Fault]]


def scheme_faults(scheme: Scheme) -> Iterator[Fault]:
    """What single keys cannot show: sums, repeats, references.

    Of a scheme with wrong keys, which were told, only the parts that fit are given; a check that needs
    another is left out.
    """
    for check in _checks(scheme):
        try:
            yield from check()
        except (AttributeError, TypeError):
            if isinstance(scheme, Scheme):
                raise


def _checks(scheme: Scheme) -> Iterator[Check]:
    classes, groups = getattr(scheme, "classes", ()), getattr(scheme, "groups", ())
    yield partial(_repeats, "groups.name", lambda: [group.name for group in groups])
    yield partial(_repeats, "classes.name", lambda: [each.name for each in classes])
    yield partial(_name_faults, scheme)
    yield partial(_weight_faults, scheme)
    yield partial(_valid_faults, scheme)
    yield partial(_repeats, "classes", lambda: [each.id for each in classes])
    yield partial(_repeats, "groups", lambda: [group.id for group in groups])
    yield partial(
        _repeats, "classes.evaluatees", lambda: [one for each in classes for one in each.evaluatees]
    )
    samples = getattr(scheme, "samples", ())
    drawn = [one for group in groups for one in getattr(group, "draws", ())]
    yield partial(_repeats, "groups.draws", lambda: [one.name for one in (*drawn, *samples)])
    yield partial(_sample_faults, scheme)
    for at, each in enumerate(classes):
        yield partial(_class_faults, each, f"classes[{at}]", bool(groups))
    yield from (partial(check, scheme) for check in (*PART_CHECKS, *DUTY_CHECKS))
    for at, group in enumerate(groups):
        yield partial(_group_faults, group, f"groups[{at}]")
    yield partial(_label_faults, scheme)
    yield partial(satisfaction_faults, scheme)
    yield partial(rounds_faults, scheme)
    yield partial(_rule_faults, "grading", check_grading, scheme)
    yield partial(_rule_faults, "awards", check_awards, scheme)
    for at, rule in enumerate(getattr(scheme, "streaks", ())):
        yield partial(_ladder_faults, scheme, rule, f"streaks[{at}]")
    yield partial(_range_faults, scheme)
    for at, point in enumerate(getattr(scheme, "unclear", ())):
        yield partial(_unclear_faults, scheme, point, f"unclear[{at}].key")


def _weight_faults(scheme: Scheme) -> Iterator[Fault]:
    weights = [group.weight for group in scheme.groups]
    for at, weight in enumerate(weights):
        if not weight > 0:
            yield fault(f"groups[{at}].weight", "positive", found=weight)
    if weights and abs(sum(weights) - 1) > 1e-9:
        yield fault(f"groups[{len(weights) - 1}].weight", "weights_sum", found=f"{sum(weights):.10g}")


def _valid_faults(scheme: Scheme) -> Iterator[Fault]:
    if getattr(scheme, "classes", None) == ():
        yield fault("classes", "none_given", name="classes")
    if getattr(scheme, "groups", None) == () and not has_other_scores(scheme):
        yield fault("groups", "none_given", name="groups")
    valid = sum(group.valid for group in scheme.groups)
    if valid != scheme.valid_answers:
        yield fault("valid_answers", "valid_sum", stated=scheme.valid_answers, found=valid)


def _repeats(path: str, names: Callable[[], list[str]]) -> Iterator[Fault]:
    for name, count in Counter(names()).items():
        if count > 1 and isinstance(name, str):
            yield fault(path, "repeats", name=name, count=count)


def _class_faults(each: EvaluateeClass, path: str, surveyed: bool) -> Iterator[Fault]:
    if not each.evaluatees:
        yield fault(f"{path}.evaluatees", "empty_class", name=each.id)
    if surveyed and not each.indicators:
        yield fault(f"{path}.indicators", "no_indicators", name=each.id)
    yield from _repeats(f"{path}.indicators", lambda: list(each.indicators))


def _group_faults(group: Group, path: str) -> Iterator[Fault]:
    if not group.draws:
        yield fault(f"{path}.draws", "none_given", name="draws")
        return
    before = None
    for at, draw in enumerate(group.draws):
        if draw.within != before:
            yield fault(f"{path}.draws[{at}].within", "within", found=draw.within, due=before)
        if draw.unannounced:
            yield fault(f"{path}.draws[{at}].unannounced", "unannounced")
        if draw.per_evaluatee and at < len(group.draws) - 1:
            yield fault(f"{path}.draws[{at}].per_evaluatee", "stage_each")
        if draw.replicate is not None and not _has_replicates(draw):
            yield fault(f"{path}.draws[{at}].replicate", "replicate", found=draw.replicate)
        before = draw.name
    if group.adjust_by is not None and group.official != "design":
        yield fault(f"{path}.adjust_by", "adjust_plain")
    if group.is_quota and (len(group.draws) > 1 or group.adjust_by is not None):
        yield fault(f"{path}.draws", "quota_alone")
    if group.over_quota is not None and not group.is_quota:
        yield fault(f"{path}.over_quota", "over_plain")
    if group.is_quota and not group.draws[-1].per_evaluatee:
        yield fault(f"{path}.draws[{len(group.draws) - 1}].per_evaluatee", "quota_each")
    last = group.draws[-1]
    if last.per_evaluatee == (group.overlap == "same"):
        yield fault(f"{path}.overlap", "overlap", found=group.overlap)
    method = method_of(last.design)
    simple = isinstance(method, SimpleRandom) and not method.reserve
    alone = len(group.draws) == 1 and group.adjust_by is None
    if group.overlap == "spread" and not (simple and alone and last.at_most is None):
        yield fault(f"{path}.overlap", "spread_design")
    for at, draw in enumerate(group.draws):
        if draw.at_most is not None and not (draw.per_evaluatee and simple and draw.at_most >= 1):
            yield fault(f"{path}.draws[{at}].at_most", "at_most_design", found=draw.at_most)
    design = group.draws[-1].design
    asked = number_of(method_of(design))
    total = getattr(asked, "total", asked)
    plain = not isinstance(asked, int) or method_of(design) == design
    if isinstance(total, int) and plain and total != group.valid:
        yield fault(f"{path}.valid", "valid_draw", stated=group.valid, found=total)


def _has_replicates(one: Draw) -> bool:
    reserve = getattr(method_of(one.design), "reserve", 0)
    return one.replicate is not None and one.replicate >= 1 and reserve > 0


def _sample_faults(scheme: Scheme) -> Iterator[Fault]:
    """Say what a sample that is no group of respondents cannot be."""
    for at, each in enumerate(scheme.assignments):
        for key in ("name", "teams"):
            if not _is_file_name(getattr(each, key)):
                yield fault(f"assignments[{at}].{key}", "file_name", name=getattr(each, key))
    yield from assignment_faults(scheme)
    for at, one in enumerate(scheme.samples):
        path = f"samples[{at}]"
        for key in ("name", "frame"):
            if not _is_file_name(getattr(one, key)):
                yield fault(f"{path}.{key}", "file_name", name=getattr(one, key))
        if one.within is not None:
            yield fault(f"{path}.within", "within", found=one.within, due=None)
        if isinstance(one.design, Quota) or one.at_most is not None:
            yield fault(f"{path}.design", "sample_design")
        elif one.replicate is not None and not _has_replicates(one):
            yield fault(f"{path}.replicate", "replicate", found=one.replicate)


def _label_faults(scheme: Scheme) -> Iterator[Fault]:
    if not scheme.groups:
        return
    for text in Scale.label_faults(scheme.scale):
        yield fault("scale.labels", "labels", found=text)
    yield from _repeats("scale.labels", lambda: [label.name for label in scheme.scale.labels])
    ratings = {str(one) for one in range(scheme.scale.low, scheme.scale.high + 1)}
    words = [*scheme.scale.dont_know, *scheme.scale.refused, *getattr(scheme.scale, "not_asked", ())]
    for word in words:
        if word in ratings:
            yield fault("scale.dont_know", "word_is_rating", word=word)
    yield from _repeats("scale.dont_know", lambda: words)
    for at, label in enumerate(scheme.scale.labels):
        if label.value is not None and not 0 <= label.value <= scheme.full_mark:
            yield fault(f"scale.labels[{at}].value", "label_value", found=label.value, full=scheme.full_mark)


def _name_faults(scheme: Scheme) -> Iterator[Fault]:
    """Names that would hide a column of the results, or lead out of the round's folder."""
    for at, group in enumerate(scheme.groups):
        if group.id in RESERVED:
            yield fault(f"groups[{at}].id", "reserved", name=group.id)
        for number, draw in enumerate(group.draws):
            for key in ("name", "frame"):
                if not _is_file_name(getattr(draw, key)):
                    path = f"groups[{at}].draws[{number}].{key}"
                    yield fault(path, "file_name", name=getattr(draw, key))
    for at, each in enumerate(scheme.classes):
        for number, evaluatee in enumerate(each.evaluatees):
            if not _is_file_name(evaluatee):
                yield fault(f"classes[{at}].evaluatees[{number}]", "file_name", name=evaluatee)
        for indicator in each.indicators:
            if indicator in KEYS:
                yield fault(f"classes[{at}].indicators", "reserved", name=indicator)
    if not _is_file_name(scheme.id):
        yield fault("id", "file_name", name=scheme.id)


def _is_file_name(name: str) -> bool:
    return bool(name.strip()) and not name.startswith(".") and not set(name) & set('/\\:*?"<>|\x1f\n\r')


def _range_faults(scheme: Scheme) -> Iterator[Fault]:
    full_mark = getattr(scheme, "full_mark", 100)
    if not full_mark > 0:
        yield fault("full_mark", "positive", found=full_mark)
    low_rule, sizes = scheme.low_satisfaction_rule, [len(each.evaluatees) for each in scheme.classes]
    if isinstance(low_rule, Bottom) and sizes and not 1 <= low_rule.places <= min(sizes):
        found = {"units": min(sizes), "found": low_rule.places}
        yield fault("low_satisfaction_rule.places", "bottom_places", **found)
    rule = getattr(scheme, "response", Response())
    if not 0 < rule.partial <= rule.complete <= 1:
        yield fault("response.partial", "response", partial=rule.partial, complete=rule.complete)
    visits = getattr(scheme, "interviews", InterviewRules())
    if visits.least_minutes is not None and not visits.least_minutes > 0:
        yield fault("interviews.least_minutes", "positive", found=visits.least_minutes)
    if not 0 < visits.level < 1:
        yield fault("interviews.level", "level", found=visits.level)
    few = getattr(scheme, "small_groups", None)
    if few is not None and few.hide_below < FEWEST:
        yield fault("small_groups.hide_below", "hide_below", least=FEWEST, found=few.hide_below)
    low, high = getattr(scheme.scale, "low", 0), getattr(scheme.scale, "high", 1)
    if low >= high:
        yield fault("scale.high", "scale", low=low, high=high)
    level, decimals = getattr(scheme, "level", 0.95), getattr(scheme.ranking, "decimals", 2)
    if not 0 < level < 1:
        yield fault("level", "level", found=level)
    if decimals < 0:
        yield fault("ranking.decimals", "negative", found=decimals)
    breakers, groups = getattr(scheme.ranking, "break_by", ()), [group.id for group in scheme.groups]
    if (scheme.ranking.ties == "ordinal") != bool(breakers):
        yield fault(
            "ranking.break_by", "break_by", found=", ".join(breakers) or "—", ties=scheme.ranking.ties
        )
    for name in dict.fromkeys(breakers):
        if breakers.count(name) > 1:
            yield fault("ranking.break_by", "break_twice", found=name)
        if name not in groups:
            yield fault("ranking.break_by", "break_group", found=name, known=", ".join(groups))


def _rule_faults(path: str, check: Callable[[Any], None], scheme: Scheme) -> Iterator[Fault]:
    """What a rule of ``scoring`` says is wrong with itself."""
    rule = getattr(scheme, path, None)
    if rule is not None:
        yield from _own_faults(path, check, rule)


def _ladder_faults(scheme: Scheme, rule: Any, path: str) -> Iterator[Fault]:
    sizes = [len(each.evaluatees) for each in scheme.classes]
    if sizes and not 1 <= rule.places <= min(sizes):
        yield fault(f"{path}.places", "bottom_places", units=min(sizes), found=rule.places)
    yield from _own_faults(path, check_ladder, rule)


def _own_faults(path: str, check: Callable[[Any], None], rule: Any) -> Iterator[Fault]:
    try:
        check(rule)
    except EstimateError as error:
        yield fault(path, "rule", text=str(error).rstrip("."), text_zh=error.chinese.rstrip("。"))


def _unclear_faults(scheme: Scheme, point: Unclear, path: str) -> Iterator[Fault]:
    if not _reaches(scheme, point.key):
        yield fault(path, "no_such_key", key=point.key)


def _reaches(value: Any, key: str) -> bool:
    """Tell whether a path such as ``groups.staff.draws.0.design`` leads to a key, or may do so."""
    for step in key.split("."):
        if is_dataclass(value):
            if step not in {one.name for one in fields(value)}:
                return False
            value = getattr(value, step)
        elif isinstance(value, SimpleNamespace):
            value = getattr(value, step)
        elif isinstance(value, tuple):
            named = [one for one in value if getattr(one, "id", getattr(one, "name", None)) == step]
            if named:
                value = named[0]
            elif step.isdigit() and int(step) < len(value):
                value = value[int(step)]
            else:
                return any(isinstance(one, SimpleNamespace) for one in value)
        else:
            return False
    return True
