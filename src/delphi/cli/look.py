"""Commands that look and change nothing: `status`, `query` and `findings`."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from delphi.cli.show import note, print_json, print_table
from delphi.errors import UsageError
from delphi.study import locate


def status(study: Path, /, *, warehouse: Path | None = None, json: bool = False) -> None:
    """Show waves, returns by group, what is due and what waits for a decision.

    Parameters
    ----------
    study
        Study file or its folder.
    warehouse
        Another place for the warehouse file.
    json
        Print one JSON document.
    """
    from datetime import UTC, datetime

    from delphi.stages.status import status_of

    found = status_of(locate(study, warehouse), datetime.now(UTC))
    if json:
        print_json(found.as_dict())
        return
    print(f"{found.study_id}: {found.title}")
    print_table(found.waves, ("wave", "kind", "opens", "closes", "state", "invited", "returned", "due"))
    if found.returns:
        print("\nReturns by group")
        print_table(found.returns)
    for heading, lines in (
        ("Waits for a decision", found.decisions),
        ("Differs from the file", found.differences),
    ):
        if lines:
            print(f"\n{heading}")
            for line in lines:
                print(f"  {line}")


def query(
    study: Path,
    sql: str,
    /,
    *,
    format: Literal["table", "csv", "json", "parquet"] = "table",
    output: Path | None = None,
    warehouse: Path | None = None,
    json: bool = False,
) -> None:
    """Ask the warehouse a question in SQL; it cannot change, write or load anything.

    Small groups are not suppressed here: what leaves the team goes through the report.

    Parameters
    ----------
    study
        Study file or its folder.
    sql
        One query.
    format
        table, csv, json or parquet.
    output
        File to write to; parquet needs one.
    warehouse
        Another place for the warehouse file.
    json
        The same as --format json.
    """
    from delphi.stages.querying import print_query, query_rows, write_query

    folder, form = locate(study, warehouse), "json" if json else format
    if form == "parquet" and output is None:
        raise UsageError("Parquet cannot be shown.", "Name a file: --output result.parquet")
    if output is not None and form != "table":
        write_query(folder, sql, form, output)
        note(f"Wrote {output}.")
        return
    rows, names = query_rows(folder, sql)
    if form == "json":
        print_json(rows)
    elif form == "csv":
        import sys

        print_query(rows, names, sys.stdout)
    else:
        print_table(rows, names)


def findings(
    study: Path,
    /,
    *,
    wave: str | None = None,
    rule: str | None = None,
    file: str | None = None,
    item: str | None = None,
    column: str | None = None,
    level: Literal["file", "record", "cell"] | None = None,
    limit: int = 50,
    page: int = 1,
    warehouse: Path | None = None,
    json: bool = False,
) -> None:
    """Show what was refused, quarantined or odd, and how to mend it. Answers themselves are not shown.

    Parameters
    ----------
    study
        Study file or its folder.
    wave
        Only this wave.
    rule
        Only this rule.
    file
        Only this file.
    item
        Only this item.
    column
        Only this column of a file.
    level
        Only findings about files, records or cells.
    limit
        Rows per page.
    page
        Which page.
    warehouse
        Another place for the warehouse file.
    json
        Print one JSON document.
    """
    from delphi.stages.findings import findings_of

    if limit < 1 or page < 1:
        raise UsageError("--limit and --page are 1 or more.")
    folder = locate(study, warehouse)
    found = findings_of(folder, wave=wave, rule=rule, level=level, file=file, item=item, column=column)
    pages = max(-(-len(found.rows) // limit), 1)
    if page > pages:
        raise UsageError(f"There are {pages} pages.", f"Choose --page 1 to {pages}.")
    part = found.rows[(page - 1) * limit : page * limit]
    if json:
        print_json(
            {
                "total": len(found.rows),
                "page": page,
                "pages": pages,
                "refused": found.refused,
                "by_rule": found.by_rule,
                "findings": part,
            }
        )
        return
    for refusal in found.refused:
        print(f"refused  {refusal['file']}: {refusal['message']}\n  {refusal['hint']}")
    if not found.rows:
        print("No findings.")
        return
    print_table(found.by_rule, ("level", "rule", "n", "what to do"))
    print()
    print_table(part, ("level", "rule", "file", "row", "column", "item", "reason"))
    if len(found.rows) > len(part):
        note(
            f"Page {page} of {pages}; --page shows another, --rule, --file, --item, --wave and others narrow."
        )
