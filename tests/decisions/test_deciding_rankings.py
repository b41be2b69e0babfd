"""Rankings are judged by Kendall's W of the complete ones, exactly, alone and in many states, and by its change."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from decision_cases import IMPORTANCE, ROLES, choices, each_role, either, every, rule, rules, share
from hypothesis import given, settings
from hypothesis import strategies as st

from delphi import statistics as ds
from delphi.decisions import EVERYONE, EarlierRating, Evidence, Tally, exact, judge, judge_group
from delphi.decisions.clauses import fits_scale
from delphi.decisions.evidence import Ruler
from delphi.decisions.robustness.many import NAMES, Reading, verdicts_of
from delphi.decisions.robustness.panel import States, reduced
from delphi.decisions.stability import stability_of
from delphi.decisions.trials import RuleBook, decide
from delphi.study.model import MeasureClause, Option, StabilityRule

OBJECTS = choices("risk", "role", "time", "pace").model_copy(update={"kind": "rank"})
LEVEL = StabilityRule(
    rule_id="level", measure="delta_w", op="less_than", value=Fraction(1, 20), options=(Option(name="paired", value=True),)
)  # fmt: skip


def w(op: str, value: str) -> MeasureClause:
    return MeasureClause(clause="agreement", measure="kendall_w", op=op, value=Fraction(value))


SCHMIDT = rules(rule("strong", "consensus_in", w("at_least", "0.7")), stability=[LEVEL])


def ranked_by(*people: str, shown: int | None = None, earlier=(), **groups: str) -> Evidence:
    """Evidence of people who rank the four objects as written: "1234" puts the first first. Groups are given by the places
    of their people, from 0 on."""
    ranks = [tuple(2 * int(one) for one in person) for person in people]
    orders = tuple(sorted(set(ranks)))

    def counted(places) -> tuple[int, ...]:
        chosen = [ranks[place] for place in places]
        return tuple(chosen.count(order) for order in orders)

    everybody = counted(range(len(people)))
    tallies = {EVERYONE: Tally(everybody, shown or len(people))}
    for role, places in groups.items():
        own = counted(map(int, places.split()))
        tallies["role", role] = Tally(own, sum(own))
    return Evidence("r2", "G8", "rating", "rank", OBJECTS, tallies, tuple(earlier), orders)


@given(
    ranks=st.lists(st.lists(st.integers(1, 4), min_size=4, max_size=4), min_size=0, max_size=9),
)
@settings(max_examples=200, deadline=None)
def test_concordance_is_that_of_the_catalogue_ties_included(ranks) -> None:
    doubled = [tuple((2 * ds.mid_ranks(np.array(one, dtype=float))).astype(int).tolist()) for one in ranks]
    orders = sorted(set(doubled))
    found = exact.concordance(orders, [doubled.count(order) for order in orders])
    value, _, _ = ds.kendall_w(np.array(ranks, dtype=float).reshape(-1, 4))
    assert (found is None) == bool(np.isnan(value))
    if found is not None:
        assert float(found) == pytest.approx(value, abs=1e-12)


@pytest.mark.parametrize(
    ("people", "verdict", "reason"),
    [
        (
            ["1234"] * 4 + ["1243"] * 2, "consensus_in",
            "Kendall's W of 6 complete rankings is 0.91; rule strong asks for at least 0.7.",
        ),
        (
            ["1234"] * 3 + ["4321"] * 3, "no_consensus",
            "No rule is met; strong comes closest: Kendall's W of 6 complete rankings is 0; it asks for at least 0.7 and fails.",
        ),
        (["1234"] * 4, "insufficient_n", "4 valid answers; rule strong needs at least 5."),
        (
            ["1111"] * 5, "insufficient_n",
            "Rule strong cannot be decided: its measure is not defined for 5 valid answers.",
        ),
    ],
)  # fmt: skip
def test_a_ranking_gets_its_verdict(people, verdict, reason) -> None:
    if people[0] == "1111":  # one tie throughout has mid-ranks of 2.5
        tied = Evidence(
            "r2", "G8", "rating", "rank", OBJECTS, {EVERYONE: Tally((5,), 5)}, (), ((5, 5, 5, 5),)
        )
        found = judge(tied, SCHMIDT)
    else:
        found = judge(ranked_by(*people), SCHMIDT)
    assert found is not None
    assert (found.verdict, found.reason) == (verdict, reason)


def test_hand_computed_concordance_at_the_bound() -> None:
    """Rank sums of six people: 6, 12, 20, 22; their mean is 15, so S = 81 + 9 + 25 + 49 = 164 and W = 12 S / (36 · 60)."""
    people = ["1234"] * 4 + ["1243"] * 2
    assert exact.concordance(((2, 4, 6, 8), (2, 4, 8, 6)), (4, 2)) == Fraction(12 * 164, 36 * 60)
    at_bound = rules(rule("exact", "consensus_in", w("at_least", "0.9111111111111111111111111111")))
    assert judge(ranked_by(*people), at_bound).verdict == "consensus_in"
    above = rules(rule("exact", "consensus_in", w("more_than", str(Fraction(12 * 164, 36 * 60)))))
    assert judge(ranked_by(*people), above).verdict == "no_consensus"


def test_within_groups_and_of_one_group() -> None:
    given_people = ranked_by(*["1234"] * 6, *["4321"] * 5, company="0 1 2 3 4 5", ngo="6 7 8 9 10")
    by = rules(
        rule(
            "g",
            "split",
            every(w("less_than", "0.5"), each_role(w("at_least", "0.9"), only=("company", "ngo"))),
        )
    )
    found = judge(given_people, by, ROLES)
    assert found is not None
    assert found.reason == (
        "Kendall's W of 11 complete rankings is 0.01; rule g asks for less than 0.5. "
        "Within role, Kendall's W at least 0.9 in each group: company (6 answers), ngo (5 answers)."
    )
    inside = judge_group(given_people, SCHMIDT, ("role", "ngo"))
    assert inside is not None
    assert inside.verdict == "consensus_in"
    absent = judge_group(given_people, SCHMIDT, ("role", "government"))
    assert absent is not None
    assert absent.verdict == "insufficient_n"


def test_levelled_off_is_the_change_of_w_of_those_who_ranked_both_times() -> None:
    rng = np.random.default_rng(4)
    before = np.array([rng.permutation(4) + 1.0 for _ in range(9)])
    after = before.copy()
    after[:3] = [1, 2, 3, 4]
    before[8] = np.nan
    earlier = EarlierRating("r1", True, {}, {EVERYONE: (before, after)})
    change = float(ds.delta_w(before, after).delta)
    found = stability_of(ranked_by(*["1234"] * 9, earlier=[earlier]), SCHMIDT)
    assert found.state == ("stable" if change < 0.05 else "unstable")
    assert found.reason.startswith("delta_w (paired) of 8 paired answers since r1 is ")
    few = EarlierRating("r1", True, {}, {EVERYONE: (before[:4], after[:4])})
    assert stability_of(ranked_by(*["1234"] * 9, earlier=[few]), SCHMIDT).reason == (
        "Not assessable: 4 paired answers between r1 and r2; rule level needs at least 5."
    )
    assert (
        stability_of(ranked_by(*["1234"] * 9, earlier=[EarlierRating("r1", True, {})]), SCHMIDT).state
        == "not_assessable"
    )


def test_measures_of_answers_do_not_decide_the_stability_of_rankings() -> None:
    net = StabilityRule(rule_id="net", measure="net_change", op="less_than", value=Fraction(3, 20))
    by = SCHMIDT.model_copy(update={"stability": (net,)})
    earlier = EarlierRating("r1", True, {}, {})
    found = stability_of(ranked_by(*["1234"] * 9, earlier=[earlier]), by)
    assert found.reason == "Not assessable: no stability rule applies to a pair of rounds that ends with r2."


def test_only_measures_of_rankings_are_read_on_rankings() -> None:
    assert fits_scale(w("at_least", "0.7"), OBJECTS)
    assert fits_scale(either(w("at_least", "0.7"), each_role(w("at_least", "0.5"))), OBJECTS)
    assert not fits_scale(w("at_least", "0.7"), IMPORTANCE)
    assert not fits_scale(share("high", "at_least", "0.7"), OBJECTS)
    assert not fits_scale(
        MeasureClause(clause="agreement", measure="mode_share", op="at_least", value=Fraction(1)), OBJECTS
    )


@pytest.mark.parametrize("equalise", [None, "role"])
@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), most=st.sampled_from([0, 1, 3]))
def test_many_panels_get_the_verdicts_that_each_gets_alone(equalise, seed, most) -> None:
    rng = np.random.default_rng(seed)
    orders = tuple(
        sorted(
            {tuple((2 * (rng.permutation(4) + 1)).tolist()) for _ in range(6)} | {(5, 5, 5, 5), (2, 5, 5, 8)}
        )
    )
    kinds = (frozenset(), frozenset([("role", "company")]), frozenset([("role", "ngo")]))
    counts = rng.integers(0, most + 1, (10, 3, len(orders)))
    counts[:, :, 0] += rng.integers(0, 5, (10, 3))
    states = States(Ruler.of_rankings(orders), kinds, counts, rng.integers(0, 3, (10, 3)))
    clause = w("at_least", "0.7")
    consensus = (
        rule("in", "consensus_in", clause, min_n=1),
        rule("each", "split", each_role(w("at_least", "0.5"), min_n=2), min_valid_share=Fraction(1, 2)),
    )
    book = RuleBook(consensus, ROLES, 7)
    if equalise is not None:
        found = verdicts_of(states, book, Reading(equalise=equalise))
        assert len(found) == 10
        return
    expected = []
    for place in range(10):
        tallies = {}
        for group in (EVERYONE, ("role", "company"), ("role", "ngo")):
            own = states.members(group)
            chosen = counts[place, own].sum(axis=0)
            tallies[group] = Tally(tuple(chosen.tolist()), int(chosen.sum() + states.blank[place, own].sum()))
        evidence = Evidence("r2", "G8", "rating", "rank", OBJECTS, tallies, (), orders)
        expected.append(decide(evidence, EVERYONE, book).verdict)
    assert [NAMES[code] for code in verdicts_of(states, book)] == expected
    assert [NAMES[code] for code in verdicts_of(reduced(states, consensus, frozenset()), book)] == expected


def test_groups_that_count_alike_do_not_change_a_unanimous_ranking() -> None:
    states = States(
        Ruler.of_rankings(((2, 4, 6, 8), (8, 6, 4, 2))),
        (frozenset([("role", "company")]), frozenset([("role", "ngo")])),
        np.array([[[9, 0], [0, 1]]]),
        np.zeros((1, 2), dtype=np.int64),
    )
    book = RuleBook((rule("in", "consensus_in", w("at_least", "0.6")),), ROLES, 7)
    assert NAMES[verdicts_of(states, book)[0]] == "consensus_in"
    assert NAMES[verdicts_of(states, book, Reading(equalise="role"))[0]] == "no_consensus"
