"""How designs, samples and verifications show themselves: quiet HTML, and one line of text."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sampling.sample import Sample
    from sampling.size import SizePlan
    from sampling.verify import Verification

GREY = "color:#888"
MOST_ROWS = 20
MOST_ROUNDED = 1e5  # of larger numbers one decimal is shown
DIGITS = 12  # of a digest, where it is only to be recognised


class Html(str):
    """Text that is HTML already."""


def escaped(value: object) -> str:
    """Give a value as HTML; counts with a comma between thousands.

    >>> escaped("<b>"), escaped(1400), escaped(19.5), escaped(Html("<i>"))
    ('&lt;b&gt;', '1,400', '19.5', '<i>')
    """
    if isinstance(value, Html):
        return str(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"{value:,}" if value % 1 else f"{value:,.0f}"
    return html.escape(str(value))


def grey(text: object) -> Html:
    """Write something aside."""
    return Html(f'<span style="{GREY}">{escaped(text)}</span>')


def heading(title: object, note: object = "") -> Html:
    """Write a heading line, with a note in grey."""
    aside = f" {grey(note)}" if note != "" else ""
    return Html(f"<div><strong>{escaped(title)}</strong>{aside}</div>")


def table(heads: Sequence[object], rows: Iterable[Sequence[object]]) -> Html:
    """Write a compact table.

    Parameters
    ----------
    heads : sequence
        Heads of the columns; a table without is a list of facts.
    rows : iterable of sequence
        Numbers stand to the right under their head, ``Html`` is taken as it is, all else is text.
    """
    lines = list(rows)
    numbers = [at for line in lines for at, value in enumerate(line) if isinstance(value, int | float)]
    right = set(numbers) if heads else set()
    head = "".join(_cell("th", value, at in right) for at, value in enumerate(heads))
    body = "".join(
        f"<tr>{''.join(_cell('td', value, at in right) for at, value in enumerate(line))}</tr>"
        for line in lines
    )
    return Html(f"<table>{f'<thead><tr>{head}</tr></thead>' if heads else ''}<tbody>{body}</tbody></table>")


def _cell(tag: str, value: object, right: bool) -> str:
    style = f"text-align:{'right' if right else 'left'};vertical-align:top"
    style += ";white-space:nowrap" if tag == "th" else ""
    return f'<{tag} style="{style}">{escaped(value)}</{tag}>'


def rest(more: int) -> Html:
    """Count what is left out, if anything is."""
    return Html(f"<div>{grey(f'… and {more:,} more')}</div>" if more > 0 else "")


def together(*parts: str) -> str:
    """Put parts into one block."""
    return f"<div>{''.join(parts)}</div>"


# --- designs ---------------------------------------------------------------------------------------------


def design_html(design: object) -> str:
    """Show a design, or a part of one, as a table of its parameters; parts stand inside."""
    return together(heading(type(design).__name__, _about(design)), _parameters(design))


def _about(design: object) -> str:
    """Give the first sentence of what the class says of itself, in one line."""
    text = (type(design).__doc__ or "").strip().split("\n\n")[0]
    return " ".join(text.replace("``", "").split())


def _parameters(design: Any) -> Html:
    """Give the parameters as a table; none for a design that has none."""
    given = [(one.name, getattr(design, one.name)) for one in fields(design) if one.name != "kind"]
    shown = [(name, _value(value)) for name, value in given if value not in (None, (), {})]
    return table((), [(grey(name), value) for name, value in shown]) if shown else Html("")


def _value(value: object) -> object:
    if is_dataclass(value):
        return Html(f"{escaped(type(value).__name__)}{_parameters(value)}")
    if isinstance(value, Mapping) and all(map(is_dataclass, value.values())):
        return table((), [(grey(name), _value(one)) for name, one in value.items()])
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {one}" for name, one in value.items())
    return ", ".join(map(str, value)) if isinstance(value, tuple) else value


# --- sample sizes ----------------------------------------------------------------------------------------


def size_html(plan: SizePlan) -> str:
    """Show a sample size with its steps."""
    rows = [
        (f"{step} {chinese}", formula, float(f"{value:.6g}") if value < MOST_ROUNDED else round(value, 1))
        for step, chinese, formula, value in plan.steps.itertuples(index=False)
    ]
    reached = f"{plan.answers:,} valid answers; reaches {plan.achieved:.4g}"
    return together(heading(f"{plan.n:,} units to draw", reached), table(("step", "formula", "value"), rows))


# --- samples ---------------------------------------------------------------------------------------------


def sample_line(sample: Sample) -> str:
    """Tell a sample in one line.

    >>> import pandas as pd
    >>> from sampling import SimpleRandom, draw
    >>> draw(pd.DataFrame({"id": ["a", "b", "c"]}), SimpleRandom(n=2), key="k", name="demo", unit="id")
    Sample('demo': 2 of 3 units, simple-random/1)
    """
    receipt = sample.receipt
    size = f"{len(sample.units):,} of {receipt.get('frame', {}).get('units', 0):,} units"
    cells = len(receipt.get("cells", ()))
    strata = f" in {cells:,} strata" if cells > 1 else ""
    return f"Sample({receipt.get('name')!r}: {size}{strata}, {receipt.get('algorithm')})"


def sample_html(sample: Sample) -> str:
    """Show a sample: how it was drawn, and how many of each stratum."""
    receipt = sample.receipt
    frame, within = receipt["frame"], receipt["within"]
    drawn = sum(len(cell["drawn"]) for cell in receipt["cells"])
    facts = [
        *((f"stage {one['unit']}", _stage(one)) for one in receipt.get("before", ())),
        ("algorithm", receipt["algorithm"]),
        ("key", receipt["key"]),
        ("unit", receipt["unit"]),
        *([("within", within["name"])] if within else []),
        *([("after", receipt["after"]["name"])] if "after" in receipt else []),
        ("frame read", ", ".join(frame["columns"])),
        ("frame sha256", f"{frame['sha256'][:DIGITS]}…"),
        ("roles", "; ".join(f"{role}: {_role(columns)}" for role, columns in receipt["roles"].items())),
    ]
    strata = list(strata_of(receipt))
    rows = [(name or "all units", n, units, f"{n / units:.1%}") for name, n, units in strata[:MOST_ROWS]]
    more = len(strata) - MOST_ROWS
    return together(
        heading(f"Sample {receipt['name']}", f"{drawn:,} of {frame['units']:,} units"),
        table((), [(grey(name), value) for name, value in facts]),
        table(("stratum", "drawn", "in frame", "share"), rows),
        rest(more),
    )


def _stage(receipt: Mapping[str, Any]) -> str:
    """Tell a stage before the last in one line."""
    drawn = sum(len(cell["drawn"]) for cell in receipt["cells"])
    return f"{drawn:,} of {receipt['frame']['units']:,} units, {receipt['algorithm']}"


def strata_of(receipt: Mapping[str, Any]) -> Iterable[tuple[str, int, int]]:
    """Give the name of each stratum (of each parent), the units drawn from it and the units it has."""
    for cell in receipt["cells"]:
        yield " / ".join([*cell["parents"], *cell["stratum"]]), len(cell["drawn"]), cell["units"]


def _role(columns: str | Sequence[str | None]) -> str:
    return columns if isinstance(columns, str) else ", ".join(one or "—" for one in columns)


# --- verifications ---------------------------------------------------------------------------------------


def verification_html(outcome: Verification) -> str:
    """Show what came of drawing again."""
    from sampling.verify import MOST_NAMED

    if outcome.ok:
        return together(heading(outcome.name, "the draw repeats exactly"))
    found = outcome.differences
    more = len(found) - MOST_NAMED
    return together(
        heading(outcome.name, f"{len(found):,} difference{'' if len(found) == 1 else 's'}"),
        table((), [(one,) for one in found[:MOST_NAMED]]),
        rest(more),
    )
