"""Which of several returns of one person counts: by time and completeness, never by the order of rows."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

Fate = Literal["current", "superseded", "repeat", "contradiction"]


@dataclass(frozen=True)
class Candidate:
    """One return (or one answer of a long file) among several of one person.

    `file` names the file of which deliveries are versions, `version` orders these; `time` is the submission
    time in microseconds, None where none is known; `rank` puts complete returns before partial ones and
    these before blank ones; `content` holds the cells with answers and comments, `groups` those with groups.
    """

    file: Hashable
    version: int
    time: int | None
    rank: int
    content: tuple[str, ...]
    groups: tuple[str, ...] = ()

    @property
    def said(self) -> tuple[str, ...]:
        """All that two returns have to share to say the same."""
        return self.content + self.groups

    @property
    def is_blank(self) -> bool:
        """Whether there is nothing in it."""
        return not any(self.content)


def settle(candidates: Sequence[Candidate], keep: str = "last_complete") -> list[Fate]:
    """Decide on all returns of one person for one wave and piece; one of them at most is current.

    First within each delivery, then among the versions of a file (a later version corrects an earlier one at
    the same time, unless it only lacks something), last among files, where nothing tells which is the later.

    Parameters
    ----------
    candidates : in the order of deliveries and rows
    keep : ``last_complete``, ``first`` or ``error`` (more than one return is then a contradiction)
    """
    fates: list[Fate] = ["superseded"] * len(candidates)
    accepted: dict[tuple[int | None, int, tuple[str, ...]], int] = {}
    winners: dict[Hashable, int] = {}
    order = sorted(
        range(len(candidates)), key=lambda n: (_text(candidates[n].file), candidates[n].version, n)
    )
    for (_, _), group in groupby(order, key=lambda n: (_text(candidates[n].file), candidates[n].version)):
        places = _without_repeats(list(group), candidates, fates)
        winner = _winner(places, candidates, fates, keep)
        for place in places:
            same = (candidates[place].time, candidates[place].rank, candidates[place].said)
            if fates[place] == "contradiction":
                continue
            if same in accepted:
                fates[place] = "repeat"
                winner = accepted[same] if place == winner else winner
            else:
                accepted[same] = place
        if winner is not None:
            earlier = winners.get(candidates[winner].file)
            winners[candidates[winner].file] = (
                winner if earlier is None else _later(earlier, winner, candidates, keep)
            )
    rest = sorted(set(winners.values()))
    last = _winner(rest, candidates, fates, keep)
    if last is not None:
        fates[last] = "current"
    return fates


def _text(file: Hashable) -> str:
    return repr(file)


def _without_repeats(places: list[int], candidates: Sequence[Candidate], fates: list[Fate]) -> list[int]:
    """One of each group of returns that say the same at the same time, the most complete one."""
    kept: dict[tuple[int | None, tuple[str, ...]], int] = {}
    for place in places:
        one = candidates[place]
        same = (one.time, one.said)
        if same not in kept:
            kept[same] = place
        elif one.rank > candidates[kept[same]].rank:
            fates[kept[same]] = "repeat"
            kept[same] = place
        else:
            fates[place] = "repeat"
    return sorted(kept.values())


def _winner(places: list[int], candidates: Sequence[Candidate], fates: list[Fate], keep: str) -> int | None:
    """The return that counts among these; None when they contradict each other."""
    if not places:
        return None
    if keep == "error" and len(places) > 1:
        for place in places:
            fates[place] = "contradiction"
        return None
    full = [place for place in places if not candidates[place].is_blank] or places
    if keep == "first":
        best = full
    else:
        top = max(candidates[place].rank for place in full)
        best = [place for place in full if candidates[place].rank == top]
    times = [candidates[place].time for place in best]
    known = [time for time in times if time is not None]
    if len(known) == len(times):
        wanted = min(known) if keep == "first" else max(known)
        best = [place for place in best if candidates[place].time == wanted]
    if len({candidates[place].said for place in best}) > 1:
        for place in best:
            fates[place] = "contradiction"
        return None
    return best[0]


def _later(earlier: int, later: int, candidates: Sequence[Candidate], keep: str) -> int:
    """Which of two versions' returns counts; the later delivery corrects the earlier one at the same time."""
    old, new = candidates[earlier], candidates[later]
    if keep == "first":
        first = new.time is not None and old.time is not None and new.time < old.time
        return later if first or (old.is_blank and not new.is_blank) else earlier
    if old.is_blank != new.is_blank:
        return earlier if new.is_blank else later
    if old.time is not None and new.time is not None and old.time != new.time:
        if old.rank != new.rank:
            return later if new.rank > old.rank else earlier
        return later if new.time > old.time else earlier
    if new.rank < old.rank or _only_lacks(new.content, old.content):
        return earlier
    return later


def _only_lacks(new: tuple[str, ...], old: tuple[str, ...]) -> bool:
    """Whether every cell is as it was or has been emptied."""
    return len(new) == len(old) and all(cell in ("", before) for cell, before in zip(new, old, strict=True))
