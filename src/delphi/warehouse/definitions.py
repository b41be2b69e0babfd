"""The study's own tables: waves, items, scales and groups of the study file as data to join with."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from delphi.study.model import Item, Study, Wave
from delphi.warehouse.tables import SCHEMA_VERSION, columns_of

if TYPE_CHECKING:
    import pandas as pd


def study_frames(study: Study, states: Mapping[str, str]) -> dict[str, pd.DataFrame]:
    """Rows of `study`, `waves`, `items`, `wordings`, `asked`, `scales`, `categories` and `groups`.

    Parameters
    ----------
    study : the resolved study
    states : state of each wave, derived from what has arrived and never from the clock; a wave without one
    is awaited

    Returns
    -------
    dict
        Table → its rows.
    """
    import pandas as pd

    rows: dict[str, Iterator[dict[str, Any]]] = {
        "study": _study(study),
        "waves": _waves(study, states),
        "items": _items(study),
        "wordings": _wordings(study),
        "asked": _asked(study),
        "scales": _scales(study),
        "categories": _categories(study),
        "groups": _groups(study),
    }
    return {
        table: pd.DataFrame(list(found), columns=list(columns_of(table))) for table, found in rows.items()
    }


def wording_in_force(study: Study, item: Item, wave: Wave) -> int:
    """Number of an item's wording in a wave, 0 for the first; an equivalent rewording keeps the number."""
    number = 0
    for place, version in enumerate(_versions(study, item), start=1):
        if study.wave(version.from_wave).sequence <= wave.sequence and not version.equivalent:
            number = place
    return number


def _versions(study: Study, item: Item) -> Sequence[Any]:
    return sorted(item.versions, key=lambda version: study.wave(version.from_wave).sequence)


def _study(study: Study) -> Iterator[dict[str, Any]]:
    about = json.dumps(study.about, sort_keys=True, ensure_ascii=False, default=str) if study.about else None
    yield {
        "study_id": study.study_id, "title": study.title, "study_file_sha256": study.study_file_sha256,
        "schema_version": SCHEMA_VERSION, "time_zone": study.time_zone,
        "small_cells_min_n": study.privacy.small_cells_min_n, "quantile_type": study.rules.quantile_type,
        "about": about,
    }  # fmt: skip


def _waves(study: Study, states: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    for wave in study.waves:
        yield {
            "wave_id": wave.wave_id,
            "kind": wave.kind,
            "round_kind": wave.round_kind,
            "sequence": wave.sequence,
            "opens_at": wave.opens_at,
            "closes_at": wave.closes_at,
            "grace_until": wave.grace_until,
            "state": states.get(wave.wave_id, "awaited"),
            "aim": wave.aim,
        }


def _items(study: Study) -> Iterator[dict[str, Any]]:
    for sequence, item in enumerate(study.items, start=1):
        for place, (dimension, scale_id) in enumerate(item.dims.items(), start=1):
            yield {
                "item_id": item.item_id, "dimension": dimension, "theme": item.theme, "kind": item.kind,
                "scale_id": scale_id, "text": _first_text(study, item), "sequence": sequence,
                "dimension_sequence": place, "parents": " ".join(item.parents) or None,
            }  # fmt: skip


def _first_text(study: Study, item: Item) -> str | None:
    for language in (*study.languages, "", *item.texts):
        if language in item.texts:
            return item.texts[language]
    return None


def _wordings(study: Study) -> Iterator[dict[str, Any]]:
    first = study.waves[0].wave_id if study.waves else ""
    for item in study.items:
        versions = [(first, item.texts, True)]
        versions += [
            (version.from_wave, version.texts, version.equivalent) for version in _versions(study, item)
        ]
        for from_wave, texts, is_equivalent in versions:
            for language, text in texts.items():
                yield {
                    "item_id": item.item_id, "from_wave_id": from_wave, "language": language, "text": text,
                    "is_equivalent": is_equivalent,
                }  # fmt: skip


def _asked(study: Study) -> Iterator[dict[str, Any]]:
    items = {item.item_id: item for item in study.items}
    for wave in study.waves:
        for item_id in wave.item_ids:
            item = items[item_id]
            wording = wording_in_force(study, item, wave)
            for dimension in item.dims:
                yield {
                    "wave_id": wave.wave_id,
                    "item_id": item_id,
                    "dimension": dimension,
                    "wording": wording,
                }


def _scales(study: Study) -> Iterator[dict[str, Any]]:
    for scale in study.scales.values():
        yield {
            "scale_id": scale.scale_id,
            "kind": scale.kind,
            "minimum": scale.minimum,
            "maximum": scale.maximum,
            "units": scale.units,
            "has_no_opinion": scale.offers_no_opinion,
        }


def _categories(study: Study) -> Iterator[dict[str, Any]]:
    for scale in study.scales.values():
        for sequence, category in enumerate(scale.categories, start=1):
            yield {
                "scale_id": scale.scale_id,
                "value": category.value,
                "code": category.code,
                "label": category.label,
                "band": category.band,
                "sequence": sequence,
            }


def _groups(study: Study) -> Iterator[dict[str, Any]]:
    sequence = 0
    for group in study.groups.values():
        for group_value, label in group.categories.items():
            sequence += 1
            yield {
                "group_by": group.group_by,
                "group_value": group_value,
                "label": label,
                "sequence": sequence,
            }
