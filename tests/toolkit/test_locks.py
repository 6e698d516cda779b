"""Two locks: the key follows from what is published, and whatever changed on the way is refused and named.

Oracles: hashlib on the published files, ``sha256sum`` in a shell, and `sampling.draw` on the same frame.
"""

from __future__ import annotations

import html
import json
import re
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import openpyxl
import pytest

from sampling import Census, draw
from toolkit import Round, RoundError
from toolkit.cli import draw as draw_command
from toolkit.cli import verify as verify_command
from toolkit.files import read_table, write_table
from toolkit.frames import close, drop, map_heads
from toolkit.frames.intake import add
from toolkit.locks import frame_digests, plain_number
from toolkit.report import write_report
from toolkit.report.receipt import render_receipt, write_receipt

Make = Callable[..., Round]
PUBLIC = "福彩双色球 <2026-12-01> & 蓝球"
FORM = "00 00 00 00 00 00 / 00"
NUMBER = "03 11 17 22 29 31 / 07"
AS_TYPED = " ０３ 11\u300017 22  29 31 / 07\n"


def digest_of(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()


@pytest.fixture
def frozen(make_round: Make) -> Round:
    one = make_round()
    one.commit(public=PUBLIC, form=FORM)
    one.freeze()
    return one


@pytest.fixture
def revealed(frozen: Round) -> Round:
    frozen.reveal(AS_TYPED)
    return frozen


def refused(rule: str, step: Callable[[], object]) -> None:
    with pytest.raises(RoundError) as caught:
        step()
    assert rule in [one.rule for one in caught.value.faults]


# ------------------------------------------------------------------------------------- the chain


def test_the_key_follows_from_what_is_published_by_hashlib_alone(revealed: Round) -> None:
    locks = revealed.folder / "locks"
    said = json.loads((locks / "reveal.json").read_text("utf8"))
    commitment = json.loads((locks / "commitment.json").read_text("utf8"))
    fields = [
        "minyi two locks/1",
        said["secret"],
        digest_of(locks / "commitment.json"),
        digest_of(locks / "frames.sha256"),
        "03 11 17 22 29 31 / 07",
    ]
    key = sha256("\x1f".join(fields).encode("utf8")).hexdigest()
    assert said["key"] == key == revealed.steps("draw")[0]["key"]
    assert re.fullmatch("[0-9a-f]{64}", said["secret"])
    assert commitment["secret_sha256"] == sha256(said["secret"].encode()).hexdigest()
    assert commitment["scheme_sha256"] == digest_of(revealed.folder / "scheme.toml")
    assert commitment["public"] == PUBLIC and commitment["form"] == FORM
    assert commitment["algorithms"]["staff"] == ["systematic/1", "census/1"]
    assert revealed.steps("commit")[0]["sha256"] == fields[2]
    assert revealed.steps("freeze")[0]["sha256"] == fields[3]
    for line in (locks / "frames.sha256").read_text("utf8").splitlines():
        digest, name = line.split("  ")
        assert digest == digest_of(revealed.folder / name)
    assert revealed.verify() == []
    # Drawn with that key, and nothing else.
    one = revealed.sample("delegates")
    assert one.receipt["key"] == key
    inspectors = read_table(revealed.folder / "frames" / "inspectors.csv")
    again = draw(inspectors, Census(), key=key, name="small/inspectors", unit="person")
    assert again.receipt["cells"] == revealed.sample("inspectors").receipt["cells"]


def test_the_secret_is_private_until_it_is_published(make_round: Make) -> None:
    one = make_round()
    one.commit(public=PUBLIC)
    path = one.folder / "private" / "secret.txt"
    secret = path.read_text("ascii")
    if sys.platform != "win32":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    others = [p for p in one.folder.rglob("*") if p.is_file() and p != path]
    assert others and not any(secret.encode() in p.read_bytes() for p in others)
    one.freeze()
    assert not (one.folder / "samples").joinpath("towns.csv").exists()  # the rehearsal leaves nothing
    assert not any(
        secret.encode() in p.read_bytes() for p in one.folder.rglob("*") if p.is_file() and p != path
    )
    one.reveal("7")
    assert not path.parent.exists()
    assert secret in (one.folder / "locks" / "reveal.json").read_text("utf8")


def test_the_secret_of_pseudonyms_stays_when_the_locks_are_open(frozen: Round) -> None:
    other = frozen.folder / "private" / "pseudonym.key"
    other.write_bytes(b"made up")
    frozen.reveal(NUMBER)
    assert other.read_bytes() == b"made up" and not (frozen.folder / "private" / "secret.txt").exists()
    assert frozen.verify() == []


def test_lists_that_are_not_closed_cannot_be_frozen(make_round: Make, tmp_path: Path) -> None:
    one = make_round(users=None)
    one.commit(public=PUBLIC, form=FORM)
    sent = tmp_path / "县教育局.csv"
    sent.write_text("姓名,编号,乡镇\n甲一（虚构）,11,东01镇\n", encoding="utf8")
    add(one, sent, frame="users", office="县教育局")
    refused("open", one.freeze)


def test_two_commitments_have_two_secrets(make_round: Make) -> None:
    secrets = []
    for name in ("甲", "乙"):
        one = make_round(name)
        one.commit(public=PUBLIC)
        secrets.append((one.folder / "private" / "secret.txt").read_text("ascii"))
    assert secrets[0] != secrets[1]


def test_another_number_draws_others(frozen: Round, tmp_path: Path) -> None:
    twin = Round.open(shutil.copytree(frozen.folder, tmp_path / "twin"))
    frozen.reveal(NUMBER)
    twin.reveal("03 11 17 22 29 31 / 08")
    drawn = [one.sample("delegates").units["person"].tolist() for one in (frozen, twin)]
    assert len(drawn[0]) == len(drawn[1]) == 20 and set(drawn[0]) != set(drawn[1])


def test_ways_to_write_a_number_are_one(frozen: Round, tmp_path: Path) -> None:
    twin = Round.open(shutil.copytree(frozen.folder, tmp_path / "twin"))
    frozen.reveal(NUMBER)
    twin.reveal(AS_TYPED)
    assert frozen.steps("draw")[0]["key"] == twin.steps("draw")[0]["key"]
    assert plain_number(AS_TYPED) == NUMBER


def test_hidden_files_are_not_frozen(make_round: Make) -> None:
    one = make_round()
    (one.folder / "frames" / "~$towns.xlsx").write_bytes(b"lock")
    (one.folder / "frames" / ".DS_Store").write_bytes(b"x")
    assert list(frame_digests(one.folder)) == sorted(
        f"frames/{name}.csv" for name in ("towns", "users", "staff", "delegates", "inspectors")
    )


# ------------------------------------------------------------------------------------- refusals


def test_steps_are_taken_once_and_in_order(make_round: Make) -> None:
    one = make_round()
    refused("not_committed", one.freeze)
    refused("not_committed", lambda: one.reveal(NUMBER))
    refused("no_public", lambda: one.commit(public=" "))
    refused("no_public", lambda: one.commit(public="x", form="六个红球"))
    one.commit(public=PUBLIC, form=FORM)
    refused("committed_already", lambda: one.commit(public=PUBLIC))
    refused("two_locks", lambda: one.draw("k"))
    refused("not_frozen", lambda: one.reveal(NUMBER))
    one.freeze()
    refused("frozen_already", one.freeze)
    for number in ("", " \n", "7\u200b"):
        refused("public_number", lambda number=number: one.reveal(number))
    for number in ("3 11 17 22 29 31 / 07", "03 11 17 22 29 31/07", NUMBER + " 1", "0" + NUMBER):
        refused("public_form", lambda number=number: one.reveal(number))
    assert one.steps("draw") == [] and not (one.folder / "locks" / "reveal.json").exists()
    one.reveal(NUMBER)
    refused("drawn_already", lambda: one.reveal(NUMBER))
    refused("two_locks", lambda: one.draw("k"))
    assert [
        step["step"]
        for step in map(json.loads, (one.folder / "journal.jsonl").read_text("utf8").splitlines())
    ] == [
        "create",
        "commit",
        "freeze",
        "reveal",
        "draw",
    ]


def test_who_drew_with_a_key_cannot_commit_afterwards(drawn: Round) -> None:
    refused("drawn_already", lambda: drawn.commit(public=PUBLIC))


def test_a_faulty_frame_shows_at_the_freeze(make_round: Make, people: object) -> None:
    staff = people.frames["staff"]  # type: ignore[attr-defined]
    twice = staff.assign(id=staff["id"].where(staff["id"] != "S1-02", "S1-01"))
    one = make_round(staff=twice)
    one.commit(public=PUBLIC)
    with pytest.raises(Exception, match="S1-01"):
        one.freeze()
    assert one.steps("freeze") == [] and not (one.folder / "locks" / "frames.sha256").exists()
    write_table(one.folder / "frames" / "staff.csv", staff)
    one.freeze()  # mended, while it can be
    one.reveal("7")
    assert one.verify() == []


def test_a_reveal_that_is_refused_publishes_nothing(frozen: Round) -> None:
    frozen.note("frames-add", frame="users", office="县教育局")  # a list that came, and was not closed
    refused("open", lambda: frozen.reveal(NUMBER))
    assert not (frozen.folder / "locks" / "reveal.json").exists() and frozen.steps("reveal") == []


def test_a_reveal_that_broke_off_is_repeated_with_the_same_number_only(
    frozen: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError("no space left")

    with monkeypatch.context() as broken:
        broken.setattr("toolkit.round.draws.write_samples", full)
        with pytest.raises(OSError, match="no space"):
            frozen.reveal(NUMBER)
    first = (frozen.folder / "locks" / "reveal.json").read_bytes()
    refused("revealed_already", lambda: frozen.reveal(NUMBER.replace("07", "08")))
    assert (frozen.folder / "locks" / "reveal.json").read_bytes() == first
    frozen.reveal(AS_TYPED)
    assert [step["number"] for step in frozen.steps("reveal")] == [NUMBER]
    assert (frozen.folder / "locks" / "reveal.json").read_bytes() == first and frozen.verify() == []


def test_frozen_lists_are_neither_added_to_nor_closed_again(
    make_round: Make, people: object, tmp_path: Path
) -> None:
    sent = tmp_path / "全部.csv"
    users = people.frames["users"]  # type: ignore[attr-defined]
    write_table(sent, users.rename(columns={"evaluatee": "被评单位", "id": "编号"}))
    one = make_round(users=None)
    add(one, sent, frame="users", office="县教育局")
    map_heads(one, "县教育局")
    close(one)
    one.commit(public=PUBLIC, form=FORM)
    one.freeze()
    before = {path: path.read_bytes() for path in one.folder.rglob("*") if path.is_file()}
    append(sent, "县教育局,999,东县,东01镇\n".encode())
    steps: list[Callable[[], object]] = [
        lambda: add(one, sent, frame="users", office="县教育局"),
        lambda: map_heads(one, "县教育局"),
        lambda: drop(one, "县教育局", reason="x", by="y"),
        lambda: close(one),
    ]
    for step in steps:
        refused("lists_frozen", step)
    assert {path: path.read_bytes() for path in one.folder.rglob("*") if path.is_file()} == before
    one.reveal(NUMBER)
    assert one.verify() == []


CHANGES: dict[str, Callable[[Path], object]] = {
    "frame_changed": lambda place: append(place / "frames" / "towns.csv"),
    "frame_gone": lambda place: (place / "frames" / "inspectors.csv").unlink(),
    "frame_late": lambda place: (place / "frames" / "more.csv").write_text("person\nJ9\n", "utf8"),
    "lock_scheme": lambda place: append(place / "scheme.toml", b"# a word\n"),
    "lock_file": lambda place: edit(place / "locks" / "commitment.json", "2026-12-01", "2026-12-02"),
}


def append(path: Path, more: bytes = b"\n") -> None:
    path.write_bytes(path.read_bytes() + more)


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf8")
    assert old in text
    path.write_bytes(text.replace(old, new).encode())


@pytest.mark.parametrize("rule", CHANGES)
def test_what_changed_before_the_reveal_is_refused(frozen: Round, rule: str) -> None:
    CHANGES[rule](frozen.folder)
    refused(rule, lambda: Round.open(frozen.folder).reveal(NUMBER))
    assert frozen.steps("draw") == [] and (frozen.folder / "private" / "secret.txt").is_file()


def test_a_changed_list_of_frames_is_refused(frozen: Round) -> None:
    append(frozen.folder / "frames" / "towns.csv")
    digests = frame_digests(frozen.folder)
    lines = "".join(f"{digest}  {name}\n" for name, digest in digests.items())
    (frozen.folder / "locks" / "frames.sha256").write_text(lines, "utf8", newline="\n")
    refused("lock_file", lambda: frozen.reveal(NUMBER))


def test_a_changed_scheme_cannot_be_committed_or_frozen(make_round: Make) -> None:
    one = make_round()
    append(one.folder / "scheme.toml", b"# a word\n")
    refused("lock_scheme", lambda: one.commit(public=PUBLIC))
    two = make_round("二")
    two.commit(public=PUBLIC)
    append(two.folder / "scheme.toml", b"# a word\n")
    refused("lock_scheme", two.freeze)


@pytest.mark.parametrize("how", ["gone", "other"])
def test_a_lost_or_exchanged_secret_is_refused(frozen: Round, how: str) -> None:
    path = frozen.folder / "private" / "secret.txt"
    if how == "gone":
        path.unlink()
    else:
        path.write_text("0" * 64, "ascii")
    refused("lock_secret", lambda: frozen.reveal(NUMBER))
    assert frozen.steps("draw") == []


def test_other_algorithms_are_refused(frozen: Round, monkeypatch: pytest.MonkeyPatch) -> None:
    from toolkit.round import locks

    monkeypatch.setattr(locks, "algorithms_of", lambda scheme: {"towns": ["pps-random-systematic/2"]})
    refused("lock_algorithms", lambda: frozen.reveal(NUMBER))


# ---------------------------------------------------------------------------------- verification


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("locks/reveal.json", '"number": "03', '"number": "04', "the locks give"),
        ("locks/reveal.json", " / 07", "/07", "is not written as announced"),
        ("locks/reveal.json", '"secret": "', '"secret": "0', "not the one that was committed"),
        (
            "locks/commitment.json",
            "2026-12-01",
            "2026-12-02",
            "commitment.json is not there, or not the file",
        ),
        ("locks/frames.sha256", "frames/staff.csv", "frames/stuff.csv", "frames.sha256 is not there, or not"),
        ("journal.jsonl", '"number": "03', '"number": "04', "the draw says the number"),
        ("journal.jsonl", '"number": "03', '"number": "04', "the reveal says the number"),
        ("journal.jsonl", '"step": "freeze"', '"step": "froze"', "the frames were not frozen"),
        ("journal.jsonl", '"step": "commit"', '"step": "comit"', "no step tells of a commitment"),
        ("frames/towns.csv", "镇", "鎮", "frames/towns.csv was changed after the frames were frozen"),
        ("scheme.toml", "小型测评", "小型评测", "the scheme is not the one that was fixed"),
    ],
)
def test_what_changed_after_the_reveal_is_named(
    revealed: Round, file: str, old: str, new: str, said: str
) -> None:
    edit(revealed.folder / file, old, new)
    found = Round.open(revealed.folder).verify()
    assert any(said in sentence for sentence in found), found


def test_a_draw_with_another_key_is_named(revealed: Round) -> None:
    key = revealed.steps("draw")[0]["key"]
    edit(revealed.folder / "journal.jsonl", key, "f" * 64)
    assert any("journal.jsonl: drawn with the key 'ffff" in sentence for sentence in revealed.verify())


def test_a_freeze_after_the_draw_is_named(revealed: Round) -> None:
    path = revealed.folder / "journal.jsonl"
    lines = path.read_text("utf8").splitlines()
    path.write_bytes("\n".join([lines[0], lines[1], lines[4], lines[2], ""]).encode())
    assert any("not commit, freeze, draw" in sentence for sentence in revealed.verify())


def test_a_reveal_that_is_not_there_is_named(revealed: Round) -> None:
    (revealed.folder / "locks" / "reveal.json").unlink()
    assert any("locks/reveal.json: cannot be used" in sentence for sentence in revealed.verify())


def test_a_round_with_one_key_has_no_locks(drawn: Round) -> None:
    assert list(drawn.lock_differences()) == []


# ----------------------------------------------------------------------------------- the receipt


def blocks_of(page: str) -> list[tuple[str, str]]:
    found = re.findall(r'<pre class="code">(.*?)</pre>\s*<pre class="output">(.*?)</pre>', page, re.DOTALL)
    return [(html.unescape(code), html.unescape(output)) for code, output in found]


def shell(code: str, folder: Path) -> str:
    if sys.platform == "win32" or not shutil.which("sha256sum") or not shutil.which("bash"):
        pytest.skip("no bash or no sha256sum")
    ran = subprocess.run(["bash"], input=code.encode(), cwd=folder, capture_output=True, check=False)
    assert not ran.stderr, ran.stderr.decode()
    return ran.stdout.decode().rstrip("\n")


def test_the_commands_of_the_receipt_give_what_it_prints(revealed: Round) -> None:
    blocks = blocks_of(write_receipt(revealed).read_text("utf8"))
    assert len(blocks) == 5
    for code, output in blocks:
        printed = shell(code, revealed.folder)
        assert printed == ("" if "没有显示" in output else output)
    assert blocks[3][1] == revealed.steps("draw")[0]["key"]


def test_the_commands_show_a_changed_frame(revealed: Round) -> None:
    append(revealed.folder / "frames" / "towns.csv")
    code = blocks_of(render_receipt(revealed))[2][0]
    assert "frames/towns.csv: FAILED" in shell(f"{code} 2>/dev/null", revealed.folder)


def test_the_receipt_of_one_key_says_that_one_lock_holds(drawn: Round) -> None:
    page = render_receipt(drawn)
    assert "只有一把锁" in page and "This draw has one lock only" in page
    assert "不证明抽样的人事先没有试过许多把钥匙" in page and "两把锁</b>" not in page
    blocks = blocks_of(page)
    assert len(blocks) == 2
    for code, output in blocks:
        assert shell(code, drawn.folder) == output


def test_the_worked_unit_is_one_of_the_smallest_of_its_cell(revealed: Round) -> None:
    page = html.unescape(render_receipt(revealed))
    found = re.search(
        r"规则：(\d+) 个中，抽签号最小的 (\d+) 个抽中。抽中的里面最大的抽签号是 (0\.\d{6})", page
    )
    assert found is not None
    receipt = revealed.sample("users", "县教育局").receipt
    key, cell = receipt["key"], next(c for c in receipt["cells"] if len(c["drawn"]) < c["units"])
    frame = read_table(revealed.folder / "frames" / "users.csv")
    own = frame[(frame["evaluatee"] == "县教育局") & (frame["town"] == cell["parents"][0])]
    fields = [key, "order", "small/users/县教育局", "2", cell["parents"][0]]
    digests = sorted(sha256("\x1f".join([*fields, one]).encode()).hexdigest() for one in own["id"])
    n = int(found[2])
    assert (int(found[1]), n) == (len(digests), len(cell["drawn"]))
    assert float(found[3]) == int(int(digests[n - 1][:14], 16) / 2**56 * 1e6) / 1e6
    shown = blocks_of(page)[-1][1]
    assert shown in digests[:n]


def test_the_receipt_escapes_and_repeats_itself(revealed: Round) -> None:
    page = render_receipt(revealed)
    assert page == render_receipt(Round.open(revealed.folder))
    assert "&lt;2026-12-01&gt; &amp; 蓝球" in page and "<2026-12-01>" not in page
    assert "http" not in re.sub(r"data:font/woff;base64,[A-Za-z0-9+/=]+", "", page)
    assert "写法事先公布为" in page and "号码没有换着写法试过" not in page
    for one in revealed.scheme.groups[1].draws:
        assert f"small/{one.name}" in page


def test_without_a_form_the_receipt_says_what_that_leaves_open(make_round: Make) -> None:
    one = make_round()
    one.commit(public=PUBLIC)
    one.freeze()
    one.reveal("7, it's")
    page = render_receipt(one)
    assert "号码没有换着写法试过" in page and "写法事先公布为" not in page
    code, output = blocks_of(page)[3]
    assert shell(code, one.folder) == output == one.steps("draw")[0]["key"]


def test_a_receipt_needs_a_draw(make_round: Make) -> None:
    refused("not_drawn", lambda: render_receipt(make_round()))


# ---------------------------------------------------------------------------------- command line


def test_three_commands(make_round: Make, capsys: pytest.CaptureFixture[str]) -> None:
    one = make_round()
    draw_command(one.folder, commit=True, public=PUBLIC, form=FORM)
    assert digest_of(one.folder / "locks" / "commitment.json") in capsys.readouterr().out
    draw_command(one.folder, freeze=True)
    assert digest_of(one.folder / "locks" / "frames.sha256") in capsys.readouterr().out
    draw_command(one.folder, reveal=NUMBER)
    said = capsys.readouterr().out.splitlines()
    assert said[:2] == ["towns: 12", "users: 240"]
    assert said[-1] == str(one.folder / "samples" / "receipt.html") and Path(said[-1]).is_file()
    verify_command(one.folder)
    refused("draw_how", lambda: draw_command(one.folder))
    refused("draw_how", lambda: draw_command(one.folder, key="k", freeze=True))
    refused("draw_how", lambda: draw_command(one.folder, key="k", public="x"))


def test_the_whole_round_seals_and_verifies(
    revealed: Round, sheets_of: Callable[..., object], tmp_path: Path
) -> None:
    write_table(tmp_path / "a.csv", sheets_of(revealed))  # type: ignore[arg-type]
    receipt = html.unescape(write_receipt(revealed).read_text("utf8"))
    revealed.collect(tmp_path / "a.csv")
    revealed.seal(office="县统计局")
    assert revealed.verify() == []
    # Of 12 of 16 towns alone were users listed: fewer than stand in the frame, and the pages say so.
    towns = set(revealed.sample("towns").units["town"])
    users = read_table(revealed.folder / "frames" / "users.csv")
    listed = int(users["town"].isin(towns).sum())
    assert listed < len(users)
    page = html.unescape((revealed.folder / "results" / "report.html").read_text("utf8"))
    assert f">{listed:,}<br>（抽中乡镇内）" in receipt and f">{listed:,}<" in page
    assert receipt.count("（抽中") == page.count("small/users 的“名单上”只计抽中乡镇内的") == 1
    assert "本次抽样上了两把锁" in page and f"<b>{NUMBER}</b>（{PUBLIC}）" in page
    assert "samples/receipt.html" in page and "只有一把锁" not in page
    book = openpyxl.load_workbook(revealed.folder / "results" / "report.xlsx")
    cells = [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row]
    assert f"{NUMBER}（{PUBLIC}）" in cells
    assert any("small/users 的“名单上”只计抽中乡镇内的" in text for text in cells)


def test_the_report_of_one_key_says_that_one_lock_holds(played: Round, tmp_path: Path) -> None:
    page = write_report(played, played.score(), tmp_path / "p.html").read_text("utf8")
    assert "本次抽样只有一把锁" in page and "两把锁" not in page
