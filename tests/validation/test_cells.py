import numpy as np
import pytest
from validation_cases import SCALES, item, source, study

from delphi.study.model import Dialect
from delphi.validation.cells import NON_ANSWERS, NONE, RULES, codebook


def read(scale, raw, part="", **declared):
    """Value, reason for none and rule broken of one cell."""
    decimal = declared.pop("decimal", ".")
    of_scale, of_item, of_study = (
        declared.pop(name, {}) for name in ("scale_missing", "item_missing", "study_missing")
    )
    entry = source(dialect=Dialect(platform="csv", decimal=decimal, delimiter=";"), **declared)
    one = item("i", scale, missing=of_item)
    small = study(items=[one], sources=[entry], missing=of_study)
    scales = SCALES | {scale: SCALES[scale].model_copy(update={"missing": of_scale})}
    book = codebook(small.model_copy(update={"scales": scales}), entry, one, "rating", part)
    read = book.read([raw])
    value = None if np.isnan(read.values[0]) else float(read.values[0])
    if read.texts is not None:
        value = read.texts[0]
    missing = None if read.missing[0] == NONE else NON_ANSWERS[read.missing[0]]
    rule = None if read.rules[0] == NONE else RULES[read.rules[0]]
    return value, missing, rule


def valid(value):
    return value, None, None


def none(reason):
    return None, reason, None


def bad(rule):
    return None, "invalid", rule


@pytest.mark.parametrize(
    ("scale", "raw", "expected"),
    [
        ("imp9", "7", valid(7)),
        ("imp9", " 8 ", valid(8)),
        ("imp9", "\u00a08", valid(8)),
        ("imp9", "7.0", valid(7)),
        ("imp9", "007", valid(7)),
        ("imp9", "critical", valid(9)),
        ("likert", "-1", valid(-1)),
        ("likert", "-1.0", valid(-1)),
        ("imp9", "", none("unknown_empty")),
        ("imp9", "   ", none("unknown_empty")),
        ("imp9", "0", bad("off_scale")),
        ("imp9", "10", bad("off_scale")),
        ("imp9", "99", bad("off_scale")),
        ("imp9", "4.5", bad("fraction")),
        ("imp9", "0.3", bad("fraction")),
        ("imp9", "4,5", bad("not_a_number")),
        ("imp9", "seven", bad("not_a_number")),
        ("imp9", "7 - important", bad("not_a_number")),
        ("imp9", "Critical", bad("not_a_number")),
        ("imp9", "٧", bad("not_an_ascii_digit")),
        ("imp9", "７", bad("not_an_ascii_digit")),
        ("imp9", "1_0", bad("not_a_number")),
        ("imp9", "1e0", bad("not_a_number")),
        ("imp9", "+7", bad("not_a_number")),
        ("imp9", "7.", bad("not_a_number")),
        ("imp9", "inf", bad("not_a_number")),
        ("imp9", "nan", bad("not_a_number")),
        ("imp9", "9" * 400, bad("not_a_number")),
        ("imp9", "0x7", bad("not_a_number")),
        ("percent", "100", valid(100)),
        ("percent", "101", bad("off_scale")),
        ("percent", "-1", bad("off_scale")),
        ("percent", "0.3", bad("fraction")),
        ("percent", "50%", bad("not_a_number")),
        ("year", "2030", valid(2030)),
        ("year", "2107", bad("off_scale")),
        ("year", "2016.5", bad("fraction")),
        ("days", "4.5", valid(4.5)),
        ("days", "1,000", bad("not_a_number")),
        ("days", "1 000", bad("not_a_number")),
        ("days", "2 weeks", bad("not_a_number")),
        ("days", "-0.1", bad("off_scale")),
        ("days", "-0", valid(0)),
        ("size", "s", valid(1)),
        ("size", "50-249", valid(2)),
        ("size", "1", bad("not_a_choice")),
        ("size", "S", bad("not_a_choice")),
        ("codes", "-1.0", valid(-1)),
        ("codes", "yes", valid(1)),
        ("codes", "0", bad("not_a_choice")),
        ("words", "  =1+1 ", valid("=1+1")),
        ("words", "7", valid("7")),
        ("words", "", none("unknown_empty")),
    ],
)  # fmt: skip
def test_a_cell_is_a_value_or_a_reason_and_never_repaired(scale, raw, expected):
    assert read(scale, raw) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [("1", valid(1)), ("0", valid(0)), ("1.0", valid(1)), ("Apple", valid(1)), ("a", valid(1)),
     ("Bread", bad("not_a_choice")), ("2", bad("not_a_choice")), ("", none("unknown_empty"))],
)  # fmt: skip
def test_an_option_is_chosen_by_one_or_by_its_own_name(raw, expected):
    assert read("any", raw, part="a") == expected


@pytest.mark.parametrize(
    ("raw", "decimal", "expected"),
    [("4,5", ",", valid(4.5)), ("4.5", ",", bad("not_a_number")), ("4,5", ".", bad("not_a_number")),
     ("7,0", ",", valid(7)), ("1.000,5", ",", bad("not_a_number"))],
)  # fmt: skip
def test_the_decimal_sign_is_the_declared_one(raw, decimal, expected):
    assert read("days", raw, decimal=decimal) == expected


def test_p04_an_undeclared_99_is_invalid_and_a_declared_one_a_reason():
    assert read("imp9", "99") == bad("off_scale")
    assert read("imp9", "99", study_missing={"no_opinion": ("99",)}) == none("no_opinion")
    assert read("imp9", "99.0", study_missing={"no_opinion": ("99",)}) == none("no_opinion")
    assert read("words", "99") == valid("99")


def test_the_nearest_declaration_of_a_non_answer_wins():
    declared = {"study_missing": {"skipped": ("-",)}, "scale_missing": {"no_opinion": ("-",)}}
    assert read("imp9", "-", **declared) == none("no_opinion")
    declared["item_missing"] = {"not_applicable": ("-",)}
    assert read("imp9", "-", **declared) == none("not_applicable")
    assert read("imp9", "-", **declared, missing={"recused": ("-",)}) == none("recused")


def test_an_empty_cell_is_what_the_nearest_declaration_says():
    assert read("imp9", " ", study_missing={"not_shown": ("",)}) == none("not_shown")
    assert read("imp9", "", study_missing={"not_shown": ("",)}, missing={"skipped": ("",)}) == none("skipped")


def test_codes_are_added_to_what_the_scale_says():
    assert read("imp9", "A", codes={"A": "4"}) == valid(4)
    assert read("imp9", "5", codes={"A": "4"}) == valid(5)
    assert read("imp9", "A", scale_codes={"imp9": {"A": "6"}}, codes={"A": "4"}) == valid(6)
    assert read("size", "K", codes={"K": "s"}) == valid(1)
    assert read("any", "Checked", part="a", codes={"Checked": "1", "Unchecked": "0"}) == valid(1)
    assert read("any", "Unchecked", part="a", codes={"Checked": "1", "Unchecked": "0"}) == valid(0)


def test_codes_are_applied_once_so_that_a_scale_can_be_turned_round():
    turned = {str(n): str(10 - n) for n in range(1, 10)}
    assert read("imp9", "1", scale_codes={"imp9": turned}) == valid(9)
    assert read("imp9", "9", scale_codes={"imp9": turned}) == valid(1)


def test_a_code_of_another_scale_leaves_the_text_as_it_is():
    assert read("size", "m", codes={"m": "17"}) == valid(2)
    assert read("words", "Yes", codes={"Yes": "1"}) == valid("Yes")


def test_a_code_of_the_source_comes_before_a_non_answer_of_the_study():
    assert read("imp9", "9", study_missing={"no_opinion": ("9",)}, codes={"9": "9"}) == valid(9)
    assert read("imp9", "9", codes={"9": "9"}, missing={"no_opinion": ("9",)}) == none("no_opinion")


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("1e-05", valid(1e-05)),
        ("1e1", bad("not_a_number")),
        ("4.5", valid(4.5)),
        ("4,5", valid(4.5)),
        ("1.000", bad("not_a_number")),
    ],
)
def test_numbers_of_typed_files_are_read_whatever_the_decimal_sign_of_texts(raw, expected):
    entry = source(dialect=Dialect(platform="xlsx", decimal=","))
    one = item("i", "days")
    result = codebook(study(items=[one], sources=[entry]), entry, one, "rating", "").read([raw])
    value = None if np.isnan(result.values[0]) else float(result.values[0])
    assert (value, result.rules[0] == NONE) == (expected[0], expected[2] is None)
