"""How firm the standing verdicts are: what else was tried on each, in words and whole numbers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from delphi.outputs.disclosure import GroupKey
from delphi.outputs.facts import Facts
from delphi.outputs.ratings import ItemLine, hidden_in
from delphi.outputs.wording import FIRMNESS, NONE, VERDICTS, Word

CHOICES = {
    "threshold": "with the threshold at {}", "shift": "with the threshold {}", "opposite": "with the limit of the other side at {}",
    "base": "counted on those {}", "quantile_type": "with quantiles of type {}", "rounding": "after rounding to whole per cent",
    "weights": "with {}", "cases": "among those who returned every round", "rules": "by rule {}",
}  # fmt: skip
SHIFTS = {"+": "raised by {}", "-": "lowered by {}"}
BASES = {"shown": "who were shown it", "valid": "who gave a valid answer", "invited": "who were invited"}
FEWEST = {"exact": "", "at_most": "≤\u00a0", "more_than": ">\u00a0"}
MOST_NAMED = 3
LEAVERS = {
    "leavers_last_answers": "answered as before", "leavers_agree": "all agreed", "leavers_oppose": "all been opposed",
}  # fmt: skip


@dataclass(frozen=True)
class FirmLine:
    """One item: its label and what was tried, in words."""

    line: ItemLine
    label: Word
    kept: str
    changes: tuple[str, ...]
    fewest: str
    absent: str
    again: str
    chance: str
    leavers: str


def firm_lines(facts: Facts, lines: list[ItemLine]) -> list[FirmLine]:
    """The lines of the items whose verdicts were tried and that somebody saw, in the order of the study file."""
    tried: dict[tuple[str, str, str], list[dict[str, Any]]] = defaultdict(list)
    for one in facts.dictionaries("robustness"):
        tried[one["wave_id"], one["item_id"], one["dimension"]].append(one)
    found = []
    for line, (cell, row) in zip(lines, facts.standing.items(), strict=True):
        own = tried.get((row.wave_id, *cell))
        if own and not line.is_hidden and any(one["test"] == "label" for one in own):
            found.append(_line(facts, line, row.wave_id, cell, own))
    return found


def _line(
    facts: Facts, line: ItemLine, wave: str, cell: tuple[str, str], rows: list[dict[str, Any]]
) -> FirmLine:
    by = {row["test"]: row for row in rows}
    changes = [
        f"{_choice(row['test'], row['variant'])}: {VERDICTS[row['verdict']].name.lower()}"
        for row in rows
        if row["test"] in CHOICES and row["is_same"] is False and row["verdict"]
    ]
    changes += _groups(facts, rows, hidden_in(facts, wave, cell))
    leavers = [
        f"had they {words}: {VERDICTS[by[test]['verdict']].name.lower()}"
        for test, words in LEAVERS.items()
        if test in by and by[test]["is_same"] is False and (by[test]["n"] or 0) >= facts.min_n
    ]
    some_left = any(test in by and (by[test]["n"] or 0) >= facts.min_n for test in LEAVERS)
    return FirmLine(
        line=line,
        label=FIRMNESS[by["label"]["label"]],
        kept=_kept(by.get("multiverse")),
        changes=tuple(changes),
        fewest=_fewest(by.get("fragility")),
        absent=_of(by.get("leave_out_panelist")),
        again=_chance(by.get("bootstrap")),
        chance=_chance(by.get("chance")),
        leavers="; ".join(leavers) if leavers else "the same" if some_left else NONE,
    )


def _groups(facts: Facts, rows: list[dict[str, Any]], hidden: frozenset[GroupKey]) -> Iterator[str]:
    """Groups without which the verdict is another: a few by name, many by their number. Withheld groups are not told."""
    told = defaultdict(list)
    for row in rows:
        group_by, _, value = str(row["variant"]).partition("=")
        if row["test"] == "leave_out_group" and row["is_same"] is False and (group_by, value) not in hidden:
            label = facts.study.groups[group_by].categories.get(value, value)
            told[row["verdict"]].append(label)
    for verdict, labels in told.items():
        names = " or ".join(labels) if len(labels) <= MOST_NAMED else f"any one of {len(labels)} groups"
        yield f"without {names}: {VERDICTS[verdict].name.lower()}"


def _choice(test: str, variant: str) -> str:
    if test == "shift":
        return CHOICES[test].format(SHIFTS[variant[0]].format(variant[1:].replace(" %", " points")))
    return CHOICES[test].format(BASES.get(variant, variant))


def _kept(row: dict[str, Any] | None) -> str:
    if row is None or row["value"] is None or not row["n"]:
        return NONE
    return f"{round(row['value'] * row['n'])} of {int(row['n'])}"


def _fewest(row: dict[str, Any] | None) -> str:
    if row is None or row["value"] is None:
        return NONE
    if row["variant"] == "more_than" and row["value"] >= row["n"]:
        return "none"
    return f"{FEWEST[row['variant']]}{int(row['value'])}"


def _of(row: dict[str, Any] | None) -> str:
    if row is None or row["value"] is None:
        return NONE
    return "nobody" if not row["value"] else f"{int(row['value'])} of {int(row['n'])}"


def _chance(row: dict[str, Any] | None) -> str:
    if row is None or row["value"] is None:
        return NONE
    percent = 100 * row["value"]
    if percent < 1:
        return "under 1\u00a0%"
    return "over 99\u00a0%" if percent > 99 else f"{percent:.0f}\u00a0%"
