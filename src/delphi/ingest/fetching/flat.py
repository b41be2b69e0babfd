"""A nested record as one row: columns named by the path to a value, values as they are spelled."""

from __future__ import annotations

import re
import sys
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from delphi.ingest.fetching.refusing import PullError

DEEPEST = 12
_PLAIN = re.compile(r"[\w./@:-]{1,80}\Z")


def flat(record: Mapping[str, Any], joint: str, left_out: Collection[str] = ()) -> dict[str, str]:
    """Column → text of one record; what is null is the empty text.

    Parameters
    ----------
    joint : what stands between the names of a path
    left_out : names at the top that are the platform's own lists and hold no answers

    Raises
    ------
    PullError
        If something repeats within the record, for which a row has no place, or two paths give one column.

    Examples
    --------
    >>> flat({"a": {"b": "1"}, "c": None, "d": True}, "-")
    {'a-b': '1', 'c': '', 'd': 'true'}
    """
    row: dict[str, str] = {}
    for column, text in _cells(record, (), joint, left_out):
        if column in row:
            raise PullError(
                "two_columns",
                f"has two questions that both become the column {shown(column)}",
                "Rename one of them.",
            )
        row[column] = text
    return row


def shown(column: str) -> str:
    """A column's name where it can be shown; a name with odd signs is not repeated."""
    return f"`{column}`" if _PLAIN.match(column) else "of a question"


def _cells(
    record: Mapping[str, Any], path: tuple[str, ...], joint: str, left_out: Collection[str]
) -> Iterator[tuple[str, str]]:
    if len(path) > DEEPEST:
        raise PullError("too_deep", "nests questions beyond reason", "Export by hand.")
    for name, value in record.items():
        inner = (*path, name)
        if name in left_out and not path:
            continue
        if isinstance(value, list) or name.endswith("@odata.navigationLink"):
            column = joint.join(inner).removesuffix("@odata.navigationLink")
            raise PullError(
                "repeats",
                f"has a question or group that repeats within a return, {shown(column)}: a row has no place for that",
                "Export it by hand, or ask it once for each topic in a form of its own (`pieces`).",
            )
        if isinstance(value, dict):
            yield from _cells(value, inner, joint, left_out)
        else:
            yield sys.intern(joint.join(inner)), _text(value)  # one text for the column of all records


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
