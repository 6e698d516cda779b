"""The commands ``minyi compare …``: years, streaks, schemes, and a crosswalk to fill in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import cyclopts

from toolkit.whole import Whole

if TYPE_CHECKING:
    import pandas as pd

app = cyclopts.App(
    name="compare", help="Compare rounds, average them, count streaks; or one round under several schemes."
)


@app.command
def crosswalk(last: Path, this: Path, file: Path, *, years: tuple[Whole, Whole] | None = None) -> None:
    """Write a crosswalk of two rounds to fill in: codes for what has one name, open rows for the rest.

    Parameters
    ----------
    last
        The earlier round's folder.
    this
        The later round's folder.
    file
        The CSV to write.
    years
        Of the two rounds, where their names do not tell.
    """
    from toolkit.comparison.draft import draft
    from toolkit.comparison.years import year_of
    from toolkit.errors import RoundError, fault
    from toolkit.files import write_table
    from toolkit.round import Round

    if file.exists():  # it may hold an office's work
        raise RoundError(file.name, [fault("", "round_exists", folder=file)])
    then, now = Round.open(last), Round.open(this)
    when = years or (year_of(then), year_of(now))
    table = draft(then.scheme, now.scheme, (int(when[0]), int(when[1])))
    write_table(file, table)
    told = int((table[["自", "至"]] != "").any(axis=1).sum())
    print(f"{file}：{len(table)} 行，其中 {told} 行只在一年中有，请核对。", end=" ")
    print(f"{len(table)} rows; {told} of one year alone, to be looked at.")


@app.command
def years(
    last: Path,
    this: Path,
    *,
    crosswalk: Path | None = None,
    years: tuple[Whole, Whole] | None = None,
    rules_of: Literal["this", "last"] = "this",
    folder: Path | None = None,
) -> None:
    """Compare two rounds on their common basis; write changes, and league tables with last year's place.

    Parameters
    ----------
    last
        The earlier round's folder.
    this
        The later round's folder.
    crosswalk
        Units, indicators, groups, classes by stable codes, CSV or Excel; by default equal names are the same.
    years
        Of the two rounds, where their names do not tell.
    rules_of
        Whose weights and rules hold for both.
    folder
        Where to write; by default beside the later round.
    """
    from toolkit.comparison.sheets import years_workbook
    from toolkit.comparison.years import compare_years
    from toolkit.files import write_bytes, write_table
    from toolkit.round import Round

    then, now = Round.open(last), Round.open(this)
    when = None if years is None else (int(years[0]), int(years[1]))
    found = compare_years(then, now, crosswalk, years=when, rules_of=rules_of)
    place = folder or _beside(now.folder, then.folder)
    write_table(place / "change.csv", found.table)
    write_bytes(place / "years.xlsx", years_workbook(found))
    for zh, en in found.basis:
        print(f"{zh}。 {en[0].upper()}{en[1:]}.")
    print(found)
    for line in found.table[~found.table["comparable"]].to_dict("records"):
        print(f"不可比：{line['evaluatee'] or line['evaluatee_then']}：{line['why']}")
    print(place / "years.xlsx")


@app.command
def streaks(
    *rounds: Path,
    crosswalk: Path | None = None,
    years: list[str] | None = None,
    missing: Path | None = None,
    folder: Path | None = None,
) -> None:
    """Count over rounds who was among the first or last again, by the last scheme's [[streaks]].

    Parameters
    ----------
    rounds
        Folders of the rounds, in order of time.
    crosswalk
        Units and classes by stable codes, CSV or Excel.
    years
        Of the rounds, where their names do not tell: 2013, or 2013-05 or 2013-W07.
    missing
        Rounds that were not held, CSV or Excel: round, year, reason, office (轮次, 年份, 原因, 单位).
    folder
        Where to write; by default beside the last round.
    """
    import pandas as pd

    from toolkit.comparison.sheets import streaks_workbook
    from toolkit.comparison.streaks import streaks as count
    from toolkit.files import write_bytes, write_table
    from toolkit.round import Round
    from toolkit.rule_words import streaks_in_words

    every = [Round.open(one) for one in rounds]
    ladders = count(every, crosswalk, years=years, missing=missing)
    place = folder or _beside(every[-1].folder, every[0].folder)
    for name in ("table", "among"):
        tables = [getattr(one, name).assign(ladder=at) for at, one in enumerate(ladders, 1)]
        file = "streaks" if name == "table" else name
        write_table(place / f"{file}.csv", pd.concat(tables, ignore_index=True))
    made = any(one.made for one in every)
    write_bytes(place / "streaks.xlsx", streaks_workbook(ladders, every[-1].scheme.title, made))
    for found in ladders:
        print(*streaks_in_words([found.rule], "zh"), *streaks_in_words([found.rule], "en"), sep="\n")
        for line in found.now.itertuples():
            zh = f"{line.evaluatee}：连续 {line.in_a_row} 次、累计 {line.in_all} 次：{line.consequence}"
            print(f"{zh}。 {line.in_a_row} in a row, {line.in_all} in all.")
    print(*(f"{one}。" for one in ladders[0].not_held), sep="\n", end="\n" if ladders[0].not_held else "")
    print(place / "streaks.xlsx")


@app.command
def average(
    *rounds: Path,
    crosswalk: Path | None = None,
    weights: list[float] | None = None,
    years: list[str] | None = None,
    missing: Path | None = None,
    folder: Path | None = None,
) -> None:
    """Average every unit's scores over rounds, with error, place and the places the error leaves open.

    Parameters
    ----------
    rounds
        Folders of the rounds, in order of time.
    crosswalk
        Units and groups by stable codes, and how samples hang together, CSV or Excel.
    weights
        Of the rounds; by default equal.
    years
        Of the rounds, where their names do not tell: 2013, or 2013-05 or 2013-W07.
    missing
        Rounds that were not held, CSV or Excel: round, year, reason, office (轮次, 年份, 原因, 单位).
    folder
        Where to write; by default beside the last round.
    """
    from toolkit.comparison.average import average_rounds
    from toolkit.comparison.round_sheets import average_workbook
    from toolkit.files import write_bytes, write_table
    from toolkit.round import Round

    every = [Round.open(one) for one in rounds]
    found = average_rounds(every, crosswalk, weights, missing, years=years)
    place = folder or _beside(every[-1].folder, every[0].folder)
    write_table(place / "average.csv", found.table)
    write_table(place / "rounds.csv", found.rounds)
    write_bytes(place / "average.xlsx", average_workbook(found))
    print(f"{found}。 {int(found.table['score'].notna().sum())} units have an average.")
    _tell_not_held(found.rounds)
    print(place / "average.xlsx")


@app.command
def changes(
    *rounds: Path,
    crosswalk: Path | None = None,
    years: list[str] | None = None,
    missing: Path | None = None,
    rules_of: Literal["this", "last"] = "this",
    folder: Path | None = None,
) -> None:
    """Give every unit's change from round to round and from the first to the last, with its error.

    Parameters
    ----------
    rounds
        Folders of the rounds, in order of time.
    crosswalk
        Units, indicators, groups, classes by stable codes, CSV or Excel.
    years
        Of the rounds, where their names do not tell: 2013, or 2013-05 or 2013-W07.
    missing
        Rounds that were not held, CSV or Excel: round, year, reason, office (轮次, 年份, 原因, 单位).
    rules_of
        Whose weights and rules hold for both of two rounds.
    folder
        Where to write; by default beside the last round.
    """
    from toolkit.comparison.changes import change_of_rounds
    from toolkit.comparison.round_sheets import changes_workbook
    from toolkit.files import write_bytes, write_table
    from toolkit.round import Round

    every = [Round.open(one) for one in rounds]
    found = change_of_rounds(every, crosswalk, missing=missing, years=years, rules_of=rules_of)
    place = folder or _beside(every[-1].folder, every[0].folder)
    write_table(place / "changes.csv", found.table)
    write_table(place / "rounds.csv", found.rounds)
    write_bytes(place / "changes.xlsx", changes_workbook(found))
    for (first, last), own in found.table.groupby(["from", "to"], sort=False):
        counts = own["verdict"].value_counts()
        print(f"{first} → {last}：" + "，".join(f"{one} {counts[one]}" for one in counts.index))
    _tell_not_held(found.rounds)
    print(place / "changes.xlsx")


@app.command
def schemes(round: Path, *schemes: str, folder: Path | None = None) -> None:
    """Score a round's answers under other schemes; tell which places move and why.

    Parameters
    ----------
    round
        The round's folder.
    schemes
        Shipped schemes' names, or TOML files.
    folder
        Where to write; by default beside the round.
    """
    from toolkit.comparison.schemes import compare
    from toolkit.comparison.sheets import schemes_workbook
    from toolkit.files import write_bytes, write_table
    from toolkit.round import Round

    one = Round.open(round)
    changes = compare(one, list(schemes))
    place = folder or one.folder.parent / f"{one.folder.name}-schemes"
    for number, found in enumerate(changes, 1):
        for name, table in (("table", found.table), ("steps", found.steps), ("weights", found.weights)):
            write_table(place / f"{number}-{found.scheme.id}-{name}.csv", table)
        moved = found.moved
        out = int((~moved["open"]).sum())
        print(
            f"{found.scheme.id}：{len(moved)} 个单位名次变动，其中 {out} 个超出抽样误差容许的名次。", end=" "
        )
        print(f"{len(moved)} places move, {out} of them farther than the sampling error leaves open.")
        for line in moved.head(5).itertuples():
            print(f"  {line.evaluatee} 第 {line.rank} 名→第 {line.rank_other} 名：{line.why}")
    status = "formal" if one.sealed else "preliminary"
    write_bytes(place / "schemes.xlsx", schemes_workbook(one.scheme, changes, one.made, status))
    print(place / "schemes.xlsx")


def _tell_not_held(rounds: pd.DataFrame) -> None:
    for one in rounds[~rounds["held"].astype(bool)].itertuples():
        print(f"{one.round} 没有举行：{one.reason}（{one.office}）。 {one.round} was not held.")


def _beside(this: Path, last: Path) -> Path:
    """Name a folder beside a round: nothing is added to a round that may be sealed."""
    return this.parent / f"{this.name}-since-{last.name}"
