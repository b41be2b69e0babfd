"""The command `release`: the file for analysts outside the team."""

from __future__ import annotations

from pathlib import Path

from delphi.cli.show import note, print_json, print_table
from delphi.study import locate


def release(
    study: Path,
    /,
    *,
    to: Path | None = None,
    warehouse: Path | None = None,
    outputs: Path | None = None,
    json: bool = False,
) -> None:
    """Write a DuckDB file with released tables only: nothing of persons, small groups withheld, groups rounded.

    Parameters
    ----------
    study
        Study file or its folder.
    to
        Folder for the file data.duckdb; without it, `release` beside the report.
    warehouse
        Another place for the warehouse file.
    outputs
        Another folder for what people read.
    json
        Print one JSON document.
    """
    from delphi.stages.release import release

    made = release(locate(study, warehouse, outputs), to)
    if json:
        print_json({"file": str(made.path), "rows": made.rows, "withheld": made.withheld})
        return
    print(f"Wrote {made.path}")
    print_table([{"table": name, "rows": n} for name, n in made.rows.items()])
    if made.withheld:
        print("\nWithheld")
        print_table([{"what": kind, "n": n} for kind, n in sorted(made.withheld.items())])
    note("It is for its owner alone until you hand it on; docs/releasing.md says how to open it locked down.")
