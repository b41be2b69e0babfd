"""Runs of the small study in children of a warm process: what a command does, at a tenth of its start-up."""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import shutil
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from delphi.errors import DelphiError
from delphi.study import locate
from tests.conftest import BARRIERS, barriers_rows, write_rows

SECRET = "5" * 64
TIMES = ("sources",)
"""Tables that say when a file came; two studies that took the same files in differ there and nowhere else."""


@dataclass(frozen=True)
class Ended:
    """How a child ended: signal or exit code, the codes of its problems, its traceback if it had one, its result."""

    status: int
    codes: tuple[str, ...] = ()
    broken: str = ""
    result: Any = None

    @property
    def was_killed(self) -> bool:
        """A signal ended it."""
        return os.WIFSIGNALED(self.status)


@cache
def warm_up() -> None:
    """Import everything that a run needs, as a run in a child says it; starts no thread and opens no file."""
    import delphi.outputs.report
    import delphi.stages.report
    import delphi.stages.verifying
    import delphi.stages.waves
    import delphi.validation.wave  # noqa: F401

    with TemporaryDirectory() as place:
        root = put_study(Path(place) / "warm" / "barriers")
        run, known = run_study(root), set(sys.modules)

        def action() -> list[str]:
            run()
            return sorted(set(sys.modules) - known)

        for name in in_child(action, Path(place) / "said.json").result:
            with contextlib.suppress(ImportError):
                importlib.import_module(name)


def start(action: Callable[[], Any], result: Path) -> int:
    """Begin an action in a child; returns its process id. `result` gets what `ended` reads."""
    result.unlink(missing_ok=True)
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if child:
        return child
    said: dict[str, Any] = {}
    code = 0
    try:
        os.umask(0o077)
        with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):  # noqa: PTH123
            said["result"] = action()
    except DelphiError as error:
        code = error.exit_code
        said["codes"] = [problem.code for problem in error.problems]
    except BaseException:
        code = 1
        said["broken"] = traceback.format_exc()
    finally:
        with contextlib.suppress(OSError):
            result.write_text(json.dumps(said), encoding="utf-8")
        os._exit(code)


def ended(child: int, result: Path) -> Ended:
    """Wait for a child."""
    _, status = os.waitpid(child, 0)
    said = _said(result)
    return Ended(status, tuple(said.get("codes", ())), said.get("broken", ""), said.get("result"))


def _said(result: Path) -> dict[str, Any]:
    """What a child wrote; one that was killed may have written nothing, or only a part."""
    try:
        said: dict[str, Any] = json.loads(result.read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return {}
    return said


def in_child(action: Callable[[], Any], result: Path) -> Ended:
    """An action from beginning to end in a child."""
    return ended(start(action, result), result)


def run_study(root: Path, until: str = "report") -> Callable[[], None]:
    """What `delphi run --direct` does."""

    def action() -> None:
        from delphi.stages.plan import run

        for _ in run(locate(root), (), until):
            pass

    return action


def rebuild_study(root: Path) -> Callable[[], None]:
    """What `delphi rebuild` does."""

    def action() -> None:
        from delphi.stages.rebuilding import rebuild_warehouse

        rebuild_warehouse(locate(root))

    return action


def verify_study(root: Path) -> Callable[[], dict[str, Any]]:
    """What `delphi verify` finds: codes of problems and digests of tables."""

    def action() -> dict[str, Any]:
        from delphi.stages.verifying import verify_study as verify

        found = verify(locate(root))
        tables = {str(row["table"]): row["digest"] for row in found.tables if row["table"] not in TIMES}
        return {"codes": [problem.code for problem in found.problems], "tables": tables}

    return action


def put_study(root: Path, waves: tuple[int, ...] = (1, 2)) -> Path:
    """The small study with a known secret, so that two copies give the same pseudonyms."""
    root.mkdir(parents=True)
    (root / "study.yaml").write_text(BARRIERS, encoding="utf-8")
    (root / "pseudonym.key").write_text(SECRET + "\n", encoding="ascii")
    (root / "pseudonym.key").chmod(0o600)
    for wave in waves:
        write_rows(root / f"r{wave}.csv", barriers_rows(wave))
    return root


def copy_study(template: Path, place: Path) -> Path:
    """A fresh copy under the same name, as the warehouse is called after its folder."""
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(template, place / template.name)
    return place / template.name


def files_of(root: Path) -> set[str]:
    """Every file below a study folder but received bytes, which have their sha256 for a name."""
    return {
        str(path.relative_to(root))
        for path in root.rglob("*")
        if path.is_file() and not (path.parent.name == ".received" and len(path.name) == 64)
    }
