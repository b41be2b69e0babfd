"""How long a server is waited for, how often it is asked again, and how much is taken from it."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


@dataclass(frozen=True)
class Patience:
    """Bounds of a pull; seconds and bytes.

    `tries` is how often one request is made before the server is given up, `rounds` how often a pull starts over when
    something changed meanwhile. `longest_wait` bounds one wait, also one that the server asks for.
    """

    tries: int = 5
    rounds: int = 3
    first_wait: float = 1.0
    longest_wait: float = 120.0
    connect_seconds: float = 15.0
    silence_seconds: float = 60.0
    answer_seconds: float = 600.0
    most_requests: int = 5_000
    most_bytes: int = 64 << 20
    most_bytes_in_all: int = 128 << 20
    sleep: Callable[[float], None] = time.sleep
    rng: random.Random = field(default_factory=random.Random)

    def wait(self, attempt: int, asked: float | None = None) -> None:
        """Wait after the attempt of this number, from 0: longer each time, never in step with others, and at least as
        long as the server asked."""
        own = min(self.longest_wait, self.first_wait * 2**attempt)
        self.sleep(max(asked or 0.0, own * self.rng.uniform(0.5, 1.0)))


def seconds_asked(retry_after: str | None, now: datetime) -> float | None:
    """What `Retry-After` asks for, in seconds or as a date; None where it says nothing that can be understood.

    Examples
    --------
    >>> seconds_asked("7", datetime(2026, 3, 1, tzinfo=UTC))
    7.0
    >>> seconds_asked("Sun, 01 Mar 2026 00:01:00 GMT", datetime(2026, 3, 1, tzinfo=UTC))
    60.0
    >>> seconds_asked("soon", datetime(2026, 3, 1, tzinfo=UTC)) is None
    True
    """
    text = (retry_after or "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:12])
    try:
        until = parsedate_to_datetime(text)
        return max(0.0, (until.replace(tzinfo=until.tzinfo or UTC) - now).total_seconds())
    except (ValueError, TypeError, OverflowError):
        return None
