"""What can be wrong with a sample that is there: releases, weights and receipts, in English and Chinese."""

from __future__ import annotations

TEMPLATES: dict[str, tuple[str, str]] = {
    "unreleased": (
        "{where}: it has reserves, so its probabilities are not settled. Release some of them, or none: "
        "release(sample, 0).",
        "{where}：含有候补单位，入样概率未定。请先启用候补，一个也不启用时用 release(sample, 0)。",
    ),
    "no_reserves": (
        "{where}: it has no reserves, or they were released before. Release from the sample as it was drawn.",
        "{where}：没有候补单位，或已经启用过。请从最初抽出的样本启用。",
    ),
    "strange_unit": (
        '{where}: {count} units of the sample are not in its receipt, first "{unit}". Take the sample as it was drawn.',
        "{where}：样本中有 {count} 个单位不在抽样凭证里，第一个是“{unit}”。请用最初抽出的样本。",
    ),
    "bad_replicate": (
        "{where}: a replicate needs a whole number of units of at least 1; it is {found!r}.",
        "{where}：每批备用样本的个数必须是不小于 1 的整数，现在是 {found!r}。",
    ),
    "bad_release": (
        "{where}: cannot release {found}. Give a whole number for every stratum, a share from 0.0 to 1.0, or a "
        "number for some of them by name.",
        "{where}：不能启用：{found}。请给每层一个整数、0.0 到 1.0 的比例，或按名称给某些层一个数。",
    ),
    "unknown_cells": (
        "{where}: {count} cells of the sample have no population count: {cells}. Add their counts or recode them.",
        "{where}：样本中有 {count} 个单元没有总体数：{cells}。请补上或重新编码。",
    ),
    "bad_counts": (
        "{where}: population counts must be numbers above 0, one for each cell; not so are {cells}. "
        "Correct or merge them.",
        "{where}：每个单元须有一个大于 0 的总体数；以下不是：{cells}。请改正或合并。",
    ),
    "empty_cells": (
        "{where}: {count} cells of the population have nobody in the sample: {cells}. Merge each with a similar cell.",
        "{where}：总体中有 {count} 个单元在样本中没有人：{cells}。请与相近的单元合并。",
    ),
    "bad_receipt": (
        "{where}: this version reads receipts of {version!r}; this one says {found!r}. "
        "Verify it with the version that wrote it.",
        "{where}：本版本只读 {version!r} 的抽样凭证，这份写的是 {found!r}。请用出具它的版本核验。",
    ),
    "damaged_receipt": (
        "{where}: {field!r} is missing or cannot be used. Take the receipt as it was written.",
        "{where}：缺少 {field!r} 或其内容不能用。请用原来的凭证。",
    ),
}
