"""One good export of the small study in every format, as bytes: what fuzzing starts from."""

from __future__ import annotations

import importlib.util
import io
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.sax.saxutils import escape

import duckdb
import pandas as pd
import xlsxwriter

from delphi.study import Study, read_study
from tests.conftest import BARRIERS, barriers_rows

MARKER = "Qzx-marker-Wvy"
"""Stands in comments and keys; no message may repeat it."""
NEEDS_READSTAT = ("sav", "dta")


def rows() -> list[list[str]]:
    """Twelve people with a comment each, some of them with quotes, commas and line ends."""
    head, *people = barriers_rows(1)
    comments = [
        f"{MARKER} {n}" + (', "quoted",\nand on two lines' if n % 3 == 0 else "") for n in range(len(people))
    ]
    return [
        [*head, "comment_s01"],
        *([f"{MARKER}-{row[0]}", *row[1:], note] for row, note in zip(people, comments, strict=True)),
    ]


def study(platform: str, work: Path) -> Study:
    """The small study with its export in this format, `long` for a delimited file with a row per answer."""
    text = BARRIERS.replace("platform: csv", f"platform: {'csv' if platform == 'long' else platform}")
    if platform == "long":
        text = text.replace(
            "key: respondent_id", "key: respondent_id, layout: long, long: {item: item, value: value}"
        )
    else:
        text = text.replace(
            "key: respondent_id", "key: respondent_id, columns: {comment_s01: {comment: s01}}"
        )
    (work / "study.yaml").write_text(text, encoding="utf-8")
    return read_study(work)


def platforms() -> tuple[str, ...]:
    """Formats that can be written here."""
    known = ("csv", "long", "xlsx", "ods", "parquet", "sav", "dta")
    has_readstat = importlib.util.find_spec("pyreadstat") is not None
    return tuple(name for name in known if has_readstat or name not in NEEDS_READSTAT)


def good_file(platform: str) -> bytes:
    """The export in this format."""
    return {
        "csv": _csv, "long": _long, "xlsx": _xlsx, "ods": _ods, "parquet": _parquet, "sav": _sav, "dta": _dta,
    }[platform]()  # fmt: skip


def _csv() -> bytes:
    quoted = (
        ",".join('"' + cell.replace('"', '""') + '"' if set(cell) & set('",\n') else cell for cell in row)
        for row in rows()
    )
    return "".join(f"{line}\r\n" for line in quoted).encode()


def _long() -> bytes:
    head, *people = rows()
    lines = [["respondent_id", "role", "item", "value"]]
    lines += [
        [row[0], row[1], item, row[head.index(item)]] for row in people for item in ("s01", "s02", "s03")
    ]
    return "".join(",".join(line) + "\n" for line in lines).encode()


def _xlsx() -> bytes:
    held = io.BytesIO()
    with xlsxwriter.Workbook(held, {"in_memory": True}) as book:
        sheet = book.add_worksheet("answers")
        for n, row in enumerate(rows()):
            for place, cell in enumerate(row):
                if n and 2 <= place <= 4:
                    sheet.write_number(n, place, int(cell))
                else:
                    sheet.write_string(n, place, cell)
    return held.getvalue()


def _frame() -> pd.DataFrame:
    head, *people = rows()
    frame = pd.DataFrame(people, columns=head)
    return frame.assign(**{name: frame[name].astype("int64") for name in ("s01", "s02", "s03")})


def _parquet() -> bytes:
    with TemporaryDirectory() as folder, duckdb.connect() as connection:
        connection.register("answers", _frame())
        path = Path(folder) / "r1.parquet"
        connection.execute(f"copy answers to '{path}' (format parquet)")
        return path.read_bytes()


def _labelled(suffix: str) -> bytes:
    import pyreadstat

    with TemporaryDirectory() as folder:
        path = Path(folder) / f"r1.{suffix}"
        labels = {"s01": {1: "not at all", 9: "very"}}
        write = pyreadstat.write_sav if suffix == "sav" else pyreadstat.write_dta
        write(_frame(), path, variable_value_labels=labels)
        return path.read_bytes()


def _sav() -> bytes:
    return _labelled("sav")


def _dta() -> bytes:
    return _labelled("dta")


def ods(table: str, name: str = "answers") -> bytes:
    """A small OpenDocument workbook around the rows of its table."""
    names = " ".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{short}:1.0"'
        for short in ("office", "table", "text")
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {names} office:version="1.3">'
        f'<office:body><office:spreadsheet><table:table table:name="{name}">{table}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        '<?xml version="1.0"?>'
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/></manifest:manifest>'
    )
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("mimetype", kind)
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", manifest)
    return held.getvalue()


def _ods() -> bytes:
    def cell(text: str, is_number: bool) -> str:
        kind = (
            f'office:value-type="float" office:value="{text}"' if is_number else 'office:value-type="string"'
        )
        return f"<table:table-cell {kind}><text:p>{escape(text)}</text:p></table:table-cell>"

    return ods(
        "".join(
            "<table:table-row>"
            + "".join(cell(text, n > 0 and 2 <= place <= 4) for place, text in enumerate(row))
            + "</table:table-row>"
            for n, row in enumerate(rows())
        )
    )
