"""What a source or the register says has to be possible: files, targets, codes and filters name things that exist."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from pathlib import PurePosixPath, PureWindowsPath

from delphi.study import grammar as g
from delphi.study import model as m
from delphi.study.exactly import raw_text
from delphi.study.fetch_checks import check_fetches
from delphi.study.scale_values import is_value
from delphi.study.sections import Collected, Sections, suggestion
from delphi.study.tree import Path

STATUSES = (
    "identified", "invited", "bounced", "declined", "no_answer", "accepted", "withdrawn", "replaced",
)  # fmt: skip
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?\Z")
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:/")
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


def check_sources(
    parts: Sections, items: Iterable[m.Item], scales: Mapping[str, m.Scale], waves: Sequence[m.Wave],
    found: Collected,
) -> None:  # fmt: skip
    """Every source on its own, after all sections were read."""
    shapes = {item.item_id: item.dims for item in items}
    are_items_whole = not found.is_wrong("items", "item_defaults", "scales")
    for place, written in parts.sources.items():
        path: Path = ("sources", place)
        _check_file(written.file, "{wave}", (*path, "file"), found)
        _check_waves(written, waves, path, found)
        _check_targets(written, shapes, scales, path, found)
        _check_headers(written, path, found)
        if are_items_whole:
            _check_long(written, shapes, scales, path, found)
            _check_codes(written, shapes, scales, path, found)
        _check_rows(written, path, found)
        _check_ignored(written, path, found)
    check_fetches(parts, found)
    if parts.panel.register_ is not None:
        _check_register(parts.panel.register_, found)


def _check_file(file: str, placeholder: str, path: Path, found: Collected) -> None:
    pieces = (*PurePosixPath(file).parts, *PureWindowsPath(file).parts)
    if _ADDRESS.match(file):
        found.add(
            path,
            "an address, and not a file of the study folder: a run fetches nothing",
            "Download the export into the study folder and name it here, or name its server under `fetch`.",
            "file_outside",
        )
    elif PurePosixPath(file).is_absolute() or PureWindowsPath(file).anchor or ".." in pieces:
        found.add(
            path,
            "the file has to lie in the study folder",
            "Name it relative to the study file, without `..`.",
            "file_outside",
        )
    for name in _PLACEHOLDER.findall(file):
        if f"{{{name}}}" != placeholder:
            found.add(
                path,
                f"{{{name}}} stands for nothing here",
                f"{placeholder} stands for the wave id." if placeholder else "Write the file's name out.",
                "unknown_placeholder",
            )


def _check_waves(written: g.WrittenSource, waves: Sequence[m.Wave], path: Path, found: Collected) -> None:
    wanted = written.for_ if isinstance(written.for_, list) else [written.for_]
    for number, wave_id in enumerate(wanted):
        if wave_id in wanted[:number]:
            found.add(
                (*path, "for", number), f"the wave {wave_id!r} stands twice", "List it once.", "listed_twice"
            )
    if written.wave is None or written.wave.by is None:
        return
    open_at = sorted(
        (wave.opens_at, wave) for wave in waves if wave.wave_id in wanted and wave.opens_at is not None
    )
    for (_, earlier), (opens_at, later) in pairwise(_by_opening(open_at)):
        if earlier.closes_at is None or earlier.closes_at >= opens_at:
            found.add(
                (*path, "wave", "by"),
                f"the submission time cannot tell {earlier.wave_id!r} from {later.wave_id!r}: both are open at once",
                "Let a wave close before the next opens, or name a column: wave: {column: ..., codes: {...}}.",
                "waves_overlap",
            )


def _by_opening(open_at: list[tuple[datetime, m.Wave]]) -> list[tuple[datetime, m.Wave]]:
    return sorted(open_at, key=lambda one: (one[0], one[1].sequence))


def _check_targets(
    written: g.WrittenSource,
    shapes: Mapping[str, Mapping[str, str]],
    scales: Mapping[str, m.Scale],
    path: Path,
    found: Collected,
) -> None:
    """Targets of `columns` without a `{name}`: whether there is such an item, dimension and part."""
    for header, target in written.columns.items():
        here = (*path, "columns", header)
        is_comment = isinstance(target, g.WrittenComment)
        text = target.comment if isinstance(target, g.WrittenComment) else target
        pieces = text.split(".")
        if not pieces[0] or "{" in text or len(pieces) > 3:
            continue  # said where the columns are resolved, or known only when a header is read
        item_id, dimension, part = [*pieces, "", ""][:3]
        dims = shapes.get(item_id)
        if dims is None:
            found.unknown(here, "item", item_id, shapes)
            continue
        if dimension and dimension not in dims:
            found.unknown(here, "dimension", dimension, dims)
            continue
        if is_comment:
            continue
        if not dimension and len(dims) > 1:
            found.add(
                here,
                f"item {item_id!r} has several dimensions, and none is named",
                f"Write {item_id}.{next(iter(dims))}, or another of {', '.join(dims)}.",
                "dimension_not_named",
            )
            continue
        scale = scales.get(dims[dimension or next(iter(dims))])
        if scale is None or part in scale.parts:
            continue
        if scale.parts == ("",):
            found.add(
                here,
                f"item {item_id!r} has no parts here, this names {part!r}",
                "Leave it out.",
                "unknown_part",
            )
        elif part:
            found.unknown(here, "part", part, scale.parts)
        else:
            found.add(
                here,
                f"item {item_id!r} is answered in parts, and none is named",
                f"Write {item_id}.{dimension}.{scale.parts[0]}, or another of {', '.join(scale.parts)}.",
                "part_not_named",
            )


def _check_headers(written: g.WrittenSource, path: Path, found: Collected) -> None:
    """No header that is written out is also caught by a pattern."""
    patterns = []
    for header in written.columns:
        if len(header) > 1 and header.startswith("/") and header.endswith("/"):
            try:
                patterns.append((header, re.compile(header[1:-1])))
            except re.error:
                continue
    plain = [header for header in written.columns if header not in dict(patterns)]
    for header in plain:
        for shown, pattern in patterns:
            if pattern.fullmatch(header):
                found.add(
                    (*path, "columns", header),
                    f"the pattern {shown} catches this header too",
                    "Every header has one entry.",
                    "two_entries",
                )


def _check_long(
    written: g.WrittenSource,
    shapes: Mapping[str, Mapping[str, str]],
    scales: Mapping[str, m.Scale],
    path: Path,
    found: Collected,
) -> None:
    if written.long is None:
        return
    dims = {dimension for one in shapes.values() for dimension in one}
    used = {scale_id for one in shapes.values() for scale_id in one.values()}
    pieces = {part for scale_id in used if scale_id in scales for part in scales[scale_id].parts}
    known: tuple[tuple[str, Iterable[str]], ...] = (("item", shapes), ("dimension", dims), ("part", pieces))
    for what, names in known:
        column = getattr(written.long, what)
        if not isinstance(column, g.WrittenCodedColumn):
            continue
        for raw, name in column.codes.items():
            if name and name not in names:
                found.unknown((*path, "long", what, "codes", raw), what, name, names)


def _check_codes(
    written: g.WrittenSource,
    shapes: Mapping[str, Mapping[str, str]],
    scales: Mapping[str, m.Scale],
    path: Path,
    found: Collected,
) -> None:
    """Codes lead to values of a scale."""
    used = [scales[s] for s in sorted({s for one in shapes.values() for s in one.values()}) if s in scales]
    for raw, value in written.codes.items():
        here: Path = (*path, "codes", raw)
        if not isinstance(value, dict):
            if used and not any(is_value(raw_text(value), scale) for scale in used):
                found.add(here, "leads to no value of any scale in use", "", "code_off_scale")
            continue
        scale = scales.get(str(raw))
        for text, inner in value.items():
            if scale is not None and not is_value(raw_text(inner), scale):
                found.add(
                    (*here, text), f"leads to no value of the scale {scale.scale_id}", "", "code_off_scale"
                )


def _check_rows(written: g.WrittenSource, path: Path, found: Collected) -> None:
    if written.rows is None:
        return
    filters = (
        [((*path, "rows", "all", number), one) for number, one in enumerate(written.rows.all)]
        if isinstance(written.rows, g.WrittenRowFilters)
        else [((*path, "rows"), written.rows)]
    )
    if not filters:
        found.add((*path, "rows", "all"), "expected at least one element", "", "wrong_value")
    for here, one in filters:
        for key in ("after", "before"):
            bound = getattr(one, key)
            if bound is not None and not _is_bound(str(bound)):
                found.add(
                    (*here, key), f"{bound!r} is neither a time (2026-03-27) nor a number", "", "wrong_value"
                )


def _is_bound(text: str) -> bool:
    if _NUMBER.match(text):
        return True
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _check_ignored(written: g.WrittenSource, path: Path, found: Collected) -> None:
    """A column that the source uses is not listed under `ignore`."""
    used = {
        written.key: "key", written.pieces: "pieces", written.submitted_at: "submitted_at",
        written.started_at: "started_at", written.language: "language",
    } | dict.fromkeys(written.columns, "columns")  # fmt: skip
    if written.state is not None:
        used[written.state.column] = "state"
    if written.wave is not None:
        used[written.wave.column] = "wave"
    for group_by, column in written.groups.items():
        used[column if isinstance(column, str) else column.column] = f"groups.{group_by}"
    for number, name in enumerate(written.ignore):
        if name in used:
            found.add(
                (*path, "ignore", number),
                f"the column is used under {used[name]}",
                "Take it out of one of the two.",
                "ignored_and_used",
            )


def _check_register(written: g.WrittenRegister, found: Collected) -> None:
    path: Path = ("panel", "register")
    _check_file(written.file, "", (*path, "file"), found)
    if isinstance(written.status, g.WrittenCodedColumn):
        for raw, status in written.status.codes.items():
            if status not in STATUSES:
                found.add(
                    (*path, "status", "codes", raw),
                    f"there is no status {status!r}",
                    suggestion(status, STATUSES) or f"Known: {', '.join(STATUSES)}.",
                    "unknown_status",
                )
