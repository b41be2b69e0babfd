"""The seal of a run: what it left, in the journal, so that no later change passes for its result.

In the warehouse every table gets its logical digest; the journal's event `seal` repeats them, with the code, the study
file, the libraries, the secret's fingerprint and the sha256 of what people read. A seal of a whole run is a
publication: `delphi run --as-of` makes it again.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import distribution
from typing import Any

from delphi.ingest.journal import Event, Journal
from delphi.stages.context import study_of
from delphi.stages.plan import Step, steps_after_ingest
from delphi.stages.running import code_version, is_current, session
from delphi.stages.secret import known_fingerprint
from delphi.stages.summary import REPORT_NAME
from delphi.study import StudyFolder
from delphi.warehouse.digests import digests_of, write_digests
from delphi.warehouse.warehouse import Warehouse

TAKEN_IN = ("delivery", "definition")
"""Events after which the tables of an earlier run are no longer all there is."""

LIBRARIES = ("duckdb", "numpy", "pandas", "pandera", "scikit-learn", "scipy")


@dataclass(frozen=True)
class Sealed:
    """What the warehouse holds, table → rows and digest, and whether that is all of what has been taken in.

    `seen` is the number of events in the journal when it was looked at.
    """

    tables: dict[str, str]
    is_whole: bool
    seen: int


def seal(folder: StudyFolder, is_whole: bool) -> Event:
    """Record the digest of every table in warehouse and journal; a state that is sealed already is not sealed twice.

    Parameters
    ----------
    is_whole : every stage of every wave that has arrived was looked at, and the report
    """
    with session(folder) as warehouse:
        return journalled(folder, sealed(folder, warehouse, is_whole))


def sealed(folder: StudyFolder, warehouse: Warehouse, is_whole: bool) -> Sealed:
    """Record the digest of every table in the warehouse.

    What others took in since the stages were done is not in the tables yet: then they are not the whole.
    """
    seen = len(Journal(folder.journal).events())
    if is_whole:
        steps = (Step("ingest"), *steps_after_ingest(folder, (), "report"))
        is_whole = is_current(folder, warehouse, steps)
    with warehouse.transaction():
        write_digests(warehouse)
    return Sealed(as_sealed(digests_of(warehouse)), is_whole, seen)


def as_sealed(digests: Iterable[Mapping[str, object]]) -> dict[str, str]:
    """Table → rows and digest, as a seal has them."""
    return {str(row["table"]): f"{row['rows']}:{row['digest']}" for row in digests}


def journalled(folder: StudyFolder, state: Sealed) -> Event:
    """Seal a state of the warehouse in the journal, unless the last seal says as much."""
    journal = Journal(folder.journal)
    facts = {
        "study": study_of(folder).study_file_sha256,
        "code": code_version(),
        "libraries": {name: installed_version(name) for name in LIBRARIES},
        "secret": known_fingerprint(journal),
        "tables": state.tables,
        "outputs": outputs_of(folder),
        "is_whole": state.is_whole,
    }
    last = last_seal(journal.events())
    if last is not None and _says_as_much(last.facts, facts):
        return last

    def is_newer(event: Event) -> bool:
        return state.is_whole and event.seq > state.seen and event.kind in TAKEN_IN

    made = journal.append("seal", facts, datetime.now(UTC), unless=is_newer)
    if made.kind == "seal":
        return made
    return journal.append("seal", {**facts, "is_whole": False}, datetime.now(UTC))


def installed_version(library: str) -> str:
    """Version of an installed library, from one line of its description: read whole, licences and all, it takes long."""
    found = distribution(library)
    line = re.search(r"^Version: *(\S+)", found.read_text("METADATA") or "", flags=re.MULTILINE)
    return line[1] if line else found.version


def _says_as_much(last: Mapping[str, Any], facts: Mapping[str, Any]) -> bool:
    return {**last, "is_whole": True} == {**facts, "is_whole": True} and last["is_whole"] >= facts["is_whole"]


def last_seal(events: tuple[Event, ...]) -> Event | None:
    """The seal of the last run that finished."""
    found = [event for event in events if event.kind == "seal"]
    return found[-1] if found else None


def publications(events: tuple[Event, ...]) -> list[Event]:
    """Seals of whole runs, oldest first; their numbers are lines of the journal."""
    return [event for event in events if event.kind == "seal" and event.facts["is_whole"]]


def outputs_of(folder: StudyFolder) -> dict[str, str]:
    """What people read: file name → sha256."""
    page = folder.outputs / REPORT_NAME
    return {REPORT_NAME: hashlib.sha256(page.read_bytes()).hexdigest()} if page.is_file() else {}
