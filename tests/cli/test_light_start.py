"""Starting the program is light."""

from __future__ import annotations

import subprocess
import sys

from tests.conftest import COMMANDS


def test_help_imports_none_of_the_heavy_libraries() -> None:
    code = (
        "import sys\n"
        "from delphi.cli.main import exit_code_of\n"
        "exit_code_of(['--help'])\n"
        "heavy = {'pandas', 'sklearn', 'matplotlib', 'prefect', 'duckdb', 'pandera'} & set(sys.modules)\n"
        "sys.exit(f'imported {sorted(heavy)}' if heavy else 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    for command in COMMANDS:
        assert command in done.stdout
