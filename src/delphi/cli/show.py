"""How results look: aligned tables on a terminal and elsewhere, one JSON document, progress on a terminal
only."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Protocol

from delphi.errors import DelphiError

_UNSAFE = dict.fromkeys((*range(32), *range(127, 160), 8206, 8207, *range(8234, 8239), *range(8294, 8298)))


def safe(text: object) -> str:
    """Text without control and direction characters, which could rewrite a terminal's line."""
    return str(text).translate(_UNSAFE)


def problem_rows(error: DelphiError) -> list[dict[str, object]]:
    """Problems as plain rows."""
    return [
        {
            "file": problem.file, "line": problem.line, "column": problem.column, "path": problem.path,
            "message": problem.message, "hint": problem.hint, "code": problem.code,
        }
        for problem in error.problems
    ]  # fmt: skip


def print_json(document: object) -> None:
    """One JSON document on standard output."""
    text = json.dumps(document, ensure_ascii=False, indent=2, default=str, allow_nan=False)
    # JSON has a spelling for every character, so that none of these reaches the terminal as it is.
    print(text.translate({sign: f"\\u{sign:04x}" for sign in _UNSAFE if sign > 31}))


def cell(value: object) -> str:
    """A value as people read it: empty for nothing, no needless digits."""
    if value is None or value != value:  # noqa: PLR0124  (only NaN and NaT differ from themselves)
        return ""
    if isinstance(value, float):
        return f"{value:.6g}"
    return safe(value)


def print_table(rows: Sequence[Mapping[str, object]], columns: Sequence[str] | None = None) -> None:
    """Rows as an aligned table: drawn on a terminal, plain text elsewhere."""
    names = list(columns or (rows[0].keys() if rows else ()))
    if not names:
        return
    texts = [[cell(row.get(name)) for name in names] for row in rows]
    numeric = [
        bool(rows) and all(isinstance(row.get(name), int | float) or row.get(name) is None for row in rows)
        for name in names
    ]
    if sys.stdout.isatty():
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text

        table = Table(box=None, pad_edge=False, header_style="bold")
        for name, is_number in zip(names, numeric, strict=True):
            table.add_column(name, justify="right" if is_number else "left", overflow="fold")
        for line in texts:
            table.add_row(*(Text(text) for text in line))
        Console().print(table)
        return
    widths = [max(len(name), *(len(line[i]) for line in texts), 0) for i, name in enumerate(names)]
    for line in [names, *texts]:
        aligned = (
            text.rjust(width) if is_number else text.ljust(width)
            for text, width, is_number in zip(line, widths, numeric, strict=True)
        )
        print("  ".join(aligned).rstrip())


class Progress(Protocol):
    """Somebody who wants to know which step begins and how it ended."""

    def begin(self, title: str) -> None:
        """A step begins."""

    def end(self, title: str, state: str, seconds: float) -> None:
        """A step has ended."""


class _Silent:
    def begin(self, title: str) -> None:
        """Say nothing."""

    def end(self, title: str, state: str, seconds: float) -> None:
        """Say nothing."""


class _Live:
    """A line that moves, on standard error of a terminal."""

    def __init__(self) -> None:
        from rich.console import Console

        self._console = Console(stderr=True, highlight=False)
        self._status = self._console.status("")
        self._status.start()

    def begin(self, title: str) -> None:
        self._status.update(f"{title} ...")

    def end(self, title: str, state: str, seconds: float) -> None:
        self._console.print(f"  {title:<18} {state:<10} {seconds:6.2f} s")

    def stop(self) -> None:
        self._status.stop()


@contextmanager
def progress(quiet: bool) -> Iterator[Progress]:
    """Progress on a terminal, nothing elsewhere."""
    if quiet or not sys.stderr.isatty():
        yield _Silent()
        return
    live = _Live()
    try:
        yield live
    finally:
        live.stop()


def note(lines: str | Iterable[str], quiet: bool = False) -> None:
    """Say something beside the result, on standard error."""
    if not quiet:
        for line in [lines] if isinstance(lines, str) else lines:
            print(line, file=sys.stderr, flush=True)
