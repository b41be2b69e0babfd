"""The flow does what the stages do, on a real Prefect server, and leaves no answer in its store."""

from __future__ import annotations

import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.prefect


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A Prefect server of its own for these tests: address of the interface, and its home."""
    home = tmp_path_factory.mktemp("prefect")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = _environment(home, f"http://127.0.0.1:{port}/api")
    process = subprocess.Popen(
        [sys.executable, "-m", "prefect", "server", "start", "--port", str(port)],
        env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    address = f"http://127.0.0.1:{port}/api"
    for _ in range(600):
        try:
            urllib.request.urlopen(f"{address}/health", timeout=2).read()
            break
        except OSError:
            assert process.poll() is None, "the Prefect server ended before it was ready"
            time.sleep(0.2)
    else:
        pytest.fail("the Prefect server was not ready within two minutes")
    yield address, home
    process.terminate()
    process.wait(30)


def _environment(home: Path, address: str) -> dict[str, str]:
    import flows  # noqa: F401  (its import holds the quiet settings that children inherit)

    return os.environ | {
        "PREFECT_HOME": str(home), "PREFECT_API_URL": address, "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
    }  # fmt: skip


def _delphi(*arguments: str, environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "delphi", *arguments],
        env=environment, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip


def _tables(folder: Path) -> dict[str, tuple[int, str]]:
    done = _delphi("verify", str(folder), "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    return {row["table"]: (row["rows"], row["digest"]) for row in json.loads(done.stdout)["tables"]}


def test_flow_and_direct_run_leave_equal_tables(
    server: tuple[str, Path], barriers: Path, tmp_path: Path
) -> None:
    address, home = server
    copy = shutil.copytree(barriers, tmp_path / "copy" / "barriers")
    direct = _delphi("run", str(barriers), "--direct")
    assert direct.returncode == 0, direct.stderr
    # The same secret and the same moment of receipt: only then may two runs be compared table by table.
    for name in ("pseudonym.key", "journal.jsonl"):
        shutil.copy2(barriers / name, copy / name)
    shutil.copytree(barriers / ".received", copy / ".received")
    flow = _delphi("run", str(copy), "--json", environment=_environment(home, address))
    assert flow.returncode == 0, flow.stderr
    assert {step["stage"] for step in json.loads(flow.stdout)["steps"]} == {
        "ingest", "validate", "count", "statistics", "verdicts", "robustness", "report",
    }  # fmt: skip
    assert _tables(barriers) == _tables(copy)


def test_server_knows_run_tasks_and_artifacts_and_no_answer(server: tuple[str, Path], barriers: Path) -> None:
    address, home = server
    rows = (barriers / "r1.csv").read_text(encoding="utf-8").splitlines()
    planted = "planted-comment-7f3a"
    rows = [rows[0] + ",s01_comment"] + [row + f",{planted}" for row in rows[1:]]
    (barriers / "r1.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    done = _delphi("run", str(barriers), environment=_environment(home, address))
    assert done.returncode == 0, done.stderr
    time.sleep(3)
    names = _ask(address, "task_runs/filter", {"limit": 200})
    assert {"ingest -", "validate r1", "verdicts r2", "report -"} <= {row["name"] for row in names}
    artifacts = _ask(address, "artifacts/filter", {"limit": 50})
    by_key = {row["key"]: row for row in artifacts}
    assert by_key["stages-barriers"]["type"] == "table"
    assert "report.html" in str(by_key["report-barriers"]["data"])
    stored = b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())
    for secret in (planted, "p03@example.org"):
        assert secret.encode() not in stored
    with sqlite3.connect(f"file:{home / 'prefect.db'}?mode=ro", uri=True) as database:
        tables = [row[0] for row in database.execute("select name from sqlite_master where type = 'table'")]
        text = "\n".join(str(row) for table in tables for row in database.execute(f'select * from "{table}"'))
    for secret in (planted, "example.org"):
        assert secret not in text


def test_a_stage_that_fails_leaves_only_its_type_on_the_server(
    server: tuple[str, Path], barriers: Path, tmp_path: Path
) -> None:
    address, home = server
    code = (
        "import flows.run_study as f, delphi.stages.plan as plan\n"
        "def broken(folder, step, waves=()):\n    raise RuntimeError('planted-secret-9c1d')\n"
        "f.perform = broken\n"
        f"f.run_study({str(barriers)!r})\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=_environment(home, address),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "RuntimeError" in done.stderr
    time.sleep(2)
    stored = b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())
    assert b"planted-secret-9c1d" not in stored
    assert "planted-secret-9c1d" not in done.stderr


def test_a_served_deployment_schedules_runs_by_its_cron(server: tuple[str, Path], barriers: Path) -> None:
    address, home = server
    process = subprocess.Popen(
        [sys.executable, "-m", "flows.serve", str(barriers), "--cron", "0 6 * * *"],
        env=_environment(home, address), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        scheduled: list[dict[str, object]] = []
        for _ in range(300):
            found = _ask(
                address, "flow_runs/filter", {"flow_runs": {"state": {"type": {"any_": ["SCHEDULED"]}}}}
            )
            scheduled = [row for row in found if row.get("deployment_id")]
            if scheduled:
                break
            assert process.poll() is None, "serving ended by itself"
            time.sleep(0.3)
        assert scheduled, "no run was scheduled: Prefect and SQLAlchemy of the lock do not fit"
    finally:
        process.terminate()
        process.wait(30)


def _ask(address: str, path: str, body: dict[str, object]) -> list[dict[str, object]]:
    request = urllib.request.Request(
        f"{address}/{path}", json.dumps(body).encode(), {"Content-Type": "application/json"}, method="POST"
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.loads(answer.read())
