"""Proposals for merging: all pairs that the definition asks for, evidence, languages, and nothing merged."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer

from delphi.opinions import near_duplicates as module
from delphi.opinions.near_duplicates import near_duplicates
from delphi.opinions.terms import words_of
from delphi.opinions.token_set import common_letters, token_set_ratio

WORDS = (
    "housing",
    "house",
    "is",
    "scarce",
    "scarcer",
    "the",
    "city",
    "cities",
    "visa",
    "visas",
    "a",
    "take",
    "long",
)
SENTENCES = st.lists(st.lists(st.sampled_from(WORDS), max_size=5).map(" ".join), max_size=14)


def by_all_pairs(
    texts: list[str], token_set: float, cosine: float, contained_from: int
) -> set[tuple[int, int]]:
    """Every pair by the definition, and of texts with the same words the first only."""
    words = [words_of(text) for text in texts]
    first = [words.index(own) for own in words]
    different = [place for place in range(len(texts)) if first[place] == place and words[place]]
    found = {(first[place], place) for place in range(len(texts)) if first[place] != place and words[place]}
    if len(different) > 1:
        model = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 3))
        table = model.fit_transform([" ".join(words[place]) for place in different]).toarray()
        for a, b in combinations(range(len(different)), 2):
            one, other = set(words[different[a]]), set(words[different[b]])
            is_short = (one <= other or other <= one) and min(len(one), len(other)) < contained_from
            if (not is_short and token_set_ratio(one, other) >= token_set) or table[a] @ table[
                b
            ] >= cosine - 1e-12:
                found.add((different[a], different[b]))
    return found


@settings(deadline=None, max_examples=150)
@given(
    SENTENCES,
    st.sampled_from([70.0, 80, 90, 100]),
    st.sampled_from([0.5, 0.85]),
    st.integers(1, 3),
    st.integers(1, 5),
)
def test_no_pair_of_the_definition_is_missed(
    texts: list[str], token_set: float, cosine: float, contained_from: int, rows: int
) -> None:
    """The quick bounds in blocks leave out only what the exact ratio would."""
    before = list(texts)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "ROWS", rows)
        found = near_duplicates(texts, token_set, cosine, contained_from)
    expected = by_all_pairs(texts, token_set, cosine, contained_from)
    assert {(pair.first, pair.second) for pair in found.pairs} == expected
    assert found.n_pairs == len(found.pairs) == len(expected)
    assert texts == before


@settings(deadline=None, max_examples=200)
@given(st.text("abc ", max_size=12), st.text("abc ", max_size=12))
def test_common_letters_are_those_of_the_table(one: str, other: str) -> None:
    table = np.zeros((len(one) + 1, len(other) + 1), dtype=int)
    for i, a in enumerate(one, start=1):
        for j, b in enumerate(other, start=1):
            table[i, j] = table[i - 1, j - 1] + 1 if a == b else max(table[i - 1, j], table[i, j - 1])
    assert common_letters(one, other) == table[-1, -1]


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("fuzzy was a bear", "fuzzy fuzzy was a hare", 87.5),
        ("colour blind", "color blinds", 91.66666666666667),
        ("Housing is scarce in the cities", "The cities lack housing", 87.8048780487805),
        ("a b", "", 0.0),
        ("new york mets", "new york", 100.0),
    ],
)
def test_token_set_ratio_is_that_of_rapidfuzz(one: str, other: str, ratio: float) -> None:
    """RapidFuzz 3.14.6, `fuzz.token_set_ratio` of the texts in lower case."""
    for first, second in ((one, other), (other, one)):
        assert token_set_ratio(words_of(first), words_of(second)) == pytest.approx(ratio)


def test_each_pair_comes_with_its_evidence() -> None:
    texts = ["Housing is scarce here.", "housing is SCARCE here", "Here housing is scarce", "Housing is very scarce here", "Visas take long", None]  # fmt: skip
    found = {(pair.first, pair.second): pair for pair in near_duplicates(texts).pairs}
    assert set(found) == {(0, 1), (0, 2), (0, 3), (2, 3)}
    assert [found[pair].kind for pair in found] == ["same", "contained", "contained", "contained"]
    assert (found[(0, 1)].token_set, found[(0, 1)].cosine) == (100.0, 1.0)
    assert 0.7 < found[(0, 3)].cosine < 1


def test_the_strongest_evidence_stands_first() -> None:
    texts = ["rent is far too high in town", "rent is much too high in town", "visas take long", "Visas take long!", "visa takes long"]  # fmt: skip
    pairs = near_duplicates(texts).pairs
    assert pairs[0].kind == "same"
    strengths = [pair.token_set / 100 + pair.cosine for pair in pairs[1:]]
    assert strengths == sorted(strengths, reverse=True)


def test_a_short_answer_is_not_a_duplicate_of_all_texts_that_hold_it() -> None:
    texts = ["yes", "yes of course it is", "yes, but the rents are too high", "Yes!"]
    assert [(pair.first, pair.second) for pair in near_duplicates(texts).pairs] == [(0, 3)]
    assert near_duplicates(texts, contained_from=1).n_pairs == 3


def test_texts_of_different_languages_are_not_paired() -> None:
    texts = ["information transparent", "information transparente", "information transparent"]
    assert near_duplicates(texts).n_pairs == 2
    assert [(p.first, p.second) for p in near_duplicates(texts, languages=["en", "fr", "en"]).pairs] == [
        (0, 2)
    ]


def test_accents_and_case_by_the_rules_of_unicode() -> None:
    """Composed and decomposed letters are the same, an accent more is not."""
    texts = ["L'E\u0301COLE est loin d'ici", "l’école est loin d’ici", "l'ecole est loin d'ici"]
    pairs = {
        (pair.first, pair.second): pair.kind for pair in near_duplicates(texts, languages=["fr"] * 3).pairs
    }
    assert pairs[(0, 1)] == "same"
    assert pairs[(0, 2)] == "alike"


@pytest.mark.parametrize("texts", [[], [None], ["", "!", "..."], ["one text"]])
def test_without_two_texts_there_is_no_pair(texts: list[str | None]) -> None:
    assert near_duplicates(texts).pairs == ()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: near_duplicates(["a"], token_set=101), "token_set: is above 0 and at most 100, got 101"),
        (lambda: near_duplicates(["a"], cosine=0), "cosine: is above 0 and at most 1, got 0"),
        (lambda: near_duplicates(["a"], languages=[]), "languages: needs one per text, got 0 for 1 texts"),
        (lambda: near_duplicates("a"), "texts: needs a list of texts"),
    ],
)
def test_wrong_arguments_are_named(call: object, message: str) -> None:
    with pytest.raises(ValueError, match="^" + message):
        call()  # type: ignore[operator]
