"""Pseudonyms are stable within a study, differ between studies, and cannot be had without the secret."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from delphi.errors import WarehouseError
from delphi.ingest.pseudonym import pseudonymiser


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    return tmp_path / "pseudonym.key"


def test_a_key_has_the_same_pseudonym_in_every_run(key_file: Path):
    first = pseudonymiser(key_file, "study", create=True)("P001")
    assert re.fullmatch(r"[a-z2-7]{16}", first)
    assert pseudonymiser(key_file, "study", create=True)("P001") == first
    assert pseudonymiser(key_file, "study", create=False)(" P001 ") == first


def test_the_recipe_is_as_documented(key_file: Path):
    """`printf 'v1|study|P001' | openssl dgst -sha256 -mac HMAC -macopt hexkey:00... -binary | base32`"""
    key_file.write_text("00" * 32 + "\n")
    assert pseudonymiser(key_file, "study", create=False)("P001") == "kad4byaqrf2ow5qc"


def test_equal_words_in_other_spelling_are_one_person(key_file: Path):
    pseudonym = pseudonymiser(key_file, "study", create=True)
    assert pseudonym("Zoe\u0308") == pseudonym("Zo\u00eb")
    assert pseudonym("P001") != pseudonym("p001")


def test_other_studies_and_other_secrets_give_other_pseudonyms(key_file: Path, tmp_path: Path):
    found = {
        pseudonymiser(key_file, "study", create=True)("P001"),
        pseudonymiser(key_file, "other", create=True)("P001"),
        pseudonymiser(tmp_path / "other.key", "study", create=True)("P001"),
    }
    assert len(found) == 3


def test_the_secret_is_for_its_owner_only(key_file: Path):
    pseudonymiser(key_file, "study", create=True)
    assert key_file.stat().st_mode & 0o777 == 0o600
    key_file.chmod(0o644)
    pseudonymiser(key_file, "study", create=False)
    assert key_file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in key_file.parent.iterdir()] == ["pseudonym.key"]


def test_a_missing_or_damaged_secret_is_never_replaced(key_file: Path):
    with pytest.raises(WarehouseError, match="missing"):
        pseudonymiser(key_file, "study", create=False)
    for text in ("", "abc", "g" * 64):
        key_file.write_text(text)
        with pytest.raises(WarehouseError, match="damaged") as caught:
            pseudonymiser(key_file, "study", create=True)
        assert caught.value.problems[0].code == "key_damaged"
        assert key_file.read_text() == text
