"""The refusal of one file: the error that says what is wrong with it, where, and how to mend it."""

from __future__ import annotations

from delphi.errors import AnswersError, Problem


def refusal(
    file_name: str, code: str, message: str, hint: str, *, line: int = 0, path: str = ""
) -> AnswersError:
    """An error with one problem; `path` is a place in the study's words, such as ``column s01``."""
    return AnswersError(Problem(file_name, line, 0, path, message, hint, code))
