"""The traps of comparing rounds, one test each, numbered as in the catalogue of statistics."""

import numpy as np
import pytest
from moves import VALUES, close, expanded, moves, pairs_of, square
from scipy import stats
from statsmodels.stats.contingency_tables import SquareTable, mcnemar

from delphi import statistics as ds

AGREE = [False, False, False, True, True]
OF_PAIRS = (
    "share_unchanged",
    "net_change",
    "delta_iqr",
    "delta_sd",
    "wilcoxon_signed_rank",
    "bowker",
    "stuart_maxwell",
)


def test_trap_10_attrition_does_not_pass_for_convergence():
    """Nobody moves, and all who rated low leave: the histograms converge, the panel does not."""
    panel = 6 * moves((4, 4), (5, 5)) + 6 * moves((1, 0), (2, 0))
    whole = expanded(panel.sum(axis=1)[:-1]), expanded(panel.sum(axis=0)[:-1])
    assert whole[1].std(ddof=1) < 0.4 * whole[0].std(ddof=1)
    assert float(ds.net_change(panel)) == 0.0
    assert (float(ds.delta_sd(panel, VALUES)), float(ds.delta_iqr(panel, VALUES))) == (0.0, 0.0)
    assert np.isnan(ds.wilcoxon_signed_rank(panel, VALUES).statistic)
    between = ds.computed("net_change_between_panels", (panel[:-1].sum(axis=1), panel[:, :-1].sum(axis=0)))
    assert (between.value.item(), between.flags.item()) == (0.5, "panel_changed")
    close(ds.dropout_bias([0, 0, 0, 6, 6], [6, 6, 0, 0, 0]).delta, 1.0)


def test_trap_11_an_item_closed_in_round_2_has_no_pair_in_round_3_and_is_not_unanswered():
    closed = 9 * moves((4, 0)) + 3 * moves((5, 0))
    for name in OF_PAIRS:
        found = ds.computed(name, closed)
        assert (np.isnan(found.value), found.reason.item(), found.n.item()) == (True, "no_pairs", 0)
    rule = ds.computed("consensus_and_stability", closed, within=AGREE, round_number=3)
    assert (rule.label.item(), rule.reason.item()) == (None, "no_valid_answers")
    carried = ds.last_value_sensitivity(closed, AGREE)
    assert (np.isnan(carried.share), np.isnan(carried.share_carried)) == (True, True)


def test_trap_12_rounds_are_compared_by_person_and_not_by_position():
    first, second = np.array([1, 2, 3, 4, 5]), np.array([5, 4, 3, 2, 1])
    by_person = moves(*zip(first.tolist(), second.tolist(), strict=True))
    by_position = moves(*zip(np.sort(first).tolist(), np.sort(second).tolist(), strict=True))
    assert (float(ds.share_unchanged(by_person)), float(ds.share_unchanged(by_position))) == (0.2, 1.0)
    assert (float(ds.rank_correlation(by_person)), float(ds.rank_correlation(by_position))) == (-1.0, 1.0)
    rounds = np.array([[0, 1, 1], [0, 0, 1], [1, 1, 1], [0, 1, 0], [0, 0, 1.0]])
    shuffled = rounds.copy()
    shuffled[:, 2] = rounds[[2, 3, 4, 0, 1], 2]
    order = [3, 1, 4, 0, 2]
    close(ds.cochran_q(rounds[order]).statistic, ds.cochran_q(rounds).statistic)
    assert ds.cochran_q(shuffled).statistic != ds.cochran_q(rounds).statistic


def test_trap_12_rounds_1_and_3_are_no_sum_of_the_steps_between():
    first, second, third = ([1, 1, 4, 4], [2, 0, 4, 5], [1, 3, 0, 4])
    steps = [moves(*zip(*pair, strict=True)) for pair in ((first, second), (second, third), (first, third))]
    changes = [float(ds.delta_mean(one, VALUES)) for one in steps]
    assert changes[2] != pytest.approx(changes[0] + changes[1])
    assert [int(ds.n_paired(one)) for one in steps] == [3, 2, 3]


def test_trap_13_swaps_cancel_in_the_group_and_not_in_the_persons():
    swapped = 10 * moves((1, 5), (5, 1))
    assert float(ds.net_change(swapped)) == 0.0
    assert ds.group_stability_chi2(*ds.margins(swapped)).reads.item() == "stable"
    assert float(ds.stuart_maxwell(swapped).statistic) == 0.0
    assert (float(ds.share_changed(swapped)), float(ds.share_changed_gt1(swapped))) == (1.0, 1.0)
    assert float(ds.weighted_kappa(swapped, VALUES)) == -1.0
    assert float(ds.rank_correlation(swapped)) == -1.0


def test_trap_14_the_two_chi_squares_are_read_in_opposite_directions():
    kept = 10 * moves((1, 1), (5, 5))
    individual, group = ds.individual_stability_chi2(kept), ds.group_stability_chi2(*ds.margins(kept))
    assert (individual.p < 0.001, individual.reads.item()) == (True, "stable")
    assert (group.p > 0.999, group.reads.item()) == (True, "stable")
    scattered = 10 * moves((1, 1), (1, 5), (5, 1), (5, 5))
    assert ds.individual_stability_chi2(scattered).reads.item() == "unstable"
    assert ds.group_stability_chi2(*ds.margins(scattered)).reads.item() == "stable"
    shifted = 10 * moves((1, 4), (2, 5))
    assert ds.individual_stability_chi2(shifted).reads.item() == "stable"
    assert ds.group_stability_chi2(*ds.margins(shifted)).reads.item() == "unstable"
    readings = [
        ds.catalogue()[name].reading for name in ("individual_stability_chi2", "group_stability_chi2")
    ]
    assert "below alpha is read as stable" in readings[0]
    assert "alpha or more is read as stable" in readings[1]


def test_trap_15_kappa_falls_when_the_panel_converges_and_is_0_when_a_round_is_unanimous():
    spread = 4 * moves((1, 1), (2, 2), (3, 3), (4, 4), (5, 5)) + moves((1, 2), (5, 4))
    converged = 20 * moves((4, 4)) + moves((4, 5), (5, 4))
    assert ds.share_unchanged(spread) == ds.share_unchanged(converged) == pytest.approx(20 / 22)
    assert ds.weighted_kappa(spread, VALUES) > 0.95
    assert ds.weighted_kappa(converged, VALUES) < 0
    unanimous = ds.computed("weighted_kappa", 5 * moves((3, 4), (4, 4)))
    assert (unanimous.value.item(), unanimous.flags.item()) == (0.0, "restricted_range")
    reading = ds.catalogue()["weighted_kappa"].reading
    assert "no labels of Landis and Koch" in reading


def test_trap_16_a_large_p_in_a_panel_of_ten_is_not_called_stable():
    """Five of ten move, four up and one down: no test sees it, and none says stable."""
    panel = 5 * moves((2, 2)) + 4 * moves((2, 4)) + moves((4, 2))
    assert float(ds.share_unchanged(panel)) == 0.5
    assert float(ds.net_change(panel)) == pytest.approx(0.3)
    for name, options in (
        ("wilcoxon_signed_rank", {}), ("sign_test", {}), ("mcnemar", {"within": AGREE}), ("bowker", {}),
        ("stuart_maxwell", {}), ("bhapkar", {}),
    ):  # fmt: skip
        found = ds.computed(name, panel, **options)
        assert float(found.more["p"]) > 0.05
        assert found.label is None
        assert all(one.dtype != object for one in found.more.values())
        assert "no sign of stability" in ds.catalogue()[name].reading
    assert ds.stability_only(panel).label.item() == "ask again"


def test_trap_17_stability_is_judged_with_consensus_too_and_consensus_on_the_whole_last_round():
    moved = 9 * moves((2, 5))
    assert (float(ds.consensus_only(moved, AGREE).share), ds.consensus_only(moved, AGREE).label.item()) == (
        1.0,
        "stop",
    )
    assert ds.consensus_and_stability(moved, AGREE).rests_on.item() == "consensus, unstable"
    assert ds.hierarchical_stopping(moved).label.item() == "ask again"
    survivors = 6 * moves((5, 5)) + 4 * moves((0, 1)) + 8 * moves((1, 0))
    assert float(ds.consensus_only(survivors, AGREE).share) == 0.6
    assert ds.hierarchical_stopping(survivors).shape.item() == "majority"
    carried = ds.last_value_sensitivity(survivors, AGREE, 0.5)
    assert (carried.decision.item(), carried.decision_carried.item()) == ("reached", "not reached")


def test_trap_23_empty_cells_are_not_shifted_and_empty_pairs_have_no_degree_of_freedom():
    table = np.array([[4, 5, 2, 0], [1, 6, 0, 0], [0, 0, 3, 0], [0, 0, 0, 0]])
    shifted, plain = SquareTable(table), SquareTable(table, shift_zeros=False)
    found = ds.bowker(square(table))
    expected = 4**2 / 6 + 2**2 / 2
    close([found.statistic, found.df, found.p], [expected, 2, stats.chi2(2).sf(expected)])
    assert (plain.symmetry().statistic, plain.symmetry().df) == (pytest.approx(expected), 6)
    assert shifted.symmetry().statistic != pytest.approx(expected)
    used = SquareTable(table[:3, :3], shift_zeros=False)
    for name in ("stuart_maxwell", "bhapkar"):
        ours, theirs = getattr(ds, name)(square(table)), used.homogeneity(method=name)
        close([ours.statistic, ours.df, ours.p], [theirs.statistic, theirs.df, theirs.pvalue])
        assert shifted.homogeneity(method=name).statistic != pytest.approx(theirs.statistic)
    assert shifted.homogeneity().df == 3


def test_trap_24_nobody_changed_is_p_one_and_larger_tables_are_not_two_cells():
    unchanged = 8 * moves((2, 2), (5, 5))
    with np.errstate(all="ignore"):
        assert not mcnemar([[8, 0], [0, 8]], exact=False).pvalue > 0.05
    for method in ("exact", "chi2", "corrected"):
        found = ds.computed("mcnemar", unchanged, within=AGREE, method=method)
        assert (found.reason.item(), float(found.more["p"])) == ("no_discordant_pairs", 1.0)
    far = 6 * moves((3, 5))
    assert (int(ds.mcnemar(far, AGREE).n_joined), int(ds.mcnemar(far, AGREE).n_left)) == (6, 0)


def test_trap_28_what_scipy_answers_to_constants_ties_and_empty_rows():
    still = ds.wilcoxon_signed_rank(9 * moves((3, 3)), VALUES)
    assert (np.isnan(still.statistic), float(still.p), int(still.n_nonzero)) == (True, 1.0, 0)
    tied = moves((1, 2), (2, 3), (3, 4), (4, 2), (5, 5))
    before, after = pairs_of(tied)
    found = ds.wilcoxon_signed_rank(tied, VALUES)
    # Over all 16 signs of ranks 2, 2, 2, 4: sums of at most 4 are 0, 2 (3 times), 4 (4 times).
    assert (float(found.statistic), float(found.p)) == (4.0, 1.0)
    assert stats.wilcoxon(after - before, method="exact").pvalue != pytest.approx(float(found.p))
    shift = ds.paired_t(9 * moves((2, 3)) + moves((4, 5)), VALUES)
    assert (np.isnan(shift.statistic), np.isnan(shift.p), float(shift.mean_difference)) == (True, True, 1.0)
    assert np.isnan(ds.delta_cv(moves((1, 5), (5, 5)), [-2, -1, 0, 1, 2]))
    empty_row = 9 * moves((1, 1), (2, 2))
    close(ds.individual_stability_chi2(empty_row).statistic, 18.0)
    corrected = stats.chi2_contingency([[9, 0], [0, 9]])
    assert corrected.statistic < 18.0
    with pytest.raises(ValueError, match="zero"):
        stats.chi2_contingency(empty_row[:-1, :-1])
    assert np.isnan(ds.f_test_variances([0, 9, 0], [3, 3, 3], [1, 2, 3]).p)
    assert np.isnan(ds.rank_correlation(4 * moves((3, 3), (3, 4))))
