"""Whether everything is as recorded: journal, received bytes and warehouse."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from delphi.errors import Problem, WarehouseError
from delphi.ingest.journal import Journal
from delphi.ingest.received import load
from delphi.stages.context import deliveries_of
from delphi.study import StudyFolder
from delphi.warehouse.digests import recorded_digests, verify


@dataclass(frozen=True)
class Verified:
    """What was looked at, and everything that differs."""

    files: int
    events: int
    tables: list[dict[str, object]]
    problems: tuple[Problem, ...]


def verify_study(folder: StudyFolder) -> Verified:
    """Check the chain of the journal, the sha256 of every received file, and the digest of every table."""
    problems: list[Problem] = []
    journal = Journal(folder.journal)
    events = 0
    shas: set[str] = set()
    try:
        events = len(journal.events())
        shas = {one.sha256 for one in deliveries_of(journal)}
    except WarehouseError as error:
        problems.extend(error.problems)
    for sha256 in sorted(shas):
        try:
            load(sha256, folder.received)
        except WarehouseError as error:
            problems.extend(error.problems)
    problems.extend(_told_once(verify(folder.warehouse)))
    tables = [] if problems else recorded_digests(folder.warehouse)
    return Verified(len(shas), events, tables, tuple(problems))


def _told_once(problems: Iterable[Problem]) -> list[Problem]:
    """A run that was cut off leaves many tables without a digest; that is one thing to say."""
    found = list(problems)
    cut_off = [one for one in found if one.code == "unfinished_run"]
    others = [one for one in found if one.code != "unfinished_run"]
    if not cut_off:
        return others
    what = f"{len(cut_off)} tables have changed since the last finished run, which was cut off"
    return [*others, Problem(cut_off[0].file, 0, 0, "", what, cut_off[0].hint, "unfinished_run")]
