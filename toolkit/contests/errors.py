"""What can be wrong with an objection or its reply, in English and Chinese."""

from __future__ import annotations

from typing import Any

from toolkit.errors import Fault

TEMPLATES: dict[str, tuple[str, str]] = {
    "no_result": ("there is no result to object to yet: score first", "还没有可以提出异议的结果：请先计分"),
    "who_and_why": ("say which office objects, and on what grounds", "请写明提出异议的单位和理由"),
    "day": ("{name}: {found!r} is no date; write it like 2013-11-04", "{name}：{found!r} 不是日期；请写成 2013-11-04 的样子"),
    "due_before": ("the answer is due {due}, before the objection came ({received}); give a later date", "答复期限 {due} 早于收到异议的日期 {received}；请改为之后的日期"),
    "names_somebody": ("{name} holds {found!r}, the code of a respondent or interviewer, and is printed in a letter that identifies nobody; say it otherwise, and name the answers by interviewer, file or rows", "{name}中有{found!r}，是受访者或访问员的编号，而复核答复函不指明任何人；请换个说法，有异议的回答用 interviewer、file、rows 指明"),
    "rows_alone": ("name the answers either by a list of rows, or by group, interviewer and file", "有异议的回答，或用清单 rows 指明，或用 group、interviewer、file 指明，不能都写"),
    "list_columns": ("the list needs the columns file and row (sheet where a workbook has several); it has {found}", "清单须有 file、row 两列（工作簿有多个工作表的另有 sheet）；现有 {found}"),
    "list_row": ("line {line} of the list: {found} is no row of the answers taken in", "清单第 {line} 行：{found} 不是已收回答中的行"),
    "nothing_meant": ("no answer that was taken in is meant by {meant}; without any of these it is a request to count again", "{meant} 没有指到任何一份已收的回答；都不写，就是只要求重新计算"),
    "no_contest": ("there is no objection {found}; there are {known}", "没有第 {found} 号异议；现有 {known}"),
    "closed": ("objection {number} is closed: nothing is added to it", "第 {number} 号异议已经办结，不能再改"),
    "not_recounted": ("objection {number} is not recounted yet: recount, then reply", "第 {number} 号异议还没有复算：请先复算再答复"),
    "not_replied": ("objection {number} has no reply yet: reply, then close", "第 {number} 号异议还没有答复：请先答复再办结"),
    "not_proven": ("the round does not repeat ({count} differences; see minyi verify): mend that before a reply says it does", "本轮重抽重算与记录不符（{count} 处，见 minyi verify）：请先查清，再作答复"),
    "not_corrected": ("no result of {evaluatee!r} was corrected since the objection came: reopen the round if it is sealed, withdraw answers or change points, and score; then reply", "收到异议以后，{evaluatee!r} 的结果没有更正过：已封存的请先写明理由重新打开，撤回回答或变更分数，重新计分，再作答复"),
    "corrected_meanwhile": ("the result of {evaluatee!r} was {before} when the objection came, and is {now}: the outcome is a correction", "收到异议时 {evaluatee!r} 的结果是 {before}，现在是 {now}：结论应是更正"),
}  # fmt: skip


def fault(rule: str, **found: Any) -> Fault:
    """Fill in a template."""
    english, chinese = TEMPLATES[rule]
    return Fault("", english.format(**found), chinese.format(**found), rule)
