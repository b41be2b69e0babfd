"""The files as three platforms would export them: one export per round, each in its own shape."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from delphi.demo.panel import Panel
from delphi.demo.people import REGISTER_COLUMNS, Person
from delphi.demo.returns import Planted, Return, closed_columns
from delphi.demo.tables import asked, questions

__all__ = ["FILES", "NAMELESS", "expected_findings", "export", "page_log", "register", "reserve"]

FILES = {"r1": "r1.csv", "r2": "r2.csv", "r3": "r3.xlsx"}
PERSONAL = ("id", "token", "name", "email", "language", "form", "role", "status", "started", "submitted")
NAMELESS = ""  # the column of round 3 that somebody added by hand
WORKBOOK_DAY_ZERO = datetime(1899, 12, 30)
WRITTEN_ON = datetime(2014, 2, 3)
FIRST_LETTER = re.compile(r"([SPCBG])(\d+)([ab]?)")


def in_order(returns: Iterable[Return]) -> list[Return]:
    """Records as a platform numbers them: by the time they arrived."""
    return sorted(returns, key=lambda one: one.submitted)


def export(wave: str, returns: Sequence[Return]) -> bytes:
    """Bytes of the export of a round."""
    return {"r1": _first, "r2": _second, "r3": _third}[wave](in_order(returns))


def _first(returns: Sequence[Return]) -> bytes:
    """Comma-separated, UTF-8 with byte-order mark, columns named by item and dimension."""
    answers = [f"O{n}" for n in range(1, 13)] + [*closed_columns("r1")]
    table = [[*PERSONAL, *answers]]
    for number, one in enumerate(returns, 1):
        table.append([*_personal(number, one, _iso), *(one.cells[column] for column in answers)])
    return b"\xef\xbb\xbf" + _delimited(table, ",", "\n")


def _second(returns: Sequence[Return]) -> bytes:
    """Semicolons, decimal commas, Windows line ends, whole questions as headers, two columns moved."""
    answers = [*closed_columns("r2")]
    answers.remove("C3_importance")
    answers.remove("P7")
    answers = ["P7", *answers, "C3_importance"]
    table = [[*PERSONAL, *(_long_header(column) for column in answers)]]
    for number, one in enumerate(returns, 1):
        cells = [one.cells[column] for column in answers]
        cells[answers.index("P7")] = one.cells["P7"].replace(".", ",")
        table.append([*_personal(number, one, "{:%d.%m.%Y %H:%M:%S}".format), *cells])
    return _delimited(table, ";", "\r\n")


def _third(returns: Sequence[Return]) -> bytes:
    """A workbook: numbers as numbers, times as plain serial numbers, a column without a header."""
    import xlsxwriter

    answers = closed_columns("r3")
    target = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, options) as book:
        book.set_properties({"created": WRITTEN_ON})
        sheet = book.add_worksheet("round 3")
        for place, header in enumerate((*PERSONAL, NAMELESS, *answers)):
            sheet.write_string(0, place, header)
        for number, one in enumerate(returns, 1):
            checked = ["seen"] if number % 20 == 0 else [""]
            cells = [*_personal(number, one, _serial), *checked, *(one.cells[column] for column in answers)]
            for place, cell in enumerate(cells):
                if cell and re.fullmatch(r"-?\d+(\.\d+)?", cell):
                    sheet.write_number(number, place, float(cell))
                elif cell:
                    sheet.write_string(number, place, cell)
    return target.getvalue()


def _personal(number: int, one: Return, written: Callable[[datetime], str]) -> list[str]:
    person = one.person
    return [
        str(number), one.token, person.name, person.email, person.language, person.form, one.role, one.status,
        written(one.started), written(one.submitted),
    ]  # fmt: skip


def _iso(time: datetime) -> str:
    return time.isoformat(sep=" ")


def _serial(time: datetime) -> str:
    return f"{(time - WORKBOOK_DAY_ZERO) / timedelta(days=1):.10f}"


def _long_header(column: str) -> str:
    """`G1_agreement` as the second platform writes it: G01, the question in HTML, the dimension."""
    item_id, _, rest = column.partition("_")
    text = next(question.text for question in questions() if question.item_id == item_id)
    header = f"{_padded(item_id)} – <p><b>“{text}”</b></p>"
    return f"{header} [{_padded(rest)}]" if rest else header


def _padded(code: str) -> str:
    match = FIRST_LETTER.fullmatch(code)
    return f"{match[1]}{int(match[2]):02d}{match[3]}" if match else code


def _delimited(table: Sequence[Sequence[str]], delimiter: str, line_end: str) -> bytes:
    target = io.StringIO()
    csv.writer(target, delimiter=delimiter, lineterminator=line_end).writerows(table)
    return target.getvalue().encode("utf-8")


def register(panel: Panel) -> bytes:
    """The panel register: the 120 invited, who withdrew, the long list, and the row of a second token."""
    twin = panel.people[panel.two_tokens]
    table: list[tuple[str, ...]] = [REGISTER_COLUMNS]
    table += [person.register_row() for person in (*panel.people, panel.withdrawn, *panel.long_list)]
    table.append(twin.register_row(same_as=twin.token, token=panel.second_token))
    return _delimited(table, ",", "\n")


def reserve(panel: Panel) -> bytes:
    """The reserve list: substitutes who were asked and never took part."""
    return _delimited([REGISTER_COLUMNS, *(person.register_row() for person in panel.reserve)], ",", "\n")


def page_log(returns: Sequence[Return], lost: Sequence[Person], lost_page: str) -> bytes:
    """Which page of round 3 was shown and stored for whom: it tells a lost page from a skipped one."""
    pages = list(dict.fromkeys(question.theme for question in asked("r3")))
    table = [["token", "page", "shown", "state"]]
    for one in in_order(returns):
        for place, page in enumerate(pages):
            shown = one.started + (one.submitted - one.started) * place / len(pages)
            is_lost = page == lost_page and one.person in lost
            state = "time_out" if is_lost else "stored"
            table.append([one.token, page, _iso(shown.replace(microsecond=0)), state])
    return _delimited(table, ",", "\n")


def expected_findings(returns: dict[str, list[Return]]) -> bytes:
    """Every finding of a right run: file, row (header = 1), level, rule, item, column, defect."""
    table = [["file", "wave_id", "source_row", "level", "rule", "item_id", "column_name", "defect"]]
    for wave, file in FILES.items():
        if wave == "r3":
            table.append([file, wave, "", "file", "unknown_column", "", NAMELESS, "7"])
        for row, one in enumerate(in_order(returns[wave]), 2):
            for planted in one.planted:
                table.append(_finding(file, wave, row, planted))
    return _delimited(table, ",", "\n")


def _finding(file: str, wave: str, row: int, planted: Planted) -> list[str]:
    column = planted.column
    if wave == "r2" and planted.level == "cell":
        column = _long_header(column)
    return [file, wave, str(row), planted.level, planted.rule, planted.item_id, column, str(planted.defect)]
