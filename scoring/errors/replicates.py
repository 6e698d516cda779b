"""Messages of replicates, in English and Chinese."""

TEMPLATES: dict[str, tuple[str, str]] = {
    "later_stages": (
        "{where}: units within the PSUs vary too, of a finite population, and replicates tell the first stage only. "
        "Declare psu and population of the first stage alone, or leave population out, which is cautious.",
        "{where}：初级单位之内还有有限总体的抽样，而复制权数只反映第一阶段。请只写第一阶段的 psu 与 population，"
        "或不写 population（偏谨慎）。",
    ),
    "nothing_varies": (
        "{where}: every unit is certain, so nothing varies. Estimate without replicates.",
        "{where}：所有单位都必然入样，没有抽样误差。请不用复制权数。",
    ),
    "lonely_replicate": (
        '{where}: stratum "{name}" has one sampled unit (certain ones apart), so it cannot be left out. Merge it with '
        "another stratum.",
        "{where}：层“{name}”（必中单位除外）只抽到一个单位，无法留一。请与其他层合并。",
    ),
    "unequal_in_stratum": (
        '{where}: probabilities differ within stratum "{name}", and this method takes them as equal. Use jackknife.',
        "{where}：层“{name}”内各单位的入样概率不同，而此法要求相同。请用 jackknife。",
    ),
    "not_pairs": (
        '{where}: each stratum must have two PSUs; "{name}" has {psus}, as have {count} strata another number. Use '
        "jackknife or bootstrap, or pair neighbours into strata.",
        "{where}：每层应恰有两个初级单位；“{name}”有 {psus} 个，这样的层共 {count} 个。请用 jackknife 或 bootstrap，或把相邻单位配成层。",
    ),
    "finite_pairs": (
        "{where}: half-samples take populations as infinite. Leave population and prob out, which is cautious, or use "
        "jackknife.",
        "{where}：半样本法把总体当作无限。请不写 population 与 prob（偏谨慎），或用 jackknife。",
    ),
    "bad_rho": (
        "{where}: must be at least 0 and below 1; it is {value!r}. 0.3 and 0.5 are usual.",
        "{where}：必须不小于 0 且小于 1，现在是 {value!r}。常用 0.3 或 0.5。",
    ),
    "bad_replicates": (
        "{where}: there must be at least 2; found {value!r}. 500 are usual.",
        "{where}：至少要 2 个，现在是 {value!r}。常用 500。",
    ),
    "bad_scales": (
        "{where}: scale must be above 0 and finite, and rscales {count} numbers not below 0. Take them from the "
        "publisher's notes.",
        "{where}：scale 须是大于 0 的有限数，rscales 须是 {count} 个不小于 0 的数。请照发布方的说明填写。",
    ),
    "bad_df": (
        "{where}: degrees of freedom must be above 0; they are {value!r}. Leave df out to have them counted.",
        "{where}：自由度必须大于 0，现在是 {value!r}。不填 df，则由程序计算。",
    ),
    "weight_from_nothing": (
        "{where}: row {row} has weight 0, yet weight in a replicate. Leave the row out, or correct its weights.",
        "{where}：第 {row} 行权数为 0，在某个复制中却有权数。请去掉该行，或改正权数。",
    ),
    "not_replicated": (
        "{where}: the survey has {found}, which replicates of its design do not know of. Make replicates of the survey "
        "before that.",
        "{where}：该调查已有 {found}，按设计生成的复制权数无法反映。请在此之前生成复制权数。",
    ),
    "lost_in_replicate": (
        "{where}: in replicate {replicate} an estimate has no answer left. Merge small domains, or use brr with rho, or "
        "the linearised error.",
        "{where}：第 {replicate} 个复制中某个估计没有回答可用。请合并过小的域，或用带 rho 的 brr，或用线性化误差。",
    ),
}
