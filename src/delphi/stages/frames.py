"""Frames of the warehouse as plain rows, for the command line and for JSON."""

from __future__ import annotations

from typing import Any

import pandas as pd


def records_of(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """A dictionary per row; missing is None and numbers are Python's own."""
    plain = frame.astype(object).where(frame.notna(), None)
    names = [str(name) for name in plain.columns]
    rows = zip(*(plain.iloc[:, place].tolist() for place in range(len(names))), strict=True)
    return [dict(zip(names, row, strict=True)) for row in rows]
