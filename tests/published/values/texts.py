"""Values of section 10 from outside."""

from __future__ import annotations

from delphi import statistics as ds
from tests.published.reference import Reference

REFERENCES = (
    Reference("levenshtein", 3, "kitten and sitting, the textbooks", lambda: ds.levenshtein("kitten", "sitting")),
    Reference("levenshtein", (3, 2), "saturday and sunday, flaw and lawn", lambda: ds.levenshtein(["saturday", "flaw"], ["sunday", "lawn"])),
    Reference(
        "jaro_winkler", (0.961, 0.840, 0.813), "Winkler: MARTHA, DWAYNE, DIXON",
        lambda: ds.jaro_winkler(["MARTHA", "DWAYNE", "DIXON"], ["MARHTA", "DUANE", "DICKSONX"]), 5e-4,
    ),
    Reference(
        "jaro_winkler", (0.944, 0.822, 0.767), "Jaro's similarity of the same, without the bonus",
        lambda: ds.jaro_winkler(["MARTHA", "DWAYNE", "DIXON"], ["MARHTA", "DUANE", "DICKSONX"], prefix_weight=0.0), 5e-4,
    ),
)  # fmt: skip
