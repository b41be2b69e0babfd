"""When an item is asked again: stability first, then the shape of the answers, and the rules that studies name."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from moves import SPARSE, moves

from delphi import statistics as ds

AGREE, DISAGREE = [False, False, False, True, True], [True, True, False, False, False]
SHAPES = (
    (8 * moves((4, 4)), "unanimity"),
    (5 * moves((4, 4)) + 4 * moves((1, 1)), "majority"),
    (4 * moves((5, 5), (1, 1)), "bipolarity"),
    (4 * moves((4, 4)) + 2 * moves((1, 1), (2, 2)), "plurality"),
    (4 * moves((4, 4)) + 3 * moves((1, 1)) + 2 * moves((2, 2)), "plurality"),
    (3 * moves((4, 4), (1, 1)) + moves((2, 2)), "disagreement"),
    (2 * moves((1, 1), (2, 2), (3, 3)), "disagreement"),
)


@pytest.mark.parametrize(("transitions", "shape"), SHAPES)
def test_what_stable_answers_are(transitions, shape):
    found = ds.computed("hierarchical_stopping", transitions)
    assert (found.label.item(), found.more["stability"].item(), found.more["shape"].item()) == (
        shape, "stable", shape,
    )  # fmt: skip


UNSTABLE = 4 * moves((1, 5), (5, 5)) + moves((2, 4))
HALF_MOVED = 10 * moves((1, 1), (2, 2)) + 3 * moves((1, 2))
HIERARCHICAL = (
    (moves(), {}, None, "no_pairs", "nobody at all"),
    (9 * moves((0, 5), (5, 0)), {}, None, "no_pairs", "nobody answered both"),
    (4 * moves((5, 5)), {}, None, "too_few", "four persons decide nothing"),
    (4 * moves((5, 5)), {"min_pairs": 4}, "unanimity", None, "unless four are asked for"),
    (UNSTABLE, {}, "ask again", None, "half the panel would have to move"),
    (UNSTABLE, {"round_number": 2}, "ask again", None, "a round remains"),
    (UNSTABLE, {"round_number": 3}, "stop unstable", None, "no round remains"),
    (UNSTABLE, {"round_number": 3, "limit": 4}, "ask again", None, "a fourth round remains"),
    (HALF_MOVED, {}, "majority", None, "3 of 23 is under .15"),
    (17 * moves((1, 1)) + 3 * moves((1, 2)), {}, "ask again", None, "3 of 20 is .15 and not under it"),
    (17 * moves((1, 1)) + 3 * moves((1, 2)), {"below": 0.16}, "majority", None, "and under .16"),
    (HALF_MOVED, {"criterion": "group_stability_chi2"}, "majority", None, "a large p"),
    (9 * moves((1, 5)), {"criterion": "group_stability_chi2"}, "ask again", None, "a small p"),
    (9 * moves((1, 1)), {"criterion": "group_stability_chi2"}, "unanimity", None, "one category, stable by itself"),
    (HALF_MOVED, {"criterion": "individual_stability_chi2"}, "majority", None, "a small p"),
    (3 * moves((1, 1), (1, 2), (2, 1), (2, 2)), {"criterion": "individual_stability_chi2"}, "ask again", None, "a large p"),
    (9 * moves((1, 1)), {"criterion": "individual_stability_chi2"}, None, "one_category", "no chi-square"),
)  # fmt: skip


@pytest.mark.parametrize(("transitions", "options", "label", "reason", "why"), HIERARCHICAL)
def test_hierarchical_stopping(transitions, options, label, reason, why):
    found = ds.computed("hierarchical_stopping", transitions, **options)
    assert (found.label.item(), found.reason.item()) == (label, reason), why


AGREED = 8 * moves((4, 5), (5, 4)) + moves((1, 1))
REJECTED = 8 * moves((1, 2), (2, 1)) + moves((5, 5))
SPLIT = 8 * moves((1, 1), (5, 5))
RISEN = 8 * moves((1, 5), (5, 5))
RULES = (
    ("consensus_and_stability", AGREED, {}, "stop", "consensus, stable"),
    ("consensus_and_stability", RISEN, {}, "ask again", "consensus, unstable"),
    ("consensus_and_stability", SPLIT, {}, "ask again", "no consensus, stable"),
    ("consensus_and_stability", SPLIT, {"dissent": "stop"}, "stop", "no consensus, stable"),
    ("consensus_and_stability", 8 * moves((5, 1), (5, 5)), {}, "ask again", "no consensus, unstable"),
    ("consensus_and_stability", REJECTED, {}, "ask again", "no consensus, stable"),
    ("consensus_and_stability", REJECTED, {"opposite": DISAGREE}, "stop", "consensus, stable"),
    ("consensus_and_stability", RISEN, {"round_number": 3}, "stop", "no round remains"),
    ("consensus_and_stability", AGREED, {"round_number": 3}, "stop", "consensus, stable"),
    ("consensus_and_stability", 3 * moves((0, 5)), {"round_number": 3}, "stop", "no round remains"),
    ("consensus_and_stability", 17 * moves((5, 5)) + 3 * moves((1, 1)), {"opposite": DISAGREE}, "ask again", "no consensus, stable"),
    ("consensus_and_stability", 18 * moves((5, 5)) + 3 * moves((1, 1)), {"opposite": DISAGREE}, "stop", "consensus, stable"),
    ("stability_only", SPLIT, {}, "stop", "stable"),
    ("stability_only", RISEN, {}, "ask again", "unstable"),
    ("stability_only", RISEN, {"round_number": 5}, "stop", "no round remains"),
    ("consensus_only", RISEN, {}, "stop", "consensus"),
    ("consensus_only", SPLIT, {}, "ask again", "no consensus"),
    ("consensus_only", SPLIT, {"round_number": 3}, "stop", "no round remains"),
    ("consensus_only", 3 * moves((0, 5)) + 3 * moves((5, 5)), {}, "stop", "consensus"),
    ("consensus_only", 15 * moves((5, 5)) + 5 * moves((3, 3)), {}, "stop", "consensus"),
    ("consensus_only", 14 * moves((5, 5)) + 5 * moves((3, 3)), {}, "ask again", "no consensus"),
    ("max_rounds", SPLIT, {"round_number": 2}, "ask again", "rounds remain"),
    ("max_rounds", SPLIT, {"round_number": 3}, "stop", "no round remains"),
    ("max_rounds", SPLIT, {"round_number": 4}, "stop", "no round remains"),
    ("max_rounds", SPLIT, {"round_number": 1, "limit": 1}, "stop", "no round remains"),
)  # fmt: skip
TAKES_BANDS = ("consensus_and_stability", "consensus_only")


def _options(name, options):
    return {"within": AGREE, **options} if name in TAKES_BANDS else options


@pytest.mark.parametrize(("name", "transitions", "options", "label", "rests_on"), RULES)
def test_stopping_rules_say_what_they_rest_on(name, transitions, options, label, rests_on):
    found = ds.computed(name, transitions, **_options(name, options))
    assert (found.label.item(), found.more["rests_on"].item()) == (label, rests_on)


UNKNOWN = (
    ("consensus_and_stability", moves(), {}, "no_valid_answers"),
    ("consensus_and_stability", 4 * moves((5, 5)), {}, "too_few"),
    ("consensus_and_stability", 9 * moves((0, 5)), {}, "no_pairs"),
    ("consensus_and_stability", 9 * moves((0, 5)) + moves((5, 5)), {}, "too_few"),
    ("consensus_and_stability", 9 * moves((5, 0)), {"round_number": 3}, "no_valid_answers"),
    ("stability_only", 9 * moves((0, 5)), {}, "no_pairs"),
    ("stability_only", 4 * moves((5, 5)), {}, "too_few"),
    ("consensus_only", 4 * moves((5, 5)), {}, "too_few"),
    ("consensus_only", 9 * moves((5, 0)), {}, "no_valid_answers"),
    ("max_rounds", 9 * moves((5, 0)), {"round_number": 3}, "no_valid_answers"),
)


@pytest.mark.parametrize(("name", "transitions", "options", "reason"), UNKNOWN)
def test_without_evidence_nothing_is_decided(name, transitions, options, reason):
    found = ds.computed(name, transitions, **_options(name, options))
    assert (found.label.item(), found.more["rests_on"].item(), found.reason.item()) == (None, None, reason)


@settings(deadline=None, max_examples=60)
@given(SPARSE, st.sampled_from([None, 1, 2, 3]))
def test_consensus_and_stability_stops_what_both_rules_alone_stop(transitions, round_number):
    both = ds.consensus_and_stability(transitions, AGREE, round_number=round_number)
    one = ds.consensus_only(transitions, AGREE, round_number=round_number)
    other = ds.stability_only(transitions, round_number=round_number)
    labels = (one.label.item(), other.label.item())
    if None not in labels:
        assert both.label.item() == ("stop" if labels == ("stop", "stop") else "ask again")
    elif round_number != 3:
        assert both.label.item() is None


def test_the_consensus_is_of_the_whole_later_round_and_the_stability_of_the_paired():
    came_later = 6 * moves((5, 5)) + 6 * moves((0, 1))
    found = ds.consensus_and_stability(came_later, AGREE)
    assert (float(found.share), float(found.net_change)) == (0.5, 0.0)
    assert (found.n_later.item(), found.n_pairs.item()) == (12, 6)


def test_wrong_arguments_are_named():
    with pytest.raises(ValueError, match=r"^criterion:"):
        ds.hierarchical_stopping(SPLIT, "kappa")
    with pytest.raises(ValueError, match=r"^alpha:"):
        ds.hierarchical_stopping(SPLIT, "group_stability_chi2", alpha=0)
    with pytest.raises(ValueError, match=r"^below:"):
        ds.stability_only(SPLIT, 15)
    with pytest.raises(ValueError, match=r"^dissent:"):
        ds.consensus_and_stability(SPLIT, AGREE, dissent="wait")
    with pytest.raises(ValueError, match=r"^within:"):
        ds.consensus_only(SPLIT, [True])
    with pytest.raises(ValueError, match=r"^opposite: needs 5 values"):
        ds.consensus_only(SPLIT, AGREE, [True])
    with pytest.raises(ValueError, match=r"^opposite: has a category"):
        ds.consensus_only(SPLIT, AGREE, AGREE)
    for name in ("at_least", "opposite_below"):
        with pytest.raises(ValueError, match=rf"^{name}:"):
            ds.consensus_only(SPLIT, AGREE, DISAGREE, **{name: 75})
    with pytest.raises(ValueError, match=r"^round_number:"):
        ds.max_rounds(SPLIT, 0)
    with pytest.raises(ValueError, match=r"^limit:"):
        ds.max_rounds(SPLIT, 1, 0)
    with pytest.raises(ValueError, match="max_rounds needs round_number"):
        ds.computed("max_rounds", SPLIT)
    assert np.asarray(ds.max_rounds(np.stack([SPLIT, moves()]), 3).label).tolist() == ["stop", None]
