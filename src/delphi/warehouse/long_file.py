"""A long Parquet file as small numbers: how its ids become places in an array, inside DuckDB."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from math import isfinite
from pathlib import Path

import duckdb

from delphi.errors import AnswersError, Problem

Id = int | str
WIDEST = 60_000
"""Numbers between the least and greatest id, at most."""

FEW = 32
"""Whole numbers that are looked for one by one; reading a whole column for them takes longer."""

SPARSE = 64
"""Numbers of respondents that may be unused for each row, before they are numbered anew."""


@cache
def engine() -> duckdb.DuckDBPyConnection:
    """One DuckDB in memory for all long files that a process counts: to start one takes as long as half a million rows.

    Whoever uses it takes a cursor, whose temporary tables and types are its own, and closes that.
    """
    return duckdb.connect(config={"autoinstall_known_extensions": "false", "memory_limit": "512MB"})


@dataclass(frozen=True)
class LongFile:
    """An open file and its respondents, numbered from 0 by `person`, an expression over `relation`.

    `numbered_from` says from which number of a column the persons are numbered, where that is all their numbering is: the
    file's own statistics then tell where a range of persons cannot be.
    """

    connection: duckdb.DuckDBPyConnection
    path: Path
    n_rows: int
    n_people: int
    person: str
    relation: str
    types: dict[str, str]
    numbered_from: tuple[str, int] | None = None
    known_bounds: dict[str, tuple[int, int]] = field(default_factory=dict, compare=False, repr=False)

    def is_text(self, column: str) -> bool:
        """Whether the column holds texts."""
        return self.types[column] == "VARCHAR" or self.types[column].startswith("ENUM")

    def is_whole(self, column: str) -> bool:
        """Whether the column's type has whole numbers only."""
        return self.types[column].endswith(("INT", "INTEGER"))

    def is_number(self, column: str) -> bool:
        """Whether the column holds numbers."""
        kind = self.types[column]
        return self.is_whole(column) or kind in ("DOUBLE", "FLOAT") or kind.startswith("DECIMAL")

    def bounds(self, column: str) -> tuple[int, int]:
        """Least and greatest number of a column; from the file's own statistics, so it costs next to nothing."""
        if column not in self.known_bounds:
            self.known_bounds[column] = self._bounds(column)
        return self.known_bounds[column]

    def _bounds(self, column: str) -> tuple[int, int]:
        found = self.connection.execute(
            f"select floor(min({quoted(column)})), ceil(max({quoted(column)})) from read_parquet($path)",
            {"path": str(self.path)},
        ).fetchall()[0]
        if found[0] is None:
            return 0, 0
        if not all(isfinite(end) for end in found):
            raise refused(self.path, f"a number of column {column} that is infinite or none", "undeclared")
        return int(found[0]), int(found[1])

    def is_among(self, first: int, last: int) -> str:
        """The condition that a row is of a person from `first` to before `last`."""
        column, least = self.numbered_from or (self.person, 0)
        return f"{column} >= {first + least} and {column} < {last + least}"

    def rows_of(self, first: int, last: int) -> tuple[int, int]:
        """From which row to before which the rows of persons `first` to before `last` lie, those of others between them."""
        found = self.connection.execute(
            f"select min(file_row_number), max(file_row_number) + 1 from {self.relation}"
            f" where {self.is_among(first, last)}",
            {"path": str(self.path)},
        ).fetchall()[0]
        return (0, 0) if found[0] is None else (int(found[0]), int(found[1]))

    def occurring(self, column: str) -> list[Id]:
        """Which whole numbers occur, of a column with few: each is usually found within the first rows."""
        least, greatest = self.bounds(column)
        return [
            number
            for number in range(least, greatest + 1)
            if self.connection.execute(
                f"select 1 from read_parquet($path) where {quoted(column)} = $number limit 1",
                {"path": str(self.path), "number": number},
            ).fetchall()
        ]

    def distinct(self, column: str) -> list[Id]:
        """What occurs in a column, in order."""
        return [
            row[0]
            for row in self.connection.execute(
                f"select distinct {quoted(column)} as id from read_parquet($path)"
                " where id is not null order by id",
                {"path": str(self.path)},
            ).fetchall()
        ]


@dataclass(frozen=True)
class Axis:
    """The ids of one column; `expression` gives each one's raw number from 0, below `width`."""

    ids: tuple[Id, ...]
    expression: str
    width: int
    first: int
    is_text: bool

    def raw(self, one: Id) -> int:
        """Raw number of an id."""
        return self.ids.index(one) if self.is_text else int(one) - self.first

    @property
    def chosen(self) -> list[int]:
        """Raw numbers of the ids, in order."""
        return [self.raw(one) for one in self.ids]


def look_at(
    connection: duckdb.DuckDBPyConnection, path: Path, respondent: str, others: Sequence[str]
) -> LongFile:
    """Look at the types of a file, without numbering its respondents.

    Parameters
    ----------
    connection : where the file is asked
    path : the file
    respondent : column whose values may be of any kind
    others : columns that hold numbers or texts

    Raises
    ------
    AnswersError
        If the file is missing or is no Parquet file, lacks one of the columns, or has neither numbers nor texts in one.
    ValueError
        If its name would be read as a pattern of names.
    """
    if set("*?[") & set(str(path)):
        raise ValueError("the path of a Parquet file must not hold *, ? or [")
    where = {"path": str(path)}
    try:
        described = connection.execute("describe select * from read_parquet($path)", where).fetchall()
        n_rows = int(connection.execute("select count(*) from read_parquet($path)", where).fetchall()[0][0])
    except duckdb.Error:
        raise refused(path, "the file is missing, or is no Parquet file", "missing_file") from None
    types = {row[0]: row[1] for row in described}
    lacking = [column for column in (respondent, *others) if column not in types]
    if lacking:
        raise refused(path, f"the file has no column {', '.join(lacking)}", "missing_column")
    file = LongFile(connection, path, n_rows, 0, "", "read_parquet($path)", types)
    unfit = [column for column in others if not (file.is_text(column) or file.is_number(column))]
    if unfit:
        raise refused(path, f"neither numbers nor texts in column {', '.join(unfit)}", "wrong_type")
    return file


def open_long_file(
    connection: duckdb.DuckDBPyConnection, path: Path, respondent: str, others: Sequence[str]
) -> LongFile:
    """Look at a file and number its respondents.

    Raises
    ------
    AnswersError, ValueError
        As `look_at` does.
    """
    plain = look_at(connection, path, respondent, others)
    where, n_rows = {"path": str(path)}, plain.n_rows
    if plain.is_whole(respondent):
        least, greatest = plain.bounds(respondent)
        n_people = greatest - least + 1 if n_rows else 0
        if n_people <= SPARSE * max(1, n_rows):
            person = f"({quoted(respondent)}::bigint - {least})" if least else f"{quoted(respondent)}::bigint"
            begin = (quoted(respondent), least)
            return LongFile(connection, path, n_rows, n_people, person, plain.relation, plain.types, begin)
    connection.execute(
        f"""create temp table delphi_people as
        select delphi_key, row_number() over () - 1 as delphi_person
        from (select distinct {quoted(respondent)} as delphi_key from read_parquet($path))
        where delphi_key is not null""",
        where,
    )
    n_people = int(connection.execute("select count(*) from delphi_people").fetchall()[0][0])
    relation = (
        f"read_parquet($path) as long left join delphi_people on delphi_key = long.{quoted(respondent)}"
    )
    return LongFile(connection, path, n_rows, n_people, "delphi_person", relation, plain.types)


def occurring_ids(file: LongFile, column: str) -> list[Id]:
    """Ids that occur in a column, in order."""
    if file.n_rows and file.is_whole(column):
        least, greatest = file.bounds(column)
        if greatest - least < FEW:
            return file.occurring(column)
    return file.distinct(column)


def possible_ids(file: LongFile, column: str) -> list[Id]:
    """Ids that may occur in a column, in order: of whole numbers those between least and greatest."""
    if file.n_rows and file.is_whole(column):
        least, greatest = file.bounds(column)
        if greatest - least < WIDEST // 16:
            return list(range(least, greatest + 1))
    return file.distinct(column)


def axis_of(file: LongFile, column: str, ids: Sequence[Id], others: Sequence[Id] = ()) -> Axis:
    """The ids of a column as numbers.

    Parameters
    ----------
    file : the file
    column : its column
    ids : ids in order
    others : further ids that may occur

    Raises
    ------
    AnswersError
        If numbers occur that lie outside of the declared ones, or too far apart.
    """
    known = (*ids, *others)
    if file.is_text(column):
        texts = tuple(str(one) for one in known)
        kind = f'"delphi_{column.replace(chr(34), "")}"'
        file.connection.execute(
            "create or replace temp table delphi_ids as select unnest($ids) as id", {"ids": list(texts)}
        )
        file.connection.execute(f"create temp type {kind} as enum (select id from delphi_ids)")
        return Axis(texts, f"enum_code({quoted(column)}::{kind})::integer", len(texts), 0, True)
    ends = file.bounds(column) if file.n_rows else ()
    numbers = [*(int(one) for one in known), *ends] or [0]
    first, last = min(numbers), max(numbers)
    if last - first >= WIDEST:
        raise refused(file.path, f"the numbers of column {column} lie too far apart", "undeclared")
    small = "integer" if first > -(1 << 30) and last < 1 << 30 else "bigint"
    expression = f"({quoted(column)}::{small} - {first})" if first else f"{quoted(column)}::{small}"
    if not file.is_whole(column):
        # A fraction is no id: it counts as the number above the last, which is never declared.
        last += 1
        whole = f"{quoted(column)} = floor({quoted(column)})"
        expression = f"(case when {whole} then {quoted(column)}::{small} - {first} else {last - first} end)"
        expression = f"(case when {quoted(column)} is not null then {expression} end)"
    return Axis(known, expression, last - first + 1, first, False)


def refused(path: Path, message: str, code: str) -> AnswersError:
    """The error of a file that cannot be counted."""
    return AnswersError(Problem(path.name, 0, 0, "", message, "Nothing was counted. Correct the file.", code))


def quoted(column: str) -> str:
    """A column's name as a statement has it, whatever it holds."""
    return '"' + column.replace('"', '""') + '"'
