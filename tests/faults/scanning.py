"""Finds planted strings wherever programs hide them: `python -m tests.faults.scanning FOLDER ... --strings FILE`.

In names and bytes of files, in every usual spelling; inside base64, hex, zip, gzip and deflate (and so in workbooks, Word files,
PDF and packed results), in pickles and database pages, which hold text as it is, and in the text columns of DuckDB files, which
may hold it compressed.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import contextlib
import gzip
import html
import io
import json
import re
import shutil
import sys
import tempfile
import urllib.parse
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

DEEPEST = 4
MOST_UNPACKED = 64 << 20
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{16,}={0,2}")
_HEX = re.compile(rb"(?:[0-9a-fA-F]{2}){8,}")
_DEFLATED = re.compile(rb"x[\x01\x5e\x9c\xda]")


@dataclass(frozen=True)
class Hit:
    """Which planted string, by its place in the list, was found where; `inside` says through what."""

    place: str
    string: int
    inside: str = ""


class Scanner:
    """Looks for some strings; each in every spelling in which a program may write it."""

    def __init__(self, strings: Iterable[str]) -> None:
        self.strings = list(strings)
        spelt: dict[bytes, int] = {}
        for number, text in enumerate(self.strings):
            for one in _spellings(text):
                spelt.setdefault(one, number)
        # Text is looked up by its first four bytes: thousands of spellings cost no more than one.
        self._starting: dict[int, list[tuple[bytes, int]]] = {}
        for one, number in spelt.items():
            self._starting.setdefault(int.from_bytes(one[:4], "little"), []).append((one, number))
        self._is_start = np.zeros(1 << 24, dtype=np.bool_)
        self._is_start[[start & 0xFFFFFF for start in self._starting]] = True

    def scan(
        self, folders: Iterable[Path], is_allowed: Callable[[Path, str], bool] = lambda path, inside: False
    ) -> list[Hit]:
        """Every hit below these folders, but those that are allowed where they are."""
        hits = []
        for folder in folders:
            for path in sorted([folder, *folder.rglob("*")]):
                hits += [hit for hit in self._of(path) if not is_allowed(path, hit.inside)]
        return hits

    def _of(self, path: Path) -> Iterator[Hit]:
        name = str(path)
        for number in self.found_in(path.name.encode("utf-8", "surrogateescape")):
            yield Hit(name, number, "name")
        if not path.is_file() or path.is_symlink():
            return
        data = path.read_bytes()
        if data[8:12] == b"DUCK":
            for number, column in self._in_duckdb(path):
                yield Hit(name, number, column)
        for number, inside in sorted(set(self._through(data, "", 0))):
            yield Hit(name, number, inside or "bytes")

    def found_in(self, data: bytes) -> set[int]:
        """Which strings stand in these bytes as they are."""
        found: set[int] = set()
        cells = np.frombuffer(data, dtype=np.uint8).astype(np.uint32)
        if len(cells) < 4:
            return found
        threes = cells[:-3] | cells[1:-2] << 8 | cells[2:-1] << 16
        for place in np.flatnonzero(self._is_start[threes]).tolist():
            for one, number in self._starting.get(int.from_bytes(data[place : place + 4], "little"), ()):
                if number not in found and data.startswith(one, place):
                    found.add(number)
        return found

    def _through(self, data: bytes, inside: str, depth: int) -> Iterator[tuple[int, str]]:
        for number in self.found_in(data):
            yield number, inside
        if depth < DEEPEST:
            for kind, content in _unpacked(data):
                yield from self._through(content, f"{inside} {kind}".strip(), depth + 1)

    def _in_duckdb(self, path: Path) -> Iterator[tuple[int, str]]:
        import duckdb

        with tempfile.TemporaryDirectory() as place:
            copy = Path(place) / "copy.duckdb"
            shutil.copyfile(path, copy)
            # A damaged file is scanned as bytes only.
            with contextlib.suppress(duckdb.Error), duckdb.connect(str(copy), read_only=True) as connection:
                columns = connection.execute(
                    "select table_name, column_name from duckdb_columns() where data_type = 'VARCHAR' and not internal"
                ).fetchall()
                for table, column in columns:
                    with contextlib.suppress(duckdb.IOException, duckdb.FatalException):
                        query = f'select distinct "{column}" from "{table}" where "{column}" is not null'
                        cells = connection.execute(query).fetchall()
                        text = "\n".join(str(row[0]) for row in cells).encode("utf-8", "surrogatepass")
                        for number in self.found_in(text):
                            yield number, f"{table}.{column}"


def _spellings(text: str) -> set[bytes]:
    """Ways of writing a text that programs use."""
    written = {
        text, text.lower(), text.upper(), html.escape(text), html.escape(text, quote=False), json.dumps(text)[1:-1],
        json.dumps(text, ensure_ascii=False)[1:-1], urllib.parse.quote(text), urllib.parse.quote_plus(text), urllib.parse.quote(text, safe=""),
        text.encode("unicode_escape").decode("ascii"), repr(text)[1:-1], text.replace("@", "%40"),
        "".join(f"&#{ord(sign)};" for sign in text), "".join(f"&#x{ord(sign):x};" for sign in text),
    }  # fmt: skip
    found = set()
    for one in written:
        for encoding in ("utf-8", "utf-16-le", "utf-16-be", "latin-1", "cp1252"):
            try:
                found.add(one.encode(encoding))
            except UnicodeEncodeError:
                continue
    return {one for one in found if len(one) >= 4}


def _unpacked(data: bytes) -> Iterator[tuple[str, bytes]]:
    """What is packed in some bytes, and how."""
    if zipfile.is_zipfile(io.BytesIO(data)):
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                for member in archive.infolist():
                    yield "zip", member.filename.encode()
                    if member.file_size <= MOST_UNPACKED:
                        yield "zip", archive.read(member)
        except (zipfile.BadZipFile, RuntimeError, NotImplementedError, zlib.error):
            pass
    if data[:2] == b"\x1f\x8b":
        with contextlib.suppress(OSError, EOFError, zlib.error):
            yield "gzip", gzip.decompress(data)
    for match in _DEFLATED.finditer(data):
        try:
            content = zlib.decompressobj().decompress(data[match.start() :], MOST_UNPACKED)
        except zlib.error:
            continue
        if len(content) > 8:
            yield "deflate", content
    for match in _BASE64.finditer(data):
        run = match.group().rstrip(b"=").replace(b"-", b"+").replace(b"_", b"/")
        for start in range(4):
            part = run[start : start + (len(run) - start) // 4 * 4]
            if len(part) >= 8:
                tail = run[start + len(part) :]
                yield (
                    "base64",
                    base64.b64decode(part)
                    + (base64.b64decode(tail + b"=" * (4 - len(tail))) if len(tail) > 1 else b""),
                )
    for match in _HEX.finditer(data):
        try:
            yield "hex", binascii.unhexlify(match.group())
        except binascii.Error:
            continue


def main(arguments: list[str]) -> int:
    """Print each hit without the string."""
    parser = argparse.ArgumentParser(prog="scanning", description=__doc__)
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument(
        "--strings", type=Path, required=True, help="a text file with one planted string per line"
    )
    given = parser.parse_args(arguments)
    hits = Scanner(given.strings.read_text(encoding="utf-8").split("\n")).scan(given.folders)
    for hit in hits:
        print(f"{hit.place}: string {hit.string + 1} in {hit.inside}")
    print(f"{len(hits)} hits.")
    return 1 if hits else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
