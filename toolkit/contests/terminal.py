"""What the commands of objections print, in both languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from toolkit.contests.contest import OUTCOMES, STATUS
from toolkit.contests.facts import signed
from toolkit.report.writing import MADE, fixed, span

if TYPE_CHECKING:
    from toolkit.contests.contest import Contest
    from toolkit.contests.recount import Recount


def list_lines(contests: pd.DataFrame) -> list[str]:
    """Tell every objection in a line."""
    lines = []
    for row in contests.to_dict("records"):
        outcome = f"：{OUTCOMES[row['outcome']]}" if row["outcome"] else ""
        late = "　逾期 overdue" if row["overdue"] else ""
        told = f"{row['number']}  {row['evaluatee']}  {row['received']} 收，{row['due']} 前答复"
        lines.append(f"{told}  {STATUS[row['status']]}{outcome}  {row['status']}{late}")
    return lines or ["没有异议。 No objections."]


def recount_lines(found: Recount, contest: Contest) -> list[str]:
    """Tell a recount: the result with and without, what a place rests on, and what does not repeat."""
    scheme, own = found.scores.scheme, found.own
    decimals = scheme.ranking.decimals
    lines = [MADE] if contest.round.made else []
    for which, told in (("", "全部回答 all answers"), ("_without", "不计有异议的 without the disputed")):
        if which and found.without is None:
            continue
        score, se = fixed(own["score" + which], decimals), fixed(own["se" + which], decimals + 1)
        places = span(*(str(int(own[name + which])) for name in ("rank_low", "rank_high")))
        lines.append(
            f"{told}：{score} ± {se} (se)，第 {int(own['rank' + which])} 名 ({places.replace('–', '-')})"
        )
    if found.without is not None:
        many = len(found.moved)
        change = signed(own["change"], decimals).replace("−", "-")
        lines.append(f"变动 {change} 分，{many} 个单位名次、等级或奖惩不同。 Change {change}; {many} move.")
    if found.why:
        lines.append(f"不计便不能计分。 Nothing can be scored without them: {found.why}")
    lines.append(f"{found.verdict['verdict_zh']} {found.verdict['verdict']}：{found.verdict['reason_zh']}")
    if contest.round.sealed:
        lines.append(
            "正式结果已封存，复算不改动它；要更正，请先 minyi reopen。 Sealed: correct after minyi reopen."
        )
    if found.differences:
        told = f"重抽重算有 {len(found.differences)} 处与记录不符，见 minyi verify"
        lines.append(f"{told}。 {len(found.differences)} differences: see minyi verify.")
    lines.append(f"{contest.folder / 'compared.csv'}")
    return lines
