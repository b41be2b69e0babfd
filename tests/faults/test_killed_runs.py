"""A run that is killed in the middle of any stage and started again ends as an undisturbed one."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

KILL = """
import os, signal, sys
import delphi.stages.plan as plan
from delphi.warehouse.warehouse import Warehouse
stage = sys.argv[2]
now = {'stage': None}
perform = plan.perform
def watched(folder, step, waves=()):
    now['stage'] = step.stage
    return perform(folder, step, waves)
plan.perform = watched
def die(*_args, **_kwargs):
    os.kill(os.getpid(), signal.SIGKILL)
replace = Warehouse.replace
def half_done(self, table, frame, where):
    done = replace(self, table, frame, where)
    if now['stage'] == stage:
        die()
    return done
Warehouse.replace = half_done
if stage == 'report':
    import delphi.outputs.report as report
    report.render_report = die
from delphi.study import locate
from pathlib import Path
for _ in plan.run(locate(Path(sys.argv[1]))):
    pass
"""


def _run(folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "delphi", "run", str(folder), "--direct"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def _digests(folder: Path) -> dict[str, str]:
    done = subprocess.run(
        [sys.executable, "-m", "delphi", "verify", str(folder), "--json"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return {row["table"]: row["digest"] for row in json.loads(done.stdout)["tables"]}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small study after a whole run; its journal and key make other runs comparable."""
    from tests.conftest import BARRIERS, barriers_rows, write_rows

    folder = tmp_path_factory.mktemp("undisturbed") / "barriers"
    folder.mkdir()
    (folder / "study.yaml").write_text(BARRIERS, encoding="utf-8")
    for wave in (1, 2):
        write_rows(folder / f"r{wave}.csv", barriers_rows(wave))
    _run(folder)
    return folder


@pytest.mark.parametrize("stage", ["ingest", "validate", "count", "statistics", "verdicts", "report"])
def test_p15_a_run_killed_in_a_stage_is_completed_by_the_next(
    stage: str, undisturbed: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "barriers"
    shutil.copytree(undisturbed, folder)
    shutil.rmtree(folder / "outputs")
    (folder / "barriers.duckdb").unlink()
    killed = subprocess.run(
        [sys.executable, "-c", KILL, str(folder), stage], capture_output=True, check=False
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    _run(folder)
    assert _digests(folder) == _digests(undisturbed)
    assert (folder / "outputs" / "report.html").read_bytes() == (
        undisturbed / "outputs" / "report.html"
    ).read_bytes()
