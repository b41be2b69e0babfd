"""Whether the study may stop after a wave, condition by condition; the decision is a person's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import get_args

from delphi.decisions import exact
from delphi.decisions.numbers import bound_text, percent_of
from delphi.study.model import StabilityName, StopCondition, Stopping

RETENTION_FLOOR = Fraction(1, 2)
"""Share of the first round's respondents under which a person has to decide (statistics.md 12, step 6)."""


@dataclass(frozen=True, slots=True)
class ItemState:
    """How an item stands after a wave: by its deciding dimension in the last wave that rated it."""

    item_id: str
    verdict: str
    stability: str
    is_rated_now: bool
    is_closed: bool


@dataclass(frozen=True, slots=True)
class StopRow:
    """One condition: whether it is met, and the counts behind it."""

    condition: str
    is_met: bool
    numerator: int | None
    denominator: int | None
    reason: str


def stopping_memo(
    stopping: Stopping,
    rounds_done: int,
    items: Sequence[ItemState],
    retention: tuple[int, int] | None = None,
) -> tuple[StopRow, ...]:
    """Rows for every stopping condition, for retention, and last for all of it together (`stop`).

    Parameters
    ----------
    stopping : the study's conditions
    rounds_done : Delphi rounds up to and with this wave
    items : items that have been judged in this or an earlier wave
    retention : who returned the first round and this one, and who returned the first; None in the first round

    Notes
    -----
    `share_of_items`: a stability is a share of the items that this wave judged; a verdict, or `closed`, a
    share of all items judged so far, each as its last wave left it.
    """
    rows: list[StopRow] = []
    limit: StopRow | None = None
    if stopping.max_rounds is not None:
        limit = _rounds("max_rounds", rounds_done, stopping.max_rounds)
    conditions = [_condition(one, rounds_done, items) for one in stopping.conditions]
    rows += ([limit] if limit else []) + conditions
    if retention is not None:
        rows.append(_retention(*retention))
    if limit or conditions:
        rows.append(_together(stopping, limit, conditions))
    return tuple(rows)


def _rounds(name: str, done: int, wanted: int) -> StopRow:
    text = f"{done} of {wanted} round{'' if wanted == 1 else 's'} {'is' if done == 1 else 'are'} done."
    return StopRow(name, done >= wanted, done, wanted, text)


def _condition(condition: StopCondition, rounds_done: int, items: Sequence[ItemState]) -> StopRow:
    if condition.rounds_done is not None:
        return _rounds("rounds_done", rounds_done, condition.rounds_done)
    state, op, bound = condition.state, condition.op, condition.value
    if state is None or op is None or bound is None:
        raise ValueError("a stopping condition names rounds_done, or state, op and value")
    if state in get_args(StabilityName):
        among = [item for item in items if item.is_rated_now]
        counted, what = sum(item.stability == state for item in among), "items that this wave judged"
    else:
        among = list(items)
        is_closed = state == "closed"
        counted = sum(item.is_closed if is_closed else item.verdict == state for item in among)
        what = "items judged so far"
    name = f"share_of_items:{state}"
    n = len(among)
    if n == 0:
        return StopRow(name, False, 0, 0, f"No {what}; {bound_text(op, bound)} {state} is asked for.")
    is_met = exact.share_meets(counted, n, op, bound)
    text = f"{counted} of {n} {what} ({percent_of(counted, n, bound)}) are {state}; "
    needed = exact.needed(n, op, bound)
    return StopRow(name, is_met, counted, n, f"{text}{bound_text(op, bound)} is asked for, i.e. {needed}.")


def _retention(stayed: int, first: int) -> StopRow:
    if first == 0:
        return StopRow("retention", False, 0, 0, "Nobody returned the first round.")
    is_low = exact.share_meets(stayed, first, "less_than", RETENTION_FLOOR)
    share = percent_of(stayed, first, RETENTION_FLOOR)
    text = f"{stayed} of {first} who returned the first round returned this one ({share})"
    verb = "that is less than 50 %: a human decides" if is_low else "a human decides below 50 %"
    return StopRow("retention", is_low, stayed, first, f"{text}; {verb}.")


def _together(stopping: Stopping, limit: StopRow | None, conditions: Sequence[StopRow]) -> StopRow:
    met = sum(row.is_met for row in conditions)
    counts = f"{met} of {len(conditions)} conditions met, {stopping.connective} of them asked for"
    by_rule = bool(conditions) and (met == len(conditions) if stopping.connective == "all" else met > 0)
    if limit is not None and limit.is_met:
        reason = "The planned number of rounds is done: the study stops."
    elif by_rule:
        reason = f"{counts}: the study may stop."
    elif conditions:
        reason = f"{counts}: the study goes on."
    else:
        reason = "Rounds are left: the study goes on."
    is_met = by_rule or (limit is not None and limit.is_met)
    return StopRow("stop", is_met, met, len(conditions), reason)
