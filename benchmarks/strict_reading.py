"""Strict reading of delimited text beside Python's csv module alone: `python -m benchmarks.strict_reading [MEGABYTES]`.

Each reads the same wide export with comments in a process of its own; printed are the ratio of CPU seconds, pair by pair, and the
most memory that strict reading held.
"""

from __future__ import annotations

import json
import random
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

PAIRS = 3
ITEMS = 60
BOUND, MEMORY_MIB = 3.0, 300


def write_export(path: Path, megabytes: int) -> None:
    """A wide export: a key, ratings of 60 items, and a comment on each tenth, some of them quoted."""
    rng = random.Random(1)
    columns = [f"s{n:02d}" for n in range(ITEMS)] + [f"s{n:02d}_comment" for n in range(0, ITEMS, 10)]
    words = [
        "the",
        "of",
        "and",
        "to",
        "in",
        "a",
        "is",
        "that",
        "for",
        "it",
        "as",
        "was",
        "with",
        "be",
        "by",
        "on",
        "not",
        "he",
        "his",
        "but",
        "at",
        "are",
    ]
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write("respondent_id," + ",".join(columns) + "\n")
        number = 0
        while file.tell() < megabytes << 20:
            lines = []
            for _ in range(1000):
                number += 1
                ratings = [str(rng.randrange(1, 10)) for _ in range(ITEMS)]
                comments = [
                    '"' + " ".join(rng.choices(words, k=30)) + ', ""so""."' if rng.random() < 0.5 else ""
                    for _ in range(6)
                ]
                lines.append(",".join([f"p{number:08d}", *ratings, *comments]))
            file.write("\n".join(lines) + "\n")


def read_alone(path: Path) -> int:
    """Every record by the csv module."""
    import csv

    with path.open(encoding="utf-8", newline="") as file:
        return sum(1 for _ in csv.reader(file))


def read_strictly(path: Path) -> int:
    """Every record by the reader of this package."""
    from delphi.ingest.reading import read_table
    from delphi.ingest.received import take
    from delphi.study import Dialect

    taken = take(path)
    return read_table(taken.data, Dialect(platform="csv"), taken.file_name, taken.sha256).records + 1


def measured(how: str, path: Path) -> tuple[float, float, int]:
    """CPU seconds, MiB held at most, and records, of one way of reading."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.strict_reading", how, str(path)],
        capture_output=True,
        text=True,
        check=True,
    )
    return tuple(json.loads(done.stdout))  # type: ignore[return-value]


def main(arguments: list[str]) -> None:
    """Measure pairs, or read once in a child."""
    if arguments and arguments[0] in ("alone", "strictly"):
        n = (read_alone if arguments[0] == "alone" else read_strictly)(Path(arguments[1]))
        used = resource.getrusage(resource.RUSAGE_SELF)
        print(json.dumps([used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, n]))
        return
    megabytes = int(arguments[0]) if arguments else 200
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "export.csv"
        write_export(path, megabytes)
        ratios, most = [], 0.0
        for _ in range(PAIRS):
            alone, _, n = measured("alone", path)
            strictly, memory, m = measured("strictly", path)
            if n != m:
                raise SystemExit(f"{n} records by csv, {m} here")
            ratios.append(strictly / alone)
            most = max(most, memory)
            print(
                f"csv alone {alone:.2f} s, strictly {strictly:.2f} s, ratio {ratios[-1]:.2f}, {memory:.0f} MiB",
                flush=True,
            )
    print(
        f"{megabytes} MB: median ratio {statistics.median(ratios):.2f} (bound {BOUND}), {most:.0f} MiB (bound {MEMORY_MIB})"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
