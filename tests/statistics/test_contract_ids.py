"""Every id of the contract's sections 2 to 9 is in the catalogue and on the page; open text and what was added beside it too."""

from __future__ import annotations

from pathlib import Path

import pytest

from delphi import statistics as ds
from delphi.statistics.page import statistics_page

PAGE = Path(__file__).resolve().parents[2] / "docs" / "statistics.md"
IDS = {
    "2.1": "percent_agreement top_box bottom_box middle_box net_agreement mode_share within_one_of_median comet_70_15 omeract_70 "
    "grade_grid deloe_consensus_level apmo crude_majority",
    "2.2": "median interpolated_median mean sd variance mode cv iqr interquartile_deviation relative_iqr quartile_coefficient mad "
    "average_deviation range",
    "2.3": "van_der_eijk_agreement van_der_eijk_polarization leik_dispersion tastle_wierman_consensus tastle_wierman_dissention "
    "tastle_wierman_agreement blair_lacy_l2 blair_lacy_l blair_lacy_d2 berry_mielke_iov kvalseth_cov shannon_entropy "
    "normalised_variance reynal_querol_polarization esteban_ray_polarization sarle_bimodality consensus_shape",
    "2.4": "rand_ucla rand_ucla_classic_thresholds rand_ucla_classification",
    "2.5": "cvr cvr_critical cvi cvi_modified_kappa aiken_v",
    "3": "observed_agreement cohen_kappa weighted_kappa fleiss_kappa fleiss_randolph_kappa brennan_prediger conger_kappa gwet_ac1 "
    "gwet_ac2 krippendorff_alpha icc rwg rwg_j rwg_lindell awg kendall_w mean_spearman cronbach_alpha friedman kruskal_wallis "
    "mann_whitney cliffs_delta",
    "4.1": "share_unchanged share_changed share_changed_gt1 individual_stability_chi2 gk_lambda rank_correlation "
    "wilcoxon_signed_rank sign_test paired_t mcnemar bowker stuart_maxwell bhapkar cochran_q",
    "4.2": "net_change group_stability_chi2 delta_iqr delta_sd delta_median delta_mean delta_cv f_test_variances pitman_morgan "
    "towards_median delta_w comment_count",
    "4.3": "consensus_and_stability stability_only consensus_only max_rounds",
    "4.4": "panel_retention dropout_bias last_value_sensitivity",
    "5": "mean_rank top_k_share borda pairwise_matrix kemeny bradley_terry plackett_luce best_worst ahp_weights "
    "schmidt_ranking_delphi rank_stability",
    "6": "quantile tukey_five_number trimmed_mean geometric_mean gsd probability_pool idea_standardised_interval quantile_average "
    "linear_pool_cdf quartiles_to_normal interval_overlap allocation_mean calibration brier",
    "7": "fuzzy_delphi fuzzy_delphi_geometric fuzzy_delphi_maxmin",
    "8": "wilson_ci clopper_pearson_ci jeffreys_ci multinomial_ci bootstrap_ci permutation_p beta_posterior prob_above_threshold",
    "9": "opinion_pca kmeans_silhouette silhouette hierarchical_clustering latent_class polis_one_prop_z polis_two_prop_z "
    "polis_comment_stats group_aware_consensus consensus_statements",
    "10": "tfidf nmf_themes lda_themes near_duplicates levenshtein jaro_winkler",
}  # fmt: skip
"""Ids of the contract by section; `fuzzy_delphi_maxmin` is optional there. `sd_population` and `fpc` are forms of others."""


@pytest.mark.parametrize("section", IDS)
def test_every_id_of_the_contract_is_in_the_catalogue(section: str) -> None:
    assert [name for name in IDS[section].split() if name not in ds.catalogue()] == []


@pytest.mark.parametrize("section", IDS)
def test_every_id_of_the_contract_is_a_function_of_its_name(section: str) -> None:
    assert all(callable(getattr(ds, name)) for name in IDS[section].split())


def test_the_page_is_made_from_the_catalogue() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page == statistics_page()
    for name in ds.catalogue():
        assert f"### {name}\n" in page
