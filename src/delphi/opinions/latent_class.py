"""Kinds of persons behind categorical answers: latent class analysis by the EM algorithm."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
from numpy.typing import ArrayLike, NDArray

from delphi.opinions.one_thread import one_thread

Floats = NDArray[np.float64]
NUMBERS = (1, 2, 3, 4, 5)
BOUNDARY = 1e-3
STEPS, PRECISION = 10_000, 1e-11


@dataclass(frozen=True, eq=False)
class LatentClasses:
    """Classes of persons; the largest is first.

    Parameters
    ----------
    classes : the number of classes with the smallest BIC; NaN where nothing could be estimated
    shares : shape (K,), share of each class
    probabilities : shape (K, N, V), chance that a member gives an answer, in the order of `categories`; NaN where an item lacks one
    categories : shape (V,), the answers
    memberships : shape (M, K), chance that a person belongs to each class; NaN for a person without an answer
    tried : numbers of classes that were tried
    bic : BIC of each of them; NaN where it is not identified or did not converge
    log_likelihood : of each of them
    n_parameters : of each of them
    entropy : how clearly persons belong to one class, 1 clear, 0 not at all; NaN for one class
    n_boundary : estimated chances within .001 of 0 or 1, whose standard errors do not exist
    n_best : how many of the starts reached the likelihood of the best; 1 or 2 of many is a sign that there may be a better one
    n : persons with an answer
    """

    classes: float
    shares: Floats
    probabilities: Floats
    categories: Floats
    memberships: Floats
    tried: tuple[int, ...]
    bic: Floats
    log_likelihood: Floats
    n_parameters: NDArray[np.int64]
    entropy: float
    n_boundary: int
    n_best: int
    n: int


@dataclass(frozen=True, eq=False)
class _Fit:
    """The best of several starts with one number of classes."""

    shares: Floats
    chances: Floats
    log_likelihood: float
    n_best: int


def latent_class(
    answers: ArrayLike, numbers: Sequence[int] = NUMBERS, starts: int = 20, seed: int = 1,
    categories: ArrayLike | None = None, least_persons: int = 15,
) -> LatentClasses:  # fmt: skip
    """Latent classes of persons, as many as have the smallest BIC.

    Parameters
    ----------
    answers : array_like of float, shape (M, N)
        Category that each person chose on each item, NaN for no answer.
    numbers : numbers of classes to try
    starts : random starts for each, at least 20
    seed : of the starts
    categories : array_like of float, shape (V,), optional
        The declared answers of all items; without them those that somebody gave on an item are its categories.
    least_persons : with fewer persons with an answer nothing is estimated

    Returns
    -------
    LatentClasses
        `classes` is NaN with too few persons, without two different answers on an item, and where the answers are too few to identify two
        classes.

    Raises
    ------
    ValueError
        If the shape is another, an answer is not among the categories, or an option makes no sense.

    Notes
    -----
    Items are independent within a class; a person's items without an answer are left out of the likelihood (missing at random). BIC is
    -2 ln L + p ln n with p = K - 1 + K (sum over items of categories - 1); a number of classes with more parameters than different
    patterns of answers allow is not tried. Entropy is 1 - sum(-m ln m) / (n ln K) over the memberships m. Source: Lazarsfeld and Henry
    (1968), Latent Structure Analysis; Goodman (1974), Biometrika 61, 215-231; Schwarz (1978) for BIC.

    Examples
    --------
    >>> found = latent_class([[1, 1, 1, 1]] * 12 + [[2, 2, 2, 2]] * 8, numbers=[1, 2])
    >>> found.classes, found.shares.round(3).tolist(), round(found.entropy, 3)
    (2.0, [0.6, 0.4], 1.0)
    """
    given = np.asarray(answers, dtype=np.float64)
    if given.ndim != 2:
        raise ValueError(f"answers: need persons and items as dimensions, got shape {given.shape}")
    tried = tuple(sorted({int(one) for one in numbers}))
    if not tried or tried[0] < 1:
        raise ValueError(f"numbers: are numbers of classes from 1 on, got {list(numbers)}")
    if starts < 20:
        raise ValueError(f"starts: at least 20, since EM stops at the next hill, got {starts}")
    scale, per_item = _categories(given, categories)
    has_answer = ~np.isnan(given).all(axis=1)
    indicators, ends = _indicators(given[has_answer], per_item)
    widths = np.diff([0, *ends])
    n = int(has_answer.sum())
    parameters = np.array([k - 1 + k * int((widths - 1).sum()) for k in tried], dtype=np.int64)
    bic, likelihood = np.full(len(tried), np.nan), np.full(len(tried), np.nan)
    fits: dict[int, _Fit] = {}
    if n >= max(least_persons, 2) and _differ(given):
        patterns, many = np.unique(indicators, axis=0, return_counts=True)
        most = _most_parameters(widths)
        with one_thread("numpy"):
            for place, k in enumerate(tried):
                if parameters[place] <= most:
                    fit = _best_of(patterns, many, ends, k, starts, seed)
                    fits |= {place: fit} if fit else {}
        for place, fit in fits.items():
            likelihood[place] = fit.log_likelihood
            bic[place] = -2 * fit.log_likelihood + parameters[place] * np.log(n)
    memberships = np.full((len(given), 0), np.nan)
    # One class alone says nothing about classes: without a second number that could be compared there is no result.
    if not fits or (max(tried) > 1 and max(tried[place] for place in fits) == 1):
        nothing = np.zeros((0, given.shape[1], len(scale)))
        return LatentClasses(
            float("nan"), np.zeros(0), nothing, scale, memberships, tried, bic, likelihood, parameters,
            float("nan"), 0, 0, n,
        )  # fmt: skip
    best = int(np.nanargmin(bic))
    fit = fits[best]
    order = np.lexsort((fit.chances[0], -fit.shares.round(9)))
    shares, chances = fit.shares[order], fit.chances[:, order]
    memberships = np.full((len(given), len(shares)), np.nan)
    memberships[has_answer] = _memberships(indicators, shares, chances)[0]
    is_boundary = (chances < BOUNDARY) | (chances > 1 - BOUNDARY)
    return LatentClasses(
        float(tried[best]), shares, _per_item(chances, per_item, scale), scale, memberships, tried, bic,
        likelihood, parameters, _entropy(memberships[has_answer]), int(is_boundary.sum()), fit.n_best, n,
    )  # fmt: skip


def _categories(answers: Floats, declared: ArrayLike | None) -> tuple[Floats, list[Floats]]:
    """All categories, and those of each item."""
    occurring = [np.unique(item[~np.isnan(item)]) for item in answers.T]
    if declared is None:
        together = np.unique(answers[~np.isnan(answers)])
        return together, occurring
    scale = np.unique(np.asarray(declared, dtype=np.float64))
    strange = sum(int((~np.isin(item, scale)).sum()) for item in occurring)
    if strange:
        raise ValueError(f"answers: {strange} values are not among the categories")
    return scale, [scale] * answers.shape[1]


def _indicators(answers: Floats, per_item: list[Floats]) -> tuple[Floats, list[int]]:
    """One column per item and category, 1 where it was chosen, and where the columns of each item end."""
    columns = [(answers[:, [item]] == own[None, :]) for item, own in enumerate(per_item)]
    together = np.concatenate(columns, axis=1) if columns else np.zeros((len(answers), 0), dtype=bool)
    return together.astype(np.float64), list(accumulate(len(own) for own in per_item))


def _differ(answers: Floats) -> bool:
    """Whether on some item two answers differ."""
    return any(len(np.unique(item[~np.isnan(item)])) > 1 for item in answers.T)


def _most_parameters(widths: NDArray[np.int64]) -> float:
    """As many parameters as there are different patterns of answers, less one, can be identified."""
    return float(np.prod(widths[widths > 0].astype(np.float64))) - 1


def _best_of(
    patterns: Floats, many: NDArray[np.int64], ends: list[int], k: int, starts: int, seed: int
) -> _Fit | None:
    """All starts to their end at once; the best of those that got there, None if it did not.

    Parameters
    ----------
    patterns : shape (P, C), different rows of indicators; `many` persons have each
    """
    rng = np.random.default_rng([seed, k])
    starts = 1 if k == 1 else starts
    shares = np.full((starts, k), 1 / k)
    chances = _within_items(rng.gamma(1.0, size=(patterns.shape[1], starts, k)) + 1e-3, ends)
    likelihood = np.full(starts, -np.inf)
    moving = np.arange(starts)
    for _ in range(STEPS):
        member, of_patterns = _memberships(patterns, shares[moving], chances[:, moving])
        now = many @ of_patterns
        still = np.abs(now - likelihood[moving]) > PRECISION * np.abs(now)
        likelihood[moving] = now
        moving = moving[still]
        if not len(moving):
            break
        weighted = member[:, still] * many[:, None, None]
        shares[moving] = weighted.sum(axis=0) / many.sum()
        summed = patterns.T @ weighted.reshape(len(patterns), -1)
        chances[:, moving] = _within_items(summed.reshape(-1, len(moving), k), ends)
    best = int(np.argmax(likelihood))
    if best in moving:
        return None
    reached = likelihood[best] - likelihood <= 1e-5 * max(1.0, abs(likelihood[best]))
    return _Fit(shares[best], chances[:, best], float(likelihood[best]), int(reached.sum()))


def _within_items(weights: Floats, ends: list[int]) -> Floats:
    """Columns scaled so that the categories of each item sum to 1; an item that no member answered is uniform."""
    found = np.empty_like(weights)
    for start, end in zip([0, *ends[:-1]], ends, strict=True):
        part = weights[start:end]
        total = part.sum(axis=0)
        found[start:end] = np.where(total > 0, part / np.where(total > 0, total, 1), 1 / max(end - start, 1))
    return found


def _memberships(indicators: Floats, shares: Floats, chances: Floats) -> tuple[Floats, Floats]:
    """Chance of each class given the answers, and log-likelihood of the answers.

    `shares` (K,) with `chances` (C, K) gives (P, K) and (P,); several starts, (S, K) with (C, S, K), give (P, S, K) and (P, S).
    """
    logs = np.log(np.maximum(chances, 1e-300)).reshape(len(chances), -1)
    joint = (indicators @ logs).reshape(len(indicators), *shares.shape) + np.log(np.maximum(shares, 1e-300))
    largest = joint.max(axis=-1, keepdims=True)
    relative = np.exp(joint - largest)
    total = relative.sum(axis=-1, keepdims=True)
    return relative / total, (largest + np.log(total))[..., 0]


def _per_item(chances: Floats, per_item: list[Floats], scale: Floats) -> Floats:
    """Chances (C, K) as (K, N, V)."""
    found = np.full((chances.shape[1], len(per_item), len(scale)), np.nan)
    start = 0
    for item, own in enumerate(per_item):
        found[:, item, np.searchsorted(scale, own)] = chances[start : start + len(own)].T
        start += len(own)
    return found


def _entropy(memberships: Floats) -> float:
    persons, classes = memberships.shape
    if classes == 1:
        return float("nan")
    spread = -(memberships * np.log(np.maximum(memberships, 1e-300))).sum()
    return float(1 - spread / (persons * np.log(classes)))
