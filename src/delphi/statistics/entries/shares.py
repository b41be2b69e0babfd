"""Entries of section 2.1: shares of answers in boxes."""

from __future__ import annotations

from delphi.statistics.entries.entry import Case, Parameter, Statistic
from delphi.statistics.undefined import nobody

NOBODY = Case("no_valid_answers", nobody)
DIAMOND = "Diamond et al. (2014), Defining consensus, Journal of Clinical Epidemiology 67, 401-409"
WITHIN = Parameter("within", "which categories count: true or false for each", is_required=True)
TOP = Parameter("top", "which categories are the top box: true or false for each", is_required=True)
BOTTOM = Parameter("bottom", "which categories are the bottom box: true or false for each", is_required=True)
MIDDLE = Parameter("middle", "which categories are the middle box: true or false for each", is_required=True)

ENTRIES: tuple[Statistic, ...] = (
    Statistic(
        "percent_agreement",
        "percent agreement, proportion within a range",
        section="2.1", takes="counts", level="any", low=0, high=1, direction="more",
        formula="answers in a declared set of categories / all answers",
        reading="51 % (Loughlin and Moore 1979), 67 %, 70 % (Sumsion 1998), 75 % (median of 25 studies, Diamond et al. 2014), "
        "80 % (Green et al. 1999); one of them is chosen before the study.",
        sources=(DIAMOND,),
        place="delphi.statistics.boxes:percent_agreement",
        parameters=(WITHIN,),
        undefined=(NOBODY,),
    ),
    Statistic(
        "top_box",
        "top box, top-2-box",
        section="2.1", takes="counts", level="any", low=0, high=1, direction="more",
        formula="answers in the top box / all answers",
        reading="As percent_agreement.",
        sources=(DIAMOND,),
        place="delphi.statistics.boxes:top_box",
        parameters=(TOP,),
        undefined=(NOBODY,),
    ),
    Statistic(
        "bottom_box",
        "bottom box, bottom-2-box",
        section="2.1", takes="counts", level="any", low=0, high=1,
        formula="answers in the bottom box / all answers",
        reading="Core outcome sets ask for less than 15 % at the other end (Williamson et al. 2017).",
        sources=(DIAMOND,),
        place="delphi.statistics.boxes:bottom_box",
        parameters=(BOTTOM,),
        undefined=(NOBODY,),
    ),
    Statistic(
        "middle_box",
        "middle box",
        section="2.1", takes="counts", level="any", low=0, high=1,
        formula="answers in the middle box / all answers",
        reading="The middle of a scale is an answer, not a missing one.",
        sources=(DIAMOND,),
        place="delphi.statistics.boxes:middle_box",
        parameters=(MIDDLE,),
        undefined=(NOBODY,),
    ),
    Statistic(
        "net_agreement",
        "net agreement, top minus bottom",
        section="2.1", takes="counts", level="any", low=-1, high=1,
        formula="share in the top box - share in the bottom box",
        reading="No threshold, and no measure of polarization: half at each end and everybody in the middle both give 0.",
        sources=(DIAMOND,),
        place="delphi.statistics.boxes:net_agreement",
        parameters=(TOP, BOTTOM),
        undefined=(NOBODY,),
    ),
    Statistic(
        "mode_share",
        "share of the modal category",
        section="2.1", takes="counts", level="any", low=0, high=1, direction="more",
        formula="answers in the most chosen category / all answers",
        reading="At least 1 / number of categories.",
        sources=("von der Gracht (2012), Technological Forecasting and Social Change 79, 1525-1536",),
        place="delphi.statistics.boxes:mode_share",
        undefined=(NOBODY,),
    ),
    Statistic(
        "within_one_of_median",
        "share within one category of the median",
        section="2.1", takes="counts", level="ordinal", low=0, high=1, direction="more",
        formula="answers at most `distance` categories from the median category / all answers",
        reading="80 % within two adjacent categories (Ulschak 1983). Short scales reach it easily.",
        sources=("Ulschak (1983), Human Resource Development: The Theory and Practice of Need Assessment",),
        place="delphi.statistics.boxes:within_one_of_median",
        parameters=(Parameter("distance", "categories from the median that still count", 1),),
        undefined=(NOBODY,),
    ),
)  # fmt: skip
