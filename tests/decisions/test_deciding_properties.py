"""Properties of verdicts that hold for any panel."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations

import numpy as np
from decision_cases import IMPORTANCE, ROLES, each_role, every, evidence, iqr, median, rule, rules, share
from hypothesis import given, settings
from hypothesis import strategies as st

from delphi.decisions import exact, judge
from delphi.decisions.stability import COUNTED_MEASURES, counted

HISTOGRAM = st.lists(st.integers(0, 12), min_size=9, max_size=9)
SHARES = st.integers(0, 40).map(lambda n: Fraction(n, 40))
OPERATORS = st.sampled_from(["at_least", "at_most", "more_than", "less_than"])


def answers_of(counts) -> list[int]:
    return [value for value, count in enumerate(counts, start=1) for _ in range(count)]


@given(HISTOGRAM, OPERATORS, SHARES, OPERATORS, SHARES)
@settings(max_examples=200, deadline=None)
def test_the_verdict_is_what_counting_the_answers_one_by_one_gives(
    counts, op_high, high, op_low, low
) -> None:
    by = rules(
        rule("a", "consensus_in", every(share("high", op_high, str(high)), share("low", op_low, str(low)))),
        rule("b", "consensus_out", share("low", op_low, str(low))),
    )
    compare = {
        "at_least": lambda x, y: x >= y, "at_most": lambda x, y: x <= y,
        "more_than": lambda x, y: x > y, "less_than": lambda x, y: x < y,
    }  # fmt: skip
    answers = answers_of(counts)
    if len(answers) < 5:
        expected = "insufficient_n"
    else:
        in_high = Fraction(sum(value >= 7 for value in answers), len(answers))
        in_low = Fraction(sum(value <= 3 for value in answers), len(answers))
        is_low = compare[op_low](in_low, low)
        is_in = is_low and compare[op_high](in_high, high)
        expected = "consensus_in" if is_in else "consensus_out" if is_low else "no_consensus"
    found = judge(evidence(counts), by)
    assert found is not None
    assert found.verdict == expected
    assert found.reason.endswith(".")


@given(HISTOGRAM, st.lists(HISTOGRAM, min_size=3, max_size=3), st.permutations([0, 1, 2]))
@settings(max_examples=100, deadline=None)
def test_the_order_of_groups_changes_nothing(everyone, groups, order) -> None:
    by = rules(
        rule(
            "g", "consensus_in", every(each_role(share("high", "at_least", "0.6")), median("high"), iqr("3"))
        )
    )
    names = ("company", "government", "ngo")
    straight = evidence(everyone, **dict(zip(names, groups, strict=True)))
    turned = evidence(everyone, **{names[i]: groups[i] for i in order})
    assert judge(straight, by, ROLES) == judge(turned, by, ROLES)


@given(HISTOGRAM.filter(any), st.integers(1, 39), st.integers(4, 9))
@settings(max_examples=200, deadline=None)
def test_exact_quantiles_are_those_of_numpy_up_to_rounding(counts, percent, kind) -> None:
    method = {
        4: "interpolated_inverted_cdf", 5: "hazen", 6: "weibull", 7: "linear", 8: "median_unbiased",
        9: "normal_unbiased",
    }[kind]  # fmt: skip
    values = [category.value for category in IMPORTANCE.categories]
    found = exact.quantile(values, counts, Fraction(percent, 40), kind)
    assert abs(float(found) - np.quantile(answers_of(counts), percent / 40, method=method)) < 1e-9


@given(
    HISTOGRAM.filter(any),
    st.sampled_from([Fraction(1, 4), Fraction(1, 2), Fraction(3, 4)]),
    st.integers(1, 3),
)
@settings(max_examples=200, deadline=None)
def test_exact_quantiles_that_step_are_those_of_numpy(counts, p, kind) -> None:
    # Quarters are exact in binary, so that numpy sees the same jumps.
    method = {1: "inverted_cdf", 2: "averaged_inverted_cdf", 3: "closest_observation"}[kind]
    values = [category.value for category in IMPORTANCE.categories]
    found = exact.quantile(values, counts, p, kind)
    assert float(found) == np.quantile(answers_of(counts), float(p), method=method)


def naive_agreement(counts) -> Fraction:
    """Van der Eijk's A by peeling whole layers and looking at every ordered triple."""
    left, n, k, total = list(counts), sum(counts), len(counts), Fraction(0)
    while any(left):
        height = min(count for count in left if count)
        layer = [int(count > 0) for count in left]
        occupied = sum(layer)
        triples = [(layer[a], layer[b], layer[c]) for a, b, c in combinations(range(k), 3)]
        tu = triples.count((1, 1, 0)) + triples.count((0, 1, 1))
        tdu = triples.count((1, 0, 1))
        if occupied == 1:
            a = Fraction(1)
        elif tu + tdu == 0:
            a = Fraction(0)
        else:
            u = Fraction((k - 2) * tu - (k - 1) * tdu, (k - 2) * (tu + tdu))
            a = u * (1 - Fraction(occupied - 1, k - 1))
        total += a * Fraction(height * occupied, n)
        left = [count - height if count else 0 for count in left]
    return total


@given(st.lists(st.integers(0, 9), min_size=3, max_size=9).filter(lambda counts: sum(counts) > 1))
@settings(max_examples=200, deadline=None)
def test_exact_agreement_is_what_peeling_layers_by_hand_gives(counts) -> None:
    found = exact.agreement(tuple(counts))
    assert found == naive_agreement(counts)
    assert found == exact.agreement(tuple(counts[::-1]))
    assert found == exact.agreement(tuple(3 * count for count in counts))


@given(st.lists(st.lists(st.integers(0, 5), min_size=5, max_size=5), min_size=5, max_size=5))
@settings(max_examples=100, deadline=None)
def test_counts_of_pairs_are_what_going_through_the_pairs_gives(matrix) -> None:
    pairs = np.array(matrix)
    each = [
        (before, after) for before in range(5) for after in range(5) for _ in range(matrix[before][after])
    ]
    befores, afters = [before for before, _ in each], [after for _, after in each]
    expected = {
        "share_unchanged": sum(abs(before - after) <= 1 for before, after in each),
        "share_changed": sum(abs(before - after) > 1 for before, after in each),
        "share_changed_gt1": sum(abs(before - after) > 1 for before, after in each),
        "net_change": Fraction(sum(abs(befores.count(v) - afters.count(v)) for v in range(5)), 2),
    }
    assert {measure: counted(measure, 1, pairs) for measure in COUNTED_MEASURES} == expected
