"""Values of section 2.1 from outside: counted person by person."""

from __future__ import annotations

from statistics import median, mode

from delphi import statistics as ds
from tests.published.reference import Example, Reference

PERSONS = (1, 2, 2, 3, 4, 4, 4, 4, 5, 5, 5, 5, 5, 5, 5, 4, 4, 3, 5, 4)
"""Twenty panelists on five points."""
COUNTS = tuple(PERSONS.count(value) for value in range(1, 6))

TOP, MIDDLE, BOTTOM = (
    (False, False, False, True, True),
    (False, False, True, False, False),
    (True, True, False, False, False),
)

EXAMPLES = {
    "percent_agreement": Example({"within": TOP}),
    "top_box": Example({"top": TOP}),
    "middle_box": Example({"middle": MIDDLE}),
    "bottom_box": Example({"bottom": BOTTOM}),
    "net_agreement": Example({"top": TOP, "bottom": BOTTOM}),
}


def _share(kind: tuple[int, ...]) -> float:
    return sum(1 for person in PERSONS if person in kind) / len(PERSONS)


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
)  # fmt: skip
