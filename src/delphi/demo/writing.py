"""Writes the demonstration study into a folder, without ever writing over another one."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import numpy as np

from delphi.demo.defects import LOST_PAGE, plant_defects
from delphi.demo.exports import FILES, expected_findings, export, page_log, register, reserve
from delphi.demo.panel import invent_panel
from delphi.demo.returns import fill_in
from delphi.errors import Problem, UsageError

__all__ = ["DEFAULT_SEED", "demo_files", "write_demo"]

DEFAULT_SEED = 2080
"""A seed for which every planted verdict and stability label holds, as it does for about five in six."""


def demo_files(seed: int = DEFAULT_SEED) -> dict[str, bytes]:
    """Name and content of every file of the demonstration study; the same seed gives the same bytes."""
    package = files("delphi.demo")
    rng = np.random.default_rng(seed)
    panel = invent_panel(rng)
    returns = fill_in(panel, rng)
    lost = plant_defects(returns, panel, rng)
    return {
        "study.yaml": (package / "study.yaml").read_bytes(),
        "register.csv": register(panel),
        "reserve.csv": reserve(panel),
        **{file: export(wave, returns[wave]) for wave, file in FILES.items()},
        "r3_page_log.csv": page_log(returns["r3"], lost, LOST_PAGE),
        "expected_findings.csv": expected_findings(returns),
        "expected_verdicts.csv": (package / "tables" / "verdicts.csv").read_bytes(),
    }


def write_demo(folder: Path, seed: int = DEFAULT_SEED) -> tuple[Path, ...]:
    """Write the demonstration study into a folder.

    Parameters
    ----------
    folder : made if it is not there
    seed : of the invented panel; the planted results are certain for `DEFAULT_SEED` only

    Returns
    -------
    tuple of Path
        All files of the study, also those that were there already with the same content.

    Raises
    ------
    UsageError
        If a file of that name with another content is there. Then nothing is written.
    """
    folder = Path(folder)
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file, not a folder.", "Name a folder for the demonstration study.")
    contents = {folder / name: content for name, content in demo_files(seed).items()}
    different = [path for path, content in contents.items() if path.exists() and path.read_bytes() != content]
    if different:
        raise UsageError(
            Problem(
                str(path), 0, 0, "", "is there with another content and is not written over",
                "Name another folder, or move this one away.", "exists",
            )
            for path in different
        )  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    for path, content in contents.items():
        if not path.exists():
            path.write_bytes(content)
    return tuple(contents)
