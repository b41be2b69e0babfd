"""Rules that could never decide as they are written: thresholds out of reach, clauses without an order, ways back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction

from delphi.study import grammar as g
from delphi.study import model as m
from delphi.study.exactly import fraction
from delphi.study.sections import Collected, Sections
from delphi.study.tree import Path

REACH = {
    "van_der_eijk": (-1, 1), "van_der_eijk_agreement": (-1, 1), "van_der_eijk_polarization": (0, 1),
    "share_unchanged": (0, 1), "share_changed_gt1": (0, 1), "net_change": (0, 1), "weighted_kappa": (-1, 1),
    "wilcoxon_signed_rank_p": (0, 1),
}  # fmt: skip
"""Least and greatest value of a measure; what is not named has no bounds of its own."""
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
            _check_reach(stability.measure, stability.value, ("rules", "stability", place, "value"), found)
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
            _check_reach(clause.measure, clause.value, (*path, key, "value"), found)
    if written.iqr is not None and (value := _exact(written.iqr.at_most)) is not None and value < 0:
        found.add(
            (*path, "iqr", "at_most"), "an interquartile range is never below 0", "", "threshold_out_of_reach"
        )


def _check_reach(measure: str, written: g.Share, path: Path, found: Collected) -> None:
    low, high = REACH.get(measure, (None, None))
    value = _exact(written)
    if value is None or low is None or high is None or low <= value <= high:
        return
    found.add(
        path,
        f"{measure} lies between {low} and {high}, this is {written}",
        'Write "15%" or 0.15.' if low == 0 else "",
        "threshold_out_of_reach",
    )


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
    """A rule on bands or quartiles applies to at least one ordinal scale."""
    word = next(_ordinal_words(rule.require), None)
    kinds = {scales[scale_id].kind for scale_id in _scales_of(rule, items) if scale_id in scales}
    if word is not None and kinds and kinds <= {"nominal"}:
        found.add(
            (*path, "applies_to"),
            f"`{word}` needs an ordered scale, and all this rule applies to is nominal",
            "Name items or dims on an ordinal scale.",
            "never_judged",
        )


def _ordinal_words(written: g.WrittenClause) -> Iterator[str]:
    for word in ("share", "median", "iqr"):
        if getattr(written, word) is not None:
            yield word
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
