"""Lists of offices in a round: versions, mappings, repeats, signs, pseudonyms. All people are made up."""

from __future__ import annotations

import hashlib
import hmac
import json
import stat
from base64 import b32encode
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from toolkit import Round, RoundError, frames
from toolkit.files import write_table
from toolkit.frames.clean import id_card
from toolkit.frames.private import pseudonyms, refuse_collisions
from toolkit.frames.register import changes_between, opened, state_of

HEADS = ["编号", "姓名", "身份证号", "联系电话", "住址", "乡镇", "办理事项", "办理时间"]
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def card(at: int, female: bool = False) -> str:
    """Make up an id card number; its check character by GB 11643, worked out here anew."""
    born = f"{1950 + at % 50}{1 + at % 12:02d}{1 + at % 28:02d}"
    digits = f"110105{born}{at % 50:02d}{2 * (at % 5) + (not female)}"
    total = sum(int(one) * weight for one, weight in zip(digits, WEIGHTS, strict=True))
    fits = [at for at in range(11) if (total + at) % 11 == 1]  # ISO 7064: the sum with the check is 1 mod 11
    return digits + "0123456789X"[fits[0]]


def person(at: int, **other: Any) -> dict[str, str]:
    told = [f"N{at}", f"模拟{at}", card(at), f"1380000{at:04d}", f"模拟路{at}号", "东01镇", f"事项{at % 3}"]
    return dict(zip(HEADS, [*told, f"2013-0{1 + at % 9}-11"], strict=True)) | other


@pytest.fixture
def one(make_round: Callable[..., Round]) -> Round:
    return make_round(users=None, staff=None)


@pytest.fixture
def send(one: Round, tmp_path: Path) -> Callable[..., frames.Listed]:
    """Send a list, and confirm its headings as proposed."""

    def take(office: str, people: list[dict[str, str]], frame: str = "users", **what: Any) -> frames.Listed:
        path = tmp_path / f"{office}.csv"
        write_table(path, pd.DataFrame(people))
        listed = frames.add(one, path, frame=frame, office=office, **what)
        if not listed.before:
            frames.map_heads(one, office, frame)
        return listed

    return take


def test_the_raw_file_is_kept_byte_for_byte_and_for_its_owner_alone(one: Round, tmp_path: Path) -> None:
    path = tmp_path / "县教育局.csv"
    data = "编号,姓名,乡镇\r\n1,模拟甲,东01镇\r\n".encode("gb18030")
    path.write_bytes(data)
    frames.add(one, path, frame="users", office="县教育局", cases=7)
    step = one.steps("frames-add")[0]
    kept = one.folder / "private" / "frames" / "raw" / step["file"]
    assert kept.read_bytes() == data
    assert (step["sha256"], step["version"], step["cases"]) == (hashlib.sha256(data).hexdigest(), 1, 7)
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stat.S_IMODE((one.folder / "private").stat().st_mode) == 0o700


def test_the_same_file_twice_changes_nothing(one: Round, send: Callable[..., Any]) -> None:
    send("县教育局", [person(1)])
    before = {p: p.read_bytes() for p in one.folder.rglob("*") if p.is_file()}
    assert send("县教育局", [person(1)]).before
    assert {p: p.read_bytes() for p in one.folder.rglob("*") if p.is_file()} == before


def test_the_same_file_with_the_same_headings_named_changes_nothing(one: Round, tmp_path: Path) -> None:
    write_table(tmp_path / "x.csv", pd.DataFrame([{"代码": "1", "称呼": "模拟甲", "乡镇": "东01镇"}]))
    what: dict[str, Any] = {"frame": "users", "office": "县教育局"}
    heads = {"代码": "number", "称呼": "name"}
    assert not frames.add(one, tmp_path / "x.csv", heads=heads, **what).before
    assert frames.add(one, tmp_path / "x.csv", heads=heads, **what).before
    assert not frames.add(one, tmp_path / "x.csv", heads={"代码": "number", "称呼": ""}, **what).before


def test_a_later_version_replaces_says_what_changed_and_can_be_taken_back(
    one: Round, send: Callable[..., Any]
) -> None:
    send("县教育局", [person(1), person(2), person(3)], cases=3)
    second = send("县教育局", [person(1), person(3, 乡镇="东02镇"), person(4)])
    assert second.sent.version == 2 and second.sent.cases == 3
    assert second.changes.to_numpy().tolist() == [
        ["changed", "", "C3", "乡镇"],
        ["added", "", "C4", ""],
        ["gone", "", "C3", ""],
    ]
    assert not second.waiting, "the same headings of the same office stay confirmed"
    with pytest.raises(RoundError, match="reason"):
        frames.drop(one, "县教育局", reason=" ", by="县统计局")
    now = frames.drop(one, "县教育局", reason="误报", by="县统计局")
    assert now is not None and now.version == 1
    assert set(frames.check(one).rows["number"]) == {"N1", "N2", "N3"}
    assert send("县教育局", [person(9)]).sent.version == 3
    assert len(list((one.folder / "private/frames/raw").iterdir())) == 3


def test_a_mapping_is_proposed_to_other_offices_and_asked_again_for_new_headings(
    one: Round, tmp_path: Path
) -> None:
    lines = pd.DataFrame([{"编号": "1", "姓名": "模拟甲", "片": "东01镇"}])
    for office in ("县教育局", "县公安局"):
        write_table(tmp_path / f"{office}.csv", lines)
    frames.add(one, tmp_path / "县教育局.csv", frame="users", office="县教育局")
    with pytest.raises(RoundError, match="no heading for town"):
        frames.map_heads(one, "县教育局")
    frames.map_heads(one, "县教育局", fields={"片": "town"})
    other = frames.add(one, tmp_path / "县公安局.csv", frame="users", office="县公安局")
    assert other.mapping.set_index("heading").loc["片", ["field", "source"]].tolist() == ["town", "others"]
    assert [fault.rule for fault in other.waiting] == ["not_confirmed"]
    assert frames.waiting(one) == ["县公安局 users"]
    assert frames.accept_all(one) == ["县公安局 users"] and frames.waiting(one) == []
    write_table(tmp_path / "县公安局.csv", lines.assign(电话="13800000011"))
    assert [
        f.rule for f in frames.add(one, tmp_path / "县公安局.csv", frame="users", office="县公安局").waiting
    ] == ["not_confirmed"]


def test_repeats_within_a_list_count_once_and_contradictions_not_at_all(
    one: Round, send: Callable[..., Any]
) -> None:
    send("县教育局", [person(1), person(2), person(1, 办理事项="别的"), person(3), person(3, 乡镇="东02镇")])
    found = frames.check(one)
    assert found.lists.loc[0, ["rows", "counted", "set_aside"]].tolist() == [5, 2, 2]
    told = found.findings[["cell", "rule", "out", "english"]].to_numpy().tolist()
    assert told == [
        ["C4", "twice", False, "the same person as in C2; counted once"],
        ["C5", "differs", True, "the same person as in C6, but town differs"],
        ["C6", "differs", True, "the same person as in C5, but town differs"],
    ]


def test_persons_of_several_offices_are_counted_by_pair(one: Round, send: Callable[..., Any]) -> None:
    send("县教育局", [person(at) for at in (1, 2, 3)])
    send("县公安局", [person(at, 编号=f"Q{at}") for at in (2, 3, 4)])
    send("县图书馆", [person(at, 身份证号="", 编号=f"N{at}") for at in (1, 2)])
    assert frames.check(one).shared.to_numpy().tolist() == [["users", "县教育局", "县公安局", 2]]


def test_signs_of_a_chosen_list_are_told_with_count_share_and_rows(
    one: Round, send: Callable[..., Any], tmp_path: Path
) -> None:
    listed = [person(at, 办理事项="开业", 办理时间="2013-03-01") for at in range(1, 25)]
    for at in (0, 1, 2):
        listed[at]["联系电话"] = "13812345678"
    for at in (5, 6):
        listed[at] |= {"联系电话": "", "住址": ""}
    for at in range(10, 20):
        listed[at]["住址"] = "模拟路 900 号"
    send("县教育局", listed, cases=100)
    heads = {"编号": "S1", "姓名": "模拟职工", "身份证号": card(24), "联系电话": "13800000020"}
    staff = [heads | {"层级": "县级", "科室": "1"}]
    send("县教育局", staff, "staff")
    signs = frames.check(one).signs
    assert set(signs.loc[signs["frame"] == "staff", "sign"]) == {"without_address"}
    signs = signs[signs["frame"] == "users"].set_index("sign")
    expected = {
        "size": (24, 100, 0.24, ""),
        "own_staff": (2, 24, 2 / 24, "C21、C25"),
        "dead": (3, 24, 3 / 24, "C2、C3、C4"),
        "no_phone": (2, 24, 2 / 24, "C7、C8"),
        "no_address": (2, 24, 2 / 24, "C7、C8"),
        "one_phone": (3, 24, 3 / 24, "C2、C3、C4"),
        "one_address": (10, 24, 10 / 24, "、".join(f"C{row}" for row in range(12, 22))),
    }
    found = {name: tuple(signs.loc[name, ["count", "of", "share", "rows"]]) for name in expected}
    assert found == expected
    assert set(signs.index) == {*expected, "one_month", "one_service"}
    assert signs.at["one_month", "statement"] == "24 人都在同一个月办理（2013-03）"
    cases = pd.DataFrame({"单位": ["县教育局"], "名单": ["users"], "件数": ["25"]})
    write_table(tmp_path / "办件量.csv", cases)
    assert "size" not in set(frames.check(one, tmp_path / "办件量.csv").signs["sign"])


def test_a_whole_list_gives_no_sign(one: Round, send: Callable[..., Any]) -> None:
    send("县教育局", [person(at) for at in range(1, 40)], cases=40)
    assert frames.check(one).signs.empty


def test_a_pseudonym_is_the_hmac_of_the_person_the_same_in_every_office(
    one: Round, send: Callable[..., Any]
) -> None:
    send("县教育局", [person(1), person(2, 身份证号="", 编号="11")])
    send("县公安局", [person(1, 编号="77", 姓名="模拟壹"), person(2, 身份证号="", 编号="11")])
    closed = frames.close(one)
    assert closed.secret_made and stat.S_IMODE(closed.secret.stat().st_mode) == 0o600
    secret = bytes.fromhex(closed.secret.read_text())
    table = one.frame("users")
    assert list(table.columns) == ["evaluatee", "id", "town"]

    def by_hand(kind: str, identity: str) -> str:
        message = f"minyi-person/1\x1f{kind}\x1f{identity}".encode()
        return "P" + b32encode(hmac.new(secret, message, hashlib.sha256).digest()[:10]).decode()

    ids = {office: set(part["id"]) for office, part in table.groupby("evaluatee")}
    same = by_hand("id_card", card(1))
    assert ids["县教育局"] == {same, by_hand("number", "县教育局\x1fusers\x1f11")}
    assert ids["县公安局"] == {same, by_hand("number", "县公安局\x1fusers\x1f11")}
    contacts = pd.read_csv(one.folder / "private/contacts/users.csv", dtype=str)
    assert set(contacts.loc[contacts["id"] == same, "phone"]) == {"13800000001"}
    assert "id_card" not in contacts
    again = frames.close(one)
    assert not again.secret_made and one.frame("users").equals(table)


def test_nobody_is_named_outside_the_private_folder(
    one: Round, send: Callable[..., Any], people: Any
) -> None:
    for at, office in enumerate(one.scheme.evaluatees):
        listed = [
            person(100 * at + n, 乡镇=town) for n, town in enumerate(people.frames["towns"]["town"].repeat(6))
        ]
        send(office, listed)
    write_table(one.folder / "frames" / "staff.csv", people.frames["staff"])
    secret = frames.close(one).secret.read_text().strip()
    lists = one.frame("users").groupby("evaluatee")["id"]
    assert all(list(ids) == sorted(ids) for _, ids in lists), "the order of a list tells nothing"
    one.draw("公开的钥匙")
    assert one.verify() == []
    public = [p for p in one.folder.rglob("*") if p.is_file() and "private" not in p.parts]
    assert len(public) > 20
    for path in public:
        text = path.read_text(encoding="utf8")
        assert not any(word in text for word in ("模拟路", "模拟1", "1380000", card(1), secret)), path
    with pytest.raises(RoundError, match="the sample is drawn"):
        frames.close(one)


def test_a_frame_put_there_by_hand_still_works_and_is_never_overwritten(
    make_round: Callable[..., Round], tmp_path: Path
) -> None:
    one = make_round()
    write_table(tmp_path / "x.csv", pd.DataFrame([person(1)]))
    frames.add(one, tmp_path / "x.csv", frame="users", office="县教育局")
    before = (one.folder / "frames/users.csv").read_bytes()
    with pytest.raises(RoundError, match=r"lists came or changed since the frames were closed"):
        one.draw("k")
    frames.map_heads(one, "县教育局")
    with pytest.raises(RoundError, match=r"frames/users.csv stands in frames/ already"):
        frames.close(one)
    assert (one.folder / "frames/users.csv").read_bytes() == before


def test_closing_waits_for_faults_unless_somebody_decides(one: Round, send: Callable[..., Any]) -> None:
    send("县教育局", [person(1), person(2, 乡镇="")])
    journal = (one.folder / "journal.jsonl").read_bytes()
    with pytest.raises(RoundError, match="1 rows are set aside"):
        frames.close(one)
    with pytest.raises(RoundError, match="reason"):
        frames.close(one, leave_out=True)
    assert (one.folder / "journal.jsonl").read_bytes() == journal
    closed = frames.close(one, leave_out=True, reason="联系不上", by="县统计局").frames.iloc[0]
    assert closed[["rows", "left_out"]].tolist() == [1, 1]
    assert closed["missing"] == "县公安局、县图书馆、县邮政局、电信公司"
    assert one.steps("frames-close")[0]["reason"] == "联系不上"


def test_lists_of_towns_keep_their_names(
    make_round: Callable[..., Round], people: Any, tmp_path: Path
) -> None:
    one = make_round(towns=None)
    book = openpyxl.Workbook()
    book.active.append(["区县", "乡镇", "人口"])
    for row in people.frames["towns"].to_numpy().tolist():
        book.active.append(row)
    book.save(tmp_path / "乡镇.xlsx")
    frames.add(one, tmp_path / "乡镇.xlsx", frame="towns", office="县统计局")
    frames.map_heads(one, "县统计局")
    closed = frames.close(one)
    assert not closed.secret_made and not closed.secret.exists()
    due = people.frames["towns"].astype(str)
    pd.testing.assert_frame_equal(one.frame("towns")[list(due)].astype(str), due, check_dtype=False)


def test_delegates_with_two_seats_stay_on_two_rows_of_one_pseudonym(
    make_round: Callable[..., Round], tmp_path: Path
) -> None:
    one = make_round(delegates=None)
    seats = [{"姓名": "模拟甲", "电话": "13800000011"}, {"姓名": "模拟 甲", "电话": "138 0000 0011"}]
    write_table(tmp_path / "d.csv", pd.DataFrame([*seats, {"姓名": "模拟乙", "电话": "13800000011"}]))
    frames.add(one, tmp_path / "d.csv", frame="delegates", office="县人大")
    frames.map_heads(one, "县人大")
    frames.close(one)
    ids = one.frame("delegates")["person"]
    assert len(ids) == 3 and ids.nunique() == 2


def test_the_person_is_told_by_the_field_that_the_mapping_names(one: Round, send: Callable[..., Any]) -> None:
    send("县教育局", [person(1), person(1, 编号="N2")])
    assert frames.check(one).lists.loc[0, "counted"] == 1
    frames.map_heads(one, "县教育局", person="number")
    assert frames.check(one).lists.loc[0, "counted"] == 2


def test_a_collision_of_pseudonyms_is_refused() -> None:
    with pytest.raises(RoundError, match="two persons have the pseudonym P1"):
        refuse_collisions(["P1", "P1"], ["number"] * 2, ["a", "b"], "x")
    refuse_collisions(["P1", "P1"], ["number"] * 2, ["a", "a"], "x")
    made = pseudonyms(b"k" * 32, ["number"] * 20_000, map(str, range(20_000)))
    assert len(set(made)) == 20_000 and {len(one) for one in made} == {17}


def test_cards_of_15_digits_are_those_of_18(one: Round, send: Callable[..., Any]) -> None:
    new = card(7)
    old = new[:6] + new[8:17]
    assert id_card(old) == (new, "")
    send("县教育局", [person(7)])
    send("县公安局", [person(7, 身份证号=old)])
    frames.close(one)
    assert one.frame("users")["id"].nunique() == 1


def test_the_sheet_that_goes_back_names_every_cell(one: Round, send: Callable[..., Any]) -> None:
    people = [person(1, 身份证号="=1+1"), person(2, 乡镇="东99镇"), person(3, 联系电话="12")]
    send("县教育局", people)
    path = frames.check(one).returns[0]
    assert path.name == "名单退回单-县教育局-users-v1.xlsx"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    pages = pd.read_excel(
        path, sheet_name=None, header=1, engine="calamine", dtype=str, keep_default_na=False
    )
    mend, look = (
        pages[name][["单元格", "现有内容", "问题", "怎么办"]].to_numpy().tolist()
        for name in ("须更正", "请核对")
    )
    assert mend == [["F3", "东99镇", "没有这个乡镇；最接近的是 东09镇", "请核对写法，与行政区划名称一致"]]
    assert look == [
        ["C2", "=1+1", "身份证号不对：不是 18 位，也不是 15 位", "请照原件核对"],
        ["D4", "12", "不是能拨通的电话号码", "请核对"],
    ]


def test_the_seal_leaves_the_private_folder_out(played_folder: Path, tmp_path: Path) -> None:
    import shutil

    one = Round.open(shutil.copytree(played_folder, tmp_path / "sealed"))
    private = one.folder / "private" / "pseudonym.key"
    private.parent.mkdir()
    private.write_text("secret")
    one.seal(office="县统计局")
    files = json.loads((one.folder / "results/seal.json").read_text(encoding="utf8"))["files"]
    assert files and not any("private" in name for name in files)
    private.unlink()
    assert one.verify() == []


def test_changes_are_told_by_person_and_list(one: Round, send: Callable[..., Any]) -> None:
    send("县教育局", [person(1), person(2)])
    state = state_of(one)
    found = opened(one, state, state.in_force[0])
    table = found.read(one).rows
    assert changes_between(table, table.iloc[::-1], found.needs).empty


def test_a_column_of_the_scheme_may_be_called_as_one_of_ours(one: Round, send: Callable[..., Any]) -> None:
    heads = {"科室": "3", "层级": "县级"}
    send("县教育局", [person(1) | heads, person(2) | heads | {"科室": "4"}], "staff")
    frames.close(one)
    assert sorted(one.frame("staff")["office"]) == ["3", "4"]
    contacts = pd.read_csv(one.folder / "private/contacts/staff.csv", dtype=str)
    assert contacts["office"].tolist() == ["县教育局"] * 2


@pytest.mark.parametrize(
    "column", ["frame", "file", "sheet", "row", "cell", "kind", "out", "counts", "identity"]
)
def test_any_column_of_a_scheme_stays_what_the_office_wrote(one: Round, column: str, tmp_path: Path) -> None:
    staff = next(group for group in one.scheme.groups if group.draws[-1].frame == "staff")
    design = replace(staff.draws[-1].design, by=column)
    groups = [replace(staff, draws=(replace(staff.draws[-1], design=design),))]
    one = replace(one, scheme=replace(one.scheme, groups=tuple(groups)))
    lines = [{"编号": str(at), "姓名": "模拟", "科室": "1", column: f"v{at}"} for at in range(3)]
    write_table(tmp_path / "x.csv", pd.DataFrame(lines))
    frames.add(one, tmp_path / "x.csv", frame="staff", office="县教育局")
    frames.map_heads(one, "县教育局")
    frames.close(one)
    assert sorted(one.frame("staff")[column]) == ["v0", "v1", "v2"]


def test_what_one_office_does_not_use_is_still_proposed_to_another(
    one: Round, send: Callable[..., Any]
) -> None:
    twice = [person(at, 证件号码=card(at)) for at in (1, 2)]
    send("县教育局", twice)
    only = [{"证件号码": card(at), "姓名": "模拟", "乡镇": "东01镇"} for at in (1, 2)]
    other = send("县公安局", only)
    assert other.mapping.set_index("heading").loc["证件号码", ["field", "source"]].tolist() == [
        "id_card",
        "known",
    ]
    assert frames.check(one).shared.to_numpy().tolist() == [["users", "县教育局", "县公安局", 2]]
    again = send("县教育局", [*twice, person(3, 证件号码=card(3))])
    assert again.mapping.set_index("heading").at["证件号码", "field"] == "", "an office's own word stays"


def test_a_good_file_comes_in_where_the_former_can_no_longer_be_opened(one: Round, tmp_path: Path) -> None:
    def add(office: str, **columns: str) -> frames.Listed:
        write_table(tmp_path / "x.csv", pd.DataFrame([columns, columns]))
        return frames.add(one, tmp_path / "x.csv", frame="users", office=office)

    add("县教育局", 编号="1", 姓名="模拟甲", 片="东01镇")
    frames.map_heads(one, "县教育局", fields={"片": "town"})
    add("县公安局", 片="东01镇")
    add("县教育局", 编号="1", 片="东01镇", 乡镇="东01镇")
    frames.map_heads(one, "县教育局", fields={"片": "", "乡镇": "town"})
    with pytest.raises(RoundError, match="no table with known headings"):
        frames.show(one, "县公安局")
    assert add("县公安局", 编号="1", 乡镇="东01镇").sent.version == 2
    assert frames.show(one, "县公安局").rows == 2


@pytest.mark.parametrize(
    ("told", "town", "below"),
    [
        (card(1), "东01镇", "西山镇"),  # each is seen by one thing alone: an id,
        ("13800000011", "东01镇", "西山镇"),
        ("0826-2345678", "东01镇", "西山镇"),
        ("N1", "西山镇", "东01镇"),  # a number like those below,
        ("甲号", "西山镇", "西山镇"),  # a cell that comes again
    ],
)
def test_a_row_of_data_is_never_taken_for_headings(
    one: Round, tmp_path: Path, told: str, town: str, below: str
) -> None:
    path = tmp_path / "nohead.csv"
    lines = [["模拟甲甲", told, town], ["模拟乙", "N2", below]]
    path.write_text("".join(",".join(line) + "\n" for line in lines), encoding="utf8")
    what: dict[str, Any] = {"frame": "users", "office": "县教育局"}
    journal = (one.folder / "journal.jsonl").read_bytes()
    for heads in ({}, {"模拟甲甲": "name", town: "town"}):
        with pytest.raises(RoundError) as caught:
            frames.add(one, path, heads=heads, **what)
        said = f"{caught.value} {caught.value.chinese}"
        assert "加一行表头" in said and "nohead.csv!A1" in said
        assert "模拟甲甲" not in said and told not in said.replace("nohead.csv!A1", "")
    path.write_text("编号,姓名,乡镇\n1,模拟甲甲,东01镇\n", encoding="utf8")
    with pytest.raises(RoundError, match="no heading '模拟甲甲'"):
        frames.add(one, path, heads={"模拟甲甲": "name"}, **what)
    assert (one.folder / "journal.jsonl").read_bytes() == journal


def test_headings_stay_headings_whatever_stands_below(one: Round, send: Callable[..., Any]) -> None:
    listed = send("县教育局", [person(1, 备用1="备用2", 颜色="颜色")])
    assert listed.rows == 1 and frames.waiting(one) == []


def test_a_workbook_to_send_back_goes_once_its_list_is_mended(one: Round, send: Callable[..., Any]) -> None:
    send("县教育局", [person(1, 乡镇="")])
    send("县公安局", [person(2, 乡镇="")])
    assert len(frames.check(one).returns) == 2
    send("县公安局", [person(2)])
    kept = frames.check(one, write=False).returns
    folder = one.folder / "private/frames/returns"
    assert kept == () and len(list(folder.iterdir())) == 2, "without writing, nothing goes either"
    assert frames.check(one).returns == tuple(folder.iterdir())
    assert [path.name for path in folder.iterdir()] == ["名单退回单-县教育局-users-v1.xlsx"]
    send("县教育局", [person(1, 乡镇=""), person(3)])
    frames.check(one)
    assert [path.name for path in folder.iterdir()] == ["名单退回单-县教育局-users-v2.xlsx"]


@pytest.mark.parametrize("found", ["3,893", "0", "-5", "约三千", "3893人"])
def test_a_size_that_is_no_number_is_told_with_its_cell(one: Round, found: str, tmp_path: Path) -> None:
    (one.folder / "frames/towns.csv").unlink()
    towns = pd.DataFrame({"区县": ["东县"] * 2, "乡镇": ["东01镇", "东02镇"], "人口": ["3893", found]})
    write_table(tmp_path / "x.csv", towns)
    frames.add(one, tmp_path / "x.csv", frame="towns", office="县统计局")
    assert frames.map_heads(one, "县统计局").set_aside == 1
    told = frames.check(one).findings
    assert told[["cell", "rule", "out", "found"]].to_numpy().tolist() == [["C3", "no_size", True, found]]


def test_a_list_that_tells_nobody_does_not_replace_a_good_one(
    one: Round, send: Callable[..., Any], tmp_path: Path
) -> None:
    send("县教育局", [person(1)])
    with pytest.raises(RoundError, match="version 1 stays in force"):
        send("县教育局", [{"姓名": "模拟甲", "乡镇": "东01镇"}])
    assert [sent.version for sent in state_of(one).in_force] == [1]
    frames.drop(one, "县教育局", reason="误报", by="县统计局")
    with pytest.raises(RoundError, match="no heading that tells a person"):
        send("县教育局", [{"姓名": "模拟甲", "乡镇": "东01镇"}])
    write_table(tmp_path / "x.csv", pd.DataFrame([{"姓名": "模拟乙", "乡镇": "东01镇"}]))
    again = frames.add(one, tmp_path / "x.csv", frame="users", office="县教育局")
    assert again.sent.version == 3, "where no good one is lost, it comes in and waits"
