"""The clause `ram` decides as the RAND/UCLA method does, exactly, and says why."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from decision_cases import (
    AGREEMENT,
    IMPORTANCE,
    ROLES,
    each_role,
    either,
    every,
    evidence,
    ram,
    rule,
    rules,
    scale,
    share,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from delphi import statistics as ds
from delphi.decisions import judge
from delphi.decisions.appropriateness import ram_outcome
from delphi.decisions.clauses import fits_scale
from delphi.decisions.evidence import Ruler

RULER = Ruler.of(IMPORTANCE)
CLASSES = {"appropriate": "high", "inappropriate": "low"}
RAND = rules(
    rule("appropriate", "consensus_in", ram("high")),
    rule("inappropriate", "consensus_out", ram("low")),
    rule("disagreement", "split", ram(disagreement="present")),
)


@given(
    counts=st.lists(st.integers(0, 6), min_size=9, max_size=9),
    kind=st.integers(1, 9),
    how=st.sampled_from(["ipras", "classic"]),
)
@settings(max_examples=300, deadline=None)
def test_the_classes_are_those_of_the_catalogue(counts, kind, how) -> None:
    found = ds.computed("rand_ucla_classification", counts, rule=how, quantile_type=kind)
    label = found.label.item()
    for name, band in CLASSES.items():
        outcome = ram_outcome(ram(band, rule=how), tuple(counts), RULER, kind)
        assert outcome.holds == (None if label is None else label == name)
    disagreement = ram_outcome(ram(disagreement="present", rule=how), tuple(counts), RULER, kind)
    expected = found.more["has_disagreement"].item()
    assert disagreement.holds == (None if np.isnan(expected) else bool(expected))
    if label == "uncertain":
        middle = ram_outcome(ram("middle", rule=how), tuple(counts), RULER, kind)
        assert middle.holds or disagreement.holds


@pytest.mark.parametrize(
    ("counts", "verdict", "flags", "reason"),
    [
        (
            (0, 0, 0, 0, 0, 4, 4, 0, 0), "consensus_in", (),
            "The median of 8 valid answers, 6.5, counts as 7 and lies in high (7-9); rule appropriate asks for a median in "
            "high (7-9) without disagreement. There is no disagreement by the RAND/UCLA method: the range from the 30th "
            "to the 70th percentile (6 to 7), 1, does not exceed the 4.6 of IPRAS.",
        ),
        (
            (4, 0, 0, 0, 0, 0, 0, 0, 4), "split", (),
            "There is disagreement by the RAND/UCLA method among 8 valid answers: the range from the 30th to the 70th "
            "percentile (1 to 9), 8, exceeds the 2.35 of IPRAS; rule disagreement asks for disagreement.",
        ),
        (
            (0, 0, 0, 0, 8, 0, 0, 0, 0), "no_consensus", (),
            "No rule is met; appropriate comes closest: the median of 8 valid answers, 5, does not lie in high (7-9); it "
            "asks for a median in high (7-9) without disagreement.",
        ),
    ],
)  # fmt: skip
def test_the_reason_tells_median_and_ranges(counts, verdict, flags, reason) -> None:
    found = judge(evidence(counts), RAND)
    assert found is not None
    assert (found.verdict, found.flags, found.reason) == (verdict, flags, reason)


def test_the_numbers_of_panelists_may_decide() -> None:
    by = rules(rule("app", "consensus_in", ram("high", rule="classic")))
    found = judge(evidence((2, 2, 0, 0, 0, 0, 3, 3, 1)), by)  # 11 panelists: four in either third
    assert found is not None
    assert found.reason == (
        "No rule is met; app comes closest: there is disagreement by the RAND/UCLA method among 11 valid answers: "
        "4 of 11 (36.4 %) rate 1-3 and 7 of 11 (63.6 %) rate 7-9; it takes 4 in each; it asks for a median in high "
        "(7-9) without disagreement."
    )
    assert found.flags == ()
    assert judge(evidence((1, 2, 1, 0, 0, 0, 4, 2, 1)), by).verdict == "no_consensus"
    assert judge(evidence((1, 2, 0, 1, 0, 0, 4, 2, 1)), by).verdict == "consensus_in"


def test_the_type_of_the_percentiles_is_flagged_where_it_decides() -> None:
    rng, sensitive = np.random.default_rng(1), 0
    for _ in range(400):
        counts = rng.multinomial(9, [1 / 9] * 9)
        kinds = {
            ram_outcome(ram(disagreement="present"), tuple(counts.tolist()), RULER, kind).holds
            for kind in (2, 6, 7)
        }
        found = judge(evidence(counts.tolist()), RAND)
        assert found is not None
        assert len(kinds) == 1 or found.flags == ("quantile_sensitive",)
        sensitive += len(kinds) > 1
    assert sensitive > 5


def test_it_is_asked_within_each_group_and_beside_other_clauses() -> None:
    by = rules(
        rule(
            "g",
            "consensus_in",
            every(share("high", "at_least", "0.5"), each_role(ram("high"), only=("company", "ngo"))),
        )
    )
    high, split = (0, 0, 0, 0, 0, 0, 3, 3, 0), (3, 0, 0, 0, 0, 0, 0, 0, 4)
    found = judge(evidence((3, 0, 0, 0, 0, 0, 3, 3, 4), company=high, ngo=split), by, ROLES)
    assert found is not None
    assert found.reason == (
        "No rule is met; g comes closest: within role ngo, there is disagreement by the RAND/UCLA method among 7 valid "
        "answers: the range from the 30th to the 70th percentile (1 to 9), 8, exceeds the 2.35 of IPRAS; it asks for a "
        "median in high (7-9) without disagreement."
    )
    both = judge(evidence((0, 0, 0, 0, 0, 0, 6, 6, 0), company=high, ngo=high), by, ROLES)
    assert both is not None
    assert both.reason.endswith(
        "Within role, a median in high (7-9) without disagreement in each group: company (6 answers), ngo (6 answers)."
    )
    sides = rules(rule("s", "consensus_in", either(ram("high"), ram("low"))))
    down = judge(evidence((3, 3, 0, 0, 0, 0, 0, 0, 0)), sides)
    assert down is not None
    assert down.reason.endswith("The side is low (1-3).")


def test_other_scales_are_not_judged() -> None:
    assert fits_scale(ram("high"), IMPORTANCE)
    assert not fits_scale(ram("agree"), AGREEMENT)
    assert not fits_scale(ram(), scale(7))
    assert not fits_scale(ram("top"), IMPORTANCE)


def test_ranges_are_compared_as_fractions() -> None:
    found = ram_outcome(
        ram(), (0, 0, 0, 1, 1, 1, 5, 5, 2), RULER, 7
    )  # Basger, Chen and Moles (2012), 15 panelists
    assert (found.behind.ipr, found.behind.ipras) == (Fraction(1), Fraction(61, 10))
