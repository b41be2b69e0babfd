"""From written sources and panel register to resolved ones: dialects, patterns, codes and times."""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo

from delphi.study import grammar as g
from delphi.study import model as m
from delphi.study.exactly import raw_text
from delphi.study.ids import check_ids
from delphi.study.resolving import missing_codes, raws, zone_of
from delphi.study.sections import Collected, Sections
from delphi.study.tree import Path

_FIELD = re.compile(r"\{([^{}]*)\}")
NAMED_TIMES = ("iso", "epoch_s", "epoch_ms")


def resolved_sources(
    parts: Sections, waves: list[m.Wave], groups: dict[str, m.Group], scales: dict[str, m.Scale], zone: ZoneInfo | None,
    found: Collected,
) -> list[m.Source]:  # fmt: skip
    """Sources in the order of the file."""
    known = [wave.wave_id for wave in waves]
    sources: list[m.Source] = []
    entries = {place: written.id or f"source_{place + 1}" for place, written in parts.sources.items()}
    check_ids("source", ((("sources", place, "id"), entry) for place, entry in entries.items()), found)
    for place, written in parts.sources.items():
        path: Path = ("sources", place)
        entry = entries[place]
        wanted = [written.for_] if isinstance(written.for_, str) else written.for_
        for number, wave_id in enumerate(wanted):
            if wave_id not in known:
                where = (*path, "for", number) if isinstance(written.for_, list) else (*path, "for")
                found.unknown(where, "wave", wave_id, known)
        _check_layout(written, wanted, path, found)
        _check_times(written, wanted, waves, zone, path, found)
        sources.append(
            m.Source(
                entry_id=entry,
                waves=tuple(wave_id for wave_id in known if wave_id in wanted),
                dialect=dialect_of(written, path, found),
                file=written.file,
                fetch=fetch_of(written),
                layout=written.layout,
                long=_long(written),
                wave_from=_wave_from(written, known, path, found),
                pieces=written.pieces,
                key=written.key,
                key_is_pseudonym=written.key_is_pseudonym,
                groups=_group_columns(written.groups, groups, path, found),
                columns=_column_rules(written, path, found),
                names={str(key): value for key, value in written.names.items()},
                codes={
                    str(key): raw_text(value)
                    for key, value in written.codes.items()
                    if not isinstance(value, dict)
                },
                scale_codes=_scale_codes(written, scales, path, found),
                missing=missing_codes(written.missing),
                rows=_rows(written, (*path, "rows"), found),
                submitted_at=written.submitted_at,
                started_at=written.started_at,
                language=written.language,
                state=_state(written),
                time_format=written.time_format,
                time_zone=written.time_zone,
                ignore=tuple(written.ignore),
            )
        )
    return sources


def fetch_of(written: g.WrittenSource) -> m.Fetch | None:
    """The server of a source, if it declares one."""
    if written.fetch is None:
        return None
    fetch = written.fetch
    return m.Fetch(
        server=fetch.server, url=fetch.url, token_env=fetch.token.env, token_file=fetch.token.file,
        record_id=fetch.record_id or "record_id", fields=tuple(fetch.fields), forms=tuple(fetch.forms),
        events=tuple(fetch.events),
    )  # fmt: skip


def resolved_panel(
    parts: Sections, groups: dict[str, m.Group], zone: ZoneInfo | None, found: Collected
) -> m.Panel:
    """The panel with its register."""
    written, path = parts.panel.register_, ("panel", "register")
    register = None
    if written is not None:
        status = written.status
        if written.time_zone is not None:
            zone_of(written.time_zone, (*path, "time_zone"), found)
        register = m.Register(
            file=written.file,
            dialect=dialect_of(written, path, found),
            key=written.key,
            key_is_pseudonym=written.key_is_pseudonym,
            status=status.column if isinstance(status, g.WrittenCodedColumn) else status,
            status_codes={str(k): v for k, v in status.codes.items()}
            if isinstance(status, g.WrittenCodedColumn)
            else {},
            groups=_group_columns(written.groups, groups, path, found),
            same_as=written.same_as,
            joined_at=written.joined_at,
            left_at=written.left_at,
            time_format=written.time_format,
            time_zone=written.time_zone,
            ignore=tuple(written.ignore),
        )
        if (written.joined_at or written.left_at) and zone is None and written.time_zone is None:
            found.add(
                path,
                "the time zone of joined_at and left_at is not known",
                "Add study.time_zone.",
                "missing_time_zone",
            )
    return m.Panel.model_validate(
        {"register": register, "must_complete_previous_round": parts.panel.rejoin is not None}
    )


def dialect_of(written: g.WrittenSource | g.WrittenRegister, path: Path, found: Collected) -> m.Dialect:
    """How the bytes are read; a platform's keys do not belong to another."""
    if written.platform != "csv":
        for key in ("delimiter", "encoding"):
            if key in written.model_fields_set and getattr(written, key) is not None:
                found.add(
                    (*path, key), f"belongs to csv, not to {written.platform}", "Take it out.", "dialect_keys"
                )
    if written.platform not in ("xlsx", "ods") and written.sheet is not None:
        found.add(
            (*path, "sheet"),
            f"belongs to xlsx and ods, not to {written.platform}",
            "Take it out.",
            "dialect_keys",
        )
    delimiter = {"tab": "\t", "\\t": "\t"}.get(written.delimiter or ",", written.delimiter or ",")
    if len(delimiter) != 1 or delimiter in '"\r\n':
        found.add((*path, "delimiter"), "is one character, or tab", 'Write delimiter: ";".', "wrong_value")
        delimiter = ","
    try:
        "".encode(written.encoding)
    except LookupError:
        found.add(
            (*path, "encoding"),
            f"there is no encoding {written.encoding!r}",
            "Names look like utf-8 or cp1252.",
            "unknown_encoding",
        )
    return m.Dialect(
        platform=written.platform, delimiter=delimiter, decimal=written.decimal, encoding=written.encoding,
        header_rows=written.header_rows, sheet=written.sheet,
    )  # fmt: skip


def _check_layout(written: g.WrittenSource, wanted: list[str], path: Path, found: Collected) -> None:
    if written.layout == "wide" and written.long is not None:
        found.add(
            (*path, "long"), "belongs to layout: long", "Write layout: long, or take it out.", "layout_keys"
        )
    if written.layout == "long" and written.columns:
        found.add(
            (*path, "columns"),
            "belongs to layout: wide; a long file names its columns under `long`",
            "",
            "layout_keys",
        )
    if written.layout == "long" and written.pieces is not None:
        found.add((*path, "pieces"), "belongs to layout: wide", "Take it out.", "layout_keys")
    if written.wave is None and "{wave}" not in written.file and len(wanted) > 1:
        found.add(
            (*path, "file"),
            "one file for several waves, and nothing tells the wave of a record",
            "Put {wave} into the file name, or add wave: {column: ..., codes: {...}}.",
            "wave_not_told",
        )


def _check_times(
    written: g.WrittenSource,
    wanted: list[str],
    waves: list[m.Wave],
    zone: ZoneInfo | None,
    path: Path,
    found: Collected,
) -> None:
    own = zone_of(written.time_zone, (*path, "time_zone"), found) if written.time_zone else None
    named = written.submitted_at or written.started_at
    if named and written.time_format not in NAMED_TIMES and "%" not in written.time_format:
        found.add(
            (*path, "time_format"),
            "is iso, epoch_s, epoch_ms or a pattern with % signs",
            'Write "%Y-%m-%d %H:%M:%S".',
            "wrong_value",
        )
    carries = (
        written.time_format.startswith("epoch") or "%z" in written.time_format or "%s" in written.time_format
    )
    if named and zone is None and own is None and not carries and not written.time_zone:
        found.add(
            (*path, "submitted_at" if written.submitted_at else "started_at"),
            "the time zone of the times is not known",
            "Add study.time_zone or time_zone of the source.",
            "missing_time_zone",
        )
    if written.wave is not None and written.wave.by is not None:
        if written.submitted_at is None:
            found.add(
                (*path, "wave", "by"),
                "needs submitted_at",
                "Name the column: submitted_at: Timestamp.",
                "missing_key",
            )
        undated = [wave.wave_id for wave in waves if wave.wave_id in wanted and wave.opens_at is None]
        if undated:
            found.add(
                (*path, "wave", "by"),
                f"needs open and close of every wave; {', '.join(undated)} has none",
                "",
                "missing_dates",
            )


def _wave_from(written: g.WrittenSource, known: list[str], path: Path, found: Collected) -> m.WaveFrom | None:
    if written.wave is None:
        return None
    if (written.wave.column is None) == (written.wave.by is None):
        found.add(
            (*path, "wave"), "needs either column (with codes) or by: submitted_at", "", "wave_not_told"
        )
    for raw, wave_id in written.wave.codes.items():
        if wave_id not in known:
            found.unknown((*path, "wave", "codes", raw), "wave", wave_id, known)
    codes = {str(raw): wave_id for raw, wave_id in written.wave.codes.items()}
    if written.wave.column is not None and not codes:
        wanted = [written.for_] if isinstance(written.for_, str) else written.for_
        codes = {wave_id: wave_id for wave_id in wanted}
    return m.WaveFrom(column=written.wave.column, codes=codes, by_submitted_at=written.wave.by is not None)


def _long(written: g.WrittenSource) -> m.LongLayout | None:
    if written.layout != "long" or written.long is None:
        return None
    long = written.long
    return m.LongLayout(
        item=_coded(long.item) or m.LongColumn(column="item"),
        value=_coded(long.value),
        dimension=_coded(long.dimension),
        part=_coded(long.part),
        comment=_coded(long.comment),
    )


def _coded(written: str | g.WrittenCodedColumn | None) -> m.LongColumn | None:
    if written is None:
        return None
    if isinstance(written, str):
        return m.LongColumn(column=written)
    return m.LongColumn(column=written.column, codes={str(raw): name for raw, name in written.codes.items()})


def _group_columns(
    written: dict[str, str | g.WrittenGroupColumn], groups: dict[str, m.Group], path: Path, found: Collected
) -> dict[str, m.GroupColumn]:
    resolved = {}
    for group_by, column in written.items():
        here = (*path, "groups", group_by)
        if group_by not in groups:
            found.unknown(here, "group", group_by, groups)
            continue
        if isinstance(column, str):
            resolved[group_by] = m.GroupColumn(column=column)
            continue
        codes = {str(raw): value for raw, value in column.codes.items()}
        for raw, value in column.codes.items():
            if value not in groups[group_by].categories:
                found.unknown((*here, "codes", raw), "category", value, groups[group_by].categories)
        none = column.missing
        texts = (
            tuple(t for value in none.values() for t in raws(value)) if isinstance(none, dict) else raws(none)
        )
        clash = set(texts) & set(codes)
        if clash:
            found.add(
                (*here, "missing"),
                "a raw text stands under codes and under missing",
                "List it once.",
                "listed_twice",
            )
        resolved[group_by] = m.GroupColumn(column=column.column, codes=codes, missing=texts)
    return resolved


def _column_rules(written: g.WrittenSource, path: Path, found: Collected) -> tuple[m.ColumnRule, ...]:
    rules = []
    for header, target in written.columns.items():
        here = (*path, "columns", header)
        is_comment = isinstance(target, g.WrittenComment)
        text = target.comment if isinstance(target, g.WrittenComment) else target
        is_regex = len(header) > 1 and header.startswith("/") and header.endswith("/")
        pattern = header[1:-1] if is_regex else header
        if is_regex:
            try:
                names = set(re.compile(pattern).groupindex)
            except re.error as error:
                found.add(here, f"no regular expression: {error}", "", "bad_pattern")
                continue
            for name in _FIELD.findall(text):
                if name not in names:
                    found.add(
                        here,
                        f"{{{name}}} is no named group of the pattern",
                        f"Write (?P<{name}>...) in it.",
                        "bad_pattern",
                    )
        pieces = text.split(".")
        if len(pieces) > 3 or not pieces[0]:
            found.add(here, f"{text!r} is not item, item.dimension or item.dimension.part", "", "wrong_value")
            continue
        item, dimension, part = [*pieces, "", ""][:3]
        rules.append(
            m.ColumnRule(
                pattern=pattern, is_regex=is_regex,
                target=m.ColumnTarget(item=item, dimension=dimension, part=part, is_comment=is_comment),
            )
        )  # fmt: skip
    return tuple(rules)


def _scale_codes(
    written: g.WrittenSource, scales: dict[str, m.Scale], path: Path, found: Collected
) -> dict[str, dict[str, str]]:
    nested = {}
    for scale_id, codes in written.codes.items():
        if isinstance(codes, dict):
            if scale_id not in scales:
                found.unknown((*path, "codes", scale_id), "scale", str(scale_id), scales)
                continue
            nested[str(scale_id)] = {str(raw): raw_text(value) for raw, value in codes.items()}
    return nested


def _rows(written: g.WrittenSource, path: Path, found: Collected) -> tuple[m.RowFilter, ...]:
    if written.rows is None:
        return ()
    filters = written.rows.all if isinstance(written.rows, g.WrittenRowFilters) else [written.rows]
    if any(one.model_fields_set == {"column"} for one in filters):
        found.add(path, "a filter needs equals, after or before", "", "missing_key")
    return tuple(
        m.RowFilter(
            column=one.column,
            equals=raws(one.equals) if "equals" in one.model_fields_set else None,
            after=None if one.after is None else str(one.after),
            before=None if one.before is None else str(one.before),
        )
        for one in filters
    )


def _state(written: g.WrittenSource) -> m.StateColumn | None:
    if written.state is None:
        return None
    return m.StateColumn(
        column=written.state.column,
        complete=raws(written.state.complete),
        partial=raws(written.state.partial),
    )
