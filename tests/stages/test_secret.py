"""The study's secret is made once; without it, or with another one, nothing is linked in silence."""

from __future__ import annotations

from pathlib import Path

import pytest

from delphi.errors import WarehouseError
from delphi.ingest.journal import Journal
from delphi.stages.plan import run
from delphi.stages.verifying import verify_study
from delphi.study import locate
from delphi.warehouse.digests import recorded_digests


def _run(folder: Path) -> None:
    for _ in run(locate(folder), (), "validate"):
        pass


@pytest.mark.parametrize(
    ("secret", "code"), [(None, "key_missing"), ("f" * 64, "key_changed"), ("short", "key_damaged")]
)
def test_p27_a_lost_or_other_secret_stops_the_run_and_no_new_one_is_made(
    secret: str | None, code: str, barriers: Path
) -> None:
    late = (barriers / "r2.csv").read_bytes()
    (barriers / "r2.csv").unlink()
    _run(barriers)
    before = recorded_digests(locate(barriers).warehouse)
    key = barriers / "pseudonym.key"
    key.unlink()
    if secret is not None:
        key.write_text(secret, encoding="ascii")
    (barriers / "r2.csv").write_bytes(late)
    with pytest.raises(WarehouseError) as caught:
        _run(barriers)
    assert [one.code for one in caught.value.problems] == [code]
    assert key.exists() is (secret is not None)
    tables = {row["table"]: row["digest"] for row in recorded_digests(locate(barriers).warehouse)}
    people = ("respondents", "submissions", "answers", "memberships")
    assert {name: tables[name] for name in people} == {
        row["table"]: row["digest"] for row in before if row["table"] in people
    }
    assert code in {one.code for one in verify_study(locate(barriers)).problems}


def test_p27_the_journal_tells_the_secret_apart_and_does_not_hold_it(barriers: Path) -> None:
    _run(barriers)
    secret = (barriers / "pseudonym.key").read_text(encoding="ascii").strip()
    known = [event for event in Journal(barriers / "journal.jsonl").events() if event.kind == "secret"]
    assert len(known) == 1
    assert known[0].facts["fingerprint"] not in secret
    assert secret not in (barriers / "journal.jsonl").read_text(encoding="utf-8")
