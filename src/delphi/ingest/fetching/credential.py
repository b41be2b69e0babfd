"""The secret with which a server lets us in: read from where the study file says, shown nowhere."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, field
from pathlib import Path

from delphi.ingest.fetching.refusing import PullError
from delphi.study.model import Fetch

MOST_BYTES = 4096
_OPEN = (
    os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
)


@dataclass(frozen=True)
class Secret:
    """A token, or an account and its password with a colon between."""

    text: str = field(repr=False)


def read_secret(fetch: Fetch, study_folder: Path) -> Secret:
    """The secret of a server.

    Raises
    ------
    PullError
        If there is none, or others could read its file, or it lies in the study folder.
    """
    if fetch.token_env is not None:
        text = os.environ.get(fetch.token_env, "")
        if not text.strip():
            raise PullError(
                "no_token",
                f"the environment variable {fetch.token_env}, which should hold the token, is not set",
                f"Set it for this command only, for instance: read -rs {fetch.token_env}; export {fetch.token_env}",
            )
    else:
        text = _from_file(Path(fetch.token_file or "").expanduser(), study_folder)
    text = text.strip("\r\n\t ")
    is_login = fetch.server == "odk" and ":" in text
    signs = text.isprintable() if is_login else text.isascii() and text.isprintable() and " " not in text
    if not text or not signs or len(text) > MOST_BYTES:
        raise PullError(
            "bad_token",
            "the token is empty, too long, or holds signs that no token has",
            "Copy it again from the server, on one line.",
        )
    return Secret(text)


def _from_file(path: Path, study_folder: Path) -> str:
    if path.resolve().is_relative_to(study_folder.resolve()):
        raise PullError(
            "token_in_study_folder",
            "the file of the token lies in the study folder, which is handed on and backed up",
            "Move it out, for instance to ~/.config/delphi/, and name it there.",
        )
    try:
        descriptor = os.open(path, _OPEN)
    except OSError as error:
        raise PullError(
            "no_token",
            f"the file of the token cannot be opened: {(error.strerror or 'it is no file').lower()}",
            "Put the token there, on one line, and give the file to yourself alone (chmod 600).",
        ) from None
    with os.fdopen(descriptor, "rb") as file:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise PullError(
                "no_token", "the file of the token is no ordinary file", "Put the token itself there."
            )
        if os.name == "posix" and stat.S_IMODE(found.st_mode) & 0o077:
            raise PullError(
                "token_not_private",
                "others on this machine may read the file of the token",
                "Give it to yourself alone: chmod 600.",
            )
        return file.read(MOST_BYTES + 1).decode("utf-8", "replace")
