"""What stands in a long Parquet file too large to load: which combinations, in which rows, and who answered twice.

Every question is one pass over the file and answered with a bounded number of rows, whatever is wrong with the file.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from delphi.warehouse.counting_parquet import LongColumns
from delphi.warehouse.long_file import Id, LongFile, look_at, quoted, refused

Part = Id | float | None
Key = tuple[Part, ...]
"""Wave, item, group and value of a row, as the file has them; without the group where there are no groups."""

MEMORY = "400MB"
MOST_PARTS = 256
MOST_COMBINATIONS = 1_000_000
FEW_PERSONS = 1000
"""Of so many persons at most the rows are looked up that stand twice."""


@dataclass(frozen=True)
class Combination:
    """Rows of one wave, item, group and value: how many, and how many of them name no respondent."""

    key: Key
    n_rows: int
    n_nobody: int


@dataclass(frozen=True)
class Repeated:
    """Rows that say something again, and respondents who are in two groups."""

    n_rows: int
    rows: tuple[int, ...]
    n_in_two_groups: int


@dataclass(frozen=True)
class LongRows:
    """A long file that is open to be asked."""

    file: LongFile
    columns: LongColumns

    def as_written(self, column: str, ids: Sequence[Id]) -> list[Id]:
        """Ids of a column as the file has them: texts where it has texts."""
        return [str(one) for one in ids] if self.file.is_text(column) else list(ids)

    def combinations(self) -> list[Combination]:
        """Every combination that occurs."""
        key = ", ".join(quoted(name) for name in self.columns.others)
        found = None
        with suppress(duckdb.OutOfMemoryException):
            self._asked(
                f"""create or replace temp table delphi_combinations as
                select {key}, count(*), count(*) - count({quoted(self.columns.respondent)})
                from read_parquet($path) group by all"""
            )
            found = self._asked(f"from delphi_combinations limit {MOST_COMBINATIONS + 1}", with_path=False)
        if found is None or len(found) > MOST_COMBINATIONS:
            message = (
                "has far more combinations of wave, item, group and value than items on a scale have;"
                " is one of the columns another one?"
            )
            raise refused(self.file.path, message, "undeclared")
        return [Combination(row[:-2], row[-2], row[-1]) for row in found]

    def first_rows(self, wanted: Sequence[tuple[int, Key]], most: int) -> dict[int, tuple[int, ...]]:
        """The first rows, counted from 1, of each number's combinations; a number may have several."""
        names = self.columns.others
        typed = ", ".join(
            f"unnest($c{place}::{self.file.types[name]}[]) as c{place}" for place, name in enumerate(names)
        )
        self.file.connection.execute(
            f"create or replace temp table delphi_wanted as select unnest($numbers) as number, {typed}",
            {
                "numbers": [number for number, _ in wanted],
                **{f"c{place}": [key[place] for _, key in wanted] for place in range(len(names))},
            },
        )
        same = " and ".join(
            f"long.{quoted(name)} is not distinct from delphi_wanted.c{k}" for k, name in enumerate(names)
        )
        found = self._asked(
            f"select delphi_wanted.number, min(file_row_number + 1, {int(most)})"
            f" from read_parquet($path) as long join delphi_wanted on {same} group by delphi_wanted.number"
        )
        return {number: tuple(sorted(rows)) for number, rows in found}

    def first_rows_of_nobody(self, most: int) -> tuple[int, ...]:
        """The first rows, counted from 1, that name no respondent."""
        found = self._asked(
            f"select min(file_row_number + 1, {int(most)}) from read_parquet($path)"
            f" where {quoted(self.columns.respondent)} is null"
        )
        return tuple(sorted(found[0][0] or ()))

    def repeated(self, waves: Sequence[Part], items: Sequence[Part], most: int) -> Repeated:
        """Rows beyond the first of a respondent, wave and item, among those of these waves and items, all different.

        A respondent's cells are bits, so that one pass counts how many there are; who has more rows than cells has some
        twice.
        """
        n_cells = len(waves) * len(items)
        if not n_cells or not self.file.n_rows:
            return Repeated(0, (), 0)
        names = self.columns
        kinds = [self.file.types[name] for name in (names.wave, names.item)]
        self.file.connection.execute(
            f"""create or replace temp table delphi_asked as
            select
                try_cast(w.id as {kinds[0]}) as wave, try_cast(i.id as {kinds[1]}) as item,
                (w.place * $n_items + i.place)::integer as cell
            from (select unnest($waves) as id, unnest(range($n_waves)) as place) as w
            cross join (select unnest($items) as id, unnest(range($n_items)) as place) as i""",
            {"waves": list(waves), "items": list(items), "n_waves": len(waves), "n_items": len(items)},
        )
        n_rows, n_in_two_groups = self._counted_twice(n_cells)
        rows = self._rows_again(most) if n_rows else ()
        return Repeated(n_rows, rows, n_in_two_groups)

    def _counted_twice(self, n_cells: int) -> tuple[int, int]:
        """Rows that stand twice and respondents in two groups; in parts of the respondents where memory is short."""
        connection = self.file.connection
        parts = 1
        while True:
            connection.execute(
                "create or replace temp table delphi_twice"
                f" (respondent {self.file.types[self.columns.respondent]}, again bigint)"
            )
            try:
                sums = [self._part_counted_twice(n_cells, part, parts) for part in range(parts)]
            except duckdb.OutOfMemoryException:
                if parts >= MOST_PARTS:
                    raise
                parts *= 4
                continue
            return sum(one for one, _ in sums), sum(two for _, two in sums)

    def _part_counted_twice(self, n_cells: int, part: int, parts: int) -> tuple[int, int]:
        """The same for one part; notes some of those who answered twice."""
        respondent = f"long.{quoted(self.columns.respondent)}"
        group = f"long.{quoted(self.columns.group or '')}"
        is_in_two = (
            f"min({group}) is distinct from max({group}) or count({group}) not in (0, count(*))"
            if self.columns.group
            else "false"
        )
        where = "" if parts == 1 else f"and hash({respondent}) % {parts} = {part}"
        # The persons are noted and not told, since nobody outside may learn who they are.
        self._asked(
            f"""create or replace temp table delphi_part as
            select * from (
                select
                    {respondent} as respondent,
                    count(*) - bit_count(bitstring_agg(delphi_asked.cell, 0, {n_cells - 1})) as again,
                    {is_in_two} as is_in_two
                from read_parquet($path) as long
                join delphi_asked
                    on long.{quoted(self.columns.wave)} = delphi_asked.wave
                    and long.{quoted(self.columns.item)} = delphi_asked.item
                where {respondent} is not null {where}
                group by {respondent}
            ) where again > 0 or is_in_two"""
        )
        self._asked(
            "insert into delphi_twice select respondent, again from delphi_part where again > 0"
            f" limit {FEW_PERSONS}",
            with_path=False,
        )
        found = self._asked(
            "select coalesce(sum(again), 0), count(*) filter (is_in_two) from delphi_part", with_path=False
        )
        return int(found[0][0]), int(found[0][1])

    def _rows_again(self, most: int) -> tuple[int, ...]:
        """The first rows that stand twice, of the persons noted."""
        key = ", ".join(
            f"long.{quoted(name)}" for name in (self.columns.respondent, self.columns.wave, self.columns.item)
        )
        found = self._asked(
            f"""select min(place, {int(most)}) from (
                select
                    file_row_number + 1 as place,
                    row_number() over (partition by {key} order by file_row_number) as nth
                from read_parquet($path) as long
                semi join (select respondent from delphi_twice limit {FEW_PERSONS}) as twice
                    on long.{quoted(self.columns.respondent)} = twice.respondent
                semi join delphi_asked
                    on long.{quoted(self.columns.wave)} = delphi_asked.wave
                    and long.{quoted(self.columns.item)} = delphi_asked.item
            ) where nth > 1"""
        )
        return tuple(sorted(found[0][0]))

    def _asked(self, statement: str, with_path: bool = True) -> list[tuple[Any, ...]]:
        where = {"path": str(self.file.path)} if with_path else {}
        return self.file.connection.execute(statement, where).fetchall()


@contextmanager
def long_rows(path: Path, columns: LongColumns) -> Iterator[LongRows]:
    """Open a long file to ask about its rows; nothing of it is written to the disk.

    Raises
    ------
    AnswersError, ValueError
        As `delphi.warehouse.long_file.look_at` does.
    """
    config = {"autoinstall_known_extensions": "false", "memory_limit": MEMORY, "temp_directory": ""}
    with duckdb.connect(config=config) as connection:
        connection.execute("set enable_progress_bar = false; set preserve_insertion_order = false")
        yield LongRows(look_at(connection, path, columns.respondent, columns.others), columns)
