"""Commands that look and change nothing: `status`, `query` and `findings`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from delphi.cli.show import note, print_json, print_table, safe
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
    page_size: Annotated[int, Parameter(name=("--page-size", "--limit"))] = 50,
    page: int = 1,
    all: Annotated[bool, Parameter(negative=())] = False,
    raw: Annotated[bool, Parameter(negative=())] = False,
    warehouse: Path | None = None,
    json: bool = False,
) -> None:
    """Show what was refused, quarantined or odd, and how to mend it. Answers are shown only with --raw.

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
    page_size
        Findings per page.
    page
        Which page.
    all
        All findings on one page.
    raw
        Also show the cell as it stood in the file, which may be an answer.
    warehouse
        Another place for the warehouse file.
    json
        Print one JSON document.
    """
    from delphi.stages.findings import findings_of

    if page_size < 1 or page < 1:
        raise UsageError("--page-size and --page are 1 or more.")
    if all and page > 1:
        raise UsageError("--all shows everything at once; --page is not needed.", "Leave one of the two out.")
    folder = locate(study, warehouse)
    found = findings_of(folder, wave=wave, rule=rule, level=level, file=file, item=item, column=column)
    size = max(found.total, 1) if all else page_size
    pages = found.pages(size)
    if page > pages:
        there = "is 1 page" if pages == 1 else f"are {pages} pages"
        raise UsageError(f"There {there}.", f"Choose --page 1{f' to {pages}' if pages > 1 else ''}.")
    part = found.rows(page, size, raw)
    if json:
        print_json(
            {
                "total": found.total,
                "page": page,
                "pages": pages,
                "page_size": size,
                "refused": found.refused,
                "by_rule": found.by_rule,
                "findings": part,
            }
        )
        return
    for refusal in found.refused:
        print(safe(f"refused  {refusal['file']}: {refusal['message']}"))
        print(safe(f"  {refusal['hint']}"))
    if not found.total:
        print("No findings.")
        return
    print_table(found.by_rule, ("level", "rule", "n", "what to do"))
    print()
    sheet = ("sheet",) if any(row["sheet"] for row in part) else ()
    last = ("raw",) if raw else ()
    print_table(part, ("level", "rule", "wave", "file", *sheet, "row", "column", "item", "reason", *last))
    if pages > 1:
        then = f"--page {page + 1} shows the next" if page < pages else "this is the last"
        note(
            f"Page {page} of {pages} ({found.total} findings): {then}; --wave, --level, --rule, --file, --item and "
            "--column narrow, --all shows everything."
        )
