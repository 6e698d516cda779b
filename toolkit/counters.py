"""Live counters: how far each group, quota cell and margin is while answers come in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sampling import Quota
from toolkit.drawing import NO_RECUSALS
from toolkit.intake import Admitted
from toolkit.quota import cells_of, targets_of
from toolkit.scheme import Group, Scheme
from toolkit.tally import counted_sheets

COLUMNS = ["group", "evaluatee", "what", "cell", "target", "done", "left", "over"]
MOST = 20


def progress_table(
    scheme: Scheme,
    quotas: Mapping[str, pd.DataFrame],
    found: Admitted,
    recusals: pd.DataFrame = NO_RECUSALS,
) -> pd.DataFrame:
    """Count what is done of every plan.

    Parameters
    ----------
    scheme : Scheme
    quotas : mapping of str to DataFrame
        By quota group, its sheet of cells.
    found : Admitted
    recusals : DataFrame, optional
        ``group``, ``respondent``, ``evaluatee``: who must not rate whom.

    Returns
    -------
    DataFrame
        ``group``, ``evaluatee``, ``what``: ``all`` of an evaluatee's answers, a quota's ``cell``, or a
        ``margin`` of its cells (``column = category``); ``target``, as planned, or as many as are drawn and
        not recused where these are fewer; ``done``, sheets that count towards it; ``left`` to do; ``over``:
        sheets beyond it, whether they count or were set aside. In a quota a sheet without any rating fills
        nothing, and ``left`` and ``over`` of a margin or of all are those of its cells, since what one cell
        has over fills no other.
    """
    parts = [
        _quota_counts(scheme, group, quotas[group.id], found)
        if group.is_quota
        else _plain_counts(scheme, group, found, recusals)
        for group in scheme.groups
    ]
    return pd.concat(parts, ignore_index=True)[COLUMNS]


def _plain_counts(scheme: Scheme, group: Group, found: Admitted, recusals: pd.DataFrame) -> pd.DataFrame:
    done = counted_sheets(scheme, found.answers[group.id])
    heads = {"group": group.id, "evaluatee": list(scheme.evaluatees), "what": "all", "cell": ""}
    target = np.minimum(group.valid, _able(scheme, group, found.drawn[group.id].units, recusals))
    return _left(pd.DataFrame({**heads, "target": target, "done": done, "aside": 0}))


def _able(scheme: Scheme, group: Group, units: pd.DataFrame, recusals: pd.DataFrame) -> NDArray[Any]:
    """Count who is drawn for each evaluatee and may rate it."""
    one, names = group.draws[-1], list(scheme.evaluatees)
    if one.per_evaluatee:  # who is recused is not drawn
        counts = units["evaluatee"].astype(str).value_counts()
        return counts.reindex(names, fill_value=0).to_numpy(dtype=np.int64)
    drawn = recusals["respondent"].isin(units[one.unit].astype(str))
    own = recusals[drawn & (recusals["group"] == group.id)].drop_duplicates(["respondent", "evaluatee"])
    barred = own["evaluatee"].value_counts().reindex(names, fill_value=0)
    return len(units) - barred.to_numpy(dtype=np.int64)


def _left(table: pd.DataFrame) -> pd.DataFrame:
    short = table["target"] - table["done"]
    return table.assign(left=short.clip(lower=0), over=(-short).clip(lower=0) + table["aside"])


def _quota_counts(scheme: Scheme, group: Group, sheet: pd.DataFrame, found: Admitted) -> pd.DataFrame:
    design = group.draws[-1].design
    assert isinstance(design, Quota)
    units, table = found.drawn[group.id].units, found.answers[group.id].table
    rated = table[table.iloc[:, 2:].notna().any(axis=1)]
    codes = found.set_aside["group"].map(scheme.group_codes)
    mine = codes == next(at for at, one in enumerate(scheme.groups) if one.id == group.id)
    aside = found.set_aside[mine & (found.set_aside["rule"] == "over_quota")]
    targets = targets_of(sheet, group)
    grid = pd.MultiIndex.from_product([scheme.evaluatees, targets.index])

    def counted(rows: pd.DataFrame) -> Any:
        labels = [rows["evaluatee"].astype(str), cells_of(rows, units, group).astype(str)]
        return pd.MultiIndex.from_arrays(labels).value_counts().reindex(grid, fill_value=0).to_numpy()

    size = len(scheme.evaluatees)
    cells = pd.DataFrame(
        {
            "group": group.id,
            "evaluatee": grid.get_level_values(0),
            "what": "cell",
            "cell": grid.get_level_values(1),
            "target": np.tile(targets.to_numpy(), size),
            "done": counted(rated),
            "aside": counted(aside),
        }
    )
    cells = _left(cells)
    parts = [cells]
    for column in design.by:
        of = [f"{column} = {one}" for one in sheet[column].astype(str)] * size
        parts.append(_summed(cells.assign(cell=of, what="margin")))
    parts.append(_summed(cells.assign(cell="", what="all")))
    return pd.concat(parts, ignore_index=True)


def _summed(table: pd.DataFrame) -> pd.DataFrame:
    """Sum cells: what one has over fills no other."""
    keys = ["group", "evaluatee", "what", "cell"]
    return table.groupby(keys, sort=False, as_index=False)[["target", "done", "left", "over"]].sum()


def progress_lines(
    scheme: Scheme, table: pd.DataFrame, unworked: Mapping[str, int] = MappingProxyType({})
) -> Iterator[str]:
    """Tell the counters: each group's sums, then who is furthest behind, in both languages.

    Parameters
    ----------
    scheme : Scheme
    table : DataFrame
        As ``progress_table`` gives it.
    unworked : mapping of str to int
        By group, the drawn of whom nothing is known yet.

    Yields
    ------
    str
    """
    for group in scheme.groups:
        own = table[table["group"] == group.id]
        whole = own[own["what"] == "all"]
        done, target, left, over = (int(whole[c].sum()) for c in ("done", "target", "left", "over"))
        yield (
            f"{group.name} {group.id}：{done:,} / {target:,}，还缺 {left:,}，超出 {over:,}。 "
            f"{left:,} to do, {over:,} over."
        )
        if unworked.get(group.id):
            open_ = unworked[group.id]
            yield (
                f"  抽中的还有 {open_:,} 份既无回答也无接触记录，应答率还不是最终的。 "
                f"Of {open_:,} drawn nothing is known yet: the response rate is not final."
            )
        finest = own[own["what"] == ("cell" if group.is_quota else "all")]
        behind = finest[finest["left"] > 0]
        behind = behind.assign(share=behind["done"] / behind["target"])
        behind = behind.sort_values(["share", "left"], ascending=[True, False], kind="stable")
        for line in behind.head(MOST).to_dict("records"):
            name = " · ".join(filter(None, [line["evaluatee"], line["cell"]]))
            yield f"  {name}：{line['done']:,} / {line['target']:,}"
        if len(behind) > MOST:
            yield f"  …… 另有 {len(behind) - MOST:,} 处 and {len(behind) - MOST:,} more"
