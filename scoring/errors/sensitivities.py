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
    "no_parts": (
        "{where}: {part!r} has no parts whose weights could vary. Pass a composite.",
        "{where}：{part!r} 没有可变权重的组成部分。请给出合成得分。",
    ),
    "one_way_to_vary": (
        "{where}: needs one of within and concentration. Give the half-widths, or the concentration of a Dirichlet "
        "distribution.",
        "{where}：within 与 concentration 须给且只给一个。请给出半宽，或狄利克雷分布的集中度。",
    ),
    "bad_concentration": (
        "{where}: concentration must be above 0 and finite; it is {value}. 100 keeps weights near their own.",
        "{where}：concentration 必须大于 0 且有限，现在是 {value}。100 使权重接近原值。",
    ),
    "bad_reach": (
        "{where}: the half-width of {part!r} must lie between 0 and its weight {weight:.6g}; it is {value}. Correct it.",
        "{where}：{part!r} 的半宽必须在 0 与其权重 {weight:.6g} 之间，现在是 {value}。请改正。",
    ),
    "bad_draw_count": (
        "{where}: must be a whole number from 1 to {most}; it is {value!r}. Correct it.",
        "{where}：必须是 1 到 {most} 的整数，现在是 {value!r}。请改正。",
    ),
    "dropped_sheets": (
        "{where}: {dropped} of {sheets} sheets: at least one must be left out, and at least two be left. Correct it.",
        "{where}：{sheets} 份中去掉 {dropped} 份：至少去掉一份，至少留下两份。请改正。",
    ),
    "not_a_pair": (
        "{where}: a pair names two different evaluatees; found {found}. Correct it.",
        "{where}：每一对要写两个不同的单位，现在是 {found}。请改正。",
    ),
}
