"""Entries of section 2.1: shares of answers in boxes, and rules of the field that name a consensus."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from delphi.statistics.arrays import as_counts
from delphi.statistics.entries.entry import Case, Parameter, Statistic
from delphi.statistics.undefined import always, no_rating, nobody

NOBODY = Case("no_valid_answers", nobody)
DIAMOND = "Diamond et al. (2014), Defining consensus, Journal of Clinical Epidemiology 67, 401-409"
WITHIN = Parameter("within", "which categories count: true or false for each", is_required=True)
TOP = Parameter("top", "which categories are the top box: true or false for each", is_required=True)
BOTTOM = Parameter("bottom", "which categories are the bottom box: true or false for each", is_required=True)
MIDDLE = Parameter("middle", "which categories are the middle box: true or false for each", is_required=True)
BOXES = Parameter(
    "boxes", "name or number of the opinion of each category; by default each is one of its own"
)
MAJORITY = Parameter("majority", "share that a majority exceeds, from 1/2 on", 0.5)
DECIDED_FROM = Parameter("min_n", "answers below which nothing is decided", 5)
NAMED_FROM = Parameter("min_n", "answers below which there is no word", 2)


def below_minimum(counts: Any, options: dict[str, Any]) -> NDArray[np.bool_]:
    """Fewer answers than the rule asks for."""
    return as_counts(counts).sum(axis=-1) < options["min_n"]


FEW = Case("too_few", below_minimum)

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
    Statistic(
        "comet_70_15",
        "COMET core outcome set rule, 70/15 rule",
        section="2.1", takes="counts", gives="label", level="ordinal",
        formula="in: at least 70 % in the top box and less than 15 % in the bottom box; out: the mirror image, or at most "
        "50 % in the top box; else no consensus",
        reading="Made for nine points, 7 to 9 against 1 to 3. With several groups it has to hold in each.",
        sources=("Williamson et al. (2017), The COMET Handbook: version 1.0, Trials 18, 280", "Harman et al. (2013), Trials 14, 70"),
        place="delphi.statistics.consensus_rules:comet_70_15",
        main="label",
        parameters=(
            TOP, BOTTOM,
            Parameter("at_least", "share that the side reaches", 0.7),
            Parameter("less_than", "share under which the other side stays", 0.15),
            Parameter("out", "when it is out: the mirror image, or few in the top box", "mirror", allowed=("mirror", "top_at_most")),
            Parameter("out_at_most", "share in the top box at which it is out by top_at_most", 0.5),
            DECIDED_FROM,
        ),
        undefined=(NOBODY, FEW),
    ),
    Statistic(
        "omeract_70",
        "OMERACT vote",
        section="2.1", takes="counts", gives="label", level="nominal",
        formula="endorsed: at least 70 % of those who vote",
        reading="Patients and other groups are reported apart, and each round of voting for itself.",
        sources=("The OMERACT Handbook",),
        place="delphi.statistics.consensus_rules:omeract_70",
        main="label",
        parameters=(WITHIN, Parameter("at_least", "share that endorses", 0.7), DECIDED_FROM),
        undefined=(NOBODY, FEW),
    ),
    Statistic(
        "grade_grid",
        "GRADE grid",
        section="2.1", takes="counts", gives="label", level="ordinal",
        formula="for one side: at least 50 % and less than 20 % for the other, else no recommendation; strong: at least 70 % "
        "chose the strong form of that side",
        reading="Who votes for neither side stays in the denominator.",
        sources=("Jaeschke et al. (2008), Use of GRADE grid to reach decisions when consensus is elusive, BMJ 337, a744",),
        place="delphi.statistics.consensus_rules:grade_grid",
        main="label",
        parameters=(
            TOP, BOTTOM,
            Parameter("strong", "which categories are the strong form, of both sides: true or false for each", is_required=True),
            Parameter("at_least", "share that the side reaches", 0.5),
            Parameter("less_than", "share under which the other side stays", 0.2),
            Parameter("strong_at_least", "share of the strong form that makes it strong", 0.7),
            DECIDED_FROM,
        ),
        undefined=(NOBODY, FEW),
    ),
    Statistic(
        "deloe_consensus_level",
        "policy Delphi level of consensus, de Loë's levels",
        section="2.1", takes="counts", gives="label", level="ordinal",
        formula="high: at least 70 % in one category or 80 % in two neighbouring ones; medium 60 % or 70 %; low 50 % or 60 %; else none",
        reading="The two categories are neighbours on the scale. On short scales two of them are most of the scale.",
        sources=("de Loë (1995), Exploring complex policy questions using the policy Delphi, Applied Geography 15, 53-68",),
        place="delphi.statistics.consensus_rules:deloe_consensus_level",
        main="label",
        parameters=(
            Parameter("one", "shares of one category for high, medium, low", (0.7, 0.6, 0.5)),
            Parameter("two", "shares of two neighbouring categories for high, medium, low", (0.8, 0.7, 0.6)),
            NAMED_FROM,
        ),
        undefined=(NOBODY, FEW),
    ),
    Statistic(
        "apmo",
        "average percent of majority opinions, APMO cut-off rate",
        section="2.1", takes="units", level="nominal", low=0, high=100,
        formula="100 × opinions of the majority, over the items that have a majority / all opinions expressed",
        reading="An item has consensus if its majority share reaches it. It depends on the set of items: computed anew for each round.",
        sources=("Kapoor (1987)", "Cottam et al. (2004)", "von der Gracht (2012), Technological Forecasting and Social Change 79, 1525-1536"),
        place="delphi.statistics.majorities:apmo",
        main="cut_off",
        parameters=(BOXES, MAJORITY),
        undefined=(Case("no_valid_answers", no_rating),),
    ),
    Statistic(
        "crude_majority",
        "simple majority, absolute majority, agreement in the words of Dajani",
        section="2.1", takes="counts", gives="label", level="nominal",
        formula="unanimity: all in one opinion; majority: more than half; bipolarity: two equal halves; plurality: one is the "
        "largest; disagreement: three or more, none larger than another",
        reading="Two or more that share the first place, but not all: no word.",
        sources=("Dajani, Sincoff and Talley (1979), Technological Forecasting and Social Change 13, 83-90",),
        place="delphi.statistics.majorities:crude_majority",
        main="label",
        parameters=(BOXES, MAJORITY, NAMED_FROM),
        undefined=(NOBODY, FEW, Case("all_ties", always)),
    ),
)  # fmt: skip
