"""Every message that toolkit/errors.py holds is given by something that can go wrong, in both languages."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from string import Formatter
from typing import Any
from unittest.mock import patch

import openpyxl
import pandas as pd
import pytest

from sampling import Quota
from toolkit import Round, RoundError, Scheme, SchemeError, Scores
from toolkit.cli import draw as draw_command
from toolkit.cli import verify
from toolkit.errors import TEMPLATES, Fault, UnknownNameError, fault
from toolkit.files import read_table, write_table
from toolkit.quota import quota_sheet

HERE = Path(__file__)
SMALL = (Path(__file__).parents[1] / "scenarios" / "small.toml").read_text(encoding="utf-8")
STAFF = 'id = "staff"\nname = "职工"\nweight = 0.25'

# One fault each: the template, what is changed in small.toml, and the whole message.
SERVICES = ("服务质量", "办事效率")
EQUAL_OR_NOT = "balanced, bernoulli, census, poisson, pps, pps_with_replacement"
INNER = f"{EQUAL_OR_NOT}, simple_random, spatially_balanced, systematic"
KINDS = f"{EQUAL_OR_NOT}, quota, simple_random, spatially_balanced, stratified, systematic"
SPREADS = "at_least_share, bethel, cost_optimal, equal, neyman, power, proportional, self_weighting"
SYSTEMATIC = SMALL[
    SMALL.index('kind = "stratified"\nby = "level"') : SMALL.index('[[groups]]\nid = "delegates"')
]
SCHEME_FAULTS: list[tuple[str, list[tuple[str, str]], str, str]] = [
    (
        "adjust_plain",
        [('id = "delegates"\n', 'id = "delegates"\nadjust_by = ["body"]\n')],
        'groups[2].adjust_by: nonresponse cells adjust design weights; they need official = "design"',
        'groups[2].adjust_by：按单元调整无回答须用设计权数；请写 official = "design"',
    ),
    (
        "quota_alone",
        [(STAFF, STAFF + "\nadjust_by = []"), (SYSTEMATIC, 'kind = "quota"\nn = 9\nby = ["level"]\n\n')],
        "groups[1].draws: a quota has no stage before it, and no adjustment cells",
        "groups[1].draws：配额之前不能有抽样阶段，也不能有调整单元",
    ),
    (
        "bottom_places",
        [('= { kind = "unstated" }', '= { kind = "bottom", places = 3 }')],
        "low_satisfaction_rule.places: must be from 1 to the 2 units of the smallest class; it is 3",
        "low_satisfaction_rule.places：应在 1 到最小一类的单位数 2 之间，现为 3",
    ),
    (
        "hide_below",
        [("valid_answers = 82\n", "valid_answers = 82\nsmall_groups = { hide_below = 2 }\n")],
        "small_groups.hide_below: must be at least 3: of two people each learns the other's answer; it is 2",
        "small_groups.hide_below：不能小于 3：只有两个人时，各人都能推知另一人的回答；现为 2",
    ),
    (
        "response",
        [("valid_answers = 82\n", "valid_answers = 82\nresponse = { complete = 0.5, partial = 0.8 }\n")],
        "response.partial: must be above 0 and at most 0.5, itself at most 1; it is 0.8",
        "response.partial：必须大于 0 且不超过 0.5，后者不超过 1；现为 0.8",
    ),
    (
        "positive",
        [("[scale]", "[interviews]\nleast_minutes = 0\n\n[scale]")],
        "interviews.least_minutes: must be above 0; it is 0.0",
        "interviews.least_minutes：必须大于 0，现为 0.0",
    ),
    (
        "level",
        [("[scale]", "[interviews]\nlevel = 5\n\n[scale]")],
        "interviews.level: must be between 0 and 1; it is 5.0",
        "interviews.level：必须在 0 和 1 之间，现为 5.0",
    ),
    ("required", [('place = "某县"\n', "")], "place: is required", "place：必须填写"),
    (
        "unknown_key",
        [('place = "某县"\n', 'place = "某县"\nxyz = 1\n')],
        "xyz: 'xyz' is no known key",
        "xyz：不认识的键 'xyz'",
    ),
    (
        "misspelt_key",
        [("merge_rows = true", "merge_rows = true\nper_evaluate = false")],
        "groups[2].draws[0].per_evaluate: 'per_evaluate' is no known key; 'per_evaluatee' may be meant",
        "groups[2].draws[0].per_evaluate：不认识的键 'per_evaluate'；可能是 'per_evaluatee'",
    ),
    (
        "wrong_type",
        [('title = "小型测评"', "title = 7")],
        "title: must be text; it is 7",
        "title：应为文本，现为 7",
    ),
    (
        "wrong_type",
        [("valid_answers = 82", "valid_answers = 82.5")],
        "valid_answers: must be a whole number; it is 82.5",
        "valid_answers：应为整数，现为 82.5",
    ),
    (
        "wrong_type",
        [(STAFF, STAFF.replace("0.25", '"a quarter"'))],
        "groups[1].weight: must be a number; it is 'a quarter'",
        "groups[1].weight：应为数字，现为 'a quarter'",
    ),
    (
        "wrong_type",
        [("merge_rows = true", 'merge_rows = "maybe"')],
        "groups[2].draws[0].merge_rows: must be true or false; it is 'maybe'",
        "groups[2].draws[0].merge_rows：应为true 或 false，现为 'maybe'",
    ),
    (
        "wrong_type",
        [('order = ["office"]', 'order = "office"')],
        "groups[1].draws[0].design.method.order: must be a list; it is 'office'",
        "groups[1].draws[0].design.method.order：应为列表，现为 'office'",
    ),
    (
        "wrong_type",
        [('design = { kind = "census" }', 'design = "census"')],
        "groups[3].draws[0].design: must be a table; it is 'census'",
        "groups[3].draws[0].design：应为表，现为 'census'",
    ),
    (
        "wrong_type",
        [("n = 20", 'n = "many"')],
        "groups[2].draws[0].design.n: must be a whole number; it is 'many'",
        "groups[2].draws[0].design.n：应为整数，现为 'many'",
    ),
    (
        "wrong_type",
        [('evaluatees = ["县邮政局", "电信公司"]', 'evaluatees = ["县邮政局", 2]')],
        "classes[1].evaluatees[1]: must be text; it is 2",
        "classes[1].evaluatees[1]：应为文本，现为 2",
    ),
    (
        "one_of",
        [('ties = "min"', 'ties = "max"')],
        "ranking.ties: must be one of 'min', 'dense' or 'ordinal'; it is 'max'",
        "ranking.ties：只能是 'min', 'dense' or 'ordinal' 之一，现为 'max'",
    ),
    (
        "one_of",
        [('kind = "systematic"', 'kind = "systematik"')],
        f"groups[1].draws[0].design.method.kind: must be one of {INNER}; it is 'systematik'",
        f"groups[1].draws[0].design.method.kind：只能是 {INNER} 之一，现为 'systematik'",
    ),
    (
        "one_of",
        [('design = { kind = "census" }', "design = { }")],
        f"groups[3].draws[0].design.kind: must be one of {KINDS}; it is None",
        f"groups[3].draws[0].design.kind：只能是 {KINDS} 之一，现为 None",
    ),
    (
        "one_of",
        [('kind = "self_weighting", ', "")],
        f"groups[0].draws[1].design.method.n.kind: must be one of {SPREADS}; it is None",
        f"groups[0].draws[1].design.method.n.kind：只能是 {SPREADS} 之一，现为 None",
    ),
    (
        "reserved",
        [('id = "inspectors"', 'id = "score"')],
        "groups[3].id: 'score' is a column of the results or answers; choose another name",
        "groups[3].id：'score' 是结果或回答中的列名，请换一个",
    ),
    (
        "file_name",
        [('frame = "staff"', 'frame = "../staff"')],
        "groups[1].draws[0].frame: '../staff' cannot be part of a file's name; leave out / \\ : * ? \" < > | "
        "and a leading dot",
        "groups[1].draws[0].frame：'../staff' 不能用作文件名；请去掉 / \\ : * ? \" < > | 和开头的点",
    ),
    (
        "word_is_rating",
        [('dont_know = ["不了解"]', 'dont_know = ["5"]')],
        "scale.dont_know: '5' is a rating of the scale, so it cannot stand for no answer",
        "scale.dont_know：'5' 是量表上的分值，不能表示没有回答",
    ),
    (
        "weights_sum",
        [("weight = 0.10", "weight = 0.05")],
        "groups[3].weight: weights must sum to 1; they sum to 0.95",
        "groups[3].weight：权重之和必须为 1，现为 0.95",
    ),
    (
        "positive",
        [("weight = 0.10", "weight = 0.0"), ("weight = 0.4", "weight = 0.5")],
        "groups[3].weight: must be above 0; it is 0.0",
        "groups[3].weight：必须大于 0，现为 0.0",
    ),
    (
        "negative",
        [("decimals = 2", "decimals = -1")],
        "ranking.decimals: must be at least 0; it is -1",
        "ranking.decimals：不能小于 0，现为 -1",
    ),
    (
        "label_value",
        [
            ("low = 0, high = 0 }", "low = 0, high = 0, value = -5 }"),
            ("low = 1, high = 2 }", "low = 1, high = 2, value = 30 }"),
            ("low = 3, high = 6 }", "low = 3, high = 6, value = 60 }"),
            ("low = 7, high = 9 }", "low = 7, high = 9, value = 80 }"),
            ("low = 10, high = 10 }", "low = 10, high = 10, value = 100 }"),
        ],
        "scale.labels[0].value: must lie between 0 and the full mark 100; it is -5",
        "scale.labels[0].value：必须在 0 与满分 100 之间，现为 -5",
    ),
    (
        "break_by",
        [('ties = "min"', 'ties = "ordinal"')],
        "ranking.break_by: names groups that tell equal scores apart, with ties = 'ordinal' and only then; "
        "it is — with ties = 'ordinal'",
        "ranking.break_by：列出同分时依次比较的组，只在 ties = 'ordinal' 时写；现为 —，ties = 'ordinal'",
    ),
    (
        "break_group",
        [('ties = "min"', 'ties = "ordinal"\nbreak_by = ["users", "passers-by"]')],
        "ranking.break_by: 'passers-by' is no group of this scheme, which has users, staff, delegates, "
        "inspectors",
        "ranking.break_by：'passers-by' 不是本方案的组；现有 users, staff, delegates, inspectors",
    ),
    (
        "break_twice",
        [('ties = "min"', 'ties = "ordinal"\nbreak_by = ["users", "users"]')],
        "ranking.break_by: 'users' tells equal scores apart already; name it once",
        "ranking.break_by：'users' 已用来区分同分，只写一次",
    ),
    (
        "level",
        [("level = 0.95", "level = 95")],
        "level: must be between 0 and 1; it is 95.0",
        "level：必须在 0 和 1 之间，现为 95.0",
    ),
    (
        "scale",
        [("high = 10\nlabels", "high = 0\nlabels")],
        "scale.high: the scale must rise; it goes from 0 to 0",
        "scale.high：量表必须由低到高，现为 0 到 0",
    ),
    (
        "labels",
        [("low = 3, high = 6", "low = 3, high = 5")],
        "scale.labels: labels must name every rating once; rating 6 has no label",
        "scale.labels：标签必须恰好覆盖每个分值；rating 6 has no label",
    ),
    (
        "labels",
        [("low = 3, high = 6", "low = 2, high = 6")],
        "scale.labels: labels must name every rating once; rating 2 has the labels 不满意, 基本满意",
        "scale.labels：标签必须恰好覆盖每个分值；rating 2 has the labels 不满意, 基本满意",
    ),
    (
        "valid_sum",
        [("valid_answers = 82", "valid_answers = 100")],
        "valid_answers: the groups plan 82 valid answers, this says 100",
        "valid_answers：各组合计 82 份有效回答，这里写的是 100",
    ),
    (
        "valid_draw",
        [("valid = 20", "valid = 22"), ("valid_answers = 82", "valid_answers = 84")],
        "groups[2].valid: the group's last draw takes 20 respondents, this says 22",
        "groups[2].valid：该组最后一次抽样为 20 人，这里写的是 22",
    ),
    (
        "none_given",
        [(SMALL[SMALL.index("[[groups]]") :], ""), ("valid_answers = 82", "valid_answers = 0\ngroups = []")],
        "groups: at least one is needed in groups",
        "groups：groups 至少要有一项",
    ),
    (
        "repeats",
        [('"县邮政局", "电信公司"', '"县邮政局", "县公安局"')],
        "classes.evaluatees: must be unique; '县公安局' stands 2 times",
        "classes.evaluatees：不能重复；'县公安局' 出现 2 次",
    ),
    (
        "empty_class",
        [('evaluatees = ["县邮政局", "电信公司"]', "evaluatees = []")],
        "classes[1].evaluatees: class 'services' has no evaluatees",
        "classes[1].evaluatees：类别 'services' 没有被评单位",
    ),
    (
        "no_indicators",
        [('indicators = ["办事效率", "服务质量"]', "indicators = []")],
        "classes[1].indicators: class 'services' has no indicators",
        "classes[1].indicators：类别 'services' 没有指标",
    ),
    (
        "within",
        [('within = "towns"\n', "")],
        "groups[0].draws[1].within: must name the draw before it, towns; it is None",
        "groups[0].draws[1].within：应指明上一次抽样 towns，现为 None",
    ),
    (
        "stage_each",
        [('unit = "town"\n', 'unit = "town"\nper_evaluatee = true\n')],
        "groups[0].draws[0].per_evaluatee: only the last draw of a group may have a list for each evaluatee",
        "groups[0].draws[0].per_evaluatee：一组中只有最后一次抽样可以各单位各有名单",
    ),
    (
        "overlap",
        [("valid = 9\n", 'valid = 9\noverlap = "same"\n')],
        "groups[1].overlap: a group with one list for all evaluatees says how its members are shared "
        '("same", or "spread" with per_evaluatee = true), one with a list for each does not; it is \'same\'',
        'groups[1].overlap：各单位共用一份名单的组要写明 overlap（"same"，或 "spread" 并写 '
        "per_evaluatee = true），各有名单的不写；现为 'same'",
    ),
    (
        "no_such_key",
        [('key = "ranking.ties"', 'key = "ranking.tie"')],
        "unclear[1].key: there is no key 'ranking.tie' in this scheme",
        "unclear[1].key：方案中没有键 'ranking.tie'",
    ),
]


def edited(edits: list[tuple[str, str]]) -> str:
    text = SMALL
    for old, new in edits:
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
        text = text.replace(old, new)
    return text


@pytest.mark.parametrize(("rule", "edits", "english", "chinese"), SCHEME_FAULTS)
def test_a_fault_of_a_scheme_has_its_path_and_both_languages(
    rule: str, edits: list[tuple[str, str]], english: str, chinese: str
) -> None:
    with pytest.raises(SchemeError) as caught:
        Scheme.read(edited(edits), "small.toml")
    assert str(caught.value) == f"small.toml: {english}."
    assert caught.value.chinese == f"small.toml: {chinese}。"
    assert is_of(rule, caught.value.faults[0])


def is_of(rule: str, one: Fault) -> bool:
    """Whether a fault fills in a template."""
    return all(
        re.fullmatch("".join(re.escape(text) + (".*" if name else "") for text, name, *_ in parts), said)
        for said, parts in zip(
            (one.english, one.chinese), map(list, map(Formatter().parse, TEMPLATES[rule])), strict=True
        )
    )


# ---------------------------------------------------------------------- faults of files and of rounds


@dataclass(frozen=True)
class Bench:
    """What a case may need: a folder, rounds of the small scheme, and the sheets of a drawn one."""

    folder: Path
    make: Callable[..., Round]
    sheets_of: Callable[[Round], pd.DataFrame]
    frames: dict[str, pd.DataFrame]

    def drawn(self) -> Round:
        one = self.make()
        one.draw("k")
        return one

    def file(self, name: str, content: bytes) -> Path:
        (self.folder / name).write_bytes(content)
        return self.folder / name

    def collect(self, change: Callable[[pd.DataFrame], pd.DataFrame]) -> Round:
        one = self.drawn()
        path = self.folder / "answers.csv"
        write_table(path, change(self.sheets_of(one)))
        one.collect(path)
        return one


def aside(bench: Bench, change: Callable[[pd.DataFrame], pd.DataFrame], unit: str = "") -> Any:
    """Raise, as one error, what rows of a file are set aside with."""
    one = bench.make(**({"inspectors": pd.DataFrame({"person": [unit, "J2"]})} if unit else {}))
    one.draw("k")
    path = bench.folder / "answers.csv"
    write_table(path, change(bench.sheets_of(one)))
    one.collect(path)
    raise_aside(one)


def raise_aside(one: Round) -> None:
    found = one.admitted().set_aside
    raise RoundError("x", [Fault("", *pair) for pair in zip(found["why"], found["why_zh"], strict=True)])


def withdraw(bench: Bench, **what: Any) -> None:
    one = bench.collect(lambda sheets: sheets)
    one.withdraw(**({"file": "001-answers.csv", "reason": "补录", "office": "县统计局"} | what))
    raise_aside(one)


def seal_twice(bench: Bench) -> None:
    one = bench.collect(lambda sheets: sheets)
    one.seal(office="县统计局")
    one.seal(office="县统计局")


def change_too_much(bench: Bench) -> None:
    one = bench.collect(lambda sheets: sheets)
    one.score()
    one.change("县公安局", 60, reason="信访", office="县监察局")


def contacts(bench: Bench, disposition: str) -> None:
    one = bench.drawn()
    line = {"group": "delegates", "respondent": one.sample("delegates").units["person"][0]}
    write_table(bench.folder / "c.csv", pd.DataFrame([line | {"disposition": disposition}]))
    one.contacts(bench.folder / "c.csv")


def release_less(bench: Bench) -> None:
    before = '{ kind = "simple_random", n = 20 }'
    assert before in SMALL
    text = SMALL.replace(before, '{ kind = "simple_random", n = 20, reserve = 0.5 }')
    one = bench.make(scheme=bench.file("reserve.toml", text.encode()))
    one.draw("k")
    for count in (2, 1):
        one.release("delegates", count, reason="联系不上", office="县统计局")


def adjust_by_nothing(bench: Bench) -> None:
    at = SMALL.index('id = "staff"')
    tail = SMALL[at:].replace('official = "design"', 'official = "design"\nadjust_by = ["age"]', 1)
    bench.make(scheme=bench.file("s.toml", (SMALL[:at] + tail).encode())).draw("k")


def withdraw_from_two_worksheets(bench: Bench) -> None:
    one = bench.drawn()
    sheets = bench.sheets_of(one)
    with pd.ExcelWriter(bench.folder / "two.xlsx") as book:
        sheets.iloc[:50].to_excel(book, sheet_name="一", index=False)
        sheets.iloc[50:].to_excel(book, sheet_name="二", index=False)
    one.collect(bench.folder / "two.xlsx")
    one.withdraw("001-two.xlsx", reason="x", office="y", rows=[2])


def quota(bench: Bench, cell: str, score: bool = False, over: bool = False) -> None:
    group = SMALL[SMALL.index('[[groups]]\nid = "inspectors"') : SMALL.index("[[unclear]]")]
    draws = group[group.index("[[groups.draws]]") :]
    street = group.replace(
        draws,
        """[[groups.draws]]
name = "inspectors"
frame = "residents"
unit = "id"
per_evaluatee = true
design = { kind = "quota", n = 5, by = ["age"] }

""",
    )
    street = "\n".join(line for line in street.splitlines() if not line.startswith("overlap"))
    if over:
        street = street.replace("valid = 5", 'valid = 5\nover_quota = "set_aside"')
    text = SMALL.replace(group, street + "\n")
    residents = pd.DataFrame({"age": ["[15,60)", "[60,)"], "population": [3, 2]})
    one = bench.make(scheme=bench.file("quota.toml", text.encode()), residents=residents)
    one.draw("k")
    sheets = pd.DataFrame(
        [{"group": "inspectors", "respondent": "x", "evaluatee": "电信公司", "age": "七十"}]
    )
    good = sheets.assign(respondent="y", age=cell)
    if over:
        good = pd.concat([good.assign(respondent=f"y{at}") for at in range(6)])
    write_table(bench.folder / "a.csv", pd.concat([sheets, good]).assign(**dict.fromkeys(SERVICES, "7")))
    one.collect(bench.folder / "a.csv")
    if score:
        others = bench.sheets_of(Round(one.folder, replace(one.scheme, groups=one.scheme.groups[:3])))
        write_table(bench.folder / "b.csv", others)
        one.collect(bench.folder / "b.csv")
        one.score()
    raise_aside(one)


def put(row: int, column: str, value: str) -> Callable[[pd.DataFrame], pd.DataFrame]:
    def change(sheets: pd.DataFrame) -> pd.DataFrame:
        sheets.loc[row, column] = value
        return sheets

    return change


def excel_with_a_long_number(bench: Bench) -> Any:
    book = openpyxl.Workbook()
    book.active.append(["id"])
    book.active.append([511623198001011000])
    book.save(bench.folder / "ids.xlsx")
    return read_table(bench.folder / "ids.xlsx")


def draw_twice(bench: Bench) -> Any:
    return bench.drawn().draw("another")


def split_with_odd_columns(bench: Bench) -> Any:
    one = bench.make(staff=None)
    for name, rows in bench.frames["staff"].groupby("evaluatee"):
        odd = rows.drop(columns="office") if name == "县公安局" else rows
        write_table(one.folder / "frames" / "staff" / f"{name}.csv", odd)
    return one.draw("k")


def verify_an_edited_round(bench: Bench) -> Any:
    one = bench.drawn()
    write_table(one.folder / "frames" / "inspectors.csv", pd.DataFrame({"person": ["J1"]}))
    return verify(one.folder)


CELL = pd.DataFrame({"a": [1]})


def played(bench: Bench) -> Scores:
    return bench.collect(lambda sheets: sheets).score()


def locked(
    bench: Bench, after: Callable[[Path], Any] | None = None, form: str = "", number: str = "7"
) -> Any:
    """Commit, freeze, let something happen to the folder, reveal."""
    one = bench.make()
    one.commit(public="福彩", form=form)
    one.freeze()
    if after is not None:
        after(one.folder)
    return one.reveal(number)


def committed(bench: Bench) -> Round:
    one = bench.make()
    one.commit(public="福彩")
    return one


def freeze_twice(bench: Bench) -> Any:
    one = committed(bench)
    return one.freeze(), one.freeze()


def draw_by_other_algorithms(bench: Bench) -> Any:
    with patch("toolkit.round.locks.algorithms_of", lambda scheme: {"towns": ["other/1"]}):
        one = committed(bench)
    return one.freeze()


def lengthen(file: str) -> Callable[[Path], Any]:
    return lambda folder: (folder / file).write_bytes((folder / file).read_bytes() + b"# x\n")


CASES: dict[str, Callable[[Bench], Any]] = {
    "draw_how": lambda bench: draw_command(bench.make().folder),
    "two_locks": lambda bench: committed(bench).draw("k"),
    "committed_already": lambda bench: committed(bench).commit(public="福彩"),
    "not_committed": lambda bench: bench.make().freeze(),
    "no_public": lambda bench: bench.make().commit(public=" "),
    "frozen_already": freeze_twice,
    "not_frozen": lambda bench: committed(bench).reveal("7"),
    "public_number": lambda bench: locked(bench, number=" "),
    "public_form": lambda bench: locked(bench, form="00", number="7"),
    "lock_file": lambda bench: locked(bench, lengthen("locks/commitment.json")),
    "lock_scheme": lambda bench: locked(bench, lengthen("scheme.toml")),
    "lock_algorithms": draw_by_other_algorithms,
    "lock_secret": lambda bench: locked(bench, lengthen("private/secret.txt")),
    "frame_changed": lambda bench: locked(bench, lengthen("frames/towns.csv")),
    "frame_gone": lambda bench: locked(bench, lambda folder: (folder / "frames" / "staff.csv").unlink()),
    "frame_late": lambda bench: locked(bench, lambda folder: write_table(folder / "frames" / "x.csv", CELL)),
    "no_file": lambda bench: Scheme.load("guangan-2031"),
    "not_utf8": lambda bench: Scheme.load(bench.file("gb.toml", SMALL.encode("gb18030"))),
    "not_toml": lambda bench: Scheme.load(bench.file("bad.toml", b"id = \n")),
    "round_exists": lambda bench: (bench.make("一轮"), bench.make("一轮")),
    "no_round": lambda bench: Round.open(bench.folder),
    "no_frame": lambda bench: bench.make(staff=None).draw("k"),
    "frame_columns": split_with_odd_columns,
    "frame_evaluatee": lambda bench: bench.make(
        staff=bench.frames["staff"].replace({"evaluatee": {"县公安局": "县公安居"}})
    ).draw("k"),
    "not_drawn": lambda bench: bench.make().drawn(),
    "drawn_already": draw_twice,
    "no_answers": lambda bench: bench.drawn().score(),
    "answers_columns": lambda bench: bench.collect(lambda sheets: sheets.drop(columns="服务质量")),
    "unknown_group": lambda bench: aside(bench, put(0, "group", "路人")),
    "unknown_evaluatee": lambda bench: aside(bench, put(0, "evaluatee", "县公安居")),
    "not_in_sample": lambda bench: aside(bench, put(0, "respondent", "没有此人")),
    "answered_again": lambda bench: aside(bench, lambda sheets: pd.concat([sheets, sheets.iloc[:1]])),
    "answered_differently": lambda bench: aside(
        bench, lambda sheets: pd.concat([sheets, sheets.iloc[:1].assign(依法履职="拒答")])
    ),
    "shortened_id": lambda bench: aside(bench, put(0, "respondent", "5.11623E+17")),
    "id_as_date": lambda bench: aside(bench, put(0, "respondent", "2013-03-12 00:00:00")),
    "id_as_number": lambda bench: aside(
        bench, lambda sheets: put(0, "respondent", sheets.at[0, "respondent"].lstrip("0"))(sheets)
    ),
    "no_row_usable": lambda bench: bench.collect(lambda sheets: sheets.iloc[:3].assign(group="路人")),
    "withdrawn": withdraw,
    "no_such_answers": lambda bench: withdraw(bench, file="002-answers.csv"),
    "sealed": seal_twice,
    "not_sealed": lambda bench: bench.make().reopen(reason="复核", office="县统计局"),
    "no_such_draw": lambda bench: bench.drawn().sample("clients"),
    "released_less": release_less,
    "disposition": lambda bench: contacts(bench, "走了"),
    "unknown_cell": lambda bench: quota(bench, "[60,)"),
    "quota_count": lambda bench: quota_sheet(
        pd.DataFrame({"sex": ["男"], "population": ["0"]}), Quota(2, ("sex",)), "residents"
    ),
    "quota_empty": lambda bench: quota(bench, "[15,60)", score=True),
    "quota_each": lambda bench: Scheme.read(
        edited([('design = { kind = "census" }', 'design = { kind = "quota", n = 5, by = ["age"] }')])
    ),
    "over_quota": lambda bench: quota(bench, "[15,60)", over=True),
    "over_plain": lambda bench: Scheme.read(
        edited([('id = "delegates"\n', 'id = "delegates"\nover_quota = "count"\n')])
    ),
    "replicate": lambda bench: Scheme.read(
        edited([("merge_rows = true", "merge_rows = true\nreplicate = 3")])
    ),
    "quota_margins": lambda bench: quota_sheet(
        pd.DataFrame({"margin": ["age"], "category": ["a"], "population": ["1"]}),
        Quota(2, ("sex",)),
        "residents",
    ),
    "adjust_column": adjust_by_nothing,
    "nothing_withdrawn": lambda bench: withdraw(bench, rows=[99999]),
    "several_sheets": withdraw_from_two_worksheets,
    "not_scored": lambda bench: bench.make().change("县公安局", 1, reason="x", office="y"),
    "no_points": lambda bench: bench.make().change("县公安局", 0, reason="x", office="y"),
    "change_off_scale": change_too_much,
    "too_few_answers": lambda bench: bench.collect(lambda sheets: sheets.iloc[:1]).score(provisional=True),
    "reason_needed": lambda bench: withdraw(bench, reason=" "),
    "not_asked": lambda bench: aside(bench, put(0, "服务质量", "8")),
    "rating": lambda bench: aside(bench, put(0, "依法履职", "11")),
    "no_sheets": lambda bench: bench.collect(lambda sheets: sheets[sheets["group"] != "staff"]).score(),
    "no_valid_answer": lambda bench: bench.collect(
        lambda sheets: sheets[(sheets["group"] != "staff") | (sheets["evaluatee"] != "县公安局")]
    ).score(),
    "no_evaluatee": lambda bench: played(bench).explain("县公安居"),
    "no_class": lambda bench: played(bench).league("县教育局"),
    "not_proven": verify_an_edited_round,
    "encoding": lambda bench: read_table(bench.file("x.csv", b"\xff\xff\n\x80")),
    "file_type": lambda bench: read_table(bench.file("x.xls", b"1")),
    "empty_file": lambda bench: read_table(bench.file("x.csv", b"id,name\n")),
    "no_such_file": lambda bench: bench.drawn().collect(bench.folder / "lost.csv"),
    "unreadable": lambda bench: read_table(bench.file("x.xlsx", b"id,name\n1,a\n")),
    "repeated_column": lambda bench: read_table(bench.file("x.csv", b"id,name,id\n1,a,2\n")),
    "long_number": excel_with_a_long_number,
}


@pytest.mark.parametrize("rule", CASES)
def test_a_fault_of_a_file_or_a_round_is_told_in_both_languages(
    rule: str,
    tmp_path: Path,
    make_round: Callable[..., Round],
    sheets_of: Callable[[Round], pd.DataFrame],
    people: Any,
) -> None:
    with pytest.raises((RoundError, SchemeError, UnknownNameError)) as caught:
        CASES[rule](Bench(tmp_path, make_round, sheets_of, people.frames))
    assert any(is_of(rule, one) for one in caught.value.faults)
    assert str(caught.value) != caught.value.chinese


def test_every_template_is_raised_by_a_case_or_beside() -> None:
    beside = "".join(
        path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py") if path != HERE
    )
    elsewhere = {rule for rule in TEMPLATES if f'"{rule}"' in beside}
    assert {rule for rule, *_ in SCHEME_FAULTS} | set(CASES) | elsewhere == set(TEMPLATES)


@pytest.mark.parametrize("rule", TEMPLATES)
def test_both_languages_tell_the_same_facts(rule: str) -> None:
    english, chinese = (
        {name.removesuffix("_zh") for _, name, *_ in Formatter().parse(text) if name}
        for text in TEMPLATES[rule]
    )
    assert english == chinese
    if rule != "not_proven":  # nothing but the sentence found
        assert re.search("[\u4e00-\u9fff]", TEMPLATES[rule][1])
        assert not re.search("[\u4e00-\u9fff]", TEMPLATES[rule][0])


def test_beyond_twenty_faults_the_rest_are_counted() -> None:
    found = [fault(f"groups[{at}].weight", "positive", found=0) for at in range(23)]
    error = SchemeError("x.toml", found)
    assert len(str(error).splitlines()) == len(error.chinese.splitlines()) == 21
    assert str(error).splitlines()[-1] == "… and 3 more"
    assert error.chinese.splitlines()[-1] == "……另有 3 处"
    assert len(error.faults) == 23
