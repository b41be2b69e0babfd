"""An unforeseen error shows its kind and place, and no text of a foreign exception."""

from __future__ import annotations

import subprocess
import sys

import pytest

MARKER = "Qzx-marker-Wvy"
RAISES = {
    "an exception of pandas": f"import pandas as pd; pd.DataFrame({{'a': ['{MARKER}']}}).astype('int64')",
    "one of Pandera": (
        "import pandas as pd, pandera.pandas as pa\n"
        f"    pa.DataFrameSchema({{'a': pa.Column(str, pa.Check.isin(['b']))}}).validate(pd.DataFrame({{'a': ['{MARKER}']}}))"
    ),
    "one of DuckDB": f"import duckdb; duckdb.sql(\"select cast('{MARKER}' as integer)\").fetchall()",
    "a key": f"{{}}['{MARKER}']",
    "one behind another": f"try:\n        int('{MARKER}')\n    except ValueError as error:\n        raise RuntimeError('{MARKER}') from error",
    "one in a thread": f"import threading; t = threading.Thread(target=int, args=('{MARKER}',)); t.start(); t.join(); raise KeyError('{MARKER}')",
    "one that nobody can catch": f"class A:\n        def __del__(self): int('{MARKER}')\n    A(); raise KeyError(1)",
    "a warning": f"import warnings; warnings.warn('{MARKER}'); raise KeyError(1)",
    "a logged line": f"import logging; logging.getLogger('a').error('{MARKER}'); raise KeyError(1)",
    "a group": f"raise ExceptionGroup('{MARKER}', [ValueError('{MARKER}')])",
    "a note": f"error = ValueError(1); error.add_note('{MARKER}'); raise error",
}


@pytest.mark.parametrize("how", list(RAISES))
def test_p28_an_unforeseen_error_repeats_no_foreign_text(how: str) -> None:
    code = f"from delphi.cli import main\ndef broken(arguments):\n    {RAISES[how]}\nmain.exit_code_of = broken\nmain.main()\n"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert MARKER not in done.stderr + done.stdout
    assert "This is a bug in Delphi" in done.stderr
    assert "in broken" in done.stderr
