"""Seal the formal result: one digest that stands for every file of the round."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256

from toolkit.files import file_digest, write_json
from toolkit.round import Round

SEAL = "results/seal.json"
JOURNAL = "journal.jsonl"
PRIVATE = "private/"  # who people are: may be destroyed, and is no part of the result
CONTESTS = "contests/"  # objections come after the seal; the journal has the digests of their files


def seal(one: Round, office: str) -> str:
    """Score and report a round as its formal result, and list the digest of every file.

    Parameters
    ----------
    one : Round
    office : str
        Who seals.

    Returns
    -------
    str
        SHA-256 of the list, ``results/seal.json``.
    """
    from toolkit.report import write_all

    formal = replace(one.score(), status="formal")
    write_all(one, formal, one.folder / "results")
    path = one.folder / SEAL
    lines = _journal(one)
    write_json(
        path,
        {
            "seal": "minyi-seal/1",
            "scheme": one.scheme.id,
            "office": office,
            "journal_lines": len(lines),
            "journal": _digest_of(lines),
            "files": _digests(one),
        },
    )
    digest = file_digest(path)
    one.note("seal", sha256=digest, office=office)
    return digest


def seal_differences(one: Round) -> Iterator[str]:
    """Name what is no longer as it was sealed."""
    path = one.folder / SEAL
    if not path.is_file() or file_digest(path) != one.steps("seal")[-1]["sha256"]:
        yield f"{SEAL}: not the list that was sealed"
        return
    sealed = json.loads(path.read_text(encoding="utf8"))
    lines = _journal(one)[: sealed["journal_lines"]]
    if _digest_of(lines) != sealed["journal"]:
        yield f"{JOURNAL}: its first {sealed['journal_lines']} lines are not those that were sealed"
    now = _digests(one)
    for name, digest in sealed["files"].items():
        if name not in now:
            yield f"{name}: was sealed, but is not there"
        elif now[name] != digest:
            yield f"{name}: not the file that was sealed"
    yield from (f"{name}: was not there when the result was sealed" for name in now.keys() - sealed["files"])


def _journal(one: Round) -> list[str]:
    return (one.folder / JOURNAL).read_text(encoding="utf8").split("\n")[:-1]


def _digest_of(lines: list[str]) -> str:
    return sha256("\n".join(lines).encode()).hexdigest()


def _digests(one: Round) -> dict[str, str]:
    files = sorted(path for path in one.folder.rglob("*") if path.is_file())
    names = {path.relative_to(one.folder).as_posix(): path for path in files}
    return {
        name: file_digest(path)
        for name, path in names.items()
        if name not in (SEAL, JOURNAL) and not name.startswith((PRIVATE, CONTESTS))
    }
