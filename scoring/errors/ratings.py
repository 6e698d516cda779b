"""Messages of ratings and scores, in English and Chinese."""

TEMPLATES: dict[str, tuple[str, str]] = {
    "single_unit_scores": (
        "{where}: all valid answers about {evaluatees} come from one sampled unit each, so no error can be estimated. "
        "Collect more, or leave them out.",
        "{where}：对 {evaluatees} 的有效回答各自全部来自一个抽样单位，无法估计误差。请补充调查，或去掉。",
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
}
