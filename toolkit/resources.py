"""Files that come with Minyi: from the clone's data/ where there is one, otherwise from the package."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path


def shipped(folder: str) -> Traversable:
    """Give a folder of shipped data, such as ``schemes``.

    >>> shipped("schemes").joinpath("guangan-2013.toml").is_file()
    True
    """
    clone = Path(__file__).resolve().parents[1] / "data" / folder
    return clone if clone.is_dir() else files("toolkit").joinpath("data", folder)


def shipped_scheme(name: str) -> str:
    """Give the text of a shipped scheme; raises FileNotFoundError."""
    return shipped("schemes").joinpath(f"{name}.toml").read_text(encoding="utf-8")
