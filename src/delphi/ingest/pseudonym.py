"""Pseudonyms: a keyed hash of a respondent's key, which nobody can compute without the study's secret."""

from __future__ import annotations

import base64
import contextlib
import hmac
import os
import re
import secrets
import unicodedata
from collections.abc import Callable
from pathlib import Path

from delphi.errors import Problem, WarehouseError
from delphi.whole_files import clear_left, create_private, sync_folder, temporary_name

LENGTH = 16
"""Characters of a pseudonym: 80 bits; two of a million respondents share one with a chance below 1e-12."""


def pseudonymiser(key_file: Path, study_id: str, create: bool) -> Callable[[str], str]:
    """A function from a respondent's key to their pseudonym in this study.

    Parameters
    ----------
    key_file : file of the secret, readable by its owner only (another mode is corrected)
    study_id : the same key gives another pseudonym in another study
    create : whether a secret is made where there is none

    Raises
    ------
    WarehouseError
        If there is no secret, it is damaged, or it cannot be written.
    """
    secret = _secret(key_file, create)
    start = f"v1|{study_id}|"

    def pseudonym(key: str) -> str:
        message = start + unicodedata.normalize("NFC", key).strip()
        digest = hmac.digest(secret, message.encode("utf-8", "surrogatepass"), "sha256")
        return base64.b32encode(digest).decode("ascii").lower()[:LENGTH]

    return pseudonym


def fingerprint(key_file: Path) -> str:
    """What tells one secret from another and gives neither away; raises as `pseudonymiser` does."""
    return hmac.digest(_secret(key_file, create=False), b"v1|fingerprint", "sha256").hex()[:16]


def _secret(key_file: Path, create: bool) -> bytes:
    try:
        if create and not key_file.exists():
            _create(key_file)
        text = key_file.read_text(encoding="ascii", errors="replace").strip()
        if os.name == "posix" and key_file.stat().st_mode & 0o077:
            key_file.chmod(0o600)
    except FileNotFoundError:
        raise _problem(
            key_file, "the secret of the pseudonyms is missing; without it nobody's rounds can be linked",
            "Restore it from your backup of secrets.", "key_missing",
        ) from None  # fmt: skip
    except OSError as error:
        raise _problem(
            key_file, f"the secret of the pseudonyms cannot be used: {error.strerror}",
            "Give yourself read and write access to the study folder.", "key_unusable",
        ) from None  # fmt: skip
    if not re.fullmatch(r"[0-9a-f]{64}", text):
        raise _problem(
            key_file,
            "the secret of the pseudonyms is damaged: it has to be 64 hexadecimal digits",
            "Restore it from your backup of secrets.",
            "key_damaged",
        )
    return bytes.fromhex(text)


def _create(key_file: Path) -> None:
    """Write a new secret; of two processes that do so at once, one wins and both use its secret."""
    clear_left(key_file.parent)
    temporary = temporary_name(key_file)
    try:
        with os.fdopen(create_private(temporary), "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32) + "\n")
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            _place(temporary, key_file)
    finally:
        temporary.unlink(missing_ok=True)
    sync_folder(key_file.parent)


def _place(temporary: Path, key_file: Path) -> None:
    """Give the secret its name unless another one has it."""
    try:
        os.link(temporary, key_file)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        if not key_file.exists():
            temporary.rename(key_file)


def _problem(key_file: Path, message: str, hint: str, code: str) -> WarehouseError:
    return WarehouseError(Problem(key_file.name, 0, 0, "", message, hint, code))
