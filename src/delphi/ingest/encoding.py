"""Bytes of a text file to text, strictly as declared; other encodings are suggested, never assumed."""

from __future__ import annotations

import codecs
import io
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from delphi.errors import AnswersError
from delphi.ingest.content import Content, opened, start
from delphi.ingest.refusing import refusal

_UTF8_MARK = codecs.BOM_UTF8
_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_UTF32_MARKS = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
_SUGGESTED = ("cp1252", "latin-1")
_CHUNK = 1 << 16
_START = 4096


@dataclass(frozen=True)
class Text:
    """Text of a file without byte order mark; it is decoded anew each time somebody goes through it.

    Its pieces end where a line ends, the last one where the file does.
    """

    content: Content
    codec: str

    def __iter__(self) -> Iterator[str]:
        begun: list[str] = []
        is_first = True
        for part in _decoded(self.content, self.codec):
            text = self._without_mark(part) if is_first else part
            is_first = is_first and not part
            # A return at the very end may be half of a line end of two signs.
            end = text.rfind("\n") + 1 or text.rfind("\r", 0, max(len(text) - 1, 0)) + 1
            if end:
                yield "".join([*begun, text[:end]])
                begun = []
            begun.append(text[end:])
        if last := "".join(begun):
            yield last

    def _without_mark(self, text: str) -> str:
        # The codec of UTF-16 takes its mark away itself.
        text = text.removeprefix("\ufeff")
        return text.removeprefix("\ufeff") if self.codec.startswith("utf-8") else text


def decode(content: Content, encoding: str, file_name: str) -> Text:
    """Text of a file, which has been decoded once to see that it can be.

    Raises
    ------
    AnswersError
        If the bytes are not text in this encoding, or show that they are in another one.
    """
    try:
        name = codecs.lookup(encoding).name
    except LookupError:
        raise _refusal(file_name, 0, f"there is no encoding {encoding!r}", 'encoding: "utf-8"') from None
    _check_marks(content, name, file_name)
    text = Text(content, _codec(content, name))
    try:
        io.TextIOWrapper(io.BytesIO(), name)  # knows which codecs are for text
        zeros = sum("\x00" in part for part in _decoded(content, text.codec))
    except _UndecodableError as error:
        raise _refusal(
            file_name, _line(content, error.place),
            f"the file is not {encoding.upper()}: byte {error.place} (counted from 0) does not fit",
            _hint(content, name),
        ) from None  # fmt: skip
    except LookupError:
        raise _refusal(file_name, 0, f"{encoding!r} is no text encoding", 'encoding: "utf-8"') from None
    if zeros:
        place = _first_zero(content)
        raise _refusal(
            file_name,
            _line(content, place),
            f"byte {place} (counted from 0) is zero, which text never holds",
            _hint(content, name),
        )
    return text


class _UndecodableError(Exception):
    """Bytes that are not in the encoding. `place` is that of the first one, counted from 0."""

    def __init__(self, place: int) -> None:
        super().__init__(place)
        self.place = place


def _codec(content: Content, name: str) -> str:
    """The codec that reads a whole file as `bytes.decode` does, byte order mark included."""
    if name == "utf-32" and not start(content, 4).startswith(_UTF32_MARKS):
        return f"utf-32-{sys.byteorder[0]}e"
    return "utf-8" if name == "utf-8-sig" else name


def _decoded(content: Content, codec: str) -> Iterator[str]:
    """The text in parts of any length."""
    decoder = codecs.getincrementaldecoder(codec)()
    read = 0
    for chunk in _chunks(content):
        read += len(chunk)
        try:
            yield decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            # The object holds the chunk, and before it what was left of the one before.
            raise _UndecodableError(read - len(error.object) + error.start) from None
        except UnicodeError:  # codecs for other things than files
            raise _UndecodableError(read - len(chunk)) from None


def _chunks(content: Content) -> Iterator[bytes]:
    """All bytes, then the empty one."""
    with opened(content) as file:
        while chunk := file.read(_CHUNK):
            yield chunk
    yield b""


def _check_marks(content: Content, name: str, file_name: str) -> None:
    """Refuse what the file itself says about its encoding and the declaration contradicts."""
    marks = start(content, 4)
    if name == "utf-16" and not marks.startswith(_UTF16_MARKS):
        hint = _hint(content, name) or 'encoding: "utf-16-le" or "utf-16-be"'
        raise _refusal(
            file_name, 0, "a UTF-16 file has to start with a byte order mark, this one does not", hint
        )
    if name.startswith(("utf-8", "utf-16", "utf-32")):
        return
    proof = "starts with the mark of UTF-8" if marks.startswith(_UTF8_MARK) else ""
    if not proof and _single_byte(name) and not _is_ascii(content) and _is_utf8(content):
        proof = "is UTF-8 in every letter beyond ASCII, which would be an unlikely accident"
    if proof:
        raise _refusal(
            file_name, 0, f"the study file declares {name}, but the file {proof}", 'encoding: "utf-8"'
        )


def _single_byte(name: str) -> bool:
    return name.startswith(("cp12", "iso8859", "mac", "koi8", "cp4", "cp8"))


def _hint(content: Content, declared: str) -> str:
    """What to declare instead: only encodings that read every byte of the file."""
    first = start(content, _START)
    if first.startswith(_UTF8_MARK):
        fitting = ["utf-8"]
    elif first.startswith(_UTF16_MARKS):
        fitting = ["utf-16"]
    elif _first_zero(content) >= 0:
        fitting = ["utf-16-le" if first[1::2].count(0) >= first[::2].count(0) else "utf-16-be"]
    else:
        fitting = ["utf-8"] if not _is_ascii(content) and _is_utf8(content) else list(_SUGGESTED)
    names = [name for name in fitting if name != declared and _reads(content, name)]
    if not names:
        return "Export the file again as UTF-8."
    return f'If that is what the platform writes, declare encoding: "{names[0]}"; better, export as UTF-8.'


def _reads(content: Content, codec: str) -> bool:
    """Whether every byte is text in this encoding, and none of it the sign zero."""
    try:
        return not any("\x00" in text for text in _decoded(content, codec))
    except _UndecodableError:
        return False


def _is_utf8(content: Content) -> bool:
    try:
        return all(text is not None for text in _decoded(content, "utf-8"))
    except _UndecodableError:
        return False


def _is_ascii(content: Content) -> bool:
    return all(chunk.isascii() for chunk in _chunks(content))


def _first_zero(content: Content) -> int:
    """Place of the first byte that is zero; -1 when there is none."""
    before = 0
    for chunk in _chunks(content):
        place = chunk.find(0)
        if place >= 0:
            return before + place
        before += len(chunk)
    return -1


def _line(content: Content, place: int) -> int:
    """Number of the line in which a byte stands, from 1."""
    lines, last = 1, b""
    for chunk in _chunks(content):
        before = chunk[:place]
        lines += before.count(b"\n") + before.count(b"\r") - before.count(b"\r\n")
        lines -= last == b"\r" and before.startswith(b"\n")
        place -= len(before)
        last = before[-1:]
        if not place:
            break
    return lines


def _refusal(file_name: str, line: int, message: str, hint: str) -> AnswersError:
    if hint.startswith("encoding:"):
        hint = f"Declare {hint} in the source."
    return refusal(file_name, "encoding", message, hint, line=line)
