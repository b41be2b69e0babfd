"""Who left: retention, whether leavers had answered otherwise, what they could have changed."""

import numpy as np
import pytest
from hypothesis import given, settings
from moves import HISTOGRAM, SPARSE, close, expanded, moves
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from delphi import statistics as ds

AGREE = np.array([False, False, False, True, True])
NOBODY = [0, 0, 0]


@pytest.mark.parametrize(
    ("returned", "of", "share", "reason", "flags"),
    [(0, 0, None, "no_data", ""), (0, 9, 0.0, None, ""), (9, 9, 1.0, None, ""), (3, 4, 0.75, None, "n_below_minimum")],
)  # fmt: skip
def test_retention(returned, of, share, reason, flags):
    found = ds.computed("panel_retention", (np.array(returned), np.array(of)), base="previous")
    close(found.value, np.nan if share is None else share)
    assert (found.reason.item(), found.flags.item(), found.n.item()) == (reason, flags, of)
    assert found.options == {"base": "previous"}
    if of:
        close([found.more["low"], found.more["high"]], proportion_confint(returned, of, method="wilson"))


def test_retention_of_many_groups_at_once_has_a_row_each():
    found = ds.panel_retention([7, 0, 3], [10, 0, 3])
    close(found.share, [0.7, np.nan, 1.0])
    assert (found.low <= found.share)[[0, 2]].all()


CASES = (
    ("dropout_bias", (NOBODY, [1, 2, 3]), None, "no_valid_answers", "nobody stayed"),
    ("dropout_bias", ([1, 2, 3], NOBODY), None, "no_valid_answers", "nobody left"),
    ("dropout_bias", ([0, 5, 0], [0, 3, 0]), 0.0, None, "all had answered the same"),
    ("dropout_bias", ([0, 0, 5], [3, 0, 0]), 1.0, None, "stayers had rated higher"),
    ("dropout_by_group", (NOBODY, [1, 2, 3]), None, "no_valid_answers", "nobody stayed"),
    ("dropout_by_group", ([5, 0, 0], [3, 0, 0]), None, "one_category", "one group"),
    ("dropout_by_group", ([10, 5, 5], [10, 5, 5]), 0.0, None, "as many of each"),
)


@pytest.mark.parametrize(("name", "data", "value", "reason", "why"), CASES)
def test_degenerate_panels(name, data, value, reason, why):
    found = ds.computed(name, tuple(map(np.asarray, data)))
    close(found.value, np.nan if value is None else value)
    assert found.reason.item() == reason, why


@settings(deadline=None, max_examples=60)
@given(HISTOGRAM, HISTOGRAM)
def test_bias_compares_every_stayer_with_every_leaver(stayers, leavers):
    one, two = expanded(stayers), expanded(leavers)
    found = ds.dropout_bias(stayers, leavers)
    if not len(one) or not len(two):
        assert np.isnan(found.delta)
        assert not found.is_notable
        return
    wins = int(np.sign(one[:, None] - two[None, :]).sum())
    close(found.delta, wins / (len(one) * len(two)))
    assert found.is_notable == (100 * abs(wins) >= 33 * len(one) * len(two))
    if len(np.unique([*one, *two])) > 1:
        close(found.p, stats.mannwhitneyu(one, two, method="asymptotic", use_continuity=False).pvalue)


def test_a_delta_is_notable_from_exactly_33_of_100_comparisons_on():
    found = ds.dropout_bias([[33, 67], [34, 66], [32, 68]], [[0, 1], [0, 1], [0, 1]])
    close(found.delta, [-0.33, -0.34, -0.32])
    assert found.is_notable.tolist() == [True, True, False]


@settings(deadline=None, max_examples=60)
@given(HISTOGRAM, HISTOGRAM)
def test_leaving_by_group_equals_scipy(stayers, leavers):
    used = np.array([stayers, leavers])[:, (stayers + leavers) > 0]
    found = ds.dropout_by_group(stayers, leavers)
    if not stayers.any() or not leavers.any() or used.shape[1] < 2:
        assert np.isnan(found.statistic)
        assert np.isnan(found.p)
        return
    expected = stats.chi2_contingency(used, correction=False)
    close([found.statistic, found.df], [expected.statistic, expected.dof])
    is_exact = used.shape[1] == 2 and (expected.expected_freq < 5).any()
    assert found.is_exact == is_exact
    close(found.p, stats.fisher_exact(used).pvalue if is_exact else expected.pvalue)


@pytest.mark.parametrize("seed", range(20))
def test_fishers_p_of_two_groups_equals_scipy(seed):
    table = np.random.default_rng(seed).integers(0, 9, size=(2, 2)) + 1 - np.eye(2, dtype=int)
    found = ds.dropout_by_group(*table)
    expected = (
        stats.fisher_exact(table) if found.is_exact else stats.chi2_contingency(table, correction=False)
    )
    if np.isfinite(found.p):
        close(found.p, expected.pvalue)


CARRIED = (
    (moves(), None, (None, None), "no_valid_answers", "nobody at all"),
    (9 * moves((5, 0)), None, (None, None), "no_valid_answers", "nobody answered the later round"),
    (4 * moves((4, 5)), 0.0, ("reached", "reached"), None, "nobody left"),
    (3 * moves((4, 5)) + moves((1, 0)), -0.25, ("reached", "reached"), None, "exactly the threshold is reached"),
    (3 * moves((4, 5)) + 2 * moves((1, 0)), -0.4, ("reached", "not reached"), None, "the leavers flip it"),
    (3 * moves((4, 5)) + 5 * moves((0, 1)), 0.0, ("not reached", "not reached"), None, "who came later is no leaver"),
    (2 * moves((4, 2)) + 6 * moves((5, 0)), 0.75, ("not reached", "reached"), None, "the leavers had agreed"),
)  # fmt: skip


@pytest.mark.parametrize(("transitions", "difference", "decisions", "reason", "why"), CARRIED)
def test_last_answers_carried_forward(transitions, difference, decisions, reason, why):
    found = ds.computed("last_value_sensitivity", transitions, within=AGREE)
    close(found.value, np.nan if difference is None else difference)
    assert (found.more["decision"].item(), found.more["decision_carried"].item()) == decisions, why
    assert found.reason.item() == reason


@settings(deadline=None, max_examples=60)
@given(SPARSE)
def test_carrying_forward_equals_a_count_of_persons(transitions):
    later = expanded(transitions[:, :-1].sum(axis=0))
    left = expanded(transitions[:-1, -1])
    found = ds.last_value_sensitivity(transitions, AGREE)
    if not len(later):
        assert np.isnan(found.difference)
        return
    share, carried = (later >= 4).mean(), (np.concatenate([later, left]) >= 4).mean()
    close([found.share, found.share_carried, found.difference], [share, carried, carried - share])
    assert (found.n, found.n_carried) == (len(later), len(later) + len(left))


def test_wrong_arguments_are_named():
    with pytest.raises(ValueError, match=r"^base:"):
        ds.panel_retention(1, 2, "everybody")
    with pytest.raises(ValueError, match=r"^successes:"):
        ds.panel_retention(3, 2)
    with pytest.raises(ValueError, match=r"^second:"):
        ds.dropout_bias([1, 2], [1, 2, 3])
    with pytest.raises(ValueError, match=r"^second:"):
        ds.dropout_by_group([1, 2], [1, 2, 3])
    with pytest.raises(ValueError, match=r"^within:"):
        ds.last_value_sensitivity(moves(), [True])
    with pytest.raises(ValueError, match=r"^threshold:"):
        ds.last_value_sensitivity(moves(), AGREE, 75)
