"""From what is written to the resolved study: defaults filled in, items and waves matched, presets spelled out."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import partial
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from delphi.study import grammar as g
from delphi.study import model as m
from delphi.study.exactly import fraction, instant, raw_text, span
from delphi.study.presets import IMPLICIT_BANDS
from delphi.study.sections import Collected, Sections, key_of_item
from delphi.study.tree import Path

POINT_LIMIT = 101


def texts_of(text: g.Texts | None) -> dict[str, str]:
    """Language → wording; the empty text is the language of a study without languages."""
    if text is None:
        return {}
    return {"": text} if isinstance(text, str) else dict(text)


def label_of(text: g.Texts | None, default: str) -> str:
    """One label, the first language's where there are several."""
    return next(iter(texts_of(text).values()), default)


def missing_codes(written: g.Missing) -> m.MissingCodes:
    """Non-answer → raw texts."""
    return {key: raws(value) for key, value in written.items()}


def raws(value: g.Raws) -> tuple[str, ...]:
    """One raw code or several as texts."""
    return tuple(raw_text(one) for one in value) if isinstance(value, list) else (raw_text(value),)


def zone_of(name: str | None, path: Path, found: Collected) -> ZoneInfo | None:
    """A time zone by its name."""
    if name is None:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        found.add(
            path,
            f"there is no time zone {name!r}",
            "Names look like Europe/Amsterdam or UTC.",
            "unknown_time_zone",
        )
        return None


def resolved_scale(scale_id: str, written: g.WrittenScale, path: Path, found: Collected) -> m.Scale | None:
    """A scale with its categories and bands."""
    before = len(found.problems)
    categories = (
        _points(written, path, found) if written.type == "ordinal" else _choices(written, path, found)
    )
    bands = _bands(written, categories, path, found)
    _ranges(written, path, found)
    if len(found.problems) > before:
        return None
    named = {c.value: band.name for band in bands for c in categories if band.low <= c.value <= band.high}
    return m.Scale(
        scale_id=scale_id,
        kind=written.type,
        minimum=written.min,
        maximum=written.max,
        bands=bands,
        categories=tuple(c.model_copy(update={"band": named.get(c.value)}) for c in categories),
        units=written.units,
        offers_no_opinion=written.no_opinion,
        choose=m.Choose(**written.choose.model_dump()) if written.choose else None,
        ties=written.ties,
        partial=written.partial,
        missing=missing_codes(written.missing),
    )


def _points(written: g.WrittenScale, path: Path, found: Collected) -> tuple[m.Category, ...]:
    low, high = written.min, written.max
    if not isinstance(low, int) or not isinstance(high, int):
        found.add(
            path,
            "an ordinal scale needs min and max, both whole numbers",
            "Write min: 1, max: 9.",
            "scale_range",
        )
        return ()
    if not low < high or high - low >= POINT_LIMIT:
        found.add(
            (*path, "max"), f"max has to be above min, with at most {POINT_LIMIT} points", "", "scale_range"
        )
        return ()
    for value in written.labels:
        if not low <= value <= high:
            found.add(
                (*path, "labels", value),
                "the label is for a value that is not on the scale",
                f"The scale goes from {low} to {high}.",
                "label_off_scale",
            )
    return tuple(
        m.Category(value=value, code=str(value), label=label_of(written.labels.get(value), str(value)))
        for value in range(low, high + 1)
    )


def _choices(written: g.WrittenScale, path: Path, found: Collected) -> tuple[m.Category, ...]:
    if written.type not in ("nominal", "multi", "rank"):
        if written.choices is not None:
            found.add((*path, "choices"), f"a scale of type {written.type} has no choices", "", "scale_keys")
        return ()
    if not written.choices:
        found.add(
            path,
            f"a scale of type {written.type} needs choices",
            "Write choices: {a: First, b: Second}.",
            "missing_key",
        )
        return ()
    choices = (
        written.choices
        if isinstance(written.choices, dict)
        else {choice: str(choice) for choice in written.choices}
    )
    if isinstance(written.choices, list) and len(choices) < len(written.choices):
        found.add((*path, "choices"), "a choice stands twice", "", "duplicate_id")
    whole = written.type == "nominal" and all(isinstance(choice, int) for choice in choices)
    folded: dict[str, str] = {}
    for choice in choices:
        name = str(choice)
        if folded.setdefault(name.casefold(), name) != name:
            found.add(
                (*path, "choices", choice),
                f"differs from {folded[name.casefold()]!r} by case only",
                "",
                "duplicate_id",
            )
    return tuple(
        m.Category(value=int(choice) if whole else place, code=str(choice), label=label_of(text, str(choice)))
        for place, (choice, text) in enumerate(choices.items(), start=1)
    )


def _bands(
    written: g.WrittenScale, categories: tuple[m.Category, ...], path: Path, found: Collected
) -> tuple[m.Band, ...]:
    if written.bands and written.type != "ordinal":
        found.add((*path, "bands"), f"a scale of type {written.type} has no bands", "", "scale_keys")
        return ()
    if not written.bands:
        implicit = IMPLICIT_BANDS.get(len(categories), ()) if written.type == "ordinal" else ()
        first = categories[0].value - 1 if categories else 0
        return tuple(m.Band(name=name, low=first + low, high=first + high) for name, low, high in implicit)
    previous: tuple[str, float] | None = None
    for name, (low, high) in written.bands.items():
        here = (*path, "bands", name)
        if low > high:
            found.add(here, f"begins at {low} and ends at {high}", "Write the lower end first.", "band_order")
        if (
            written.min is not None
            and written.max is not None
            and not written.min <= low <= high <= written.max
            and low <= high
        ):
            found.add(
                here,
                f"[{low}, {high}] is not on the scale",
                f"The scale goes from {written.min} to {written.max}.",
                "band_off_scale",
            )
        if previous and low <= previous[1]:
            found.add(
                here,
                f"overlaps or stands before the band {previous[0]!r}, which ends at {previous[1]}",
                "Bands go upwards and share no point.",
                "overlapping_bands",
            )
        previous = (name, max(high, previous[1]) if previous else high)
    return tuple(m.Band(name=name, low=low, high=high) for name, (low, high) in written.bands.items())


def _check_choose(choose: g.WrittenChoose, options: int, path: Path, found: Collected) -> None:
    low, high = choose.at_least, choose.at_most
    if choose.exactly is not None and (low is not None or high is not None):
        found.add(path, "exactly leaves no room for at_least and at_most", "Keep one of them.", "wrong_value")
    for key, wanted in (("exactly", choose.exactly), ("at_least", low), ("at_most", high)):
        if wanted is not None and options and wanted > options:
            found.add(
                (*path, key),
                f"{wanted} of {options} choices",
                "Choose no more than there are.",
                "wrong_value",
            )
    if low is not None and high is not None and low > high:
        found.add((*path, "at_most"), "at_most is below at_least", "", "wrong_value")


def _ranges(written: g.WrittenScale, path: Path, found: Collected) -> None:
    if written.choose is not None:
        _check_choose(written.choose, len(written.choices or ()), (*path, "choose"), found)
    only = {"choose": ("multi",), "ties": ("rank",), "partial": ("rank",), "labels": ("ordinal",)}
    for key, kinds in only.items():
        if key in written.model_fields_set and written.type not in kinds:
            found.add(
                (*path, key), f"belongs to scales of type {kinds[0]}, not {written.type}", "", "scale_keys"
            )
    if (
        written.type in ("number", "integer", "interval", "year")
        and written.min is not None
        and written.max is not None
        and written.min > written.max
    ):
        found.add((*path, "max"), "max is below min", "", "scale_range")
    if written.type in ("nominal", "multi", "rank", "text"):
        for key in ("min", "max"):
            if getattr(written, key) is not None:
                found.add((*path, key), f"a scale of type {written.type} has no {key}", "", "scale_keys")


def resolved_items(
    parts: Sections, rows: dict[int, g.WrittenItem], scales: dict[str, m.Scale],
    found: Collected,
) -> dict[int, m.Item]:  # fmt: skip
    """Items by their place in the file or row in the bank; scales written in place are added to `scales`."""
    items: dict[int, m.Item] = {}
    known = set(scales)
    for place, written in rows.items():
        item = _merged(written, parts.defaults)
        if item.scale is not None and item.dims is not None:
            found.add(
                key_of_item(parts, place, found, "scale"),
                f"item {written.id!r} has both scale and dims",
                "Keep one of the two.",
                "scale_and_dims",
            )
        dims = _dims(written, item, partial(key_of_item, parts, place, found), scales, known, found)
        versions = tuple(
            m.Version(from_wave=one.from_, texts=texts_of(one.text), equivalent=one.equivalent)
            for one in item.versions or ()
        )
        items[place] = m.Item(
            item_id=written.id,
            theme=item.theme,
            kind=item.kind or "rating",
            texts=texts_of(item.text),
            dims=dims,
            waves=tuple(item.waves) if item.waves is not None else None,
            parents=tuple(item.parents or ()),
            missing=missing_codes(item.missing),
            versions=versions,
        )
    return items


def _merged(written: g.WrittenItem, defaults: g.ItemKeys) -> g.ItemKeys:
    """An item with the defaults it does not set; its own scale or dims replace either of the defaults."""
    own = {name: getattr(written, name) for name in written.model_fields_set if name != "id"}
    base = {name: getattr(defaults, name) for name in defaults.model_fields_set}
    if "scale" in own or "dims" in own:
        base.pop("scale", None)
        base.pop("dims", None)
    return g.ItemKeys.model_construct(_fields_set=set(own) | set(base), **(_BLANK | base | own))


_BLANK: dict[str, Any] = {
    "theme": None, "kind": None, "text": None, "dims": None, "scale": None, "waves": None, "parents": None,
    "missing": {}, "versions": None,
}  # fmt: skip


def _dims(
    written: g.WrittenItem,
    item: g.ItemKeys,
    key: Callable[..., Path],
    scales: dict[str, m.Scale],
    known: set[str],
    found: Collected,
) -> dict[str, str]:
    """Dimension → scale; of scales that could not be read nothing is left."""
    if item.dims is None and item.scale is None:
        found.add(
            key(),
            f"item {written.id!r} has neither scale nor dims",
            "Write scale: imp9, or dims: {importance: imp9}; item_defaults can hold it.",
            "missing_key",
        )
        return {}
    if isinstance(item.scale, g.WrittenScale):
        own = f"{written.id}_scale"
        scale = resolved_scale(own, item.scale, key("scale"), found)
        if own in known:
            found.add(
                key("scale"),
                f"would be the scale {own!r}, which stands under scales already",
                "Name it there.",
                "duplicate_id",
            )
        if scale is None or own in known:
            return {}
        scales[own] = scale
        return {"rating": own}
    wanted = item.dims if item.dims is not None else {"rating": str(item.scale)}
    for dimension, scale_id in wanted.items():
        if scale_id not in known:
            where = key("dims", dimension) if item.dims is not None else key("scale")
            found.unknown(where, "scale", scale_id, known)
    return {dimension: scale_id for dimension, scale_id in wanted.items() if scale_id in scales}


def resolved_waves(
    parts: Sections, items: dict[int, m.Item], zone: ZoneInfo | None, found: Collected
) -> list[m.Wave]:
    """Rounds and survey parts in the order of time, each with the items it asks."""
    waves: list[m.Wave] = []
    both: list[tuple[Path, g.WrittenRound | g.WrittenSurvey]] = [
        *((("rounds", place), one) for place, one in parts.rounds.items()),
        *((("surveys", place), one) for place, one in parts.surveys.items()),
    ]
    for path, written in both:
        opens = _moment(written.open, zone, False, (*path, "open"), found)
        closes = _moment(written.close, zone, True, (*path, "close"), found)
        grace = None
        if written.grace is not None:
            try:
                grace = span(written.grace)
            except ValueError as error:
                found.add((*path, "grace"), str(error), "", "wrong_value")
            if written.close is None:
                found.add(
                    (*path, "grace"),
                    "grace follows close, and there is no close",
                    "Add close.",
                    "grace_without_close",
                )
        if opens and closes and closes < opens:
            found.add((*path, "close"), "the wave closes before it opens", "", "dates_in_wrong_order")
        is_round = isinstance(written, g.WrittenRound)
        waves.append(
            m.Wave(
                wave_id=written.id,
                kind="round" if is_round else "survey",
                round_kind=written.kind if isinstance(written, g.WrittenRound) else None,
                sequence=len(waves) + 1,
                aim=written.aim,
                instrument=written.instrument,
                opens_at=opens,
                closes_at=closes,
                grace_until=closes + grace if closes and grace else None,
                item_ids=_asked(written, path, parts, items, found),
                described={} if is_round else _described(written),
            )
        )
    dated = [
        wave for wave in waves if wave.opens_at and (wave.closes_at or wave.opens_at) and wave.kind == "round"
    ]
    for earlier, later in pairwise(dated):
        if later.opens_at and earlier.opens_at and later.opens_at < earlier.opens_at:
            place = next(path for path, one in both if one.id == later.wave_id)
            found.add(
                (*place, "open"),
                f"opens before the round {earlier.wave_id!r}, which stands before it",
                "Rounds stand in the order of time.",
                "dates_in_wrong_order",
            )
    if parts.surveys:
        waves = _by_time(waves)
    return waves


def _by_time(waves: list[m.Wave]) -> list[m.Wave]:
    """Survey parts between the rounds by their opening, where every wave has one; else rounds first."""
    if all(wave.opens_at for wave in waves):
        waves = sorted(waves, key=lambda wave: (wave.opens_at, wave.sequence))  # type: ignore[arg-type,return-value]
    return [wave.model_copy(update={"sequence": place}) for place, wave in enumerate(waves, start=1)]


def _moment(value: str | None, zone: ZoneInfo | None, is_end: bool, path: Path, found: Collected) -> Any:
    if value is None:
        return None
    try:
        return instant(value, zone, is_end)
    except ValueError as error:
        found.add(path, str(error), "", "wrong_time" if "zone" not in str(error) else "missing_time_zone")
        return None


def _described(written: g.WrittenRound | g.WrittenSurvey) -> dict[str, str]:
    keys = ("population", "frame", "sampling", "access", "unit", "voluntary")
    values = {key: getattr(written, key) for key in keys}
    return {
        key: ("yes" if value else "no") if isinstance(value, bool) else str(value)
        for key, value in values.items()
        if value is not None
    }


def _asked(
    written: g.WaveKeys, path: Path, parts: Sections, items: dict[int, m.Item], found: Collected
) -> tuple[str, ...]:
    if written.instrument is None:
        if "instrument" in written.model_fields_set:
            return ()
        wanted = list(items.values())
    elif written.instrument not in parts.instruments:
        found.unknown((*path, "instrument"), "instrument", written.instrument, parts.instruments)
        return ()
    else:
        wanted = _of_instrument(parts.instruments[written.instrument], items)
    return tuple(item.item_id for item in wanted if item.waves is None or written.id in item.waves)


def _of_instrument(instrument: g.WrittenInstrument, items: dict[int, m.Item]) -> list[m.Item]:
    if instrument.pages is None:
        chosen = list(items.values())
    else:
        chosen = []
        for page in instrument.pages:
            for item in items.values():
                named = item.item_id in page.items if page.items is not None else page.theme == item.theme
                if named and (page.theme is None or page.theme == item.theme) and item not in chosen:
                    chosen.append(item)
        chosen = [item for item in items.values() if item in chosen]
    return [item for item in chosen if item.kind not in instrument.exclude_kinds]


def exact(value: g.Share, path: Path, found: Collected, at_most_one: bool = False) -> Fraction:
    """A share or number as a fraction; a problem where it is none."""
    try:
        result = fraction(value)
    except ValueError as error:
        found.add(path, str(error), "", "wrong_value")
        return Fraction(0)
    if at_most_one and not 0 <= result <= 1:
        found.add(
            path,
            f"a share lies between 0 and 1 (0 % and 100 %), this is {value}",
            'Write "70%" or 0.7.',
            "share_out_of_range",
        )
    return result
