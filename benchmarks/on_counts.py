"""CPU seconds of the statistics alone, once a long file is counted: they must not depend on how many persons were counted."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from statistics import median

from benchmarks.from_parquet import BANDS
from benchmarks.generate import POINTS
from delphi.stages.parquet import of_pairs, of_waves
from delphi.warehouse.counting_parquet import LongColumns, count_parquet

TIMES = 7


def main() -> None:
    """Count once, compute several times, print the median."""
    counted = count_parquet(Path(sys.argv[1]), LongColumns(group="grp"), values=range(1, POINTS + 1))
    seconds = []
    for _ in range(TIMES):
        start = time.process_time()
        of_waves(counted, BANDS)
        of_pairs(counted)
        seconds.append(time.process_time() - start)
    print(json.dumps({"seconds": median(seconds), "answers": int(counted.counts[:, :, 0].sum())}))


if __name__ == "__main__":
    main()
