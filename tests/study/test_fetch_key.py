"""`sources[].fetch` names a server safely: no secret, no open line, one plain file; every mistake at its place."""

from __future__ import annotations

from pathlib import Path

import pytest
from study_texts import SMALL, check_text

KOBO = "https://kf.example.org/api/v2/assets/aB3/data.json"
ODK = "https://odk.example.org/v1/projects/1/forms/delphi.svc/Submissions"
REDCAP = "https://redcap.example.org/api/"
SECRET = "A81268476645C4E5F03428B8AC3AA7B0"


def fetch(server: str = "kobo", url: str = KOBO, token: str = "{env: KOBO_TOKEN}", more: str = "") -> str:
    """The value of `fetch`."""
    return f'{{server: {server}, url: "{url}", token: {token}{more}}}'


def study(value: str, waves: str = "r1", file: str = "r1.csv", more: str = "") -> str:
    """The small study with one source that fetches."""
    source = f'sources:\n  - {{for: {waves}, platform: csv, file: "{file}", key: k, fetch: {value}{more}}}\n'
    return SMALL[: SMALL.index("sources:")] + source


BOTH = {"waves": "[r1, r2]", "file": "{wave}.csv"}
GOOD = {
    "kobo": study(fetch()),
    "odk": study(fetch("odk", ODK)),
    "redcap": study(fetch("redcap", REDCAP, more=", record_id: study_id, fields: [a], forms: [b], events: [c]")),
    "a token in a file": study(fetch(token="{file: ~/.config/delphi/kobo.token}")),
    "a token in a file by its whole path": study(fetch(token="{file: /run/secrets/kobo}")),
    "this machine": study(fetch(url="http://localhost:8000/api/v2/assets/aB3/data.json")),
    "this machine in numbers": study(fetch(url="http://[::1]:8000/api/v2/assets/aB3/data.json")),
    "a form for each wave": study(fetch(url=KOBO.replace("aB3", "a_{wave}")), **BOTH),
    "an event for each wave": study(fetch("redcap", REDCAP, more=', events: ["{wave}_arm_1"]'), **BOTH),
    "a token for each wave": study(fetch("redcap", REDCAP, '{env: "TOKEN_{wave}"}'), **BOTH),
    "one file for all waves": study(
        fetch("redcap", REDCAP), "[r1, r2]", "all.csv", ", wave: {column: redcap_event_name, codes: {a: r1, b: r2}}"
    ),
    "two sources of one file": study(fetch()) + study(fetch()).splitlines()[-1] + "\n",
}  # fmt: skip
BAD: dict[str, tuple[str, list[tuple[int, str, str]]]] = {
    "a server of later": (study(fetch("limesurvey")), [(62, "server", "not_supported_yet")]),
    "a number as server": (study(fetch("7")), [(62, "server", "not_one_of")]),
    "no server": (study(f'{{url: "{KOBO}", token: {{env: A}}}}'), [(54, "server", "missing_key")]),
    "no token": (study(f'{{server: kobo, url: "{KOBO}"}}'), [(54, "token", "missing_key")]),
    "an unknown key": (study(fetch(more=", page: 3")), [(161, "page", "unknown_key")]),
    "the token itself": (study(fetch(token=SECRET)), [(135, "token", "wrong_value")]),
    "the token as a name": (study(fetch(token=f"{{{SECRET}}}")), [(135, "token", "wrong_value")]),
    "the token as a variable": (study(fetch(token=f"{{env: {SECRET}}}")), [(143, "token.env", "secret_in_file")]),
    "no name of a variable": (study(fetch(token='{env: "A B"}')), [(143, "token.env", "wrong_value")]),
    "two places of the token": (study(fetch(token="{env: A, file: /b}")), [(135, "token", "wrong_value")]),
    "a token in the study folder": (study(fetch(token="{file: kobo.token}")), [(143, "token.file", "wrong_value")]),
    "no address": (study(fetch(url="kf.example.org/data.json")), [(76, "url", "wrong_address")]),
    "another scheme": (study(fetch(url="file:///x/data.json")), [(76, "url", "wrong_address")]),
    "an address with a way up": (study(fetch(url="https://a.org/%2e%2E/data.json")), [(76, "url", "wrong_address")]),
    "an address with blanks": (study(fetch(url="https://a.org/ x/data.json")), [(76, "url", "wrong_address")]),
    "an address with an odd host": (study(fetch(url="https://a.org\\\\@b.org/data.json")), [(76, "url", "wrong_address")]),
    "a port that is none": (study(fetch(url="https://a.org:99999/data.json")), [(76, "url", "wrong_address")]),
    "an open line": (study(fetch(url=KOBO.replace("https", "http"))), [(76, "url", "not_encrypted")]),
    "an open line to a name like this machine": (
        study(fetch(url="http://localhost.example.org/data.json")), [(76, "url", "not_encrypted")]
    ),
    "an account in the address": (study(fetch(url=KOBO.replace("//", f"//me:{SECRET}@"))), [(76, "url", "secret_in_address")]),
    "a token in the address": (study(fetch(url=f"{KOBO}?token={SECRET}")), [(76, "url", "secret_in_address")]),
    "a fragment": (study(fetch(url=f"{KOBO}#{SECRET}")), [(76, "url", "secret_in_address")]),
    "an address of another server": (study(fetch("odk")), [(75, "url", "wrong_address")]),
    "a key of another server": (study(fetch("odk", ODK, more=", forms: [a]")), [(176, "forms", "fetch_keys")]),
    "an odd placeholder": (study(fetch(url=KOBO.replace("aB3", "{round}"))), [(76, "url", "unknown_placeholder")]),
    "the same for every wave": (study(fetch(), **BOTH), [(64, "", "wave_not_told")]),
    "a wave in the address only": (study(fetch(url=KOBO.replace("aB3", "{wave}"))), [(54, "", "wave_not_told")]),
    "two sources of one file otherwise": (
        study(fetch()) + study(fetch(token="{env: B}"), file="R1.csv").splitlines()[-1] + "\n", [(54, "", "fetch_file")]
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", GOOD)
def test_a_server_can_be_named(name: str, tmp_path: Path) -> None:
    assert [str(problem) for problem in check_text(tmp_path, GOOD[name]).problems] == []


@pytest.mark.parametrize("name", BAD)
def test_p13_a_server_is_named_safely_or_not_at_all(name: str, tmp_path: Path) -> None:
    text, expected = BAD[name]
    problems = check_text(tmp_path, text).problems
    found = [(one.column, one.path.partition("fetch")[2].lstrip("."), one.code) for one in problems]
    assert found == expected
    assert [one for one in problems if SECRET in str(one)] == []


def test_every_mistake_is_told_at_once_and_with_its_mend(tmp_path: Path) -> None:
    text = study(
        fetch("redcap", "http://redcap.example.org/api/?x=1", "{file: token.txt}"),
        file="*.txt",
        more=', delimiter: ";", header_rows: 2',
    ).replace("platform: csv", "platform: xlsx")
    problems = check_text(tmp_path, text).problems
    assert [(one.path.removeprefix("sources.0."), one.code) for one in problems] == [
        ("platform", "fetch_dialect"),
        ("file", "fetch_file"),
        ("fetch.url", "secret_in_address"),
        ("fetch.url", "not_encrypted"),
        ("fetch.token.file", "wrong_value"),
        ("delimiter", "dialect_keys"),
        ("delimiter", "fetch_dialect"),
        ("header_rows", "fetch_dialect"),
    ]
    assert all(one.hint for one in problems)


@pytest.mark.parametrize(
    ("file", "more"),
    [
        ("study.yaml", ""),
        (".hidden/r1.csv", ""),
        ("r?.csv", ""),
        ("people.csv", "panel: {register: {file: people.csv, key: k}}\n"),
        ("sub/../r1.csv", ""),
    ],
)
def test_nothing_else_of_the_study_can_be_overwritten(file: str, more: str, tmp_path: Path) -> None:
    (problem,) = check_text(tmp_path, study(fetch(), file=file) + more).problems
    assert problem.path == "sources.0.file"
    assert problem.code in ("fetch_file", "file_outside")


def test_a_server_that_is_not_supported_yet_is_refused_with_those_that_are(tmp_path: Path) -> None:
    (problem,) = check_text(tmp_path, study(fetch("recap", REDCAP))).problems
    assert problem.message == "server `recap` is not supported yet"
    assert problem.hint == (
        "Did you mean `redcap`? Supported are redcap, odk, kobo; from others, export by hand into the study folder."
    )


def test_a_resolved_fetch_is_filled_in_for_each_wave(tmp_path: Path) -> None:
    study_ = check_text(tmp_path, GOOD["an event for each wave"]).study
    assert study_ is not None
    fetch_ = study_.sources[0].fetch
    assert fetch_ is not None
    assert fetch_.of_wave("r2").events == ("r2_arm_1",)
    assert fetch_.record_id == "record_id"
