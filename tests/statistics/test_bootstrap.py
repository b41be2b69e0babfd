"""Bootstrap intervals of any statistic: whole persons are drawn, each cell for itself, and what cannot be drawn has a reason."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import binom, bootstrap

from delphi import statistics as ds
from delphi.statistics import bootstrap as module
from delphi.statistics import drawing, drawn_kappa
from delphi.statistics.entries.entry import Case, Statistic
from delphi.statistics.registry import catalogue
from delphi.statistics.undefined import nobody

VALUES = np.arange(1, 6)
HALVES = VALUES * 0.5


def panel(n: int, seed: int = 0) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Answers of n persons to six items in categories 0 to 4, persons by items, and the histograms of the items."""
    rng = np.random.default_rng(seed)
    taste = rng.integers(0, 4, size=(n, 1))
    answers = np.clip(taste + rng.integers(-1, 3, size=(n, 6)), 0, 4)
    return answers, np.stack([np.bincount(item, minlength=5) for item in answers.T])


def moves_of(before: NDArray[np.int64], after: NDArray[np.int64]) -> NDArray[np.int64]:
    found = np.zeros((6, 6), dtype=np.int64)
    np.add.at(found, (before, after), 1)
    return found


@pytest.mark.parametrize(("interval", "theirs"), [("percentile", "percentile"), ("bca", "BCa")])
@pytest.mark.parametrize("n", [12, 60])
def test_the_interval_is_that_of_scipy_up_to_the_draws(interval: str, theirs: str, n: int) -> None:
    answers, counts = panel(n, seed=n)

    def agreement(drawn: NDArray[np.int64], axis: int) -> Any:
        return ds.van_der_eijk_agreement(np.stack([(drawn == v).sum(axis) for v in range(5)], -1))

    found = ds.bootstrap_ci(counts, "van_der_eijk_agreement", draws=8000, interval=interval)
    for item, low, high in zip(answers.T, found.low, found.high, strict=True):
        rng = np.random.default_rng(5)
        other = bootstrap((item,), agreement, n_resamples=8000, method=theirs, rng=rng).confidence_interval
        width = other.high - other.low
        assert (low, high) == pytest.approx((other.low, other.high), abs=0.07 * width)


@pytest.mark.parametrize("name", ["weighted_kappa", "net_change", "share_unchanged"])
@pytest.mark.parametrize("n", [14, 80])
def test_of_two_waves_persons_are_drawn_with_both_answers(name: str, n: int) -> None:
    answers, _ = panel(n, seed=n)
    before, after = answers[:, 0], answers[:, 1]
    options = {"values": VALUES} if name == "weighted_kappa" else {}
    found = ds.bootstrap_ci(moves_of(before, after), name, draws=8000, **options)
    drawn = np.random.default_rng(9).integers(0, n, size=(8000, n))
    tables = np.zeros((8000, 6, 6), dtype=np.int64)
    np.add.at(tables, (np.arange(8000)[:, None], before[drawn], after[drawn]), 1)
    low, high = np.nanquantile(getattr(ds, name)(tables, **options), [0.025, 0.975])
    slack = max(0.06 * (high - low), 1.01 / n)  # shares of n persons lie 1 / n apart
    assert (float(found.low), float(found.high)) == pytest.approx((low, high), abs=slack)
    leavers = moves_of(before, after)
    leavers[:, -1] += 3
    leavers[-1, 2] += 4
    again = ds.bootstrap_ci(leavers, name, draws=8000, **options)
    assert (float(again.low), float(again.high)) == (float(found.low), float(found.high))
    assert int(again.n) == n


@pytest.mark.parametrize("limit", [2048, 20], ids=["person by person", "from counts"])
@pytest.mark.parametrize(
    "values", [VALUES, np.array([-3, 0, 7, 10, 40]), HALVES], ids=["1 to 5", "uneven", "halves"]
)
@pytest.mark.parametrize("interval", ["percentile", "bca"])
def test_kappa_of_draws_is_the_same_from_sums_as_from_their_tables(
    limit: int, values: NDArray[Any], interval: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drawing, "PERSON_BY_PERSON_UP_TO", limit)
    many = [moves_of(*panel(n, seed=n)[0].T[:2]) for n in (12, 12, 33, 60)]
    nearly_alike = np.zeros((6, 6), dtype=np.int64)
    nearly_alike[3, 3], nearly_alike[2, 2] = 11, 1
    moves = np.stack([*many, nearly_alike, np.zeros_like(nearly_alike)])
    options: dict[str, Any] = {"values": values, "draws": 300, "interval": interval}
    assert drawn_kappa.is_exact_from_sums(values, "quadratic", 60) == (values is not HALVES)
    found = ds.bootstrap_ci(moves, "weighted_kappa", **options)
    monkeypatch.setattr(module, "is_exact_from_sums", lambda *_: False)
    by_tables = ds.bootstrap_ci(moves, "weighted_kappa", **options)
    for name in ("value", "low", "high", "unusable", "n"):
        np.testing.assert_array_equal(getattr(found, name), getattr(by_tables, name))
    assert np.isfinite(found.low).sum() == (5 if interval == "percentile" else 4)


def test_sums_that_floats_do_not_hold_are_left_to_the_tables() -> None:
    assert not drawn_kappa.is_exact_from_sums(VALUES, "linear", 60)
    assert not drawn_kappa.is_exact_from_sums([0, 10_000_000], "quadratic", 100)


def test_trap_44_over_items_all_answers_of_a_person_are_drawn_together() -> None:
    """Trap: drawing answers instead of panelists. Persons who answer every item alike make one answer of six."""
    n = 40
    alike = np.repeat(np.random.default_rng(3).integers(1, 6, size=(n, 1)), 8, axis=1).astype(float)
    found = ds.bootstrap_ci(alike, "scvi_average", values=VALUES, within=VALUES > 3, draws=4000)
    share = float((alike[:, 0] > 3).mean())
    expected = binom.ppf([0.025, 0.975], n, share) / n
    assert (float(found.low), float(found.high)) == pytest.approx(tuple(expected), abs=1.01 / n)
    unlike = np.random.default_rng(4).permuted(alike, axis=0)
    other = ds.bootstrap_ci(unlike, "scvi_average", values=VALUES, within=VALUES > 3, draws=4000)
    assert float(other.high - other.low) < 0.6 * float(found.high - found.low)


def test_agreement_over_items_is_computed_of_drawn_persons() -> None:
    answers, _ = panel(25, seed=2)
    table = answers + 1.0
    table[np.random.default_rng(1).random(table.shape) < 0.15] = np.nan
    table = np.vstack([table, np.full((4, 6), np.nan)])
    found = ds.bootstrap_ci(table, "krippendorff_alpha", values=VALUES, level="nominal", draws=3000)
    rng = np.random.default_rng(7)
    drawn = [table[:25][rng.integers(0, 25, 25)] for _ in range(3000)]
    counts = np.array([[[(item == v).sum() for v in VALUES] for item in one.T] for one in drawn])
    low, high = np.quantile(ds.krippendorff_alpha(counts, "nominal"), [0.025, 0.975])
    assert (float(found.low), float(found.high)) == pytest.approx((low, high), abs=0.08 * (high - low))
    whole = [[(item == v).sum() for v in VALUES] for item in table.T]
    assert float(found.value) == float(ds.krippendorff_alpha(whole, "nominal"))


def test_the_same_seed_gives_the_same_interval_and_another_gives_another() -> None:
    _, counts = panel(30)
    first, second = (ds.bootstrap_ci(counts, "van_der_eijk_agreement", seed=4) for _ in range(2))
    np.testing.assert_array_equal(first.low, second.low)
    assert (ds.bootstrap_ci(counts, "van_der_eijk_agreement", seed=5).low != first.low).any()
    drawn = [
        ds.bootstrap_ci(counts, "van_der_eijk_agreement", rng=np.random.default_rng(3)).low for _ in range(2)
    ]
    np.testing.assert_array_equal(*drawn)


@pytest.mark.parametrize("interval", ["percentile", "bca"])
def test_neither_the_order_nor_the_choice_of_items_changes_an_interval(
    interval: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(8)
    counts = rng.integers(0, 14, size=(4, 30, 5))
    whole = ds.bootstrap_ci(counts, "van_der_eijk_agreement", draws=200, interval=interval, seed=3)
    assert whole.low.shape == (4, 30)
    monkeypatch.setattr(module, "AT_ONCE", 3000)
    order = rng.permutation(30)
    shuffled = ds.bootstrap_ci(
        counts[:, order], "van_der_eijk_agreement", draws=200, interval=interval, seed=3
    )
    alone = ds.bootstrap_ci(counts[2, 11], "van_der_eijk_agreement", draws=200, interval=interval, seed=3)
    for name in ("value", "low", "high", "unusable", "n"):
        np.testing.assert_array_equal(getattr(shuffled, name), getattr(whole, name)[:, order])
        np.testing.assert_array_equal(getattr(alone, name), getattr(whole, name)[2, 11])


def test_draws_have_as_many_persons_and_the_spread_of_the_multinomial(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen = np.array([[[3, 0, 5, 12]], [[0, 0, 20, 0]], [[7, 1, 1, 1]]])
    for limit in (2048, 15, 5):
        monkeypatch.setattr(drawing, "PERSON_BY_PERSON_UP_TO", limit)
        drawn = drawing.Draws(1, 20_000).histograms(seen)
        assert drawn.shape == (20_000, 3, 1, 4)
        np.testing.assert_array_equal(drawn.sum(axis=-1), np.broadcast_to([[20], [20], [10]], (20_000, 3, 1)))
        assert (drawn[:, 1, 0] == [0, 0, 20, 0]).all()
        for cell in (0, 2):
            n, p = seen[cell, 0].sum(), seen[cell, 0] / seen[cell, 0].sum()
            np.testing.assert_allclose(drawn[:, cell, 0].mean(axis=0), n * p, atol=0.08)
            expected = n * (np.diag(p) - np.outer(p, p))
            np.testing.assert_allclose(np.cov(drawn[:, cell, 0].T), expected, atol=0.25)


def test_groups_are_drawn_independently_of_each_other() -> None:
    seen = np.array([[[10, 10], [10, 10]]])
    drawn = drawing.Draws(1, 20_000).histograms(seen)
    assert abs(np.corrcoef(drawn[:, 0, 0, 0], drawn[:, 0, 1, 0])[0, 1]) < 0.03


def test_draws_in_which_the_statistic_is_undefined_are_counted_and_many_of_them_flagged() -> None:
    nearly_alike = np.zeros((6, 6), dtype=np.int64)
    nearly_alike[3, 3], nearly_alike[2, 2] = 11, 1
    found = ds.computed("bootstrap_ci", nearly_alike, statistic="weighted_kappa", seed=2)
    assert found.more is not None
    assert float(found.more["unusable"]) == pytest.approx((11 / 12) ** 12, abs=0.03)
    assert found.flags.item() == "boot_degenerate"
    usual = ds.computed("bootstrap_ci", moves_of(*panel(40)[0].T[:2]), statistic="weighted_kappa")
    assert usual.flags.item() == ""
    assert usual.more is not None
    assert float(usual.more["unusable"]) == 0.0


ALIKE = np.zeros((6, 6), dtype=np.int64)
ALIKE[3, 3] = 20
FEW = moves_of(*panel(9)[0].T[:2])
CASES: list[tuple[Any, dict[str, Any], str | None, str]] = [
    ([0, 0, 0, 0, 0], {"statistic": "iqr"}, "no_valid_answers", "nobody answered"),
    ([1, 0, 0, 0, 0], {"statistic": "iqr"}, "too_few", "one person"),
    ([4, 2, 3, 0, 0], {"statistic": "iqr"}, "too_few", "nine persons"),
    ([4, 2, 3, 1, 0], {"statistic": "iqr"}, None, "ten persons"),
    ([5, 5], {"statistic": "van_der_eijk_agreement"}, "scale_too_short", "the reason of the statistic itself"),
    ([0, 30, 0, 0, 0], {"statistic": "iqr"}, None, "all alike: every draw is 0"),
    ([0, 30, 0, 0, 0], {"statistic": "iqr", "interval": "bca"}, "not_identified", "no bias, no acceleration"),
    (np.zeros((6, 6), dtype=int), {"statistic": "net_change"}, "no_pairs", "nobody answered twice"),
    (FEW, {"statistic": "net_change"}, "too_few", "nine pairs"),
    (ALIKE, {"statistic": "weighted_kappa"}, "no_variation", "kappa of one category"),
    (ALIKE, {"statistic": "net_change"}, None, "nobody moved in any draw"),
    ((0, 0), {"statistic": "wilson_ci"}, "no_valid_answers", "a share of nobody"),
    ((3, 9), {"statistic": "wilson_ci"}, "too_few", "a share of nine"),
    (np.full((12, 3), np.nan), {"statistic": "krippendorff_alpha", "values": VALUES}, "no_valid_answers", "no answers"),
    (np.full((9, 3), 2.0), {"statistic": "scvi_average", "values": VALUES, "within": VALUES > 3}, "too_few", "nine"),
    (np.full((12, 3), 2.0), {"statistic": "krippendorff_alpha", "values": VALUES}, "no_variation", "all alike"),
]  # fmt: skip


@pytest.mark.parametrize(("data", "options", "reason", "why"), CASES, ids=[case[3] for case in CASES])
def test_where_there_is_no_interval_there_is_a_reason(
    data: Any, options: dict[str, Any], reason: str | None, why: str
) -> None:
    found = ds.computed("bootstrap_ci", data, draws=300, **options)
    assert found.reason.item() == reason, why
    assert found.more is not None
    numbers = [found.value.item(), found.more["low"].item(), found.more["high"].item()]
    assert np.isfinite(numbers).all() == (reason is None)
    assert np.isnan(numbers).all() == (reason is not None)


def test_cells_without_an_interval_leave_the_others_theirs() -> None:
    counts = [[4, 5, 6, 0, 0], [0] * 5, [1, 1, 0, 0, 0], [0, 0, 8, 8, 8]]
    found = ds.computed("bootstrap_ci", counts, statistic="iqr", values=VALUES, quantile_type=6, seed=2)
    assert found.reason.tolist() == [None, "no_valid_answers", "too_few", None]
    np.testing.assert_allclose(found.value[[0, 3]], ds.iqr(counts, VALUES, 6)[[0, 3]])
    assert found.n.tolist() == [15, 0, 2, 24]
    assert found.options["quantile_type"] == 6
    assert found.options["seed"] == 2


def test_an_interval_of_a_share_of_many_persons_is_drawn_from_their_counts() -> None:
    found = ds.bootstrap_ci((70_000, 100_000), "wilson_ci", draws=4000)
    assert (float(found.low), float(found.high)) == pytest.approx((0.6972, 0.7028), abs=3e-4)


@pytest.mark.parametrize("confidence", [0.5, 0.9, 0.99])
def test_the_confidence_says_which_quantiles(confidence: float) -> None:
    found = ds.bootstrap_ci((42, 60), "wilson_ci", confidence=confidence, draws=20_000)
    expected = binom.ppf([(1 - confidence) / 2, (1 + confidence) / 2], 60, 0.7) / 60
    assert (float(found.low), float(found.high)) == pytest.approx(tuple(expected), abs=1.01 / 60)


FIRST, SECOND = np.array([9, 4, 2, 1]), np.array([3, 4, 5, 6])


def _means_apart(first: Any, second: Any) -> Any:
    first, second = np.asarray(first), np.asarray(second)
    values = np.arange(first.shape[-1])
    return (second @ values) / second.sum(axis=-1) - (first @ values) / first.sum(axis=-1)


def _groups_apart(groups: Any) -> Any:
    return _means_apart(groups[..., 0, :], groups[..., 1, :])


def _mean(numbers: Any) -> Any:
    return np.nanmean(numbers, axis=-1)


def _first_column(table: Any) -> Any:
    return np.nanmean(np.asarray(table)[:, 0])


def _each_category(counts: Any) -> Any:
    counts = np.asarray(counts, dtype=float)
    total = counts.sum(axis=-1, keepdims=True)
    return np.divide(counts, total, out=np.full(counts.shape, np.nan), where=total > 0)


def _always_words(counts: Any) -> Any:
    return np.full(np.shape(counts)[:-1], "yes", dtype=object)


MADE_UP = {
    "two_counts": _means_apart,
    "group_counts": _groups_apart,
    "numbers": _mean,
    "ranks": _first_column,
}


@pytest.fixture
def made_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Statistics of the kinds of data that the catalogue may have, so that each kind is tried."""
    known = dict(catalogue())
    for takes, function in [*MADE_UP.items(), ("counts", _each_category), ("words", _always_words)]:
        gives = {"counts": "per object", "words": "label"}.get(takes, "number")
        kind: Any = "counts" if takes == "words" else takes
        reasons = (Case("no_valid_answers", nobody),) if takes == "counts" else ()
        entry = Statistic(f"of_{takes}", "x", "8", kind, "any", "x", ("x",), "x:x", reasons, gives)  # type: ignore[arg-type]
        monkeypatch.setitem(entry.__dict__, "function", function)
        known[entry.statistic_id] = entry
    for place in ("delphi.statistics.computing.statistic", "delphi.statistics.bootstrap.entry_of"):
        monkeypatch.setattr(place, known.__getitem__)


def _scipy(samples: tuple[NDArray[Any], ...], statistic: Any, method: str) -> tuple[float, float]:
    found = bootstrap(samples, statistic, n_resamples=9000, method=method, rng=np.random.default_rng(2))
    return float(found.confidence_interval.low), float(found.confidence_interval.high)


@pytest.mark.usefixtures("made_up")
@pytest.mark.parametrize(("interval", "theirs"), [("percentile", "percentile"), ("bca", "BCa")])
def test_groups_numbers_and_tables_are_drawn_as_scipy_draws_them(interval: str, theirs: str) -> None:
    people = np.repeat(np.arange(4), FIRST), np.repeat(np.arange(4), SECOND)
    expected = _scipy(people, lambda x, y, axis: y.mean(axis) - x.mean(axis), theirs)
    options: dict[str, Any] = {"draws": 9000, "interval": interval}
    slack = 0.06 * (expected[1] - expected[0])
    for name, data in (("of_two_counts", (FIRST, SECOND)), ("of_group_counts", np.stack([FIRST, SECOND]))):
        found = ds.bootstrap_ci(data, name, **options)
        assert (float(found.low), float(found.high)) == pytest.approx(expected, abs=slack)
    numbers = np.random.default_rng(3).gamma(1.5, size=(2, 20))
    numbers[1, 15:] = np.nan
    found = ds.bootstrap_ci(numbers, "of_numbers", **options)
    table = np.column_stack([numbers[0], np.arange(20)])
    by_row = ds.bootstrap_ci(table, "of_ranks", **options)
    for cell, given in ((0, numbers[0]), (1, numbers[1, :15])):
        expected = _scipy((given,), np.mean, theirs)
        slack = 0.06 * (expected[1] - expected[0])
        assert (found.low[cell], found.high[cell]) == pytest.approx(expected, abs=slack)
        if cell == 0:
            assert (float(by_row.low), float(by_row.high)) == pytest.approx(expected, abs=slack)


@pytest.mark.usefixtures("made_up")
def test_several_values_of_a_cell_have_an_interval_each() -> None:
    counts = [[40, 15, 5], [0, 0, 0], [3, 3, 3]]
    found = ds.bootstrap_ci(counts, "of_counts", draws=4000)
    assert found.low.shape == (3, 3)
    assert found.reason[1].tolist() == ["no_valid_answers"] * 3
    assert found.reason[2].tolist() == ["too_few"] * 3
    for category, many in enumerate(counts[0]):
        expected = binom.ppf([0.025, 0.975], 60, many / 60) / 60
        assert (found.low[0, category], found.high[0, category]) == pytest.approx(
            tuple(expected), abs=1.01 / 60
        )


@pytest.mark.usefixtures("made_up")
def test_a_small_group_makes_too_few_and_an_empty_one_is_not_drawn() -> None:
    found = ds.bootstrap_ci((FIRST, [1, 2, 3, 3]), "of_two_counts", draws=50)
    assert found.reason.item() == "too_few"
    assert ds.bootstrap_ci((FIRST, [1, 2, 3, 4]), "of_two_counts", draws=50).reason.item() is None
    numbers = np.full((2, 12), np.nan)
    numbers[0], numbers[1, :9] = 1.0, 2.0
    assert ds.bootstrap_ci(numbers, "of_numbers", draws=50).reason.tolist() == [None, "too_few"]


@pytest.mark.usefixtures("made_up")
def test_words_have_no_interval() -> None:
    with pytest.raises(ValueError, match=r"^statistic: has to give a number, of_words gives words"):
        ds.bootstrap_ci([9, 9, 9], "of_words")


def test_no_option_of_a_statistic_is_hidden_by_one_of_resampling() -> None:
    resampled = (
        "counts",
        "share",
        "transitions",
        "two_counts",
        "group_counts",
        "units",
        "ranks",
        "answers",
        "rounds",
        "numbers",
    )
    for name, kinds in (("bootstrap_ci", resampled), ("permutation_p", ("transitions",))):
        own = {"data"} | {one.name for one in ds.statistic(name).parameters} - {"confidence"}
        for entry in ds.catalogue().values():
            if entry.takes in kinds and "seed" not in {one.name for one in entry.parameters}:
                hidden = own & {one.name for one in entry.parameters}
                assert not hidden, (name, entry.statistic_id, hidden)


def test_what_draws_by_itself_is_not_drawn_again() -> None:
    with pytest.raises(ValueError, match="statistic: latent_class draws by itself"):
        ds.bootstrap_ci(np.ones((30, 4)), "latent_class")


COUNTS = [4, 5, 6, 3, 2]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: ds.bootstrap_ci(COUNTS, "iqrr"), "statistic: there is no 'iqrr' in the catalogue; did you mean iqr"),
        (lambda: ds.bootstrap_ci(COUNTS, "bootstrap_ci"), "statistic: has to rest on the answers of persons|bootstrap_ci needs"),
        (lambda: ds.bootstrap_ci(COUNTS, "iqr", draws=0), "draws: is a whole number from 1 on, got 0"),
        (lambda: ds.bootstrap_ci(COUNTS, "iqr", interval="basic"), "interval: is percentile or bca, got 'basic'"),
        (lambda: ds.bootstrap_ci(COUNTS, "iqr", confidence=95), "confidence: has to lie between 0 and 1"),
        (lambda: ds.bootstrap_ci(COUNTS, "iqr", seed=-1), "seed: is a whole number from 0 on, got -1"),
        (lambda: ds.bootstrap_ci(COUNTS, "iqr", values=[1, 2]), "values: needs 5 values"),
        (lambda: ds.bootstrap_ci(COUNTS, "iqr", bogus=1), "iqr has no parameter bogus"),
        (lambda: ds.bootstrap_ci(COUNTS, "van_der_eijk_agreement", values=VALUES), "van_der_eijk_agreement has no parameter values"),
        (lambda: ds.bootstrap_ci([-1, 2], "iqr"), "counts: counts are whole numbers"),
        (lambda: ds.bootstrap_ci(np.zeros((3, 4)), "net_change"), "transitions: needs two equal last dimensions"),
        (lambda: ds.bootstrap_ci([1.0, 2.0], "krippendorff_alpha", values=VALUES), "data: needs a row per person"),
        (lambda: ds.bootstrap_ci(np.ones((12, 2)), "krippendorff_alpha"), "values: krippendorff_alpha needs those of the scale"),
        (lambda: ds.bootstrap_ci(np.full((12, 2), 7.0), "krippendorff_alpha", values=VALUES), "data: has answers that are no values of the scale"),
        (lambda: ds.computed("bootstrap_ci", COUNTS), "bootstrap_ci needs statistic"),
        (lambda: ds.computed("bootstrap_ci", COUNTS, statistic="iqr", interval="t"), "interval: is percentile or bca, got 't'"),
    ],
)  # fmt: skip
def test_wrong_arguments_are_named(call: Any, message: str) -> None:
    with pytest.raises(ValueError, match=f"^({message})"):
        call()
