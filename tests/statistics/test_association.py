"""How later answers depend on earlier ones, against SciPy and against errors counted person by person."""

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from moves import SPARSE, TRANSITIONS, close, moves, pairs_of, square
from scipy import stats

from delphi import statistics as ds

CASES = (
    ("individual_stability_chi2", {}, moves(), None, "no_pairs", "", "nobody answered both"),
    ("individual_stability_chi2", {}, moves((3, 0), (0, 2)), None, "no_pairs", "", "nobody answered both"),
    ("individual_stability_chi2", {}, moves((3, 2), (3, 4)), None, "one_category", "", "one row"),
    ("individual_stability_chi2", {}, moves((3, 2), (1, 2)), None, "one_category", "", "one column"),
    ("individual_stability_chi2", {}, moves((3, 3)), None, "one_category", "", "one person"),
    ("individual_stability_chi2", {}, moves((1, 1), (2, 2)), 2.0, None, "n_below_minimum sparse_expected", "two by two"),
    ("individual_stability_chi2", {}, 20 * moves((1, 5), (2, 4)), 40.0, None, "", "association without agreement"),
    ("gk_lambda", {}, moves(), None, "no_pairs", "", "nobody answered both"),
    ("gk_lambda", {}, moves((1, 3), (2, 3)), None, "one_category", "", "no error to save"),
    ("gk_lambda", {}, moves((3, 1), (3, 2)), 0.0, None, "n_below_minimum restricted_range", "nothing known before"),
    ("gk_lambda", {}, 4 * moves((1, 5), (5, 1)), 1.0, None, "", "all swap sides"),
    ("rank_correlation", {}, moves(), None, "no_pairs", "", "nobody answered both"),
    ("rank_correlation", {}, moves((1, 2)), None, "too_few", "", "one person"),
    ("rank_correlation", {}, moves((1, 2), (3, 2)), None, "no_variation", "", "constant later"),
    ("rank_correlation", {"method": "kendall"}, moves((1, 2), (1, 3)), None, "no_variation", "", "constant earlier"),
    ("rank_correlation", {}, 5 * moves((1, 2), (3, 4)), 1.0, None, "", "a common shift is not seen"),
    ("rank_correlation", {"method": "kendall"}, 5 * moves((1, 4), (3, 2)), -1.0, None, "", "turned round"),
)  # fmt: skip


@pytest.mark.parametrize(("name", "options", "transitions", "value", "reason", "flags", "why"), CASES)
def test_degenerate_tables(name, options, transitions, value, reason, flags, why):
    found = ds.computed(name, transitions, **options)
    close(found.value, np.nan if value is None else value)
    assert (found.reason.item(), found.flags.item()) == (reason, flags), why


@settings(deadline=None, max_examples=80)
@given(SPARSE)
def test_chi_square_equals_scipy_without_empty_rows_and_columns(transitions):
    both = transitions[:-1, :-1]
    used = both[both.sum(axis=1) > 0][:, both.sum(axis=0) > 0]
    found = ds.individual_stability_chi2(transitions)
    if min(used.shape) < 2:
        close([found.statistic, found.df, found.p], [np.nan] * 3)
        assert found.reads.item() is None
        return
    expected = stats.chi2_contingency(used, correction=False)
    close([found.statistic, found.df, found.p], [expected.statistic, expected.dof, expected.pvalue])
    assert found.reads.item() == ("stable" if expected.pvalue < 0.05 else "unstable")
    is_sparse = "sparse_expected" in ds.computed("individual_stability_chi2", transitions).flags.item()
    assert is_sparse == (expected.expected_freq < 5).any()


def test_the_worked_table_is_held_to_the_exact_chi_square_and_not_to_rounded_expected_counts():
    table = [[9, 4], [2, 8]]
    rounded = np.rint(stats.contingency.expected_freq(table))
    found = ds.individual_stability_chi2(square(table))
    # n(ad - bc)² over the product of the margins, in whole numbers.
    assert found.statistic == pytest.approx(23 * (9 * 8 - 4 * 2) ** 2 / (13 * 10 * 11 * 12), rel=1e-12)
    assert ((np.array(table) - rounded) ** 2 / rounded).sum() - found.statistic > 0.5


@settings(deadline=None, max_examples=80)
@given(SPARSE)
def test_lambda_is_the_share_of_wrong_guesses_that_is_saved(transitions):
    before, after = pairs_of(transitions)
    found = ds.gk_lambda(transitions)
    if len(set(after.tolist())) < 2:
        assert np.isnan(found)
        return
    blind = len(after) - max(np.bincount(after))
    seeing = sum(
        (before == one).sum() - max(np.bincount(after[before == one])) for one in set(before.tolist())
    )
    close(found, (blind - seeing) / blind)


@pytest.mark.parametrize("method", ["spearman", "kendall"])
@settings(deadline=None, max_examples=80)
@given(TRANSITIONS)
def test_rank_correlation_equals_scipy(method, transitions):
    before, after = pairs_of(transitions)
    found = ds.rank_correlation(transitions, method)
    if len(set(before.tolist())) < 2 or len(set(after.tolist())) < 2:
        assert np.isnan(found)
        return
    peer = {"spearman": stats.spearmanr, "kendall": stats.kendalltau}[method]
    with warnings.catch_warnings():
        # Its p of two persons is a quotient by zero; only the coefficient is compared.
        warnings.simplefilter("ignore", RuntimeWarning)
        close(found, peer(before, after).statistic)


def test_millions_of_persons_do_not_overflow_a_rank_correlation():
    table = square([[2_000_000, 1_000_000, 0], [500_000, 3_000_000, 0], [0, 0, 4_000_000]])
    small = square([[4, 2, 0], [1, 6, 0], [0, 0, 8]])
    for method in ("spearman", "kendall"):
        close(ds.rank_correlation(table, method), ds.rank_correlation(small, method))


def test_wrong_arguments_are_named():
    for alpha in (0, 1, -0.05, 5):
        with pytest.raises(ValueError, match=r"^alpha:"):
            ds.individual_stability_chi2(moves(), alpha)
    with pytest.raises(ValueError, match=r"^method:"):
        ds.rank_correlation(moves(), "pearson")
