"""Draw from folders of Parquet files that no memory holds: through DuckDB, or on a Dask cluster.

A frame in files is drawn by two functions of one file, wherever they run: totals of its strata, and its
units with the smallest lottery numbers. What they find is drawn from by the same code as a frame in
memory, so sample and receipt are the same.
"""

from sampling.files.tasks import DuckDB as DuckDB
from sampling.files.walk import draw_files as draw_files
