"""The clauses `cvr` and `fuzzy` decide as the methods of the field do, and say why."""

from __future__ import annotations

from fractions import Fraction

import pytest
from decision_cases import (
    AGREEMENT,
    IMPORTANCE,
    ROLES,
    cvr,
    each_role,
    either,
    evidence,
    fuzzy,
    rule,
    rules,
    scale,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from delphi import statistics as ds
from delphi.decisions import judge
from delphi.decisions.clauses import fits_scale
from delphi.decisions.content_validity import cvr_outcome
from delphi.decisions.evidence import Ruler
from delphi.decisions.fuzzy_rating import fuzzy_outcome

RULER = Ruler.of(AGREEMENT)
COUNTS = st.lists(st.integers(0, 12), min_size=5, max_size=5)
ESSENTIAL = rules(rule("essential", "consensus_in", cvr("agree")))
ACCEPTED = rules(rule("accepted", "consensus_in", fuzzy()))


@given(counts=COUNTS)
@settings(max_examples=200, deadline=None)
def test_the_critical_number_is_that_of_the_catalogue(counts) -> None:
    outcome = cvr_outcome(cvr("agree"), tuple(counts), RULER)
    ratio = ds.computed("cvr", counts, within=[False, False, False, True, True]).value
    critical = ds.computed("cvr_critical", counts).more["cvr"]
    if ds.computed("cvr_critical", counts).reason.item() is not None:
        assert outcome.holds is None
    else:
        assert outcome.holds == (ratio >= critical - 1e-12)


@given(counts=COUNTS, bound=st.fractions(-1, 1, max_denominator=20))
@settings(max_examples=200, deadline=None)
def test_a_ratio_is_compared_as_a_count(counts, bound) -> None:
    n, agree = sum(counts), counts[3] + counts[4]
    outcome = cvr_outcome(cvr("agree", bound), tuple(counts), RULER)
    assert outcome.holds == (None if n == 0 else Fraction(2 * agree - n, n) >= bound)


@pytest.mark.parametrize(
    ("counts", "verdict", "reason"),
    [
        (
            (0, 0, 2, 4, 6), "consensus_in",
            "10 of 12 valid answers (83.3 %) lie in agree (4-5), a content validity ratio of 0.67; rule essential asks for at "
            "least the critical content validity ratio, i.e. 10.",
        ),
        (
            (0, 0, 3, 4, 5), "no_consensus",
            "No rule is met; essential comes closest: 9 of 12 valid answers (75.0 %) lie in agree (4-5), a content validity "
            "ratio of 0.5; it asks for at least the critical content validity ratio, i.e. 10: 1 more was needed.",
        ),
    ],
)  # fmt: skip
def test_the_reason_of_content_validity_counts(counts, verdict, reason) -> None:
    found = judge(evidence(counts, AGREEMENT), ESSENTIAL)
    assert found is not None
    assert (found.verdict, found.reason) == (verdict, reason)


def test_content_validity_of_four_experts_cannot_be_critical() -> None:
    by = rules(rule("essential", "consensus_in", cvr("agree"), min_n=1))
    found = judge(evidence((0, 0, 0, 0, 4), AGREEMENT), by)
    assert found is not None
    assert (found.verdict, found.reason) == (
        "insufficient_n", "Rule essential cannot be decided: its measure is not defined for 4 valid answers.",
    )  # fmt: skip


@given(counts=COUNTS, how=st.sampled_from(["centroid", "signed_distance", "graded_mean"]))
@settings(max_examples=200, deadline=None)
def test_fuzzy_acceptance_is_that_of_the_catalogue(counts, how) -> None:
    found = ds.computed("fuzzy_delphi", counts, fuzzy_map="alsalem_5", defuzzify=how)
    outcome = fuzzy_outcome(fuzzy("alsalem_5", defuzzified=how), tuple(counts))
    accepted = found.more["accepted"].item()
    assert outcome.holds == (None if sum(counts) < 2 else accepted == 1)


@pytest.mark.parametrize(
    ("counts", "verdict", "reason"),
    [
        (
            (0, 0, 0, 5, 5), "consensus_in",
            "The mean distance of 10 valid answers to their fuzzy mean (map habibi_5) is 0.1; rule accepted asks for at most "
            "0.2. 10 of 10 (100.0 %) lie within 0.2 of the fuzzy mean; at least 75 %, i.e. 8. The defuzzified rating is 0.83; "
            "at least 0.5.",
        ),
        (
            (0, 10, 0, 0, 0), "no_consensus",
            "No rule is met; accepted comes closest: the defuzzified rating of 10 valid answers is 0.25; it asks for at "
            "least 0.5.",
        ),
        (
            (3, 0, 0, 0, 7), "no_consensus",
            "No rule is met; accepted comes closest: the mean distance of 10 valid answers to their fuzzy mean (map "
            "habibi_5) is 0.35; it asks for at most 0.2. 0 of 10 (0.0 %) lie within 0.2 of the fuzzy mean; at least 75 %, i.e. "
            "8: 8 more were needed.",
        ),
    ],
)  # fmt: skip
def test_the_reason_of_a_fuzzy_rating_tells_what_lacks(counts, verdict, reason) -> None:
    found = judge(evidence(counts, AGREEMENT), ACCEPTED)
    assert found is not None
    assert (found.verdict, found.reason) == (verdict, reason)


def test_a_distance_at_its_limit_passes() -> None:
    """Two neighbouring triangles a fifth apart, half of the panel at each: everybody lies exactly a tenth away."""
    triangles = ((0.0, 0.0, 0.0), (0.2, 0.2, 0.2), (0.4, 0.4, 0.4), (0.6, 0.6, 0.6), (0.8, 0.8, 0.8))
    at_limit = fuzzy(triangles, d="1/10")
    assert fuzzy_outcome(at_limit, (0, 0, 0, 5, 5)).holds
    assert not fuzzy_outcome(fuzzy(triangles, d="0.0999"), (0, 0, 0, 5, 5)).holds


def test_both_are_asked_within_groups_and_name_the_side() -> None:
    high = (0, 0, 0, 2, 5)
    given_groups = evidence((0, 0, 0, 4, 10), AGREEMENT, company=high, ngo=high)
    only = ("company", "ngo")
    for clause, told in (
        (cvr("agree"), "at least the critical content validity ratio of those in agree (4-5)"),
        (fuzzy(), "a mean distance of at most 0.2 to the fuzzy mean, at least 75 % within it, and a defuzzified rating of at least 0.5"),
    ):  # fmt: skip
        found = judge(given_groups, rules(rule("g", "consensus_in", each_role(clause, only=only))), ROLES)
        assert found is not None
        assert found.reason == (
            f"Within role, rule g asks for {told} in each group: company (7 answers), ngo (7 answers)."
        )
    by = rules(rule("s", "consensus_in", either(cvr("agree"), cvr("disagree"))))
    found = judge(evidence((7, 1, 0, 0, 0), AGREEMENT), by)
    assert found is not None
    assert found.reason.endswith("The side is disagree (1-2).")


def test_they_are_read_on_scales_that_have_what_they_name() -> None:
    assert fits_scale(cvr("agree"), AGREEMENT)
    assert not fits_scale(cvr("high"), AGREEMENT)
    assert fits_scale(fuzzy("herrera_9"), IMPORTANCE)
    assert not fits_scale(fuzzy("habibi_5"), IMPORTANCE)
    assert not fits_scale(fuzzy("habibi_5"), scale(5).model_copy(update={"kind": "nominal"}))
