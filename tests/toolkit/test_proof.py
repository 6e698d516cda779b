"""A round proves itself, and every change made behind its back is named."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from sampling import Stratified, draw
from sampling.designs import PPS, Proportional
from toolkit import Round, RoundError
from toolkit.files import read_table, write_json, write_table


def edit(path: Path, old: str, new: str) -> None:
    """Change one piece of text in a file, as a hand with an editor would."""
    text = path.read_bytes().decode("utf-8-sig")
    assert text.count(old) >= 1, f"{old} is not in {path.name}"
    path.write_bytes(("\ufeff" * (path.suffix == ".csv") + text.replace(old, new, 1)).encode())


def cell(path: Path, row: int, column: str) -> str:
    return str(read_table(path)[column].iloc[row])


def set_cell(path: Path, row: int, column: str, value: str) -> None:
    table = read_table(path).reset_index(drop=True)
    table.loc[row, column] = value
    write_table(path, table)


def named(said: list[str], *words: str) -> bool:
    """Whether one sentence of the proof has all the words."""
    return any(all(word in sentence for word in words) for sentence in said)


def test_an_untouched_round_is_proven(played: Round) -> None:
    assert played.verify() == []


def test_a_round_that_is_not_drawn_cannot_be_proven(make_round: Callable[..., Round]) -> None:
    with pytest.raises(RoundError, match="no sample yet: draw first"):
        make_round().verify()


# -------------------------------------------------------------------------------------------- frames


def test_a_changed_id_in_a_frame_is_named(played: Round) -> None:
    frame = played.folder / "frames" / "users.csv"
    town = cell(played.folder / "samples" / "towns.csv", 0, "town")
    users = read_table(frame)
    at = int(users.index[(users["town"] == town) & (users["evaluatee"] == "县公安局")][0])
    set_cell(frame, at, "id", "999999")
    said = played.verify()
    assert named(said, "small/users/县公安局", "999999", "not in the frame that was drawn")
    assert not named(said, "small/users/县教育局")


@pytest.mark.parametrize("is_drawn", [True, False])
def test_a_changed_size_of_a_town_is_named(played: Round, is_drawn: bool) -> None:
    frame = played.folder / "frames" / "towns.csv"
    drawn = set(read_table(played.folder / "samples" / "towns.csv")["town"])
    towns = read_table(frame)["town"]
    at = int(towns.index[towns.isin(drawn) == is_drawn][0])
    set_cell(frame, at, "population", "9999")
    assert named(played.verify(), "small/towns", towns[at], "not with these values")


def test_a_removed_row_is_named(played: Round) -> None:
    frame = played.folder / "frames" / "delegates.csv"
    write_table(frame, read_table(frame).iloc[1:])
    assert named(played.verify(), "small/delegates", "1 of the 50 lines")


def test_an_added_row_is_named(played: Round) -> None:
    frame = played.folder / "frames" / "inspectors.csv"
    write_table(frame, pd.concat([read_table(frame), pd.DataFrame({"person": ["J9"]})]))
    assert named(played.verify(), "small/inspectors", '"J9"', "not in the frame that was drawn")


def test_a_row_moved_to_a_strange_evaluatee_is_named(played: Round) -> None:
    set_cell(played.folder / "frames" / "staff.csv", 3, "evaluatee", "县财政局")
    assert named(played.verify(), "frame staff", "县财政局", "no evaluatee of this scheme")


def test_a_lost_frame_is_named(played: Round) -> None:
    (played.folder / "frames" / "staff.csv").unlink()
    assert named(played.verify(), "frame staff", "no frame 'staff'")


# ------------------------------------------------------------------------------- samples and receipts


@pytest.mark.parametrize("sample", ["towns", "users/县公安局", "staff/县邮政局", "delegates", "inspectors"])
@pytest.mark.parametrize("column", ["weight", "prob"])
def test_an_edited_weight_or_probability_of_a_sample_is_named(
    played: Round, sample: str, column: str
) -> None:
    path = played.folder / "samples" / f"{sample}.csv"
    then = float(cell(path, 1, column))
    set_cell(path, 1, column, repr(then + 1e-12 * then))
    assert named(played.verify(), f"small/{sample}", f"{column} is")


def test_a_weight_that_is_no_number_is_named(played: Round) -> None:
    set_cell(played.folder / "samples" / "delegates.csv", 0, "weight", "很大")
    assert named(played.verify(), "small/delegates", "cannot be used", "很大")


@pytest.mark.parametrize("sample", ["users/县公安局", "delegates"])
def test_a_drawn_id_replaced_by_another_is_named(played: Round, sample: str) -> None:
    path = played.folder / "samples" / f"{sample}.csv"
    unit = "person" if sample == "delegates" else "id"
    was = cell(path, 2, unit)
    edit(path, was, "X1")
    said = played.verify()
    assert named(said, f"small/{sample}", '"X1"', "stands in the sample, not in the frame")
    assert named(said, f"small/{sample}", f'"{was}"', "stands in the receipt, not in the sample")
    assert named(said, "results/set_aside.csv: not the rows")


def test_a_drawn_unit_swapped_for_one_of_the_frame_is_named(played: Round) -> None:
    path = played.folder / "samples" / "delegates.csv"
    drawn = read_table(path)["person"]
    other = next(f"D{i:02d}" for i in range(1, 51) if f"D{i:02d}" not in set(drawn))
    edit(path, f"\n{drawn[0]},", f"\n{other},")
    assert named(played.verify(), "small/delegates", other, "stands in the sample, not in the receipt")


def test_a_row_taken_out_of_a_sample_is_named(played: Round) -> None:
    path = played.folder / "samples" / "staff" / "电信公司.csv"
    was = cell(path, 0, "id")
    write_table(path, read_table(path).iloc[1:])
    assert named(played.verify(), "small/staff/电信公司", was, "stands in the receipt, not in the sample")


@pytest.mark.parametrize("kind", ["csv", "receipt.json"])
def test_a_lost_sample_or_receipt_is_named_and_the_others_are_still_checked(played: Round, kind: str) -> None:
    (played.folder / "samples" / "users" / f"县公安局.{kind}").unlink()
    set_cell(played.folder / "samples" / "users" / "电信公司.csv", 0, "weight", "9")
    said = played.verify()
    assert named(said, "small/users/县公安局", "cannot be used")
    assert named(said, "small/users/电信公司", "weight is 9.0")


@pytest.mark.parametrize("sample", ["towns", "users/县教育局", "staff/县公安局", "delegates", "inspectors"])
def test_an_edited_key_in_a_receipt_is_named(played: Round, sample: str) -> None:
    edit(played.folder / "samples" / f"{sample}.receipt.json", '"公开的钥匙"', '"别的钥匙"')
    assert named(played.verify(), f"small/{sample}", "key", "'别的钥匙'", "'公开的钥匙'")


def test_a_damaged_receipt_is_named(played: Round) -> None:
    edit(played.folder / "samples" / "delegates.receipt.json", "{", "")
    assert named(played.verify(), "small/delegates", "cannot be used")


@pytest.mark.parametrize("other", ["key", "design"])
def test_a_sample_drawn_anew_in_another_way_is_named_though_it_repeats(played: Round, other: str) -> None:
    folder = played.folder / "samples"
    frame = played.frame("towns")
    n = Proportional(total=11 if other == "design" else 12, size="population", at_least=3)
    again = draw(
        frame,
        Stratified("county", PPS(n=n, size="population")),
        key="别的钥匙" if other == "key" else "公开的钥匙",
        name="small/towns",
        unit="town",
    )
    write_table(folder / "towns.csv", again.units)
    write_json(folder / "towns.receipt.json", again.receipt)
    said = played.verify()
    assert named(said, "small/towns", f"{other}: the receipt says")
    assert named(said, "small/users/县教育局", "does not say the units of small/towns")


def test_a_probability_changed_in_what_a_later_stage_was_drawn_within_is_named(played: Round) -> None:
    path = played.folder / "samples" / "users" / "县教育局.receipt.json"
    receipt = json.loads(path.read_text(encoding="utf-8"))
    receipt["within"]["drawn"][0]["prob"] /= 2
    write_json(path, receipt)
    assert named(played.verify(), "small/users/县教育局", "within", "small/towns")


def test_an_edited_scheme_is_named(played: Round) -> None:
    edit(played.folder / "scheme.toml", "decimals = 2", "decimals = 1")
    again = Round.open(played.folder)
    assert named(again.verify(), "scheme.toml: not the scheme")


# ------------------------------------------------------------------------------- answers and results


def rating_in(path: Path) -> tuple[int, str, str]:
    """A row, its respondent, and a rating that is no 9."""
    table = read_table(path)
    at = int(table.index[(table["group"] == "users") & table["依法履职"].isin(list("345678"))][0])
    return at, str(table["respondent"][at]), str(table["依法履职"][at])


@pytest.mark.parametrize("folder", ["answers/raw", "results/answers"])
def test_one_edited_rating_is_named_with_its_cell(played: Round, folder: str) -> None:
    path = played.folder / folder / "001-answers.csv"
    at, who, was = rating_in(path)
    set_cell(path, at, "依法履职", "9")
    then, now = (was, "9") if folder == "answers/raw" else ("9", was)
    said = played.verify()
    assert named(said, folder, "not the file that was taken in")
    assert named(said, f'users "{who}" on', f"依法履职: {then} was scored, {now} is in the file")
    assert named(said, "results/scores.csv") == (folder == "answers/raw")


def test_a_rating_edited_in_both_places_is_still_named(played: Round) -> None:
    for folder in ("answers/raw", "results/answers"):
        path = played.folder / folder / "001-answers.csv"
        set_cell(path, rating_in(path)[0], "依法履职", "9")
    said = played.verify()
    assert named(said, "answers/raw/001-answers.csv", "not the file that was taken in")
    assert named(said, "results/answers/001-answers.csv", "not the file that was taken in")


@pytest.mark.parametrize(
    ("column", "value", "word"),
    [("依法履职", "99", "99 is in the file"), ("respondent", "没有此人", "was not scored")],
)
def test_an_answer_edited_to_something_impossible_is_named(
    played: Round, column: str, value: str, word: str
) -> None:
    path = played.folder / "answers" / "raw" / "001-answers.csv"
    set_cell(path, rating_in(path)[0], column, value)
    said = played.verify()
    assert named(said, "answers/raw/001-answers.csv", "not the file that was taken in")
    assert named(said, "answers: users", word)
    assert named(said, "results/set_aside.csv: not the rows and columns")
    assert named(said, "results/scores.csv: 县教育局, estimate")


def test_a_lost_file_of_answers_is_named(played: Round) -> None:
    (played.folder / "answers" / "raw" / "001-answers.csv").unlink()
    assert named(played.verify(), "answers/raw/001-answers.csv: is not there")


@pytest.mark.parametrize(
    ("file", "row", "column", "where"),
    [
        ("scores", 0, "score", "县教育局, score"),
        ("scores", 1, "rank", "县公安局, rank"),
        ("scores", 4, "rank_high", "电信公司, rank_high"),
        ("groups", 6, "se", "staff, 县公安局, se"),
        ("indicators", 2, "依法履职", "users, 县图书馆, 依法履职"),
        ("labels", 3, "share", "县教育局, 满意, share"),
    ],
)
def test_an_edited_result_is_named(played: Round, file: str, row: int, column: str, where: str) -> None:
    path = played.folder / "results" / f"{file}.csv"
    set_cell(path, row, column, repr(float(cell(path, row, column)) + 1e-6))
    sentences = played.verify()
    assert [one for one in sentences if f"results/{file}.csv: {where}" in one] == sentences
    assert len(sentences) == 1


def test_an_evaluatee_renamed_in_the_results_is_named(played: Round) -> None:
    edit(played.folder / "results" / "scores.csv", "县公安局", "县财政局")
    assert named(played.verify(), "results/scores.csv", "县财政局 is written, scoring again gives 县公安局")


def test_a_row_taken_out_of_the_results_is_named(played: Round) -> None:
    path = played.folder / "results" / "groups.csv"
    write_table(path, read_table(path).iloc[1:])
    assert named(played.verify(), "results/groups.csv: not the rows and columns")


def test_lost_results_are_named(played: Round) -> None:
    (played.folder / "results" / "labels.csv").unlink()
    assert named(played.verify(), "results/labels.csv", "there is no file")


def test_answers_taken_in_after_the_scoring_are_named(
    make_round: Callable[..., Round], sheets_of: Callable[[Round], pd.DataFrame], tmp_path: Path
) -> None:
    one = make_round()
    one.draw("k")
    sheets = sheets_of(one)
    for name, part in (("a", sheets.iloc[1:]), ("b", sheets.iloc[:1])):
        write_table(tmp_path / f"{name}.csv", part)
    one.collect(tmp_path / "a.csv")
    one.score()
    assert one.verify() == []
    one.collect(tmp_path / "b.csv")
    assert named(one.verify(), "answers/raw/002-b.csv", "not among the answers scored last; score again")
    one.score()
    assert one.verify() == []


def test_a_round_is_proven_wherever_its_folder_stands(played: Round, tmp_path: Path) -> None:
    moved = shutil.copytree(played.folder, tmp_path / "别处 的文件夹" / "一轮")
    assert Round.open(moved).verify() == []
