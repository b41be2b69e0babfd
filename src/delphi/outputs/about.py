"""What the study file says about the study, as lines that a page can show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from delphi.outputs.wording import plain


def about_lines(about: Mapping[str, object]) -> list[tuple[str, list[str]]]:
    """Heading and texts of every entry, in the order of the study file.

    Examples
    --------
    >>> about_lines({"aim": "Map it", "team": [{"name": "A", "role": "methods"}], "funding": []})
    [('Aim', ['Map it']), ('Team', ['A, methods'])]
    """
    lines = [(plain(key), _texts(value)) for key, value in about.items()]
    return [(heading, texts) for heading, texts in lines if texts]


def _texts(value: object) -> list[str]:
    if isinstance(value, Mapping):
        return [f"{plain(str(key))}: {_one(part)}" for key, part in value.items() if _one(part)]
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [text for part in value if (text := _one(part))]
    text = _one(value)
    return [text] if text else []


def _one(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        parts = [_one(part) for part in value.values()]
        return ", ".join(part for part in parts if part)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(part for one in value if (part := _one(one)))
    return str(value).replace("_", " ") if str(value).replace("_", "").isalnum() else str(value)
