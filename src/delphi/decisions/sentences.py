"""Sentences for clauses: what was counted, what the rule asks for, and by how much it was missed."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from delphi.decisions import exact
from delphi.decisions.clauses import (
    CombinedOutcome,
    EachGroupOutcome,
    GroupOutcome,
    MethodOutcome,
    Outcome,
    ShareOutcome,
    ValueOutcome,
)
from delphi.decisions.method_sentences import (
    method_distance,
    method_parts,
    method_requirement,
    method_side,
)
from delphi.decisions.numbers import (
    OPERATORS,
    band_text,
    bound_text,
    listed,
    needed_text,
    number,
    percent_of,
)
from delphi.study.measures import OF_RANKINGS, full_name, of_answers, short_name
from delphi.study.model import (
    AllClause,
    AnyClause,
    Categories,
    Clause,
    CvrClause,
    EachGroupClause,
    FuzzyClause,
    IqrClause,
    MeasureClause,
    MedianClause,
    Operator,
    Option,
    OptionValue,
    RamClause,
    ShareClause,
)

_MEASURE_NAMES = {
    "van_der_eijk_agreement": "van der Eijk's agreement A",
    "van_der_eijk_polarization": "van der Eijk's polarization",
}
_BASES = {
    "valid": ("valid answers", "lie"),
    "shown": ("who were shown the item", "answered"),
    "invited": ("who were invited", "answered"),
}


@dataclass
class Teller:
    """Tells the clauses of one rule. The first bound names the rule, the first count what is counted.

    Parameters
    ----------
    rule_id : the rule
    small_cell : groups with fewer answers have their counts left out
    is_introduced : the sentence before has named the rule
    """

    rule_id: str
    small_cell: int = 5
    is_introduced: bool = False
    has_asked: bool = False
    named_base: str = ""

    def tell(self, outcome: Outcome) -> list[str]:
        """Sentences without their full stops.

        Of an outcome that holds: what holds, of an `any` the first clause that does. Of one that fails: only
        what fails, of an `any` the clause that comes closest.
        """
        if isinstance(outcome, CombinedOutcome):
            return [text for part in _decisive(outcome) for text in self.tell(part)]
        if isinstance(outcome, EachGroupOutcome):
            return self._each_group(outcome)
        if isinstance(outcome, ShareOutcome):
            return [self._share(outcome)]
        if isinstance(outcome, ValueOutcome):
            return [self._value(outcome)]
        return [
            f"{text}; {self._asks()}{demand}" if demand else text
            for text, demand in method_parts(outcome, not self._of(outcome.n))
        ]

    def _of(self, n: int, what: str = "valid answers") -> str:
        """How many answers something rests on, said once."""
        about = "" if self.named_base == "valid" else f" of {n} {what}"
        self.named_base = "valid"
        return about

    def _asks(self) -> str:
        if self.has_asked:
            return ""
        self.has_asked = True
        return "it asks for " if self.is_introduced else f"rule {self.rule_id} asks for "

    def _share(self, outcome: ShareOutcome) -> str:
        clause, n = outcome.clause, outcome.denominator or 0
        counted, verb = _BASES[outcome.base]
        noun = "" if self.named_base == outcome.base else f" {counted}"
        self.named_base = outcome.base
        part = percent_of(outcome.numerator, n, clause.value) if n else "no share"
        where = (
            f"{verb} in {band_text(outcome.band)}"
            if outcome.band
            else f"{_one_by_one(verb)} {codes_text(clause)}"
        )
        text = (
            f"{outcome.numerator} of {n}{noun} ({part}) {where}; "
            f"{self._asks()}{bound_text(clause.op, clause.value)}"
        )
        return text + needed_text(clause.op, clause.value, outcome.numerator, n, outcome.holds)

    def _value(self, outcome: ValueOutcome) -> str:
        clause, value = outcome.clause, outcome.value
        is_ranked = isinstance(clause, MeasureClause) and clause.measure in OF_RANKINGS
        about = self._of(outcome.n, "complete rankings" if is_ranked else "valid answers")
        if isinstance(clause, MedianClause) and outcome.band is not None and value is not None:
            middle = Fraction(outcome.band.low + outcome.band.high) / 2
            edge = Fraction(outcome.band.low if value < middle else outcome.band.high)
            where = "lies in" if outcome.holds else "does not lie in"
            rule = f"; {self._asks()}that" if not self.has_asked else ""
            return f"the median{about}, {number(value, edge)}, {where} {band_text(outcome.band)}{rule}"
        op, bound = _bound_of(clause)
        if outcome.numerator is not None:
            return self._counted(outcome, outcome.numerator, op, bound)
        shown = "not defined" if value is None else number(value, bound)
        fails = " and fails" if outcome.holds is False else ""
        return f"{_name_of(clause)}{about} is {shown}; {self._asks()}{OPERATORS[op]} {number(bound)}{fails}"

    def _counted(self, outcome: ValueOutcome, x: int, op: Operator, bound: Fraction) -> str:
        """A measure that is a share of the answers, in whole numbers of them."""
        text = (
            f"{_name_of(outcome.clause)} is {x} of {outcome.n} valid answers "
            f"({percent_of(x, outcome.n, bound)}); {self._asks()}{bound_text(op, bound)}"
        )
        return text + needed_text(op, bound, x, outcome.n, outcome.holds)

    def _each_group(self, outcome: EachGroupOutcome) -> list[str]:
        clause = outcome.clause
        if outcome.holds is False:
            return [
                text
                for group in outcome.groups
                if group.outcome.holds is False
                for text in self._group(outcome, group)
            ]
        asked = f"{self._asks()}{requirement(clause.require, outcome.groups[0].outcome)}"
        groups = ", ".join(self._brief(group) for group in outcome.groups)
        return [f"within {clause.of}, {asked} in each group: {groups}"]

    def _group(self, outcome: EachGroupOutcome, group: GroupOutcome) -> list[str]:
        place = f"within {outcome.clause.of} {group.group_value}"
        if group.n < self.small_cell:
            asked = f"{self._asks()}{requirement(outcome.clause.require, group.outcome)}"
            return [f"{place}, with fewer than {self.small_cell} answers, the rule fails; {asked} there"]
        self.named_base = ""
        return [f"{place}, {text}" for text in self.tell(group.outcome)]

    def _brief(self, group: GroupOutcome) -> str:
        if group.n < self.small_cell:
            return f"{group.group_value} (fewer than {self.small_cell} answers)"
        if not isinstance(group.outcome, ShareOutcome) or not group.outcome.denominator:
            return f"{group.group_value} ({group.n} answers)"
        share = group.outcome
        part = percent_of(share.numerator, share.denominator or 1, share.clause.value)
        return f"{group.group_value} {share.numerator} of {share.denominator} ({part})"


def _decisive(outcome: CombinedOutcome) -> list[Outcome]:
    if isinstance(outcome.clause, AllClause):
        return [part for part in outcome.parts if outcome.holds or not part.holds]
    if outcome.holds:
        return [next(part for part in outcome.parts if part.holds)]
    return [min(outcome.parts, key=distance)]


def distance(outcome: Outcome) -> float:
    """How far an outcome is from holding, 0 when it holds; good only for naming the closest rule."""
    if outcome.holds:
        return 0.0
    if isinstance(outcome, CombinedOutcome):
        apart = [distance(part) for part in outcome.parts]
        return min(apart) if isinstance(outcome.clause, AnyClause) else sum(apart)
    if isinstance(outcome, EachGroupOutcome):
        return sum(distance(group.outcome) for group in outcome.groups)
    if isinstance(outcome, ShareOutcome):
        n = outcome.denominator or 1
        return abs(exact.needed(n, outcome.clause.op, outcome.clause.value) - outcome.numerator) / n
    if isinstance(outcome, MethodOutcome):
        return method_distance(outcome)
    if outcome.value is None:
        return float("inf")
    if outcome.band is not None:
        return min(
            abs(float(outcome.value) - outcome.band.low), abs(float(outcome.value) - outcome.band.high)
        )
    return abs(float(outcome.value) - float(_bound_of(outcome.clause)[1]))


def side_of(outcome: Outcome) -> str | None:
    """The band or categories that decided a rule with several sides (`any` of shares); None where there is only one."""
    if not isinstance(outcome, CombinedOutcome):
        return None
    if isinstance(outcome.clause, AllClause):
        return next((side for part in outcome.parts if (side := side_of(part)) is not None), None)
    if len(outcome.parts) < 2 or not outcome.holds:
        return None
    winner = next(part for part in outcome.parts if part.holds)
    while isinstance(winner, CombinedOutcome) and winner.parts:
        winner = winner.parts[0]
    if isinstance(winner, MethodOutcome):
        return method_side(winner)
    if not isinstance(winner, ShareOutcome | ValueOutcome):
        return None
    if winner.band is not None:
        return band_text(winner.band)
    return codes_text(winner.clause) if isinstance(winner, ShareOutcome) else None


def requirement(clause: Clause, sample: Outcome | None = None) -> str:
    """What a clause asks for, without counts. `sample` is an outcome of it, for the ends of its bands."""
    if isinstance(clause, AllClause | AnyClause):
        parts = sample.parts if isinstance(sample, CombinedOutcome) else (None,) * len(clause.of)
        texts = [requirement(one, part) for one, part in zip(clause.of, parts, strict=True)]
        return listed(texts, "and" if isinstance(clause, AllClause) else "or")
    if isinstance(clause, ShareClause):
        if clause.within:
            return f"{bound_text(clause.op, clause.value)} for {codes_text(clause)}"
        band = band_text(sample.band) if isinstance(sample, ShareOutcome) and sample.band else clause.band
        return f"{bound_text(clause.op, clause.value)} in {band}"
    if isinstance(clause, MedianClause):
        band = band_text(sample.band) if isinstance(sample, ValueOutcome) and sample.band else clause.in_band
        return f"a median in {band}"
    if isinstance(clause, EachGroupClause):
        return f"in each group of {clause.of} {requirement(clause.require)}"
    if isinstance(clause, RamClause | CvrClause | FuzzyClause):
        return method_requirement(clause, sample if isinstance(sample, MethodOutcome) else None)
    op, bound = _bound_of(clause)
    return f"{_name_of(clause)} {OPERATORS[op]} {number(bound)}"


def codes_text(clause: ShareClause) -> str:
    """Categories that a share names one by one: ``3 or 4``."""
    return listed(clause.within, "or")


def _one_by_one(verb: str) -> str:
    """Answers lie in a band and are what they are; people answer either way."""
    return "are" if verb == "lie" else verb


def options_text(options: tuple[Option, ...]) -> str:
    """Options of a measure in brackets, with a blank before them; nothing where there are none to tell."""
    texts = [
        one.name if one.value is True else f"{one.name.replace('_', ' ')} {_value_text(one.value)}"
        for one in options
        if one.value is not False
    ]
    return f" ({', '.join(texts)})" if texts else ""


def _value_text(option: OptionValue) -> str:
    if isinstance(option, Categories):
        place = {"first": "first band", "last": "last band", "between": "bands between"}
        named = [*option.bands, *option.codes, *([place[option.place]] if option.place else [])]
        return listed(named)
    return option if isinstance(option, str) else f"{option:g}"


def _bound_of(clause: MedianClause | IqrClause | MeasureClause) -> tuple[Operator, Fraction]:
    if isinstance(clause, MeasureClause):
        return clause.op, clause.value
    return "at_most", clause.at_most if isinstance(clause, IqrClause) else Fraction(0)


def _name_of(clause: MedianClause | IqrClause | MeasureClause) -> str:
    if isinstance(clause, IqrClause):
        return "the interquartile range"
    if isinstance(clause, MedianClause):
        return "the median"
    if clause.measure in OF_RANKINGS:
        return OF_RANKINGS[clause.measure]
    name = full_name(clause.measure)
    return _MEASURE_NAMES.get(name, f"the {short_name(of_answers()[name])}") + options_text(clause.options)
