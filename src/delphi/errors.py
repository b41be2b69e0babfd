"""Errors that a user can act on, each with its exit code.

Everything else is a bug and keeps its traceback. Messages name rows, columns and items, never an answer, a
comment or a person.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong, where, and what to write or do instead.

    Parameters
    ----------
    file : name of the file, as the user knows it; empty where no file is at fault
    line, column : 1-based place in a text file; 0 where there is none
    path : place in the study's words, e.g. ``scales.imp9.bands.high`` or ``r1.csv, column s01``
    message : what is wrong, and what was expected
    hint : how to mend it; may be empty
    code : a short stable name for tests, ``--json`` and the findings table, e.g. ``unknown_key``
    """

    file: str
    line: int
    column: int
    path: str
    message: str
    hint: str = ""
    code: str = ""

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part)
        text = ": ".join(part for part in (place, self.path, self.message) if part)
        return f"{text}\n  {self.hint}" if self.hint else text


class DelphiError(Exception):
    """Something a user can act on. ``problems`` holds every failure that was found, not the first only."""

    exit_code = 1

    def __init__(self, problems: str | Problem | Iterable[Problem], hint: str = "") -> None:
        if isinstance(problems, str):
            problems = [Problem("", 0, 0, "", problems, hint)]
        elif isinstance(problems, Problem):
            problems = [problems]
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def __reduce__(self) -> tuple[type[DelphiError], tuple[tuple[Problem, ...]]]:
        return type(self), (self.problems,)


class UsageError(DelphiError):
    """The command was called with something it does not take."""

    exit_code = 2


class StudyError(DelphiError):
    """The study file is wrong."""

    exit_code = 10


class AnswersError(DelphiError):
    """The answers cannot be used: a source is refused, or a required file is missing."""

    exit_code = 11


class WarehouseError(DelphiError):
    """The warehouse is missing, locked, newer or damaged."""

    exit_code = 12


class ServerLostError(DelphiError):
    """The Prefect server went away in the middle of a run. The stages that were done stay done."""

    exit_code = 12
