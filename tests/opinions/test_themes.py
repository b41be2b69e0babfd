"""Themes: planted subjects, choice of their number, examples, too few texts, languages apart."""

from __future__ import annotations

import re

import numpy as np
import pytest
from scipy.sparse import csr_array

from delphi import statistics as ds
from delphi.opinions.coherence import likeness, npmi_coherence
from delphi.opinions.themes import lda_themes, nmf_themes, themes_apart

SUBJECTS = {
    "en": (
        "rent flat landlord deposit lease tenant housing cellar stairs window kitchen heating garden balcony floor",
        "visa permit embassy passport border stamp consul form queue entry flight customs ticket airport luggage",
        "school teacher pupil lesson homework exam book desk classroom grade library chalk holiday sports choir",
    ),
    "fr": (
        "loyer logement bailleur caution bail locataire maison cave escalier fenêtre cuisine chauffage jardin balcon étage",
        "visa permis ambassade passeport frontière timbre consul formulaire attente entrée avion douane billet aéroport bagages",
        "école professeur élève leçon devoirs examen livre pupitre classe note bibliothèque craie vacances sport chorale",
    ),
}  # fmt: skip
FREQUENCY = np.array([1 / place for place in range(1, 16)]) / sum(1 / place for place in range(1, 16))
ANYWHERE = {
    "en": "problem cost time month year money town person reason help office phone street winter region",
    "fr": "problème coût temps mois année argent ville personne raison aide bureau téléphone rue hiver région",
}


def answers(many: int = 120, language: str = "en", seed: int = 2) -> tuple[list[str | None], np.ndarray]:
    """Invented answers on three subjects, the first the most frequent, with grammar around their words."""
    rng = np.random.default_rng(seed)
    subject = np.sort(rng.choice(3, many, p=[0.45, 0.33, 0.22]))
    grammar = ("the", "is", "very", "with") if language == "en" else ("le", "est", "très", "avec")
    texts = []
    for one in subject:
        words = [
            *rng.choice(SUBJECTS[language][one].split(), 5, p=FREQUENCY),
            *rng.choice(ANYWHERE[language].split(), 2),
        ]
        texts.append(" ".join(f"{rng.choice(grammar)} {word}" for word in words))
    return [f"{text.capitalize()}." for text in texts], subject


WAYS = {"nmf_themes": nmf_themes, "lda_themes": lda_themes}


@pytest.mark.parametrize("way", WAYS)
def test_planted_subjects_come_out_the_largest_first(way: str) -> None:
    texts, subject = answers()
    found = WAYS[way](texts, "en", numbers=[2, 3, 4])
    assert (found.k, found.reason, found.is_stable) == (3, None, True)
    for theme, words in zip(found.themes, SUBJECTS["en"], strict=True):
        assert len(set(theme.terms[:5]) & set(words.split())) >= 4
        assert theme.coherence > 0
    assert (found.theme == subject).mean() > 0.95
    assert [theme.n_texts for theme in found.themes] == np.bincount(found.theme, minlength=3).tolist()
    np.testing.assert_allclose(found.weights.sum(axis=1), 1)


@pytest.mark.parametrize("way", WAYS)
def test_the_same_seed_gives_the_same_themes(way: str) -> None:
    texts, _ = answers()
    first, second = (WAYS[way](texts, "en", numbers=[2], seeds=1, seed=7) for _ in range(2))
    assert first.themes == second.themes
    np.testing.assert_array_equal(first.stabilities, second.stabilities)


def test_examples_are_three_different_texts_of_the_theme_by_number() -> None:
    texts, _ = answers()
    texts = [*texts, texts[0], texts[0]]
    found = nmf_themes(texts, "en", numbers=[3])
    for number, theme in enumerate(found.themes):
        assert len({texts[one] for one in theme.examples}) == 3
        assert all(found.theme[one] == number for one in theme.examples)
        for one in theme.examples:
            assert set(re.findall(r"\w+", str(texts[one]).lower())) & set(theme.terms)


def test_themes_of_texts_that_are_blank_or_without_a_term() -> None:
    texts, _ = answers()
    more = [None, "", "The is very", *texts]
    found = nmf_themes(more, "en", numbers=[3])
    assert found.theme[:3].tolist() == [-1, -1, -1]
    assert (found.weights[:3] == 0).all()
    assert found.n_texts == 120
    assert found.themes[0].terms == nmf_themes(texts, "en", numbers=[3]).themes[0].terms


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("texts", "reason", "why"),
    [
        ([None, " "] * 20, "no_valid_answers", "nothing was written"),
        (answers(29)[0], "too_few", "29 texts"),
        (["the", "of"] * 20, "too_few", "stop words alone"),
        ([f"word{number}" for number in range(40)], "too_few", "no word is in two texts"),
        (["rent"] * 40, "too_few", "one word in all texts"),
    ],
)
def test_where_there_is_no_topic_model(way: str, texts: list[str | None], reason: str, why: str) -> None:
    found = ds.computed(way, texts, language="en", seeds=1)
    assert (np.isnan(found.value), found.reason[()]) == (True, reason), why
    assert found.more is not None
    assert (found.more["reason"], found.more["themes"]) == ("too_few", ())
    assert set(found.more["theme"].tolist()) == {-1}


def test_at_most_one_theme_per_ten_texts_is_tried() -> None:
    assert nmf_themes(answers(45)[0], "en").tried == (2, 3, 4)


def test_languages_are_themed_apart() -> None:
    english, french = answers(90)[0], answers(90, "fr")[0]
    mixed = [text for pair in zip(english, french, strict=True) for text in pair]
    found = themes_apart(mixed, ["en", "fr"] * 90, numbers=[3])
    for language, (numbers, themes) in found.items():
        assert numbers.tolist() == list(range(language == "fr", 180, 2))
        words = {*" ".join(SUBJECTS[language]).split(), *ANYWHERE[language].split()}
        assert {term for theme in themes.themes for term in theme.terms} <= words
        assert themes.k == 3


def test_coherence_of_terms_that_never_or_always_or_independently_meet() -> None:
    never = csr_array([[1, 0], [0, 1], [1, 0], [0, 1]])
    always = csr_array([[1, 1], [1, 1], [0, 0], [0, 0]])
    independent = csr_array([[1, 1], [1, 0], [0, 1], [0, 0]])
    everywhere = csr_array([[1, 1], [1, 1]])
    expected = {-1.0: never, 1.0: always, 0.0: independent}
    for value, table in expected.items():
        assert npmi_coherence([[0, 1]], table).tolist() == pytest.approx([value])
    assert npmi_coherence([[0, 1]], everywhere).tolist() == [0]
    assert np.isnan(npmi_coherence([[0]], never)).all()


def test_likeness_pairs_the_themes_whatever_their_order() -> None:
    themes = [[1, 2, 3], [4, 5, 6], [7, 8, 9]]
    assert likeness(themes, themes[::-1]) == 1
    assert likeness(themes, [[1], [2], [3]]) == pytest.approx(1 / 9)


def test_the_number_of_themes_is_the_most_coherent_of_the_stable_ones() -> None:
    found = nmf_themes(answers()[0], "en", numbers=[2, 3, 4, 5])
    stable = found.stabilities >= 0.5
    best = max(found.coherences[stable])
    assert found.coherences[found.tried.index(int(found.k))] == best


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: nmf_themes(["a"], numbers=[1]), "numbers: are numbers of themes from 2 on"),
        (lambda: lda_themes(["a"], seeds=0), "seeds: at least 1, got 0"),
        (lambda: nmf_themes("a"), "texts: needs a list of texts"),
        (lambda: themes_apart(["a"], ["en", "fr"]), "languages: needs one per text, got 2 for 1 texts"),
    ],
)
def test_wrong_arguments_are_named(call: object, message: str) -> None:
    with pytest.raises(ValueError, match="^" + message):
        call()  # type: ignore[operator]
