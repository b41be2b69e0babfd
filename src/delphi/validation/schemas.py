"""Pandera schemas built from the study: what a value may be, and what may leave validation.

Pandera's exceptions hold the values that failed, so none of them leaves this module.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import get_args

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


def checked_frame(table: str, frame: pd.DataFrame, study: Study, wave: Wave) -> pd.DataFrame:
    """A frame as it leaves validation: columns, types and order of the table, checked against its schema.

    Raises
    ------
    ValueError
        If validation itself went wrong; the message names columns and checks only.
    """
    schema = frame_schema(table, study, wave)
    columns = {name: _typed(frame[name], column) for name, column in schema.columns.items()}
    typed = pd.DataFrame(columns, copy=False)
    keys = [name for name in _ORDER.get(table, ()) if name in typed]
    typed = typed.sort_values(keys, kind="stable", ignore_index=True) if keys else typed
    # The types are right by now; that Pandera looks at each again takes longer than all its checks.
    checks = _without_types(schema)
    broken = sum(len(failing(checks, part)) for part in _parts(typed, schema.unique is None))
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


def _typed(cells: pd.Series, column: pa.Column) -> pd.Series:
    kind = str(column.dtype)
    if kind.startswith("str"):
        return cells if cells.dtype == _STR else cells.astype(_STR)
    if kind.startswith("datetime64"):
        return pd.to_datetime(cells, utc=True).astype("datetime64[us, UTC]")
    return cells if str(cells.dtype) == kind else cells.astype(kind)  # type: ignore[call-overload]


def _without_types(schema: pa.DataFrameSchema) -> pa.DataFrameSchema:
    columns = {
        name: pa.Column(checks=column.checks, nullable=column.nullable)
        for name, column in schema.columns.items()
        if column.checks or not column.nullable
    }
    return pa.DataFrameSchema(columns, checks=schema.checks, unique=schema.unique)


def _text(*checks: pa.Check, nullable: bool = False) -> pa.Column:
    return pa.Column("str", checks=list(checks), nullable=nullable)


def _time(nullable: bool = True) -> pa.Column:
    return pa.Column("datetime64[us, UTC]", nullable=nullable)


def _one_of(values: Sequence[str]) -> pa.Check:
    allowed = frozenset(values)
    return pa.Check(lambda cells: cells.isin(allowed), name="listed")


def answers_schema(study: Study, wave: Wave) -> pa.DataFrameSchema:
    """Rows of `answers` that a wave may give: what it asks, one value or one reason each."""
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
        "value": pa.Column("float64", nullable=True, checks=pa.Check(_is_finite, name="finite")),
        "text": _text(nullable=True),
        "missing": _text(_one_of(get_args(NonAnswer)), nullable=True),
        "comment": _text(nullable=True),
        "source_id": _text(),
        "source_row": pa.Column("int64", checks=pa.Check.ge(2)),
    }
    return pa.DataFrameSchema(columns, checks=[pa.Check(_says_one_thing, name="one_value_or_one_reason")])


def _is_finite(cells: pd.Series) -> pd.Series:
    return np.isfinite(cells) | cells.isna()


def _says_one_thing(frame: pd.DataFrame) -> bool:
    """A value, a text or a reason, and never two of them; a comment on its own has none."""
    said = frame[["value", "text", "missing"]].notna().sum(axis=1)
    return bool(np.where(frame["part"] == "comment", said <= 1, said == 1).all())


def frame_schema(table: str, study: Study, wave: Wave) -> pa.DataFrameSchema:
    """Schema of one of the frames that validation gives."""
    if table == "answers":
        return answers_schema(study, wave)
    return _SCHEMAS[table](study, _text(_one_of([wave.wave_id])))


def _sources_schema(study: Study, wave_id: pa.Column) -> pa.DataFrameSchema:
    count = pa.Column("int64", checks=pa.Check.ge(0))
    columns = {
        "source_id": _text(), "entry_id": _text(), "wave_id": wave_id, "file_name": _text(),
        "sha256": _text(),
        "platform": _text(), "version": count, "records": count, "accepted": count, "quarantined": count,
        "ignored": count, "loaded_at": _time(nullable=False),
    }  # fmt: skip
    check = pa.Check(_reconciles, name="records_are_accounted_for")
    return pa.DataFrameSchema(columns, checks=[check], unique=["source_id"])


def _submissions_schema(study: Study, wave_id: pa.Column) -> pa.DataFrameSchema:
    columns = {
        "wave_id": wave_id, "respondent_id": _text(), "state": _text(_one_of(["complete", "partial"])),
        "started_at": _time(), "submitted_at": _time(), "language": _text(nullable=True),
        "source_id": _text(),
        "source_row": pa.Column("int64"), "piece": _text(), "is_current": pa.Column("bool"),
    }  # fmt: skip
    return pa.DataFrameSchema(columns)


def _findings_schema(study: Study, wave_id: pa.Column) -> pa.DataFrameSchema:
    columns = {
        "source_id": _text(), "wave_id": wave_id, "level": _text(_one_of(["file", "record", "cell"])),
        "rule": _text(), "source_row": pa.Column("Int64", nullable=True), "column_name": _text(nullable=True),
        "item_id": _text(nullable=True), "reason": _text(), "raw_value": _text(nullable=True),
    }  # fmt: skip
    return pa.DataFrameSchema(columns)


def _memberships_schema(study: Study, wave_id: pa.Column) -> pa.DataFrameSchema:
    columns = {
        "respondent_id": _text(), "group_by": _text(_one_of(list(study.groups))), "group_value": _text(),
        "wave_id": _text(nullable=True),
    }  # fmt: skip
    return pa.DataFrameSchema(columns, unique=["respondent_id", "group_by"])


def _respondents_schema(study: Study, wave_id: pa.Column) -> pa.DataFrameSchema:
    return pa.DataFrameSchema({"respondent_id": _text(), "status": _text()}, unique=["respondent_id"])


def _invitations_schema(study: Study, wave_id: pa.Column) -> pa.DataFrameSchema:
    return pa.DataFrameSchema({"wave_id": wave_id, "respondent_id": _text()}, unique=["respondent_id"])


_SCHEMAS = {
    "sources": _sources_schema,
    "submissions": _submissions_schema,
    "findings": _findings_schema,
    "memberships": _memberships_schema,
    "respondents": _respondents_schema,
    "invitations": _invitations_schema,
}


def _reconciles(frame: pd.DataFrame) -> bool:
    return bool((frame["records"] == frame["accepted"] + frame["quarantined"] + frame["ignored"]).all())
