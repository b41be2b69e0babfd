"""Entries of section 2.2: where the answers lie and how far they spread."""

from __future__ import annotations

from delphi.statistics.entries.entry import Case, Parameter, Statistic
from delphi.statistics.undefined import fewer_than, nobody, unanimous

QUANTILE_TYPE = Parameter("quantile_type", "type of Hyndman and Fan", 7, allowed=tuple(range(1, 10)))
NOBODY = Case("no_valid_answers", nobody)
ALONE = Case("too_few", fewer_than(2))
FLAT = Case("no_variation", unanimous)

ENTRIES: tuple[Statistic, ...] = (
    Statistic(
        "iqr",
        "interquartile range",
        section="2.2", takes="counts", level="ordinal", low=0, direction="less",
        formula="Q3 - Q1, quartiles of the named type",
        reading="At most 1 on 4 to 7 points (Raskin 1994; Rayens and Hahn 2000), at most 2 on 9 or 10 points (Scheibe et al. 1975).",
        sources=("Raskin (1994)", "Rayens and Hahn (2000)"),
        place="delphi.statistics.dispersion:iqr",
        parameters=(QUANTILE_TYPE,),
        undefined=(NOBODY, ALONE),
        marks=(FLAT,),
    ),
)  # fmt: skip
