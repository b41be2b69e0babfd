from validation_cases import item, source, study, table

from delphi.study.model import (
    ColumnRule,
    ColumnTarget,
    GroupColumn,
    LongColumn,
    LongLayout,
    Panel,
    Register,
    StateColumn,
    Validation,
    WaveFrom,
)
from delphi.validation.refusal import refusals, register_refusals


def refused(of, one, entry=None, **more):
    return [problem.code for problem in refusals(of, entry or of.sources[0], one, **more)]


def test_a_file_that_holds_what_the_study_asks_is_not_refused():
    assert refused(study(), table("id,s01,s02,more\na,1,2,3\n")) == []


def test_p08_a_missing_key_column_refuses_the_file_and_names_the_nearest_header():
    of = study(sources=[source(key="respondent_id")])
    (problem,) = refusals(of, of.sources[0], table("respondent,s01,s02\na,1,2\n"))
    assert str(problem) == (
        "r1.csv: sources.answers.key: the file has no column respondent_id, which sources.answers.key names\n"
        "  Is it the column respondent? Correct the study file or export the column."
    )
    assert problem.code == "missing_key_column"


def test_every_column_that_the_source_names_has_to_be_there():
    entry = source(
        submitted_at="t", started_at="b", language="l", pieces="p", state=StateColumn(column="st"),
        groups={"role": GroupColumn(column="job")}, wave_from=WaveFrom(column="round"), waves=("r1",),
    )  # fmt: skip
    of = study(sources=[entry], groups={"role": {"a": "A"}})
    assert refused(of, table("id,s01,s02\na,1,2\n")) == ["declared_column_missing"] * 7


def test_p08_an_asked_item_without_a_column_refuses_the_file():
    of = study(items=[item("s01"), item("housing")])
    (problem,) = refusals(of, of.sources[0], table("id,s01,Housing1\na,1,2\n"))
    assert str(problem) == (
        "r1.csv: r1.csv, column housing: the wave r1 asks housing, but there is no column for housing\n"
        "  The column most like it that nothing else uses is Housing1: "
        "if it is meant, map it under `columns`."
    )
    assert problem.code == "missing_item_column"


def test_every_part_of_an_item_needs_its_column():
    of = study(items=[item("q", "any")])
    assert refused(of, table("id,q_a\na,1\n")) == ["missing_item_column"]


def test_an_item_may_stand_in_another_wide_file_of_the_wave():
    first, second = source("first"), source("second", file="more.csv")
    of = study(sources=[first, second])
    one, two = table("id,s01\na,1\n"), table("id,s02\na,1\n", "more.csv")
    assert refused(of, one, first, siblings=[(second, two)]) == []
    assert refused(of, one, first, siblings=[(second, table("id,s03\na,1\n", "more.csv"))]) == [
        "missing_item_column"
    ]
    assert refused(of, one, first) == []  # the other file has not arrived


def test_an_earlier_version_of_the_same_file_does_not_stand_in_for_it():
    of = study()
    assert refused(of, table("id,s01\na,1\n"), siblings=[(of.sources[0], table("id,s01,s02\na,1,2\n"))]) == [
        "missing_item_column"
    ]


def test_p08_two_columns_for_one_answer_and_two_rules_for_one_column_are_refused():
    rules = (
        ColumnRule(pattern="first", is_regex=False, target=ColumnTarget(item="s01")),
        ColumnRule(pattern="s(?P<n>.*)", is_regex=True, target=ColumnTarget(item="s{n}")),
        ColumnRule(pattern="s02", is_regex=True, target=ColumnTarget(item="s02")),
    )
    of = study(sources=[source(columns=rules)])
    assert refused(of, table("id,first,s01,s02\na,1,2,3\n"))[:2] == ["duplicate_target", "two_rules"]


def test_a_column_of_which_nothing_fits_is_refused_without_naming_an_answer():
    rows = "".join(f"p{n},very good,{n + 1}\n" for n in range(5))
    (problem,) = refusals(study(), study().sources[0], table("id,s01,s02\n" + rows))
    assert problem.code == "nothing_fits"
    assert problem.message == "not one of its 5 filled cells (1 different texts) is an answer to s01"
    assert "very good" not in str(problem)
    assert refused(study(), table("id,s01,s02\n" + rows.replace("p0,very good", "p0,critical"))) == []
    assert refused(study(), table("id,s01,s02\n" + "".join(f"p{n},very good,1\n" for n in range(4)))) == []


def test_a_column_of_declared_non_answers_fits():
    rows = "".join(f"p{n},n/a,1\n" for n in range(6))
    of = study(missing={"no_opinion": ("n/a",)})
    assert refused(of, table("id,s01,s02\n" + rows)) == []


def test_a_long_file_needs_its_columns_and_one_value_that_fits():
    layout = LongLayout(item=LongColumn(column="item"), value=LongColumn(column="value"))
    of = study(sources=[source(layout="long", long=layout)])
    assert refused(of, table("id,what,value\na,s01,1\n")) == ["declared_column_missing"]
    rows = "".join(f"p{n},s01,good\n" for n in range(5))
    assert refused(of, table("id,item,value\n" + rows)) == ["nothing_fits"]
    assert refused(of, table("id,item,value\n" + rows + "p,s01,1\n")) == []


def test_duplicates_are_an_error_where_the_study_says_so():
    of = study(validation=Validation(keep="error"))
    assert refused(of, table("id,s01,s02\na,1,2\na,3,4\n")) == ["doubled_respondent"]
    assert refused(of, table("id,s01,s02\na,1,2\na,1,2\n")) == []


def test_a_register_has_one_row_per_key_and_known_statuses():
    register = Register(file="register.csv", dialect={"platform": "csv"}, key="key", status="status")
    of = study(panel=Panel(register=register))
    good = "key,status\na,accepted\nb,\nc,withdrawn\n"
    assert register_refusals(of, table(good)) == ()
    codes = [one.code for one in register_refusals(of, table(good + "a,declined\nd,gone\n"))]
    assert codes == ["doubled_key", "unknown_status"]
    assert [one.code for one in register_refusals(of, table("person,status\na,accepted\n"))] == [
        "missing_key_column"
    ]
