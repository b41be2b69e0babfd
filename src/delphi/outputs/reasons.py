"""Which reasons of verdicts tell more than the numbers that stand beside them, so that they must not go on."""

from __future__ import annotations

import re
from collections.abc import Collection

from delphi.study.measures import full_name
from delphi.study.model import (
    AllClause,
    AnyClause,
    AppliesTo,
    Categories,
    Clause,
    EachGroupClause,
    FuzzyClause,
    Item,
    MeasureClause,
    Rules,
    Scale,
    ShareClause,
)

_EXACT = re.compile(r"(?:answers|rankings) is |validity ratio of |fuzzy mean|defuzzified rating|percentile")


def tells_exactly(sentence: str) -> bool:
    """Whether a sentence has a number from which counts follow: a measure, a ratio, a percentile, a fuzzy rating."""
    return _EXACT.search(sentence) is not None


def tells_more(
    rules: Rules,
    item: Item,
    dimension: str,
    scale: Scale,
    measures: Collection[str],
    changes: Collection[str],
) -> tuple[bool, bool]:
    """Whether the reasons of an item's verdict, and of its stability, can tell more than the measures that are given out.

    Parameters
    ----------
    measures, changes : ids of the statistics of answers, and of change, that are given out
    """
    verdict = any(
        _is_finer(rule.require, scale, measures)
        for rule in rules.consensus
        if _is_for(rule.applies_to, item, dimension)
    )
    stability = any(
        rule.measure not in changes for rule in rules.stability if _is_for(rule.applies_to, item, dimension)
    )
    return verdict, stability


def _is_for(applies: AppliesTo, item: Item, dimension: str) -> bool:
    return (
        (applies.kinds is None or item.kind in applies.kinds)
        and (applies.dims is None or dimension in applies.dims)
        and (applies.items is None or item.item_id in applies.items)
    )


def _is_finer(clause: Clause, scale: Scale, measures: Collection[str]) -> bool:
    """A clause looks at single points of a scale, or at a number that is not given out."""
    if isinstance(clause, AllClause | AnyClause):
        return any(_is_finer(part, scale, measures) for part in clause.of)
    if isinstance(clause, EachGroupClause):
        return _is_finer(clause.require, scale, measures)
    if isinstance(clause, ShareClause):
        return bool(clause.within) and scale.kind == "ordinal"
    if isinstance(clause, MeasureClause):
        chosen = [one.value for one in clause.options if isinstance(one.value, Categories)]
        has_points = scale.kind == "ordinal" and any(one.codes for one in chosen)
        return has_points or full_name(clause.measure) not in measures
    return isinstance(clause, FuzzyClause)
