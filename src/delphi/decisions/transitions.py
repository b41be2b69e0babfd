"""What is proposed for an item after a wave. Proposals only: which items a wave asks, the study file says."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from delphi.decisions.verdict import Verdict
from delphi.study.model import Action, Rules, StabilityName, TransitionRule, VerdictName

CLOSING_ACTIONS: tuple[Action, ...] = ("close", "drop", "promote", "report_dissent", "split", "merge")
"""Actions after which the item is not asked again as it is."""


@dataclass(frozen=True, slots=True)
class Judged:
    """The verdict on an item in one dimension, as one wave left it."""

    wave_id: str
    item_id: str
    dimension: str
    verdict: VerdictName
    stability: StabilityName


@dataclass(frozen=True, slots=True)
class Proposal:
    """An action for an item; `verdict` and `stability` are what it follows from, None if not judged."""

    item_id: str
    action: Action
    target: str | None
    verdict: VerdictName | None
    stability: StabilityName | None
    reason: str


def judged(wave_id: str, item_id: str, dimension: str, verdict: Verdict) -> Judged:
    """What of a verdict later waves and transitions need."""
    return Judged(wave_id, item_id, dimension, verdict.verdict, verdict.stability)


def standing(history: Iterable[Judged]) -> dict[tuple[str, str], Judged]:
    """Standing verdict per item and dimension: of the last wave that rated it. `history` is in time order."""
    return {(one.item_id, one.dimension): one for one in history}


def deciding(dims: Sequence[str], verdicts: Iterable[Judged]) -> Judged | None:
    """The verdict that decides for an item: of its dimensions, in declared order, the first that has one."""
    by_dimension = {one.dimension: one for one in verdicts}
    return next((by_dimension[dimension] for dimension in dims if dimension in by_dimension), None)


def propose(
    item_id: str, verdict: Judged | None, rules: Rules, after: str, is_last: bool = False
) -> Proposal | None:
    """What to do with an item after a wave.

    Parameters
    ----------
    item_id : the item
    verdict : the one that decides for it (`deciding`); None: no rule judges it
    rules : the study's rules; their transitions are tried in order. Without any, consensus and stability
        decide (Dajani et al. 1979, adapted): both: closed; consensus alone: asked once more; stable without
        consensus: a dissent to report; neither: asked again
    after : the wave
    is_last : no further round is planned; matters only without transitions

    Returns
    -------
    Proposal, or None where there are transitions and none fits.
    """
    if rules.transitions:
        here = [rule for rule in rules.transitions if rule.after == after]
        if not here:
            return None
        if verdict is None:
            return Proposal(item_id, "carry", None, None, None, "No rule judges the item, so it is carried.")
        for rule in here:
            if rule.verdict in (None, verdict.verdict) and rule.stability in (None, verdict.stability):
                return Proposal(
                    item_id, rule.action, rule.to, verdict.verdict, verdict.stability, _because(rule, verdict)
                )
        return None
    if verdict is None:
        return None if is_last else Proposal(
            item_id, "carry", None, None, None, "No rule judges the item, so it is carried."
        )  # fmt: skip
    return _by_cells(
        item_id, verdict, is_last, needs_stability=any(not r.report_only for r in rules.stability)
    )


def _because(rule: TransitionRule, verdict: Judged) -> str:
    wanted = [text for text in (rule.verdict, rule.stability) if text]
    target = f" to {rule.to}" if rule.to else ""
    what = " and ".join(wanted) if wanted else "any verdict"
    transition = f"the first transition after {rule.after} that fits ({what})"
    return f"{_state(verdict)}: {transition} says {rule.action}{target}."


def _state(verdict: Judged) -> str:
    return f"{verdict.dimension} is {verdict.verdict} and {verdict.stability}"


def _by_cells(item_id: str, verdict: Judged, is_last: bool, needs_stability: bool) -> Proposal:
    has_consensus = verdict.verdict in ("consensus_in", "consensus_out")
    settled: Action = "drop" if verdict.verdict == "consensus_out" else "close"
    is_stable = verdict.stability == "stable"
    if has_consensus and (is_stable or not needs_stability):
        action, why = (
            settled,
            "consensus that is stable" if needs_stability else "consensus, and no stability is asked for",
        )
    elif has_consensus:
        action, why = (
            (settled, "consensus in the last round")
            if is_last
            else ("carry", "consensus that is not yet stable")
        )
    elif verdict.verdict == "insufficient_n":
        action, why = (
            ("escalate", "too few answers in the last round") if is_last else ("carry", "too few answers")
        )
    elif is_stable:
        action, why = "report_dissent", "answers that stand still without consensus"
    else:
        action, why = (
            ("escalate", "no consensus, not stable, and no round left")
            if is_last
            else ("carry", "no consensus and not stable")
        )
    reason = f"{_state(verdict)}: {why}."
    return Proposal(item_id, action, None, verdict.verdict, verdict.stability, reason)
