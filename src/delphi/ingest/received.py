"""Bytes of received files: taken once from a folder that others write to, kept under their sha256."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import secrets
import stat
from dataclasses import dataclass
from pathlib import Path

from delphi.errors import AnswersError, Problem, WarehouseError
from delphi.ingest.refusing import refusal

# Not every system has all of these. O_NONBLOCK keeps a named pipe from holding up the run.
_OPEN = (
    os.O_RDONLY
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


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
        before = os.fstat(descriptor)
        if not stat.S_ISREG(before.st_mode):
            raise _refusal(
                path, "it is no ordinary file", "Put the exported file itself there.", "not_a_file"
            )
        data = _read_all(descriptor)
        after = os.fstat(descriptor)
    finally:
        os.close(descriptor)
    changed = (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns)
    if changed or len(data) != after.st_size:
        raise _refusal(
            path,
            "it changed while it was read",
            "Wait until the download or copy is complete, then run again.",
            "changed_while_read",
        )
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
        _write(target, taken.data)
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


def sync_folder(folder: Path) -> None:
    """Make a rename within a folder last; some systems cannot open folders, where it is left out."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


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


def _read_all(descriptor: int) -> bytes:
    parts = []
    while part := os.read(descriptor, 1 << 24):
        parts.append(part)
    return b"".join(parts)


def _write(target: Path, data: bytes) -> None:
    temporary = target.parent / f".tmp-{os.getpid()}-{secrets.token_hex(8)}"
    try:
        with os.fdopen(os.open(temporary, _CREATE, 0o600), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o400)
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(target.parent)


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
