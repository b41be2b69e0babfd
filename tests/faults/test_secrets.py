"""What is private stays so: files, pseudonyms, hostile texts, the order and time of answers."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import os
import random
import stat
import uuid
from pathlib import Path

import pytest

from delphi.cli.look import findings, query
from delphi.stages.plan import run
from delphi.stages.querying import query_rows
from delphi.study import locate
from tests.conftest import BARRIERS, barriers_rows, write_rows

HOSTILE = (
    "=HYPERLINK(\"http://127.0.0.1\")", "+1+1", "-1", "@SUM(A1)", "\x1b[2J\x1b[31mred", "\x9b31m", "\u202egnp.exe", "<script>alert(1)</script>",
    "</td><img src=x onerror=alert(1)>", "{{ 7*7 }}", "{% for %}", "$\\frac{1}{0}$", "a\nb", "a\rb", "a\tb", "\x07", "&amp;lt;", "%s %d {0}", "'; drop table answers; --",
)  # fmt: skip


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are taken without waiting until they lie still."""
    monkeypatch.setattr("delphi.ingest.received.STILL", 0)


def _run(root: Path, until: str = "report") -> None:
    before = os.umask(0o022)
    try:
        for _ in run(locate(root), (), until):
            pass
    finally:
        os.umask(before)


def test_p38_every_file_that_is_written_is_for_its_owner_alone(barriers: Path) -> None:
    given = set(barriers.rglob("*"))
    _run(barriers)
    written = [path for path in barriers.rglob("*") if path not in given]
    assert len(written) > 8
    open_to_others = [
        str(path.relative_to(barriers)) for path in written if stat.S_IMODE(path.stat().st_mode) & 0o077
    ]
    assert open_to_others == []


def test_p38_the_secret_is_in_no_other_file_and_in_no_argument(barriers: Path) -> None:
    _run(barriers)
    secret = (barriers / "pseudonym.key").read_text(encoding="ascii").strip()
    spelt = (secret.encode(), bytes.fromhex(secret))
    for path in barriers.rglob("*"):
        if path.is_file() and path.name != "pseudonym.key":
            assert not any(one in path.read_bytes() for one in spelt), path.name
    assert secret not in " ".join(os.environ.values())


def test_p27_pseudonyms_cannot_be_computed_from_the_roster(tmp_path: Path) -> None:
    found = []
    for study in ("barriers", "other"):
        root = tmp_path / study
        root.mkdir()
        (root / "study.yaml").write_text(BARRIERS.replace("id: barriers", f"id: {study}"), encoding="utf-8")
        write_rows(root / "r1.csv", barriers_rows(1))
        _run(root, "validate")
        rows, _ = query_rows(locate(root), "select respondent_id from respondents")
        found.append({str(row["respondent_id"]) for row in rows})
    assert len(found[0]) == len(found[1]) == 12
    assert not found[0] & found[1]
    keys = [row[0] for row in barriers_rows(1)[1:]]
    guesses = set()
    for key, salt in itertools.product(keys, ("", "barriers", "v1|barriers|", "other")):
        text, mark = f"{salt}{key}".encode(), salt.encode()
        for name in ("md5", "sha1", "sha256", "sha512", "blake2b", "sha3_256"):
            digests = [
                hashlib.new(name, text).digest(),
                hmac.digest(mark, key.encode(), name),
                hmac.digest(b"", text, name),
            ]
            guesses |= {spelling for digest in digests for spelling in _spelt(digest)}
        for space in (uuid.NAMESPACE_DNS, uuid.NAMESPACE_URL, uuid.NAMESPACE_OID):
            guesses |= set(_spelt(uuid.uuid5(space, f"{salt}{key}").bytes))
    assert not guesses & (found[0] | found[1])


def _spelt(digest: bytes) -> list[str]:
    import base64

    plain = base64.b32encode(digest).decode().lower()
    return [digest.hex(), digest.hex()[:16], plain, plain[:16], base64.b64encode(digest).decode()[:16]]


def test_p33_order_and_time_of_answers_carry_nothing_into_the_report(tmp_path: Path) -> None:
    declared = BARRIERS.replace(
        "key: respondent_id", "key: respondent_id, key_is_pseudonym: true, ignore: [at, id]"
    )
    pages, statistics = set(), set()
    rng = random.Random(33)
    for number in range(20):
        root = tmp_path / str(number) / "barriers"
        root.mkdir(parents=True)
        (root / "study.yaml").write_text(declared, encoding="utf-8")
        for wave in rng.sample((1, 2), 2):
            head, *rows = barriers_rows(wave)
            rng.shuffle(rows)
            timed = [[*row, f"2026-03-{rng.randrange(1, 28):02d}", str(n)] for n, row in enumerate(rows)]
            write_rows(root / f"r{wave}.csv", [[*head, "at", "id"], *timed])
            moment = rng.randrange(10**9)
            os.utime(root / f"r{wave}.csv", (moment, moment))
        _run(root, "report" if number % 10 == 0 else "verdicts")
        rows, names = query_rows(locate(root), "select * from statistics order by all")
        statistics.add(
            hashlib.sha256(repr([[row[name] for name in names] for row in rows]).encode()).hexdigest()
        )
        page = root / "outputs" / "report.html"
        if page.exists():
            pages.add(hashlib.sha256(page.read_bytes()).hexdigest())
    assert len(statistics) == 1
    assert len(pages) == 1


@pytest.mark.parametrize("form", ["table", "csv", "json"])
def test_p37_hostile_texts_are_harmless_wherever_they_are_shown(
    form: str, barriers: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    study = BARRIERS.replace("key: respondent_id", "key: respondent_id, columns: {note: {comment: s01}}")
    (barriers / "study.yaml").write_text(study, encoding="utf-8")
    rows = barriers_rows(2)
    hostile = [*HOSTILE[: len(rows) - 1]]
    from tests.faults.corpus import text_of

    texts = [[*rows[0], "note"], *([*row, note] for row, note in zip(rows[1:], hostile, strict=True))]
    (barriers / "r2.csv").write_bytes(text_of(texts).encode())
    (barriers / "r1.csv").write_bytes(
        text_of(
            [
                [*row, "note" if n == 0 else HOSTILE[n % len(HOSTILE)]]
                for n, row in enumerate(barriers_rows(1))
            ]
        ).encode()
    )
    _run(barriers, "validate")
    capsys.readouterr()
    query(barriers, "select comment from answers where comment is not null order by 1", format=form)  # type: ignore[arg-type]
    shown = capsys.readouterr().out
    assert not set(shown) & {
        chr(n) for n in (*range(9), 11, 12, *range(14, 32), 127, *range(0x80, 0xA0), 0x202E)
    }
    if form == "csv":
        cells = [line.strip('"') for line in shown.splitlines()]
        assert not [cell for cell in cells if cell.startswith(("=", "+", "@"))]
    findings(barriers)
    assert not set(capsys.readouterr().out) & {"\x1b", "\x9b", "\u202e"}
