"""Rules that could never decide as they are written: thresholds out of reach, clauses without an order, ways back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from delphi.study import grammar as g
from delphi.study import model as m
from delphi.study.exactly import fraction
from delphi.study.measures import (
    OF_RANKINGS,
    full_name,
    needs_order,
    of_answers,
    of_change,
    reach,
    takes_rankings,
)
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
            _check_scales(rule, path, asked, scales, found)
    for place, stability in parts.stability.items():
        if stability.value is not None:
            here: Path = ("rules", "stability", place, "value")
            _check_reach(stability.measure, of_change(), stability.value, here, found)
        if are_items_whole and takes_rankings(stability.measure):
            kinds = {scales[one].kind for one in _scales_of(stability, asked) if one in scales}
            if kinds and "rank" not in kinds:
                found.add(
                    ("rules", "stability", place, "applies_to"),
                    f"`{stability.measure}` needs rankings, and all this rule applies to is {' or '.join(sorted(kinds))}",
                    "Name items or dims that have them.",
                    "never_judged",
                )
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
    if value is None or (entry is None and measure not in OF_RANKINGS):
        return
    low, high = (0, 1) if entry is None else reach(measure, entry)
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


ORDERED, COUNTED, RANKED = frozenset({"ordinal"}), frozenset({"ordinal", "nominal"}), frozenset({"rank"})
NEEDS = {ORDERED: "an ordered scale", COUNTED: "a scale of categories", RANKED: "rankings"}


def _check_scales(
    rule: g.WrittenConsensus,
    path: Path,
    items: Sequence[m.Item],
    scales: Mapping[str, m.Scale],
    found: Collected,
) -> None:
    """A rule applies to at least one scale on which all of it can be read."""
    kinds = {scales[scale_id].kind for scale_id in _scales_of(rule, items) if scale_id in scales}
    if not kinds:
        return
    needs = list(_needs(rule.require))
    for word, wanted in needs:
        if not wanted & kinds:
            found.add(
                (*path, "applies_to"),
                f"`{word}` needs {NEEDS[wanted]}, and all this rule applies to is {' or '.join(sorted(kinds))}",
                "Name items or dims on an ordinal scale."
                if wanted == ORDERED
                else "Name items or dims that have them.",
                "never_judged",
            )
            return
    if needs and not frozenset.intersection(*(wanted for _, wanted in needs)):
        on_rankings = next(word for word, wanted in needs if wanted == RANKED)
        other = next(word for word, wanted in needs if wanted != RANKED)
        found.add(
            (*path, "require"),
            f"`{on_rankings}` needs rankings and `{other}` does not take them: no item has both",
            "Write two rules.",
            "never_judged",
        )


def _needs(written: g.WrittenClause) -> Iterator[tuple[str, frozenset[str]]]:
    """Words of a clause with the kinds of scale on which each can be read."""
    if written.share is not None:
        yield "share", COUNTED if written.share.band is None else ORDERED
    for word in ("median", "iqr", "ram", "cvr", "fuzzy"):
        if getattr(written, word) is not None:
            yield word, ORDERED
    for measure in (written.agreement, written.polarised):
        if measure is None:
            continue
        entry = of_answers().get(full_name(measure.measure))
        if measure.measure in OF_RANKINGS:
            yield measure.measure, RANKED
        elif entry is not None:
            yield measure.measure, ORDERED if needs_order(entry) else COUNTED
    for one in (*(written.all or ()), *(written.any or ())):
        yield from _needs(one)
    if written.each_group is not None:
        yield from _needs(written.each_group.require)


def _scales_of(rule: g.WrittenConsensus | g.WrittenStability, items: Iterable[m.Item]) -> Iterator[str]:
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
