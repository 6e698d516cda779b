"""A round is a folder: it is started once, drawn once, and draws the same from every form of its frames."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from sampling import DesignError, FrameError
from toolkit import Round, RoundError, SchemeError
from toolkit.files import file_digest, read_table, write_bytes, write_table

SMALL = Path(__file__).parents[1] / "scenarios" / "small.toml"
KEY = "公开的钥匙"
Maker = Callable[..., Round]


def samples_of(one: Round) -> dict[str, bytes]:
    """Every file of the samples, byte for byte."""
    folder = one.folder / "samples"
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def altered_scheme(folder: Path, *edits: tuple[str, str]) -> Path:
    text = SMALL.read_text(encoding="utf-8")
    for old, new in edits:
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
        text = text.replace(old, new)
    (folder / "altered.toml").write_text(text, encoding="utf-8")
    return folder / "altered.toml"


# ---------------------------------------------------------------------------------- create and open


def test_a_new_round_is_a_folder_with_a_frozen_scheme_and_a_journal(make_round: Maker) -> None:
    one = make_round("2024年 一轮")
    assert {path.name for path in one.folder.iterdir()} == {
        "scheme.toml",
        "frames",
        "samples",
        "answers",
        "results",
        "journal.jsonl",
    }
    assert one.folder.name == "2024年 一轮" and " " in one.folder.parent.name
    assert file_digest(one.folder / "scheme.toml") == one.steps("create")[0]["sha256"]
    assert (one.folder / "scheme.toml").read_bytes() == SMALL.read_bytes()
    assert one.made is False


def test_a_round_is_never_started_over_another(make_round: Maker) -> None:
    one = make_round("一轮")
    before = (one.folder / "journal.jsonl").read_bytes()
    with pytest.raises(RoundError, match="exists already; go on with it"):
        make_round("一轮")
    assert (one.folder / "journal.jsonl").read_bytes() == before


def test_a_faulty_scheme_starts_no_round(tmp_path: Path) -> None:
    scheme = altered_scheme(tmp_path, ("weight = 0.10", "weight = 0.05"))
    with pytest.raises(SchemeError):
        Round.create("r", scheme=scheme, folder=tmp_path)
    assert not (tmp_path / "r").exists()


@pytest.mark.parametrize("make", ["nothing", "a folder"])
def test_what_is_no_round_is_not_opened(make: str, tmp_path: Path) -> None:
    if make == "a folder":
        (tmp_path / "r").mkdir()
    with pytest.raises(RoundError, match="is no round: it has no scheme.toml"):
        Round.open(tmp_path / "r")


def test_an_opened_round_goes_on_where_it_was(make_round: Maker) -> None:
    one = make_round()
    counts = one.draw(KEY)
    assert counts == {"towns": 12, "users": 240, "staff": 42, "delegates": 20, "inspectors": 5}
    again = Round.open(str(one.folder))
    assert again.steps("draw")[0]["units"] == counts
    with pytest.raises(RoundError, match="drawn already"):
        again.draw(KEY)


def test_a_frozen_scheme_does_not_follow_the_file_it_came_from(make_round: Maker, tmp_path: Path) -> None:
    scheme = altered_scheme(tmp_path, ("decimals = 2", "decimals = 1"))
    one = make_round(scheme=scheme)
    scheme.write_text("broken", encoding="utf-8")
    assert Round.open(one.folder).scheme.ranking.decimals == 1


# ------------------------------------------------------------------------------- forms of the frames


def as_csv(folder: Path, name: str, table: pd.DataFrame) -> None:
    write_table(folder / f"{name}.csv", table)


def as_gb18030(folder: Path, name: str, table: pd.DataFrame) -> None:
    write_bytes(folder / f"{name}.csv", table.to_csv(index=False).encode("gb18030"))


def as_excel(folder: Path, name: str, table: pd.DataFrame) -> None:
    table.to_excel(folder / f"{name}.xlsx", index=False)


def shuffled(folder: Path, name: str, table: pd.DataFrame) -> None:
    write_table(folder / f"{name}.csv", table.sample(frac=1, random_state=5))


def split(folder: Path, name: str, table: pd.DataFrame) -> None:
    """A folder of files as several offices would send them: CSV in two encodings, and Excel."""
    (folder / name).mkdir()
    third = len(table) // 3 + 1
    as_excel(folder / name, "市 甲", table.iloc[2 * third :])
    as_gb18030(folder / name, "乙", table.iloc[third : 2 * third])
    as_csv(folder / name, "丙", table.iloc[:third])
    (folder / name / "~$市 甲.xlsx").write_bytes(b"a lock that Excel leaves")
    (folder / name / ".DS_Store").write_bytes(b"")


@pytest.mark.parametrize("form", [as_csv, as_gb18030, as_excel, shuffled, split])
def test_samples_and_receipts_do_not_depend_on_the_form_of_the_frames(
    form: Callable[[Path, str, pd.DataFrame], None], make_round: Maker, played_folder: Path, people: Any
) -> None:
    one = make_round(**dict.fromkeys(people.frames))
    for name, table in people.frames.items():
        form(one.folder / "frames", name, table)
    one.draw(KEY)
    assert samples_of(one) == samples_of(Round.open(played_folder))


def test_another_key_gives_another_sample(make_round: Maker, played_folder: Path) -> None:
    one = make_round()
    one.draw("别的钥匙")
    then, now = samples_of(Round.open(played_folder)), samples_of(one)
    assert then.keys() == now.keys()
    same = {name for name in then if name.endswith(".csv") and then[name] == now[name]}
    assert same == {"inspectors.csv", "staff/县图书馆.csv"}  # everyone


def test_columns_in_another_order_draw_the_same_units(make_round: Maker, people: Any) -> None:
    one = make_round()
    one.draw(KEY)
    other = make_round("b", users=people.frames["users"].iloc[:, ::-1])
    other.draw(KEY)
    for evaluatee in one.scheme.evaluatees:
        first, second = (each.sample("users", evaluatee).units["id"] for each in (one, other))
        assert first.tolist() == second.tolist()


def test_ids_keep_their_leading_zeros(make_round: Maker) -> None:
    one = make_round()
    one.draw(KEY)
    ids = one.sample("users", "县教育局").units["id"]
    assert ids.str.fullmatch("01[0-9]{4}").all()


# ----------------------------------------------------------------------------------- what is drawn


def test_users_are_drawn_in_the_drawn_towns_only(make_round: Maker) -> None:
    one = make_round()
    one.draw(KEY)
    towns = one.sample("towns").units
    assert len(towns) == 12 and towns["county"].value_counts().min() >= 3
    for evaluatee in one.scheme.evaluatees:
        users = one.sample("users", evaluatee).units
        assert set(users["town"]) == set(towns["town"])
        assert len(users) == 48 and users["town"].value_counts().min() >= 2
        assert set(users["evaluatee"]) == {evaluatee}


def test_lists_with_the_same_ids_are_drawn_apart(make_round: Maker, people: Any) -> None:
    staff = people.frames["staff"].query("evaluatee == '县教育局'")
    lists = [staff.assign(evaluatee=name) for name in people.frames["staff"]["evaluatee"].unique()]
    one = make_round(staff=pd.concat(lists))
    one.draw(KEY)
    drawn = {frozenset(one.sample("staff", name).units["id"]) for name in one.scheme.evaluatees}
    assert len(drawn) == 5


def test_a_short_staff_list_is_taken_whole(make_round: Maker, people: Any) -> None:
    one = make_round()
    one.draw(KEY)
    short, full = one.sample("staff", "县图书馆"), one.sample("staff", "县公安局")
    everyone = people.frames["staff"].query("evaluatee == '县图书馆'")["id"]
    assert set(short.units["id"]) == set(everyone)
    assert short.units["weight"].tolist() == [1.0] * 6
    assert short.receipt["design"] == {"kind": "census"}
    assert len(full.units) == 9 and full.receipt["design"]["kind"] == "stratified"


def test_a_short_list_is_an_error_where_the_scheme_says_so(make_round: Maker, tmp_path: Path) -> None:
    scheme = altered_scheme(tmp_path, ('short_frame = "take_all"', 'short_frame = "error"'))
    with pytest.raises(DesignError, match="small/staff/县图书馆"):
        make_round(scheme=scheme).draw(KEY)


def test_a_person_with_two_seats_is_one_person_with_one_chance(make_round: Maker, tmp_path: Path) -> None:
    whole = ('{ kind = "simple_random", n = 20 }', '{ kind = "simple_random", n = 50 }')
    scheme = altered_scheme(
        tmp_path, whole, ("valid = 20", "valid = 50"), ("valid_answers = 82", "valid_answers = 112")
    )
    one = make_round(scheme=scheme)
    one.draw(KEY)
    units = one.sample("delegates").units
    assert len(units) == 50 and units["person"].is_unique
    assert set(units["population"]) == {50.0}
    bodies = units.set_index("person")["body"]
    assert bodies["D03"] == "人大代表、政协委员" and bodies["D20"] == "党代表、政协委员"
    assert bodies["D04"] == "党代表"


def test_two_seats_count_twice_where_rows_are_not_merged(make_round: Maker, tmp_path: Path) -> None:
    scheme = altered_scheme(
        tmp_path, ("merge_rows = true\n", ""), ("delegates.draws.0.merge_rows", "delegates")
    )
    with pytest.raises(FrameError, match=r"unit id must be unique; 2 repeat"):
        make_round(scheme=scheme).draw(KEY)


def test_rows_without_an_id_are_not_merged_away(make_round: Maker, people: Any) -> None:
    seats = people.frames["delegates"].copy()
    seats.loc[[5, 6, 7], "person"] = None
    with pytest.raises(FrameError, match="small/delegates: 'person' must not be empty"):
        make_round(delegates=seats).draw(KEY)


def test_rows_are_merged_within_each_evaluatees_own_list(
    make_round: Maker, tmp_path: Path, people: Any
) -> None:
    scheme = altered_scheme(
        tmp_path, ('frame = "staff"\nunit = "id"\n', 'frame = "staff"\nunit = "id"\nmerge_rows = true\n')
    )
    staff = people.frames["staff"].assign(id=lambda table: table["id"].str[3:])  # ids repeat between lists
    twice = staff[staff["evaluatee"] == "县图书馆"].assign(office="9")
    one = make_round(scheme=scheme, staff=pd.concat([staff, twice]))
    one.draw(KEY)
    units = one.sample("staff", "县图书馆").units
    assert units["id"].tolist() == [f"{i:02d}" for i in range(1, 7)]
    assert units["office"].str.endswith("、9").all()
    assert set(units["evaluatee"]) == {"县图书馆"}


def test_a_missing_sample_has_no_such_name(make_round: Maker) -> None:
    one = make_round()
    one.draw(KEY)
    for name, evaluatee in (("tows", ""), ("users", ""), ("users", "县财政局"), ("towns", "县教育局")):
        with pytest.raises(KeyError):
            one.sample(name, evaluatee)


# -------------------------------------------------------------------------------------- what fails


def test_drawing_twice_is_refused_and_changes_nothing(make_round: Maker) -> None:
    one = make_round()
    one.draw(KEY)
    before = samples_of(one)
    with pytest.raises(RoundError, match="a second draw would let one choose"):
        one.draw("别的钥匙")
    assert samples_of(one) == before
    assert len(one.steps("draw")) == 1


def test_a_missing_frame_is_named(make_round: Maker) -> None:
    with pytest.raises(RoundError, match=r"no frame 'staff': put staff.csv, staff.xlsx, or a folder staff"):
        make_round(staff=None).draw(KEY)


def test_every_evaluatee_without_a_list_is_named(make_round: Maker, people: Any) -> None:
    users = people.frames["users"].query("evaluatee not in ['县公安局', '电信公司']")
    with pytest.raises(RoundError) as caught:
        make_round(users=users).draw(KEY)
    assert [one.english.split(":")[0] for one in caught.value.faults] == [
        "no frame 'users/县公安局'",
        "no frame 'users/电信公司'",
    ]


def test_rows_for_no_evaluatee_of_the_scheme_are_named_with_their_number(
    make_round: Maker, people: Any
) -> None:
    staff = people.frames["staff"].copy()
    staff.loc[[3, 4], "evaluatee"] = "县教育局 "
    staff.loc[7, "evaluatee"] = None
    with pytest.raises(RoundError) as caught:
        make_round(staff=staff).draw(KEY)
    assert [one.english for one in caught.value.faults] == [
        "frame staff: 2 rows are for '县教育局 ', no evaluatee of this scheme",
        "frame staff: 1 rows are for '', no evaluatee of this scheme",
    ]


def test_a_list_without_the_column_of_evaluatees_is_named(make_round: Maker, people: Any) -> None:
    with pytest.raises(FrameError, match="frame users: column 'evaluatee' is needed"):
        make_round(users=people.frames["users"].drop(columns="evaluatee")).draw(KEY)


@pytest.mark.parametrize("odd", ["县公安局", "县教育局", "电信公司"])  # read first, in between, last
def test_of_split_files_the_one_with_other_columns_is_named(make_round: Maker, people: Any, odd: str) -> None:
    one = make_round(staff=None)
    for name, rows in people.frames["staff"].groupby("evaluatee"):
        columns = {"office": "科室"} if name == odd else {}
        write_table(one.folder / "frames" / "staff" / f"{name}.csv", rows.rename(columns=columns))
    with pytest.raises(RoundError) as caught:
        one.draw(KEY)
    assert [fault.english for fault in caught.value.faults] == [
        f"file {odd}.csv has the columns evaluatee, id, level, 科室; "
        "the others have evaluatee, id, level, office"
    ]


def test_a_file_that_cannot_be_read_is_not_passed_over(make_round: Maker, people: Any) -> None:
    one = make_round(staff=None)
    split(one.folder / "frames", "staff", people.frames["staff"])
    (one.folder / "frames" / "staff" / "补充.xls").write_bytes(b"old Excel")
    with pytest.raises(RoundError, match="补充.xls: only .csv and .xlsx are read"):
        one.draw(KEY)


def test_a_failed_draw_leaves_nothing_and_can_be_repeated(
    make_round: Maker, people: Any, played_folder: Path
) -> None:
    wrong = people.frames["inspectors"].rename(columns={"person": "人员"})
    one = make_round(inspectors=wrong)
    with pytest.raises(FrameError, match="small/inspectors: column 'person' is needed"):
        one.draw(KEY)
    assert samples_of(one) == {}
    assert "samples.part" not in {path.name for path in one.folder.iterdir()}
    assert one.steps("draw") == []
    write_table(one.folder / "frames" / "inspectors.csv", people.frames["inspectors"])
    one.draw(KEY)
    assert samples_of(one) == samples_of(Round.open(played_folder))


@pytest.mark.parametrize("key", ["", "a\x1fb"])
def test_a_key_that_cannot_be_used_leaves_nothing(key: str, make_round: Maker) -> None:
    one = make_round()
    with pytest.raises(DesignError, match="key"):
        one.draw(key)
    assert samples_of(one) == {} and one.steps("draw") == []


# ----------------------------------------------------------------------------------------- journal


def test_any_text_may_be_a_key(make_round: Maker) -> None:
    one = make_round()
    key = "钥匙\u2028\x85\u2029 “引号” \\ 🔑"
    one.draw(key)
    assert one.steps("draw")[0]["key"] == key
    assert one.verify() == []


def test_the_journal_tells_every_step_and_the_digest_of_every_frame(
    make_round: Maker, people: Any, sheets_of: Callable[[Round], pd.DataFrame], tmp_path: Path
) -> None:
    one = make_round(staff=None, users=None)
    for name in ("staff", "users"):  # files of one name in two folders
        write_table(one.folder / "frames" / name / "全部.csv", people.frames[name])
    one.draw(KEY)
    write_table(tmp_path / "a.csv", sheets_of(one))
    one.collect(tmp_path / "a.csv")
    one.score()
    lines = (one.folder / "journal.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["step"] for line in lines] == ["create", "draw", "collect", "score"]
    step = one.steps("draw")[0]
    assert step["key"] == KEY
    assert step["frames"] == {
        name: file_digest(one.folder / "frames" / name)
        for name in ("delegates.csv", "inspectors.csv", "staff/全部.csv", "towns.csv", "users/全部.csv")
    }
    assert one.steps("collect")[0]["sha256"] == file_digest(tmp_path / "a.csv")
    assert one.steps("score")[0]["sha256"] == file_digest(one.folder / "results" / "scores.csv")


def test_a_sample_is_read_back_as_it_was_drawn(make_round: Maker) -> None:
    one = make_round()
    one.draw(KEY)
    path = one.folder / "samples" / "delegates.csv"
    table, sample = read_table(path), one.sample("delegates")
    assert list(table.columns) == list(sample.units.columns)
    assert sample.units["weight"].tolist() == [50 / 20] * 20
    assert sample.receipt["key"] == KEY and sample.receipt["name"] == "small/delegates"
