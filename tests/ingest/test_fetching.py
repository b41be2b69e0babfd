"""Parts of a pull on their own: secrets, waiting, flat records, files that read back."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from pathlib import Path

import pytest

from delphi.ingest.fetching.credential import Secret, read_secret
from delphi.ingest.fetching.flat import flat, shown
from delphi.ingest.fetching.patience import Patience, seconds_asked
from delphi.ingest.fetching.refusing import PullError
from delphi.ingest.fetching.table import Pull, csv_of
from delphi.study.model import Fetch

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def by_file(path: Path) -> Fetch:
    return Fetch(server="kobo", url="https://kf.example.org/data.json", token_file=str(path))


def by_variable() -> Fetch:
    return Fetch(server="kobo", url="https://kf.example.org/data.json", token_env="FETCH_TEST_TOKEN")


@pytest.fixture
def study(tmp_path: Path) -> Path:
    (tmp_path / "study").mkdir()
    return tmp_path / "study"


def private(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    path.chmod(0o600)
    return path


def test_a_token_is_read_from_a_private_file_and_shows_nowhere(study: Path, tmp_path: Path) -> None:
    secret = read_secret(by_file(private(tmp_path / "kobo.token", b"s3cret-token\r\n")), study)
    assert secret == Secret("s3cret-token")
    assert "s3cret" not in repr(secret)


def test_a_token_is_read_from_home(study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    private(tmp_path / "kobo.token", b"abc")
    assert read_secret(by_file(Path("~/kobo.token")), study) == Secret("abc")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o622])
def test_p38_a_token_that_others_may_read_is_refused(mode: int, study: Path, tmp_path: Path) -> None:
    path = private(tmp_path / "kobo.token", b"s3cret-token")
    path.chmod(mode)
    with pytest.raises(PullError, match="others on this machine") as refused:
        read_secret(by_file(path), study)
    assert refused.value.code == "token_not_private"


def test_p38_a_token_in_the_study_folder_is_refused(study: Path, tmp_path: Path) -> None:
    inside = private(study / "kobo.token", b"s3cret-token")
    (tmp_path / "link").symlink_to(inside)
    for path in (inside, tmp_path / "link", study / ".." / "study" / "kobo.token"):
        with pytest.raises(PullError, match="lies in the study folder"):
            read_secret(by_file(path), study)


def test_a_token_that_is_not_there_is_told(study: Path, tmp_path: Path) -> None:
    with pytest.raises(PullError, match="cannot be opened: no such file"):
        read_secret(by_file(tmp_path / "none"), study)
    with pytest.raises(PullError, match="no ordinary file"):
        read_secret(by_file(Path("/dev/null")), study)
    with pytest.raises(PullError, match="FETCH_TEST_TOKEN, which should hold the token, is not set"):
        read_secret(by_variable(), study)


@pytest.mark.parametrize(
    "text", ["", "  ", "two words", "a\nb: c", "caf\u00e9", "a\x00b", "x" * 5000, "a\u202eb"]
)
def test_a_token_with_signs_that_no_token_has_is_refused_and_not_shown(
    text: str, study: Path, tmp_path: Path
) -> None:
    with pytest.raises(PullError) as refused:
        read_secret(by_file(private(tmp_path / "kobo.token", text.encode())), study)
    assert refused.value.code == "bad_token"
    assert not text.strip() or text not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0.0), ("120", 120.0), (" 5 ", 5.0), ("-1", None), ("1.5", None), ("\u0664", None), ("", None), (None, None),
        ("soon", None), ("Sun, 01 Mar 2026 00:00:30 GMT", 30.0), ("Sat, 28 Feb 2026 00:00:30 GMT", 0.0),
        ("9" * 400, float("9" * 12)), ("Sun, 99 Mar 2026 00:00:30 GMT", None),
    ],
)  # fmt: skip
def test_retry_after_is_understood_or_passed_over(text: str | None, seconds: float | None) -> None:
    assert seconds_asked(text, NOW) == seconds


def test_waits_grow_differ_and_are_bounded() -> None:
    waits: list[float] = []
    patience = Patience(sleep=waits.append, rng=random.Random(5), longest_wait=10.0)
    for attempt in range(8):
        patience.wait(attempt)
    assert len(set(waits)) == 8
    assert [0.5 * min(10.0, 2.0**n) <= wait <= min(10.0, 2.0**n) for n, wait in enumerate(waits)] == [
        True
    ] * 8
    patience.wait(0, 7.0)
    assert waits[-1] == 7.0


def test_a_nested_record_is_one_row() -> None:
    record = {"id": "1", "a": {"b": "x", "c": {}, "d": {"e": None}}, "left": [1], "f": False, "g": ""}
    assert flat(record, "/", ["left"]) == {"id": "1", "a/b": "x", "a/d/e": "", "f": "false", "g": ""}
    with pytest.raises(PullError, match="repeats within a return, `a/left`"):
        flat({"a": {"left": []}}, "/", ["left"])


def test_odd_names_of_columns_are_not_shown() -> None:
    assert shown("rate/s01") == "`rate/s01`"
    assert shown("\x1b[2J") == shown("Zo\u00eb said: no") == shown("x" * 99) == "of a question"


@pytest.mark.parametrize(
    ("headers", "rows"),
    [
        (["id", "a", "a"], [["1", "x", "y"]]),
        (["id", ""], [["1", "x"]]),
        (["id", "a"], [["1", "half \ud800"]]),
        (["id", " a "], [["1", "x"]]),
        (["id", "a"], [["id", "a"]]),
        (["id", "a", "b", "c"], [["1", "x\n1,2,3,4\n1,2,3,4\n1,2,3,4\n", "", ""]]),
    ],
)
def test_what_would_not_read_back_the_same_is_not_written(headers: list[str], rows: list[list[str]]) -> None:
    with pytest.raises(PullError) as refused:
        csv_of(Pull(headers, rows), "r1.csv")
    assert refused.value.code == "not_as_csv"


def test_texts_read_back_as_they_are() -> None:
    rows = [
        ["1", 'a "b", c'],
        ["2", "two\r\nlines\n"],
        ["3", "  blanks "],
        ["4", "NA"],
        ["5", ""],
        ["6", "\ufeff"],
    ]
    data = csv_of(Pull(["id", "a"], rows), "r1.csv")
    assert data.decode().startswith('id,a\n1,"a ""b"", c"\n')
