"""Turn pydantic's errors into sentences that a scheme's author understands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError

from sampling.designs import KINDS
from toolkit.errors import Fault, fault

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


BRANCHES = {one.__name__ for one in KINDS.values()} | {"int"}


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
                return path, None, False
        elif isinstance(step, str) and isinstance(value, Mapping) and (step in value or last):
            path, value = f"{path}.{step}".lstrip("."), value.get(step)
    return path, None, True


def _kinds_at(path: str) -> list[str]:
    """The kinds that a place in the file may take."""
    allocations = {"proportional", "self_weighting"}
    if path.endswith(".n"):
        return sorted(allocations)
    outer = {"stratified"} if path.endswith(".design") else set()
    return sorted((set(KINDS) - allocations - {"stratified"}) | outer)


def _fault(path: str, one: Any, root: type) -> Fault:
    kind, found = one["type"], one.get("input")
    if kind == "missing":
        return fault(path, "required")
    if kind in ("extra_forbidden", "unexpected_keyword_argument"):
        key = path.rsplit(".", 1)[-1]
        close = get_close_matches(key, _all_keys(root), 1)
        return fault(path, "unknown_key", key=key, hint=f"; did you mean {close[0]!r}?" if close else "")
    if kind == "literal_error":
        return fault(path, "one_of", due=one["ctx"]["expected"], found=found)
    english, chinese = DUE.get(kind, (one["msg"], one["msg"]))
    return fault(path, "wrong_type", due=english, due_zh=chinese, found=found)


def _all_keys(root: type) -> list[str]:
    """Every key a scheme may have, for a guess at what was meant."""
    from toolkit import scheme

    parts = [*KINDS.values(), *(value for value in vars(scheme).values() if isinstance(value, type))]
    return sorted({one.name for part in [root, *parts] if is_dataclass(part) for one in fields(part)})
