"""What the methods that presets are named after decide on one scale: clauses for verdicts, and why a scale does not suit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from types import MappingProxyType

from delphi.study.model import (
    AllClause,
    AnyClause,
    Band,
    Clause,
    FuzzyClause,
    Item,
    MeasureClause,
    Operator,
    Option,
    RamClause,
    Scale,
    ShareClause,
    StabilityName,
    VerdictName,
)

CLASSES = ((1, 3), (4, 6), (7, 9))
"""Inappropriate, uncertain and appropriate on the nine points of the RAND/UCLA method (Fitch et al. 2001)."""


@dataclass(frozen=True)
class Obstacle:
    """Why a preset cannot judge a scale, and what to do about it. `is_of_scale`: it is the scale that has to be mended."""

    message: str
    hint: str
    is_of_scale: bool = False


@dataclass(frozen=True)
class Wanted:
    """A rule of a preset on one scale. `is_within_groups`: it has to hold within the groups of `each_group` too."""

    word: str
    verdict: VerdictName
    require: Clause
    is_within_groups: bool = True


@dataclass(frozen=True)
class Stable:
    """A rule of stability of a preset on one scale."""

    word: str
    measure: str
    op: Operator
    value: Fraction
    tolerance: int = 0
    options: tuple[Option, ...] = ()


Step = tuple[VerdictName, StabilityName | None, str]
"""A verdict, the stability that it takes (None: any), and what is proposed."""
BY_CELLS: tuple[Step, ...] = (
    ("consensus_in", "stable", "close"),
    ("consensus_out", "stable", "close"),
    ("no_consensus", "stable", "report_dissent"),
)
BY_CONCORDANCE: tuple[Step, ...] = (
    ("consensus_in", None, "close"),
    ("no_consensus", "stable", "report_dissent"),
)


def nothing(scale: Scale) -> tuple[Stable, ...]:
    """No rule of stability."""
    return ()


def suits(scale: Scale) -> Obstacle | None:
    """Every scale suits."""
    return None


@dataclass(frozen=True)
class Method:
    """How a preset judges: which items at all, on which scales, by which rules.

    Parameters
    ----------
    judges : the items it is for, in words
    is_for : whether it is for an item on a scale
    obstacle : why a scale of such an item does not suit; None: it does
    rules, stability : its rules on a scale that suits
    steps : what it proposes after each round; everything else is carried
    """

    judges: str
    is_for: Callable[[Item, Scale], bool]
    obstacle: Callable[[Scale], Obstacle | None]
    rules: Callable[[Scale], tuple[Wanted, ...]]
    stability: Callable[[Scale], tuple[Stable, ...]] = nothing
    steps: tuple[Step, ...] = ()
    min_valid_share: Fraction | None = None


def is_rated(item: Item, scale: Scale) -> bool:
    """An item of kind rating on an ordinal scale."""
    return item.kind == "rating" and scale.kind == "ordinal"


def _is_voted(item: Item, scale: Scale) -> bool:
    codes = {category.code for category in scale.categories}
    return item.kind == "rating" and scale.kind == "nominal" and "yes" in codes


def _is_ranked(item: Item, scale: Scale) -> bool:
    return item.kind == "rank" and scale.kind == "rank"


def share(band: Band, op: Operator, value: Fraction) -> ShareClause:
    """The share of a band against a bound."""
    return ShareClause(band=band.name, op=op, value=value)


def ends_of(scale: Scale) -> tuple[Band, Band]:
    """The band of those who agree and that of those who oppose."""
    agreed, opposed = scale.agreement_band, scale.opposite_band
    if agreed is None or opposed is None:
        raise ValueError(f"scale {scale.scale_id} has no bands")
    return agreed, opposed


def _two_ends(agreement: Fraction, opposite: Fraction) -> Callable[[Scale], tuple[Wanted, ...]]:
    """In where enough agree and few oppose; out is the mirror."""

    def rules(scale: Scale) -> tuple[Wanted, ...]:
        agreed, opposed = ends_of(scale)
        return tuple(
            Wanted(
                word,
                verdict,
                AllClause(of=(share(high, "at_least", agreement), share(low, "less_than", opposite))),
            )
            for word, verdict, high, low in _sides(agreed, opposed)
        )

    return rules


def _sides(agreed: Band, opposed: Band) -> tuple[tuple[str, VerdictName, Band, Band], ...]:
    return ("in", "consensus_in", agreed, opposed), ("out", "consensus_out", opposed, agreed)


def _lacks_bands(name: str) -> Callable[[Scale], Obstacle | None]:
    def obstacle(scale: Scale) -> Obstacle | None:
        if len(scale.bands) >= 2:
            return None
        return Obstacle(
            f"the preset {name} needs bands: which points agree, which oppose?",
            "Write bands: {low: [1, 2], high: [5, 6]}.",
            True,
        )

    return obstacle


def _comet_obstacle(scale: Scale) -> Obstacle | None:
    if len(scale.categories) != 9:
        return Obstacle(
            f"comet_70_15 judges scales of nine points; {scale.scale_id} has {len(scale.categories)}",
            "Write rules of your own for it.",
        )
    return _lacks_bands("comet_70_15")(scale)


def _ram_obstacle(scale: Scale) -> Obstacle | None:
    values = [category.value for category in scale.categories]
    if values != list(range(1, 10)):
        told = f"goes from {values[0]} to {values[-1]}" if values else "has none"
        return Obstacle(
            f"rand_ucla judges scales of nine points from 1 to 9; {scale.scale_id} {told}",
            "Write rules of your own for it.",
        )
    if tuple((band.low, band.high) for band in scale.bands) != CLASSES:
        return Obstacle(
            f"the classes of rand_ucla are 1-3, 4-6 and 7-9, and {scale.scale_id} has other bands",
            "Write bands: {low: [1, 3], middle: [4, 6], high: [7, 9]}.",
            True,
        )
    return None


def _ram_rules(scale: Scale) -> tuple[Wanted, ...]:
    """Appropriate, inappropriate, or uncertain: a median between, or disagreement wherever the median lies."""
    low, middle, high = (band.name for band in scale.bands)
    uncertain = AnyClause(of=(RamClause(disagreement="present"), RamClause(median_band=middle)))
    return (
        Wanted("appropriate", "consensus_in", RamClause(median_band=high)),
        Wanted("inappropriate", "consensus_out", RamClause(median_band=low)),
        Wanted("uncertain", "no_consensus", uncertain, is_within_groups=False),
    )


def _vote_obstacle(scale: Scale) -> Obstacle | None:
    others = [category.code for category in scale.categories if category.code not in ("yes", "no")]
    if not others and len(scale.categories) == 2:
        return None
    told = ", ".join(category.code for category in scale.categories)
    return Obstacle(
        f"omeract_70 counts yes among the votes for yes and for no; the choices of {scale.scale_id} are {told}",
        "Let who abstains give no answer (missing: {no_opinion: ...}), or write rules of your own for it.",
    )


def _vote_rules(scale: Scale) -> tuple[Wanted, ...]:
    """Endorsed by at least 70 % of those who vote (OMERACT Handbook)."""
    return (
        Wanted(
            "endorsed", "consensus_in", ShareClause(within=("yes",), op="at_least", value=Fraction(7, 10))
        ),
    )


def _level_rules(scale: Scale) -> tuple[Wanted, ...]:
    """De Loë's high level of consensus on one side: 70 % in one category, or 80 % in two neighbours (de Loë 1995)."""
    return tuple(
        Wanted(word, verdict, AnyClause(of=_levels(scale, band)))
        for word, verdict, band, _ in _sides(*ends_of(scale))
    )


def _levels(scale: Scale, band: Band) -> tuple[Clause, ...]:
    codes = [one.code for one in scale.categories if band.low <= one.value <= band.high]
    single = [ShareClause(within=(one,), op="at_least", value=Fraction(7, 10)) for one in codes]
    pairs = [ShareClause(within=pair, op="at_least", value=Fraction(4, 5)) for pair in pairwise(codes)]
    return (*single, *pairs)


def _fuzzy_obstacle(scale: Scale) -> Obstacle | None:
    from delphi.statistics.fuzzy_maps import EVENLY_SPACED

    if len(scale.categories) in EVENLY_SPACED:
        return None
    return Obstacle(
        f"fuzzy_delphi has maps for scales of 5, 7 and 9 points; {scale.scale_id} has {len(scale.categories)}",
        "Write a rule of your own with the clause fuzzy and a map, a triangle per point.",
    )


def _fuzzy_rules(scale: Scale) -> tuple[Wanted, ...]:
    """Accepted: d at most 0.2 (Cheng and Lin 2002), 75 % within it, the defuzzified rating at least 0.5."""
    from delphi.statistics.fuzzy_maps import EVENLY_SPACED

    accepted = FuzzyClause(
        map=EVENLY_SPACED[len(scale.categories)], d=Fraction(1, 5), share=Fraction(3, 4), alpha_cut=Fraction(1, 2),
    )  # fmt: skip
    return (Wanted("accepted", "consensus_in", accepted),)


def _ranking_rules(scale: Scale) -> tuple[Wanted, ...]:
    """Strong agreement: W of .7 (Schmidt 1997)."""
    strong = MeasureClause(clause="agreement", measure="kendall_w", op="at_least", value=Fraction(7, 10))
    return (Wanted("strong", "consensus_in", strong),)


def _levelled_off(scale: Scale) -> tuple[Stable, ...]:
    """W rises by less than .05; Schmidt (1997) stops where it levels off, and names no number."""
    paired = (Option(name="paired", value=True),)
    return (Stable("levelled", "delta_w", "less_than", Fraction(1, 20), options=paired),)


NET_CHANGE = Stable("net", "net_change", "less_than", Fraction(3, 20))
"""Scheibe, Skutsch and Schofer (1975)."""


def _net_change(scale: Scale) -> tuple[Stable, ...]:
    return (NET_CHANGE,)


def _net_change_and_settled(scale: Scale) -> tuple[Stable, ...]:
    points = len(scale.categories)
    if points < 5:
        return (NET_CHANGE,)
    settled = Stable("settled", "share_unchanged", "at_least", Fraction(17, 20), 1 if points <= 8 else 2)
    return (NET_CHANGE, settled)


RATED = "items of kind rating on an ordinal scale"
METHODS: Mapping[str, Method] = MappingProxyType({
    "default_75_15_stable": Method(
        RATED, is_rated, _lacks_bands("default_75_15_stable"), _two_ends(Fraction(3, 4), Fraction(3, 20)),
        _net_change_and_settled, BY_CELLS, Fraction(1, 2),
    ),
    "comet_70_15": Method(RATED, is_rated, _comet_obstacle, _two_ends(Fraction(7, 10), Fraction(3, 20))),
    "rand_ucla": Method(RATED, is_rated, _ram_obstacle, _ram_rules),
    "omeract_70": Method(
        "items of kind rating on a nominal scale with the choices yes and no", _is_voted, _vote_obstacle, _vote_rules,
    ),
    "policy_delphi": Method(RATED, is_rated, _lacks_bands("policy_delphi"), _level_rules, _net_change, BY_CELLS),
    "fuzzy_delphi": Method(RATED, is_rated, _fuzzy_obstacle, _fuzzy_rules),
    "ranking_delphi": Method(
        "items of kind rank on a scale of type rank", _is_ranked, suits, _ranking_rules, _levelled_off, BY_CONCORDANCE,
    ),
})  # fmt: skip
"""Preset → its method."""
