"""Messages of hiding small groups, in English and Chinese."""

TEMPLATES: dict[str, tuple[str, str]] = {
    "linked_shapes": (
        "{where}: relations need a column for each value, and people, shared and cost one entry; found {found}. Give "
        "all for the same values.",
        "{where}：relations 每个数值一列，people、shared、cost 每个数值一项，现在是 {found}。请按同样的数值给出。",
    ),
    "total_of_few": (
        "{where}: a known total itself rests on fewer than {least} people, so hiding its parts does not help. Leave "
        "that total out of what is shown, or lower least.",
        "{where}：某个已知的合计本身不足 {least} 人，隐去其组成部分也无用。请不公布该合计，或调低 least。",
    ),
}
