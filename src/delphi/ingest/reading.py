"""From a study folder's files to tables: which files a source means, and the reader for each."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from delphi.errors import Problem, StudyError
from delphi.ingest.content import Content, whole
from delphi.ingest.refusing import refusal
from delphi.ingest.table import TextTable, table_of
from delphi.study.model import Dialect


def read_table(content: Content, dialect: Dialect, file_name: str, sha256: str) -> TextTable:
    """Table of a received file. Formats that foreign code reads are read in a child process.

    Raises
    ------
    AnswersError
        If the file cannot be read safely; then nothing of it is used.
    """
    if dialect.platform == "csv":
        from delphi.ingest.delimited import read_delimited

        return read_delimited(content, dialect, file_name, sha256)
    data = whole(content)
    if not data:
        raise refusal(file_name, "empty_file", "the file is empty", "Export it again.")
    from delphi.ingest.child import READERS, read_in_child
    from delphi.ingest.column import ColumnBuilder

    options = {"platform": dialect.platform, "header_rows": dialect.header_rows, "sheet": dialect.sheet}
    extract = read_in_child(READERS[dialect.platform], data, file_name, options, new_column=ColumnBuilder)
    return table_of(extract, file_name, sha256, dialect.platform)


def find_files(root: Path, pattern: str, wave_id: str) -> tuple[Path, ...]:
    """Files of the study folder that a source's `file` names, sorted; hidden files are passed over.

    `{wave}` stands for the wave id. A file of exactly this name is the only one; otherwise ``*`` stands for
    any text and ``?`` for one character within a name, and nothing else has a meaning (``[`` is a bracket).

    Raises
    ------
    StudyError
        If the pattern leads out of the study folder.
    """
    name = pattern.replace("{wave}", wave_id).replace("\\", "/")
    parts = PurePosixPath(name).parts
    if not parts or ".." in parts or name.startswith("/") or re.match(r"[A-Za-z]:", name):
        raise StudyError(
            Problem(
                "",
                0,
                0,
                "sources",
                f"file: {pattern!r} does not stay within the study folder",
                "Put the export beside the study file, or in a folder under it.",
                "outside_folder",
            )
        )
    literal = root.joinpath(*parts)
    if _is_candidate(literal) and _stays_within(root, literal):
        return (literal,)
    found = [root]
    for depth, part in enumerate(parts, 1):
        matches = _matcher(part)
        found = [
            entry
            for folder in found
            for entry in sorted(folder.iterdir())
            if matches(entry.name) and (_is_candidate(entry) if depth == len(parts) else entry.is_dir())
        ]
    return tuple(sorted(path for path in found if _stays_within(root, path)))


def _matcher(part: str) -> Callable[[str], bool]:
    marks = {"*": ".*", "?": "."}
    pattern = "".join(marks.get(sign) or re.escape(sign) for sign in unicodedata.normalize("NFC", part))
    expression = re.compile(pattern, re.DOTALL)

    def matches(name: str) -> bool:
        # Names that begin like this are hidden, or locks that office programs leave while a file is open.
        if name.startswith((".", "~$")):
            return False
        return expression.fullmatch(unicodedata.normalize("NFC", name)) is not None

    return matches


def _is_candidate(path: Path) -> bool:
    """Whether something stands there that can be taken; links are, so that they are refused by name."""
    return path.is_symlink() or (path.exists() and not path.is_dir())


def _stays_within(root: Path, path: Path) -> bool:
    return path.parent.resolve().is_relative_to(root.resolve())
