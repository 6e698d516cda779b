"""Messages of grades, in English and Chinese."""

TEMPLATES: dict[str, tuple[str, str]] = {
    "grade_asks_nothing": (
        "{where}: {name!r} asks for nothing, so that nobody gets a grade below it. Give it a score, a gate or a condition.",
        "{where}：“{name}”没有任何要求，其下各等便不会有单位。请写明分数线、名次或条件。",
    ),
    "grade_names": (
        "{where}: every grade needs a name of its own, best first; the names are {names}. Correct them.",
        "{where}：每个等级都要有各自的名称，从好到差；现为 {names}。请改正。",
    ),
    "condition_name": (
        "{where}: {name!r} has an outside condition without a name. Give it one.",
        "{where}：“{name}”有一个外部条件没有名称。请写明。",
    ),
    "last_grade": (
        "{where}: the last grade, {name!r}, takes all who are left, so it asks for no score, place or condition. "
        "Add a grade below it, or leave these out.",
        "{where}：最末一等“{name}”收下其余所有单位，不能再要求分数、名次或条件。请在其下再加一等，或去掉这些要求。",
    ),
    "threshold_number": (
        "{where}: at_least of {name!r} must be a finite number; it is {value!r}. Correct it.",
        "{where}：“{name}”的分数线 at_least 必须是有限的数；现为 {value!r}。请改正。",
    ),
    "thresholds_order": (
        "{where}: thresholds fall from grade to grade; {better!r} has {high:g}, {worse!r} below it {low:g}. Correct "
        "one, or put the grades in order, best first.",
        "{where}：分数线应逐等降低；“{better}”是 {high:g}，其下的“{worse}”却是 {low:g}。请改正其一，或把等级从好到差排列。",
    ),
    "gates_order": (
        "{where}: places and shares count from the top, so the gate of {worse!r} lets in at least as many as that of "
        "{better!r}. Add those of the better grades to it.",
        "{where}：名次和比例都从第一名算起，“{worse}”放行的不能少于“{better}”。请把更好的等级所占的也加进去。",
    ),
    "bad_gate": (
        "{where}: the gate of {name!r} lets in {value!r}; places are whole numbers of at least 1, shares above 0 and at "
        "most 1.",
        "{where}：“{name}”的名额是 {value!r}；名次应为不小于 1 的整数，比例应大于 0 且不超过 1。请改正。",
    ),
    "condition_rows": (
        "{where}: {units} units have scores, the table has {found} rows. Give each unit one row, in the same order or "
        "under its name.",
        "{where}：有得分的单位是 {units} 个，表却有 {found} 行。请每个单位给一行，顺序一致，或按单位名称。",
    ),
    "condition_unknown": (
        "{where}: whether {condition!r} holds for {unit!r} must be true or false; it is {value!r}. What is not known "
        "is not passed: find out, and fill it in.",
        "{where}：“{unit}”是否符合“{condition}”必须写明真或假；现为 {value!r}。不知道不等于通过，请查明后填上。",
    ),
    "number_of_draws": (
        "{where}: must be a whole number of at least 1; it is {value!r}. 10000 is usual.",
        "{where}：必须是不小于 1 的整数，现在是 {value!r}。常用 10000。",
    ),
    "bad_first": (
        "{where}: must be whole numbers of places, each at least 1; it is {value!r}. 3 asks for third or better.",
        "{where}：必须是名次数，不小于 1 的整数；现为 {value!r}。3 表示前三名。",
    ),
    "small_class": (
        "{where}: class {name!r} has {units} units; its spread takes at least {least}. Join it with a similar class, or "
        "take prior='flat', which is uncalibrated.",
        "{where}：类别“{name}”只有 {units} 个单位，至少要 {least} 个才能估计彼此的差异。请与相近的类别合并，"
        "或用 prior='flat'（平先验，未校准）。",
    ),
    "class_of_few": (
        "{where}: class {name!r} has {units} units; how far its members differ takes at least {least}. Join it with a "
        "similar class.",
        "{where}：类别“{name}”只有 {units} 个单位，至少要 {least} 个才能判断彼此通常相差多少。请与相近的类别合并。",
    ),
    "few_df": (
        "{where}: the error of {unit!r} has {value:g} degrees of freedom; the class prior takes more than {least}. Take "
        "prior='flat', which is uncalibrated, or an error with more.",
        "{where}：“{unit}”误差的自由度是 {value:g}，类先验要求大于 {least}。请用 prior='flat'（平先验，未校准），"
        "或换用自由度更多的误差。",
    ),
    "bad_winsorise": (
        "{where}: winsorise must be at least 0 and below 0.5; it is {value!r}. 0.1 is usual.",
        "{where}：winsorise 必须不小于 0 且小于 0.5，现为 {value!r}。常用 0.1。",
    ),
    "no_variance": (
        "{where}: the estimate of {unit!r} has no variance, so nothing tells how far from its class is far. Leave the "
        "unit out.",
        "{where}：“{unit}”的估计值没有方差，无从判断与本类相差多少算多。请去掉该单位。",
    ),
    "no_estimates": (
        "{where}: must be a list of one number or more; its shape is {shape}. Pass one number a unit.",
        "{where}：必须是至少含一个数字的列表，现在形状是 {shape}。请每个单位给一个数。",
    ),
    "estimate_not_finite": (
        "{where}: must be finite; {count} of {size} are not, first {value} at position {position}. "
        "Leave out units without an estimate, here and in cov.",
        "{where}：必须是有限数；{size} 个中有 {count} 个不是，第一个是位置 {position} 的 {value}。"
        "请把没有估计值的单位从这里和 cov 中一并去掉。",
    ),
    "no_class": (
        "{where}: every unit needs a class; {count} have none, first at position {position}. Fill it in.",
        "{where}：每个单位都要有类别；有 {count} 个没有，第一个在位置 {position}。请补上。",
    ),
}
