"""Validation of one wave: from the files as text to typed answers with findings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from delphi.errors import AnswersError, Problem
from delphi.ingest.table import TextTable
from delphi.study.model import Study, Wave
from delphi.validation.belonging import memberships_frame, note_unknown_groups, quarantine_two_groups
from delphi.validation.cells import NON_ANSWERS
from delphi.validation.columns import Target, asked_targets, columns_of
from delphi.validation.delivery import Delivery
from delphi.validation.merging import Merged, categorical, merge, note_cells
from delphi.validation.notes import Notes
from delphi.validation.quality import note_quality
from delphi.validation.reading import Block, aim_long, note_unasked, read_long, read_wide
from delphi.validation.records import Batch, Rejoining, batch_of, outdated_batch
from delphi.validation.refusal import missing_items, unreadable
from delphi.validation.register import People, invited, read_people
from delphi.validation.schemas import checked_frame
from delphi.validation.submissions import settle_long, settle_wide, submissions_frame

ANSWERED = "answered"
"""Status of respondents who stand on no register."""


def _nobody() -> pd.DataFrame:
    return pd.DataFrame({"wave_id": [], "respondent_id": [], "state": []}, dtype="str")


def _no_groups() -> pd.DataFrame:
    return pd.DataFrame({"respondent_id": [], "group_by": [], "group_value": []}, dtype="str")


@dataclass(frozen=True)
class Earlier:
    """What the waves before this one gave.

    `submissions` has a row per respondent and wave with a current submission (wave_id, respondent_id, state);
    `memberships` a row per respondent and group dimension (respondent_id, group_by, group_value).
    """

    submissions: pd.DataFrame = field(default_factory=_nobody)
    memberships: pd.DataFrame = field(default_factory=_no_groups)

    def returned(self, wave_id: str) -> frozenset[str] | None:
        """Who returned a wave; None when nobody did, as when nothing of it has arrived."""
        rows = self.submissions["wave_id"] == wave_id
        return frozenset(self.submissions.loc[rows, "respondent_id"]) or None


@dataclass(frozen=True)
class WaveRecords:
    """The rows of one wave for the tables of the same names.

    `respondents` are everybody known so far: the register, earlier waves and this one. `memberships` are
    those of the register (without a wave) and those that this wave gave first.
    """

    sources: pd.DataFrame
    submissions: pd.DataFrame
    answers: pd.DataFrame
    findings: pd.DataFrame
    memberships: pd.DataFrame
    respondents: pd.DataFrame
    invitations: pd.DataFrame


def validate_wave(
    study: Study,
    wave: Wave,
    deliveries: Sequence[Delivery],
    earlier: Earlier,
    register: TextTable | None,
    pseudonym: Callable[[str], str],
) -> WaveRecords:
    """Read, judge and type every record of a wave.

    Parameters
    ----------
    deliveries : all accepted versions of all files of the wave's sources, in the order in which they were
        taken in
    earlier : what the waves before gave
    register : the panel register in its latest version; None without one
    pseudonym : key → pseudonym, for keys that name somebody

    Returns
    -------
    WaveRecords
        In each row of `sources`, records = accepted + quarantined + ignored.
    """
    notes = Notes(wave.wave_id)
    people = None
    if register is not None and study.panel.register_ is not None:
        people = read_people(study, register, pseudonym)
    rejoining = rejoining_of(study, wave, earlier)
    outdated = _outdated(study, wave, deliveries)
    batches = [
        outdated_batch(study, wave, one, outdated[place], notes)
        if place in outdated
        else batch_of(study, wave, one, people, rejoining, pseudonym, notes)
        for place, one in enumerate(deliveries)
    ]
    asked = frozenset(asked_targets(study, wave.item_ids))
    merged = _merged(study, wave, batches, asked, people, notes)
    submissions = submissions_frame(wave.wave_id, batches)
    note_unknown_groups(batches, notes)
    note_quality(study, merged, submissions, batches, notes)
    known = earlier.memberships
    groups = {
        (who, group_by): value
        for who, group_by, value in zip(
            known["respondent_id"], known["group_by"], known["group_value"], strict=True
        )
    }
    memberships = memberships_frame(batches, people, groups, wave.wave_id, notes)
    # Each frame is made when its turn comes, so that none is held beside its checked form.
    frames: dict[str, Callable[[], pd.DataFrame]] = {
        "sources": lambda: _sources_frame(wave, batches),
        "submissions": lambda: submissions,
        "answers": lambda: _answers_frame(wave, merged, batches),
        "findings": notes.frame,
        "memberships": lambda: memberships,
        "respondents": lambda: _respondents_frame(people, earlier, submissions),
        "invitations": lambda: _invitations_frame(wave, people, rejoining),
    }
    return WaveRecords(**{name: checked_frame(name, made(), study, wave) for name, made in frames.items()})


def _outdated(study: Study, wave: Wave, deliveries: Sequence[Delivery]) -> dict[int, tuple[Problem, ...]]:
    """Versions that the study file, which may have changed since, no longer describes, with what is wrong.

    Raises
    ------
    AnswersError
        If that is so for the last version of a file.
    """
    last = {one.file: place for place, one in enumerate(deliveries)}
    siblings = [(deliveries[place].source, deliveries[place].table) for place in last.values()]
    found: dict[int, tuple[Problem, ...]] = {}
    fatal: list[Problem] = []
    for place, one in enumerate(deliveries):
        columns = columns_of(study, one.source, one.table)
        problems = tuple(unreadable(one.source, one.table, columns))
        if place == last[one.file]:
            fatal += problems
            fatal += missing_items(study, wave.wave_id, one.source, one.table, columns, siblings)
        elif problems:
            found[place] = problems
    if fatal:
        raise AnswersError(dict.fromkeys(fatal))
    return found


def _merged(
    study: Study,
    wave: Wave,
    batches: Sequence[Batch],
    asked: frozenset[Target],
    people: People | None,
    notes: Notes,
) -> Merged:
    """The answers of all files together, after duplicates are settled and bad cells noted."""
    blocks = _settled_blocks(study, batches, asked, people, notes)
    for batch, block in zip(batches, blocks, strict=True):
        note_cells(study, batch, block, notes)
    return merge(study, wave, batches, blocks, notes)


def _settled_blocks(
    study: Study, batches: Sequence[Batch], asked: frozenset[Target], people: People | None, notes: Notes
) -> list[Block]:
    """Settle duplicates, then read the answers of what is current."""
    wide = [batch for batch in batches if batch.source.layout == "wide"]
    long = [batch for batch in batches if batch.source.layout == "long"]
    settle_wide(wide, study.validation.keep, notes)
    aimed = {id(batch): aim_long(study, batch, asked, notes) for batch in long}
    settle_long(long, [aimed[id(batch)] for batch in long], study.validation.keep, notes)
    quarantine_two_groups(batches, people, notes)
    blocks = []
    for batch in batches:
        current = np.flatnonzero(batch.is_current)
        if batch.source.layout == "long":
            blocks.append(read_long(study, batch, aimed[id(batch)], current))
        else:
            note_unasked(study, batch, asked, notes)
            blocks.append(read_wide(study, batch, asked, current))
    return blocks


def rejoining_of(study: Study, wave: Wave, earlier: Earlier) -> Rejoining:
    """The round that somebody has to have returned to take part in this one.

    Pilots, consultations and surveys neither ask for it nor count as the round before.
    """
    if not study.panel.must_complete_previous_round or not _counts(wave):
        return Rejoining()
    before = [one for one in study.waves if one.sequence < wave.sequence and _counts(one)]
    previous = max(before, key=lambda one: one.sequence, default=None)
    return Rejoining() if previous is None else Rejoining(previous, earlier.returned(previous.wave_id))


def _counts(wave: Wave) -> bool:
    return wave.kind == "round" and wave.round_kind not in ("pilot", "consultation")


def _sources_frame(wave: Wave, batches: Sequence[Batch]) -> pd.DataFrame:
    columns = ["source_id", "entry_id", "wave_id", "file_name", "sha256", "platform", "version", "records",
               "accepted", "quarantined", "ignored", "loaded_at"]  # fmt: skip
    rows = []
    for batch in batches:
        accepted, quarantined, ignored = batch.counts()
        delivery = batch.delivery
        rows.append(
            {
                "source_id": batch.source_id, "entry_id": batch.source.entry_id, "wave_id": wave.wave_id,
                "file_name": delivery.table.file_name, "sha256": delivery.table.sha256,
                "platform": delivery.table.platform, "version": delivery.version,
                "records": delivery.table.records,
                "accepted": accepted, "quarantined": quarantined, "ignored": ignored,
                "loaded_at": delivery.received_at,
            }
        )  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def _answers_frame(wave: Wave, merged: Merged, batches: Sequence[Batch]) -> pd.DataFrame:
    targets = merged.targets
    return pd.DataFrame(
        {
            "wave_id": wave.wave_id,
            "respondent_id": categorical(merged.respondent, merged.respondents),
            "item_id": categorical(merged.target, [one.item_id for one in targets]),
            "dimension": categorical(merged.target, [one.dimension for one in targets]),
            "part": categorical(merged.target, [one.part for one in targets]),
            "value": merged.value,
            "text": pd.Series(merged.text, dtype="str"),
            "missing": categorical(merged.missing, NON_ANSWERS),
            "comment": pd.Series(merged.comment, dtype="str"),
            "source_id": categorical(merged.batch, [batch.source_id for batch in batches]),
            "source_row": merged.row,
        },
        copy=False,
    )


def _respondents_frame(people: People | None, earlier: Earlier, submissions: pd.DataFrame) -> pd.DataFrame:
    statuses = dict.fromkeys([*earlier.submissions["respondent_id"], *submissions["respondent_id"]], ANSWERED)
    if people is not None:
        statuses |= {who: person.status for who, person in people.persons.items()}
    return pd.DataFrame(sorted(statuses.items()), columns=["respondent_id", "status"])


def _invitations_frame(wave: Wave, people: People | None, rejoining: Rejoining) -> pd.DataFrame:
    is_round = wave.kind == "round" and wave.round_kind != "pilot"
    names = list(invited(people, wave, rejoining.previous, rejoining.returned)) if people and is_round else []
    return pd.DataFrame({"wave_id": [wave.wave_id] * len(names), "respondent_id": names})
