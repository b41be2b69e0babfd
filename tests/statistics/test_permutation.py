"""Permutation p-values against all permutations written out, and drawn ones against exact ones."""

from __future__ import annotations

from itertools import permutations, product
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import binomtest, fisher_exact, hypergeom

from delphi import statistics as ds
from delphi.statistics import permutation as module

VALUES = [1, 2, 3]


def moves_of(before: Any, after: Any, points: int = 3) -> NDArray[np.int64]:
    found = np.zeros((points + 1, points + 1), dtype=np.int64)
    np.add.at(found, (np.asarray(before), np.asarray(after)), 1)
    return found


BEFORE, AFTER = [0, 0, 1, 1, 2, 2, 0], [0, 1, 1, 2, 2, 2, 1]
MOVES = moves_of(BEFORE, AFTER)


def shuffled(statistic: Any) -> list[float]:
    """The statistic for every way of giving the later answers to somebody."""
    return [float(statistic(moves_of(BEFORE, after))) for after in permutations(AFTER)]


def swapped(statistic: Any) -> list[float]:
    """The statistic for every way of turning single persons' answers round."""
    found = []
    for turned in product((False, True), repeat=len(BEFORE)):
        pairs = [(b, a) if t else (a, b) for a, b, t in zip(BEFORE, AFTER, turned, strict=True)]
        found.append(float(statistic(moves_of(*zip(*pairs, strict=True)))))
    return found


def kappa(moves: Any) -> Any:
    return ds.weighted_kappa(moves, VALUES)


def test_kappa_and_share_unchanged_are_compared_with_anybodys_later_answers() -> None:
    for name, statistic, options in (
        ("weighted_kappa", kappa, {"values": VALUES}),
        ("share_unchanged", ds.share_unchanged, {}),
    ):
        found = ds.permutation_p(MOVES, name, **options)
        expected = np.mean(np.array(shuffled(statistic)) >= float(statistic(MOVES)) - 1e-12)
        assert float(found.p) == pytest.approx(expected, abs=1e-12)
        assert bool(found.is_exact)
        assert float(found.observed) == float(statistic(MOVES))
        assert int(found.n) == 7


@pytest.mark.parametrize("extreme", ["greater", "less", "two_sided"])
@pytest.mark.parametrize("by_chance", ["independent", "exchangeable"])
def test_what_chance_does_and_what_is_extreme_are_as_named(by_chance: str, extreme: str) -> None:
    found = ds.permutation_p(MOVES, "weighted_kappa", VALUES, by_chance, extreme)
    every = np.array(shuffled(kappa) if by_chance == "independent" else swapped(kappa))
    seen = float(kappa(MOVES))
    held = {
        "greater": every >= seen - 1e-12,
        "less": every <= seen + 1e-12,
        "two_sided": abs(every) >= abs(seen) - 1e-12,
    }
    assert float(found.p) == pytest.approx(float(held[extreme].mean()), abs=1e-12)


def test_change_is_compared_with_answers_that_change_places() -> None:
    every = np.array(swapped(ds.net_change))
    expected = (every >= float(ds.net_change(MOVES)) - 1e-12).mean()
    assert float(ds.permutation_p(MOVES, "net_change").p) == pytest.approx(expected, abs=1e-12)


def test_two_categories_give_mcnemars_and_fishers_tests() -> None:
    moves = [[6, 9, 0], [2, 13, 0], [0, 0, 0]]
    assert float(ds.permutation_p(moves, "net_change").p) == pytest.approx(binomtest(9, 11).pvalue, abs=1e-12)
    table = np.array(moves)[:2, :2]
    expected = fisher_exact(table, alternative="greater").pvalue
    assert float(ds.permutation_p(moves, "share_unchanged").p) == pytest.approx(expected, abs=1e-12)
    both = float(hypergeom.sf(5, 30, 15, 8))
    assert expected == pytest.approx(both, abs=1e-12)


@pytest.mark.parametrize(
    ("name", "by_chance"), [("weighted_kappa", "independent"), ("net_change", "exchangeable")]
)
def test_drawn_permutations_come_near_the_counted_ones(
    name: str, by_chance: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    exact = ds.permutation_p(MOVES, name, by_chance=by_chance)
    monkeypatch.setattr(module, "EXACT_TABLES", 3)
    monkeypatch.setattr(module, "AT_ONCE", 4000)
    drawn = ds.permutation_p(MOVES, name, by_chance=by_chance, draws=20_000)
    assert not bool(drawn.is_exact)
    assert float(drawn.p) == pytest.approx(float(exact.p), abs=0.015)
    assert (
        ds.computed("permutation_p", MOVES, statistic=name, by_chance=by_chance).flags.item()
        == "approximate_p"
    )
    again = ds.permutation_p(MOVES, name, by_chance=by_chance, draws=20_000)
    assert float(again.p) == float(drawn.p)
    assert float(ds.permutation_p(MOVES, name, by_chance=by_chance, draws=20_000, seed=1).p) != float(drawn.p)
    by_rng = [
        float(ds.permutation_p(MOVES, name, by_chance=by_chance, rng=np.random.default_rng(1)).p)
        for _ in range(2)
    ]
    assert by_rng[0] == by_rng[1]


def test_tables_with_given_margins_are_all_there_once() -> None:
    tables = module._with_margins([2, 3, 2], [3, 2, 2])
    assert tables is not None
    whole = np.array(tables).reshape(-1, 3, 3)
    assert len({one.tobytes() for one in whole}) == len(whole)
    assert (whole.sum(axis=2) == [2, 3, 2]).all()
    assert (whole.sum(axis=1) == [3, 2, 2]).all()
    every = {
        moves_of([0, 0, 1, 1, 1, 2, 2], list(one)).tobytes() for one in permutations([0, 0, 0, 1, 1, 2, 2])
    }
    assert len(every) == len(whole)
    weighed = module._all_shuffled(MOVES[:-1, :-1])
    assert weighed is not None
    assert sum(float(chance.sum()) for _, chance in weighed) == pytest.approx(1, abs=1e-12)
    assert module._with_margins([40] * 9, [40] * 9) is None


def test_leading_dimensions_have_a_p_each() -> None:
    rng = np.random.default_rng(5)
    moves = rng.integers(0, 3, size=(2, 3, 4, 4))
    moves[0, 1] = 0
    found = ds.permutation_p(moves, "net_change", draws=500)
    assert found.p.shape == (2, 3)
    for cell in np.ndindex(2, 3):
        np.testing.assert_array_equal(found.p[cell], ds.permutation_p(moves[cell], "net_change", draws=500).p)
    assert found.reason[0, 1] == "no_pairs"
    assert np.isnan(found.p[0, 1])
    assert found.n[0, 1] == 0


def test_the_order_of_the_categories_of_both_waves_and_leavers_do_not_matter() -> None:
    turned = MOVES.copy()
    turned[:-1, :-1] = MOVES[-2::-1, -2::-1]
    leavers = MOVES.copy()
    leavers[-1, :], leavers[:, -1] = 5, 7
    for name in ("weighted_kappa", "net_change"):
        first = float(ds.permutation_p(MOVES, name).p)
        assert float(ds.permutation_p(turned, name).p) == pytest.approx(first, abs=1e-12)
        assert float(ds.permutation_p(leavers, name).p) == pytest.approx(first, abs=1e-12)


def all_orders(ranks: NDArray[np.float64]) -> float:
    seen = (ranks.sum(axis=0) ** 2).sum()
    orders = product(*(list(permutations(row)) for row in ranks.tolist()))
    return float(np.mean([(np.sum(one, axis=0) ** 2).sum() >= seen - 1e-9 for one in orders]))


def test_of_concordance_all_orders_are_counted_where_feasible() -> None:
    ranks = np.array([[1, 2, 3], [1, 3, 2], [2, 1, 3], [1, 2.5, 2.5]])
    found = ds.permutation_p(ranks, "kendall_w")
    assert float(found.p) == pytest.approx(all_orders(ranks), abs=1e-12)
    assert float(found.observed) == ds.kendall_w(ranks)[0]


def test_of_concordance_of_many_objects_orders_are_drawn() -> None:
    rng = np.random.default_rng(1)
    ranks = np.array([rng.permutation(8) + 1 for _ in range(12)])
    found = ds.computed("permutation_p", ranks, statistic="kendall_w", draws=20_000)
    assert found.flags.item() == "approximate_p"
    assert found.value.item() == pytest.approx(ds.kendall_w(ranks)[1], abs=0.03)
    changed = ranks[rng.permutation(12)][:, rng.permutation(8)]
    assert float(ds.permutation_p(changed, "kendall_w", draws=20_000).p) == found.value.item()
    alike = np.tile(np.arange(1, 9), (6, 1))
    assert float(ds.permutation_p(alike, "kendall_w", draws=999).p) == 1 / 1000


CASES: list[tuple[Any, str, str | None, float | None, str]] = [
    (np.full((2, 3), np.nan), "kendall_w", "no_valid_answers", None, "nobody ranked"),
    ([[1, 2, 3], [np.nan] * 3], "kendall_w", "too_few_raters", None, "one rater"),
    ([[1, 2, 3], [1, np.nan, 2]], "kendall_w", "incomplete_rankings", None, "one complete ranking"),
    ([[1], [1]], "kendall_w", "too_few_units", None, "one object"),
    ([[2, 2], [2, 2]], "kendall_w", "all_ties", None, "one tie"),
    ([[0] * 4] * 4, "net_change", "no_pairs", None, "nobody answered twice"),
    ([[3, 0, 0], [0, 0, 0], [0, 0, 0]], "net_change", None, 1.0, "nobody moved"),
    ([[3, 0, 0], [0, 0, 0], [0, 0, 0]], "weighted_kappa", "no_variation", None, "one category throughout"),
    ([[1, 0, 0], [0, 0, 0], [0, 0, 0]], "weighted_kappa", "too_few", None, "one pair"),
    (
        [[3, 0, 0], [2, 0, 0], [0, 0, 0]],
        "weighted_kappa",
        None,
        1.0,
        "one wave unanimous: kappa is 0 in every order",
    ),
]


@pytest.mark.parametrize(("data", "name", "reason", "p", "why"), CASES, ids=[case[4] for case in CASES])
def test_degenerate_cases(data: Any, name: str, reason: str | None, p: float | None, why: str) -> None:
    found = ds.computed("permutation_p", data, statistic=name)
    assert found.reason.item() == reason, why
    assert found.value.item() == pytest.approx(np.nan if p is None else p, nan_ok=True), why


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: ds.permutation_p(MOVES, "iqr"), "statistic: is kendall_w or one of two waves"),
        (lambda: ds.permutation_p(MOVES, "net_chance"), "statistic: there is no 'net_chance' in the catalogue; did you mean net_change"),
        (lambda: ds.permutation_p(MOVES, "net_change", by_chance="none"), "by_chance: is usual or independent or exchangeable, got 'none'"),
        (lambda: ds.permutation_p(MOVES, "net_change", extreme="both"), "extreme: is usual or greater"),
        (lambda: ds.permutation_p(MOVES, "net_change", draws=0), "draws: is a whole number from 1 on, got 0"),
        (lambda: ds.permutation_p(MOVES, "net_change", seed=-3), "seed: is a whole number from 0 on, got -3"),
        (lambda: ds.permutation_p(MOVES, "net_change", bogus=1), "net_change has no parameter bogus"),
        (lambda: ds.permutation_p(MOVES, "net_change", values=VALUES), "net_change has no parameter values"),
        (lambda: ds.permutation_p(MOVES, "weighted_kappa", values=[1, 2]), "values: needs 3 values"),
        (lambda: ds.permutation_p([1, 2, 3], "net_change"), "transitions: needs two equal last dimensions"),
        (lambda: ds.permutation_p([1, 2, 3], "kendall_w"), "ranks: needs raters and objects"),
        (lambda: ds.permutation_p([[1, 2]] * 3, "kendall_w", by_chance="independent"), "by_chance: the permutation p of kendall_w"),
        (lambda: ds.permutation_p([[1, 2]] * 3, "kendall_w", values=[1, 2]), "values: the permutation p of kendall_w"),
        (lambda: ds.permutation_p([[1, 2]] * 3, "kendall_w", bogus=2), "bogus: the permutation p of kendall_w"),
    ],
)  # fmt: skip
def test_wrong_arguments_are_named(call: Any, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}"):
        call()
