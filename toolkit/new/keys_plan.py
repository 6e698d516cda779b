"""Words for the keys of the plan itself: whom it evaluates, how it ranks, what it leaves open."""

from __future__ import annotations

PLAN: dict[str, tuple[str, str]] = {
    # --- the plan itself
    "id": ("【改成你的】方案的代号：小写字母、数字和连字号，与文件名相同", "[make it yours] the scheme's code: lower-case letters, digits, hyphens; as the file is called"),
    "title": ("【改成你的】方案的名称，印在排名表和报告上", "[make it yours] the plan's name, as tables and reports print it"),
    "place": ("【改成你的】在哪里实行", "[make it yours] where it holds"),
    "full_mark": ("满分，多为 100；所有得分都折成这个满分", "the full mark, mostly 100; all scores are put on it"),
    "level": ("区间和名次区间的置信水平，0 到 1 之间，一般 0.95", "confidence level of intervals and ranges of places, between 0 and 1, mostly 0.95"),
    "unclear": ("方案没有写明之处，一处一条：由哪个键定，哪里不明，怎么读；报告原样列出，发文前请逐条商定", "what the plan leaves open, one entry each: the key that settles it, what is open, how it is read; reports list them, so agree on each before publishing"),
    "unclear.key": ("由哪个键来定，写成路径", "the path of the key that settles it"),
    "unclear.open": ("方案里没有写明的是什么", "what the plan does not say"),
    "unclear.reading": ("本文件怎么读", "how this file reads it"),
    "column_names": ("名单的列用中文怎么叫；左边是列名，右边是印出来的名称；不写就印列名", "what columns of lists are called in print: left the column, right the name; left out, the column's own name is printed"),
    "column_names.…": ("", ""),
    # --- places
    "ranking": ("怎么由得分排出名次；各类单独排名", "how places follow from scores; each class is ranked apart"),
    "ranking.rank_on": ("按什么比：unrounded 未舍入的得分，published 公布的（已舍入的）得分", "what is compared: unrounded scores, or scores as published (rounded)"),
    "ranking.decimals": ("公布几位小数，四舍五入", "decimals of what is published, half up"),
    "ranking.ties": ("并列怎么排：min 同取较前的名次、其后空出（1、2、2、4），dense 其后不空（1、2、2、3），ordinal 依 break_by 分先后", "ties: min share the better place and leave the next empty (1, 2, 2, 4), dense leave none empty (1, 2, 2, 3), ordinal are told apart by break_by"),
    "ranking.break_by": ("ties = \"ordinal\" 时依次比较哪几类对象的得分（写代号）；其他情形不写", "with ties = \"ordinal\": the groups (their ids) whose scores tell equal ones apart, in this order; otherwise left out"),
    # --- who is evaluated
    "classes": ("被评单位的类别，一类一段；各类单独排名。只有一类也要写", "the classes of evaluatees, one section each, ranked apart; a single class is written too"),
    "classes.id": ("类别的代号：小写字母，同一文件里不重复", "the class's code: lower-case letters, not used twice"),
    "classes.name": ("类别的名称，印在排名表上", "the class's name on league tables"),
    "classes.conducted_by": ("谁组织这一类的调查；没有问卷调查的方案不写", "who conducts the survey of this class; left out where there is no survey"),
    "classes.same_survey": ("写 true：方案的问卷调查也适用于这一类；没有问卷调查的方案不写", "true: the scheme's survey holds for this class as well; left out where there is no survey"),
    "classes.indicators": ("这一类评哪几项指标（问卷上的题目）；没有问卷调查的方案不写", "the indicators (questions) on which this class is rated; left out where there is no survey"),
    "classes.evaluatees": ("【改成你的】被评单位的名称，名单、表格和报告都用这个写法，不重复", "[make it yours] the evaluatees' names, as lists, tables and reports write them, each once"),
    "classes.parts": ("这一类的得分由什么构成；不写则与全体相同（见 parts）", "what this class's scores are made of; left out, as for all (see parts)"),
    "classes.awards": ("这一类的奖惩；不写则与全体相同（见 awards）", "this class's awards; left out, as for all (see awards)"),
}  # fmt: skip
