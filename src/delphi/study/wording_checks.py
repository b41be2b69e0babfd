"""Wordings in the study's languages, versions in the order of the waves, rounds in the order of time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from delphi.study import model as m
from delphi.study.sections import Collected, Sections, key_of_item, suggestion
from delphi.study.tree import Path


def check_wordings(
    parts: Sections, items: Mapping[int, m.Item], waves: Sequence[m.Wave], found: Collected
) -> None:
    """Texts stand in declared languages; later versions come from later waves."""
    languages = tuple(parts.study.languages) if parts.study is not None else ()
    for number, language in enumerate(languages):
        if language in languages[:number]:
            found.add(
                ("study", "languages", number),
                f"the language {language!r} stands twice",
                "List it once.",
                "listed_twice",
            )
    order = {wave.wave_id: wave.sequence for wave in waves}
    for place, item in items.items():
        _check_languages(item.texts, languages, key_of_item(parts, place, found, "text"), found)
        for number, version in enumerate(item.versions):
            here = key_of_item(parts, place, found, "versions", number)
            _check_languages(version.texts, languages, (*here, "text"), found)
            earlier = item.versions[number - 1] if number else None
            if earlier is None or not {earlier.from_wave, version.from_wave} <= set(order):
                continue
            if order[version.from_wave] <= order[earlier.from_wave]:
                found.add(
                    (*here, "from"),
                    f"the version of {earlier.from_wave!r} stands before it",
                    "Versions stand in the order of their waves, one for each.",
                    "versions_in_wrong_order",
                )


def _check_languages(
    texts: Mapping[str, str], languages: Sequence[str], path: Path, found: Collected
) -> None:
    for language in texts:
        if language and languages and language not in languages:
            found.add(
                (*path, language),
                f"the study has no language {language!r}",
                suggestion(language, languages) or f"study.languages names {', '.join(languages)}.",
                "unknown_language",
            )


def check_rounds(parts: Sections, waves: Sequence[m.Wave], found: Collected) -> None:
    """A round does not close before the one before it; rounds that are open at once are a warning."""
    places = {one.id: place for place, one in parts.rounds.items()}
    rounds = [wave for wave in waves if wave.kind == "round" and wave.closes_at is not None]
    for earlier, later in pairwise(sorted(rounds, key=lambda wave: places.get(wave.wave_id, 0))):
        if earlier.closes_at is None or later.closes_at is None or later.wave_id not in places:
            continue
        path: Path = ("rounds", places[later.wave_id])
        if later.closes_at < earlier.closes_at:
            if later.opens_at is None or earlier.opens_at is None or later.opens_at >= earlier.opens_at:
                found.add(
                    (*path, "close"),
                    f"closes before the round {earlier.wave_id!r}, which stands before it",
                    "Rounds stand in the order of time.",
                    "dates_in_wrong_order",
                )
        elif later.opens_at is not None and later.opens_at <= earlier.closes_at:
            found.warn(
                (*path, "open"),
                f"opens while the round {earlier.wave_id!r} is open",
                "Answers to the later round cannot take up the feedback of the earlier one.",
                "waves_overlap",
            )
