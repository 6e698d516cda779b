"""An objection by commands: what is typed, what is printed, in both languages. All people are made up."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from toolkit import Round

pytestmark = pytest.mark.filterwarnings("ignore:Cyclopts application invoked without tokens")


@pytest.fixture
def contest(minyi: Callable[..., Any]) -> Callable[..., Any]:
    return partial(minyi, "contest")


def test_an_objection_by_commands(contest: Callable[..., Any], played: Round) -> None:
    here = played.folder
    assert contest("list", here) == (0, "没有异议。 No objections.\n", "")
    played.seal(office="县测评办")
    what = ("--office", "县公安局办公室", "--received", "2024-11-04", "--due", "2024-11-18")
    code, said, _ = contest(
        "open", here, "县公安局", *what, "--grounds", "职工的回答不实", "--group", "staff", "--own"
    )
    assert code == 0 and said == (
        "第 1 号异议：县公安局，有异议的回答 9 行，2024-11-18 前答复。 "
        "Objection 1: 9 rows disputed, due 2024-11-18.\n"
    )
    assert played.steps("contest")[0]["own"] is True
    code, said, _ = contest("open", here, "县教育局", *what, "--grounds", "请重算")
    assert code == 0 and "要求重新计算" in said and "Objection 2: count again" in said
    code, said, _ = contest("recount", here, 2)
    lines = said.splitlines()
    assert re.fullmatch(r"全部回答 all answers：\d\d\.\d\d ± \d\.\d{3} \(se\)，第 1 名 \(1-\d\)", lines[0])
    assert "不计有异议的" not in said
    sealed = "正式结果已封存，复算不改动它；要更正，请先 minyi reopen。"
    assert f"{sealed} Sealed: correct after minyi reopen." in lines
    assert lines[-1] == str(here / "contests" / "02" / "compared.csv")
    code, said, err = contest("reply", here, 1, "--outcome", "upheld")
    assert code == 1 and "还没有复算" in err and "not recounted yet" in err
    code, said, _ = contest("recount", here, 1)
    assert code == 0 and "不计便不能计分。 Nothing can be scored without them: " in said
    code, said, _ = contest("reply", here, 2, "--outcome", "upheld", "--on", "2024-11-15", "--no-name-others")
    assert code == 0 and said == f"{here / 'contests' / '02' / 'reply.html'}\n"
    assert played.steps("contest-reply")[0]["name_others"] is False
    code, said, _ = contest("close", here, 2, "--on", "2024-11-20", "--office", "县测评办")
    assert (code, said) == (0, "第 2 号异议已办结：维持原结果。 Closed: upheld.\n")
    code, said, _ = contest("list", here)
    assert said.splitlines() == [
        "1  县公安局  2024-11-04 收，2024-11-18 前答复  待答复  recounted　逾期 overdue",
        "2  县教育局  2024-11-04 收，2024-11-18 前答复  已办结：维持原结果  closed　逾期 overdue",
    ]
