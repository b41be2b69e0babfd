"""Small groups are withheld, and nothing published gives them back."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest
import report_study
from hypothesis import given, settings
from hypothesis import strategies as st

from delphi.outputs.disclosure import GroupKey, Overlap, Relation, group_share, hidden_groups
from delphi.outputs.reasons import tells_exactly, tells_more
from delphi.outputs.release import OF_ANSWERS, OF_PAIRS
from delphi.study.model import (
    AnyClause,
    AppliesTo,
    Categories,
    Clause,
    EachGroupClause,
    FuzzyClause,
    MeasureClause,
    MedianClause,
    Option,
    Rules,
    ShareClause,
    StabilityRule,
)

A, B, C, D = (("role", name) for name in "abcd")
X, Y = ("bloc", "x"), ("bloc", "y")


def people(sizes: dict[tuple[GroupKey, ...], int]) -> dict[str, frozenset[GroupKey]]:
    """So many people of each kind."""
    kinds = [kind for kind, size in sizes.items() for _ in range(size)]
    return {f"p{k}": frozenset(kind) for k, kind in enumerate(kinds)}


def hidden(
    own: dict[str, frozenset[GroupKey]], groups: list[GroupKey], min_n: int = 5
) -> frozenset[GroupKey]:
    sizes = {group: sum(group in mine for mine in own.values()) for group in groups}
    return hidden_groups([Relation(sizes, len(own))], min_n, Overlap(own, groups))


def test_large_groups_are_shown() -> None:
    assert hidden(people({(A,): 10, (B,): 7}), [A, B]) == frozenset()


def test_one_small_group_takes_the_next_smallest_with_it() -> None:
    assert hidden(people({(A,): 10, (B,): 7, (C,): 3}), [A, B, C]) == {B, C}


def test_two_small_groups_protect_each_other_only_when_they_are_enough_people_together() -> None:
    assert hidden(people({(A,): 10, (B,): 9, (C,): 4, (D,): 4}), [A, B, C, D]) == {C, D}
    assert hidden(people({(A,): 10, (B,): 9, (C,): 1, (D,): 1}), [A, B, C, D]) == {B, C, D}


def test_a_few_people_without_a_group_count_as_a_small_group() -> None:
    assert hidden(people({(A,): 10, (B,): 9, (): 2}), [A, B]) == {A, B}
    assert hidden(people({(A,): 10, (B,): 9, (): 20}), [A, B]) == frozenset()


def test_a_group_that_is_the_panel_minus_one_is_hidden() -> None:
    assert hidden(people({(A,): 19, (B,): 1}), [A, B]) == {A, B}


def test_a_hidden_group_cannot_be_had_from_another_dimension() -> None:
    # x is made of a and b: with x and b in view, a would be their difference.
    own = people({(A, X): 3, (B, X): 6, (C, Y): 5, (D, Y): 12})
    withheld = hidden(own, [A, B, C, D, X, Y])
    assert A in withheld
    assert B in withheld or X in withheld


def test_a_group_all_but_a_few_of_a_group_of_another_dimension_is_hidden() -> None:
    own = people({(A, X): 20, (X,): 2, (B, Y): 20, (): 9})
    assert A in hidden(own, [A, B, X, Y]) or X in hidden(own, [A, B, X, Y])


def test_without_memberships_only_the_first_dimension_is_shown() -> None:
    relation = Relation({A: 10, B: 10, X: 9, Y: 11}, 20)
    assert hidden_groups([relation], 5, Overlap(None, [A, B, X, Y])) == {X, Y}


def test_a_group_is_hidden_in_every_wave_when_it_is_small_in_one() -> None:
    own = people({(A,): 10, (B,): 8, (C,): 7})
    waves = [Relation({A: 10, B: 8, C: 7}, 25), Relation({A: 10, B: 8, C: 4}, 22)]
    assert hidden_groups(waves, 5, Overlap(own, [A, B, C])) == {B, C}


@settings(max_examples=200, deadline=None)
@given(
    st.dictionaries(
        st.tuples(st.sampled_from([A, B, C, D, None]), st.sampled_from([X, Y, None])),
        st.integers(0, 12),
        max_size=12,
    )
)
def test_no_small_group_is_a_sum_or_difference_of_what_is_published(
    sizes: dict[tuple[GroupKey | None, ...], int],
) -> None:
    groups = [A, B, C, D, X, Y]
    own = people({tuple(one for one in kind if one is not None): 0 for kind in sizes})
    own |= {f"{k}": frozenset(one for one in kind if one is not None) for k, kind in enumerate(
        kind for kind, size in sizes.items() for _ in range(size))}  # fmt: skip
    withheld = hidden(own, groups)
    kinds = sorted({tuple(sorted(mine)) for mine in own.values() if mine}) or [()]
    column = {group: np.array([group in kind for kind in kinds], dtype=float) for group in groups}
    shown = [np.ones(len(kinds)), *(column[group] for group in groups if group not in withheld)]
    for group in groups:
        size = sum(group in mine for mine in own.values())
        if 0 < size < 5:
            assert group in withheld
        if 0 < size < 5 <= sum(bool(mine) for mine in own.values()):
            weights = np.linalg.lstsq(np.array(shown).T, column[group], rcond=None)[0]
            assert np.abs(np.array(shown).T @ weights - column[group]).max() > 1e-6
    for dimension in ("role", "bloc"):
        none = sum(all(g[0] != dimension for g in mine) for mine in own.values())
        unseen = [
            sum(g in mine for mine in own.values()) for g in groups if g in withheld and g[0] == dimension
        ]
        some_left = any(
            g not in withheld and sum(g in mine for mine in own.values()) for g in groups if g[0] == dimension
        )
        if some_left and any(unseen):
            assert sum(unseen) + none >= 5


@pytest.mark.parametrize("n", range(5, 40))
def test_the_share_of_a_group_never_tells_a_unanimous_one(n: int) -> None:
    assert group_share(n, n) == group_share(n - 1, n)
    assert group_share(0, n) == group_share(1, n)


def test_shares_of_groups_are_given_to_five_per_cent() -> None:
    for n, k in itertools.product((12, 23), range(2, 10)):
        assert int(group_share(k, n).split("\u00a0")[0]) % 5 == 0


GROUP = "Within role city, "
TOLD = (
    "the mean of 8 valid answers is 7.25; it asks for at least 7.5 and fails.",
    "6 of 8 valid answers (75.0 %) lie in high (7-9), a content validity ratio of 0.5; it asks for at least 0.6, i.e. 7.",
    "there is disagreement by the RAND/UCLA method: the range from the 30th to the 70th percentile (1 to 9), 8, exceeds 2.35.",
    "the mean distance of 8 valid answers to their fuzzy mean (map habibi_5) is 0.3; it asks for at most 0.2.",
    "the defuzzified rating is 0.4; it asks for at least 0.5.",
)


@pytest.mark.parametrize("sentence", TOLD)
def test_p30_a_number_of_a_group_from_which_counts_follow_is_not_told(sentence: str) -> None:
    assert tells_exactly(GROUP + sentence)
    assert not tells_exactly(GROUP + "the median of 8 valid answers, 7, lies in high (7-9).")


@pytest.mark.parametrize(
    ("clause", "is_finer"),
    [
        (ShareClause(band="high", op="at_least", value=Fraction(1, 2)), False),
        (ShareClause(within=("9",), op="at_least", value=Fraction(1, 2)), True),
        (MeasureClause(clause="agreement", measure="van_der_eijk", op="at_least", value=Fraction(0)), False),
        (MeasureClause(clause="agreement", measure="mean", op="at_least", value=Fraction(7)), True),
        (
            MeasureClause(
                clause="agreement", measure="percent_agreement", op="at_least", value=Fraction(1),
                options=(Option(name="within", value=Categories(codes=("9",))),),
            ),
            True,
        ),
        (FuzzyClause(map="herrera_9", d=Fraction(1), share=Fraction(1), alpha_cut=Fraction(0)), True),
    ],
)  # fmt: skip
def test_reasons_that_tell_more_than_what_is_released_are_known(clause: Clause, is_finer: bool) -> None:
    study = report_study.study()
    item = next(one for one in study.items if study.scale_of(one, next(iter(one.dims))).kind == "ordinal")
    dimension = next(iter(item.dims))
    scale = study.scale_of(item, dimension)
    both = AnyClause(of=(EachGroupClause(of="role", require=clause), MedianClause(in_band="high")))
    rules = Rules(
        consensus=(study.rules.consensus[0].model_copy(update={"require": both, "applies_to": AppliesTo()}),)
    )
    found = tells_more(rules, item, dimension, scale, OF_ANSWERS, OF_PAIRS)
    assert found == (is_finer, False)
    elsewhere = AppliesTo(items=("another",))
    rules = Rules(consensus=(rules.consensus[0].model_copy(update={"applies_to": elsewhere}),))
    assert tells_more(rules, item, dimension, scale, OF_ANSWERS, OF_PAIRS) == (False, False)
    change = StabilityRule(rule_id="m", measure="delta_mean", op="at_most", value=Fraction(1))
    assert tells_more(Rules(stability=(change,)), item, dimension, scale, OF_ANSWERS, OF_PAIRS) == (
        False,
        True,
    )
