"""Messages of surveys and their estimates, in English and Chinese."""

TEMPLATES: dict[str, tuple[str, str]] = {
    "no_column": (
        "{where}: column {column!r} is needed; the table has {columns}. Rename or add the column.",
        "{where}：需要“{column}”列，表中只有 {columns}。请改列名或补上该列。",
    ),
    "several": (
        "{where}: {count} faults:\n{english}",
        "{where}：有 {count} 处要改：\n{chinese}",
    ),
    "no_rows": (
        "{where}: the table has no rows. Check the file or the filter that made it.",
        "{where}：表中没有数据。请检查文件或筛选条件。",
    ),
    "missing_value": (
        "{where}: {column!r} must not be empty; {count} are, first in row {row}. Fill it in or remove the row.",
        "{where}：“{column}”不能为空；有 {count} 处，第一处在第 {row} 行。请补上或删去该行。",
    ),
    "bad_weight": (
        "{where}: weights must be numbers of at least 0; {column!r} has {value} in row {row}. Correct it.",
        "{where}：权数必须是不小于 0 的数；“{column}”第 {row} 行是 {value}。请改正。",
    ),
    "no_weight": (
        "{where}: all weights in {column!r} are 0. Give rows that count a weight.",
        "{where}：“{column}”中的权数全为 0。请给有效的行填上权数。",
    ),
    "stages": (
        "{where}: {role} has {given} columns, psu tells {stages} stages. Give at most one for each stage.",
        "{where}：{role} 有 {given} 列，而 psu 只有 {stages} 个阶段。请每阶段至多给一列。",
    ),
    "no_psu": (
        "{where}: psu has no column for stage {stage} of {stages}. Give one for each stage.",
        "{where}：psu 共 {stages} 个阶段，第 {stage} 阶段没有列。请每阶段给一列。",
    ),
    "not_constant": (
        '{where}: {column!r} must be the same in all rows of "{name}"; it is {a}, in row {row} {b}. Correct it.',
        "{where}：“{column}”在“{name}”各行必须一致；先是 {a}，第 {row} 行是 {b}。请改正。",
    ),
    "population_below_sample": (
        '{where}: stratum "{name}" has {sample} units in the sample and a population of {population}. '
        "Correct column {column!r}.",
        "{where}：层“{name}”样本有 {sample} 个单位，总体却只有 {population} 个。请改正“{column}”列。",
    ),
    "bad_prob": (
        "{where}: probabilities in {column!r} must be above 0 and at most 1; row {row} has {value}.",
        "{where}：“{column}”中的概率必须大于 0 且不大于 1；第 {row} 行是 {value}。",
    ),
    "not_a_psu": (
        "{where}: independent names {name!r}, which is no psu column; those are {known}. Name one of them.",
        "{where}：independent 写了 {name!r}，它不是 psu 列；psu 列有 {known}。请写其中之一。",
    ),
    "lonely_psu": (
        '{where}: stratum "{name}" has one sampled unit (certain ones apart) and more in the population, so its '
        "variance cannot be estimated. Merge it with another stratum.",
        "{where}：层“{name}”（必中单位除外）只抽到一个单位而总体不止一个，无法估计方差。请与其他层合并。",
    ),
    "lonely_average": (
        '{where}: stratum "{name}" has one sampled unit and more in the population, and no strata of the first stage '
        "to average over. Merge it with another stratum, or take lonely='adjust'.",
        "{where}：层“{name}”只抽到一个单位而总体不止一个，第一阶段又没有其他层可取平均。请与其他层合并，或用 lonely='adjust'。",
    ),
    "half_response": (
        "{where}: responded and cell go together; {missing} is not given. Give both or neither.",
        "{where}：responded 与 cell 必须一起给，现缺 {missing}。请同时给出，或都不给。",
    ),
    "bad_response": (
        "{where}: {column!r} must be true or false; row {row} has {value!r}. Correct it.",
        "{where}：“{column}”只能是真或假（1 或 0）；第 {row} 行是 {value!r}。请改正。",
    ),
    "responds_apart": (
        "{where}: rows of one unit of the last stage respond together; {column!r} in row {row} differs from its "
        "unit's first row. Name the respondents as a stage of psu, or leave missing answers of a respondent empty.",
        "{where}：最后阶段同一单位的各行应答情况必须一致；“{column}”第 {row} 行与该单位首行不同。"
        "请把受访者列为 psu 的一个阶段，或把受访者没有答的留空。",
    ),
    "empty_cell": (
        '{where}: nobody responded in cell "{name}" ({units} units drawn); {count} cells have too few respondents. '
        "Merge each with a similar cell.",
        "{where}：调整单元“{name}”（抽中 {units} 个）无人应答；应答太少的单元共 {count} 个。请与相近的单元合并。",
    ),
    "lonely_respondent": (
        '{where}: one of {units} units responded in cell "{name}", so its variance cannot be estimated; {count} cells '
        "have too few respondents. Merge each with a similar cell.",
        "{where}：调整单元“{name}”抽中 {units} 个，只有一个应答，无法估计方差；应答太少的单元共 {count} 个。"
        "请与相近的单元合并。",
    ),
    "answer_without_response": (
        "{where}: row {row} did not respond, yet has an answer to {variable!r}. Empty it, or mark the row as responded.",
        "{where}：第 {row} 行标为未应答，却有“{variable}”的回答。请清空，或标为已应答。",
    ),
    "no_answer": (
        "{where}: no valid answer to {variable!r}{domain}. Leave it out or collect more.",
        "{where}：“{variable}”{domain}没有有效回答。请去掉或补充调查。",
    ),
    "bad_disposition": (
        "{where}: codes are {known}; found also {found}. Recode them.",
        "{where}：处理结果代码只能是 {known}；另有 {found}。请重新编码。",
    ),
    "unknown_choice": (
        "{where}: must be one of {known}; it is {value!r}. Choose one of these.",
        "{where}：只能是 {known} 之一，现在是 {value!r}。请从中选择。",
    ),
    "not_numbers": (
        "{where}: must be numbers; {found}. Convert or leave out what is none.",
        "{where}：必须是数字；{found}。请转换或去掉不是数字的内容。",
    ),
    "not_shares": (
        "{where}: 'logit' is for shares from 0 to 1; {variable!r} is {value:.6g}. Take limits='t'.",
        "{where}：'logit' 只用于 0 到 1 之间的比例；“{variable}”是 {value:.6g}。请用 limits='t'。",
    ),
    "by_hides_result": (
        "{where}: by-column {column!r} has the name of a column of the result. Rename it.",
        "{where}：分组列“{column}”与结果中的列同名。请改名。",
    ),
    "bad_level": (
        "{where}: must lie between 0 and 1; it is {value!r}. 0.95 is usual.",
        "{where}：必须在 0 与 1 之间，现在是 {value!r}。常用 0.95。",
    ),
    "no_estimate": (
        "{where}: reads {found}, which is not among the estimates {known}. Name one of them.",
        "{where}：用到 {found}，它不在估计值 {known} 之中。请用其中的名称。",
    ),
    "not_of_arrays": (
        "{where}: gets every estimate as an array over all domains, and fails: {found}. Write it with numpy, such as "
        "np.log or np.where.",
        "{where}：每个估计值都是各估计域的数组，计算出错：{found}。请用 numpy 来写，如 np.log、np.where。",
    ),
    "across_domains": (
        "{where}: its value for one domain depends on others. Compare domains with contrast.",
        "{where}：一个估计域的值依赖其他域。域间比较请用 contrast。",
    ),
    "not_finite": (
        "{where}: must give finite numbers; ({domain}) has {value}. Leave out that domain or change the function.",
        "{where}：结果必须是有限数；（{domain}）是 {value}。请去掉该域或修改函数。",
    ),
    "no_domain": (
        "{where}: {domain!r} is no domain of the result; those are {known}. Name one of them.",
        "{where}：结果中没有估计域 {domain!r}；只有 {known}。请用其中的名称。",
    ),
    "bad_quantile": (
        "{where}: must be one or more shares, each above 0 and below 1; found {value!r}. 0.5 is the median.",
        "{where}：必须是一个或多个比例，每个大于 0 且小于 1；现在是 {value!r}。中位数是 0.5。",
    ),
    "negative_weight": (
        "{where}: no weight may be negative; row {row} has {value:g} after calibration. Calibrate with bounds of at "
        "least 0.",
        "{where}：权数不能为负；第 {row} 行校准后是 {value:g}。请用不小于 0 的界限校准。",
    ),
    "single_unit": (
        "{where}: all valid answers to {variable!r}{domain} come from one sampled unit, so the error cannot be estimated; "
        "domains like this: {count}. Merge domains, or leave it out.",
        "{where}：“{variable}”{domain}的有效回答全部来自一个抽样单位，无法估计误差；这样的域共 {count} 个。请合并域，或去掉。",
    ),
    "zero_denominator": (
        "{where}: the denominators of {variable!r}{domain} add up to 0. Check the column, or leave the domain out.",
        "{where}：“{variable}”{domain}的分母合计为 0。请检查该列，或去掉该域。",
    ),
    "overlapping_stages": (
        "{where}: overlapping samples have one stage, equal probabilities, units told by psu, and no adjustment or calibration.",
        "{where}：相互重合的样本只能是一个阶段，概率相同，要用 psu 说明单位，不能调整或校准权数。",
    ),
    "other_populations": (
        "{where}: overlapping samples are of one population; those of a stratum have {a:.0f} and {b:.0f} units.",
        "{where}：相互重合的样本要来自同一总体；同一层的总体却有 {a:.0f} 和 {b:.0f} 个单位。",
    ),
    "domain_of_samples": (
        "{where}: every domain must lie in one of the overlapping samples. Estimate by the column of samples.",
        "{where}：每个估计域只能属于一个样本。请按样本列估计。",
    ),
}
