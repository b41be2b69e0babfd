"""Files that appear under their name whole and on the disk, or not at all, whoever kills the writer."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
from pathlib import Path

_TEMPORARY = re.compile(r"\..+\.(\d+)-[0-9a-f]{16}\.new\Z", re.DOTALL)


def put_whole(target: Path, data: bytes, mode: int = 0o600) -> None:
    """Write a file under another name in its folder, wait for the disk, and rename it.

    Raises
    ------
    OSError
        As the system says; then the folder is as before.
    """
    clear_left(target.parent)
    temporary = temporary_name(target)
    try:
        with os.fdopen(create_private(temporary), "wb") as file:
            file.write(data)
        rename_whole(temporary, target, mode)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def rename_whole(temporary: Path, target: Path, mode: int) -> None:
    """Give a file that was written under another name its own, once it is on the disk.

    Raises
    ------
    OSError
        As the system says; then the file has its other name or is there, never half.
    """
    descriptor = os.open(temporary, os.O_RDWR | getattr(os, "O_CLOEXEC", 0))
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    temporary.chmod(mode)
    temporary.replace(target)
    sync_folder(target.parent)


def create_private(path: Path) -> int:
    """Descriptor of a new file that only its owner may read; somebody else's file is never opened."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
    return os.open(path, flags, 0o600)


def temporary_name(target: Path) -> Path:
    """A name beside the target that says whose it is, so that what a dead process left can be told."""
    return target.with_name(f".{target.name}.{os.getpid()}-{secrets.token_hex(8)}.new")


def clear_left(folder: Path) -> None:
    """Remove what processes that are no more left under such names."""
    with contextlib.suppress(OSError):
        for entry in os.scandir(folder):
            found = _TEMPORARY.match(entry.name)
            if found and not _is_alive(int(found[1])):
                Path(entry.path).unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Make a rename within a folder last; some systems cannot open folders, where it is left out."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True
