"""Open text of public studies: statements in fifteen languages, comments, justifications."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from delphi.opinions.near_duplicates import near_duplicates
from delphi.opinions.terms import terms_of
from delphi.opinions.themes import nmf_themes, themes_apart

CODES = {"English": "en", "French": "fr"}


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def statements(shared_data: Path) -> list[dict[str, str]]:
    return rows_of(shared_data / "ladenburg_statements" / "statements_multilingual.csv")


def test_statements_on_daylight_and_mood_and_sleep_are_near_duplicates_in_every_language(
    statements: list[dict[str, str]],
) -> None:
    """Two statements of the study say the same of mood and of sleep quality; in ten languages the translations stay that near."""
    found = near_duplicates(
        [row["statement"] for row in statements], languages=[row["language"] for row in statements]
    )
    numbers = [(statements[pair.first], statements[pair.second]) for pair in found.pairs]
    assert all(one["language"] == other["language"] for one, other in numbers)
    assert {tuple(sorted((int(one["number"]), int(other["number"])))) for one, other in numbers} == {(18, 19)}
    languages = {one["language"] for one, _ in numbers}
    assert {"English", "French", "Chinese", "Persian", "Japanese"} <= languages


def test_every_language_has_terms_and_themes_of_its_own(statements: list[dict[str, str]]) -> None:
    columns = ("statement", "simplified_statement", "contextual_information")
    texts = [row[column] for row in statements for column in columns]
    languages = [CODES.get(row["language"], row["language"]) for row in statements for _ in columns]
    found = themes_apart(texts, languages, numbers=[3], seeds=1)
    assert len(found) == 15
    for language, (numbers, themes) in found.items():
        assert len(numbers) == 78
        assert themes.reason is None
        own = {term for number in numbers for term in terms_of(texts[number], language)}
        assert {term for theme in themes.themes for term in theme.terms} <= own
        assert all(len(theme.examples) == 3 for theme in themes.themes)
    assert any({"clock", "body"} & set(theme.terms) for theme in found["en"][1].themes)
    assert any("horloge" in theme.terms for theme in found["fr"][1].themes)


def test_twenty_eight_comments_are_too_few_for_a_topic_model(shared_data: Path) -> None:
    comments = [row["comment"] for row in rows_of(shared_data / "ias_technologies_subset" / "comments.csv")]
    assert len(comments) == 28
    assert nmf_themes(comments, "en").reason == "too_few"
    assert near_duplicates(comments).n_pairs == 0


def test_justifications_have_themes_and_near_duplicates(shared_data: Path) -> None:
    rows = rows_of(shared_data / "replicats_idea_two_rounds" / "justifications.csv")
    texts = [row["justification"] for row in rows]
    assert len(texts) == 5630
    found = nmf_themes(texts, "en", numbers=[2, 3], seeds=2)
    assert found.k in (2, 3)
    assert (found.theme[[not text.strip() for text in texts]] == -1).all()
    assert any({"sample", "size"} <= set(theme.terms) for theme in found.themes)
    pairs = near_duplicates(texts).pairs
    assert len(pairs) > 100
    assert all(texts[pair.first].strip() and texts[pair.second].strip() for pair in pairs)
    strengths = np.array([pair.token_set / 100 + pair.cosine for pair in pairs if pair.kind != "same"])
    assert (np.diff(strengths) <= 1e-9).all()
