"""Whether two rules with different verdicts can both match: a bounded search that warns and refuses
nothing."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from math import comb

from delphi.study import model as m
from delphi.study.sections import Collected

SEARCHED_N = (5, 8, 10, 12, 20, 40)
MOST_SEARCHED = 40
MOST_SPLITS = 20_000
ELSEWHERE = ""


def warn_of_ambiguity(study: m.Study, found: Collected) -> None:
    """Warn of each pair of rules on one scale that one distribution of answers over the bands satisfies.

    Searched are all distributions over the bands of panels of a few sizes, for rules of nothing but shares of bands: of a
    median, a spread, a measure, a method or a group such a distribution does not tell, and no pair is named in vain.
    """
    rules = [rule for rule in study.rules.consensus if _is_shares(rule.require)]
    told = set()
    for first, second in combinations(rules, 2):
        if first.verdict == second.verdict:
            continue
        scale = _common_scale(study, first, second)
        if scale is None or (first.rule_id, second.rule_id) in told:
            continue
        if not _share_a_wave(first.applies_to, second.applies_to):
            continue
        totals = _both_match(first, second, scale)
        if totals is not None:
            told.add((first.rule_id, second.rule_id))
            shown = ", ".join(f"{n} in {name}" if name else f"{n} elsewhere" for name, n in totals.items())
            place = list(study.rules.consensus).index(second)
            found.warn(
                ("rules", "consensus", place),
                f"the rules {first.rule_id!r} ({first.verdict}) and {second.rule_id!r} ({second.verdict}) both match "
                f"{shown}",
                f"The first, {first.rule_id!r}, would decide.",
                "rules_overlap",
            )


def _is_shares(clause: m.Clause) -> bool:
    if isinstance(clause, m.AllClause | m.AnyClause):
        return all(_is_shares(one) for one in clause.of)
    return isinstance(clause, m.ShareClause) and bool(clause.band)


def _common_scale(study: m.Study, first: m.ConsensusRule, second: m.ConsensusRule) -> m.Scale | None:
    for item in study.items:
        for dimension, scale_id in item.dims.items():
            scale = study.scales[scale_id]
            if (
                scale.kind == "ordinal"
                and scale.bands
                and all(_applies(rule.applies_to, item, dimension) for rule in (first, second))
            ):
                return scale
    return None


def _share_a_wave(first: m.AppliesTo, second: m.AppliesTo) -> bool:
    return first.waves is None or second.waves is None or bool(set(first.waves) & set(second.waves))


def _applies(applies: m.AppliesTo, item: m.Item, dimension: str) -> bool:
    return (
        (applies.kinds is None or item.kind in applies.kinds)
        and (applies.dims is None or dimension in applies.dims)
        and (applies.items is None or item.item_id in applies.items)
    )


def _both_match(first: m.ConsensusRule, second: m.ConsensusRule, scale: m.Scale) -> dict[str, int] | None:
    """Answers per band that both rules match; answers elsewhere are told as one number."""
    named = {*_bands_of(first.require), *_bands_of(second.require)}
    names = [band.name for band in scale.bands if band.name in named]
    if any(category.band not in named for category in scale.categories):
        names.append(ELSEWHERE)
    least = max(first.min_n, second.min_n)
    for n in sorted({*SEARCHED_N, first.min_n, second.min_n}):
        if not least <= n <= MOST_SEARCHED or comb(n + len(names) - 1, n) > MOST_SPLITS:
            continue
        for split in _splits(n, len(names)):
            totals = dict(zip(names, split, strict=True))
            if _holds(first.require, totals, n) and _holds(second.require, totals, n):
                return totals
    return None


def _bands_of(clause: m.Clause) -> Iterator[str]:
    if isinstance(clause, m.AllClause | m.AnyClause):
        for one in clause.of:
            yield from _bands_of(one)
    elif isinstance(clause, m.ShareClause):
        yield clause.band


def _splits(n: int, parts: int) -> Iterator[tuple[int, ...]]:
    if parts == 1:
        yield (n,)
        return
    for first in range(n + 1):
        for rest in _splits(n - first, parts - 1):
            yield (first, *rest)


def _holds(clause: m.Clause, totals: dict[str, int], n: int) -> bool:
    if isinstance(clause, m.AllClause):
        return all(_holds(one, totals, n) for one in clause.of)
    if isinstance(clause, m.AnyClause):
        return any(_holds(one, totals, n) for one in clause.of)
    assert isinstance(clause, m.ShareClause)
    if clause.band not in totals:
        return False
    # Thousands of splits are looked at: whole numbers take a tenth of the time of fractions.
    share, bound = totals[clause.band] * clause.value.denominator, clause.value.numerator * n
    if share == bound:
        return clause.op in ("at_least", "at_most")
    return (share > bound) == (clause.op in ("at_least", "more_than"))
