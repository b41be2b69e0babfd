"""Checks of a workbook's zip container before any library opens it: bombs, doubled names, entity tricks."""

from __future__ import annotations

import io
import zipfile
import zlib

from delphi.errors import AnswersError
from delphi.ingest.refusing import refusal

MEMBERS = 2000
EXPANDED_BYTES = 100 << 20
RATIO = 200
"""A member may expand by so much; text repeats itself, but not more than this."""
_RATIO_FROM = 8 << 20
_HINT = "Open the file in a spreadsheet program and save it again, or export it as delimited text (csv)."


def open_container(data: bytes, file_name: str) -> zipfile.ZipFile:
    """The container of a workbook, after every check.

    Raises
    ------
    AnswersError
        If it is none, holds too much, has doubled or escaping names, is encrypted, damaged, or an XML part
        declares a document type or entities.
    """
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise not_a_workbook(
            file_name,
            "it is an old Office file (.xls) or protected by a password",
            "Save it as .xlsx without a password.",
        )
    try:
        container = zipfile.ZipFile(io.BytesIO(data))
        members = container.infolist()
        _check_members(members, file_name)
        for member in members:
            _check_content(container.read(member), member.filename, file_name)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError):
        raise not_a_workbook(file_name, "it is no workbook, or it is damaged") from None
    return container


def _check_members(members: list[zipfile.ZipInfo], file_name: str) -> None:
    if len(members) > MEMBERS:
        raise not_a_workbook(file_name, f"it holds {len(members)} parts, more than {MEMBERS}")
    expanded = sum(member.file_size for member in members)
    if expanded > EXPANDED_BYTES:
        raise not_a_workbook(
            file_name,
            f"it expands to {expanded >> 20} MB, more than {EXPANDED_BYTES >> 20}",
            "Export a file of this size as delimited text (csv).",
        )
    names = [member.filename.lower() for member in members]
    if len(set(names)) < len(names):
        raise not_a_workbook(file_name, "two of its parts have the same name")
    for member in members:
        name = member.filename
        if name.startswith("/") or "\\" in name or ".." in name.split("/"):
            raise not_a_workbook(file_name, "a part's name leads out of it")
        if member.flag_bits & 1:
            raise not_a_workbook(file_name, "it is encrypted", "Save it without a password.")
        if member.file_size > _RATIO_FROM and member.file_size > RATIO * max(member.compress_size, 1):
            raise not_a_workbook(file_name, f"a part expands more than {RATIO} times")


def _check_content(content: bytes, name: str, file_name: str) -> None:
    if not name.lower().endswith((".xml", ".rels", ".vml")):
        return
    plain = content.replace(b"\x00", b"")  # also where it is UTF-16
    if b"<!DOCTYPE" in plain or b"<!ENTITY" in plain:
        raise not_a_workbook(
            file_name, "a part of it declares a document type or entities, which workbooks never do"
        )


def not_a_workbook(file_name: str, message: str, hint: str = _HINT) -> AnswersError:
    """The refusal of a workbook as a whole."""
    return refusal(file_name, "not_a_workbook", f"the workbook is refused: {message}", hint)
