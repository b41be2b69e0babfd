"""Pandera schemas built from the study: what a value may be, and what may leave validation.

Pandera's exceptions hold the values that failed, so none of them leaves this module.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, get_args

import numpy as np
import pandas as pd
import pandera.pandas as pa
from numpy.typing import NDArray

from delphi.study.model import NonAnswer, Scale, Study, Wave

ROWS_AT_ONCE = 1 << 18
"""Rows of a frame that are checked together."""


def scale_schema(scale: Scale) -> pa.DataFrameSchema:
    """Values that a scale allows; a null is no value and passes.

    Categories are listed, numbers lie between the scale's ends.
    """
    checks = []
    if scale.kind in ("ordinal", "nominal", "multi", "rank") and scale.counted_values:
        checks.append(pa.Check.isin([float(value) for value in scale.counted_values], name="off_scale"))
    else:
        if scale.minimum is not None:
            checks.append(pa.Check.ge(scale.minimum, name="off_scale"))
        if scale.maximum is not None:
            checks.append(pa.Check.le(scale.maximum, name="off_scale"))
    return pa.DataFrameSchema({"value": pa.Column(checks=checks, nullable=True)})


def off_scale(scale: Scale, values: NDArray[np.float64]) -> NDArray[np.intp]:
    """Places of values that the scale does not allow; NaN is no value and passes."""
    if scale.kind == "text" or not np.isfinite(values).any():
        return np.array([], dtype=np.intp)
    return failing(scale_schema(scale), pd.DataFrame({"value": values}))


def failing(schema: pa.DataFrameSchema, frame: pd.DataFrame) -> NDArray[np.intp]:
    """Rows of a frame (with the index 0, 1, …) that break a schema.

    Raises
    ------
    ValueError
        If the frame as a whole is not what the schema describes: a bug, not a bad answer.
    """
    return np.unique(np.array([row for row, _, _ in broken(schema, frame)], dtype=np.intp))


def broken(schema: pa.DataFrameSchema, frame: pd.DataFrame) -> list[tuple[int, str, str]]:
    """Row, column and check wherever a frame (with the index 0, 1, …) breaks a schema, never the value.

    Raises
    ------
    ValueError
        As `failing` does.
    """
    try:
        schema.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as error:
        cases = error.failure_cases
        if cases["index"].isna().any():
            raise ValueError(f"the frame breaks its schema: {_names(cases)}") from None
        found = zip(cases["index"], cases["column"], cases["check"], strict=True)
        return sorted({(int(row), str(column), str(check)) for row, column, check in found})
    return []


def _names(cases: pd.DataFrame) -> str:
    """Columns and checks of failure cases, without the values."""
    pairs = sorted(
        {(str(column), str(check)) for column, check in zip(cases["column"], cases["check"], strict=True)}
    )
    return "; ".join(f"{column}: {check.split('(')[0]}" for column, check in pairs)


@dataclass(frozen=True)
class _Column:
    """What a column holds. Types are seen to when a frame is made; that Pandera looks at each again takes longer than
    all its checks."""

    kind: str
    checks: tuple[pa.Check, ...] = ()
    nullable: bool = False


@dataclass(frozen=True)
class _Frame:
    """What a frame holds: its columns in order, checks of the whole, and the columns that no two rows share."""

    columns: dict[str, _Column]
    checks: tuple[pa.Check, ...] = ()
    unique: tuple[str, ...] = ()

    def schema(self) -> pa.DataFrameSchema:
        """Schema of a frame whose types are right. Nulls are looked for in all columns together."""
        never_null = [name for name, column in self.columns.items() if not column.nullable]

        def is_complete(frame: pd.DataFrame) -> pd.Series:
            lacking = [frame[name].isna().to_numpy() for name in never_null]
            return pd.Series(~np.logical_or.reduce(lacking), index=frame.index)

        columns = {
            name: pa.Column(checks=list(column.checks), nullable=True)
            for name, column in self.columns.items()
            if column.checks
        }
        checks = [*self.checks, pa.Check(is_complete, name="not_null")]
        return pa.DataFrameSchema(columns, checks=checks, unique=list(self.unique) or None)


def checked_frame(table: str, frame: pd.DataFrame, study: Study, wave: Wave) -> pd.DataFrame:
    """A frame as it leaves validation: columns, types and order of the table, checked against its schema.

    Raises
    ------
    ValueError
        If validation itself went wrong; the message names columns and checks only.
    """
    wanted = _wanted(table, study, wave)
    columns = {name: _typed(frame[name], column.kind) for name, column in wanted.columns.items()}
    typed = pd.DataFrame(columns, copy=False)
    keys = [name for name in _ORDER.get(table, ()) if name in typed]
    typed = typed.sort_values(keys, kind="stable", ignore_index=True) if keys else typed
    schema = wanted.schema()
    broken = sum(len(failing(schema, part)) for part in _parts(typed, not wanted.unique))
    if broken:
        raise ValueError(f"validation made {broken} rows of {table} that break its schema")
    return typed


def _parts(frame: pd.DataFrame, is_by_row: bool) -> Iterator[pd.DataFrame]:
    """The rows of a frame, many at a time where each is judged by itself: Pandera takes several times its memory."""
    at_once = ROWS_AT_ONCE if is_by_row else max(1, len(frame))
    if len(frame) <= at_once:
        yield from [frame] if len(frame) else []
        return
    for start in range(0, len(frame), at_once):
        yield frame.iloc[start : start + at_once].reset_index(drop=True)


_ORDER = {
    "sources": ("source_id",),
    "submissions": ("respondent_id", "source_id", "source_row", "piece"),
    "memberships": ("respondent_id", "group_by"),
}
"""Order of rows where the frame does not come sorted already."""


_STR = pd.Series([], dtype="str").dtype


def _typed(cells: pd.Series, kind: str) -> Any:
    """Cells in their type, without the index: comparing the indexes of many columns takes long."""
    if kind == "str":
        return (cells if cells.dtype == _STR else cells.astype(_STR)).array
    if kind == "instant":
        return pd.to_datetime(cells, utc=True).astype("datetime64[us, UTC]").array
    return (cells if str(cells.dtype) == kind else cells.astype(kind)).array  # type: ignore[call-overload]


def _text(*checks: pa.Check, nullable: bool = False) -> _Column:
    return _Column("str", checks, nullable)


def _time(nullable: bool = True) -> _Column:
    return _Column("instant", (), nullable)


def _one_of(values: Sequence[str]) -> pa.Check:
    allowed = frozenset(values)
    return pa.Check(lambda cells: cells.isin(allowed), name="listed")


def answers_schema(study: Study, wave: Wave) -> pa.DataFrameSchema:
    """Rows of `answers` that a wave may give: what it asks, one value or one reason each."""
    return _answers(study, wave).schema()


def _answers(study: Study, wave: Wave) -> _Frame:
    own = set(wave.item_ids)
    items = [item for item in study.items if item.item_id in own]
    scale_ids = dict.fromkeys(scale_id for item in items for scale_id in item.dims.values())
    parts = {part for scale_id in scale_ids for part in study.scales[scale_id].parts} | {"comment"}
    columns = {
        "wave_id": _text(_one_of([wave.wave_id])),
        "respondent_id": _text(),
        "item_id": _text(_one_of([item.item_id for item in items])),
        "dimension": _text(_one_of([dimension for item in items for dimension in item.dims])),
        "part": _text(_one_of(sorted(parts))),
        "value": _Column("float64", (pa.Check(_is_finite, name="finite"),), nullable=True),
        "text": _text(nullable=True),
        "missing": _text(_one_of(get_args(NonAnswer)), nullable=True),
        "comment": _text(nullable=True),
        "source_id": _text(),
        "source_row": _Column("int64", (pa.Check.ge(2),)),
    }
    return _Frame(columns, (pa.Check(_says_one_thing, name="one_value_or_one_reason"),))


def _is_finite(cells: pd.Series) -> pd.Series:
    return np.isfinite(cells) | cells.isna()


def _says_one_thing(frame: pd.DataFrame) -> bool:
    """A value, a text or a reason, and never two of them; a comment on its own has none."""
    said = frame[["value", "text", "missing"]].notna().sum(axis=1)
    return bool(np.where(frame["part"] == "comment", said <= 1, said == 1).all())


def _wanted(table: str, study: Study, wave: Wave) -> _Frame:
    """What one of the frames that validation gives holds."""
    if table == "answers":
        return _answers(study, wave)
    return _FRAMES[table](study, _text(_one_of([wave.wave_id])))


def _sources(study: Study, wave_id: _Column) -> _Frame:
    count = _Column("int64", (pa.Check.ge(0),))
    columns = {
        "source_id": _text(), "entry_id": _text(), "wave_id": wave_id, "file_name": _text(),
        "sha256": _text(),
        "platform": _text(), "version": count, "records": count, "accepted": count, "quarantined": count,
        "ignored": count, "loaded_at": _time(nullable=False),
    }  # fmt: skip
    return _Frame(columns, (pa.Check(_reconciles, name="records_are_accounted_for"),), ("source_id",))


def _submissions(study: Study, wave_id: _Column) -> _Frame:
    columns = {
        "wave_id": wave_id, "respondent_id": _text(), "state": _text(_one_of(["complete", "partial"])),
        "started_at": _time(), "submitted_at": _time(), "language": _text(nullable=True),
        "source_id": _text(),
        "source_row": _Column("int64"), "piece": _text(), "is_current": _Column("bool"),
    }  # fmt: skip
    return _Frame(columns)


def _findings(study: Study, wave_id: _Column) -> _Frame:
    columns = {
        "source_id": _text(), "wave_id": wave_id, "level": _text(_one_of(["file", "record", "cell"])),
        "rule": _text(), "source_row": _Column("Int64", nullable=True), "column_name": _text(nullable=True),
        "item_id": _text(nullable=True), "reason": _text(), "raw_value": _text(nullable=True),
    }  # fmt: skip
    return _Frame(columns)


def _memberships(study: Study, wave_id: _Column) -> _Frame:
    columns = {
        "respondent_id": _text(), "group_by": _text(_one_of(list(study.groups))), "group_value": _text(),
        "wave_id": _text(nullable=True),
    }  # fmt: skip
    return _Frame(columns, unique=("respondent_id", "group_by"))


def _respondents(study: Study, wave_id: _Column) -> _Frame:
    return _Frame({"respondent_id": _text(), "status": _text()}, unique=("respondent_id",))


def _invitations(study: Study, wave_id: _Column) -> _Frame:
    return _Frame({"wave_id": wave_id, "respondent_id": _text()}, unique=("respondent_id",))


_FRAMES = {
    "sources": _sources,
    "submissions": _submissions,
    "findings": _findings,
    "memberships": _memberships,
    "respondents": _respondents,
    "invitations": _invitations,
}


def _reconciles(frame: pd.DataFrame) -> bool:
    return bool((frame["records"] == frame["accepted"] + frame["quarantined"] + frame["ignored"]).all())
