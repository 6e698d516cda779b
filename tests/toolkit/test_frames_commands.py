"""Lists in by commands: what is typed, what is printed, in both languages. All people are made up."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from toolkit import Round
from toolkit.cli import main
from toolkit.files import write_table

pytestmark = pytest.mark.filterwarnings("ignore:Cyclopts application invoked without tokens")


@pytest.fixture
def minyi(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Any]:
    def run(*words: Any) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["minyi", "frames", *map(str, words)])
        code = 0
        try:
            main()
        except SystemExit as leaving:
            code = int(leaving.code or 0)
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def test_a_list_by_commands(
    minyi: Callable[..., Any], make_round: Callable[..., Round], tmp_path: Path
) -> None:
    one, path = make_round(users=None), tmp_path / "县教育局.csv"
    line = {"编号": "1", "姓名": "模拟甲", "联络": "13800000011", "乡镇": "东01镇"}
    write_table(path, pd.DataFrame([line, line | {"编号": "2", "乡镇": ""}]))
    what = ("--frame", "users", "--office", "县教育局")
    code, said, _ = minyi("add", one.folder, path, *what, "--cases", 10)
    assert code == 0
    assert re.search(r"联络 +— +不用 +未识别\n", said)
    assert "须更正 1：县教育局.csv!D3 缺乡镇\n    县教育局.csv!D3: town is missing" in said
    assert "表头尚未确认" in said and "the headings are not confirmed yet" in said
    assert "模拟甲" not in said and "13800000011" not in said
    assert "此前已收" in minyi("add", one.folder, path, *what)[1]
    assert minyi("map", one.folder) == (0, "县教育局 users\n", "")
    _, said, _ = minyi("map", one.folder, "--office", "县教育局", "--set", "联络=phone")
    assert "phone" in said and "To be decided" not in said
    assert minyi("map", one.folder) == (0, "", "")
    assert "来源 source" in minyi("map", one.folder, "--office", "县教育局")[1]
    _, said, _ = minyi("check", one.folder)
    assert re.search(r"users +县教育局 +2 +1 +1 +0\n", said)
    assert "users 县教育局：名单 1 人，申报办件 10 件（10.0%）" in said
    assert "名单退回单 1 份" in said
    code, said, err = minyi("close", one.folder)
    assert (code, said) == (1, "")
    assert err.index("有 1 行待更正") < err.index("1 rows are set aside")
    _, said, _ = minyi("close", one.folder, "--leave-out", "--reason", "联系不上", "--by", "县统计局")
    assert "未计入 1 行" in said and "请备份到安全处" in said and "back it up" in said
    assert len(one.frame("users")) == 1
    assert "back it up" not in minyi("close", one.folder, "--leave-out", "--reason", "x", "--by", "y")[1]
    _, said, _ = minyi("drop", one.folder, "--office", "县教育局", "--reason", "误报", "--by", "县统计局")
    assert "现行版本：无" in said and "in force: none" in said
    code, _, err = minyi("add", one.folder, tmp_path / "没有.xlsx", *what)
    assert code == 1 and "没有文件" in err and "there is no file" in err


def test_a_later_version_says_what_changed(
    minyi: Callable[..., Any], make_round: Callable[..., Round], tmp_path: Path
) -> None:
    one, path = make_round(users=None), tmp_path / "县教育局.csv"
    for ids in (["1", "2"], ["2", "3", "4"]):
        write_table(path, pd.DataFrame({"编号": ids, "姓名": "模拟", "乡镇": "东01镇"}))
        _, said, _ = minyi("add", one.folder, path, "--frame", "users", "--office", "县教育局")
        minyi("map", one.folder, "--accept")
    assert "与上一版相比新增 2 行。 2 added." in said
    assert "与上一版相比减少 1 行。 1 gone." in said
