"""What can be wrong with answers, in English and Chinese."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, TypeVar

MOST_FAULTS = 20  # told one by one

TEMPLATES: dict[str, tuple[str, str]] = {
    "no_column": (
        "{where}: column {column!r} is needed; the table has {columns}. Rename or add the column.",
        "{where}：需要“{column}”列，表中只有 {columns}。请改列名或补上该列。",
    ),
    "several": (
        "{where}: {count} faults:\n{english}",
        "{where}：有 {count} 处要改：\n{chinese}",
    ),
    "no_rows": (
        "{where}: the table has no rows. Check the file or the filter that made it.",
        "{where}：表中没有数据。请检查文件或筛选条件。",
    ),
    "missing_value": (
        "{where}: {column!r} must not be empty; {count} are, first in row {row}. Fill it in or remove the row.",
        "{where}：“{column}”不能为空；有 {count} 处，第一处在第 {row} 行。请补上或删去该行。",
    ),
    "bad_weight": (
        "{where}: weights must be numbers of at least 0; {column!r} has {value} in row {row}. Correct it.",
        "{where}：权数必须是不小于 0 的数；“{column}”第 {row} 行是 {value}。请改正。",
    ),
    "no_weight": (
        "{where}: all weights in {column!r} are 0. Give rows that count a weight.",
        "{where}：“{column}”中的权数全为 0。请给有效的行填上权数。",
    ),
    "stages": (
        "{where}: {role} has {given} columns, psu tells {stages} stages. Give at most one for each stage.",
        "{where}：{role} 有 {given} 列，而 psu 只有 {stages} 个阶段。请每阶段至多给一列。",
    ),
    "no_psu": (
        "{where}: psu has no column for stage {stage} of {stages}. Give one for each stage.",
        "{where}：psu 共 {stages} 个阶段，第 {stage} 阶段没有列。请每阶段给一列。",
    ),
    "not_constant": (
        '{where}: {column!r} must be the same in all rows of "{name}"; it is {a}, in row {row} {b}. Correct it.',
        "{where}：“{column}”在“{name}”各行必须一致；先是 {a}，第 {row} 行是 {b}。请改正。",
    ),
    "population_below_sample": (
        '{where}: stratum "{name}" has {sample} units in the sample and a population of {population}. '
        "Correct column {column!r}.",
        "{where}：层“{name}”样本有 {sample} 个单位，总体却只有 {population} 个。请改正“{column}”列。",
    ),
    "bad_prob": (
        "{where}: probabilities in {column!r} must be above 0 and at most 1; row {row} has {value}.",
        "{where}：“{column}”中的概率必须大于 0 且不大于 1；第 {row} 行是 {value}。",
    ),
    "not_a_psu": (
        "{where}: independent names {name!r}, which is no psu column; those are {known}. Name one of them.",
        "{where}：independent 写了 {name!r}，它不是 psu 列；psu 列有 {known}。请写其中之一。",
    ),
    "lonely_psu": (
        '{where}: stratum "{name}" has one sampled unit (certain ones apart) and more in the population, so its '
        "variance cannot be estimated. Merge it with another stratum.",
        "{where}：层“{name}”（必中单位除外）只抽到一个单位而总体不止一个，无法估计方差。请与其他层合并。",
    ),
    "lonely_average": (
        '{where}: stratum "{name}" has one sampled unit and more in the population, and no strata of the first stage '
        "to average over. Merge it with another stratum, or take lonely='adjust'.",
        "{where}：层“{name}”只抽到一个单位而总体不止一个，第一阶段又没有其他层可取平均。请与其他层合并，或用 lonely='adjust'。",
    ),
    "half_response": (
        "{where}: responded and cell go together; {missing} is not given. Give both or neither.",
        "{where}：responded 与 cell 必须一起给，现缺 {missing}。请同时给出，或都不给。",
    ),
    "bad_response": (
        "{where}: {column!r} must be true or false; row {row} has {value!r}. Correct it.",
        "{where}：“{column}”只能是真或假（1 或 0）；第 {row} 行是 {value!r}。请改正。",
    ),
    "responds_apart": (
        "{where}: rows of one unit of the last stage respond together; {column!r} in row {row} differs from its "
        "unit's first row. Name the respondents as a stage of psu, or leave missing answers of a respondent empty.",
        "{where}：最后阶段同一单位的各行应答情况必须一致；“{column}”第 {row} 行与该单位首行不同。"
        "请把受访者列为 psu 的一个阶段，或把受访者没有答的留空。",
    ),
    "empty_cell": (
        '{where}: nobody responded in cell "{name}" ({units} units drawn); {count} cells have too few respondents. '
        "Merge each with a similar cell.",
        "{where}：调整单元“{name}”（抽中 {units} 个）无人应答；应答太少的单元共 {count} 个。请与相近的单元合并。",
    ),
    "lonely_respondent": (
        '{where}: one of {units} units responded in cell "{name}", so its variance cannot be estimated; {count} cells '
        "have too few respondents. Merge each with a similar cell.",
        "{where}：调整单元“{name}”抽中 {units} 个，只有一个应答，无法估计方差；应答太少的单元共 {count} 个。"
        "请与相近的单元合并。",
    ),
    "answer_without_response": (
        "{where}: row {row} did not respond, yet has an answer to {variable!r}. Empty it, or mark the row as responded.",
        "{where}：第 {row} 行标为未应答，却有“{variable}”的回答。请清空，或标为已应答。",
    ),
    "no_answer": (
        "{where}: no valid answer to {variable!r}{domain}. Leave it out or collect more.",
        "{where}：“{variable}”{domain}没有有效回答。请去掉或补充调查。",
    ),
    "bad_places": (
        "{where}: the last {places} of {units} units are asked for. Ask for 1 to {units}.",
        "{where}：要取 {units} 个单位中的后 {places} 名。请取 1 到 {units} 名。",
    ),
    "below_one": (
        "{where}: must be a whole number of at least 1; it is {value!r}. Correct it.",
        "{where}：必须是不小于 1 的整数，现在是 {value!r}。请改正。",
    ),
    "amounts_of_places": (
        "{where}: {places} places have {amounts} amounts. Give one for each place, 'unstated' where the plan leaves it "
        "out, or none at all.",
        "{where}：{places} 个名次却有 {amounts} 个金额。请每个名次给一个，原文未载的写 'unstated'，或全部不写。",
    ),
    "steps_not_rising": (
        "{where}: a ladder needs at least one step, and times that rise from 1 on; they are {times}. Put them in order.",
        "{where}：至少要有一级，次数须从不小于 1 起逐级增大；现在是 {times}。请改正。",
    ),
    "no_rounds": (
        "{where}: must have a row for each round and a column for each unit; its shape is {shape}. Give one round or more.",
        "{where}：每轮一行、每个单位一列；现在形状是 {shape}。请至少给一轮。",
    ),
    "not_a_place": (
        "{where}: places start at 1 and are empty where there is none; row {row}, column {unit} (from 0) is {value}. "
        "Correct it.",
        "{where}：名次从 1 起，没有名次的留空；第 {row} 行第 {unit} 列（从 0 数）是 {value}。请改正。",
    ),
    "no_years": (
        "{where}: the rule counts within a year, so the year of each round is needed. Give one for each row.",
        "{where}：规则按年度累计，需要每一轮所属的年份。请每行给一个年份。",
    ),
    "years_of_rounds": (
        "{where}: {rounds} rounds have {found} years. Give one for each row.",
        "{where}：共有 {rounds} 轮，年份却有 {found} 个。请每行给一个年份。",
    ),
    "not_a_share": (
        "{where}: must lie between 0 and 1, places over units; one is {value}. Correct it.",
        "{where}：必须在 0 与 1 之间（名次数除以单位数），有一个是 {value}。请改正。",
    ),
    "not_draws": (
        "{where}: must be finite draws with the axes ({axes}); its shape is {shape}. Pass what draws_given_data or "
        "draws_of_rounds gives.",
        "{where}：必须是有限的模拟值，各维依次为（{axes}）；现在形状是 {shape}。请用 draws_given_data 或 draws_of_rounds 的结果。",
    ),
    "bad_disposition": (
        "{where}: codes are {known}; found also {found}. Recode them.",
        "{where}：处理结果代码只能是 {known}；另有 {found}。请重新编码。",
    ),
    "grade_names": (
        "{where}: every grade needs a name of its own, best first; the names are {names}. Correct them.",
        "{where}：每个等级都要有各自的名称，从好到差；现为 {names}。请改正。",
    ),
    "last_grade": (
        "{where}: the last grade, {name!r}, takes all who are left, so it asks for no score, place or condition. "
        "Add a grade below it, or leave these out.",
        "{where}：最末一等“{name}”收下其余所有单位，不能再要求分数、名次或条件。请在其下再加一等，或去掉这些要求。",
    ),
    "threshold_number": (
        "{where}: at_least of {name!r} must be a finite number; it is {value!r}. Correct it.",
        "{where}：“{name}”的分数线 at_least 必须是有限的数；现为 {value!r}。请改正。",
    ),
    "thresholds_order": (
        "{where}: thresholds fall from grade to grade; {better!r} has {high:g}, {worse!r} below it {low:g}. Correct "
        "one, or put the grades in order, best first.",
        "{where}：分数线应逐等降低；“{better}”是 {high:g}，其下的“{worse}”却是 {low:g}。请改正其一，或把等级从好到差排列。",
    ),
    "gates_order": (
        "{where}: places and shares count from the top, so the gate of {worse!r} lets in at least as many as that of "
        "{better!r}. Add those of the better grades to it.",
        "{where}：名次和比例都从第一名算起，“{worse}”放行的不能少于“{better}”。请把更好的等级所占的也加进去。",
    ),
    "bad_gate": (
        "{where}: the gate of {name!r} lets in {value!r}; places are whole numbers of at least 1, shares above 0 and at "
        "most 1.",
        "{where}：“{name}”的名额是 {value!r}；名次应为不小于 1 的整数，比例应大于 0 且不超过 1。请改正。",
    ),
    "condition_rows": (
        "{where}: {units} units have scores, the table has {found} rows. Give each unit one row, in the same order or "
        "under its name.",
        "{where}：有得分的单位是 {units} 个，表却有 {found} 行。请每个单位给一行，顺序一致，或按单位名称。",
    ),
    "condition_unknown": (
        "{where}: whether {condition!r} holds for {unit!r} must be true or false; it is {value!r}. What is not known "
        "is not passed: find out, and fill it in.",
        "{where}：“{unit}”是否符合“{condition}”必须写明真或假；现为 {value!r}。不知道不等于通过，请查明后填上。",
    ),
    "number_of_draws": (
        "{where}: must be a whole number of at least 1; it is {value!r}. 10000 is usual.",
        "{where}：必须是不小于 1 的整数，现在是 {value!r}。常用 10000。",
    ),
    "bad_first": (
        "{where}: must be whole numbers of places, each at least 1; it is {value!r}. 3 asks for third or better.",
        "{where}：必须是名次数，不小于 1 的整数；现为 {value!r}。3 表示前三名。",
    ),
    "small_class": (
        "{where}: class {name!r} has {units} units; its spread takes at least {least}. Join it with a similar class, or "
        "take prior='flat', which is uncalibrated.",
        "{where}：类别“{name}”只有 {units} 个单位，至少要 {least} 个才能估计彼此的差异。请与相近的类别合并，"
        "或用 prior='flat'（平先验，未校准）。",
    ),
    "class_of_few": (
        "{where}: class {name!r} has {units} units; how far its members differ takes at least {least}. Join it with a "
        "similar class.",
        "{where}：类别“{name}”只有 {units} 个单位，至少要 {least} 个才能判断彼此通常相差多少。请与相近的类别合并。",
    ),
    "few_df": (
        "{where}: the error of {unit!r} has {value:g} degrees of freedom; the class prior takes more than {least}. Take "
        "prior='flat', which is uncalibrated, or an error with more.",
        "{where}：“{unit}”误差的自由度是 {value:g}，类先验要求大于 {least}。请用 prior='flat'（平先验，未校准），"
        "或换用自由度更多的误差。",
    ),
    "bad_winsorise": (
        "{where}: winsorise must be at least 0 and below 0.5; it is {value!r}. 0.1 is usual.",
        "{where}：winsorise 必须不小于 0 且小于 0.5，现为 {value!r}。常用 0.1。",
    ),
    "no_variance": (
        "{where}: the estimate of {unit!r} has no variance, so nothing tells how far from its class is far. Leave the "
        "unit out.",
        "{where}：“{unit}”的估计值没有方差，无从判断与本类相差多少算多。请去掉该单位。",
    ),
    "no_indicators": (
        "{where}: {evaluatee!r} has no indicators. Give each evaluatee its indicators.",
        "{where}：被评单位“{evaluatee}”没有指标。请给每个被评单位指定指标。",
    ),
    "bad_rating": (
        "{where}: ratings must be whole numbers from {low} to {high}, empty where there is none; {column!r} has "
        "{value} in row {row}. Correct it.",
        "{where}：评分必须是 {low} 到 {high} 的整数，没有回答处留空；“{column}”第 {row} 行是 {value}。请改正。",
    ),
    "scale_empty": (
        "the scale goes from {low} to {high}. Let it go up.",
        "量表从 {low} 到 {high}，没有分值。请让高分大于低分。",
    ),
    "rating_unlabelled": ("rating {rating} has no label", "分值 {rating} 没有标签"),
    "rating_labelled_twice": ("rating {rating} has the labels {names}", "分值 {rating} 有多个标签：{names}"),
    "label_off_scale": (
        "label {name} goes from {low} to {high}, which is not on the scale. Correct it.",
        "标签“{name}”从 {low} 到 {high}，不在量表之内。请改正。",
    ),
    "label_twice": (
        "label {name} stands there twice. Join its ratings, or rename one.",
        "标签“{name}”出现了两次。请合并其分值，或改名。",
    ),
    "values_of_some": (
        "labels {worth} have a value and {without} have none. Give all of them a value, or none.",
        "标签“{worth}”有分值，“{without}”没有。请全部给出，或全部不给。",
    ),
    "values_fall": (
        "label {better} is better than {worse} and counts less, {a} to {b}. Correct the values, or best.",
        "标签“{better}”好于“{worse}”，分值却更低（{a} 对 {b}）。请改正分值，或改正 best。",
    ),
    "word_twice": (
        "{word!r} stands for several things among ratings and words. Let it stand for one.",
        "“{word}”在分值和词语中有几种意思。请只留一种。",
    ),
    "value_off_mark": (
        "{where}: label {label} counts {value}, which is not between 0 and the full mark {full:g}. Correct either.",
        "{where}：标签“{label}”计 {value} 分，不在 0 到满分 {full:g} 之间。请改正其一。",
    ),
    "unread_answers": (
        "{count} answers {found!r} in column {column!r}, first in row {row}, are neither a whole rating from {low} to "
        "{high} nor a known word ({words}). Correct them, or add the word to the scale.",
        "“{column}”列有 {count} 个回答是“{found}”，第一个在第 {row} 行，既不是 {low} 到 {high} 的整数，也不是已知词语"
        "（{words}）。请改正，或把该词加入量表。",
    ),
    "no_such_label": (
        "{where}: {found!r} is no label of the scale; those are {known}. Name one of them.",
        "{where}：量表没有标签“{found}”，现有 {known}。请写其中之一。",
    ),
    "no_box": (
        "{where}: must be a rating of the scale, from {low} to {high}; it is {value!r}. Choose one of these.",
        "{where}：必须是量表中 {low} 到 {high} 的分值，现在是 {value!r}。请从中选择。",
    ),
    "bad_importance": (
        "{where}: weights must be finite, not below 0 and not all 0; they are {found}. Correct them.",
        "{where}：权数必须是有限数，不小于 0，且不全为 0；现在是 {found}。请改正。",
    ),
    "too_few_answers": (
        "{where}: an indicator of {evaluatee!r} has fewer than two answers and others missing, so nothing tells "
        "their spread. Collect more, or count the group as an infinite panel.",
        "{where}：被评单位“{evaluatee}”有一项指标回答不到两份，另有缺答，无从判断差异。"
        "请补充调查，或按无限总体计算该组。",
    ),
    "plain_with_cells": (
        "{where}: cells adjust weights, which plain scores do not use. Take official='design', or leave out "
        "responded and cell.",
        "{where}：调整单元只改变权数，而简单平均（plain）不用权数。请用 official='design'，或去掉 responded 和 cell。",
    ),
    "census_with_cells": (
        "{where}: missing answers of a census count by cells or by census_dont_know, not by both. Leave out one.",
        "{where}：普查中的缺答，要么按调整单元计，要么按 census_dont_know 计，不能都用。请去掉其一。",
    ),
    "plain_when_calibrated": (
        "{where}: the survey's weights are {kind}, which plain scores and those of a census do not use. Take "
        "official='design', or the survey before calibration.",
        "{where}：该调查的权数已校准（{kind}），而简单平均（plain）和普查得分不用权数。请用 official='design'，或用校准前的调查。",
    ),
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
    "unknown_choice": (
        "{where}: must be one of {known}; it is {value!r}. Choose one of these.",
        "{where}：只能是 {known} 之一，现在是 {value!r}。请从中选择。",
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
    "not_by_all": (
        "{where}: {evaluatee!r} is not rated by all groups. Collect the missing answers or leave it out.",
        "{where}：被评单位“{evaluatee}”没有得到所有调查对象的评分。请补充调查或去掉该单位。",
    ),
    "part_twice": (
        "{name!r} names {times} parts. Give each part a name of its own.",
        "有 {times} 个组成部分都叫“{name}”。请各取一个名称。",
    ),
    "part_weight": (
        "the weight of {name!r} must be a number above 0; it is {weight}. Correct it, or leave the part out.",
        "“{name}”的权重必须是大于 0 的数，现在是 {weight}。请改正，或去掉这一部分。",
    ),
    "parts_sum": (
        "weights of the parts of {name!r} sum to {sum}. Let them sum to 1.",
        "“{name}”各组成部分的权重合计是 {sum}。请使合计为 1。",
    ),
    "zero_in_product": (
        "{name!r} is a product, in which a missing part cannot count 0. Choose another rule for missing parts.",
        "“{name}”是几何平均，缺少的部分不能计 0。请为缺项另选规则。",
    ),
    "part_without_scores": (
        "{name!r} has neither scores nor parts. Give its scores.",
        "“{name}”既没有得分，也没有组成部分。请给出得分。",
    ),
    "scores_without_part": (
        "scores are given for {name!r}, which is no part without parts of its own. Leave them out, or correct the name.",
        "给出了“{name}”的得分，但它不是最底层的组成部分。请去掉，或改正名称。",
    ),
    "scores_twice": (
        "{name!r} has scores of several sources. Give one.",
        "“{name}”有多个来源的得分。请只给一个。",
    ),
    "part_missing": (
        "{evaluatee!r} has no {part!r}, a part of {of!r}. Complete it, or state a rule for missing parts.",
        "被评单位“{evaluatee}”缺少“{of}”中的“{part}”。请补上，或规定缺项的处理办法。",
    ),
    "part_not_positive": (
        "{evaluatee!r} has {value} in {part!r}, and the parts of {of!r} are multiplied. Give a score above 0, or add them.",
        "被评单位“{evaluatee}”的“{part}”是 {value}，而“{of}”取几何平均，得分必须大于 0。请改正，或改用算术平均。",
    ),
    "not_positive": (
        "{where}: parts of a product must be above 0; part {part} of unit {unit} is {value}. Correct it, or add the parts.",
        "{where}：几何平均的各部分必须大于 0；单位 {unit} 的部分 {part} 是 {value}。请改正，或改用算术平均。",
    ),
    "leaves_shape": (
        "{where}: parts and evaluatees number {size}; shapes of estimate, cov and df are {found}. Give them (L, D), "
        "(L, D, L, D) and (L, D).",
        "{where}：组成部分与被评单位的个数是 {size}；estimate、cov、df 的形状却是 {found}。应为 (L, D)、(L, D, L, D)、(L, D)，请改正。",
    ),
    "named_twice": (
        "{where}: {name!r} is there twice. Give each part and evaluatee once.",
        "{where}：“{name}”出现了两次。每个组成部分和被评单位只能有一次，请改正。",
    ),
    "leaves_by": (
        "{where}: estimates must be by {by!r} alone, each variable once; there are {rows} rows. Estimate by that column.",
        "{where}：估计值只能按“{by}”分组，每个变量一次；现有 {rows} 行。请只按该列估计。",
    ),
    "unknown_names": (
        "{where}: there is no {names}. Correct the name.",
        "{where}：没有“{names}”。请改正名称。",
    ),
    "no_evaluatee_in_both": (
        "{where}: no evaluatee is in both rounds. Check their names.",
        "{where}：没有同时在两轮中的被评单位。请核对名称。",
    ),
    "shared_shape": (
        "{where}: must have a row for each evaluatee of now and a column for each of before, {expected}; it has {found}.",
        "{where}：每行对应本轮一个被评单位，每列对应上轮一个，应为 {expected}，现在是 {found}。请改正。",
    ),
    "shared_too_large": (
        "{where}: the covariance {value} of {a!r} now and {b!r} before is larger than their variances allow. Check how it "
        "was estimated.",
        "{where}：本轮“{a}”与上轮“{b}”的协方差 {value} 超出了两者方差所允许的范围。请检查估计方法。",
    ),
    "one_by_round": (
        "{where}: estimates must be of one variable, by {rounds!r} and {evaluatee!r} alone. Estimate it so.",
        "{where}：只能是一个变量，按“{rounds}”和“{evaluatee}”估计。请这样估计。",
    ),
    "no_such_round": (
        "{where}: there is no round {found!r}; there are {known}. Name one of them.",
        "{where}：没有“{found}”这一轮，现有 {known}。请写其中之一。",
    ),
    "event_twice": (
        "{times} rules count the cases of {event!r}. Keep one.",
        "有 {times} 条规则都对“{event}”计分。请只留一条。",
    ),
    "points_not_finite": (
        "points of {name!r} must be finite numbers. Correct them.",
        "“{name}”的分值必须是有限数。请改正。",
    ),
    "most_not_positive": (
        "the most that {event!r} may bring must be above 0; it is {most}. Correct it, or leave it out.",
        "“{event}”的累计上限必须大于 0，现在是 {most}。请改正，或不设上限。",
    ),
    "limit_bounds": (
        "limits of {rule!r} are {low} and {high}. Give at least one, the low one first.",
        "“{rule}”的下限和上限是 {low} 和 {high}。请至少给一个，下限不得高于上限。",
    ),
    "levels_unlike": (
        "levels of {event!r} are {levels!r}. Give at least one, each name once.",
        "“{event}”的级别是“{levels}”。请至少给一个，名称不得重复。",
    ),
    "veto_of_nothing": (
        "the veto of {event!r} states neither a score nor a grade. Give one.",
        "“{event}”的一票否决既没有写得分，也没有写等级。请写其一。",
    ),
    "row_twice": (
        "{name} is there {times} times. Give it once.",
        "“{name}”出现了 {times} 次。请只留一次。",
    ),
    "score_not_number": (
        "row {row}: the score of {name} must be a finite number; it is {found!r}. Correct it, or leave the row out.",
        "第 {row} 行：“{name}”的得分必须是有限数，现在是 {found!r}。请改正，或去掉该行。",
    ),
    "event_of_nobody": (
        "row {row}: there is no score of {found!r}. Correct the name.",
        "第 {row} 行：没有“{found}”的得分。请改正名称。",
    ),
    "event_unknown": (
        "row {row}: no rule counts {found!r}; there are rules for {known}. Correct the event, or state its rule.",
        "第 {row} 行：没有关于“{found}”的规则，现有 {known}。请改正事项，或写明其规则。",
    ),
    "event_count": (
        "row {row}: cases must be a whole number of at least 0; it is {found!r}. Correct it.",
        "第 {row} 行：次数必须是不小于 0 的整数，现在是 {found!r}。请改正。",
    ),
    "event_level": (
        "row {row}: {event!r} has no level {found!r}; its levels are {known}. Correct it.",
        "第 {row} 行：“{event}”没有“{found}”这一级，级别有 {known}。请改正。",
    ),
    "event_points": (
        "row {row}: points of {event!r} must lie from {low} to {high}; they are {found}. Correct them.",
        "第 {row} 行：“{event}”的分值必须在 {low} 到 {high} 之间，现在是 {found}。请改正。",
    ),
    "event_reason": (
        "row {row}: {event!r} is decided case by case, so that it needs a reason. Give it.",
        "第 {row} 行：“{event}”逐案决定，必须写明理由。请补上。",
    ),
    "item_unknown": (
        "row {row}: there is no item {found!r}; there are {known}. Correct it.",
        "第 {row} 行：没有“{found}”这一项，现有 {known}。请改正。",
    ),
    "item_points": (
        "row {row}: {item!r} can get from 0 to {most:g} points; it has {found!r}. Correct it.",
        "第 {row} 行：“{item}”可得 0 到 {most:g} 分，现在是 {found!r}。请改正。",
    ),
    "item_twice": (
        "{name} has {item!r} several times. Give it once.",
        "“{name}”的“{item}”有多行。请只留一行。",
    ),
    "item_missing": (
        "{name} has no {item!r}. Give what is done and due.",
        "“{name}”缺少“{item}”。请给出已完成数和应完成数。",
    ),
    "item_named_twice": (
        "two items are called {item!r}. Rename or join them.",
        "有两项都叫“{item}”。请改名或合并。",
    ),
    "item_worth": (
        "points of the item {item!r} must be above 0; they are {points}. Correct them, or leave it out.",
        "“{item}”的分值必须大于 0，现在是 {points}。请改正，或去掉该项。",
    ),
    "items_sum": (
        "points of the items sum to {sum:g}, not to the full mark {full:g}. Correct either.",
        "各项分值合计 {sum:g}，不等于满分 {full:g}。请改正其一。",
    ),
    "done_and_due": (
        "row {row}: done and due must be numbers of at least 0; they are {found}. Correct them.",
        "第 {row} 行：已完成数和应完成数必须是不小于 0 的数，现在是 {found}。请改正。",
    ),
    "nothing_due": (
        "row {row}: nothing is due of {found!r}. Correct it, or state what it counts then.",
        "第 {row} 行：“{found}”应完成数是 0。请改正，或规定此时如何计分。",
    ),
    "beyond_due": (
        "row {row}: more is done than is due of {found!r}. Correct it, or state what it counts then.",
        "第 {row} 行：“{found}”已完成数大于应完成数。请改正，或规定此时如何计分。",
    ),
    "too_few_rounds": (
        "{name!r} has {rounds} rounds, and {least} are needed. Complete them, or state what happens to fewer.",
        "“{name}”只有 {rounds} 轮，至少要 {least} 轮。请补齐，或规定不足时的处理办法。",
    ),
    "bad_at_least": (
        "{where}: must be a whole number of at least 1; it is {value!r}. Correct it.",
        "{where}：必须是不小于 1 的整数，现在是 {value!r}。请改正。",
    ),
    "not_numbers": (
        "{where}: must be numbers; {found}. Convert or leave out what is none.",
        "{where}：必须是数字；{found}。请转换或去掉不是数字的内容。",
    ),
    "no_estimates": (
        "{where}: must be a list of one number or more; its shape is {shape}. Pass one number a unit.",
        "{where}：必须是至少含一个数字的列表，现在形状是 {shape}。请每个单位给一个数。",
    ),
    "estimate_not_finite": (
        "{where}: must be finite; {count} of {size} are not, first {value} at position {position}. "
        "Leave out units without an estimate, here and in cov.",
        "{where}：必须是有限数；{size} 个中有 {count} 个不是，第一个是位置 {position} 的 {value}。"
        "请把没有估计值的单位从这里和 cov 中一并去掉。",
    ),
    "unknown_ties": (
        "{where}: must be one of {known}; it is {value!r}. Choose one of these.",
        "{where}：只能是 {known} 之一，现在是 {value!r}。请从中选择。",
    ),
    "bad_tolerance": (
        "{where}: must be a number not below 0; it is {value!r}. Use 0 to tie only equal estimates.",
        "{where}：必须是不小于 0 的数，现在是 {value!r}。只让相等的并列请用 0。",
    ),
    "break_without_ordinal": (
        "{where}: ties are broken only where places are ordinal; ties is {value!r}. Take ties='ordinal', or leave out break_by.",
        "{where}：只有 ties='ordinal' 才用它分出先后，现在 ties 是 {value!r}。请改用 ties='ordinal'，或去掉 break_by。",
    ),
    "still_tied": (
        "{where}: {names} are still tied. Add what decides between them, or choose another rule for ties.",
        "{where}：{names} 仍然并列。请补充区分先后的依据，或改用其他并列规则。",
    ),
    "other_length": (
        "{where}: must have one value for each of the {units} units; it has {found}. Pass them in the same order.",
        "{where}：{units} 个单位须各有一个值，现有 {found} 个。请按相同顺序给出。",
    ),
    "no_class": (
        "{where}: every unit needs a class; {count} have none, first at position {position}. Fill it in.",
        "{where}：每个单位都要有类别；有 {count} 个没有，第一个在位置 {position}。请补上。",
    ),
    "not_claims": (
        "{where}: must be a square matrix of true and false, a row and a column for each unit; it is {found}. "
        "Pass what sure_differences gives.",
        "{where}：必须是真假值的方阵，每个单位一行一列；现在是 {found}。请用 sure_differences 的结果。",
    ),
    "places_out_of_class": (
        "{where}: {places} places are asked for of a class of {units} units. Ask for 1 to {units}.",
        "{where}：有一类只有 {units} 个单位，却要取 {places} 名。请取 1 到 {units} 名。",
    ),
    "negative_error": (
        "{where}: a standard error must not be negative; at position {position} it is {value}. Correct it.",
        "{where}：标准误不能为负；位置 {position} 是 {value}。请改正。",
    ),
    "df_not_above_0": (
        "{where}: must be above 0; at position {position} it is {value}. Use inf where the variance is known.",
        "{where}：必须大于 0；位置 {position} 是 {value}。方差已知处请用 inf。",
    ),
    "upside_down": (
        "{where}: an interval's low end must not be above its high end; at position {position} they are {low} and "
        "{high}. Swap or correct them.",
        "{where}：区间下限不能高于上限；位置 {position} 是 {low} 和 {high}。请对调或改正。",
    ),
    "not_a_count": (
        "{where}: counts must be whole numbers of at least 0; at position {position} there is {value}. Correct it.",
        "{where}：计数必须是不小于 0 的整数；位置 {position} 是 {value}。请改正。",
    ),
    "nothing_counted": (
        "{where}: all counts are 0. Leave the table out, or give what was counted.",
        "{where}：计数全为 0。请去掉此表，或给出计数。",
    ),
    "cov_shape": (
        "{where}: must have a row and a column for each estimate; it is {shape}, estimates are {units}. "
        "Pass their covariance, in their order.",
        "{where}：每个估计值须有一行一列；形状是 {shape}，估计值有 {units} 个。请按相同顺序给出协方差。",
    ),
    "cov_not_finite": (
        "{where}: must be finite; row {row}, column {column} is {value}. Leave out units without a variance.",
        "{where}：必须是有限数；第 {row} 行第 {column} 列是 {value}。请去掉没有方差的单位。",
    ),
    "not_symmetric": (
        "{where}: must be symmetric; ({row}, {column}) is {value} but ({column}, {row}) is {mirror}. "
        "Pass the whole matrix, not a triangle.",
        "{where}：必须对称；({row}, {column}) 是 {value}，({column}, {row}) 却是 {mirror}。"
        "请给完整矩阵，不要只给三角。",
    ),
    "cov_not_semidefinite": (
        "{where}: must be positive semidefinite; as correlations its smallest eigenvalue is {value:.3g}. "
        "Check how it was estimated, or pass the nearest semidefinite matrix.",
        "{where}：必须半正定；化为相关系数后最小特征值是 {value:.3g}。"
        "请检查估计方法，或改用最接近的半正定矩阵。",
    ),
    "not_shares": (
        "{where}: 'logit' is for shares from 0 to 1; {variable!r} is {value:.6g}. Take limits='t'.",
        "{where}：'logit' 只用于 0 到 1 之间的比例；“{variable}”是 {value:.6g}。请用 limits='t'。",
    ),
    "by_hides_result": (
        "{where}: by-column {column!r} has the name of a column of the result. Rename it.",
        "{where}：分组列“{column}”与结果中的列同名。请改名。",
    ),
    "bad_level": (
        "{where}: must lie between 0 and 1; it is {value!r}. 0.95 is usual.",
        "{where}：必须在 0 与 1 之间，现在是 {value!r}。常用 0.95。",
    ),
    "no_estimate": (
        "{where}: reads {found}, which is not among the estimates {known}. Name one of them.",
        "{where}：用到 {found}，它不在估计值 {known} 之中。请用其中的名称。",
    ),
    "not_of_arrays": (
        "{where}: gets every estimate as an array over all domains, and fails: {found}. Write it with numpy, such as "
        "np.log or np.where.",
        "{where}：每个估计值都是各估计域的数组，计算出错：{found}。请用 numpy 来写，如 np.log、np.where。",
    ),
    "across_domains": (
        "{where}: its value for one domain depends on others. Compare domains with contrast.",
        "{where}：一个估计域的值依赖其他域。域间比较请用 contrast。",
    ),
    "not_finite": (
        "{where}: must give finite numbers; ({domain}) has {value}. Leave out that domain or change the function.",
        "{where}：结果必须是有限数；（{domain}）是 {value}。请去掉该域或修改函数。",
    ),
    "no_domain": (
        "{where}: {domain!r} is no domain of the result; those are {known}. Name one of them.",
        "{where}：结果中没有估计域 {domain!r}；只有 {known}。请用其中的名称。",
    ),
    "bad_quantile": (
        "{where}: must be one or more shares, each above 0 and below 1; found {value!r}. 0.5 is the median.",
        "{where}：必须是一个或多个比例，每个大于 0 且小于 1；现在是 {value!r}。中位数是 0.5。",
    ),
    "negative_weight": (
        "{where}: no weight may be negative; row {row} has {value:g} after calibration. Calibrate with bounds of at "
        "least 0.",
        "{where}：权数不能为负；第 {row} 行校准后是 {value:g}。请用不小于 0 的界限校准。",
    ),
    "bad_draws": (
        "{where}: must be a whole number, for this level at least {least}; it is {value!r}. 10000 is usual.",
        "{where}：必须是整数，此置信水平至少 {least} 次，现在是 {value!r}。常用 10000。",
    ),
    "bad_seed": (
        "{where}: must be a whole number from 0 to 2**128 - 1; it is {value!r}. 0 will do.",
        "{where}：必须是 0 到 2**128 - 1 的整数，现在是 {value!r}。可用 0。",
    ),
    "df_shape": (
        "{where}: must be one number or a matrix of shape ({units}, {units}); its shape is {shape}. "
        "Pass a row and a column for each estimate, as in cov.",
        "{where}：必须是一个数，或形状为 ({units}, {units}) 的矩阵；现在形状是 {shape}。"
        "请与 cov 一样每个估计值一行一列。",
    ),
    "df_not_positive": (
        "{where}: must be above 0; ({row}, {column}) is {value}. Use inf where the variance is known.",
        "{where}：必须大于 0；({row}, {column}) 是 {value}。方差已知处请用 inf。",
    ),
    "later_stages": (
        "{where}: units within the PSUs vary too, of a finite population, and replicates tell the first stage only. "
        "Declare psu and population of the first stage alone, or leave population out, which is cautious.",
        "{where}：初级单位之内还有有限总体的抽样，而复制权数只反映第一阶段。请只写第一阶段的 psu 与 population，"
        "或不写 population（偏谨慎）。",
    ),
    "nothing_varies": (
        "{where}: every unit is certain, so nothing varies. Estimate without replicates.",
        "{where}：所有单位都必然入样，没有抽样误差。请不用复制权数。",
    ),
    "lonely_replicate": (
        '{where}: stratum "{name}" has one sampled unit (certain ones apart), so it cannot be left out. Merge it with '
        "another stratum.",
        "{where}：层“{name}”（必中单位除外）只抽到一个单位，无法留一。请与其他层合并。",
    ),
    "unequal_in_stratum": (
        '{where}: probabilities differ within stratum "{name}", and this method takes them as equal. Use jackknife.',
        "{where}：层“{name}”内各单位的入样概率不同，而此法要求相同。请用 jackknife。",
    ),
    "not_pairs": (
        '{where}: each stratum must have two PSUs; "{name}" has {psus}, as have {count} strata another number. Use '
        "jackknife or bootstrap, or pair neighbours into strata.",
        "{where}：每层应恰有两个初级单位；“{name}”有 {psus} 个，这样的层共 {count} 个。请用 jackknife 或 bootstrap，或把相邻单位配成层。",
    ),
    "finite_pairs": (
        "{where}: half-samples take populations as infinite. Leave population and prob out, which is cautious, or use "
        "jackknife.",
        "{where}：半样本法把总体当作无限。请不写 population 与 prob（偏谨慎），或用 jackknife。",
    ),
    "bad_rho": (
        "{where}: must be at least 0 and below 1; it is {value!r}. 0.3 and 0.5 are usual.",
        "{where}：必须不小于 0 且小于 1，现在是 {value!r}。常用 0.3 或 0.5。",
    ),
    "bad_replicates": (
        "{where}: there must be at least 2; found {value!r}. 500 are usual.",
        "{where}：至少要 2 个，现在是 {value!r}。常用 500。",
    ),
    "bad_scales": (
        "{where}: scale must be above 0, and rscales {count} numbers not below 0. Take them from the publisher's notes.",
        "{where}：scale 须大于 0，rscales 须是 {count} 个不小于 0 的数。请照发布方的说明填写。",
    ),
    "weight_from_nothing": (
        "{where}: row {row} has weight 0, yet weight in a replicate. Leave the row out, or correct its weights.",
        "{where}：第 {row} 行权数为 0，在某个复制中却有权数。请去掉该行，或改正权数。",
    ),
    "not_replicated": (
        "{where}: the survey has {found}, which replicates of its design do not know of. Make replicates of the survey "
        "before that.",
        "{where}：该调查已有 {found}，按设计生成的复制权数无法反映。请在此之前生成复制权数。",
    ),
    "lost_in_replicate": (
        "{where}: in replicate {replicate} an estimate has no answer left. Merge small domains, or use brr with rho, or "
        "the linearised error.",
        "{where}：第 {replicate} 个复制中某个估计没有回答可用。请合并过小的域，或用带 rho 的 brr，或用线性化误差。",
    ),
    "zero_denominator": (
        "{where}: the denominators of {variable!r}{domain} add up to 0. Check the column, or leave the domain out.",
        "{where}：“{variable}”{domain}的分母合计为 0。请检查该列，或去掉该域。",
    ),
    "overlapping_stages": (
        "{where}: overlapping samples have one stage, equal probabilities, units told by psu, and no adjustment or calibration.",
        "{where}：相互重合的样本只能是一个阶段，概率相同，要用 psu 说明单位，不能调整或校准权数。",
    ),
    "other_populations": (
        "{where}: overlapping samples are of one population; those of a stratum have {a:.0f} and {b:.0f} units.",
        "{where}：相互重合的样本要来自同一总体；同一层的总体却有 {a:.0f} 和 {b:.0f} 个单位。",
    ),
    "domain_of_samples": (
        "{where}: every domain must lie in one of the overlapping samples. Estimate by the column of samples.",
        "{where}：每个估计域只能属于一个样本。请按样本列估计。",
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


class AnswerError(_Stated):
    """The answers, or what is said of their design, cannot be used as they are."""


class EstimateError(_Stated):
    """Estimates or their covariance cannot be ranked or combined as they are."""


Kind = TypeVar("Kind", bound=_Stated)


def several(kind: type[Kind], where: str, faults: Sequence[tuple[str, dict[str, Any]]]) -> Kind:
    """Give one error that tells all faults, each a template without ``where`` and what it names."""
    texts = [[TEMPLATES[rule][language].format(**found) for rule, found in faults] for language in (0, 1)]
    english, chinese = ("\n".join(f"- {one}" for one in part[:MOST_FAULTS]) for part in texts)
    return kind("several", where=where, count=len(faults), english=english, chinese=chinese)
