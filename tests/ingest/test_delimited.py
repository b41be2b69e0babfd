"""Delimited text is read strictly: cells as written, every record accounted for, damage refused."""

from __future__ import annotations

import csv
import io
import tracemalloc
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from delphi.errors import AnswersError, StudyError
from delphi.ingest.delimited import read_delimited
from delphi.ingest.table import TextTable
from delphi.ingest.tally import count_records
from delphi.study.model import Dialect


def read(text: str | bytes, **dialect: object) -> TextTable:
    data = text.encode() if isinstance(text, str) else text
    return read_delimited(data, Dialect(platform="csv", **dialect), "r1.csv", "0" * 64)


def cells(table: TextTable) -> list[list[str]]:
    return [list(row) for row in zip(*table.columns, strict=True)]


def refusal(text: str | bytes, **dialect: object) -> tuple[str, int, str]:
    with pytest.raises(AnswersError) as caught:
        read(text, **dialect)
    (problem,) = caught.value.problems
    assert problem.file == "r1.csv"
    assert problem.hint, "a refusal says how to mend it"
    return problem.code, problem.line, f"{problem.path} {problem.message} {problem.hint}"


def test_cells_stay_the_text_that_was_written():
    ids = ["00042", "1E5", "NA", "12.10", "1234567890123456789", " x ", "TRUE", "=1+1", "null"]
    table = read("id,s1\n" + "".join(f"{one},7.0\n" for one in ids))
    assert list(table.column("id")) == ids
    assert set(table.column("s1")) == {"7.0"}
    assert table.records == len(ids)


def test_text_is_composed_so_that_equal_words_are_equal():
    table = read("Zoe\u0308,s1\nZoe\u0308,7\n")
    assert table.headers == ("Zo\u00eb", "s1")
    assert list(table.columns[0]) == ["Zo\u00eb"]


def test_a_sign_that_composes_to_a_delimiter_divides_nothing():
    table = read("id;s1\np\u037e7;x\u0308\n", delimiter=";")
    assert cells(table) == [["p;7", "\u1e8d"]]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_line_ends_and_byte_order_mark_make_no_difference(line_end: str, mark: str):
    table = read(mark + line_end.join(["id,s1", "p,7", "q,8"]))
    assert table.headers == ("id", "s1")
    assert cells(table) == [["p", "7"], ["q", "8"]]
    assert list(table.source_rows) == [2, 3]


def test_line_breaks_within_a_cell_are_kept_and_a_record_counts_once():
    table = read('id,c\np,"one\ntwo\r\nthree"\nq,"say ""yes"""\n')
    assert cells(table) == [["p", "one\ntwo\r\nthree"], ["q", 'say "yes"']]
    assert list(table.source_rows) == [2, 3]


def test_quotes_within_an_unquoted_cell_are_plain_signs():
    table = read('id,c\np,5\'10"\nq,a"b\nr,\n')
    assert list(table.column("c")) == ["5'10\"", 'a"b', ""]
    assert table.records == 3


def test_a_long_cell_is_read():
    table = read(f"id,c\np,{'x' * 300_000}\n")
    assert len(table.column("c")[0]) == 300_000


def test_a_header_without_records_is_a_table_without_records():
    for text in ("id,s1", "id,s1\n", "id,s1\r\n"):
        table = read(text)
        assert (table.headers, table.records, len(table.column("s1"))) == (("id", "s1"), 0, 0)


def test_one_column_is_fine_where_no_other_delimiter_divides_it():
    assert cells(read("id\np one\nq; two\n")) == [["p one"], ["q; two"]]


@pytest.mark.parametrize("text", ["", "\ufeff", "\n\n", "  \r\n", ",,\n,,\n", '""\n'])
def test_an_empty_file_is_refused(text: str):
    assert refusal(text)[0] == "empty_file"


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_another_delimiter_is_refused_and_suggested(delimiter: str):
    text = "\n".join(delimiter.join(row) for row in (["id", "s1", "s2"], ["p", "4,5", "7"], ["q", "8", "9"]))
    code, line, words = refusal(text)
    assert (code, line) == ("one_column", 1)
    shown = {"\t": r"\t"}.get(delimiter, delimiter)
    assert f'Declare delimiter: "{shown}"' in words
    assert cells(read(text, delimiter=delimiter)) == [["p", "4,5", "7"], ["q", "8", "9"]]


def test_a_header_alone_with_another_delimiter_is_refused():
    assert refusal("id;s1;s2\n")[0] == "one_column"


def test_a_delimiter_that_divides_the_header_but_not_as_the_records_is_refused():
    code, _, words = refusal('id;"Importance, now";s2\np;7;8\nq;8;9\n')
    assert code == "one_column"
    assert "the header is 2 columns with delimiter ',', but 3 with ';'" in words


def test_a_delimiter_that_cannot_divide_is_an_error_of_the_study_file():
    for delimiter in ("", ",,", '"', "\n"):
        with pytest.raises(StudyError):
            read("id,s1\n", delimiter=delimiter)


def test_records_of_another_width_are_set_aside_and_the_rest_is_read():
    table = read("id,s1,s2\np,7,8\nq,7\nr,7,8,9\ns,1,2\n")
    assert cells(table) == [["p", "7", "8"], ["s", "1", "2"]]
    assert list(table.source_rows) == [2, 5]
    assert [(one.source_row, one.rule, one.is_ignored) for one in table.asides] == [
        (3, "ragged", False),
        (4, "ragged", False),
    ]
    assert table.asides[0].reason == "2 cells where the header has 3"
    assert table.records == 4


def test_trailing_delimiters_never_shift_a_cell():
    table = read("id,s1,s2\np,7,8,\n")
    assert (cells(table), [one.rule for one in table.asides]) == ([], ["ragged"])


def test_nameless_columns_keep_the_empty_header():
    table = read("id,s1,,\np,7,,\nq,8,,\n")
    assert table.headers == ("id", "s1", "", "")
    assert cells(table) == [["p", "7", "", ""], ["q", "8", "", ""]]


def test_blank_rows_and_repeated_headers_are_ignored_and_counted():
    table = read("id,s1\n\np,7\n,\nid, s1 \nq,8\n\n\n")
    assert cells(table) == [["p", "7"], ["q", "8"]]
    assert list(table.source_rows) == [3, 6]
    assert [(one.source_row, one.rule) for one in table.asides] == [
        (2, "blank"),
        (4, "blank"),
        (5, "repeated_header"),
        (7, "blank"),
        (8, "blank"),
    ]
    assert all(one.is_ignored for one in table.asides)
    assert table.records == 7


def test_blank_lines_before_the_header_are_skipped():
    table = read("\n\nid,s1\np,7\n")
    assert (list(table.source_rows), table.records) == ([4], 1)


def test_further_rows_of_a_header_are_ignored_and_rows_keep_their_numbers():
    table = read('id,s1\nId,"How\nmuch?"\n"{""ImportId"":1}",x\np,7\n', header_rows=3)
    assert cells(table) == [["p", "7"]]
    assert list(table.source_rows) == [4]
    assert [(one.source_row, one.rule) for one in table.asides] == [(2, "extra_header"), (3, "extra_header")]
    assert table.records == 3


def test_more_header_rows_than_rows_is_a_table_without_records():
    table = read("id,s1\nId,How\n", header_rows=4)
    assert (len(table.source_rows), table.records, len(table.asides)) == (0, 1, 1)


def test_equal_headers_are_refused_however_they_are_written():
    code, _, words = refusal("id,Zo\u00eb,s1,Zoe\u0308 \np,1,2,3\n")
    assert code == "duplicate_header"
    assert "columns 2 and 4" in words


def test_an_unclosed_quote_is_refused_with_the_line_where_it_was_opened():
    code, line, words = refusal('id,s1,c\np,7,"fine\nstill fine"\nq,8,"open\nr,9,x\n')
    assert (code, line) == ("unclosed_quote", 4)
    assert "never closed" in words


def test_a_cell_that_goes_on_after_its_closing_quote_is_refused():
    code, line, words = refusal('id,c\np,x\nq,"he said "yes" to it"\n')
    assert (code, line) == ("unclosed_quote", 3)
    assert "goes on after" in words


def test_a_quote_that_swallowed_whole_records_is_refused():
    swallowed = 'id,s1,s2,c\np,1,2,"open\nq,3,4,x\nr,5,6,y\ns,7,8,"\nt,9,9,z\n'
    assert refusal(swallowed)[0] == "unclosed_quote"
    narrow = 'id,s1\n"p,1\nq,2\nr,3\ns,"\nt,5\n'
    assert refusal(narrow)[0] == "unclosed_quote"


def test_a_quote_that_swallowed_one_record_and_left_it_ragged_is_refused():
    assert refusal('id,s1,s2,c\np,1,2,x\nq,"3,4,x\nr,5,6,y"\n')[0] == "unclosed_quote"


def test_a_comment_of_several_lines_is_no_swallowed_record():
    comment = "First, this.\nSecond, that.\nThird, both.\nFourth, none."
    table = read(f'id,c\np,"{comment}"\n')
    assert list(table.column("c")) == [comment]
    lists = "1, 2, 3, 4\n\nand more"
    assert list(read(f'id,s1,s2,c\np,1,2,"{lists}"\n').column("c")) == [lists]


@pytest.mark.parametrize(
    ("start", "code"),
    [
        ("<!DOCTYPE html><html><body>Log in</body></html>", "html"),
        ("\n <HTML>\n<p>Error</p>", "html"),
        ("<?xml version='1.0'?><Workbook/>", "wrong_format"),
        ('{"status": "error", "message": "expired"}', "wrong_format"),
        ('[{"id": 1}]', "wrong_format"),
        (b"PK\x03\x04\x14\x00", "wrong_format"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "wrong_format"),
        (b"PAR1\x15\x04", "wrong_format"),
        (b"%PDF-1.7", "wrong_format"),
    ],
)
def test_what_is_no_table_is_refused_by_its_content(start: str | bytes, code: str):
    assert refusal(start)[0] == code


def test_letters_lost_before_arrival_are_noted():
    assert read("id,c\np,caf\ufffd\n").notes == (
        "1 characters had been replaced by \ufffd before the file arrived",
    )


def test_a_count_that_disagrees_refuses_the_file(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("delphi.ingest.delimited.count_records", lambda *_: 4)
    code, _, words = refusal("id,s1\np,7\n")
    assert code == "count_mismatch"
    assert "1 records were read, but an independent count finds 3" in words


def test_no_message_holds_a_cell():
    secret = "SECRET-7f3a"
    for text in (
        f'id,s1\np,"{secret}\n',
        f'id,s1\np,"{secret}"x\n',
        f'id,s1,s2,c\np,1,2,"{secret}\nq,3,4,x\nr,5,6,y\n","\n',
        f"id,s1\np,\xff{secret}\n".encode("latin-1"),
        f"id;s1\n{secret};3\n",
        f"p,{secret},{secret}\n",
    ):
        assert secret not in refusal(text)[2]
    assert secret not in str(read(f"id,s1\n{secret}\n").asides)


CELL = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=8)
PLAIN = st.text(st.sampled_from("abc ,;\t|\"'\n\r0é"), max_size=8)


@st.composite
def written_tables(draw: st.DrawFn) -> tuple[list[str], list[list[str]], str, str, int]:
    width = draw(st.integers(2, 5))
    headers = [f"h{place}" for place in range(width)]
    row = st.lists(CELL | PLAIN, min_size=width, max_size=width)
    rows = draw(st.lists(row, max_size=12))
    quoting = draw(st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL, csv.QUOTE_NONNUMERIC]))
    return headers, rows, draw(st.sampled_from(",;\t|")), draw(st.sampled_from(["\n", "\r\n", "\r"])), quoting


@settings(max_examples=150, deadline=None)
@given(written_tables())
def test_whatever_the_csv_module_writes_is_read_back_or_refused_whole(
    written: tuple[list[str], list[list[str]], str, str, int],
):
    headers, rows, delimiter, line_end, quoting = written
    if any(sign in cell for row in rows for cell in row for sign in "\n\r"):
        quoting = csv.QUOTE_ALL  # left to itself the module forgets to quote a line break of another kind
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator=line_end, quoting=quoting)
    writer.writerows([headers, *rows])
    try:
        table = read(out.getvalue(), delimiter=delimiter)
    except AnswersError as error:
        # Random cells may look like swallowed records; nothing else may be refused.
        assert [problem.code for problem in error.problems] == ["unclosed_quote"]
        assert any(delimiter in cell and ("\n" in cell or "\r" in cell) for row in rows for cell in row)
        return
    kept = [
        [unicodedata.normalize("NFC", cell) for cell in row] for row in rows if any(c.strip() for c in row)
    ]
    assert cells(table) == kept
    assert table.records == len(rows) == len(table.source_rows) + len(table.asides)


@settings(max_examples=300, deadline=None)
@given(
    st.text(st.sampled_from('a7",;\n\ré\u0301'), max_size=60),
    st.integers(1, 9),
    st.integers(1, 3),
    st.sampled_from([1, 2]),
)
def test_a_file_is_read_alike_in_whatever_parts(text: str, chunk: int, batch: int, header_rows: int):
    def found() -> object:
        try:
            table = read("id,s1\n" + text, header_rows=header_rows)
        except AnswersError as error:
            return error.problems
        return table.headers, cells(table), list(table.source_rows), table.records, table.asides

    expected = found()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("delphi.ingest.encoding._CHUNK", chunk)
        patch.setattr("delphi.ingest.delimited._batch", lambda _: batch)
        assert found() == expected


def test_memory_does_not_grow_with_the_text(tmp_path: Path):
    def most(records: int) -> int:
        path = tmp_path / "r1.csv"
        path.write_text("id,c\n" + 'p,"one, two\nthree"\n' * records + '"never closed')
        tracemalloc.start()
        with pytest.raises(AnswersError) as caught:
            read_delimited(path, Dialect(platform="csv"), "r1.csv", "0" * 64)
        assert caught.value.problems[0].line == 2 + 2 * records
        held = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return held

    # Per record a number of its row, one of its key, and one byte of its comment's text.
    assert most(400_000) - most(100_000) < 300_000 * 15


@pytest.mark.parametrize("brackets", ["{}", "[]"])
def test_a_long_json_document_is_known_by_its_beginning(brackets: str):
    first, last = brackets
    rows = ", ".join(["[1, 2, null, true]"] * 20_000)
    assert refusal(f"[{rows}]")[0] == "wrong_format"
    assert refusal(f'{first}\n "a": [{rows}]{last}')[0] == "wrong_format"
    table = read(f"{brackets},s1\n" + f"{brackets},7\n" * 20_000)
    assert (table.headers, table.records) == ((brackets, "s1"), 20_000)


@settings(max_examples=200, deadline=None)
@given(st.text(st.sampled_from('a",\n\r'), max_size=30))
def test_records_are_counted_as_a_strict_reader_counts_them(text: str):
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error:
        return
    assert count_records([text], ",", len(rows)) == len(rows)
