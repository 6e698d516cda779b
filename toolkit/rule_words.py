"""Rules of grades and awards in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from scoring import AtPlaces, Awards, Grade, Grading, Ladder, TopPlaces
from scoring.consequence.by_place import UNSTATED, worded

Language = Literal["zh", "en"]

GRADES = (
    "等级（按公布的得分、名次和外部条件）",
    "Grades (by published scores, places and outside conditions)",
)
AWARDS = ("奖惩（按名次）", "Awards and penalties (by place)")
WHOLE = {
    "floor": ("舍去小数", "rounded down"),
    "round": ("四舍五入", "rounded, a half up"),
    "ceil": ("进为整数", "rounded up"),
}
AMONG = {
    "class": ("名次按本类全部单位计", "places are counted in the whole class"),
    "eligible": (
        "名次只在符合分数和条件的单位中计",
        "places are counted among those who meet score and conditions",
    ),
}
TIES = {
    "min": ("并列的按较前的名次", "ties count as the better place"),
    "max": ("并列的按较后的名次", "ties count as the worse place"),
    "dense": ("并列的只占一个名次", "ties take one place"),
    "all": ("并列的都得", "who ties gets it too"),
    "share": ("并列的平分", "who ties shares"),
}
BOTH = {
    "first": ("同时在前后两端的只算前端", "who is at both ends counts at the first"),
    "last": ("同时在前后两端的只算后端", "who is at both ends counts at the last"),
    "neither": ("同时在前后两端的两端都不算", "who is at both ends counts at neither"),
}
STREAKS = (
    "连续与累计（按公布的名次，跨轮按稳定代码）",
    "Streaks (by published places, over rounds by stable codes)",
)
ENDS = {"first": ("前", "first"), "last": ("后", "last")}
COUNTED = {"consecutive": ("连续 {n} 次", "{n} in a row"), "cumulative": ("累计 {n} 次", "{n} in all")}
MISSING = {
    "break": (
        "没有名次或不可比的一轮，连续到此中断",
        "a round without a place, or not comparable, breaks what is in a row",
    ),
    "skip": ("没有名次或不可比的一轮跳过不计", "a round without a place, or not comparable, is skipped"),
    "count": ("没有名次或不可比的一轮也算一次", "a round without a place, or not comparable, counts as one"),
}
WITHIN = {"year": ("每年重新计数", "counted anew each year"), "always": ("逐年累计", "counted over years")}
AFTER = {
    "repeat": ("达到最后一档后再次出现仍按最后一档", "after the last step it applies again each time"),
    "restart": ("达到最后一档后重新计数", "after the last step counting starts anew"),
}


def streaks_in_words(rules: Sequence[Ladder], language: Language) -> Iterator[str]:
    """Tell the rules of streaks, one after the other; nothing where there is none.

    Examples
    --------
    >>> from scoring import Step
    >>> two = Ladder("last", 3, (Step(2, "约谈"), Step(3, "问责", "cumulative")), "break", "always", "repeat")
    >>> for line in streaks_in_words([two], "zh"):
    ...     print(line)
    连续与累计（按公布的名次，跨轮按稳定代码）：各类后 3 名
      连续 2 次：约谈
      累计 3 次：问责
      没有名次或不可比的一轮，连续到此中断；逐年累计；达到最后一档后再次出现仍按最后一档
    """
    at = ("zh", "en").index(language)
    for rule in rules:
        yield from _ladder_in_words(rule, at)


def _ladder_in_words(rule: Ladder, at: int) -> Iterator[str]:
    zh, en = ENDS[rule.end]
    colon, stop = ("：", "；") if at == 0 else (": ", "; ")
    yield f"{STREAKS[at]}{colon}{(f'各类{zh} {rule.places} 名', f'the {en} {rule.places} of each class')[at]}"
    for step in rule.steps:
        lost = ("，取消当年评优评先", ", and the year's awards are lost")[at] if step.loses_awards else ""
        yield f"  {COUNTED[step.counting][at].format(n=step.times)}{colon}{step.consequence}{lost}"
    counting = (MISSING[rule.missing], WITHIN[rule.within], AFTER[rule.after_last])
    yield f"  {stop.join(one[at] for one in counting)}"


def rules_in_words(grading: Grading | None, awards: Awards | None, language: Language) -> Iterator[str]:
    """Tell the rules of grades and of awards, a line each; nothing where there are none.

    Examples
    --------
    >>> rule = Grading((Grade("优秀", 90, gate=TopPlaces(3), requires=("通过省级验收",)), Grade("其他")))
    >>> for line in rules_in_words(rule, None, "zh"):
    ...     print(line)
    等级（按公布的得分、名次和外部条件）；名次按本类全部单位计，并列的按较前的名次
      优秀：得分不低于 90；名次在前 3 名；须“通过省级验收”
      其他：其余单位
    """
    at = ("zh", "en").index(language)
    comma, stop = ("，", "；") if at == 0 else (", ", "; ")
    if grading is not None:
        yield f"{GRADES[at]}{stop}{AMONG[grading.places_among][at]}{comma}{TIES[grading.ties][at]}"
        for grade in grading.grades:
            asked = list(_asked(grade))
            told = stop.join(one[at] for one in asked) or ("其余单位", "all others")[at]
            yield f"  {grade.name}{'：' if at == 0 else ': '}{told}"
    if awards is not None:
        yield f"{AWARDS[at]}{stop}{TIES[awards.ties][at]}{comma}{BOTH[awards.both_ends][at]}"
        for one in awards.rules:
            yield f"  {_places(one)[at]}"


def _asked(grade: Grade) -> Iterator[tuple[str, str]]:
    """Give what a grade asks for."""
    if grade.at_least is not None:
        least = f"{grade.at_least:g}"
        if grade.boundary == "in":
            yield f"得分不低于 {least}", f"a score of at least {least}"
        else:
            yield f"得分高于 {least}", f"a score above {least}"
    if isinstance(grade.gate, TopPlaces):
        yield f"名次在前 {grade.gate.places} 名", f"one of the first {grade.gate.places} places"
    elif grade.gate is not None:
        share, (zh, en) = f"{grade.gate.share:.10g}", WHOLE[grade.gate.whole]
        share = f"{float(share) * 100:.6g}%"
        yield f"名次在本类前 {share}（{zh}）", f"in the best {share} of the class ({en})"
    for name in grade.requires:
        yield f"须“{name}”", f"requires {name!r}"
    for name in grade.capped_if:
        yield f"有“{name}”的至多评为本等", f"with {name!r} this is the best grade"


def _places(one: AtPlaces) -> tuple[str, str]:
    """Tell what places bring, and how much of it."""
    zh, en = {"first": ("前", "first"), "last": ("后", "last")}[one.end]
    amounts = [UNSTATED if amount == "unstated" else worded(amount) for amount in one.amounts]
    money = f"（由{zh}起依次 {'、'.join(amounts)}）" if len(amounts) > 1 else f"（{''.join(amounts)}）"
    told = f" ({', '.join(amounts)})" if amounts else ""
    return (
        f"{zh} {one.places} 名：{one.consequence}{money if amounts else ''}",
        f"the {en} {one.places}: {one.consequence}{told}",
    )
