"""What `computed` gives for kinds of input and result beyond histograms: groups, pairs of shares, points, texts, maps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import ArrayLike

from delphi.statistics import computing
from delphi.statistics.entries.entry import Statistic


@dataclass(frozen=True)
class Found:
    size: float
    parts: tuple[tuple[int, ...], ...]


def largest(counts: ArrayLike) -> np.ndarray:
    return np.asarray(counts).max(axis=-1)


def difference(inside: int, outside: int, n_inside: int, n_outside: int) -> float:
    return inside / n_inside - outside / n_outside


def spread(points: ArrayLike, groups: ArrayLike) -> float:
    return float(np.ptp(points))


def lengths(texts: list[str]) -> Found:
    return Found(len(texts), tuple(tuple(range(len(text or ""))) for text in texts))


def same(first: str, second: str) -> float:
    return float(first == second)


def computed(
    monkeypatch: pytest.MonkeyPatch, name: str, takes: str, gives: str, data: object
) -> computing.Computed:
    entry = Statistic(
        name, name, section="0", takes=takes, gives=gives, level="any", formula="-", sources=("-",),  # type: ignore[arg-type]
        place=f"{__name__}:{name}",
    )  # fmt: skip
    monkeypatch.setattr(computing, "statistic", {name: entry}.__getitem__)
    return computing.computed(name, data)


def test_n_of_a_value_per_group_is_that_of_the_group(monkeypatch: pytest.MonkeyPatch) -> None:
    found = computed(
        monkeypatch, "largest", "group_counts", "per object", [[[1, 2], [4, 4]], [[0, 1], [9, 0]]]
    )
    assert found.n.tolist() == [[3, 8], [1, 9]]
    assert found.flags.tolist() == [["n_below_minimum", ""], ["n_below_minimum", ""]]


def test_n_of_two_shares_is_both(monkeypatch: pytest.MonkeyPatch) -> None:
    assert computed(monkeypatch, "difference", "two_shares", "number", (1, 2, 4, 8)).n == 12


def test_n_of_points_is_who_is_in_a_group(monkeypatch: pytest.MonkeyPatch) -> None:
    assert computed(monkeypatch, "spread", "points", "number", ([[0], [1], [2]], [0, -1, 1])).n == 2


def test_the_fields_of_a_map_stay_as_they_are_and_blank_texts_do_not_count(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = computed(monkeypatch, "lengths", "texts", "map", ["ab", " ", None, "c"])
    assert (float(found.value), int(found.n)) == (4.0, 2)
    assert found.more == {"parts": ((0, 1), (0,), (), (0,))}


def test_two_texts_are_not_too_few(monkeypatch: pytest.MonkeyPatch) -> None:
    found = computed(monkeypatch, "same", "two_texts", "number", ("a", "a"))
    assert (float(found.value), int(found.n), found.flags[()]) == (1.0, 2, "")
