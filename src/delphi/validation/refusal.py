"""Reasons to refuse a file whole: what is missing or plainly wrong, before anything of it is loaded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import repeat

import numpy as np

from delphi.errors import Problem
from delphi.ingest.table import TextTable
from delphi.study.model import Source, Study
from delphi.validation.cells import NONE, Codebook, Codebooks, factorise
from delphi.validation.columns import Columns, Target, asked_targets, columns_of
from delphi.validation.headers import Headers, nearest
from delphi.validation.register import STATUSES, key_text

FEWEST = 5
"""A column with fewer filled cells of which none fits may be an accident."""


def refusals(
    study: Study,
    source: Source,
    table: TextTable,
    waves: Sequence[str] | None = None,
    siblings: Sequence[tuple[Source, TextTable]] = (),
) -> tuple[Problem, ...]:
    """Everything for which a file is refused whole; empty when it may be loaded.

    Parameters
    ----------
    waves : the waves that this file serves; None: all of the source
    siblings : the other files of these waves, new or accepted before. An item may stand in any wide file of
        the wave.
    """
    columns = columns_of(study, source, table)
    problems = [*unreadable(source, table, columns)]
    for wave_id in source.waves if waves is None else waves:
        problems += missing_items(study, wave_id, source, table, columns, siblings)
    problems += _nothing_fits(study, source, table, columns)
    if study.validation.keep == "error":
        problems += _doubled_respondents(source, table, columns)
    return tuple(dict.fromkeys(problems))


def unreadable(source: Source, table: TextTable, columns: Columns) -> Iterator[Problem]:
    """Columns that the source names and the file lacks, and columns that could mean two things."""
    yield from _missing_columns(source, table, columns)
    yield from _clashes(table, columns)


def register_refusals(study: Study, table: TextTable) -> tuple[Problem, ...]:
    """Everything for which the panel register is refused; empty when it may be used."""
    register = study.panel.register_
    if register is None:
        return ()
    headers = Headers(table.headers)
    named = {name: getattr(register, name) for name in ("key", "status", "same_as", "joined_at", "left_at")}
    named |= {f"groups.{group_by}": column.column for group_by, column in register.groups.items()}
    problems = [
        _absent(
            table,
            f"panel.register.{path}",
            name,
            "missing_key_column" if path == "key" else "declared_column_missing",
        )
        for path, name in named.items()
        if name is not None and headers.find(name) is None
    ]
    key, status = headers.find(register.key), headers.find(register.status or "")
    if key is not None:
        rows: dict[str, list[int]] = {}
        for cell, row in zip(table.columns[key], table.source_rows, strict=True):
            rows.setdefault(key_text(cell), []).append(int(row))
        doubled = sorted(row for text, many in rows.items() if text and len(many) > 1 for row in many)
        if doubled:
            message = f"{len(doubled)} rows share their key with another row ({_listed(doubled)})"
            hint = "Keep one row per key; join two keys of one person by `same_as`."
            problems.append(_problem(table, table.headers[key], message, hint, "doubled_key"))
    if status is not None:
        cells = zip(table.columns[status], table.source_rows, strict=True)
        odd = [int(row) for cell, row in cells if not _is_status(register.status_codes, cell.strip())]
        if odd:
            message = f"{len(odd)} cells are no status ({_listed(odd)})"
            hint = f"Use one of {', '.join(STATUSES)}, or list the texts under panel.register.status.codes."
            problems.append(_problem(table, table.headers[status], message, hint, "unknown_status"))
    return tuple(problems)


def _is_status(codes: dict[str, str], text: str) -> bool:
    return text == "" or codes.get(text, text) in STATUSES


def _listed(rows: Sequence[int]) -> str:
    """Row numbers for a message, the first ten of them."""
    words = ", ".join(str(row) for row in rows[:10])
    return f"rows {words} and {len(rows) - 10} more" if len(rows) > 10 else f"rows {words}"


def _problem(table: TextTable, header: str, message: str, hint: str, code: str) -> Problem:
    place = f"{table.file_name}, column {header}" if header else table.file_name
    return Problem(table.file_name, 0, 0, place, message, hint, code)


def _absent(table: TextTable, path: str, name: str, code: str) -> Problem:
    near = nearest(name, table.headers)
    hint = f"Is it the column {near}? " if near else ""
    message = f"the file has no column {name}, which {path} names"
    return Problem(
        table.file_name, 0, 0, path, message, f"{hint}Correct the study file or export the column.", code
    )


def _missing_columns(source: Source, table: TextTable, columns: Columns) -> Iterator[Problem]:
    if columns.key is None:
        yield _absent(table, f"sources.{source.entry_id}.key", source.key, "missing_key_column")
    for path, name in columns.absent:
        yield _absent(table, f"sources.{source.entry_id}.{path}", name, "declared_column_missing")


def _clashes(table: TextTable, columns: Columns) -> Iterator[Problem]:
    for first, second in columns.doubled:
        message = f"the columns {first} and {second} both stand for the same answers"
        hint = "Name one of them under `ignore`, or map it to something else."
        yield _problem(table, second, message, hint, "duplicate_target")
    for header in columns.unclear:
        message = "two entries of `columns` claim this header"
        yield _problem(
            table, header, message, "Make the patterns narrower, so that one entry fits.", "two_rules"
        )


def missing_items(
    study: Study,
    wave_id: str,
    source: Source,
    table: TextTable,
    columns: Columns,
    siblings: Sequence[tuple[Source, TextTable]],
) -> Iterator[Problem]:
    """Asked items without a column in any wide file of the wave, as far as all its files are there."""
    if source.layout != "wide":
        return
    others = [
        (other, its_table)
        for other, its_table in siblings
        if wave_id in other.waves
        and not (other.entry_id == source.entry_id and its_table.file_name == table.file_name)
    ]
    arrived = {source.entry_id, *(other.entry_id for other, _ in others)}
    if any(one.layout == "long" or one.entry_id not in arrived for one in study.sources_of(wave_id)):
        return
    held = {target for _, target in columns.targets}
    for other, its_table in others:
        held |= {target for _, target in columns_of(study, other, its_table).targets}
    unknown = [table.headers[place] for place in columns.unknown]
    missing: dict[str, list[Target]] = {}
    for target in asked_targets(study, study.wave(wave_id).item_ids):
        if target not in held:
            missing.setdefault(target.item_id, []).append(target)
    for item_id, targets in missing.items():
        names = [_spelled(target) for target in targets]
        what = f"the wave {wave_id} asks {item_id}, but there is no column for {', '.join(names[:5])}"
        if len(names) > 5:
            what += f" and {len(names) - 5} more"
        near = nearest(names[0].replace(".", "_").replace("__", "_"), unknown) or nearest(item_id, unknown)
        hint = (
            f"The column most like it that nothing else uses is {near}: "
            "if it is meant, map it under `columns`."
            if near
            else "Export the column, map it under `columns`, or narrow the item's `waves`."
        )
        yield _problem(table, names[0], what, hint, "missing_item_column")


def _spelled(target: Target) -> str:
    """A target as `columns` of the study file writes it."""
    if target.part:
        return f"{target.item_id}.{target.dimension}.{target.part}"
    return target.item_id if target.dimension == "rating" else f"{target.item_id}.{target.dimension}"


def _nothing_fits(study: Study, source: Source, table: TextTable, columns: Columns) -> Iterator[Problem]:
    """Columns of answers with several filled cells of which not one can be read."""
    books = Codebooks(study, source)
    shared: dict[int, tuple[Codebook, list[tuple[int, Target]]]] = {}
    for place, target in columns.targets:
        if not target.is_comment:
            book = books.of(target.item_id, target.dimension, target.part)
            shared.setdefault(id(book), (book, []))[1].append((place, target))
    for book, members in shared.values():
        texts = {place: _filled(table, place) for place, _ in members}
        distinct = sorted({text for filled in texts.values() for text in filled})
        fits = {text for text, rule in zip(distinct, book.read(distinct).rules, strict=True) if rule == NONE}
        for place, target in members:
            if texts[place] and fits.isdisjoint(texts[place]) and _n_filled(table, place) >= FEWEST:
                yield _misfit(table, place, _spelled(target), len(texts[place]))
    long = columns.long
    if long is None or long.value is None or long.item is None:
        return
    item_ids = tuple(item.item_id for item in study.items)
    place = long.value[0]
    distinct = _filled(table, place)
    if not distinct or _n_filled(table, place) < FEWEST:
        return
    all_of_them = [books.of(one.item_id, one.dimension, one.part) for one in asked_targets(study, item_ids)]
    if not any(
        (book.read(distinct).rules == NONE).any()
        for book in {id(book): book for book in all_of_them}.values()
    ):
        yield _misfit(table, place, "any item", len(distinct))


def _filled(table: TextTable, place: int) -> list[str]:
    return [text for text in factorise(table.columns[place])[1] if text.strip()]


def _n_filled(table: TextTable, place: int) -> int:
    codes, distinct = factorise(table.columns[place])
    filled = np.array([bool(text.strip()) for text in distinct], dtype=bool)
    return int(filled[codes].sum())


def _misfit(table: TextTable, place: int, what: str, n_distinct: int) -> Problem:
    filled = f"{_n_filled(table, place)} filled cells ({n_distinct} different texts)"
    message = f"not one of its {filled} is an answer to {what}"
    hint = "It may hold labels where codes are expected, or be another column: list the texts under `codes`."
    return _problem(table, table.headers[place], message, hint, "nothing_fits")


def _doubled_respondents(source: Source, table: TextTable, columns: Columns) -> Iterator[Problem]:
    """Respondents with several different records, where the study file calls that an error."""
    if source.layout != "wide" or columns.key is None:
        return
    same = [columns.key, *(one for one in (columns.wave, columns.pieces) if one is not None)]
    rows: dict[tuple[str, ...], dict[tuple[str, ...], int]] = {}
    answers = [place for place, _ in columns.targets]
    keys = zip(*(table.columns[place] for place in same), strict=True)
    contents = zip(*(table.columns[place] for place in answers), strict=True) if answers else repeat(())
    for row, key, said in zip(table.source_rows, keys, contents, strict=False):
        who = tuple(key_text(cell) for cell in key)
        if who[0]:
            rows.setdefault(who, {}).setdefault(said, int(row))
    doubled = sorted(row for many in rows.values() if len(many) > 1 for row in many.values())
    if doubled:
        message = f"{len(doubled)} records share their respondent with another one ({_listed(doubled)})"
        hint = "Remove the wrong ones, or choose another `validation.duplicates.keep`."
        yield _problem(table, table.headers[columns.key], message, hint, "doubled_respondent")
