"""The receipt of a round's draws: one self-contained page, Chinese and English, for anyone."""

from __future__ import annotations

import json
import shlex
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sampling.lottery import SEPARATOR
from toolkit.assignments import loads_told
from toolkit.errors import RoundError, fault
from toolkit.files import write_text
from toolkit.locks import COMMITMENT, FRAMES, PROTOCOL, REVEAL, text_digest
from toolkit.report.facts import round_facts
from toolkit.report.rendered import rendered
from toolkit.report.writing import MADE, count

if TYPE_CHECKING:
    from toolkit.round import Round

SIMPLE = "simple-random/1"


@dataclass(frozen=True)
class Worked:
    """The lottery number of one drawn unit, worked out.

    Attributes
    ----------
    fields : tuple of str
        What is digested, the key first.
    digest : str
    number, largest : str
        Its lottery number, and the largest of those drawn with it; as fractions, rounded down.
    units, drawn : int
        How many it stood among, and how many of them were drawn.
    algorithm : str
    """

    fields: tuple[str, ...]
    digest: str
    number: str
    largest: str
    units: int
    drawn: int
    algorithm: str


def write_receipt(round: Round, path: str | Path | None = None) -> Path:
    """Write the receipt of a drawn round as one self-contained HTML page.

    Parameters
    ----------
    round : Round
        Drawn, with one key or under two locks.
    path : str or Path, optional
        The file to write; by default ``samples/receipt.html`` of the round.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    RoundError
        Nothing is drawn yet.
    """
    target = round.folder / "samples" / "receipt.html" if path is None else Path(path)
    write_text(target, render_receipt(round))
    return target


def render_receipt(round: Round) -> str:
    """Give the page; the same round gives the same text."""
    if not round.steps("draw"):
        raise RoundError(round.folder.name, [fault("", "not_drawn")])
    facts, locks = round_facts(round), _locks(round)
    worked = _worked(round, facts.key)
    content = {
        "title": round.scheme.title,
        "made": MADE if round.made else "",
        "locks": locks,
        "steps": _steps(round, locks),
        "facts": facts,
        "assignments": [loads_told(round.folder / "samples", one) for one in round.scheme.assignments],
        "worked": worked,
        "simple": worked is not None and worked.algorithm == SIMPLE,
        "blocks": _blocks(facts.frames, locks),
        "worked_lines": None if worked is None else _worked_lines(worked),
        "count": count,
    }
    return rendered("receipt.html", content)


def _locks(one: Round) -> dict[str, Any] | None:
    """Gather what was published under two locks; None where one key was announced."""
    if not one.steps("commit"):
        return None
    files = {
        name: json.loads((one.folder / path).read_text("utf8"))
        for name, path in (("commitment", COMMITMENT), ("reveal", REVEAL))
    }
    return {**files["commitment"], **files["reveal"], "files": one.steps("freeze")[-1]["files"]}


def _steps(one: Round, locks: dict[str, Any] | None) -> list[dict[str, str]]:
    """Give what was done when, and the digest that proves it."""

    def at(step: str) -> str:
        return str(one.steps(step)[-1]["at"]).replace("T", " ").replace("+00:00", "")

    drawn = {"at": at("draw"), "zh": "抽样，公布钥匙", "en": "Drawn; the key published"}
    if locks is None:
        return [drawn | {"digest": "", "file": ""}]
    return [
        {
            "at": at("commit"),
            "zh": f"承诺：定下方案，封存一个随机码，写明用哪个公开号码：{locks['public']}",
            "en": "Commitment: scheme fixed, secret sealed, public number named",
            "digest": locks["commitment_sha256"],
            "file": COMMITMENT,
        },
        {
            "at": at("freeze"),
            "zh": f"冻结名单（{count(locks['files'])} 个文件）",
            "en": "Lists frozen",
            "digest": locks["frames_sha256"],
            "file": FRAMES,
        },
        {
            "at": "",
            "zh": f"公开号码产生：{locks['number']}",
            "en": "The public number fell (when: see its source)",
            "digest": "",
            "file": "",
        },
        drawn
        | {"zh": "开锁抽样，公布封存码", "en": "Drawn; the secret published", "digest": "", "file": REVEAL},
    ]


def _blocks(frames: Any, locks: dict[str, Any] | None) -> list[dict[str, str]]:
    """Give the commands that check the locks or the lists, and what each prints."""
    if locks is None:
        lines = "".join(f"{one.sha256}  frames/{one.name}\n" for one in frames)
        return [
            {
                "zh": "名单文件是不是抽样用的那些：",
                "en": "Whether the lists are those that were drawn from:",
                "code": "sha256sum " + " ".join(shlex.quote(f"frames/{one.name}") for one in frames),
                "output": lines.rstrip("\n"),
            }
        ]
    secret, number = locks["secret"], locks["number"]
    fixed = (locks["commitment_sha256"], locks["frames_sha256"])
    values = [
        f"secret={secret}",
        f"commitment={fixed[0]}",
        f"frames={fixed[1]}",
        f"number={shlex.quote(number)}",
        f"printf '{PROTOCOL}\\037%s\\037%s\\037%s\\037%s' \\",
        '  "$secret" "$commitment" "$frames" "$number" | sha256sum | cut -c1-64',
    ]
    return [
        {
            "zh": "承诺和名单清单是不是事先公布的（与当时公布的摘要比）：",
            "en": "Whether commitment and list of frames are those published beforehand:",
            "code": f"sha256sum {COMMITMENT} {FRAMES}",
            "output": f"{fixed[0]}  {COMMITMENT}\n{fixed[1]}  {FRAMES}",
        },
        {
            "zh": "方案和封存码是不是承诺的（承诺里写着这两串）：",
            "en": "Whether scheme and secret are those committed (the commitment holds both):",
            "code": f"sha256sum scheme.toml | cut -c1-64\nprintf '%s' {secret} | sha256sum | cut -c1-64",
            "output": f"{locks['scheme_sha256']}\n{locks['secret_sha256']}",
        },
        {
            "zh": "名单有没有在冻结以后改动（改了的会显示 FAILED；没有显示就是没改）：",
            "en": "Whether a list was changed after the freeze (prints nothing if none was):",
            "code": f"sha256sum --quiet -c {FRAMES}",
            "output": "",
        },
        {
            "zh": "钥匙是不是由封存码和公开号码合成的：",
            "en": "Whether the key follows from secret and public number:",
            "code": "\n".join(values),
            "output": locks["key"],
        },
    ]


def _worked(one: Round, key: str) -> Worked | None:
    """Work out the first unit drawn, of a simple random draw if there is one."""
    places = [
        one.folder / "samples" / each.name / one.scheme.evaluatees[0]
        if each.per_evaluatee
        else one.folder / "samples" / each.name
        for group in one.scheme.drawn_groups
        if not group.is_quota
        for each in group.draws
        if not each.unannounced
    ]
    receipts = [json.loads((p.parent / f"{p.name}.receipt.json").read_text("utf8")) for p in places]
    # Samples that are coordinated share lottery numbers under another name (docs/proof.md).
    alone = [one for one in receipts if one.get("coordinate") is None]
    able = [(r, cell) for r in alone for cell in r["cells"] if cell["drawn"]]
    if not able:
        return None
    # Where all were drawn, or each method sorts in its own way, a number by itself tells less.
    chosen = (
        next(((r, cell) for r, cell in able if r["algorithm"] == SIMPLE and _some(cell)), None)
        or next(((r, cell) for r, cell in able if _some(cell)), None)
        or able[0]
    )
    receipt, cell = chosen

    head = [key, "order", receipt["name"], str(receipt["stage"]), *cell["parents"]]
    numbers = {
        unit: text_digest(unicodedata.normalize("NFC", SEPARATOR.join([*head, unit])))
        for unit in cell["drawn"]
    }
    unit = cell["drawn"][0]
    return Worked(
        fields=tuple(unicodedata.normalize("NFC", field) for field in [*head, unit]),
        digest=numbers[unit],
        number=_fraction(numbers[unit]),
        largest=_fraction(max(numbers.values())),
        units=cell["units"],
        drawn=len(cell["drawn"]),
        algorithm=receipt["algorithm"],
    )


def _some(cell: dict[str, Any]) -> bool:
    return len(cell["drawn"]) < int(cell["units"])


def _fraction(digest: str) -> str:
    """Write a lottery number with six decimals, cut off, so that it compares as the digest does.

    >>> _fraction("80" + "0" * 62), _fraction("f" * 64)
    ('0.500000', '0.999999')
    """
    return f"0.{(int(digest[:14], 16) >> 3) * 10**6 // 2**53:06d}"


def _worked_lines(worked: Worked) -> str:
    key, *_ = worked.fields
    rest = " ".join(shlex.quote(one) for one in worked.fields[1:])
    marks = "\\037%s" * (len(worked.fields) - 1)
    return f"key={shlex.quote(key)}\nprintf '%s{marks}' \\\n  \"$key\" {rest} | sha256sum | cut -c1-64"
