"""Full disks and failing ones: a clear message, no damage, and the next run completes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults import forked
from tests.faults.completing import wrong_after_a_fault
from tests.faults.injecting import FAULTS, inject_often, missing


@pytest.mark.skipif(bool(missing()), reason=missing() or "-")
def test_p17_a_fault_at_a_system_call_is_said_and_does_no_damage(tmp_path: Path) -> None:
    tally = inject_often(tmp_path, seed=17, most=3, until=0)
    assert tally.violations == []
    assert sum(tally.tried[how] for how in FAULTS) == 3, "each fault was really put in"


def _mounted(size: str, command: str) -> list[str]:
    mount = f"mount -t tmpfs -o size={size} small small && {command}"
    return ["unshare", "--map-root-user", "--mount", "sh", "-c", mount]


def _cannot_mount(place: Path) -> bool:
    (place / "small").mkdir(exist_ok=True)
    tried = subprocess.run(_mounted("64k", "true"), cwd=place, capture_output=True, check=False)
    return tried.returncode != 0


@pytest.mark.parametrize("size", ["60k", "400k"])
def test_p17_a_full_disk_is_said_and_after_space_is_made_the_run_completes(size: str, tmp_path: Path) -> None:
    if sys.platform != "linux" or _cannot_mount(tmp_path):
        pytest.skip("a small file system cannot be mounted here")
    template = forked.put_study(tmp_path / "template" / "barriers")
    delphi = f"{sys.executable} -m delphi"
    # The study has too little space, then is moved to where there is enough.
    script = (
        f"cp -r template/barriers small/ && {delphi} run small/barriers --direct; code=$?;"
        " mkdir after; cp -a small/barriers after/; exit $code"
    )
    done = subprocess.run(
        _mounted(size, script), cwd=tmp_path, capture_output=True, text=True, check=False,
        env=os.environ | {"TMPDIR": str(tmp_path)},
    )  # fmt: skip
    assert done.returncode == 12, done.stderr
    assert "Traceback" not in done.stderr
    assert "space" in done.stderr or "full" in done.stderr
    root, said = tmp_path / "after" / "barriers", tmp_path / "said.json"
    assert wrong_after_a_fault(root, said) == []
    assert forked.in_child(forked.run_study(root), said).status == 0
    assert forked.in_child(forked.run_study(template), said).status == 0
    ends = [forked.in_child(forked.verify_study(place), said).result for place in (root, template)]
    assert ends[0] == ends[1]
    assert ends[0]["codes"] == []
