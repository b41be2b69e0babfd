"""Values of section 2.1 from outside: counted person by person, in exact fractions, another way than ours."""

from __future__ import annotations

from fractions import Fraction
from statistics import median, mode

from delphi import statistics as ds
from tests.published.reference import Example, Reference

PERSONS = (1, 2, 2, 3, 4, 4, 4, 4, 5, 5, 5, 5, 5, 5, 5, 4, 4, 3, 5, 4)
"""Twenty panelists on five points."""
COUNTS = tuple(PERSONS.count(value) for value in range(1, 6))
ITEMS = (
    PERSONS, (1, 1, 2, 2, 3, 3, 4, 4, 5, 5), (2, 2, 2, 1, 1, 3, 4), (5, 5, 5, 5, 5, 5, 4, 3, 1), (1, 1, 1, 1, 5, 5, 5, 5),
)  # fmt: skip
"""The persons' answers to five items, which differ in how many answered."""
UNITS = tuple(tuple(answers.count(value) for value in range(1, 6)) for answers in ITEMS)
OPINIONS = ("no", "no", "neither", "yes", "yes")

TOP, MIDDLE, BOTTOM = (
    (False, False, False, True, True),
    (False, False, True, False, False),
    (True, True, False, False, False),
)
STRONG = (True, False, False, False, True)

EXAMPLES = {
    "percent_agreement": Example({"within": TOP}),
    "top_box": Example({"top": TOP}),
    "middle_box": Example({"middle": MIDDLE}),
    "bottom_box": Example({"bottom": BOTTOM}),
    "net_agreement": Example({"top": TOP, "bottom": BOTTOM}),
    "comet_70_15": Example({"top": TOP, "bottom": BOTTOM}),
    "omeract_70": Example({"within": TOP}),
    "grade_grid": Example({"top": TOP, "bottom": BOTTOM, "strong": STRONG}),
}


def _share(kind: tuple[int, ...]) -> float:
    return sum(1 for person in PERSONS if person in kind) / len(PERSONS)


def _majorities() -> float:
    """Per cent of opinions in the majority of their item, opinion by opinion."""
    in_majority = expressed = 0
    for answers in ITEMS:
        opinions = tuple(OPINIONS[answer - 1] for answer in answers)
        expressed += len(opinions)
        for name in set(opinions):
            if opinions.count(name) > len(opinions) - opinions.count(name):
                in_majority += opinions.count(name)
    return float(Fraction(100 * in_majority, expressed))


BY_PERSON = "counted person by person"
NEAR = [person for person in PERSONS if abs(person - median(PERSONS)) <= 1]

REFERENCES = (
    Reference("percent_agreement", _share((4, 5)), BY_PERSON, lambda: ds.percent_agreement(COUNTS, TOP)),
    Reference("top_box", _share((4, 5)), BY_PERSON, lambda: ds.top_box(COUNTS, TOP)),
    Reference("middle_box", _share((3,)), BY_PERSON, lambda: ds.middle_box(COUNTS, MIDDLE)),
    Reference("bottom_box", _share((1, 2)), BY_PERSON, lambda: ds.bottom_box(COUNTS, BOTTOM)),
    Reference("net_agreement", _share((4, 5)) - _share((1, 2)), BY_PERSON, lambda: ds.net_agreement(COUNTS, TOP, BOTTOM)),
    Reference("mode_share", PERSONS.count(mode(PERSONS)) / len(PERSONS), "Python statistics.mode", lambda: ds.mode_share(COUNTS)),
    Reference(
        "within_one_of_median", len(NEAR) / len(PERSONS), "Python statistics.median", lambda: ds.within_one_of_median(COUNTS),
    ),
    Reference(
        "comet_70_15", ("in", "no consensus", "out", "no consensus"),
        "rule of Williamson et al. 2017: 14 of 20 against 2 of 20, against 3 of 20, the mirror image, 13 of 20",
        lambda: ds.comet_70_15([[2, 0, 4, 7, 7], [3, 0, 3, 7, 7], [7, 7, 4, 2, 0], [2, 0, 5, 7, 6]], TOP, BOTTOM).label,
    ),
    Reference(
        "omeract_70", ("endorsed", "not endorsed"), "rule of the OMERACT Handbook: 70 and 69 of 100 votes",
        lambda: ds.omeract_70([[30, 70], [31, 69]], (False, True)).label,
    ),
    Reference(
        "grade_grid", ("strong for", "weak for", "no recommendation", "no recommendation", "weak against"),
        "rule of Jaeschke et al. 2008, cases on either side of each of its three shares",
        lambda: ds.grade_grid(
            [[0, 0, 3, 0, 7], [1, 0, 4, 0, 5], [1, 1, 3, 0, 5], [0, 0, 6, 0, 4], [6, 2, 2, 0, 0]], TOP, BOTTOM, STRONG
        ).label,
    ),
    Reference(
        "deloe_consensus_level", ("high", "high", "medium", "low", "none"),
        "levels of de Loë 1995: 70 % in one, 80 % in neighbours, 60 % in one, 60 % in neighbours, less",
        lambda: ds.deloe_consensus_level([[14, 2, 1, 3], [1, 8, 8, 3], [12, 1, 4, 3], [6, 6, 4, 4], [7, 4, 2, 7]]).label,
    ),
    Reference("apmo", _majorities(), "counted opinion by opinion", lambda: ds.apmo(UNITS, OPINIONS).cut_off),
    Reference(
        "crude_majority", ("unanimity", "majority", "bipolarity", "plurality", "disagreement"), "words of Dajani et al. 1979",
        lambda: ds.crude_majority([[0, 0, 9, 0], [1, 6, 1, 1], [4, 0, 0, 4], [2, 4, 2, 1], [1, 1, 1, 1]]).label,
    ),
)  # fmt: skip
