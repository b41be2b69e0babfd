"""What people wrote: open answers, comments, and the personal strings that must never come out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from delphi.demo.people import Person
from delphi.demo.ratings import NO_OPINION
from delphi.demo.tables import Question, open_questions, rows

__all__ = ["PLANTED_COMMENTS", "PLANTED_STRINGS", "comment_on", "open_answers"]

BLANK = 0.22
IDEAS = (0.5, 0.4, 0.1)  # 1, 2 or 3 ideas: 1.6 on average
LONGEST = 60  # words
OPENINGS = {
    "en": ("In our experience,", "Briefly:", "Last year again:"),
    "fr": ("D’après notre expérience,", "En bref :", "L’an dernier encore :"),
    "es": ("En nuestra experiencia,", "En breve:", "El año pasado otra vez:"),
    "ar": ("من تجربتنا:", "باختصار:"),
}
JOINTS = {"en": "; and ", "fr": " ; et ", "es": "; y ", "ar": "، و"}
BARE = {"en": "See above", "fr": "Voir ci-dessus", "es": "Véase arriba", "ar": "انظر أعلاه"}

OFTEN, RARELY = 0.18, 0.05

PLANTED_STRINGS = (
    "Thelma Fictiva",
    "t.fictiva@example.org",
    "+31 70 555 0142",
    "Imaginary Drilling Ltd",
    "Oskar Erfunden",
    "Invented Hospitals Group",
)
"""Personal strings in the comments of the demonstration study; an output that holds one of them is wrong."""

PASTED = "Our association answered this in its position paper of last spring; please read it there."
# Round → comment; each goes to a different person. The last four are no personal data but trouble on the way.
PLANTED_COMMENTS = {
    "r1": (
        f"Ask {PLANTED_STRINGS[0]} at the ministry, she has the figures.",
        f"I can send the study: {PLANTED_STRINGS[1]}",
        "Two remarks.\nFirst, it depends on the city. Second, on the year.",
    ),
    "r2": (
        f"Call me on {PLANTED_STRINGS[2]} if this is unclear.",
        f"{PLANTED_STRINGS[3]} has done this since 2009.",
        PASTED,
        PASTED,
        PASTED,
        "=1+1",
    ),
    "r3": (
        f"{PLANTED_STRINGS[4]} said so in the last meeting.",
        f"At {PLANTED_STRINGS[5]} nine of ten stayed.",
        "\u200fشكرا\u200f (thank you)",
    ),
}


def open_answers(person: Person, rng: np.random.Generator) -> dict[str, str]:
    """Answers to the twelve open questions of round 1: -97 for those of the other form, empty where blank."""
    answers = {}
    for question, form in open_questions():
        if form != person.form:
            answers[question] = "-97"
        elif rng.random() < BLANK:
            answers[question] = ""
        else:
            answers[question] = _composed(question, person.language, rng)
    return answers


def _composed(question: str, language: str, rng: np.random.Generator) -> str:
    if rng.random() < 0.04:
        return BARE[language]
    phrases = [row[language] for row in rows("phrases") if row["question"] == question]
    n = 1 + int(rng.choice(3, p=IDEAS))
    ideas = [phrases[int(place)] for place in rng.permutation(len(phrases))[:n]]
    text = JOINTS[language].join(ideas)
    if rng.random() < 0.3:
        openings = OPENINGS[language]
        return f"{openings[int(rng.integers(len(openings)))]} {text}."
    return f"{text[0].upper()}{text[1:]}."


def comment_on(
    question: Question, answers: NDArray[np.int64], people: Sequence[Person], rng: np.random.Generator
) -> list[str]:
    """Comments on one item: those outside the middle half speak more often, and for their side."""
    valid = answers[answers != NO_OPINION]
    low, high = np.quantile(valid, [0.25, 0.75])
    drawn = rng.random(len(answers))
    comments = []
    for row, answer in enumerate(answers):
        is_outside = answer < low or answer > high
        if answer == NO_OPINION or drawn[row] >= (OFTEN if is_outside else RARELY):
            comments.append("")
            continue
        side = "neutral" if not is_outside else "for" if answer > high else "against"
        said = _said(people[row].language, side)
        comments.append(said[int(rng.integers(len(said)))])
    return comments


def _said(language: str, side: str) -> list[str]:
    return [row["text"] for row in rows("comments") if row["language"] == language and row["side"] == side]
