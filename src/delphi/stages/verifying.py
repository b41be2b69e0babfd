"""Whether everything is as recorded: journal, received bytes, secret, warehouse and what people read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from delphi.errors import Problem, WarehouseError
from delphi.ingest.journal import Event, Journal
from delphi.ingest.received import checked
from delphi.stages.seal import as_sealed, last_seal, outputs_of, publications
from delphi.stages.secret import known_fingerprint, secret_problem
from delphi.study import StudyFolder
from delphi.warehouse import stamp
from delphi.warehouse.digests import Inspected, inspect
from delphi.warehouse.mends import REBUILD

AGAIN = "Run `delphi run` again."


@dataclass(frozen=True)
class Verified:
    """What was looked at, and everything that differs."""

    files: int
    events: int
    tables: list[dict[str, object]]
    publications: list[int]
    problems: tuple[Problem, ...]


def verify_study(folder: StudyFolder) -> Verified:
    """Check the chain of the journal, the sha256 of every received file, the secret, the digest of every table against
    warehouse and journal, the stamp of the warehouse file, and the pages that people read."""
    problems: list[Problem] = []
    journal = Journal(folder.journal)
    events: tuple[Event, ...] | None = None
    received: set[str] = set()
    try:
        events = journal.events()
        received = {sha256 for event in events for sha256 in _received(event)}
        if problem := secret_problem(folder, known_fingerprint(journal)):
            problems.append(problem)
    except WarehouseError as error:
        problems.extend(error.problems)
    for sha256 in sorted(received):
        try:
            checked(sha256, folder.received)
        except WarehouseError as error:
            problems.extend(error.problems)
    inside = inspect(folder.warehouse)
    problems.extend(_told_once(inside.problems))
    if not inside.problems:
        problems.extend(stamp.problems_of(folder.warehouse))
        if events is not None and _has_grown(journal, events):
            problems.append(_at_work(folder))
        elif events is not None:
            problems.extend(_against_journal(folder, events, inside))
    published = [event.seq for event in publications(events or ())]
    return Verified(len(received), len(events or ()), inside.digests, published, tuple(problems))


def _received(event: Event) -> Iterator[str]:
    """What an event says was kept."""
    if event.kind == "delivery":
        yield str(event.facts["sha256"])
    elif event.kind == "definition":
        yield from event.facts["files"].values()


def _has_grown(journal: Journal, events: tuple[Event, ...]) -> bool:
    """Whether somebody took something in, or finished, since the journal was read: then the warehouse is of a later moment."""
    try:
        return len(journal.events()) != len(events)
    except WarehouseError:
        return False


def _at_work(folder: StudyFolder) -> Problem:
    return Problem(
        folder.journal.name, 0, 0, "", "grew while it was compared with the warehouse: a run is at work",
        "Verify again when it has ended.", "unfinished_run",
    )  # fmt: skip


def _against_journal(folder: StudyFolder, events: tuple[Event, ...], inside: Inspected) -> Iterator[Problem]:
    """A journal without its end, a warehouse of another day, and pages that somebody changed."""
    delivered = {event.facts["sha256"] for event in events if event.kind == "delivery"}
    if inside.received - delivered:
        yield Problem(
            folder.journal.name, 0, 0, "", "lacks deliveries that the warehouse holds: its end was cut off",
            "Restore the journal from a backup; it is never edited by hand.", "journal_damaged",
        )  # fmt: skip
        return
    last = last_seal(events)
    if last is None:
        yield Problem(
            folder.journal.name, 0, 0, "", "holds no seal of a run: the last one was cut off, or the journal's end",
            AGAIN, "not_sealed",
        )  # fmt: skip
        return
    sealed: dict[str, str] = last.facts["tables"]
    now = as_sealed(inside.digests)
    for table in sorted(set(sealed) | set(now)):
        if sealed.get(table) != now.get(table):
            yield Problem(
                folder.warehouse.name, 0, 0, f"table {table}", f"is not as the journal's last seal has it (line {last.seq})",
                f"{AGAIN} If this stays: {REBUILD}", "not_as_sealed",
            )  # fmt: skip
    pages = outputs_of(folder)
    for name, sha256 in last.facts["outputs"].items():
        if pages.get(name) != sha256:
            what = "is missing" if name not in pages else "is not as the last run left it"
            yield Problem(name, 0, 0, "", what, AGAIN, "output_changed")


def _told_once(problems: Iterable[Problem]) -> list[Problem]:
    """A run that was cut off leaves many tables without a digest; that is one thing to say."""
    found = list(problems)
    cut_off = [one for one in found if one.code == "unfinished_run"]
    others = [one for one in found if one.code != "unfinished_run"]
    if not cut_off:
        return others
    what = f"{len(cut_off)} tables have changed since the last finished run, which was cut off"
    return [*others, Problem(cut_off[0].file, 0, 0, "", what, cut_off[0].hint, "unfinished_run")]
