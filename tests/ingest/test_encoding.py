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
    assert decode(TEXT.encode(written), declared, "r1.csv") == TEXT


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


def test_zero_bytes_are_refused():
    found = problem(b"id,s1\np,\x007\n")
    assert (found.line, "byte 8" in found.message) == (2, True)


def test_an_encoding_that_does_not_exist_is_refused():
    assert "no encoding 'utf-9'" in problem(b"id\n", "utf-9").message
    assert "no text encoding" in problem(b"id\n", "base64").message
