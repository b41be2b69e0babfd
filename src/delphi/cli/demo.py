"""The command `demo`: the demonstration study, from invented exports to the report."""

from __future__ import annotations

from pathlib import Path
from textwrap import fill

from delphi.cli.run import directly, show
from delphi.cli.show import note
from delphi.study import locate


def demo(folder: Path = Path("gfmd-mapping"), /, *, seed: int | None = None, json: bool = False) -> None:
    """Write the demonstration study and take it all the way to the report, without a server.

    Parameters
    ----------
    folder
        Where to write it.
    seed
        Another panel of the same kind; the planted results are certain for the default only.
    json
        Print one JSON document.
    """
    from delphi.demo import DEFAULT_SEED, write_demo

    written = write_demo(folder, DEFAULT_SEED if seed is None else seed)
    note(f"Wrote {len(written)} files of an invented study to {folder}.", quiet=json)
    place = locate(folder)
    results, found = directly(place, (), "report", quiet=json)
    show(place, results, found, "report", as_json=json)
    if not json:
        for label, names in found.robustness.items():
            print(
                fill(
                    f"{label}: {', '.join(names) or 'none'}",
                    110,
                    initial_indent="  ",
                    subsequent_indent="    ",
                )
            )
    note(
        f"Next: open the report, read {folder}/study.yaml, or run it as a Prefect flow: delphi run {folder}",
        json,
    )
