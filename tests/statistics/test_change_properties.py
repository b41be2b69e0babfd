"""What must not change a statistic of two rounds, or must change it in a known way: on 600 random panels at once."""

import numpy as np
import pytest
from moves import VALUES

from delphi import statistics as ds
from tests.published.values.stability import EXAMPLES

AGREE = np.array([False, False, False, True, True])
SECTION = {name: one for name, one in ds.catalogue().items() if one.section.startswith("4.")}
OF_TRANSITIONS = [name for name, one in SECTION.items() if one.takes == "transitions"]
OF_TWO = [name for name, one in SECTION.items() if one.takes == "two_counts"]
LABELS = [name for name, one in SECTION.items() if one.gives == "label"]
SEES_THE_OTHERS = {
    "towards_median", "last_value_sensitivity", "hierarchical_stopping", "consensus_and_stability", "consensus_only",
    "max_rounds",
}  # fmt: skip
"""Those that also look at persons with one answer: the median fed back, the later round's consensus, the leavers."""
NOMINAL = (
    "share_unchanged", "share_changed", "individual_stability_chi2", "gk_lambda", "bowker", "stuart_maxwell", "bhapkar",
    "net_change", "stability_only", "hierarchical_stopping",
)  # fmt: skip
SAME_TURNED = (
    *NOMINAL, "share_changed_gt1", "weighted_kappa", "rank_correlation", "wilcoxon_signed_rank", "delta_iqr", "delta_sd",
    "pitman_morgan", "towards_median",
)  # fmt: skip
NEGATED_TURNED = ("paired_t", "delta_median", "delta_mean")
SAME_SWAPPED = (
    "share_unchanged", "share_changed", "share_changed_gt1", "weighted_kappa", "individual_stability_chi2",
    "rank_correlation", "wilcoxon_signed_rank", "bowker", "stuart_maxwell", "bhapkar", "net_change", "mcnemar",
)  # fmt: skip
NEGATED_SWAPPED = (
    "paired_t",
    "delta_median",
    "delta_iqr",
    "delta_mean",
    "delta_sd",
    "delta_cv",
    "pitman_morgan",
)
SAME_DOUBLED = (
    "share_unchanged", "share_changed", "share_changed_gt1", "weighted_kappa", "gk_lambda", "rank_correlation",
    "delta_mean", "net_change", "towards_median", "last_value_sensitivity",
)  # fmt: skip
TWICE_DOUBLED = ("individual_stability_chi2", "bowker", "stuart_maxwell", "sign_test")
TURN = [4, 3, 2, 1, 0, 5]


def panels():
    """Small and sparse panels with every degenerate case, and middling ones."""
    rng = np.random.default_rng(20)
    sparse = rng.choice([0, 0, 0, 0, 0, 1, 1, 2, 5], size=(300, 6, 6))
    tiny = rng.poisson(0.08, size=(200, 6, 6))
    return np.concatenate([sparse, tiny, rng.poisson(1.5, size=(100, 6, 6))])


PANELS = panels()


def value(name, data, **options):
    given = EXAMPLES[name].options if name in EXAMPLES else {}
    found = ds.computed(name, data, **{**given, **options})
    return found.value if found.label is None else found.label


def same(ours, theirs, sign=1):
    if np.asarray(ours).dtype == object:
        assert ours.tolist() == theirs.tolist()
    else:
        np.testing.assert_allclose(ours, sign * theirs, rtol=1e-8, atol=1e-9)
        assert np.isfinite(ours).sum() > 100


@pytest.mark.parametrize("name", [one for one in OF_TRANSITIONS if one not in SEES_THE_OTHERS])
def test_who_answered_one_round_changes_nothing(name):
    without = PANELS.copy()
    without[:, -1], without[:, :, -1] = 0, 0
    same(value(name, PANELS), value(name, without))


@pytest.mark.parametrize("name", NOMINAL)
@pytest.mark.parametrize("order", [[1, 0, 2, 3, 4], [2, 4, 1, 0, 3]])
def test_the_order_of_the_categories_does_not_matter_where_they_have_none(name, order):
    places = [*order, 5]
    same(value(name, PANELS[:, places][:, :, places]), value(name, PANELS))


@pytest.mark.parametrize("name", [*SAME_TURNED, *NEGATED_TURNED])
def test_turning_the_scale_round(name):
    turned = PANELS[:, TURN][:, :, TURN]
    same(value(name, turned), value(name, PANELS), -1 if name in NEGATED_TURNED else 1)


def test_turning_the_scale_round_exchanges_up_and_down():
    forth, back = ds.sign_test(PANELS), ds.sign_test(PANELS[:, TURN][:, :, TURN])
    np.testing.assert_array_equal(forth.n_up, back.n_down)
    np.testing.assert_array_equal(forth.n_down, back.n_up)
    same(forth.p, back.p)


@pytest.mark.parametrize("name", [*SAME_SWAPPED, *NEGATED_SWAPPED])
def test_exchanging_the_rounds(name):
    swapped = np.swapaxes(PANELS, 1, 2)
    same(value(name, swapped), value(name, PANELS), -1 if name in NEGATED_SWAPPED else 1)


@pytest.mark.parametrize("name", [*SAME_DOUBLED, *TWICE_DOUBLED])
def test_a_panel_twice_as_large(name):
    several = PANELS[ds.n_paired(PANELS) >= 2]
    same(value(name, 2 * several), value(name, several), 2 if name in TWICE_DOUBLED else 1)


@pytest.mark.parametrize("name", OF_TRANSITIONS)
def test_a_category_that_nobody_uses_changes_nothing(name):
    longer = np.insert(np.insert(PANELS, 5, 0, axis=1), 5, 0, axis=2)
    takes_within = "within" in [one.name for one in SECTION[name].parameters]
    options = {"within": [*AGREE, False]} if takes_within else {}
    same(value(name, longer, **options), value(name, PANELS))


@pytest.mark.parametrize("name", ["paired_t", "pitman_morgan", "towards_median", "delta_sd", "delta_mean"])
def test_where_the_scale_starts_does_not_matter(name):
    same(value(name, PANELS, values=VALUES - 3), value(name, PANELS, values=VALUES))


@pytest.mark.parametrize("name", OF_TWO)
def test_exchanging_two_histograms(name):
    first, second = PANELS[:, 0, :5], PANELS[:, 1, :5]
    forth, back = value(name, (first, second)), value(name, (second, first))
    if name == "f_test_variances":
        same(back, 1 / forth)
    else:
        same(back, forth, -1 if name == "dropout_bias" else 1)


@pytest.mark.parametrize("name", OF_TRANSITIONS)
def test_inputs_stay_as_they_are_even_when_they_cannot_be_written(name):
    given_moves = PANELS.copy()
    given_moves.flags.writeable = False
    first, second = value(name, given_moves), value(name, given_moves.tolist())
    np.testing.assert_array_equal(given_moves, PANELS)
    same(first, second)


@pytest.mark.parametrize("name", LABELS)
def test_labels_are_of_a_closed_list(name):
    agreed = PANELS.copy()
    agreed[:, :3], agreed[:, :, :3] = 0, 0
    seen = set(value(name, np.concatenate([PANELS, agreed])).tolist()) - {None}
    told = {"ask again", "stop"}
    if name == "hierarchical_stopping":
        told = {"ask again", "unanimity", "majority", "bipolarity", "plurality", "disagreement"}
    assert seen == ({"ask again"} if name == "max_rounds" else told)


@pytest.mark.parametrize("name", SECTION)
def test_every_statistic_of_the_section_is_public_by_its_id(name):
    assert getattr(ds, name) is SECTION[name].function
    assert name in dir(ds)
