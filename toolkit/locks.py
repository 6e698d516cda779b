"""Two locks on a draw: a secret committed beforehand, and a public number that falls afterwards.

The key of all draws is SHA-256, in lower-case hexadecimal, of these fields in UTF-8 joined by U+001F:

    "minyi two locks/1" · secret · SHA-256 of the commitment · SHA-256 of the list of frames · public number

The commitment and the list of frames are files of the round (``locks/commitment.json`` and
``locks/frames.sha256``, which ``sha256sum -c`` reads). Once their digests are published, nobody can choose
the sample any more: who knows the secret does not know the number, and who could sway the number does not
know the secret.
"""

from __future__ import annotations

import os
import re
import secrets
import tomllib
import unicodedata
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from sampling import Census, Quota
from sampling.designs import method_of
from sampling.lottery import SEPARATOR
from sampling.methods import METHODS
from toolkit.files import file_digest
from toolkit.scheme import Scheme

PROTOCOL = "minyi two locks/1"
COMMITMENT = "locks/commitment.json"
FRAMES = "locks/frames.sha256"
REVEAL = "locks/reveal.json"
SECRET = "private/secret.txt"
ESCAPED = {"\\\\": "\\", "\\n": "\n", "\\r": "\r"}  # in the names that sha256sum writes
HOW = (
    "key = SHA-256 (hexadecimal) of: locks, secret, SHA-256 of this file, SHA-256 of locks/frames.sha256, "
    "public number; in UTF-8, joined by the character U+001F"
)


def two_lock_key(secret: str, commitment: str, frames: str, number: str) -> str:
    """Make the key of all draws from both locks.

    Parameters
    ----------
    secret : str
        The text whose SHA-256 the commitment holds.
    commitment, frames : str
        SHA-256 of the commitment and of the list of frames, in hexadecimal.
    number : str
        The public number as ``plain_number`` gives it.

    Returns
    -------
    str
        64 hexadecimal digits.

    Examples
    --------
    >>> two_lock_key("s", "c", "f", "07") == sha256(b"minyi two locks/1\\x1fs\\x1fc\\x1ff\\x1f07").hexdigest()
    True
    """
    return text_digest(SEPARATOR.join([PROTOCOL, secret, commitment, frames, number]))


def text_digest(text: str) -> str:
    """Give the SHA-256 of a text in UTF-8, in hexadecimal."""
    return sha256(text.encode()).hexdigest()


def plain_number(text: str) -> str:
    """Write a public number in one way: Unicode normal form KC, one space for any white space.

    >>> plain_number(" ０３ 11\\u3000 17／07\\n")
    '03 11 17/07'
    """
    return " ".join(unicodedata.normalize("NFKC", text).split())


def fits(number: str, form: str) -> bool:
    """Tell whether a number is written in the announced form, where 0 stands for any one digit.

    >>> fits("03 11 / 07", "00 00 / 00"), fits("3 11 / 07", "00 00 / 00")
    (True, False)
    """
    return (
        re.fullmatch("".join("[0-9]" if one == "0" else re.escape(one) for one in form), number) is not None
    )


def software() -> str:
    """Name this software and its version.

    >>> software().split()[0]
    'minyi'
    """
    project = Path(__file__).resolve().parents[1] / "pyproject.toml"
    if project.is_file():  # a clone, installed or not
        return f"minyi {tomllib.loads(project.read_text('utf8'))['project']['version']}"
    return f"minyi {version('minyi')}"


def algorithms_of(scheme: Scheme) -> dict[str, list[str]]:
    """Give the ids of the algorithms by which each draw of a scheme may be drawn.

    >>> algorithms_of(Scheme.load("guangan-2013"))["staff"]
    ['systematic/1', 'census/1']
    """
    found = {}
    for group in scheme.drawn_groups:
        for one in group.draws:
            if isinstance(one.design, Quota):
                continue
            method = method_of(one.design)
            ids = [METHODS[type(method)].algorithm(method)]
            if group.short_frame == "take_all" and not isinstance(method, Census):
                ids.append("census/1")
            found[one.name] = ids
    return found | {one.name: one.algorithms for one in scheme.assignments}


def new_secret(path: Path) -> str:
    """Make a secret of 256 random bits and keep it in a file that only its owner may read.

    Raises
    ------
    FileExistsError
        There is one already; it is never written over.
    """
    secret = secrets.token_hex(32)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(secret)
    return secret


def frame_digests(folder: Path) -> dict[str, str]:
    """Give the SHA-256 of every frame file of a round, by its place in the round, in order.

    Hidden files and Excel's lock files (``~$…``), which are never read, are left out.
    """
    files = sorted(
        path.relative_to(folder).as_posix()
        for path in (folder / "frames").rglob("*")
        if path.is_file() and not _is_hidden(path.relative_to(folder))
    )
    return {name: file_digest(folder / name) for name in files}


def _is_hidden(path: Path) -> bool:
    return any(part.startswith((".", "~$")) for part in path.parts)


def digest_list(digests: dict[str, str]) -> str:
    r"""Write digests as ``sha256sum`` does, so that ``sha256sum -c`` checks them.

    >>> digest_list({"frames/towns.csv": "ab"}), digest_list({"a\nb": "cd"})
    ('ab  frames/towns.csv\n', '\\cd  a\\nb\n')
    """
    return "".join(_digest_line(name, digest) for name, digest in digests.items())


def _digest_line(name: str, digest: str) -> str:
    told = name.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")
    return f"{chr(92) if told != name else ''}{digest}  {told}\n"


def read_digest_list(text: str) -> dict[str, str]:
    r"""Read what ``digest_list`` wrote.

    >>> read_digest_list(digest_list({"a\nb": "cd", "c": "ef"}))
    {'a\nb': 'cd', 'c': 'ef'}
    """
    found = {}
    for line in filter(None, text.split("\n")):
        digest, _, name = line.partition("  ")
        if digest.startswith("\\"):
            digest, name = digest[1:], re.sub(r"\\[\\nr]", lambda one: ESCAPED[one[0]], name)
        found[name] = digest
    return found
