"""Who was invited and who answered, wave by wave and by group, with small groups withheld."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from delphi.outputs.disclosure import GroupKey, Relation, hidden_groups
from delphi.outputs.facts import EVERYONE, Facts
from delphi.outputs.wording import NONE, day, estimated_percent, number, percent, thousands
from delphi.study.model import Wave

IS_INVITED = ("invited", "bounced", "declined", "no_answer", "accepted", "replaced")
"""States on the register of people who were invited to the study: all but `identified` (study-file.md). Those who
withdrew are taken out everywhere, here too."""


@dataclass(frozen=True)
class Step:
    """One bar of the funnel."""

    label: str
    count: int
    width: float
    note: str


@dataclass(frozen=True)
class WaveLine:
    """Participation of one wave in words and numbers."""

    wave: Wave
    label: str
    dates: tuple[str, ...]
    invited: str
    returned: str
    rate: str
    from_previous: str
    from_first: str
    sentence: str


@dataclass(frozen=True)
class GroupLine:
    """One group's numbers, per wave; `cells` None: withheld."""

    label: str
    cells: tuple[tuple[str, str], ...] | None


@dataclass(frozen=True)
class GroupTable:
    """Participation by the groups of one dimension."""

    label: str
    lines: tuple[GroupLine, ...]
    has_hidden: bool


@dataclass(frozen=True)
class Leaver:
    """An item that leavers had rated differently from those who stayed."""

    item_id: str
    dimension: str
    wave: str
    versus: str
    delta: str
    sentence: str


def wave_label(wave: Wave) -> str:
    """Name of a wave for people: ``Round r2`` or ``Part part_a``."""
    return f"{'Round' if wave.kind == 'round' else 'Survey part'} {wave.wave_id}"


def dates_of(wave: Wave, zone: str | None) -> tuple[str, ...]:
    """The days from which and to which a wave was open, in pieces that should not be broken."""
    first, last = day(wave.opens_at, zone), day(wave.closes_at, zone)
    if first and last:
        return (first, f"to {last}")
    return (f"from {first}",) if first else (f"until {last}",) if last else ()


def wave_lines(facts: Facts) -> list[WaveLine]:
    """One line per wave that has been counted."""
    return [_line(facts, wave) for wave in facts.answered_waves]


def _line(facts: Facts, wave: Wave) -> WaveLine:
    wave_id = wave.wave_id
    invited, returned = facts.count("n_invited", wave_id), facts.count("n_returned", wave_id)
    versus = facts.versus(wave_id)
    kept = {one: facts.statistic("panel_retention", wave_id, versus=one) for one in versus}
    known = {one: row for one, row in kept.items() if row is not None and row.value is not None}
    rate = percent(returned, invited) if invited and returned is not None else NONE
    first, previous = (versus[0], versus[-1]) if versus else (None, None)
    people = "panelists" if wave.kind == "round" else "people"
    if returned is None:
        sentence = "Nothing is known about returns."
    elif invited:
        sentence = f"{thousands(returned)} of {thousands(invited)} invited {people} responded ({rate})"
    else:
        sentence = f"{thousands(returned)} {people} responded"
    if first in known and returned is not None:
        sentence += f"; {estimated_percent(known[first].value)} of those who answered {first} took part"
    dates = dates_of(wave, facts.study.time_zone)
    return WaveLine(
        wave=wave,
        label=wave_label(wave),
        dates=dates,
        invited=thousands(invited),
        returned=thousands(returned),
        rate=rate,
        from_previous=estimated_percent(known[previous].value) if previous in known else NONE,
        from_first=estimated_percent(known[first].value) if first in known else NONE,
        sentence=sentence if sentence.endswith(".") else f"{sentence}.",
    )


def funnel(facts: Facts) -> list[Step]:
    """From the register to the last round. Steps of the register only where there is one."""
    steps: list[tuple[str, int, str]] = []
    if facts.study.panel.register_ is not None and facts.statuses:
        invited = sum(facts.statuses[status] for status in IS_INVITED)
        accepted = facts.statuses["accepted"] + facts.statuses["replaced"]
        if facts.statuses["identified"]:
            steps.append(("Identified", invited + facts.statuses["identified"], "on the panel register"))
        steps.append(("Invited", invited, "to the study"))
        lost = [
            (facts.statuses[status], name)
            for status, name in (("declined", "declined"), ("no_answer", "did not answer"), ("bounced", "could not be reached"))
        ]  # fmt: skip
        note = ", ".join(f"{n} {name}" for n, name in lost if n)
        steps.append(("Accepted", accepted, note))
    for wave in facts.answered_waves:
        returned = facts.count("n_returned", wave.wave_id)
        if wave.kind == "round" and returned is not None:
            line = _line(facts, wave)
            note = f"{line.from_previous} of the round before" if line.from_previous != NONE else ""
            steps.append((f"Answered {wave.wave_id}", returned, note))
    largest = max((count for _, count, _ in steps), default=0)
    return [Step(label, count, 100 * count / largest if largest else 0, note) for label, count, note in steps]


def hidden_in_participation(facts: Facts) -> frozenset[GroupKey]:
    """Groups whose returns are withheld: one set throughout, since the waves hold the same people."""
    return hidden_groups(_relations(facts), facts.min_n, facts.overlap)


def _relations(facts: Facts) -> list[Relation]:
    return [
        relation
        for wave in facts.answered_waves
        for name in ("n_returned", "n_invited")
        if (relation := _relation(facts, wave, name))
    ]


def group_tables(facts: Facts) -> list[GroupTable]:
    """Returns by group, where they are not withheld."""
    waves, relations = facts.answered_waves, _relations(facts)
    hidden = hidden_in_participation(facts)
    tables = []
    for group_by, group in facts.study.groups.items():
        own = [(group_by, value) for value in group.categories]
        if not any(relation.sizes.get(one, 0) for relation in relations for one in own):
            continue
        lines = [
            GroupLine(facts.group_label(one), None if one in hidden else _cells(facts, waves, one))
            for one in own
        ]
        tables.append(GroupTable(group.label, tuple(lines), any(line.cells is None for line in lines)))
    return tables


def _relation(facts: Facts, wave: Wave, name: str) -> Relation | None:
    total = facts.count(name, wave.wave_id)
    if total is None:
        return None
    sizes = {group: facts.count(name, wave.wave_id, group=group) or 0 for group in facts.groups}
    return Relation(sizes, total)


def _cells(facts: Facts, waves: Sequence[Wave], group: GroupKey) -> tuple[tuple[str, str], ...]:
    """Returned and retention (of the round before) per wave."""
    cells = []
    for wave in waves:
        versus = facts.versus(wave.wave_id)
        kept = (
            facts.value("panel_retention", wave.wave_id, group=group, versus=versus[-1]) if versus else None
        )
        returned = facts.count("n_returned", wave.wave_id, group=group)
        cells.append((thousands(returned), estimated_percent(kept) if kept is not None else ""))
    return tuple(cells)


def leavers(facts: Facts) -> list[Leaver]:
    """Items whose earlier answers differ between those who stayed and those who left (Holm-adjusted p below .05)."""
    found = []
    for wave in facts.answered_waves:
        for item, dimension, _ in facts.asked(wave):
            cell = (item.item_id, dimension)
            for versus in facts.versus(wave.wave_id, cell):
                bias = facts.statistic("dropout_bias", wave.wave_id, cell, versus=versus)
                p = facts.value("dropout_bias_p_holm", wave.wave_id, cell, versus=versus)
                if bias is None or bias.value is None or p is None or p >= 0.05:
                    continue
                n_left, n_stayed = int(bias.params.get("n_left", 0)), int(bias.params.get("n_stayed", 0))
                if min(n_left, n_stayed) < facts.min_n:
                    continue
                # The sentence says that they differ and how far, not who was higher: that would tell what a few
                # leavers had answered.
                moved = facts.value("net_change", wave.wave_id, cell, versus=versus)
                stayed = "" if moved is None else (
                    f" Among those who answered both rounds the net change was {estimated_percent(moved)}."
                )  # fmt: skip
                found.append(
                    Leaver(
                        item.item_id, dimension, wave.wave_id, versus, number(abs(bias.value), 2),
                        f"The {n_left} who left after {versus} had rated it differently from the {n_stayed} who stayed; "
                        f"part of the change between {versus} and {wave.wave_id} is an effect of who left.{stayed}",
                    )
                )  # fmt: skip
    return found


def returned_in(facts: Facts, wave: Wave) -> int | None:
    """Returns of a wave from everyone."""
    return facts.count("n_returned", wave.wave_id, group=EVERYONE)
