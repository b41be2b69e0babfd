"""One process from long Parquet files to their statistics in DuckDB files beside them; what T1, T2, T4, T7 and T8 measure.

python -m benchmarks.from_parquet SOURCE...
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from benchmarks.generate import POINTS
from delphi.stages.parquet import statistics_of_parquet
from delphi.warehouse.counting_parquet import LongColumns

IMPORTS = time.process_time()
BANDS = {"percent_agreement": ("high", 7, 9), "bottom_box": ("low", 1, 3)}


def main() -> None:
    """Compute file by file; print how many rows were written, and what the start and the imports took."""
    written = 0
    for source in map(Path, sys.argv[1:]):
        written += statistics_of_parquet(
            source, results_of(source), LongColumns(group="grp"), values=range(1, POINTS + 1), bands=BANDS
        )
    print(json.dumps({"rows": written, "imports": IMPORTS}))


def results_of(source: Path) -> Path:
    """Where the statistics of a file go."""
    return source.with_suffix(".duckdb")


if __name__ == "__main__":
    main()
