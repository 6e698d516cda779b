"""The commands ``minyi compare …``: files written, words printed, nothing put into a round.

Oracles: the tables that the functions give, and the bytes of the rounds before.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from toolkit import Crosswalk, Round, RoundError
from toolkit.cli import app
from toolkit.comparison import compare, compare_years
from toolkit.files import file_digest, read_own_table

LADDER = """
[[streaks]]
end = "last"
places = 1
missing = "break"
within = "always"
after_last = "repeat"
steps = [{ times = 2, consequence = "约谈" }]
"""


def run(*words: str | Path) -> None:
    app([str(one) for one in words], result_action="return_value")


@pytest.fixture
def years(played_folder: Path, tmp_path: Path) -> tuple[Path, Path]:
    last, this = (shutil.copytree(played_folder, tmp_path / f"测评-{year}") for year in (2023, 2024))
    text = (this / "scheme.toml").read_text(encoding="utf-8")
    (this / "scheme.toml").write_text(text + LADDER, encoding="utf-8")
    return last, this


def digests(*folders: Path) -> dict[Path, str]:
    return {path: file_digest(path) for folder in folders for path in folder.rglob("*") if path.is_file()}


def cells(path: Path) -> dict[str, list[list[object]]]:
    book = openpyxl.load_workbook(path)
    return {page.title: [[cell.value for cell in row] for row in page.iter_rows()] for page in book}


def test_years_from_a_drafted_crosswalk_to_the_league_table(
    years: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    last, this = years
    before = digests(last, this)
    walk = tmp_path / "对照表.csv"
    run("compare", "crosswalk", last, this, walk)
    assert "其中 0 行只在一年中有" in capsys.readouterr().out
    table = read_own_table(walk)
    table.loc[table["项目"] == "对象", "规则"] = "各抽"
    table.loc[table["名称"] == "县图书馆", ["规则", "说明"]] = ["不可比", "搬迁"]
    table.to_csv(walk, index=False, encoding="utf-8-sig")
    with pytest.raises(RoundError, match="exists already"):
        run("compare", "crosswalk", last, this, walk)
    run("compare", "years", last, this, "--crosswalk", walk)
    told = capsys.readouterr().out
    found = compare_years(Round.open(last), Round.open(this), walk)
    assert "不可比：县图书馆：对照表写明不可比：搬迁" in told and str(found) in told
    place = this.parent / "测评-2024-since-测评-2023"
    written = read_own_table(place / "change.csv")
    assert written["code"].tolist() == found.table["code"].tolist()
    assert written["change"].where(written["change"] != "").dropna().astype(float).tolist() == pytest.approx(
        found.comparable["change"].tolist()
    )
    pages = cells(place / "years.xlsx")
    league = pages["排名1 部门类"]
    heads = next(row for row in league if row[0] == "名次")
    rows = {row[2]: dict(zip(heads, row, strict=True)) for row in league[league.index(heads) + 1 :][:3]}
    own = Round.open(this).scores().table.set_index("evaluatee")
    assert all(row["上年\n名次"] == own.loc[who, "rank"] for who, row in rows.items())
    assert rows["县图书馆"]["判断"] == "不可比" and rows["县图书馆"]["变化"] is None
    assert rows["县图书馆"]["2023 年单位和说明"] == "对照表写明不可比：搬迁"
    assert rows["县教育局"]["变化"] == 0 and rows["县教育局"]["判断"] == "难分"
    assert digests(last, this) == before


def test_streaks_are_counted_and_written(
    years: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = digests(*years)
    run("compare", "streaks", *years, "--folder", tmp_path / "out")
    told = capsys.readouterr().out
    written = read_own_table(tmp_path / "out" / "streaks.csv")
    assert len(written) == 2 and set(written["consequence"]) == {"约谈"}
    assert all(f"{who}：连续 2 次、累计 2 次：约谈" in told for who in written["evaluatee"])
    pages = cells(tmp_path / "out" / "streaks.xlsx")
    assert pages["各轮"][1] == ["代码", "单位", "测评-2023", "测评-2024", "不计的原因"]
    assert sum(row[2:4] == ["后 1 名内", "后 1 名内"] for row in pages["各轮"]) == 2
    assert digests(*years) == before


def test_schemes_are_set_beside_each_other(
    years: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    this = years[1]
    before = digests(this)
    text = (this / "scheme.toml").read_text(encoding="utf-8").replace("weight = 0.4\n", "weight = 0.05\n")
    other = tmp_path / "other.toml"
    other.write_text(text.replace("weight = 0.10\n", "weight = 0.45\n"), encoding="utf-8")
    run("compare", "schemes", this, other)
    told = capsys.readouterr().out
    found = compare(Round.open(this), other)[0]
    place = this.parent / "测评-2024-schemes"
    assert f"{len(found.moved)} 个单位名次变动" in told and len(found.moved)
    written = pd.read_csv(place / "1-small-table.csv", encoding="utf-8-sig")
    assert written["rank_other"].tolist() == found.table["rank_other"].tolist()
    page = cells(place / "schemes.xlsx")["方案1 small"]
    heads = next(row for row in page if row[0] == "类别")
    first = dict(zip(heads, page[page.index(heads) + 1], strict=True))
    assert (
        abs(first["名次变动"]) == found.table["moved"].abs().max()
        and "各类对象的权重" in first["原因（依次替换各项规则）"]
    )
    assert digests(this) == before


def test_a_draft_is_a_crosswalk(years: tuple[Path, Path], tmp_path: Path) -> None:
    run("compare", "crosswalk", *years, tmp_path / "w.csv", "--years", "2001", "2002")
    assert len(Crosswalk.load(tmp_path / "w.csv").entries) == 2 + 4 + 4 + 5


@pytest.fixture
def own_draws(years: tuple[Path, Path], tmp_path: Path) -> Path:
    walk = tmp_path / "对照表.csv"
    run("compare", "crosswalk", *years, walk)
    table = read_own_table(walk)
    table.loc[table["项目"] == "对象", "规则"] = "各抽"
    table.to_csv(walk, index=False, encoding="utf-8-sig")
    return walk


def test_means_and_changes_over_rounds_are_written_with_a_round_not_held(
    years: tuple[Path, Path], own_draws: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Both rounds are the same sheets: the mean is each round's score, its error that over √2."""
    before, out, gone = digests(*years), tmp_path / "out", tmp_path / "缺轮.csv"
    gone.write_text("轮次,年份,原因,单位\n2022,2022,机构改革,县考核办\n", encoding="utf-8-sig")
    more = ("--crosswalk", own_draws, "--missing", gone, "--folder", out)
    run("compare", "average", *years, *more)
    run("compare", "changes", *years, *more)
    told = capsys.readouterr().out
    assert told.count("2022 没有举行：机构改革（县考核办）") == 2
    own = Round.open(years[0]).scores().table.set_index("evaluatee")
    written = pd.read_csv(out / "average.csv", encoding="utf-8-sig").set_index("evaluatee")
    assert written["score"].tolist() == pytest.approx(own["score"].reindex(written.index).tolist(), abs=0.011)
    assert written["se"].tolist() == pytest.approx((own["se"].reindex(written.index) / 2**0.5).tolist())
    assert read_own_table(out / "rounds.csv")["reason"].tolist() == ["机构改革", "", ""]
    pages = cells(out / "average.xlsx")
    heads = next(row for row in pages["平均1 部门类"] if row[0] == "名次")
    assert heads[6:9] == ["2022\n没有举行", "测评-2023", "测评-2024"]
    assert ["2022", 2022, "没有举行", "", "机构改革", "县考核办"] in pages["各轮"]
    changed = cells(out / "changes.xlsx")["变化1"]
    assert sum(row[4] == 0 and row[6] == "难分" for row in changed) == len(own)
    assert digests(*years) == before
