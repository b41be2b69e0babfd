"""What the sections of a study have to agree on: waves, themes, parents, missing codes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from delphi.study import model as m
from delphi.study.resolving import missing_codes
from delphi.study.sections import Collected, Sections
from delphi.study.tree import Path


def check_items(parts: Sections, items: dict[int, m.Item], waves: Sequence[m.Wave], found: Collected) -> None:
    """Themes, waves, parents and versions of items name things that exist."""
    known_waves = [*[one.id for one in parts.rounds.values()], *[one.id for one in parts.surveys.values()]]
    raw_items = found.tree.data.get("items")
    raw = (
        {str(one.get("id")) for one in raw_items if isinstance(one, dict)}
        if isinstance(raw_items, list)
        else set()
    )
    ids = {item.item_id for item in items.values()} | raw
    for place, item in items.items():
        path: Path = ("items", place) if parts.bank is None else ("items", "file")
        if item.theme is not None and item.theme not in parts.themes:
            found.unknown(_key(path, "theme"), "theme", item.theme, parts.themes)
        for number, wave_id in enumerate(item.waves or ()):
            if wave_id not in known_waves:
                found.unknown(_key(path, "waves", number), "wave", wave_id, known_waves)
        for number, parent in enumerate(item.parents):
            if parent not in ids:
                found.unknown(_key(path, "parents", number), "item", parent, ids)
        for number, version in enumerate(item.versions):
            if version.from_wave not in known_waves:
                found.unknown(_key(path, "versions", number, "from"), "wave", version.from_wave, known_waves)
    _check_parents({item.item_id: item.parents for item in items.values()}, items, parts, found)
    for name, written in parts.instruments.items():
        for page_number, page in enumerate(written.pages or ()):
            here: Path = ("instruments", name, "pages", page_number)
            if page.theme is not None and page.theme not in parts.themes:
                found.unknown((*here, "theme"), "theme", page.theme, parts.themes)
            for number, item_id in enumerate(page.items or ()):
                if item_id not in ids:
                    found.unknown((*here, "items", number), "item", item_id, ids)


def _key(path: Path, *rest: str | int) -> Path:
    return (*path, *rest) if path[-1] != "file" else path


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
            path: Path = ("items", place, "parents") if parts.bank is None else ("items", "file")
            found.add(
                path,
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
        seen: dict[str, str] = {}
        for key, texts in codes.items():
            for text in texts:
                if seen.setdefault(text, key) != key:
                    found.add(
                        (*path, key),
                        f"the raw text {text!r} stands under {seen[text]} already",
                        "List it once.",
                        "listed_twice",
                    )
                for scale in on:
                    if _is_value(text, scale):
                        found.add(
                            (*path, key),
                            f"{text!r} is a value of the scale {scale.scale_id}",
                            "A missing code has to be something nobody can answer.",
                            "missing_is_value",
                        )
                        break


def _is_value(text: str, scale: m.Scale) -> bool:
    if scale.kind in ("ordinal",):
        return text in {category.code for category in scale.categories}
    if scale.kind in ("nominal", "multi", "rank"):
        return scale.kind == "nominal" and text in {category.code for category in scale.categories}
    if scale.kind in ("integer", "number", "interval", "year"):
        try:
            value = float(text)
        except ValueError:
            return False
        inside_low = scale.minimum is None or value >= scale.minimum
        inside_high = scale.maximum is None or value <= scale.maximum
        return inside_low and inside_high and (scale.minimum is not None or scale.maximum is not None)
    return False
