"""Items side by side: consensus against stability, one round against the one before, group against group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from delphi.outputs.disclosure import GroupKey, group_share
from delphi.outputs.facts import Cell, Facts, VerdictRow
from delphi.outputs.ratings import ItemLine, Name, bands, has_bands, hidden_in, name_of
from delphi.outputs.wording import NONE, estimated_percent, number

APART = Fraction(1, 4)
"""Groups whose share differs from everyone's by more than this are named; a choice of presentation, not a rule."""

CONSENSUS = ("consensus_in", "consensus_out")


@dataclass(frozen=True)
class CellOfFour:
    """One cell of consensus × stability."""

    meaning: str
    lines: tuple[ItemLine, ...]


@dataclass(frozen=True)
class CellRow:
    """A row of consensus × stability: stable, not yet stable, not assessable."""

    label: str
    cells: tuple[CellOfFour, ...]


@dataclass(frozen=True)
class PairLine:
    """The change of one item between two waves, by those who answered both."""

    name: Name
    theme: str | None
    versus: str
    wave: str
    n: str
    unchanged: str
    moved: str
    net_change: str
    kappa: str
    kappa_interval: str
    delta_median: str
    note: str


@dataclass(frozen=True)
class ApartGroup:
    """A group whose answers stand apart from everyone's."""

    label: str
    n: int
    share: str
    median: str


@dataclass(frozen=True)
class Dissent:
    """An item on which groups stand apart."""

    name: Name
    wave: str
    band: str
    everyone: str
    groups: tuple[tuple[str, tuple[ApartGroup, ...]], ...]
    """Label of the group dimension, and its groups that stand apart."""


@dataclass(frozen=True)
class GroupMatrix:
    """Shares in the agreement band, items × groups of one dimension; None: withheld."""

    label: str
    groups: tuple[str, ...]
    rows: tuple[tuple[Name, str, tuple[str | None, ...]], ...]


def four_cells(lines: Sequence[ItemLine], facts: Facts) -> list[CellRow]:
    """Consensus × stability of the standing verdicts."""
    by_cell = dict(zip(facts.standing, lines, strict=True))
    meanings = {
        ("consensus", "stable"): "settled agreement",
        ("consensus", "unstable"): "consensus, not yet stable",
        ("consensus", "not_assessable"): "consensus; change cannot be assessed",
        ("dissent", "stable"): "stable dissent",
        ("dissent", "unstable"): "open, still moving",
        ("dissent", "not_assessable"): "open; change cannot be assessed",
        ("few", "stable"): "too few to judge",
        ("few", "unstable"): "too few to judge",
        ("few", "not_assessable"): "too few to judge",
    }
    rows = []
    for kind, label in (
        ("consensus", "Consensus"),
        ("dissent", "No consensus or split"),
        ("few", "Too few answers"),
    ):
        cells = []
        for stability in ("stable", "unstable", "not_assessable"):
            found = [
                line for cell, line in by_cell.items()
                if _kind(facts.standing[cell]) == kind and facts.standing[cell].stability == stability
            ]  # fmt: skip
            cells.append(CellOfFour(meanings[(kind, stability)], tuple(found)))
        if kind != "few" or any(cell.lines for cell in cells):
            rows.append(CellRow(label, tuple(cells)))
    return rows


def _kind(row: VerdictRow) -> str:
    if row.verdict in CONSENSUS:
        return "consensus"
    return "few" if row.verdict == "insufficient_n" else "dissent"


def pair_lines(facts: Facts) -> list[PairLine]:
    """Change up to the last wave that rated each item, against the wave before that rated it."""
    found = []
    for item in facts.study.items:
        for dimension, scale_id in item.dims.items():
            if facts.study.scales[scale_id].kind != "ordinal":
                continue
            cell = (item.item_id, dimension)
            waves = facts.waves_of(cell)
            versus = [one for one in facts.versus(waves[-1].wave_id, cell) if _has_pairs(facts, waves[-1].wave_id, cell, one)] if waves else []  # fmt: skip
            if versus:
                found.append(_pair(facts, cell, versus[-1], waves[-1].wave_id))
    return found


def _has_pairs(facts: Facts, wave: str, cell: Cell, versus: str) -> bool:
    return facts.statistic("n_paired", wave, cell, versus=versus) is not None


def _pair(facts: Facts, cell: Cell, versus: str, wave: str) -> PairLine:
    item = facts.items[cell[0]]

    def of(name: str) -> float | None:
        return None if is_hidden else facts.value(name, wave, cell, versus=versus)

    n = round(facts.value("n_paired", wave, cell, versus=versus) or 0)
    is_hidden = 0 < n < facts.min_n
    kappa = None if is_hidden else facts.statistic("weighted_kappa", wave, cell, versus=versus)
    unchanged = facts.statistic("share_unchanged", wave, cell, versus=versus)
    note = ""
    if unchanged is not None and unchanged.value is None and unchanged.reason == "wording_changed":
        note = "the wording changed"
    interval = ""
    if kappa is not None and kappa.low is not None and kappa.high is not None:
        interval = f"{number(kappa.low, 2)} to {number(kappa.high, 2)}"
    return PairLine(
        name=name_of(facts, item, cell[1], wave), theme=item.theme, versus=versus, wave=wave,
        n=f"fewer than {facts.min_n}" if is_hidden else str(n),
        unchanged=estimated_percent(of("share_unchanged")), moved=estimated_percent(of("share_changed_gt1")),
        net_change=estimated_percent(of("net_change")),
        kappa=number(kappa.value, 2) if kappa is not None else NONE, kappa_interval=interval,
        delta_median=_signed(of("delta_median")), note=note,
    )  # fmt: skip


def _signed(value: float | None) -> str:
    text = number(value, 2)
    return f"+{text}" if value is not None and value > 0 else text


def dissents(facts: Facts) -> list[Dissent]:
    """Items of which a group's share in the agreement band is far from everyone's, the farthest first."""
    found: list[tuple[Fraction, Dissent]] = []
    for cell, row in facts.standing.items():
        item = facts.items[cell[0]]
        scale = facts.study.scale_of(item, cell[1])
        band = scale.agreement_band
        low, middle, high = bands(facts, row.wave_id, cell, scale)
        n = low + middle + high
        if not has_bands(scale) or band is None or n < facts.min_n:
            continue
        everyone = Fraction(high, n)
        hidden = hidden_in(facts, row.wave_id, cell)
        apart: dict[str, list[ApartGroup]] = {}
        farthest = Fraction(0)
        for group in facts.groups:
            own = bands(facts, row.wave_id, cell, scale, group)
            size = sum(own)
            if group in hidden or size < facts.min_n:
                continue
            distance = abs(Fraction(own[2], size) - everyone)
            if distance > APART:
                label = facts.study.groups[group[0]].label
                apart.setdefault(label, []).append(_apart(facts, row.wave_id, cell, group, own[2], size))
                farthest = max(farthest, distance)
        if apart:
            name = name_of(facts, item, cell[1], row.wave_id)
            everyone_text = estimated_percent(float(everyone))
            told = tuple((label, tuple(groups)) for label, groups in apart.items())
            found.append((farthest, Dissent(name, row.wave_id, band.name, everyone_text, told)))
    return [dissent for _, dissent in sorted(found, key=lambda one: -one[0])]


def _apart(facts: Facts, wave: str, cell: Cell, group: GroupKey, high: int, size: int) -> ApartGroup:
    median = facts.value("median", wave, cell, group=group)
    return ApartGroup(facts.group_label(group), size, group_share(high, size), number(median))


def group_matrices(facts: Facts) -> list[GroupMatrix]:
    """Shares of every judged item in every group, one table per group dimension."""
    matrices = []
    hidden = (
        {cell: hidden_in(facts, row.wave_id, cell) for cell, row in facts.standing.items()}
        if facts.groups
        else {}
    )
    for group_by, group in facts.study.groups.items():
        rows = []
        own = [(group_by, value) for value in group.categories]
        for cell, row in facts.standing.items():
            scale = facts.study.scale_of(facts.items[cell[0]], cell[1])
            if not has_bands(scale):
                continue
            shares: list[str | None] = []
            for key in own:
                parts = bands(facts, row.wave_id, cell, scale, key)
                size = sum(parts)
                shares.append(
                    None if key in hidden[cell] or 0 < size < facts.min_n
                    else NONE if size == 0 else group_share(parts[2], size)
                )  # fmt: skip
            rows.append(
                (name_of(facts, facts.items[cell[0]], cell[1], row.wave_id), row.wave_id, tuple(shares))
            )
        if rows and any(share not in (None, NONE) for _, _, shares in rows for share in shares):
            matrices.append(GroupMatrix(group.label, tuple(group.categories.values()), tuple(rows)))
    return matrices
