"""Received files: copied once from a folder that others write to, their bytes kept under their sha256."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import io
import os
import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from delphi.errors import AnswersError, Problem, WarehouseError
from delphi.ingest.refusing import refusal
from delphi.whole_files import create_private, rename_whole, temporary_name

# Not every system has all of these. O_NONBLOCK keeps a named pipe from holding up the run.
_OPEN = (
    os.O_RDONLY
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)
_CHUNK = 1 << 20
_MOST_TRIES = 10

STILL = 0.25
"""Seconds that a file has to lie untouched before it is taken: a copy or download may still be under way."""
PATIENCE = 3.0
"""Seconds after which a file that never lies still is refused."""


@dataclass(frozen=True)
class Taken:
    """A file as it was at one moment. `path` is a private copy, which is what is parsed and kept; the file
    itself is never opened again."""

    file_name: str
    path: Path
    sha256: str
    size: int


def digest_of(path: Path) -> str:
    """The sha256 of a file at rest, to see whether it is new.

    Raises
    ------
    AnswersError
        As for `take`.
    """
    with _at_one_moment(path) as (descriptor, before):
        digest, size = hashlib.sha256(), 0
        for chunk in _chunks(descriptor):
            digest.update(chunk)
            size += len(chunk)
        _check_unchanged(path, descriptor, before, size)
    return digest.hexdigest()


def take(path: Path, folder: Path) -> Taken:
    """Copy a file once into a private file in the folder where it may be kept.

    Who takes a file has to `keep` or `discard` it. What a process that was killed leaves has a name by which
    `clear_left` knows it.

    Raises
    ------
    AnswersError
        If there is none, it is a link or no ordinary file, cannot be opened, or changed while it was read.
    WarehouseError
        If the folder cannot be written to.
    """
    with _at_one_moment(path) as (descriptor, before):
        private, output = _private_file(folder, path.name)
        try:
            with io.FileIO(output, "wb") as file:
                sha256, size = _copied(descriptor, file, path.name, folder)
            _check_unchanged(path, descriptor, before, size)
        except BaseException:
            _remove(private)
            raise
    return Taken(path.name, private, sha256, size)


def keep(taken: Taken, folder: Path) -> Path:
    """Store a private copy under its sha256; when the bytes are there already, only the copy goes.

    A kill at any moment leaves the file complete or absent.

    Raises
    ------
    WarehouseError
        If the folder cannot be written to.
    """
    target = folder / taken.sha256
    try:
        if target.is_file() and _sha256(target) == taken.sha256:
            discard(taken)
        else:
            rename_whole(taken.path, target, 0o400)
    except OSError as error:
        discard(taken)
        raise _not_kept(taken.file_name, folder, error) from None
    return target


def discard(taken: Taken) -> None:
    """Remove the private copy of a file that is not kept; nothing happens when it was."""
    _remove(taken.path)


def checked(sha256: str, folder: Path) -> Path:
    """Path of the bytes kept under this sha256; they are read through once to see that they still have it.

    Raises
    ------
    WarehouseError
        If they are missing or no longer the same.
    """
    path = folder / sha256
    try:
        found = _sha256(path)
    except OSError:
        raise _damaged(sha256, "is missing") from None
    if found != sha256:
        raise _damaged(sha256, "is no longer what was received")
    return path


def load(sha256: str, folder: Path) -> bytes:
    """The bytes kept under this sha256, checked.

    Raises
    ------
    WarehouseError
        As for `checked`.
    """
    return checked(sha256, folder).read_bytes()


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


@contextlib.contextmanager
def _at_one_moment(path: Path) -> Iterator[tuple[int, os.stat_result]]:
    """Descriptor of an ordinary file at rest, and its state."""
    descriptor = _open(path)
    try:
        before = _at_rest(path, descriptor)
        if not stat.S_ISREG(before.st_mode):
            raise _refusal(
                path, "it is no ordinary file", "Put the exported file itself there.", "not_a_file"
            )
        yield descriptor, before
    finally:
        os.close(descriptor)


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


def _check_unchanged(path: Path, descriptor: int, before: os.stat_result, size: int) -> None:
    after = os.fstat(descriptor)
    if _has_changed(before, after) or size != after.st_size:
        raise _changing(path)


def _chunks(descriptor: int) -> Iterator[bytes]:
    while chunk := os.read(descriptor, _CHUNK):
        yield chunk


def _private_file(folder: Path, file_name: str) -> tuple[Path, int]:
    """A new private file in the folder, which is made where there is none, and its descriptor."""
    private = temporary_name(folder / "incoming")
    try:
        for _ in range(_MOST_TRIES):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            # Another process may just take an empty folder away again.
            with contextlib.suppress(FileNotFoundError):
                folder.chmod(0o700)
                return private, create_private(private)
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
    except OSError as error:
        _remove(private)
        raise _not_kept(file_name, folder, error) from None


def _copied(descriptor: int, file: io.FileIO, file_name: str, folder: Path) -> tuple[str, int]:
    """Copy a whole file; its sha256 and size, as copied."""
    digest, size = hashlib.sha256(), 0
    for chunk in _chunks(descriptor):
        digest.update(chunk)
        size += len(chunk)
        try:
            rest = memoryview(chunk)
            while rest:
                rest = rest[file.write(rest) :]
        except OSError as error:
            raise _not_kept(file_name, folder, error) from None
    return digest.hexdigest(), size


def _remove(private: Path) -> None:
    """Remove a private file, and its folder where that holds nothing else."""
    with contextlib.suppress(OSError):
        private.unlink(missing_ok=True)
        private.parent.rmdir()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


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


def _not_kept(file_name: str, folder: Path, error: OSError) -> WarehouseError:
    return WarehouseError(
        Problem(
            file_name,
            0,
            0,
            "",
            f"the file could not be kept in {folder.name}: {error.strerror}",
            "Make room or give write access to the study folder, then run again.",
            "not_written",
        )
    )


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
