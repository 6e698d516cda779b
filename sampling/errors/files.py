"""What can be wrong with a frame in files, and with the engine that reads it, in English and Chinese."""

from __future__ import annotations

TEMPLATES: dict[str, tuple[str, str]] = {
    "needs_package": (
        "{where}: frames in files need {packages}. Install them: pip install 'minyi[large]', for a Dask cluster "
        "'minyi[cluster]'.",
        "{where}：读文件名单需要 {packages}。请安装：pip install 'minyi[large]'，Dask 集群用 'minyi[cluster]'。",
    ),
    "bad_engine": (
        "{where}: engine= takes DuckDB(…) or a Dask client; it is a {found}.",
        "{where}：engine= 要给 DuckDB(…) 或 Dask 的 Client，现在是 {found}。",
    ),
    "not_from_files": (
        "{where}: {found} cannot be drawn from files; SimpleRandom, Bernoulli and Poisson can, in strata or without, "
        "with a whole number, Proportional or Equal, or what is stated for each stratum. Where the frame fits into "
        "memory: draw(pd.read_parquet(path), …).",
        "{where}：{found} 不能直接从文件抽；能抽的有 SimpleRandom、Bernoulli、Poisson，可分层，样本量用整数、"
        "Proportional、Equal 或按层给出的数。内存放得下时请用 draw(pd.read_parquet(path), …)。",
    ),
    "no_parquet": (
        "{where}: {path} must be a Parquet file, or a folder that holds *.parquet files and nothing else; found "
        "{found}. Correct the path, or put the files into one folder.",
        "{where}：{path} 必须是 Parquet 文件，或只含 *.parquet 文件的文件夹；现有 {found}。请改路径，或把文件放进同一文件夹。",
    ),
    "bad_parquet": (
        "{where}: {file} cannot be read as Parquet: {fault}. Write it again.",
        "{where}：{file} 不能按 Parquet 读取：{fault}。请重新生成。",
    ),
    "unlike_files": (
        "{where}: all files must have the same columns, of the same types and in the same order; {file} has {b}, "
        "{first} has {a}. Write it again like the others.",
        "{where}：各文件的列名、类型和顺序必须相同；{file} 是 {b}，{first} 是 {a}。请按其他文件重新生成。",
    ),
    "column_type": (
        "{where}: {column!r} holds {found}, which cannot be read from files here: ids and strata are texts, numbers or "
        "truth values, sizes are numbers. Write it as one of these.",
        "{where}：“{column}”的类型是 {found}，不能用：编号和层要是文本、数字或真假值，规模要是数字。请改成其中一种。",
    ),
}
