"""A file is decoded as declared or refused with the place and a suggestion."""

from __future__ import annotations

import pytest

from delphi.errors import AnswersError, Problem
from delphi.ingest.encoding import decode

TEXT = "id,s1\np,café\n"


def problem(data: bytes, encoding: str = "utf-8") -> Problem:
    with pytest.raises(AnswersError) as caught:
        decode(data, encoding, "r1.csv")
    assert caught.value.problems[0].code == "encoding"
    return caught.value.problems[0]


@pytest.mark.parametrize(
    ("written", "declared"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("utf-8-sig", "UTF8"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("cp1252", "cp1252"),
        ("latin-1", "latin-1"),
        ("mac-roman", "mac-roman"),
    ],
)
def test_the_declared_encoding_is_read(written: str, declared: str):
    assert "".join(decode(TEXT.encode(written), declared, "r1.csv")) == TEXT


@pytest.mark.parametrize(
    ("written", "declared", "suggested"),
    [
        ("cp1252", "utf-8", "cp1252"),
        ("utf-16", "utf-8", "utf-16"),
        ("utf-16-le", "utf-8", "utf-16-le"),
        ("utf-16-be", "utf-8", "utf-16-be"),
        ("utf-8", "cp1252", "utf-8"),
        ("utf-8-sig", "latin-1", "utf-8"),
        ("utf-8", "utf-16", "utf-8"),
        ("utf-8", "ascii", "utf-8"),
    ],
)
def test_another_encoding_is_refused_and_suggested(written: str, declared: str, suggested: str):
    assert f'"{suggested}"' in problem(TEXT.encode(written), declared).hint


def test_a_refusal_names_byte_and_line():
    found = problem(TEXT.encode("cp1252"))
    assert found.line == 2
    assert found.message == "the file is not UTF-8: byte 11 (counted from 0) does not fit"


def test_the_place_counts_the_byte_order_mark():
    found = problem(b"\xef\xbb\xbfid,s1\np,caf\xe9\n")
    assert (found.line, found.message) == (2, "the file is not UTF-8: byte 14 (counted from 0) does not fit")


@pytest.mark.parametrize("chunk", [1, 2, 3, 5, 8, 1 << 18])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32", "cp1252", "gb18030"])
def test_a_text_is_the_same_in_whatever_parts_it_is_read(
    monkeypatch: pytest.MonkeyPatch, chunk: int, line_end: str, encoding: str
):
    text = line_end.join(["id,s1", "", "p,caf\u00e9", '"a', line_end, 'b",7', "q"])
    monkeypatch.setattr("delphi.ingest.encoding._CHUNK", chunk)
    pieces = list(decode(text.encode(encoding), encoding, "r1.csv"))
    assert "".join(pieces) == text
    ends = ("\n", "\r") if line_end == "\r" else (line_end,)
    assert all(piece.endswith(ends) for piece in pieces[:-1])
    assert len(pieces) <= 2 or chunk < 9


@pytest.mark.parametrize("chunk", [1, 2, 3, 5, 8])
@pytest.mark.parametrize("data", [TEXT.encode("cp1252"), b"id\r\n\r\np,\xe2\x82", b"id,s1\np,\x007\n"])
def test_a_refusal_is_the_same_in_whatever_parts_it_is_read(
    monkeypatch: pytest.MonkeyPatch, chunk: int, data: bytes
):
    expected = problem(data)
    monkeypatch.setattr("delphi.ingest.encoding._CHUNK", chunk)
    assert problem(data) == expected


def test_zero_bytes_are_refused():
    found = problem(b"id,s1\np,\x007\n")
    assert (found.line, "byte 8" in found.message) == (2, True)


def test_an_encoding_that_does_not_exist_is_refused():
    assert "no encoding 'utf-9'" in problem(b"id\n", "utf-9").message
    assert "no text encoding" in problem(b"id\n", "base64").message
