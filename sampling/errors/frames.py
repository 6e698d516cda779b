"""What can be wrong with a frame, its ids and its values, in English and Chinese."""

from __future__ import annotations

TEMPLATES: dict[str, tuple[str, str]] = {
    "no_column": (
        "{where}: column {column!r} is needed; the frame has {columns}. Rename or add the column.",
        "{where}：需要“{column}”列，名单只有 {columns}。请改列名或补上该列。",
    ),
    "empty_frame": (
        "{where}: the frame has no units. Check the file or the filter that made it.",
        "{where}：名单里没有任何单位。请检查文件或筛选条件。",
    ),
    "duplicate_ids": (
        '{where}: unit id must be unique; {count} repeat, first "{first}" (rows {row_a} and {row_b}). '
        "Remove the duplicate or give it its own id.",
        "{where}：编号必须唯一；有 {count} 个重复，第一个是“{first}”（第 {row_a} 行和第 {row_b} 行）。"
        "请删去重复的，或给它自己的编号。",
    ),
    "missing_value": (
        "{where}: {column!r} must not be empty; {count} are, first in row {row}. Fill it in or remove the row.",
        "{where}：“{column}”不能为空；有 {count} 处，第一处在第 {row} 行。请补上或删去该行。",
    ),
    "float_id": (
        "{where}: {column!r} holds the number {value!r}, which is no whole number below 10^15. "
        "Read the file with ids as text.",
        "{where}：“{column}”里是数字 {value!r}，不是 10^15 以内的整数。读文件时请把编号当作文本。",
    ),
    "forbidden_character": (
        "{where}: {column!r} must not hold control characters (U+001F, line breaks); row {row} does: {value!r}. "
        "Clean the value.",
        "{where}：“{column}”不能含控制字符（U+001F、换行）；第 {row} 行有：{value!r}。请清理。",
    ),
    "bad_size": (
        '{where}: size {column!r} must be a positive number; {count} are not, first {value!r} of unit "{unit}" '
        "(row {row}). Correct it or leave the unit out.",
        "{where}：规模“{column}”必须是正数；有 {count} 个不是，第一个是单位“{unit}”（第 {row} 行）的 {value!r}。"
        "请改正或去掉该单位。",
    ),
    "negligible_size": (
        '{where}: size {column!r} of unit "{unit}" is {value!r}, so small beside the others that its inclusion '
        "probability is {prob:.3g}. Correct it or leave the unit out.",
        "{where}：单位“{unit}”的规模“{column}”是 {value!r}，与其他单位相比太小，入样概率只有 {prob:.3g}。"
        "请改正或去掉该单位。",
    ),
    "bad_value": (
        '{where}: {column!r} must be a number; {count} are not, first {value!r} of unit "{unit}" (row {row}). '
        "Correct it or leave the unit out.",
        "{where}：“{column}”必须是数字；有 {count} 个不是，第一个是单位“{unit}”（第 {row} 行）的 {value!r}。"
        "请改正或去掉该单位。",
    ),
}
