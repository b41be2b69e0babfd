"""Maps from the points of a rating scale to triangular fuzzy numbers, by name and with their authors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from delphi.statistics.arrays import Floats

Triangle = tuple[float, float, float]


@dataclass(frozen=True)
class FuzzyMap:
    """A triangle (lower, middle, upper) per point of the scale, from the lowest point on."""

    source: str
    triangles: tuple[Triangle, ...]


def _even(points: int) -> tuple[Triangle, ...]:
    """Triangles with evenly spaced tops from 0 to 1, each reaching to the tops beside it."""
    top = points - 1
    return tuple((max(i - 1, 0) / top, i / top, min(i + 1, top) / top) for i in range(points))


MAPS: dict[str, FuzzyMap] = {
    "habibi_5": FuzzyMap(
        "Habibi, Jahantigh and Sarafrazi (2015), Asian Journal of Research in Business Economics and Management 5(2), 130-143",
        _even(5),
    ),
    "alsalem_5": FuzzyMap(
        "Alsalem et al. (2022), Artificial Intelligence Review 55, 4979-5062, table 12",
        ((0.0, 0.0, 0.2), (0.0, 0.2, 0.4), (0.2, 0.4, 0.6), (0.4, 0.6, 0.8), (0.6, 0.8, 1.0)),
    ),
    "chen_7": FuzzyMap(
        "Chen (2000), Fuzzy Sets and Systems 114, 1-9, weights from very low to very high",
        (
            (0.0, 0.0, 0.1), (0.0, 0.1, 0.3), (0.1, 0.3, 0.5), (0.3, 0.5, 0.7), (0.5, 0.7, 0.9), (0.7, 0.9, 1.0),
            (0.9, 1.0, 1.0),
        ),
    ),
    "herrera_7": FuzzyMap("Herrera and Martinez (2000), IEEE Transactions on Fuzzy Systems 8, 746-752, seven terms", _even(7)),
    "herrera_9": FuzzyMap(
        "Herrera, Herrera-Viedma and Martinez (2000), Fuzzy Sets and Systems 114, 43-58, evenly spaced, nine terms", _even(9)
    ),
}  # fmt: skip
"""By name: the first author and the number of points. Maps of one length differ between authors: always say which."""


EVENLY_SPACED = {5: "habibi_5", 7: "herrera_7", 9: "herrera_9"}
"""The stored map of so many points whose triangles are evenly spaced from 0 to 1."""


def triangles_of(fuzzy_map: str | ArrayLike, categories: int) -> Floats:
    """The triangles of a stored map, or of one's own; shape (V, 3).

    Raises
    ------
    ValueError
        If there is no such map, it does not fit the categories, or its numbers are no triangles.
    """
    if isinstance(fuzzy_map, str):
        if fuzzy_map not in MAPS:
            raise ValueError(f"fuzzy_map: is {', '.join(MAPS)} or a triangle per category, got {fuzzy_map!r}")
        given = np.array(MAPS[fuzzy_map].triangles)
    else:
        given = np.asarray(fuzzy_map, dtype=np.float64)
    if given.shape != (categories, 3):
        raise ValueError(
            f"fuzzy_map: needs {categories} triangles, one per category, got shape {given.shape}"
        )
    if not np.isfinite(given).all() or (np.diff(given, axis=1) < 0).any():
        raise ValueError("fuzzy_map: needs numbers lower <= middle <= upper for each category")
    return given
