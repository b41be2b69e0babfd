"""What counts as a term, in several languages."""

from __future__ import annotations

import unicodedata

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from delphi.opinions.stop_words import FRENCH, stop_words
from delphi.opinions.terms import as_texts, plain, terms_of, words_of
from delphi.opinions.tfidf import tfidf


@pytest.mark.parametrize(
    ("text", "language", "expected", "why"),
    [
        ("The costs of housing, e.g. RENT!", "en", ["costs", "housing", "rent"], "case, punctuation and stop words go"),
        ("Don’t the panel's members agree?", "en", ["panel", "members", "agree"], "contractions and the possessive"),
        ("L’accès à l'emploi, aujourd’hui", "fr", ["accès", "emploi"], "elision in both apostrophes"),
        ("Qu'est-ce que l'Été ?", "fr", [], "all of it is grammar; été is also the participle"),
        ("ÉCOLE école e\u0301cole", "fr", ["école"] * 3, "capitals and accents typed as marks of their own"),
        ("Straße STRASSE", "de", ["strasse", "strasse"], "case folding of sharp s"),
        ("the der le", "", ["the", "der", "le"], "no language: no stop words"),
        ("नमस्ते दुनिया", "hi", ["नमस्ते", "दुनिया"], "vowel signs belong to the word"),
        ("می\u200cتواند", "fa", ["می\u200cتواند"], "so does the joiner of Persian"),
        ("ｌｉｇｈｔ ﬁelds", "en", ["light", "fields"], "compatible forms of letters"),
        ("UberX自用車", "zh", ["uberx", "自用", "用車"], "pairs of letters where there are no spaces"),
        ("光", "ja", [], "a single letter is no term"),
        ("2 rounds in 2024", "en", ["rounds", "2024"], "numbers of two digits and more are terms"),
        ("_ -- … 'quoted'", "en", ["quoted"], "no empty words"),
        ("", "en", [], "nothing"),
    ],
)  # fmt: skip
def test_terms(text: str, language: str, expected: list[str], why: str) -> None:
    assert terms_of(text, language) == expected, why


def test_further_stop_words_are_folded_like_the_text() -> None:
    assert terms_of("Delphi panels meet", "en", more_stop_words=["DELPHI"]) == ["panels", "meet"]


def test_words_keep_what_terms_leave_out() -> None:
    assert words_of("A panel’s “own” x") == ["a", "panel", "own", "x"]


def test_stop_words_are_of_one_spelling_and_carry_no_topic() -> None:
    for language in ("en", "fr", "es", "de", "pt", "it", "nl"):
        words = stop_words(language)
        assert all(plain(word) == word and unicodedata.is_normalized("NFC", word) for word in words)
        assert 120 < len(words) < 300, language
        assert not words & {
            "panel",
            "system",
            "system's",
            "problem",
            "travail",
            "problème",
            "temps",
            "good",
            "bon",
        }
    assert stop_words("FR_ca") == FRENCH
    assert stop_words("english") == frozenset()


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        ("one text", "texts: needs a list of texts, got a single text"),
        (["a", 1, 2], "texts: 2 of 3 are not texts"),
    ],
)
def test_wrong_texts_are_refused_without_being_told(texts: object, message: str) -> None:
    with pytest.raises(ValueError, match="^" + message):
        as_texts(texts)  # type: ignore[arg-type]


TEXTS = ["rent is too high", None, "High rents, high deposits", "  ", "visa", "!!"]


def test_weights_are_those_of_scikit_learn_over_the_texts_that_are_not_blank() -> None:
    found = tfidf(TEXTS, "en")
    written = [" ".join(terms_of(text or "", "en")) for text in (TEXTS[0], TEXTS[2], TEXTS[4], TEXTS[5])]
    model = TfidfVectorizer(norm="l2", smooth_idf=True)
    expected = model.fit_transform(written).toarray()
    assert found.terms == tuple(model.get_feature_names_out())
    np.testing.assert_allclose(found.weights.toarray()[[0, 2, 4, 5]], expected)
    np.testing.assert_array_equal(found.weights.toarray()[[1, 3]], 0)


def test_rows_have_length_1_or_are_empty() -> None:
    lengths = np.linalg.norm(tfidf(TEXTS, "en").weights.toarray(), axis=1)
    np.testing.assert_allclose(lengths, [1, 0, 1, 0, 1, 0])


@pytest.mark.parametrize("texts", [[], [None, ""], ["the of", "!"]])
def test_texts_without_a_term_give_a_table_without_columns(texts: list[str | None]) -> None:
    found = tfidf(texts, "en")
    assert (found.n_terms, found.terms, found.weights.shape) == (0, (), (len(texts), 0))


def test_rare_and_frequent_terms_can_be_left_out() -> None:
    texts = ["aa bb", "aa bb", "aa cc", "aa"]
    assert tfidf(texts, least_texts=2).terms == ("aa", "bb")
    assert tfidf(texts, largest_share=0.5).terms == ("bb", "cc")
    assert tfidf(texts, least_texts=2, largest_share=0.5).terms == ("bb",)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"least_texts": 0}, "least_texts: at least 1, got 0"),
        ({"largest_share": 0}, "largest_share: a share above 0 and at most 1, got 0"),
    ],
)
def test_wrong_options_are_named(options: dict[str, float], message: str) -> None:
    with pytest.raises(ValueError, match="^" + message):
        tfidf(["a"], **options)  # type: ignore[arg-type]
