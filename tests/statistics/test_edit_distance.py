"""Levenshtein and Jaro-Winkler: definitions, Unicode, properties."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from delphi import statistics as ds

WORDS = st.text("abcé", max_size=9)


def by_recursion(one: str, other: str) -> int:
    """The definition of the distance, cell by cell."""
    table = [[max(i, j) if not min(i, j) else 0 for j in range(len(other) + 1)] for i in range(len(one) + 1)]
    for i in range(1, len(one) + 1):
        for j in range(1, len(other) + 1):
            table[i][j] = min(
                table[i - 1][j] + 1, table[i][j - 1] + 1, table[i - 1][j - 1] + (one[i - 1] != other[j - 1])
            )
    return table[-1][-1]


@settings(deadline=None, max_examples=200)
@given(WORDS, WORDS, WORDS)
def test_levenshtein_is_the_distance_of_the_definition(one: str, other: str, third: str) -> None:
    there = float(ds.levenshtein(one, other))
    assert there == by_recursion(one, other) == float(ds.levenshtein(other, one))
    assert there <= float(ds.levenshtein(one, third)) + float(ds.levenshtein(third, other))


@pytest.mark.parametrize(
    ("one", "other", "distance", "likeness"),
    [
        ("", "", 0, np.nan),
        ("", "abc", 3, 0.0),
        ("abc", "abc", 0, 1.0),
        ("abc", "xyz", 3, 0.0),
        (None, "abc", np.nan, np.nan),
        ("cafe\u0301", "caf\u00e9", 0, 1.0),  # an accent as a mark of its own
        ("Ab", "ab", 1, 2 / 3),  # capitals differ
        ("光は", "光が", 1, 2 / 3),
    ],
)
def test_texts_at_the_edge(one: str | None, other: str, distance: float, likeness: float) -> None:
    assert float(ds.levenshtein(one, other)) == pytest.approx(distance, nan_ok=True)
    assert float(ds.jaro_winkler(one, other)) == pytest.approx(likeness, nan_ok=True)


@settings(deadline=None, max_examples=200)
@given(WORDS, WORDS)
def test_jaro_winkler_is_symmetric_within_range_and_1_only_for_equal_texts(one: str, other: str) -> None:
    there = float(ds.jaro_winkler(one, other))
    if not one and not other:
        assert np.isnan(there)
        return
    assert there == pytest.approx(float(ds.jaro_winkler(other, one)))
    assert 0 <= there <= 1
    assert (there == 1) == (one == other)


def test_the_bonus_of_a_common_beginning() -> None:
    plain = float(ds.jaro_winkler("prefixed", "prefixes", prefix_weight=0.0))
    assert float(ds.jaro_winkler("prefixed", "prefixes")) == pytest.approx(plain + 4 * 0.1 * (1 - plain))
    low = float(ds.jaro_winkler("abcdefgh", "aqwxyzst", prefix_weight=0.0))
    assert low < 0.7
    assert float(ds.jaro_winkler("abcdefgh", "aqwxyzst")) == low
    assert float(ds.jaro_winkler("abcdefgh", "aqwxyzst", bonus_above=0.0)) == pytest.approx(
        low + 0.1 * (1 - low)
    )


def test_lists_are_compared_one_by_one_and_a_single_text_with_each() -> None:
    assert ds.levenshtein(["a", "b"], ["a", "c"]).tolist() == [0, 1]
    assert ds.levenshtein("a", [["a", "bc"], [None, "ab"]]).tolist()[0] == [0, 2]
    found = ds.computed("levenshtein", (["a", None], ["b", "b"]))
    assert found.reason.tolist() == [None, "no_valid_answers"]
    assert found.flags.tolist() == ["", ""]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: ds.levenshtein("a", [1]), "second: needs texts, got int"),
        (lambda: ds.jaro_winkler(1.5, "a"), "first: needs texts, got float"),
        (
            lambda: ds.jaro_winkler("a", "b", prefix_weight=0.3),
            "prefix_weight: lies between 0 and 0.25, got 0.3",
        ),
        (lambda: ds.jaro_winkler("a", "b", bonus_above=2), "bonus_above: lies between 0 and 1, got 2"),
    ],
)
def test_wrong_arguments_are_named(call: object, message: str) -> None:
    with pytest.raises(ValueError, match="^" + message):
        call()  # type: ignore[operator]
