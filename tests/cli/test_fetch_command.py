"""`delphi fetch` as a person meets it, and that no other command has anything to do with a network."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.corpus_pulls import EXACT, pull_cases
from tests.faults.fake_servers import SERVERS, TOKEN, FakeServer, some_records
from tests.faults.fetching_studies import BROKEN, panel, source, write_study
from tests.faults.scanning import Scanner


def delphi(*arguments: str, cwd: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """The program in a process of its own."""
    environment = os.environ | {"FETCH_TOKEN": TOKEN, **more}
    return subprocess.run(
        [sys.executable, "-m", "delphi", *arguments],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_from_two_servers_to_the_report(tmp_path: Path) -> None:
    with (
        FakeServer("kobo", panel(1)).running() as first,
        FakeServer("kobo", panel(2)).running() as second,
    ):
        write_study(tmp_path / "barriers", source(first, "r1"), source(second, "r2"))
        done = delphi("fetch", "barriers", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        assert done.stdout.splitlines() == [
            "wave  file    server  records  state",
            "r1    r1.csv  kobo         12  new",
            "r2    r2.csv  kobo         12  new",
        ]
        assert done.stderr == "Go on with: delphi run barriers\n"
        again = delphi("fetch", "barriers", "--wave", "r2", cwd=tmp_path)
        assert again.stdout.splitlines()[1:] == ["r2    r2.csv  kobo         12  as before"]
        assert again.stderr == ""
    done = delphi("run", "barriers", "--direct", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "r2    r2.csv       12        12            0        0" in done.stdout
    assert delphi("verify", "barriers", cwd=tmp_path).returncode == 0


def test_one_json_document(tmp_path: Path) -> None:
    with FakeServer("odk", panel(1)).running() as fake:
        write_study(tmp_path / "barriers", source(fake, "r1"))
        found = json.loads(delphi("fetch", "barriers", "--json", cwd=tmp_path).stdout)
        assert found["study_id"] == "barriers"
        (file,) = found["files"]
        assert (file["file"], file["waves"], file["server"], file["records"], file["state"]) == (
            "r1.csv", ["r1"], "odk", 12, "new",
        )  # fmt: skip
        fake.faults = list(BROKEN.faults)
        refused = delphi("fetch", "barriers", "--json", cwd=tmp_path)
        assert refused.returncode == 11
        (problem,) = json.loads(refused.stdout)["problems"]
        assert problem["code"] == "web_page"


def test_a_refused_pull_ends_with_11_and_says_what_to_do(tmp_path: Path) -> None:
    with FakeServer("redcap", panel(1), faults=list(BROKEN.faults)).running() as fake:
        write_study(tmp_path / "barriers", source(fake, "r1"))
        done = delphi("fetch", "barriers", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (11, "")
    assert done.stderr == (
        "r1.csv: fetch: 127.0.0.1 sends a web page in place of responses (status 200)\n"
        "  Check the address in the study file, and open it once in a browser to see whether the server works.\n"
    )
    assert [path.name for path in (tmp_path / "barriers").iterdir()] == ["study.yaml"]


def test_wrong_study_files_and_calls_have_their_own_exit_codes(tmp_path: Path, barriers: Path) -> None:
    assert delphi("fetch", "barriers", cwd=tmp_path).returncode == 2
    with FakeServer("kobo", panel(1)).running() as fake:
        write_study(barriers, source(fake, "r1").replace("kobo,", "limesurvey,"))
    done = delphi("fetch", "barriers", cwd=tmp_path)
    assert done.returncode == 10
    assert "server `limesurvey` is not supported yet" in done.stderr


@pytest.mark.parametrize("command", [["--help"], ["run", "barriers", "--direct"], ["check", "barriers"]])
def test_p40_no_other_command_loads_what_reaches_the_network(
    command: list[str], tmp_path: Path, barriers: Path
) -> None:
    with FakeServer("kobo", panel(1)).running() as fake:
        write_study(barriers, source(fake, "r1").replace("rate/token", "respondent_id").replace("rate/", ""))
        code = (
            "import sys\nfrom delphi.cli.main import exit_code_of\n"
            f"code = exit_code_of({command!r})\n"
            "loaded = {'httpx', 'httpcore', 'delphi.ingest.fetching'} & set(sys.modules)\n"
            "sys.exit(f'loaded {sorted(loaded)}' if loaded else code)\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        assert not fake.asked


FETCHING = """
import random, sys
from unittest import mock
from delphi.cli.boundary import keep_quiet
from delphi.cli.main import exit_code_of
from delphi.ingest.fetching import redcap
from delphi.ingest.fetching.patience import Patience
redcap.RECORDS_PER_BLOCK = 7
quick = Patience(sleep=lambda seconds: None, rng=random.Random(1), tries=3, rounds=2, silence_seconds=2.0)
keep_quiet()
with mock.patch("delphi.stages.fetch.Patience", lambda: quick):
    for line in sys.stdin:
        print("ended with", exit_code_of(["fetch", "barriers", *line.split()]), flush=True)
"""


def test_p26_p28_tokens_and_answers_are_nowhere_but_in_the_file(tmp_path: Path) -> None:
    """The program meets every kind of refusal, with the token and answers on the line, and keeps both to itself."""
    people = [
        {"id": one["id"], "s03": f"Qzx-answer-{n}-Wvy", "mail": f"p{n:02d}@example.org", **one}
        for n, one in enumerate(some_records(20))
    ]
    answers = [one[name] for one in people for name in ("s03", "mail")]
    cases = [(kind, case) for kind, case in pull_cases() if not case.patience]
    unexpected = []
    for kind in SERVERS:
        place = tmp_path / kind
        place.mkdir()
        with (
            FakeServer(kind, list(people)).running() as fake,
            (place / "errors.txt").open("wb") as errors,
            subprocess.Popen(
                [sys.executable, "-X", "dev", "-c", FETCHING], cwd=place, env=os.environ | {"FETCH_TOKEN": TOKEN},
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True,
            ) as process,
        ):  # fmt: skip
            assert process.stdin is not None
            assert process.stdout is not None
            write_study(place / "barriers", source(fake, "r1"))
            shown = []
            for number, case in enumerate(case for one, case in cases if one == kind):
                fake.records, fake.faults = list(people), list(case.faults)
                fake.asked.clear()
                fake.used.clear()
                process.stdin.write("--json\n" if number % 2 else "\n")
                process.stdin.flush()
                while not (line := process.stdout.readline()).startswith("ended with"):
                    assert line, "the program came to an end"
                    shown.append(line)
                if int(line.split()[-1]) != (0 if case.outcomes[kind] == EXACT else 11):
                    unexpected.append((kind, case.name, line))
            (place / "shown.txt").write_text("".join(shown), encoding="utf-8")
    assert unexpected == []
    is_the_file = set(tmp_path.rglob("r1.csv"))
    hits = Scanner(answers).scan([tmp_path], lambda path, inside: path in is_the_file)
    assert hits == []
    assert Scanner([TOKEN, "Qzx-body-Wvy"]).scan([tmp_path]) == []
    assert (tmp_path / "kobo" / "errors.txt").stat().st_size > 1000
