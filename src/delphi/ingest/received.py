"""Bytes of received files: taken once from a folder that others write to, kept under their sha256."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
import time
from dataclasses import dataclass
from pathlib import Path

from delphi.errors import AnswersError, Problem, WarehouseError
from delphi.ingest.refusing import refusal
from delphi.whole_files import put_whole

# Not every system has all of these. O_NONBLOCK keeps a named pipe from holding up the run.
_OPEN = (
    os.O_RDONLY
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)


STILL = 0.25
"""Seconds that a file has to lie untouched before it is taken: a copy or download may still be under way."""
PATIENCE = 3.0
"""Seconds after which a file that never lies still is refused."""


@dataclass(frozen=True)
class Taken:
    """A file as it was at one moment. `data` is what is parsed; the path is never opened again."""

    file_name: str
    data: bytes
    sha256: str
    size: int


def take(path: Path) -> Taken:
    """Read a file whole, once.

    Raises
    ------
    AnswersError
        If there is none, it is a link or no ordinary file, cannot be opened, or changed while it was read.
    """
    descriptor = _open(path)
    try:
        before = _at_rest(path, descriptor)
        if not stat.S_ISREG(before.st_mode):
            raise _refusal(
                path, "it is no ordinary file", "Put the exported file itself there.", "not_a_file"
            )
        data = _read_all(descriptor)
        after = os.fstat(descriptor)
    finally:
        os.close(descriptor)
    if _has_changed(before, after) or len(data) != after.st_size:
        raise _changing(path)
    return Taken(path.name, data, hashlib.sha256(data).hexdigest(), len(data))


def keep(taken: Taken, folder: Path) -> Path:
    """Store the bytes under their sha256; nothing happens when they are there already.

    A kill at any moment leaves the file complete or absent.

    Raises
    ------
    WarehouseError
        If the folder cannot be written to.
    """
    target = folder / taken.sha256
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        if target.is_file() and hashlib.sha256(target.read_bytes()).hexdigest() == taken.sha256:
            return target
        put_whole(target, taken.data, 0o400)
    except OSError as error:
        raise WarehouseError(
            Problem(
                taken.file_name,
                0,
                0,
                "",
                f"the file could not be kept in {folder.name}: {error.strerror}",
                "Make room or give write access to the study folder, then run again.",
                "not_written",
            )
        ) from None
    return target


def load(sha256: str, folder: Path) -> bytes:
    """The bytes kept under this sha256.

    Raises
    ------
    WarehouseError
        If they are missing or no longer the same.
    """
    try:
        data = (folder / sha256).read_bytes()
    except OSError:
        raise _damaged(sha256, "is missing") from None
    if hashlib.sha256(data).hexdigest() != sha256:
        raise _damaged(sha256, "is no longer what was received")
    return data


def _open(path: Path) -> int:
    if path.is_symlink():
        raise _link(path)
    try:
        return os.open(path, _OPEN)
    except FileNotFoundError:
        raise _refusal(path, "there is no such file", "Put the export there.", "missing_file") from None
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise _link(path) from None
        raise _refusal(
            path, f"it cannot be opened: {error.strerror}", "Give yourself read access to it.", "unreadable"
        ) from None


def _at_rest(path: Path, descriptor: int) -> os.stat_result:
    """State of a file that nobody has touched for a moment: one that was touched just now may still be written to."""
    deadline = time.monotonic() + PATIENCE
    while True:
        found = os.fstat(descriptor)
        age = time.time() - max(found.st_mtime, found.st_ctime)
        if not 0 <= age < STILL:
            return found
        if time.monotonic() > deadline:
            raise _changing(path)
        time.sleep(STILL - age)


def _has_changed(before: os.stat_result, after: os.stat_result) -> bool:
    """Whether size or time of writing differ. Who puts that time back still changes the time of the last change of any
    kind; so does who takes the name away, which leaves the content as it is."""
    same_content = (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns)
    is_renamed = before.st_nlink != after.st_nlink
    return not same_content or (before.st_ctime_ns != after.st_ctime_ns and not is_renamed)


def _read_all(descriptor: int) -> bytes:
    parts = []
    while part := os.read(descriptor, 1 << 24):
        parts.append(part)
    return b"".join(parts)


def _changing(path: Path) -> AnswersError:
    return _refusal(
        path,
        "it changed while it was read",
        "Wait until the download or copy is complete, then run again.",
        "changed_while_read",
    )


def _link(path: Path) -> AnswersError:
    return _refusal(
        path, "it is a link to another place", "Put the exported file itself there.", "not_a_file"
    )


def _refusal(path: Path, message: str, hint: str, code: str) -> AnswersError:
    return refusal(path.name, code, message, hint)


def _damaged(sha256: str, what: str) -> WarehouseError:
    return WarehouseError(
        Problem(
            "",
            0,
            0,
            f".received/{sha256[:12]}…",
            f"a received file {what}",
            "Restore .received from a backup, or put the original export into the study folder again.",
            "received_damaged",
        )
    )
