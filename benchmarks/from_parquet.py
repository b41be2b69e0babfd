"""One process from a long Parquet file to its statistics in a DuckDB file; what T1, T7 and T8 measure."""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.generate import POINTS
from delphi.stages.parquet import statistics_of_parquet
from delphi.warehouse.counting_parquet import LongColumns

BANDS = {"percent_agreement": ("high", 7, 9), "bottom_box": ("low", 1, 3)}


def main() -> None:
    """Compute, and print how many rows were written."""
    source, results = (Path(argument) for argument in sys.argv[1:3])
    written = statistics_of_parquet(
        source, results, LongColumns(group="grp"), values=range(1, POINTS + 1), bands=BANDS
    )
    print(written)


if __name__ == "__main__":
    main()
