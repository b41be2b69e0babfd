"""Measure everything that has a target and print one table.

python -m benchmarks.run [--large] [--size MILLIONS] [--targets T10,T14] [--json FILE] [--keep DIR]
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict
from functools import partial
from pathlib import Path

from benchmarks import targets
from benchmarks.measuring import Measured, MeasuringError, table
from benchmarks.targets import MILLION, Sizes

Part = tuple[set[str], Callable[[Path, Sizes], Measured]]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.run", description="Speed and memory as ratios."
    )
    parser.add_argument(
        "--large",
        action="store_true",
        help="also 100 M answers, and 3.5 M against peers: T1, T2, T4, T7, T8, T9, T15",
    )
    parser.add_argument("--size", type=int, default=0, help="also one study of so many million answers: T7")
    parser.add_argument("--targets", default="", help="only these, as T10,T14")
    parser.add_argument("--json", type=Path, help="also write the results here")
    parser.add_argument(
        "--keep",
        type=Path,
        help="make the data here and leave them; long files of an earlier run are taken again",
    )
    options = parser.parse_args()
    wanted = {name.strip().upper() for name in options.targets.split(",") if name.strip()}
    before = os.getloadavg()
    with ExitStack() as stack:
        folder = options.keep or Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="delphi-bench-"))
        )
        folder.mkdir(parents=True, exist_ok=True)
        found, failures = measure(folder, wanted, parts(options.large, options.size), Sizes())
    print(table(found.results))
    for remark in found.remarks:
        print(remark)
    for failure in failures:
        print(f"not measured: {failure}")
    start, end = (", ".join(f"{one:.1f}" for one in load) for load in (before, os.getloadavg()))
    print(
        f"CPU time of the process unless said otherwise. {os.cpu_count()} cores, load {start} at the start, {end} at the end."
    )
    if options.json:
        rows = [asdict(one) | {"met": one.met} for one in found.results]
        told = {"results": rows, "remarks": found.remarks, "load": [before, os.getloadavg()]}
        options.json.write_text(json.dumps(told, indent=2) + "\n")


def parts(large: bool, size: int) -> list[Part]:
    """What can be measured, by the targets that it prints."""
    found: list[Part] = [
        ({"HELP"}, targets.help_),
        ({"T10"}, targets.typical),
        ({"T14"}, targets.again),
        ({"T12"}, targets.orchestrated),
        ({"T1"}, targets.from_parquet_small),
        ({"T4"}, targets.peers_typical),
        ({"T6"}, targets.bootstrap),
    ]
    if large:
        found += [
            ({"T1", "T7", "T8"}, targets.from_parquet_large),
            ({"T2"}, targets.many_studies),
            ({"T4"}, targets.peers_small),
            ({"T9"}, targets.validated),
            ({"T15"}, targets.opinion_groups),
        ]
    if size:
        found.append(({"T7"}, partial(targets.one_large_study, answers=size * MILLION)))
    return found


def measure(folder: Path, wanted: set[str], possible: list[Part], sizes: Sizes) -> tuple[Measured, list[str]]:
    """All parts that were asked for; what fails is named and the rest goes on. Standard error tells how far it is."""
    found, failures = Measured([]), []
    for names, part in possible:
        if not wanted or names & wanted:
            told, start = "/".join(sorted(names)), time.perf_counter()
            try:
                one = part(folder, sizes)
            except MeasuringError as failure:
                failures.append(f"{told}: {failure}")
                print(f"not measured: {told}: {failure}", file=sys.stderr, flush=True)
                continue
            took = f"{told} in {time.perf_counter() - start:.0f} s, load {os.getloadavg()[0]:.1f} at the end"
            print(f"{took}\n{table(one.results)}", file=sys.stderr, flush=True)
            found = Measured(found.results + one.results, found.remarks + one.remarks)
    return found, failures


if __name__ == "__main__":
    main()
