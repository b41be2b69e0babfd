"""Commands that keep a study whole: `rebuild` and `verify`."""

from __future__ import annotations

from pathlib import Path

from delphi.cli.show import print_json, print_table
from delphi.errors import WarehouseError
from delphi.study import locate


def rebuild(
    study: Path, /, *, warehouse: Path | None = None, outputs: Path | None = None, json: bool = False
) -> None:
    """Make the warehouse again from received bytes, journal and study file; the old one stays until the new
    is whole.

    Parameters
    ----------
    study
        Study file or its folder.
    warehouse
        Another place for the warehouse file.
    outputs
        Another folder for what people read.
    json
        Print one JSON document.
    """
    from delphi.stages.rebuilding import rebuild_warehouse

    folder = locate(study, warehouse, outputs)
    digests = rebuild_warehouse(folder)
    if json:
        print_json({"warehouse": str(folder.warehouse), "tables": digests})
        return
    print(f"Rebuilt {folder.warehouse.name}: {sum(int(str(row['rows'])) for row in digests)} rows.")
    print_table(digests, ("table", "rows", "digest"))


def verify(study: Path, /, *, warehouse: Path | None = None, json: bool = False) -> None:
    """Check warehouse, journal and received bytes against what was recorded, and name everything that
    differs.

    Parameters
    ----------
    study
        Study file or its folder.
    warehouse
        Another place for the warehouse file.
    json
        Print one JSON document.
    """
    from delphi.stages.verifying import verify_study

    verified = verify_study(locate(study, warehouse))
    if verified.problems:
        raise WarehouseError(verified.problems)
    if json:
        print_json(
            {
                "files": verified.files,
                "events": verified.events,
                "publications": verified.publications,
                "tables": verified.tables,
            }
        )
        return
    counted = (
        f"{verified.files} received files, {verified.events} journal entries, {len(verified.tables)} tables"
    )
    print(f"{counted}: all as recorded.")
    if verified.publications:
        numbers = ", ".join(str(number) for number in verified.publications)
        print(f"Publications, for `delphi run --as-of`: {numbers}.")
    print_table(verified.tables, ("table", "rows", "digest"))
