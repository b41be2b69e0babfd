"""The words for how firm a verdict is."""

from __future__ import annotations

from typing import Literal

Label = Literal["robust", "sensitive", "fragile"]
LABELS: tuple[Label, ...] = ("robust", "sensitive", "fragile")
