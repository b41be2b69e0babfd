"""What the sections of a study have to agree on: waves, themes, parents, missing codes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from delphi.study import model as m
from delphi.study.resolving import missing_codes
from delphi.study.sections import Collected, Sections, key_of_item
from delphi.study.tree import Path

_NUMBER = re.compile(r"[-+]?[0-9]{1,300}(\.[0-9]+)?")


def check_items(parts: Sections, items: dict[int, m.Item], waves: Sequence[m.Wave], found: Collected) -> None:
    """Themes, waves, parents and versions of items name things that exist."""
    known_waves = [*[one.id for one in parts.rounds.values()], *[one.id for one in parts.surveys.values()]]
    ids = {item.item_id for item in items.values()}
    for place, item in items.items():
        if item.theme is not None and item.theme not in parts.themes:
            found.unknown(key_of_item(parts, place, found, "theme"), "theme", item.theme, parts.themes)
        for number, wave_id in enumerate(item.waves or ()):
            if wave_id not in known_waves:
                found.unknown(key_of_item(parts, place, found, "waves", number), "wave", wave_id, known_waves)
        for number, parent in enumerate(item.parents):
            if parent not in ids:
                found.unknown(key_of_item(parts, place, found, "parents", number), "item", parent, ids)
        for number, version in enumerate(item.versions):
            if version.from_wave not in known_waves:
                found.unknown(
                    key_of_item(parts, place, found, "versions", number, "from"),
                    "wave",
                    version.from_wave,
                    known_waves,
                )
    _check_parents({item.item_id: item.parents for item in items.values()}, items, parts, found)
    for name, written in parts.instruments.items():
        for page_number, page in enumerate(written.pages or ()):
            here: Path = ("instruments", name, "pages", page_number)
            if page.theme is not None and page.theme not in parts.themes:
                found.unknown((*here, "theme"), "theme", page.theme, parts.themes)
            for number, item_id in enumerate(page.items or ()):
                if item_id not in ids:
                    found.unknown((*here, "items", number), "item", item_id, ids)


def _check_parents(
    parents: dict[str, tuple[str, ...]], items: dict[int, m.Item], parts: Sections, found: Collected
) -> None:
    """No item descends from itself."""
    done: set[str] = set()

    def cycle(item_id: str, trail: tuple[str, ...]) -> tuple[str, ...] | None:
        if item_id in trail:
            return (*trail[trail.index(item_id) :], item_id)
        if item_id in done:
            return None
        for parent in parents.get(item_id, ()):
            if (loop := cycle(parent, (*trail, item_id))) is not None:
                return loop
        done.add(item_id)
        return None

    for place, item in items.items():
        if (loop := cycle(item.item_id, ())) is not None:
            found.add(
                key_of_item(parts, place, found, "parents"),
                f"descends from itself: {' from '.join(loop)}",
                "Take one of the parents out.",
                "cyclic_parents",
            )
            return


def check_missing(
    parts: Sections, items: Iterable[m.Item], scales: dict[str, m.Scale], found: Collected
) -> None:
    """A raw text stands once in one place, and no missing code is a value of a scale it applies to."""
    places: list[tuple[Path, m.MissingCodes, list[m.Scale]]] = []
    used = {scale_id for item in items for scale_id in item.dims.values()}
    all_scales = [scales[scale_id] for scale_id in sorted(used)]
    places.append((("missing",), missing_codes(parts.missing), all_scales))
    for scale_id, written in parts.scales.items():
        if scale_id in scales:
            places.append(
                (("scales", scale_id, "missing"), missing_codes(written.missing), [scales[scale_id]])
            )
    for number, item in parts.items.items():
        own = [scales[s] for s in (item.dims or {}).values() if s in scales]
        if isinstance(item.scale, str) and item.scale in scales:
            own.append(scales[item.scale])
        places.append((("items", number, "missing"), missing_codes(item.missing), own))
    for number, source in parts.sources.items():
        places.append((("sources", number, "missing"), missing_codes(source.missing), all_scales))
    for path, codes, on in places:
        seen = dict.fromkeys(_coded(parts, path), "codes")
        for key, texts in codes.items():
            for text in texts:
                if text in seen:
                    found.add(
                        (*path, key),
                        f"the raw text {text!r} stands under {seen[text]} already",
                        "List it once.",
                        "listed_twice",
                    )
                seen.setdefault(text, key)
                for scale in on:
                    if _is_value(text, scale):
                        found.add(
                            (*path, key),
                            f"{text!r} is a value of the scale {scale.scale_id}",
                            "A missing code has to be something nobody can answer.",
                            "missing_is_value",
                        )
                        break


def _coded(parts: Sections, path: Path) -> list[str]:
    """Raw texts to which the source at a path gives a value."""
    if path[0] != "sources":
        return []
    codes = parts.sources[int(path[1])].codes
    return [str(raw) for raw, value in codes.items() if not isinstance(value, dict)]


def _is_value(text: str, scale: m.Scale) -> bool:
    if scale.kind == "nominal":
        return text in {category.code for category in scale.categories}
    if scale.kind in ("ordinal", "integer", "number", "interval", "year"):
        if not _NUMBER.fullmatch(text):
            return False
        value = float(text)
        if scale.kind == "ordinal":
            return value in {category.value for category in scale.categories}
        inside_low = scale.minimum is None or value >= scale.minimum
        inside_high = scale.maximum is None or value <= scale.maximum
        return inside_low and inside_high and (scale.minimum is not None or scale.maximum is not None)
    return False
