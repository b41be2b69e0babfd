"""From the written analysis to the resolved one: what is computed and looked for beside the default set, with known names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from delphi.study import grammar as g
from delphi.study import model as m
from delphi.study.measures import (
    DEFAULT_SET,
    REQUESTABLE,
    SAID_ELSEWHERE,
    needs_order,
    requestable,
    resolved_options,
)
from delphi.study.sections import Collected, Sections
from delphi.study.tree import Path

QUANTILES = {"quantile_type": SAID_ELSEWHERE["quantile_type"]}


def resolved_analysis(
    parts: Sections,
    items: Iterable[m.Item],
    scales: Mapping[str, m.Scale],
    waves: Iterable[m.Wave],
    found: Collected,
) -> m.Analysis:
    """What is looked for; a name that nothing has, and a search that can find nothing, is an error."""
    written, asked = parts.analysis, list(items)
    known = {
        "waves": [wave.wave_id for wave in waves],
        "items": [item.item_id for item in asked],
        "dims": sorted({dimension for item in asked for dimension in item.dims}),
    }
    groups, themes, pairs = written.opinion_groups, written.themes, written.near_duplicates
    for key, one in (("opinion_groups", groups), ("themes", themes)):
        if one is not None:
            _check_names(one, ("analysis", key), known, found)
    if groups is not None and asked and not found.is_wrong("items", "scales", "item_defaults"):
        _check_votes(groups, asked, scales, found)
    requests = [
        _request(one, ("analysis", "statistics", place), asked, scales, known, found)
        for place, one in enumerate(written.statistics)
    ]
    _check_twice(requests, known, found)
    return m.Analysis(
        statistics=tuple(one for one in requests if one is not None),
        opinion_groups=None if groups is None else m.OpinionGroups(**_plain(groups)),
        themes=None if themes is None else m.Themes(**_plain(themes)),
        near_duplicates=None if pairs is None else m.NearDuplicates(**_plain(pairs)),
    )


def _request(
    written: g.WrittenRequest,
    path: Path,
    items: list[m.Item],
    scales: Mapping[str, m.Scale],
    known: Mapping[str, list[str]],
    found: Collected,
) -> m.Request | None:
    """A statistic of the catalogue with its options; None where it cannot be computed of this study."""
    before = len(found.problems)
    _check_names(written, path, known, found)
    entry = requestable().get(written.id)
    if entry is None:
        _say_why_not(written.id, (*path, "id"), found)
        return None
    if len(found.problems) > before or found.is_wrong("items", "scales", "item_defaults"):
        return None
    kinds = [one for one in REQUESTABLE[entry.takes] if one != "nominal" or not needs_order(entry)]
    request = m.Request(
        statistic=written.id,
        **{key: tuple(names) for key in ("waves", "items", "dims") if (names := getattr(written, key))},
    )
    met = {
        scale_id: scales[scale_id]
        for item in items
        for dimension, scale_id in item.dims.items()
        if scale_id in scales and scales[scale_id].kind in kinds
        and (request.items is None or item.item_id in request.items)
        and (request.dims is None or dimension in request.dims)
    }  # fmt: skip
    if not met:
        found.add(
            path,
            f"no item that it names is on a scale of type {' or '.join(kinds)}, which {written.id} needs",
            "Take it out, or name other items or dims.",
            "nothing_to_compute",
        )
        return None
    options = resolved_options(
        written.id, entry, written.options, tuple(met.values()), path, found, QUANTILES
    )
    return request.model_copy(update={"options": options})


def _check_twice(
    requests: Iterable[m.Request | None], known: Mapping[str, list[str]], found: Collected
) -> None:
    """No row of `statistics` is asked for twice; one number over several items may be wanted of several sets of them."""
    earlier: list[tuple[int, m.Request]] = []
    for place, one in enumerate(requests):
        if one is None:
            continue
        first = next((number for number, other in earlier if _is_twice(one, other, known)), None)
        if first is not None:
            found.add(
                ("analysis", "statistics", place),
                f"{one.statistic} is asked for with the same options by number {first + 1} of the list, "
                "for some of the same waves, items and dims",
                "Keep one of the two, or let them name different waves, items, dims or options.",
                "asked_twice",
            )
        earlier.append((place, one))


def _is_twice(one: m.Request, other: m.Request, known: Mapping[str, list[str]]) -> bool:
    if (one.statistic, one.options) != (other.statistic, other.options):
        return False
    shared = {
        key: set(getattr(one, key) or names) & set(getattr(other, key) or names)
        for key, names in known.items()
    }
    if requestable()[one.statistic].takes == "units" and one.items != other.items:
        return False
    return all(shared.values())


def _say_why_not(name: str, path: Path, found: Collected) -> None:
    """Say that there is no such statistic, or why a study need not or cannot ask for it."""
    from delphi.statistics.registry import catalogue

    if name in DEFAULT_SET:
        hint = "Its rows stand in the table statistics of every study: take it out here."
        found.add(path, f"{name} is computed without being asked for", hint, "in_default_set")
    elif name in catalogue():
        hint = f"`delphi statistics {name}` computes it from a small file; docs/study-file.md lists what a study can ask for."
        found.add(path, f"{name} is not computed of a study by its id", hint, "not_of_a_study")
    else:
        found.unknown(path, "statistic", name, requestable())


def _plain(written: g.Written) -> dict[str, object]:
    given = {name: getattr(written, name) for name in type(written).model_fields}
    return {name: tuple(value) if isinstance(value, list) else value for name, value in given.items()}


def _check_names(
    written: g.WrittenOpinionGroups | g.WrittenThemes | g.WrittenRequest,
    path: Path,
    known: Mapping[str, list[str]],
    found: Collected,
) -> None:
    for key, what in (("waves", "wave"), ("items", "item"), ("dims", "dimension")):
        for place, name in enumerate(getattr(written, key, None) or ()):
            if name not in known[key]:
                found.unknown((*path, key, place), what, name, known[key])


def _check_votes(
    written: g.WrittenOpinionGroups, items: list[m.Item], scales: Mapping[str, m.Scale], found: Collected
) -> None:
    """Votes need a scale with a band that agrees and one that does not."""
    votes = [
        (item.item_id, dimension)
        for item in items
        for dimension, scale_id in item.dims.items()
        if scale_id in scales and gives_votes(scales[scale_id])
        and (written.items is None or item.item_id in written.items)
        and (written.dims is None or dimension in written.dims)
    ]  # fmt: skip
    if len(votes) < 2:
        found.add(
            ("analysis", "opinion_groups"),
            "fewer than two items are rated on an ordinal scale with two bands or more",
            "Give the scale bands, or name other items.",
            "nothing_to_group",
        )


def gives_votes(scale: m.Scale) -> bool:
    """Whether ratings on a scale can be read as votes: its last band agrees, its first does not."""
    return (
        scale.kind == "ordinal"
        and scale.agreement_band is not None
        and scale.opposite_band is not None
        and len(scale.bands) > 1
    )
