"""JSON as a server has to write it: every key once, numbers kept as they are spelled, nothing that JSON does not know."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from delphi.ingest.fetching.judging import expect_kind, refuse_errors, text_of
from delphi.ingest.fetching.refusing import PullError
from delphi.ingest.fetching.server import Answer


class Number(str):
    """A number as it was spelled: 4.50 stays 4.50 and 00042 cannot be one."""

    __slots__ = ()


def read_json(answer: Answer) -> dict[str, Any]:
    """The JSON object that an answer holds.

    Raises
    ------
    PullError
        If it is an error message, no JSON, or no object.
    """
    refuse_errors(answer)
    expect_kind(answer, "application/json")
    text = text_of(answer)
    found: Any = None
    try:
        found = json.loads(
            text, parse_int=Number, parse_float=Number, parse_constant=_no_number, object_pairs_hook=_object
        )
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise _broken("sends JSON that is cut off, damaged or nested beyond reason")
    return found


def whole_number(value: object) -> int | None:
    """A number of things; None where it is none."""
    return int(value) if isinstance(value, Number) and value.isdigit() and len(value) < 10 else None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _broken("sends JSON in which a key stands twice, and nothing tells which value is meant")
    return found


def _no_number(name: str) -> NoReturn:
    raise _broken("sends JSON with NaN or Infinity, which are no numbers")


def _broken(message: str) -> PullError:
    return PullError(
        "not_json", message, "Try again; if it stays, export by hand and report it to the server."
    )
