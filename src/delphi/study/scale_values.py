"""Whether a text is an answer on a scale, as a file or a code may write it."""

from __future__ import annotations

import re

from delphi.study import model as m

_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?\Z")


def is_value(text: str, scale: m.Scale) -> bool:
    """Whether a text is a value of the scale, its label or the id of a choice.

    Examples
    --------
    >>> five = m.Scale(scale_id="a", kind="ordinal",
    ...     categories=tuple(m.Category(value=v, code=str(v), label=f"point {v}") for v in range(1, 6)))
    >>> [is_value(text, five) for text in ("5", "5.0", "point 5", "6", "4.5")]
    [True, True, True, False, False]
    """
    if scale.kind == "text":
        return True
    names = {name for one in scale.categories for name in (one.code, one.label)}
    if scale.kind in ("ordinal", "nominal") and text in names:
        return True
    if scale.kind == "nominal":
        return _whole(text) in {one.code for one in scale.categories}
    if scale.kind == "multi":
        return text in names or _whole(text) in ("0", "1")
    if not _NUMBER.match(text):
        return False
    if scale.kind == "ordinal":
        return _whole(text) in {one.code for one in scale.categories}
    if scale.kind == "rank":
        return _whole(text) in {str(place) for place in range(1, len(scale.categories) + 1)}
    if scale.kind in ("integer", "year") and _whole(text) is None:
        return False
    number = float(text)
    return (scale.minimum is None or number >= scale.minimum) and (
        scale.maximum is None or number <= scale.maximum
    )


def _whole(text: str) -> str | None:
    """A whole number as it is written plainly: ``7.0`` as ``7``."""
    if not _NUMBER.match(text) or not float(text).is_integer():
        return None
    return str(int(float(text)))
