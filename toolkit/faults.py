"""Turn pydantic's errors into sentences that a scheme's author understands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from difflib import get_close_matches
from types import SimpleNamespace
from typing import Any, get_args, get_origin, get_type_hints

from pydantic import TypeAdapter, ValidationError

from sampling.allocation.declared import ALLOCATIONS
from sampling.designs import KINDS as DESIGNS
from scoring.consequence import Below, Bottom, Unstated
from scoring.errors import EstimateError
from scoring.grade.rules import TopPlaces, TopShare
from toolkit.duties.kinds import DUTIES
from toolkit.errors import Fault, fault
from toolkit.parts.kinds import KINDS as SOURCES
from toolkit.parts.kinds import POINT_KINDS

DUE = {
    "string_type": ("text", "文本"),
    "int_type": ("a whole number", "整数"),
    "int_parsing": ("a whole number", "整数"),
    "int_from_float": ("a whole number", "整数"),
    "float_type": ("a number", "数字"),
    "float_parsing": ("a number", "数字"),
    "bool_type": ("true or false", "true 或 false"),
    "bool_parsing": ("true or false", "true 或 false"),
    "tuple_type": ("a list", "列表"),
    "dataclass_type": ("a table", "表"),
}


RULES: dict[str, type] = {"unstated": Unstated, "below": Below, "bottom": Bottom}
GATES: dict[str, type] = {"top_places": TopPlaces, "top_share": TopShare}
AT_STEP: dict[str, dict[str, type]] = {  # what a key's value, or its list's entries, may be
    "low_satisfaction_rule": RULES,
    "gate": GATES,
    "source": SOURCES,
    "events": POINT_KINDS,
    "duties": DUTIES,
}
KINDS: dict[str, type] = DESIGNS | RULES | GATES | SOURCES | POINT_KINDS | DUTIES
UNUSABLE = object()
BRANCHES = {one.__name__ for one in KINDS.values()} | {"int"}
IN_LISTS = ("events",)  # whose entries have kinds; the table of that name has none
LISTED = re.compile(r"\[\d+\]$")


def pydantic_faults(error: ValidationError, data: Mapping[str, Any], root: type) -> list[Fault]:
    """Give one fault per thing wrong, with its path in the file.

    Where a value may be of several kinds, pydantic reports against each; kept are the reports for the
    kind the file names, or one that names the kinds there are.
    """
    found: dict[tuple[str, str], Fault] = {}
    for one in error.errors(include_url=False):
        path, tag_fault, keep = _walk(one["loc"], data)
        if tag_fault is not None:
            found[(path, "kind")] = tag_fault
        elif keep:
            made = _fault(path, one, root)
            found[(path, made.english)] = made
    return list(found.values())


def kind_faults(data: Any, path: str = "") -> Iterator[Fault]:
    """Give one fault for every design, method or number that does not say its kind."""
    if isinstance(data, Mapping):
        last = path.rsplit(".", 1)[-1]
        step = LISTED.sub("", last)
        meant = last != step if step in IN_LISTS else step in ("design", "method", "n", *AT_STEP)
        if meant and "kind" not in data:
            yield fault(f"{path}.kind", "one_of", due=", ".join(_kinds_at(path)), found=None)
        for key, value in data.items():
            yield from kind_faults(value, f"{path}.{key}".lstrip("."))
    elif isinstance(data, list):
        for at, value in enumerate(data):
            yield from kind_faults(value, f"{path}[{at}]")


def usable(kind: Any, value: Any) -> Any:
    """Give what of a value fits its type: all of it, or the parts of a table or list that do."""
    try:
        return TypeAdapter(kind).validate_python(value)
    except ValidationError:
        pass
    if is_dataclass(kind) and isinstance(value, Mapping):
        types = get_type_hints(kind)
        parts = {one.name: one.default for one in fields(kind) if one.default is not MISSING}
        parts |= {name: usable(types[name], part) for name, part in value.items() if name in types}
        return SimpleNamespace(**{name: part for name, part in parts.items() if part is not UNUSABLE})
    if get_origin(kind) is tuple and isinstance(value, list):
        return tuple(usable(get_args(kind)[0], one) for one in value)
    return UNUSABLE


def _walk(loc: Sequence[int | str], data: Any) -> tuple[str, Fault | None, bool]:
    """Follow a location through the file; steps that are no keys name one branch of a union."""
    path, value = "", data
    for at, step in enumerate(loc):
        last = at == len(loc) - 1
        if isinstance(step, int) and isinstance(value, list):
            path, value = f"{path}[{step}]", value[step] if step < len(value) else None
        elif isinstance(step, str) and step in BRANCHES:
            if isinstance(value, Mapping):
                kind, known = value.get("kind"), _kinds_at(path)
                if kind not in known:
                    return path, fault(f"{path}.kind", "one_of", due=", ".join(known), found=kind), False
                if KINDS[str(kind)].__name__ != step:
                    return path, None, False
            elif step != "int":
                table = fault(path, "wrong_type", due="a table", due_zh="表", found=value)
                return path, None if path.endswith(".n") else table, False
        elif isinstance(step, str) and isinstance(value, Mapping) and (step in value or last):
            path, value = f"{path}.{step}".lstrip("."), value.get(step)
    return path, None, True


def _kinds_at(path: str) -> list[str]:
    """The kinds that a place in the file may take."""
    step = LISTED.sub("", path.rsplit(".", 1)[-1])
    if step in AT_STEP:
        return sorted(AT_STEP[step])
    allocations = set(ALLOCATIONS)
    if path.endswith(".n"):
        return sorted(allocations)
    outer = {"stratified", "quota"} if path.endswith(".design") else set()
    return sorted((set(DESIGNS) - allocations - {"stratified", "multistage", "quota"}) | outer)


def _fault(path: str, one: Any, root: type) -> Fault:
    kind, found = one["type"], one.get("input")
    if kind == "missing":
        return fault(path, "required")
    if kind in ("extra_forbidden", "unexpected_keyword_argument"):
        key = path.rsplit(".", 1)[-1]
        close = get_close_matches(key, _all_keys(root), 1)
        return (
            fault(path, "misspelt_key", key=key, meant=close[0])
            if close
            else fault(path, "unknown_key", key=key)
        )
    if kind == "literal_error":
        return fault(path, "one_of", due=one["ctx"]["expected"], found=found)
    refused = one.get("ctx", {}).get("error")
    if isinstance(refused, EstimateError):  # a rule of scoring that says itself what is wrong with it
        return fault(path, "rule", text=str(refused).rstrip("."), text_zh=refused.chinese.rstrip("。"))
    english, chinese = DUE.get(kind, (one["msg"], one["msg"]))
    return fault(path, "wrong_type", due=english, due_zh=chinese, found=found)


def _all_keys(root: type) -> list[str]:
    """Every key a scheme may have, for a guess at what was meant."""
    from toolkit import scheme

    parts = [*KINDS.values(), *(value for value in vars(scheme).values() if isinstance(value, type))]
    return sorted({one.name for part in [root, *parts] if is_dataclass(part) for one in fields(part)})
