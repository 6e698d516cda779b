"""Messages of what places rest on, in English and Chinese."""

TEMPLATES: dict[str, tuple[str, str]] = {
    "weights_in_product": (
        "{where}: the parts of {part!r} are multiplied, and this is for sums. Put them together as 'arithmetic', or "
        "score again with other weights.",
        "{where}：{part!r} 的各部分是几何合成，这里只支持算术合成。请改用 'arithmetic'，或换权重重新计分。",
    ),
    "weights_of_missing": (
        "{where}: {evaluatee!r} lacks {part!r}, so its weights are not those of the others. Fill the part in, or leave "
        "the evaluatee out.",
        "{where}：{evaluatee!r} 缺 {part!r}，其权重与别的单位不同。请补上该部分，或不纳入该单位。",
    ),
    "other_scores": (
        "{where}: these scores are not those of this survey by these indicators, scale and weights. Pass all as "
        "group_scores took and gave them.",
        "{where}：这些得分与此调查（指标、量表、权重）算出的不符。请照 group_scores 的输入与结果给出。",
    ),
    "verdict_rule": (
        "{where}: needs 0 < close_chance <= toss_chance <= 0.5 and 0 <= toss_weights <= close_weights; found {found}. "
        "Correct the thresholds.",
        "{where}：须满足 0 < close_chance <= toss_chance <= 0.5、0 <= toss_weights <= close_weights，现在是 {found}。"
        "请改正阈值。",
    ),
    "not_a_pair": (
        "{where}: a pair names two different evaluatees; found {found}. Correct it.",
        "{where}：每一对要写两个不同的单位，现在是 {found}。请改正。",
    ),
}
