"""What can be wrong with margins to be rounded, in English and Chinese."""

from __future__ import annotations

TEMPLATES: dict[str, tuple[str, str]] = {
    "bad_margin": (
        "{where}: margin {margin}: counts must be numbers of at least 0, not all 0, one for each category; not so are {cells}.",
        "{where}：边际 {margin}：人数必须是不小于 0 的数、不全为 0，每类一个；不符合的有 {cells}。",
    ),
    "margin_categories": (
        "{where}: the margins {first} and {second} have different categories of {column}: {cells} stand in one only.",
        "{where}：边际 {first} 和 {second} 的 {column} 分类不同：{cells} 只在其中一个里。",
    ),
    "margins_disagree": (
        "{where}: the margins {first} and {second} contradict each other at {cell}: {one} against {other}.",
        "{where}：边际 {first} 和 {second} 在 {cell} 上矛盾：一个是 {one}，一个是 {other}。",
    ),
    "bad_seed": (
        "{where}: the seed must have numbers of at least 0, one for each cell of the margins; not so are {cells}.",
        "{where}：初始表必须是不小于 0 的数，每个单元一个；不符合的有 {cells}。",
    ),
    "seed_zeros": (
        "{where}: with the zeros of the seed the margins cannot be met: {cell} should hold {due}, the cells reach {found}.",
        "{where}：初始表的 0 使边际无法满足：{cell} 应为 {due}，各单元只能凑成 {found}。",
    ),
    "no_rounding": (
        "{where}: no whole numbers that sum to {n} keep every cell and margin within one. Cross fewer columns, or change n.",
        "{where}：没有一组合计为 {n} 的整数能使每个单元和边际都只差不到 1。请少交叉几列，或改变总数。",
    ),
}
