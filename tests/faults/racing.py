"""Two who write, or write and read, at once: one waits or is told who holds the lock, and nothing is lost or doubled."""

from __future__ import annotations

import random
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.faults import forked
from tests.faults.completing import Whole, wrong_in_the_end
from tests.faults.killing import Start, undisturbed
from tests.faults.tally import Tally

BAR = 100
TOLD = {"locked", "missing_warehouse", "nothing_received"}
"""What one of two may be told: the other is at work, or has not begun."""
BETWEEN = {"missing_warehouse", "unfinished_run", "not_sealed", "not_as_sealed", "output_changed", "locked"}
"""What a reader may see of a study at which somebody else is at work."""


def race_once(start: Start, rng: random.Random, whole: Whole, place: Path) -> list[str]:
    """Two children on one study, a moment apart; returns what was wrong."""
    root = forked.copy_study(start.template, place)
    others = {"run": forked.run_study, "rebuild": forked.rebuild_study, "verify": forked.verify_study}
    name = rng.choice(["run", "run", "rebuild", "verify"])
    files = [place / "first.json", place / "second.json"]
    first = forked.start(start.action(root), files[0])
    time.sleep(rng.uniform(0, start.seconds))
    second = forked.start(others[name](root), files[1])
    found = [forked.ended(first, files[0]), forked.ended(second, files[1])]
    wrong = []
    for who, one in zip(("the first", f"the other, a {name},"), found, strict=True):
        if one.broken:
            wrong.append(f"{who} broke: {one.broken}")
        elif one.status and not set(one.codes) <= TOLD:
            wrong.append(f"{who} ended with {one.codes}")
        if name == "verify" and one.result and set(one.result["codes"]) - BETWEEN:
            wrong.append(f"{who} said {one.result['codes']}")
    return wrong + wrong_in_the_end(root, whole, files[0])


def race_often(work: Path, seed: int, races: int, until: float) -> Tally:
    """At least so many races, and until a moment of the monotonic clock."""
    forked.warm_up()
    rng, tally = random.Random(seed), Tally("racing")
    whole, starts = undisturbed(work)
    number = 0
    while number < races or time.monotonic() < until:
        start = starts[number % len(starts)]
        wrong = race_once(start, rng, whole, work / "trial")
        tally.tried["race"] += 1
        if wrong:
            tally.violations.append(f"P16: {start.name}, race {number} of seed {seed}: {'; '.join(wrong)}")
        number += 1
    return tally


def soak(seconds: float, seed: int, work: Path) -> Tally:
    """At least 100 races."""
    with TemporaryDirectory(dir=work) as place:
        tally = race_often(Path(place), seed, 0, time.monotonic() + seconds)
    tally.wanted["race"] = BAR
    return tally
