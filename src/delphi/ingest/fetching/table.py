"""What was pulled as a table of texts, and as the csv file that reads back to exactly this table."""

from __future__ import annotations

import csv
import hashlib
import io
from dataclasses import dataclass, field

from delphi.errors import AnswersError
from delphi.ingest.delimited import read_delimited
from delphi.ingest.fetching.refusing import PullError
from delphi.ingest.records import clean
from delphi.study.model import Dialect


@dataclass(frozen=True)
class Pull:
    """Responses of one server, complete. Cells are as spelled; every row has one for each header."""

    headers: list[str]
    rows: list[list[str]] = field(repr=False)


def pull_of(records: list[dict[str, str]], first: list[str], more: list[str]) -> Pull:
    """A table of records that do not all have the same columns.

    Parameters
    ----------
    first : columns that stand first
    more : columns that are there although no record has them
    """
    columns = dict.fromkeys(first)
    for record in records:
        columns |= dict.fromkeys(record)
    headers = list(columns | dict.fromkeys(more))
    return Pull(headers, [[record.get(header, "") for header in headers] for record in records])


def csv_of(pull: Pull, file_name: str) -> bytes:
    """The table as csv: commas, UTF-8, a line end after each row.

    Raises
    ------
    PullError
        If our own reader does not read the same table from it; then no run could use it either.
    """
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(pull.headers)
    writer.writerows(pull.rows)
    try:
        data = stream.getvalue().encode("utf-8")
        is_same = _reads_back(data, pull, file_name)
    except (UnicodeEncodeError, AnswersError):
        is_same = False
    if not is_same:
        raise PullError(
            "not_as_csv",
            "sends texts or names of questions that a csv file cannot hold so that they read back the same",
            "Look for odd signs, empty or equal names of questions, and for answers that are whole tables.",
        )
    return data


def _reads_back(data: bytes, pull: Pull, file_name: str) -> bool:
    table = read_delimited(data, Dialect(platform="csv"), file_name, hashlib.sha256(data).hexdigest())
    columns = [list(column) for column in table.columns]
    wanted = [[clean(row[place]) for row in pull.rows] for place in range(len(pull.headers))]
    is_named = list(table.headers) == [clean(header) for header in pull.headers] and all(pull.headers)
    return is_named and not table.asides and table.records == len(pull.rows) and columns == wanted
