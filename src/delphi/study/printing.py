"""The resolved study as text: every default filled in, the rules of a preset spelled out."""

from __future__ import annotations

import io
from fractions import Fraction
from typing import Any

from delphi.study.model import Study


def resolved_yaml(study: Study) -> str:
    """The study as it is understood, as YAML to read; not a study file to write."""
    from ruamel.yaml import YAML

    writer = YAML()
    writer.default_flow_style = False
    writer.width = 110
    stream = io.StringIO()
    writer.dump(_plain(study.model_dump(by_alias=True)), stream)
    return stream.getvalue()


SHARES = (
    "value", "at_most", "at_least", "min_valid_share", "straightline_share", "d", "share", "alpha_cut",
)  # fmt: skip


def _plain(value: Any, key: str = "") -> Any:
    if isinstance(value, dict):
        kept = {name: inner for name, inner in value.items() if inner not in (None, (), {}, [])}
        return {str(name): _plain(inner, str(name)) for name, inner in kept.items()}
    if isinstance(value, tuple | list):
        return [_plain(inner) for inner in value]
    if key in SHARES and isinstance(value, str | Fraction) and "/" in str(value):
        return f"{value} ({float(Fraction(value)):.4g})"
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return value
