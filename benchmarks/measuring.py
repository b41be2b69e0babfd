"""Processes measured: CPU and wall time, peak memory; a ratio from pairs that ran one after the other."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import Any, TypeVar

T = TypeVar("T")
ROOT = Path(__file__).resolve().parent.parent


class MeasuringError(Exception):
    """A measured process ended with an error."""


@dataclass(frozen=True)
class Cost:
    """What one process took. `cpu` counts its own threads and the children it waited for; `peak_gib` is at least what
    the process that started it held (see `apart`)."""

    cpu: float
    wall: float
    peak_gib: float
    output: str


@dataclass(frozen=True)
class Result:
    """One line of the table. `low` and `high` are the least and greatest of the repetitions.

    The value may be at most the bound, or has to be at least that where `at_least` says so.
    """

    target: str
    what: str
    unit: str
    value: float
    low: float
    high: float
    bound: float | None
    at_least: bool = False

    @property
    def met(self) -> str:
        """Whether the bound holds; empty where there is none."""
        if self.bound is None:
            return ""
        return "yes" if (self.value >= self.bound if self.at_least else self.value <= self.bound) else "NO"


def process(arguments: Sequence[str], settings: Mapping[str, str] | None = None, cwd: Path = ROOT) -> Cost:
    """Run a Python process to its end.

    Raises
    ------
    MeasuringError
        If it ends with anything but 0; with the last line it wrote.
    """
    path = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
    environment = {**os.environ, "PYTHONPATH": path, **(settings or {})}
    start = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, *arguments],
        cwd=cwd,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as child:
        assert child.stdout is not None
        output = child.stdout.read()
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - start
    if child.returncode != 0:
        raise MeasuringError(
            f"{' '.join(arguments[:4])}: exit {child.returncode}: {(output.strip().splitlines() or [''])[-1]}"
        )
    return Cost(used.ru_utime + used.ru_stime, wall, used.ru_maxrss / 2**20, output)


def apart(function: Callable[..., T], *arguments: Any) -> T:
    """What a function gives in a process of its own.

    The system counts memory that a process holds into the peaks of all that it starts, so what measures has to stay small.
    """
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(function, *arguments).result()


def summed(
    target: str, what: str, unit: str, values: Sequence[float], bound: float | None, at_least: bool = False
) -> Result:
    """Median of repeated values."""
    return Result(target, what, unit, median(values), min(values), max(values), bound, at_least)


def repeated(times: int, measure: Callable[[int], float]) -> list[float]:
    """The same measurement several times."""
    return [measure(number) for number in range(times)]


def table(results: Sequence[Result]) -> str:
    """All results as text."""
    width = max((len(one.what) for one in results), default=4)
    lines = [f"{'target':6} {'what':{width}} {'bound':>8} {'measured':>11}  {'spread':18} met"]
    for one in results:
        bound = "" if one.bound is None else f"{'>= ' * one.at_least}{one.bound:g} {one.unit}"
        spread = f"{one.low:.2f} to {one.high:.2f}"
        lines.append(
            f"{one.target:6} {one.what:{width}} {bound:>8} {one.value:8.2f} {one.unit:2} {spread:18} {one.met}"
        )
    return "\n".join(lines)


@dataclass(frozen=True)
class Measured:
    """What a part of the measurements gives: lines of the table, and remarks below it."""

    results: list[Result]
    remarks: list[str] = field(default_factory=list)
