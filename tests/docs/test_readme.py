"""The README's first block is what the demonstration prints, and its links lead somewhere."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from tests.conftest import COMMANDS

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_first_block_shows_what_make_demo_prints(tmp_path: Path) -> None:
    block = README.split("```console\n")[1].split("```")[0]
    expected = block.split("$ make demo\n")[1].split("$ make test")[0].splitlines()
    folder = tmp_path / "data" / "raw" / "gfmd-mapping"
    folder.parent.mkdir(parents=True)
    done = subprocess.run(
        [sys.executable, "-m", "delphi", "demo", "data/raw/gfmd-mapping"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == expected


def test_every_link_of_the_documents_leads_to_a_file() -> None:
    for page in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]:
        for target in re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_every_command_is_documented_and_has_help() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "delphi", "--help"], capture_output=True, text=True, check=True
    ).stdout
    documents = "".join(page.read_text(encoding="utf-8") for page in (ROOT / "docs").glob("*.md")) + README
    for command in COMMANDS:
        assert command in done
        assert f"delphi {command}" in documents
        text = subprocess.run(
            [sys.executable, "-m", "delphi", command, "--help"], capture_output=True, text=True, check=True
        ).stdout
        assert f"Example: delphi {command}" in " ".join(text.split())
