"""The study file as a plain tree with the place of every key: a strict subset of YAML 1.2.

Refused, all at once and each with its place: double keys, tags, anchors, aliases and merge keys, several
documents, keys that are no scalars, nesting deeper than any study needs. `yes`, `no`, `on` and `off` are
text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from delphi.errors import Problem, StudyError

Path = tuple[str | int, ...]
MAX_BYTES = 5_000_000
MAX_DEPTH = 40
_INTEGER = re.compile(r"[-+]?[0-9]+\Z")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")
_CONSTANTS = {"": None, "~": None, "null": None, "true": True, "false": False, "True": True, "False": False}


@dataclass
class Tree:
    """Plain data, and for every path the line and column (from 1) of its key, or of its value in a list."""

    file: str
    data: Any = None
    places: dict[Path, tuple[int, int]] = field(default_factory=dict)

    def problem(self, path: Path, message: str, hint: str = "", code: str = "") -> Problem:
        """A problem at a path, or at the nearest place above it that the file has."""
        known = path
        while known and known not in self.places:
            known = known[:-1]
        line, column = self.places.get(known, (1, 1))
        return Problem(self.file, line, column, ".".join(map(str, path)), message, hint, code)


def read_tree(data: bytes, file: str) -> Tree:
    """Read the bytes of a study file.

    Raises
    ------
    StudyError
        With every problem of the text as such; what the keys mean is not looked at.
    """
    if len(data) > MAX_BYTES:
        raise StudyError(
            Problem(
                file,
                0,
                0,
                "",
                f"the study file is larger than {MAX_BYTES // 1_000_000} MB",
                "Keep items in a table beside it: items: {file: items.csv}.",
                "too_large",
            )
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise StudyError(
            Problem(
                file, line, 0, "", f"not UTF-8 at byte {error.start}", "Save the file as UTF-8.", "encoding"
            )
        ) from None
    return _Builder(file).build(text)


class _Builder:
    """Turns parser events into a tree."""

    def __init__(self, file: str) -> None:
        self.tree = Tree(file)
        self.problems: list[Problem] = []

    def build(self, text: str) -> Tree:
        from ruamel.yaml import YAML
        from ruamel.yaml.error import MarkedYAMLError, YAMLError

        try:
            self._events = iter(YAML(typ="safe", pure=True).parse(text))
            self._documents()
        except MarkedYAMLError as error:
            mark = error.problem_mark
            line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
            what = (error.problem or "the text is not YAML").strip()
            self._at(
                line,
                column,
                (),
                f"not YAML: {what}",
                "Mind indentation, and put texts with : or # in quotes.",
                "not_yaml",
            )
        except YAMLError:
            self._at(
                0,
                0,
                (),
                "not YAML: a character that a text file may not hold",
                "Save the file as plain text.",
                "not_yaml",
            )
        if self.problems:
            raise StudyError(self.problems)
        if not isinstance(self.tree.data, dict):
            raise StudyError(
                Problem(
                    self.tree.file,
                    1,
                    1,
                    "",
                    "the study file is empty or not a list of keys",
                    "`delphi new DIR` writes one to start from.",
                    "empty_study",
                )
            )
        return self.tree

    def _at(self, line: int, column: int, path: Path, message: str, hint: str, code: str) -> None:
        self.problems.append(
            Problem(self.tree.file, line, column, ".".join(map(str, path)), message, hint, code)
        )

    def _documents(self) -> None:
        from ruamel.yaml.events import DocumentStartEvent, StreamEndEvent

        seen = 0
        for event in self._events:
            if isinstance(event, StreamEndEvent):
                return
            if isinstance(event, DocumentStartEvent):
                seen += 1
                if seen > 1:
                    self._at(
                        event.start_mark.line + 1,
                        1,
                        (),
                        "a second document begins",
                        "One file holds one study: take the --- out.",
                        "second_document",
                    )
                    return
                self.tree.data = self._node(next(self._events), (), 0)

    def _node(self, event: Any, path: Path, depth: int) -> Any:
        from ruamel.yaml.events import AliasEvent, MappingStartEvent, SequenceStartEvent

        line, column = event.start_mark.line + 1, event.start_mark.column + 1
        self.tree.places.setdefault(path, (line, column))
        if isinstance(event, AliasEvent):
            self._at(
                line,
                column,
                path,
                f"alias *{event.anchor}: what is written here has to stand here",
                "Write the value out.",
                "alias",
            )
            return None
        if getattr(event, "anchor", None):
            self._at(
                line,
                column,
                path,
                f"anchor &{event.anchor} is not allowed",
                "Take it out and write values where they are needed.",
                "anchor",
            )
        if _is_tagged(event):
            self._at(
                line,
                column,
                path,
                "a YAML tag is not allowed",
                "Take the tag (!...) out; put text in quotes where it has to stay text.",
                "tag",
            )
        if depth > MAX_DEPTH:
            raise StudyError(
                [
                    *self.problems,
                    Problem(
                        self.tree.file,
                        line,
                        column,
                        "",
                        "nested too deeply",
                        "No study file needs this; look for a missing bracket.",
                        "too_deep",
                    ),
                ]
            )
        if isinstance(event, MappingStartEvent):
            return self._mapping(path, depth)
        if isinstance(event, SequenceStartEvent):
            return self._sequence(path, depth)
        return _scalar(event)

    def _sequence(self, path: Path, depth: int) -> list[Any]:
        from ruamel.yaml.events import SequenceEndEvent

        found: list[Any] = []
        for event in self._events:
            if isinstance(event, SequenceEndEvent):
                break
            found.append(self._node(event, (*path, len(found)), depth + 1))
        return found

    def _mapping(self, path: Path, depth: int) -> dict[Any, Any]:
        from ruamel.yaml.events import MappingEndEvent, ScalarEvent

        found: dict[Any, Any] = {}
        lines: dict[str, int] = {}  # 1 and "1" are one name: codes are texts
        for event in self._events:
            if isinstance(event, MappingEndEvent):
                break
            line, column = event.start_mark.line + 1, event.start_mark.column + 1
            if not isinstance(event, ScalarEvent):
                self._node(event, path, depth + 1)
                self._at(line, column, path, "a key has to be a single word or number", "", "bad_key")
                self._node(next(self._events), (*path, "?"), depth + 1)
                continue
            key = _scalar(event)
            key = "null" if key is None else str(key).lower() if isinstance(key, bool) else key
            inner = (*path, key)
            if key == "<<":
                self._at(
                    line,
                    column,
                    path,
                    "merge key << is not allowed",
                    "Write the keys out where they are needed.",
                    "merge_key",
                )
            elif str(key) in lines:
                first = lines[str(key)]
                self._at(
                    line,
                    column,
                    inner,
                    f"the key stands twice, first in line {first}",
                    "Keep one of the two.",
                    "duplicate_key",
                )
                inner = (*path, f"{key}'")
            lines.setdefault(str(key), line)
            self.tree.places[inner] = (line, column)
            value = self._node(next(self._events), inner, depth + 1)
            found.setdefault(key, value)
        return found


def _is_tagged(event: Any) -> bool:
    tag = getattr(event, "ctag", None) or getattr(event, "tag", None)
    return tag is not None and str(tag) not in ("", "None")


def _scalar(event: Any) -> Any:
    """A scalar by the rules of YAML 1.2; anything quoted is text."""
    value = str(event.value)
    if event.style in ("'", '"', "|", ">"):
        return value
    if value in _CONSTANTS:
        return _CONSTANTS[value]
    if _INTEGER.match(value):
        return int(value) if len(value) < 20 else value
    if _FLOAT.match(value):
        return float(value)
    return value
