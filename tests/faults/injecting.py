"""A fault at each system call of a run: a full disk, a broken medium or a kill, at every write, sync, rename and unlink.

strace puts them in. Calls are told apart by kind and by how many of that kind came before, on files of the study alone.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.faults import forked
from tests.faults.completing import Whole, wrong_after_a_fault, wrong_in_the_end
from tests.faults.killing import undisturbed
from tests.faults.tally import Tally

CALLS = (
    "write",
    "pwrite64",
    "fsync",
    "fdatasync",
    "rename",
    "renameat",
    "renameat2",
    "unlink",
    "unlinkat",
    "ftruncate",
    "link",
    "linkat",
)
FAULTS = ("error=ENOSPC", "error=EIO", "signal=SIGKILL")
CLEAR = {0, 10, 11, 12}
RUN = """
import os, sys
os.umask(0o077)
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from delphi.cli.main import exit_code_of
sys.exit(exit_code_of(["run", sys.argv[1], "--direct", "--json"]))
"""


@dataclass(frozen=True)
class Fault:
    """The `number`-th call of a kind fails so."""

    call: str
    number: int
    how: str

    @property
    def is_kill(self) -> bool:
        """The process ends there and then."""
        return "SIGKILL" in self.how

    def __str__(self) -> str:
        return f"{self.call} {self.number} {self.how}"


def missing() -> str:
    """Why faults cannot be put in here; empty when they can."""
    if shutil.which("strace") is None:
        return "strace is not installed"
    tried = subprocess.run(["strace", "-o", "/dev/null", "true"], capture_output=True, check=False)
    return "" if tried.returncode == 0 else "strace may not trace here"


def traced(root: Path, log: Path, fault: Fault | None = None) -> subprocess.CompletedProcess[str]:
    """The command `delphi run --direct` under strace, with a fault or with none."""
    calls = ",".join(f"?{call}" for call in CALLS)
    inject = ["-e", f"inject={fault.call}:{fault.how}:when={fault.number}"] if fault else []
    wanted = f"trace={'?' + fault.call if fault else calls}"
    # Quicker, but with it strace injects errors and, without a word, no signals.
    filtered = [] if fault and fault.is_kill else ["--seccomp-bpf"]
    return subprocess.run(
        ["strace", "-f", *filtered, "-qq", "-y", "-o", str(log), "-e", wanted, *inject,
         sys.executable, "-c", RUN, str(root), str(Path(__file__).resolve().parents[2])],
        capture_output=True, text=True, check=False, timeout=120,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},  # else a first run has calls that no later one has
    )  # fmt: skip


def calls_of(log: Path, root: Path) -> list[tuple[str, int]]:
    """Kind and number of each call that touches the study, in a trace without faults; threads count for themselves."""
    count: Counter[tuple[str, str]] = Counter()
    found = []
    for line in log.read_text(encoding="utf-8", errors="replace").splitlines():
        match = re.match(r"(\d+)\s+(\w+)\(", line)
        if match is None or match[2] not in CALLS:
            continue
        count[match[1], match[2]] += 1
        if str(root) in line:
            found.append((match[2], count[match[1], match[2]]))
    return found


def try_fault(template: Path, fault: Fault, whole: Whole, place: Path) -> tuple[bool, list[str]]:
    """Run with a fault, look, and run again without; returns whether the call was reached, and what was wrong."""
    root = forked.copy_study(template, place)
    said, log = place / "said.json", place / "trace"
    done = traced(root, log, fault)
    if fault.is_kill:
        is_hit = done.returncode in (-signal.SIGKILL, 128 + signal.SIGKILL)
    else:
        is_hit = "(INJECTED)" in log.read_text(encoding="utf-8", errors="replace")
    wrong = []
    if not fault.is_kill and done.returncode not in CLEAR:
        wrong.append(f"exit code {done.returncode}: {done.stderr[-600:]}")
    if "Traceback" in done.stderr:
        wrong.append(f"a traceback: {done.stderr[-600:]}")
    if not fault.is_kill and done.returncode and not (done.stderr.strip() or '"problems"' in done.stdout):
        wrong.append("no message")
    wrong += wrong_after_a_fault(root, said)
    return is_hit, wrong + wrong_in_the_end(root, whole, said)


def faults_of(template: Path, place: Path, first: int) -> Iterator[Fault]:
    """Every call of an undisturbed run once, the faults in turn from the `first` on."""
    root = forked.copy_study(template, place)
    log = place / "trace"
    done = traced(root, log)
    if done.returncode:
        raise RuntimeError(f"an undisturbed run failed under strace: {done.stderr}")
    for place_of_fault, (call, number) in enumerate(calls_of(log, root)):
        yield Fault(call, number, FAULTS[(first + place_of_fault) % len(FAULTS)])


def inject_often(work: Path, seed: int, most: int | None, until: float) -> Tally:
    """Up to `most` faults at calls drawn at random, or each call once, then more until a moment."""
    forked.warm_up()
    tally, rng = Tally("injecting"), random.Random(seed)
    whole, starts = undisturbed(work)
    faults = list(faults_of(starts[0].template, work / "trial", seed))
    tally.wanted = dict(Counter(fault.call for fault in faults)) if most is None else {}
    rng.shuffle(faults)
    for number, fault in enumerate(faults[:most]):
        if most is None and number and time.monotonic() > until:
            break
        is_hit, wrong = try_fault(starts[0].template, fault, whole, work / "trial")
        tally.tried[fault.call if is_hit else f"{fault.call}: not reached"] += 1
        tally.tried[fault.how] += is_hit
        if wrong:
            tally.violations.append(f"P15, P17: {fault}, seed {seed}: {'; '.join(wrong)}")
    return tally


def soak(seconds: float, seed: int, work: Path) -> Tally:
    """Every write, sync, rename and unlink of a first run once."""
    if reason := missing():
        return Tally("injecting", left_out=[reason])
    with TemporaryDirectory(dir=work) as place:
        return inject_often(Path(place), seed, None, time.monotonic() + seconds)


if __name__ == "__main__":
    with TemporaryDirectory() as _place:
        _found = inject_often(
            Path(_place), 0, int(sys.argv[1]) if len(sys.argv) > 1 else None, time.monotonic() + 3600
        )
    print(dict(_found.tried), *_found.violations, sep=os.linesep)
