"""What holds for every statistic of rankings, comparisons, numbers, estimates and allocations, whatever the answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from delphi import statistics as ds

NAN = np.nan
RIDGE = {"penalty": "ridge", "strength": 0.5}
PSEUDO = {"penalty": "pseudo_wins", "strength": 0.5}
OPTIONS: dict[str, list[dict[str, Any]]] = {
    "mean_rank": [{}, {"ties": "shared"}],
    "top_k_share": [{"k": 1}, {"k": 1, "denominator": "ranked", "ties": "shared"}],
    "borda": [{}, {"partial": "optimistic", "ties": "shared"}, {"partial": "pessimistic"}],
    "pairwise_matrix": [{}, {"unranked": "below", "ties": "shared"}],
    "bradley_terry": [{"reference": None}, {"reference": None, **RIDGE}, {"reference": None, **PSEUDO}],
    "plackett_luce": [
        {"reference": None, "ties": "left_out"},
        {"reference": None, "ties": "left_out", "unranked": "below"},
        {"reference": None, "ties": "left_out", **RIDGE},
        {"reference": None, "ties": "left_out", "unranked": "below", **PSEUDO},
    ],
    "schmidt_ranking_delphi": [{}, {"ties": "shared", "max_rounds": 2}],
    "rank_stability": [{}, {"ties": "shared"}],
    "quantile": [{"p": 0.25, "quantile_type": kind} for kind in (1, 2, 6, 7)],
    "trimmed_mean": [{"trim": 0.25}, {"trim": 0.3, "fractions": "weighted"}],
    "probability_pool": [
        {}, *({"method": method} for method in ("geometric", "log_odds", "probit")), {"method": "probit", "epsilon": 0.01},
    ],
    "idea_standardised_interval": [{}, {"standard": 90.0, "low": 0.0, "high": 8.0}],
    "quantile_average": [{}],
    "linear_pool_cdf": [
        {"x": (0.0, 3.0)}, {"x": (0.0, 3.0), "family": "lognormal"},
        *({"x": (0.0, 3.0), "low": 0.0, "high": 9.0, "family": family} for family in ("beta", "piecewise")),
    ],
    "quartiles_to_beta": [{"low": 0.0, "high": 9.0}],
    "allocation_mean": [{"total": 4}, {"total": 4, "method": "aitchison"}, {"total": 4, "method": "aitchison", "zero_share": 0.1, "blank_is_zero": True}],
}  # fmt: skip
"""Options under which each is tried; the others without any."""
RESPONDENTS = {
    "ranks": 0, "two_ranks": 0, "ranked_rounds": 1, "numbers": -1, "estimates": 0, "quantiles": -2, "allocations": 0,
    "intervals": -1, "forecasts": -1,
}  # fmt: skip
"""The dimension of the respondents."""
OBJECTS = {
    "ranks": (-1,), "two_ranks": (-1,), "ranked_rounds": (-1,), "wins": (-1, -2), "choices": (-2,), "comparisons": (-1, -2),
    "allocations": (-1,),
}  # fmt: skip
"""The dimensions of the objects."""
STACKED = ("numbers", "quantiles", "intervals", "forecasts", "wins", "choices", "comparisons")
TAKES = (*RESPONDENTS, "wins", "choices", "comparisons")
DOUBLING_CHANGES = (
    "quantile",
    "trimmed_mean",
    "gsd",
    "schmidt_ranking_delphi",
    "interval_overlap",
    "borda",
    "pairwise_matrix",
)
CALLS = [
    pytest.param(name, options, id=f"{name}-{place}")
    for name, entry in ds.catalogue().items()
    if entry.section in ("5", "6") and entry.takes in TAKES
    for place, options in enumerate(OPTIONS.get(name, [{}]))
]


def calls(*takes: str) -> list[Any]:
    """Those whose arrays are of these kinds."""
    return [one for one in CALLS if ds.statistic(str(one.values[0])).takes in takes]


def calls_over_persons() -> list[Any]:
    """Those that sum up respondents; a fitted distribution is one person's."""
    return [one for one in calls(*RESPONDENTS) if not str(one.values[0]).startswith("quartiles_to")]


def calls_of_means() -> list[Any]:
    """Those that weigh all respondents alike; a penalty weighs less where there are more answers."""
    every = calls_over_persons()
    return [
        one for one in every if one.values[0] not in DOUBLING_CHANGES and not one.values[1].get("penalty")
    ]


def rankings(rng: np.random.Generator, persons: int, objects: int) -> np.ndarray:
    """Complete, partial, tied and impossible rankings, and persons who did not answer."""
    rows = np.full((persons, objects), NAN)
    for row in rows:
        kind = rng.choice(["complete", "complete", "partial", "tied", "none", "wrong"])
        if kind in ("complete", "partial"):
            many = objects if kind == "complete" else rng.integers(1, objects + 1)
            row[rng.permutation(objects)[:many]] = np.arange(1, many + 1)
        elif kind == "tied":
            row[:] = rng.integers(1, objects + 1, objects)
        elif kind == "wrong":
            row[:] = rng.choice([0, 1, 2.5, 99, NAN], objects)
    return rows


def reciprocal(rng: np.random.Generator, objects: int) -> np.ndarray:
    upper = np.triu(rng.choice([1 / 9, 1 / 3, 1, 2, 5, 9], (objects, objects)), 1)
    return upper + np.eye(objects) + np.divide(1, upper.T, out=np.zeros_like(upper), where=upper.T > 0)


def with_gaps(rng: np.random.Generator, values: np.ndarray) -> np.ndarray:
    return np.where(rng.random(values.shape) < rng.choice([0, 0.3, 0.9]), NAN, values)


def arrays(name: str, rng: np.random.Generator, cases: int = 6) -> tuple[np.ndarray, ...]:
    """Random answers of the kind the statistic takes, few and coarse, so that every degenerate case occurs."""
    takes = ds.statistic(name).takes
    persons, objects = int(rng.integers(1, 7)), int(rng.integers(1, 5))
    if takes == "ranks":
        return (rankings(rng, persons, objects),)
    if takes == "two_ranks":
        return rankings(rng, persons, objects), rankings(rng, persons, objects)
    if takes == "ranked_rounds":
        return (np.array([rankings(rng, persons, objects) for _ in range(int(rng.integers(1, 4)))]),)
    if takes == "wins":
        wins = rng.integers(0, 3, (cases, objects, objects)) * (1 - np.eye(objects))
        return (wins * (rng.random((cases, 1, 1)) < 0.8),)
    if takes == "choices":
        best, worst = rng.integers(0, 3, (2, cases, objects))
        return (np.stack([best, worst, best + worst + rng.integers(0, 2, (cases, objects))], axis=-1),)
    if takes == "comparisons":
        return (np.array([with_gaps(rng, reciprocal(rng, objects)) for _ in range(cases)]),)
    if takes == "numbers":
        values = (0, 0.2, 0.5, 0.5, 1) if name == "probability_pool" else (-1, 0, 1, 2, 2, 2, 5)
        few = rng.choice(values, int(rng.integers(1, len(values))))
        return (with_gaps(rng, rng.choice(few, (cases, persons))),)
    if takes == "estimates":
        points = np.sort(rng.integers(0, 9, (persons, 3)), axis=1).astype(float)
        points[rng.random(persons) < 0.2] = [3, 2, 1]
        return (with_gaps(rng, np.column_stack([points, rng.choice([40, 50, 80, 100], persons)])),)
    if takes == "quantiles":
        points = np.sort(rng.integers(-1, 9, (cases, persons, 3)), axis=-1).astype(float)
        points[rng.random((cases, persons)) < 0.2] = [3, 2, 1]
        return (with_gaps(rng, points),)
    if takes == "allocations":
        return (
            with_gaps(
                rng,
                rng.multinomial(4, np.full(objects, 1 / objects), persons) + (rng.random((persons, 1)) < 0.2),
            ),
        )
    if takes == "intervals":
        return tuple(with_gaps(rng, rng.integers(0, 6, (cases, persons)).astype(float)) for _ in range(3))
    return with_gaps(rng, rng.random((cases, persons))), with_gaps(rng, rng.integers(0, 2, (cases, persons)) * 1.0)  # fmt: skip


def computed(name: str, data: tuple[np.ndarray, ...], options: dict[str, Any]) -> Any:
    for part in data:
        part.flags.writeable = False
    return ds.computed(name, data if len(data) > 1 else data[0], **options)


def changed(
    data: tuple[np.ndarray, ...], change: Callable[[np.ndarray], np.ndarray]
) -> tuple[np.ndarray, ...]:
    return tuple(change(part) for part in data)


def assert_alike(one: Any, other: Any) -> None:
    np.testing.assert_allclose(one.value, other.value, rtol=1e-7, atol=1e-7)
    np.testing.assert_array_equal(one.n, other.n)
    np.testing.assert_array_equal(one.reason, other.reason)
    if one.label is not None:
        np.testing.assert_array_equal(one.label, other.label)


SEEDS = given(seed=st.integers(0, 2**32 - 1))
FEW = settings(max_examples=25, deadline=None)


@pytest.mark.parametrize(("name", "options"), CALLS)
@FEW
@SEEDS
def test_what_is_undefined_has_a_reason_and_the_rest_is_in_range(
    name: str, options: dict[str, Any], seed: int
) -> None:
    entry = ds.statistic(name)
    found = computed(name, arrays(name, np.random.default_rng(seed)), options)
    is_defined = np.isfinite(found.value)
    if found.label is not None:
        is_defined = np.array([one is not None for one in found.label.ravel()]).reshape(found.label.shape)
    assert set(found.reason[~is_defined].tolist()) <= set(entry.reasons)
    assert all(reason is None for reason in found.reason[is_defined])
    assert (found.n[is_defined] >= 1).all() or name == "ahp_weights", "a value that rests on nobody"
    known = found.value[is_defined] if found.label is None else np.zeros(0)
    assert entry.low is None or (known >= entry.low - 1e-9).all(), known.min(initial=0)
    assert entry.high is None or (known <= entry.high + 1e-9).all(), known.max(initial=0)


@pytest.mark.parametrize(("name", "options"), calls_over_persons())
@FEW
@SEEDS
def test_the_order_of_respondents_does_not_matter(name: str, options: dict[str, Any], seed: int) -> None:
    rng = np.random.default_rng(seed)
    data, axis = arrays(name, rng), RESPONDENTS[ds.statistic(name).takes]
    order = rng.permutation(data[0].shape[axis])
    shuffled = changed(data, lambda part: np.take(part, order, axis=axis))
    assert_alike(computed(name, data, options), computed(name, shuffled, options))


@pytest.mark.parametrize(("name", "options"), calls(*OBJECTS))
@FEW
@SEEDS
def test_the_order_of_objects_only_orders_the_results(name: str, options: dict[str, Any], seed: int) -> None:
    rng = np.random.default_rng(seed)
    entry = ds.statistic(name)
    data, axes = arrays(name, rng), OBJECTS[entry.takes]
    order = rng.permutation(data[0].shape[axes[0]])

    def ordered(part: np.ndarray, along: tuple[int, ...]) -> np.ndarray:
        for axis in along:
            part = np.take(part, order, axis=axis)
        return part

    one = computed(name, data, options)
    other = computed(name, changed(data, lambda part: ordered(part, axes)), options)
    along = {"per object": (-1,), "matrix": (-1, -2)}.get(entry.gives, ())
    np.testing.assert_allclose(ordered(one.value, along), other.value, rtol=1e-7, atol=1e-7)
    np.testing.assert_array_equal(ordered(one.reason, along), other.reason)
    if one.label is not None:
        np.testing.assert_array_equal(one.label, other.label)


@pytest.mark.parametrize(("name", "options"), calls(*STACKED))
@FEW
@SEEDS
def test_a_stack_of_cases_gives_what_each_case_gives(name: str, options: dict[str, Any], seed: int) -> None:
    data = arrays(name, np.random.default_rng(seed))
    whole = computed(name, data, options)
    for place in range(6):
        alone = computed(name, changed(data, lambda part, here=place: part[here].copy()), options)
        np.testing.assert_allclose(alone.value, whole.value[place], rtol=1e-7, atol=1e-7)
        np.testing.assert_array_equal(alone.n, whole.n[place])
        np.testing.assert_array_equal(alone.reason, whole.reason[place])
        np.testing.assert_array_equal(alone.flags, whole.flags[place])


@pytest.mark.parametrize(("name", "options"), calls_of_means())
@FEW
@SEEDS
def test_everybody_twice_changes_no_mean(name: str, options: dict[str, Any], seed: int) -> None:
    data, axis = arrays(name, np.random.default_rng(seed)), RESPONDENTS[ds.statistic(name).takes]
    one, twice = (
        computed(name, changed(data, lambda part, k=k: np.concatenate([part] * k, axis=axis)), options)
        for k in (1, 2)
    )
    np.testing.assert_allclose(one.value, twice.value, rtol=1e-7, atol=1e-7)
    np.testing.assert_array_equal(2 * one.n, twice.n)


@pytest.mark.parametrize("name", sorted({str(one.values[0]) for one in CALLS}))
def test_the_function_is_found_under_its_name(name: str) -> None:
    """A module of the same name would take its place as soon as it is imported."""
    assert ds.statistic(name).function
    assert callable(getattr(ds, name))


@pytest.mark.parametrize(("name", "options"), CALLS)
def test_unknown_options_are_refused_by_name(name: str, options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="has no parameter bogus"):
        computed(name, arrays(name, np.random.default_rng(1)), {**options, "bogus": 1})


@pytest.mark.parametrize(
    ("name", "options"), calls("ranks", "two_ranks", "ranked_rounds", "estimates", "allocations")
)
def test_invalid_answers_are_refused_on_request(name: str, options: dict[str, Any]) -> None:
    wrong = {"estimates": [[3.0, 2.0, 1.0, 80.0]], "allocations": [[1.0, 2.0]]}.get(
        ds.statistic(name).takes, [[1.0, 7.0]]
    )
    data = {"two_ranks": (np.array(wrong), np.array(wrong)), "ranked_rounds": (np.array([wrong]),)}
    with pytest.raises(ValueError, match="1 of 1"):
        computed(
            name, data.get(ds.statistic(name).takes, (np.array(wrong),)), {**options, "invalid": "refused"}
        )
