"""How firm verdicts are: many states judged at once give what judging each gives, and each trial what trying it by hand gives."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from math import comb

import numpy as np
import pytest
from decision_cases import (
    AGREEMENT,
    IMPORTANCE,
    REQUIRED_ROLES,
    ROLES,
    cvr,
    each_role,
    either,
    every,
    fuzzy,
    iqr,
    median,
    polarised,
    ram,
    rule,
    share,
    share_of,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from delphi.decisions import EVERYONE, Evidence, Tally
from delphi.decisions.evidence import Ruler
from delphi.decisions.robustness.firmness import Block, label_of, tried
from delphi.decisions.robustness.fragility import fragilities, fragility
from delphi.decisions.robustness.many import NAMES, Reading, verdicts_of
from delphi.decisions.robustness.multiverse import universes
from delphi.decisions.robustness.omitted import respondents_that_matter, without_group
from delphi.decisions.robustness.panel import States, reduced
from delphi.decisions.robustness.resampled import chance_baseline, probability
from delphi.decisions.trials import RuleBook, decide
from delphi.study.model import Item, Multiverse, Robustness, Rules
from delphi.study.presets import preset_rules

KINDS = tuple(
    frozenset(kind) for kind in ((), [("role", "company")], [("role", "government")], [("role", "ngo")])
)
IN = rule("in", "consensus_in", every(share("high", "at_least", "0.75"), share("low", "less_than", "0.15")))
OUT = rule(
    "out", "consensus_out", every(share("low", "at_least", "0.75"), share("high", "less_than", "0.15"))
)
SPLIT = rule("split", "split", polarised("0"))
GROUPS = rule(
    "groups",
    "consensus_in",
    every(share("high", "at_least", "0.6"), each_role(share("high", "at_least", "0.5"), min_n=3)),
)
RULES = {
    "shares": (IN, OUT),
    "groups": (GROUPS, OUT),
    "measure": (IN, OUT, SPLIT),
    "quartiles": (rule("q", "consensus_in", every(median("high"), iqr("2")), min_n=1), OUT),
    "either": (rule("e", "consensus_in", either(share("high", "more_than", "0.5"), median("high"))), SPLIT),
    "appropriate": (rule("a", "consensus_in", ram("high")), rule("i", "consensus_out", each_role(ram("low"), min_n=1)), rule("d", "split", ram(disagreement="present"))),
    "numbers": (rule("a", "consensus_in", ram("high", rule="classic"), min_n=2), rule("m", "no_consensus", ram("middle", "present", "classic"), min_n=1), rule("d", "split", ram(disagreement="present", rule="classic"))),
    "essential": (rule("e", "consensus_in", cvr("high"), min_n=1), rule("r", "consensus_out", each_role(cvr("low", Fraction(1, 5)), min_n=1))),
    "fuzzy": (rule("f", "consensus_in", fuzzy("herrera_9"), min_n=1), rule("g", "split", each_role(fuzzy("herrera_9", "1/8", defuzzified="graded_mean"), min_n=2))),
    "only": (rule("o", "consensus_in", each_role(share("high", "at_least", "0.5"), only=("company", "ngo"), min_n=2)),),
    "shown": (rule("s", "consensus_in", share("high", "at_least", "0.5"), base="shown", min_valid_share=Fraction(1, 2)), OUT),
    "named": (rule("n", "consensus_in", share_of("8 9", "at_least", "0.5"), min_n=1), rule("l", "consensus_out", every(share_of("1", "more_than", "0.2"), share("high", "less_than", "0.5")), min_n=1)),
    "invited": (rule("i", "consensus_in", share("high", "at_least", "0.5"), base="invited"), OUT),
}  # fmt: skip
ITEMS = (Item(item_id="s1", dims={"importance": IMPORTANCE.scale_id}),)
RULES |= {
    f"{name}, {within}": preset_rules(name, ITEMS, {IMPORTANCE.scale_id: IMPORTANCE}, (), groups).consensus
    for name in ("comet_70_15", "rand_ucla", "policy_delphi", "fuzzy_delphi")
    for within, groups in (("everybody", []), ("each role", ["role"]))
}
RULER = Ruler.of(IMPORTANCE)


def book_of(name: str, groups=ROLES) -> RuleBook:
    return RuleBook(RULES[name], groups, 7)


def states_of(counts, blank=None, invited=None, kinds=KINDS, ruler=RULER) -> States:
    given = np.asarray(counts, dtype=np.int64)
    given = given.reshape(-1, len(kinds), given.shape[-1])
    empty = np.zeros(given.shape[:2], dtype=np.int64)
    return States(
        ruler,
        kinds,
        given,
        empty if blank is None else np.asarray(blank, dtype=np.int64).reshape(empty.shape),
        invited,
    )


def one_by_one(states: States, book: RuleBook, **how) -> list[str]:
    """The verdicts by the ordinary way, with tallies counted group by group."""
    found = []
    for place in range(len(states)):
        tallies = {}
        for group in (EVERYONE, *(("role", name) for name in ("company", "government", "ngo"))):
            own = states.members(group)
            counts = states.counts[place, own].sum(axis=0)
            shown = int(counts.sum() + states.blank[place, own].sum())
            invited = None if states.invited is None else int(states.invited[group][place])
            tallies[group] = Tally(tuple(counts.tolist()), shown, invited)
        evidence = Evidence("r1", "s1", "importance", "rating", IMPORTANCE, tallies)
        found.append(decide(evidence, EVERYONE, book, **how).verdict)
    return found


@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize("groups", [ROLES, REQUIRED_ROLES], ids=["free", "required"])
@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), most=st.sampled_from([1, 3, 9]), skew=st.sampled_from([0.0, 0.6, 0.9]))
def test_many_states_get_the_verdicts_that_each_gets_alone(name, groups, seed, most, skew) -> None:
    rng = np.random.default_rng(seed)
    counts = rng.integers(0, most + 1, (8, 4, 9))
    counts[..., :6] = np.where(rng.random((8, 4, 6)) < skew, 0, counts[..., :6])
    blank = rng.integers(0, 4, (8, 4))
    sizes = counts.sum(axis=2) + blank
    extra = rng.integers(0, 5, (8, 4))
    invited = {EVERYONE: (sizes + extra).sum(axis=1)} | {
        ("role", role): (sizes + extra)[:, place]
        for place, role in enumerate(("company", "government", "ngo"), 1)
    }
    states, book = states_of(counts, blank, invited), book_of(name, groups)
    expected = one_by_one(states, book)
    assert [NAMES[code] for code in verdicts_of(states, book)] == expected
    assert [
        NAMES[code] for code in verdicts_of(reduced(states, book.consensus, frozenset()), book)
    ] == expected
    for base, kind in (("shown", None), (None, 2), (None, 6)):
        how = {key: value for key, value in (("base", base), ("quantile_type", kind)) if value}
        found = verdicts_of(states, book, Reading(base=base, quantile_type=kind))  # type: ignore[arg-type]
        assert [NAMES[code] for code in found] == one_by_one(states, book, **how)


def test_categories_that_no_rule_tells_apart_are_one() -> None:
    small = reduced(states_of(np.arange(36).reshape(4, 9)), (IN, OUT), frozenset())
    assert len(small.ruler.values) == 3
    assert len(small.kinds) == 1
    assert small.counts.sum() == np.arange(36).reshape(4, 9).sum()
    assert len(reduced(states_of(np.arange(36).reshape(4, 9)), (GROUPS,), frozenset()).kinds) == 4
    assert len(reduced(states_of(np.arange(36).reshape(4, 9)), (IN, SPLIT), frozenset()).ruler.values) == 9
    named = reduced(states_of(np.arange(36).reshape(4, 9)), RULES["named"], frozenset())
    assert [sorted(codes) for codes in named.ruler.codes] == [
        ["1"],
        ["2", "3", "4", "5", "6"],
        ["7"],
        ["8", "9"],
    ]


@pytest.mark.parametrize(
    ("counts", "name", "fewest", "why"),
    [
        ([[1, 0, 0, 0, 1, 0, 0, 6, 0]], "shares", 1, "six of eight are exactly 75 %"),
        ([[0, 0, 0, 0, 0, 0, 0, 8, 0]], "shares", 2, "two of eight in the low band are not less than 15 %"),
        ([[0, 0, 0, 0, 8, 0, 0, 0, 0]], "shares", 6, "six of eight have to rise"),
        ([[0, 0, 0, 0, 0, 0, 0, 20, 0]], "shares", 3, "three of twenty are 15 %"),
        ([[4, 0, 0, 0, 0, 0, 0, 0, 4]], "measure", 2, "with one of eight between the camps A is still below 0"),
    ],
)  # fmt: skip
def test_the_fewest_changed_answers_that_flip_a_verdict(counts, name, fewest, why) -> None:
    states, book = states_of(counts, kinds=(frozenset(),)), book_of(name)
    small = reduced(states, book.consensus, frozenset())
    verdict = int(verdicts_of(states, book)[0])
    found = fragility(small, book, verdict)
    assert (found.n, found.is_exact) == (fewest, True), why


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_no_smaller_number_of_changes_flips_what_the_search_calls_exact(seed) -> None:
    """Tried by brute force: every way to move one answer, then every way to move one more, by the ordinary judge."""
    rng = np.random.default_rng(seed)
    counts = rng.multinomial(7, [0.2, 0.2, 0.6]).astype(np.int64)
    full = np.zeros((1, 1, 9), dtype=np.int64)
    full[0, 0, [0, 4, 8]] = counts
    states, book = states_of(full, kinds=(frozenset(),)), book_of("shares")
    verdict = int(verdicts_of(states, book)[0])
    found = fragility(reduced(states, book.consensus, frozenset()), book, verdict)
    assert found.is_exact
    reached, distance = {tuple(full[0, 0].tolist())}, 0
    while distance < 8:
        distance += 1
        reached = {
            tuple(n - (at == a) + (at == b) for at, n in enumerate(one))
            for one in reached for a, b in product((0, 4, 8), repeat=2) if a != b and one[a]
        }  # fmt: skip
        if any(
            name != NAMES[verdict]
            for name in one_by_one(states_of(list(reached), kinds=(frozenset(),)), book)
        ):
            break
    assert found.n == (distance if distance < 8 else None)
    assert found.more_than == min(distance, 8) - 1


@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize("kinds", [(frozenset(),), KINDS[:2]], ids=["everyone", "two kinds"])
@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), most=st.integers(0, 5), size=st.sampled_from([3, 9]))
def test_many_states_hang_on_as_many_answers_as_each_alone(name, kinds, seed, most, size) -> None:
    rng = np.random.default_rng(seed)
    counts = np.zeros((12, len(kinds), 9), dtype=np.int64)
    counts[..., :: 4 if size == 3 else 1] = rng.multinomial(most, np.ones(size) / size, (12, len(kinds)))
    blank = rng.integers(0, 2, (12, len(kinds)))
    sizes = counts.sum(axis=2) + blank
    invited = {EVERYONE: sizes.sum(axis=1) + 1, ("role", "company"): sizes[:, -1] + rng.integers(0, 2, 12)}
    states, book = states_of(counts, blank, invited, kinds), book_of(name)
    small = reduced(states, book.consensus, frozenset())
    declared = verdicts_of(small, book)
    for verdict in np.unique(declared).tolist():
        those = small.take(np.flatnonzero(declared == verdict))
        alone = [fragility(those.take(np.array([at])), book, verdict) for at in range(len(those))]
        assert fragilities(those, book, verdict) == alone


def test_respondents_whose_absence_changes_the_verdict_are_counted() -> None:
    states, book = states_of([[0, 0, 0, 0, 2, 0, 0, 6, 0]], kinds=(frozenset(),)), book_of("shares")
    verdict = int(verdicts_of(states, book)[0])
    assert NAMES[verdict] == "consensus_in"
    # Without one of the six, five of seven are 71 %; without one of the other two it is six of seven.
    assert respondents_that_matter(states, book, verdict).tolist() == [6]
    firm = states_of([[0, 0, 0, 0, 1, 0, 0, 19, 0]], kinds=(frozenset(),))
    assert respondents_that_matter(firm, book, verdict).tolist() == [0]


def test_who_saw_the_item_and_said_nothing_matters_where_the_base_is_shown() -> None:
    states = states_of([[0, 0, 0, 0, 0, 0, 0, 5, 0]], [[6]], kinds=(frozenset(),))
    book = RuleBook(RULES["shown"][:1], {}, 7)
    verdict = int(verdicts_of(states, book)[0])
    assert NAMES[verdict] == "insufficient_n"
    assert respondents_that_matter(states, book, verdict).tolist() == [6]


def test_without_a_group_the_rules_no_longer_ask_for_it() -> None:
    counts = np.zeros((1, 4, 9), dtype=np.int64)
    counts[0, 1, 8], counts[0, 2, 8], counts[0, 3, 0] = 10, 10, 5
    states, book = states_of(counts), book_of("groups")
    assert NAMES[verdicts_of(states, book)[0]] == "no_consensus"
    assert NAMES[without_group(states, book, ("role", "ngo"))[0]] == "consensus_in"
    assert NAMES[without_group(states, book, ("role", "company"))[0]] == "no_consensus"
    required = RuleBook(RULES["only"], REQUIRED_ROLES, 7)
    assert NAMES[verdicts_of(states, required)[0]] == "no_consensus"
    assert NAMES[without_group(states, required, ("role", "ngo"))[0]] == "consensus_in"


def test_chance_and_the_bootstrap_agree_with_the_binomial() -> None:
    only = RuleBook((rule("in", "consensus_in", share("high", "at_least", "0.75")),), {}, 7)
    states = reduced(
        states_of([[0, 0, 0, 0, 6, 0, 0, 14, 0]], kinds=(frozenset(),)), only.consensus, frozenset()
    )
    draws = 40_000

    def at_least_15_of_20(p: float) -> float:
        return sum(comb(20, k) * p**k * (1 - p) ** (20 - k) for k in range(15, 21))

    again = probability(states, only, NAMES.index("consensus_in"), draws, np.random.default_rng(1))
    assert again == pytest.approx(at_least_15_of_20(0.7), abs=4 * 0.5 / draws**0.5)
    chance = chance_baseline(
        states, only, NAMES.index("consensus_in"), np.array([2 / 3, 1 / 3]), draws, np.random.default_rng(2)
    )
    assert chance == pytest.approx(at_least_15_of_20(1 / 3), abs=4 * 0.5 / draws**0.5)


def test_universes_are_every_combination_of_what_the_rules_depend_on() -> None:
    chosen = Multiverse(
        share_threshold=(Fraction(7, 10), Fraction(3, 4), Fraction(4, 5)), opposite_limit=(Fraction(1, 5),)
    )
    found = list(universes((IN, OUT), 7, chosen))
    # Thresholds 75 (declared), 70, 80; limits 15 (declared), 20; rounding two; base two. Quantiles play no part.
    assert len(found) == 3 * 2 * 2 * 2
    assert found[0].is_declared
    assert len({one.choices for one in found}) == len(found)
    assert len(list(universes(RULES["quartiles"][:1], 7, Multiverse()))) == 3


def test_a_threshold_moves_within_groups_only_where_it_is_the_same_or_the_only_one() -> None:
    both = rule(
        "b",
        "consensus_in",
        every(share("high", "at_least", "0.7"), each_role(share("high", "at_least", "0.6"))),
    )
    same = rule(
        "s",
        "consensus_in",
        every(share("high", "at_least", "0.7"), each_role(share("high", "at_least", "0.7"))),
    )
    alone = rule("a", "consensus_in", each_role(share("high", "at_least", "0.7")))
    moved = {}
    for one in (both, same, alone):
        chosen = Multiverse(share_threshold=(Fraction(4, 5),), base=("valid",), rounding=("exact",))
        found = [universe.consensus[0] for universe in universes((one,), 7, chosen)][1]
        moved[one.rule_id] = str(found.require).count("Fraction(4, 5)")
    assert moved == {"b": 1, "s": 2, "a": 1}


def test_groups_that_count_alike_can_turn_a_verdict() -> None:
    counts = np.zeros((1, 4, 9), dtype=np.int64)
    counts[0, 1, 8], counts[0, 2, 0] = 30, 10
    book = RuleBook((rule("in", "consensus_in", share("high", "at_least", "0.75")),), ROLES, 7)
    states = states_of(counts)
    assert NAMES[verdicts_of(states, book)[0]] == "consensus_in"
    assert NAMES[verdicts_of(states, book, Reading(equalise="role"))[0]] == "no_consensus"


def test_equal_weights_are_compared_exactly_at_the_bound() -> None:
    counts = np.zeros((1, 4, 9), dtype=np.int64)
    counts[0, 1, [0, 8]], counts[0, 2, [0, 8]] = (1, 2), (3, 11)  # 2/3 and 11/14: their mean is 61/84
    book = RuleBook((rule("in", "consensus_in", share("high", "at_least", "61/84")),), ROLES, 7)
    assert NAMES[verdicts_of(states_of(counts), book, Reading(equalise="role"))[0]] == "consensus_in"
    above = RuleBook((rule("in", "consensus_in", share("high", "more_than", "61/84")),), ROLES, 7)
    assert NAMES[verdicts_of(states_of(counts), above, Reading(equalise="role"))[0]] == "no_consensus"


def test_rounding_to_whole_per_cent_can_turn_a_verdict() -> None:
    """The trap of home-made scripts: 48 of 69 is 69.6 %, which reads 70 %."""
    book = RuleBook((rule("in", "consensus_in", share("high", "at_least", "0.7")),), {}, 7)
    states = states_of([[0, 0, 0, 0, 21, 0, 0, 48, 0]], kinds=(frozenset(),))
    assert NAMES[verdicts_of(states, book)[0]] == "no_consensus"
    assert NAMES[verdicts_of(states, book, Reading(rounding="whole_percent"))[0]] == "consensus_in"


def block_of(counts, leavers=None, complete=None, name="shares") -> Block:
    states = states_of(counts, kinds=(frozenset(),))
    gone = (
        np.zeros_like(states.counts) if leavers is None else states_of(leavers, kinds=(frozenset(),)).counts
    )
    return Block((("s1", "importance"),), states, {}, complete, gone, book_of(name))


def test_everything_is_tried_and_labelled() -> None:
    firm, near, hanging = (
        [[0, 0, 0, 0, 1, 0, 0, 39, 0]],
        [[0, 0, 0, 0, 12, 0, 0, 48, 0]],
        [[0, 0, 0, 0, 2, 0, 0, 6, 0]],
    )
    labels = {}
    for name, counts in (("firm", firm), ("near", near), ("hanging", hanging)):
        found = list(tried(block_of(counts), Rules(consensus=RULES["shares"]), "r1"))
        by_test = {one.test: one for one in found}
        labels[name] = by_test["label"].label
        assert {"multiverse", "leave_out_panelist", "fragility", "bootstrap", "chance", "shift"} <= set(
            by_test
        )
    assert labels == {"firm": "robust", "near": "robust", "hanging": "fragile"}


def test_no_consensus_for_want_of_a_match_hangs_on_the_rules_after_one_that_says_so_too() -> None:
    """Eight of eleven are 73 %; without one of the three it is eight of ten."""
    unsure = rule("unsure", "no_consensus", share("middle", "at_least", "0.5"))
    states = states_of([[0, 0, 0, 0, 3, 0, 0, 8, 0]], kinds=(frozenset(),))
    book = RuleBook((unsure, IN), {}, 7)
    assert NAMES[verdicts_of(states, book)[0]] == "no_consensus"
    gone = np.zeros_like(states.counts)
    block = Block((("s1", "importance"),), states, {}, None, gone, book)
    found = {one.test: one for one in tried(block, Rules(bootstrap_draws=100), "r1")}
    assert found["leave_out_panelist"].value == 3
    assert found["fragility"].value == 1
    assert found["label"].label == "fragile"


def test_leavers_bound_the_verdict() -> None:
    found = {
        one.test: one
        for one in tried(
            block_of([[0, 0, 0, 0, 5, 0, 0, 15, 0]], leavers=[[4, 0, 0, 0, 0, 0, 0, 0, 0]]),
            Rules(consensus=RULES["shares"], robustness=Robustness(chance_baseline=False)),
            "r2",
        )
    }
    assert found["leavers_last_answers"].verdict == "no_consensus"
    assert found["leavers_agree"].verdict == "consensus_in"
    assert found["leavers_oppose"].verdict == "no_consensus"
    assert found["leavers_agree"].n == 4
    assert "chance" not in found


def test_what_is_drawn_depends_on_seed_and_item_alone() -> None:
    rules = Rules(consensus=RULES["shares"], seed=3)
    one = list(tried(block_of([[0, 0, 0, 0, 5, 0, 0, 15, 0]]), rules, "r1"))
    assert one == list(tried(block_of([[0, 0, 0, 0, 5, 0, 0, 15, 0]]), rules, "r1"))
    both = states_of([[0, 0, 0, 0, 9, 0, 0, 1, 0], [0, 0, 0, 0, 5, 0, 0, 15, 0]], kinds=(frozenset(),))
    block = Block(
        (("s0", "importance"), ("s1", "importance")),
        both,
        {},
        None,
        np.zeros_like(both.counts),
        book_of("shares"),
    )
    beside = [row for row in tried(block, rules, "r1") if row.name == ("s1", "importance")]
    assert {row.test: row for row in beside} == {row.test: row for row in one}


@pytest.mark.parametrize(
    ("kept", "matter", "hangs_on", "label"),
    [
        ((12, 12), 0, None, "robust"),
        ((11, 12), 0, None, "sensitive"),
        ((12, 12), 1, None, "fragile"),
        ((5, 12), 0, None, "fragile"),
    ],
)
def test_labels(kept, matter, hangs_on, label) -> None:
    assert label_of(kept, matter, hangs_on) == label


def test_an_agreement_scale_of_five_points_is_judged_alike() -> None:
    ruler = Ruler.of(AGREEMENT)
    book = RuleBook((rule("in", "consensus_in", share("agree", "at_least", "0.75")),), {}, 7)
    states = states_of([[0, 0, 5, 10, 5]], kinds=(frozenset(),), ruler=ruler)
    assert NAMES[verdicts_of(states, book)[0]] == "consensus_in"
