"""Change of the group against SciPy and the persons' own answers: histogram, mean, spread, variances, concordance, comments."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from moves import HISTOGRAM, SPARSE, TRANSITIONS, VALUES, close, expanded, moves, pairs_of
from scipy import stats

from delphi import statistics as ds

FLAT = np.array([0, 0, 6, 0, 0])
NOBODY = np.zeros(5, dtype=int)
ENDS = np.array([5, 0, 0, 0, 5])
BOTH_EMPTY = (NOBODY, NOBODY)
OF_HISTOGRAMS = (
    ("net_change_between_panels", BOTH_EMPTY, None, "no_valid_answers", "", "nobody answered"),
    ("net_change_between_panels", (FLAT, NOBODY), None, "no_valid_answers", "", "nobody answered the later"),
    ("net_change_between_panels", (FLAT, ENDS), 1.0, None, "panel_changed", "nothing in common"),
    ("net_change_between_panels", (ENDS, ENDS), 0.0, None, "", "alike"),
    ("group_stability_chi2", (NOBODY, FLAT), None, "no_valid_answers", "", "nobody answered the earlier"),
    ("group_stability_chi2", (FLAT, FLAT), None, "one_category", "", "one and the same category"),
    ("group_stability_chi2", (ENDS, 2 * ENDS), 0.0, None, "panel_changed", "alike, another panel"),
    ("group_stability_chi2", (2 * ENDS, 2 * FLAT), 32.0, None, "panel_changed sparse_expected", "nothing in common"),
    ("f_test_variances", (NOBODY, ENDS), None, "no_valid_answers", "", "nobody answered the earlier"),
    ("f_test_variances", (ENDS, [0, 1, 0, 0, 0]), None, "too_few", "", "one person"),
    ("f_test_variances", (ENDS, FLAT), None, "no_variation", "", "all later answers are equal"),
    ("f_test_variances", (FLAT, ENDS), None, "no_variation", "", "all earlier answers are equal"),
    ("f_test_variances", (ENDS, ENDS), 1.0, None, "", "alike"),
)  # fmt: skip
CENTRED = {"values": [-2, -1, 0, 1, 2]}
CONVERGED = moves((1, 3), (5, 3), (3, 3), (2, 3), (4, 3), (3, 3))
OF_TRANSITIONS = (
    *((name, {}, moves((1, 0), (0, 1)), None, "no_pairs", "nobody answered both") for name in (
        "delta_median", "delta_iqr", "delta_mean", "delta_sd", "delta_cv", "pitman_morgan", "share_changed", "share_changed_gt1")),
    *((name, {}, moves((1, 2)), None, "too_few", "one person") for name in ("delta_iqr", "delta_sd", "delta_cv", "pitman_morgan")),
    ("delta_mean", {}, moves((1, 2)), 1.0, None, "one person has a mean"),
    ("share_changed", {"tolerance": 1}, moves((1, 2), (1, 3)), 0.5, None, "one of two by more than one"),
    ("share_changed_gt1", {}, moves((1, 2), (1, 3)), 0.5, None, "one of two by more than one"),
    ("delta_iqr", {}, moves((3, 3), (3, 3)), 0.0, None, "nobody moved"),
    ("delta_iqr", {"relative": True}, moves((3, 1), (3, 5)), None, "no_variation", "from no spread"),
    ("delta_iqr", {"relative": True}, CONVERGED, -1.0, None, "to no spread"),
    ("delta_sd", {"relative": True}, moves((3, 1), (3, 5)), None, "no_variation", "from no spread"),
    ("delta_sd", {"relative": True}, CONVERGED, -1.0, None, "to no spread"),
    ("delta_cv", CENTRED, moves((2, 4), (4, 4)), None, "zero_mean", "the earlier mean is 0"),
    ("delta_cv", CENTRED, moves((4, 2), (4, 4)), None, "zero_mean", "the later mean is 0"),
    ("delta_cv", {"values": [-0.3, -0.1, 0, 0.1, 0.2]}, moves((1, 5), (4, 5), (5, 5)), None, "zero_mean", "0 but for rounding"),
    ("pitman_morgan", {}, moves((1, 2), (2, 3)), None, "too_few", "two persons lie on a line"),
    ("pitman_morgan", {}, CONVERGED, None, "no_variation", "all later answers are equal"),
    ("pitman_morgan", {}, moves((1, 2), (2, 3), (4, 5)), None, "no_variation", "a constant shift"),
    ("pitman_morgan", {}, moves((1, 5), (2, 4), (4, 2)), None, "no_variation", "constant sums"),
    ("pitman_morgan", {}, moves((1, 1), (2, 3), (3, 5)), None, "singular", "a linear function of the earlier answers"),
    ("pitman_morgan", {}, moves((1, 2), (2, 1), (5, 4), (4, 5)), 0.0, None, "as much spread as before"),
)  # fmt: skip


@pytest.mark.parametrize(("name", "data", "value", "reason", "flags", "why"), OF_HISTOGRAMS)
def test_degenerate_histograms(name, data, value, reason, flags, why):
    found = ds.computed(name, tuple(map(np.asarray, data)))
    close(found.value, np.nan if value is None else value)
    assert (found.reason.item(), found.flags.item()) == (reason, flags), why


@pytest.mark.parametrize(("name", "options", "transitions", "value", "reason", "why"), OF_TRANSITIONS)
def test_degenerate_tables(name, options, transitions, value, reason, why):
    found = ds.computed(name, transitions, **options)
    close(found.value, np.nan if value is None else value)
    assert found.reason.item() == reason, why


@settings(deadline=None, max_examples=60)
@given(HISTOGRAM, HISTOGRAM)
def test_two_histograms_equal_scipy(first, second):
    if not first.any() or not second.any():
        return
    close(
        ds.net_change_between_panels(first, second), np.abs(first / first.sum() - second / second.sum()).sum() / 2
    )  # fmt: skip
    used = np.array([first, second])[:, (first + second) > 0]
    found = ds.group_stability_chi2(first, second)
    if used.shape[1] < 2:
        assert (np.isnan(found.statistic), np.isnan(found.p), found.reads.item()) == (True, True, "stable")
    else:
        expected = stats.chi2_contingency(used, correction=False)
        close([found.statistic, found.df, found.p], [expected.statistic, expected.dof, expected.pvalue])
        assert found.reads.item() == ("stable" if expected.pvalue >= 0.05 else "unstable")
    one, two = expanded(first), expanded(second)
    found = ds.f_test_variances(first, second, VALUES)
    if len(set(one.tolist())) < 2 or len(set(two.tolist())) < 2:
        assert np.isnan(found.statistic)
        return
    ratio = one.var(ddof=1) / two.var(ddof=1)
    tails = stats.f(len(one) - 1, len(two) - 1)
    close([found.statistic, found.p], [ratio, min(1, 2 * min(tails.cdf(ratio), tails.sf(ratio)))])


@settings(deadline=None, max_examples=60)
@given(TRANSITIONS)
def test_net_change_of_the_paired_is_that_of_their_two_histograms(transitions):
    close(ds.net_change(transitions), ds.net_change_between_panels(*ds.margins(transitions)))


@settings(deadline=None, max_examples=60)
@given(SPARSE)
def test_changes_equal_those_of_the_persons(transitions):
    before, after = pairs_of(transitions)
    if len(before) < 2:
        return
    close(ds.delta_mean(transitions, VALUES), after.mean() - before.mean())
    for name, spread in (
        ("delta_sd", lambda x: x.std(ddof=1)),
        ("delta_cv", lambda x: x.std(ddof=1) / x.mean()),
        ("delta_iqr", stats.iqr),
    ):
        close(getattr(ds, name)(transitions, VALUES), spread(after) - spread(before))
        if name != "delta_cv":
            change = spread(after) / spread(before) - 1 if spread(before) > 0 else np.nan
            close(getattr(ds, name)(transitions, VALUES, relative=True), change)


@settings(deadline=None, max_examples=60)
@given(SPARSE)
def test_pitman_morgan_equals_the_correlation_of_differences_and_sums(transitions):
    before, after = pairs_of(transitions)
    found = ds.pitman_morgan(transitions, VALUES)
    apart, total = before - after, before + after
    if min(len(set(x.tolist())) for x in (before, after, apart, total)) < 2 or len(before) < 3:
        assert np.isnan(found.statistic)
        return
    expected = stats.pearsonr(apart, total)
    if abs(expected.statistic) > 1 - 1e-12:
        assert np.isnan(found.statistic)
        return
    close([found.correlation, found.p], [expected.statistic, expected.pvalue])
    n, r = len(before), expected.statistic
    close(found.statistic, r * ((n - 2) / (1 - r**2)) ** 0.5)


EARLIER = [[1, 2, 3], [3, 2, 1], [1, 3, 2], [2, 1, np.nan]]
LATER = [[1, 2, 3], [1, 2, 3], [1, 3, 2], [1, 2, 3]]
OF_RANKINGS = (
    (EARLIER, LATER, {}, 2 / 3, 3, None, "the fourth has one complete ranking"),
    (EARLIER, LATER[:3], {"paired": False}, 2 / 3, 3, None, "two panels"),
    (EARLIER[:1], LATER[:1], {}, None, 1, "too_few_raters", "one person"),
    ([[1], [1]], [[1], [1]], {}, None, 2, "too_few_units", "one object"),
    (EARLIER[2:], LATER[2:], {}, None, 1, "incomplete_rankings", "one of two is incomplete"),
    ([[1, 1], [1, 1]], [[1, 2], [1, 2]], {}, None, 2, "all_ties", "no order"),
)


@pytest.mark.parametrize(("earlier", "later", "options", "value", "n", "reason", "why"), OF_RANKINGS)
def test_concordance_of_two_rounds(earlier, later, options, value, n, reason, why):
    found = ds.computed("delta_w", (earlier, later), **options)
    close(found.value, np.nan if value is None else value)
    assert (found.n.item(), found.reason.item()) == (n, reason), why


@settings(deadline=None, max_examples=40)
@given(st.lists(st.permutations([1, 2, 3, 4]), min_size=2, max_size=6), st.randoms(use_true_random=False))
def test_w_of_either_round_equals_friedmans_chi_square(rankings, random):
    later = [random.sample(one, 4) for one in rankings]
    found = ds.delta_w(rankings, later)
    expected = [
        stats.friedmanchisquare(*np.array(given, float).T).statistic / (3 * len(rankings))
        for given in (rankings, later)
    ]
    close([found.w_earlier, found.w_later, found.delta], [*expected, expected[1] - expected[0]])


@pytest.mark.parametrize(
    ("comments", "count", "change", "trend"),
    [
        ([9, 5, 5, 0], 0, -9, "falling"), ([1, 1, 3], 3, 2, "rising"), ([4, 4], 4, 0, "level"),
        ([4, 1, 6], 6, 2, "mixed"), ([7], 7, None, None),
    ],
)  # fmt: skip
def test_comments_from_round_to_round(comments, count, change, trend):
    found = ds.computed("comment_count", comments)
    close([found.value, found.more["change"]], [count, np.nan if change is None else change])
    assert (found.more["trend"].item(), found.n.item(), found.reason.item()) == (trend, sum(comments), None)


def test_comments_of_many_items_at_once():
    found = ds.comment_count([[3, 2], [2, 3], [2, 2]])
    assert found.trend.tolist() == ["falling", "rising", "level"]


def test_wrong_arguments_are_named():
    for name in ("net_change_between_panels", "group_stability_chi2"):
        with pytest.raises(ValueError, match=r"^second: needs 2 categories"):
            getattr(ds, name)([1, 2], [1, 2, 3])
    with pytest.raises(ValueError, match=r"^second: needs 2 categories"):
        ds.f_test_variances([1, 2], [1, 2, 3], [1, 2])
    with pytest.raises(ValueError, match=r"^alpha:"):
        ds.group_stability_chi2([1, 2], [1, 2], 1.5)
    with pytest.raises(ValueError, match=r"^tolerance:"):
        ds.share_changed(moves(), -1)
    with pytest.raises(ValueError, match=r"^comments:"):
        ds.comment_count([3, -1])
    with pytest.raises(ValueError, match=r"^later: needs 3 objects"):
        ds.delta_w([[1, 2, 3]], [[1, 2]])
    with pytest.raises(ValueError, match=r"^later: needs 4 respondents .* paired=False"):
        ds.delta_w(EARLIER, LATER[:2])
    with pytest.raises(ValueError, match=r"^earlier: needs respondents and objects"):
        ds.delta_w([1, 2], LATER)
    for name in ("delta_mean", "delta_sd", "delta_cv", "pitman_morgan"):
        with pytest.raises(ValueError, match=r"^values:"):
            getattr(ds, name)(moves(), [1, 2])
