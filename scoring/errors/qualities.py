"""Messages of checks on the answers themselves, in English and Chinese."""

TEMPLATES: dict[str, tuple[str, str]] = {
    "quality_index": (
        "{where}: the table and its ratings must have one index, without repeats; {found}. Read the ratings from this "
        "table, after reset_index().",
        "{where}：数据表与其评分须用同一索引，且不重复；现在{chinese}。请先 reset_index()，再由此表读取评分。",
    ),
    "quality_time": (
        "{where}: {column!r} must hold times (datetime64); it holds {found}. Convert it with pandas.to_datetime.",
        "{where}：{column!r} 须为时间（datetime64），现在是 {found}。请用 pandas.to_datetime 转换。",
    ),
    "quality_lacks": (
        "{where}: needs {needed}, and these sheets have none. Name its column in Sheets.of.",
        "{where}：需要 {needed}，而这些答卷没有。请在 Sheets.of 里写明列名。",
    ),
    "quality_number": (
        "{where}: {name} must be {must}; it is {value!r}. Correct it.",
        "{where}：{name} 必须{chinese}，现在是 {value!r}。请改正。",
    ),
    "quality_units": (
        "{where}: one unit for each of {rows} sheets is needed; {found} are given. Pass a column of the same table.",
        "{where}：{rows} 份答卷各须有一个单位，现在给了 {found} 个。请给出同一数据表的一列。",
    ),
}
