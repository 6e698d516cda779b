"""S3, 街道社区创卫考评: every rule of the plan on numbers that a person can check by hand."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from toolkit import Scheme
from toolkit.duties import check_duties
from toolkit.parts.assess import Assessed, assess
from toolkit.parts.kinds import Inspections

SCHEME = Scheme.load("shequ-chuangwei")
ROUND = Path(__file__).parents[3] / "data" / "rounds" / "shequ-chuangwei-made"
ITEMS = {item.name: item.points for item in SCHEME.parts[0].source.items}  # type: ignore[union-attr]


def checks(period: str, items: list[str], **share: float) -> pd.DataFrame:
    """Give every community nine tenths of every item's points, but those that are named."""
    rows = [
        (unit, period, item, str(share.get(f"_{unit}", 0.9) * ITEMS[item]))
        for unit in SCHEME.evaluatees
        for item in items
    ]
    return pd.DataFrame(rows, columns=["evaluatee", "period", "item", "points"])


def scored(*tables: pd.DataFrame, events: str = "", missing: str = "", scheme: Scheme = SCHEME) -> Assessed:
    held = [one["period"].iloc[0] for one in tables]
    order = sorted({*held, *missing.split(), "9月"}) if missing else [*held, "9月"]
    extra = (
        () if "9月" in held else (checks("9月", list(ITEMS), _08社区=0.8),)
    )  # a month, as weeks alone give no score
    why = ["未进行" if one in missing.split() else "" for one in order]
    kinds = ["周" if "周" in one else "月" for one in order]
    rows = [(one, kind, "2016", reason) for one, kind, reason in zip(order, kinds, why, strict=True)]
    given = {
        "inspections": pd.concat([*tables, *extra], ignore_index=True),
        "periods": pd.DataFrame(rows, columns=["period", "kind", "year", "missing"]),
    }
    if events:
        lines = [line.split() for line in events.strip().splitlines()]
        given["events"] = pd.DataFrame(lines, columns=["evaluatee", "period", "event", "level", "count"])
    found = assess(scheme, given).assessed
    assert found is not None
    return found


def of(found: Assessed, unit: str, period: str) -> float:
    own = found.detail[(found.detail["evaluatee"] == unit) & (found.detail["period"] == period)]
    return float(own["score"].iloc[0])


def test_the_six_items_count_100_in_all() -> None:
    """六项共100分."""
    assert isinstance(SCHEME.parts[0].source, Inspections)
    assert sum(ITEMS.values()) == 100 and len(ITEMS) == 6


def test_a_week_with_two_items_is_put_on_the_full_mark() -> None:
    """Our reading: 背街小巷整治 20 of 25 and 健康教育 8 of 10 are 28 of 35, so 80 of 100."""
    week = checks("1周", ["背街小巷整治", "健康教育"], _01社区=0.8)
    assert of(scored(week), "01社区", "1周") == pytest.approx(80.0)


@pytest.mark.parametrize(("level", "points"), [("区", 1), ("市", 2), ("省", 3), ("国家", 4)])
def test_praise_and_criticism_count_by_level(level: str, points: int) -> None:
    """受区、市、省、国家检查表扬分别加1、2、3、4分，批评分别扣1、2、3、4分, in their own week or month."""
    month = checks("1月", list(ITEMS))
    praised = scored(month, events=f"01社区 1月 表扬 {level} 1")
    blamed = scored(month, events=f"01社区 1月 批评 {level} 2")
    assert of(praised, "01社区", "1月") == pytest.approx(90 + points)
    assert of(blamed, "01社区", "1月") == pytest.approx(90 - 2 * points)
    assert of(praised, "01社区", "9月") == pytest.approx(90)


def test_the_year_is_the_mean_of_the_months_alone() -> None:
    """Our reading: (90 + 70) / 2 = 80; a week of 100 counts for nothing but its own week."""
    found = scored(checks("1月", list(ITEMS), _01社区=0.7), checks("1周", ["健康教育"], _01社区=1.0))
    part = found.parts.set_index("evaluatee")["score"]
    assert part["01社区"] == pytest.approx(80.0)


def last(months: str, unit: str = "_07社区", share: float = 0.5) -> list[pd.DataFrame]:
    return [checks(f"{at}月", list(ITEMS), **{unit: share}) for at in months.split()]


def test_three_times_last_brings_self_criticism_and_the_loss_of_awards() -> None:
    """三次末名的，公开检讨，取消全年评优资格: in the third month, and not before."""
    runs = scored(*last("1 2 3")).follows.streaks
    own = runs[runs["evaluatee"] == "07社区"]
    assert own[["period", "consequence", "loses_awards"]].to_numpy().tolist() == [["3月", "公开检讨", True]]


def test_three_times_among_the_first_three_is_commended() -> None:
    """三次进入前三名的，通报表扬."""
    runs = scored(*last("1 2 3", "_02社区", 0.99)).follows.streaks
    assert ["3月", "02社区", "通报表扬"] in runs[["period", "evaluatee", "consequence"]].to_numpy().tolist()


def test_a_month_that_was_not_held_is_skipped_and_told() -> None:
    """Our reading: last in 1, 3 and 4 with February not held is three times."""
    found = scored(*last("1 3 4"), missing="2月")
    own = found.follows.streaks.query("evaluatee == '07社区'")
    assert own["period"].tolist() == ["4月"]
    assert found.declared.set_index("period").loc["2月", "missing"] == "未进行"


def test_weeks_do_not_count_for_three_times_unless_the_scheme_says_so() -> None:
    weeks = [checks(f"{at}周", ["健康教育"], _07社区=0.5) for at in (1, 2, 3)]
    assert "07社区" not in set(scored(*weeks).follows.streaks["evaluatee"])
    by_week = Scheme.read(SCHEME.text.replace('streaks = ["月"]', 'streaks = ["周"]'))
    assert "07社区" in set(scored(*weeks, scheme=by_week).follows.streaks["evaluatee"])


def test_a_problem_is_mended_by_its_date() -> None:
    """限期整改: on the day is in time, the day after is not, and what is open past its day is not."""
    rows = [("a", "01社区", "2016-03-04", "2016-03-04"), ("b", "01社区", "2016-03-04", "2016-03-05")]
    rows += [("c", "02社区", "2016-03-04", None), ("d", "02社区", "2016-04-01", None)]
    table = pd.DataFrame(rows, columns=["id", "evaluatee", "due", "cured"])
    day = date(2016, 3, 10)
    found = check_duties(SCHEME.duties, {"problems": table}, as_of=day, evaluatees=SCHEME.evaluatees)
    assert [one.name for one in SCHEME.duties] == ["问题按期整改"]
    assert sorted(found[0].open["id"]) == ["b", "c"]


def test_results_count_for_the_officials_attached_with_points_the_plan_leaves_out() -> None:
    assert SCHEME.counts_into is not None and SCHEME.counts_into.points == "unstated"
    assert "原文未载分值" in SCHEME.in_words()


def test_the_made_tables_are_what_their_program_writes(tmp_path: Path) -> None:
    program = tmp_path / "made.py"
    program.write_bytes((ROUND / "made.py").read_bytes())
    subprocess.run([sys.executable, program], check=True)
    for path in ROUND.glob("*.csv"):
        assert (tmp_path / path.name).read_bytes() == path.read_bytes()
