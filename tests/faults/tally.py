"""What a fault tool has tried and found, for `make soak` and for the quick form in the tests."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Tally:
    """Trials by kind, how many are wanted at least, and each promise that was broken.

    A violation names the promise, what was done and what happened, with the seed that does it again; never an
    answer.
    """

    tool: str
    tried: Counter[str] = field(default_factory=Counter)
    wanted: dict[str, int] = field(default_factory=dict)
    violations: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    @property
    def is_complete(self) -> bool:
        """Every kind was tried as often as wanted."""
        return all(self.tried[kind] >= number for kind, number in self.wanted.items())
