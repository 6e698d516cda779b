"""Messages of weights after the field, in English and Chinese."""

TEMPLATES: dict[str, tuple[str, str]] = {
    "bad_count": (
        '{where}: "{name}" must have a finite number, of units at least 0; it is {value!r}. Correct it.',
        "{where}：“{name}”必须是有限的数，计数不得小于 0；现在是 {value!r}。请改正。",
    ),
    "no_counts": (
        "{where}: nothing is known of the population: no count above 0. Give what the weights shall add up to.",
        "{where}：没有给出总体的任何已知数（计数全为 0 或为空）。请给出权数应加到的数。",
    ),
    "counts_columns": (
        "{where}: a table of counts has the columns {by} and one of counts; this one has {columns}. Leave out or "
        "rename the others.",
        "{where}：总体计数表应有 {by} 各列和一列计数；现有 {columns}。请删去多余的列或改名。",
    ),
    "cell_width": (
        '{where}: cell "{name}" does not name a value for each of {by}. Write a tuple with one for each column.',
        "{where}：单元“{name}”与列 {by} 的个数不符。请按列写成元组，每列一个值。",
    ),
    "cell_twice": (
        '{where}: cell "{name}" has two counts. Leave one.',
        "{where}：单元“{name}”有两个计数。请只留一个。",
    ),
    "cell_without_count": (
        '{where}: {rows} respondents are in cell "{name}", which has no count above 0. Give its count, or correct '
        "their values.",
        "{where}：有 {rows} 名受访者属于单元“{name}”，该单元却没有大于 0 的总体计数。请补上计数，或改正这些取值。",
    ),
    "cell_without_rows": (
        '{where}: cell "{name}" counts {count:,.10g} in the population and no respondent; such cells: {cells}. Merge '
        "each with a similar cell.",
        "{where}：单元“{name}”总体有 {count:,.10g}，却无人应答；这样的单元共 {cells} 个。请与相近的单元合并。",
    ),
    "contradiction": (
        "{where}: {a} and {b} contradict each other: their counts{of} add up to {sum_a:,.10g} and {sum_b:,.10g}. "
        "Correct one, or scale both to the same sum.",
        "{where}：{a} 与 {b} 互相矛盾：计数{of}分别合计 {sum_a:,.10g} 和 {sum_b:,.10g}。请改正其一，或换算成同一合计。",
    ),
    "implied_total": (
        "{where}: {name} is told by {others}, which imply the total {implied:,.10g}; it is given as {given:,.10g}. "
        "Correct one, or leave it out.",
        "{where}：{name} 可由 {others} 推出，合计应为 {implied:,.10g}，给出的却是 {given:,.10g}。请改正其一，或去掉该项。",
    ),
    "collinear": (
        "{where}: column {column!r} is told by the auxiliaries before it ({others}), so it adds nothing. Leave it out.",
        "{where}：“{column}”列可由它前面的辅助变量（{others}）推出，不提供新信息。请去掉。",
    ),
    "auxiliary_not_number": (
        "{where}: column {column!r} has one total, so it must be numbers; row {row} has {value!r}. Correct it, or give "
        "counts of its categories.",
        "{where}：“{column}”只给了一个合计，因此必须是数字；第 {row} 行是 {value!r}。请改正，或按类别给出计数。",
    ),
    "bad_bounds": (
        "{where}: must be two numbers, above 0 and below 1, and above 1; they are {value!r}. (0.5, 2) is usual.",
        "{where}：必须是两个数，前一个大于 0 小于 1，后一个大于 1；现在是 {value!r}。常用 (0.5, 2)。",
    ),
    "not_converged": (
        "{where}: {method} came to no end in {steps} steps; {name} is off by {off:,.6g} from {target:,.10g}. Factors "
        "from {low:g} to {high:g} that reach all totals exist, but only just. Widen the bounds or merge cells.",
        "{where}：{method} 经 {steps} 步仍未收敛；{name} 与目标 {target:,.10g} 相差 {off:,.6g}。在 {low:g} 到 {high:g} "
        "之间虽有能达到全部合计的调整倍数，但已到极限。请放宽界限或合并单元。",
    ),
    "out_of_reach": (
        "{where}: no factors from {low:g} to {high:g} of the weights reach all totals; after {steps} steps of {method} "
        "{name} is off by {off:,.6g} from {target:,.10g}. Check the totals, widen the bounds or merge cells.",
        "{where}：调整倍数限于 {low:g} 到 {high:g} 时，无法达到全部合计；{method} 经 {steps} 步后，{name} 与目标 "
        "{target:,.10g} 仍差 {off:,.6g}。请核对合计、放宽界限或合并单元。",
    ),
    "negative_weights": (
        "{where}: {count} weights fall to 0 or below, first in row {row}: {value:.6g}. Give bounds, take method "
        "'raking', or keep_negative=True where only totals are wanted.",
        "{where}：有 {count} 个权数降到 0 或以下，第一个在第 {row} 行：{value:.6g}。请给出 bounds，或用 method='raking'；"
        "若只要合计，可用 keep_negative=True。",
    ),
    "calibrated_already": (
        "{where}: the survey's weights are {kind} already; after another step the first totals no longer hold, and the "
        "variance of both is not known. Give all totals in one call of calibrate or rake.",
        "{where}：该调查的权数已校准过（{kind}）；再做一次，前一次的合计便不再成立，方差也无从得知。"
        "请在一次 calibrate 或 rake 中给出全部合计。",
    ),
    "trim_calibrated": (
        "{where}: the survey's weights are {kind}; after trimming the totals no longer hold, and the variance is not "
        "known. Trim before, or give calibrate bounds.",
        "{where}：该调查的权数已校准（{kind}）；截尾后合计不再成立，方差也无从得知。请先截尾再校准，或给 calibrate 设 bounds。",
    ),
    "trim_with_cells": (
        "{where}: weights are adjusted in cells of respondents, and the variance of trimming them is not known. Merge "
        "cells with low response instead, or calibrate with bounds.",
        "{where}：权数已按应答单元调整，对其截尾后的方差无从得知。请改为合并应答率低的单元，或用带界限的校准。",
    ),
    "bad_limits": (
        "{where}: low and high must be numbers, 0 <= low < high, at least one given; they are {low!r} and {high!r}.",
        "{where}：low 与 high 至少给一个，且 0 ≤ low < high；现在是 {low!r} 和 {high!r}。请改正。",
    ),
    "limits_too_narrow": (
        "{where}: no weights from {low} to {high} keep the sum, since their mean is {mean:.6g}. Widen the limits, or take "
        "redistribute=False.",
        "{where}：权数限于 {low} 到 {high} 时无法保持合计，平均权数是 {mean:.6g}。请放宽界限，或用 redistribute=False。",
    ),
    "bad_classes": (
        "{where}: must be a whole number of at least 2; it is {value!r}. 5 is usual.",
        "{where}：必须是不小于 2 的整数，现在是 {value!r}。常用 5。",
    ),
    "one_outcome": (
        "{where}: {column!r} is {value} in all rows that have weight, so there is nothing to tell apart.",
        "{where}：有权数的各行中“{column}”全是 {value}，无从区分。请检查该列。",
    ),
    "separated": (
        "{where}: {found} tells without error who {outcome}, so the probabilities go to 0 or 1. Merge it with "
        "a similar category, or leave it out.",
        "{where}：{found} 能毫无差错地判定谁{outcome_chinese}，概率趋于 0 或 1。请与相近的类别合并，或去掉。",
    ),
    "propensity_not_converged": (
        "{where}: the logistic model came to no end in {steps} steps. Look for columns of very different size, or "
        "leave some out.",
        "{where}：逻辑回归经 {steps} 步仍未收敛。请检查数值相差悬殊的列，或去掉一些列。",
    ),
    "propensity_separated": (
        "{where}: some combination of {columns} tells without error who responded, so probabilities go to 0 or 1. "
        "Leave out or merge columns.",
        "{where}：{columns} 的某种组合能毫无差错地判定部分行是否应答，概率趋于 0 或 1。请去掉或合并一些列。",
    ),
}
