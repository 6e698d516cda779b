"""What of a round nobody but the survey team may see, and the pseudonyms that take its place."""

from __future__ import annotations

import hmac
import os
import secrets
from base64 import b32encode
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from toolkit.errors import RoundError
from toolkit.frames.errors import fault
from toolkit.round.folder import RoundFolder

PRIVATE = "private"
SECRET = "private/pseudonym.key"
BITS = 80
WARNING = (
    "假名的密钥在 {path}：请备份到安全处；丢了，同一个人以后得不到同一个假名；泄露了，假名能对回到人。",
    "The secret of the pseudonyms is in {path}: back it up in a safe place; lost, the same person gets "
    "another pseudonym later; leaked, pseudonyms lead back to persons.",
)


def pseudonyms(secret: bytes, kinds: Iterable[str], identities: Iterable[str]) -> list[str]:
    """Give persons their pseudonyms: HMAC-SHA256 of who they are, cut to 80 bits, in base 32 after a P.

    Of a million persons any two share a pseudonym with a chance of 4e-13 (n² / 2⁸¹); ``refuse_collisions``
    stops that case too.

    Parameters
    ----------
    secret : bytes
        Of the round; 32 bytes.
    kinds, identities : iterables of str
        By what a person is told, and that in its normal form.

    Examples
    --------
    >>> pseudonyms(b"x" * 32, ["number"], ["11"])
    ['PPIS3CX5PDWVM3NAM']
    """
    return [
        "P"
        + b32encode(
            hmac.digest(secret, f"minyi-person/1\x1f{kind}\x1f{identity}".encode(), "sha256")[: BITS // 8]
        ).decode()
        for kind, identity in zip(kinds, identities, strict=True)
    ]


def refuse_collisions(
    made: Iterable[str], kinds: Iterable[str], identities: Iterable[str], name: str
) -> None:
    """Refuse two persons under one pseudonym.

    Raises
    ------
    RoundError
    """
    persons = pd.DataFrame({"made": made, "kind": kinds, "identity": identities}).drop_duplicates()
    same = persons["made"][persons["made"].duplicated()]
    if len(same):
        raise RoundError(name, [fault("", "collision", found=one) for one in same.unique()])


def secret_of(round: RoundFolder) -> tuple[bytes, bool]:
    """Read the secret of a round, or make one; says whether it was made now.

    Raises
    ------
    RoundError
        Pseudonyms were given before, and their secret is gone.
    """
    path = round.folder / SECRET
    if path.is_file():
        return bytes.fromhex(path.read_text(encoding="ascii").strip()), False
    if round.steps("frames-close"):
        raise RoundError(round.folder.name, [fault("", "secret_lost")])
    secret = secrets.token_bytes(32)
    write_private(path, secret.hex().encode() + b"\n")
    return secret, True


def write_private(path: Path, data: bytes) -> None:
    """Write a file whole or not at all, for its owner alone (where the system knows owners)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    for folder in (path.parent, *path.parents):
        if folder.name == PRIVATE:
            folder.chmod(0o700)
            break
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
    part.replace(path)
