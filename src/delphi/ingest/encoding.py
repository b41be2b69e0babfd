"""Bytes of a text file to text, strictly as declared; other encodings are suggested, never assumed."""

from __future__ import annotations

import codecs

from delphi.errors import AnswersError
from delphi.ingest.refusing import refusal

_UTF8_MARK = codecs.BOM_UTF8
_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_SUGGESTED = ("cp1252", "latin-1")


def decode(data: bytes, encoding: str, file_name: str) -> str:
    """Text of a file, without byte order mark.

    Raises
    ------
    AnswersError
        If the bytes are not text in this encoding, or show that they are in another one.
    """
    try:
        name = codecs.lookup(encoding).name
    except LookupError:
        raise _refusal(file_name, 0, f"there is no encoding {encoding!r}", 'encoding: "utf-8"') from None
    _check_marks(data, name, file_name)
    try:
        text = data.decode("utf-8-sig" if name == "utf-8" else name)
    except UnicodeDecodeError as error:
        raise _refusal(
            file_name, _line(data, error.start),
            f"the file is not {encoding.upper()}: byte {error.start} (counted from 0) does not fit",
            _hint(data, name),
        ) from None  # fmt: skip
    except LookupError:
        raise _refusal(file_name, 0, f"{encoding!r} is no text encoding", 'encoding: "utf-8"') from None
    if "\x00" in text:
        place = data.index(0)
        raise _refusal(
            file_name,
            _line(data, place),
            f"byte {place} (counted from 0) is zero, which text never holds",
            _hint(data, name),
        )
    return text.removeprefix("\ufeff")


def _check_marks(data: bytes, name: str, file_name: str) -> None:
    """Refuse what the file itself says about its encoding and the declaration contradicts."""
    if name == "utf-16" and not data.startswith(_UTF16_MARKS):
        hint = _hint(data, name) or 'encoding: "utf-16-le" or "utf-16-be"'
        raise _refusal(
            file_name, 0, "a UTF-16 file has to start with a byte order mark, this one does not", hint
        )
    if name.startswith(("utf-8", "utf-16", "utf-32")):
        return
    proof = "starts with the mark of UTF-8" if data.startswith(_UTF8_MARK) else ""
    if not proof and not data.isascii() and _single_byte(name) and _decodes(data, "utf-8"):
        proof = "is UTF-8 in every letter beyond ASCII, which would be an unlikely accident"
    if proof:
        raise _refusal(
            file_name, 0, f"the study file declares {name}, but the file {proof}", 'encoding: "utf-8"'
        )


def _single_byte(name: str) -> bool:
    return name.startswith(("cp12", "iso8859", "mac", "koi8", "cp4", "cp8"))


def _hint(data: bytes, declared: str) -> str:
    """What to declare instead: only encodings that read every byte of the file."""
    if data.startswith(_UTF8_MARK):
        fitting = ["utf-8"]
    elif data.startswith(_UTF16_MARKS):
        fitting = ["utf-16"]
    elif b"\x00" in data:
        start = data[:4096]
        fitting = ["utf-16-le" if start[1::2].count(0) >= start[::2].count(0) else "utf-16-be"]
    else:
        fitting = ["utf-8"] if not data.isascii() and _decodes(data, "utf-8") else list(_SUGGESTED)
    names = [
        name
        for name in fitting
        if name != declared and _decodes(data, name) and "\x00" not in data.decode(name)
    ]
    if not names:
        return "Export the file again as UTF-8."
    return f'If that is what the platform writes, declare encoding: "{names[0]}"; better, export as UTF-8.'


def _decodes(data: bytes, name: str) -> bool:
    try:
        data.decode(name)
    except UnicodeDecodeError:
        return False
    return True


def _line(data: bytes, place: int) -> int:
    before = data[:place]
    return 1 + before.count(b"\n") + before.count(b"\r") - before.count(b"\r\n")


def _refusal(file_name: str, line: int, message: str, hint: str) -> AnswersError:
    if hint.startswith("encoding:"):
        hint = f"Declare {hint} in the source."
    return refusal(file_name, "encoding", message, hint, line=line)
