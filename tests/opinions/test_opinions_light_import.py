"""Naming what there is costs nothing: scikit-learn and SciPy are imported when something is computed."""

from __future__ import annotations

import subprocess
import sys


def test_importing_the_package_and_the_catalogue_imports_neither_scikit_learn_nor_scipy() -> None:
    code = (
        "import sys, importlib, pkgutil\n"
        "import delphi.opinions, delphi.statistics as ds\n"
        "for one in pkgutil.iter_modules(delphi.opinions.__path__):\n"
        "    importlib.import_module(f'delphi.opinions.{one.name}')\n"
        "[one.function for one in ds.catalogue().values() if one.section in ('9', '10')]\n"
        "heavy = {'sklearn', 'scipy', 'pandas', 'threadpoolctl'} & set(sys.modules)\n"
        "sys.exit(f'imported {sorted(heavy)}' if heavy else 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
