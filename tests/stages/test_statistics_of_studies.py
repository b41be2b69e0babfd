"""Rows of `statistics` that the stages write for whole studies, and what they equal when computed anew."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import friedmanchisquare, mannwhitneyu
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.proportion import proportion_confint

from delphi.demo import write_demo
from delphi.stages.context import study_of
from delphi.stages.plan import run
from delphi.study import Study, locate
from delphi.warehouse.warehouse import Warehouse

REAL = Path(__file__).resolve().parent.parent / "real"
KEY = [
    "wave_id", "versus_wave_id", "item_id", "dimension", "part", "group_by", "group_value", "statistic", "params",
]  # fmt: skip
CELL = ["item_id", "dimension", "part"]
GROUP = ["group_by", "group_value"]
REASONS = {
    "no_data",
    "no_valid_answers",
    "too_few",
    "too_few_raters",
    "too_few_units",
    "too_few_items",
    "no_pairs",
    "incomplete_rankings",
    "no_variation",
    "one_category",
    "all_ties",
    "no_discordant_pairs",
    "scale_too_short",
    "scale_not_supported",
    "zero_mean",
    "zero_median",
    "non_positive_values",
    "singular",
    "not_identified",
    "not_converged",
    "one_cluster",
    "suppressed_small_cell",
    "wrong_level",
    "wording_changed",
}
FLAGS = {
    "n_below_minimum",
    "denominator_sensitive",
    "multimodal",
    "restricted_range",
    "no_variation",
    "sparse_expected",
    "panel_below_rule_range",
    "panel_above_rule_range",
    "quantile_sensitive",
    "ties_present",
    "panel_changed",
    "group_missing",
    "approximate_p",
    "boot_degenerate",
}
BASES = {
    "n_invited", "n_shown", "n_valid", "n_no_opinion", "n_declined", "n_not_applicable", "n_skipped", "n_invalid",
    "n_not_shown",
}  # fmt: skip
NUMERIC = {"median", "q1", "q3", "iqr", "mean", "sd"}
OF_SCALE = {
    "ordinal": NUMERIC | {"percent_agreement", "bottom_box", "van_der_eijk_agreement"},
    "nominal": {"mode", "category_share"}, "multi": {"mode", "category_share"},
    "rank": NUMERIC | {"kendall_w", "kendall_w_p"}, "text": set(),
    **dict.fromkeys(("integer", "number", "interval", "year"), NUMERIC),
}  # fmt: skip
MOVED = {"n_paired", "share_unchanged"}
RANKED = {
    "delta_median",
    "delta_iqr",
    "wilcoxon_signed_rank",
    "wilcoxon_signed_rank_p",
    "wilcoxon_signed_rank_p_holm",
}
PAIR_OF_SCALE = {
    "ordinal": MOVED | RANKED | {"share_changed_gt1", "net_change", "weighted_kappa"},
    "rank": MOVED | RANKED | {"share_changed_gt1", "net_change"}, "nominal": MOVED | {"net_change"},
    "multi": MOVED | {"net_change"}, "text": set(),
    **dict.fromkeys(("integer", "number", "interval", "year"), MOVED | RANKED),
}  # fmt: skip
LEFT = {"dropout_bias", "dropout_bias_p", "dropout_bias_p_holm"}


class Computed:
    """A study taken through the stages, and its tables."""

    def __init__(self, folder: Path, until: str = "statistics") -> None:
        study_folder = locate(folder)
        for _ in run(study_folder, (), until):
            pass
        self.study: Study = study_of(study_folder)
        with Warehouse.open_read_only(study_folder.warehouse) as warehouse:
            names = ("statistics", "answers", "submissions", "memberships", "asked", "invitations")
            self.tables = {name: warehouse.table(name) for name in names}
            self.stability = warehouse.frame("select * from stability_summary")
        statistics = self.tables["statistics"]
        # Categories sort by their place in the study: as plain texts all indexes here sort alike.
        self.rows = statistics.astype(dict.fromkeys(KEY, object))
        answers = self.tables["answers"]
        self.valid = answers[answers["value"].notna() | answers["text"].notna()]

    def scale(self, item_id: str, dimension: str):
        return self.study.scales[self.study.item(item_id).dims[dimension]]

    def members(self) -> pd.DataFrame:
        """Respondent × group, everyone in `all`."""
        own = self.tables["memberships"][["respondent_id", *GROUP]].astype(str)
        people = self.tables["submissions"]["respondent_id"].astype(str).unique()
        everyone = pd.DataFrame({"respondent_id": people, "group_by": "all", "group_value": "all"})
        return pd.concat([everyone, own], ignore_index=True)

    def grouped(self) -> pd.DataFrame:
        """Valid answers, once for each group of their person."""
        given = self.valid.astype(
            {"respondent_id": str, "item_id": str, "dimension": str, "part": str, "wave_id": str}
        )
        return given.merge(self.members(), on="respondent_id")


def real(name: str, data: Path, folder: Path) -> Computed:
    shutil.copy(REAL / name / "study.yaml", folder)
    for path in (data / name).glob("*.csv"):
        shutil.copy(path, folder)
    return Computed(folder)


@pytest.fixture(scope="module")
def demo(tmp_path_factory) -> Computed:
    folder = tmp_path_factory.mktemp("studies") / "demo"
    write_demo(folder)
    return Computed(folder, "verdicts")


@pytest.fixture(scope="module")
def polis(shared_data, tmp_path_factory) -> Computed:
    return real("polis_brexit_consensus", shared_data, tmp_path_factory.mktemp("polis"))


@pytest.fixture(scope="module")
def replicats(shared_data, tmp_path_factory) -> Computed:
    return real("replicats_idea_two_rounds", shared_data, tmp_path_factory.mktemp("replicats"))


def check_contract(computed: Computed) -> None:
    rows = computed.rows
    assert not rows.duplicated(KEY).any()
    assert not np.isinf(rows[["value", "low", "high"]].to_numpy(dtype=float)).any()
    is_empty = rows["value"].isna() & rows["label"].isna()
    assert (rows["reason"].notna() == is_empty).all()
    assert set(rows["reason"].dropna()) <= REASONS
    flags = rows["flags"].dropna()
    assert set(" ".join(flags).split()) <= FLAGS
    assert all(text == " ".join(sorted(set(text.split()))) and text for text in flags.unique())
    for text in rows["params"].unique():
        assert json.dumps(json.loads(text), sort_keys=True, separators=(",", ":"), ensure_ascii=False) == text
    assert rows.loc[rows["low"].notna(), "high"].notna().all()
    assert (rows["low"].isna() | (rows["low"] <= rows["value"] + 1e-12)).all()
    assert (rows["high"].isna() | (rows["value"] <= rows["high"] + 1e-12)).all()


def check_ids_and_groups(computed: Computed) -> None:
    """Each cell has exactly the ids of its kind of scale, in everyone and every declared group."""
    study, rows = computed.study, computed.rows
    groups = {("all", "all")} | {(g.group_by, c) for g in study.groups.values() for c in g.categories}
    own = rows[rows["item_id"].notna() & ~rows["statistic"].isin(LEFT)]
    for (_, item_id, dimension, versus), cell in own.fillna({"versus_wave_id": ""}).groupby(
        ["wave_id", "item_id", "dimension", "versus_wave_id"]
    ):
        scale = computed.scale(item_id, dimension)
        expected = PAIR_OF_SCALE[scale.kind] if versus else BASES | OF_SCALE[scale.kind]
        missing = set()
        if not versus and scale.kind == "ordinal":
            missing = {
                name
                for name, band in (
                    ("percent_agreement", scale.agreement_band),
                    ("bottom_box", scale.opposite_band),
                )
                if band is None
            }
        assert set(cell["statistic"]) == expected - missing
        for _, statistic in cell.groupby(
            ["statistic", "part", "params"] if versus else ["statistic", "part"]
        ):
            found = set(zip(statistic["group_by"], statistic["group_value"], strict=True))
            if "denominator" not in statistic["params"].iloc[0] and "bootstrap" not in "".join(
                statistic["params"]
            ):
                assert found == groups or "weights" in statistic["params"].iloc[0]
        assert set(zip(cell["group_by"], cell["group_value"], strict=True)) == groups
    wide = rows[rows["item_id"].isna()]
    assert set(wide["statistic"]) <= {
        "n_invited", "n_returned", "panel_retention", "krippendorff_alpha", "observed_agreement", "n_items",
    }  # fmt: skip
    for name in ("n_invited", "n_returned", "panel_retention"):
        for _, one in (
            wide[wide["statistic"] == name]
            .fillna({"versus_wave_id": ""})
            .groupby(["wave_id", "versus_wave_id"])
        ):
            assert set(zip(one["group_by"], one["group_value"], strict=True)) == groups
    for _, one in wide[wide["statistic"].isin(["krippendorff_alpha", "observed_agreement"])].groupby(
        "statistic"
    ):
        assert one["params"].str.contains('"scale_id":').all()
        assert one["dimension"].notna().all()


def test_a_small_study_keeps_the_contract_of_the_table(barriers):
    computed = Computed(barriers, "verdicts")
    check_contract(computed)
    check_ids_and_groups(computed)
    rows = computed.rows
    assert set(rows["wave_id"]) == {"r1", "r2"}
    assert rows.loc[rows["statistic"] == "n_items", "value"].groupby(rows["wave_id"]).sum().to_dict() == {
        "r1": 3,
        "r2": 3,
    }
    kappa = rows[(rows["statistic"] == "weighted_kappa") & (rows["group_by"] == "all")].iloc[0]
    assert json.loads(kappa["params"]) == {
        "bootstrap": {"draws": 2000, "method": "percentile", "seed": 0}, "weights": "quadratic",
    }  # fmt: skip
    assert set(rows.loc[rows["statistic"] == "median", "params"]) == {'{"quantile_type":7}'}
    ranked = rows[rows["statistic"] == "wilcoxon_signed_rank"]
    assert set(ranked["params"]) == {'{"ties":"mid_ranks","zeros":"dropped"}'}
    assert set(ranked.loc[ranked["item_id"] == "s01", "reason"]) == {"no_discordant_pairs"}


def test_the_demonstration_study_keeps_the_contract_of_the_table(demo):
    check_contract(demo)
    check_ids_and_groups(demo)


def test_real_studies_keep_the_contract_of_the_table(polis, replicats):
    for computed in (polis, replicats):
        check_contract(computed)
        check_ids_and_groups(computed)


def test_every_statistic_of_the_demonstration_study_is_described(demo):
    text = (Path(__file__).resolve().parents[2] / "docs" / "methods.md").read_text(encoding="utf-8")
    assert [name for name in sorted(demo.rows["statistic"].unique()) if f"`{name}`" not in text] == []


def test_of_625_paired_best_estimates_375_changed(replicats):
    rows = replicats.rows
    own = rows[(rows["dimension"] == "replication") & (rows["part"] == "best") & (rows["group_by"] == "all")]
    n = own[own["statistic"] == "n_paired"].set_index("item_id")["value"]
    unchanged = own[own["statistic"] == "share_unchanged"].set_index("item_id")["value"]
    assert n.sum() == 625
    assert ((1 - unchanged) * n).round(9).sum() == 375


def close(ours: pd.Series, theirs: pd.Series, otherwise: float = np.nan) -> None:
    """Values equal within 1e-9, key by key; what is undefined here is undefined there."""
    expected = dict(zip(theirs.index, theirs.to_numpy(dtype=float), strict=True))
    assert ours.index.is_unique
    assert set(expected) <= set(ours.index)
    wanted = [expected.get(key, otherwise) for key in ours.index]
    np.testing.assert_allclose(ours.to_numpy(dtype=float), wanted, atol=1e-9, rtol=0)


def values_of(computed: Computed, statistic: str, keys: list[str], **where: object) -> pd.Series:
    rows = computed.rows[computed.rows["statistic"] == statistic]
    for column, wanted in where.items():
        rows = rows[rows[column].isna() if wanted is None else rows[column] == wanted]
    return rows.set_index(keys)["value"]


def check_single_waves(computed: Computed) -> None:
    """Location, spread, shares and numbers of answers, anew from the answers with NumPy and pandas."""
    keys = ["wave_id", *CELL, *GROUP]
    given = computed.grouped()
    kinds = {
        (i.item_id, d): computed.study.scales[s].kind for i in computed.study.items for d, s in i.dims.items()
    }
    cells = pd.MultiIndex.from_frame(given[["item_id", "dimension"]])
    given = given.assign(kind=pd.Series(kinds).reindex(cells).to_numpy())
    by_cell = given.groupby(keys)
    n_valid = values_of(computed, "n_valid", keys)
    close(n_valid, by_cell.size(), 0)
    numeric = given[~given["kind"].isin(["text", "nominal", "multi"])].groupby(keys)["value"]
    at_least_two = numeric.size() >= 2
    expected = {
        "median": numeric.median(), "q1": numeric.quantile(0.25), "q3": numeric.quantile(0.75),
        "mean": numeric.mean(), "sd": numeric.std(ddof=1),
        "iqr": (numeric.quantile(0.75) - numeric.quantile(0.25)).where(at_least_two),
    }  # fmt: skip
    for name, theirs in expected.items():
        close(values_of(computed, name, keys), theirs)
    for name, which in (("percent_agreement", "agreement_band"), ("bottom_box", "opposite_band")):
        rows = computed.rows[computed.rows["statistic"] == name]
        for (item_id, dimension), own in rows.groupby(["item_id", "dimension"]):
            band = getattr(computed.scale(item_id, dimension), which)
            answers = given[(given["item_id"] == item_id) & (given["dimension"] == dimension)]
            theirs = answers["value"].between(band.low, band.high).groupby([answers[key] for key in keys])
            close(own.set_index(keys)["value"], theirs.mean())
            hits, sizes = theirs.sum(), theirs.size()
            for one in own[own["value"].notna()].head(3).itertuples(index=False):
                key = tuple(getattr(one, column) for column in keys)
                interval = proportion_confint(hits[key], sizes[key], method="wilson")
                assert (one.low, one.high) == pytest.approx(np.clip(interval, 0, 1), abs=1e-9)
    shares = computed.rows[computed.rows["statistic"] == "category_share"]
    if len(shares):
        wanted = shares["params"].map(lambda text: float(json.loads(text)["value"])).rename("wanted")
        own = shares.assign(wanted=wanted).set_index([*keys, "wanted"])["value"]
        named = given[given["kind"].isin(["nominal", "multi"])]
        counted, sizes = (
            named.groupby([*keys, "value"]).size().to_dict(),
            named.groupby(keys).size().to_dict(),
        )
        for key, value in own.items():
            if key[:-1] in sizes:
                assert value == pytest.approx(counted.get(key, 0) / sizes[key[:-1]], abs=1e-9)
            else:
                assert np.isnan(value)


def check_agreement_over_items(computed: Computed) -> None:
    """Krippendorff's alpha and raw agreement, anew from pairs of answers counted with float matrices."""
    rows = computed.rows[computed.rows["statistic"].isin(["krippendorff_alpha", "observed_agreement"])]
    for one in rows[rows["value"].notna()].itertuples(index=False):
        options = json.loads(one.params)
        points = list(computed.study.scales[options["scale_id"]].counted_values)
        valid = computed.valid
        given = valid[(valid["wave_id"] == one.wave_id) & (valid["dimension"] == one.dimension)]
        given = given[
            [options["scale_id"] == computed.study.item(i).dims[one.dimension] for i in given["item_id"]]
        ]
        units = [x["value"].to_numpy() for _, x in given.groupby("item_id", observed=True) if len(x) >= 2]
        coincidence, shares = np.zeros((len(points), len(points))), []
        for unit in units:
            found = np.array([(unit == point).sum() for point in points], dtype=float)
            pairs = np.outer(found, found) - np.diag(found)
            coincidence += pairs / (len(unit) - 1)
            shares.append(np.trace(pairs) / pairs.sum())
        if one.statistic == "observed_agreement":
            assert one.value == pytest.approx(np.mean(shares), abs=1e-9)
            continue
        sizes = coincidence.sum(axis=0)
        between = np.array(
            [
                [
                    sum(sizes[min(a, b) : max(a, b) + 1]) - (sizes[a] + sizes[b]) / 2
                    if options["level"] == "ordinal"
                    else float(a != b)
                    for b in range(len(points))
                ]
                for a in range(len(points))
            ]
        )
        seen, expected = (coincidence * between**2).sum(), (np.outer(sizes, sizes) * between**2).sum()
        assert one.value == pytest.approx(1 - (sizes.sum() - 1) * seen / expected, abs=1e-9)


def paired(computed: Computed) -> pd.DataFrame:
    """Valid numbers of two waves side by side for every pair of waves that the table has."""
    keys = ["respondent_id", *CELL, *GROUP]
    given = computed.grouped().dropna(subset=["value"])[["wave_id", *keys, "value"]]
    waves = computed.rows.loc[
        computed.rows["statistic"] == "n_paired", ["wave_id", "versus_wave_id"]
    ].drop_duplicates()
    found = []
    for wave_id, versus in waves.itertuples(index=False):
        sides = [given[given["wave_id"] == one].drop(columns="wave_id") for one in (versus, wave_id)]
        both = sides[0].merge(sides[1], on=keys, suffixes=("_before", "_after"))
        found.append(both.assign(wave_id=wave_id, versus_wave_id=versus))
    return pd.concat(found, ignore_index=True)


def check_pairs(computed: Computed) -> None:
    """Change between waves, anew from the persons' own pairs of answers."""
    keys = ["wave_id", "versus_wave_id", *CELL, *GROUP]
    pairs = dict(iter(paired(computed).groupby(keys)))
    rows = computed.rows[computed.rows["versus_wave_id"].notna() & computed.rows["item_id"].notna()]
    rows = rows[rows["value"].notna() & ~rows["statistic"].isin([*LEFT, "wilcoxon_signed_rank", "wilcoxon_signed_rank_p", "wilcoxon_signed_rank_p_holm"])]  # fmt: skip
    assert len(rows)
    for one in rows.itertuples(index=False):
        both = pairs.get(tuple(getattr(one, key) for key in keys))
        before, after = (
            (both["value_before"].to_numpy(), both["value_after"].to_numpy())
            if both is not None
            else ([], [])
        )
        if one.statistic == "n_paired":
            assert one.value == len(before)
            continue
        options = json.loads(one.params)
        scale = computed.scale(one.item_id, one.dimension)
        if one.statistic == "share_unchanged":
            expected = (np.abs(after - before) <= options.get("tolerance", 0)).mean()
        elif one.statistic == "share_changed_gt1":
            expected = (np.abs(after - before) > 1).mean()
        elif one.statistic == "net_change":
            sizes = [[(x == point).sum() for point in scale.counted_values] for x in (before, after)]
            expected = np.abs(np.subtract(*sizes)).sum() / 2 / len(before)
        elif one.statistic == "delta_median":
            expected = np.median(after) - np.median(before)
        elif one.statistic == "delta_iqr":
            expected = np.subtract(*np.quantile(after, [0.75, 0.25])) - np.subtract(
                *np.quantile(before, [0.75, 0.25])
            )
        else:
            assert one.statistic == "weighted_kappa"
            labels = list(scale.counted_values)
            expected = cohen_kappa_score(
                before.astype(int), after.astype(int), labels=labels, weights=options["weights"]
            )
        assert one.value == pytest.approx(expected, abs=1e-9), (one.statistic, one.item_id)


def test_every_statistic_of_an_opinion_conversation_equals_a_second_implementation(polis):
    check_single_waves(polis)
    check_agreement_over_items(polis)


def test_every_statistic_of_single_waves_of_the_demonstration_study_equals_a_second_implementation(demo):
    check_single_waves(demo)
    check_agreement_over_items(demo)


def test_every_change_in_the_demonstration_study_equals_a_second_implementation(demo):
    check_pairs(demo)


def test_the_view_of_stability_shows_equal_answers_and_not_those_within_a_rules_tolerance(demo):
    rows = demo.rows[demo.rows["statistic"] == "share_unchanged"]
    assert rows["params"].str.contains("tolerance").any()
    exact = rows[(rows["params"] == "{}") & (rows["part"] == "")]
    keys = ["wave_id", "versus_wave_id", "item_id", "dimension", *GROUP]
    shown = demo.stability.astype(dict.fromkeys(keys, object)).set_index(keys)["share_unchanged"]
    close(shown, exact.set_index(keys)["value"])


def test_returns_and_retention_of_the_demonstration_study_equal_sets_of_persons(demo):
    submissions = demo.tables["submissions"]
    current = submissions[submissions["is_current"].astype(bool)]
    returned = {
        wave: set(part["respondent_id"].astype(str))
        for wave, part in current.groupby("wave_id", observed=True)
    }
    members = {key: set(part["respondent_id"]) for key, part in demo.members().groupby(GROUP)}
    wide = demo.rows[demo.rows["item_id"].isna()]
    for one in wide[wide["statistic"].isin(["n_returned", "panel_retention"])].itertuples(index=False):
        here = returned.get(one.wave_id, set()) & members.get((one.group_by, one.group_value), set())
        if one.statistic == "n_returned":
            assert one.value == len(here)
        else:
            base = returned[one.versus_wave_id] & members.get((one.group_by, one.group_value), set())
            assert one.n == len(base)
            assert base == set() or one.value == pytest.approx(len(base & here) / len(base), abs=1e-12)
    invitations = demo.tables["invitations"]
    for one in wide[(wide["statistic"] == "n_invited") & (wide["group_by"] != "all")].itertuples(index=False):
        invited = set(invitations.loc[invitations["wave_id"] == one.wave_id, "respondent_id"].astype(str))
        own = members.get((one.group_by, one.group_value), set())
        register = demo.tables["memberships"]
        own |= set(register.loc[(register["group_by"] == one.group_by) & (register["group_value"] == one.group_value), "respondent_id"])  # fmt: skip
        assert (one.value == len(invited & own)) if invited else one.reason == "no_data"


def test_leavers_and_stayers_of_the_demonstration_study_are_compared_as_scipy_does(demo):
    submissions = demo.tables["submissions"]
    current = submissions[submissions["is_current"].astype(bool)]
    returned = {wave: set(part["respondent_id"]) for wave, part in current.groupby("wave_id", observed=True)}
    asked = demo.tables["asked"]
    rows = demo.rows[demo.rows["statistic"].isin(["dropout_bias", "dropout_bias_p"])]
    assert len(rows)
    for one in rows.itertuples(index=False):
        here = asked[(asked["wave_id"] == one.versus_wave_id) & (asked["item_id"] == one.item_id)]
        assert one.dimension in set(here["dimension"])
        given = demo.valid[
            (demo.valid["wave_id"] == one.versus_wave_id)
            & (demo.valid["item_id"] == one.item_id)
            & (demo.valid["dimension"] == one.dimension)
        ]
        stayed = given["respondent_id"].isin(returned[one.wave_id])
        x, y = given.loc[stayed, "value"].to_numpy(), given.loc[~stayed, "value"].to_numpy()
        assert one.n == len(x) + len(y)
        if np.isnan(one.value):
            assert one.reason in ("no_data", "too_few", "no_variation")
        elif one.statistic == "dropout_bias":
            assert one.value == pytest.approx(np.sign(x[:, None] - y[None, :]).mean(), abs=1e-9)
        else:
            expected = mannwhitneyu(x, y, method="asymptotic", use_continuity=False).pvalue
            assert one.value == pytest.approx(expected, abs=1e-9)


def test_concordance_of_rankings_of_the_demonstration_study_is_friedmans(demo):
    rows = demo.rows[(demo.rows["statistic"] == "kendall_w") & demo.rows["value"].notna()]
    given = demo.grouped()
    assert len(rows)
    for one in rows.itertuples(index=False):
        own = given[
            (given["wave_id"] == one.wave_id) & (given["item_id"] == one.item_id) & (given["dimension"] == one.dimension)
            & (given["group_by"] == one.group_by) & (given["group_value"] == one.group_value)
        ]  # fmt: skip
        table = own.pivot(index="respondent_id", columns="part", values="value").dropna()
        assert one.n == len(table)
        if len(table) < 3 or table.shape[1] < 3:
            continue
        expected = friedmanchisquare(*table.to_numpy().T).statistic / (len(table) * (table.shape[1] - 1))
        assert one.value == pytest.approx(expected, abs=1e-9)
