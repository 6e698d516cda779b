"""Messages of ranks, in English and Chinese."""

TEMPLATES: dict[str, tuple[str, str]] = {
    "unknown_ties": (
        "{where}: must be one of {known}; it is {value!r}. Choose one of these.",
        "{where}：只能是 {known} 之一，现在是 {value!r}。请从中选择。",
    ),
    "bad_tolerance": (
        "{where}: must be a number not below 0; it is {value!r}. Use 0 to tie only equal estimates.",
        "{where}：必须是不小于 0 的数，现在是 {value!r}。只让相等的并列请用 0。",
    ),
    "break_without_ordinal": (
        "{where}: ties are broken only where places are ordinal; ties is {value!r}. Take ties='ordinal', or leave out break_by.",
        "{where}：只有 ties='ordinal' 才用它分出先后，现在 ties 是 {value!r}。请改用 ties='ordinal'，或去掉 break_by。",
    ),
    "still_tied": (
        "{where}: {names} are still tied. Add what decides between them, or choose another rule for ties.",
        "{where}：{names} 仍然并列。请补充区分先后的依据，或改用其他并列规则。",
    ),
    "not_claims": (
        "{where}: must be a square matrix of true and false, a row and a column for each unit; it is {found}. "
        "Pass what sure_differences gives.",
        "{where}：必须是真假值的方阵，每个单位一行一列；现在是 {found}。请用 sure_differences 的结果。",
    ),
    "negative_error": (
        "{where}: a standard error must not be negative; at position {position} it is {value}. Correct it.",
        "{where}：标准误不能为负；位置 {position} 是 {value}。请改正。",
    ),
    "upside_down": (
        "{where}: an interval's low end must not be above its high end; at position {position} they are {low} and "
        "{high}. Swap or correct them.",
        "{where}：区间下限不能高于上限；位置 {position} 是 {low} 和 {high}。请对调或改正。",
    ),
    "not_a_count": (
        "{where}: counts must be whole numbers of at least 0; at position {position} there is {value}. Correct it.",
        "{where}：计数必须是不小于 0 的整数；位置 {position} 是 {value}。请改正。",
    ),
    "nothing_counted": (
        "{where}: all counts are 0. Leave the table out, or give what was counted.",
        "{where}：计数全为 0。请去掉此表，或给出计数。",
    ),
    "not_symmetric": (
        "{where}: must be symmetric; ({row}, {column}) is {value} but ({column}, {row}) is {mirror}. "
        "Pass the whole matrix, not a triangle.",
        "{where}：必须对称；({row}, {column}) 是 {value}，({column}, {row}) 却是 {mirror}。"
        "请给完整矩阵，不要只给三角。",
    ),
    "cov_not_semidefinite": (
        "{where}: must be positive semidefinite; as correlations its smallest eigenvalue is {value:.3g}. "
        "Check how it was estimated, or pass the nearest semidefinite matrix.",
        "{where}：必须半正定；化为相关系数后最小特征值是 {value:.3g}。"
        "请检查估计方法，或改用最接近的半正定矩阵。",
    ),
    "bad_draws": (
        "{where}: must be a whole number, for this level at least {least}; it is {value!r}. 10000 is usual.",
        "{where}：必须是整数，此置信水平至少 {least} 次，现在是 {value!r}。常用 10000。",
    ),
    "bad_seed": (
        "{where}: must be a whole number from 0 to 2**128 - 1; it is {value!r}. 0 will do.",
        "{where}：必须是 0 到 2**128 - 1 的整数，现在是 {value!r}。可用 0。",
    ),
    "df_shape": (
        "{where}: must be one number or a matrix of shape ({units}, {units}); its shape is {shape}. "
        "Pass a row and a column for each estimate, as in cov.",
        "{where}：必须是一个数，或形状为 ({units}, {units}) 的矩阵；现在形状是 {shape}。"
        "请与 cov 一样每个估计值一行一列。",
    ),
    "df_not_positive": (
        "{where}: must be above 0; ({row}, {column}) is {value}. Use inf where the variance is known.",
        "{where}：必须大于 0；({row}, {column}) 是 {value}。方差已知处请用 inf。",
    ),
}
