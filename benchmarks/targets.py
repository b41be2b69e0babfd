"""What each target measures: pairs of processes that ran one after the other, and the ratio of their CPU time."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from math import log, sqrt
from pathlib import Path
from typing import Any

from benchmarks.cells import compared
from benchmarks.from_parquet import results_of
from benchmarks.generate import GROUPS, flawed, long_of_study, long_parquet, scattered, study_folder
from benchmarks.measuring import Cost, Measured, MeasuringError, apart, process, repeated, summed
from benchmarks.opinion_groups import PERSONS
from benchmarks.opinion_groups import measured as votes_grouped
from benchmarks.server import prefect_server

MILLION = 1_000_000
BYTES_PER_ANSWER = 1.0
"""More than a long file takes on the disk."""
APART = 2.3
"""Ends of two bootstrap intervals lie in the mean about 0.77 / sqrt(draws) of their width apart, of a normal statistic; three times
as much is no chance."""
MADE = (".received", "outputs", "journal.jsonl", "pseudonym.key", "*.duckdb*")
ITEMS, WAVES = 80, 3


@dataclass(frozen=True)
class Sizes:
    """How much is measured. `cells`, `plain` and `vectorised`: of the bootstrap, and of how many SciPy's way is
    timed; `persons`: of those who vote."""

    small: int = 3_500_000
    large: int = 100 * MILLION
    studies: int = 29
    pairs: int = 5
    large_pairs: int = 3
    respondents: int = 60
    items: int = ITEMS
    cells: int = 1200
    draws: int = 1000
    plain: int = 24
    vectorised: int = 120
    persons: int = PERSONS


def help_(_folder: Path, sizes: Sizes) -> Measured:
    """The lightest command."""
    values = repeated(sizes.pairs, lambda _: process(["-m", "benchmarks.as_installed", "--help"]).cpu)
    return Measured([summed("help", "delphi --help", "s", values, 0.3)])


def typical(folder: Path, sizes: Sizes) -> Measured:
    """The typical study from nothing, without and with the report."""
    study = study_folder(folder / "typical", sizes.respondents, sizes.items)
    long = long_of_study(study, folder / "typical.parquet")
    until, bare, ratios = [], [], []
    for _ in range(sizes.pairs):
        until.append(fresh_run(study, "--until", "verdicts").cpu)
        bare.append(bare_query([long]).cpu)
        clean(study)
        ratios.append(stage_seconds(stages(study), "statistics") / bare[-1])
    report = repeated(sizes.pairs, lambda _: fresh_run(study).cpu)
    return Measured(
        [
            summed("T10", "typical study, run --direct --until verdicts, whole process", "s", until, 2.0),
            summed("T10", "its statistics stage (3 waves) / bare GROUP BY process", "x", ratios, 3.0),
            summed("", "bare GROUP BY process over the same answers", "s", bare, None),
            summed("T10", "typical study with the report, whole process", "s", report, 5.0),
        ]
    )


def again(folder: Path, sizes: Sizes) -> Measured:
    """The same run once more, nothing having changed."""
    study = study_folder(folder / "again", sizes.respondents, sizes.items)

    def ratio(_: int) -> float:
        clean(study)
        first = stages(study)
        return stage_seconds(stages(study)) / stage_seconds(first)

    values = repeated(sizes.pairs, ratio)
    return Measured([summed("T14", "run again / first run, all stages up to verdicts", "x", values, 0.2)])


def orchestrated(folder: Path, sizes: Sizes) -> Measured:
    """The typical study as a Prefect flow against an empty flow on the same server and a direct run."""
    study = study_folder(folder / "orchestrated", sizes.respondents, sizes.items)
    ratios, walls = [], []
    with prefect_server(folder / "prefect") as settings:
        process(["-m", "benchmarks.empty_flow", "2"], settings)
        for _ in range(sizes.pairs):
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
    return Measured(
        [
            summed("T12", "as a Prefect flow / (as many empty tasks + direct run)", "x", ratios, 1.3),
            summed("T12", "the same in wall clock", "x", walls, 1.3),
        ]
    )


def from_parquet_small(folder: Path, sizes: Sizes) -> Measured:
    """Statistics of 3.5 M answers against the bare query, and plain SQL against the statistics."""
    path, told = made(folder, sizes.small), millions(sizes.small)
    ratios, _ = paired([path], sizes.pairs)
    same = as_grouped(path)
    found = [summed("T1", f"{told} answers, Parquet to statistics / bare GROUP BY", "x", ratios, 3.0)]
    for way in ("join", "lag"):
        values = []
        for _ in range(3):
            theirs = process(["-m", "benchmarks.plain_sql", str(path), way])
            values.append(theirs.cpu / statistics([path]).cpu)
        what = f"{told}: only the moves in SQL by {way} / all our statistics"
        found.append(summed("", what, "x", values, None))
    return Measured(found, [f"T1 {told}: {same:,} numbers are those that the bare GROUP BY counts"])


def from_parquet_large(folder: Path, sizes: Sizes) -> Measured:
    """Statistics of 100 M answers: time, memory, growth."""
    small = made(folder, sizes.small)
    large, told = made(folder, sizes.large), millions(sizes.large)
    ratios, costs = paired([large], sizes.large_pairs)
    same = as_grouped(large)
    small_costs = [statistics([small]) for _ in costs]
    times = log(sizes.large / sizes.small)
    growth = [log(one.cpu / other.cpu) / times for one, other in zip(costs, small_costs, strict=True)]
    started = [
        log(without_imports(one) / without_imports(other)) / times
        for one, other in zip(costs, small_costs, strict=True)
    ]
    alone = [log(on_counts(large) / on_counts(small)) / times for _ in range(sizes.large_pairs)]
    shuffled = apart(scattered, large, folder / "scattered.parquet")
    worst, worst_costs = paired([shuffled], sizes.large_pairs)
    same += as_grouped(shuffled)
    shuffled.unlink()
    what = "answers, Parquet to statistics"
    return Measured(
        [
            summed("T1", f"{told} {what} / bare GROUP BY, by respondent", "x", ratios, 3.0),
            summed("T1", f"{told} {what} / bare GROUP BY, respondents shuffled", "x", worst, 3.0),
            summed("", f"{told} {what}", "s", [one.cpu for one in costs], None),
            summed("T7", f"peak memory at {told} answers, GiB", "G", [one.peak_gib for one in costs], 0.75),
            summed("T7", "  respondents shuffled", "G", [one.peak_gib for one in worst_costs], 0.75),
            summed("T8", f"growth exponent from {millions(sizes.small)} to {told} answers", "", growth, 1.05),
            summed("T8", "  without start and imports", "", started, 1.05),
            summed(
                "", "growth exponent of the statistics alone, once the answers are counted", "", alone, None
            ),
        ],
        [f"T1 {told}: {same:,} numbers of both files are those that the bare GROUP BY counts"],
    )


def many_studies(folder: Path, sizes: Sizes) -> Measured:
    """Several studies in one process, file by file."""
    paths = [
        apart(
            long_parquet,
            folder / f"study{number:02d}.parquet",
            sizes.small,
            ITEMS,
            WAVES,
            len(GROUPS),
            number + 1,
        )
        for number in range(sizes.studies)
    ]
    ratios, costs = paired(paths, sizes.pairs)
    same = sum(as_grouped(path) for path in paths)
    what = f"{sizes.studies} studies of {millions(sizes.small)} answers, Parquet to statistics"
    found = [
        summed("T2", f"{what} / bare GROUP BY", "x", ratios, 2.5),
        summed("", f"{what}", "s", [one.cpu for one in costs], None),
        summed("", "their peak memory, GiB", "G", [one.peak_gib for one in costs], None),
    ]
    for path in paths:
        path.unlink()
        results_of(path).unlink(missing_ok=True)
    return Measured(found, [f"T2: {same:,} numbers of all studies are those that the bare GROUP BY counts"])


def peers_typical(folder: Path, sizes: Sizes) -> Measured:
    """The typical study against loops of pandas, SciPy and statsmodels."""
    study = study_folder(folder / "peers", sizes.respondents, sizes.items)
    long = long_of_study(study, folder / "peers.parquet")
    return beside_peers(
        long, f"typical study ({sizes.respondents} x {sizes.items} x {WAVES})", 10.0, sizes.pairs
    )


def peers_small(folder: Path, sizes: Sizes) -> Measured:
    """3.5 M answers against the same loops."""
    long = made(folder, sizes.small)
    return beside_peers(long, f"{millions(sizes.small)} answers", 50.0, sizes.large_pairs)


def beside_peers(long: Path, told: str, bound: float, times: int) -> Measured:
    """How many times as long the peers take, whole processes and without starts and imports; and whether the numbers agree."""
    from benchmarks import peers

    theirs = long.with_suffix(".peers.duckdb")
    found, remarks = [], []
    for way, limit in (("loop", bound), ("groupby", None)):
        whole, without = [], []
        for _ in range(times):
            ours = statistics([long])
            theirs.unlink(missing_ok=True)
            peer = process(["-m", "benchmarks.peers", way, str(long), str(theirs)])
            whole.append(peer.cpu / ours.cpu)
            without.append(without_imports(peer) / without_imports(ours))
        what = f"{told}: peers {'in a loop' if way == 'loop' else 'by groupby'} / our statistics"
        found += [
            summed("T4", f"{what}, whole processes", "x", whole, limit, at_least=True),
            summed("T4", f"{what}, without start and imports", "x", without, limit, at_least=True),
        ]
        agreed = apart(peers.compared, results_of(long), theirs)
        if not agreed.compared or agreed.apart or agreed.largest > 1e-9:
            raise MeasuringError(f"the numbers of the peers differ from ours: {agreed}")
        alpha = _told(peer)["krippendorff"]
        remarks.append(
            f"T4 {told}, {way}: {agreed.compared:,} numbers of both compared, none on one side only, largest difference"
            f" {agreed.largest:.1e} ({agreed.worst}); the last run took {peer.cpu:.1f} s ({_told(peer)['imports']:.1f} s of it"
            f" imports) against {ours.cpu:.2f} s ({_told(ours)['imports']:.2f} s); alpha by"
            f" {f'krippendorff {alpha}' if alpha else 'its formula in numpy, the package krippendorff not being installed'}"
        )
    theirs.unlink(missing_ok=True)
    return Measured(found, remarks)


def bootstrap(_folder: Path, sizes: Sizes) -> Measured:
    """Bootstrap intervals against `scipy.stats.bootstrap`."""
    arguments = [str(one) for one in (sizes.cells, sizes.draws, sizes.plain, sizes.vectorised)]
    runs = [_told(process(["-m", "benchmarks.bootstrap", *arguments])) for _ in range(sizes.pairs)]
    told = f"bootstrap, {sizes.draws:,} draws, {sizes.cells:,} cells: SciPy"
    found = []
    for way, said in (("plain", "of a plain function"), ("vectorised", "of a vectorised one")):
        ratios = [
            sum(row[way] for row in run.values()) / sum(row["ours"] for row in run.values()) for run in runs
        ]
        found.append(summed("T6", f"{told} {said} / here, basket", "x", ratios, 20.0, at_least=True))
        found += [
            summed("", f"  {name}", "x", [run[name][way] / run[name]["ours"] for run in runs], None)
            for name in runs[0]
        ]
    seconds = [sum(row["ours"] for row in run.values()) for run in runs]
    found.append(summed("", "  the basket here", "s", seconds, None))
    apart = max(
        row[f"{way} apart"] for run in runs for row in run.values() for way in ("plain", "vectorised")
    )
    if apart > APART / sqrt(sizes.draws):
        raise MeasuringError(f"the intervals of SciPy lie {apart:.1%} of their width from ours in the mean")
    remark = (
        f"T6: SciPy timed on {sizes.plain} cells (plain) and {sizes.vectorised} (vectorised) and scaled; the ends of its intervals lie"
        f" at most {apart:.1%} of their width from ours in the mean, by other draws"
    )
    return Measured(found, [remark])


def validated(folder: Path, sizes: Sizes) -> Measured:
    """Validation of a long file by Pandera against plain SQL, with and without rows that stand twice."""
    large = made(folder, sizes.large)
    # A few wrong rows in each million, so that both have to fetch some.
    path = apart(flawed, large, folder / "flawed.parquet", min(MILLION, max(10, sizes.large // 100)))
    counts = [str(one) for one in (ITEMS, WAVES, len(GROUPS))]
    told, found, remarks = millions(sizes.large), [], []
    for more, said in (([], "ids and values"), (["again"], "and rows that stand twice")):
        ratios, peaks = [], []
        for _ in range(sizes.large_pairs):
            ours, theirs = (
                process(["-m", "benchmarks.long_checks", way, str(path), *counts, *more])
                for way in ("pandera", "sql")
            )
            if ours.output != theirs.output:
                raise MeasuringError(
                    f"Pandera found {ours.output.strip()}, plain SQL {theirs.output.strip()}"
                )
            ratios.append(ours.cpu / theirs.cpu)
            peaks.append(ours.peak_gib)
        found += [
            summed("T9", f"{told} rows validated by Pandera / plain SQL checks, {said}", "x", ratios, 2.5),
            summed("T9", "  its peak memory, GiB", "G", peaks, 0.5),
        ]
        remarks.append(
            f"T9 {said}: both found {ours.output.strip()}; the last run took {ours.cpu:.1f} s against {theirs.cpu:.1f} s"
            f" ({theirs.peak_gib:.2f} GiB)"
        )
    path.unlink()
    return Measured(found, remarks)


def one_large_study(folder: Path, sizes: Sizes, answers: int) -> Measured:
    """One study of so many answers: memory, time, ratio to the bare query."""
    needed, free = answers * BYTES_PER_ANSWER, shutil.disk_usage(folder).free
    if free < needed:
        raise MeasuringError(
            f"{needed / 2**30:.1f} GiB of disk needed, {free / 2**30:.1f} GiB free in {folder}"
        )
    path, told = made(folder, answers), millions(answers)
    ratios, costs = paired([path], sizes.large_pairs)
    same = as_grouped(path)
    return Measured(
        [
            summed(
                "T7",
                f"peak memory, one study of {told} answers, GiB",
                "G",
                [one.peak_gib for one in costs],
                1.5,
            ),
            summed("", f"{told} answers, Parquet to statistics", "s", [one.cpu for one in costs], None),
            summed("", "  the same in wall clock", "s", [one.wall for one in costs], None),
            summed("", "  / bare GROUP BY", "x", ratios, None),
        ],
        [f"T7 {told}: {same:,} numbers are those that the bare GROUP BY counts"],
    )


def made(folder: Path, answers: int) -> Path:
    """One study of so many answers; a file that stands there whole is taken again."""
    path = folder / f"{answers}.parquet"
    if not path.exists():
        apart(long_parquet, path.with_suffix(".part"), answers).rename(path)
    return path


def opinion_groups(_folder: Path, sizes: Sizes) -> Measured:
    """Groups of opinion of a mass deliberation."""
    return votes_grouped(sizes.persons, sizes.large_pairs)


def as_grouped(path: Path) -> int:
    """How many numbers of a measured file are those of the bare query."""
    return apart(compared, path, results_of(path))


def paired(paths: Sequence[Path], times: int) -> tuple[list[float], list[Cost]]:
    """Our statistics against the bare query, one after the other; the first pair only warms the disk."""
    bare_query(paths)
    ours, ratios = [], []
    for _ in range(times):
        floor = bare_query(paths)
        ours.append(statistics(paths))
        ratios.append(ours[-1].cpu / floor.cpu)
    return ratios, ours


def bare_query(paths: Sequence[Path]) -> Cost:
    """A process that only groups the files."""
    return process(["-m", "benchmarks.bare", *map(str, paths)])


def statistics(paths: Sequence[Path]) -> Cost:
    """All statistics but the bootstrap, into new DuckDB files."""
    for path in paths:
        results_of(path).unlink(missing_ok=True)
    return process(["-m", "benchmarks.from_parquet", *map(str, paths)])


def without_imports(cost: Cost) -> float:
    """CPU seconds of a process but its start and imports, which it tells."""
    return cost.cpu - float(_told(cost)["imports"])


def _told(cost: Cost) -> dict[str, Any]:
    """What a process printed in its last line."""
    told: dict[str, Any] = json.loads(cost.output.strip().splitlines()[-1])
    return told


def on_counts(path: Path) -> float:
    """CPU seconds of the statistics once the file is counted."""
    return float(json.loads(process(["-m", "benchmarks.on_counts", str(path)]).output)["seconds"])


def millions(answers: int) -> str:
    """A number of answers as the table has it."""
    return f"{answers / MILLION:,.6g} M"


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
