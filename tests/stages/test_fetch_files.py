"""What fetching leaves in the study folder and its journal, and what it never touches."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from delphi.errors import AnswersError, UsageError
from delphi.ingest.fetching.patience import Patience
from delphi.ingest.journal import Journal
from delphi.stages.fetch import Fetched, fetch
from delphi.stages.plan import run
from delphi.stages.querying import query_rows
from delphi.stages.rebuilding import rebuild_warehouse
from delphi.stages.verifying import verify_study
from delphi.study import locate
from tests.faults.fake_servers import TOKEN, FakeServer
from tests.faults.fetching_studies import BROKEN, panel, source, write_study

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def fetched(root: Path, *waves: str, now: datetime = NOW) -> list[Fetched]:
    """Fetch without waiting."""
    return fetch(locate(root), waves, now, Patience(sleep=lambda seconds: None, rng=random.Random(1)))


def files(root: Path) -> dict[str, tuple[int, bytes]]:
    """Every file with the time when it was written."""
    return {
        str(path.relative_to(root)): (path.stat().st_mtime_ns, path.read_bytes())
        for path in root.rglob("*")
        if path.is_file()
    }


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are taken at once, and the token is known."""
    monkeypatch.setattr("delphi.ingest.received.STILL", 0)
    monkeypatch.setenv("FETCH_TOKEN", TOKEN)


def test_a_run_goes_on_with_what_was_fetched_as_with_files_put_there_by_hand(tmp_path: Path) -> None:
    with (
        FakeServer("kobo", panel(1)).running() as first,
        FakeServer("kobo", panel(2)).running() as second,
    ):
        root = write_study(tmp_path / "study", source(first, "r1"), source(second, "r2"))
        assert [(one.state, one.records) for one in fetched(root)] == [("new", 12), ("new", 12)]
    by_hand = write_study(
        tmp_path / "hand", *(source(one, wave) for one, wave in ((first, "r1"), (second, "r2")))
    )
    for wave in ("r1", "r2"):
        (by_hand / f"{wave}.csv").write_bytes((root / f"{wave}.csv").read_bytes())
    counts = []
    for folder in (root, by_hand):
        for _ in run(locate(folder), (), "report"):
            pass
        query = "select wave_id, item_id, group_by, group_value, value, n from counts order by all"
        rows, names = query_rows(locate(folder), query)
        counts.append([[row[name] for name in names] for row in rows])
    assert counts[0] == counts[1]
    assert len(counts[0]) > 50
    assert verify_study(locate(root)).problems == ()
    before, _ = query_rows(locate(root), "select * from statistics order by all")
    rebuild_warehouse(locate(root))
    assert verify_study(locate(root)).problems == ()
    assert query_rows(locate(root), "select * from statistics order by all")[0] == before


def test_a_server_fetched_again_changes_nothing_until_it_has_something_new(tmp_path: Path) -> None:
    with FakeServer("kobo", panel(1)[:8]).running() as fake:
        root = write_study(tmp_path / "study", source(fake, "r1"))
        (first,) = fetched(root)
        before = files(root)
        (again,) = fetched(root)
        assert (first.state, again.state, again.sha256) == ("new", "unchanged", first.sha256)
        assert files(root) == before
        fake.records = panel(1)
        (more,) = fetched(root)
        assert (more.state, more.records) == ("changed", 12)
    facts = [event.facts for event in Journal(root / "journal.jsonl").events()]
    own = {"entry_id": "source_1", "waves": ["r1"], "file": "r1.csv", "server": "kobo"}
    assert facts == [
        own | {"records": 8, "sha256": first.sha256},
        own | {"records": 12, "sha256": more.sha256},
    ]


def test_the_journal_is_told_although_an_earlier_fetch_was_killed_before_it_could(tmp_path: Path) -> None:
    with FakeServer("kobo", panel(1)).running() as fake:
        root = write_study(tmp_path / "study", source(fake, "r1"))
        fetched(root)
        (root / "journal.jsonl").unlink()
        assert fetched(root)[0].state == "unchanged"
    assert [event.kind for event in Journal(root / "journal.jsonl").events()] == ["fetch"]


def test_a_file_that_exists_nowhere_else_is_never_overwritten(tmp_path: Path) -> None:
    with FakeServer("kobo", panel(1)).running() as fake:
        root = write_study(tmp_path / "study", source(fake, "r1"))
        fetched(root)
        fake.records = panel(1)[:11]
        text = (root / "r1.csv").read_text(encoding="utf-8")
        (root / "r1.csv").write_text(text.replace(",7,", ",8,", 1), encoding="utf-8")
        before = files(root)
        with pytest.raises(AnswersError, match="was not fetched and has not been taken in yet"):
            fetched(root)
        assert files(root) == before
        for _ in run(locate(root), (), "validate"):
            pass
        assert fetched(root)[0].state == "changed"


@pytest.mark.parametrize("way", ["file", "folder"])
def test_a_link_is_not_written_through(way: str, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    with FakeServer("kobo", panel(1)).running() as fake:
        root = write_study(tmp_path / "study", source(fake, "r1").replace("file: r1.csv", "file: in/r1.csv"))
        if way == "folder":
            (root / "in").symlink_to(outside, target_is_directory=True)
        else:
            (root / "in").mkdir()
            (root / "in" / "r1.csv").symlink_to(outside / "x.csv")
        with pytest.raises(AnswersError, match="link"):
            fetched(root)
    assert list(outside.iterdir()) == []


def test_a_folder_within_the_study_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    with FakeServer("kobo", panel(1)).running() as fake:
        root = write_study(tmp_path / "study", source(fake, "r1").replace("file: r1.csv", "file: in/r1.csv"))
        fetched(root)
    assert (root / "in").stat().st_mode & 0o777 == 0o700
    assert (root / "in" / "r1.csv").stat().st_mode & 0o777 == 0o600


def test_of_several_files_all_are_written_or_none(tmp_path: Path) -> None:
    with (
        FakeServer("kobo", panel(1)).running() as good,
        FakeServer("odk", panel(2), faults=list(BROKEN.faults)).running() as broken,
    ):
        root = write_study(tmp_path / "study", source(good, "r1"), source(broken, "r2"))
        before = files(root)
        with pytest.raises(AnswersError) as refused:
            fetched(root)
        assert [(one.file, one.code) for one in refused.value.problems] == [("r2.csv", "web_page")]
        assert files(root) == before
        assert [one.state for one in fetched(root, "r1")] == ["new"]
    assert not (root / "r2.csv").exists()


def test_every_token_that_is_missing_is_told_before_anybody_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FETCH_TOKEN")
    with FakeServer("kobo", panel(1)).running() as fake:
        root = write_study(tmp_path / "study", source(fake, "r1"), source(fake, "r2"))
        with pytest.raises(AnswersError) as refused:
            fetched(root)
    assert [(one.file, one.code) for one in refused.value.problems] == [
        ("r1.csv", "no_token"),
        ("r2.csv", "no_token"),
    ]
    assert not fake.asked


def test_a_wave_that_opens_later_is_asked_for_only_by_name(tmp_path: Path) -> None:
    rounds = '  - {id: r1, open: "2026-02-01"}\n  - {id: r2, open: "2026-03-15"}\n'
    with FakeServer("kobo", panel(1)).running() as fake:
        root = write_study(tmp_path / "study", source(fake, "r1"), source(fake, "r2"), rounds=rounds)
        assert [one.state for one in fetched(root)] == ["new", "not_open"]
        assert [one.errand.file_name for one in fetched(root, "r2")] == ["r2.csv"]
        assert [one.state for one in fetched(root, now=NOW.replace(day=20))] == ["unchanged", "unchanged"]


@pytest.mark.parametrize("kind", ["redcap", "odk", "kobo"])
def test_a_server_without_a_response_writes_nothing_and_takes_nothing_away(kind: str, tmp_path: Path) -> None:
    with FakeServer(kind, []).running() as fake:
        root = write_study(tmp_path / "study", source(fake, "r1"))
        before = files(root)
        assert [(one.state, one.records) for one in fetched(root)] == [("empty", 0)]
        assert files(root) == before
        fake.records = panel(1)
        fetched(root)
        before = files(root)
        fake.records = []
        assert [one.state for one in fetched(root)] == ["empty"]
        assert files(root) == before


def test_a_file_that_two_sources_read_is_fetched_once(tmp_path: Path) -> None:
    with FakeServer("kobo", panel(1)).running() as fake:
        mine, theirs = (
            source(fake, "r1", f", rows: {{column: rate/role, equals: {role}}}")
            for role in ("company", "city")
        )
        root = write_study(tmp_path / "study", mine, theirs)
        (one,) = fetched(root)
        assert fake.asked["form"] == 1
    assert one.errand.entry_ids == ("source_1", "source_2")
    assert [event.facts["entry_id"] for event in Journal(root / "journal.jsonl").events()] == [
        "source_1",
        "source_2",
    ]


def test_one_source_may_ask_for_each_wave_elsewhere(tmp_path: Path) -> None:
    with FakeServer("kobo", panel(1)).running() as fake:
        both = (
            source(fake, "r1")
            .replace("for: r1", "for: [r1, r2]")
            .replace("file: r1.csv", 'file: "{wave}.csv"')
        )
        root = write_study(tmp_path / "study", both.replace("aB3", "{wave}"))
        with pytest.raises(AnswersError):
            fetched(root)
        assert fake.others == ["/api/v2/assets/r1/", "/api/v2/assets/r2/"]


def test_a_study_that_names_no_server_says_how_to_name_one(barriers: Path) -> None:
    with pytest.raises(UsageError, match="No source names a server"):
        fetched(barriers)
    with pytest.raises(UsageError, match="The study has no wave r9"):
        fetched(barriers, "r9")
    with FakeServer("kobo", panel(1)).running() as fake:
        write_study(barriers, source(fake, "r1"))
        with pytest.raises(UsageError, match="No source of r2 names a server"):
            fetched(barriers, "r2")


def test_numbers_come_as_they_are_spelled_and_questions_nobody_answered_are_columns(tmp_path: Path) -> None:
    from tests.faults.fake_servers import Fault

    def spelled(reply: object, turn: object) -> None:
        reply.body = reply.body.replace(b'"7"', b"7.50").replace(b'"8"', b"1E5").replace(b'"9"', b"true")  # type: ignore[attr-defined]

    people = [one | {"s03": ""} for one in panel(1)]
    with FakeServer("kobo", people, faults=[Fault(send=spelled)]).running() as fake:
        root = write_study(tmp_path / "study", source(fake, "r1"))
        fetched(root)
    header, *rows = (root / "r1.csv").read_text(encoding="utf-8").splitlines()
    assert header == "_id,rate/token,rate/role,rate/s01,rate/s02,rate/s03"
    assert {row.split(",")[3] for row in rows} == {"7.50", "1E5", "true"}
    assert {row.split(",")[5] for row in rows} == {""}


def test_redcap_is_asked_for_the_fields_forms_and_events_of_the_study_file(tmp_path: Path) -> None:
    seen: list[dict[str, str]] = []
    with FakeServer("redcap", panel(1)).running() as fake:
        reply = fake.reply

        def listening(
            path: str, query: dict[str, str], form: dict[str, str], headers: dict[str, str]
        ) -> object:
            seen.append(form)
            return reply(path, query, form, headers)

        fake.reply = listening  # type: ignore[method-assign,assignment]
        more = ', fields: [s01, record_id], forms: [ratings], events: ["{wave}_arm_1"]}, '
        root = write_study(tmp_path / "study", source(fake, "r1").replace("}, columns", more + "columns").replace(
            "FETCH_TOKEN}}" + more, "FETCH_TOKEN}" + more).replace("r1.csv", '"{wave}.csv"'))  # fmt: skip
        fetched(root)
    assert len(seen) == 3
    assert all(form["events[0]"] == "r1_arm_1" and form["rawOrLabel"] == "raw" for form in seen)
    first, block, last = seen
    assert first == last
    assert [name for name in first if name.startswith(("fields", "forms", "records"))] == ["fields[0]"]
    assert (block["fields[0]"], block["fields[1]"], block["forms[0]"]) == ("record_id", "s01", "ratings")
    assert "fields[2]" not in block
    assert sum(name.startswith("records[") for name in block) == 12


def test_a_longitudinal_redcap_project_is_complete_in_every_event(tmp_path: Path) -> None:
    from tests.faults.fake_servers import Fault, Reply, Turn

    rows = ["redcap_event_name,s01\n", "1,a,5\n", "1,b,6\n", "2,a,7\n", "2,b,8\n", "3,a,9\n"]
    left_out: list[int] = []

    def send(reply: Reply, turn: Turn) -> None:
        head, *rest = [row for n, row in enumerate(rows) if turn.purpose == "ids" or n not in left_out]
        if turn.purpose == "ids":
            head, rest = "redcap_event_name\n", [row.rsplit(",", 1)[0] + "\n" for row in rest]
        reply.body = ("record_id," + head + "".join(rest)).encode()

    faults = [Fault(send=send), Fault(send=send, purpose="ids")]
    with FakeServer("redcap", panel(1)[:3], faults=faults).running() as fake:
        root = write_study(tmp_path / "study", source(fake, "r1"))
        assert fetched(root)[0].records == 5
        left_out.append(4)
        with pytest.raises(AnswersError, match="leaves out records that it has just listed"):
            fetched(root)
        left_out[0] = 5
        with pytest.raises(AnswersError, match="leaves out records that it has just listed"):
            fetched(root)
        left_out.clear()
        rows[2] = rows[1]
        with pytest.raises(AnswersError, match="sends a record twice"):
            fetched(root)


def test_odk_takes_an_account_with_its_password_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import base64

    monkeypatch.setenv("FETCH_TOKEN", "team@example.org:pass word")
    told: list[str] = []
    with FakeServer("odk", panel(1)).running() as fake:
        monkeypatch.setattr(
            fake, "_is_allowed", lambda form, headers: not told.append(headers["authorization"])
        )
        fetched(write_study(tmp_path / "study", source(fake, "r1")))
    assert set(told) == {"Basic " + base64.b64encode(b"team@example.org:pass word").decode()}


def test_bounds_of_a_pull_are_those_that_are_documented() -> None:
    text = (Path(__file__).parents[2] / "docs" / "whole-and-private.md").read_text(encoding="utf-8")
    bounds = Patience()
    assert f"{bounds.tries} times" in text
    assert f"{bounds.rounds} times" in text
    assert f"{bounds.most_bytes_in_all >> 20} MB" in text
    assert replace(bounds, tries=2).tries == 2
