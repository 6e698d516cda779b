"""The demonstration: one command from the evaluation plan to a league table that knows its error."""

from __future__ import annotations

import shutil
from pathlib import Path

from toolkit.errors import RoundError, fault
from toolkit.files import write_table
from toolkit.progress import steps
from toolkit.resources import shipped
from toolkit.round import Round
from toolkit.scheme import Scheme
from toolkit.simulate import Population, compare_truth, make_answers, make_population
from toolkit.visits import with_visits

KEY = "公开的钥匙 2013-07"


def made_round(population: Population, name: str, folder: str | Path = "out") -> Round:
    """Start a round on made-up frames; an earlier made-up round of that name is replaced.

    Parameters
    ----------
    population : Population
    name : str
        The round's own folder.
    folder : str or Path
        Where rounds are kept.

    Raises
    ------
    RoundError
        A round of that name exists and is not made up.
    """
    one = _afresh(population.scheme, name, folder)
    for frame, table in population.frames.items():
        write_table(one.folder / "frames" / f"{frame}.csv", table)
    one.note("make", what="frames", seed=population.seed)
    return one


def made_up(name: str, scheme: str | Path, folder: str | Path = "out") -> Round:
    """Start a round for made-up tables of offices; an earlier made-up round of that name is replaced.

    Parameters
    ----------
    name : str
        The round's own folder.
    scheme : str or Path
        A bare name is a shipped scheme, a path is a file.
    folder : str or Path
        Where rounds are kept.

    Raises
    ------
    RoundError
        A round of that name exists and is not made up.
    SchemeError
        The scheme has faults.
    """
    one = _afresh(Scheme.load(scheme), name, folder)
    one.note("make", what="tables")
    return one


def made_tables(name: str) -> Path:
    """Give the folder of a made-up round's tables: ``data/rounds`` of the repository."""
    return Path(str(shipped("rounds"))) / name


def _afresh(scheme: Scheme, name: str, folder: str | Path) -> Round:
    place = Path(folder) / name
    if place.exists():
        if not (place / "journal.jsonl").is_file() or not Round(place, scheme).made:
            raise RoundError(name, [fault("", "round_exists", folder=place)])
        shutil.rmtree(place)
    return Round.start(name, scheme, folder)


def made_answers(one: Round, population: Population) -> Path:
    """Write the made-up answers of a round's drawn respondents, and who asked when, ready to be taken in."""
    drawn = {group: each.units for group, each in one.drawn().items()}
    path = one.folder / "answers" / "made-answers.csv"
    write_table(path, with_visits(population, drawn, make_answers(population, drawn)))
    one.note("make", what="answers", seed=population.seed)
    return path


def demo(folder: Path = Path("out"), scheme: str = "guangan-2013") -> Path:
    """Make up frames, draw, make up answers, score, rank, prove, and report.

    Parameters
    ----------
    folder : Path
        Where the round is kept; an earlier demonstration there is replaced.
    scheme : str

    Returns
    -------
    Path
        The report.
    """
    from toolkit.report import write_report, write_workbook
    from toolkit.report.terminal import print_leagues

    with steps(8) as say:
        say("reading the scheme", "读取方案")
        plan = Scheme.load(scheme)
        say("making up frames and what everyone would answer", "编造名单和每个人会怎样回答（模拟数据）")
        population = make_population(plan)
        one = made_round(population, f"{plan.id}-demo", folder)
        say("drawing", "抽样")
        counts = one.draw(KEY)
        drawn = sum(counts.values())
        say(f"taking in the made-up answers of {drawn:,} drawn units", "收集回答（模拟数据）")
        one.collect(made_answers(one, population))
        say("scoring and ranking", "计分、排名")
        scores = one.score()
        say("drawing and scoring again, to prove it", "重抽重算，验证")
        differences = one.verify()
        if differences:
            raise RoundError(one.folder.name, [fault("", "not_proven", found=text) for text in differences])
        say("writing the report", "写报告")
        path = write_report(one, scores, one.folder / "results" / "report.html")
        workbook = write_workbook(one, scores, path.with_suffix(".xlsx"))
        say("done", "完成")
    print_leagues(scores, made=one.made)
    inside = compare_truth(scores, population)["inside"]
    print(f"模拟的真值有 {inside.sum()}/{inside.size} 个落在 {plan.level:.0%} 区间内。", end=" ")
    print(f"The made-up truth lies in {inside.sum()} of {inside.size} intervals.")
    print(f"报告 Report: {path}")
    print(f"工作簿 Workbook: {workbook}")
    return path
