"""Every fault tool for a given time: `python -m tests.faults.soak --minutes 20`, or `make soak MINUTES=20`.

Two tools work at once, each in a process of its own. A broken promise, or, when at least twenty minutes were given, a
tool that tried less than its bar, ends it with exit code 1.
"""

from __future__ import annotations

import argparse
import importlib
import json
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.faults.tally import Tally

SHARES = {
    "killing": 12.0,
    "fuzzing": 11.0,
    "injecting": 11.4,
    "racing": 3.8,
    "damaging": 0.9,
    "changing": 0.9,
}
"""Minutes of one core that each tool gets of forty; the heaviest begin first."""
AT_ONCE = 2
FULL = 20.0
ROOT = Path(__file__).resolve().parents[2]


def main(arguments: list[str]) -> int:
    """Run the tools and print what they found."""
    parser = argparse.ArgumentParser(prog="soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=FULL)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--only", choices=sorted(SHARES))
    parser.add_argument("--tool", choices=sorted(SHARES), help=argparse.SUPPRESS)
    parser.add_argument("--seconds", type=float, help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    if given.tool:
        with tempfile.TemporaryDirectory(prefix="soak-") as work:
            found = importlib.import_module(f"tests.faults.{given.tool}").soak(
                given.seconds, given.seed, Path(work)
            )
        print(json.dumps({**vars(found), "tried": dict(found.tried)}))
        return 0
    return soak(given.minutes, given.seed, given.only)


def soak(minutes: float, seed: int, only: str | None) -> int:
    """All tools, or one, in the time given."""
    shares = {only: 20.0} if only else SHARES
    print(f"soak: {minutes:g} minutes, seed {seed}", flush=True)
    seconds = {tool: 60 * minutes * AT_ONCE * share / 40 for tool, share in shares.items()}
    began = time.monotonic()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        tallies = list(pool.map(lambda tool: _in_process(tool, seconds[tool], seed), seconds))
    _print(tallies)
    broken = [violation for tally in tallies for violation in tally.violations]
    short = [tally.tool for tally in tallies if not tally.is_complete and not tally.left_out]
    print(f"{len(broken)} violations in {(time.monotonic() - began) / 60:.1f} minutes.")
    if short:
        print(f"Below the bar: {', '.join(short)}.")
    return 1 if broken or (short and minutes >= FULL) else 0


def _in_process(tool: str, seconds: float, seed: int) -> Tally:
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.soak", "--tool", tool, "--seconds", str(seconds), "--seed", str(seed)],
        capture_output=True, text=True, check=False, cwd=ROOT,
    )  # fmt: skip
    if done.returncode:
        return Tally(
            tool, violations=[f"the tool itself ended with {done.returncode}: {done.stderr[-2000:]}"]
        )
    said = json.loads(done.stdout.splitlines()[-1])
    tally = Tally(tool, wanted=said["wanted"], violations=said["violations"], left_out=said["left_out"])
    tally.tried.update(said["tried"])
    return tally


def _print(tallies: list[Tally]) -> None:
    print(f"{'tool':<10} {'kind':<28} {'tried':>7} {'wanted':>7}")
    for tally in tallies:
        for kind in sorted({*tally.tried, *tally.wanted}):
            print(f"{tally.tool:<10} {kind:<28} {tally.tried[kind]:>7} {tally.wanted.get(kind, ''):>7}")
        for reason in tally.left_out:
            print(f"{tally.tool:<10} left out: {reason}")
        for violation in tally.violations:
            print(f"{tally.tool:<10} VIOLATION {violation}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
