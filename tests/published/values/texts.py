"""Values of section 10 from outside."""

from __future__ import annotations

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

from delphi import statistics as ds
from tests.published.reference import Reference

SENTENCES = [
    "Housing is scarce in the cities", "housing is scarce in cities", "Visas take far too long", "Visas take much too long",
    "Teachers lack time", "The cities lack housing",
]  # fmt: skip


def _scikit_weights() -> tuple[float, ...]:
    return tuple(
        TfidfVectorizer(norm="l2", smooth_idf=True).fit_transform(SENTENCES).toarray().ravel().tolist()
    )


REFERENCES = (
    Reference("tfidf", _scikit_weights(), "scikit-learn TfidfVectorizer, smooth idf", lambda: np.asarray(ds.tfidf(SENTENCES).weights.toarray())),
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
