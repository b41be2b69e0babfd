"""Values of section 10 from outside."""

from __future__ import annotations

import numpy as np
from sklearn.decomposition import NMF, LatentDirichletAllocation
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer

from delphi import statistics as ds
from tests.published.reference import Reference

SUBJECTS = (
    "rent flat landlord deposit lease", "visa permit embassy passport border", "school teacher pupil lesson homework",
)  # fmt: skip
RNG = np.random.default_rng(4)
ANSWERS = [
    " ".join(RNG.choice(SUBJECTS[place % 3].split(), 4)) + (" problem" if place % 4 == 0 else "")
    for place in range(45)
]
"""Forty-five invented answers on three subjects, a quarter with a word that belongs to none."""
SENTENCES = [
    "Housing is scarce in the cities", "housing is scarce in cities", "Visas take far too long", "Visas take much too long",
    "Teachers lack time", "The cities lack housing",
]  # fmt: skip


def _scikit_weights() -> tuple[float, ...]:
    return tuple(
        TfidfVectorizer(norm="l2", smooth_idf=True).fit_transform(SENTENCES).toarray().ravel().tolist()
    )


def _terms_of_components(components: np.ndarray, names: np.ndarray) -> tuple[str, ...]:
    """The five heaviest terms of each component, in the alphabet, all in one string each."""
    return tuple(sorted(" ".join(sorted(names[np.argsort(-row)[:5]])) for row in components))


def _scikit_nmf() -> tuple[str, ...]:
    model = TfidfVectorizer(min_df=2, max_df=0.5)
    table = model.fit_transform(ANSWERS)
    found = NMF(3, init="nndsvda", random_state=1, max_iter=500).fit(table)
    return _terms_of_components(found.components_, model.get_feature_names_out())


def _scikit_lda() -> tuple[str, ...]:
    model = CountVectorizer(min_df=2, max_df=0.5)
    table = model.fit_transform(ANSWERS)
    found = LatentDirichletAllocation(3, learning_method="batch", max_iter=50, random_state=1).fit(table)
    return _terms_of_components(found.components_, model.get_feature_names_out())


def _ours(name: str) -> tuple[str, ...]:
    found = getattr(ds, name)(ANSWERS, numbers=[3])
    return tuple(sorted(" ".join(sorted(theme.terms[:5])) for theme in found.themes))


REFERENCES = (
    Reference("tfidf", _scikit_weights(), "scikit-learn TfidfVectorizer, smooth idf", lambda: np.asarray(ds.tfidf(SENTENCES).weights.toarray())),
    Reference("nmf_themes", _scikit_nmf(), "scikit-learn NMF on its own TfidfVectorizer", lambda: _ours("nmf_themes")),
    Reference("nmf_themes", tuple(sorted(" ".join(sorted(one.split())) for one in SUBJECTS)), "the subjects planted", lambda: _ours("nmf_themes")),
    Reference("lda_themes", _scikit_lda(), "scikit-learn LDA on its own CountVectorizer", lambda: _ours("lda_themes")),
    Reference(
        "near_duplicates", (0, 1, 100.0, 0, 5, 87.8048780487805, 2, 3, 90.47619047619048), "RapidFuzz 3.14.6, token_set_ratio",
        lambda: [
            part for pair in sorted(ds.near_duplicates(SENTENCES, token_set=80).pairs, key=lambda pair: (pair.first, pair.second))
            for part in (pair.first, pair.second, pair.token_set)
        ],
    ),
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
