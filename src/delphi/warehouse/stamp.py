"""The stamp of a warehouse: the sha256 of its file as the last finished run left it, in a file beside it.

Digests of tables find what changed in a table. The stamp also finds a byte that changed where no table looks: in free
blocks, in the header, or in a log that was put beside the file. While somebody writes, the stamp says so; it still says so
after they were killed, and then damage is what the kill did.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from delphi.errors import Problem
from delphi.warehouse.mends import REBUILD
from delphi.whole_files import put_whole

WRITING = b"writing\n"


def stamp_of(path: Path) -> Path:
    """Where the stamp of a warehouse lies."""
    return path.with_name(f"{path.name}.sha256")


def take_away(path: Path) -> None:
    """Another file is about to take the place of this one."""
    stamp_of(path).unlink(missing_ok=True)


def begin_writing(path: Path) -> None:
    """The file is about to change."""
    put_whole(stamp_of(path), WRITING)


def end_writing(path: Path, is_sealed: bool) -> None:
    """The file was closed. One whose log is still beside it has not been written out: it stays as one at which somebody writes."""
    if log_of(path).exists():
        return
    if is_sealed:
        put_whole(stamp_of(path), f"{_sha256(path)}\n".encode("ascii"))
    else:
        take_away(path)


def was_cut_off(path: Path) -> bool:
    """Whether somebody began to write and never ended; only who holds the lock knows that they do not still write."""
    try:
        return stamp_of(path).read_bytes() == WRITING
    except OSError:
        return False


def problems_of(path: Path) -> tuple[Problem, ...]:
    """What the stamp of a closed warehouse says; nothing when the file is as the last finished run left it."""
    if not path.is_file():
        return ()
    try:
        stamped = stamp_of(path).read_text(encoding="ascii", errors="replace").strip()
    except FileNotFoundError:
        return (
            Problem(
                path.name, 0, 0, "", "has no stamp: the last run was cut off, or the stamp was removed",
                "Run `delphi run` again.", "unfinished_run",
            ),
        )  # fmt: skip
    except OSError as error:
        return (
            Problem(
                path.name, 0, 0, "", f"its stamp cannot be read: {error.strerror}",
                "Give yourself read access to it.", "unreadable",
            ),
        )  # fmt: skip
    if stamped == WRITING.decode("ascii").strip():
        return (
            Problem(
                path.name, 0, 0, "", "the last run was cut off, or is still at work", "Run `delphi run` again.",
                "unfinished_run",
            ),
        )  # fmt: skip
    if log_of(path).exists():
        what = "has a log beside it that the last finished run did not leave"
    elif _sha256(path) != stamped:
        what = "differs from its stamp: a byte of the file, or of the stamp, changed after the last run"
    else:
        return ()
    return (Problem(path.name, 0, 0, "", what, REBUILD, "file_changed"),)


def log_of(path: Path) -> Path:
    """Where DuckDB's log of a warehouse lies until it has been written out."""
    return path.with_name(f"{path.name}.wal")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
