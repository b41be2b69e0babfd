"""Runs a reader in a child process, so that a file that crashes or bloats foreign code harms nothing.

The child gets the bytes on standard input and gives back lines of JSON; nothing it prints or raises is passed on,
because exceptions of foreign code may hold answers. Where the system has no resource limits (Windows), only
the wall clock holds.
"""

from __future__ import annotations

import contextlib
import dataclasses
import importlib
import io
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NoReturn

from delphi.errors import AnswersError, Problem
from delphi.ingest.passing import extract_from, lines_of
from delphi.ingest.records import Cells, Extract
from delphi.ingest.refusing import refusal

READERS: Mapping[str, str] = {
    "xlsx": "delphi.ingest.workbook:read",
    "ods": "delphi.ingest.workbook:read",
    "parquet": "delphi.ingest.columnar:read",
    "sav": "delphi.ingest.labelled:read",
    "dta": "delphi.ingest.labelled:read",
}
"""Platform → the function that reads it in the child: `(data, file_name, options) -> Extract`."""

MEMORY_BYTES = 1_500_000_000
CPU_SECONDS = 60
WALL_SECONDS = 90.0
FILE_BYTES = 512 << 20

_START = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from delphi.ingest.child import main; main()"
)


def read_in_child(
    reader: str,
    data: bytes,
    file_name: str,
    options: Mapping[str, Any],
    *,
    new_column: Callable[[], Cells] = list,
    memory_bytes: int = MEMORY_BYTES,
    cpu_seconds: int = CPU_SECONDS,
    wall_seconds: float = WALL_SECONDS,
) -> Extract:
    """What a reader takes from the bytes of a file.

    Parameters
    ----------
    reader : ``module:function``, called in the child as ``function(data, file_name, options)``
    options : plain values for the reader
    new_column : makes what takes the cells of one column here
    memory_bytes, cpu_seconds, wall_seconds : limits of the child

    Raises
    ------
    AnswersError
        What the reader refuses; `reader_failed` when it crashes, fails or reaches a limit.
    """
    request = {
        "reader": reader, "file_name": file_name, "options": dict(options),
        "memory_bytes": memory_bytes, "cpu_seconds": cpu_seconds,
    }  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="delphi-", ignore_cleanup_errors=True) as folder:
        try:
            done = subprocess.run(
                [sys.executable, "-I", "-c", _START, json.dumps([path for path in sys.path if path])],
                input=json.dumps(request).encode() + b"\n" + data,
                capture_output=True,
                cwd=folder,
                env=_environment(folder),
                timeout=wall_seconds,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise _failed(file_name, f"took longer than {wall_seconds:g} seconds") from None
    return _answer(done.returncode, done.stdout, file_name, new_column)


def _environment(folder: str) -> dict[str, str]:
    """As little as a Python needs; one thread per library, because threads reserve address space."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "SYSTEMROOT") if name in os.environ}
    threads = {f"{library}_NUM_THREADS": "1" for library in ("OPENBLAS", "OMP", "MKL")}
    return {**kept, **threads, "TMPDIR": folder, "TEMP": folder, "PYTHONUTF8": "1"}


def _answer(code: int, output: bytes, file_name: str, new_column: Callable[[], Cells]) -> Extract:
    try:
        result = json.loads(output[: output.find(b"\n") + 1])
    except ValueError:
        result = None
    if code or not isinstance(result, dict):
        raise _failed(file_name, _ending(code))
    if "problems" in result:
        raise AnswersError([Problem(**problem) for problem in result["problems"]])
    if "failed" in result:
        raise _failed(file_name, str(result["failed"]))
    return extract_from(io.BytesIO(output), new_column)


def _ending(code: int) -> str:
    if code < 0:
        return f"was stopped by signal {-code}"
    return f"ended with code {code} and no result"


def _failed(file_name: str, what: str) -> AnswersError:
    return refusal(
        file_name,
        "reader_failed",
        f"the file cannot be read safely: its reader {what}",
        "The file may be damaged or too large: export it again, or export it as delimited text (csv).",
    )


def main() -> NoReturn:
    """Entry of the child: read the request, run the reader, write its result."""
    # What foreign code prints goes to standard error, which the parent drops.
    output = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    request = json.loads(sys.stdin.buffer.readline())
    _limit(request["memory_bytes"], request["cpu_seconds"])
    with output:
        output.writelines(_result(request))
    # Some libraries crash when the interpreter takes them down; the result is out by now.
    os._exit(0)


def _result(request: Mapping[str, Any]) -> Iterable[bytes]:
    try:
        module, function = request["reader"].split(":")
        reader = getattr(importlib.import_module(module), function)
        extract = reader(sys.stdin.buffer.read(), request["file_name"], request["options"])
        return lines_of(extract)
    except AnswersError as error:
        said: dict[str, Any] = {"problems": [dataclasses.asdict(problem) for problem in error.problems]}
    except MemoryError:
        said = {"failed": "needs more memory than it may have"}
    except Exception as error:
        # The kind of error only: its text may hold cells.
        said = {"failed": f"failed ({type(error).__name__})"}
    return [json.dumps(said).encode() + b"\n"]


def _limit(memory_bytes: int, cpu_seconds: int) -> None:
    try:
        import resource
    except ImportError:
        return
    limits = {
        "RLIMIT_AS": memory_bytes,
        "RLIMIT_CPU": cpu_seconds,
        "RLIMIT_FSIZE": FILE_BYTES,
        "RLIMIT_CORE": 0,
    }
    for name, value in limits.items():
        # A system may not know or allow one of them; the others still hold.
        with contextlib.suppress(AttributeError, ValueError, OSError):
            resource.setrlimit(getattr(resource, name), (value, value))
