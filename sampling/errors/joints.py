"""What can be wrong with joint probabilities, in English and Chinese."""

from __future__ import annotations

TEMPLATES: dict[str, tuple[str, str]] = {
    "unknown_method": (
        "{where}: there is no method {found!r}. Use one of {known}.",
        "{where}：没有 {found!r} 这种方法。请用 {known} 之一。",
    ),
    "bad_shape": (
        "{where}: {column!r} must be one list with a value for each unit, of shape {expected}; its shape is {shape}. "
        "Give one value for each unit.",
        "{where}：“{column}”必须是每个单位一个值的一列，形状应为 {expected}，现在是 {shape}。请每个单位给一个值。",
    ),
    "bad_prob": (
        "{where}: an inclusion probability must be above 0 and at most 1; {count} are not, first {value!r} of "
        "unit {unit} (from 0). Correct it or leave the unit out.",
        "{where}：入样概率必须大于 0 且不超过 1；有 {count} 个不是，第一个是单位 {unit}（从 0 数起）的 {value!r}。"
        "请改正或去掉该单位。",
    ),
    "bad_sum": (
        "{where}: inclusion probabilities of a sample of fixed size must sum to that size, a whole number; they sum "
        "to {total!r}. Use inclusion_probabilities(size, n), or a method of random size.",
        "{where}：定样本量方法的入样概率之和必须等于样本量（整数），现在是 {total!r}。"
        "请用 inclusion_probabilities(size, n) 计算，或用样本量不固定的方法。",
    ),
    "unequal_prob": (
        "{where}: a simple random sample gives all units the same probability; they go from {low!r} to {high!r}. "
        "Use another method, or stratify.",
        "{where}：简单随机抽样时各单位概率相同，这里从 {low!r} 到 {high!r}。请换用别的方法或分层。",
    ),
}
