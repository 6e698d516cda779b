"""Lists that do not fit together are refused at the draw and at the freeze. All people are made up.

Oracle of every message: what the test itself took out of a list, or put into one.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from tests.toolkit.conftest import People
from toolkit import Round, RoundError
from toolkit.files import write_table
from toolkit.frames import add, close, map_heads

Make = Callable[..., Round]


def refusals(one: Round) -> list[tuple[str, str, str]]:
    """Draw, and freeze under two locks: both refuse for the same reasons, which are given."""
    told = []
    for step in (lambda: one.draw("k"), lambda: (one.commit(public="福彩"), one.freeze())):
        with pytest.raises(RoundError) as caught:
            step()
        told.append([(each.rule, each.english, each.chinese) for each in caught.value.faults])
    assert told[0] == told[1]
    assert one.steps("draw") == one.steps("freeze") == []
    return told[0]


def recused(*pairs: tuple[str, str, str]) -> pd.DataFrame:
    table = pd.DataFrame(pairs, columns=["group", "respondent", "evaluatee"])
    return table.assign(reason="负责人（虚构）")


def test_recused_persons_on_no_list_of_their_group_are_all_named(make_round: Make) -> None:
    table = recused(
        ("delegates", "D99", "县公安局"),
        ("delegates", "D01", "县公安局"),
        ("staff", "D01", "县公安局"),
        ("users", "110105199001011234", "县教育局"),
    )
    found = refusals(make_round(recusals=table))
    assert [rule for rule, *_ in found] == ["recusal_nobody"] * 3
    assert [english.split(" is on")[0] for _, english, _ in found] == [
        "row 5: '110105199001011234'",
        "row 4: 'D01'",
        "row 2: 'D99'",
    ]
    assert "名单 'delegates' 中没有“D99”" in found[2][2] and "假名" in found[2][2]


def test_rows_in_units_that_the_frame_above_lacks_are_all_named(make_round: Make, people: People) -> None:
    users = people.frames["users"]
    rows = users.index[users["town"] == "东02镇"]
    wrong = users.assign(town=users["town"].replace({"东02镇": "东99镇"}))
    more = {"evaluatee": "县公安局", "id": "029999", "county": "西县", "town": "西99镇"}
    wrong.loc[len(wrong)] = more
    found = refusals(make_round(users=wrong))
    assert [rule for rule, *_ in found] == ["stray", "stray"]
    assert found[0][1].startswith(
        f"frame users, first row {rows[0] + 2}: {len(rows)} rows are of the town '东99镇'"
    )
    assert found[1][2].startswith("名单 users：有 1 行的 town 是“西99镇”，名单 'towns' 中没有")


@pytest.fixture
def closed(make_round: Make, people: People, tmp_path: Path) -> Round:
    one = make_round(users=None)
    users = people.frames["users"].rename(columns={"evaluatee": "被评单位", "id": "编号"})
    write_table(tmp_path / "全部.csv", users)
    add(one, tmp_path / "全部.csv", frame="users", office="县教育局")
    map_heads(one, "县教育局")
    close(one)
    return one


@pytest.mark.parametrize("how", ["less", "beside", "instead", "gone"])
def test_a_frame_edited_after_it_was_closed_is_named(closed: Round, how: str) -> None:
    path = closed.folder / "frames" / "users.csv"
    whole, file = path.read_bytes(), "frames/users.csv"
    if how == "less":
        path.write_bytes(b"\n".join(whole.split(b"\n")[:-2]) + b"\n")
    else:
        if how != "gone":
            file = "frames/users/users.csv"
            (closed.folder / "frames" / "users").mkdir()
            (closed.folder / file).write_bytes(whole)
        if how != "beside":
            path.unlink()
    found = refusals(closed)
    assert [(rule, english.split(" is not")[0]) for rule, english, _ in found] == [("frame_edited", file)]


def test_a_frame_as_it_was_closed_is_drawn(closed: Round) -> None:
    closed.draw("k")
    assert closed.verify() == []


def test_columns_that_tell_who_persons_are_do_not_reach_samples(make_round: Make, people: People) -> None:
    staff = people.frames["staff"].assign(**{"姓名": "模拟甲", "联系 电话": "13800000000", "made": "模拟"})
    towns = people.frames["towns"].assign(名称="模拟镇")
    one = make_round(staff=staff, towns=towns)
    found = refusals(one)
    assert [rule for rule, *_ in found] == ["frame_tells"]
    assert found[0][1].startswith("frame staff: the columns 姓名、联系 电话 tell who persons are")
    assert not list((one.folder / "samples").rglob("*.csv"))


def test_nothing_is_released_before_the_draw(make_round: Make) -> None:
    one = make_round()
    with pytest.raises(RoundError) as caught:
        one.release("delegates", 1, reason="x", office="y")
    assert [each.rule for each in caught.value.faults] == ["not_drawn"]
