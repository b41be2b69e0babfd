"""A statistic on the spot: arrays from what somebody types or from a small file, so that a reader can check a paper."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from delphi import statistics as ds
from delphi.errors import AnswersError, Problem, UsageError
from delphi.statistics.registry import Statistic

KEYS = (
    "respondent",
    "respondent_id",
    "rater",
    "panelist",
    "id",
    "key",
    "item",
    "object",
    "unit",
    "category",
    "",
)
"""Headers of a first column that only names the rows."""
NO_ANSWER = ("none", "no answer", "missing", "na", "")
"""Headers of the last row and column of transitions that say: no answer."""
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Given:
    """What was given on the command line, unread."""

    counts: tuple[str, ...] = ()
    scale: str | None = None
    share: tuple[str, ...] = ()
    numbers: str | None = None
    transitions: Path | None = None
    answers: tuple[Path, ...] = ()
    matrix: Path | None = None
    texts: Path | None = None
    options: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """A small table of numbers: names of its columns (none without a header), NaN for an empty cell."""

    names: tuple[str, ...]
    cells: Numbers


@dataclass(frozen=True)
class Reckoned:
    """What came out, and of which columns where there are several."""

    computed: ds.Computed
    of: tuple[str, ...]


def reckon(statistic_id: str, given: Given) -> Reckoned:
    """Compute a statistic of the catalogue from what was given.

    Raises
    ------
    UsageError
        If the statistic is unknown, its arrays are not what was given, or an argument makes no sense.
    AnswersError
        If a file cannot be read.
    """
    entry = _entry(statistic_id)
    scale = read_scale(given.scale)
    options = read_options(given.options, scale)
    source = entry
    if entry.takes == "any":
        if not isinstance(options.get("statistic"), str):
            raise UsageError(f"{statistic_id} is of another statistic.", "Name it: --option statistic=iqr.")
        source = _entry(str(options["statistic"]))
    data, of = _ways(_of_what_is_given(source, options), given, scale)
    if scale is not None and source.takes_values:
        options.setdefault("values", scale)
    try:
        return Reckoned(ds.computed(statistic_id, data, **options), of)
    except (ValueError, TypeError) as error:
        raise UsageError(
            f"{statistic_id}: {error}.", f"`delphi statistics {statistic_id}` says what it takes."
        ) from None


def _entry(statistic_id: str) -> Statistic:
    try:
        return ds.statistic(statistic_id)
    except ValueError as error:
        raise UsageError(f"{error}.", "`delphi statistics` lists all.") from None


def _of_what_is_given(entry: Statistic, options: Mapping[str, Any]) -> Statistic:
    """The entry with the arrays that the option `given` names, where the statistic has it."""
    allowed = [kind for one in entry.parameters if one.name == "given" for kind in one.allowed]
    return replace(entry, takes=options["given"]) if options.get("given") in allowed else entry


def _ways(entry: Statistic, given: Given, scale: Numbers | None) -> tuple[Any, tuple[str, ...]]:
    """The arrays a statistic takes, by the way in which they were given."""
    takes = entry.takes
    if given.counts and takes in ("counts", "two_counts", "group_counts", "units"):
        return _of_counts(takes, given.counts, scale), ()
    if given.transitions is not None and takes == "transitions":
        return _of_transitions(given.transitions, scale), ()
    if len(given.share) == 1 and takes == "share":
        return _of_share(given.share[0]), ()
    if len(given.share) == 2 and takes == "two_shares":
        (inside, n_inside), (outside, n_outside) = (_of_share(text) for text in given.share)
        return (inside, outside, n_inside, n_outside), ()
    if given.numbers is not None and takes in ("numbers", "comments"):
        return np.array(read_numbers(given.numbers, "--numbers")), ()
    if given.matrix is not None and takes in ("wins", "choices", "comparisons"):
        return read_table(given.matrix).cells, ()
    if given.texts is not None and takes == "texts":
        return read_text(given.texts).splitlines(), ()
    if given.texts is not None and takes == "two_texts":
        return _two_texts(given.texts), ()
    if given.answers and takes in ("two_ranks", "ranked_rounds"):
        return _rounds(takes, [read_table(path).cells for path in given.answers]), ()
    if len(given.answers) == 1 and takes in _FROM_ANSWERS:
        table = read_table(given.answers[0])
        found = _FROM_ANSWERS[takes](table, scale)
        return found, table.names if takes in ("counts", "numbers") else ()
    raise UsageError(f"{entry.statistic_id} takes {entry.arrays}.", _WAYS[takes])


_WAYS = {
    "counts": "Give --counts 1,0,4,7, or --answers FILE with --scale 1..4.",
    "two_counts": "Give --counts twice, once for each group.",
    "group_counts": "Give --counts once for each group.",
    "units": "Give --counts once for each item, or --answers FILE with --scale 1..5.",
    "transitions": "Give --transitions FILE, or --answers FILE with two columns, the earlier and the later round, and --scale.",
    "ranks": "Give --answers FILE: a row per respondent, a column per object, 1 is best.",
    "answers": "Give --answers FILE: a row per respondent, a column per item.",
    "rounds": "Give --answers FILE: a row per respondent, a column per round.",
    "votes": "Give --answers FILE: a row per respondent, a column per statement, with 1, 0, -1 or nothing.",
    "two_ranks": "Give --answers FILE twice, the earlier and the later round: a row per respondent, a column per object.",
    "ranked_rounds": "Give --answers FILE for each round: a row per respondent, a column per object.",
    "numbers": "Give --numbers 1.5,2,3, or --answers FILE.",
    "comments": "Give --numbers 12,8,5: comments in each round.",
    "quantiles": "Give --answers FILE: a row per respondent, a column per quantile.",
    "allocations": "Give --answers FILE: a row per respondent, a column per option.",
    "intervals": "Give --answers FILE with three columns: low, high, what came.",
    "estimates": "Give --answers FILE: a row per respondent, columns lowest, best, highest (and confidence).",
    "wins": "Give --matrix FILE: how often the object of the row was preferred to that of the column.",
    "choices": "Give --matrix FILE: a row per object, columns best, worst, shown.",
    "comparisons": "Give --matrix FILE: how many times as important the row is as the column.",
    "share": "Give --share 42/60.",
    "two_shares": "Give --share twice, in the group and outside: --share 40/50 --share 12/48.",
    "points": "Give --answers FILE: a row per respondent, columns of coordinates, and the group last (empty: none).",
    "two_texts": "Give --texts FILE with two lines.",
    "forecasts": "Give --answers FILE with two columns: what was foreseen, what came.",
    "texts": "Give --texts FILE with one text per line.",
    "panel": "It is computed from a study: `delphi run`, then `delphi query`.",
    "any": "Name another statistic: --option statistic=iqr.",
}  # fmt: skip


def read_scale(text: str | None) -> Numbers | None:
    """Values of a scale: `1..9`, `0..10` or `1,2,3,5`."""
    if text is None:
        return None
    match = re.fullmatch(r"\s*(-?\d+)\s*\.\.\s*(-?\d+)\s*", text)
    if match:
        low, high = int(match[1]), int(match[2])
        if not 0 < high - low <= 1000:
            raise UsageError(
                f"--scale {text}: the second number has to be greater, and the scale short.",
                "Write --scale 1..9.",
            )
        return np.arange(low, high + 1, dtype=np.float64)
    values = np.array(read_numbers(text, "--scale"))
    if np.any(np.diff(values) <= 0):
        raise UsageError(f"--scale {text}: values have to rise.", "Write --scale 1..9 or --scale 1,2,3,5.")
    return values


def read_numbers(text: str, name: str) -> list[float]:
    """Numbers between commas; nothing between two commas is no answer."""
    found = []
    for part in text.split(","):
        try:
            found.append(float(part) if part.strip() else math.nan)
        except ValueError:
            raise UsageError(
                f"{name}: {part.strip()!r} is no number.", "Write numbers between commas, such as 1,0,4,7."
            ) from None
    return found


def _of_counts(takes: str, given: Sequence[str], scale: Numbers | None) -> Any:
    rows = [read_numbers(text, "--counts") for text in given]
    widths = {len(row) for row in rows}
    if len(widths) > 1:
        raise UsageError(
            f"--counts have {' and '.join(map(str, sorted(widths)))} categories.",
            "Give all of them the same number.",
        )
    if scale is not None and widths != {len(scale)}:
        raise UsageError(
            f"--counts {given[0]} has {len(rows[0])} categories, --scale has {len(scale)}.",
            "Write a count for every category, 0 where nobody chose it.",
        )
    counts = np.array(rows)
    if takes == "counts":
        if len(rows) != 1:
            raise UsageError("It takes one histogram.", "Give --counts once.")
        return counts[0]
    if takes == "two_counts":
        if len(rows) != 2:
            raise UsageError(f"It takes two histograms, {len(rows)} were given.", "Give --counts twice.")
        return counts[0], counts[1]
    return counts


def _of_share(text: str) -> tuple[Any, Any]:
    match = re.fullmatch(r"\s*(\d+)\s*/\s*(\d+)\s*", text)
    if not match:
        raise UsageError(f"--share {text} is no share.", "Write how many of how many: --share 42/60.")
    return np.asarray(int(match[1])), np.asarray(int(match[2]))


def _of_transitions(path: Path, scale: Numbers | None) -> NDArray[np.float64]:
    """The square of counts; without a row and column for no answer one of zeros is added."""
    table = read_table(path)
    square = np.nan_to_num(table.cells, nan=0.0)
    if square.shape[0] != square.shape[1]:
        raise _unusable(
            path,
            f"it has {square.shape[0]} rows and {square.shape[1]} columns of counts",
            "A row and a column per category.",
        )
    with_none = bool(table.names) and table.names[-1].strip().casefold() in NO_ANSWER
    if scale is not None:
        if len(square) not in (len(scale), len(scale) + 1):
            raise _unusable(
                path,
                f"it has {len(square)} categories, --scale has {len(scale)}",
                "Name every category, also one that nobody chose.",
            )
        with_none = len(square) == len(scale) + 1
    return square if with_none else np.pad(square, (0, 1))


def _places(table: Table, scale: Numbers | None) -> NDArray[np.int64]:
    """Place of every answer on the scale from 0; -1 for none."""
    if scale is None:
        raise UsageError("--answers needs the scale.", "Add --scale 1..9.")
    known = ~np.isnan(table.cells)
    place = np.searchsorted(scale, np.where(known, table.cells, scale[0])).clip(0, len(scale) - 1)
    off = known & (scale[place] != table.cells)
    if off.any():
        rows = ", ".join(str(row + 2) for row in np.flatnonzero(off.any(axis=1))[:10])
        raise UsageError(
            f"--answers: {int(off.sum())} answers are not on the scale (rows {rows}).",
            "Correct them, leave the cells empty, or give another --scale.",
        )
    return np.where(known, place, -1)


def _histograms(table: Table, scale: Numbers | None) -> NDArray[np.int64]:
    """A histogram per column."""
    places = _places(table, scale)
    points = 0 if scale is None else len(scale)
    return np.array([np.bincount(column[column >= 0], minlength=points) for column in places.T])


def _pairs(table: Table, scale: Numbers | None) -> NDArray[np.int64]:
    """Transitions from two columns, the earlier and the later round."""
    places = _places(table, scale)
    if places.shape[1] != 2 or scale is None:
        raise UsageError(
            f"--answers has {places.shape[1]} columns of answers.",
            "Give two: the earlier and the later round.",
        )
    found = np.zeros((len(scale) + 1, len(scale) + 1), dtype=np.int64)
    np.add.at(found, (places[:, 0], places[:, 1]), 1)  # -1, no answer, is the last row and column
    found[-1, -1] = 0
    return found


def _columns(table: Table, _: Numbers | None) -> Numbers:
    return table.cells


def _rounds(takes: str, tables: Sequence[Numbers]) -> Any:
    """Rankings of several rounds, the same respondents in the same rows."""
    if len({table.shape for table in tables}) > 1:
        raise UsageError(
            "The rounds have different numbers of rows or columns.",
            "A row per respondent in every file; empty cells where somebody gave no ranking.",
        )
    if takes == "two_ranks":
        if len(tables) != 2:
            raise UsageError(f"It takes two rounds, {len(tables)} were given.", "Give --answers FILE twice.")
        return tables[0], tables[1]
    return np.stack(tables)


def _three(table: Table, _: Numbers | None) -> tuple[Numbers, Numbers, Numbers]:
    if table.cells.shape[1] != 3:
        raise UsageError(
            f"--answers has {table.cells.shape[1]} columns.", "Give three: low, high, what came."
        )
    return table.cells[:, 0], table.cells[:, 1], table.cells[:, 2]


def _points(table: Table, _: Numbers | None) -> tuple[Numbers, NDArray[np.int64]]:
    return table.cells[:, :-1], np.nan_to_num(table.cells[:, -1], nan=-1).astype(np.int64)


def _two_texts(path: Path) -> tuple[str, str]:
    lines = read_text(path).splitlines()
    if len(lines) != 2:
        raise _unusable(path, f"it has {len(lines)} lines", "Write two texts, one per line.")
    return lines[0], lines[1]


def _forecasts(table: Table, _: Numbers | None) -> tuple[Numbers, Numbers]:
    if table.cells.shape[1] != 2:
        raise UsageError(
            f"--answers has {table.cells.shape[1]} columns.", "Give two: what was foreseen, what came."
        )
    return table.cells[:, 0], table.cells[:, 1]


_FROM_ANSWERS: dict[str, Callable[[Table, Numbers | None], Any]] = {
    "counts": _histograms,
    "units": _histograms,
    "transitions": _pairs,
    "ranks": _columns,
    "answers": _columns,
    "rounds": _columns,
    "votes": _columns,
    "estimates": _columns,
    "quantiles": _columns,
    "allocations": _columns,
    "intervals": _three,
    "points": _points,
    "numbers": lambda table, _: table.cells.T,
    "forecasts": _forecasts,
}


def read_options(written: Sequence[str], scale: Numbers | None) -> dict[str, Any]:
    """`name=value` as options: numbers, true or false, words, `70%`, lists `1,2`, and `7..9` for categories of the scale."""
    found: dict[str, Any] = {}
    for text in written:
        name, sign, value = text.partition("=")
        if not sign or not name.strip():
            raise UsageError(f"--option {text} is none.", "Write it as NAME=VALUE, such as quantile_type=6.")
        found[name.strip().replace("-", "_")] = _option(name, value.strip(), scale)
    return found


def _option(name: str, text: str, scale: Numbers | None) -> Any:
    span = re.fullmatch(r"(-?\d+(?:\.\d+)?)\.\.(-?\d+(?:\.\d+)?)", text)
    if span:
        if scale is None:
            raise UsageError(f"--option {name}={text} names categories of a scale.", "Add --scale 1..9.")
        return (scale >= float(span[1])) & (scale <= float(span[2]))
    if text.casefold() in ("true", "false"):
        return text.casefold() == "true"
    if re.fullmatch(r"-?\d+", text):
        return int(text)
    if re.fullmatch(r"-?\d+(\.\d+)?%", text):
        return float(text[:-1]) / 100
    try:
        return float(text)
    except ValueError:
        pass
    if "," in text:
        return tuple(_option(name, part.strip(), scale) for part in text.split(","))
    return text


def read_text(path: Path) -> str:
    """A small file of text.

    Raises
    ------
    AnswersError
        If it cannot be read, or is not UTF-8.
    """
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _unusable(path, "it is not UTF-8", "Save it as UTF-8.") from None
    except OSError as error:
        raise _unusable(
            path, f"it cannot be read: {(error.strerror or '').lower()}", "Name a file that is there."
        ) from None


def read_table(path: Path) -> Table:
    """A small table of numbers from delimited text: a header or none, and a first column that only names the rows.

    Raises
    ------
    AnswersError
        If it cannot be read, is ragged, or holds something that is no number.
    """
    text = read_text(path)
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    try:
        rows = [
            [cell.strip() for cell in row]
            for row in csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
        ]
    except csv.Error:
        raise _unusable(path, "a quote is not closed", "Correct the quotes.") from None
    rows = [row for row in rows if any(row)]
    if not rows:
        raise _unusable(path, "it is empty", "A row per respondent, or per category.")
    widths = {len(row) for row in rows}
    if len(widths) > 1:
        raise _unusable(
            path,
            f"its rows have {' and '.join(map(str, sorted(widths)))} cells",
            "Give every row the same number of cells.",
        )
    names: tuple[str, ...] = ()
    if not all(_is_number(cell) for cell in rows[0]):
        names, rows = tuple(rows[0]), rows[1:]
    is_named = bool(names) and (names[0].casefold() in KEYS or not all(_is_number(row[0]) for row in rows))
    if is_named:
        names, rows = names[1:], [row[1:] for row in rows]
    wrong = [
        place
        for place, row in enumerate(rows, 2 if names else 1)
        if not all(_is_number(cell) for cell in row)
    ]
    if wrong or not rows:
        where = ", ".join(map(str, wrong[:10])) or "below the header"
        raise _unusable(
            path,
            f"cells hold something that is no number (rows {where})",
            "Numbers only, with a point; leave a cell empty for no answer.",
        )
    return Table(names, np.array([[float(cell) if cell else math.nan for cell in row] for row in rows]))


def _is_number(text: str) -> bool:
    return not text or re.fullmatch(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?", text, re.ASCII) is not None


def _unusable(path: Path, message: str, hint: str) -> AnswersError:
    return AnswersError(Problem(path.name, 0, 0, "", message, hint, "unusable_file"))
