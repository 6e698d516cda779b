"""Messages of consequences, in English and Chinese."""

TEMPLATES: dict[str, tuple[str, str]] = {
    "place_beyond_class": (
        "{where}: a place is {value:g}, and the class has {units} units. Correct it, or give the classes with `by`.",
        "{where}：有名次是 {value:g}，而该类只有 {units} 个单位。请改正，或用 by 给出各类。",
    ),
    "amount_not_finite": (
        "{where}: an amount must be a finite number, or 'unstated' where the plan leaves it out; it is {value!r}. Correct it.",
        "{where}：金额必须是有限数，原文未载的写 'unstated'；现在是 {value!r}。请改正。",
    ),
    "bad_places": (
        "{where}: the last {places} of {units} units are asked for. Ask for 1 to {units}.",
        "{where}：要取 {units} 个单位中的后 {places} 名。请取 1 到 {units} 名。",
    ),
    "below_one": (
        "{where}: must be a whole number of at least 1; it is {value!r}. Correct it.",
        "{where}：必须是不小于 1 的整数，现在是 {value!r}。请改正。",
    ),
    "amounts_of_places": (
        "{where}: {places} places have {amounts} amounts. Give one for each place, 'unstated' where the plan leaves it "
        "out, or none at all.",
        "{where}：{places} 个名次却有 {amounts} 个金额。请每个名次给一个，原文未载的写 'unstated'，或全部不写。",
    ),
    "steps_not_rising": (
        "{where}: a ladder needs at least one step, and times that rise from 1 on; they are {times}. Put them in order.",
        "{where}：至少要有一级，次数须从不小于 1 起逐级增大；现在是 {times}。请改正。",
    ),
    "no_rounds": (
        "{where}: must have a row for each round and a column for each unit; its shape is {shape}. Give one round or more.",
        "{where}：每轮一行、每个单位一列；现在形状是 {shape}。请至少给一轮。",
    ),
    "not_a_place": (
        "{where}: places start at 1 and are empty where there is none; row {row}, column {unit} (from 0) is {value}. "
        "Correct it.",
        "{where}：名次从 1 起，没有名次的留空；第 {row} 行第 {unit} 列（从 0 数）是 {value}。请改正。",
    ),
    "not_among": (
        "{where}: a cell is 1, 0 or empty; row {row}, column {unit} (from 0) is {value}. Correct it.",
        "{where}：每格填 1、0 或留空；第 {row} 行第 {unit} 列（从 0 数）是 {value}。请改正。",
    ),
    "no_years": (
        "{where}: the rule counts within a year, so the year of each round is needed. Give one for each row.",
        "{where}：规则按年度累计，需要每一轮所属的年份。请每行给一个年份。",
    ),
    "years_of_rounds": (
        "{where}: {rounds} rounds have {found} years. Give one for each row.",
        "{where}：共有 {rounds} 轮，年份却有 {found} 个。请每行给一个年份。",
    ),
    "not_a_share": (
        "{where}: must lie between 0 and 1, places over units; one is {value}. Correct it.",
        "{where}：必须在 0 与 1 之间（名次数除以单位数），有一个是 {value}。请改正。",
    ),
    "not_draws": (
        "{where}: must be finite draws with the axes ({axes}); its shape is {shape}. Pass what draws_given_data or "
        "draws_of_rounds gives.",
        "{where}：必须是有限的模拟值，各维依次为（{axes}）；现在形状是 {shape}。请用 draws_given_data 或 draws_of_rounds 的结果。",
    ),
    "other_length": (
        "{where}: must have one value for each of the {units} units; it has {found}. Pass them in the same order.",
        "{where}：{units} 个单位须各有一个值，现有 {found} 个。请按相同顺序给出。",
    ),
    "places_out_of_class": (
        "{where}: {places} places are asked for of a class of {units} units. Ask for 1 to {units}.",
        "{where}：有一类只有 {units} 个单位，却要取 {places} 名。请取 1 到 {units} 名。",
    ),
    "df_not_above_0": (
        "{where}: must be above 0; at position {position} it is {value}. Use inf where the variance is known.",
        "{where}：必须大于 0；位置 {position} 是 {value}。方差已知处请用 inf。",
    ),
}
