"""What can be wrong with sample sizes and allocations, in English and Chinese."""

from __future__ import annotations

TEMPLATES: dict[str, tuple[str, str]] = {
    "bad_total": (
        "{where}: a total of {total} cannot be spread over {cells} strata holding {available} units with at least "
        "{at_least} in each. Change the total or at_least.",
        "{where}：总量 {total} 无法分到 {cells} 个层（共 {available} 个单位，每层至少 {at_least} 个）。"
        "请改总量或每层下限。",
    ),
    "bad_total_capped": (
        "{where}: a total of {total} cannot be spread over {cells} strata holding {available} units with at least "
        "{at_least} and at most {at_most} in each. Change the total, at_least or at_most.",
        "{where}：总量 {total} 无法分到 {cells} 个层（共 {available} 个单位，每层至少 {at_least} 个、至多 {at_most} 个）。"
        "请改总量或每层的下限、上限。",
    ),
    "bad_bounds": (
        "{where}: at_most is {at_most!r}, at_least {at_least!r}; the cap must be a whole number no smaller than the "
        "floor. Change one of them.",
        "{where}：每层上限是 {at_most!r}，下限是 {at_least!r}；上限必须是不小于下限的整数。请改其中之一。",
    ),
    "bad_budget": (
        "{where}: a budget of {budget} does not pay for at least {at_least} in each of {cells} strata, which cost "
        "{least:g}. Raise the budget or lower at_least.",
        "{where}：预算 {budget} 不够 {cells} 个层每层至少 {at_least} 个，那要 {least:g}。请增加预算或降低每层下限。",
    ),
    "bad_length": (
        "{where}: {found} values of {name} for {cells} strata. Give one for each.",
        "{where}：{name} 有 {found} 个值，层有 {cells} 个。请每层给一个。",
    ),
    "bad_stratum_value": (
        "{where}: {must} is needed; it is {value!r} in stratum {stratum}. Correct it.",
        "{where}：要求 {must}，层 {stratum} 是 {value!r}。请改正。",
    ),
    "out_of_reach": (
        "{where}: {count} of the constraints cannot be met within at_most, first {name}: a standard error of {asked:.4g} "
        "is asked, {best:.4g} is the best. Raise at_most or allow more.",
        "{where}：在 at_most 之内有 {count} 项精度达不到，第一项是 {name}：要求标准误 {asked:.4g}，最好只能到 {best:.4g}。"
        "请提高 at_most 或放宽要求。",
    ),
    "bad_number": (
        "{where}: {must} is needed; it is {value!r}.",
        "{where}：要求 {must}，现在是 {value!r}。",
    ),
    "beyond_population": (
        "{where}: {n:,} units would have to be drawn of {population:,}; all of them together reach {best:.4g}. Ask for "
        "less precision, or raise the response.",
        "{where}：需要抽 {n:,} 个，总体只有 {population:,} 个；全部调查也只能达到 {best:.4g}。请放宽精度或提高应答率。",
    ),
    "bad_share": (
        "{where} must be a number above 0 and at most 1; it is {share!r}.",
        "{where} 必须大于 0 且不大于 1，现在是 {share!r}。",
    ),
    "no_such_stratum": (
        "{where}: shares names strata that are not in the frame: {names}. Name values of the last column of by.",
        "{where}：shares 里的 {names} 不是名单中的层。请写 by 最后一列的取值。",
    ),
    "no_parents": (
        "{where}: SelfWeighting spreads units over the units drawn before; give them with within=.",
        "{where}：自加权分配要用到上一阶段的样本，请用 within= 给出。",
    ),
    "no_cv": (
        "{where}: {column} adds up to 0, so it has no coefficient of variation. Use another measure.",
        "{where}：{column} 合计为 0，没有变异系数。请换一个指标。",
    ),
    "stated_strata": (
        "{where}: {name} must be stated for every stratum and for no other; missing are {missing}; unknown are "
        "{unknown}. Correct the names.",
        "{where}：{name} 须给出每一层的值，且不多给；缺少 {missing}；不认识 {unknown}。请改正名称。",
    ),
    "column_or_stated": (
        "{where}: {name} must be a column of the frame or a value for each stratum by name; it is {value!r}.",
        "{where}：{name} 须是名单的一列，或按层名给出的值，现在是 {value!r}。",
    ),
    "column_to_cv": (
        '{where}: {name} must say a coefficient of variation for each column, such as {{"score": 0.02}}; it is '
        "{value!r}.",
        '{where}：{name} 须按列给出变异系数，如 {{"score": 0.02}}，现在是 {value!r}。',
    ),
    "by_no_stratum": (
        "{where}: by={by!r} is no column of the strata ({columns}), so its domains have no numbers of their own. "
        "Stratify by it too.",
        "{where}：by={by!r} 不是分层用的列（{columns}），无法对这些子总体分别定数。请也按它分层。",
    ),
    "bethel_within": (
        "{where}: Bethel plans the precision of a whole survey; it cannot be used within drawn units. Use "
        "SelfWeighting or Neyman.",
        "{where}：Bethel 用于整个调查的精度，不能用在抽中的单位之内。请用 SelfWeighting 或 Neyman。",
    ),
    "one_of": (
        "{where}: give one of {choices}, and only one.",
        "{where}：请在 {choices} 中给出一个，且只给一个。",
    ),
}
