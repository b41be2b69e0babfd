"""Groups of opinion of a mass deliberation, whole process: `python -m benchmarks.opinion_groups [PERSONS [REPETITIONS]]`.

Each repetition is a process of its own that makes the votes (100,000 persons, 500 statements, 60 votes each) and finds the groups with
their stability and representative statements. CPU time includes the imports and the making of the votes. Once with three planted
groups, once with votes at random, where k-means and the map take longest.
"""

from __future__ import annotations

import json
import sys
import time

import numpy as np

from benchmarks.measuring import Measured, MeasuringError, process, summed, table
from delphi.opinions.votes import Votes

PERSONS, STATEMENTS, VOTES_EACH, GROUPS = 100_000, 500, 60, 3
SECONDS, GIB = 10.0, 1.0
KINDS = ("planted", "random")
AGREEING = 0.9
"""The planted groups have to come out at least so well, by the adjusted Rand index."""


def made(persons: int, is_planted: bool, seed: int = 1) -> tuple[Votes, np.ndarray]:
    """Votes of persons on statements dealt at random, and the planted group of each person."""
    rng = np.random.default_rng(seed)
    group = rng.integers(0, GROUPS, persons)
    opinion = rng.normal(0, is_planted * 1.0, (GROUPS, STATEMENTS)).astype(np.float32)
    statement = np.empty((persons, VOTES_EACH), dtype=np.int32)
    width = STATEMENTS // VOTES_EACH
    # One statement out of each of so many equal stretches: dealt at random, and nobody votes twice.
    statement[:] = np.arange(VOTES_EACH, dtype=np.int32) * width
    statement += rng.integers(0, width, statement.shape, dtype=np.int32)
    # The stretches end before the last statements; turning them round persons deals those as well.
    turn = rng.integers(0, STATEMENTS, persons, dtype=np.int32)[:, None]
    statement = np.sort((statement + turn) % STATEMENTS, axis=1)
    leaning = opinion[group[:, None], statement]
    leaning += rng.standard_normal(statement.shape, dtype=np.float32)
    vote = (leaning > 0.5).astype(np.int8) - (leaning < -0.5)
    starts = np.arange(persons + 1, dtype=np.int64) * VOTES_EACH
    return Votes(STATEMENTS, starts, statement.ravel(), vote.ravel()), group


def once(persons: int, kind: str) -> None:
    """Make votes and find the groups; print what came out and how long each took."""
    from delphi.opinions.opinion_groups import opinion_groups
    from delphi.opinions.stability import adjusted_rand

    start = time.process_time()
    votes, planted = made(persons, kind == "planted")
    ready = time.process_time()
    found = opinion_groups(votes)
    ended = time.process_time()
    agreeing = adjusted_rand(planted, found.group)
    said = (
        f"{found.n_votes:,} votes, {found.grouping.k} groups of {found.sizes.tolist()}, silhouette"
        f" {found.grouping.silhouette:.2f}, adjusted Rand index over resamples {found.stability.rand.mean():.2f},"
        f" with the planted groups {agreeing:.2f};"
        f" votes made in {ready - start:.1f} s, groups found in {ended - ready:.1f} s"
    )
    print(json.dumps({"said": said, "agreeing": agreeing}))


def measured(persons: int, repetitions: int) -> Measured:
    """CPU time and peak memory of whole processes, for both kinds of votes; planted groups have to be found."""
    found, remarks = [], []
    for kind in KINDS:
        costs = [
            process(["-m", "benchmarks.opinion_groups", "once", kind, str(persons)])
            for _ in range(repetitions)
        ]
        told = json.loads(costs[-1].output.strip().splitlines()[-1])
        if kind == "planted" and told["agreeing"] < AGREEING:
            raise MeasuringError(f"the planted groups were not found: {told['said']}")
        remarks.append(f"T15 {kind}: {told['said']}")
        what = f"opinion groups of {persons:,} x {STATEMENTS}, {kind} votes"
        found += [
            summed("T15", f"{what}, whole process, CPU", "s", [one.cpu for one in costs], SECONDS),
            summed("T15", f"{what}, wall clock", "s", [one.wall for one in costs], None),
            summed("T15", f"{what}, peak memory, GiB", "G", [one.peak_gib for one in costs], GIB),
        ]
    return Measured(found, remarks)


def main(arguments: list[str]) -> None:
    """Measure, or compute once in a child."""
    if arguments[:1] == ["once"]:
        once(int(arguments[2]), arguments[1])
        return
    persons = int(arguments[0]) if arguments else PERSONS
    repetitions = int(arguments[1]) if len(arguments) > 1 else 3
    found = measured(persons, repetitions)
    print(table(found.results), *found.remarks, sep="\n")


if __name__ == "__main__":
    main(sys.argv[1:])
