"""The 复核答复函: the answer to an objection, one self-contained page for A4 paper, identifying nobody."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from toolkit.files import write_text
from toolkit.report.rendered import rendered
from toolkit.report.writing import MADE, fixed

ANNEX = '<div class="annex">'
OUTCOME = {"upheld": "维持原结果", "corrected": "予以更正"}


@dataclass(frozen=True)
class Letter:
    """A letter that was written.

    Attributes
    ----------
    path : Path
        Its file, to be printed.
    """

    path: Path

    def __repr__(self) -> str:
        return f"Letter({self.path.parent.name}/{self.path.name})"

    def _repr_html_(self) -> str:
        """Show the letter without its annexes, as a notebook shows it."""
        text = self.path.read_text(encoding="utf8")
        body = text[text.index("<h1>") : text.index(ANNEX)]
        return f'<div style="border: 1px solid #ccc; padding: 1em 2em; font-size: .9em">{body}</div>'


def write_letter(
    facts: Path,
    path: Path,
    outcome: str,
    corrected: Mapping[str, Any] | None,
    name_others: bool,
    told: Mapping[str, str],
) -> Letter:
    """Write the letter from what a recount found.

    Parameters
    ----------
    facts : Path
        ``letter.json`` of the contest; see ``toolkit.contests.facts``.
    path : Path
        The file to write.
    outcome : "upheld" or "corrected"
    corrected : mapping or None
        The result ``before`` and ``now``, where it was corrected.
    name_others : bool
        Whether other evaluatees are named with their scores.
    told : mapping of str to str
        ``because``, ``office``, ``on`` (a date) and ``reference``; empty ones are left open on paper.

    Returns
    -------
    Letter
    """
    said = json.loads(facts.read_text(encoding="utf8"))
    write_text(path, render_letter(said, outcome, corrected, name_others, told))
    return Letter(path)


def render_letter(
    facts: Mapping[str, Any],
    outcome: str,
    corrected: Mapping[str, Any] | None,
    name_others: bool,
    told: Mapping[str, str],
) -> str:
    """Give the letter; the same facts give the same text."""
    from toolkit.contests.facts import in_chinese

    now = corrected["now"] if corrected else None
    decimals = len(facts["with"]["score"].partition(".")[2])
    content = {
        **facts,
        "facts": facts,  # two of its names are words of the template's language
        "notice": MADE if facts["made"] else "",
        "outcome": OUTCOME[outcome],
        "corrected": None
        if now is None
        else {"score": fixed(now["score"], decimals), "rank": str(now["rank"])},
        "earlier": corrected is not None  # what was recounted is what was corrected afterwards
        and all(facts["with"][name] == facts["then"][name] for name in ("score", "rank")),
        "named": name_others,
        "because": told["because"],
        "signed": told["office"],
        "day": in_chinese(told["on"]) if told["on"] else "",
        "reference": told["reference"],
    }
    return rendered("letter.html", content)
