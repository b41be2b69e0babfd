"""What the sections of a study have to agree on: waves, themes, parents, missing codes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from delphi.study import model as m
from delphi.study.resolving import missing_codes
from delphi.study.scale_values import is_value
from delphi.study.sections import Collected, Sections, key_of_item
from delphi.study.tree import Path


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
    place_of = {item.item_id: place for place, item in items.items()}
    if (loop := _cycle(parents)) is not None:
        found.add(
            key_of_item(parts, place_of[loop[0]], found, "parents"),
            f"descends from itself: {' from '.join(loop if len(loop) <= 8 else (*loop[:4], '...', *loop[-3:]))}",
            "Take one of the parents out.",
            "cyclic_parents",
        )


def _cycle(parents: Mapping[str, Sequence[str]]) -> tuple[str, ...] | None:
    """The first item, in the order of the file, that descends from itself, with its line of descent.

    Without recursion: a line of descent may be longer than Python's stack.
    """
    done: set[str] = set()
    for start in parents:
        trail: dict[str, None] = {}
        steps = [(start, iter(parents[start]))] if start not in done else []
        trail |= dict.fromkeys(item_id for item_id, _ in steps)
        while steps:
            item_id, rest = steps[-1]
            parent = next(rest, None)
            if parent is None:
                steps.pop()
                del trail[item_id]
                done.add(item_id)
            elif parent in trail:
                line = list(trail)
                return (*line[line.index(parent) :], parent)
            elif parent not in done:
                trail[parent] = None
                steps.append((parent, iter(parents.get(parent, ()))))
    return None


def check_missing(
    parts: Sections, items: Mapping[int, m.Item], scales: Mapping[str, m.Scale], found: Collected
) -> None:
    """A raw text stands once in one place, and no missing code is a value of a scale it applies to."""
    used = sorted({scale_id for item in items.values() for scale_id in item.dims.values()})
    all_scales = [scales[scale_id] for scale_id in used]
    _check_codes(("missing",), missing_codes(parts.missing), all_scales, found)
    for scale_id, written in parts.scales.items():
        if scale_id in scales:
            codes = missing_codes(written.missing)
            _check_codes(("scales", scale_id, "missing"), codes, [scales[scale_id]], found)
    told: set[Path] = set()
    for place, item in items.items():
        own = [scales[scale_id] for scale_id in item.dims.values()]
        path = key_of_item(parts, place, found, "missing")
        if path not in told:
            _check_codes(path, item.missing, own, found)
        told.add(path)
        for scale in own:
            if scale.scale_id not in parts.scales:
                path = key_of_item(parts, place, found, "scale", "missing")
                if path not in told:
                    _check_codes(path, scale.missing, [scale], found)
                told.add(path)
    for number, source in parts.sources.items():
        coded = [str(raw) for raw, value in source.codes.items() if not isinstance(value, dict)]
        codes = missing_codes(source.missing)
        _check_codes(("sources", number, "missing"), codes, all_scales, found, dict.fromkeys(coded, "codes"))


def _check_codes(
    path: Path,
    codes: m.MissingCodes,
    scales: Iterable[m.Scale],
    found: Collected,
    coded: Mapping[str, str] | None = None,
) -> None:
    """Check the missing codes of one place; `coded` are raw texts that have a meaning there already."""
    seen = dict(coded or {})
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
            clash = next((scale for scale in scales if _is_answer(text, scale)), None)
            if clash is not None:
                found.add(
                    (*path, key),
                    f"{text!r} is a value of the scale {clash.scale_id}",
                    "A missing code has to be something nobody can answer.",
                    "missing_is_value",
                )


def _is_answer(text: str, scale: m.Scale) -> bool:
    """Whether an answer may be written so; a scale without bounds leaves room for codes beside its numbers."""
    is_open = scale.kind == "text" or (
        scale.kind in ("integer", "number", "interval", "year")
        and scale.minimum is None
        and scale.maximum is None
    )
    return not is_open and is_value(text, scale)
