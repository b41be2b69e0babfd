"""Promise 13: a pull from a server is complete or refused, and a token goes nowhere but to its server."""

from __future__ import annotations

import csv
import os
import random
import stat
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from delphi.errors import AnswersError
from delphi.ingest.fetching import redcap
from delphi.ingest.fetching.patience import Patience
from delphi.stages.fetch import Fetched, fetch
from delphi.study import locate
from tests.conftest import BARRIERS
from tests.faults.corpus_pulls import EXACT, SECRET_IN_BODY, PullCase, pull_cases
from tests.faults.fake_servers import SERVERS, TOKEN, FakeServer, Record, some_records

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SOURCE = 'for: [r1, r2], platform: csv, file: "{wave}.csv", key: respondent_id'
CASES = pull_cases()
MARKED = [
    record | {"s02": f"Qzx-answer-{n}-Wvy", "token": f"p00{n}"} for n, record in enumerate(some_records(20))
]
WAITS: list[float] = []


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are taken at once; blocks are as small as the pages of the fake servers; the token is known."""
    monkeypatch.setattr("delphi.ingest.received.STILL", 0)
    monkeypatch.setattr(redcap, "RECORDS_PER_BLOCK", 7)
    monkeypatch.setenv("PULL_TOKEN", TOKEN)
    WAITS.clear()


def patient(**bounds: Any) -> Patience:
    """Waiting that takes no time and is written down."""
    return Patience(sleep=WAITS.append, rng=random.Random(13), **{"silence_seconds": 5.0, **bounds})


def study_for(folder: Path, fake: FakeServer, more: str = "") -> Path:
    """A study whose first round is fetched from a server."""
    folder.mkdir(exist_ok=True)
    told = f'server: {fake.kind}, url: "{fake.url}", token: {{env: PULL_TOKEN}}{more}'
    source = f"for: r1, platform: csv, file: r1.csv, key: token, fetch: {{{told}}}"
    assert SOURCE in BARRIERS
    (folder / "study.yaml").write_text(BARRIERS.replace(SOURCE, source), encoding="utf-8")
    return folder


def fetched(root: Path, **bounds: Any) -> Fetched:
    """Fetch the one file of a study."""
    return fetch(locate(root), (), NOW, patient(**bounds))[0]


def rows_of(path: Path) -> list[dict[str, str]]:
    """A csv file as rows."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def is_exact(path: Path, fake: FakeServer) -> bool:
    """Whether a file holds every record of a server, each answer as it was given, and nothing else."""
    rows, expected = rows_of(path), fake.expected()
    own = [{name: row.get(name, "missing") for name in one} for row, one in zip(rows, expected, strict=False)]
    others = {name for row in rows for name in row} - {name for one in expected for name in one}
    return (
        len(rows) == len(expected)
        and own == expected
        and all(name.startswith("__system-") for name in others)
    )


def snapshot(root: Path) -> dict[str, tuple[int, int, bytes]]:
    """Every file of a folder with its mode, time and bytes."""
    return {
        str(path.relative_to(root)): (path.stat().st_mode, path.stat().st_mtime_ns, path.read_bytes())
        for path in root.rglob("*")
        if path.is_file()
    }


def all_texts(error: BaseException) -> str:
    """Whatever an error and those behind it could show, locals of our own frames left out."""
    seen, texts = set(), []
    one: BaseException | None = error
    while one is not None and id(one) not in seen:
        seen.add(id(one))
        texts += [str(one), repr(one), repr(one.__dict__), *traceback.format_exception(one)]
        one = one.__cause__ or one.__context__
    return "\n".join(texts)


@pytest.mark.parametrize(("kind", "case"), CASES, ids=[f"{kind}: {case.name}" for kind, case in CASES])
def test_p13_a_pull_is_complete_or_refused(kind: str, case: PullCase, tmp_path: Path) -> None:
    wanted = case.outcomes[kind]
    with FakeServer(kind, MARKED[:5]).running() as fake:
        root = study_for(tmp_path / "study", fake)
        assert fetched(root).state == "new"
        fake.records, fake.faults = list(MARKED), list(case.faults)
        fake.asked.clear()
        before = snapshot(root)
        if wanted == EXACT:
            result = fetched(root, **case.patience)
            assert (result.state, result.records) == ("changed", len(fake.records))
            assert is_exact(root / "r1.csv", fake)
            assert stat.S_IMODE((root / "r1.csv").stat().st_mode) == 0o600
            return
        with pytest.raises(AnswersError) as refused:
            fetched(root, **case.patience)
    assert sorted(fake.used) == list(range(len(case.faults)))  # every fault was met with
    assert snapshot(root) == before
    (problem,) = refused.value.problems
    assert problem.code in ((wanted,) if isinstance(wanted, str) else wanted)
    assert (problem.file, problem.path) == ("r1.csv", "fetch")
    assert problem.message.startswith("127.0.0.1 ")
    assert problem.hint.endswith(".")
    texts = all_texts(refused.value)
    planted = [TOKEN, SECRET_IN_BODY, "Qzx", "skiptoken", "start=7", "steal"]
    planted += [text for record in MARKED for text in (record["id"], record["token"], record["s02"])]
    assert [text for text in planted if text in texts] == []


def test_p13_every_server_meets_every_kind_of_fault() -> None:
    by_kind = {kind: [case for one, case in CASES if one == kind] for kind in SERVERS}
    assert {kind: len(cases) > 55 for kind, cases in by_kind.items()} == dict.fromkeys(SERVERS, True)
    codes = {code for _, case in CASES for code in case.outcomes.values() if isinstance(code, str)}
    assert len(codes) > 30


@pytest.mark.parametrize("kind", SERVERS)
def test_p13_answers_that_look_like_errors_are_answers(kind: str, tmp_path: Path) -> None:
    odd = [
        "<!DOCTYPE html><html>Log in</html>",
        "ERROR: no token",
        '{"error": "x"}',
        "NaN",
        "<?xml",
        "@odata.count",
        "null",
    ]
    people = [record | {"s02": odd[n % len(odd)]} for n, record in enumerate(some_records(20))]
    with FakeServer(kind, people).running() as fake:
        root = study_for(tmp_path / "study", fake)
        assert fetched(root).records == 20
        assert is_exact(root / "r1.csv", fake)


@pytest.mark.parametrize("kind", ["odk", "kobo"])
@pytest.mark.parametrize("way", ["link", "redirect"])
def test_p13_a_token_is_never_sent_to_another_host(kind: str, way: str, tmp_path: Path) -> None:
    from tests.faults.fake_servers import Fault

    with FakeServer(kind, MARKED).running() as thief, FakeServer(kind, list(MARKED)).running() as fake:

        def link(turn: Any, _: FakeServer) -> None:
            turn.link = turn.link and turn.link.replace(f":{fake.port}/", f":{thief.port}/")

        def redirect(reply: Any, turn: Any) -> None:
            reply.status = 308
            reply.headers["Location"] = thief.url

        fake.faults = [Fault(say=link)] if way == "link" else [Fault(send=redirect)]
        with pytest.raises(AnswersError, match="the token must not go"):
            fetched(study_for(tmp_path / "study", fake))
    assert not thief.asked
    assert not thief.others


def test_p13_a_server_that_asks_for_time_gets_it(tmp_path: Path) -> None:
    case = next(case for _, case in CASES if case.name == "busy, then well")
    with FakeServer("kobo", list(MARKED), faults=list(case.faults)).running() as fake:
        fetched(study_for(tmp_path / "study", fake))
    assert len(WAITS) == 2
    assert min(WAITS) >= 2


def test_p13_a_busy_server_is_asked_a_bounded_number_of_times_and_ever_more_slowly(tmp_path: Path) -> None:
    case = next(case for _, case in CASES if case.name == "busy for ever")
    with FakeServer("odk", list(MARKED), faults=list(case.faults)).running() as fake:
        with pytest.raises(AnswersError, match=r"too busy or not there \(status 429\), 5 times"):
            fetched(study_for(tmp_path / "study", fake))
        assert fake.asked == {"page": 5}
    assert [0.5 * 2**n <= wait <= 2**n for n, wait in enumerate(WAITS)] == [True] * 4


def test_p13_a_server_that_wants_a_week_is_not_waited_for(tmp_path: Path) -> None:
    case = next(case for _, case in CASES if case.name == "busy until next week")
    with (
        FakeServer("redcap", list(MARKED), faults=list(case.faults)).running() as fake,
        pytest.raises(AnswersError, match="asks to wait 604800 seconds"),
    ):
        fetched(study_for(tmp_path / "study", fake))
    assert WAITS == []


@pytest.mark.parametrize("kind", SERVERS)
def test_p13_a_server_that_is_not_there_or_speaks_no_tls_is_named(kind: str, tmp_path: Path) -> None:
    with FakeServer(kind, list(MARKED)).running() as fake:
        root = study_for(tmp_path / "study", fake)
        text = (root / "study.yaml").read_text(encoding="utf-8")
        (root / "study.yaml").write_text(text.replace("http://", "https://"), encoding="utf-8")
        with pytest.raises(AnswersError, match="its certificate is not accepted"):
            fetched(root)
        assert not fake.asked
    (root / "study.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(AnswersError, match="cannot be reached, 5 times"):
        fetched(root)
    assert not (root / "r1.csv").exists()


LINE = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufeff"), max_size=12)
VALUE = st.one_of(
    st.integers(-99, 99).map(str),
    LINE,
    st.sampled_from(["NA", "1E5", "00042", "a\nb", "c\r\nd", '"', ",", ";"]),
)


@st.composite
def record_sets(draw: st.DrawFn) -> list[Record]:
    """Any number of records under any ids."""
    ids = draw(st.lists(st.integers(1, 10**9), unique=True, min_size=1, max_size=40))
    return [{"id": str(one), "s01": draw(VALUE), "s02": draw(VALUE), "token": f"p{one}"} for one in ids]


@pytest.fixture(params=SERVERS)
def empty_server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[FakeServer, Path]]:
    """A server without records, and a study that fetches from it."""
    with FakeServer(request.param, []).running() as fake:
        yield fake, study_for(tmp_path / "study", fake)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(records=record_sets(), per_page=st.integers(1, 45))
def test_p13_any_records_come_exactly_on_pages_of_any_size(
    empty_server: tuple[FakeServer, Path], records: list[Record], per_page: int
) -> None:
    fake, root = empty_server
    (root / "r1.csv").unlink(missing_ok=True)
    fake.records, fake.per_page = records, per_page
    before, redcap.RECORDS_PER_BLOCK = redcap.RECORDS_PER_BLOCK, per_page
    try:
        assert fetched(root).records == len(records)
    finally:
        redcap.RECORDS_PER_BLOCK = before
    assert is_exact(root / "r1.csv", fake)


def test_p13_a_killed_pull_leaves_the_folder_as_it_was(tmp_path: Path) -> None:
    import signal
    import subprocess
    import sys
    import time

    from tests.faults.fake_servers import Fault

    with FakeServer("kobo", MARKED[:5]).running() as fake:
        root = study_for(tmp_path / "study", fake)
        fetched(root)
        before = snapshot(root)
        fake.records = list(MARKED)
        fake.faults = [Fault(send=lambda reply, turn: setattr(reply, "pause", 30.0), purpose="ids")]
        process = subprocess.Popen([sys.executable, "-m", "delphi", "fetch", str(root)], env=dict(os.environ))
        deadline = time.monotonic() + 30
        while not fake.asked["ids"] > 1 and time.monotonic() < deadline:
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert fake.asked["ids"] > 1
        assert snapshot(root) == before
        fake.faults = []
        assert fetched(root).state == "changed"
        assert is_exact(root / "r1.csv", fake)
