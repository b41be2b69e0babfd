"""SIGKILL at random moments of a run, a rebuild or a publication; the next run has to end as an undisturbed one."""

from __future__ import annotations

import os
import random
import shutil
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.faults import forked
from tests.faults.completing import Whole, wrong_after_a_fault, wrong_in_the_end
from tests.faults.tally import Tally

BAR = 300


@dataclass(frozen=True)
class Start:
    """A study at one moment of its life, what is then done to it, and how long that takes undisturbed."""

    name: str
    template: Path
    action: Callable[[Path], Callable[[], Any]]
    seconds: float


def undisturbed(work: Path) -> tuple[Whole, list[Start]]:
    """The end of an undisturbed run, and the moments from which killed ones start."""
    new = forked.put_study(work / "new" / "barriers")
    half = forked.put_study(work / "half" / "barriers", waves=(1,))
    done = forked.put_study(work / "done" / "barriers")
    said = work / "said.json"
    _expect(forked.in_child(forked.run_study(done), said))
    timed = forked.copy_study(new, work / "timed")
    began = time.monotonic()
    _expect(forked.in_child(forked.run_study(timed), said))
    run_seconds = time.monotonic() - began
    _expect(forked.in_child(forked.run_study(half), said))
    shutil.copy2(done / "r2.csv", half / "r2.csv")
    found = forked.in_child(forked.verify_study(done), said).result
    page = (done / "outputs" / "report.html").read_bytes()
    unpublished = work / "unpublished" / "barriers"
    shutil.copytree(done, unpublished)
    (unpublished / "outputs" / "report.html").unlink()
    lost = work / "lost" / "barriers"
    shutil.copytree(done, lost)
    (lost / "barriers.duckdb").unlink()
    (lost / "barriers.duckdb.sha256").unlink()
    return Whole(found["tables"], page, forked.files_of(done)), [
        Start("first run", new, forked.run_study, run_seconds),
        Start("next round", half, forked.run_study, run_seconds),
        Start("publication", unpublished, forked.run_study, run_seconds / 2),
        Start("rebuild", done, forked.rebuild_study, run_seconds),
        Start("rebuild of a lost warehouse", lost, forked.rebuild_study, run_seconds),
    ]


def kill_once(start: Start, after: float, whole: Whole, place: Path) -> tuple[bool, list[str]]:
    """Kill the action after some seconds, look, run again; returns whether it was still at work, and what was wrong."""
    root = forked.copy_study(start.template, place)
    said = place / "said.json"
    child = forked.start(start.action(root), said)
    time.sleep(after)
    with suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL)
    first = forked.ended(child, said)
    wrong = [first.broken] if first.broken else []
    wrong += wrong_after_a_fault(root, said)
    return first.was_killed, wrong + wrong_in_the_end(root, whole, said)


def kill_often(work: Path, seed: int, kills: int, until: float) -> Tally:
    """Kill at random moments, at least so often, and until a moment of the monotonic clock."""
    forked.warm_up()
    rng, tally = random.Random(seed), Tally("killing")
    whole, starts = undisturbed(work)
    latest = {start.name: start.seconds for start in starts}
    number = 0
    while tally.tried["kill"] < kills or time.monotonic() < until:
        start = starts[number % len(starts)]
        after = rng.uniform(0, latest[start.name])
        was_killed, wrong = kill_once(start, after, whole, work / "trial")
        # The time that is drawn from follows what the machine needs, so that most kills find somebody at work.
        latest[start.name] *= 1.01 if was_killed else 0.95
        tally.tried["kill" if was_killed else "ended before its kill"] += 1
        tally.tried[start.name] += was_killed
        if wrong:
            tally.violations.append(
                f"P15: {start.name}, killed after {after:.4f} s, seed {seed}: {'; '.join(wrong)}"
            )
        number += 1
    return tally


def soak(seconds: float, seed: int, work: Path) -> Tally:
    """At least 300 kills."""
    with TemporaryDirectory(dir=work) as place:
        tally = kill_often(Path(place), seed, 0, time.monotonic() + seconds)
    tally.wanted["kill"] = BAR
    return tally


def _expect(ended: forked.Ended) -> None:
    if ended.status:
        raise RuntimeError(f"an undisturbed run failed: {ended}")
