"""Every measure of the catalogue in a rule: named by it, checked by it, and worth what it says, alone and in many states."""

from __future__ import annotations

import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from decision_cases import AGREEMENT, IMPORTANCE, evidence, rule, rules, spread

from delphi import statistics as ds
from delphi.decisions import EarlierRating, judge
from delphi.decisions.evidence import Ruler
from delphi.decisions.measures import measured, measured_change, measured_of_many
from delphi.decisions.robustness.many import NAMES, verdicts_of
from delphi.decisions.robustness.panel import States
from delphi.decisions.stability import stability_of
from delphi.decisions.trials import RuleBook, decide
from delphi.outputs.rules_in_words import rules_in_words
from delphi.study import check_study
from delphi.study.measures import CATEGORY_OPTIONS, of_answers, of_change
from delphi.study.model import MeasureClause, Option, StabilityRule
from tests.conftest import BARRIERS

NEEDED = {"tastle_wierman_agreement": "target: 9", "cvi_modified_kappa": "within: [7, 8, 9]"}
RULER = Ruler.of(IMPORTANCE)
LAST, FIRST, MIDDLE = (np.isin(np.arange(1, 10), inside) for inside in ((7, 8, 9), (1, 2, 3), (4, 5, 6)))
SETS = {"within": LAST, "top": LAST, "bottom": FIRST, "middle": MIDDLE}


def resolved(folder: Path, measure: str, kind: str):
    """The only rule of a study that names the measure, as it is understood."""
    options = f", options: {{{NEEDED[measure]}}}" if measure in NEEDED else ""
    if kind == "consensus":
        require = f"{{agreement: {{measure: {measure}, op: at_least, value: 1{options}}}}}"
        written = f"rules: {{consensus: [{{id: m, verdict: split, require: {require}}}]}}\n"
    else:
        written = f"rules: {{stability: [{{id: m, measure: {measure}, op: at_least, value: 1}}]}}\n"
    (folder / "study.yaml").write_text(BARRIERS + written, encoding="utf-8")
    checked = check_study(folder / "study.yaml")
    assert checked.problems == ()
    found = checked.study.rules
    return (found.consensus[0].require if kind == "consensus" else found.stability[0]), checked.study


def options_of(entry, given) -> dict:
    """The options for the catalogue itself: categories as booleans."""
    taken = {one.name for one in entry.parameters}
    plain = {one.name: one.value for one in given if one.name not in CATEGORY_OPTIONS}
    return plain | {name: SETS[name].tolist() for name in CATEGORY_OPTIONS if name in taken}


def panels(rng: np.random.Generator, cases: int = 40) -> np.ndarray:
    """Histograms of nine points, from nobody to a few dozen, some unanimous."""
    counts = rng.integers(0, 6, (cases, 9)) * (rng.random((cases, 9)) < rng.random((cases, 1)))
    counts[:3] = 0
    counts[1, 8], counts[2, 4] = 1, 7
    return counts


@pytest.mark.parametrize("name", of_answers())
def test_a_measure_is_worth_in_a_rule_what_the_catalogue_says(name: str, tmp_path: Path) -> None:
    clause, study = resolved(tmp_path, name, "consensus")
    counts = panels(np.random.default_rng(len(name)))
    expected = ds.computed(name, counts, **options_of(of_answers()[name], clause.options)).value
    many = measured_of_many(clause, counts, RULER, 7)
    np.testing.assert_array_equal(many, expected)
    for histogram, value in zip(counts, expected, strict=True):
        own = measured(clause, tuple(histogram.tolist()), RULER, 7).value
        assert (own is None) == np.isnan(value)
        if own is not None:
            assert float(own) == pytest.approx(value, abs=1e-12)
    assert any("“Split" in text and "is at least 1" in text for text in rules_in_words(study.rules, study))


@pytest.mark.parametrize("op", ["at_least", "at_most", "more_than", "less_than"])
@pytest.mark.parametrize("name", of_answers())
def test_many_states_are_judged_by_a_measure_as_each_is_alone(name: str, op: str, tmp_path: Path) -> None:
    clause, _ = resolved(tmp_path, name, "consensus")
    counts = panels(np.random.default_rng(7))
    met = [measured(clause, tuple(one.tolist()), RULER, 7).value for one in counts]
    states = States(RULER, (frozenset(),), counts[:, None], np.zeros((len(counts), 1), dtype=np.int64))
    # Bounds that one of the panels meets exactly, or all but exactly.
    for bound in [Fraction(value) for value in met if value is not None][:12]:
        by = RuleBook(
            (rule("m", "split", clause.model_copy(update={"op": op, "value": bound}), min_n=1),), {}, 7
        )
        expected = [decide(evidence(one.tolist()), ("all", "all"), by).verdict for one in counts]
        assert [NAMES[code] for code in verdicts_of(states, by)] == expected


OF_ANSWERS_OF_BOTH = [name for name, entry in of_change().items() if entry.takes != "two_ranks"]


@pytest.mark.parametrize("name", OF_ANSWERS_OF_BOTH)
def test_a_measure_of_change_is_worth_what_the_catalogue_says(name: str, tmp_path: Path) -> None:
    stability, study = resolved(tmp_path, name, "stability")
    entry, rng = of_change()[name], np.random.default_rng(3)
    for _ in range(25):
        matrix = rng.integers(0, 4, (10, 10)) * (rng.random((10, 10)) < 0.2)
        data = matrix if entry.takes == "transitions" else tuple(ds.margins(matrix))
        found = ds.computed(entry.statistic_id, data, **options_of(entry, stability.options))
        value = float(found.more["p"]) if name.endswith("_p") else float(found.value)
        own = measured_change(stability, matrix, RULER, 7)
        assert (own is None) == (not np.isfinite(value))
        if own is not None:
            assert float(own) == pytest.approx(value, abs=1e-9)
    assert any("(rule m;" in text for text in rules_in_words(study.rules, study))


def test_what_gives_words_or_rests_on_several_items_is_no_measure() -> None:
    named = {*of_answers(), *of_change()}
    catalogue = ds.catalogue()
    for section in ("2.1", "2.2", "2.3", "2.4", "2.5", "4.1", "4.2"):
        for name, entry in catalogue.items():
            if entry.section == section and entry.takes in ("counts", "transitions"):
                assert (name in named) == (entry.gives != "label" and name != "cvr_critical"), name
    assert not {"krippendorff_alpha", "dropout_bias", "comment_count", "kendall_w_p"} & named
    assert {"bowker_p", "group_stability_chi2_p", "wilcoxon_signed_rank_p"} <= named


@pytest.mark.parametrize(
    "name", [*of_answers(), *(one for one in OF_ANSWERS_OF_BOTH if not one.endswith("_p"))]
)
def test_options_that_are_not_offered_change_no_value(name: str) -> None:
    entry = ds.statistic(name)
    given = options_of(entry, [Option(name="target", value=9)] if name == "tastle_wierman_agreement" else [])
    rng = np.random.default_rng(5)
    counts = panels(rng)[5:]
    matrices = rng.integers(0, 3, (20, 10, 10))
    data = {"counts": counts, "transitions": matrices, "two_counts": tuple(ds.margins(matrices))}[entry.takes]
    for one in entry.parameters:
        if not one.is_of_value:
            first, second = (
                ds.computed(name, data, **given, **{one.name: value}).value for value in (0.4, 0.6)
            )
            np.testing.assert_array_equal(first, second)


def test_the_type_of_quantiles_of_the_rules_holds_for_measures_too() -> None:
    counts = (0, 0, 0, 0, 0, 3, 0, 2, 4)
    clause = MeasureClause(clause="agreement", measure="iqr", op="at_most", value=Fraction(5, 2))
    found = {kind: measured(clause, counts, RULER, kind).value for kind in (2, 6, 7)}
    assert found == {2: 3, 6: 3, 7: 3}
    uneven = (0, 0, 0, 0, 0, 2, 3, 2, 3)
    kinds = {kind: measured(clause, uneven, RULER, kind).value for kind in (2, 6, 7)}
    assert kinds == {2: 2, 6: Fraction(9, 4), 7: Fraction(7, 4)}
    by = rules(rule("m", "consensus_in", clause.model_copy(update={"value": Fraction(2)})))
    found_verdict = judge(evidence(uneven), by)
    assert found_verdict is not None
    assert found_verdict.verdict == "consensus_in"
    assert found_verdict.flags == ("quantile_sensitive",)


def test_the_sentence_of_a_share_counts_and_says_what_was_needed(tmp_path: Path) -> None:
    clause, study = resolved(tmp_path, "percent_agreement", "consensus")
    by = rules(rule("m", "consensus_in", clause.model_copy(update={"value": Fraction(3, 4)})))
    low = judge(evidence((2, 3, 4, 2, 3, 4, 17, 17, 8)), by)
    assert low is not None
    assert low.reason == (
        "No rule is met; m comes closest: the percent agreement (within last band) is 42 of 60 valid answers "
        "(70.0 %); it asks for at least 75 %, i.e. 45: 3 more were needed."
    )
    assert (
        "the percent agreement (within last band) is at least 1 (inclusive)"
        in rules_in_words(study.rules, study)[1]
    )


def test_the_sentence_of_a_measure_tells_its_options(tmp_path: Path) -> None:
    clause, _ = resolved(tmp_path, "esteban_ray_polarization", "consensus")
    found = judge(evidence((5, 0, 0, 0, 0, 0, 0, 0, 5)), rules(rule("m", "split", clause)))
    assert found is not None
    assert found.reason == (
        "The Esteban-Ray polarization ER (alpha 1.6, k 1) of 10 valid answers is 1.32; rule m asks for at least 1."
    )


def test_a_p_value_may_decide_stability(tmp_path: Path) -> None:
    stability, _ = resolved(tmp_path, "individual_stability_chi2_p", "stability")
    by = rules(
        rule(
            "m", "split", MeasureClause(clause="agreement", measure="mean", op="at_least", value=Fraction(1))
        ),
        stability=[stability.model_copy(update={"op": "less_than", "value": Fraction(1, 20)})],
    )
    faithful = spread(9, {(1, 1): 6, (9, 9): 6})
    earlier = EarlierRating("r2", True, {("all", "all"): faithful})
    found = stability_of(evidence((6, 0, 0, 0, 0, 0, 0, 0, 6), earlier=[earlier]), by)
    assert (found.state, found.rule_id) == ("stable", "m")
    assert found.reason == (
        "individual_stability_chi2_p of 12 paired answers since r2 is below 0.001; rule m asks for less than 0.05."
    )


def test_a_measure_of_order_does_not_decide_the_stability_of_choices() -> None:
    from decision_cases import scale

    leader = scale(3).model_copy(update={"kind": "nominal", "bands": ()})
    moves = EarlierRating("r2", True, {("all", "all"): spread(3, {(1, 1): 6, (2, 3): 6})})
    given = evidence((6, 0, 6), leader, earlier=[moves])
    kappa = StabilityRule(rule_id="k", measure="weighted_kappa", op="at_least", value=Fraction(1, 2))
    lamda = StabilityRule(rule_id="l", measure="gk_lambda", op="at_least", value=Fraction(1, 2))
    by = rules(
        rule(
            "m",
            "split",
            MeasureClause(clause="agreement", measure="mode_share", op="at_least", value=Fraction(1, 2)),
        )
    )
    assert stability_of(given, by.model_copy(update={"stability": (kappa,)})).state == "not_assessable"
    assert stability_of(given, by.model_copy(update={"stability": (lamda,)})).state == "stable"
    found = judge(given, by)
    assert found is not None
    assert found.verdict == "split"


def test_the_band_of_each_scale_is_taken(tmp_path: Path) -> None:
    clause, _ = resolved(tmp_path, "percent_agreement", "consensus")
    assert measured(clause, (1, 1, 0, 4, 4), Ruler.of(AGREEMENT), 7).value == Fraction(4, 5)


def test_checking_a_study_with_a_measure_loads_no_library_of_science(tmp_path: Path) -> None:
    resolved(tmp_path, "sarle_bimodality", "consensus")
    heavy = "('scipy', 'sklearn', 'pandas', 'statsmodels', 'duckdb')"
    code = (
        "import sys, pathlib, delphi.study as s; s.read_study(pathlib.Path(sys.argv[1])); "
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
