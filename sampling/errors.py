"""What can be wrong with a frame or a design, in English and Chinese."""

from __future__ import annotations

from functools import partial
from typing import Any

TEMPLATES: dict[str, tuple[str, str]] = {
    "no_column": (
        "{where}: column {column!r} is needed; the frame has {columns}. Rename or add the column.",
        "{where}：需要“{column}”列，名单只有 {columns}。请改列名或补上该列。",
    ),
    "empty_frame": (
        "{where}: the frame has no units. Check the file or the filter that made it.",
        "{where}：名单里没有任何单位。请检查文件或筛选条件。",
    ),
    "duplicate_ids": (
        '{where}: unit id must be unique; {count} repeat, first "{first}" (rows {row_a} and {row_b}). '
        "Remove the duplicate or give it its own id.",
        "{where}：编号必须唯一；有 {count} 个重复，第一个是“{first}”（第 {row_a} 行和第 {row_b} 行）。"
        "请删去重复的，或给它自己的编号。",
    ),
    "missing_value": (
        "{where}: {column!r} must not be empty; {count} are, first in row {row}. Fill it in or remove the row.",
        "{where}：“{column}”不能为空；有 {count} 处，第一处在第 {row} 行。请补上或删去该行。",
    ),
    "float_id": (
        "{where}: {column!r} holds the number {value!r}, which is no whole number below 10^15. "
        "Read the file with ids as text.",
        "{where}：“{column}”里是数字 {value!r}，不是 10^15 以内的整数。读文件时请把编号当作文本。",
    ),
    "forbidden_character": (
        "{where}: {column!r} must not hold control characters (U+001F, line breaks); row {row} does: {value!r}. "
        "Clean the value.",
        "{where}：“{column}”不能含控制字符（U+001F、换行）；第 {row} 行有：{value!r}。请清理。",
    ),
    "bad_size": (
        '{where}: size {column!r} must be a positive number; {count} are not, first {value!r} of unit "{unit}" '
        "(row {row}). Correct it or leave the unit out.",
        "{where}：规模“{column}”必须是正数；有 {count} 个不是，第一个是单位“{unit}”（第 {row} 行）的 {value!r}。"
        "请改正或去掉该单位。",
    ),
    "negligible_size": (
        '{where}: size {column!r} of unit "{unit}" is {value!r}, so small beside the others that its inclusion '
        "probability is {prob:.3g}. Correct it or leave the unit out.",
        "{where}：单位“{unit}”的规模“{column}”是 {value!r}，与其他单位相比太小，入样概率只有 {prob:.3g}。"
        "请改正或去掉该单位。",
    ),
    "bad_value": (
        '{where}: {column!r} must be a number; {count} are not, first {value!r} of unit "{unit}" (row {row}). '
        "Correct it or leave the unit out.",
        "{where}：“{column}”必须是数字；有 {count} 个不是，第一个是单位“{unit}”（第 {row} 行）的 {value!r}。"
        "请改正或去掉该单位。",
    ),
    "too_many_asked": (
        "{where}: {asked} units asked, {available} in the frame. Lower n or merge the stratum.",
        "{where}：要抽 {asked} 个，名单只有 {available} 个。请减少样本量或合并层。",
    ),
    "bad_n": (
        "{where}: n must be a whole number of at least 1; it is {n!r}.",
        "{where}：样本量必须是不小于 1 的整数，现在是 {n!r}。",
    ),
    "bad_total": (
        "{where}: a total of {total} cannot be spread over {cells} strata holding {available} units with at least "
        "{at_least} in each. Change the total or at_least.",
        "{where}：总量 {total} 无法分到 {cells} 个层（共 {available} 个单位，每层至少 {at_least} 个）。"
        "请改总量或每层下限。",
    ),
    "bad_rate": (
        "{where}: rate must be a number above 0 and at most 1; it is {rate!r}.",
        "{where}：rate 必须大于 0 且不大于 1，现在是 {rate!r}。",
    ),
    "not_columns": (
        "{where}: {field!r} must be the name of a column, or a list of names; it is {found!r}.",
        "{where}：“{field}”必须是列名，或列名的列表，现在是 {found!r}。",
    ),
    "not_a_column": (
        "{where}: {field!r} must be the name of a column; it is {found!r}.",
        "{where}：“{field}”必须是列名，现在是 {found!r}。",
    ),
    "column_twice": (
        "{where}: {field!r} names a column twice: {found}. Name each once.",
        "{where}：“{field}”有列名重复：{found}。每列只写一次。",
    ),
    "not_a_bool": (
        "{where}: {field!r} must be true or false; it is {found!r}.",
        "{where}：“{field}”只能是真或假，现在是 {found!r}。",
    ),
    "not_stages": (
        "{where}: the stages must be a table of units and their designs; they are {found!r}.",
        "{where}：各阶段必须写成“单位列名：设计”的表，现在是 {found!r}。",
    ),
    "no_columns": (
        "{where}: {field!r} names no column. Name at least one.",
        "{where}：“{field}”没有写列名。请至少写一列。",
    ),
    "bad_pps_method": (
        "{where}: {found!r} is no method of PPS. Use one of {known}.",
        "{where}：PPS 没有 {found!r} 这种方法。请用 {known} 之一。",
    ),
    "no_list": (
        "{where}: {method!r} does not go along a list, so order has no meaning. Leave it out, or use one of {known}.",
        "{where}：{method!r} 不沿名单抽取，order 没有意义。请去掉，或用 {known} 之一。",
    ),
    "drawn_again": (
        "{where}: it was drawn with replacement, and each draw of a unit would need units of its own inside it. Draw "
        "without replacement what other units are drawn in.",
        "{where}：这是有放回抽样，每抽中一次都要有自己的下级单位。要在其中再抽样的单位，请用不放回抽样。",
    ),
    "no_parents": (
        "{where}: SelfWeighting spreads units over the units drawn before; give them with within=.",
        "{where}：自加权分配要用到上一阶段的样本，请用 within= 给出。",
    ),
    "undrawn_parent": (
        '{where}: {count} of the drawn units have no rows, first "{parent}". Add their lists.',
        "{where}：抽中的单位有 {count} 个没有名单，第一个是“{parent}”。请补上。",
    ),
    "bad_design": (
        "{where}: {found!r} does not say how a stratum is drawn. Use one of {known}.",
        "{where}：{found!r} 没有说明每层怎样抽。请用 {known} 之一。",
    ),
    "bad_reserve": (
        "{where}: reserve must be a number of at least 0, such as 0.5 for one reserve on two units; it is {reserve!r}.",
        "{where}：reserve 必须是不小于 0 的数，如 0.5 表示每两个单位一个候补，现在是 {reserve!r}。",
    ),
    "unreleased": (
        "{where}: it has reserves, so its probabilities are not settled. Release some of them, or none: "
        "release(sample, 0).",
        "{where}：含有候补单位，入样概率未定。请先启用候补，一个也不启用时用 release(sample, 0)。",
    ),
    "no_reserves": (
        "{where}: it has no reserves, or they were released before. Release from the sample as it was drawn.",
        "{where}：没有候补单位，或已经启用过。请从最初抽出的样本启用。",
    ),
    "strange_unit": (
        '{where}: {count} units of the sample are not in its receipt, first "{unit}". Take the sample as it was drawn.',
        "{where}：样本中有 {count} 个单位不在抽样凭证里，第一个是“{unit}”。请用最初抽出的样本。",
    ),
    "bad_replicate": (
        "{where}: a replicate needs a whole number of units of at least 1; it is {found!r}.",
        "{where}：每批备用样本的个数必须是不小于 1 的整数，现在是 {found!r}。",
    ),
    "bad_release": (
        "{where}: cannot release {found}. Give a whole number for every stratum, a share from 0.0 to 1.0, or a "
        "number for some of them by name.",
        "{where}：不能启用：{found}。请给每层一个整数、0.0 到 1.0 的比例，或按名称给某些层一个数。",
    ),
    "bad_margin": (
        "{where}: margin {margin}: counts must be numbers of at least 0, not all 0, one for each category; not so are {cells}.",
        "{where}：边际 {margin}：人数必须是不小于 0 的数、不全为 0，每类一个；不符合的有 {cells}。",
    ),
    "margin_categories": (
        "{where}: the margins {first} and {second} have different categories of {column}: {cells} stand in one only.",
        "{where}：边际 {first} 和 {second} 的 {column} 分类不同：{cells} 只在其中一个里。",
    ),
    "margins_disagree": (
        "{where}: the margins {first} and {second} contradict each other at {cell}: {one} against {other}.",
        "{where}：边际 {first} 和 {second} 在 {cell} 上矛盾：一个是 {one}，一个是 {other}。",
    ),
    "bad_seed": (
        "{where}: the seed must have numbers of at least 0, one for each cell of the margins; not so are {cells}.",
        "{where}：初始表必须是不小于 0 的数，每个单元一个；不符合的有 {cells}。",
    ),
    "seed_zeros": (
        "{where}: with the zeros of the seed the margins cannot be met: {cell} should hold {due}, the cells reach {found}.",
        "{where}：初始表的 0 使边际无法满足：{cell} 应为 {due}，各单元只能凑成 {found}。",
    ),
    "no_rounding": (
        "{where}: no whole numbers that sum to {n} keep every cell and margin within one. Cross fewer columns, or change n.",
        "{where}：没有一组合计为 {n} 的整数能使每个单元和边际都只差不到 1。请少交叉几列，或改变总数。",
    ),
    "unknown_cells": (
        "{where}: {count} cells of the sample have no population count: {cells}. Add their counts or recode them.",
        "{where}：样本中有 {count} 个单元没有总体数：{cells}。请补上或重新编码。",
    ),
    "bad_counts": (
        "{where}: population counts must be numbers above 0, one for each cell; not so are {cells}. "
        "Correct or merge them.",
        "{where}：每个单元须有一个大于 0 的总体数；以下不是：{cells}。请改正或合并。",
    ),
    "empty_cells": (
        "{where}: {count} cells of the population have nobody in the sample: {cells}. Merge each with a similar cell.",
        "{where}：总体中有 {count} 个单元在样本中没有人：{cells}。请与相近的单元合并。",
    ),
    "bad_key": (
        "{where}: the {field} must be text without U+001F and not empty; it is {value!r}.",
        "{where}：{field} 必须是非空文本且不含 U+001F，现在是 {value!r}。",
    ),
    "bad_receipt": (
        "{where}: this version reads receipts of {version!r}; this one says {found!r}. "
        "Verify it with the version that wrote it.",
        "{where}：本版本只读 {version!r} 的抽样凭证，这份写的是 {found!r}。请用出具它的版本核验。",
    ),
    "damaged_receipt": (
        "{where}: {field!r} is missing or cannot be used. Take the receipt as it was written.",
        "{where}：缺少 {field!r} 或其内容不能用。请用原来的凭证。",
    ),
    "unknown_method": (
        "{where}: there is no method {found!r}. Use one of {known}.",
        "{where}：没有 {found!r} 这种方法。请用 {known} 之一。",
    ),
    "bad_shape": (
        "{where}: {column!r} must be one list with a value for each unit, of shape {expected}; its shape is {shape}. "
        "Give one value for each unit.",
        "{where}：“{column}”必须是每个单位一个值的一列，形状应为 {expected}，现在是 {shape}。请每个单位给一个值。",
    ),
    "bad_prob": (
        "{where}: an inclusion probability must be above 0 and at most 1; {count} are not, first {value!r} of "
        "unit {unit} (from 0). Correct it or leave the unit out.",
        "{where}：入样概率必须大于 0 且不超过 1；有 {count} 个不是，第一个是单位 {unit}（从 0 数起）的 {value!r}。"
        "请改正或去掉该单位。",
    ),
    "bad_sum": (
        "{where}: inclusion probabilities of a sample of fixed size must sum to that size, a whole number; they sum "
        "to {total!r}. Use inclusion_probabilities(size, n), or a method of random size.",
        "{where}：定样本量方法的入样概率之和必须等于样本量（整数），现在是 {total!r}。"
        "请用 inclusion_probabilities(size, n) 计算，或用样本量不固定的方法。",
    ),
    "unequal_prob": (
        "{where}: a simple random sample gives all units the same probability; they go from {low!r} to {high!r}. "
        "Use another method, or stratify.",
        "{where}：简单随机抽样时各单位概率相同，这里从 {low!r} 到 {high!r}。请换用别的方法或分层。",
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
    "last_stage": (
        "{where}: the stages are {stages}; the last must be the unit {unit!r}. Name it last, or draw that unit.",
        "{where}：各阶段是 {stages}；最后一个必须是抽样单位“{unit}”。请把它放在最后，或改抽样单位。",
    ),
    "early_reserve": (
        "{where}: only the last stage can have reserves. Leave them out here.",
        "{where}：只有最后一个阶段可以有候补。请在这里去掉。",
    ),
    "varies_in_unit": (
        '{where}: {column!r} must be the same in all rows of a unit; {count} units differ, first "{unit}" '
        "({a!r} in row {row_a}, {b!r} in row {row_b}). Correct it or give the units their own ids.",
        "{where}：同一单位各行的“{column}”必须相同；有 {count} 个单位不同，第一个是“{unit}”"
        "（第 {row_a} 行是 {a!r}，第 {row_b} 行是 {b!r}）。请改正，或给这些单位各自的编号。",
    ),
    "unit_before": (
        "{where}: the units {unit!r} were drawn at a stage before. Name the units to draw inside them.",
        "{where}：“{unit}”在前面的阶段已经抽过。请写要在其中抽取的单位。",
    ),
    "not_a_sample": (
        "{where}: {role}= takes a whole sample as draw gave it, not its units; it is a {found}.",
        "{where}：{role}= 要给 draw 得出的整个样本，不是其中的 units；现在是 {found}。",
    ),
    "lost_unit": (
        '{where}: {count} units that were drawn are not in the sample, first "{unit}". '
        "Take the sample as it was drawn.",
        "{where}：抽中的单位有 {count} 个不在样本里，第一个是“{unit}”。请用最初抽出的样本。",
    ),
    "none_inside": (
        '{where}: chance left {count} of the units drawn before with none drawn inside, first "{parent}", and scoring '
        "would miss them. Inside drawn units use a method of fixed size.",
        "{where}：前一阶段抽中的单位有 {count} 个在本阶段恰好一个也没抽到，第一个是“{parent}”，计算误差时会漏掉它们。"
        "在抽中的单位内请用定样本量的方法。",
    ),
    "none_drawn": (
        "{where}: it drew no units, so there is nothing to draw from. Raise its rate, or draw a fixed number.",
        "{where}：一个单位也没有抽中，没有可以再抽的。请提高抽取概率，或抽固定个数。",
    ),
    "second_phase": (
        "{where}: a second phase cannot be joined with {found}. Draw it with after= alone, by a design of one stage, "
        "from a draw that is no second phase; and nothing within it.",
        "{where}：第二相不能与 {found} 合用。请只用 after=，用单阶段设计，从不是第二相的样本里抽；其中也不再抽下一阶段。",
    ),
    "phase_unit": (
        "{where}: the first phase drew units {first!r}, so the second cannot draw units {unit!r}. Draw the same units.",
        "{where}：第一相抽的是“{first}”，第二相不能抽“{unit}”。请抽同样的单位。",
    ),
    "phase_reserve": (
        "{where}: a second phase has no reserves. Leave them out.",
        "{where}：第二相没有候补。请去掉。",
    ),
    "unequal_phase": (
        "{where}: {found} does not draw a fixed number with equal chances in each stratum, which the variance of a "
        "second phase rests on. Use SimpleRandom, Systematic or Census.",
        "{where}：{found} 不是在每层等概率抽固定个数，而第二相的方差要以此为据。请用 SimpleRandom、Systematic 或 Census。",
    ),
    "not_in_phase": (
        '{where}: {count} rows are of no unit that "{first}" drew, first "{unit}" (row {row}). Leave them out.',
        "{where}：有 {count} 行不是“{first}”抽中的单位，第一个是“{unit}”（第 {row} 行）。请去掉。",
    ),
    "missing_in_phase": (
        '{where}: {count} units that "{first}" drew have no row, first "{unit}". Add them, each in some stratum.',
        "{where}：“{first}”抽中的单位有 {count} 个没有行，第一个是“{unit}”。请补上，并归入某一层。",
    ),
    "other_in_phase": (
        '{where}: {column!r} is what "{first}" added, but unit "{unit}" has {a!r} and not {b!r}. '
        "Take the column as it was drawn, or rename yours.",
        "{where}：“{column}”是“{first}”加的列，但单位“{unit}”是 {a!r}，不是 {b!r}。请用抽样时的列，或给自己的列改名。",
    ),
    "no_phases": (
        "{where}: it is not of two phases: its own rows are what its roles tell. Score sample.units.",
        "{where}：不是两相样本，roles 说的就是它自己的行。请直接用 sample.units 计分。",
    ),
    "other_rows": (
        "{where}: these are not the values that were drawn from. verify(sample, table) names what differs.",
        "{where}：这些不是抽样时的值。verify(sample, table) 会指出不同之处。",
    ),
    "no_samples": (
        "{where}: no sample is given to keep apart from. Give one at least.",
        "{where}：没有给出要与之错开的样本。请至少给出一个。",
    ),
    "other_lottery": (
        "{where}: {a!r} and {b!r} are not of one lottery and one list, so their places cannot be kept apart. Draw "
        "each but the first with coordinate=apart(…); lists that differ: AtMost.",
        "{where}：“{a}”和“{b}”不是同一次抽签、同一份名单，无法错开。除第一个外，都要用 coordinate=apart(…) 抽取；"
        "名单不同的，用 AtMost。",
    ),
    "other_list": (
        "{where}: this is not the list that {lottery!r} was drawn from, so its places hold other units. Use the "
        "same list and strata, or AtMost for lists that differ.",
        "{where}：这不是“{lottery}”所用的名单，名次对应的单位不同。请用同一份名单和同样的层；名单不同的，用 AtMost。",
    ),
    "other_key": (
        "{where}: numbers are shared under one key; {lottery!r} was drawn with another.",
        "{where}：共用抽签号必须用同一钥匙；“{lottery}”用的是另一把。",
    ),
    "other_strata": (
        "{where}: places of {lottery!r} were counted in strata of {columns}; use the same.",
        "{where}：“{lottery}”的名次是按 {columns} 分层数的；请用同样的层。",
    ),
    "at_most_before": (
        "{where}: nothing can be drawn in or after {name!r}, whose units were capped by AtMost ({role}=).",
        "{where}：“{name}”用 AtMost 限制过名单，不能再在其中或其后抽样（{role}=）。",
    ),
    "unlike_spread": (
        "{where}: samples spread under one lottery need the same list, strata, n and among; {a!r} and {b!r} differ.",
        "{where}：同一次分散抽样要用同样的名单、层、样本量和 among；“{a}”和“{b}”不同。",
    ),
    "not_places": (
        "{where}: only simple random samples (in strata or not) share places; this one is {algorithm}.",
        "{where}：只有简单随机样本（可分层）能共用名次；这个样本是 {algorithm}。",
    ),
    "bad_rotation": (
        "{where}: the share that goes must be above 0 and at most 1; it is {share!r}.",
        "{where}：轮换比例必须大于 0、不超过 1，现在是 {share!r}。",
    ),
    "places_taken": (
        "{where}: {asked} units asked, but other samples hold {taken} of the {available} in the list. Lower n.",
        "{where}：要抽 {asked} 个，但名单 {available} 个中已有 {taken} 个归其他样本。请减少样本量。",
    ),
    "bad_coordinate": (
        "{where}: coordinate must be apart(…), rotated(…), together(…), AtMost or Spread; it is {found!r}.",
        "{where}：coordinate 必须是 apart(…)、rotated(…)、together(…)、AtMost 或 Spread，现在是 {found!r}。",
    ),
    "coordinate_method": (
        "{where}: samples are coordinated that are simple random, in strata or not; this draw has {found}.",
        "{where}：只有简单随机（可分层）的样本能协调；这次抽样用的是 {found}。",
    ),
    "coordinate_reserve": (
        "{where}: a draw with {found} has no reserves: set reserve to 0, or ask for more units.",
        "{where}：用 {found} 的抽样没有备用样本：请把 reserve 设为 0，或多抽一些。",
    ),
    "bad_most": (
        "{where}: most must be a whole number of at least 1; it is {most!r}.",
        "{where}：most 必须是不小于 1 的整数，现在是 {most!r}。",
    ),
    "bad_list_name": (
        "{where}: a list's name must not be empty or hold ';'; {name!r} does.",
        "{where}：名单的名称不能为空，也不能含“;”；“{name}”不行。",
    ),
    "column_there": (
        "{where}: there is a column {column!r} already; the frame has {columns}. Give the new one another name.",
        "{where}：已有“{column}”列，名单有 {columns}。请给新列另取名字。",
    ),
    "bad_lists": (
        '{where}: {column!r} of unit "{unit}" must name each of its lists once, and {here!r} among them; '
        "it is {found!r}.",
        "{where}：单位“{unit}”的“{column}”要把所在名单各写一次，并包括“{here}”；现为“{found}”。",
    ),
    "too_few_stay": (
        "{where}: {asked} units asked; of the {units} in the list {available} stay, nobody being asked from more than "
        "{most} lists. Lower n or raise most.",
        "{where}：要抽 {asked} 个；每人最多进 {most} 份名单，名单 {units} 个中只留下 {available} 个。请减少样本量或放宽 most。",
    ),
    "not_among": (
        "{where}: among must name everybody sampled for once, and {here!r} too; it is {among}.",
        "{where}：among 要把各对象各写一次，并包括“{here}”；现为 {among}。",
    ),
    "too_many_recused": (
        "{where}: {asked} units asked for {here!r}; {available} of {units} are not recused. Lower n.",
        "{where}：要为“{here}”抽 {asked} 个；{units} 个中不回避的只有 {available} 个。请减少样本量。",
    ),
    "overlap_method": (
        "{where}: expected overlaps are known for equal chances in one stage; this sample is {algorithm}.",
        "{where}：只有单阶段、等概率的样本能算出应有的重合数；这个样本是 {algorithm}。",
    ),
    "odd_people": (
        "{where}: {count} people make no teams of two. Add or leave out one.",
        "{where}：{count} 人不能两人一组。请加一人或减一人。",
    ),
    "one_office": (
        "{where}: {count} of {people} are of {office!r}; teams of two offices need half at most.",
        "{where}：{people} 人中有 {count} 人来自“{office}”；要两人不同单位，最多一半。",
    ),
    "areas_teams": (
        "{where}: there are {areas} areas and {teams} teams; each team gets one.",
        "{where}：有 {areas} 个片区、{teams} 个组；每组一个片区，数目必须相等。",
    ),
    "no_way": (
        "{where}: none of {tries:,} random orders keeps to what is barred. Bar less.",
        "{where}：试了 {tries:,} 次随机排列，都有应回避的。请减少回避。",
    ),
    "needs_package": (
        "{where}: frames in files need {packages}. Install them: pip install 'minyi[large]', for a Dask cluster "
        "'minyi[cluster]'.",
        "{where}：读文件名单需要 {packages}。请安装：pip install 'minyi[large]'，Dask 集群用 'minyi[cluster]'。",
    ),
    "bad_engine": (
        "{where}: engine= takes DuckDB(…) or a Dask client; it is a {found}.",
        "{where}：engine= 要给 DuckDB(…) 或 Dask 的 Client，现在是 {found}。",
    ),
    "not_from_files": (
        "{where}: {found} cannot be drawn from files; SimpleRandom, Bernoulli and Poisson can, in strata or without, "
        "with a whole number, Proportional or Equal, or what is stated for each stratum. Where the frame fits into "
        "memory: draw(pd.read_parquet(path), …).",
        "{where}：{found} 不能直接从文件抽；能抽的有 SimpleRandom、Bernoulli、Poisson，可分层，样本量用整数、"
        "Proportional、Equal 或按层给出的数。内存放得下时请用 draw(pd.read_parquet(path), …)。",
    ),
    "no_parquet": (
        "{where}: {path} must be a Parquet file, or a folder that holds *.parquet files and nothing else; found "
        "{found}. Correct the path, or put the files into one folder.",
        "{where}：{path} 必须是 Parquet 文件，或只含 *.parquet 文件的文件夹；现有 {found}。请改路径，或把文件放进同一文件夹。",
    ),
    "bad_parquet": (
        "{where}: {file} cannot be read as Parquet: {fault}. Write it again.",
        "{where}：{file} 不能按 Parquet 读取：{fault}。请重新生成。",
    ),
    "unlike_files": (
        "{where}: all files must have the same columns, of the same types and in the same order; {file} has {b}, "
        "{first} has {a}. Write it again like the others.",
        "{where}：各文件的列名、类型和顺序必须相同；{file} 是 {b}，{first} 是 {a}。请按其他文件重新生成。",
    ),
    "column_type": (
        "{where}: {column!r} holds {found}, which cannot be read from files here: ids and strata are texts, numbers or "
        "truth values, sizes are numbers. Write it as one of these.",
        "{where}：“{column}”的类型是 {found}，不能用：编号和层要是文本、数字或真假值，规模要是数字。请改成其中一种。",
    ),
}


class _Stated(ValueError):
    """An error that says where, the rule, what was found and what to do.

    Attributes
    ----------
    rule : str
        Key of the template.
    chinese : str
        The same message in Chinese.
    """

    def __init__(self, rule: str, **found: Any) -> None:
        english, chinese = TEMPLATES[rule]
        super().__init__(english.format(**found))
        self.rule = rule
        self.chinese = chinese.format(**found)
        self._found = found

    def __reduce__(self) -> tuple[Any, ...]:
        """Let the error come whole from another process."""
        return partial(type(self), self.rule, **self._found), ()

    def _render_traceback_(self) -> list[str]:
        """Give the lines that IPython shows in place of a traceback: what to mend is not in our code."""
        return [f"{type(self).__name__}: {self}", self.chinese]


class FrameError(_Stated):
    """The list to draw from cannot be used as it is."""


class DesignError(_Stated):
    """The design cannot be carried out on this frame."""
