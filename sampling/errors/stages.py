"""What can be wrong with a draw in several stages or phases, in English and Chinese."""

from __future__ import annotations

TEMPLATES: dict[str, tuple[str, str]] = {
    "drawn_again": (
        "{where}: it was drawn with replacement, and each draw of a unit would need units of its own inside it. Draw "
        "without replacement what other units are drawn in.",
        "{where}：这是有放回抽样，每抽中一次都要有自己的下级单位。要在其中再抽样的单位，请用不放回抽样。",
    ),
    "undrawn_parent": (
        '{where}: {count} of the drawn units have no rows, first "{parent}". Add their lists.',
        "{where}：抽中的单位有 {count} 个没有名单，第一个是“{parent}”。请补上。",
    ),
    "last_stage": (
        "{where}: the stages are {stages}; the last must be the unit {unit!r}. Name it last, or draw that unit.",
        "{where}：各阶段是 {stages}；最后一个必须是抽样单位“{unit}”。请把它放在最后，或改抽样单位。",
    ),
    "early_reserve": (
        "{where}: only the last stage can have reserves. Leave them out here.",
        "{where}：只有最后一个阶段可以有候补。请在这里去掉。",
    ),
    "varies_in_unit": (
        '{where}: {column!r} must be the same in all rows of a unit; {count} units differ, first "{unit}" '
        "({a!r} in row {row_a}, {b!r} in row {row_b}). Correct it or give the units their own ids.",
        "{where}：同一单位各行的“{column}”必须相同；有 {count} 个单位不同，第一个是“{unit}”"
        "（第 {row_a} 行是 {a!r}，第 {row_b} 行是 {b!r}）。请改正，或给这些单位各自的编号。",
    ),
    "unit_before": (
        "{where}: the units {unit!r} were drawn at a stage before. Name the units to draw inside them.",
        "{where}：“{unit}”在前面的阶段已经抽过。请写要在其中抽取的单位。",
    ),
    "not_a_sample": (
        "{where}: {role}= takes a whole sample as draw gave it, not its units; it is a {found}.",
        "{where}：{role}= 要给 draw 得出的整个样本，不是其中的 units；现在是 {found}。",
    ),
    "lost_unit": (
        '{where}: {count} units that were drawn are not in the sample, first "{unit}". '
        "Take the sample as it was drawn.",
        "{where}：抽中的单位有 {count} 个不在样本里，第一个是“{unit}”。请用最初抽出的样本。",
    ),
    "none_inside": (
        '{where}: chance left {count} of the units drawn before with none drawn inside, first "{parent}", and scoring '
        "would miss them. Inside drawn units use a method of fixed size.",
        "{where}：前一阶段抽中的单位有 {count} 个在本阶段恰好一个也没抽到，第一个是“{parent}”，计算误差时会漏掉它们。"
        "在抽中的单位内请用定样本量的方法。",
    ),
    "none_drawn": (
        "{where}: it drew no units, so there is nothing to draw from. Raise its rate, or draw a fixed number.",
        "{where}：一个单位也没有抽中，没有可以再抽的。请提高抽取概率，或抽固定个数。",
    ),
    "second_phase": (
        "{where}: a second phase cannot be joined with {found}. Draw it with after= alone, by a design of one stage, "
        "from a draw that is no second phase; and nothing within it.",
        "{where}：第二相不能与 {found} 合用。请只用 after=，用单阶段设计，从不是第二相的样本里抽；其中也不再抽下一阶段。",
    ),
    "phase_unit": (
        "{where}: the first phase drew units {first!r}, so the second cannot draw units {unit!r}. Draw the same units.",
        "{where}：第一相抽的是“{first}”，第二相不能抽“{unit}”。请抽同样的单位。",
    ),
    "phase_reserve": (
        "{where}: a second phase has no reserves. Leave them out.",
        "{where}：第二相没有候补。请去掉。",
    ),
    "unequal_phase": (
        "{where}: {found} does not draw a fixed number with equal chances in each stratum, which the variance of a "
        "second phase rests on. Use SimpleRandom, Systematic or Census.",
        "{where}：{found} 不是在每层等概率抽固定个数，而第二相的方差要以此为据。请用 SimpleRandom、Systematic 或 Census。",
    ),
    "not_in_phase": (
        '{where}: {count} rows are of no unit that "{first}" drew, first "{unit}" (row {row}). Leave them out.',
        "{where}：有 {count} 行不是“{first}”抽中的单位，第一个是“{unit}”（第 {row} 行）。请去掉。",
    ),
    "missing_in_phase": (
        '{where}: {count} units that "{first}" drew have no row, first "{unit}". Add them, each in some stratum.',
        "{where}：“{first}”抽中的单位有 {count} 个没有行，第一个是“{unit}”。请补上，并归入某一层。",
    ),
    "other_in_phase": (
        '{where}: {column!r} is what "{first}" added, but unit "{unit}" has {a!r} and not {b!r}. '
        "Take the column as it was drawn, or rename yours.",
        "{where}：“{column}”是“{first}”加的列，但单位“{unit}”是 {a!r}，不是 {b!r}。请用抽样时的列，或给自己的列改名。",
    ),
    "no_phases": (
        "{where}: it is not of two phases: its own rows are what its roles tell. Score sample.units.",
        "{where}：不是两相样本，roles 说的就是它自己的行。请直接用 sample.units 计分。",
    ),
    "other_rows": (
        "{where}: these are not the values that were drawn from. verify(sample, table) names what differs.",
        "{where}：这些不是抽样时的值。verify(sample, table) 会指出不同之处。",
    ),
}
