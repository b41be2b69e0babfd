"""Validation of a long file too large to load: Pandera on its distinct combinations of wave, item, group and value.

Hundreds of millions of rows have some thousands of combinations, and whether a row is right depends on its combination alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan
from typing import Any

import pandas as pd
import pandera.pandas as pa

from delphi.errors import Problem
from delphi.validation.schemas import broken

Id = int | str
NAN = ("not a number",)
"""Stands for a float that is none, which pandas would take for an empty cell."""

_KEY_RULES = {"wave": "undeclared", "item": "undeclared", "group": "undeclared", "value": "off_scale"}


@dataclass(frozen=True)
class DeclaredAnswers:
    """What may stand in a long file, as the file writes it.

    Parameters
    ----------
    values : categories of the scale and codes for no answer; an empty cell is no answer either way
    waves, items, groups : ids; None: any, as long as it is a text or a whole number
    has_groups : whether the file has a column of groups
    """

    values: tuple[Id, ...]
    waves: tuple[Id, ...] | None = None
    items: tuple[Id, ...] | None = None
    groups: tuple[Id, ...] | None = None
    has_groups: bool = True


@dataclass(frozen=True)
class LongFinding:
    """One thing that is wrong with a long file, and in which rows. It holds no answer and names nobody.

    Parameters
    ----------
    rule : `missing_key`, `undeclared`, `off_scale`, `duplicate_contradiction` or `two_groups`
    column : which of wave, respondent, item, group, value it is about
    n : how many rows; of `two_groups` how many respondents
    rows : the first of them, counted from 1; some where there are many, none of `two_groups`
    wave_id, item_id : where, as far as declared
    """

    rule: str
    column: str
    n: int
    rows: tuple[int, ...] = ()
    wave_id: Id | None = None
    item_id: Id | None = None

    @property
    def message(self) -> str:
        """What is wrong, in the words of a study."""
        many = self.n != 1
        said = {
            "missing_key": f"{'rows have' if many else 'row has'} no {self.column}",
            "undeclared": f"{'rows have' if many else 'row has'} a{'n' * (self.column == 'item')} {self.column} that is not declared",
            "off_scale": f"{'answers are' if many else 'answer is'} not on the scale",
            "duplicate_contradiction": f"{'rows answer' if many else 'row answers'} an item of a wave again for the same respondent",
            "two_groups": f"{'respondents are' if many else 'respondent is'} in two groups",
        }[self.rule]
        return f"{self.n} {said}{self._where}"

    @property
    def _where(self) -> str:
        if not self.rows:
            return ""
        *first, last = [str(row) for row in self.rows]
        if len(self.rows) < self.n:
            return f" (the first are rows {', '.join([*first, last])})"
        return f" (rows {', '.join(first)} and {last})" if first else f" (row {last})"

    def problem(self, file_name: str) -> Problem:
        """The finding as an error names it."""
        named = {"wave": self.wave_id, "item": self.item_id}
        place = ", ".join(f"{name} {one}" for name, one in named.items() if one is not None)
        return Problem(file_name, 0, 0, place, self.message, _HINTS[self.rule], self.rule)


_HINTS = {
    "missing_key": "Give every row its wave, respondent and item, or leave the row out.",
    "undeclared": "Correct the file, or declare the id.",
    "off_scale": "Correct the file, or declare the value as a category or as a code for no answer.",
    "duplicate_contradiction": "Keep one row per respondent, wave and item.",
    "two_groups": "Give every row of a respondent the same group, or leave the group out of all.",
}


@dataclass(frozen=True)
class BrokenCombinations:
    """A finding about combinations, before its rows are known: where it holds, by place in the frame."""

    finding: LongFinding
    places: tuple[int, ...]


def combination_frame(
    keys: Sequence[Sequence[object]], n_nobody: Sequence[int], has_groups: bool
) -> pd.DataFrame:
    """Combinations as Pandera gets them: wave, item, group, value, and how many of their rows name no respondent."""
    names = ("wave", "item", *(("group",) if has_groups else ()), "value")
    columns = zip(*keys, strict=True) if keys else [()] * len(names)
    frame = {
        name: pd.Series(
            [NAN if isinstance(one, float) and isnan(one) else one for one in cells], dtype=object
        )
        for name, cells in zip(names, columns, strict=True)
    }
    return pd.DataFrame({**frame, "respondent": pd.Series(list(n_nobody), dtype="int64")})


def combination_schema(declared: DeclaredAnswers) -> pa.DataFrameSchema:
    """What a combination may be."""
    columns = {
        "wave": pa.Column(checks=_id_check(declared.waves), nullable=False),
        "item": pa.Column(checks=_id_check(declared.items), nullable=False),
        "value": pa.Column(checks=pa.Check.isin(list(declared.values), name="declared"), nullable=True),
        "respondent": pa.Column("int64", checks=pa.Check.eq(0, name="named")),
    }
    if declared.has_groups:
        columns["group"] = pa.Column(checks=_id_check(declared.groups), nullable=True)
    return pa.DataFrameSchema(columns)


def _id_check(ids: Sequence[Id] | None) -> pa.Check:
    if ids is None:
        return pa.Check(lambda cells: cells.map(_is_id), name="declared")
    return pa.Check.isin(list(ids), name="declared")


def _is_id(cell: object) -> bool:
    """A text or a whole number; a fraction is no id."""
    return isinstance(cell, str) or (cell != NAN and cell == cell // 1)  # type: ignore[operator]


def broken_combinations(
    frame: pd.DataFrame, n_rows: Sequence[int], declared: DeclaredAnswers
) -> list[BrokenCombinations]:
    """What is wrong with the combinations of a file, each rule once per wave and item where these are declared.

    Parameters
    ----------
    frame : as `combination_frame` makes it
    n_rows : how many rows each combination has
    declared : what may stand in the file

    Examples
    --------
    >>> declared = DeclaredAnswers(values=(1, 2, 3), waves=(1,), items=("s01",), has_groups=False)
    >>> frame = combination_frame([(1, "s01", 3), (1, "s01", 7)], [0, 0], has_groups=False)
    >>> [found] = broken_combinations(frame, [90, 4], declared)
    >>> found.finding.message, found.places
    ('4 answers are not on the scale', (1,))
    """
    waves, items = (
        {one: place for place, one in enumerate(ids or ())} for ids in (declared.waves, declared.items)
    )
    parts: dict[str, Any] = {name: frame[name].tolist() for name in ("wave", "item")}
    gathered: dict[tuple[int, str, int, int], list[int]] = {}
    rules = list(_HINTS)
    for row, column, check in broken(combination_schema(declared), frame) if len(frame) else ():
        is_missing = check == "not_nullable" or column == "respondent"
        rule = "missing_key" if is_missing else _KEY_RULES[column]
        # What is not declared is not named: it may be an answer, or a name in the wrong column.
        where = [known.get(parts[name][row], -1) for known, name in ((waves, "wave"), (items, "item"))]
        at = where if rule == "off_scale" else [-1, -1]
        gathered.setdefault((rules.index(rule), column, at[0], at[1]), []).append(row)
    found = []
    for (rule_place, column, wave, item), places in sorted(gathered.items()):
        sizes = frame["respondent"] if column == "respondent" else n_rows
        finding = LongFinding(
            rules[rule_place],
            column,
            sum(int(sizes[place]) for place in places),
            (),
            list(waves)[wave] if wave >= 0 else None,
            list(items)[item] if item >= 0 else None,
        )
        found.append(BrokenCombinations(finding, tuple(places)))
    return found
