"""Signs of careless returns: straightlining and speed. They are findings; nothing is excluded."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from delphi.study.model import Quality, Study
from delphi.validation.cells import NOT_SHOWN
from delphi.validation.merging import Merged
from delphi.validation.notes import Notes
from delphi.validation.records import Batch

SMALLEST_BLOCK = 5
"""Fewer answers on one scale may well be equal without any carelessness."""


def note_quality(
    study: Study, merged: Merged, submissions: pd.DataFrame, batches: Sequence[Batch], notes: Notes
) -> None:
    """Note the current returns that look careless, as `validation.quality` says."""
    quality = study.validation.quality
    current = submissions[submissions["is_current"]]
    if quality.straightline_share is not None:
        _straightlining(study, merged, quality, current, notes)
    if quality.min_seconds_per_item is not None:
        _speeding(merged, quality.min_seconds_per_item, current, notes)


def _straightlining(
    study: Study, merged: Merged, quality: Quality, current: pd.DataFrame, notes: Notes
) -> None:
    """Equal answers on most of the largest block of items of one ordinal scale."""
    blocks: dict[str, list[int]] = {}
    for number, target in enumerate(merged.targets):
        if not target.is_comment:
            scale = study.scale_of(study.item(target.item_id), target.dimension)
            if scale.kind == "ordinal":
                blocks.setdefault(scale.scale_id, []).append(number)
    largest = max(blocks.values(), key=len, default=[])
    share = quality.straightline_share
    if len(largest) < SMALLEST_BLOCK or share is None:
        return
    inside = np.isin(merged.target, largest) & np.isfinite(merged.value)
    points, codes = np.unique(merged.value[inside], return_inverse=True)
    counts = np.zeros((len(merged.respondents), len(points)), dtype=np.int64)
    np.add.at(counts, (merged.respondent[inside], codes), 1)
    total = counts.sum(axis=1)
    most = counts.max(axis=1, initial=0)
    flagged = (total >= SMALLEST_BLOCK) & (most * share.denominator >= share.numerator * total)
    _note("straightlining", {merged.respondents[n] for n in np.flatnonzero(flagged)}, current, notes,
          "nearly all answers on one scale are equal")  # fmt: skip


def _speeding(merged: Merged, seconds: float, current: pd.DataFrame, notes: Notes) -> None:
    """Less time per item shown than anybody needs to read it."""
    items = {
        item_id: n for n, item_id in enumerate(dict.fromkeys(target.item_id for target in merged.targets))
    }
    item = np.array([items[target.item_id] for target in merged.targets] or [0])[merged.target]
    shown = merged.missing != NOT_SHOWN
    pairs = np.unique(merged.respondent[shown].astype(np.int64) * (len(items) + 1) + item[shown])
    n_shown = np.bincount(pairs // (len(items) + 1), minlength=len(merged.respondents))
    taken = (
        (current["submitted_at"] - current["started_at"]).groupby(current["respondent_id"]).sum(min_count=1)
    )
    fast = {
        who
        for who, n in zip(merged.respondents, n_shown, strict=True)
        if n and who in taken.index and pd.notna(taken[who]) and taken[who].total_seconds() < seconds * n
    }
    _note("speeding", fast, current, notes, "filled in faster than the items can be read")


def _note(rule: str, who: set[str], current: pd.DataFrame, notes: Notes, reason: str) -> None:
    rows = current[current["respondent_id"].isin(who)].drop_duplicates("respondent_id")
    for source_id, source_row in zip(rows["source_id"], rows["source_row"], strict=True):
        notes.records(source_id, rule, [source_row], reason)
