"""Entries of section 2.2: where the answers lie and how far they spread."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from delphi.statistics.entries.entry import Case, Parameter, Statistic
from delphi.statistics.location import is_mode
from delphi.statistics.undefined import always, fewer_than, nobody, unanimous

QUANTILE_TYPE = Parameter("quantile_type", "type of Hyndman and Fan", 7, allowed=tuple(range(1, 10)))
NOBODY = Case("no_valid_answers", nobody)
ALONE = Case("too_few", fewer_than(2))
FLAT = Case("no_variation", unanimous)
HYNDMAN_FAN = (
    "Hyndman and Fan (1996), Sample quantiles in statistical packages, American Statistician 50, 361-365"
)
HOLEY = "Holey et al. (2007), BMC Medical Research Methodology 7, 52"


def several_modes(counts: Any, _: dict[str, Any]) -> NDArray[np.bool_]:
    """Two or more categories are chosen most."""
    return np.asarray(is_mode(counts).sum(axis=-1) > 1)


ENTRIES: tuple[Statistic, ...] = (
    Statistic(
        "median",
        "median",
        section="2.2", takes="counts", level="ordinal",
        formula="the middle answer, or the mean of the two middle ones",
        reading="A median between two categories is half a point: a rule has to say to which class it belongs.",
        sources=(HYNDMAN_FAN,),
        place="delphi.statistics.location:median",
        parameters=(QUANTILE_TYPE,),
        undefined=(NOBODY,),
    ),
    Statistic(
        "q1",
        "first quartile, lower quartile",
        section="2.2", takes="counts", level="ordinal",
        formula="quantile at 1/4 of the named type",
        reading="Programs differ: type 7 R, NumPy, DuckDB; 6 SPSS, Minitab; 2 SAS, Stata.",
        sources=(HYNDMAN_FAN,),
        place="delphi.statistics.location:q1",
        parameters=(QUANTILE_TYPE,),
        undefined=(NOBODY,),
    ),
    Statistic(
        "q3",
        "third quartile, upper quartile",
        section="2.2", takes="counts", level="ordinal",
        formula="quantile at 3/4 of the named type",
        reading="Programs differ: type 7 R, NumPy, DuckDB; 6 SPSS, Minitab; 2 SAS, Stata.",
        sources=(HYNDMAN_FAN,),
        place="delphi.statistics.location:q3",
        parameters=(QUANTILE_TYPE,),
        undefined=(NOBODY,),
    ),
    Statistic(
        "interpolated_median",
        "interpolated median, grouped median",
        section="2.2", takes="counts", level="interval",
        formula="lower boundary of the class with the median + width × (n/2 - answers below) / answers in it",
        reading="For putting items in an order, not for decisions.",
        sources=("R package psych, interp.median",),
        place="delphi.statistics.location:interpolated_median",
        parameters=(Parameter("width", "width of a class, at most the distance of two scale values", 1),),
        undefined=(NOBODY,),
    ),
    Statistic(
        "mean",
        "arithmetic mean",
        section="2.2", takes="counts", level="interval",
        formula="sum of the scale values / answers",
        reading="On an ordinal scale a convention.",
        sources=(HOLEY,),
        place="delphi.statistics.location:mean",
        undefined=(NOBODY,),
    ),
    Statistic(
        "mode",
        "mode",
        section="2.2", takes="counts", gives="label", level="nominal",
        formula="all values that are chosen most often",
        reading="Several are several: programs that print one of them print the one they met first.",
        sources=("Pearson (1895), Philosophical Transactions of the Royal Society A 186, 343-414",),
        place="delphi.statistics.location:mode",
        undefined=(NOBODY,),
        marks=(Case("multimodal", several_modes),),
    ),
    Statistic(
        "sd",
        "standard deviation",
        section="2.2", takes="counts", level="interval", low=0, direction="less",
        formula="root of the squared distances from the mean / (n - 1)",
        reading="A weak measure of consensus on ordinal scales; some tools ask for at most 1.5 with an interquartile range of at most 1.",
        sources=(HOLEY,),
        place="delphi.statistics.dispersion:sd",
        undefined=(NOBODY, ALONE),
        marks=(FLAT,),
    ),
    Statistic(
        "sd_population",
        "population standard deviation",
        section="2.2", takes="counts", level="interval", low=0, direction="less",
        formula="root of the squared distances from the mean / n",
        reading="What NumPy's std gives as it is; smaller than sd, much so in small panels.",
        sources=(HOLEY,),
        place="delphi.statistics.dispersion:sd_population",
        undefined=(NOBODY, ALONE),
        marks=(FLAT,),
    ),
    Statistic(
        "variance",
        "variance",
        section="2.2", takes="counts", level="interval", low=0, direction="less",
        formula="squared distances from the mean / (n - 1)",
        reading="In squared scale values: not to be compared between scales.",
        sources=(HOLEY,),
        place="delphi.statistics.dispersion:variance",
        undefined=(NOBODY, ALONE),
        marks=(FLAT,),
    ),
    Statistic(
        "cv",
        "coefficient of variation",
        section="2.2", takes="counts", level="interval", direction="less",
        formula="standard deviation / mean",
        reading="At most 0.5 good, to 0.8 weak, above poor (English and Keran 1976). Depends on where the scale starts: 0 to 4 and "
        "1 to 5 differ, and on 1 to K it is a convention.",
        sources=("English and Keran (1976), Transportation Research 10, 1-8",),
        place="delphi.statistics.dispersion:cv",
        undefined=(NOBODY, ALONE, Case("zero_mean", always)),
        marks=(FLAT,),
    ),
    Statistic(
        "iqr",
        "interquartile range",
        section="2.2", takes="counts", level="ordinal", low=0, direction="less",
        formula="Q3 - Q1, quartiles of the named type",
        reading="At most 1 on 4 to 7 points (Raskin 1994; Rayens and Hahn 2000), at most 2 on 9 or 10 points (Scheibe et al. 1975), "
        "at most 20 to 25 % of the length of the scale.",
        sources=("Raskin (1994)", "Rayens and Hahn (2000)"),
        place="delphi.statistics.dispersion:iqr",
        parameters=(QUANTILE_TYPE,),
        undefined=(NOBODY, ALONE),
        marks=(FLAT,),
    ),
    Statistic(
        "interquartile_deviation",
        "quartile deviation, semi-interquartile range, QD, IQD",
        section="2.2", takes="counts", level="ordinal", low=0, direction="less",
        formula="(Q3 - Q1) / 2, quartiles of the named type",
        reading="At most 0.5 high, to 1 moderate, above low consensus. The literature writes IQD for the whole range too (Rayens "
        "and Hahn 2000): this is the half.",
        sources=("Yule (1911), An Introduction to the Theory of Statistics",),
        place="delphi.statistics.dispersion:interquartile_deviation",
        parameters=(QUANTILE_TYPE,),
        undefined=(NOBODY, ALONE),
        marks=(FLAT,),
    ),
    Statistic(
        "relative_iqr",
        "relative interquartile range",
        section="2.2", takes="counts", level="interval", direction="less",
        formula="(Q3 - Q1) / median, quartiles of the named type",
        reading="At most 0.3 to 0.5 in forecasting Delphi studies. Depends on where the scale starts.",
        sources=("von der Gracht (2012), Technological Forecasting and Social Change 79, 1525-1536",),
        place="delphi.statistics.dispersion:relative_iqr",
        parameters=(QUANTILE_TYPE,),
        undefined=(NOBODY, ALONE, Case("zero_median", always)),
        marks=(FLAT,),
    ),
    Statistic(
        "quartile_coefficient",
        "quartile coefficient of dispersion",
        section="2.2", takes="counts", level="interval", direction="less",
        formula="(Q3 - Q1) / (Q3 + Q1), quartiles of the named type",
        reading="Depends on where the scale starts. Where the quartiles add to 0 their mean is 0, and it is not defined.",
        sources=("Bonett (2006), Computational Statistics and Data Analysis 50, 2953-2957",),
        place="delphi.statistics.dispersion:quartile_coefficient",
        parameters=(QUANTILE_TYPE,),
        undefined=(NOBODY, ALONE, Case("zero_mean", always)),
        marks=(FLAT,),
    ),
    Statistic(
        "mad",
        "median absolute deviation",
        section="2.2", takes="counts", level="ordinal", low=0, direction="less",
        formula="median of the distances from the median; scaled: × 1.4826",
        reading="0 as soon as half of the panel agrees. R scales it, DuckDB and SciPy do not.",
        sources=("Hampel (1974), Journal of the American Statistical Association 69, 383-393",),
        place="delphi.statistics.dispersion:mad",
        parameters=(Parameter("scaled", "whether it is multiplied by 1.4826", False, allowed=(False, True)),),
        undefined=(NOBODY, ALONE),
        marks=(FLAT,),
    ),
    Statistic(
        "average_deviation",
        "average deviation, AD_M, AD_Md",
        section="2.2", takes="counts", level="interval", low=0, direction="less",
        formula="mean of the distances from the mean or the median",
        reading="At most K / 6 on K points (Burke, Finkelstein and Dusig 1999; Dunlap et al. 2003).",
        sources=("Burke, Finkelstein and Dusig (1999), Organizational Research Methods 2, 49-68",),
        place="delphi.statistics.dispersion:average_deviation",
        parameters=(Parameter("about", "from where the distances are taken", "mean", allowed=("mean", "median")),),
        undefined=(NOBODY, ALONE),
        marks=(FLAT,),
    ),
    Statistic(
        "range",
        "range",
        section="2.2", takes="counts", level="ordinal", low=0, direction="less",
        formula="highest - lowest value that was chosen",
        reading="One person moves it.",
        sources=(HOLEY,),
        place="delphi.statistics.dispersion:range",
        undefined=(NOBODY, ALONE),
        marks=(FLAT,),
    ),
)  # fmt: skip
