"""Ids of one kind: none stands twice, no two differ by case only."""

from __future__ import annotations

from collections.abc import Iterable

from delphi.study.sections import Collected
from delphi.study.tree import Path


def check_ids(kind: str, named: Iterable[tuple[Path, str]], found: Collected) -> None:
    """No id stands twice, and no two differ by case only."""
    seen: dict[str, str] = {}
    for path, name in named:
        first = seen.get(name.casefold())
        if first is None:
            seen[name.casefold()] = name
        elif first == name:
            found.add(
                path, f"the {kind} {name!r} stands twice", "Ids of one kind are unique.", "duplicate_id"
            )
        else:
            found.add(
                path,
                f"the {kind} {name!r} differs from {first!r} by case only",
                "Ids of one kind differ by more than case.",
                "duplicate_id",
            )
