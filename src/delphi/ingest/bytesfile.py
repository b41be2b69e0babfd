"""A path for bytes in memory, for libraries that read only from paths."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def as_path(data: bytes) -> Iterator[str]:
    """A path under which these bytes can be read while the context lasts.

    The received file's own name is never used: some libraries take ``[`` or ``*`` in it for a pattern. Where
    the system can, the bytes stay in memory; else they are in a private temporary file.
    """
    if hasattr(os, "memfd_create") and Path("/proc/self/fd").is_dir():
        descriptor = os.memfd_create("received")
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            yield f"/proc/self/fd/{descriptor}"
        return
    with tempfile.TemporaryDirectory(prefix="delphi-") as folder:
        path = Path(folder) / "received"
        path.write_bytes(data)
        yield str(path)
