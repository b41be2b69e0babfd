"""Themes in open answers, found from the words that go together."""

from __future__ import annotations

import warnings
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from delphi.opinions.coherence import likeness, npmi_coherence
from delphi.opinions.one_thread import one_thread
from delphi.opinions.terms import as_texts
from delphi.opinions.tfidf import term_counts, weighted

Floats = NDArray[np.float64]
Model = Callable[[Any, int, int, bool], tuple[Floats, Floats]]
"""Table, number of themes, seed, whether it is the first start → weights of texts (T, k) and of terms (k, terms)."""
NUMBERS = (2, 3, 4, 5, 6, 7, 8)
LEAST_TEXTS, TEXTS_PER_THEME = 30, 10
TOP_TERMS, EXAMPLES = 10, 3
STABLE_FROM = 0.5
LEAST_TEXTS_OF_A_TERM, LARGEST_SHARE_OF_A_TERM = 2, 0.5


@dataclass(frozen=True)
class Theme:
    """One theme.

    Parameters
    ----------
    terms : its top terms, the heaviest first
    n_texts : texts whose heaviest theme it is
    examples : numbers of up to three different texts that are most about it
    coherence : NPMI of its top terms
    """

    terms: tuple[str, ...]
    n_texts: int
    examples: tuple[int, ...]
    coherence: float


@dataclass(frozen=True, eq=False)
class Themes:
    """Themes of texts in one language, the largest first.

    Parameters
    ----------
    k : number of themes; NaN where there are too few texts
    reason : `too_few` then, else None
    themes : their terms and examples
    theme : shape (T,), the heaviest theme of each text, -1 for a text without a term or of no theme
    weights : shape (T, k), share of each theme in a text, 0 throughout for a text without a term
    tried, coherences, stabilities : the numbers of themes that were tried, mean NPMI and likeness over seeds of each
    is_stable : whether the themes come out alike from other seeds
    n_texts, n_terms : texts with a term, and terms
    """

    k: float
    reason: str | None
    themes: tuple[Theme, ...]
    theme: NDArray[np.int64]
    weights: Floats
    tried: tuple[int, ...]
    coherences: Floats
    stabilities: Floats
    is_stable: bool
    n_texts: int
    n_terms: int


def nmf_themes(
    texts: Sequence[str | None], language: str = "", numbers: Sequence[int] = NUMBERS, seeds: int = 5,
    seed: int = 1, more_stop_words: Collection[str] = (),
) -> Themes:  # fmt: skip
    """Themes by non-negative matrix factorisation of tf-idf.

    Parameters
    ----------
    texts : sequence of str, length T
        In one language; None and blank texts have no theme.
    language : str
        Code such as "en" or "fr"; decides on stop words, see `terms_of`.
    numbers : numbers of themes to try; at most one theme per ten texts is tried
    seeds : other starts, for the stability
    seed : of the first start and of the others
    more_stop_words : further words that do not count

    Returns
    -------
    Themes
        With the reason `too_few` where fewer than 30 texts have a term that occurs in two texts and in at most half of them.

    Raises
    ------
    ValueError
        If something is no text, or an option makes no sense.

    Notes
    -----
    Terms in two texts and more and in at most half of them; start by NNDSVDa. Of the numbers of themes whose top terms are alike from random
    starts (mean likeness of 1/2 and more) that with the highest coherence is taken; if none is, the likest, and `is_stable` is
    false. Themes are a proposal for reading: read the examples and name them by hand. Source: Lee and Seung (1999), Nature 401,
    788-791; Boutsidis and Gallopoulos (2008) for NNDSVD; for the choice O'Callaghan et al. (2015), Expert Systems with
    Applications 42, 5645-5657, and Greene et al. (2014).

    Examples
    --------
    >>> texts = ["rent housing flat"] * 15 + ["visa permit office"] * 15
    >>> found = nmf_themes(texts, "en", numbers=[2])
    >>> found.k, [theme.terms for theme in found.themes], [theme.n_texts for theme in found.themes]
    (2.0, [('flat', 'housing', 'rent'), ('office', 'permit', 'visa')], [15, 15])
    """
    return _themes(texts, language, numbers, seeds, seed, more_stop_words, weighted, _nmf)


def lda_themes(
    texts: Sequence[str | None], language: str = "", numbers: Sequence[int] = NUMBERS, seeds: int = 3,
    seed: int = 1, more_stop_words: Collection[str] = (),
) -> Themes:  # fmt: skip
    """Themes by latent Dirichlet allocation of the counts of terms.

    Parameters, result and choice of the number as in `nmf_themes`; every start is drawn by its seed.

    Notes
    -----
    Counts, not tf-idf: the model is one of words being drawn. Variational Bayes in batches of all texts, 50 rounds, priors 1/k as in
    scikit-learn. Short answers hold few words, and then NMF mostly gives clearer themes. Slow: seconds for each number. Source:
    Blei, Ng and Jordan (2003), Journal of Machine Learning Research 3, 993-1022.

    Examples
    --------
    >>> texts = ["rent housing flat"] * 15 + ["visa permit office"] * 15
    >>> found = lda_themes(texts, "en", numbers=[2])
    >>> found.k, sorted(theme.n_texts for theme in found.themes)
    (2.0, [15, 15])
    """
    return _themes(texts, language, numbers, seeds, seed, more_stop_words, lambda table, _: table, _lda)


def themes_apart(
    texts: Sequence[str | None], languages: Sequence[str], find: Callable[..., Themes] = nmf_themes, **options: Any
) -> dict[str, tuple[NDArray[np.int64], Themes]]:  # fmt: skip
    """Themes of the texts of each language apart.

    Parameters
    ----------
    texts : sequence of str, length T
    languages : sequence of str, length T
        The code of the language of each text.
    find : `nmf_themes` or `lda_themes`
    options : its options

    Returns
    -------
    dict of str to tuple
        Language → numbers of its texts, and their themes, in which texts are numbered from 0 within the language.

    Raises
    ------
    ValueError
        If there is not one language per text.

    Notes
    -----
    Words of two languages never go together, so a model of both finds languages and no themes. Source: statistics of section 10.

    Examples
    --------
    >>> found = themes_apart(["rent flat"] * 3 + ["loyer logement"], ["en"] * 3 + ["fr"])
    >>> {language: (numbers.tolist(), themes.reason) for language, (numbers, themes) in found.items()}
    {'en': ([0, 1, 2], 'too_few'), 'fr': ([3], 'too_few')}
    """
    given = as_texts(texts)
    if len(languages) != len(given):
        raise ValueError(f"languages: needs one per text, got {len(languages)} for {len(given)} texts")
    places: dict[str, list[int]] = defaultdict(list)
    for place, language in enumerate(languages):
        places[language].append(place)
    return {
        language: (np.array(own), find([given[place] for place in own], language, **options))
        for language, own in places.items()
    }


def _themes(
    texts: Sequence[str | None], language: str, numbers: Sequence[int], seeds: int, seed: int,
    more_stop_words: Collection[str], prepare: Callable[[Any, Sequence[str | None]], Any], model: Model,
) -> Themes:  # fmt: skip
    """Try numbers of themes, choose one, describe its themes."""
    wanted = tuple(sorted({int(one) for one in numbers}))
    if not wanted or wanted[0] < 2:
        raise ValueError(f"numbers: are numbers of themes from 2 on, got {list(numbers)}")
    if seeds < 1:
        raise ValueError(f"seeds: at least 1, got {seeds}")
    given = as_texts(texts)
    counts, terms = term_counts(
        given, language, LEAST_TEXTS_OF_A_TERM, LARGEST_SHARE_OF_A_TERM, more_stop_words
    )
    used = np.flatnonzero(np.diff(counts.indptr) > 0)
    most = min(len(used) // TEXTS_PER_THEME, len(terms) - 1)
    tried = tuple(k for k in wanted if k <= most)
    if len(used) < LEAST_TEXTS or not tried:
        return Themes(
            float("nan"), "too_few", (), np.full(len(given), -1), np.zeros((len(given), 0)), (), np.zeros(0),
            np.zeros(0), False, len(used), len(terms),
        )  # fmt: skip
    table = prepare(counts, given)[used]
    with one_thread("sklearn.decomposition"):
        found = {k: model(table, k, seed, True) for k in tried}
        tops = {k: _tops(found[k][1]) for k in tried}
        stabilities = np.array(
            [
                np.mean(
                    [
                        likeness(tops[k], _tops(model(table, k, seed + other, False)[1]))
                        for other in range(1, seeds + 1)
                    ]
                )
                for k in tried
            ]
        )
    coherences = np.array([np.nanmean(npmi_coherence(tops[k], counts[used])) for k in tried])
    best = _choice(coherences, stabilities)
    k = tried[best]
    shares = found[k][0]
    total = shares.sum(axis=1, keepdims=True)
    own = np.where(total[:, 0] > 0, shares.argmax(axis=1), -1)
    order = np.argsort(-np.bincount(own[own >= 0], minlength=k), kind="stable")
    theme, weights = np.full(len(given), -1), np.zeros((len(given), k))
    theme[used] = np.where(own >= 0, np.argsort(order)[own], -1)
    weights[used] = np.divide(shares, total, out=np.zeros_like(shares), where=total > 0)[:, order]
    of_theme = npmi_coherence(tops[k], counts[used])
    ones = tuple(
        Theme(
            tuple(terms[term] for term in tops[k][old]),
            int((own == old).sum()),
            _examples(shares[:, old], own == old, used, given),
            float(of_theme[old]),
        )
        for old in order
    )
    return Themes(
        float(k), None, ones, theme, weights, tried, coherences, stabilities,
        bool(stabilities[best] >= STABLE_FROM), len(used), len(terms),
    )  # fmt: skip


def _choice(coherences: Floats, stabilities: Floats) -> int:
    """The most coherent number of themes among those that are stable; without one the most stable."""
    is_stable = stabilities >= STABLE_FROM
    if not is_stable.any():
        return int(np.argmax(stabilities))
    return int(np.argmax(np.where(is_stable, coherences, -np.inf)))


def _tops(weights: Floats) -> list[list[int]]:
    """Columns of the heaviest terms of each theme; of equally heavy ones the first in the alphabet."""
    order = np.argsort(-weights.round(12), axis=1, kind="stable")[:, :TOP_TERMS]
    return [
        [int(term) for term in row if weights[theme, term] > 1e-9 * weights[theme].max()]
        for theme, row in enumerate(order)
    ]


def _examples(
    weights: Floats, is_own: NDArray[np.bool_], used: NDArray[np.int64], texts: list[str]
) -> tuple[int, ...]:
    """Numbers of the texts that are most about a theme, no two of them the same text."""
    found: list[int] = []
    for place in np.argsort(-weights, kind="stable"):
        number = int(used[place])
        if is_own[place] and texts[number] not in [texts[one] for one in found]:
            found.append(number)
        if len(found) == EXAMPLES:
            break
    return tuple(found)


def _nmf(table: Any, k: int, seed: int, is_first: bool) -> tuple[Floats, Floats]:
    """Weights of texts, and of terms with themes of length 1. The first start is NNDSVDa, the others are drawn."""
    from sklearn.decomposition import NMF
    from sklearn.exceptions import ConvergenceWarning

    # A perfect fit leaves an error of rounding below 0, of which scikit-learn takes the root.
    with warnings.catch_warnings(), np.errstate(invalid="ignore"):
        warnings.simplefilter("ignore", ConvergenceWarning)
        start = "nndsvda" if is_first else "random"
        model = NMF(k, init=start, max_iter=500, random_state=seed)
        weights = model.fit_transform(table)
    length = np.linalg.norm(model.components_, axis=1)
    return weights * length, model.components_ / np.where(length > 0, length, 1)[:, None]


def _lda(table: Any, k: int, seed: int, _is_first: bool) -> tuple[Floats, Floats]:
    """Shares of themes in texts, and chances of terms within themes."""
    from sklearn.decomposition import LatentDirichletAllocation

    model = LatentDirichletAllocation(k, learning_method="batch", max_iter=50, random_state=seed)
    shares = model.fit_transform(table)
    return shares, model.components_ / model.components_.sum(axis=1, keepdims=True)
