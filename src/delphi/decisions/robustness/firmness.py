"""Everything that is tried on the verdicts of items that the same rules judge, and the label that follows from it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from delphi import statistics as ds
from delphi.decisions.evidence import Ruler
from delphi.decisions.robustness.fragility import Fragility, fragilities
from delphi.decisions.robustness.labels import Label
from delphi.decisions.robustness.many import NAMES, Codes, that_matter, verdicts_of
from delphi.decisions.robustness.multiverse import Universe, universes
from delphi.decisions.robustness.omitted import respondents_that_matter, without_group
from delphi.decisions.robustness.panel import Counts, States, reduced
from delphi.decisions.robustness.resampled import chance_baseline, probability
from delphi.decisions.trials import RuleBook
from delphi.study.model import Rules

DRAWS = 2000


@dataclass(frozen=True)
class Block:
    """Items that the same rules judge on the same scale, with what else is known of who answered them.

    Parameters
    ----------
    names : item and dimension of each state
    states : the answers, respondents by the groups that the rules and weights look at
    by_dimension : the same with the groups of one more dimension, whose groups are left out in turn
    complete : the same of those who returned every round so far, (D, K, V) and (D, K); None where all did, or it is not asked
    leavers : last answers of those who rated an item in an earlier round and did not return this one, (D, K, V)
    book : the rules
    """

    names: tuple[tuple[str, str], ...]
    states: States
    by_dimension: Mapping[str, States]
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
    `sensitive`: everything between. An item that nobody saw has no label.
    """
    small = replace(block, states=_small(block, block.states))
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
        share = float(kept[place, 0] / kept[place, 1])
        yield Tried(one, "multiverse", "", NAMES[declared[place]], None, share, int(kept[place, 1]))
    for verdict in dict.fromkeys(int(code) for code in declared):
        places = np.flatnonzero(declared == verdict)
        yield from _of_verdict(block, places, verdict, rules, wave_id, kept)


def _small(block: Block, states: States) -> States:
    return reduced(states, block.book.consensus, frozenset())


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
    if len(block.states.ruler.values) > 1 and not block.states.ruler.orders:
        own = block.leavers.sum(axis=2)
        for name, place in (("leavers_agree", -1), ("leavers_oppose", 0)):
            extreme = np.zeros_like(block.leavers)
            extreme[..., place] = own
            cases.append((name, extreme))
    for name, more in cases:
        states = block.states.with_counts(block.states.counts + more)
        found = verdicts_of(_small(block, states), block.book)
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
        found = verdicts_of(_small(block, states), block.book)
        for place, one in enumerate(block.names):
            yield Tried(
                one,
                "complete_cases",
                "",
                NAMES[found[place]],
                bool(found[place] == declared[place]),
                n=int(states.n[place]),
            )


def _of_verdict(
    block: Block, places: NDArray[np.intp], verdict: int, rules: Rules, wave_id: str, kept: Counts
) -> Iterator[Tried]:
    """What is tried on the items of one verdict, which hangs on the same rules, and their labels."""
    names, chosen = [block.names[place] for place in places], rules.robustness
    book = that_matter(block.book, verdict)
    states = reduced(block.states.take(places), book.consensus, frozenset())
    matter = np.zeros(len(names), dtype=np.int64)
    if chosen.leave_out_panelist:
        matter = respondents_that_matter(states, book, verdict)
        for at, one in enumerate(names):
            seen = int(states.n[at] + states.blank[at].sum())
            yield Tried(one, "leave_out_panelist", "", None, bool(matter[at] == 0), float(matter[at]), seen)
    for dimension, by in block.by_dimension.items():
        whole = reduced(by.take(places), block.book.consensus, frozenset([dimension]))
        for group in whole.groups:
            if group[0] == dimension:
                found = without_group(whole, block.book, group)
                has_members = whole.counts[:, whole.members(group)].any(axis=(1, 2))
                for at in np.flatnonzero(has_members).tolist():
                    is_same = bool(found[at] == verdict)
                    yield Tried(names[at], "leave_out_group", "=".join(group), NAMES[found[at]], is_same)
    hangs_on: list[Fragility | None] = [None] * len(names)
    # Of rankings the search would know only the orders that were given, and chance all of them.
    is_ranked = bool(states.ruler.orders)
    if chosen.fragility and not is_ranked:
        of_each = fragilities(states, book, verdict)
        hangs_on = [*of_each]
        for at, (one, found_one) in enumerate(zip(names, of_each, strict=True)):
            variant = "exact" if found_one.is_exact else "at_most" if found_one.n else "more_than"
            value = float(found_one.n or found_one.more_than)
            yield Tried(one, "fragility", variant, None, None, value, int(states.n[at]))
    draws = rules.bootstrap_draws or DRAWS
    chances = None if is_ranked else _chances(block.states.ruler, states.ruler, book)
    for at, one in enumerate(names):
        rng, state = ds.stream(rules.seed, "|".join(("verdict", wave_id, *one))), states.take(np.array([at]))
        yield Tried(
            one, "bootstrap", "", NAMES[verdict], None, probability(state, book, verdict, draws, rng), draws
        )
        if chosen.chance_baseline and chances is not None:
            by_chance = chance_baseline(state, book, verdict, chances, draws, rng)
            yield Tried(one, "chance", "", NAMES[verdict], None, by_chance, draws)
    for at, (place, one) in enumerate(zip(places, names, strict=True)):
        if states.n[at] + states.blank[at].sum():
            yield Tried(one, "label", label=label_of(kept[place], int(matter[at]), hangs_on[at]))


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
