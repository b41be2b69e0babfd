"""Evaluating the clauses of a rule on exact counts: each holds, fails or cannot be decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from delphi.decisions import exact
from delphi.decisions.appropriateness import RamOutcome, is_nine_points, ram_outcome
from delphi.decisions.content_validity import CvrOutcome, cvr_outcome
from delphi.decisions.evidence import GroupKey, Ruler, Tally
from delphi.decisions.fuzzy_rating import FuzzyOutcome, fuzzy_outcome, has_map_for
from delphi.decisions.measures import is_readable, measured
from delphi.study.measures import OF_RANKINGS, has_quantiles, needs_order, of_answers, of_rule
from delphi.study.model import (
    AllClause,
    AnyClause,
    Band,
    Base,
    Clause,
    CvrClause,
    EachGroupClause,
    FuzzyClause,
    Group,
    IqrClause,
    MeasureClause,
    MedianClause,
    RamClause,
    Scale,
    ShareClause,
)

# Clauses are told apart by `type(...) is`: `isinstance` on pydantic models is ten times as slow, and these
# functions run for every item, dimension and group.

JUDGED_SCALES = ("ordinal", "nominal")


@dataclass(frozen=True, slots=True)
class ShareOutcome:
    """A share against its bound; `denominator` None: there is no register to count the invited.

    `band` is None where the categories are named one by one.
    """

    clause: ShareClause
    band: Band | None
    base: Base
    numerator: int
    denominator: int | None
    holds: bool | None


@dataclass(frozen=True, slots=True)
class ValueOutcome:
    """A median, range or measure against its bound; `value` None: not defined for these answers.

    `numerator` is how many of the answers a measure counts, where it is a share of them.
    """

    clause: MedianClause | IqrClause | MeasureClause
    band: Band | None
    value: Fraction | float | None
    n: int
    holds: bool | None
    numerator: int | None = None


@dataclass(frozen=True, slots=True)
class CombinedOutcome:
    """Clauses combined by `all` or `any`; not decided when one of them is not."""

    clause: AllClause | AnyClause
    parts: tuple[Outcome, ...]
    holds: bool | None


@dataclass(frozen=True, slots=True)
class GroupOutcome:
    """A clause within one group."""

    group_value: str
    n: int
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class EachGroupOutcome:
    """A clause within each group; `left_out` are those with too few answers.

    Not decided when the dimension is required and one is left out, or when none is left.
    """

    clause: EachGroupClause
    groups: tuple[GroupOutcome, ...]
    left_out: tuple[str, ...]
    is_required: bool
    holds: bool | None


MethodOutcome = RamOutcome | CvrOutcome | FuzzyOutcome
Outcome = ShareOutcome | ValueOutcome | MethodOutcome | CombinedOutcome | EachGroupOutcome


@dataclass(frozen=True, slots=True)
class Frame:
    """What clauses are read against, besides the answers of one group."""

    ruler: Ruler
    base: Base
    quantile_type: int
    tallies: Mapping[GroupKey, Tally]
    groups: Mapping[str, Group]


def evaluate(clause: Clause, tally: Tally, frame: Frame) -> Outcome:
    """Outcome of a clause for the answers of one group (or everyone)."""
    if type(clause) is ShareClause:
        return _share(clause, tally, frame)
    if type(clause) is AllClause or type(clause) is AnyClause:
        parts = tuple(evaluate(part, tally, frame) for part in clause.of)
        states = [part.holds for part in parts]
        whole = None if None in states else all(states) if type(clause) is AllClause else any(states)
        return CombinedOutcome(clause, parts, whole)
    if type(clause) is EachGroupClause:
        return _each_group(clause, frame)
    if type(clause) is MedianClause:
        return _median(clause, tally, frame)
    if type(clause) is IqrClause:
        spread = exact.interquartile_range(frame.ruler.values, tally.counts, frame.quantile_type)
        holds = None if spread is None else spread <= clause.at_most
        return ValueOutcome(clause, None, spread, tally.n_valid, holds)
    if type(clause) is RamClause:
        return ram_outcome(clause, tally.counts, frame.ruler, frame.quantile_type)
    if type(clause) is CvrClause:
        return cvr_outcome(clause, tally.counts, frame.ruler)
    if type(clause) is FuzzyClause:
        return fuzzy_outcome(clause, tally.counts)
    if type(clause) is MeasureClause:
        found = measured(clause, tally.counts, frame.ruler, frame.quantile_type)
        holds = None if found.value is None else exact.meets(found.value, clause.op, clause.value)
        return ValueOutcome(clause, None, found.value, tally.n_valid, holds, found.numerator)
    raise ValueError(f"unknown clause {clause.clause}")


def _share(clause: ShareClause, tally: Tally, frame: Frame) -> ShareOutcome:
    band, places = frame.ruler.counted_by(clause)
    numerator = sum([tally.counts[place] for place in places])
    if frame.base == "valid":
        denominator: int | None = tally.n_valid
    else:
        denominator = tally.n_shown if frame.base == "shown" else tally.n_invited
    holds = exact.share_meets(numerator, denominator, clause.op, clause.value) if denominator else None
    return ShareOutcome(clause, band, frame.base, numerator, denominator, holds)


def _median(clause: MedianClause, tally: Tally, frame: Frame) -> ValueOutcome:
    band, _ = frame.ruler.bands[clause.in_band]
    median = exact.median(frame.ruler.values, tally.counts, frame.quantile_type)
    holds = None if median is None else band.low <= median <= band.high
    return ValueOutcome(clause, band, median, tally.n_valid, holds)


def _each_group(clause: EachGroupClause, frame: Frame) -> EachGroupOutcome:
    group = frame.groups.get(clause.of)
    declared = tuple(group.categories) if group else ()
    wanted = declared if clause.only is None else tuple(clause.only)
    empty = Tally((0,) * len(frame.ruler.values), 0, None)
    large: list[GroupOutcome] = []
    left_out: list[str] = []
    # The order of declaration: the sentence must not depend on that of `only` or of the answers.
    for value in sorted(wanted, key=lambda one: declared.index(one) if one in declared else len(declared)):
        tally = frame.tallies.get((clause.of, value)) or empty
        if tally.n_valid < clause.min_n:
            left_out.append(value)
        else:
            large.append(GroupOutcome(value, tally.n_valid, evaluate(clause.require, tally, frame)))
    is_required = group.required if group else False
    states = [one.outcome.holds for one in large]
    undecided = not large or (is_required and bool(left_out)) or None in states
    return EachGroupOutcome(
        clause, tuple(large), tuple(left_out), is_required, None if undecided else all(states)
    )


def fits_scale(clause: Clause, scale: Scale) -> bool:
    """Whether a clause can be read on a scale: it has the bands, and an order where one is needed."""
    if type(clause) is AllClause or type(clause) is AnyClause:
        return all(fits_scale(part, scale) for part in clause.of)
    if type(clause) is EachGroupClause:
        return fits_scale(clause.require, scale)
    if type(clause) is ShareClause:
        named = (
            {category.code for category in scale.categories}
            if clause.within
            else {b.name for b in scale.bands}
        )
        return scale.kind in JUDGED_SCALES and named.issuperset(clause.within or (clause.band,))
    if type(clause) is MeasureClause:
        if clause.measure in OF_RANKINGS:
            return scale.kind == "rank"
        entry = of_rule(clause.measure, of_answers())
        kinds = ("ordinal",) if needs_order(entry) else JUDGED_SCALES
        return scale.kind in kinds and is_readable(entry, clause.options, Ruler.of(scale))
    if type(clause) is RamClause:
        bands = {clause.median_band} - {None}
        return is_nine_points(scale) and bands <= {band.name for band in scale.bands}
    if type(clause) is FuzzyClause:
        return has_map_for(clause, scale)
    if scale.kind != "ordinal":
        return False
    if type(clause) is CvrClause:
        return any(band.name == clause.band for band in scale.bands)
    return type(clause) is not MedianClause or any(band.name == clause.in_band for band in scale.bands)


def without_each_group(clause: Clause) -> Clause | None:
    """The clause as it is read within one group: `each_group` falls away; None when nothing is left."""
    if type(clause) is EachGroupClause:
        return None
    if type(clause) is not AllClause and type(clause) is not AnyClause:
        return clause
    kept = tuple(one for part in clause.of if (one := without_each_group(part)) is not None)
    if not kept:
        return None
    return clause if kept == clause.of else type(clause)(of=kept)


def has_share(clause: Clause) -> bool:
    """Whether a share is part of the clause."""
    if type(clause) is AllClause or type(clause) is AnyClause:
        return any(has_share(part) for part in clause.of)
    return has_share(clause.require) if type(clause) is EachGroupClause else type(clause) is ShareClause


def has_quantile(clause: Clause) -> bool:
    """Whether quantiles whose type matters are part of the clause."""
    if type(clause) is AllClause or type(clause) is AnyClause:
        return any(has_quantile(part) for part in clause.of)
    if type(clause) is EachGroupClause:
        return has_quantile(clause.require)
    if type(clause) is MeasureClause:
        return has_quantiles(clause.measure)
    if type(clause) is RamClause:
        return clause.rule == "ipras"
    return type(clause) is MedianClause or type(clause) is IqrClause


def left_out_groups(outcome: Outcome | None) -> tuple[tuple[EachGroupClause, tuple[str, ...]], ...]:
    """Groups that had too few answers, per `each_group` clause that left some out."""
    if isinstance(outcome, CombinedOutcome):
        return tuple(one for part in outcome.parts for one in left_out_groups(part))
    if isinstance(outcome, EachGroupOutcome) and outcome.left_out:
        return ((outcome.clause, outcome.left_out),)
    return ()


def first_undecided(outcome: Outcome) -> Outcome:
    """The clause because of which an outcome cannot be decided."""
    if isinstance(outcome, CombinedOutcome):
        return next(first_undecided(part) for part in outcome.parts if part.holds is None)
    return outcome
