"""Measure everything that has a target and print one table.

python -m benchmarks.run [--large] [--targets T10,T14] [--json FILE] [--keep DIR]
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict
from math import log
from pathlib import Path

from benchmarks.generate import long_of_study, long_parquet, scattered, study_folder
from benchmarks.measuring import Cost, MeasuringError, Result, process, repeated, summed, table
from benchmarks.server import prefect_server

SMALL, LARGE = 3_500_000, 100_000_000
MADE = (".received", "outputs", "journal.jsonl", "pseudonym.key", "*.duckdb*")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.run", description="Speed and memory as ratios."
    )
    parser.add_argument("--large", action="store_true", help="also 100 M answers: T1, T7, T8")
    parser.add_argument("--targets", default="", help="only these, as T10,T14")
    parser.add_argument("--json", type=Path, help="also write the results here")
    parser.add_argument("--keep", type=Path, help="make the data here and leave it")
    options = parser.parse_args()
    wanted = {name.strip().upper() for name in options.targets.split(",") if name.strip()}
    with ExitStack() as stack:
        folder = options.keep or Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="delphi-bench-"))
        )
        folder.mkdir(parents=True, exist_ok=True)
        results, failures = measure(folder, wanted, options.large)
    print(table(results))
    for failure in failures:
        print(f"not measured: {failure}")
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    print(f"CPU time of the process unless said otherwise. {os.cpu_count()} cores, load {load} at the end.")
    if options.json:
        rows = [asdict(one) | {"met": one.met} for one in results]
        options.json.write_text(json.dumps({"results": rows, "load": os.getloadavg()}, indent=2) + "\n")


def measure(folder: Path, wanted: set[str], large: bool) -> tuple[list[Result], list[str]]:
    """All parts that were asked for; what fails is named and the rest goes on."""
    parts: list[tuple[set[str], Callable[[Path], list[Result]]]] = [
        ({"HELP"}, help_),
        ({"T10"}, typical),
        ({"T14"}, again),
        ({"T12"}, orchestrated),
        ({"T1", "PEERS"}, from_parquet_small),
    ]
    if large:
        parts.append(({"T1", "T7", "T8"}, from_parquet_large))
    results, failures = [], []
    for names, part in parts:
        if not wanted or names & wanted:
            try:
                results += part(folder)
            except MeasuringError as failure:
                failures.append(f"{'/'.join(sorted(names))}: {failure}")
    return results, failures


def help_(_folder: Path) -> list[Result]:
    """The lightest command."""
    values = repeated(5, lambda _: process(["-m", "benchmarks.as_installed", "--help"]).cpu)
    return [summed("help", "delphi --help", "s", values, 0.3)]


def typical(folder: Path) -> list[Result]:
    """The typical study from nothing, without and with the report."""
    study = study_folder(folder / "typical")
    long = long_of_study(study, folder / "typical.parquet")
    until, bare, ratios = [], [], []
    for _ in range(5):
        until.append(fresh_run(study, "--until", "verdicts").cpu)
        bare.append(process(["-m", "benchmarks.bare", str(long)]).cpu)
        clean(study)
        ratios.append(stage_seconds(stages(study), "statistics") / bare[-1])
    found = [
        summed("T10", "typical study, run --direct --until verdicts, whole process", "s", until, 2.0),
        summed("T10", "its statistics stage (3 waves) / bare GROUP BY process", "x", ratios, 3.0),
        summed("", "bare GROUP BY process over the same answers", "s", bare, None),
    ]
    report = repeated(5, lambda _: fresh_run(study).cpu)
    return [*found, summed("T10", "typical study with the report, whole process", "s", report, 5.0)]


def again(folder: Path) -> list[Result]:
    """The same run once more, nothing having changed."""
    study = study_folder(folder / "again")

    def ratio(_: int) -> float:
        clean(study)
        first = stages(study)
        return stage_seconds(stages(study)) / stage_seconds(first)

    return [summed("T14", "run again / first run, all stages up to verdicts", "x", repeated(5, ratio), 0.2)]


def orchestrated(folder: Path) -> list[Result]:
    """The typical study as a Prefect flow against an empty flow on the same server and a direct run."""
    study = study_folder(folder / "orchestrated")
    ratios, walls = [], []
    with prefect_server(folder / "prefect") as settings:
        process(["-m", "benchmarks.empty_flow", "2"], settings)
        for _ in range(5):
            direct = fresh_run(study, "--until", "verdicts")
            tasks = len(json.loads(direct.output)["steps"])
            empty = process(["-m", "benchmarks.empty_flow", str(tasks)], settings)
            clean(study)
            flow = process(
                ["-m", "benchmarks.as_installed", "run", str(study), "--json", "--until", "verdicts"],
                settings,
            )
            ratios.append(flow.cpu / (empty.cpu + direct.cpu))
            walls.append(flow.wall / (empty.wall + direct.wall))
    return [
        summed("T12", "as a Prefect flow / (as many empty tasks + direct run)", "x", ratios, 1.3),
        summed("T12", "the same in wall clock", "x", walls, 1.3),
    ]


def from_parquet_small(folder: Path) -> list[Result]:
    """Statistics of 3.5 M answers against the bare query, and plain SQL against the statistics."""
    path = long_parquet(folder / "small.parquet", SMALL)
    found = [paired("T1", "3.5 M answers, Parquet to statistics / bare GROUP BY", path, 5)[0]]
    for way in ("join", "lag"):
        values = []
        for _ in range(3):
            theirs = process(["-m", "benchmarks.plain_sql", str(path), way])
            values.append(theirs.cpu / statistics(path).cpu)
        found.append(
            summed("", f"3.5 M: only the moves in SQL by {way} / all our statistics", "x", values, None)
        )
    return found


def from_parquet_large(folder: Path) -> list[Result]:
    """Statistics of 100 M answers: time, memory, growth."""
    small = long_parquet(folder / "small.parquet", SMALL)
    large = long_parquet(folder / "large.parquet", LARGE)
    ratio, costs = paired(
        "T1", "100 M answers by respondent, Parquet to statistics / bare GROUP BY", large, 3
    )
    growth = repeated(3, lambda number: log(costs[number].cpu / statistics(small).cpu) / log(LARGE / SMALL))
    shuffled = scattered(large, folder / "scattered.parquet")
    worst, _ = paired("T1", "100 M answers, respondents shuffled / bare GROUP BY", shuffled, 3)
    return [
        ratio,
        worst,
        summed("", "100 M answers, Parquet to statistics", "s", [one.cpu for one in costs], None),
        summed("T7", "peak memory at 100 M answers, GiB", "G", [one.peak_gib for one in costs], 0.75),
        summed("T8", "growth exponent from 3.5 M to 100 M answers", "", growth, 1.05),
    ]


def paired(target: str, what: str, path: Path, times: int) -> tuple[Result, list[Cost]]:
    """Our statistics against the bare query, one after the other; the first pair only warms the disk."""
    process(["-m", "benchmarks.bare", str(path)])
    ours, ratios = [], []
    for _ in range(times):
        floor = process(["-m", "benchmarks.bare", str(path)])
        ours.append(statistics(path))
        ratios.append(ours[-1].cpu / floor.cpu)
    return summed(target, what, "x", ratios, 3.0), ours


def statistics(path: Path) -> Cost:
    """All statistics but the bootstrap, into a new DuckDB file."""
    results = path.with_suffix(".duckdb")
    results.unlink(missing_ok=True)
    return process(["-m", "benchmarks.from_parquet", str(path), str(results)])


def fresh_run(study: Path, *more: str) -> Cost:
    """A first run of a study."""
    clean(study)
    return process(["-m", "benchmarks.as_installed", "run", str(study), "--direct", "--json", *more])


def stages(study: Path) -> Cost:
    """The stages up to the verdicts with the CPU time of each."""
    return process(["-m", "benchmarks.as_installed", "--stages", str(study), "verdicts"])


def clean(study: Path) -> None:
    """Take away all that a run has made."""
    for path in (path for pattern in MADE for path in study.glob(pattern)):
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def stage_seconds(cost: Cost, stage: str | None = None) -> float:
    """Seconds of the stages of a run, or of one of them over all waves."""
    steps = json.loads(cost.output)["steps"]
    return sum(float(step["seconds"]) for step in steps if stage in (None, step["stage"]))


if __name__ == "__main__":
    main()
