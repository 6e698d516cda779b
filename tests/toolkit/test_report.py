"""The report page, its figure and the terminal lines say what the scores say, safely and repeatably."""

import base64
import html
import io
import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest

from sampling import Census, SimpleRandom
from scoring.consequence import Unstated
from scoring.scale import Label, Scale
from toolkit import Round, Scheme
from toolkit.files import file_digest, write_table
from toolkit.report import caterpillar, write_report
from toolkit.report.facts import DrawFacts, File, RoundFacts, round_facts
from toolkit.report.fonts import _cut, showable, subset_font
from toolkit.report.page import render
from toolkit.report.plot import figure_svg
from toolkit.report.ranking import standing
from toolkit.report.tables import satisfied_labels
from toolkit.report.terminal import league_lines, print_leagues
from toolkit.report.writing import MADE, fixed, percent
from toolkit.scheme import DontKnow, Draw, EvaluateeClass, Group, Ranking, Unclear
from toolkit.scores import Scores

ODD = '<b>&"x"'
MATHS = "$x_1$ 局"
HASH = "ab" * 32


def made_scheme() -> Scheme:
    lists = Draw("users", "users", "id", SimpleRandom(n=20), per_evaluatee=True)
    panel = Draw("panel", "panel", "person", Census())
    return Scheme(
        id="tiny",
        title="测评 <i>2013</i>",
        place="某市",
        valid_answers=23,
        full_mark=100,
        level=0.95,
        systematic_variance="srs",
        no_answers="error",
        low_satisfaction_rule=Unstated(),
        scale=Scale(0, 10, (Label("不满意", 0, 4), Label("满意", 5, 9), Label("很满意", 10, 10))),
        dont_know=DontKnow("indicator", True),
        ranking=Ranking("unrounded", 2, "min"),
        classes=(
            EvaluateeClass("a", "甲类 & 其他", "某局", True, ("效率", "<态度>"), (ODD, MATHS, "丙局")),
            EvaluateeClass("b", "乙类", "某局", True, ("效率",), ("丁公司", "戊公司𠀀")),
        ),
        groups=(
            Group("users", "服务对象", 0.7, 20, (lists,), "plain", "finite", "error"),
            Group("panel", "监察员", 0.3, 3, (panel,), "design", "finite", "error", "same"),
        ),
        unclear=(Unclear("ranking.ties", "并列怎么排 <?>", "取较前的名次"),),
    )


@pytest.mark.parametrize(
    "scale",
    [
        Scale(1, 3, (Label("满意", 1, 1), Label("基本满意", 2, 2), Label("不满意", 3, 3)), best="low"),
        Scale(1, 3, (Label("不满意", 3, 3), Label("基本满意", 2, 2), Label("满意", 1, 1)), best="low"),
        Scale(1, 3, (Label("满意", 3, 3), Label("基本满意", 2, 2), Label("不满意", 1, 1))),
        Scale(1, 3, (Label("不满意", 1, 1), Label("基本满意", 2, 2), Label("满意", 3, 3))),
    ],
)
def test_who_is_satisfied_follows_the_ratings_not_the_list(scale: Scale) -> None:
    assert satisfied_labels(replace(made_scheme(), scale=scale)) == ["满意"]


def made_scores() -> Scores:
    scheme = made_scheme()
    users = np.array([81.239, 90.005, 70.5, 60.125, 60.875])
    panel = np.array([80.0, 91.0, 71.0, 61.0, 62.0])
    estimate = 0.7 * users + 0.3 * panel
    se = np.array([0.5, 0.25, 0.75, 1.0, 1.0])
    table = pd.DataFrame(
        {
            "class": list("aaabb"),
            "evaluatee": list(scheme.evaluatees),
            "score": [float(fixed(value, 2)) for value in estimate],
            "estimate": estimate,
            "se": se,
            "low": estimate - 2 * se,
            "high": estimate + 2 * se,
            "df": [40.0, 50.0, np.inf, 60.0, 70.0],
            "rank": [2, 1, 3, 2, 1],
            "rank_low": [2, 1, 2, 1, 1],
            "rank_high": [3, 1, 3, 2, 2],
            "users": users,
            "panel": panel,
        }
    )
    groups = pd.DataFrame(
        {
            "group": ["users"] * 5 + ["panel"] * 5,
            "evaluatee": list(scheme.evaluatees) * 2,
            "estimate": [*users, *panel],
            "se": [1.0] * 5 + [0.0] * 5,
            "df": [30.0] * 5 + [np.inf] * 5,
            "n": [19, 20, 18, 20, 20] + [3] * 5,
            "counted": [20, 20, 18, 20, 20] + [3] * 5,
            "plain": [*users, *panel],
            "design": [*(users + [0, 0, 0.5, 0, 0]), *panel],
        }
    )
    names = [label.name for label in scheme.scale.labels]
    low = np.array([0.1, 0.05, 0.2, 0.4, 0.35])
    best = np.array([0.3, 0.4, 0.1, 0.1, 0.15])
    shares = np.column_stack([low, 1 - low - best, best])
    labels = pd.DataFrame(
        {
            "evaluatee": np.repeat(scheme.evaluatees, 3),
            "label": names * 5,
            "share": shares.ravel(),
            "se": 0.0123,
        }
    )
    none = pd.DataFrame()
    return Scores(scheme, table, np.diag(se**2), np.full((5, 5), np.inf), groups, none, labels, none)


def made_facts(made: bool = True) -> RoundFacts:
    draws = (
        DrawFacts("tiny/users", ("simple-random/1",), 5, 1234, 100, None),
        DrawFacts("tiny/panel", ("census/1",), 1, 3, 3, HASH),
    )
    return RoundFacts(made, 'key <"1">', draws, (File("panel.csv", HASH),), (File("001-a.csv", HASH, 115),))


@pytest.fixture(scope="module")
def scores() -> Scores:
    return made_scores()


@pytest.fixture(scope="module")
def page(scores: Scores) -> str:
    return render(scores, made_facts(), made=True)


class Cells(HTMLParser):
    """Every table row's cells as text, and every tag that occurs."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.tags: set[str] = set()
        self.open = False
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
            self.open = True

    def handle_endtag(self, tag):
        if tag in ("td", "th"):
            self.open = False

    def handle_data(self, data):
        if self.open:
            self.rows[-1][-1] += data


def figures(page: str) -> list[str]:
    found = re.findall(r"data:image/svg\+xml;base64,([A-Za-z0-9+/=]+)", page)
    return [base64.b64decode(data).decode() for data in found]


def font_of(page: str) -> bytes:
    return base64.b64decode(re.findall(r"data:font/woff;base64,([A-Za-z0-9+/=]+)", page)[0])


# --- the page --------------------------------------------------------------------------------------------


def test_names_from_files_are_escaped(page):
    assert ODD not in page
    assert html.escape(ODD, quote=False).replace('"', "&#34;") in page
    for text in ("<i>2013</i>", "<态度>", "并列怎么排 <?>", 'key <"1">'):
        assert text not in page
    assert any(ODD in row for row in Cells(page).rows), "the reader sees the name as it is"
    assert not Cells(page).tags & {"i", "script", "link", "iframe"}


def test_numbers_of_the_page_are_those_of_the_scores(page, scores):
    rows = Cells(page).rows
    for each in scores.scheme.classes:
        for line in scores.league(each.id).to_dict("records"):
            interval = f"{line['low']:.2f}–{line['high']:.2f}"
            due = [str(line["rank"]), line["places"], line["evaluatee"], f"{line['score']:.2f}"]
            due += [f"{line['margin']:.2f}", interval, f"{line['users']:.2f}", f"{line['panel']:.2f}"]
            assert due in [row[:8] for row in rows]
    shares = scores.labels.set_index("evaluatee")["share"]
    for who in scores.scheme.evaluatees:
        low, good, best = shares[who]
        due = [who, percent(low), percent(good), percent(best), percent(good + best)]
        assert due in [row[1:] for row in rows]


def test_groups_tell_planned_counted_and_what_weighting_changes(page):
    rows = Cells(page).rows
    assert ["服务对象", "20", "18–20", "18–20", "1", "同等计算", "0.50 分（丙局）"] in rows
    assert ["监察员", "3", "3", "3", "—", "按设计加权", "无差别"] in rows
    assert "综合得分最多相差 0.35 分（丙局）" in page  # 0.7 × 0.5


def test_method_follows_the_scheme(page):
    assert "“监察员”全部调查，没有抽样误差" in page
    assert "为 40–70" in page, "finite degrees of freedom alone"
    assert "等距抽样没有无偏" not in page
    assert "得分 ＝ 100 ÷ 10 ×" in page
    example = "90.0050 × 70% ＋ 91.0000 × 30% ≈ 90.30"
    assert f"例如{MATHS}：{example}" in page


def test_neighbours_that_cannot_be_told_apart(scores):
    a, b = standing(scores, "a"), standing(scores, "b")
    assert a.table["evaluatee"].tolist() == [MATHS, ODD, "丙局"]
    assert a.alike == ["—", "2–3", "2–3"]
    assert a.cut == [False, True, False]
    assert b.alike == ["1–2", "1–2"]


def test_proof_shows_key_draws_and_digests(page):
    rows = Cells(page).rows
    assert ["tiny/panel", "1", "3", "3", "census/1", HASH] in rows
    assert ["tiny/users/单位名", "5", "1,234", "100", "simple-random/1"] in [row[:5] for row in rows]
    assert ["001-a.csv", "回答 115 份", HASH] in rows
    assert "key &lt;&#34;1&#34;&gt;" in page
    assert "minyi verify" in page


def test_made_data_are_named_wherever_results_stand(page, scores):
    assert '<p class="banner" role="note">' + MADE in page
    assert re.search(r"@top-center \{ content: \"" + MADE, page)
    for name in ("甲类 &amp; 其他", "乙类"):
        assert re.search(rf"<h3[^>]*>（\d）{name}<span class=\"tag\">模拟数据", page)
    for head in re.findall(r"<thead>.*?</thead>", page, flags=re.DOTALL):
        assert MADE in head or "没有写明的" in head
    real = render(scores, made_facts(False), made=False)
    assert "模拟" not in real and "演示" not in real and "banner" not in real.split("</style>")[1]


def test_same_inputs_give_the_same_bytes(page):
    _cut.cache_clear()
    assert render(made_scores(), made_facts(), made=True) == page


def test_nothing_is_loaded_from_elsewhere(page):
    outside = r"https?:|//[a-z]|@import|\burl\((?!data:)|\bsrc=\"(?!data:)|\bhref=\"(?!#)"
    plain = re.sub(r"base64,[A-Za-z0-9+/=]+", "", page)
    assert not re.findall(outside, plain)
    for svg in figures(page):
        links = set(re.findall(r"https?://[^\s\"<]+", svg))
        assert links <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
    assert len(page) < 1_500_000


def test_font_of_the_page_has_all_its_characters(page):
    from fontTools.ttLib import TTFont

    with TTFont(io.BytesIO(font_of(page))) as font:
        has = set(map(chr, font.getBestCmap()))
        licence = font["name"].getDebugName(13)
    shown = set(html.unescape(re.sub(r"base64,[A-Za-z0-9+/=]+", "", page)))
    assert shown - has == {"\n", "𠀀"}, "the font has no 𠀀; a system font must show it"
    assert "SIL Open Font License" in licence


# --- font and figure -------------------------------------------------------------------------------------


def test_subset_is_small_and_repeats():
    first = subset_font("甲乙")
    _cut.cache_clear()
    assert subset_font("乙甲甲") == first
    assert len(first) < 5_000


def test_what_the_font_lacks_gets_a_stand_in():
    assert showable("局𠀀\tA") == "局〓 A"


def test_figure_is_outlines_alone_and_repeats(scores):
    svg = figure_svg(caterpillar(scores, "a"))
    assert svg == figure_svg(caterpillar(scores, "a"))
    assert "<text" not in svg and "<path" in svg
    assert "<metadata" not in svg and "dc:date" not in svg


def test_figure_has_a_row_for_each_evaluatee(scores):
    texts = [text.get_text() for text in caterpillar(scores, "b").axes[0].texts]
    assert texts[0] == "名次"
    for text in ("戊公司〓", "1–2", "61.21 ± 2.00"):
        assert text in texts


def test_figure_shows_a_name_with_dollars_as_it_is(scores):
    figure = caterpillar(scores, "a")
    assert MATHS in [text.get_text() for text in figure.axes[0].texts]
    assert not any(text.get_parse_math() for text in figure.axes[0].texts)


def test_figure_grows_with_the_class_and_says_made(scores):
    a, b = caterpillar(scores, "a", made=True), caterpillar(scores, "b")
    assert a.get_size_inches()[1] > b.get_size_inches()[1]
    assert "模拟数据" in a.axes[0].get_title() and "模拟数据" not in b.axes[0].get_title()


def test_figure_leaves_no_trace(scores):
    import matplotlib as mpl

    before = dict(mpl.rcParams)
    figure = caterpillar(scores, "a")
    figure.savefig(io.BytesIO(), format="png")  # outside our style: a missing glyph would warn
    assert dict(mpl.rcParams) == before


# --- terminal --------------------------------------------------------------------------------------------


def test_terminal_shows_top_and_bottom(scores):
    lines = league_lines(scores, top=1, bottom=1)
    assert lines[0] == "甲类 & 其他（3 个单位）"
    assert lines[1].split() == ["名次", "名次区间", "单位", "得分", "95%区间"]
    assert lines[2].split() == ["1", "1", "$x_1$", "局", "90.30", "89.80-90.80"]
    assert "（略 1 个）" in lines[3]
    assert lines[4].split() == ["3", "2-3", "丙局", "70.65", "69.15-72.15"]


def test_terminal_columns_line_up(scores):
    from rich.cells import cell_len

    rows = league_lines(scores)[1:5]
    assert len({cell_len(row) for row in rows}) == 1


@pytest.mark.parametrize("width", [40, 80, 200])
def test_terminal_is_never_overrun(scores, width):
    from rich.cells import cell_len

    lines = league_lines(scores, made=True, width=width)
    assert max(map(cell_len, lines)) <= width
    assert "[" not in "".join(lines) and "\x1b" not in "".join(lines)


def test_terminal_says_made_for_every_class(scores, capsys):
    print_leagues(scores, made=True)
    assert capsys.readouterr().out.count(MADE) == 2
    print_leagues(scores)
    assert MADE not in capsys.readouterr().out


def test_terminal_names_cannot_command_it():
    scores = made_scores()
    name = "\x1b[31m[bold]丙局"
    scheme = scores.scheme
    first = replace(scheme.classes[0], evaluatees=(ODD, MATHS, name))
    table = scores.table.replace({"evaluatee": {"丙局": name}})
    text = "\n".join(
        league_lines(replace(scores, scheme=replace(scheme, classes=(first, scheme.classes[1])), table=table))
    )
    assert "\x1b" not in text and "[bold]丙局" in text


# --- a round ---------------------------------------------------------------------------------------------

SCHEME = """
id = "tiny"
title = "小测评"
place = "某市"
valid_answers = 6
full_mark = 100
level = 0.95
systematic_variance = "srs"
no_answers = "error"
low_satisfaction_rule = { kind = "unstated" }
[scale]
low = 0
high = 10
labels = [{ name = "不满意", low = 0, high = 6 }, { name = "满意", low = 7, high = 10 }]
[dont_know]
removed_per = "indicator"
counts_as_answer = true
[ranking]
rank_on = "unrounded"
decimals = 2
ties = "min"
[[classes]]
id = "a"
name = "甲类"
conducted_by = "某局"
same_survey = true
indicators = ["效率"]
evaluatees = ["甲局", "乙局"]
[[groups]]
id = "users"
name = "服务对象"
weight = 0.7
valid = 4
official = "plain"
population = "finite"
short_frame = "error"
[[groups.draws]]
name = "users"
frame = "users"
unit = "id"
per_evaluatee = true
design = { kind = "simple_random", n = 4 }
[[groups]]
id = "panel"
name = "监察员"
weight = 0.3
valid = 2
official = "plain"
population = "finite"
short_frame = "error"
overlap = "same"
draws = [{ name = "panel", frame = "panel", unit = "person", design = { kind = "census" } }]
"""


@pytest.fixture(scope="module")
def scored(tmp_path_factory) -> tuple[Round, Scores]:
    folder = tmp_path_factory.mktemp("round")
    (folder / "tiny.toml").write_text(SCHEME, encoding="utf-8")
    one = Round.create("tiny", scheme=folder / "tiny.toml", folder=folder)
    users = pd.DataFrame([(f"U{at}", who) for who in ("甲局", "乙局") for at in range(9)])
    write_table(one.folder / "frames" / "users.csv", users.set_axis(["id", "evaluatee"], axis=1))
    write_table(one.folder / "frames" / "panel.csv", pd.DataFrame({"person": ["P1", "P2"]}))
    one.draw(key="a key")
    rows = [
        (group, sheet["id"] if group == "users" else sheet["person"], who, 5 + at % 4)
        for group, drawn in one.drawn().items()
        for who in ("甲局", "乙局")
        for at, sheet in enumerate(drawn.units.to_dict("records"))
        if sheet.get("evaluatee", who) == who
    ]
    answers = pd.DataFrame(rows, columns=["group", "respondent", "evaluatee", "效率"])
    write_table(folder / "answers.csv", answers)
    one.collect(folder / "answers.csv")
    return one, one.score()


def test_facts_come_from_journal_and_receipts(scored):
    one, _ = scored
    facts = round_facts(one)
    digest = file_digest(one.folder / "frames" / "panel.csv")
    assert (facts.made, facts.key) == (False, "a key")
    users, panel = facts.draws
    assert users == DrawFacts("tiny/users", ("simple-random/1",), 2, 18, 8, None)
    assert (panel.lists, panel.units, panel.drawn) == (1, 2, 2)
    receipt = next(one.samples(one.scheme.groups[1].draws[0]))[1].receipt
    assert panel.sha256 == receipt["frame"]["sha256"]
    assert File("panel.csv", digest) in facts.frames
    assert [(file.name, file.sheets) for file in facts.answers] == [("001-answers.csv", 12)]


def test_report_is_written_without_folders_or_dates(scored, tmp_path):
    one, scores = scored
    path = write_report(one, scores, tmp_path / "report.html")
    text = path.read_text(encoding="utf-8")
    assert str(one.folder) not in text and one.steps("draw")[0]["at"][:10] not in text
    assert "模拟" not in text
    assert [file.name for file in tmp_path.iterdir()] == ["report.html"]


def test_made_rounds_are_told_by_their_journal(scored, tmp_path):
    one, scores = scored
    one.note("make", what="frames")
    assert MADE in write_report(one, scores, tmp_path / "report.html").read_text(encoding="utf-8")
