"""The output scanner finds what is hidden, and nothing else."""

from __future__ import annotations

import base64
import gzip
import io
import json
import pickle
import sqlite3
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from tests.faults.scanning import Scanner

PLANTED = 'Zoë "Qzx" & Ångström'


def _zip(data: bytes) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inside.xml", data)
    return held.getvalue()


TEXT = PLANTED.encode()
PLACES: dict[str, Callable[[Path], object]] = {
    "as it is": lambda path: path.write_bytes(b"a " + TEXT + b" b"),
    "UTF-16": lambda path: path.write_bytes(PLANTED.encode("utf-16")),
    "latin-1": lambda path: path.write_bytes(PLANTED.encode("latin-1")),
    "capitals": lambda path: path.write_text(PLANTED.upper(), encoding="utf-8"),
    "JSON": lambda path: path.write_text(json.dumps([PLANTED]), encoding="ascii"),
    "HTML": lambda path: path.write_text("<p>Zoë &quot;Qzx&quot; &amp; Ångström</p>", encoding="utf-8"),
    "a URL": lambda path: path.write_text("?q=Zo%C3%AB+%22Qzx%22+%26+%C3%85ngstr%C3%B6m", encoding="ascii"),
    "base64": lambda path: path.write_bytes(b"x: " + base64.b64encode(b"abcde" + TEXT + b"f")),
    "base64 in JSON": lambda path: path.write_text(json.dumps({"r": base64.b64encode(pickle.dumps([PLANTED])).decode()})),
    "base64 for URLs": lambda path: path.write_bytes(base64.urlsafe_b64encode(b"??>" + TEXT)),
    "hex": lambda path: path.write_text(TEXT.hex()),
    "gzip": lambda path: path.write_bytes(gzip.compress(TEXT * 3)),
    "a zip": lambda path: path.write_bytes(_zip(b"<a>" + TEXT + b"</a>")),
    "a zip in a zip": lambda path: path.write_bytes(_zip(_zip(TEXT))),
    "a PDF stream": lambda path: path.write_bytes(b"%PDF-1.7\nstream\n" + zlib.compress(b"BT (" + TEXT + b") Tj") + b"\nendstream"),
    "a pickle": lambda path: path.write_bytes(pickle.dumps({"answer": PLANTED})),
    "base64 of gzip": lambda path: path.write_bytes(base64.b64encode(gzip.compress(TEXT))),
}  # fmt: skip


@pytest.mark.parametrize("where", list(PLACES))
def test_a_planted_string_is_found(where: str, tmp_path: Path) -> None:
    path = tmp_path / "file.bin"
    PLACES[where](path)
    assert {hit.string for hit in Scanner(["a decoy", PLANTED]).scan([tmp_path])} == {1}


def test_names_of_files_and_folders_are_looked_at(tmp_path: Path) -> None:
    (tmp_path / "answers of Zoë Qzx").mkdir()
    assert [hit.inside for hit in Scanner(["Zoë Qzx"]).scan([tmp_path])] == ["name"]


def test_databases_are_looked_into(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "a.db") as one:
        one.execute("create table t (a text)")
        one.execute("insert into t values (?)", (PLANTED,))
    one.close()
    with duckdb.connect(str(tmp_path / "b.duckdb")) as other:
        other.execute(
            "create table t as select $text || (range % 3) as a from range(100000)", {"text": PLANTED}
        )
    found = Scanner([PLANTED]).scan([tmp_path])
    assert {Path(hit.place).name for hit in found} == {"a.db", "b.duckdb"}
    assert "t.a" in {hit.inside for hit in found}


def test_nothing_is_found_where_nothing_is(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Zoe Qzx and Angstrom, Zo" + "eQ" * 5000, encoding="utf-8")
    (tmp_path / "a.zip").write_bytes(_zip(b"other"))
    assert Scanner([PLANTED, "another planted one"]).scan([tmp_path]) == []


def test_what_is_allowed_where_it_is_is_no_hit(tmp_path: Path) -> None:
    (tmp_path / "r1.csv").write_bytes(TEXT)
    assert Scanner([PLANTED]).scan([tmp_path], lambda path, inside: path.suffix == ".csv") == []
