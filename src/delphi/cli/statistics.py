"""The command `statistics`: the catalogue, one entry of it, and a statistic on the spot."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from delphi.cli.show import cell, note, print_json, print_table
from delphi.errors import UsageError

if TYPE_CHECKING:
    from delphi.stages.by_hand import Reckoned
    from delphi.statistics.registry import Statistic

INPUTS = ("counts", "share", "numbers", "transitions", "answers", "matrix", "texts")


def statistics(
    statistic: str | None = None,
    /,
    *,
    counts: Annotated[tuple[str, ...], Parameter(allow_leading_hyphen=True)] = (),
    scale: Annotated[str | None, Parameter(allow_leading_hyphen=True)] = None,
    share: tuple[str, ...] = (),
    numbers: Annotated[str | None, Parameter(allow_leading_hyphen=True)] = None,
    transitions: Path | None = None,
    answers: tuple[Path, ...] = (),
    matrix: Path | None = None,
    texts: Path | None = None,
    option: tuple[str, ...] = (),
    section: str | None = None,
    json: bool = False,
) -> None:
    """List the catalogue of statistics, explain one of them, or compute it on the spot from counts or a small file.

    Parameters
    ----------
    statistic
        Id of a statistic; without it all are listed.
    counts
        Answers per category, as 1,0,4,7; repeat it for several groups or items.
    scale
        Values of the scale, as 1..9 or 1,2,3,5; 1, 2, 3, ... without it.
    share
        How many of how many, as 42/60; twice for a group and the others.
    numbers
        Numeric answers, as 1.5,2,3.
    transitions
        File of counts: a row per category before, a column per category after; `none` heads the column of no answer.
    answers
        File with a row per respondent and a column per item, object or round; empty cells are no answers. Repeat it for
        rankings of several rounds.
    matrix
        File with a square of numbers, or a row per object.
    texts
        File with one text per line.
    option
        A parameter of the statistic, as quantile_type=6 or within=7..9; may be repeated.
    section
        List only this section of the catalogue, as 2.3.
    json
        Print one JSON document.
    """
    from delphi.stages.by_hand import Given, reckon
    from delphi.statistics.registry import catalogue

    given = Given(counts, scale, share, numbers, transitions, answers, matrix, texts, option)
    has_input = any(getattr(given, name) for name in INPUTS)
    if statistic is None:
        if has_input or option:
            raise UsageError("Which statistic?", "Name it: delphi statistics ID --counts 1,0,4,7.")
        chosen = [one for one in catalogue().values() if section is None or one.section.startswith(section)]
        if not chosen:
            there = ", ".join(dict.fromkeys(one.section for one in catalogue().values()))
            raise UsageError(f"There is no section {section}.", f"There are: {there}.")
        _list(chosen, json)
        return
    if not has_input:
        _explain(_known(statistic), json)
        return
    found = reckon(statistic, given)
    _print(_known(statistic), found, json)


def _known(statistic_id: str) -> Statistic:
    from delphi.statistics.registry import statistic

    try:
        return statistic(statistic_id)
    except ValueError as error:
        raise UsageError(f"{error}.", "`delphi statistics` lists all.") from None


def _list(entries: list[Statistic], as_json: bool) -> None:
    if as_json:
        print_json({"statistics": [described(one) for one in entries]})
        return
    rows = [
        {
            "id": one.statistic_id,
            "section": one.section,
            "takes": one.takes,
            "range": _range(one),
            "name": one.name,
        }
        for one in entries
    ]
    print_table(rows)
    note(f"{len(rows)} statistics; `delphi statistics ID` explains one.")


def described(entry: Statistic) -> dict[str, Any]:
    """Everything the catalogue says of a statistic, as plain values."""
    return {
        "id": entry.statistic_id, "name": entry.name, "section": entry.section, "takes": entry.takes, "arrays": entry.arrays,
        "gives": entry.gives, "level": entry.level, "low": entry.low, "high": entry.high, "direction": entry.direction or None,
        "formula": entry.formula, "reading": entry.reading or None, "sources": list(entry.sources),
        "parameters": [
            {
                "name": one.name, "meaning": one.meaning, "is_required": one.is_required,
                "default": None if one.is_required else _plain(one.default), "allowed": [_plain(value) for value in one.allowed],
            }
            for one in entry.parameters
        ],
        "reasons": list(entry.reasons), "flags": list(entry.flags), "function": entry.place.replace(":", "."),
    }  # fmt: skip


def _explain(entry: Statistic, as_json: bool) -> None:
    if as_json:
        print_json(described(entry))
        return
    more = {
        "more": "higher is more agreement or stability",
        "less": "higher is less agreement or stability",
        "": "",
    }[entry.direction]
    lines = [
        ("", f"{entry.statistic_id}: {entry.name} (section {entry.section})"),
        ("formula", entry.formula),
        ("takes", entry.arrays),
        ("level", entry.level),
        ("range", "; ".join(part for part in (_range(entry), more) if part)),
        ("reading", entry.reading),
        ("empty if", ", ".join(entry.reasons)),
        ("flags", ", ".join(entry.flags)),
        ("source", "; ".join(entry.sources)),
        ("python", entry.place.replace(":", ".")),
    ]
    for name, text in lines:
        _line(name, text)
    for one in entry.parameters:
        allowed = f"; one of {', '.join(str(value) for value in one.allowed)}" if one.allowed else ""
        default = "needed" if one.is_required else f"default {_plain(one.default)}"
        _line("option", f"{one.name}: {one.meaning} ({default}{allowed})")


def _line(name: str, text: str) -> None:
    name = f"{name} " if len(name) >= 10 else name
    if text:
        print(
            fill(
                text,
                100,
                initial_indent=f"{name:10}" if name else "",
                subsequent_indent=" " * 10 if name else "  ",
            )
        )


def _range(entry: Statistic) -> str:
    if entry.low is None and entry.high is None:
        return ""
    low = "" if entry.low is None else f"{entry.low:g}"
    high = "" if entry.high is None else f"{entry.high:g}"
    return f"{low} to {high}" if low and high else f"from {low}" if low else f"up to {high}"


def _print(entry: Statistic, found: Reckoned, as_json: bool) -> None:
    result = found.computed
    rows = _rows(entry, found)
    options = {name: _plain(value) for name, value in result.options.items()}
    if as_json:
        print_json(
            {
                "statistic": entry.statistic_id,
                "results": rows,
                "options": options,
                "sources": list(entry.sources),
            }
        )
        return
    if len(rows) == 1:
        for name, value in rows[0].items():
            if value is not None and value != "":
                _line(name, {True: "yes", False: "no"}[value] if isinstance(value, bool) else cell(value))
    else:
        names = dict.fromkeys(name for row in rows for name, value in row.items() if value not in (None, ""))
        print_table(rows, tuple(names))
    print()
    _line("", f"{entry.statistic_id}: {entry.name} (section {entry.section})")
    _line("formula", entry.formula)
    _line("options", ", ".join(f"{name}={value}" for name, value in options.items() if value is not None))
    _line("reading", entry.reading)
    _line("source", "; ".join(entry.sources))


def _rows(entry: Statistic, found: Reckoned) -> list[dict[str, Any]]:
    """A row per case, object or pair of objects."""
    import numpy as np

    result = found.computed
    shape = result.value.shape
    rows = []
    for place in np.ndindex(shape):
        row: dict[str, Any] = {}
        if len(shape) == 1:
            row["of"] = found.of[place[0]] if len(found.of) == shape[0] else str(place[0] + 1)
        elif len(shape) > 1:
            row["of"] = ", ".join(str(one + 1) for one in place)
        shown = result.value[place] if result.label is None else result.label[place]
        row["value"] = _plain(shown)
        row |= {name: _plain(_of_place(part, place, shape)) for name, part in (result.more or {}).items()}
        row |= {
            "n": int(result.n[place]),
            "reason": result.reason[place],
            "flags": result.flags[place] or None,
        }
        rows.append(row)
    return rows


def _of_place(part: Any, place: tuple[int, ...], shape: tuple[int, ...]) -> Any:
    """A further field of one case: its own where there is one per case, else the field as it is."""
    if hasattr(part, "shape") and shape and part.shape[: len(shape)] == shape:
        return part[place]
    return part


def _plain(value: Any) -> Any:
    """A value of numpy as one of Python; what is not a number is None."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, float) and value != value:  # noqa: PLR0124  (only NaN differs from itself)
        return None
    if isinstance(value, bool | int | float | str) or value is None:
        return value
    return str(value)
