"""Which of several returns, and in long files which answers, count; the rows of `submissions`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from delphi.validation.cells import factorise
from delphi.validation.columns import Target
from delphi.validation.notes import Notes
from delphi.validation.reading import LongRows
from delphi.validation.records import ACCEPTED, IGNORED, QUARANTINED, Batch
from delphi.validation.settling import Candidate, settle

REASONS = {
    "duplicate_contradiction": "another return says otherwise, and nothing tells which of the two is later",
    "superseded": "a later or more complete return of the respondent counts",
}


def settle_wide(batches: Sequence[Batch], keep: str, notes: Notes) -> None:
    """Decide which returns of wide files count, per respondent and piece.

    Sources that hold some of the same answers are judged together.
    """
    for cluster in _clusters(batches):
        places = _open_places(cluster)
        who, _ = factorise(np.concatenate([batch.respondents[batch.open_places] for batch in cluster]))
        what, pieces = factorise(np.concatenate([batch.pieces[batch.open_places] for batch in cluster]))
        groups = pd.factorize(who.astype(np.int64) * (len(pieces) + 1) + what)[0]
        _settle(cluster, places, groups, keep, notes, _wide(cluster))


def _open_places(batches: Sequence[Batch]) -> NDArray[np.intp]:
    """Number of the batch and place in it of every record that is still open, shape (records, 2)."""
    pairs = [
        np.column_stack([np.full(len(one.open_places), n), one.open_places]) for n, one in enumerate(batches)
    ]
    return np.concatenate(pairs)


def settle_long(batches: Sequence[Batch], aimed: Sequence[LongRows], keep: str, notes: Notes) -> None:
    """Decide which rows of long files count, per respondent and answer."""
    numbers: dict[Target, int] = {}
    if not batches:
        return
    targets = []
    for batch, aims in zip(batches, aimed, strict=True):
        shared = [numbers.setdefault(target, len(numbers)) for target in aims.targets] or [0]
        targets.append(np.array(shared, dtype=np.int64)[aims.target[batch.open_places]])
    who, _ = factorise(np.concatenate([batch.respondents[batch.open_places] for batch in batches]))
    groups = pd.factorize(who.astype(np.int64) * (len(numbers) + 1) + np.concatenate(targets))[0]
    _settle(batches, _open_places(batches), groups, keep, notes, _long(batches))


def _settle(
    batches: Sequence[Batch],
    owners: NDArray[np.intp],
    groups: NDArray[np.intp],
    keep: str,
    notes: Notes,
    candidate: Callable[[int, int], Candidate],
) -> None:
    """Settle every group of records; who is alone in its group is current."""
    sizes = np.bincount(groups) if len(groups) else np.array([], dtype=int)
    alone = sizes[groups] == 1
    for number, batch in enumerate(batches):
        batch.is_current[owners[alone & (owners[:, 0] == number), 1]] = True
    if alone.all():
        return
    order = np.argsort(groups, kind="stable")
    order = order[~alone[order]]
    bounds = np.flatnonzero(np.diff(groups[order])) + 1
    noted: dict[tuple[int, str], list[int]] = {}
    for members in np.split(order, bounds):
        candidates = [candidate(*owners[member]) for member in members]
        for member, fate in zip(members, settle(candidates, keep), strict=True):
            number, place = owners[member]
            batch = batches[number]
            if fate == "current":
                batch.is_current[place] = True
            elif fate == "repeat":
                batch.outcome[place] = IGNORED
            else:
                rule = "superseded" if fate == "superseded" else "duplicate_contradiction"
                batch.outcome[place] = ACCEPTED if fate == "superseded" else QUARANTINED
                noted.setdefault((int(number), rule), []).append(int(batch.rows[place]))
    for (number, rule), rows in noted.items():
        notes.records(batches[number].source_id, rule, sorted(rows), REASONS[rule])


def _clusters(batches: Sequence[Batch]) -> Iterable[list[Batch]]:
    """Wide batches whose sources hold some of the same answers, each cluster in the order of deliveries."""
    clusters: list[tuple[set[Target], list[Batch]]] = []
    for batch in batches:
        own = {target for _, target in batch.columns.targets if not target.is_comment}
        touching = [one for one in clusters if one[0] & own or any(b.source is batch.source for b in one[1])]
        merged = (own.union(*(one[0] for one in touching)), [b for one in touching for b in one[1]] + [batch])
        clusters = [one for one in clusters if one not in touching] + [merged]
    position = {id(batch): n for n, batch in enumerate(batches)}
    return [sorted(members, key=lambda one: position[id(one)]) for _, members in clusters]


def _time(batch: Batch, place: int) -> int | None:
    instant = batch.submitted_at[place]
    return None if np.isnat(instant) else int(instant.astype(np.int64))


def _wide(batches: Sequence[Batch]) -> Callable[[int, int], Candidate]:
    targets = sorted({target for batch in batches for _, target in batch.columns.targets})
    held = [{target: place for place, target in batch.columns.targets} for batch in batches]
    places = [[own.get(target) for target in targets] for own in held]
    dimensions = sorted({group_by for batch in batches for group_by in batch.groups})

    def candidate(number: int, place: int) -> Candidate:
        batch = batches[number]
        columns = batch.delivery.table.columns
        cells = tuple("" if one is None else columns[one][place].strip() for one in places[number])
        groups = tuple(
            str(batch.groups[name][1][place]) if name in batch.groups else "" for name in dimensions
        )
        rank = 0 if not any(cells) else 1 + bool(batch.is_complete[place])
        return Candidate(
            batch.delivery.file, batch.delivery.version, _time(batch, place), rank, cells, groups
        )

    return candidate


def _long(batches: Sequence[Batch]) -> Callable[[int, int], Candidate]:
    def candidate(number: int, place: int) -> Candidate:
        batch = batches[number]
        long = batch.columns.long
        there = [] if long is None else [one[0] for one in (long.value, long.comment) if one is not None]
        cells = tuple(batch.cells(column)[place].strip() for column in there)
        return Candidate(batch.delivery.file, batch.delivery.version, _time(batch, place), 2, cells)

    return candidate


def submissions_frame(wave_id: str, batches: Sequence[Batch]) -> pd.DataFrame:
    """Rows of `submissions`: one per return that counts, and one per record that another superseded.

    A return of several rows (long files, pieces) is one row with the row of the first of them; its time is
    that of the last.
    """
    parts = []
    for number, batch in enumerate(batches):
        kept = np.flatnonzero(batch.outcome == ACCEPTED)
        if not len(kept):
            continue
        is_many = batch.source.layout == "long" or batch.source.pieces is not None
        parts.append(
            pd.DataFrame(
                {
                    "respondent_id": batch.respondents[kept], "is_complete": batch.is_complete[kept],
                    "started_at": batch.started_at[kept], "submitted_at": batch.submitted_at[kept],
                    "language": batch.languages[kept], "source_id": batch.source_id,
                    "source_row": batch.rows[kept],
                    "piece": batch.pieces[kept], "is_current": batch.is_current[kept], "batch": number,
                    "entry": batch.source.entry_id, "is_many": is_many,
                }
            )
        )  # fmt: skip
    columns = ["respondent_id", "state", "started_at", "submitted_at", "language", "source_id",
    "source_row", "piece",
               "is_current"]  # fmt: skip
    if not parts:
        return pd.DataFrame({name: [] for name in columns}).assign(wave_id="")
    rows = pd.concat(parts, ignore_index=True)
    one_by_one = ~(rows["is_many"] & rows["is_current"])
    many = rows[~one_by_one].sort_values(["entry", "respondent_id", "batch", "source_row"])
    gathered = many.groupby(["entry", "respondent_id"], sort=False, as_index=False).agg(
        is_complete=("is_complete", "all"), started_at=("started_at", "min"), submitted_at=("submitted_at",
        "max"),
        language=("language", "first"), source_id=("source_id", "first"), source_row=("source_row", "first"),
        is_current=("is_current", "first"),
    )  # fmt: skip
    frame = pd.concat([rows[one_by_one], gathered.assign(piece="")], ignore_index=True) if len(many) else rows
    frame["state"] = np.where(frame["is_complete"], "complete", "partial")
    frame["language"] = frame["language"].replace("", None)
    return frame[columns].assign(wave_id=wave_id)
