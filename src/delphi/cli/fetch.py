"""The command `fetch`: the only one that asks anybody else for anything."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from delphi.cli.show import note, print_json, print_table, progress
from delphi.study import locate

if TYPE_CHECKING:
    from delphi.stages.fetch import Fetched

_STATES = {
    "new": "new", "changed": "changed", "unchanged": "as before", "empty": "no response yet",
    "not_open": "not open yet",
}  # fmt: skip


def fetch(study: Path, /, *, wave: tuple[str, ...] = (), json: bool = False) -> None:
    """Bring the responses that REDCap, ODK Central or KoboToolbox has into the study folder, complete or not at all.

    Sources say from where, and where the token is kept (`fetch` in docs/study-file.md). Waves that open later are left
    out. `delphi run` then works on the files; it asks nobody.

    Parameters
    ----------
    study
        Study file or its folder.
    wave
        Only this wave, also before it opens; may be repeated.
    json
        Print one JSON document.
    """
    from delphi.stages.context import study_of
    from delphi.stages.fetch import fetch as fetch_files

    folder = locate(study)
    with progress(json) as shown:
        found = fetch_files(folder, wave, datetime.now(UTC), before=lambda one: shown.begin(one.title))
    if json:
        print_json({"study_id": study_of(folder).study_id, "files": [_row(one) for one in found]})
        return
    rows = [_row(one) | {"wave": ", ".join(one.errand.waves), "state": _STATES[one.state]} for one in found]
    print_table(rows, ("wave", "file", "server", "records", "state"))
    if any(one.state in ("new", "changed") for one in found):
        note(f"Go on with: delphi run {study}")


def _row(one: Fetched) -> dict[str, object]:
    return {
        "file": one.errand.file_name, "waves": list(one.errand.waves), "entries": list(one.errand.entry_ids),
        "server": one.errand.fetch.server, "records": one.records, "sha256": one.sha256, "state": one.state,
    }  # fmt: skip
