"""What makes a pull unusable. Nothing of what a server sent is in the words: it may be an answer, a name or a token."""

from __future__ import annotations


class PullError(Exception):
    """What a server sent cannot be used; asking once more would not help.

    Parameters
    ----------
    code : short stable name
    message : what is wrong, as it follows the server's name
    hint : how to mend it
    """

    def __init__(self, code: str, message: str, hint: str) -> None:
        self.code, self.message, self.hint = code, message, hint
        super().__init__(f"{message}\n  {hint}")


class UnsettledError(PullError):
    """What came does not fit together, as when somebody answers meanwhile: it is worth starting over some times."""
