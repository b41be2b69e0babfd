"""Whether several answers of the same respondents, as those to the rounds of one item, differ in location."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from delphi.statistics.arrays import Counts, Floats
from delphi.statistics.rater_correlation import row_mid_ranks
from delphi.statistics.raters import as_answers


@dataclass(frozen=True)
class Friedman:
    """Friedman's chi-square with its degrees of freedom and p, and how many respondents are complete."""

    statistic: Floats
    df: Floats
    p: Floats
    n: Counts


def friedman(answers: ArrayLike) -> Friedman:
    """Friedman's test of related samples, ties corrected.

    Parameters
    ----------
    answers : array_like of float, shape (M, N)
        Respondent × round (or item, or object), NaN for no answer.

    Returns
    -------
    Friedman
        Values of shape (). NaN below two complete respondents or two columns, and where every respondent gave
        equal answers throughout.

    Raises
    ------
    ValueError
        If the answers are no table.

    Notes
    -----
    Missing: respondents with a gap are left out, `n` says how many stay. p by chi-square with N - 1 degrees of
    freedom, an approximation that is rough for few respondents. Source: Friedman (1937), The use of ranks to
    avoid the assumption of normality implicit in the analysis of variance, JASA 32, 675-701.

    Examples
    --------
    >>> test = friedman([[1, 2, 3], [1, 3, 2], [1, 2, 3], [2, 1, 3]])
    >>> round(float(test.statistic), 4), round(float(test.p), 4)
    (4.5, 0.1054)
    """
    given = as_answers(answers)
    complete = given[~np.isnan(given).any(axis=1)]
    n, columns = complete.shape
    statistic = p = df = np.nan
    if n >= 2 and columns >= 2:
        apart = row_mid_ranks(complete) - (columns + 1) / 2
        spread = float((apart**2).sum())
        if spread > 0:
            from scipy.special import chdtrc

            df = columns - 1.0
            statistic = df * float((apart.sum(axis=0) ** 2).sum()) / spread
            p = float(chdtrc(df, statistic))
    return Friedman(np.asarray(statistic), np.asarray(df), np.asarray(p), np.asarray(n))
