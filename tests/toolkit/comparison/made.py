"""Two small made-up years, rated by panels whose answers are written out: every figure has a formula."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from sampling import Census, SimpleRandom
from scoring.scale import Scale
from toolkit import Crosswalk, Scheme
from toolkit.answers import parse_answers
from toolkit.comparison.basis import Material
from toolkit.comparison.linking import link
from toolkit.comparison.years import YearChange, changed
from toolkit.scheme import Draw, EvaluateeClass, Group
from toolkit.scores import Drawn, score

SMALL = Scheme.load(Path(__file__).parents[2] / "scenarios" / "small.toml")
HEADS = ["项目", "代码", "名称", "自", "至", "规则", "份额", "说明"]
TEN = Scale(0, 10)


@dataclass(frozen=True)
class Panel:
    """A panel: its answers as (members, evaluatees, indicators), NaN for none; members' ids."""

    answers: Any
    weight: float = 1.0
    id: str = "panel"
    members: Sequence[str] | None = None
    population: float = float("inf")
    census: bool = False


def year_of_panels(
    classes: Mapping[str, tuple[Sequence[str], Sequence[str]]],
    *panels: Panel,
    scale: Scale = TEN,
    **changes: Any,
) -> Material:
    """Give a year whose classes are ``{id: (evaluatees, indicators)}``.

    The indicators of a panel's answers are those of all classes in order of appearance.
    """
    of = tuple(
        EvaluateeClass(id, id, "调查队", True, tuple(asked), tuple(names))
        for id, (names, asked) in classes.items()
    )
    columns = list(dict.fromkeys(q for _, asked in classes.values() for q in asked))
    names = [one for each in of for one in each.evaluatees]
    due = {one: each.indicators for each in of for one in each.evaluatees}
    groups, drawn, rows = [], {}, []
    for panel in panels:
        sheets = np.asarray(panel.answers, dtype=object)
        persons = list(panel.members or (f"p{i}" for i in range(len(sheets))))
        design = Census() if panel.census else SimpleRandom(len(persons))
        finite: Literal["finite", "infinite"] = "finite" if np.isfinite(panel.population) else "infinite"
        draws = (Draw(panel.id, "people", "person", design),)
        groups.append(
            Group(panel.id, panel.id, panel.weight, len(persons), draws, "plain", finite, "error", "same")
        )
        units = pd.DataFrame({"person": persons, "N": panel.population, "w": 1.0})
        roles = {"weight": "w", "stratum": [None], "psu": ["person"], "population": ["N"]}
        drawn[panel.id] = Drawn(units, roles)
        rows += [
            (
                panel.id,
                who,
                name,
                *(
                    "" if q not in due[name] else "不了解" if np.isnan(float(x)) else f"{float(x):.0f}"
                    for q, x in zip(columns, sheets[i, e], strict=True)
                ),
            )
            for i, who in enumerate(persons)
            for e, name in enumerate(names)
        ]
    given = {"classes": of, "groups": tuple(groups), "scale": scale, **changes}
    scheme = replace(SMALL, **given)
    raw = pd.DataFrame(rows, columns=["group", "respondent", "evaluatee", *columns])
    return Material(scheme, drawn, parse_answers(raw, scheme, "made"))


def crosswalk(*rows: Sequence[Any]) -> Crosswalk:
    """Read rows that are filled from the left."""
    filled = [[str(cell) for cell in row] + [""] * (len(HEADS) - len(row)) for row in rows]
    return Crosswalk.read(pd.DataFrame(filled, columns=HEADS))


def compared(
    then: Material, now: Material, *rows: Sequence[Any], rules_of: Literal["this", "last"] = "this"
) -> YearChange:
    """Compare 2012 with 2013."""
    links = link(then.scheme, now.scheme, crosswalk(*rows), (2012, 2013))
    both = [score(one.scheme, one.drawn, one.answers) for one in (then, now)]
    return changed(links, (then, now), (both[0], both[1]), rules_of)


def row_of(found: YearChange, code: str) -> pd.Series:
    return found.table.set_index("code").loc[code]
