"""The command `trace`: where a number comes from."""

from __future__ import annotations

from pathlib import Path

from delphi.cli.show import note, print_json, print_table
from delphi.errors import UsageError
from delphi.study import locate

MOST_ROWS = 40


def trace(
    study: Path,
    /,
    *,
    wave: str,
    item: str,
    statistic: str = "verdict",
    dimension: str | None = None,
    part: str | None = None,
    group: str = "all=all",
    versus: str | None = None,
    warehouse: Path | None = None,
    json: bool = False,
) -> None:
    """Follow a number to its counts, rows of files, received bytes, study file and code. Shows no answer of a person.

    Parameters
    ----------
    study
        Study file or its folder.
    wave
        Wave of the number.
    item
        Item of the number.
    statistic
        Id of the statistic, or `verdict`.
    dimension
        Only this dimension of the item.
    part
        Only this part of the item.
    group
        Group, as `role=city`; everyone without it.
    versus
        For numbers between waves: the earlier wave.
    warehouse
        Another place for the warehouse file.
    json
        Print one JSON document.
    """
    from delphi.stages.tracing import Cell, trace

    group_by, sign, group_value = group.partition("=")
    if not sign or not group_by or not group_value:
        raise UsageError(
            f"--group {group} names no group.", "Write it as DIMENSION=CATEGORY, such as role=city."
        )
    cell = Cell(wave, item, dimension, part, group_by, group_value)
    found = trace(locate(study, warehouse), cell, statistic, versus)
    if json:
        print_json(found.as_dict())
        return
    shown = [
        {
            name: value
            for name, value in row.items()
            if value is not None and name not in ("wave_id", "item_id")
        }
        for row in found.numbers
    ]
    print(f"{statistic} of {item} in {wave}")
    print_table(shown, tuple(dict.fromkeys(name for row in shown for name in row)))
    print("\nmade of these counts")
    print_table(found.counts, ("dimension", "part", "value", "n"))
    print(f"\nfrom {len(found.rows)} rows of these files, whose bytes are as received")
    print_table(found.files, ("file", "version", "records", "accepted", "sha256"))
    print_table(found.rows[:MOST_ROWS], ("wave", "file", "row", "dimension", "part"))
    if len(found.rows) > MOST_ROWS:
        note(f"{len(found.rows) - MOST_ROWS} more rows; --json lists all.")
    print(
        f"\nby code {found.code_version}, study file {found.study_file_sha256}, inputs {found.inputs_sha256}"
    )
    if found.publication is not None:
        print(f"sealed in publication {found.publication}")
