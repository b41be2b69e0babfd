"""Delimited text: encodings, separators, quotes, lines and headers, and what is no delimited text at all."""

from __future__ import annotations

import gzip
import io
import unicodedata
import zipfile

from tests.faults.corpus import PEOPLE, Case, base, text_of
from tests.faults.good_files import good_file

WHO = PEOPLE[3][0]
ZOE = {WHO: "Zoë"}


def cases() -> list[Case]:
    """One case per damage."""
    return [*_encodings(), *_separators(), *_lines(), *_quotes(), *_headers(), *_other_files(), *_long()]


def _zoe() -> str:
    rows = base()
    rows[4][0] = "Zoë"
    return text_of(rows)


def _encodings() -> list[Case]:
    text = _zoe()
    mixed = (
        text.replace("Zoë", "Zoe").encode()
        + "Zoë,city,1,1,1\n".encode("cp1252")
        + "Ångström,city,1,1,1\n".encode()
    )
    good: dict[str, tuple[bytes, str]] = {
        "UTF-8": (text.encode(), ""), "UTF-8 with a mark": (text.encode("utf-8-sig"), ""),
        "UTF-16 declared": (text.encode("utf-16"), "encoding: utf-16"),
        "UTF-16 LE declared": (text.encode("utf-16-le"), "encoding: utf-16-le"),
        "UTF-16 BE declared": (text.encode("utf-16-be"), "encoding: utf-16-be"),
        "cp1252 declared": (text.encode("cp1252"), "encoding: cp1252"),
        "latin-1 declared": (text.encode("latin-1"), "encoding: latin-1"),
        "ISO 8859-15 declared": (text.encode("iso8859-15"), "encoding: iso8859-15"),
        "Mac Roman declared": (text.encode("mac_roman"), "encoding: mac_roman"),
        "cp850 declared": (text.encode("cp850"), "encoding: cp850"),
    }  # fmt: skip
    bad: dict[str, tuple[bytes, str]] = {
        "cp1252 undeclared": (text.encode("cp1252"), ""), "latin-1 undeclared": (text.encode("latin-1"), ""),
        "Mac Roman undeclared": (text.encode("mac_roman"), ""), "UTF-16 undeclared": (text.encode("utf-16"), ""),
        "UTF-16 LE without a mark undeclared": (text.encode("utf-16-le"), ""),
        "UTF-32 undeclared": (text.encode("utf-32"), ""), "UTF-8 declared as cp1252": (text.encode(), "encoding: cp1252"),
        "UTF-8 with a mark declared as latin-1": (text.encode("utf-8-sig"), "encoding: latin-1"),
        "UTF-16 declared without a mark": (text.encode("utf-16-le"), "encoding: utf-16"),
        "two encodings in one file": (mixed, ""), "a letter cut in two": (text.encode() + "é".encode()[:1], ""),
        "a zero byte": (text.replace("Zoë", "Zo\x00e").encode(), ""), "overlong UTF-8": (text.encode() + b"\xc0\xaf,city,1,1,1\n", ""),
        "a surrogate in UTF-8": (text.encode() + b"\xed\xa0\x80,city,1,1,1\n", ""),
        "a byte that cp1252 lacks": (text.encode("cp1252") + b"\x81,city,1,1,1\n", "encoding: cp1252"),
        "odd UTF-16": (text.encode("utf-16")[:-1], "encoding: utf-16"),
    }  # fmt: skip
    return [
        *(
            Case(f"encoding: {name}", ("p07",), data, renamed=ZOE, declared=how, records=12)
            for name, (data, how) in good.items()
        ),
        *(
            Case(f"encoding: {name}", ("p07", "p03"), data, ("encoding",), declared=how)
            for name, (data, how) in bad.items()
        ),
    ]


def _separators() -> list[Case]:
    rows = base()
    found = []
    for name, sign in {"semicolon": ";", "tab": "\t", "bar": "|"}.items():
        written = {"\t": r"\t"}.get(sign, sign)
        data = text_of(rows, sign).encode()
        found.append(Case(f"{name} declared", ("p07",), data, declared=f'delimiter: "{written}"', records=12))
        found.append(Case(f"{name} undeclared", ("p07", "p03"), data, ("one_column",)))
    comma = text_of(rows).encode()
    found.append(
        Case(
            "comma where semicolon is declared",
            ("p07", "p03"),
            comma,
            ("one_column",),
            declared='delimiter: ";"',
        )
    )
    decimal = [
        [cell.replace("7", "7,0") if place > 1 else cell for place, cell in enumerate(row)] for row in rows
    ]
    found.append(
        Case(
            "decimal comma declared",
            ("p07",),
            text_of(decimal, ";").encode(),
            declared='delimiter: ";", decimal: ","',
            records=12,
        )
    )
    ours = {
        (row[0], item): None
        for row in PEOPLE
        for item, text in zip(("s01", "s02", "s03"), row[2:], strict=True)
        if text == "7"
    }
    found.append(
        Case("decimal comma undeclared", ("p07", "p04"), text_of(decimal, ";").encode(), declared='delimiter: ";"',
             changed=ours, rules=(("not_a_number",),), records=12)
    )  # fmt: skip
    found.append(
        Case(
            "sep= line",
            ("p07", "p08"),
            b"sep=,\n" + comma,
            ("missing_key_column", "one_column", "missing_item_column"),
        )
    )
    return found


def _lines() -> list[Case]:
    rows = base()
    text = text_of(rows)
    short, long_row, both = ([list(row) for row in rows] for _ in range(3))
    short[4] = short[4][:-1]
    long_row[4] = [*long_row[4], "9"]
    both[4], both[6] = both[4][:2], [*both[6], "", ""]
    sixth = both[6][0]
    lines = text.splitlines()
    ragged = (("ragged",),)
    all_trailing = "\n".join([lines[0], *(f"{line}," for line in lines[1:])]) + "\n"
    repeated = "\n".join([*lines[:6], lines[0], *lines[6:]]) + "\n"
    return [
        Case("CRLF", ("p01",), text_of(rows, end="\r\n").encode(), records=12),
        Case("CR alone", ("p01",), text_of(rows, end="\r").encode(), records=12),
        Case("mixed line ends", ("p01",), text.replace("\n", "\r\n", 5).encode(), records=12),
        Case("no line end at the end", ("p01",), text.rstrip("\n").encode(), records=12),
        Case("blank lines at the end", ("p02",), (text + "\n\n\n").encode(), records=15),
        Case("blank lines between", ("p02",), "\n\n".join(lines).encode() + b"\n", records=24),
        Case("blank lines before", ("p08",), b"\n\n" + text.encode(), records=12),
        Case("rows of commas alone", ("p02",), (text + ",,,,\n,,,,\n").encode(), records=14),
        Case("a short record", ("p08", "p02"), text_of(short).encode(), gone=(WHO,), rules=ragged, records=12),
        Case("a long record", ("p08", "p02"), text_of(long_row).encode(), gone=(WHO,), rules=ragged, records=12),
        Case("a short and a long record", ("p08",), text_of(both).encode(), gone=(WHO, sixth), rules=ragged, records=12),
        Case("a comma after each record", ("p08",), all_trailing.encode(), gone=tuple(row[0] for row in PEOPLE), rules=(("ragged",), ("no_records",)), records=12),
        Case("a comma after each line", ("p08",), (",\n".join(lines) + ",\n").encode(), rules=(("unknown_column",),), records=12),
        Case("the header repeated in the middle", ("p08", "p02"), repeated.encode(), rules=(("repeated_header",),), records=13),
        Case("a line of totals at the end", ("p08",), (text + "Total,12\n").encode(), rules=ragged, records=13),
        Case("a sentence at the end", ("p08",), (text + "Exported on Monday\n").encode(), rules=ragged, records=13),
        Case("the file cut within a record", ("p08",), text.encode()[:-4], gone=(PEOPLE[-1][0],), rules=ragged, records=12),
        Case("header without records", ("p02",), (lines[0] + "\n").encode(), gone=tuple(r[0] for r in PEOPLE), rules=(("no_records",),), records=0),
        Case("empty file", ("p03",), b"", ("empty_file",)),
        Case("blank file", ("p03",), b" \n\r\n \n", ("empty_file",)),
        Case("a mark and nothing else", ("p03",), b"\xef\xbb\xbf", ("empty_file",)),
        Case("no header", ("p08", "p03"), "\n".join(lines[1:]).encode(), ("missing_key_column", "missing_item_column", "duplicate_header")),
        Case("two lines of title first", ("p08", "p03"), b"Export of the study\n2026\n" + text.encode(),
             ("missing_key_column", "one_column", "missing_item_column")),
    ]  # fmt: skip


def _quotes() -> list[Case]:
    rows = base()
    text = text_of(rows)
    all_quoted = "".join(",".join(f'"{cell}"' for cell in row) + "\n" for row in rows)
    third = ",".join(rows[3])
    strange = {
        "line end": "first\nsecond", "CRLF": "first\r\nsecond", "comma": "a, b, c", "quote": 'he said "no"', "U+2028": "a\u2028b",
        "NEL": "a\x85b", "vertical tab": "a\x0bb", "form feed": "a\x0cb", "escape": "\x1b[2Ja", "bell": "a\x07b", "300,000 letters": "x" * 300_000,
        "formula": "=HYPERLINK(1)", "right-to-left mark": "a\u202eb", "HTML": "<script>1</script>", "lone low line": "_", "emoji": "👩‍👧",
        "file separator": "a\x1cb", "tab": "a\tb", "blank lines": "a\n\n\nb", "quotes alone": '""', "backslash": "a\\", "apostrophe": "it's",
    }  # fmt: skip
    found = []
    for name, comment in strange.items():
        noted = [[*row, "" if n != 4 else comment] for n, row in enumerate(rows)]
        noted[0][-1] = "note"
        declared = "columns: {note: {comment: s01}}"
        found.append(
            Case(
                f"comment with {name}", ("p08", "p05"), text_of(noted).encode(), declared=declared, records=12
            )
        )
    return [
        *found,
        Case("every cell quoted", ("p01",), all_quoted.encode(), records=12),
        Case("a quote never closed", ("p08", "p03"), text.replace(third, f'"{third}').encode(), ("unclosed_quote",)),
        Case("a quote closed far below", ("p08", "p03"),
             text.replace(third, f'"{third}').replace(",".join(rows[8]), ",".join(rows[8]) + '"').encode(), ("unclosed_quote",)),
        Case("text after a closing quote", ("p08", "p03"), text.replace(third, f'"{rows[3][0]}"x{third[len(rows[3][0]):]}').encode(), ("unclosed_quote",)),
        Case("backslash before a quote", ("p08", "p03"), text.replace(third, f'"a\\"b",{third.split(",", 1)[1]}').encode(), ("unclosed_quote",)),
        Case("a quote within an unquoted cell", ("p08",), text.replace(WHO, f'{WHO[:2]}"{WHO[2:]}').encode(),
             renamed={WHO: f'{WHO[:2]}"{WHO[2:]}'}, records=12),
        Case("a blank before a quote", ("p08",), text.replace(third, third.replace(",city,", ', "city",').replace(",company,", ', "company",')).encode(),
             rules=(("unknown_group",),), records=12),
    ]  # fmt: skip


def _headers() -> list[Case]:
    rows = base()

    def headed(*names: str, more: tuple[str, ...] = ()) -> bytes:
        return text_of([[*names, *more], *([*row, *("" for _ in more)] for row in rows[1:])]).encode()

    usual = ("respondent_id", "role", "s01", "s02", "s03")
    turned = [[row[n] for n in (4, 2, 0, 3, 1)] for row in rows]
    wide = [[*row, *(str(n) for n in range(2000))] for row in rows]
    wide[0][5:] = [f"extra{n}" for n in range(2000)]
    labels = [rows[0], ["Respondent", "Role", "First statement", "Second", "Third"], *rows[1:]]
    missing, twice = ("missing_item_column",), ("duplicate_header",)
    declared = "ignore: [browser]"
    return [
        Case("columns in another order", ("p01",), text_of(turned).encode(), records=12),
        Case("a header twice", ("p08", "p03"), headed("respondent_id", "role", "s01", "s01", "s03"), twice),
        Case("a header twice, with a blank", ("p08", "p03"), headed("respondent_id", "role", "s01", "s01 ", "s03"), twice),
        Case("the key twice", ("p08", "p03"), headed(*usual, more=("respondent_id",)), twice),
        Case("an item under another name", ("p08", "p03"), headed("respondent_id", "role", "s01", "q2", "s03"), missing),
        Case("an item in capitals", ("p08", "p03"), headed("respondent_id", "role", "s01", "S02", "s03"), missing),
        Case("no key", ("p08", "p03"), headed("who", "role", "s01", "s02", "s03"), ("missing_key_column",)),
        Case("no group column", ("p08", "p03"), headed("respondent_id", "job", "s01", "s02", "s03"), rules=(("unknown_column",),), records=12),
        Case("a header without a name", ("p08",), headed(*usual, more=("",)), rules=(("unknown_column",),), records=12),
        Case("a column that nobody declared", ("p08",), headed(*usual, more=("browser",)), rules=(("unknown_column",),), records=12),
        Case("a column that is ignored", ("p08",), headed(*usual, more=("browser",)), declared=declared, records=12),
        Case("2000 columns more", ("p05",), text_of(wide).encode(), rules=(("unknown_column",),), records=12),
        Case("blanks around headers", ("p08",), headed(" respondent_id ", "role ", " s01", "s02", "s03"), records=12),
        Case("a hard blank in a header", ("p08",), headed("respondent_id", "role", "s01\u00a0", "s02", "s03"), records=12),
        Case("a mark within the header", ("p08",), b"\xef\xbb\xbf" + headed(*usual), records=12),
        Case("headers in two lines declared", ("p08",), text_of(labels).encode(), declared="header_rows: 2", records=13),
        Case("labels below the header undeclared", ("p08", "p04"), text_of(labels).encode(),
             rules=(("not_a_number",), ("unknown_group",)), records=13),
        Case("decomposed letters in a header", ("p06",), headed(*usual, more=(unicodedata.normalize("NFD", "né"),)), rules=(("unknown_column",),), records=12),
    ]  # fmt: skip


def _other_files() -> list[Case]:
    text = text_of(base()).encode()
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr("r1.csv", text)
    wrong = ("wrong_format", "html", "not_delimited", "encoding", "json", "one_column", "missing_key_column")
    other = {
        "an HTML page": b"<!DOCTYPE html>\n<html><body>Please log in</body></html>", "HTML without a doctype": b"<html><head></head></html>",
        "HTML after a blank line": b"\n\n  <HTML><body>,,,,</body></HTML>", "a login form": b"<form action='/login'>a,b</form>\n",
        "a JSON error": b'{"status":"error","message":"token, expired"}', "a JSON list": b'[{"respondent_id": "a", "s01": 7}]',
        "XML": b"<?xml version='1.0'?><rows><row/></rows>", "PDF": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", "a zip": zipped.getvalue(),
        "a gzip": gzip.compress(text, mtime=0), "an image": b"\x89PNG\r\n\x1a\n" + bytes(50), "an old workbook": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
        "a workbook": good_file("xlsx"), "Parquet": good_file("parquet"), "SQLite": b"SQLite format 3\x00" + bytes(100), "zeros": bytes(1000),
        "RTF": b"{\\rtf1\\ansi a,b}", "a text": b"Dear colleague,\nthe export did not work.\n",
    }  # fmt: skip
    return [
        Case(f"{name} where text was promised", ("p03", "p08"), data, wrong) for name, data in other.items()
    ]


def _long() -> list[Case]:
    rows = [["respondent_id", "role", "item", "value"]]
    rows += [
        [row[0], row[1], item, text]
        for row in PEOPLE
        for item, text in zip(("s01", "s02", "s03"), row[2:], strict=True)
    ]
    declared = "layout: long, long: {item: item, value: value}"
    place = next(n for n, row in enumerate(rows) if row[0] == WHO and row[2] == "s02")

    def long_case(name: str, promises: tuple[str, ...], lines: list[list[str]], **more: object) -> Case:
        return Case(f"long: {name}", promises, text_of(lines).encode(), declared=declared, **more)  # type: ignore[arg-type]

    def cell(column: int, text: str) -> list[list[str]]:
        return [
            [*row[:column], text, *row[column + 1 :]] if n == place else row for n, row in enumerate(rows)
        ]

    at = {(WHO, "s02"): None}
    return [
        long_case("good", ("p01",), rows, records=36),
        long_case("in reverse", ("p11",), [rows[0], *reversed(rows[1:])], records=36),
        long_case("an unknown item", ("p12",), cell(2, "s99"), changed=at, rules=(("unknown_item",),), records=36),
        long_case("no item", ("p12",), cell(2, ""), changed=at, rules=(("unknown_item", "missing_key"),), records=36),
        long_case("a bad value", ("p04",), cell(3, "x"), changed=at, rules=(("not_a_number",),), records=36),
        long_case("a value off the scale", ("p04",), cell(3, "10"), changed=at, rules=(("off_scale",),), records=36),
        long_case("an exact repeat", ("p02",), [*rows, rows[place]], records=37),
        long_case("two values for one answer", ("p09",), [*rows, [*rows[place][:3], "9"]], changed=at, rules=(("duplicate_contradiction",),), records=37),
        long_case("no key", ("p12",), cell(0, ""), changed=at, rules=(("missing_key",),), records=36),
        long_case("a row missing", ("p10",), [row for n, row in enumerate(rows) if n != place], changed=at, records=35),
    ]  # fmt: skip
