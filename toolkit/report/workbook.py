"""The workbook: what the page says as sheets of numbers, for those who sort, print and cite."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from scoring.group import columns_of
from scoring.response import DISPOSITIONS
from toolkit.files import write_bytes
from toolkit.report.excel import PROSE, WHOLE, Column, Sheet, Table, Value, sheet_name, workbook_bytes
from toolkit.report.facts import RoundFacts, round_facts
from toolkit.report.method import ALIKE, DIGESTS, SHARES, Step, counted, method_steps, stages, terms
from toolkit.report.ranking import standing
from toolkit.report.review import accountable_rows, award_rows, chance_note
from toolkit.report.satisfied import satisfaction_shown
from toolkit.report.tables import (
    RATES_TOLD,
    SATISFIED,
    group_counts,
    group_table,
    label_shares,
    reserves_told,
    share_error,
)
from toolkit.report.writing import (
    HIDDEN,
    MADE,
    STATUS,
    count,
    notices,
    percent,
    rounded,
    rounded_share,
    span,
    weight,
)
from toolkit.response import SHOWN
from toolkit.rule_words import rules_in_words
from toolkit.scheme import EvaluateeClass, Scheme
from toolkit.scores import Scores
from toolkit.small_groups import INTERNAL, hidden_rows, notes_told
from toolkit.words import rule_in_words

if TYPE_CHECKING:
    from toolkit.round import Round

DIGEST = 64  # characters of a SHA-256
SHARE = "0.0%"
CHANCE = '[>0.99]">99%";[<0.01]"<1%";0%'  # draws give no certainty
SHORT = '#,##0;-#,##0;"—"'  # a count whose zero is shown as —


def write_workbook(round: Round, scores: Scores, path: str | Path, made: bool | None = None) -> Path:
    """Write the results of a scored round as an Excel workbook.

    Numbers are those of the page of ``write_report``, rounded as published, and are stored as numbers;
    text is stored as text, whatever it begins with. The same round gives the same bytes.

    Parameters
    ----------
    round : Round
        Drawn, with answers.
    scores : Scores
        Of this round.
    path : str or Path
        The file to write.
    made : bool, optional
        Whether frames or answers are made up, which every sheet then says; by default as the round's
        journal says.

    Returns
    -------
    Path
        The file.
    """
    facts = round_facts(round)
    target = Path(path)
    write_bytes(target, workbook(scores, facts, facts.made if made is None else made))
    return target


def workbook(scores: Scores, facts: RoundFacts, made: bool) -> bytes:
    """Give the workbook's bytes; the same scores and facts give the same bytes.

    Parameters
    ----------
    scores : Scores
    facts : RoundFacts
    made : bool
        Whether frames or answers are made up.
    """
    sheets = [sheet for make in SHEETS for sheet in make(scores, facts)]
    title = f"{scores.scheme.title}：测评结果{'（模拟数据）' if made else ''}"
    return workbook_bytes([_contents(scores, sheets, made), *sheets], title, notices(made, scores.status))


def _contents(scores: Scores, sheets: list[Sheet], made: bool) -> Sheet:
    scheme = scores.scheme
    source = MADE if made else "取自本轮文件夹中的名单和回答，文件和指纹见“收据”"
    facts = (
        ("方案", f"{scheme.title}（{scheme.id}）"),
        ("结果", STATUS[scores.status]),
        *(("尚未计入", one) for one in scores.left_out),
        ("地点", scheme.place),
        ("数据", source),
        (
            "数字",
            "与网页报告 report.html 相同，都是四舍五入后的公布值；未舍入的数字在 results 文件夹的 CSV 中。",
        ),
        *([("公布", INTERNAL)] if scheme.small_groups else []),
        *(("*", one) for one in notes_told(scores)),
        *terms(scheme),
    )
    return Sheet(
        "说明",
        f"{scheme.title}：测评结果",
        "",
        (
            Table((Column("项目", PROSE), Column("说明", PROSE, widest=100)), facts),
            Table(
                (Column("工作表", PROSE), Column("内容", PROSE, widest=100)),
                tuple((sheet_name(sheet.name), sheet.about) for sheet in sheets),
            ),
        ),
    )


# --- results ---------------------------------------------------------------------------------------------


def _leagues(scores: Scores, _: RoundFacts) -> Iterator[Sheet]:
    for number, each in enumerate(scores.scheme.classes, 1):
        about = f"{each.name}：{count(len(each.evaluatees))} 个单位的名次、综合得分及其误差、各类对象的得分。"
        title = f"{scores.scheme.title}：{each.name}排名表"
        yield Sheet(f"排名{number} {each.name}", title, about, (_league(scores, each),), frozen=3)


def _league(scores: Scores, each: EvaluateeClass) -> Table:
    scheme, form = scores.scheme, _form(scores.scheme)
    level, here = weight(scheme.level), standing(scores, each.id)
    table = scores.table.set_index("evaluatee")
    chance = table.get("may_change")
    columns = (
        Column("名次", "0", "center"),
        Column("名次\n区间", align="center"),
        Column("单位"),
        Column("综合\n得分", form, "center"),
        Column("抽样\n误差±", form, "center"),
        Column(f"{level}区间\n下限", form, "center"),
        Column(f"{level}区间\n上限", form, "center"),
        *(Column(f"{group.name}\n{weight(group.weight)}", form, "center") for group in scheme.groups),
        Column("区间重叠\n的名次", align="center"),
        *([] if chance is None else [Column("名次变动\n的可能", "0%", "center")]),
    )
    numbers = ("score", "margin", "low", "high")
    rows: tuple[tuple[Value, ...], ...] = tuple(
        (
            int(line["rank"]),
            str(line["places"]),
            str(line["evaluatee"]),
            *(rounded(line[name], scheme.ranking.decimals) for name in numbers),
            *(_or_hidden(rounded(line[group.id], scheme.ranking.decimals)) for group in scheme.groups),
            alike,
            *([] if chance is None else [rounded(chance[line["evaluatee"]], 2)]),
        )
        for line, alike in zip(here.table.to_dict("records"), here.alike, strict=True)
    )
    return Table(columns, rows, notes=(*notes_told(scores), ALIKE))


def _group_scores(scores: Scores, _: RoundFacts) -> Iterator[Sheet]:
    scheme, form = scores.scheme, _form(scores.scheme)
    columns = (
        Column("类别"),
        Column("单位"),
        Column("调查对象"),
        Column("得分", form, "center"),
        Column("抽样\n误差±", form, "center"),
        Column("计划", WHOLE, "center"),
        Column("计入", WHOLE, "center"),
        Column("含有效\n评分", WHOLE, "center"),
        Column("同等计算\n的得分", form, "center"),
        Column("按设计加权\n的得分", form, "center"),
    )
    found = group_table(scores).set_index(["group", "evaluatee"])
    lines = {key: line for key, *line in found.itertuples(name=None)}
    rows: list[tuple[Value, ...]] = []
    for each, who in _evaluatees(scheme):
        for group in scheme.groups:
            score, margin, enough, valid, plain, design = lines[group.id, who]
            kept = (score, margin, group.valid, enough, valid, plain, design)
            rows.append((each.name, who, group.name, *map(_or_hidden, kept)))
    note = f"抽样误差是 {weight(scheme.level)} 区间的半宽。{counted(scheme)}"
    about = "每类调查对象给每个单位的得分和抽样误差，回答份数，两种计分的得分。"
    yield _single(
        "各类对象得分",
        scheme,
        about,
        Table(columns, tuple(rows), notes=(note, *notes_told(scores))),
        frozen=3,
    )


def _indicators(scores: Scores, _: RoundFacts) -> Iterator[Sheet]:
    scheme, form = scores.scheme, _form(scores.scheme)
    names = columns_of(scheme.indicators)
    columns = (Column("单位"), Column("调查对象"), *(Column(name, form, "center") for name in names))
    found = scores.shown.indicators.set_index(["group", "evaluatee"])[names]
    lines = {key: line for key, *line in found.itertuples(name=None)}
    rows: list[tuple[Value, ...]] = []
    for each, who in _evaluatees(scheme):
        for group in scheme.groups:
            means: list[Value] = [
                _or_hidden(rounded(mean, scheme.ranking.decimals)) if name in each.indicators else None
                for name, mean in zip(names, lines[group.id, who], strict=True)
            ]
            rows.append((who, group.name, *means))
    scale = span(str(scheme.scale.low), str(scheme.scale.high))
    about = f"每类调查对象给每个单位的各项指标的均值（{scale} 分）；没有问到的指标空着。"
    yield _single(
        "指标", scheme, about, Table(columns, tuple(rows), notes=(about, *notes_told(scores))), frozen=2
    )


def _shares(scores: Scores, _: RoundFacts) -> Iterator[Sheet]:
    scheme, labels = scores.scheme, scores.scheme.scale.labels
    if not labels:
        return
    found, declared = label_shares(scores), satisfaction_shown(scores)
    good = None if declared is not None else found.satisfied
    fine = SHARE if declared is None else f"{0:.{declared.decimals}f}%"
    heads = [] if declared is None else [declared.base, "区间下限", "区间上限", *declared.others]
    columns = (
        Column("类别"),
        Column("名次", "0", "center"),
        Column("单位"),
        *(Column(f"{one.name}\n{span(str(one.low), str(one.high))} 分", SHARE, "center") for one in labels),
        *([] if good is None else [Column(f"{SATISFIED}\n及以上", SHARE, "center")]),
        *(Column(f"满意率\n{head}", fine, "center") for head in heads),
    )
    rows: list[tuple[Value, ...]] = []
    for each in scheme.classes:
        for line in standing(scores, each.id).table.to_dict("records"):
            who = line["evaluatee"]
            shares = [*found.table.loc[who], *([] if good is None else [good[who]])]
            cells = [_or_hidden(rounded_share(one)) for one in shares]
            if declared is not None:
                cells += [
                    _or_hidden(rounded_share(one, declared.decimals)) for one in declared.table.loc[who]
                ]
            rows.append((each.name, int(line["rank"]), str(who), *cells))
    errors = (f"{each.name} {percent(share_error(scores, each))}" for each in scheme.classes)
    notes = [SHARES, f"每档占比的标准误不超过：{'；'.join(errors)}。"]
    notes += [] if declared is None else [declared.note]
    about = "每个单位的各档评价占有效评分的比例。"
    yield _single("评价分布", scheme, about, Table(columns, tuple(rows), notes=tuple(notes)), frozen=3)


def _counts(scores: Scores, _: RoundFacts) -> Iterator[Sheet]:
    scheme = scores.scheme
    columns = (
        Column("调查对象"),
        Column("计划", WHOLE, "center"),
        Column("计入\n最少", WHOLE, "center"),
        Column("计入\n最多", WHOLE, "center"),
        Column("含有效评分\n最少", WHOLE, "center"),
        Column("含有效评分\n最多", WHOLE, "center"),
        Column("少于计划\n的单位数", SHORT, "center"),
        Column("计分方式", align="center"),
        Column("两种计分\n最多相差", _form(scheme), "center"),
        Column("相差最多\n的单位"),
    )
    rows: list[tuple[Value, ...]] = []
    for group in scheme.groups:
        one = group_counts(scores, group)
        gap: Value = (
            HIDDEN
            if not one.valid
            else "无差别"
            if one.gap is None
            else rounded(one.gap, scheme.ranking.decimals)
        )
        ranges = (*(one.counted or (HIDDEN, HIDDEN)), *(one.valid or (HIDDEN, HIDDEN)))
        answers = (one.planned, *ranges, one.short)
        rows.append((group.name, *answers, one.official, gap, one.at or None))
    about = "每类调查对象的计划份数，每个单位计入和含有效评分的份数（各单位中最少和最多）。"
    note = f"每个单位的份数见“各类对象得分”。{counted(scheme)}"
    hidden = [f"{one}最少、最多只在公布的单位中数。" for one in notes_told(scores)[:1]]
    yield _single("回收", scheme, about, Table(columns, tuple(rows), notes=(note, *hidden)), frozen=1)


def _response(scores: Scores, _: RoundFacts) -> Iterator[Sheet]:
    scheme, table = scores.scheme, scores.shown.response
    if table.empty:
        return
    codes = ["完成", "部分完成", "拒访或\n中断", "未联系上", "其他\n未答", "情况不明", "不合格"]
    columns = (
        Column("调查对象"),
        Column("单位"),
        Column("计划", WHOLE, "center"),
        Column("抽中", WHOLE, "center"),
        Column("启用的\n备用样本", SHORT, "center"),
        *(Column(code, WHOLE, "center") for code in codes),
        *(Column(rate, SHARE, "center") for rate in (*SHOWN, "RR1\n加权")),
    )
    names = {group.id: group.name for group in scheme.groups}
    rows: list[tuple[Value, ...]] = []
    hidden = hidden_rows(table, scores.hidden.groups)
    for line, is_hidden in zip(table.to_dict("records"), hidden, strict=True):
        counts = [None if pd.isna(line[c]) else int(line[c]) for c in ("drawn", "reserves", *DISPOSITIONS)]
        rates = [None if pd.isna(line[c]) else rounded_share(line[c]) for c in (*SHOWN, "RR1_weighted")]
        known: list[Value] = [*counts, *rates]
        if is_hidden:
            known = [HIDDEN] * len(known)
        rows.append(
            (
                names.get(line["group"], line["group"]),
                line["evaluatee"],
                int(line["planned"]),
                *known,
            )
        )
    about = "每类调查对象中，每个单位抽中的人各是什么结果，和 AAPOR 应答率。"
    notes = (RATES_TOLD, *filter(None, (reserves_told(scores),)), *notes_told(scores))
    yield _single("应答率", scheme, about, Table(columns, tuple(rows), notes=notes), frozen=2)


def _review(scores: Scores, _: RoundFacts) -> Iterator[Sheet]:
    scheme, form = scores.scheme, _form(scores.scheme)
    changes: tuple[tuple[Value, ...], ...] = tuple(
        (
            str(one["evaluatee"]),
            rounded(one["points"], scheme.ranking.decimals),
            *(rounded(one[name], scheme.ranking.decimals) for name in ("score_before", "score_after")),
            int(one["rank_before"]),
            int(one["rank_after"]),
            str(one["reason"]),
            str(one["office"]),
        )
        for one in scores.trail.to_dict("records")
    )
    heads = (
        Column("单位"),
        Column("加减分", f"+{form};-{form};{form}", "center"),
        Column("变更前\n得分", form, "center"),
        Column("变更后\n得分", form, "center"),
        Column("变更前\n名次", "0", "center"),
        Column("变更后\n名次", "0", "center"),
        Column("理由", PROSE, widest=60),
        Column("决定单位", PROSE, widest=30),
    )
    about = "复核对得分的每一处变更及其理由。"
    trail = Table(heads, changes or (("没有变更", *[None] * 7),))
    yield Sheet("复核变更", f"{scheme.title}：复核变更", about, (trail,))
    named, rule = accountable_rows(scores), rule_in_words(scheme)
    verdicts: tuple[tuple[Value, ...], ...] = tuple(
        (one.class_name, one.evaluatee, float(one.score), "是" if one.meets else "否", one.statement)
        for one in named
    )
    columns = (
        Column("类别"),
        Column("单位"),
        Column("得分", form, "center"),
        Column("符合\n办法", align="center"),
        Column("把握", PROSE, widest=92),
    )
    rules = Table((Column("项目"), Column("办法", PROSE, widest=92)), (("低满意度", rule),))
    told = Table(columns, verdicts, notes=(rule,)) if named else rules
    about = "低满意度问责涉及的单位和把握。"
    yield Sheet("低满意度问责", f"{scheme.title}：低满意度问责", about, (told,))


def _grades(scores: Scores, _: RoundFacts) -> Iterator[Sheet]:
    """Write grades and awards, where the scheme has them."""
    scheme, form = scores.scheme, _form(scores.scheme)
    names = {each.id: each.name for each in scheme.classes}
    notes = (chance_note(scores), *rules_in_words(scheme.grading, None, "zh"))
    if len(scores.grades):
        order = scores.grades["class"].map(list(names).index)
        in_places = scores.grades.assign(order=order).sort_values(["order", "rank", "evaluatee"])
        chances = [name for name in map(str, scores.grades) if name.startswith("chance: ")]
        columns = (
            Column("类别"),
            Column("名次", "0", "center"),
            Column("单位"),
            Column("得分", form, "center"),
            Column("等级", align="center"),
            *(Column(f"真属\n{name.removeprefix('chance: ')}\n的概率", CHANCE, "center") for name in chances),
            Column("把握，和离上一等还差什么", PROSE, widest=92),
        )
        graded: tuple[tuple[Value, ...], ...] = tuple(
            (
                names[one["class"]],
                int(one["rank"]),
                str(one["evaluatee"]),
                float(one["score"]),
                str(one["grade"]),
                *(rounded(one[name], 4) for name in chances),
                str(one["statement"]),
            )
            for one in in_places.to_dict("records")
        )
        about = "每个单位的等级、属于各等级的概率和离上一等还差什么。"
        yield Sheet("等级", f"{scheme.title}：等级", about, (Table(columns, graded, notes=notes),), frozen=3)
    if len(scores.awards):
        heads = (
            Column("类别"),
            Column("单位"),
            Column("名次", "0", "center"),
            Column("奖惩", align="center"),
            Column("金额", align="center"),
            Column("把握", PROSE, widest=92),
        )
        rows: tuple[tuple[Value, ...], ...] = tuple(
            (one.class_name, one.evaluatee, int(one.rank), one.consequence, one.shown, one.statement)
            for one in award_rows(scores)
        )
        told = Table(heads, rows, notes=tuple(rules_in_words(None, scheme.awards, "zh")))
        about = "按名次奖惩的单位，和抽样误差之内可能在内的单位。"
        yield Sheet("奖惩", f"{scheme.title}：奖惩", about, (told,))


# --- method and receipt ----------------------------------------------------------------------------------


def _method(scores: Scores, _: RoundFacts) -> Iterator[Sheet]:
    scheme = scores.scheme
    steps = tuple((step.title, _told(step)) for step in method_steps(scores, gaps="“回收”"))
    tables = [Table((Column("步骤", PROSE), _wide("怎样计算")), steps, "怎样计算")]
    tables += [
        Table(
            (Column("没有写明的", PROSE), _wide("本次的读法")),
            tuple((one.open, one.reading) for one in scheme.unclear) or (("没有", None),),
            "方案没有写明之处：改变读法，结果可能不同",
        ),
        Table(
            (
                Column("调查对象", PROSE),
                _wide("抽样方法（每个单位）"),
                Column("权重", _weight_form(scheme), "center"),
                Column("有效回答", WHOLE, "center"),
            ),
            tuple((one.name, "\n".join(stages(scheme, one)), one.weight, one.valid) for one in scheme.groups),
            "调查对象和抽样方法",
        ),
        Table(
            (
                Column("类别", PROSE),
                _wide("评分指标"),
                Column("单位数", WHOLE, "center"),
                Column("组织者", PROSE),
            ),
            tuple(
                (one.name, "、".join(one.indicators), len(one.evaluatees), one.conducted_by)
                for one in scheme.classes
            ),
            "被评单位",
        ),
    ]
    about = "得分、误差、名次怎样计算；方案没有写明之处和本次的读法；调查对象怎样抽取。"
    yield Sheet("方法", f"{scheme.title}：方法", about, tuple(tables))


def _wide(head: str) -> Column:
    return Column(head, PROSE, widest=92)


def _told(step: Step) -> str:
    return "\n".join(
        filter(None, (step.text, step.formula, step.after, *(f"· {one}" for one in step.points)))
    )


def _receipt(scores: Scores, facts: RoundFacts) -> Iterator[Sheet]:
    scheme = scores.scheme
    own = "份名单各有指纹，在各自的抽样凭据上"
    draws = tuple(
        (
            f"{one.name}/单位名" if one.sha256 is None else one.name,
            "、".join(one.algorithms),
            f"{count(one.lists)} {own}" if one.sha256 is None else one.sha256,
            one.lists,
            one.units,
            one.drawn,
        )
        for one in facts.draws
    )
    keys: list[tuple[Value, ...]] = [("本次的钥匙", facts.key)]
    if facts.number:
        keys.append(("公开号码（两把锁之一）", f"{facts.number}（{facts.public}）"))
    above = [f"{one.name} 的“名单上”只计抽中{one.above}内的。" for one in facts.draws if one.above]
    above += [
        f"{one.name} 不打招呼，另用一把随机钥匙，在它的抽样凭据上。" for one in facts.draws if one.unannounced
    ]
    files: list[tuple[Value, ...]] = [(one.name, "名单", one.sha256, None) for one in facts.frames]
    files += [(one.name, "回答", one.sha256, one.sheets) for one in facts.answers]
    tables = (
        Table((Column("项目"), Column("内容")), tuple(keys), "钥匙"),
        Table(
            (
                Column("抽样名称"),
                Column("算法"),
                Column("名单指纹（SHA-256）", widest=DIGEST),
                Column("名单份数", WHOLE, "center"),
                Column("名单上", WHOLE, "center"),
                Column("抽中", WHOLE, "center"),
            ),
            draws,
            "各次抽样",
            (DIGESTS, *above),
        ),
        Table(
            (
                Column("文件"),
                Column("内容"),
                Column("SHA-256", widest=DIGEST),
                Column("回答份数", WHOLE, "center"),
            ),
            tuple(files),
            "文件",
            ("拿到本轮文件夹的人，运行 minyi verify 文件夹，即重新抽样、重新计分，并指出任何一处不同。",),
        ),
    )
    about = "抽样的钥匙、各次抽样的算法和名单指纹、名单和回答文件的 SHA-256，供重抽重算核对。"
    yield Sheet("收据", f"{scheme.title}：收据", about, tables)


# --- small things ----------------------------------------------------------------------------------------


def _form(scheme: Scheme) -> str:
    decimals = scheme.ranking.decimals
    return f"0.{'0' * decimals}" if decimals else "0"


def _weight_form(scheme: Scheme) -> str:
    """Give the decimals that the weights need, as a format."""
    decimals = max(len(weight(group.weight).rstrip("%").partition(".")[2]) for group in scheme.groups)
    return f"{'0.' + '0' * decimals if decimals else '0'}%"


def _or_hidden(value: float) -> Value:
    return HIDDEN if pd.isna(value) else value


def _evaluatees(scheme: Scheme) -> Iterator[tuple[EvaluateeClass, str]]:
    return ((each, who) for each in scheme.classes for who in each.evaluatees)


def _single(name: str, scheme: Scheme, about: str, table: Table, frozen: int) -> Sheet:
    return Sheet(name, f"{scheme.title}：{name}", about, (table,), frozen)


# A sheet is one function; to add one, write it and name it here.
SHEETS: tuple[Callable[[Scores, RoundFacts], Iterator[Sheet]], ...] = (
    _leagues,
    _group_scores,
    _indicators,
    _shares,
    _counts,
    _response,
    _grades,
    _review,
    _method,
    _receipt,
)
