"""Numbers, names and rules as the report says them."""

from __future__ import annotations

from fractions import Fraction

import report_study

from delphi.outputs.about import about_lines
from delphi.outputs.rules_in_words import PROPOSAL, rules_in_words
from delphi.outputs.wording import clean, percent, thousands, whole_percent
from delphi.study.model import (
    CvrClause,
    FuzzyClause,
    IqrClause,
    MeasureClause,
    MedianClause,
    RamClause,
    Rules,
    ShareClause,
)

SEVENTY = (Fraction(7, 10),)


def test_a_share_is_never_printed_as_a_threshold_that_it_misses() -> None:
    assert percent(42, 60, SEVENTY) == "70.0\u00a0%"
    assert percent(39, 56, SEVENTY) == "69.6\u00a0%"
    assert percent(69_999, 100_000, SEVENTY) == "69.999\u00a0%"
    assert whole_percent(42, 60, SEVENTY) == "70"
    assert whole_percent(48, 69, SEVENTY) == "69.6"
    assert whole_percent(1, 2) == "50"


def test_no_answers_give_no_share() -> None:
    assert percent(0, 0) == "–"


def test_large_counts_are_set_in_threes() -> None:
    assert thousands(1_234_567) == "1\u202f234\u202f567"


def test_control_characters_and_direction_overrides_are_taken_out() -> None:
    assert clean("a\x00b\x1b[31mc\u202ed\u2066e\ud800") == "ab[31mcde\ufffd"
    assert clean("العربية") == "العربية"


def test_rules_name_bands_bounds_base_and_least_numbers() -> None:
    study = report_study.study()
    sentences = rules_in_words(study.rules, study)
    agreed = next(one for one in sentences if "rule agreed" in one)
    assert "at least 70 % (inclusive) of the valid answers lie in “high” (7–9 of 1–9; 4–5 of 1–5)" in agreed
    assert "less than 15 % (strict) of the valid answers lie in “low”" in agreed
    assert "within Company and Government (Role), each where at least 8 answered" in agreed
    assert "at least 12 valid answers, and at least 50 % of those who were shown the item" in agreed
    assert any(one.startswith("“Stable” (rule net") and "less than 15 % (strict)" in one for one in sentences)
    assert any("at most 2 scale points apart is at least 85 %" in one for one in sentences)


def test_the_second_limb_of_the_default_stability_is_marked_as_a_proposal() -> None:
    study = report_study.study()
    assert PROPOSAL in rules_in_words(study.rules, study)
    own = study.rules.model_copy(update={"preset": None})
    assert PROPOSAL not in rules_in_words(own, study)


def test_a_study_without_rules_says_so() -> None:
    study = report_study.study()
    sentences = rules_in_words(Rules(), study)
    assert any("declares no rule of consensus" in one for one in sentences)
    assert "The study declares no rule of stopping." in sentences


def test_other_clauses_are_said_in_words() -> None:
    study = report_study.study()
    first = study.rules.consensus[0]
    cases = {
        MedianClause(in_band="high"): "the median lies in “high”",
        IqrClause(at_most=Fraction(3, 2)): "the interquartile range is at most 1.5 scale points",
        MeasureClause(clause="polarised", measure="van_der_eijk", op="at_most", value=Fraction(0)): "van der Eijk's agreement A is at most 0",
        RamClause(median_band="high"): ", half a point counting up, and the panel does not disagree",
        RamClause(disagreement="present", rule="classic"): "the panel disagrees by the RAND/UCLA method (it disagrees where a third",
        CvrClause(band="high", at_least="critical"): "ratio of those in “high”",
        CvrClause(band="high", at_least=Fraction(1, 2)): "is at least 0.5 (inclusive)",
        FuzzyClause(map="herrera_9", d=Fraction(1, 5), share=Fraction(3, 4), alpha_cut=Fraction(1, 2)): "by the map herrera_9, the answers lie on average at most 0.2 from their mean, at least 75 % of them",
        ShareClause(band="high", op="more_than", value=Fraction(2, 3)): "more than 66.6667 % (strict)",
    }  # fmt: skip
    for clause, words in cases.items():
        rules = Rules(consensus=(first.model_copy(update={"require": clause, "base": "shown"}),))
        assert words in " ".join(rules_in_words(rules, study))


def test_what_a_study_says_of_itself_is_flattened_to_lines() -> None:
    about = {"scope": {"theme": "a", "units": None}, "languages": ["en", "fr"], "registered": False}
    assert about_lines(about) == [
        ("Scope", ["Theme: a"]),
        ("Languages", ["en", "fr"]),
        ("Registered", ["no"]),
    ]
