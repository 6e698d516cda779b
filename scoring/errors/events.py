"""Messages of events that move scores, in English and Chinese."""

TEMPLATES: dict[str, tuple[str, str]] = {
    "veto_undone": (
        "{event!r} adds points after the veto {veto!r}, which it would undo. State the veto after it.",
        "“{event}”在一票否决“{veto}”之后还加分，会使否决落空。请把否决写在它之后。",
    ),
    "event_twice": (
        "{times} rules count the cases of {event!r}. Keep one.",
        "有 {times} 条规则都对“{event}”计分。请只留一条。",
    ),
    "points_not_finite": (
        "points of {name!r} must be finite numbers. Correct them.",
        "“{name}”的分值必须是有限数。请改正。",
    ),
    "most_not_positive": (
        "the most that {event!r} may bring must be above 0; it is {most}. Correct it, or leave it out.",
        "“{event}”的累计上限必须大于 0，现在是 {most}。请改正，或不设上限。",
    ),
    "limit_bounds": (
        "limits of {rule!r} are {low} and {high}. Give at least one, the low one first.",
        "“{rule}”的下限和上限是 {low} 和 {high}。请至少给一个，下限不得高于上限。",
    ),
    "levels_unlike": (
        "levels of {event!r} are {levels!r}. Give at least one, each name once.",
        "“{event}”的级别是“{levels}”。请至少给一个，名称不得重复。",
    ),
    "veto_of_nothing": (
        "the veto of {event!r} states neither a score nor a grade. Give one.",
        "“{event}”的一票否决既没有写得分，也没有写等级。请写其一。",
    ),
    "row_twice": (
        "{name} is there {times} times. Give it once.",
        "“{name}”出现了 {times} 次。请只留一次。",
    ),
    "score_not_number": (
        "row {row}: the score of {name} must be a finite number; it is {found!r}. Correct it, or leave the row out.",
        "第 {row} 行：“{name}”的得分必须是有限数，现在是 {found!r}。请改正，或去掉该行。",
    ),
    "event_of_nobody": (
        "row {row}: there is no score of {found!r}. Correct the name.",
        "第 {row} 行：没有“{found}”的得分。请改正名称。",
    ),
    "event_unknown": (
        "row {row}: no rule counts {found!r}; there are rules for {known}. Correct the event, or state its rule.",
        "第 {row} 行：没有关于“{found}”的规则，现有 {known}。请改正事项，或写明其规则。",
    ),
    "event_count": (
        "row {row}: cases must be a whole number of at least 0; it is {found!r}. Correct it.",
        "第 {row} 行：次数必须是不小于 0 的整数，现在是 {found!r}。请改正。",
    ),
    "event_level": (
        "row {row}: {event!r} has no level {found!r}; its levels are {known}. Correct it.",
        "第 {row} 行：“{event}”没有“{found}”这一级，级别有 {known}。请改正。",
    ),
    "event_points": (
        "row {row}: points of {event!r} must lie from {low} to {high}; they are {found}. Correct them.",
        "第 {row} 行：“{event}”的分值必须在 {low} 到 {high} 之间，现在是 {found}。请改正。",
    ),
    "event_reason": (
        "row {row}: {event!r} is decided case by case, so that it needs a reason. Give it.",
        "第 {row} 行：“{event}”逐案决定，必须写明理由。请补上。",
    ),
    "item_unknown": (
        "row {row}: there is no item {found!r}; there are {known}. Correct it.",
        "第 {row} 行：没有“{found}”这一项，现有 {known}。请改正。",
    ),
    "item_points": (
        "row {row}: {item!r} can get from 0 to {most:g} points; it has {found!r}. Correct it.",
        "第 {row} 行：“{item}”可得 0 到 {most:g} 分，现在是 {found!r}。请改正。",
    ),
    "item_twice": (
        "{name} has {item!r} several times. Give it once.",
        "“{name}”的“{item}”有多行。请只留一行。",
    ),
    "item_missing": (
        "{name} has no {item!r}. Give what is done and due.",
        "“{name}”缺少“{item}”。请给出已完成数和应完成数。",
    ),
    "item_named_twice": (
        "two items are called {item!r}. Rename or join them.",
        "有两项都叫“{item}”。请改名或合并。",
    ),
    "item_worth": (
        "points of the item {item!r} must be above 0; they are {points}. Correct them, or leave it out.",
        "“{item}”的分值必须大于 0，现在是 {points}。请改正，或去掉该项。",
    ),
    "items_sum": (
        "points of the items sum to {sum:g}, not to the full mark {full:g}. Correct either.",
        "各项分值合计 {sum:g}，不等于满分 {full:g}。请改正其一。",
    ),
    "done_and_due": (
        "row {row}: done and due must be numbers of at least 0; they are {found}. Correct them.",
        "第 {row} 行：已完成数和应完成数必须是不小于 0 的数，现在是 {found}。请改正。",
    ),
    "nothing_due": (
        "row {row}: nothing is due of {found!r}. Correct it, or state what it counts then.",
        "第 {row} 行：“{found}”应完成数是 0。请改正，或规定此时如何计分。",
    ),
    "beyond_due": (
        "row {row}: more is done than is due of {found!r}. Correct it, or state what it counts then.",
        "第 {row} 行：“{found}”已完成数大于应完成数。请改正，或规定此时如何计分。",
    ),
    "too_few_rounds": (
        "{name!r} has {rounds} rounds, and {least} are needed. Complete them, or state what happens to fewer.",
        "“{name}”只有 {rounds} 轮，至少要 {least} 轮。请补齐，或规定不足时的处理办法。",
    ),
    "bad_at_least": (
        "{where}: must be a whole number of at least 1; it is {value!r}. Correct it.",
        "{where}：必须是不小于 1 的整数，现在是 {value!r}。请改正。",
    ),
    "cov_shape": (
        "{where}: must have a row and a column for each estimate; it is {shape}, estimates are {units}. "
        "Pass their covariance, in their order.",
        "{where}：每个估计值须有一行一列；形状是 {shape}，估计值有 {units} 个。请按相同顺序给出协方差。",
    ),
    "cov_not_finite": (
        "{where}: must be finite; row {row}, column {column} is {value}. Leave out units without a variance.",
        "{where}：必须是有限数；第 {row} 行第 {column} 列是 {value}。请去掉没有方差的单位。",
    ),
}
