"""The tutorial runs as written, and prints what it says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"^```(bash|console)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def _commands(kind: str, text: str) -> list[tuple[str, list[str]]]:
    """Commands of a block with the lines they should print; a bash block prints nothing."""
    if kind == "bash":
        return [(text, [])]
    found: list[tuple[str, list[str]]] = []
    for line in text.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        else:
            found[-1][1].append(line)
    return found


def test_the_tutorial_runs_as_written(tmp_path: Path) -> None:
    program = tmp_path / "bin" / "delphi"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m delphi "$@"\n')
    program.chmod(0o755)
    work = tmp_path / "work"
    work.mkdir()
    environment = os.environ | {"PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}"}
    blocks = BLOCK.findall((ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8"))
    assert len(blocks) > 8
    for kind, text in blocks:
        for command, expected in _commands(kind, text):
            done = subprocess.run(
                ["bash", "-ec", command],
                cwd=work,
                env=environment,
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, f"{command}\n{done.stderr}"
            printed = done.stdout.rstrip("\n").splitlines()
            cut = len(expected) - 1 if expected[-1:] == ["..."] else max(len(expected), len(printed))
            assert printed[:cut] == expected[:cut], command
