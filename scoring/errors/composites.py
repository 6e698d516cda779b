"""Messages of composites and changes, in English and Chinese."""

TEMPLATES: dict[str, tuple[str, str]] = {
    "not_by_all": (
        "{where}: {evaluatee!r} is not rated by all groups. Collect the missing answers or leave it out.",
        "{where}：被评单位“{evaluatee}”没有得到所有调查对象的评分。请补充调查或去掉该单位。",
    ),
    "part_twice": (
        "{name!r} names {times} parts. Give each part a name of its own.",
        "有 {times} 个组成部分都叫“{name}”。请各取一个名称。",
    ),
    "part_weight": (
        "the weight of {name!r} must be a number above 0; it is {weight}. Correct it, or leave the part out.",
        "“{name}”的权重必须是大于 0 的数，现在是 {weight}。请改正，或去掉这一部分。",
    ),
    "parts_sum": (
        "weights of the parts of {name!r} sum to {sum}. Let them sum to 1.",
        "“{name}”各组成部分的权重合计是 {sum}。请使合计为 1。",
    ),
    "zero_in_product": (
        "{name!r} is a product, in which a missing part cannot count 0. Choose another rule for missing parts.",
        "“{name}”是几何平均，缺少的部分不能计 0。请为缺项另选规则。",
    ),
    "part_without_scores": (
        "{name!r} has neither scores nor parts. Give its scores.",
        "“{name}”既没有得分，也没有组成部分。请给出得分。",
    ),
    "scores_without_part": (
        "scores are given for {name!r}, which is no part without parts of its own. Leave them out, or correct the name.",
        "给出了“{name}”的得分，但它不是最底层的组成部分。请去掉，或改正名称。",
    ),
    "scores_twice": (
        "{name!r} has scores of several sources. Give one.",
        "“{name}”有多个来源的得分。请只给一个。",
    ),
    "part_missing": (
        "{evaluatee!r} has no {part!r}, a part of {of!r}. Complete it, or state a rule for missing parts.",
        "被评单位“{evaluatee}”缺少“{of}”中的“{part}”。请补上，或规定缺项的处理办法。",
    ),
    "part_not_positive": (
        "{evaluatee!r} has {value} in {part!r}, and the parts of {of!r} are multiplied. Give a score above 0, or add them.",
        "被评单位“{evaluatee}”的“{part}”是 {value}，而“{of}”取几何平均，得分必须大于 0。请改正，或改用算术平均。",
    ),
    "not_positive": (
        "{where}: parts of a product must be above 0; part {part} of unit {unit} is {value}. Correct it, or add the parts.",
        "{where}：几何平均的各部分必须大于 0；单位 {unit} 的部分 {part} 是 {value}。请改正，或改用算术平均。",
    ),
    "leaves_shape": (
        "{where}: parts and evaluatees number {size}; shapes of estimate, cov and df are {found}. Give them (L, D), "
        "(L, D, L, D) and (L, D).",
        "{where}：组成部分与被评单位的个数是 {size}；estimate、cov、df 的形状却是 {found}。应为 (L, D)、(L, D, L, D)、(L, D)，请改正。",
    ),
    "named_twice": (
        "{where}: {name!r} is there twice. Give each part and evaluatee once.",
        "{where}：“{name}”出现了两次。每个组成部分和被评单位只能有一次，请改正。",
    ),
    "leaves_by": (
        "{where}: estimates must be by {by!r} alone, each variable once; there are {rows} rows. Estimate by that column.",
        "{where}：估计值只能按“{by}”分组，每个变量一次；现有 {rows} 行。请只按该列估计。",
    ),
    "unknown_names": (
        "{where}: there is no {names}. Correct the name.",
        "{where}：没有“{names}”。请改正名称。",
    ),
    "no_evaluatee_in_both": (
        "{where}: no evaluatee is in both rounds. Check their names.",
        "{where}：没有同时在两轮中的被评单位。请核对名称。",
    ),
    "shared_shape": (
        "{where}: must have a row for each evaluatee of now and a column for each of before, {expected}; it has {found}.",
        "{where}：每行对应本轮一个被评单位，每列对应上轮一个，应为 {expected}，现在是 {found}。请改正。",
    ),
    "shared_too_large": (
        "{where}: the covariance {value} of {a!r} now and {b!r} before is larger than their variances allow. Check how it "
        "was estimated.",
        "{where}：本轮“{a}”与上轮“{b}”的协方差 {value} 超出了两者方差所允许的范围。请检查估计方法。",
    ),
    "one_by_round": (
        "{where}: estimates must be of one variable, by {rounds!r} and {evaluatee!r} alone. Estimate it so.",
        "{where}：只能是一个变量，按“{rounds}”和“{evaluatee}”估计。请这样估计。",
    ),
    "no_such_round": (
        "{where}: there is no round {found!r}; there are {known}. Name one of them.",
        "{where}：没有“{found}”这一轮，现有 {known}。请写其中之一。",
    ),
}
