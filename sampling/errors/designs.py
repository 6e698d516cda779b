"""What can be wrong with a design, its fields and its key, in English and Chinese."""

from __future__ import annotations

TEMPLATES: dict[str, tuple[str, str]] = {
    "too_many_asked": (
        "{where}: {asked} units asked, {available} in the frame. Lower n or merge the stratum.",
        "{where}：要抽 {asked} 个，名单只有 {available} 个。请减少样本量或合并层。",
    ),
    "bad_n": (
        "{where}: n must be a whole number of at least 1; it is {n!r}.",
        "{where}：样本量必须是不小于 1 的整数，现在是 {n!r}。",
    ),
    "bad_rate": (
        "{where}: rate must be a number above 0 and at most 1; it is {rate!r}.",
        "{where}：rate 必须大于 0 且不大于 1，现在是 {rate!r}。",
    ),
    "not_columns": (
        "{where}: {field!r} must be the name of a column, or a list of names; it is {found!r}.",
        "{where}：“{field}”必须是列名，或列名的列表，现在是 {found!r}。",
    ),
    "not_a_column": (
        "{where}: {field!r} must be the name of a column; it is {found!r}.",
        "{where}：“{field}”必须是列名，现在是 {found!r}。",
    ),
    "column_twice": (
        "{where}: {field!r} names a column twice: {found}. Name each once.",
        "{where}：“{field}”有列名重复：{found}。每列只写一次。",
    ),
    "not_a_bool": (
        "{where}: {field!r} must be true or false; it is {found!r}.",
        "{where}：“{field}”只能是真或假，现在是 {found!r}。",
    ),
    "not_stages": (
        "{where}: the stages must be a table of units and their designs; they are {found!r}.",
        "{where}：各阶段必须写成“单位列名：设计”的表，现在是 {found!r}。",
    ),
    "no_columns": (
        "{where}: {field!r} names no column. Name at least one.",
        "{where}：“{field}”没有写列名。请至少写一列。",
    ),
    "bad_pps_method": (
        "{where}: {found!r} is no method of PPS. Use one of {known}.",
        "{where}：PPS 没有 {found!r} 这种方法。请用 {known} 之一。",
    ),
    "no_list": (
        "{where}: {method!r} does not go along a list, so order has no meaning. Leave it out, or use one of {known}.",
        "{where}：{method!r} 不沿名单抽取，order 没有意义。请去掉，或用 {known} 之一。",
    ),
    "bad_design": (
        "{where}: {found!r} does not say how a stratum is drawn. Use one of {known}.",
        "{where}：{found!r} 没有说明每层怎样抽。请用 {known} 之一。",
    ),
    "bad_reserve": (
        "{where}: reserve must be a number of at least 0, such as 0.5 for one reserve on two units; it is {reserve!r}.",
        "{where}：reserve 必须是不小于 0 的数，如 0.5 表示每两个单位一个候补，现在是 {reserve!r}。",
    ),
    "bad_key": (
        "{where}: the {field} must be text without U+001F and not empty; it is {value!r}.",
        "{where}：{field} 必须是非空文本且不含 U+001F，现在是 {value!r}。",
    ),
}
