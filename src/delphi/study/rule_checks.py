"""Rules that could never decide as they are written: thresholds out of reach, clauses without an order, ways back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from delphi.study import grammar as g
from delphi.study import model as m
from delphi.study.exactly import fraction
from delphi.study.measures import full_name, needs_order, of_answers, of_change, reach
from delphi.study.sections import Collected, Sections
from delphi.study.tree import Path

if TYPE_CHECKING:
    from delphi.statistics.registry import Statistic

NEVER_JUDGED_KINDS = ("open", "profile", "survey")


def check_rules(
    parts: Sections, items: Iterable[m.Item], scales: Mapping[str, m.Scale], waves: Sequence[m.Wave],
    found: Collected,
) -> None:  # fmt: skip
    """Own rules, after all sections were read; presets are right by construction."""
    asked = list(items)
    are_items_whole = not found.is_wrong("items", "item_defaults", "scales")
    for place, rule in parts.consensus.items():
        path: Path = ("rules", "consensus", place)
        _check_clause(rule.require, (*path, "require"), False, found)
        if are_items_whole:
            _check_order(rule, path, asked, scales, found)
    for place, stability in parts.stability.items():
        if stability.value is not None:
            here: Path = ("rules", "stability", place, "value")
            _check_reach(stability.measure, of_change(), stability.value, here, found)
    order = {wave.wave_id: wave.sequence for wave in waves}
    for place, transition in parts.transitions.items():
        after, to = order.get(transition.after), order.get(transition.to or "")
        if after is not None and to is not None and to <= after:
            found.add(
                ("rules", "transitions", place, "to"),
                f"the wave {transition.to!r} does not come after {transition.after!r}",
                "Name a later wave.",
                "dates_in_wrong_order",
            )


def _check_clause(written: g.WrittenClause, path: Path, is_in_group: bool, found: Collected) -> None:
    for key, several in (("all", written.all), ("any", written.any)):
        for number, one in enumerate(several or ()):
            _check_clause(one, (*path, key, number), is_in_group, found)
    if written.each_group is not None:
        if is_in_group:
            found.add(
                (*path, "each_group"),
                "each_group within each_group: a group has no groups",
                "Put the two beside each other under all.",
                "nested_each_group",
            )
        _check_clause(written.each_group.require, (*path, "each_group", "require"), True, found)
    for key, clause in (("agreement", written.agreement), ("polarised", written.polarised)):
        if clause is not None:
            _check_reach(clause.measure, of_answers(), clause.value, (*path, key, "value"), found)
    if written.iqr is not None and (value := _exact(written.iqr.at_most)) is not None and value < 0:
        found.add(
            (*path, "iqr", "at_most"), "an interquartile range is never below 0", "", "threshold_out_of_reach"
        )


def _check_reach(
    measure: str, known: Mapping[str, Statistic], written: g.Share, path: Path, found: Collected
) -> None:
    """A bound that the measure can lie on either side of."""
    entry, value = known.get(full_name(measure)), _exact(written)
    if entry is None or value is None:
        return
    low, high = reach(measure, entry)
    if (low is None or low <= value) and (high is None or value <= high):
        return
    if low is None or high is None:
        told = f"is never below {low:g}" if high is None else f"is never above {high:g}"
    else:
        told = f"lies between {low:g} and {high:g}"
    hint = 'Write "15%" or 0.15.' if (low, high) == (0, 1) else ""
    found.add(path, f"{measure} {told}, this is {written}", hint, "threshold_out_of_reach")


def _exact(written: g.Share) -> Fraction | None:
    try:
        return fraction(written)
    except (ValueError, ArithmeticError):
        return None  # said where the rule is resolved


def _check_order(
    rule: g.WrittenConsensus,
    path: Path,
    items: Sequence[m.Item],
    scales: Mapping[str, m.Scale],
    found: Collected,
) -> None:
    """A rule on bands, quartiles or an ordinal measure applies to at least one ordinal scale."""
    word = next(_ordinal_words(rule.require), None)
    kinds = {scales[scale_id].kind for scale_id in _scales_of(rule, items) if scale_id in scales}
    if word is not None and kinds and "ordinal" not in kinds:
        found.add(
            (*path, "applies_to"),
            f"`{word}` needs an ordered scale, and all this rule applies to is {' or '.join(sorted(kinds))}",
            "Name items or dims on an ordinal scale.",
            "never_judged",
        )


def _ordinal_words(written: g.WrittenClause) -> Iterator[str]:
    if written.share is not None and written.share.band is not None:
        yield "share"
    for word in ("median", "iqr", "ram", "cvr", "fuzzy"):
        if getattr(written, word) is not None:
            yield word
    for measure in (written.agreement, written.polarised):
        entry = of_answers().get(full_name(measure.measure)) if measure is not None else None
        if measure is not None and entry is not None and needs_order(entry):
            yield measure.measure
    for one in (*(written.all or ()), *(written.any or ())):
        yield from _ordinal_words(one)
    if written.each_group is not None:
        yield from _ordinal_words(written.each_group.require)


def _scales_of(rule: g.WrittenConsensus, items: Iterable[m.Item]) -> Iterator[str]:
    applies = rule.applies_to
    kinds = [applies.kind] if isinstance(applies.kind, str) else applies.kind
    for item in items:
        is_meant = (kinds is None or item.kind in kinds) and (
            applies.items is None or item.item_id in applies.items
        )
        if item.kind in NEVER_JUDGED_KINDS or not is_meant:
            continue
        for dimension, scale_id in item.dims.items():
            if applies.dims is None or dimension in applies.dims:
                yield scale_id
