"""Rows of the table `statistics`: which there are, what they hold, and what they say when there is nothing to hold."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from scipy.stats import wilcoxon
from statistic_cases import DIMS, SCALES, WITH_TOLERANCE, a_panel, a_study, ratings, tables_of
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

from delphi.stages.statistic_rows import COLUMNS, item_status_rows, statistic_rows
from delphi.statistics import kendall_w_exact_p
from delphi.study.model import Rules, StabilityRule

REASONS = {
    "no_data", "no_valid_answers", "too_few", "too_few_raters", "too_few_units", "too_few_items", "no_pairs",
    "incomplete_rankings", "no_variation", "one_category", "all_ties", "no_discordant_pairs", "scale_too_short",
    "scale_not_supported", "zero_mean", "zero_median", "non_positive_values", "singular", "not_identified",
    "not_converged", "one_cluster", "suppressed_small_cell", "wrong_level", "wording_changed",
}  # fmt: skip
FLAGS = {
    "n_below_minimum", "denominator_sensitive", "multimodal", "restricted_range", "no_variation", "sparse_expected",
    "panel_below_rule_range", "panel_above_rule_range", "quantile_sensitive", "ties_present", "panel_changed",
    "group_missing", "approximate_p", "boot_degenerate",
}  # fmt: skip
BASES = {
    f"n_{name}"
    for name in [
        "invited",
        "shown",
        "valid",
        "no_opinion",
        "declined",
        "not_applicable",
        "skipped",
        "invalid",
        "not_shown",
    ]
}
ORDINAL = BASES | {"median", "q1", "q3", "iqr", "mean", "sd", "van_der_eijk_agreement"}
NUMERIC = BASES | {"median", "q1", "q3", "iqr", "mean", "sd"}
MOVED = {"n_paired", "share_unchanged", "delta_median", "delta_iqr"} | {
    f"wilcoxon_signed_rank{end}" for end in ("", "_p", "_p_holm")
}
MOVED_ORDINAL = MOVED | {"net_change", "share_changed_gt1", "weighted_kappa"}
ALL = {"group_by": "all"}


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    answers, roles = a_panel(30)
    study = a_study(WITH_TOLERANCE)
    return statistic_rows(study, "r3", tables_of(study, answers, roles, "r3"))


def named(frame: pd.DataFrame, statistic: str, **where: object) -> pd.Series:
    """The one row of a statistic in the cell named; a column given as None has to be empty."""
    found = frame[frame["statistic"] == statistic]
    for column, value in where.items():
        found = found[found[column].isna() if value is None else found[column] == value]
    assert len(found) == 1, found[["item_id", "part", "group_value", "versus_wave_id", "params"]]
    return found.iloc[0]


def of(frame: pd.DataFrame, item: str, versus: bool, **where: object) -> set[str]:
    own = frame[(frame["item_id"] == item) & (frame["versus_wave_id"].notna() == versus)]
    for column, value in where.items():
        own = own[own[column] == value]
    return set(own["statistic"]) - {"dropout_bias", "dropout_bias_p", "dropout_bias_p_holm"}


def test_the_columns_are_those_of_the_table(rows: pd.DataFrame) -> None:
    assert list(rows.columns) == COLUMNS
    assert not rows.duplicated(["versus_wave_id", "item_id", "dimension", "part", "group_by", "group_value", "statistic", "params"]).any()  # fmt: skip


def test_each_kind_of_scale_has_exactly_its_statistics(rows: pd.DataFrame) -> None:
    assert of(rows, "s1", False) == ORDINAL | {"percent_agreement", "bottom_box"}
    assert of(rows, "s4", False) == ORDINAL
    assert of(rows, "w", False) == BASES | {"mode", "category_share"}
    assert of(rows, "t", False) == BASES | {"mode", "category_share"}
    assert of(rows, "o", False) == NUMERIC | {"kendall_w", "kendall_w_p"}
    assert of(rows, "d", False) == of(rows, "g", False) == NUMERIC
    assert of(rows, "x", False) == BASES
    assert of(rows, "s1", True) == of(rows, "s4", True) == MOVED_ORDINAL
    assert of(rows, "d", True) == of(rows, "g", True) == MOVED
    assert of(rows, "o", True) == MOVED | {"net_change", "share_changed_gt1"}
    assert of(rows, "w", True) == of(rows, "t", True) == {"n_paired", "share_unchanged", "net_change"}
    assert of(rows, "x", True) == set()
    wide = rows[rows["item_id"].isna()]
    assert set(wide["statistic"]) == {
        "n_invited",
        "n_returned",
        "panel_retention",
        "krippendorff_alpha",
        "observed_agreement",
    }


def test_a_value_is_finite_or_null_with_a_reason_of_the_closed_list(rows: pd.DataFrame) -> None:
    is_empty = rows["value"].isna() & rows["label"].isna()
    assert (rows["reason"].notna() == is_empty).all()
    assert set(rows["reason"].dropna()) <= REASONS
    assert np.isfinite(rows[["value", "low", "high"]].fillna(0)).all().all()
    flags = [one for text in rows["flags"].dropna() for one in text.split()]
    assert set(flags) <= FLAGS
    assert all(text == " ".join(sorted(set(text.split()))) for text in rows["flags"].dropna())


def test_params_are_canonical_json(rows: pd.DataFrame) -> None:
    for text in rows["params"].unique():
        assert text == json.dumps(json.loads(text), sort_keys=True, separators=(",", ":"))


def test_pairs_are_the_latest_round_that_rated_the_item_and_those_a_rule_names(rows: pd.DataFrame) -> None:
    moved = rows[(rows["item_id"] == "s1") & (rows["statistic"] == "net_change")]
    assert set(moved["versus_wave_id"]) == {"r1", "r2"}
    study = a_study()
    answers, roles = a_panel(20)
    plain = statistic_rows(study, "r3", tables_of(study, answers, roles, "r3"))
    assert set(plain.loc[plain["statistic"] == "net_change", "versus_wave_id"]) == {"r2"}


def test_the_weights_of_a_rule_have_a_row_beside_the_quadratic_ones() -> None:
    linear = StabilityRule(rule_id="kappa", measure="weighted_kappa", weights="linear")
    study = a_study(Rules(stability=(linear,)), dims={"s1": DIMS["s1"]})
    answers, roles = a_panel(20)
    rows = statistic_rows(study, "r2", tables_of(study, [a for a in answers if a[2] == "s1"], roles, "r2"))
    own = rows[
        (rows["statistic"] == "weighted_kappa")
        & (rows["group_by"] == "all")
        & (rows["dimension"] == "importance")
    ]
    assert [json.loads(text)["weights"] for text in own["params"]] == ["linear", "quadratic"]


def test_differences_of_medians_use_the_quartile_type_of_the_study() -> None:
    study = a_study(Rules(quantile_type=1), dims={"s1": {"importance": "imp5"}, "d": {"rating": "days"}})
    answers = [*ratings("r1", "s1", "1122"), *ratings("r2", "s1", "1155")]
    answers += [(a[0], a[1], "d", "rating", "", float(str(a[5]))) for a in answers]
    rows = statistic_rows(study, "r2", tables_of(study, answers, {f"p0{k}": "" for k in range(1, 5)}, "r2"))
    for item in ("s1", "d"):
        later = named(rows, "median", item_id=item, **ALL)
        change = named(rows, "delta_median", item_id=item, versus_wave_id="r1", **ALL)
        assert (later["value"], change["value"]) == (1, 0)
        assert later["params"] == change["params"] == '{"quantile_type":1}'


def test_the_tolerance_of_a_rule_has_rows_of_its_own(rows: pd.DataFrame) -> None:
    where = {"item_id": "s1", "dimension": "importance", "versus_wave_id": "r1", "group_by": "all"}
    within_one = named(rows, "share_unchanged", params='{"tolerance":1}', **where)
    moved = named(rows, "share_changed_gt1", **where)
    assert within_one["value"] == pytest.approx(1 - moved["value"])
    assert named(rows, "share_unchanged", params="{}", **where)["value"] <= within_one["value"]


def test_one_item_by_hand() -> None:
    study = a_study(dims={"s1": {"importance": "imp5"}})
    answers = ratings("r1", "s1", "1234455d s")
    roles = {f"p{k:02d}": "company" if k < 7 else "city" for k in range(1, 11)}
    rows = statistic_rows(study, "r1", tables_of(study, answers, roles, "r1", invited=roles))
    value = {name: named(rows, name, item_id="s1", **ALL)["value"] for name in ORDINAL}
    expected = {
        "n_invited": 10, "n_shown": 9, "n_valid": 7, "n_no_opinion": 1, "n_skipped": 1, "n_declined": 0, "n_invalid": 0,
        "n_not_applicable": 0, "n_not_shown": 0, "median": 4, "q1": 2.5, "q3": 4.5, "iqr": 2, "mean": 24 / 7,
        "sd": np.std([1, 2, 3, 4, 4, 5, 5], ddof=1), "van_der_eijk_agreement": value["van_der_eijk_agreement"],
    }  # fmt: skip
    assert value == pytest.approx(expected, abs=1e-9)
    assert value["van_der_eijk_agreement"] == pytest.approx((5 * 0 + 2 * 0.75) / 7, abs=1e-9)
    top = named(rows, "percent_agreement", item_id="s1", **ALL)
    assert (top["value"], top["n"]) == (pytest.approx(4 / 7), 7)
    assert json.loads(top["params"]) == {"band": "high", "base": "valid", "denominator": 7, "numerator": 4}
    assert (top["low"], top["high"]) == pytest.approx(proportion_confint(4, 7, method="wilson"), abs=1e-9)
    assert json.loads(named(rows, "iqr", item_id="s1", **ALL)["params"]) == {"quantile_type": 7}
    middle = named(rows, "median", item_id="s1", **ALL)
    assert (middle["low"], middle["high"]) == (1, 5)
    of_city = named(rows, "percent_agreement", item_id="s1", group_value="city")
    assert (of_city["value"], of_city["n"], of_city["flags"]) == (1, 1, "n_below_minimum")
    assert named(rows, "n_invited", item_id="s1", group_value="city")["value"] == 4
    assert named(rows, "n_invited", item_id=None, **ALL)["value"] == 10
    assert named(rows, "n_returned", item_id=None, **ALL)["value"] == 9


@pytest.mark.parametrize(
    ("given", "median", "spread", "agreement"),
    [
        ("   ", "no_data", "no_data", "no_data"),
        ("dds", "no_valid_answers", "no_valid_answers", "no_valid_answers"),
        ("4dd", None, "too_few", "too_few"),
        ("44", None, None, None),
    ],
)
def test_nothing_nobody_and_one_person_each_have_their_reason(
    given: str, median: str | None, spread: str | None, agreement: str | None
) -> None:
    study = a_study(dims={"s1": {"importance": "imp5"}, "s2": {"importance": "imp5"}})
    answers = [*ratings("r1", "s1", given), *ratings("r1", "s2", "1234")]
    rows = statistic_rows(
        study, "r1", tables_of(study, answers, dict.fromkeys([f"p0{k}" for k in range(1, 5)], ""), "r1")
    )
    for name, reason in (
        ("median", median),
        ("iqr", spread),
        ("sd", spread),
        ("van_der_eijk_agreement", agreement),
    ):
        row = named(rows, name, item_id="s1", **ALL)
        assert (
            row["reason"] is reason or row["reason"] == reason or (reason is None and pd.isna(row["reason"]))
        ), name
        assert pd.isna(row["value"]) == (reason is not None)
    if given == "44":
        assert named(rows, "van_der_eijk_agreement", item_id="s1", **ALL)["value"] == 1
        flat = named(rows, "iqr", item_id="s1", **ALL)
        assert (flat["value"], flat["flags"]) == (0, "n_below_minimum no_variation")


def test_two_points_are_too_short_for_ordered_agreement(rows: pd.DataFrame) -> None:
    row = named(rows, "van_der_eijk_agreement", item_id="s4", **ALL)
    assert (pd.isna(row["value"]), row["reason"]) == (True, "scale_too_short")


def test_without_a_register_nobody_is_known_to_be_invited(rows: pd.DataFrame) -> None:
    invited = rows[rows["statistic"] == "n_invited"]
    assert invited["value"].isna().all()
    assert set(invited["reason"]) == {"no_data"}


def test_one_pair_of_rounds_by_hand() -> None:
    study = a_study(dims={"s1": {"importance": "imp5"}})
    answers = [*ratings("r1", "s1", "1234512345d4"), *ratings("r2", "s1", "22345523454 ")]
    roles = {f"p{k:02d}": "company" for k in range(1, 13)}
    rows = statistic_rows(study, "r2", tables_of(study, answers, roles, "r2"))
    where = {"item_id": "s1", "versus_wave_id": "r1", "group_by": "all"}
    got = {name: named(rows, name, **where) for name in MOVED_ORDINAL}
    before, after = [int(c) for c in "1234512345"], [int(c) for c in "2234552345"]
    from sklearn.metrics import cohen_kappa_score

    kappa = cohen_kappa_score(before, after, labels=[1, 2, 3, 4, 5], weights="quadratic")
    moved = np.subtract(after, before)
    assert got["n_paired"]["value"] == 10
    assert got["share_unchanged"]["value"] == pytest.approx(0.8)
    assert got["share_changed_gt1"]["value"] == pytest.approx((np.abs(moved) > 1).mean())
    assert got["weighted_kappa"]["value"] == pytest.approx(kappa, abs=1e-9)
    assert got["weighted_kappa"]["low"] < kappa < got["weighted_kappa"]["high"]
    assert json.loads(got["weighted_kappa"]["params"]) == {
        "bootstrap": {"draws": 2000, "method": "percentile", "seed": 0}, "weights": "quadratic",
    }  # fmt: skip
    assert got["delta_median"]["value"] == np.median(after) - np.median(before)
    assert got["wilcoxon_signed_rank"]["value"] == wilcoxon(moved[moved != 0], method="asymptotic").statistic
    assert got["wilcoxon_signed_rank_p"]["value"] == got["wilcoxon_signed_rank_p_holm"]["value"]
    kept = named(rows, "panel_retention", versus_wave_id="r1", **ALL)
    assert (kept["value"], kept["n"]) == (pytest.approx(11 / 12), 12)
    assert {"numerator": 11, "denominator": 12}.items() <= json.loads(kept["params"]).items()


def test_numbers_are_compared_person_by_person() -> None:
    study = a_study(dims={"d": {"rating": "days"}})
    before = [1.5, 2.0, 3.0, 10.0, 4.25, 6.0, 7.0, 0.1, 5.0]
    after = [1.5, 3.0, 2.5, 2.0, 4.25, 9.0, 7.0, 0.3, 6.5]
    people = [f"p{k:02d}" for k in range(1, 10)]
    answers = [("r1", who, "d", "rating", "", x) for who, x in zip(people, before, strict=True)]
    answers += [("r2", who, "d", "rating", "", x) for who, x in zip(people, after, strict=True)]
    answers += [("r1", "p10", "d", "rating", "", 99.0), ("r2", "p11", "d", "rating", "", 99.0)]
    roles = dict.fromkeys([*people, "p10", "p11"], "city")
    rows = statistic_rows(study, "r2", tables_of(study, answers, roles, "r2"))
    got = {name: named(rows, name, item_id="d", versus_wave_id="r1", **ALL)["value"] for name in MOVED}
    spread = [np.subtract(*np.quantile(x, [0.75, 0.25])) for x in (before, after)]
    moved = np.round(np.subtract(after, before), 9)
    expected = {
        "n_paired": 9, "share_unchanged": 3 / 9, "delta_median": np.median(after) - np.median(before),
        "delta_iqr": spread[1] - spread[0], "wilcoxon_signed_rank": wilcoxon(moved[moved != 0]).statistic,
        "wilcoxon_signed_rank_p": wilcoxon(moved[moved != 0], method="exact").pvalue,
        "wilcoxon_signed_rank_p_holm": wilcoxon(moved[moved != 0], method="exact").pvalue,
    }  # fmt: skip
    assert got == pytest.approx(expected, abs=1e-9)


def test_an_interval_from_few_usable_draws_is_flagged() -> None:
    study = a_study(dims={"s1": {"importance": "imp5"}})
    answers = [*ratings("r1", "s1", "333333333332"), *ratings("r2", "s1", "333333333332")]
    rows = statistic_rows(
        study, "r2", tables_of(study, answers, {f"p{k:02d}": "" for k in range(1, 13)}, "r2")
    )
    kappa = named(rows, "weighted_kappa", item_id="s1", versus_wave_id="r1", **ALL)
    assert (kappa["value"], kappa["flags"]) == (1, "boot_degenerate")


def test_a_changed_wording_leaves_only_the_number_of_pairs() -> None:
    study = a_study(dims={"s1": {"importance": "imp5"}})
    answers = [*ratings("r1", "s1", "123451"), *ratings("r2", "s1", "223455")]
    roles = {f"p{k:02d}": "city" for k in range(1, 7)}
    tables = tables_of(study, answers, roles, "r2", wordings={("r2", "s1"): 1})
    rows = statistic_rows(study, "r2", tables)
    pairs = rows[
        (rows["item_id"] == "s1")
        & rows["versus_wave_id"].notna()
        & ~rows["statistic"].str.startswith("dropout")
    ]
    assert (
        pairs.loc[pairs["statistic"] == "n_paired", "value"]
        == pairs.loc[pairs["statistic"] == "n_paired", "n"]
    ).all()
    others = pairs[pairs["statistic"] != "n_paired"]
    assert others["value"].isna().all()
    assert set(others["reason"]) == {"wording_changed"}


def test_when_nobody_moved_raw_agreement_is_one_and_the_test_has_nothing_to_test() -> None:
    study = a_study(dims={"s1": {"importance": "imp5"}})
    answers = [*ratings("r1", "s1", "444444"), *ratings("r2", "s1", "444444")]
    rows = statistic_rows(study, "r2", tables_of(study, answers, {f"p0{k}": "" for k in range(1, 7)}, "r2"))
    where = {"item_id": "s1", "versus_wave_id": "r1", "group_by": "all"}
    assert named(rows, "share_unchanged", **where)["value"] == 1
    assert named(rows, "weighted_kappa", **where)["reason"] == "no_variation"
    assert named(rows, "wilcoxon_signed_rank", **where)["reason"] == "no_discordant_pairs"
    assert named(rows, "wilcoxon_signed_rank_p", **where)["value"] == 1


def test_one_unanimous_round_makes_kappa_zero_with_a_flag() -> None:
    study = a_study(dims={"s1": {"importance": "imp5"}})
    answers = [*ratings("r1", "s1", "123451"), *ratings("r2", "s1", "333333")]
    rows = statistic_rows(study, "r2", tables_of(study, answers, {f"p0{k}": "" for k in range(1, 7)}, "r2"))
    kappa = named(rows, "weighted_kappa", item_id="s1", versus_wave_id="r1", **ALL)
    assert (kappa["value"], kappa["flags"]) == (0, "restricted_range")


def test_without_pairs_every_measure_says_so() -> None:
    study = a_study(dims={"s1": {"importance": "imp5"}, "d": {"rating": "days"}})
    answers = [*ratings("r1", "s1", "12   "), *ratings("r2", "s1", "  333")]
    answers += [("r1", "p01", "d", "rating", "", 2.0), ("r2", "p03", "d", "rating", "", 3.0)]
    rows = statistic_rows(study, "r2", tables_of(study, answers, {f"p0{k}": "" for k in range(1, 6)}, "r2"))
    pairs = rows[
        rows["item_id"].notna()
        & rows["versus_wave_id"].notna()
        & ~rows["statistic"].str.startswith("dropout")
    ]
    assert set(pairs.loc[pairs["statistic"] != "n_paired", "reason"]) == {"no_pairs"}
    assert set(pairs.loc[pairs["statistic"] == "n_paired", "value"]) == {0}


def test_adjusted_p_is_holm_over_the_items_of_a_dimension_and_group(rows: pd.DataFrame) -> None:
    own = rows[
        (rows["versus_wave_id"] == "r2")
        & (rows["dimension"] == "importance")
        & (rows["group_value"] == "city")
    ]
    p = own[own["statistic"] == "wilcoxon_signed_rank_p"].set_index("item_id")["value"]
    adjusted = own[own["statistic"] == "wilcoxon_signed_rank_p_holm"].set_index("item_id")["value"]
    assert set(p.index) == {"s1", "s2", "s3", "s4"}
    assert adjusted[p.index].to_numpy() == pytest.approx(multipletests(p, method="holm")[1], abs=1e-9)


def test_agreement_over_items_never_pools_scales_or_dimensions(rows: pd.DataFrame) -> None:
    own = rows[rows["statistic"] == "krippendorff_alpha"]
    found = {(row.dimension, json.loads(row.params)["scale_id"]): row for row in own.itertuples()}
    assert set(found) == {
        ("importance", "imp5"),
        ("feasibility", "imp5"),
        ("importance", "yesno"),
        ("rating", "where"),
    }
    for (dimension, scale_id), row in found.items():
        single = sum(dims.get(dimension) == scale_id for dims in DIMS.values()) < 2
        assert (row.reason == "too_few_units") if single else -1 <= row.value <= 1


def test_n_of_agreement_over_items_is_the_number_of_raters() -> None:
    study = a_study(dims={"s1": {"importance": "imp5"}, "s2": {"importance": "imp5"}})
    answers = [*ratings("r1", "s1", "123dd"), *ratings("r1", "s2", "dd345")]
    rows = statistic_rows(study, "r1", tables_of(study, answers, {f"p0{k}": "" for k in range(1, 6)}, "r1"))
    assert named(rows, "krippendorff_alpha")["n"] == 5


def test_agreement_over_items_that_nobody_shares_has_no_pairs() -> None:
    study = a_study(dims={"s1": {"importance": "imp5"}, "s2": {"importance": "imp5"}})
    answers = [*ratings("r1", "s1", "1d"), *ratings("r1", "s2", "d3")]
    rows = statistic_rows(study, "r1", tables_of(study, answers, {"p01": "", "p02": ""}, "r1"))
    for name in ("krippendorff_alpha", "observed_agreement"):
        row = named(rows, name)
        assert (row["reason"], row["n"]) == ("no_pairs", 2)


def test_few_rankings_of_few_objects_have_an_exact_p() -> None:
    study = a_study(dims={"o": {"rating": "order"}})
    answers = [("r1", f"p0{k}", "o", "rating", part, place) for k in (1, 2, 3) for part, place in zip("abc", (1, 2, 3), strict=True)]  # fmt: skip
    rows = statistic_rows(study, "r1", tables_of(study, answers, {f"p0{k}": "" for k in (1, 2, 3)}, "r1"))
    row = named(rows, "kendall_w_p", **ALL)
    assert (row["value"], row["flags"]) == (pytest.approx(1 / 36, abs=1e-9), "n_below_minimum")


def test_bootstrap_is_the_same_for_an_item_whatever_else_is_computed() -> None:
    answers, roles = a_panel(30)
    whole, alone = a_study(), a_study(dims={"s3": DIMS["s3"]})
    both = [
        statistic_rows(
            study,
            "r2",
            tables_of(study, [a for a in answers if a[2] in {i.item_id for i in study.items}], roles, "r2"),
        )
        for study in (whole, alone)
    ]
    first, second = (named(rows, "weighted_kappa", item_id="s3", **ALL) for rows in both)
    assert (first["low"], first["high"]) == (second["low"], second["high"])


def test_groups_have_a_bootstrap_only_when_the_study_file_asks_for_draws() -> None:
    answers, roles = a_panel(99)
    for rules, expected in ((Rules(), False), (Rules(bootstrap_draws=200, seed=9), True)):
        study = a_study(rules, dims={"s1": DIMS["s1"]})
        rows = statistic_rows(
            study, "r2", tables_of(study, [a for a in answers if a[2] == "s1"], roles, "r2")
        )
        kappa = named(rows, "weighted_kappa", item_id="s1", dimension="importance", group_value="company")
        assert (not pd.isna(kappa["low"])) == expected
        assert ("bootstrap" in json.loads(kappa["params"])) == expected
        if expected:
            assert json.loads(kappa["params"])["bootstrap"] == {
                "draws": 200,
                "method": "percentile",
                "seed": 9,
            }


def test_the_order_of_all_rows_changes_nothing() -> None:
    answers, roles = a_panel(25)
    study = a_study(WITH_TOLERANCE)
    tables = tables_of(study, answers, roles, "r3")
    mixed = type(tables)(
        **{
            name: getattr(tables, name).sample(frac=1, random_state=1).reset_index(drop=True)
            for name in (
                "counts",
                "nonanswers",
                "transitions",
                "answers",
                "submissions",
                "invitations",
                "memberships",
                "asked",
            )
        }
    )
    first, second = statistic_rows(study, "r3", tables), statistic_rows(study, "r3", mixed)
    pd.testing.assert_frame_equal(first, second)


def test_ordinal_rows_equal_those_from_the_answers_themselves(rows: pd.DataFrame) -> None:
    answers, roles = a_panel(30)
    given = pd.DataFrame(
        [a for a in answers if isinstance(a[5], float | int)],
        columns=["wave", "who", "item", "dim", "part", "value"],
    )
    given["value"] = given["value"].astype(float)
    here = given[given["wave"] == "r3"]
    for (item, dimension), own in here[here["item"].isin(["s1", "s2", "s3", "d"])].groupby(["item", "dim"]):
        for group in ("all", "company", "city"):
            values = own["value"][(group == "all") | (own["who"].map(roles) == group)]
            where = {"item_id": item, "dimension": dimension, "group_value": group, "versus_wave_id": None}
            expected = {
                "median": values.median(), "q1": values.quantile(0.25), "q3": values.quantile(0.75),
                "mean": values.mean(), "sd": values.std(), "iqr": values.quantile(0.75) - values.quantile(0.25),
            }  # fmt: skip
            for name, value in expected.items():
                assert named(rows, name, **where)["value"] == pytest.approx(value, abs=1e-9), (
                    item,
                    group,
                    name,
                )


def test_category_shares_add_up_and_modes_name_all_of_them() -> None:
    study = a_study(dims={"w": {"rating": "where"}, "t": {"rating": "tools"}})
    answers = [("r1", f"p0{k}", "w", "rating", "", v) for k, v in enumerate([1, 1, 2, 2, 3], 1)]
    chosen = {"p01": "phone mail", "p02": "phone", "p03": "visit"}
    answers += [("r1", one, "t", "rating", part, int(part in text)) for one, text in chosen.items() for part in ("phone", "mail", "visit")]  # fmt: skip
    rows = statistic_rows(study, "r1", tables_of(study, answers, {f"p0{k}": "" for k in range(1, 6)}, "r1"))
    mode = named(rows, "mode", item_id="w", **ALL)
    assert (mode["label"], mode["flags"]) == ("north; south", "multimodal")
    shares = rows[
        (rows["statistic"] == "category_share") & (rows["item_id"] == "w") & (rows["group_by"] == "all")
    ]
    assert {json.loads(row.params)["value"]: row.value for row in shares.itertuples()} == {
        1: 0.4,
        2: 0.4,
        3: 0.2,
    }
    assert named(rows, "category_share", item_id="t", part="phone", **ALL)["value"] == pytest.approx(2 / 3)
    assert named(rows, "mode", item_id="t", **ALL)["label"] == "phone"


def test_rankings_have_mean_places_and_concordance(rows: pd.DataFrame) -> None:
    from scipy.stats import friedmanchisquare

    answers, _ = a_panel(30)
    places = pd.DataFrame(
        [(a[1], a[4], a[5]) for a in answers if a[0] == "r3" and a[2] == "o" and not isinstance(a[5], str)],
        columns=["who", "part", "place"],
    ).pivot(index="who", columns="part", values="place")
    for part in "abc":
        assert named(rows, "mean", item_id="o", part=part, **ALL)["value"] == pytest.approx(
            places[part].mean()
        )
    expected = friedmanchisquare(*places.to_numpy().T)
    w = named(rows, "kendall_w", item_id="o", **ALL)
    assert (w["value"], w["n"]) == (
        pytest.approx(expected.statistic / (len(places) * 2), abs=1e-9),
        len(places),
    )
    p = named(rows, "kendall_w_p", item_id="o", **ALL)
    assert (p["value"], p["flags"]) == (pytest.approx(kendall_w_exact_p(places), abs=1e-9), w["flags"])


def test_leavers_are_compared_with_those_who_stayed() -> None:
    study = a_study(dims={"s1": {"importance": "imp5"}})
    answers = [*ratings("r1", "s1", "55554411"), *ratings("r2", "s1", "555544  ")]
    roles = {f"p0{k}": "" for k in range(1, 9)}
    rows = statistic_rows(study, "r2", tables_of(study, answers, roles, "r2"))
    bias = named(rows, "dropout_bias", item_id="s1", versus_wave_id="r1")
    assert (bias["value"], bias["n"], json.loads(bias["params"])) == (1, 8, {"n_left": 2, "n_stayed": 6})
    assert (
        named(rows, "dropout_bias_p", item_id="s1")["value"]
        == named(rows, "dropout_bias_p_holm", item_id="s1")["value"]
    )


def test_leavers_are_looked_for_since_the_first_and_since_the_previous_round(rows: pd.DataFrame) -> None:
    assert set(rows.loc[rows["statistic"] == "dropout_bias", "versus_wave_id"]) == {"r1", "r2"}


def test_a_survey_part_has_no_pairs_and_no_retention() -> None:
    study = a_study()
    answers, roles = a_panel(12)
    again = [("part_a", *a[1:]) for a in answers if a[0] == "r1"]
    rows = statistic_rows(study, "part_a", tables_of(study, [*answers, *again], roles, "part_a"))
    assert rows["versus_wave_id"].isna().all()
    assert len(rows)


def test_a_wave_without_answers_still_has_a_frame_of_the_right_columns() -> None:
    study = a_study()
    rows = statistic_rows(study, "r1", tables_of(study, [], {}, "r1"))
    assert list(rows.columns) == COLUMNS
    assert set(rows["statistic"]) <= {"n_invited", "n_returned"}


def test_items_are_counted_by_verdict() -> None:
    verdicts = pd.DataFrame(
        {
            "wave_id": "r1", "item_id": ["s1", "s2", "s3", "s1"], "dimension": "importance",
            "group_by": ["all", "all", "all", "role"], "group_value": ["all", "all", "all", "city"],
            "verdict": ["consensus_in", "no_consensus", "consensus_in", "split"],
        }
    )  # fmt: skip
    rows = item_status_rows(a_study(), "r1", verdicts)
    got = {json.loads(row.params)["verdict"]: (row.value, row.n) for row in rows.itertuples()}
    assert got["consensus_in"] == (2, 3)
    assert got["no_consensus"] == (1, 3)
    assert got["split"] == (0, 3)


def test_no_row_names_a_respondent(rows: pd.DataFrame) -> None:
    text = rows.drop(columns="value").to_csv()
    assert "p01" not in text
    assert set(rows["group_value"]) <= {"all", "company", "city"}
    assert SCALES
