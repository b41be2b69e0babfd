"""Strict reading of delimited text beside Python's csv module alone: `python -m benchmarks.strict_reading [MEGABYTES]`.

Each reads the same wide export with comments in a process of its own; printed are the ratio of CPU seconds, pair by pair, and the
most memory that strict reading held.
"""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
from pathlib import Path

from benchmarks.measuring import Cost, MeasuringError, process

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
    """Every record by the reader of this package, as `delphi run` reads a file that is new."""
    from delphi.ingest.reading import read_table
    from delphi.ingest.received import discard, take
    from delphi.study import Dialect

    taken = take(path, path.parent / ".received")
    table = read_table(taken.path, Dialect(platform="csv"), taken.file_name, taken.sha256)
    discard(taken)
    return table.records + 1


def measured(how: str, path: Path) -> Cost:
    """What one way of reading takes in a process of its own; its output is the number of records."""
    return process(["-m", "benchmarks.strict_reading", how, str(path)])


def main(arguments: list[str]) -> None:
    """Measure pairs, or read once in a child."""
    if arguments and arguments[0] in ("alone", "strictly"):
        print((read_alone if arguments[0] == "alone" else read_strictly)(Path(arguments[1])))
        return
    megabytes = int(arguments[0]) if arguments else 200
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "export.csv"
        write_export(path, megabytes)
        ratios, most = [], 0.0
        for _ in range(PAIRS):
            alone, strictly = measured("alone", path), measured("strictly", path)
            if alone.output != strictly.output:
                raise MeasuringError(f"{alone.output.strip()} records by csv, {strictly.output.strip()} here")
            ratios.append(strictly.cpu / alone.cpu)
            most = max(most, strictly.peak_gib * 1024)
            print(
                f"csv alone {alone.cpu:.2f} s, strictly {strictly.cpu:.2f} s, ratio {ratios[-1]:.2f}",
                flush=True,
            )
    print(
        f"{megabytes} MB: median ratio {statistics.median(ratios):.2f} (bound {BOUND}),"
        f" {most:.0f} MiB (bound {MEMORY_MIB})"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
