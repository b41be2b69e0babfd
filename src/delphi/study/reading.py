"""Read a study file: every error at once with line and column, or the resolved study."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path as FilePath
from zoneinfo import ZoneInfo

from delphi.errors import Problem, StudyError
from delphi.study import model as m
from delphi.study.ambiguity import warn_of_ambiguity
from delphi.study.checks import check_items, check_missing
from delphi.study.exactly import fraction
from delphi.study.folder import locate
from delphi.study.grammar import WrittenDuplicates, WrittenItem
from delphi.study.ids import check_ids
from delphi.study.item_bank import read_item_bank
from delphi.study.resolving import (
    label_of,
    missing_codes,
    resolved_items,
    resolved_scale,
    resolved_waves,
    zone_of,
)
from delphi.study.resolving_analysis import resolved_analysis
from delphi.study.resolving_rules import resolved_rules
from delphi.study.resolving_sources import resolved_panel, resolved_sources
from delphi.study.rule_checks import check_rules
from delphi.study.sections import Collected, Sections, key_of_item, read_sections
from delphi.study.source_checks import check_sources
from delphi.study.tree import Path, read_tree
from delphi.study.unsupported import take_out
from delphi.study.wording_checks import check_rounds, check_wordings


@dataclass(frozen=True)
class Checked:
    """A study file after reading: the study when nothing is wrong, every problem, and warnings that refuse nothing."""

    study: m.Study | None
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]


def read_study(path: FilePath) -> m.Study:
    """The resolved study of a study file or its folder.

    Raises
    ------
    StudyError
        With every problem of the file.
    """
    checked = check_study(path)
    if checked.study is None:
        raise StudyError(checked.problems)
    return checked.study


def check_study(path: FilePath) -> Checked:
    """Read a study file and say everything that is wrong with it."""
    file = locate(path).study_file
    data = file.read_bytes()
    try:
        tree = read_tree(data, file.name)
    except StudyError as error:
        return Checked(None, error.problems, ())
    found = Collected(tree)
    supported, later = take_out(tree)
    found.problems.extend(later)
    study = _resolve(read_sections(supported, found), file, hashlib.sha256(data).hexdigest(), found)
    if study is not None and not found.problems:
        warn_of_ambiguity(study, found)
        return Checked(study, (), tuple(found.warnings))
    unique = dict.fromkeys(sorted(found.problems, key=lambda one: (one.line, one.column)))
    return Checked(None, tuple(unique), tuple(found.warnings))


def _resolve(parts: Sections, file: FilePath, sha256: str, found: Collected) -> m.Study | None:
    zone = _zone(parts, found)
    scales = {}
    for scale_id, written in parts.scales.items():
        scale = resolved_scale(scale_id, written, ("scales", scale_id), found)
        if scale is not None:
            scales[scale_id] = scale
    rows = parts.items if parts.bank is None else read_item_bank(parts.bank, file.parent, found)
    items = resolved_items(parts, rows, scales, found)
    groups = _groups(parts)
    waves = resolved_waves(parts, items, zone, found)
    _check_all_ids(parts, rows, found)
    check_items(parts, items, waves, found)
    check_missing(parts, items, scales, found)
    check_wordings(parts, items, waves, found)
    check_rounds(parts, waves, found)
    sources = resolved_sources(parts, waves, groups, scales, zone, found)
    panel = resolved_panel(parts, groups, zone, found)
    rules = resolved_rules(parts, list(items.values()), scales, groups, waves, found)
    analysis = resolved_analysis(parts, items.values(), scales, waves, found)
    validation = _validation(parts, panel, found)
    check_sources(parts, items.values(), scales, waves, found)
    check_rules(parts, items.values(), scales, waves, found)
    if found.problems or parts.study is None:
        return None
    if not items:
        found.add(("items",), "the study asks nothing", "Add at least one item.", "no_items")
        return None
    about = parts.study.model_dump(exclude={"id", "title", "languages", "time_zone"}, exclude_none=True)
    return m.Study(
        study_id=parts.study.id,
        title=parts.study.title,
        about=about,
        languages=tuple(parts.study.languages),
        time_zone=parts.study.time_zone,
        missing=missing_codes(parts.missing),
        scales=scales,
        themes={theme: label_of(text, theme) for theme, text in parts.themes.items()},
        items=tuple(items.values()),
        groups=groups,
        panel=panel,
        waves=tuple(waves),
        sources=tuple(sources),
        validation=validation,
        rules=rules,
        analysis=analysis,
        privacy=m.Privacy(small_cells_min_n=parts.privacy.small_cells.min_n),
        study_file_sha256=sha256,
        item_bank_file=None if parts.bank is None else parts.bank.file,
    )


def _zone(parts: Sections, found: Collected) -> ZoneInfo | None:
    """The study's time zone; UTC stands in for one that is written wrongly, which has been said then."""
    raw = found.tree.data.get("study")
    is_named = isinstance(raw, dict) and raw.get("time_zone") is not None
    zone = zone_of(parts.study.time_zone, ("study", "time_zone"), found) if parts.study else None
    return zone or (ZoneInfo("UTC") if is_named else None)


def _groups(parts: Sections) -> dict[str, m.Group]:
    groups = {}
    for group_by, written in parts.groups.items():
        given = written.categories
        labels = (
            {one: one for one in given}
            if isinstance(given, list)
            else {one: label_of(t, one) for one, t in given.items()}
        )
        groups[group_by] = m.Group(
            group_by=group_by, label=written.label or group_by, categories=labels, required=written.required
        )
    return groups


def _check_all_ids(parts: Sections, rows: Mapping[int, WrittenItem], found: Collected) -> None:
    named = ((key_of_item(parts, place, found, "id"), one.id) for place, one in rows.items())
    check_ids("item", named, found)
    waves: list[tuple[Path, str]] = [(("rounds", place, "id"), one.id) for place, one in parts.rounds.items()]
    waves += [(("surveys", place, "id"), one.id) for place, one in parts.surveys.items()]
    check_ids("wave", waves, found)
    for section in ("scales", "themes", "groups", "instruments"):
        raw = found.tree.data.get(section)
        if isinstance(raw, dict):
            check_ids(section.removesuffix("s"), (((section, key), str(key)) for key in raw), found)
    for group_by, group in parts.groups.items():
        if group_by == "all":
            found.add(
                ("groups", "all"),
                "`all` stands for everyone together",
                "Name the group dimension otherwise.",
                "bad_id",
            )
        check_ids("category", ((("groups", group_by, "categories"), one) for one in group.categories), found)


def _validation(parts: Sections, panel: m.Panel, found: Collected) -> m.Validation:
    written = parts.validation
    keep = (
        written.duplicates.keep if isinstance(written.duplicates, WrittenDuplicates) else written.duplicates
    )
    share = None
    if written.quality.straightline_share is not None:
        try:
            share = fraction(written.quality.straightline_share)
        except ValueError as error:
            found.add(("validation", "quality", "straightline_share"), str(error), "", "wrong_value")
        if share is not None and not 0 < share <= 1:
            found.add(
                ("validation", "quality", "straightline_share"),
                "a share lies above 0 and up to 1",
                "",
                "share_out_of_range",
            )
    default = "quarantine" if panel.register_ is not None else "accept"
    if (
        written.unknown_respondents == "quarantine"
        and panel.register_ is None
        and "panel" not in found.tree.data
    ):
        found.add(
            ("validation", "unknown_respondents"),
            "quarantine needs a panel register",
            "Add panel.register.",
            "quarantine_without_register",
        )
    return m.Validation(
        keep=keep,
        unknown_respondents=written.unknown_respondents or default,
        quality=m.Quality(
            min_seconds_per_item=written.quality.min_seconds_per_item, straightline_share=share
        ),
    )
