"""Everything that is tried on the verdicts of items that the same rules judge, and the label that follows from it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from delphi import statistics as ds
from delphi.decisions.evidence import Ruler
from delphi.decisions.robustness.fragility import Fragility, fragility
from delphi.decisions.robustness.many import NAMES, Codes, verdicts_of
from delphi.decisions.robustness.multiverse import Universe, universes
from delphi.decisions.robustness.omitted import respondents_that_matter, without_group
from delphi.decisions.robustness.panel import Counts, States, reduced
from delphi.decisions.robustness.resampled import chance_baseline, probability
from delphi.decisions.trials import RuleBook
from delphi.study.model import Rules

Label = Literal["robust", "sensitive", "fragile"]
LABELS: tuple[Label, ...] = ("robust", "sensitive", "fragile")
DRAWS = 2000


@dataclass(frozen=True)
class Block:
    """Items that the same rules judge on the same scale, with what else is known of who answered them.

    Parameters
    ----------
    names : item and dimension of each state
    states : the answers
    complete : the same of those who returned every round so far, (D, K, V) and (D, K); None where all did, or it is not asked
    leavers : last answers of those who rated an item in an earlier round and did not return this one, (D, K, V)
    book : the rules
    """

    names: tuple[tuple[str, str], ...]
    states: States
    complete: tuple[Counts, Counts] | None
    leavers: Counts
    book: RuleBook


@dataclass(frozen=True)
class Tried:
    """One thing that was tried on one verdict.

    `verdict` is what came out, `is_same` whether it is the declared one; `value` is a share, chance or number, `n` what it
    rests on. A row of its own has the `label`.
    """

    name: tuple[str, str]
    test: str
    variant: str = ""
    verdict: str | None = None
    is_same: bool | None = None
    value: float | None = None
    n: int | None = None
    label: Label | None = None


def tried(block: Block, rules: Rules, wave_id: str) -> Iterator[Tried]:
    """All trials on the items of a block, and the label of each.

    Notes
    -----
    `robust`: every combination of the declared choices gives the same verdict, and no single respondent's absence changes it.
    `fragile`: one changed answer or one absent respondent changes it, or fewer than half of the combinations keep it.
    `sensitive`: everything between.
    """
    dimensions = frozenset(rules.multiverse.weights)
    if rules.robustness.leave_out_group:
        dimensions |= frozenset(block.book.groups)
    small = replace(block, states=_small(block, block.states, frozenset()))
    declared = verdicts_of(small.states, small.book)
    kept = np.zeros((len(block.names), 2), dtype=np.int64)
    for universe, found in _universes(block, rules):
        is_same = found == declared
        kept += np.stack([is_same, np.ones(len(is_same), dtype=bool)], axis=1)
        if len(universe.choices) == 1:
            name, text = universe.choices[0]
            for place, one in enumerate(block.names):
                yield Tried(one, name, text, NAMES[found[place]], bool(is_same[place]))
    yield from _leaving(block, declared)
    for place, one in enumerate(block.names):
        verdict = int(declared[place])
        yield Tried(
            one,
            "multiverse",
            "",
            NAMES[verdict],
            None,
            float(kept[place, 0] / kept[place, 1]),
            int(kept[place, 1]),
        )
        state = small.states.take(np.array([place]))
        yield from _of_one(block, state, place, verdict, rules, wave_id, kept[place])


def _small(block: Block, states: States, dimensions: frozenset[str]) -> States:
    return reduced(states, block.book.consensus, dimensions)


def _universes(block: Block, rules: Rules) -> Iterator[tuple[Universe, Codes]]:
    """Each combination of choices with the verdicts that it gives."""
    weights = frozenset(rules.multiverse.weights)
    small: dict[bool, States] = {}
    for universe in universes(block.book.consensus, block.book.quantile_type, rules.multiverse):
        book = RuleBook(universe.consensus, block.book.groups, block.book.quantile_type)
        with_complete = universe.has_complete_cases and block.complete is not None
        if with_complete not in small:
            states = block.states
            if with_complete and block.complete is not None:
                states = replace(states, counts=block.complete[0], blank=block.complete[1])
            every_rule = (*block.book.consensus, *rules.multiverse.rules)
            small[with_complete] = reduced(states, every_rule, weights)
        yield universe, verdicts_of(small[with_complete], book, universe.reading)


def _leaving(block: Block, declared: Codes) -> Iterator[Tried]:
    """The verdict had the leavers stayed and answered as before, or all agreed, or all been opposed; and without whoever did
    not return every round."""
    gone = block.leavers.sum(axis=(1, 2))
    cases: list[tuple[str, Counts]] = [("leavers_last_answers", block.leavers)]
    if len(block.states.ruler.values) > 1:
        own = block.leavers.sum(axis=2)
        for name, place in (("leavers_agree", -1), ("leavers_oppose", 0)):
            extreme = np.zeros_like(block.leavers)
            extreme[..., place] = own
            cases.append((name, extreme))
    for name, more in cases:
        states = block.states.with_counts(block.states.counts + more)
        found = verdicts_of(_small(block, states, frozenset()), block.book)
        for place, one in enumerate(block.names):
            if gone[place]:
                yield Tried(
                    one,
                    name,
                    "",
                    NAMES[found[place]],
                    bool(found[place] == declared[place]),
                    n=int(gone[place]),
                )
    if block.complete is not None:
        states = replace(block.states, counts=block.complete[0], blank=block.complete[1])
        found = verdicts_of(_small(block, states, frozenset()), block.book)
        for place, one in enumerate(block.names):
            yield Tried(
                one,
                "complete_cases",
                "",
                NAMES[found[place]],
                bool(found[place] == declared[place]),
                n=int(states.n[place]),
            )


def _of_one(
    block: Block, state: States, place: int, verdict: int, rules: Rules, wave_id: str, kept: Counts
) -> Iterator[Tried]:
    """What is tried on one item alone, and its label."""
    one, chosen = block.names[place], rules.robustness
    seen = int(state.n[0] + state.blank.sum())
    matter: int | None = None
    hangs_on: Fragility | None = None
    if chosen.leave_out_panelist:
        matter = respondents_that_matter(state, block.book, verdict)
        yield Tried(one, "leave_out_panelist", "", None, matter == 0, float(matter), seen)
    if chosen.leave_out_group:
        whole = block.states.take(np.array([place]))
        for group in whole.groups:
            if whole.counts[0, whole.members(group)].any():
                dims = frozenset([group[0]])
                found = without_group(reduced(whole, block.book.consensus, dims), block.book, group)
                yield Tried(one, "leave_out_group", "=".join(group), NAMES[found], found == verdict)
    if chosen.fragility:
        hangs_on = fragility(state, block.book, verdict)
        value = None if hangs_on.n is None else float(hangs_on.n)
        yield Tried(
            one, "fragility", "exact" if hangs_on.is_exact else "at_most", None, None, value, int(state.n[0])
        )
    draws = rules.bootstrap_draws or DRAWS
    rng = ds.stream(rules.seed, "|".join(("verdict", wave_id, *one)))
    yield Tried(
        one, "bootstrap", "", NAMES[verdict], None, probability(state, block.book, verdict, draws, rng), draws
    )
    if chosen.chance_baseline:
        chances = _chances(block.states.ruler, state.ruler, block.book)
        value = chance_baseline(state, block.book, verdict, chances, draws, rng)
        yield Tried(one, "chance", "", NAMES[verdict], None, value, draws)
    yield Tried(one, "label", label=label_of(kept, matter, hangs_on))


def label_of(kept: Sequence[int] | Counts, matter: int | None, hangs_on: Fragility | None) -> Label:
    """Robust, sensitive or fragile; `kept` is how many of how many combinations give the same verdict."""
    same, of = int(kept[0]), int(kept[1])
    if (matter or 0) > 0 or (hangs_on is not None and hangs_on.n == 1) or 2 * same < of:
        return "fragile"
    return "robust" if same == of else "sensitive"


def _chances(full: Ruler, small: Ruler, book: RuleBook) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Chance of each category of the smaller ruler, every declared category being as likely as any other."""
    if len(full.values) == len(small.values):
        return np.full(len(full.values), 1 / len(full.values))
    ones = States(
        full,
        (frozenset(),),
        np.eye(len(full.values), dtype=np.int64)[:, None],
        np.zeros((len(full.values), 1), dtype=np.int64),
    )
    return reduced(ones, book.consensus, frozenset()).counts.sum(axis=(0, 1)) / len(full.values)
