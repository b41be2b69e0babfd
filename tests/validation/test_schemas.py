import numpy as np
import pandas as pd
import pytest
from validation_cases import SCALES, study

from delphi.validation import schemas
from delphi.validation.schemas import answers_schema, checked_frame, failing, off_scale


def places(scale, *values):
    return list(off_scale(SCALES[scale], np.array(values, dtype=float)))


def test_each_scale_allows_its_own_values_only():
    assert places("imp9", 1, 9, 0, 10, np.nan) == [2, 3]
    assert places("codes", -1, 1, 0) == [2]
    assert places("any", 0, 1, 2) == [2]
    assert places("top", 1, 3, 4) == [2]
    assert places("percent", 0, 100, 101, -1) == [2, 3]
    assert places("days", 0, 1e9, -0.1) == [2]
    assert places("words", 5) == []


def answer(**more):
    known = {
        "wave_id": "r1", "respondent_id": "a", "item_id": "s01", "dimension": "rating", "part": "",
        "value": 7.0,
        "text": None, "missing": None, "comment": None, "source_id": "answers.r1.0", "source_row": 2,
    }  # fmt: skip
    frame = pd.DataFrame([known | more])
    texts = ["text", "missing", "comment"]
    return frame.astype(dict.fromkeys(texts, "str"))


def test_answers_are_checked_before_they_leave():
    of = study()
    schema = answers_schema(of, of.waves[0])
    assert list(failing(schema, answer())) == []
    assert list(failing(schema, answer(item_id="s99"))) == [0]
    assert list(failing(schema, answer(value=np.inf))) == [0]
    assert list(failing(schema, answer(value=np.nan, missing="tired"))) == [0]


@pytest.mark.parametrize("wrong", [{"missing": "skipped"}, {"value": np.nan}, {"source_row": "7 - secret"}])
def test_a_broken_frame_is_a_bug_whose_message_holds_no_answer(wrong):
    of = study()
    with pytest.raises(ValueError) as error:
        failing(answers_schema(of, of.waves[0]), answer(**wrong))
    assert "secret" not in str(error.value)
    assert error.value.__cause__ is None


def test_two_rows_for_one_respondent_never_leave():
    of = study()
    frame = pd.DataFrame({"respondent_id": ["a", "a"], "status": ["answered", "answered"]})
    with pytest.raises(ValueError, match="validation made 2 rows of respondents that break its schema"):
        checked_frame("respondents", frame, of, of.waves[0])


@pytest.mark.parametrize("at_once", [1, 2, 3, 100])
def test_rows_are_checked_wherever_they_stand(monkeypatch, at_once):
    monkeypatch.setattr(schemas, "ROWS_AT_ONCE", at_once)
    of = study()
    rows = [answer(source_row=2 + n, item_id="s99" if n in (1, 4) else "s01") for n in range(5)]
    with pytest.raises(ValueError, match="validation made 2 rows of answers that break its schema"):
        checked_frame("answers", pd.concat(rows, ignore_index=True), of, of.waves[0])
    right = pd.concat([answer(source_row=2 + n) for n in range(5)], ignore_index=True)
    assert checked_frame("answers", right, of, of.waves[0])["source_row"].tolist() == [2, 3, 4, 5, 6]
    twice = pd.concat([right, answer(missing="skipped")], ignore_index=True)
    with pytest.raises(ValueError, match="one_value_or_one_reason"):
        checked_frame("answers", twice, of, of.waves[0])
    people = pd.DataFrame({"respondent_id": ["a", "b", "c", "a"], "status": ["answered"] * 4})
    with pytest.raises(ValueError, match="validation made 2 rows of respondents that break its schema"):
        checked_frame("respondents", people, of, of.waves[0])
