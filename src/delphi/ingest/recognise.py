"""What a file is by its content, whatever its name says."""

from __future__ import annotations

import json

from delphi.errors import AnswersError
from delphi.ingest.refusing import refusal

_MAGIC = (
    (b"PK\x03\x04", "a zip archive or a workbook (.xlsx, .ods)"),
    (b"PK\x05\x06", "an empty zip archive"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office file (.xls)"),
    (b"PAR1", "a Parquet file"),
    (b"$FL2", "an SPSS file (.sav)"),
    (b"$FL3", "a compressed SPSS file (.zsav)"),
    (b"<stata_dta>", "a Stata file (.dta)"),
    (b"%PDF-", "a PDF document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"SQLite format 3\x00", "an SQLite database"),
)
_START = 4096
_LONGEST_WORD = len("-Infinity")


def kind_of(data: bytes) -> str:
    """What the first bytes say the file is, in words; empty when they say nothing."""
    return next((words for magic, words in _MAGIC if data.startswith(magic)), "")


def refuse_other_text(text: str, file_name: str, is_whole: bool = True) -> None:
    """Refuse web pages, XML and JSON, which servers and platforms send in place of a table.

    Parameters
    ----------
    text : the text of the file, or its beginning where not `is_whole`

    Raises
    ------
    AnswersError
        If the text is one of these.
    """
    start = text[:_START].lstrip().lower()
    if start.startswith(("<!doctype html", "<html", "<head", "<body")) or (
        start.startswith("<") and "<html" in start
    ):
        raise refusal(
            file_name,
            "html",
            "this is a web page, not a table of answers",
            "The download went wrong, mostly because a log-in had expired: export the file again.",
            line=1,
        )
    if start.startswith(("<?xml", "<!doctype")):
        raise wrong_format(file_name, "an XML document", "delimited text")
    if start.startswith(("{", "[")) and _is_json(text, start, is_whole):
        raise wrong_format(
            file_name, "a JSON document, perhaps an error message of a server", "delimited text"
        )


def refuse_other_bytes(data: bytes, file_name: str, expected: str) -> None:
    """Refuse a file whose first bytes are those of another format.

    Raises
    ------
    AnswersError
        If they are.
    """
    if words := kind_of(data):
        raise wrong_format(file_name, words, expected)


def wrong_format(file_name: str, found: str, expected: str) -> AnswersError:
    """The refusal of a file that is something else than its source says."""
    return refusal(
        file_name,
        "wrong_format",
        f"this is {found}, but the source says that it is {expected}",
        "Export the file again, or correct `platform` of the source.",
    )


def _is_json(text: str, start: str, is_whole: bool) -> bool:
    if start[1:].lstrip().startswith('"') and '":' in start:
        return True
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        # A beginning is JSON when nothing is wrong but that it ends: in a text, or in a sign or word.
        is_cut = error.msg.startswith("Unterminated string") or error.pos >= len(text) - _LONGEST_WORD
        return not is_whole and is_cut
    except (ValueError, RecursionError):
        return False
    return True
