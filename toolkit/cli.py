"""The command line: ``minyi``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import cyclopts

from sampling import DesignError, FrameError
from scoring import AnswerError, EstimateError
from toolkit.comparison.commands import app as compare
from toolkit.contests.commands import app as contest
from toolkit.errors import RoundError, SchemeError, UnknownNameError, fault
from toolkit.frames.commands import app as frames
from toolkit.new.commands import new
from toolkit.trust.commands import backcheck, restore, trust, void
from toolkit.whole import Whole

if TYPE_CHECKING:
    from toolkit.round import Round
    from toolkit.scores import Scores

OURS = (DesignError, FrameError, AnswerError, EstimateError, RoundError, SchemeError, UnknownNameError)

app = cyclopts.App(
    name="minyi",
    help="民意 Minyi: samples anyone can verify; scores and places that carry their uncertainty.",
)
app.command(new)
app.command(frames)
app.command(compare)
app.command(trust)
app.command(backcheck)
app.command(void)
app.command(restore)
app.command(contest)


@app.command
def check(scheme: str, *, language: Literal["zh", "en"] = "zh") -> None:
    """Check a scheme and tell it in words.

    Parameters
    ----------
    scheme
        A shipped scheme's name, or a TOML file.
    language
        zh or en.
    """
    from toolkit.scheme import Scheme

    print(Scheme.load(scheme).in_words(language))


@app.command
def create(name: str, *, scheme: str, folder: Path = Path("out")) -> None:
    """Start a round in a folder of its own.

    Parameters
    ----------
    name
        The round's name.
    scheme
        A shipped scheme's name, or a TOML file.
    folder
        Where rounds are kept.
    """
    from toolkit.parts.tables import table_names
    from toolkit.round import Round

    one = Round.create(name, scheme=scheme, folder=folder)
    if one.scheme.has_tables:
        names = ", ".join(table_names(one.scheme))
        print(f"各部门的表（{names}）用 minyi take {one.folder} 表名 文件 收。")
        print(f"Take in the offices' tables ({names}): minyi take {one.folder} TABLE FILE")
    wanted = ", ".join(one.scheme.frame_names)
    if not wanted:
        return
    place, step = one.folder / "frames", f"minyi draw {one.folder}"
    print(f"请把名单（{wanted}）放进 {place}，单位报送的用 minyi frames add 收，然后抽样。")
    print(f"Put the frames ({wanted}) into {place}, those that offices sent by minyi frames add; then draw.")
    print(f"两把锁 Two locks: {step} --commit --public …, {step} --freeze, {step} --reveal …")
    print(f"一把钥匙 One key: {step} --key …")


@app.command
def draw(
    round: Path,
    *,
    key: str | None = None,
    commit: Annotated[bool, cyclopts.Parameter(negative=())] = False,
    public: str = "",
    form: str = "",
    freeze: Annotated[bool, cyclopts.Parameter(negative=())] = False,
    reveal: str | None = None,
) -> None:
    """Draw every sample of a round, each with its receipt; under two locks in three steps.

    Parameters
    ----------
    round
        The round's folder.
    key
        Decides all lottery numbers; announce its digest before the frames are closed.
    commit
        First step of two locks: make a secret, and a commitment to publish.
    public
        With --commit: which public number will be taken, of what date.
    form
        With --commit: how the number will be written, 0 for each digit.
    freeze
        Second step, before the public number is known: fix the frames.
    reveal
        Last step: the public number. Draws, and publishes the secret.
    """
    from toolkit.round import Round

    one = Round.open(round)
    if sum([key is not None, commit, freeze, reveal is not None]) != 1 or (not commit and (public or form)):
        raise RoundError(one.folder.name, [fault("", "draw_how")])
    if commit:
        digest = one.commit(public=public, form=form)
        print(f"承诺的摘要，请公布。 Digest of the commitment, to be published:\n{digest}")
        print("封存码在 private/ 里，开锁之前不要给人。 The secret is in private/: show it to nobody.")
    elif freeze:
        digest = one.freeze()
        print(f"名单的摘要，请在公开号码产生之前公布。 To be published before the number is known:\n{digest}")
    else:
        from toolkit.report.receipt import write_receipt

        counts = one.reveal(reveal) if reveal is not None else one.draw(str(key))
        for name, count in counts.items():
            print(f"{name}: {count:,}")
        for given in one.scheme.assignments:
            print(f"{given.name}: samples/{given.name}.csv")
        secret = "、".join(each.name for each in one.scheme.samples if each.unannounced)
        if secret:
            print(
                f"{secret} 不打招呼：样本在 samples/，钥匙在 journal.jsonl，检查完以前两样都不要给人。\n"
                f"Unannounced: show samples/ and journal.jsonl to nobody until the check is over."
            )
        print(write_receipt(one))


@app.command
def collect(round: Path, *files: Path, group: str | None = None) -> None:
    """Take in files of answers; good rows count, the others are listed with the reason.

    Parameters
    ----------
    round
        The round's folder.
    files
        CSV or Excel.
    group
        The group of all rows, where the files do not say one.
    """
    from toolkit.report.terminal import print_intake
    from toolkit.round import Round

    one = Round.open(round)
    for file in files:
        print_intake(one.collect(file, group), one.folder)


@app.command
def take(round: Path, table: str, *files: Path) -> None:
    """Take in tables that an office keeps: inspections, tasks, events, visits, problems, periods.

    Parameters
    ----------
    round
        The round's folder.
    table
        Its name in the scheme.
    files
        CSV or Excel; several add up.
    """
    from toolkit.round import Round

    one = Round.open(round)
    for file in files:
        rows = one.take(table, file)
        print(
            f"{file.name} → {table}：{rows:,} 行 rows" if rows else f"{file.name}：之前已收入 taken in before"
        )


@app.command
def duties(round: Path, *, as_of: str) -> None:
    """Check what the plan obliges people to do on the tables taken in, and write the work lists.

    Parameters
    ----------
    round
        The round's folder.
    as_of
        The day up to which things are read, such as 2022-06-30.
    """
    from toolkit.duties.written import write_duties
    from toolkit.round import Round

    one = Round.open(round)
    report, folder = write_duties(one, as_of)
    for line in report.lines():
        print(line)
    print(f"明细和清单（有人名户号，不公布）Tables and work lists, not for publication: {folder}")


@app.command(name="give-back")
def give_back(round: Path, file: str, *, reason: str, office: str) -> None:
    """Take a file of a table out again; it stays in tables/raw and the journal.

    Parameters
    ----------
    round
        The round's folder.
    file
        Its name in tables/raw.
    reason
        Why.
    office
        Who decided.
    """
    from toolkit.round import Round

    rows = Round.open(round).give_back(file, reason=reason, office=office)
    print(f"{file}：退出 {rows:,} 行 rows taken out")


@app.command
def withdraw(
    round: Path,
    file: str,
    *,
    reason: str,
    office: str,
    row: list[Whole] | None = None,
    sheet: str | None = None,
) -> None:
    """Take back a file of answers, or some of its rows; the raw file and the reason are kept.

    Parameters
    ----------
    round
        The round's folder.
    file
        The file's name in answers/raw.
    reason
        Why.
    office
        Who decided.
    row
        A row of the file; may be given several times. Without it, all rows.
    sheet
        Worksheet of the rows.
    """
    from toolkit.round import Round

    count = Round.open(round).withdraw(file, reason=reason, office=office, rows=row, sheet=sheet)
    print(f"{file}：撤回 {count:,} 行。 {count:,} rows withdrawn.")


@app.command
def contacts(round: Path, *files: Path) -> None:
    """Take in files of what became of drawn respondents: refused, not met, not eligible …

    Parameters
    ----------
    round
        The round's folder.
    files
        CSV or Excel with group, respondent, disposition and, where it is of one evaluatee, evaluatee.
    """
    from toolkit.round import Round

    one = Round.open(round)
    for file in files:
        print(f"{file}: {one.contacts(file):,}")


@app.command
def progress(round: Path) -> None:
    """Tell how far the fieldwork is: planned and done, what is left, and who is behind.

    Parameters
    ----------
    round
        The round's folder.
    """
    from toolkit.counters import progress_lines
    from toolkit.round import Round

    one = Round.open(round)
    for line in progress_lines(one.scheme, one.progress(), one.unworked()):
        print(line)


@app.command
def release(round: Path, draw: str, number: Whole, *, evaluatee: str = "", reason: str, office: str) -> None:
    """Release reserves of a list that is worked in lottery order; they all count from then on.

    Parameters
    ----------
    round
        The round's folder.
    draw
        The draw's name in the scheme.
    number
        How many in all in every stratum, or how many replicates where the draw has these; never fewer than
        before.
    evaluatee
        Where each evaluatee has its own list.
    reason
        Why.
    office
        Who decided.
    """
    from toolkit.round import Round

    one = Round.open(round)
    count = one.release(draw, number, evaluatee=evaluatee, reason=reason, office=office)
    print(f"{draw} {evaluatee}：已启用备用样本 {count:,} 个。 {count:,} reserves released.")


@app.command
def score(round: Path, *, provisional: bool = False) -> None:
    """Score and rank, show the league tables, and write results, page and workbook.

    Parameters
    ----------
    round
        The round's folder.
    provisional
        Score what is in, for internal use: every place says how likely it is to change.
    """
    from toolkit.report.terminal import print_leagues
    from toolkit.round import Round

    one = Round.open(round)
    scores = one.score(provisional)
    print_leagues(scores, made=one.made)
    folder = one.folder / "results"
    if not one.sealed or provisional:
        _write_reports(one, scores, folder / "provisional" if provisional else folder)


def _write_reports(one: Round, scores: Scores, folder: Path) -> None:
    from toolkit.report import write_all

    print(*write_all(one, scores, folder), sep="\n")


@app.command
def change(round: Path, evaluatee: str, points: float, *, reason: str, office: str) -> None:
    """Enter a change that the review makes to a score; `minyi score` applies it.

    Parameters
    ----------
    round
        The round's folder.
    evaluatee
        Whose score.
    points
        Added to the composite; below 0 to take points off, after -- on the command line.
    reason
        Why.
    office
        Who decided.
    """
    from toolkit.round import Round

    Round.open(round).change(evaluatee, points, reason=reason, office=office)
    print(f"已记入，下次计分生效：{evaluatee} {points:+g} 分。 Entered; the next score applies it.")


@app.command
def stability(round: Path, *, within: float = 0.05) -> None:
    """Say of every place whether it is safe, close or a coin toss, and what it rests on.

    Parameters
    ----------
    round
        The round's folder.
    within
        How far each group's weight is varied up and down; 0.05 is five hundredths of the whole.
    """
    from toolkit.report.stability import write_stability
    from toolkit.report.terminal import verdict_lines
    from toolkit.round import Round

    one = Round.open(round)
    found = one.stability(within)
    for line in verdict_lines(found):
        print(line)
    if not one.sealed:
        print(write_stability(found, one.folder / "results" / "stability" / "stability.html", one.made))


@app.command
def seal(round: Path, *, office: str) -> None:
    """Score, report and close a round as the formal result, and print its digest.

    Parameters
    ----------
    round
        The round's folder.
    office
        Who seals.
    """
    from toolkit.round import Round

    digest = Round.open(round).seal(office=office)
    print(f"正式结果的摘要，请公布。 Digest of the formal result, to be published:\n{digest}")


@app.command
def reopen(round: Path, *, reason: str, office: str) -> None:
    """Open a sealed round again; the seal and the reason stay in the journal.

    Parameters
    ----------
    round
        The round's folder.
    reason
        Why.
    office
        Who decided.
    """
    from toolkit.round import Round

    Round.open(round).reopen(reason=reason, office=office)


@app.command
def verify(round: Path) -> None:
    """Draw and score a round again, and name what differs.

    Parameters
    ----------
    round
        The round's folder.
    """
    from toolkit.round import Round

    one = Round.open(round)
    differences = one.verify()
    if differences:
        raise RoundError(one.folder.name, [fault("", "not_proven", found=text) for text in differences])
    print("每次抽样、每个分数都能重现。 Every draw and every score repeats.")
    if one.sealed:
        print(f"封存的摘要 Digest of the seal: {one.steps('seal')[-1]['sha256']}")


@app.command
def demo(*, folder: Path = Path("out")) -> None:
    """Run the 2013 scheme of 广安 from plan to league table, on made-up data.

    Parameters
    ----------
    folder
        Where the round is kept.
    """
    from toolkit.demo import demo as run

    run(folder)


def main() -> None:
    """Run the command line; our own errors read as their message, in both languages."""
    try:
        app()
    except BrokenPipeError:  # the reader, such as head, has seen enough
        sys.stderr.close()
    except OURS as error:
        print(error.chinese, error, sep="\n", file=sys.stderr)
        sys.exit(1)
    except OSError as error:
        print(f"文件不能读写，可能正被别的程序打开：{error}", file=sys.stderr)
        print(f"A file cannot be read or written; another program may have it open: {error}", file=sys.stderr)
        sys.exit(1)
