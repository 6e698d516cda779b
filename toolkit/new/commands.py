"""The command ``minyi new``: a scheme file from the nearest shipped one, each key explained."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import cyclopts

if TYPE_CHECKING:
    from toolkit.new.nearest import Known

Source = Literal["survey", "inspections", "tasks", "cases", "figures", "visits"]
Other = Literal["classes", "events", "veto", "grades", "awards", "streaks", "samples"]
SEVERAL = cyclopts.Parameter(consume_multiple=True, negative=())


def new(
    file: Path,
    *,
    like: str | None = None,
    scores: Annotated[list[Source] | None, SEVERAL] = None,
    has: Annotated[list[Other] | None, SEVERAL] = None,
    language: Literal["zh", "en"] = "zh",
) -> None:
    """Start a scheme file from the nearest shipped scheme, each key explained by a comment.

    Parameters
    ----------
    file
        The TOML file to write; it must not be there.
    like
        The scheme to start from: a shipped one's name, or a TOML file as last year's.
    scores
        Without --like: what the plan's scores come from.
    has
        Without --like: what else the plan has.
    language
        Of the comments, zh or en.
    """
    from toolkit.errors import RoundError, SchemeError, fault
    from toolkit.files import write_bytes
    from toolkit.new.nearest import SOURCES, WORDS, nearest, shipped_schemes
    from toolkit.new.start import started
    from toolkit.scheme import Scheme

    if file.exists():  # it may hold an office's work
        raise RoundError(file.name, [fault("", "round_exists", folder=file)])
    if file.suffix != ".toml":  # no other command would read it
        raise SchemeError(file.name, [fault("", "new_name", found=file.name)])
    if like is not None:
        scheme = Scheme.load(like)
    else:
        known, asked = shipped_schemes(), [*(scores or ()), *(has or ())]
        found = nearest(asked, known)
        if found is None:
            print("随附的方案 Shipped schemes:", *(f"  {one.told}" for one in known), sep="\n")
            which = fault("", "new_which", sources="、".join(f"{one} {WORDS[one]}" for one in SOURCES))
            none = fault("", "new_none", asked=", ".join(asked))
            raise SchemeError(file.name, [none if asked else which])
        print(why(found, asked))
        scheme = found.scheme
    write_bytes(file, started(scheme, file, language).encode())
    print(f"{file}：先改标着【改成你的】的几处，再运行 minyi check {file}")
    print(f"{file}: first make yours what says so; then minyi check {file}")


def why(found: Known, asked: list[str]) -> str:
    """Say which scheme was taken and why, in a line of Chinese and one of English."""
    from toolkit.new.nearest import WORDS

    shared = [one for one in WORDS if one in asked and one in found.features]
    lacks = [one for one in WORDS if one in asked and one not in found.features]
    beyond = [one for one in WORDS if one not in asked and one in found.features]
    zh = f"取自 {found.scheme.id}（{found.scheme.title}）：同有{_words(shared)}"
    en = f"From {found.scheme.id}: both have {', '.join(shared)}"
    if lacks:
        zh, en = f"{zh}；没有{_words(lacks)}，要自己加", f"{en}; it lacks {', '.join(lacks)}, to be added"
    if beyond:
        zh, en = f"{zh}；多出{_words(beyond)}，用不着就删", f"{en}; beyond these {', '.join(beyond)}"
    return f"{zh}。\n{en}."


def _words(names: list[str]) -> str:
    from toolkit.new.nearest import WORDS

    return "、".join(WORDS[one] for one in names)
