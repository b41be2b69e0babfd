"""A publication again, as it was: from the journal up to its seal, the study file of that day and the received bytes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from delphi.errors import Problem, UsageError, WarehouseError
from delphi.ingest.journal import Event, Journal
from delphi.stages.definition import last_definition, restore_definition
from delphi.stages.rebuilding import fresh_folder, whole_again
from delphi.stages.running import code_version
from delphi.stages.seal import outputs_of, publications
from delphi.study import StudyFolder
from delphi.warehouse.warehouse import Warehouse
from delphi.whole_files import sync_folder


@dataclass(frozen=True)
class Again:
    """A publication that came out as it was: where it lies, and the tables that were compared."""

    publication: int
    at: str
    warehouse: Path
    report: Path
    tables: dict[str, str]


def run_as_of(folder: StudyFolder, wanted: str) -> Again:
    """Make a publication again, in a folder beside the warehouse, and compare it with its seal; nothing else changes.

    Parameters
    ----------
    wanted : number of a publication, or a day or instant (ISO, UTC): then the last publication until its end

    Raises
    ------
    UsageError
        If there is no such publication.
    WarehouseError
        If something it rests on is damaged, or it came out otherwise, as with other code it may.
    """
    seal = _publication(folder, wanted)
    before = tuple(event for event in Journal(folder.journal).events() if event.seq < seal.seq)
    definition = last_definition(before)
    if definition is None:
        raise UsageError(f"The study file of publication {seal.seq} was not kept.", "Choose a later one.")
    home = folder.warehouse.parent
    target = home / f"{folder.warehouse.stem}-as-of-{seal.seq}"
    with Warehouse.locked(folder.warehouse), fresh_folder(folder.warehouse, "as-of") as place:
        then = _as_it_was(folder, definition, seal, place)
        tables = whole_again(then).tables
        differing = _differing(seal, tables, outputs_of(then))
        if differing:
            raise WarehouseError([_differs(seal, one) for one in differing])
        target.mkdir(exist_ok=True, mode=0o700)
        Warehouse.put_in_place(then.warehouse, target / folder.warehouse.name)
        for page in outputs_of(then):
            (then.outputs / page).replace(target / page)
        sync_folder(target)
    pages = [target / page for page in seal.facts["outputs"]]
    return Again(seal.seq, seal.at, target / folder.warehouse.name, pages[0], tables)


def _publication(folder: StudyFolder, wanted: str) -> Event:
    """The publication of a number or until a time."""
    known = publications(Journal(folder.journal).events())
    hint = (
        "Publications: " + ", ".join(f"{event.seq} ({event.at[:16]})" for event in known[-10:]) + "."
        if known
        else "A run of the whole study makes one: `delphi run`."
    )
    if wanted.isascii() and wanted.isdigit():
        found = [event for event in known if event.seq == int(wanted)]
    else:
        until = _instant(wanted, hint)
        found = [event for event in known if datetime.fromisoformat(event.at) < until]
    if not found:
        raise UsageError(f"There is no publication {wanted}.", hint)
    return found[-1]


def _instant(wanted: str, hint: str) -> datetime:
    """End of a day, or the instant itself."""
    try:
        moment = datetime.fromisoformat(wanted)
    except ValueError:
        raise UsageError(f"{wanted} is neither the number of a publication nor a day.", hint) from None
    if len(wanted) <= len("2026-01-31"):
        moment = moment.replace(hour=23, minute=59, second=59, microsecond=999_999)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _as_it_was(folder: StudyFolder, definition: Event, seal: Event, place: Path) -> StudyFolder:
    """A study folder with the definition, journal and secret of that time; received bytes are linked to."""
    root = place / folder.root.name
    root.mkdir(mode=0o700)
    study_file = restore_definition(folder, definition, root)
    lines = folder.journal.read_bytes().split(b"\n")[: seal.seq - 1]
    then = StudyFolder(study_file, place / folder.warehouse.name, place / "outputs")
    then.journal.write_bytes(b"".join(line + b"\n" for line in lines))
    then.received.symlink_to(folder.received.resolve(), target_is_directory=True)
    if folder.pseudonym_key.is_file():
        then.pseudonym_key.symlink_to(folder.pseudonym_key)
    return then


def _differing(seal: Event, tables: dict[str, str], outputs: dict[str, str]) -> list[str]:
    """What is not as sealed; pages are compared only where the same code made them."""
    then: dict[str, str] = seal.facts["tables"]
    found = [f"table {name}" for name in sorted({*then, *tables}) if then.get(name) != tables.get(name)]
    pages: dict[str, str] = seal.facts["outputs"] if seal.facts["code"] == code_version() else {}
    return found + [name for name in sorted(pages) if outputs.get(name) != pages[name]]


def _differs(seal: Event, what: str) -> Problem:
    made_by = seal.facts["code"]
    hint = (
        f"It was made by Delphi {made_by}; install that version to make it again."
        if made_by != code_version()
        else "Compare the libraries that its seal names in the journal with those installed here."
    )
    return Problem(
        "", 0, 0, what, f"came out otherwise than in publication {seal.seq}", hint, "not_reproduced"
    )
