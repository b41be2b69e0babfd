"""How a warehouse file is locked, connected to and refused, in the words of a user."""

from __future__ import annotations

import fcntl
import glob
import os
import re
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from delphi.errors import Problem, WarehouseError
from delphi.warehouse import stamp
from delphi.warehouse.mends import REBUILD, RUN_AGAIN

STORAGE_VERSION = "v1.5.0"
"""Files are written so that DuckDB 1.5 can read them too."""

OFFLINE = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "python_enable_replacements": "false",
}
"""Nothing is fetched or loaded, and no query can reach a Python variable."""

PAUSE = 0.05
_of_thread = threading.local()


def connect(
    path: Path, *, read_only: bool, deadline: float, settings: dict[str, str] | None = None
) -> duckdb.DuckDBPyConnection:
    """Connect to an existing file; wait until `deadline` (a `time.monotonic`) while another process holds it.

    Raises
    ------
    WarehouseError
        `locked`, `newer_warehouse` or `damaged_warehouse`; never with a path or a foreign message.
    """
    config: dict[str, str | bool | int | float | list[str]] = {**OFFLINE, **(settings or {})}
    while True:
        try:
            connection = duckdb.connect(str(path), read_only=read_only, config=config)
        except duckdb.Error as error:
            if _is_locked(error) and time.monotonic() < deadline:
                time.sleep(PAUSE)
                continue
            raise translated(path, error) from None
        connection.execute("set TimeZone = 'UTC'")
        connection.execute("set enable_progress_bar = false")
        return connection


@contextmanager
def lock(path: Path, timeout: float) -> Iterator[None]:
    """Hold the writer's lock: a file beside the warehouse, locked by the kernel, so a killed holder frees it.

    A thread that holds it already goes on at once.

    Raises
    ------
    WarehouseError
        `locked`, naming the process that holds it, when it is not free within `timeout` seconds.
    """
    held_here: set[str] = _of_thread.__dict__.setdefault("held", set())
    name = str(path.resolve())
    if name in held_here:
        yield
        return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    deadline = time.monotonic() + timeout
    descriptor = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    raise held(path, os.pread(descriptor, 20, 0).decode(errors="replace").strip()) from None
                time.sleep(PAUSE)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        _clear_left(path)
        held_here.add(name)
        yield
        os.ftruncate(descriptor, 0)
    finally:
        held_here.discard(name)
        os.close(descriptor)


def _clear_left(path: Path) -> None:
    """Whoever began a new warehouse, a rebuild or an old publication and left it was killed: the lock is ours."""
    for purpose in ("new", "rebuild", "as-of"):
        for left in path.parent.glob(f".{glob.escape(path.name)}.{purpose}-*"):
            if left.is_dir():
                shutil.rmtree(left, ignore_errors=True)
            else:
                left.unlink(missing_ok=True)


@contextmanager
def private_files() -> Iterator[None]:
    """Files made meanwhile, such as DuckDB's log of a transaction, are for their owner alone."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


def sync(path: Path) -> None:
    """Have the kernel write a file or folder to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def translated(path: Path, error: duckdb.Error) -> WarehouseError:
    """DuckDB's refusal of a file in the user's words; its own text holds paths and, at times, values."""
    text = str(error)
    if _is_locked(error):
        holder = re.search(r"PID (\d+)", text)
        return held(path, holder.group(1) if holder else "")
    if "different configuration" in text:
        return held(path, str(os.getpid()))
    if "No space left" in text:
        return refusal(
            path, "no_space", "the disk is full; nothing of this step was kept", "Make room and run again."
        )
    if re.search(r"Input/output error|Could not (write|sync|fsync|move|remove|truncate)|fsync failed", text):
        return refusal(
            path, "io_error", "the disk failed while the file was read or written; nothing of this step was kept",
            "Run again; if it stays, look at the disk.",
        )  # fmt: skip
    if re.search(r"version number|newer version|storage version", text):
        return refusal(
            path, "newer_warehouse", "the file was written by a newer DuckDB than the one installed here",
            "Update Delphi, or move the file away and run `delphi rebuild`.",
        )  # fmt: skip
    return damaged(path)


def damaged(path: Path) -> WarehouseError:
    """The error of a file that cannot be read; whoever was killed while writing it leaves that to the next run."""
    hint = RUN_AGAIN if stamp.was_cut_off(path) else REBUILD
    return refusal(path, "damaged_warehouse", "the file is damaged, or is no warehouse", hint)


def held(path: Path, pid: str) -> WarehouseError:
    """The error of a warehouse that somebody else holds."""
    who = f"process {pid}" if pid.isdigit() else "another process"
    return refusal(
        path,
        "locked",
        f"the warehouse is in use by {who}",
        "Wait until it has finished, or end it, and run again.",
    )


def refusal(path: Path, code: str, message: str, hint: str) -> WarehouseError:
    """One problem of a warehouse file."""
    return WarehouseError(Problem(path.name, 0, 0, "", message, hint, code))


def _is_locked(error: duckdb.Error) -> bool:
    return "Could not set lock" in str(error) or "Conflicting lock" in str(error)
