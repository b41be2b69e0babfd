"""What is parsed: bytes in memory, or a private file that nobody else writes to."""

from __future__ import annotations

import io
from pathlib import Path
from typing import BinaryIO

Content = bytes | Path


def opened(content: Content) -> BinaryIO:
    """The content for reading, from its start."""
    return io.BytesIO(content) if isinstance(content, bytes) else content.open("rb")


def whole(content: Content) -> bytes:
    """All bytes, for readers that need them at once."""
    return content if isinstance(content, bytes) else content.read_bytes()


def start(content: Content, size: int) -> bytes:
    """The first bytes."""
    with opened(content) as file:
        return file.read(size)
