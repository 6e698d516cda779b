"""Reasons in words, Chinese and English."""

from __future__ import annotations

ABOUT = (
    "名单只说明先看谁，不是作假的证据，也不删改任何答卷；没有人作假时，名单中有人被标出的概率约为 {level:.0%}。"
    "请结合回访复核、录音和时间记录判断。",
    "The list says whom to look at first; it is no proof and changes no answer. Were nobody to cheat, the chance that "
    "anybody is marked is about {level:.0%}. Judge with call-backs, recordings and times.",
)

REASONS: dict[str, tuple[str, str]] = {
    "straight": (
        "全卷同分的答卷占 {observed:.0%}，同层其他人相当于 {expected:.0%}",
        "{observed:.0%} of the sheets have one answer to everything; {expected:.0%} would be like the others",
    ),
    "top": (
        "最高分占 {observed:.0%}，同层其他人相当于 {expected:.0%}",
        "{observed:.0%} of the answers are the best rating; {expected:.0%} would be like the others",
    ),
    "dont_know": (
        "有“不了解”的答卷占 {observed:.0%}，同层其他人相当于 {expected:.0%}",
        "{observed:.0%} of the sheets have a 'don't know'; {expected:.0%} would be like the others",
    ),
    "spread": (
        "一份答卷内各题评分的标准差为 {observed:.2f}，同层其他人相当于 {expected:.2f}",
        "answers within a sheet have a standard deviation of {observed:.2f}; {expected:.2f} would be like the others",
    ),
    "range": (
        "各答卷均分彼此相差 {observed:.2f} 分，同层其他人相当于 {expected:.2f} 分",
        "sheets' means are {observed:.2f} points apart; {expected:.2f} would be like the others",
    ),
    "digits": (
        "偏好某些分值，其中最多出的占 {observed:.0%}，同层其他人相当于 {expected:.0%}",
        "prefers some ratings: the one most in excess is {observed:.0%} of the answers; {expected:.0%} would be like the others",
    ),
    "twin_own": (
        "{observed:.0%} 的答卷与其本人的另一份近乎相同而难以归于巧合，同层其他人相当于 {expected:.0%}",
        "{observed:.0%} of the sheets are nearer to another of his own than chance brings; {expected:.0%} would be like the others",
    ),
    "twin_other": (
        "{observed:.0%} 的答卷与他人的某份异常接近，同层其他人相当于 {expected:.0%}",
        "{observed:.0%} of the sheets are unusually near to one of another interviewer; {expected:.0%} would be like the others",
    ),
    "short": (
        "平均访问时长 {observed:.1f} 分钟，同层其他人相当于 {expected:.1f} 分钟",
        "interviews take {observed:.1f} minutes on average; {expected:.1f} would be like the others",
    ),
    "too_short": (
        "{observed:.0%} 的访问短于方案规定的最短时长，同层其他人相当于 {expected:.0%}",
        "{observed:.0%} of the interviews are shorter than the plan allows; {expected:.0%} would be like the others",
    ),
    "overlap": (
        "{observed:.0%} 的访问时间重叠或先止后起，同层其他人相当于 {expected:.0%}",
        "{observed:.0%} of the interviews overlap or end before they start; {expected:.0%} would be like the others",
    ),
}


def reason(signal: str, observed: float, expected: float) -> tuple[str, str]:
    """Say what was found, in Chinese and English; an expectation below 0 is told as 0.

    Examples
    --------
    >>> reason("straight", 0.8, 0.2)[1]
    '80% of the sheets have one answer to everything; 20% would be like the others'
    """
    chinese, english = REASONS[signal]
    found = {"observed": observed, "expected": max(expected, 0.0)}
    return chinese.format(**found), english.format(**found)
