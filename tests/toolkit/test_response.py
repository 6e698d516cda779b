"""Response rates, adjustment cells, reserves and quotas, from a scheme's keys to the results."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from scoring import Survey, mean
from toolkit import Round, RoundError, Scheme
from toolkit.answers import State
from toolkit.files import write_table
from toolkit.quota import census_cells, quota_sheet

SMALL = (Path(__file__).parents[1] / "scenarios" / "small.toml").read_text(encoding="utf8")
Sheets = Callable[..., pd.DataFrame]
Make = Callable[..., Round]
WHO = {"reason": "联系不上", "office": "县统计局"}


def scheme_with(tmp_path: Path, *changes: tuple[str, str]) -> Path:
    text = SMALL
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    (tmp_path / "changed.toml").write_text(text, encoding="utf8")
    return tmp_path / "changed.toml"


def collected(one: Round, sheets: pd.DataFrame, tmp_path: Path) -> Round:
    write_table(tmp_path / "a.csv", sheets)
    one.collect(tmp_path / "a.csv")
    return one


# ------------------------------------------------------------------------------------- response


def test_every_drawn_respondent_has_one_disposition(
    drawn: Round, sheets: pd.DataFrame, tmp_path: Path
) -> None:
    users = sheets.index[(sheets["group"] == "users") & (sheets["evaluatee"] == "县教育局")]
    asked = ["依法履职", "办事效率", "清正廉洁"]
    sheets.loc[users[0], asked] = ["8", "不了解", ""]  # two of three answered: partial
    sheets.loc[users[1], asked] = ["8", "拒答", ""]  # one of three: a break-off
    sheets.loc[users[2], asked] = ""
    gone = users[3:7]
    ids = sheets.loc[gone, "respondent"].tolist()
    lines = [("users", ids[0], "拒访"), ("users", ids[1], "未联系上"), ("服务对象", ids[2], "ineligible")]
    lines += [("users", ids[0], "noncontact"), ("users", ids[0], "refusal")]  # the last contact counts
    contacts = pd.DataFrame(lines, columns=["group", "respondent", "disposition"])
    write_table(tmp_path / "contacts.csv", contacts.assign(evaluatee="县教育局"))
    collected(drawn, sheets.drop(index=gone), tmp_path)
    assert drawn.contacts(tmp_path / "contacts.csv") == 5
    assert drawn.contacts(tmp_path / "contacts.csv") == 0
    table = drawn.response().set_index(["group", "evaluatee"])
    line = table.loc[("users", "县教育局")]
    codes = ["complete", "partial", "refusal", "noncontact", "other", "unknown", "ineligible"]
    n = int(line["drawn"])
    assert n == len(users) == line[codes].sum()
    assert line[codes].tolist() == [n - 7, 1, 3, 1, 0, 1, 1]
    # AAPOR by hand: RR1 = I / (E + U), RR2 = (I + P) / (E + U), with E = n - 2.
    assert line["RR1"] == pytest.approx((n - 7) / (n - 1))
    assert line["RR2"] == pytest.approx((n - 6) / (n - 1))
    assert (table["planned"] == [g.valid for g in drawn.scheme.groups for _ in range(5)]).all()
    panel = table.loc["delegates"]
    assert (panel["drawn"] == 20).all() and (
        panel["complete"] + panel["partial"] + panel["refusal"] == 20
    ).all()
    drawn.score()
    written = pd.read_csv(drawn.folder / "results" / "response.csv")
    assert written["RR1"].tolist() == pytest.approx(drawn.response()["RR1"].tolist(), nan_ok=True)
    assert drawn.verify() == []


def test_what_is_wrong_with_a_file_of_contacts_is_told_at_once(drawn: Round, tmp_path: Path) -> None:
    lines = [
        ("路人", "x", "", "拒访"),
        ("users", "没有此人", "", "完成"),
        ("delegates", "D01", "县财政局", "走了"),
    ]
    table = pd.DataFrame(lines, columns=["对象类别", "编号", "被评单位", "处理结果"])
    write_table(tmp_path / "c.csv", table)
    with pytest.raises(RoundError) as caught:
        drawn.contacts(tmp_path / "c.csv")
    rules = [one.rule for one in caught.value.faults]
    assert {"unknown_group", "not_in_sample", "unknown_evaluatee", "disposition"} <= set(rules)
    assert drawn.steps("contacts") == []


def test_a_contact_without_an_evaluatee_is_of_the_respondent_wherever_listed(
    drawn: Round, sheets: pd.DataFrame, tmp_path: Path
) -> None:
    own = sheets.index[(sheets["group"] == "users") & (sheets["evaluatee"] == "县教育局")]
    who = sheets.loc[own[0], "respondent"]
    collected(drawn, sheets.drop(index=own[0]), tmp_path)
    line = pd.DataFrame([{"group": "users", "respondent": who, "disposition": "拒访"}])
    write_table(tmp_path / "c.csv", line)
    before = drawn.response().set_index(["group", "evaluatee"]).loc[("users", "县教育局")]
    drawn.contacts(tmp_path / "c.csv")
    after = drawn.response().set_index(["group", "evaluatee"]).loc[("users", "县教育局")]
    assert (after["refusal"] - before["refusal"], after["unknown"], before["unknown"]) == (1, 0, 1)


def test_a_file_of_contacts_that_was_touched_is_named(drawn: Round, tmp_path: Path) -> None:
    who = drawn.sample("delegates").units["person"][0]
    line = pd.DataFrame([{"group": "delegates", "respondent": who, "disposition": "拒访"}])
    write_table(tmp_path / "c.csv", line)
    drawn.contacts(tmp_path / "c.csv")
    assert drawn.verify() == []
    kept = drawn.folder / "answers" / "contacts" / "001-c.csv"
    kept.write_bytes(kept.read_bytes().replace("拒访".encode(), "完成".encode()))
    assert drawn.verify() == ["answers/contacts/001-c.csv: not the file that was taken in"]
    kept.unlink()
    assert drawn.verify() == ["answers/contacts/001-c.csv: is not there"]


# ----------------------------------------------------------------------------- adjustment cells

ADJUST = ('official = "design"                   # city staff have larger chances than others', "")


def test_adjustment_cells_give_respondents_the_weight_of_the_others(
    make_round: Make, sheets_of: Sheets, tmp_path: Path
) -> None:
    text = SMALL
    at = text.index('id = "staff"')
    head, tail = text[:at], text[at:]
    tail = tail.replace('official = "design"', 'official = "design"\nadjust_by = ["level"]', 1)
    assert "adjust_by" in tail
    (tmp_path / "s.toml").write_text(head + tail, encoding="utf8")
    one = make_round(scheme=tmp_path / "s.toml")
    one.draw("k")
    sheets = sheets_of(one)
    own = (sheets["group"] == "staff") & (sheets["evaluatee"] == "县教育局")
    units = one.sample("staff", "县教育局").units
    townships = units.loc[units["level"] == "乡镇级", "id"].tolist()
    lost = sheets[own & sheets["respondent"].isin(townships[:3])].index
    collected(one, sheets.drop(index=lost), tmp_path)
    line = one.score().groups.query("group == 'staff' and evaluatee == '县教育局'").iloc[0]
    # By hand: each level's mean with its weight in the sample, whoever of it answered.
    kept = sheets[own].drop(index=lost).merge(units, left_on="respondent", right_on="id")
    level_weight = units.groupby("level")["weight"].sum()
    score = 0.0
    for indicator in one.scheme.indicators["县教育局"]:
        rating = pd.to_numeric(kept[indicator], errors="coerce")
        base = (
            kept["weight"]
            / kept.groupby("level")["weight"].transform("sum")
            * kept["level"].map(level_weight)
        )
        score += 10 / 3 * float((rating * base).sum() / base[rating.notna()].sum())
    assert line["estimate"] == pytest.approx(score, rel=1e-12)
    plain = Scheme.read(SMALL)
    assert line["estimate"] != pytest.approx(
        one.scores().groups.query("group == 'staff' and evaluatee == '县教育局'").iloc[0]["plain"], rel=1e-6
    )
    assert "adjust_by" not in SMALL and plain.groups[1].adjust_by is None
    assert one.verify() == []


def test_adjustment_of_plain_scores_is_refused(tmp_path: Path) -> None:
    path = scheme_with(tmp_path, ('id = "delegates"\n', 'id = "delegates"\nadjust_by = ["body"]\n'))
    with pytest.raises(Exception, match="need official"):
        Scheme.load(path)


# ------------------------------------------------------------------------------------- reserves

RESERVE = (
    '[groups.draws.design]\nkind = "stratified"\nby = "town"\n\n[groups.draws.design.method]\n'
    'kind = "simple_random"\n',
    '[groups.draws.design]\nkind = "stratified"\nby = "town"\n\n[groups.draws.design.method]\n'
    'kind = "simple_random"\nreserve = 0.5\n',
)


@pytest.fixture
def with_reserves(make_round: Make, tmp_path: Path) -> Round:
    one = make_round(scheme=scheme_with(tmp_path, RESERVE))
    one.draw("k")
    return one


def test_reserves_count_once_released_and_never_less(
    with_reserves: Round, people: Any, tmp_path: Path
) -> None:
    one, whom = with_reserves, "县教育局"
    listed = one.sample("users", whom).units
    main = listed[listed["role"] == "main"]
    assert len(listed) > len(main) == 48
    assert one.drawn()["users"].units.query("evaluatee == @whom")["id"].tolist() == main["id"].tolist()
    count = one.release("users", 1, evaluatee=whom, **WHO)
    assert count == listed[listed["role"] == "reserve"]["psu"].nunique()
    units = one.drawn()["users"].units.query("evaluatee == @whom")
    assert len(units) == 48 + count
    by_town = units.groupby("psu", observed=True)["stage_prob_2"].first()
    sizes = units.groupby("psu", observed=True).agg(n=("id", "size"), N=("population_2", "first"))
    assert by_town.to_numpy() == pytest.approx((sizes["n"] / sizes["N"]).to_numpy())
    with pytest.raises(RoundError, match="would be taken back; released ones all count"):
        one.release("users", 0, evaluatee=whom, **WHO)
    assert [step["released"] for step in one.steps("release")] == [1]
    # All who were asked answer, but two reserves: they stay in the response rate.
    answers = people.answers
    drawn = one.drawn()
    parts = []
    for group in one.scheme.groups:
        on = ["respondent", "evaluatee"] if group.draws[-1].per_evaluatee else ["respondent"]
        own = drawn[group.id].units.rename(columns={group.draws[-1].unit: "respondent"})[on].astype(str)
        parts.append(answers[answers["group"] == group.id].merge(own, on=on))
    sheets = pd.concat(parts, ignore_index=True)
    reserve = set(units.loc[units["role"] == "reserve", "id"].astype(str))
    two = sorted(reserve)[:2]
    gone = sheets["respondent"].isin(two) & (sheets["evaluatee"] == whom)
    collected(one, sheets[~gone], tmp_path)
    line = one.response().set_index(["group", "evaluatee"]).loc[("users", whom)]
    assert (line["drawn"], line["reserves"]) == (48 + count, count)
    assert line["RR2"] == pytest.approx((line["complete"] + line["partial"]) / (48 + count))
    assert line["unknown"] == 2
    scores = one.score()
    beside = pd.read_csv(one.folder / "results" / "reserves.csv").set_index("evaluatee")
    assert beside.loc[whom, "score"] != beside.loc[whom, "score_without"]
    assert beside.loc["县公安局", "score"] == beside.loc["县公安局", "score_without"]
    assert beside["score"].tolist() == scores.table["score"].tolist()
    assert one.verify() == []


def test_a_reserve_that_was_not_released_is_nobody_in_the_sample(
    with_reserves: Round, people: Any, tmp_path: Path
) -> None:
    listed = with_reserves.sample("users", "县教育局").units
    spare = str(listed.loc[listed["role"] == "reserve", "id"].iloc[0])
    main = str(listed["id"].iloc[0])
    own = people.answers.query("group == 'users' and evaluatee == '县教育局'")
    write_table(tmp_path / "a.csv", own[own["respondent"].isin([spare, main])])
    found = with_reserves.collect(tmp_path / "a.csv")
    assert found.sheets == 1
    assert found.set_aside[["respondent", "rule"]].to_numpy().tolist() == [[spare, "not_in_sample"]]


# --------------------------------------------------------------------------------------- quotas

QUOTA = """
[[groups]]
id = "street"
name = "街头居民"
weight = 0.10
valid = 12
official = "design"
population = "finite"
short_frame = "error"

[[groups.draws]]
name = "street"
frame = "residents"
unit = "id"
per_evaluatee = true
design = { kind = "quota", n = 12, by = ["age_group", "sex"] }
"""
CELLS = pd.DataFrame(
    {
        "age_group": ["15-39", "15-39", "40+", "40+", "40+"],
        "sex": ["男", "女", "男", "女", "女"],
        "population": [300, 300, 300, 200, 100],  # women of 40+ in two rows, which are added up
    }
)


@pytest.fixture
def quota_round(make_round: Make, tmp_path: Path) -> Round:
    at = SMALL.index('[[groups]]\nid = "inspectors"')
    text = SMALL[:at].replace("valid_answers =", "valid_answers = 84 #") + QUOTA
    valid = sum(group.valid for group in Scheme.read(SMALL).groups[:3]) + 12
    text = text.replace("valid_answers = 84 #", f"valid_answers = {valid} #")
    rest = SMALL[at:]
    tail = rest[rest.index("[[unclear]]") :] if "[[unclear]]" in rest else ""
    (tmp_path / "q.toml").write_text(text + "\n" + tail, encoding="utf8")
    one = make_round(scheme=tmp_path / "q.toml", residents=CELLS)
    one.draw("k")
    return one


def street(one: Round, rng: np.random.Generator) -> pd.DataFrame:
    """Twelve passers-by for each evaluatee, in cells of unequal numbers."""
    cells = [("15-39", "男")] * 5 + [("15-39", "女")] * 3 + [("40+", "男")] * 2 + [("40+", "女")] * 2
    rows = []
    for evaluatee, asked in one.scheme.indicators.items():
        for number, (age, sex) in enumerate(cells):
            rating = {column: str(rng.integers(3, 10)) for column in asked}
            rows.append(
                {"group": "street", "respondent": f"{evaluatee}{number}", "evaluatee": evaluatee}
                | {"age_group": age, "sex": sex}
                | rating
            )
    return pd.DataFrame(rows).fillna("")


def test_a_quota_sheet_tells_how_many_in_each_cell(quota_round: Round) -> None:
    sheet = pd.read_csv(quota_round.folder / "samples" / "street.csv")
    assert sheet["population"].tolist() == [300, 300, 300, 300]
    assert sheet["target"].tolist() == [3, 3, 3, 3]
    assert quota_round.steps("draw")[0]["units"]["street"] == 60
    assert quota_round.verify() == []
    with pytest.raises(KeyError, match="no draw 'street'"):
        quota_round.sample("street")


def test_quota_scores_are_weighted_by_the_population_of_the_cells(
    quota_round: Round, sheets_of: Sheets, tmp_path: Path
) -> None:
    others = sheets_of_drawn(quota_round, sheets_of)
    mine = street(quota_round, np.random.default_rng(4))
    collected(quota_round, pd.concat([others, mine]), tmp_path)
    scores = quota_round.score()
    groups = scores.groups[scores.groups["group"] == "street"].set_index("evaluatee")
    for evaluatee, asked in quota_round.scheme.indicators.items():
        own = mine[mine["evaluatee"] == evaluatee].reset_index(drop=True)
        cell = own["age_group"] + own["sex"]
        table = own[list(asked)].astype(float).assign(cell=cell, N=300.0)
        table["w"] = 300 / table.groupby("cell")["cell"].transform("size")
        # Stratified by cell, each as good as simple random.
        found = mean(Survey(table, "w", stratum="cell", population="N"), list(asked))
        ones = np.full(len(asked), 10 / len(asked))
        assert groups.loc[evaluatee, "estimate"] == pytest.approx(ones @ found.table["estimate"], rel=1e-12)
        assert groups.loc[evaluatee, "se"] == pytest.approx(np.sqrt(ones @ found.cov @ ones), rel=1e-9)
        assert groups.loc[evaluatee, "plain"] == pytest.approx(
            own[list(asked)].astype(float).mean().mean() * 10
        )
    response = quota_round.response().query("group == 'street'")
    assert response["complete"].tolist() == [12] * 5 and response["RR1"].isna().all()
    assert quota_round.verify() == []


def test_an_answer_outside_every_cell_is_set_aside(quota_round: Round, tmp_path: Path) -> None:
    mine = street(quota_round, np.random.default_rng(4))
    mine.loc[2, "sex"] = "未填"
    write_table(tmp_path / "a.csv", mine)
    found = quota_round.collect(tmp_path / "a.csv")
    assert found.sheets == 59
    line = found.set_aside.iloc[0]
    assert (line["row"], line["column"], line["found"]) == (4, "age_group、sex", "15-39 / 未填")
    assert line["why"] == "row 4: no quota cell '15-39 / 未填' in residents"


def sheets_of_drawn(one: Round, sheets_of: Sheets) -> pd.DataFrame:
    kept = [group for group in one.scheme.groups if not group.is_quota]
    part = Round(one.folder, type(one.scheme)(**{**vars(one.scheme), "groups": tuple(kept)}))
    return sheets_of(part, part.drawn())


@pytest.mark.parametrize("count", ["0", "-3", "很多", ""])
def test_a_cell_without_residents_is_refused(count: str) -> None:
    design = Scheme.read(SMALL.replace("valid_answers", "valid_answers")).groups[0].draws[0].design
    assert design is not None
    from sampling import Quota

    with pytest.raises(RoundError, match=r"residents: 1 rows have no count .* first row 3"):
        quota_sheet(
            CELLS.astype(str).assign(population=["300", count, "300", "200", "100"]),
            Quota(12, ("age_group", "sex")),
            "residents",
        )


def test_census_cells_add_up_to_the_census() -> None:
    # data/geography/guangan_counties.csv: residents of 邻水县 in the census of 2020.
    counties = pd.read_csv(Path(__file__).parents[2] / "data" / "geography" / "guangan_counties.csv")
    due = counties.set_index("county").loc["邻水县", "population"]
    assert census_cells([0, 15, 60], "邻水县")["population"].sum() == due
    assert census_cells([15, 60])["age_group"].unique().tolist() == ["15-59", "60+"]
    with pytest.raises(ValueError, match="no census group begins at 18"):
        census_cells([18, 60])
    with pytest.raises(ValueError, match="no county '巴中'"):
        census_cells([15], "巴中")


def test_states_are_kept_apart(drawn: Round, sheets: pd.DataFrame, tmp_path: Path) -> None:
    asked = ["依法履职", "办事效率", "清正廉洁"]
    sheets.loc[0, asked] = ["不了解", "拒答", ""]
    collected(drawn, sheets, tmp_path)
    state = drawn.answers()["users"].state[0]
    assert state.tolist() == [State.DONT_KNOW, State.REFUSED, State.BLANK, State.NOT_ASKED]


def test_a_quota_sheet_that_was_edited_is_named(quota_round: Round) -> None:
    path = quota_round.folder / "samples" / "street.csv"
    path.write_bytes(path.read_bytes().replace(b",3\n", b",4\n", 1))
    assert quota_round.verify() == [
        "samples/street.csv: not the cells and targets that the frame residents gives"
    ]


# ------------------------------------------------------------------- what a first user came upon


def test_a_withdrawn_quota_row_leaves_its_cell_too(
    quota_round: Round, sheets_of: Sheets, tmp_path: Path
) -> None:
    mine = street(quota_round, np.random.default_rng(4))
    others = sheets_of_drawn(quota_round, sheets_of)
    collected(quota_round, others, tmp_path)
    wrong = mine.assign(sex=mine["sex"].map({"男": "女", "女": "男"}))
    write_table(tmp_path / "wrong.csv", wrong)
    write_table(tmp_path / "right.csv", mine)
    quota_round.collect(tmp_path / "wrong.csv")
    again = quota_round.collect(tmp_path / "right.csv").set_aside
    assert set(again["rule"]) == {"answered_differently"}  # the ratings are the same, the cells are not
    quota_round.withdraw("002-wrong.csv", reason="录错性别", office="县统计局")
    units = quota_round.drawn()["street"].units.set_index("id")["quota cell"]
    due = (mine["age_group"] + " / " + mine["sex"]).set_axis(mine["respondent"])
    assert units.to_dict() == due.to_dict()


def test_a_cell_in_which_nobody_rates_stops_the_scores(
    quota_round: Round, sheets_of: Sheets, tmp_path: Path
) -> None:
    mine = street(quota_round, np.random.default_rng(4))
    old = mine["age_group"] == "40+"
    mine.loc[
        (mine["evaluatee"] == "县公安局") & old & (mine["sex"] == "女"), ["依法履职", "办事效率", "清正廉洁"]
    ] = "拒答"
    collected(quota_round, pd.concat([sheets_of_drawn(quota_round, sheets_of), mine]), tmp_path)
    with pytest.raises(
        RoundError, match="nobody in 40\\+ / 女 rates '县公安局'; collect more, or merge cells"
    ):
        quota_round.score()
    found = quota_round.score(provisional=True)
    assert "县公安局" not in found.table["evaluatee"].tolist()
    assert any("配额单元 40+ / 女 还没有人" in one for one in found.left_out)


def test_quota_respondents_without_a_rating_fill_no_cell(
    quota_round: Round, sheets_of: Sheets, tmp_path: Path
) -> None:
    mine = street(quota_round, np.random.default_rng(4))
    first = mine.index[mine["evaluatee"] == "县教育局"][0]
    asked = ["依法履职", "办事效率", "清正廉洁"]
    without = mine.drop(index=first)
    mine.loc[first, asked] = "拒答"
    found = []
    for number, part in enumerate((mine, without)):
        one = quota_round if number else Round.open(copied(quota_round, tmp_path))
        collected(one, pd.concat([sheets_of_drawn(one, sheets_of), part]), tmp_path)
        found.append(one.score().groups.query("group == 'street'")["estimate"].tolist())
    assert found[0] == found[1]


def copied(one: Round, tmp_path: Path) -> Path:
    import shutil

    return shutil.copytree(one.folder, tmp_path / "copy")


def test_ineligible_units_take_over_no_weight(make_round: Make, sheets_of: Sheets, tmp_path: Path) -> None:
    at = SMALL.index('id = "staff"')
    tail = SMALL[at:].replace('official = "design"', 'official = "design"\nadjust_by = ["level"]', 1)
    (tmp_path / "s.toml").write_text(SMALL[:at] + tail, encoding="utf8")
    one = make_round(scheme=tmp_path / "s.toml")
    one.draw("k")
    sheets = sheets_of(one)
    own = (sheets["group"] == "staff") & (sheets["evaluatee"] == "县教育局")
    units = one.sample("staff", "县教育局").units
    gone = units.loc[units["level"] == "乡镇级", "id"].tolist()[:3]
    lost = sheets[own & sheets["respondent"].isin(gone)].index
    collected(one, sheets.drop(index=lost), tmp_path)
    lines = pd.DataFrame(
        {"group": "staff", "respondent": gone, "evaluatee": "县教育局", "disposition": "不合格"}
    )
    write_table(tmp_path / "c.csv", lines)
    one.contacts(tmp_path / "c.csv")
    line = one.score().groups.query("group == 'staff' and evaluatee == '县教育局'").iloc[0]
    # By hand: the weights of those who answered stay what the draw gave them.
    kept = sheets[own].drop(index=lost).merge(units, left_on="respondent", right_on="id")
    score = 0.0
    for indicator in one.scheme.indicators["县教育局"]:
        rating = pd.to_numeric(kept[indicator], errors="coerce")
        score += 10 / 3 * float((rating * kept["weight"]).sum() / kept["weight"][rating.notna()].sum())
    assert line["estimate"] == pytest.approx(score, rel=1e-12)
    response = one.response().set_index(["group", "evaluatee"]).loc[("staff", "县教育局")]
    assert (response["ineligible"], response["unknown"]) == (3, 0)
    wrong = lines.assign(evaluatee="县公安局")
    write_table(tmp_path / "d.csv", wrong)
    with pytest.raises(RoundError, match="is not in the staff sample for '县公安局'"):
        one.contacts(tmp_path / "d.csv")


def test_a_contact_that_says_complete_needs_a_sheet(
    drawn: Round, sheets: pd.DataFrame, tmp_path: Path
) -> None:
    own = sheets.index[(sheets["group"] == "users") & (sheets["evaluatee"] == "县教育局")]
    who = sheets.loc[own[0], "respondent"]
    collected(drawn, sheets.drop(index=own[0]), tmp_path)
    line = {"group": "users", "respondent": who, "evaluatee": "县教育局", "disposition": "完成"}
    write_table(tmp_path / "c.csv", pd.DataFrame([line]))
    drawn.contacts(tmp_path / "c.csv")
    found = drawn.response().set_index(["group", "evaluatee"]).loc[("users", "县教育局")]
    assert (found["other"], found["unknown"]) == (1, 0) and found["RR2"] < 1


def test_adjustment_by_a_column_that_is_not_there_is_told_at_the_draw(
    make_round: Make, tmp_path: Path
) -> None:
    at = SMALL.index('id = "staff"')
    tail = SMALL[at:].replace('official = "design"', 'official = "design"\nadjust_by = ["age"]', 1)
    (tmp_path / "s.toml").write_text(SMALL[:at] + tail, encoding="utf8")
    with pytest.raises(RoundError, match="group staff: adjust_by names 'age'; the sample has"):
        make_round(scheme=tmp_path / "s.toml").draw("k")


def test_released_reserves_without_the_main_units_still_score(
    with_reserves: Round, people: Any, tmp_path: Path
) -> None:
    one, whom = with_reserves, "县教育局"
    one.release("users", 2, evaluatee=whom, **WHO)
    parts = []
    for group in one.scheme.groups:
        units = one.drawn()[group.id].units
        if group.id == "users":
            units = units[(units["evaluatee"] != whom) | (units["role"] == "reserve")]
        on = ["respondent", "evaluatee"] if group.draws[-1].per_evaluatee else ["respondent"]
        own = units.rename(columns={group.draws[-1].unit: "respondent"})[on].astype(str)
        parts.append(people.answers[people.answers["group"] == group.id].merge(own, on=on))
    collected(one, pd.concat(parts, ignore_index=True), tmp_path)
    scores = one.score()
    assert scores.reserves["score_without"].isna().all()
    assert scores.reserves["why"].str.contains("no valid answer").all()
    assert one.verify() == []
