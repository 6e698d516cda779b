"""What can be wrong with a scheme or a round, in English and Chinese."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

TEMPLATES: dict[str, tuple[str, str]] = {
    "no_file": (
        "there is no scheme {source!r}; a bare name is a shipped scheme, a path is a file",
        "没有方案 {source!r}；只写名称是随附的方案，写路径是文件",
    ),
    "new_name": ("a scheme file ends in .toml; this is {found}", "方案文件以 .toml 结尾；这是 {found}"),
    "new_which": (
        "which scheme is yours like? Say --like and one of those listed, or --scores and what scores come from: {sources}",
        "同哪个方案相近？请用 --like 指定上面列出的一个，或用 --scores 说明得分从哪里来：{sources}",
    ),
    "new_none": (
        "no shipped scheme has {asked}; say --like and one of those listed",
        "没有随附的方案有 {asked}；请用 --like 指定上面列出的一个",
    ),
    "not_utf8": ("the file is not UTF-8 (byte {at}); save it as UTF-8", "文件不是 UTF-8 编码（第 {at} 字节）；请另存为 UTF-8"),
    "not_toml": ("this is no TOML: {error}", "不是合格的 TOML：{error}"),
    "required": ("is required", "必须填写"),
    "unknown_key": ("{key!r} is no known key", "不认识的键 {key!r}"),
    "misspelt_key": ("{key!r} is no known key; {meant!r} may be meant", "不认识的键 {key!r}；可能是 {meant!r}"),
    "wrong_type": ("must be {due}; it is {found!r}", "应为{due_zh}，现为 {found!r}"),
    "one_of": ("must be one of {due}; it is {found!r}", "只能是 {due} 之一，现为 {found!r}"),
    "weights_sum": ("weights must sum to 1; they sum to {found}", "权重之和必须为 1，现为 {found}"),
    "positive": ("must be above 0; it is {found}", "必须大于 0，现为 {found}"),
    "hide_below": (
        "must be at least {least}: of two people each learns the other's answer; it is {found}",
        "不能小于 {least}：只有两个人时，各人都能推知另一人的回答；现为 {found}",
    ),
    "label_value": (
        "must lie between 0 and the full mark {full:g}; it is {found:g}",
        "必须在 0 与满分 {full:g} 之间，现为 {found:g}",
    ),
    "rule": ("the rule is wrong: {text}", "规则有误：{text_zh}"),
    "table_unknown": ("the scheme has no table {table!r}; it has {known}", "方案没有表 {table!r}；有 {known}"),
    "no_table": (
        "the table {table!r} is not there: take it in first (minyi take ROUND {table} FILE)",
        "没有表 {table!r}：请先收入（minyi take ROUND {table} FILE）",
    ),
    "table_columns": (
        "the table {table!r} lacks the columns {columns}; it has {found}. Name them so, or write under [tables.{table}] what the office calls them",
        "表 {table!r} 缺少列 {columns}；现有 {found}。请改列名，或在方案的 [tables.{table}] 写明单位的叫法",
    ),
    "table_empty": ("row {row}: {column} is empty. Fill it in", "第 {row} 行：{column} 为空。请填写"),
    "table_evaluatee": (
        "row {row}: {found!r} is not an evaluatee of this scheme; the nearest are {near}",
        "第 {row} 行：{found!r} 不是本方案的被评单位；最接近的是 {near}",
    ),
    "table_number": ("row {row}: {column} must be a number; it is {found!r}", "第 {row} 行：{column} 应为数字，现为 {found!r}"),
    "calendar_year": (
        "the official calendar does not know {year}: write under [calendar] years = [{year}], with all its holidays and workdays (days off, and days worked in their place)",
        "官方日历没有 {year} 年：请在 [calendar] 写 years = [{year}]，并列出全部 holidays（放假日）和 workdays（调休上班日）",
    ),
    "calendar_both": (
        "{day} stands under holidays and under workdays. Leave it in one",
        "{day} 同时列在 holidays 和 workdays。请只留一处",
    ),
    "duty_share": ("must be above 0 and at most 1; it is {found}", "必须大于 0 且不超过 1，现为 {found}"),
    "duty_limits": (
        "needs a lower or an upper limit of one kind, in order ({names}); it has {found}",
        "要有同一种的下限或上限，且下限不高于上限（{names}）；现有 {found}",
    ),
    "duty_term": ("needs exactly one of {names}; it has {found}", "{names} 必须恰有一项，现有 {found}"),
    "duty_start": ("days are counted from a day: name its column", "天数要从某一天算起：请写明那一列"),
    "duty_last_day": (
        "only a term of calendar days can end on a day off: write count = \"calendar\", or leave last_day out",
        "只有按自然日计的期限才会落在休息日：请写 count = \"calendar\"，或不写 last_day",
    ),
    "duty_undated": ("since and until need a column of days: name it", "写了 since 或 until，就要写明日期列"),
    "duty_span": ("until ({until}) is before since ({since})", "until（{until}）早于 since（{since}）"),
    "no_duties": ("the scheme has no duties: write them under [[duties]]", "方案没有写责任：请写在 [[duties]]"),
    "no_day": ("{found!r} is no day; write it as 2022-06-30", "{found!r} 不是日期；请写成 2022-06-30"),
    "duty_date": (
        "row {row}: {column} must be a day such as 2022-03-05; it is {found!r}",
        "第 {row} 行：{column} 应为日期，如 2022-03-05，现为 {found!r}",
    ),
    "duty_clock": (
        "row {row}: {column} must be a time of day such as 16:30; it is {found!r}",
        "第 {row} 行：{column} 应为时刻，如 16:30，现为 {found!r}",
    ),
    "duty_value": (
        "row {row}: {column} must be one of {known}; it is {found!r}",
        "第 {row} 行：{column} 只能是 {known} 之一，现为 {found!r}",
    ),
    "duty_twice": ("row {row}: the unit {unit!r} stands there twice. Leave one row", "第 {row} 行：{unit!r} 重复出现。请只留一行"),
    "duty_unlisted": (
        "row {row}: the unit {unit!r} is not in the table {units!r}. Mend it here, or add it there",
        "第 {row} 行：{unit!r} 不在表 {units!r} 中。请改正，或补入该表",
    ),
    "duty_order": (
        "row {row}: {later} ({found}) is before {earlier} ({before}). Mend one of them",
        "第 {row} 行：{later}（{found}）早于 {earlier}（{before}）。请改正其一",
    ),
    "duty_no_rate": (
        "{name} has no rate to draw. Draw a duty whose table has a column rate, or look at its table",
        "{name} 没有比率可画。请画带比率（rate）的责任，或直接看它的表",
    ),
    "duty_over": (
        "{name}: {who} has {above} of {below}, more than all. Mend the tables, or count each unit once (distinct)",
        "{name}：{who} 有 {above}，超过总数 {below}。请改正有关的表，或每户只计一次（distinct）",
    ),
    "event_unknown": (
        "row {row}: no rule of the scheme counts {found!r}; it counts {known}",
        "第 {row} 行：方案没有关于 {found!r} 的规则；有规则的是 {known}",
    ),
    "event_period": (
        "{part!r} is scored by period, so that its events need one: fill in the column period of rows {rows}",
        "{part!r} 按期计分，事件要写明期次：请填写第 {rows} 行的 period 列",
    ),
    "period_twice": ("the period {period!r} stands there twice. Leave one row", "期次 {period!r} 有两行。请只留一行"),
    "period_undeclared": (
        "a table has rows of {period!r}, which is not among the periods. Add it to them",
        "有的表里有 {period!r} 的行，期次表却没有它。请补入期次表",
    ),
    "period_not_held": (
        "{period!r} is declared as not held, and a table has rows of it. Correct one of them",
        "{period!r} 申报为未进行，表里却有它的行。请改正其中之一",
    ),
    "period_without_rows": (
        "no table has a row of {period!r}. Take its table in, or write under missing why it was not held",
        "{period!r} 在各表里都没有行。请收入它的表，或在 missing 列写明为何没有进行",
    ),
    "period_kind": (
        "the scheme counts periods of the kind {kind!r}, and no period is of it. Write it in the column kind",
        "方案要计 {kind!r} 类的期次，期次表里却没有。请在 kind 列写明",
    ),
    "no_scores": (
        "this scheme gives no scores; what it asks for is checked with minyi duties",
        "本方案不计分；方案的要求用 minyi duties 核对",
    ),
    "no_survey_here": (
        "this scheme has no survey: its tables are taken in with minyi take",
        "本方案没有调查：各部门的表用 minyi take 收",
    ),
    "survey_alone": (
        "this is told of a survey alone, and the scores of {scheme} have other parts or events",
        "这一项只对单纯的调查计算，{scheme} 的得分还有其他部分或事件",
    ),
    "provisional_survey": (
        "a provisional result is one of a survey under way, and this scheme has none",
        "内部参考是调查进行中的结果，本方案没有调查",
    ),
    "strange_shares": (
        "draw {draw}: shares are stated for {found}, which no list of {frame} has; it has {known}. Correct the names",
        "抽样 {draw}：给 {found} 规定了比例，名单 {frame} 里都没有；有的是 {known}。请改正名称",
    ),
    "unannounced": (
        "respondents of a group are drawn with the published key; only samples beside the groups are unannounced. "
        "Leave this key out",
        "各组的调查对象用公布的钥匙抽；只有各组以外的样本可以不打招呼。请去掉这个键",
    ),
    "assigned_draw": (
        "{found!r} is no draw whose units can be given out to teams; those are draws without reserves and no quotas: "
        "{known}",
        "{found!r} 不是可以分派给各组的抽样；可写的是没有备用样本、也不是配额的抽样：{known}",
    ),
    "assigned_pairs": (
        "teams that are paired by lottery have no places of their own; leave out by or pair_by",
        "抽签编的组没有自己的地方；by 和 pair_by 只写一个",
    ),
    "assigned_name": (
        "{name!r} names a draw or another assignment, whose files have this name; choose another",
        "{name!r} 已是抽样或另一分派的名称，文件会重名；请换一个",
    ),
    "no_such_assignment": ("there is no assignment {found!r}; there are {known}", "没有分派 {found!r}；有 {known}"),
    "sample_design": (
        "a sample beside the groups has no quota and no at_most; give it a design that draws",
        "各组以外的样本不能用配额或 at_most；请写抽样设计",
    ),
    "no_samples": ("this scheme draws no sample", "本方案不抽样"),
    "survey_parts": (
        "class {name!r} is surveyed, and {count} of its parts are the survey. Let one part have source = {{ kind = 'survey' }}",
        "{name!r} 有调查，而它的各部分里有 {count} 个是调查。请恰好让一个部分写 source = {{ kind = 'survey' }}",
    ),
    "no_survey": (
        "the part is a survey, and the scheme has no [[groups]]",
        "这一部分是调查，方案却没有 [[groups]]",
    ),
    "needs_survey": ("needs a survey, and the scheme has no [[groups]]", "要有调查才行，方案却没有 [[groups]]"),
    "events_of_nothing": ("there are events, and no parts whose score they change", "有事件规则，却没有由它增减的得分"),
    "event_counted_twice": (
        "{event!r} is counted by two rules in class {name!r}. Let one rule count it",
        "{name!r} 中有两条规则计 {event!r}。请只留一条",
    ),
    "no_score": (
        "without a score: {names}. Give what they lack, or say under lacking_part what happens to them",
        "没有得分的：{names}。请补上所缺的部分，或用 lacking_part 写明怎样处理",
    ),
    "conditions_twice": (
        "{files} both stand in the round's folder, so that it is open which counts. Keep one.",
        "本轮文件夹里同时有 {files}，以哪份为准不清楚。请只留一份。",
    ),
    "conditions_file": (
        "the scheme's grades rest on outside conditions: write conditions.csv in the round's folder, with the columns evaluatee, {due}; it has {found}",
        "方案的等级要看外部条件：请在本轮文件夹写 conditions.csv，列为 evaluatee, {due}；现有 {found}",
    ),
    "condition": (
        "row {row}: {column!r} of {evaluatee!r} must be {yes} or {no}; it is {found!r}",
        "第 {row} 行：{evaluatee!r} 的 {column!r} 须填 {yes} 或 {no}，现为 {found!r}",
    ),
    "condition_rows": (
        "each evaluatee needs one row; {found} have none or several",
        "每个被评单位应有一行；没有或多于一行的有 {found}",
    ),
    "break_by": (
        "names groups that tell equal scores apart, with ties = 'ordinal' and only then; it is {found} with ties = {ties!r}",
        "列出同分时依次比较的组，只在 ties = 'ordinal' 时写；现为 {found}，ties = {ties!r}",
    ),
    "break_twice": ("{found!r} tells equal scores apart already; name it once", "{found!r} 已用来区分同分，只写一次"),
    "break_group": ("{found!r} is no group of this scheme, which has {known}", "{found!r} 不是本方案的组；现有 {known}"),
    "no_label": ("{found!r} is no label of the scale, which has {known}", "{found!r} 不是量表的等次；现有 {known}"),
    "respondent_on": (
        "must be 'any', 'all' or an indicator of some class; it is {found!r}, and the indicators are {known}",
        "应为 'any'、'all' 或某一类的指标，现为 {found!r}；指标有 {known}",
    ),
    "respondent_part": (
        "cases of {event!r} are counted from the survey, so the rule stands under the whole scheme's [[events]]",
        "{event!r} 的人数由调查得出，这条规则请写在整个方案的 [[events]] 下",
    ),
    "respondent_points": ("must be a finite number; it is {found}", "必须是有限的数，现为 {found}"),
    "respondent_cells": (
        "group {found!r} adjusts its weights for nonresponse (adjust_by), and no error is known for a count of its "
        "respondents; name the other groups in groups, or leave out adjust_by",
        "组 {found!r} 按单元调整无回答（adjust_by），其人数的误差无从估计；请在 groups 中只列其他组，或去掉 adjust_by",
    ),
    "negative": ("must be at least 0; it is {found}", "不能小于 0，现为 {found}"),
    "level": ("must be between 0 and 1; it is {found}", "必须在 0 和 1 之间，现为 {found}"),
    "scale": ("the scale must rise; it goes from {low} to {high}", "量表必须由低到高，现为 {low} 到 {high}"),
    "labels": ("labels must name every rating once; {found}", "标签必须恰好覆盖每个分值；{found}"),
    "valid_sum": (
        "the groups plan {found} valid answers, this says {stated}",
        "各组合计 {found} 份有效回答，这里写的是 {stated}",
    ),
    "valid_draw": (
        "the group's last draw takes {found} respondents, this says {stated}",
        "该组最后一次抽样为 {found} 人，这里写的是 {stated}",
    ),
    "none_given": ("at least one is needed in {name}", "{name} 至少要有一项"),
    "reserved": ("{name!r} is a column of the results or answers; choose another name", "{name!r} 是结果或回答中的列名，请换一个"),
    "file_name": ("{name!r} cannot be part of a file's name; leave out / \\ : * ? \" < > | and a leading dot", "{name!r} 不能用作文件名；请去掉 / \\ : * ? \" < > | 和开头的点"),
    "word_is_rating": ("{word!r} is a rating of the scale, so it cannot stand for no answer", "{word!r} 是量表上的分值，不能表示没有回答"),
    "repeats": ("must be unique; {name!r} stands {count} times", "不能重复；{name!r} 出现 {count} 次"),
    "empty_class": ("class {name!r} has no evaluatees", "类别 {name!r} 没有被评单位"),
    "no_indicators": ("class {name!r} has no indicators", "类别 {name!r} 没有指标"),
    "within": ("must name the draw before it, {due}; it is {found!r}", "应指明上一次抽样 {due}，现为 {found!r}"),
    "stage_each": (
        "only the last draw of a group may have a list for each evaluatee",
        "一组中只有最后一次抽样可以各单位各有名单",
    ),
    "overlap": (
        "a group with one list for all evaluatees says how its members are shared (\"same\", or \"spread\" with "
        "per_evaluatee = true), one with a list for each does not; it is {found!r}",
        "各单位共用一份名单的组要写明 overlap（\"same\"，或 \"spread\" 并写 per_evaluatee = true），各有名单的不写；"
        "现为 {found!r}",
    ),
    "spread_design": (
        "members are spread over the evaluatees by one simple random draw (in strata or not) without reserves, "
        "adjust_by or at_most",
        "分散评议的组只能有一次简单随机抽样（可分层），不能有备用样本、adjust_by 或 at_most",
    ),
    "at_most_design": (
        "at_most needs a list for each evaluatee (per_evaluatee) and a simple random draw (in strata or not) "
        "without reserves, and is at least 1; it is {found!r}",
        "at_most 要求各单位各有名单（per_evaluatee）、简单随机抽样（可分层）、没有备用样本，且不小于 1；现为 {found!r}",
    ),
    "recused": (
        "row {row}: {found!r} is recused from rating {evaluatee!r} (frames/recusals): {reason}",
        "第 {row} 行：“{found}”对“{evaluatee}”回避（frames/recusals）：{reason}",
    ),
    "recusal": (
        "row {row}: {found!r} is no {what} of the scheme",
        "第 {row} 行：“{found}”不是方案中的{what_zh}",
    ),
    "recusal_nobody": (
        "row {row}: {found!r} is on no list {frame!r}, so nobody would be kept from the draw; write the id as it "
        "stands there (of lists that offices sent, the pseudonym in private/contacts)",
        "第 {row} 行：名单 {frame!r} 中没有“{found}”，写了也不起作用；请照名单上的编号写"
        "（单位报送的名单，写 private/contacts 里的假名）",
    ),
    "adjust_plain": ("nonresponse cells adjust design weights; they need official = \"design\"", "按单元调整无回答须用设计权数；请写 official = \"design\""),
    "quota_alone": ("a quota has no stage before it, and no adjustment cells", "配额之前不能有抽样阶段，也不能有调整单元"),
    "response": ("must be above 0 and at most {complete}, itself at most 1; it is {partial}", "必须大于 0 且不超过 {complete}，后者不超过 1；现为 {partial}"),
    "disposition": ("row {row}: {found!r} is no disposition; they are {known}", "第 {row} 行：{found!r} 不是处理结果；可写 {known} 或对应的中文"),
    "quota_empty": ("group {group}: nobody in {cells} rates {evaluatee!r}; collect more, or merge cells", "{group}：{cells} 中没有人评 {evaluatee!r}；请补充调查或合并单元"),
    "replicate": ("replicates are of at least 1 unit, and need reserves; it is {found}", "每批备用样本至少 1 个，抽样要有备用样本；现为 {found}"),
    "quota_margins": ("{frame}: the margins must be the columns that the quota is by; {found} stand on one side only", "{frame}：边际须与配额的分类列一致；{found} 只在一边有"),
    "over_plain": ("only a quota has full cells; leave this key out", "只有配额才有满额的单元；请去掉这个键"),
    "over_quota": ("row {row}: {evaluatee!r} has its {target} of {cell} already; beyond the quota", "第 {row} 行：{evaluatee!r} 的 {cell} 已有 {target} 份，超出配额"),
    "quota_each": ("interviewers fill a quota for each evaluatee; write per_evaluatee = true", "配额由调查员为各单位分别完成；请写 per_evaluatee = true"),
    "bottom_places": ("must be from 1 to the {units} units of the smallest class; it is {found}", "应在 1 到最小一类的单位数 {units} 之间，现为 {found}"),
    "adjust_column": ("group {group}: adjust_by names {column!r}; the sample has {columns}", "{group}：adjust_by 写了 {column!r}；样本中有 {columns}"),
    "nothing_withdrawn": ("no row of {file} is meant; give rows and worksheet as the list of rows set aside does", "没有指到 {file} 的任何一行；请按另列清单的写法给出行号和工作表"),
    "several_sheets": ("row {row} stands on several worksheets of {file}: {sheets}; say which", "{file} 的多个工作表都有第 {row} 行：{sheets}；请指明工作表"),
    "not_scored": ("a review changes a scored result: score first", "复核以计分结果为准：请先计分"),
    "unknown_cell": ("row {row}: no quota cell {found!r} in {frame}", "第 {row} 行：{frame} 中没有配额单元 {found!r}"),
    "quota_count": ("{frame}: {count} rows have no count of residents above 0 in {column!r}; first row {row}", "{frame}：有 {count} 行的“{column}”不是大于 0 的人数，首见第 {row} 行"),
    "no_such_draw": ("there is no draw {found!r}; there are {known}", "没有抽样 {found!r}；有 {known}"),
    "released_less": ("{count} reserves that were released before would be taken back; released ones all count", "有 {count} 个已启用的备用样本会被收回；启用过的都要计入"),
    "no_such_key": ("there is no key {key!r} in this scheme", "方案中没有键 {key!r}"),
    "round_exists": ("{folder} exists already; go on with it, or choose another name", "{folder} 已存在；请接着做，或换个名称"),
    "no_round": ("{folder} is no round: it has no scheme.toml", "{folder} 不是一轮测评：没有 scheme.toml"),
    "no_frame": ("no frame {name!r}: put {name}.csv, {name}.xlsx, or a folder {name} of such files, in {folder}", "缺名单 {name!r}：请把 {name}.csv、{name}.xlsx 或同名文件夹放进 {folder}"),
    "frame_columns": ("file {file} has the columns {found}; the others have {due}", "文件 {file} 的列是 {found}，其他文件是 {due}"),
    "frame_evaluatee": ("frame {frame}: {count} rows are for {found!r}, no evaluatee of this scheme", "名单 {frame}：有 {count} 行属于 {found!r}，不是本方案的被评单位"),
    "frame_edited": ("{file} is not as frames close wrote it; take away what is there and close again", "{file} 不是 frames close 写下的那一份；请移走后重新 close"),
    "frame_tells": ("frame {frame}: the columns {columns} tell who persons are, and samples would publish them; take them out, or take the list in with minyi frames add, which gives pseudonyms", "名单 {frame}：{columns} 列能认出人，会随样本公布；请去掉这些列，或用 minyi frames add 收名单，由它换成假名"),
    "stray": ("frame {frame}, first row {row}: {count} rows are of the {column} {found!r}, which the frame {above!r} lacks; they could never be drawn", "名单 {frame}：有 {count} 行的 {column} 是“{found}”，名单 {above!r} 中没有，永远抽不到；首见第 {row} 行"),
    "not_drawn": ("no sample yet: draw first", "还没有抽样：请先抽样"),
    "drawn_already": ("the sample was drawn already; a second draw would let one choose. Make a new round", "样本已经抽出；再抽就成了挑选。请新建一轮"),
    "draw_how": ("say one of --key, --commit with --public, --freeze and --reveal", "请写明 --key、--commit（连同 --public）、--freeze、--reveal 之一"),
    "two_locks": ("this round has two locks: freeze, then reveal with the public number. For a key of your own make a new round", "本轮上了两把锁：请先冻结名单，再用公开号码开锁抽样。要自定钥匙，请新建一轮"),
    "committed_already": ("there is a commitment already; a second would let one choose. Make a new round", "已经承诺过；再承诺就成了挑选。请新建一轮"),
    "not_committed": ("nothing is committed yet: commit first", "还没有承诺：请先承诺"),
    "no_public": ("say in --public which public number will be taken, and in --form, if at all, how it is written: 0 for each digit", "请在 --public 写明用哪一个公开号码；--form 若写，须写明号码的写法，每位数字写作 0"),
    "frozen_already": ("the frames are frozen already; a second freeze would let one fit the lists. Make a new round", "名单已经冻结；再冻结就可以改名单了。请新建一轮"),
    "lists_frozen": ("the lists are frozen, and stay as they were published; to change one, make a new round", "名单已经冻结，公布的就是这一份，不能再改；要改名单，请新建一轮"),
    "not_frozen": ("the frames are not frozen: freeze them, and publish the digest, before the public number is known", "名单还没有冻结：请在公开号码产生之前冻结并公布摘要"),
    "revealed_already": ("the locks were opened with the number {due!r}; another would let one choose. Repeat it with that one", "已经用号码 {due!r} 开锁；换一个号码就成了挑选。请仍用它"),
    "public_number": ("{found!r} is no public number: it is empty, or has characters that do not print", "{found!r} 不是公开号码：是空的，或有显示不出的字符"),
    "public_form": ("{found!r} is not written as announced: {form!r}, where 0 is any digit", "{found!r} 的写法与公布的不同：应为 {form!r}，0 代表任一数字"),
    "lock_file": ("{file} is not there, or not the file that was published", "{file} 不在，或不是公布的那一份"),
    "lock_scheme": ("the scheme is not the one that was fixed: its SHA-256 is {found}, then it was {due}", "方案不是定下的那一份：现在的 SHA-256 是 {found}，当时是 {due}"),
    "lock_algorithms": ("this software draws {names} by other algorithms than were committed; use {software}", "本软件抽 {names} 的算法与承诺的不同；请用 {software}"),
    "lock_secret": ("the secret in {file} is not there, or not the one that was committed", "{file} 中的封存码不在，或不是承诺的那一个"),
    "frame_changed": ("{file} was changed after the frames were frozen; put the frozen one back", "{file} 在名单冻结以后改动过；请放回冻结的那一份"),
    "frame_gone": ("{file} was frozen, but is not there; put it back", "{file} 冻结时在，现在不在了；请放回"),
    "frame_late": ("{file} came after the frames were frozen; take it away", "{file} 是名单冻结以后才放进来的；请移走"),
    "no_answers": ("no answers yet: collect them first", "还没有回答：请先收集"),
    "answers_columns": ("file {file} lacks the columns {missing}", "文件 {file} 缺少列 {missing}"),
    "unknown_group": ("row {row}: group {found!r} is none of {known}", "第 {row} 行：对象类别 {found!r} 不在 {known} 之中"),
    "unknown_evaluatee": ("row {row}: {found!r} is no evaluatee of this scheme", "第 {row} 行：{found!r} 不是本方案的被评单位"),
    "not_in_sample": ("row {row}: {found!r} is not in the {group} sample for {evaluatee!r}", "第 {row} 行：{found!r} 不在 {evaluatee!r} 的 {group} 样本中"),
    "shortened_id": ("row {row}: {found!r} is an id that Excel has shortened; make the column text and enter it again", "第 {row} 行：编号 {found!r} 已被 Excel 缩写；请把该列设为文本后重新录入"),
    "id_as_date": ("row {row}: {found!r} is an id that Excel has taken for a date; make the column text and enter it again", "第 {row} 行：编号 {found!r} 已被 Excel 当成日期；请把该列设为文本后重新录入"),
    "id_as_number": ("row {row}: {found!r} is not in the sample; Excel may have made it of {meant!r}. Make the column text", "第 {row} 行：{found!r} 不在样本中；可能是 Excel 把 {meant!r} 当成了数字。请把该列设为文本"),
    "answered_differently": ("row {row}: {found!r} answers for {evaluatee!r} otherwise than in row {other} of {file}; neither counts until one is withdrawn", "第 {row} 行：{found!r} 对 {evaluatee!r} 的回答与 {file} 第 {other} 行不同；撤回其中一份之前，都不计入"),
    "answered_again": ("row {row}: {found!r} answers for {evaluatee!r} as in row {other} of {file}; counted once", "第 {row} 行：{found!r} 对 {evaluatee!r} 的回答与 {file} 第 {other} 行相同；只计一次"),
    "too_few_answers": ("no evaluatee has {fewest} valid answers to every indicator yet; collect more", "还没有一个单位的每项指标都有 {fewest} 份有效回答；请继续收集"),
    "change_off_scale": ("{evaluatee}: {points:+g} points on {score} leave the scale of 0 to {full}", "{evaluatee}：{score} 分加 {points:+g} 分，超出 0 到 {full} 的范围"),
    "no_points": ("a change needs points other than 0; it is {found}", "变更的分数不能是 {found}，必须是非零的数"),
    "withdrawn": ("withdrawn by {office}: {reason}", "由{office}撤回：{reason}"),
    "sealed_trust": ("the round is sealed and nothing more is written into it: say a folder with --to", "本轮已封存，不再写入：请用 --to 指明写到哪个文件夹"),
    "nobody_asked": ("no answer says who asked: put a column interviewer, with codes, into the files of answers", "回答中没有一行写明访问员：请在回答文件中加“访问员”列，填代码"),
    "backcheck_how": ("say one of --per-interviewer, to draw, and --returned, to take a list in", "请写明 --per-interviewer（抽取）或 --returned（交回）之一"),
    "no_backcheck": ("no back-check was drawn yet", "还没有抽取回访名单"),
    "backcheck_line": ("row {row}: {found!r} is no line of a back-check's list", "第 {row} 行：{found!r} 不是回访名单上的批次和序号"),
    "backcheck_cell": ("row {row}, {column}: {found!r} cannot be read; see what the list says under its table", "第 {row} 行，{column}：{found!r} 看不懂；请按名单下方的说明填写"),
    "void_how": ("say one of --interviewer, --list, and a file with its rows", "请写明 --interviewer、--list、文件和行号之一"),
    "void_rows": ("{count} rows of the list stand in no file of answers, or were taken back before; first {file}, row {row}", "清单中有 {count} 行在收过的回答里找不到，或已经撤回；首见 {file} 第 {row} 行"),
    "no_interviewer": ("no answers of interviewer {found!r} that are not taken back yet; there are {known}", "没有访问员 {found!r} 的回答，或已全部撤回；现有 {known}"),
    "reason_names": ("the reason names {found}, and it is published: leave interviewers out of it", "理由会公布，其中写了 {found}：请不要写访问员"),
    "no_such_void": ("there is no void {found} that could be restored; there are {known}", "没有可以恢复的第 {found} 次作废；现有 {known}"),
    "no_such_answers": ("no file {file!r} of answers was taken in; there are {known}", "没有收过回答文件 {file!r}；已收的有 {known}"),
    "no_row_usable": ("no row of {file} can be used; the first reasons follow", "{file} 没有一行可用；原因如下"),
    "sealed": ("the formal result is sealed; reopen the round with a reason first", "正式结果已封存；请先写明理由重新打开"),
    "not_sealed": ("nothing is sealed yet", "还没有封存"),
    "reason_needed": ("say the reason and the office that decided", "请写明理由和决定的单位"),
    "not_asked": ("row {row}: {column!r} is no indicator of {evaluatee!r}, yet it is answered", "第 {row} 行：{column!r} 不是 {evaluatee!r} 的指标，却有回答"),
    "rating": ("row {row}, {column}: {found!r} is no whole number from {low} to {high}, nor {words}", "第 {row} 行，{column}：{found!r} 不是 {low} 到 {high} 的整数，也不是 {words}"),
    "no_sheets": ("no answers from group {group} yet; collect them first, or score what is in: minyi score ROUND --provisional", "还没有 {group} 的回答：请先收集，或先算已到的部分：minyi score ROUND --provisional"),
    "no_valid_answer": ("group {group} has no valid answer on {evaluatee!r} to {indicators}; collect more", "{group} 对 {evaluatee!r} 的 {indicators} 没有有效回答；请补充调查"),
    "no_evaluatee": (
        "{found!r} is no evaluatee of this scheme; the nearest names are {near}",
        "本方案没有被评单位 {found!r}；最接近的是 {near}",
    ),
    "no_class": ("no class {found!r}; there are {known}", "没有类别 {found!r}；有 {known}"),
    "not_proven": ("{found}", "{found}"),
    "encoding": ("{file} is neither UTF-8 nor GB18030 (byte {at})", "{file} 既不是 UTF-8 也不是 GB18030（第 {at} 字节）"),
    "file_type": ("{file}: only .csv and .xlsx are read", "{file}：只读取 .csv 和 .xlsx"),
    "empty_file": ("{file} has no rows", "{file} 没有数据行"),
    "no_such_file": ("there is no file {file}", "没有文件 {file}"),
    "unreadable": ("{file} cannot be read as a table: {error}", "{file} 不能作为表格读取：{error}"),
    "repeated_column": ("{file}: column {column!r} stands {count} times", "{file}：“{column}”列出现 {count} 次"),
    "long_number": (
        "{file}, row {row}, {column}: Excel has rounded this number of more than 15 digits; make the column text and enter it again",
        "{file} 第 {row} 行，{column}：超过 15 位的数字已被 Excel 取整；请把该列设为文本后重新录入",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong, and where."""

    path: str
    english: str
    chinese: str
    rule: str = ""

    def __str__(self) -> str:
        return f"{self.path}: {self.english}" if self.path else self.english


def fault(path: str, rule: str, **found: Any) -> Fault:
    """Fill in a template."""
    english, chinese = TEMPLATES[rule]
    return Fault(path, english.format(**found), chinese.format(**found), rule)


class _Faults(ValueError):
    """All faults of one file or step at once.

    Attributes
    ----------
    faults : tuple of Fault
    chinese : str
        The same message in Chinese.
    """

    MOST = 20

    def __init__(self, name: str, faults: Sequence[Fault]) -> None:
        self.name = name
        self.faults = tuple(faults)
        super().__init__("\n".join(self._lines(False)))
        self.chinese = "\n".join(self._lines(True))

    def _lines(self, chinese: bool) -> list[str]:
        lines = []
        for one in self.faults[: self.MOST]:
            text = one.chinese if chinese else one.english
            where = f"{self.name}: {one.path}" if one.path else self.name
            lines.append(f"{where}：{text}。" if chinese else f"{where}: {text}.")
        more = len(self.faults) - self.MOST
        if more > 0:
            lines.append(f"……另有 {more} 处" if chinese else f"… and {more} more")
        return lines

    def _render_traceback_(self) -> list[str]:
        """Give the lines that IPython shows in place of a traceback: what to mend is not in our code."""
        return [f"{type(self).__name__}: {self}", self.chinese]


class SchemeError(_Faults):
    """The scheme cannot be used as it is."""


class RoundError(_Faults):
    """A step of the round cannot be taken."""


class UnknownNameError(_Faults, KeyError):
    """There is no evaluatee or class of that name."""

    __str__ = ValueError.__str__  # a KeyError shows its message in quotes


def no_evaluatee(where: str, found: str, names: Sequence[str]) -> UnknownNameError:
    """Say that there is no such evaluatee, and which names are nearest."""
    return UnknownNameError(where, [unknown_evaluatee(found, names)])


def unknown_evaluatee(found: str, names: Sequence[str]) -> Fault:
    """Give the fault of a name that is no evaluatee's."""
    near = ", ".join(get_close_matches(found, names, n=3, cutoff=0.0)) or "—"
    return fault("", "no_evaluatee", found=found, near=near)
