"""One sheet of a workbook becomes text; what a workbook hides or has lost is refused or noted."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import datetime

import pytest
import xlsxwriter

from delphi.errors import AnswersError
from delphi.ingest import container
from delphi.ingest.reading import read_table
from delphi.ingest.table import TextTable
from delphi.ingest.workbook import read as read_workbook
from delphi.study.model import Dialect
from tests.faults.good_files import ods

Book = xlsxwriter.Workbook


def excel(fill: Callable[[Book], None], **options: object) -> bytes:
    out = io.BytesIO()
    book = Book(out, {"in_memory": True, **options})
    fill(book)
    book.close()
    return out.getvalue()


def rows(*cells: list[object]) -> bytes:
    def fill(book: Book) -> None:
        sheet = book.add_worksheet("answers")
        for number, row in enumerate(cells):
            for place, cell in enumerate(row):
                if isinstance(cell, str):
                    sheet.write_string(number, place, cell)
                elif cell is not None:
                    sheet.write(number, place, cell)

    return excel(fill)


def ods_row(*cells: str | float | None, repeat: int = 1) -> str:
    def cell(value: str | float | None) -> str:
        if value is None:
            return "<table:table-cell/>"
        kind = "string" if isinstance(value, str) else f'float" office:value="{value}'
        return f'<table:table-cell office:value-type="{kind}"><text:p>{value}</text:p></table:table-cell>'

    content = "".join(map(cell, cells))
    return f'<table:table-row table:number-rows-repeated="{repeat}">{content}</table:table-row>'


def with_part(data: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """The workbook with one of its parts changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.namelist():
            content = old.read(member)
            new.writestr(member, change(content) if member == name else content)
    return out.getvalue()


def read(data: bytes, platform: str = "xlsx", in_child: bool = False, **dialect: object) -> TextTable:
    """The table; most tests spare themselves the child process and call its reader."""
    from delphi.ingest.table import table_of

    if in_child:
        return read_table(data, Dialect(platform=platform, **dialect), "r1.xlsx", "0" * 64)
    options = {"platform": platform, "header_rows": 1, "sheet": None, **dialect}
    return table_of(read_workbook(data, "r1.xlsx", options), "r1.xlsx", "0" * 64, platform)


def cells(table: TextTable) -> list[list[str]]:
    return [list(row) for row in zip(*table.columns, strict=True)]


def refusal(data: bytes, platform: str = "xlsx", **dialect: object) -> tuple[str, str]:
    with pytest.raises(AnswersError) as caught:
        read(data, platform, **dialect)
    (problem,) = caught.value.problems
    assert problem.hint
    return problem.code, f"{problem.path} {problem.message}"


IDS = ["00042", "1E5", "NA", "12.10", "1234567890123456789", "Zo\u00eb"]


def test_text_cells_stay_text_from_excel_through_the_child():
    table = read(rows(["id", "s1"], *([one, 7.0] for one in IDS)), in_child=True)
    assert list(table.column("id")) == IDS
    assert set(table.column("s1")) == {"7"}
    assert list(table.source_rows) == list(range(2, 8))
    assert (table.records, table.platform, table.notes) == (6, "xlsx", ())


def test_text_cells_stay_text_from_opendocument_through_the_child():
    data = ods(ods_row("id", "s1") + "".join(ods_row(one, 7.0) for one in IDS))
    table = read(data, "ods", in_child=True)
    assert list(table.column("id")) == IDS
    assert set(table.column("s1")) == {"7"}
    assert table.epoch is None


def test_numbers_truth_and_times_become_text():
    def fill(book: Book) -> None:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["whole", "part", "yes", "day", "moment"])
        sheet.write_row(1, 0, [7, 0.1, True])
        sheet.write_datetime(1, 3, datetime(2026, 3, 1), book.add_format({"num_format": "yyyy-mm-dd"}))
        sheet.write_datetime(
            1, 4, datetime(2026, 3, 1, 9, 30, 1), book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        )

    for options, epoch in (({}, datetime(1899, 12, 30)), ({"date_1904": True}, datetime(1904, 1, 1))):
        table = read(excel(fill, **options))
        assert cells(table) == [["7", "0.1", "TRUE", "2026-03-01", "2026-03-01T09:30:01"]]
        assert table.epoch == epoch


def test_numbers_that_lost_their_last_digits_are_noted():
    table = read(rows(["id"], [float(2**60)], [12.0]))
    assert "1 whole numbers are too long" in table.notes[0]
    assert list(table.column("id")) == ["1.152921504606847e+18", "12"]


def test_what_excel_calls_an_error_is_not_an_empty_cell():
    def fill(book: Book) -> None:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["id", "s1"])
        sheet.write(1, 0, "p")
        sheet.write_formula(1, 1, "=NA()", None, "#N/A")

    assert cells(read(excel(fill))) == [["p", "#N/A"]]


def test_what_opendocument_calls_an_error_is_not_an_empty_cell():
    error = (
        '<table:table-row><table:table-cell office:value-type="string"><text:p>p</text:p></table:table-cell>'
        '<table:table-cell table:formula="of:=NA()" office:value-type="string" office:string-value="">'
        "<text:p>#N/A</text:p></table:table-cell></table:table-row>"
    )
    assert cells(read(ods(ods_row("id", "s1") + error), "ods")) == [["p", "#N/A"]]


def test_typed_cells_of_opendocument_become_text():
    typed = "".join(
        f'<table:table-cell office:value-type="{kind}" office:{name}="{value}"><text:p>x</text:p>'
        "</table:table-cell>"
        for kind, name, value in (
            ("boolean", "boolean-value", "true"),
            ("date", "date-value", "2026-03-01"),
            ("date", "date-value", "2026-03-01T09:30:00"),
            ("percentage", "value", "0.7"),
            ("float", "value", "7"),
        )
    )
    table = read(ods(ods_row(*"abcde") + f"<table:table-row>{typed}</table:table-row>"), "ods")
    assert cells(table) == [["TRUE", "2026-03-01", "2026-03-01T09:30:00", "0.7", "7"]]


def test_blank_rows_inside_are_ignored_and_those_below_are_no_records():
    table = read(rows(["id", "s1"], ["p", 7], [None], ["q", 8], ["", "  "], [None], ["  "]))
    assert cells(table) == [["p", "7"], ["q", "8"]]
    assert list(table.source_rows) == [2, 4]
    assert [(aside.source_row, aside.rule) for aside in table.asides] == [(3, "blank")]
    assert table.records == 3


def test_a_table_may_start_below_and_beside_the_corner():
    table = read(rows([], [], [None, "id", None, "s1"], [None, "p", None, 7]))
    assert table.headers == ("", "id", "", "s1")
    assert cells(table) == [["", "p", "", "7"]]
    assert list(table.source_rows) == [4]


def test_further_header_rows_and_repeated_headers_are_ignored():
    table = read(rows(["id", "s1"], ["Who", "How"], ["p", 7], ["id", "s1"], ["q", 8]), header_rows=2)
    assert cells(table) == [["p", "7"], ["q", "8"]]
    assert [(aside.source_row, aside.rule) for aside in table.asides] == [
        (2, "extra_header"),
        (4, "repeated_header"),
    ]


def test_a_header_alone_is_a_table_without_records():
    assert read(rows(["id", "s1"])).records == 0
    assert read(ods(ods_row("id", "s1")), "ods").records == 0


def two_sheets(book: Book) -> None:
    for name in ("first", "second"):
        sheet = book.add_worksheet(name)
        sheet.write_row(0, 0, ["id", "s1"])
        sheet.write_row(1, 0, [name, 7])
    book.add_worksheet("empty")


def test_of_several_filled_sheets_one_has_to_be_declared():
    data = excel(two_sheets)
    code, words = refusal(data)
    assert (code, "'first', 'second'" in words) == ("missing_sheet", True)
    assert cells(read(data, sheet="second")) == [["second", "7"]]
    assert cells(read(data, sheet=1)) == [["first", "7"]]
    assert refusal(data, sheet="third")[0] == "missing_sheet"
    assert refusal(data, sheet=4)[0] == "missing_sheet"
    assert refusal(data, sheet="empty")[0] == "empty_file"


def test_hidden_and_empty_sheets_are_no_candidates():
    def fill(book: Book) -> None:
        two_sheets(book)
        book.get_worksheet_by_name("second").hide()

    assert cells(read(excel(fill))) == [["first", "7"]]


def test_a_workbook_without_anything_is_empty():
    assert refusal(rows())[0] == "empty_file"


def test_equal_headers_are_refused():
    assert refusal(rows(["id", "s1", "s1 "], ["p", 1, 2]))[0] == "duplicate_header"


@pytest.mark.parametrize(
    ("merged", "is_refused"),
    [((1, 0, 2, 0), True), ((2, 1, 2, 2), True), ((0, 1, 0, 2), True), ((9, 0, 9, 2), False)],
    ids=["down in data", "across in data", "across in the header", "below the table"],
)
def test_merged_cells_are_refused_where_they_touch_the_table(
    merged: tuple[int, int, int, int], is_refused: bool
):
    def fill(book: Book) -> None:
        sheet = book.add_worksheet()
        for number in range(3):
            sheet.write_row(number, 0, [f"a{number}", f"b{number}", f"c{number}"])
        text = "" if merged[0] == 9 else "merged"
        sheet.merge_range(*merged, text)

    if is_refused:
        code, words = refusal(excel(fill))
        assert (code, f"row {merged[0] + 1}" in words) == ("merged_cells", True)
    else:
        assert read(excel(fill)).records == 2


def test_formulas_are_noted_and_refused_without_a_saved_result():
    def fill(book: Book) -> None:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["id", "s1"])
        sheet.write(1, 0, "p")
        sheet.write_formula(1, 1, "=3+4", None, 7)

    data = excel(fill)
    assert cells(read(data)) == [["p", "7"]]
    assert read(data).notes == ("1 cells hold formulas; their last saved results were taken",)
    uncached = with_part(data, "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b"<v>7</v>", b""))
    assert refusal(uncached) == ("formula", "row 2 formulas whose results the file does not hold")


def test_opendocument_repeats_merges_and_formulas_are_seen():
    start = ods_row("id", "s1")
    table = read(ods(start + ods_row("p", 7.0, repeat=3) + ods_row(None, repeat=1000)), "ods")
    assert cells(table) == [["p", "7"]] * 3
    merged = ods_row("p", 7.0).replace(
        "<table:table-cell ", '<table:table-cell table:number-rows-spanned="2" ', 1
    )
    assert refusal(ods(start + merged + ods_row(None, 8.0)), "ods")[0] == "merged_cells"
    uncached = ods_row("p", None).replace(
        "<table:table-cell/>", '<table:table-cell table:formula="of:=1+1"/>'
    )
    assert refusal(ods(start + uncached), "ods")[0] == "formula"


def test_a_cell_far_away_is_refused_before_it_fills_the_memory():
    far = with_part(
        rows(["id"], ["p"]),
        "xl/worksheets/sheet1.xml",
        lambda xml: xml.replace(
            b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
        ),
    )
    code, words = refusal(far)
    assert (code, "1048576 rows by 16384 columns" in words) == ("not_a_workbook", True)


def test_a_count_that_disagrees_refuses_the_file():
    """A row number that is used twice: the later row lies upon the earlier one."""
    doubled = with_part(
        rows(["id", "s1"], ["p", 7], ["q", 8]),
        "xl/worksheets/sheet1.xml",
        lambda xml: (
            xml.replace(b'<row r="3"', b'<row r="2"')
            .replace(b'r="A3"', b'r="A2"')
            .replace(b'r="B3"', b'r="B2"')
        ),
    )
    assert refusal(doubled)[0] == "count_mismatch"


@pytest.mark.parametrize(
    "declaration", [b"<!DOCTYPE x>", b'<!ENTITY a "b">', "<!DOCTYPE x>".encode("utf-16-le")]
)
def test_document_types_and_entities_are_refused(declaration: bytes):
    data = with_part(rows(["id"], ["p"]), "xl/sharedStrings.xml", lambda xml: declaration + xml)
    assert refusal(data)[0] == "not_a_workbook"


def archive(*members: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in members:
            new.writestr(name, content)
    return out.getvalue()


def test_containers_that_expand_without_end_are_refused(monkeypatch: pytest.MonkeyPatch):
    assert "expands more than" in refusal(archive(("xl/a.xml", b" " * (9 << 20))))[1]
    monkeypatch.setattr(container, "EXPANDED_BYTES", 1000)
    assert "expands to" in refusal(archive(("a", b"x" * 600), ("b", b"x" * 600)))[1]


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_containers_with_odd_members_are_refused():
    many = archive(*((f"part{number}", b"") for number in range(2001)))
    for data, words in (
        (many, "2001 parts"),
        (archive(("xl/a.xml", b"1"), ("xl/a.xml", b"2")), "same name"),
        (archive(("xl/a.xml", b"1"), ("XL/A.xml", b"2")), "same name"),
        (archive(("../a.xml", b"1")), "leads out"),
        (archive(("/a.xml", b"1")), "leads out"),
    ):
        code, message = refusal(data)
        assert (code, words in message) == ("not_a_workbook", True)


def test_what_is_no_workbook_is_refused_by_its_content():
    book = rows(["id", "s1"], ["p", 7])
    for data, platform, code in (
        (b"id,s1\np,7\n", "xlsx", "not_a_workbook"),
        (b"<html><body>Log in</body></html>", "xlsx", "html"),
        (b"%PDF-1.7", "xlsx", "wrong_format"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "xlsx", "not_a_workbook"),
        (archive(("a.txt", b"1")), "xlsx", "wrong_format"),
        (book, "ods", "wrong_format"),
        (ods(ods_row("id")), "xlsx", "wrong_format"),
        (book[:-200], "xlsx", "not_a_workbook"),
        (with_part(book, "xl/worksheets/sheet1.xml", lambda xml: xml[:-30]), "xlsx", "not_a_workbook"),
        (
            with_part(book, "xl/workbook.xml", lambda xml: xml.replace(b"rId1", b"rId9")),
            "xlsx",
            "not_a_workbook",
        ),
    ):
        assert refusal(data, platform)[0] == code


def test_flipped_bits_never_end_in_a_traceback():
    """Every byte of a workbook changed, in steps: a table or a refusal, and no other error."""
    book = rows(["id", "s1"], ["p", 7], ["q", 8])
    for place in range(0, len(book), 23):
        changed = bytearray(book)
        changed[place] ^= 0x55
        try:
            read(bytes(changed))
        except AnswersError:
            continue
