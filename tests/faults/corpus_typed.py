"""Workbooks, Parquet, SPSS and Stata files: cells of another kind than they show, and containers that are no good."""

from __future__ import annotations

import importlib.util
import io
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import xlsxwriter

from tests.faults.corpus import PEOPLE, Case, base, text_of
from tests.faults.good_files import good_file

WHO = PEOPLE[3][0]
AT = {(WHO, "s02"): None}
CELL = (4, 3)
COMMENTS = "columns: {comment_s01: {comment: s01}}"
NOT_A_BOOK = ("not_a_workbook", "wrong_format", "reader_failed")


def cases() -> list[Case]:
    """One case per damage; SPSS and Stata where they can be read."""
    found = [*_cells(), *_sheets(), *_containers(), *_ods(), *_parquet()]
    return found + (_labelled() if importlib.util.find_spec("pyreadstat") else [])


def book(change: Callable[[Any, Any], None] = lambda book, sheet: None, **options: object) -> bytes:
    """The base as a workbook with text keys and numeric answers, then changed."""
    held = io.BytesIO()
    with xlsxwriter.Workbook(held, {"in_memory": True, **options}) as made:
        sheet = made.add_worksheet("answers")
        for n, row in enumerate(base()):
            for place, text in enumerate(row):
                if n and place > 1:
                    sheet.write_number(n, place, int(text))
                else:
                    sheet.write_string(n, place, text)
        change(made, sheet)
    return held.getvalue()


def with_part(data: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """A workbook with one member changed."""
    held = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.namelist():
            new.writestr(member, change(old.read(member)) if member == name else old.read(member))
    return held.getvalue()


def with_members(data: bytes, *more: tuple[str, bytes]) -> bytes:
    """A workbook with members added."""
    held = io.BytesIO(data)
    with zipfile.ZipFile(held, "a", zipfile.ZIP_DEFLATED) as archive:
        for name, content in more:
            archive.writestr(name, content)
    return held.getvalue()


def _xlsx(
    name: str, promises: tuple[str, ...], data: bytes, refused: tuple[str, ...] = (), **more: Any
) -> Case:
    return Case(f"xlsx: {name}", promises, data, refused, platform="xlsx", **more)


def _cells() -> list[Case]:
    def written(write: str, *value: Any) -> bytes:
        return book(lambda made, sheet: getattr(sheet, write)(*CELL, *value))

    def formatted(value: float, form: str) -> bytes:
        return book(
            lambda made, sheet: sheet.write_number(*CELL, value, made.add_format({"num_format": form}))
        )

    dated = book(
        lambda made, sheet: sheet.write_datetime(
            *CELL, date(2026, 7, 1), made.add_format({"num_format": "yyyy-mm-dd"})
        )
    )
    bad = (("not_a_number", "off_scale", "fraction"),)
    number_key = book(lambda made, sheet: sheet.write_number(4, 0, 42))
    long_key = book(lambda made, sheet: sheet.write_number(4, 0, 1234567890123456789))
    return [
        _xlsx("good", ("p01",), book(), records=12),
        _xlsx("an answer as text", ("p04",), written("write_string", "7"), changed={(WHO, "s02"): 7.0}, records=12),
        _xlsx("a fraction", ("p04",), written("write_number", 4.5), changed=AT, rules=bad, records=12),
        _xlsx("a word", ("p04",), written("write_string", "seven"), changed=AT, rules=bad, records=12),
        _xlsx("an empty cell", ("p04",), written("write_blank", None, None), changed={(WHO, "s02"): 1.0 * int(PEOPLE[3][3])}, records=12),
        _xlsx("a boolean", ("p04",), written("write_boolean", True), changed=AT, rules=bad, records=12),
        _xlsx("a date", ("p04",), dated, changed=AT, rules=bad, records=12),
        _xlsx("a percentage", ("p04",), formatted(0.07, "0%"), changed=AT, rules=bad, records=12),
        _xlsx("a whole number shown as a percentage", ("p04",), formatted(7, "0%"), changed={(WHO, "s02"): 7.0}, records=12),
        _xlsx("a number shown rounded", ("p04",), formatted(6.6, "0"), changed=AT, rules=bad, records=12),
        _xlsx("a formula", ("p08", "p03"), written("write_formula", "=3+4", None, 7), changed={(WHO, "s02"): 7.0}, rules=(("reader_note",),), records=12),
        _xlsx("a formula without a value", ("p08", "p03"), written("write_formula", "=3+4", None, ""), ("formula",)),
        _xlsx("a link formula", ("p37", "p03"), written("write_formula", '=HYPERLINK("http://127.0.0.1")', None, "x"), changed=AT, rules=(("reader_note",), ("not_a_number",)), records=12),
        _xlsx("a number for a key", ("p06",), number_key, renamed={WHO: "42"}, records=12),
        _xlsx("a key too long for a number", ("p06",), long_key, gone=(WHO,), rules=(("lost_digits",), ("reader_note",)), records=12),
        _xlsx("1904 dates", ("p07",), book(lambda m, s: None, date_1904=True), records=12),
    ]  # fmt: skip


def _sheets() -> list[Case]:
    def other(made: Any, _: Any) -> None:
        made.add_worksheet("notes").write_string(0, 0, "a note")

    def hidden(made: Any, _: Any) -> None:
        sheet = made.add_worksheet("secret")
        sheet.write_string(0, 0, "x")
        sheet.hide()

    def merged(made: Any, sheet: Any) -> None:
        sheet.merge_range(4, 2, 4, 3, 7)

    def empty(made: Any, _: Any) -> None:
        made.add_worksheet("empty")

    def far(made: Any, sheet: Any) -> None:
        sheet.write_string(60_000, 200, "far")

    def hidden_row(made: Any, sheet: Any) -> None:
        sheet.set_row(4, None, None, {"hidden": True})

    def total(made: Any, sheet: Any) -> None:
        sheet.write_string(13, 0, "Total")

    return [
        _xlsx("two filled sheets", ("p08", "p03"), book(other), ("missing_sheet",)),
        _xlsx("two filled sheets, one declared", ("p08",), book(other), declared="sheet: answers", records=12),
        _xlsx("a sheet that is not there", ("p08", "p03"), book(), ("missing_sheet",), declared="sheet: round 1"),
        _xlsx("an empty sheet beside", ("p08",), book(empty), records=12),
        _xlsx("a filled hidden sheet", ("p08", "p03"), book(hidden), records=12),
        _xlsx("merged cells", ("p08", "p03"), book(merged), ("merged_cells",)),
        _xlsx("a hidden row", ("p10",), book(hidden_row), records=12),
        _xlsx("a far cell", ("p05", "p08"), book(far), rules=(("unknown_column",), ("ragged", "missing_key")), records=60_000),
        _xlsx("a line of totals", ("p08",), book(total), records=13),
    ]  # fmt: skip


def _containers() -> list[Case]:
    good = book()
    sheet = "xl/worksheets/sheet1.xml"
    doctype = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'

    def with_doctype(xml: bytes) -> bytes:
        head, rest = xml.split(b"?>", 1)
        return head + b"?>" + doctype + rest

    bomb = with_members(good, ("xl/media/image1.bin", bytes(300_000_000)))
    many = with_members(good, *((f"xl/media/{n}.bin", b"x") for n in range(3000)))
    encrypted = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le").ljust(
        2000, b"\0"
    )
    doubled = io.BytesIO(good)
    import warnings

    with warnings.catch_warnings(), zipfile.ZipFile(doubled, "a") as archive:
        warnings.simplefilter("ignore")
        archive.writestr(sheet, b"<worksheet/>")
    return [
        _xlsx("DOCTYPE in a sheet", ("p05", "p03"), with_part(good, sheet, with_doctype), NOT_A_BOOK),
        _xlsx("DOCTYPE in the strings", ("p05", "p03"), with_part(good, "xl/sharedStrings.xml", with_doctype), NOT_A_BOOK),
        _xlsx("a member twice", ("p08", "p03"), doubled.getvalue(), NOT_A_BOOK),
        _xlsx("a member outside", ("p05", "p03"), with_members(good, ("../outside.txt", b"x")), NOT_A_BOOK),
        _xlsx("an absolute member", ("p05", "p03"), with_members(good, ("/etc/outside", b"x")), NOT_A_BOOK),
        _xlsx("an archive that expands", ("p05", "p03"), bomb, NOT_A_BOOK),
        _xlsx("3000 members", ("p05", "p03"), many, NOT_A_BOOK),
        _xlsx("cut in half", ("p08", "p03"), good[: len(good) // 2], NOT_A_BOOK),
        _xlsx("the last bytes missing", ("p08", "p03"), good[:-20], NOT_A_BOOK),
        _xlsx("a sheet cut short", ("p08", "p03"), with_part(good, sheet, lambda xml: xml[:-200]), NOT_A_BOOK),
        _xlsx("encrypted", ("p03",), encrypted, NOT_A_BOOK),
        _xlsx("text under its name", ("p03",), text_of(base()).encode(), NOT_A_BOOK),
        _xlsx("HTML under its name", ("p03",), b"<html><table><tr><td>1</td></tr></table></html>", ("html",)),
        _xlsx("an ods under its name", ("p03",), good_file("ods"), NOT_A_BOOK),
        _xlsx("empty", ("p03",), b"", ("empty_file",)),
        _xlsx("an archive of something else", ("p03",), with_members(b"PK\x05\x06" + bytes(18), ("a.txt", b"1")), NOT_A_BOOK),
    ]  # fmt: skip


def _ods() -> list[Case]:
    good = good_file("ods")

    def ods(name: str, data: bytes, refused: tuple[str, ...] = ()) -> Case:
        return Case(f"ods: {name}", ("p03", "p08"), data, refused, platform="ods")

    return [
        ods("cut in half", good[: len(good) // 2], NOT_A_BOOK),
        ods("a workbook under its name", book(), NOT_A_BOOK),
        ods("text under its name", b"a,b\n", NOT_A_BOOK),
        ods("a broken content", with_part(good, "content.xml", lambda xml: xml[:-100]), NOT_A_BOOK),
        ods(
            "DOCTYPE",
            with_part(good, "content.xml", lambda xml: xml.replace(b"?>", b"?><!DOCTYPE a>", 1)),
            NOT_A_BOOK,
        ),
    ]


def _parquet() -> list[Case]:
    def table(answers: str = "s02") -> bytes:
        columns = f"column0 respondent_id, column1 as role, s01, {answers} as s02, s03"
        values = ", ".join(f"('{row[0]}', '{row[1]}', {row[2]}, {row[3]}, {row[4]})" for row in PEOPLE)
        with TemporaryDirectory() as place, duckdb.connect() as connection:
            path = Path(place) / "r1.parquet"
            connection.execute(
                f"copy (select {columns} from (values {values}) as t(column0, column1, s01, s02, s03)) to '{path}' (format parquet)"
            )
            return path.read_bytes()

    who = f"case when column0 = '{WHO}' then {{}} else s02 end"
    good = table()

    def parquet(
        name: str, promises: tuple[str, ...], data: bytes, refused: tuple[str, ...] = (), **more: Any
    ) -> Case:
        return Case(f"parquet: {name}", promises, data, refused, platform="parquet", **more)

    odd = {
        "off_scale": ("off_scale",),
        "fraction": ("fraction", "off_scale"),
        "not_a_number": ("not_a_number",),
    }
    return [
        parquet("good", ("p01",), good, records=12),
        parquet("a null", ("p04",), table(who.format("null")), changed=AT, records=12),
        parquet("a fraction", ("p04",), table(who.format("4.5")), changed=AT, rules=(odd["fraction"],), records=12),
        parquet("not a number, as pandas writes what is missing", ("p04",), table(who.format("'nan'::double")), changed=AT, records=12),
        parquet("infinity", ("p04",), table(who.format("'inf'::double")), changed=AT, rules=(odd["not_a_number"],), records=12),
        parquet("99", ("p04",), table(who.format("99")), changed=AT, rules=(odd["off_scale"],), records=12),
        parquet("texts", ("p04",), table("s02::varchar"), records=12),
        parquet("tiny integers", ("p04",), table("s02::tinyint"), records=12),
        parquet("decimals", ("p04",), table("s02::decimal(9, 3)"), records=12),
        parquet("booleans", ("p04",), table("s02 > 1"), ("nothing_fits",)),
        parquet("dates", ("p04",), table("date '2026-01-01' + s02::integer"), ("nothing_fits",)),
        parquet("lists", ("p08", "p03"), table("[s02]"), ("nothing_fits", "reader_failed", "nested", "wrong_format", "nested_column")),
        parquet("cut in half", ("p08", "p03"), good[: len(good) // 2], ("wrong_format", "reader_failed", "not_parquet")),
        parquet("its foot missing", ("p08", "p03"), good[:-8], ("wrong_format", "reader_failed", "not_parquet")),
        parquet("text under its name", ("p03",), text_of(base()).encode(), ("wrong_format", "reader_failed", "not_parquet")),
        parquet("empty", ("p03",), b"", ("empty_file",)),
    ]  # fmt: skip


def _labelled() -> list[Case]:
    bad = ("wrong_format", "reader_failed", "not_sav", "not_dta", "count_mismatch")
    found = []
    for kind in ("sav", "dta"):
        good = good_file(kind)
        keys = {row[0]: f"Qzx-marker-Wvy-{row[0]}" for row in PEOPLE}

        def case(
            name: str, data: bytes, refused: tuple[str, ...] = (), kind: str = kind, **more: Any
        ) -> Case:
            return Case(
                f"{kind}: {name}", ("p08", "p03"), data, refused, platform=kind, declared=COMMENTS, **more
            )

        found += [
            case("good", good, renamed=keys, rules=(("reader_note",),), records=12),
            case("cut in half", good[: len(good) // 2], bad),
            case("its head alone", good[:100], bad),
            case("text under its name", text_of(base()).encode(), bad),
            case("empty", b"", ("empty_file",)),
        ]
    return found
