from datetime import UTC, datetime

from validation_cases import study, table

from delphi.study.model import GroupColumn, Panel, Register
from delphi.validation.register import read_people

REGISTER = Register(
    file="register.csv", dialect={"platform": "csv"}, key="key", status="state",
    status_codes={"yes": "accepted", "out": "withdrawn"}, same_as="same", joined_at="joined",
    groups={"role": GroupColumn(column="role", codes={"1": "city"}, missing=("-",))},
)  # fmt: skip


def people(text):
    of = study(
        groups={"role": {"city": "City", "firm": "Firm"}}, panel=Panel(register=REGISTER), time_zone="UTC"
    )
    return read_people(of, table(text, "register.csv"), lambda key: f"P-{key}")


def test_status_groups_and_times_are_read_as_declared():
    known = people(
        "key,state,same,joined,role\n 00042 ,yes,,2026-01-01,1\nb,accepted,,,Firm\nc,,,,-\n,yes,,,\n"
    )
    assert sorted(known.by_key) == ["00042", "b", "c"]
    first = known.by_key["00042"]
    assert (first.respondent_id, first.status, first.groups) == ("P-00042", "accepted", {"role": "city"})
    assert first.joined_at == datetime(2026, 1, 1, tzinfo=UTC)
    assert (known.by_key["b"].groups, known.by_key["c"].groups) == ({"role": "firm"}, {})
    assert known.by_key["c"].status == "accepted"


def test_keys_of_one_person_are_joined_over_several_steps():
    known = people("key,state,same,joined,role\na,yes,,,city\nb,yes,a,,firm\nc,yes,b,,firm\nd,yes,z,,firm\n")
    assert {key: person.respondent_id for key, person in known.by_key.items()} == {
        "a": "P-a", "b": "P-a", "c": "P-a", "d": "P-z",
    }  # fmt: skip
    assert known.by_key["c"].groups == {"role": "city"}
    assert len(known.persons) == 2


def test_a_circle_of_keys_is_still_one_person():
    known = people("key,state,same,joined,role\na,yes,b,,city\nb,yes,a,,city\n")
    assert {person.respondent_id for person in known.by_key.values()} == {"P-a"}


def test_who_withdrew_under_any_key_has_withdrawn():
    known = people("key,state,same,joined,role\na,yes,,,city\nb,out,a,,city\n")
    assert known.withdrawn() == {"P-a"}
    assert known.by_key["a"].groups == {}
