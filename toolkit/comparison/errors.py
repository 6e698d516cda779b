"""What can be wrong when rounds or schemes are compared, in English and Chinese."""

from __future__ import annotations

from typing import Any

from toolkit.errors import Fault

TEMPLATES: dict[str, tuple[str, str]] = {
    # --- the crosswalk file ------------------------------------------------------------------------------
    "columns": (
        "{file} lacks the columns {missing}; it needs what, code and name, and may have from, to, rule, share and note",
        "{file} 缺少列 {missing}；须有 项目、代码、名称，可有 自、至、规则、份额、说明",
    ),
    "what": ("row {row}: {found!r} is none of {known}", "第 {row} 行：项目 {found!r} 不在 {known} 之中"),
    "empty": ("row {row}: {column} is empty; fill it in", "第 {row} 行：{column_zh} 是空的，请填写"),
    "year": (
        "row {row}: {column} must be a year such as 2013 or empty; it is {found!r}",
        "第 {row} 行：{column_zh} 应为 2013 这样的年份或空着，现为 {found!r}",
    ),
    "years_fall": (
        "row {row}: it begins in {first}, after it ends in {last}; put the earlier year first",
        "第 {row} 行：自 {first} 晚于至 {last}；请改正年份",
    ),
    "rule": (
        "row {row}: {found!r} is no rule for {what}; there are {known}",
        "第 {row} 行：{what_zh} 没有规则 {found!r}；可写 {known}",
    ),
    "share": (
        "row {row}: share must be a number above 0, with the rule shares and only then; it is {found!r}",
        "第 {row} 行：份额是大于 0 的数，只在规则为 按份额 时写；现为 {found!r}",
    ),
    "same_twice": (
        "rows {row} and {other}: code {code!r} has {name!r} twice in {year}; leave one row, or end one before the other begins",
        "第 {row} 行和第 {other} 行：代码 {code!r} 在{year_zh}两次写了 {name!r}；请留一行，或让年份不重叠",
    ),
    "merge_rule": (
        "rows {row} and {other}: code {code!r} has both {a!r} and {b!r} in {year}; end one before the other begins, or, "
        "of merged evaluatees, give all of them one rule: shares, with their share, answers, or not_comparable",
        "第 {row} 行和第 {other} 行：代码 {code!r} 在{year_zh}既是 {a!r} 又是 {b!r}；请让年份不重叠；单位合并的，"
        "各行写同一规则：按份额（并填份额）、按答卷，或不可比",
    ),
    "split_rule": (
        "rows {row} and {other}: {name!r} has both codes {a!r} and {b!r} in {year}; one code is enough, or, of a split "
        "evaluatee, give both rows a rule: carries_on or not_comparable",
        "第 {row} 行和第 {other} 行：{name!r} 在{year_zh}有 {a!r} 和 {b!r} 两个代码；请只留一个；单位拆分的，"
        "各行写规则：沿用，或不可比",
    ),
    "unknown_name": (
        "row {row}: there is no {what} {found!r} in {year}; the nearest names are {near}",
        "第 {row} 行：{year} 年没有{what_zh} {found!r}；最接近的是 {near}",
    ),
    "not_covered": (
        "{what} {name!r} is in the round of {year}, and its rows leave that year out; add a row or mend the years",
        "{what_zh} {name!r} 在 {year} 年这一轮里，对照表却没有这一年；请补一行或改正年份",
    ),
    # --- rounds ------------------------------------------------------------------------------------------
    "no_year": (
        "no year can be told from {found!r}; give it: years=(2012, 2013), --years 2012 2013",
        "从 {found!r} 看不出年份；请写明 years=(2012, 2013) 或 --years 2012 2013",
    ),
    "years_order": (
        "rounds must stand in order of time; their years are {found}",
        "各轮须按时间先后排列；现为 {found}",
    ),
    "few_rounds": ("{needed} rounds are needed; there are {found}", "需要 {needed} 轮测评；现有 {found} 轮"),
    "no_common_group": (
        "the rounds have no group of respondents in common; if one was renamed, give it one code in the crosswalk",
        "两轮没有共同的调查对象；若是改了名称，请在对照表中写成同一代码",
    ),
    "all_the_same": (
        "group {group}: both rounds have the same drawn units; say in the crosswalk how: own_draws, same_towns or one_list",
        "{group}：两轮抽中的单元完全相同；请在对照表中写明规则：各抽、同批或同一名单",
    ),
    "not_one_list": (
        "group {group}: one_list is for persons drawn at random from one list in one stage, without cells or quota, or for a census in both years",
        "{group}：“同一名单”只用于从一份名单一次随机抽取（不分单元调整、不是配额），或两年都是普查的对象",
    ),
    "not_same_towns": (
        "group {group}: same_towns is for samples in several stages whose first units and probabilities are the same in both rounds; {found}",
        "{group}：“同批”只用于多阶段、两轮一阶单元及其概率都相同的抽样；{found_zh}",
    ),
    "no_streak_rule": (
        "the scheme has no [[streaks]]; say there who counts as first or last, and what follows",
        "方案没有 [[streaks]]；请写明连续居首或居末的规则和后果",
    ),
    # --- the order of rounds -----------------------------------------------------------------------------
    "no_period": (
        "no period can be told from {found!r}; name the round as {example}, or give years: --years {example} ...",
        "从 {found!r} 看不出是哪一期；请把轮次写成 {example} 的样子，或写明 --years {example} …",
    ),
    "years_number": (
        "{found} years are given for {due} rounds; give one for each",
        "给了 {found} 个年份，轮次有 {due} 个；请每轮写一个",
    ),
    "round_gap": (
        "between the rounds there is none of {periods}, and one is due every {every}; name its folder too, or declare "
        "it with --missing FILE: a table with the columns round, year, reason and office, a row for each",
        "各轮之间缺 {periods}，方案规定每{every_zh}一轮；请补上该轮的文件夹，或用 --missing 文件 申报：表头为"
        "轮次、年份、原因、单位，一轮一行",
    ),
    "missing_columns": (
        "rounds not held: the columns {missing} are lacking; there must be round, year, reason and office",
        "没有举行的轮次：缺少列 {missing}；须有 轮次、年份、原因、单位",
    ),
    "missing_empty": (
        "rounds not held, row {row}: {column} is empty; say which round, of which year, why, and who decided it",
        "没有举行的轮次，第 {row} 行：{column_zh} 是空的；请写明哪一轮、哪一年、什么原因、由谁决定",
    ),
    "missing_year": (
        "rounds not held, row {row}: year must be a year such as 2013; it is {found!r}",
        "没有举行的轮次，第 {row} 行：年份应为 2013 这样的年份，现为 {found!r}",
    ),
    "missing_period": (
        "rounds not held: {name!r} tells no period of the year {year}; name the round as {example}",
        "没有举行的轮次：从 {name!r} 看不出是 {year} 年的哪一期；请把轮次写成 {example} 的样子",
    ),
    "missing_held": (
        "{name!r} is declared as not held, and there is a round of {period} or another such row; take one out",
        "{name!r} 申报为没有举行，却有 {period} 这一轮或另一行；请去掉一个",
    ),
    # --- averages ----------------------------------------------------------------------------------------
    "few_averaged": (
        "{name} has {found} rounds that count, and the average needs {needed}; complete them, or state in [average] what "
        "happens to fewer",
        "{name} 只有 {found} 轮可计，平均须有 {needed} 轮；请补齐，或在 [average] 中写明不足的怎么办",
    ),
    "round_weights": (
        "the rounds' weights must be {due} numbers above 0; they are {found}",
        "各轮权重应为 {due} 个大于 0 的数；现为 {found}",
    ),
    "full_marks": (
        "{name}: its full mark is {found:g}, that of the last round {due:g}; rounds are averaged on one full mark",
        "{name}：满分是 {found:g}，最后一轮是 {due:g}；满分相同才能平均",
    ),
    "shared_scales": (
        "group {group}: {then} and {now} share respondents or towns, and their scales differ; say in the crosswalk that "
        "they are linear",
        "{group}：{then} 和 {now} 有共同的人或乡镇，量表却不同；请在对照表中写明量表 线性",
    ),
    # --- schemes -----------------------------------------------------------------------------------------
    "few_schemes": ("name at least one other scheme", "至少写一个另外的方案"),
    "other_key": (
        "{scheme}: {key} is {found}, in the round it is {due}; answers of this round cannot be scored by it",
        "{scheme}：{key} 是 {found}，本轮是 {due}；不能用它计算本轮的回答",
    ),
    "not_collected": (
        "{scheme}: class {name!r} has the indicators {found}, which the round did not ask",
        "{scheme}：类别 {name!r} 的指标 {found}，本轮没有问过",
    ),
}  # fmt: skip


def fault(rule: str, **found: Any) -> Fault:
    """Fill in a template."""
    english, chinese = TEMPLATES[rule]
    return Fault("", english.format(**found), chinese.format(**found), rule)
