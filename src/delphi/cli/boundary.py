"""What an unforeseen error may say: its kind and where it happened, never the text of a foreign exception.

Exceptions of Pandera, pandas and DuckDB repeat the values that they stumble over, and those are somebody's answers.
"""

from __future__ import annotations

import contextlib
import logging
import sys
import threading
import traceback
import warnings
from pathlib import Path
from types import TracebackType

from delphi.errors import DelphiError

BUG = "This is a bug in Delphi. What follows holds no answer and can be handed on:"


def keep_quiet() -> None:
    """Route every way in which Python speaks of an error by itself through this module; write no memory to disk."""
    sys.excepthook = _unforeseen
    threading.excepthook = lambda given: _unforeseen(given.exc_type, given.exc_value, given.exc_traceback)
    sys.unraisablehook = lambda given: _unforeseen(given.exc_type, given.exc_value, given.exc_traceback)
    warnings.showwarning = _warning
    logging.lastResort = _Quiet()
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def told(error: BaseException) -> str:
    """An error and those behind it: kinds and places. Only Delphi's own messages are repeated: they hold no answer."""
    lines: list[str] = []
    seen: set[int] = set()
    one: BaseException | None = error
    while one is not None and id(one) not in seen:
        seen.add(id(one))
        if lines:
            lines.append("which came after:")
        lines += [_place(frame) for frame in traceback.extract_tb(one.__traceback__, limit=-25)]
        kind = f"{type(one).__module__}.{type(one).__qualname__}".removeprefix("builtins.")
        lines.append(f"{kind}: {one}" if isinstance(one, DelphiError) else kind)
        one = one.__cause__ or (None if one.__suppress_context__ else one.__context__)
    return "\n".join(lines)


def _place(frame: traceback.FrameSummary) -> str:
    parts = Path(frame.filename).parts
    start = max(
        (n for n, part in enumerate(parts) if part in ("site-packages", "src")), default=len(parts) - 3
    )
    return f"  {'/'.join(parts[max(start + 1, 0) :])}:{frame.lineno} in {frame.name}"


def _unforeseen(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    found = error if error is not None else kind()
    print(BUG, told(found), sep="\n", file=sys.stderr)


def _warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: object = None,
    line: object = None,
) -> None:
    print(f"{category.__name__} at {Path(filename).name}:{lineno}", file=sys.stderr)


class _Quiet(logging.Handler):
    """Says that something was logged where nobody has set up logging, and where, but not what."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)

    def emit(self, record: logging.LogRecord) -> None:
        print(f"{record.levelname} of {record.name}, {record.filename}:{record.lineno}", file=sys.stderr)
