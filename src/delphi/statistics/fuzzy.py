"""Fuzzy Delphi: ratings as triangular fuzzy numbers, pooled and compared with the pool."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from delphi.statistics.arrays import Counts, Floats, as_counts, divided
from delphi.statistics.fuzzy_maps import triangles_of

TOLERANCE = 1e-12
"""A distance that is the limit in exact numbers passes although floats put it a little above."""
WEIGHTS = {"centroid": (1, 1, 1), "signed_distance": (1, 2, 1), "graded_mean": (1, 4, 1)}
"""Ways of making one number of a triangle: weights of lower, middle and upper."""


class FuzzyDelphi(NamedTuple):
    """The group's triangle, its distance to the experts, and what follows; each of shape (...)."""

    distance: Floats
    consensus_share: Floats
    lower: Floats
    middle: Floats
    upper: Floats
    defuzzified: Floats
    accepted: Floats


class GroupTriangle(NamedTuple):
    """A triangle from the lowest to the highest of the experts' own, and one number for it; each of shape (...)."""

    defuzzified: Floats
    lower: Floats
    middle: Floats
    upper: Floats


class MaxMin(NamedTuple):
    """Where the pessimistic and the optimistic triangle meet, and the two."""

    consensus: float
    grey_zone: float
    between: float
    pessimistic: Floats
    optimistic: Floats


def fuzzy_delphi(
    counts: ArrayLike,
    fuzzy_map: str | ArrayLike,
    distance_limit: float = 0.2,
    share_limit: float = 0.75,
    alpha_cut: float = 0.5,
    defuzzify: str = "centroid",
) -> FuzzyDelphi:
    """Distance of the experts' triangles to the group's, the share of experts near it, and the group's rating.

    The group's triangle is the mean of lower, middle and upper; an expert's distance is the root of the mean squared
    difference of the three, the item's the mean over experts.

    Parameters
    ----------
    counts : array_like of int, shape (..., V)
    fuzzy_map : name of a stored map, or array_like of float, shape (V, 3)
        A triangle (lower, middle, upper) per category; `delphi.statistics.fuzzy_maps.MAPS` has the stored ones with
        their authors.
    distance_limit, share_limit, alpha_cut : what an accepted item has to hold
        Distance of the item at most the first, share of experts within the first at least the second, defuzzified
        rating at least the third.
    defuzzify : "centroid" (l + m + u) / 3, "signed_distance" (l + 2m + u) / 4 or "graded_mean" (l + 4m + u) / 6

    Returns
    -------
    FuzzyDelphi
        `distance` and `consensus_share` (a fraction), NaN below two answers; `lower`, `middle`, `upper` and
        `defuzzified` in the unit of the map, NaN without an answer; `accepted` 1 or 0, NaN below two.

    Raises
    ------
    ValueError
        If the map does not fit, or another argument makes no sense.

    Notes
    -----
    Missing: non-answers are not counted. Distances and ratings at their limit pass, with a tolerance of 1e-12; the share
    is compared as a count. With common maps of five points a panel split between two neighbouring categories passes
    0.2: print the ordinary percent agreement beside it. Source: Chen (2000) for the distance; Cheng and Lin (2002) for
    0.2; Chu and Hwang (2008) for 75 %; Tang and Wu (2010) for the cut.

    Examples
    --------
    >>> found = fuzzy_delphi([0, 0, 0, 5, 5], "habibi_5")
    >>> round(float(found.distance), 4), round(float(found.defuzzified), 4), float(found.accepted)
    (0.1021, 0.8333, 1.0)
    """
    given = as_counts(counts)
    triangles = triangles_of(fuzzy_map, given.shape[-1])
    weights = _weights(defuzzify)
    for name, limit in (("distance_limit", distance_limit), ("alpha_cut", alpha_cut)):
        if not np.isfinite(limit):
            raise ValueError(f"{name}: is a number, got {limit}")
    if not 0 <= share_limit <= 1:
        raise ValueError(f"share_limit: has to lie between 0 and 1, got {share_limit}")
    n = given.sum(axis=-1)
    group = _between(divided(given @ triangles, n[..., None]), given, triangles)
    apart = np.sqrt(np.mean((group[..., None, :] - triangles) ** 2, axis=-1))
    apart = np.where(given > 0, apart, 0.0)
    near: Counts = np.where(apart <= distance_limit + TOLERANCE, given, 0).sum(axis=-1)
    is_defined = n >= 2
    distance = np.where(is_defined, divided((given * apart).sum(axis=-1), n), np.nan)
    rating = group @ weights
    least = Fraction(share_limit).limit_denominator(1_000_000)
    accepted = (
        (distance <= distance_limit + TOLERANCE)
        & (near * least.denominator >= n * least.numerator)
        & (rating >= alpha_cut - TOLERANCE)
    )
    return FuzzyDelphi(
        distance,
        np.where(is_defined, divided(near, n), np.nan),
        group[..., 0],
        group[..., 1],
        group[..., 2],
        rating,
        np.where(is_defined, accepted, np.nan),
    )


def fuzzy_delphi_geometric(
    counts: ArrayLike, fuzzy_map: str | ArrayLike, defuzzify: str = "centroid"
) -> GroupTriangle:
    """The group's triangle from the lowest lower end, the geometric mean of the middles and the highest upper end.

    Parameters
    ----------
    counts, fuzzy_map, defuzzify : as in `fuzzy_delphi`

    Returns
    -------
    GroupTriangle
        In the unit of the map. NaN without an answer, and where somebody's middle is not above 0, of which there is no
        geometric mean.

    Raises
    ------
    ValueError
        If the map does not fit, or `defuzzify` is unknown.

    Notes
    -----
    One expert sets each end. Another method than `fuzzy_delphi`: never mix the two. Source: Hsu and Chen (1996), Fuzzy
    Sets and Systems 79, 279-285, and the applications that follow them.

    Examples
    --------
    >>> found = fuzzy_delphi_geometric([0, 0, 2, 0, 2], "habibi_5")
    >>> float(found.lower), round(float(found.middle), 4), float(found.upper)
    (0.25, 0.7071, 1.0)
    """
    given = as_counts(counts)
    triangles = triangles_of(fuzzy_map, given.shape[-1])
    weights = _weights(defuzzify)
    n = given.sum(axis=-1)
    is_defined = (n > 0) & ~has_middle_of_zero(given, triangles)
    logs = np.log(np.where(triangles[:, 1] > 0, triangles[:, 1], 1.0))
    middle = np.exp(divided(given @ logs, n))
    chosen = np.where((given > 0)[..., None], triangles, np.nan)
    lowest = np.where(np.isnan(chosen), np.inf, chosen).min(axis=-2)
    highest = np.where(np.isnan(chosen), -np.inf, chosen).max(axis=-2)
    whole = np.stack([lowest[..., 0], np.clip(middle, lowest[..., 1], highest[..., 1]), highest[..., 2]], -1)
    whole = np.where(is_defined[..., None], whole, np.nan)
    return GroupTriangle(whole @ weights, whole[..., 0], whole[..., 1], whole[..., 2])


def has_middle_of_zero(given: Counts, triangles: Floats) -> NDArray[np.bool_]:
    """Whether somebody chose a category whose triangle has its middle at 0 or below."""
    return np.asarray(((given > 0) & (triangles[:, 1] <= 0)).any(axis=-1))


def fuzzy_delphi_maxmin(estimates: ArrayLike, deviations: float = 2.0) -> MaxMin:
    """Consensus of pessimistic and optimistic values: where their two triangles meet.

    Variant: two triangles and the grey zone. Each triangle is (least, geometric mean, greatest) of the pessimistic (P)
    or optimistic (O) values, those beyond `deviations` standard deviations of their mean left out once. Without overlap
    (P upper <= O lower) the consensus is the mean of the two middles. With one, it is where the falling side of P crosses
    the rising side of O, provided that the overlap is shorter than the way from one middle to the other; otherwise the
    experts have not converged.

    Parameters
    ----------
    estimates : array_like of float, shape (M, 2), or (M, 3) or (M, 4)
        Per expert the pessimistic and the optimistic value: of two columns both, of more the first and the third.
    deviations : standard deviations (with n - 1) beyond which a value is left out

    Returns
    -------
    MaxMin
        `consensus`, NaN below two experts, with a value not above 0, and without convergence; `grey_zone`, the length
        of the overlap, negative without one; `between`, the way from middle to middle; the two triangles, shape (3,).

    Raises
    ------
    ValueError
        If the shape does not fit, or a pessimistic value exceeds its optimistic one.

    Notes
    -----
    Missing: an expert who lacks one of the two is left out. Variants abound: name this one. Source: Ishikawa et al.
    (1993), Fuzzy Sets and Systems 55, 241-253, with the grey-zone test of the later double-triangle form.

    Examples
    --------
    >>> found = fuzzy_delphi_maxmin([[3, 7], [4, 8], [5, 9], [4, 6]])
    >>> round(found.consensus, 4), found.grey_zone
    (5.6758, -1.0)
    """
    low, high = _ends(estimates)
    if not (np.isfinite(deviations) and deviations > 0):
        raise ValueError(f"deviations: is a number above 0, got {deviations}")
    if len(low) < 2 or (low <= 0).any() or (high <= 0).any():
        nothing = np.full(3, np.nan)
        return MaxMin(float("nan"), float("nan"), float("nan"), nothing, nothing.copy())
    pessimistic, optimistic = (_triangle(one, deviations) for one in (low, high))
    grey_zone = float(pessimistic[2] - optimistic[0])
    between = float(optimistic[1] - pessimistic[1])
    if grey_zone <= 0:
        consensus = float(pessimistic[1] + optimistic[1]) / 2
    elif grey_zone < between:
        falls, rises = pessimistic[2] - pessimistic[1], optimistic[1] - optimistic[0]
        consensus = float((pessimistic[2] * optimistic[1] - optimistic[0] * pessimistic[1]) / (falls + rises))
    else:
        consensus = float("nan")
    return MaxMin(consensus, grey_zone, between, pessimistic, optimistic)


def _ends(estimates: ArrayLike) -> tuple[Floats, Floats]:
    """Pessimistic and optimistic value of each expert who gave both."""
    given = np.asarray(estimates, dtype=np.float64)
    if given.ndim != 2 or given.shape[1] not in (2, 3, 4):
        raise ValueError(f"estimates: needs experts and 2 to 4 values as dimensions, got shape {given.shape}")
    both = given[:, [0, 1 if given.shape[1] == 2 else 2]]
    both = both[np.isfinite(both).all(axis=1)]
    if (both[:, 0] > both[:, 1]).any():
        raise ValueError("estimates: the pessimistic value may not exceed the optimistic one")
    return both[:, 0], both[:, 1]


def _triangle(values: Floats, deviations: float) -> Floats:
    """Least, geometric mean and greatest of the values that are not far from their mean."""
    far = deviations * values.std(ddof=1) * (1 + TOLERANCE)
    kept = values[np.abs(values - values.mean()) <= far] if values.min() < values.max() else values
    middle = np.clip(np.exp(np.log(kept).mean()), kept.min(), kept.max())
    return np.array([kept.min(), middle, kept.max()])


def _weights(defuzzify: str) -> Floats:
    if defuzzify not in WEIGHTS:
        raise ValueError(f"defuzzify: is {' or '.join(WEIGHTS)}, got {defuzzify!r}")
    weights = np.array(WEIGHTS[defuzzify], dtype=np.float64)
    return weights / weights.sum()


def _between(group: Floats, given: Counts, triangles: Floats) -> Floats:
    """The group's triangle held between the least and the greatest chosen: rounding must not carry equal answers apart."""
    chosen = (given > 0)[..., None]
    low = np.where(chosen, triangles, np.inf).min(axis=-2)
    high = np.where(chosen, triangles, -np.inf).max(axis=-2)
    return np.where(np.isnan(group), np.nan, np.clip(group, low, high))
