"""Lists in by commands: what is typed, what is printed, in both languages. All people are made up."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from toolkit import Round
from toolkit.files import write_table

pytestmark = pytest.mark.filterwarnings("ignore:Cyclopts application invoked without tokens")


@pytest.fixture
def frames(minyi: Callable[..., Any]) -> Callable[..., Any]:
    return partial(minyi, "frames")


def test_a_list_by_commands(
    frames: Callable[..., Any], make_round: Callable[..., Round], tmp_path: Path
) -> None:
    one, path = make_round(users=None), tmp_path / "县教育局.csv"
    line = {"编号": "1", "姓名": "模拟甲", "联络": "13800000011", "乡镇": "东01镇"}
    write_table(path, pd.DataFrame([line, line | {"编号": "2", "乡镇": ""}]))
    what = ("--frame", "users", "--office", "县教育局")
    code, said, err = frames("add", one.folder, path, *what, "--cases", "10.4")
    assert code == 2 and "10.4 is no whole number" in said + err and not one.steps("frames-add")
    code, said, _ = frames("add", one.folder, path, *what, "--cases", 10)
    assert code == 0
    assert re.search(r"联络 +— +不用 +未识别\n", said)
    assert "须更正 1：县教育局.csv!D3 缺乡镇\n    县教育局.csv!D3: town is missing" in said
    assert "表头尚未确认" in said and "the headings are not confirmed yet" in said
    assert "模拟甲" not in said and "13800000011" not in said
    assert "此前已收" in frames("add", one.folder, path, *what)[1]
    assert frames("map", one.folder) == (0, "县教育局 users\n", "")
    _, said, _ = frames("map", one.folder, "--office", "县教育局", "--set", "联络=phone")
    assert "phone" in said and "To be decided" not in said
    nothing = (0, "没有待确认的名单。 No list waits to be confirmed.\n", "")
    assert frames("map", one.folder) == frames("map", one.folder, "--accept") == nothing
    assert "来源 source" in frames("map", one.folder, "--office", "县教育局")[1]
    _, said, _ = frames("check", one.folder)
    assert re.search(r"users +县教育局 +2 +1 +1 +0\n", said)
    assert "users 县教育局：名单 1 人，申报办件 10 件（10.0%）" in said
    assert "名单退回单 1 份" in said
    code, said, err = frames("close", one.folder)
    assert (code, said) == (1, "")
    assert err.index("有 1 行待更正") < err.index("1 rows are set aside")
    _, said, _ = frames("close", one.folder, "--leave-out", "--reason", "联系不上", "--by", "县统计局")
    assert "未计入 1 行" in said and "请备份到安全处" in said and "back it up" in said
    assert len(one.frame("users")) == 1
    assert "back it up" not in frames("close", one.folder, "--leave-out", "--reason", "x", "--by", "y")[1]
    _, said, _ = frames("drop", one.folder, "--office", "县教育局", "--reason", "误报", "--by", "县统计局")
    assert "现行版本：无" in said and "in force: none" in said
    code, _, err = frames("add", one.folder, tmp_path / "没有.xlsx", *what)
    assert code == 1 and "没有文件" in err and "there is no file" in err


def test_a_later_version_says_what_changed(
    frames: Callable[..., Any], make_round: Callable[..., Round], tmp_path: Path
) -> None:
    one, path = make_round(users=None), tmp_path / "县教育局.csv"
    for ids in (["1", "2"], ["2", "3", "4"]):
        write_table(path, pd.DataFrame({"编号": ids, "姓名": "模拟", "乡镇": "东01镇"}))
        _, said, _ = frames("add", one.folder, path, "--frame", "users", "--office", "县教育局")
        frames("map", one.folder, "--accept")
    assert "与上一版相比新增 2 行。 2 added." in said
    assert "与上一版相比减少 1 行。 1 gone." in said


def test_all_that_waits_is_confirmed_but_what_is_refused(
    frames: Callable[..., Any], make_round: Callable[..., Round], tmp_path: Path
) -> None:
    one, path = make_round(users=None), tmp_path / "x.csv"
    for office, heads in (("县教育局", ["编号", "乡镇"]), ("县公安局", ["性别", "乡镇"])):
        write_table(path, pd.DataFrame([["1", "东01镇"]], columns=heads))
        frames("add", one.folder, path, "--frame", "users", "--office", office)
    code, _, err = frames("map", one.folder, "--accept")
    assert code == 1
    assert "已确认：县教育局 users；以下未确认" in err and "县教育局 users are confirmed" in err
    assert err.index("已确认") < err.index("县公安局")
    assert frames("map", one.folder) == (0, "县公安局 users\n", "")
    write_table(path, pd.DataFrame([["1", "东01镇"]], columns=["编号", "乡镇"]))
    frames("add", one.folder, path, "--frame", "users", "--office", "县公安局")
    assert frames("map", one.folder, "--accept") == (0, "已确认 Confirmed: 县公安局 users\n", "")


def test_the_file_of_another_office_is_noticed(
    frames: Callable[..., Any], make_round: Callable[..., Round], tmp_path: Path
) -> None:
    one, path = make_round(users=None), tmp_path / "县公安局.csv"
    write_table(path, pd.DataFrame({"编号": ["1"], "乡镇": ["东01镇"]}))
    _, first, _ = frames("add", one.folder, path, "--frame", "users", "--office", "县公安局")
    _, second, _ = frames("add", one.folder, path, "--frame", "users", "--office", "县图书馆")
    assert "SHA-256" not in first
    assert "与 县公安局 users 的文件完全相同" in second and "Same SHA-256 as 县公安局 users" in second


def test_a_column_that_nobody_has_is_told_once_and_a_sum_is_no_person(
    frames: Callable[..., Any], make_round: Callable[..., Round], tmp_path: Path
) -> None:
    one = make_round(users=None, staff=None)
    for office in ("县教育局", "县公安局"):
        path = tmp_path / f"{office}.csv"
        lines = [{"工号": str(at), "姓名": "模拟", "层级": "县级", "科室": "1"} for at in range(9)]
        lines += [{"工号": "合计", "姓名": "9", "层级": "", "科室": "9"}]
        write_table(path, pd.DataFrame(lines))
        _, said, _ = frames("add", one.folder, path, "--frame", "staff", "--office", office)
        assert f"未读入 1：{office}.csv!A11 这一行没有作为名单读入" in said
        frames("map", one.folder, "--accept")
    _, said, _ = frames("check", one.folder)
    assert said.count("没有电话") == said.count("没有住址") == 1
    assert "staff 县教育局、县公安局：名单中没有电话\n    no telephone in the whole list\n" in said
