"""Entries of section 10: open text."""

from __future__ import annotations

from typing import Any

import numpy as np

from delphi.statistics.entries.entry import Case, Parameter, Statistic
from delphi.statistics.undefined import Options, Where, always


def _no_text(texts: Any, _: Options) -> Where:
    return np.array(not any(text and text.strip() for text in texts))


LANGUAGE = Parameter("language", "code of the language: decides on stop words (en, fr) and apostrophes", "")
MORE_STOP_WORDS = Parameter("more_stop_words", "further words that do not count", ())
NUMBERS = Parameter("numbers", "numbers of themes to try", (2, 3, 4, 5, 6, 7, 8))
SEED = Parameter("seed", "of the starts", 1)
TOO_FEW = (Case("no_valid_answers", _no_text), Case("too_few", always))
THEMES_READING = (
    "A proposal for reading, not a coding: name the themes from their examples, and report how alike they come out from other seeds. No "
    "model below 30 texts."
)

ENTRIES: tuple[Statistic, ...] = (
    Statistic(
        "tfidf",
        "term frequency, inverse document frequency",
        section="10", takes="texts", gives="map", main="n_terms", level="any", low=0,
        formula="frequency of the term times ln((1 + n) / (1 + df)) + 1, rows of length 1",
        reading="The value is the number of terms; the weights are a sparse table of texts × terms.",
        sources=("Sparck Jones (1972), Journal of Documentation 28, 11-21", "scikit-learn, smooth idf"),
        place="delphi.opinions.tfidf:tfidf",
        parameters=(
            LANGUAGE, Parameter("least_texts", "terms in fewer texts are left out", 1),
            Parameter("largest_share", "terms in a larger share of the texts are left out", 1.0), MORE_STOP_WORDS,
        ),
    ),
    Statistic(
        "nmf_themes",
        "themes by non-negative matrix factorisation",
        section="10", takes="texts", gives="map", main="k", level="any", low=2,
        formula="NMF of tf-idf from NNDSVDa; of the numbers of themes that come out alike from random starts that with the highest NPMI coherence",
        reading=THEMES_READING,
        sources=(
            "Lee and Seung (1999), Nature 401, 788-791", "Boutsidis and Gallopoulos (2008)",
            "O'Callaghan et al. (2015), Expert Systems with Applications 42, 5645-5657", "Greene et al. (2014)",
        ),
        place="delphi.opinions.themes:nmf_themes",
        parameters=(LANGUAGE, NUMBERS, Parameter("seeds", "other starts, for the stability", 5), SEED, MORE_STOP_WORDS),
        undefined=TOO_FEW,
    ),
    Statistic(
        "lda_themes",
        "themes by latent Dirichlet allocation, topic model",
        section="10", takes="texts", gives="map", main="k", level="any", low=2,
        formula="LDA of the counts of terms by variational Bayes; number of themes as for NMF",
        reading=THEMES_READING,
        sources=("Blei, Ng and Jordan (2003), Journal of Machine Learning Research 3, 993-1022",),
        place="delphi.opinions.themes:lda_themes",
        parameters=(LANGUAGE, NUMBERS, Parameter("seeds", "other starts, for the stability", 3), SEED, MORE_STOP_WORDS),
        undefined=TOO_FEW,
    ),
    Statistic(
        "near_duplicates",
        "near duplicates, proposals for merging",
        section="10", takes="texts", gives="map", main="n_pairs", level="any", low=0,
        formula="pairs with a token-set ratio of at least 90, or a cosine of the tf-idf of letter triples of at least .85",
        reading="Proposals for people to decide on; keep the map from raw to merged. Opposites that differ by one word score high as well.",
        sources=("token_set_ratio of RapidFuzz 3", "Manning, Raghavan and Schütze (2008), Introduction to Information Retrieval"),
        place="delphi.opinions.near_duplicates:near_duplicates",
        parameters=(
            Parameter("token_set", "least token-set ratio, 0 to 100", 90.0), Parameter("cosine", "least cosine", 0.85),
            Parameter("contained_from", "words a text needs to be proposed for being contained in another", 3),
            Parameter("languages", "language of each text; only texts of one are paired"),
        ),
    ),
    Statistic(
        "levenshtein",
        "Levenshtein distance, edit distance",
        section="10", takes="two_texts", level="any", low=0,
        formula="least number of insertions, deletions and substitutions of a letter",
        reading="A distance in letters: compare with the length of the texts.",
        sources=("Levenshtein (1966), Soviet Physics Doklady 10, 707-710",),
        place="delphi.statistics.edit_distance:levenshtein",
        undefined=(Case("no_valid_answers", always),),
    ),
    Statistic(
        "jaro_winkler",
        "Jaro-Winkler similarity",
        section="10", takes="two_texts", level="any", low=0, high=1,
        formula="Jaro's mean of three shares of common letters, plus .1 (1 - Jaro) for each of up to four equal first letters",
        reading="Made for names; .9 and more is a likely match. The bonus is given above a Jaro similarity of .7.",
        sources=("Jaro (1989), JASA 84, 414-420", "Winkler (1990)"),
        place="delphi.statistics.edit_distance:jaro_winkler",
        parameters=(
            Parameter("prefix_weight", "bonus per letter of the common beginning", 0.1),
            Parameter("bonus_above", "Jaro similarity above which it is given", 0.7),
        ),
        undefined=(Case("no_valid_answers", always),),
    ),
)  # fmt: skip
