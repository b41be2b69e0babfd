"""Entries of section 10: open text."""

from __future__ import annotations

from delphi.statistics.entries.entry import Case, Parameter, Statistic
from delphi.statistics.undefined import always

ENTRIES: tuple[Statistic, ...] = (
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
