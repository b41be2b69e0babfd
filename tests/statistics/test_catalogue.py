"""What holds for every statistic of the catalogue: its entry is whole, it has a value from outside, and nothing is undefined without a reason."""

from __future__ import annotations

import inspect

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from delphi import statistics as ds
from delphi.statistics.entries.entry import ARRAYS, FLAGS, REASONS
from tests.published.reference import Example, Reference, examples, references

CATALOGUE = ds.catalogue()
EXAMPLES = examples()
HISTOGRAMS = ("counts", "two_counts", "group_counts", "units", "transitions")


def _ids(*takes: str) -> list[str]:
    return [name for name, entry in CATALOGUE.items() if entry.takes in takes]


@pytest.mark.parametrize("name", CATALOGUE)
def test_the_entry_is_whole(name: str) -> None:
    entry = CATALOGUE[name]
    assert entry.sources
    assert entry.formula
    assert entry.name
    assert entry.takes in ARRAYS
    assert set(entry.reasons) <= REASONS
    assert set(entry.flags) <= FLAGS
    takes = inspect.signature(entry.function).parameters
    for one in entry.parameters:
        assert one.name in takes, f"{name} has no parameter {one.name}"
        if not one.is_required:
            assert takes[one.name].default == one.default, f"the default of {one.name} differs"
        assert one.meaning
    told = inspect.getdoc(entry.function) or ""
    assert ">>>" in told, "the docstring has no worked number"
    assert "ource" in told or "References" in told, "the docstring names no source"


@pytest.mark.parametrize("name", CATALOGUE)
def test_the_statistic_has_a_value_from_outside(name: str) -> None:
    assert name in {one.statistic_id for one in references()}


@pytest.mark.parametrize("one", tuple(references()), ids=lambda one: f"{one.statistic_id}-{one.source[:30]}")
def test_the_value_from_outside_comes_out(one: Reference) -> None:
    assert one.statistic_id in CATALOGUE
    assert one.difference() <= one.tolerance, (one.expected, one.got())


def _array(takes: str, categories: int, rng: np.random.Generator, cases: int, most: int) -> object:
    """Random histograms of the kind a statistic takes; small numbers, so that every degenerate case occurs."""

    def counts(*shape: int) -> NDArray[np.int64]:
        found = rng.integers(0, most + 1, shape)
        return np.where(rng.random(shape) < 0.5, 0, found)

    if takes == "counts":
        return counts(cases, categories)
    if takes == "two_counts":
        return counts(cases, categories), counts(cases, categories)
    if takes in ("group_counts", "units"):
        return counts(cases, 3, categories)
    return counts(cases, categories + 1, categories + 1)


@pytest.mark.parametrize("name", _ids(*HISTOGRAMS))
@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), most=st.sampled_from([0, 1, 1, 2, 3, 12]))
def test_what_is_undefined_has_a_reason_and_the_rest_is_in_range(name: str, seed: int, most: int) -> None:
    entry, example = CATALOGUE[name], EXAMPLES.get(name, Example({}))
    data = _array(entry.takes, example.categories, np.random.default_rng(seed), 6, most)
    found = ds.computed(name, data, **example.options)
    is_defined = np.isfinite(found.value)
    if found.label is not None:
        is_defined = np.array([one is not None for one in found.label.ravel()]).reshape(found.label.shape)
    assert set(found.reason[~is_defined].tolist()) <= set(entry.reasons)
    assert all(reason is None for reason in found.reason[is_defined])
    known = found.value[is_defined] if found.label is None else np.zeros(0)
    assert entry.low is None or (known >= entry.low - 1e-9).all(), known.min(initial=0)
    assert entry.high is None or (known <= entry.high + 1e-9).all(), known.max(initial=0)


@pytest.mark.parametrize("name", _ids(*HISTOGRAMS))
def test_a_stack_of_cases_gives_what_each_case_gives(name: str) -> None:
    entry, example = CATALOGUE[name], EXAMPLES.get(name, Example({}))
    data = _array(entry.takes, example.categories, np.random.default_rng(5), 12, 6)
    whole = ds.computed(name, data, **example.options)
    for place in range(12):
        one = tuple(part[place] for part in data) if isinstance(data, tuple) else data[place]  # type: ignore[index]
        alone = ds.computed(name, one, **example.options)
        np.testing.assert_allclose(alone.value, whole.value[place], rtol=1e-12, atol=1e-12)
        if whole.label is not None and alone.label is not None:
            np.testing.assert_array_equal(alone.label, whole.label[place])
        np.testing.assert_array_equal(alone.reason, whole.reason[place])


@pytest.mark.parametrize("name", _ids(*HISTOGRAMS))
def test_counts_that_make_no_sense_are_refused_by_name(name: str) -> None:
    entry, example = CATALOGUE[name], EXAMPLES.get(name, Example({}))
    data = _array(entry.takes, example.categories, np.random.default_rng(5), 2, 6)
    for wrong in (-1, 0.5):
        if isinstance(data, tuple):
            spoilt: object = (np.where(np.ones(data[0].shape, bool), wrong, data[0]), data[1])
        else:
            spoilt = np.where(np.ones(data.shape, bool), wrong, data)  # type: ignore[attr-defined]
        with pytest.raises(ValueError, match=r"^\w+: .*(whole numbers|from 0)"):
            ds.computed(name, spoilt, **example.options)
    with pytest.raises(ValueError, match="has no parameter bogus"):
        ds.computed(name, data, **example.options, bogus=1)


def test_an_unknown_statistic_is_refused_with_its_neighbours() -> None:
    with pytest.raises(ValueError, match="did you mean van_der_eijk_agreement"):
        ds.computed("van_der_eik_agreement", [1, 2, 3])
