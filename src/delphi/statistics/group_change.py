"""Change of the group between two waves: its histogram, mean, spread and concordance, whoever moved."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from delphi.statistics.agreement import kendall_w
from delphi.statistics.arrays import Counts, Floats, as_counts, as_values, divided
from delphi.statistics.association import StabilityChiSquare, as_level
from delphi.statistics.dispersion import sd
from delphi.statistics.independence import independence
from delphi.statistics.labelling import labelled
from delphi.statistics.location import mean
from delphi.statistics.stability import margins


def net_change_between_panels(first: ArrayLike, second: ArrayLike) -> Floats:
    """Net change of the distribution where the panels of the two waves differ: half the summed difference of shares.

    Parameters
    ----------
    first, second : array_like of int, shape (..., V)
        Answers per category of the earlier and the later wave.

    Returns
    -------
    ndarray of float, shape (...)
        Fraction in [0, 1]; NaN where either wave has no answers.

    Raises
    ------
    ValueError
        If the waves differ in their number of categories.

    Notes
    -----
    Each wave is divided by its own answers. Where the same persons answered, `net_change` is the one to use: here
    leavers pass for change, and hide it. Source: Scheibe, Skutsch and Schofer (1975), in The Delphi Method, pp. 262-287.

    Examples
    --------
    >>> float(net_change_between_panels([2, 5, 3], [2, 3, 5]))  # of ten panelists, two move up
    0.2
    """
    one, two = two_histograms(first, second)
    n_one, n_two = one.sum(axis=-1), two.sum(axis=-1)
    # In whole numbers of persons times persons, so that a threshold is met exactly.
    apart = np.abs(one * n_two[..., None] - two * n_one[..., None]).sum(axis=-1)
    return divided(apart, 2.0 * n_one * n_two)


def two_histograms(first: ArrayLike, second: ArrayLike) -> tuple[Counts, Counts]:
    """Two histograms on one scale, each of shape (..., V).

    Raises
    ------
    ValueError
        If they differ in their number of categories.
    """
    one, two = as_counts(first, "first"), as_counts(second, "second")
    if one.shape[-1] != two.shape[-1]:
        raise ValueError(f"second: needs {one.shape[-1]} categories like first, got {two.shape[-1]}")
    return one, two


def group_stability_chi2(first: ArrayLike, second: ArrayLike, alpha: float = 0.05) -> StabilityChiSquare:
    """Chi-square on the histograms of two waves; here a large p is read as stable.

    Parameters
    ----------
    first, second : array_like of int, shape (..., V)
        Answers per category of the earlier and the later wave; of those who answered both, `margins` of the transitions.
    alpha : level from which on p is read as stable

    Returns
    -------
    StabilityChiSquare
        Arrays of shape (...). Where all answers of both waves lie in one category the statistic is NaN and it reads
        "stable"; where a wave has no answers all are NaN and None.

    Raises
    ------
    ValueError
        If the waves differ in their number of categories, or alpha does not lie between 0 and 1.

    Notes
    -----
    Source: Dajani, Sincoff and Talley (1979), Technological Forecasting and Social Change 13, 83-90. Kept for comparison:
    small panels look stable for lack of power, and the waves are taken as independent although the same persons answer.

    Examples
    --------
    >>> found = group_stability_chi2([2, 5, 3], [2, 3, 5])
    >>> float(found.statistic), round(float(found.p), 4), found.reads.item()
    (1.0, 0.6065, 'stable')
    """
    one, two = two_histograms(first, second)
    found, level = independence(np.stack(np.broadcast_arrays(one, two), axis=-2)), as_level(alpha)
    is_one_category = (one.sum(axis=-1) > 0) & (two.sum(axis=-1) > 0) & ((one + two > 0).sum(axis=-1) == 1)
    reads = labelled(((found.p >= level) | is_one_category, "stable"), (found.p < level, "unstable"))
    return StabilityChiSquare(found.statistic, found.df, found.p, reads)


def delta_mean(transitions: ArrayLike, values: ArrayLike) -> Floats:
    """Mean of the later wave minus that of the earlier one, on the paired answers; NaN without a pair.

    Parameters
    ----------
    transitions : array_like of int, shape (..., V+1, V+1)
    values : array_like of float, shape (V,)

    Notes
    -----
    On an ordinal scale a convention. Source: Holey et al. (2007) follow the mean from round to round.

    Examples
    --------
    >>> float(delta_mean([[1, 2, 0], [0, 1, 0], [0, 0, 5]], [1, 2]))
    0.5
    """
    before, after = margins(transitions)
    return mean(after, values) - mean(before, values)


def delta_sd(transitions: ArrayLike, values: ArrayLike, relative: bool = False) -> Floats:
    """Standard deviation of the later wave minus that of the earlier one, on the paired answers.

    Parameters
    ----------
    transitions : array_like of int, shape (..., V+1, V+1)
    values : array_like of float, shape (V,)
    relative : divide by the earlier standard deviation

    Returns
    -------
    ndarray of float, shape (...)
        Negative is convergence. NaN below two pairs; a relative change also where the earlier answers are all equal.

    Notes
    -----
    With n - 1. Source: Holey et al. (2007) read a falling standard deviation as convergence.

    Examples
    --------
    >>> float(delta_sd([[0, 2, 0], [0, 2, 0], [0, 0, 0]], [1, 2], relative=True))
    -1.0
    """
    before, after = margins(transitions)
    earlier = sd(before, values)
    change = sd(after, values) - earlier
    return divided(change, earlier) if relative else change


def delta_cv(transitions: ArrayLike, values: ArrayLike) -> Floats:
    """Coefficient of variation of the later wave minus that of the earlier one, on the paired answers.

    Parameters
    ----------
    transitions : array_like of int, shape (..., V+1, V+1)
    values : array_like of float, shape (V,)

    Returns
    -------
    ndarray of float, shape (...)
        NaN below two pairs, and where either mean is 0.

    Notes
    -----
    It depends on where the scale starts. Source: Dajani, Sincoff and Talley (1979); Yang (2003) and Shah and Kalaian
    (2009) call a small difference stable. That 0.2 is small is a convention of no source.

    Examples
    --------
    >>> round(float(delta_cv([[1, 1, 0], [0, 2, 0], [0, 0, 0]], [1, 2])), 4)  # .2857 less .3849
    -0.0992
    """
    before, after = margins(transitions)
    scale = as_values(values, before.shape[-1])
    return _cv(after, scale) - _cv(before, scale)


def _cv(counts: Counts, scale: Floats) -> Floats:
    centre = mean(counts, scale)
    return divided(sd(counts, scale), np.where(has_mean(counts, scale), centre, 0))


def has_mean(counts: Counts, scale: Floats) -> NDArray[np.bool_]:
    """Whether the mean is not 0 beyond the rounding of the scale's values, shape (...)."""
    return np.abs(counts @ scale) > 1e-12 * (counts @ np.abs(scale))


@dataclass(frozen=True)
class DeltaW:
    """Change of Kendall's W, the W of either round, and how many complete rankings the smaller round has."""

    delta: Floats
    w_earlier: Floats
    w_later: Floats
    n: Counts


def delta_w(earlier: ArrayLike, later: ArrayLike, paired: bool = True) -> DeltaW:
    """Kendall's W of the later round minus that of the earlier one.

    Parameters
    ----------
    earlier, later : array_like of float, shape (M, N)
        Respondent × object, 1 is best, NaN unranked.
    paired : the rows of both tables are the same persons, and only those with two complete rankings count; otherwise
        each table counts by itself

    Returns
    -------
    DeltaW
        Scalars. NaN where W of either round is not defined: below two complete rankings or two objects, or all ties.

    Raises
    ------
    ValueError
        If the tables differ in their objects, or, paired, in their rows.

    Notes
    -----
    Source: Schmidt (1997), Decision Sciences 28, 763-774: stop when W is at least .7 or has levelled off.

    Examples
    --------
    >>> change = delta_w([[1, 2, 3], [3, 2, 1], [1, 3, 2]], [[1, 2, 3], [1, 2, 3], [1, 3, 2]])
    >>> round(float(change.delta), 4), round(float(change.w_later), 4)
    (0.6667, 0.7778)
    """
    one, two = two_rankings(earlier, later, paired)
    (w_one, _, n_one), (w_two, _, n_two) = kendall_w(one), kendall_w(two)
    return DeltaW(np.array(w_two - w_one), np.array(w_one), np.array(w_two), np.array(min(n_one, n_two)))


def two_rankings(earlier: ArrayLike, later: ArrayLike, paired: bool) -> tuple[Floats, Floats]:
    """The two tables; paired, only the persons whose rankings are complete in both.

    Raises
    ------
    ValueError
        If they do not fit together.
    """
    one, two = (np.asarray(given, dtype=np.float64) for given in (earlier, later))
    for name, given in (("earlier", one), ("later", two)):
        if given.ndim != 2:
            raise ValueError(f"{name}: needs respondents and objects as dimensions, got shape {given.shape}")
    if one.shape[1] != two.shape[1]:
        raise ValueError(f"later: needs {one.shape[1]} objects like earlier, got {two.shape[1]}")
    if not paired:
        return one, two
    if len(one) != len(two):
        raise ValueError(
            f"later: needs {len(one)} respondents like earlier, got {len(two)}; with paired=False each counts by itself"
        )
    both = ~np.isnan(one).any(axis=1) & ~np.isnan(two).any(axis=1)
    return one[both], two[both]
