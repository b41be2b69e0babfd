"""Tests on those who moved, against SciPy, statsmodels and the persons' own moves."""

import numpy as np
import pytest
from hypothesis import given, settings
from moves import SPARSE, TRANSITIONS, VALUES, close, moves, pairs_of, square
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar as statsmodels_mcnemar

from delphi import statistics as ds
from delphi.statistics import ranks

AGREE = np.array([False, False, False, True, True])
WITH = {"within": AGREE}
UP = 6 * moves((1, 2))
CASES = (
    ("wilcoxon_signed_rank", {}, moves((1, 0), (0, 2)), None, np.nan, "no_pairs", "", "nobody answered both"),
    ("wilcoxon_signed_rank", {}, 8 * moves((3, 3)), None, 1.0, "no_discordant_pairs", "", "nobody moved"),
    ("wilcoxon_signed_rank", {}, UP, 0.0, 2 / 2**6, None, "", "all one step up"),
    ("wilcoxon_signed_rank", {}, 26 * moves((1, 2)), 0.0, 2 * stats.norm.sf(26**0.5), None, "approximate_p", "normal from 26 on"),
    ("sign_test", {}, moves(), None, np.nan, "no_pairs", "", "nobody answered both"),
    ("sign_test", {}, 5 * moves((2, 2)), None, 1.0, "no_discordant_pairs", "", "nobody moved"),
    ("sign_test", {}, 3 * moves((1, 5), (5, 4)), 3.0, 1.0, None, "", "as many up as down"),
    ("paired_t", {}, moves(), None, np.nan, "no_pairs", "", "nobody answered both"),
    ("paired_t", {}, moves((1, 2)), None, np.nan, "too_few", "", "one person"),
    ("paired_t", {}, UP, None, np.nan, "no_variation", "", "a constant shift"),
    ("paired_t", {}, UP + 2 * moves((3, 4)), None, np.nan, "no_variation", "", "a constant shift from two places"),
    ("paired_t", {}, 5 * moves((3, 3)), None, np.nan, "no_variation", "", "nobody moved"),
    ("paired_t", {}, 3 * moves((1, 2), (2, 1)), 0.0, 1.0, None, "", "as far up as down"),
    ("mcnemar", WITH, moves(), None, np.nan, "no_pairs", "", "nobody answered both"),
    ("mcnemar", WITH, 4 * moves((1, 3), (5, 4)), None, 1.0, "no_discordant_pairs", "", "moves that do not cross"),
    ("mcnemar", {**WITH, "method": "chi2"}, 5 * moves((1, 3)), None, 1.0, "no_discordant_pairs", "", "moves that do not cross"),
    ("mcnemar", {**WITH, "method": "chi2"}, 5 * moves((1, 4)), 5.0, stats.chi2(1).sf(5), None, "approximate_p", "five joined"),
    ("mcnemar", {**WITH, "method": "corrected"}, 5 * moves((1, 4)), 3.2, stats.chi2(1).sf(3.2), None, "approximate_p", "five joined"),
    ("mcnemar", {**WITH, "method": "corrected"}, 3 * moves((1, 4), (4, 1)), 0.0, 1.0, None, "approximate_p", "as many left"),
    ("mcnemar", WITH, 5 * moves((1, 4)), 0.0, 1 / 16, None, "", "five joined"),
    ("towards_median", {}, moves(), None, None, "no_pairs", "", "nobody answered both"),
    ("towards_median", {}, 5 * moves((2, 2)), None, None, "no_discordant_pairs", "", "nobody moved"),
    ("towards_median", {}, moves((3, 3), (3, 3), (3, 3), (1, 2), (5, 4)), 1.0, None, None, "", "both ends come in"),
    ("towards_median", {}, moves((3, 3), (3, 3), (3, 3), (2, 4), (4, 5)), 0.0, None, None, "", "over it to the same distance, or away"),
)  # fmt: skip


@pytest.mark.parametrize(("name", "options", "transitions", "value", "p", "reason", "flags", "why"), CASES)
def test_degenerate_tables(name, options, transitions, value, p, reason, flags, why):
    found = ds.computed(name, transitions, **options)
    close(found.value, np.nan if value is None else value)
    if p is not None:
        close(found.more["p"], p)
    assert (found.reason.item(), found.flags.item()) == (reason, flags), why


@settings(deadline=None, max_examples=60)
@given(SPARSE)
def test_signed_ranks_of_the_transitions_equal_those_of_the_differences(transitions):
    before, after = pairs_of(transitions)
    found = ds.wilcoxon_signed_rank(transitions, VALUES)
    moved = (after - before)[after != before]
    assert found.n_nonzero == len(moved)
    if not len(moved):
        assert np.isnan(found.statistic)
        close(found.p, 1.0 if len(before) else np.nan)
        return
    distinct, counts = np.unique(after - before, return_counts=True)
    for low_level in (ds.wilcoxon_signed_rank, ranks.wilcoxon_signed_rank):
        same = low_level(distinct, counts)
        close([found.statistic, found.p], [same.statistic, same.p])
    if len(moved) > ds.EXACT_UP_TO:
        expected = stats.wilcoxon(moved, method="asymptotic", correction=False)
        close([found.statistic, found.p], [expected.statistic, expected.pvalue])
    else:
        assert found.statistic == stats.wilcoxon(moved, method="asymptotic").statistic


def test_signed_ranks_without_ties_equal_scipys_exact_test():
    values = np.array([0, 1, 3, 7, 20, 54])
    table = moves((1, 2), (2, 3), (1, 4), (5, 3), (6, 1), (4, 5), points=6)
    before, after = (values[one - 1] for one in pairs_of(table))
    assert len(set(np.abs(after - before).tolist())) == 6
    expected = stats.wilcoxon(after - before, method="exact")
    found = ds.wilcoxon_signed_rank(table, values)
    close([found.statistic, found.p], [expected.statistic, expected.pvalue])


@settings(deadline=None, max_examples=60)
@given(TRANSITIONS)
def test_the_sign_test_equals_scipys_binomial_test(transitions):
    before, after = pairs_of(transitions)
    up, down = int((after > before).sum()), int((after < before).sum())
    found = ds.sign_test(transitions)
    assert (found.n_up, found.n_down) == (up, down)
    if up + down:
        close([found.statistic, found.p], [up, stats.binomtest(up, up + down).pvalue])


@settings(deadline=None, max_examples=60)
@given(TRANSITIONS)
def test_paired_t_equals_scipy(transitions):
    before, after = pairs_of(transitions)
    found = ds.paired_t(transitions, VALUES)
    if len(before):
        close(found.mean_difference, (after - before).mean())
    if len(set((after - before).tolist())) < 2:
        assert np.isnan(found.statistic)
        return
    expected = stats.ttest_rel(after, before)
    close([found.statistic, found.df, found.p], [expected.statistic, expected.df, expected.pvalue])


@settings(deadline=None, max_examples=60)
@given(TRANSITIONS)
def test_mcnemar_equals_statsmodels_on_the_table_of_two_by_two(transitions):
    before, after = (AGREE[one - 1] for one in pairs_of(transitions))
    table = [[int(((before == a) & (after == b)).sum()) for b in (True, False)] for a in (True, False)]
    left, joined = table[0][1], table[1][0]
    exact = ds.mcnemar(transitions, AGREE)
    assert (exact.n_left, exact.n_joined) == (left, joined)
    if left + joined == 0:
        return
    for method, options in (
        ("exact", {"exact": True}),
        ("chi2", {"exact": False, "correction": False}),
        ("corrected", {"exact": False, "correction": True}),
    ):
        # With as many left as joined statsmodels corrects 0 to 1; R leaves it at 0.
        if method != "corrected" or left != joined:
            found, expected = ds.mcnemar(transitions, AGREE, method), statsmodels_mcnemar(table, **options)
            close([found.statistic, found.p], [expected.statistic, expected.pvalue])


def test_mcnemar_counts_moves_across_the_set_in_a_table_of_any_size():
    """Collapsed by hand: what statsmodels of old did to larger tables was to look at two cells."""
    table = np.arange(25).reshape(5, 5)
    two = [[int(table[3:, 3:].sum()), int(table[3:, :3].sum())], [int(table[:3, 3:].sum()), int(table[:3, :3].sum())]]  # fmt: skip
    whole, collapsed = ds.mcnemar(square(table), AGREE, "chi2"), ds.mcnemar(square(two), [True, False], "chi2")  # fmt: skip
    close([whole.statistic, whole.p], [collapsed.statistic, collapsed.p])


@settings(deadline=None, max_examples=60)
@given(SPARSE)
def test_conformity_equals_a_count_of_persons_with_the_median_of_the_whole_earlier_round(transitions):
    before, after = pairs_of(transitions)
    everybody = np.repeat(VALUES, transitions[:-1].sum(axis=1))
    found = ds.towards_median(transitions, VALUES)
    movers = before != after
    assert found.n_movers == movers.sum()
    if not movers.any():
        assert np.isnan(found.share)
        return
    middle = np.median(everybody)
    close(found.share, (np.abs(after - middle) < np.abs(before - middle))[movers].mean())


def test_those_who_left_move_the_median_that_was_fed_back():
    stayed = moves((2, 3), (2, 2), (2, 2))
    assert float(ds.towards_median(stayed, VALUES).share) == 0.0
    assert float(ds.towards_median(stayed + 4 * moves((5, 0)), VALUES).share) == 1.0


def test_wrong_arguments_are_named():
    with pytest.raises(ValueError, match=r"^method:"):
        ds.mcnemar(moves(), AGREE, "yates")
    with pytest.raises(ValueError, match=r"^within: needs 5 values"):
        ds.mcnemar(moves(), [True, False])
    with pytest.raises(ValueError, match=r"^counts:"):
        ds.wilcoxon_signed_rank([1, 2, 3])
    with pytest.raises(ValueError, match=r"^differences:"):
        ds.wilcoxon_signed_rank([1, 2], [1])
    for name in ("paired_t", "towards_median"):
        with pytest.raises(ValueError, match=r"^values:"):
            getattr(ds, name)(moves(), [1, 2, 3])
    with pytest.raises(ValueError, match="mcnemar needs within"):
        ds.computed("mcnemar", moves())
