"""The text of a new scheme file: how to go on, then another scheme's text with its keys explained."""

from __future__ import annotations

from pathlib import Path

from toolkit.conditions import due_conditions
from toolkit.new.statements import Language, explained, wrapped
from toolkit.parts.tables import table_names
from toolkit.scheme import Scheme

HEAD: dict[str, tuple[str, str]] = {
    "from": (
        "由方案 {id}（{title}）起草，内容与它相同。"
        "每种键第一次出现时，上面的注释说它管什么、可以怎么写、不写会怎样。",
        "Started from the scheme {id}; it says the same. Above each kind of key, where it first stands, a "
        "comment says what it decides, what may be written, and what holds where it is left out.",
    ),
    "yours": (
        "先改标着【改成你的】的几处，再对着纸面方案逐句改；"
        "方案没有写明的，在 [[unclear]] 里写清本文件的读法。",
        "First change what says [make it yours], then go through your plan sentence by sentence; what it "
        "leaves open goes into [[unclear]] with the way this file reads it.",
    ),
    "then": (
        "以后的步骤（“本轮”换成这一轮的名称）：",
        "The commands that follow (put your round's name for ROUND):",
    ),
    "round": ("本轮", "ROUND"),
    "check": ("检查本文件，用文字说出来", "check this file and read it in words"),
    "create": ("新建一轮", "start a round"),
    "draw": ("名单放进 out/{round}/frames 以后抽样", "draw, once the lists are in out/{round}/frames"),
    "collect": ("收回答", "take in answers"),
    "take": ("收部门的表格（{tables}）", "take in offices' tables ({tables})"),
    "conditions": (
        "等级的条件写在 out/{round}/conditions.csv（列：evaluatee、{conditions}；填 是 或 否）",
        "conditions of grades stand in out/{round}/conditions.csv "
        "(columns: evaluatee, {conditions}; 是 yes, 否 no)",
    ),
    "duties": (
        "核对要求，列出没做到的（日期为核对日）",
        "check duties as of a day, and list what is lacking",
    ),
    "score": ("计分、排名，写出报告", "score, rank and write the reports"),
}


def started(scheme: Scheme, file: Path, language: Language = "zh") -> str:
    """Write the text of a new scheme file; read again it is the scheme that it was made from.

    Parameters
    ----------
    scheme : Scheme
        What to start from, with its text.
    file : Path
        Where the text will be written, for the commands that it lists.
    language : "zh" or "en"
        Of the comments.
    """
    return _head(scheme, file, language) + "\n" + explained(scheme.text, language)


def _head(scheme: Scheme, file: Path, language: Language) -> str:
    def say(name: str, **values: str) -> str:
        return HEAD[name][0 if language == "zh" else 1].format(round=HEAD["round"][at], **values)

    at = 0 if language == "zh" else 1
    name = HEAD["round"][at]
    steps = [(f"minyi check {file}", say("check")), (f"minyi create {name} --scheme {file}", say("create"))]
    drawn = bool(scheme.groups or scheme.samples)
    if drawn:
        steps.append((f"minyi draw out/{name} --key …", say("draw")))
    if scheme.groups:
        steps.append((f"minyi collect out/{name} …", say("collect")))
    tables = table_names(scheme)
    if scheme.has_tables or scheme.tables or scheme.duties:
        steps.append((f"minyi take out/{name} {tables[0]} …", say("take", tables="、".join(tables))))
    if scheme.duties:
        steps.append((f"minyi duties out/{name} --as-of 2024-12-31", say("duties")))
    if scheme.groups or scheme.has_tables:
        steps.append((f"minyi score out/{name}", say("score")))
    lines = [*wrapped(say("from", id=scheme.id, title=scheme.title)), *wrapped(say("yours")), say("then")]
    lines += [line for command, words in steps for line in wrapped(f"  {command}  {words}", "      ")]
    asked = due_conditions(scheme)
    if asked:
        lines += wrapped("  " + say("conditions", conditions="、".join(asked)), "      ")
    return "".join(f"# {line}\n" for line in lines)
