"""Intervals of shares, of one alone and of all categories together, of a sample and of part of a finite population."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from delphi.statistics.arrays import Counts, Floats, as_counts, divided
from delphi.statistics.shares import Z_95, wilson_interval


class ShareInterval(NamedTuple):
    """A share with its interval; each of shape (...)."""

    share: Floats
    low: Floats
    high: Floats


def normal_deviate(confidence: float) -> float:
    """The quantile of the normal distribution that leaves (1 - confidence) / 2 above it.

    Raises
    ------
    ValueError
        If the confidence does not lie between 0 and 1.
    """
    checked_confidence(confidence)
    if confidence == 0.95:
        return Z_95
    from scipy.special import ndtri

    return float(ndtri((1 + confidence) / 2))


def checked_confidence(confidence: float) -> float:
    """A confidence between 0 and 1, both excluded."""
    if not 0 < confidence < 1:
        raise ValueError(f"confidence: has to lie between 0 and 1, got {confidence}")
    return confidence


def as_share(
    successes: ArrayLike, n: ArrayLike, names: tuple[str, str] = ("successes", "n")
) -> tuple[Counts, Counts]:
    """How many of how many, as whole numbers of one shape.

    Raises
    ------
    ValueError
        If one is no whole number from 0 on, or the first exceeds the second.
    """
    many, size = (
        as_counts(np.asarray(given)[..., None], name)[..., 0]
        for given, name in zip((successes, n), names, strict=True)
    )
    many, size = np.broadcast_arrays(many, size)
    if (many > size).any():
        raise ValueError(f"{names[0]}: have to lie between 0 and {names[1]}")
    return many, size


def wilson_ci(
    successes: ArrayLike, n: ArrayLike, confidence: float = 0.95, population: int | None = None
) -> ShareInterval:
    """Wilson's score interval of a share.

    Parameters
    ----------
    successes, n : array_like of int, shape (...)
    confidence : between 0 and 1
    population : how many there are, of whom the n are a sample; without it they are one of infinitely many
        n becomes n (N - 1) / (N - n); with the whole population asked the interval is the share itself.

    Returns
    -------
    ShareInterval
        Within [0, 1]; exactly 0 at no success and exactly 1 at n successes. NaN where n is 0.

    Raises
    ------
    ValueError
        If successes exceed n, n the population, or the confidence does not lie between 0 and 1.

    Notes
    -----
    Missing: non-answers are in neither number. Without `population` the panel counts as a sample of experts. Source:
    Wilson (1927); Brown, Cai and DasGupta (2001); effective sample size as in Korn and Graubard (1998).

    Examples
    --------
    >>> found = wilson_ci(42, 60)
    >>> round(float(found.low), 4), round(float(found.high), 4)
    (0.5749, 0.801)
    """
    many, size = as_share(successes, n)
    deviate = normal_deviate(confidence)
    if population is None:
        low, high = wilson_interval(many, size, deviate)
    else:
        people = _people(size, population)
        is_all = size == people
        growth = divided(people - 1, people - size)
        growth = np.where(is_all, 1.0, growth)
        low, high = wilson_interval(many * growth, size * growth, deviate)
        low, high = (np.where(is_all, divided(many, size), end) for end in (low, high))
    return ShareInterval(divided(many, size), low, high)


def clopper_pearson_ci(
    successes: ArrayLike, n: ArrayLike, confidence: float = 0.95, population: int | None = None
) -> ShareInterval:
    """The exact interval of a share: every share that neither tail of the binomial distribution rules out.

    Parameters
    ----------
    successes, n, confidence : as in `wilson_ci`
    population : how many there are, of whom the n are a sample
        The tails are then those of the hypergeometric distribution, and the ends shares of the population.

    Returns
    -------
    ShareInterval
        Within [0, 1]; 0 at no success and 1 at n (of a population: as many as are sure). NaN where n is 0.

    Raises
    ------
    ValueError
        As in `wilson_ci`.

    Notes
    -----
    It covers at least the stated confidence, mostly more. Source: Clopper and Pearson (1934); for a population Wright
    (1991), Exact Confidence Bounds when Sampling from Small Finite Universes.

    Examples
    --------
    >>> found = clopper_pearson_ci(42, 60)
    >>> round(float(found.low), 4), round(float(found.high), 4)
    (0.5679, 0.8115)
    """
    many, size = as_share(successes, n)
    tail = (1 - checked_confidence(confidence)) / 2
    if population is not None:
        return _exact_of_population(many, size, tail, _people(size, population))
    from scipy.special import betaincinv

    rest = size - many
    low = np.where(many == 0, 0.0, betaincinv(np.maximum(many, 1), rest + 1, tail))
    high = np.where(rest == 0, 1.0, betaincinv(many + 1, np.maximum(rest, 1), 1 - tail))
    return _of_somebody(many, size, low, high)


def jeffreys_ci(
    successes: ArrayLike, n: ArrayLike, confidence: float = 0.95, population: int | None = None
) -> ShareInterval:
    """The equal-tailed Bayesian interval of a share under Jeffreys' prior, Beta(1/2, 1/2).

    Parameters
    ----------
    successes, n, confidence : as in `wilson_ci`
    population : how many there are, of whom the n are a sample
        The posterior is then that of the share in the population: what was seen, and a beta-binomial rest.

    Returns
    -------
    ShareInterval
        Within [0, 1]; the ends are not moved to 0 and 1 at no success and n successes. NaN where n is 0.

    Raises
    ------
    ValueError
        As in `wilson_ci`.

    Notes
    -----
    Source: Brown, Cai and DasGupta (2001), who also give a form with moved ends, which this is not; statsmodels'
    `proportion_confint(method="jeffreys")`.

    Examples
    --------
    >>> found = jeffreys_ci(42, 60)
    >>> round(float(found.low), 4), round(float(found.high), 4)
    (0.5767, 0.8045)
    """
    many, size = as_share(successes, n)
    tail = (1 - checked_confidence(confidence)) / 2
    rest = size - many
    if population is None:
        from scipy.special import betaincinv

        low, high = (betaincinv(many + 0.5, rest + 0.5, p) for p in (tail, 1 - tail))
    else:
        from scipy.stats import betabinom

        people = _people(size, population)
        low, high = (
            (many + betabinom.ppf(p, people - size, many + 0.5, rest + 0.5)) / max(people, 1)
            for p in (tail, 1 - tail)
        )
    return _of_somebody(many, size, low, high)


def fpc(sampled: ArrayLike, population: ArrayLike) -> Floats:
    """Finite population correction: the factor by which a standard error shrinks when n of N were asked.

    sqrt((N - n) / (N - 1)).

    Parameters
    ----------
    sampled, population : array_like of int, shape (...)

    Returns
    -------
    ndarray of float, shape (...)
        In [0, 1]; 0 where everybody was asked. NaN where nobody was.

    Raises
    ------
    ValueError
        If more were sampled than there are.

    Notes
    -----
    A panel that is the whole of its population has no sampling error: then say so, and print no interval. Source:
    Cochran (1977), Sampling Techniques, section 2.6.

    Examples
    --------
    >>> float(fpc(36, 100)) == (64 / 99) ** 0.5
    True
    """
    some, people = as_share(sampled, population, ("sampled", "population"))
    shrunk = np.sqrt(np.where(some == people, 0.0, divided(people - some, np.maximum(people - 1, 1))))
    return np.where(some > 0, shrunk, np.nan)


def multinomial_ci(counts: ArrayLike, method: str = "goodman", confidence: float = 0.95) -> ShareInterval:
    """Intervals of the shares of all categories that hold together.

    Parameters
    ----------
    counts : array_like of int, shape (..., V)
    method : "goodman" or "sison_glaz"
    confidence : that all of them hold, between 0 and 1

    Returns
    -------
    ShareInterval
        Each of shape (..., V), within [0, 1]. NaN without an answer; by Sison and Glaz also where their box would have
        no width, as for a unanimous or tiny panel.

    Raises
    ------
    ValueError
        If the method is unknown, or the confidence does not lie between 0 and 1.

    Notes
    -----
    Goodman's wants every count at least 5; that of Sison and Glaz, narrower and of one width for all categories, wants
    seven categories or more besides. Missing: non-answers are not counted. Source: Goodman (1965), Technometrics 7,
    247-254; Sison and Glaz (1995), Journal of the American Statistical Association 90, 366-369.

    Examples
    --------
    >>> found = multinomial_ci([20, 30, 50])
    >>> found.low.round(4).tolist()
    [0.1217, 0.2036, 0.3836]
    """
    if method not in ("goodman", "sison_glaz"):
        raise ValueError(f"method: is goodman or sison_glaz, got {method!r}")
    given = as_counts(counts)
    n = given.sum(axis=-1, keepdims=True)
    checked_confidence(confidence)
    shares = divided(given, n)
    if method == "goodman":
        deviate = normal_deviate(1 - (1 - confidence) / given.shape[-1])
        low, high = wilson_interval(given, np.broadcast_to(n, given.shape), deviate)
        return ShareInterval(shares, low, high)
    low, high = _sison_glaz(given, confidence)
    return ShareInterval(np.where(np.isnan(low), np.nan, shares), low, high)


def _sison_glaz(given: Counts, confidence: float) -> tuple[Floats, Floats]:
    """Grow a box of half-width c round all counts until it holds the confidence, then interpolate once."""
    flat = given.reshape(-1, given.shape[-1])
    n = flat.sum(axis=-1)
    width, above = (np.full(len(flat), np.nan) for _ in range(2))
    open_rows = np.flatnonzero(n >= 2)
    before = np.zeros(len(open_rows))
    c = 0
    while len(open_rows):
        after = np.where(c + 1 < n[open_rows], _box_chance(flat[open_rows], c + 1), 1.0)
        is_found = (before <= confidence) & (confidence < after)
        if c > 0:
            found = open_rows[is_found]
            width[found] = c
            above[found] = c + 2 * (confidence - before[is_found]) / (after[is_found] - before[is_found])
        open_rows, before, c = open_rows[~is_found], after[~is_found], c + 1
    shares = divided(flat, n[:, None])
    low = np.clip(shares - divided(width, n)[:, None], 0, 1)
    high = np.clip(shares + divided(above, n)[:, None], 0, 1)
    return low.reshape(given.shape), high.reshape(given.shape)


def _box_chance(counts: Counts, c: int) -> Floats:
    """Chance that a multinomial of these shares lies within c of every count: truncated Poissons and Edgeworth's series."""
    from scipy.special import gammaln, pdtr

    n = counts.sum(axis=-1)
    rate = counts.astype(np.float64)
    most, least = np.minimum(counts + c, n[:, None]), np.maximum(counts - c, 0)

    def within(low: Counts, high: Counts) -> Floats:
        """Chance that a Poisson number lies from low to high."""
        upto = [np.where(end >= 0, pdtr(np.maximum(end, 0), rate), 0.0) for end in (high, low - 1)]
        return upto[0] - upto[1]

    inside = within(least, most)
    first, second, third, fourth = (
        rate**r * (1 - (within(most - r + 1, most) - within(least - r, least - 1)) / inside)
        for r in range(1, 5)
    )
    # Moments about the mean from factorial moments.
    mean = first.sum(axis=-1)
    two = second + first - first**2
    three = third + second * (3 - 3 * first) + first - 3 * first**2 + 2 * first**3
    four = (
        fourth
        + third * (6 - 4 * first)
        + second * (7 - 12 * first + 6 * first**2)
        + first
        - 4 * first**2
        + 6 * first**3
        - 3 * first**4
    )
    variance = two.sum(axis=-1)
    is_open = variance > 0
    spread = np.sqrt(np.where(is_open, variance, 1.0))
    skewness = three.sum(axis=-1) / spread**3
    excess = (four - 3 * two**2).sum(axis=-1) / spread**4
    x = (n - mean) / spread
    series = (
        1
        + skewness * (x**3 - 3 * x) / 6
        + excess * (x**4 - 6 * x**2 + 3) / 24
        + skewness**2 * (x**6 - 15 * x**4 + 45 * x**2 - 15) / 72
    )
    density = np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi) * series / spread
    sure = np.exp(n * np.log(n) - n - gammaln(n + 1))
    return np.where(is_open, inside.prod(axis=-1) * density / sure, 0.0)


def _people(size: Counts, population: int) -> int:
    people = int(as_counts([population], "population")[0])
    if (size > people).any():
        raise ValueError(f"population: has to be at least n, got {population}")
    return people


def _of_somebody(many: Counts, size: Counts, low: Floats, high: Floats) -> ShareInterval:
    """The interval where there is an answer, NaN elsewhere."""
    low, high = (np.where(size > 0, end, np.nan) for end in (low, high))
    return ShareInterval(divided(many, size), low, high)


def _exact_of_population(many: Counts, size: Counts, tail: float, people: int) -> ShareInterval:
    """Least and greatest number of successes in the population that neither hypergeometric tail rules out."""
    low = _least_possible(many, size, tail, people)
    high = people - _least_possible(size - many, size, tail, people)
    return _of_somebody(many, size, low / max(people, 1), high / max(people, 1))


def _least_possible(many: Counts, size: Counts, tail: float, people: int) -> Counts:
    """The least number of successes in the population under which as many as were seen are not too many."""
    from scipy.stats import hypergeom

    low, high = many.copy(), people - (size - many)
    while (low < high).any():
        middle = (low + high) // 2
        is_possible = hypergeom.sf(many - 1, people, middle, size) > tail
        low, high = np.where(is_possible, low, middle + 1), np.where(is_possible, middle, high)
    return low
