"""A Prefect server that dies in the middle of a flow: it is said in words, and no later run is held up or differs."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from delphi.stages.plan import run
from delphi.stages.verifying import verify_study
from delphi.study import locate

pytestmark = [
    pytest.mark.prefect,
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="children are found in /proc"),
]


def test_p25_a_server_killed_in_the_middle_of_a_flow_is_said_and_holds_up_no_later_run(
    barriers: Path, tmp_path: Path
) -> None:
    home = tmp_path / "prefect"
    flow = _started(barriers, home)
    _until((barriers / "barriers.duckdb").exists, flow)
    os.kill(_server_of(flow.pid), signal.SIGKILL)
    said = flow.communicate(timeout=150)[1]
    assert flow.returncode in {0, 12}
    assert flow.returncode == 0 or "The Prefect server cannot be reached any more" in said
    assert "Traceback" not in said
    assert "bug" not in said
    assert len(said.splitlines()) < 10, said

    _run_directly(barriers)
    assert _tables(barriers) == _tables(_undisturbed(barriers, tmp_path))

    with sqlite3.connect(f"file:{home / 'prefect.db'}?mode=ro", uri=True) as database:
        states = [row[0] for row in database.execute("select state_type from flow_run")]
    assert states == ["RUNNING"], "the run whose server died is still one that runs"
    again = _started(barriers, home)
    said = again.communicate(timeout=150)[1]
    assert again.returncode == 0, said


def _started(study: Path, home: Path) -> subprocess.Popen[str]:
    """`delphi run` with a temporary server of its own."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith("PREFECT_")}
    return subprocess.Popen(
        [sys.executable, "-m", "delphi", "run", str(study)],
        env=kept | {"PREFECT_HOME": str(home), "DO_NOT_TRACK": "1"},
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def _until(is_so: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    for _ in range(2400):
        if is_so():
            return
        assert process.poll() is None, "the run ended before its server could be killed"
        time.sleep(0.05)
    pytest.fail("the run did not begin within two minutes")


def _server_of(process: int) -> int:
    """The temporary server that a run has started."""
    for task in Path(f"/proc/{process}/task").iterdir():
        for child in (task / "children").read_text().split():
            if b"uvicorn" in Path(f"/proc/{child}/cmdline").read_bytes():
                return int(child)
    pytest.fail("the run has no temporary server")


def _undisturbed(study: Path, place: Path) -> Path:
    """The same deliveries, received at the same moments under the same secret, without any server."""
    copy = place / "copy" / study.name
    copy.mkdir(parents=True)
    for name in ("study.yaml", "r1.csv", "r2.csv", "pseudonym.key", "journal.jsonl"):
        shutil.copy2(study / name, copy / name)
    shutil.copytree(study / ".received", copy / ".received")
    _run_directly(copy)
    return copy


def _run_directly(study: Path) -> None:
    for _ in run(locate(study)):
        pass


def _tables(study: Path) -> list[dict[str, object]]:
    found = verify_study(locate(study))
    assert found.problems == ()
    return found.tables
