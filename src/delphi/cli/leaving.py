"""How the process of a command leaves."""

from __future__ import annotations

import atexit
import logging
import os
import sys
from typing import NoReturn

FAILED_OUTPUT = 120
"""Exit code of Python itself when the last of its output could not be written."""


class Leaving:
    """Leave without taking every object apart, which costs a short command a tenth of its time.

    Made before anything else asks to be called at the end, so that all of that is done before.
    """

    def __init__(self) -> None:
        self.code = 1
        atexit.register(self._at_once)

    def exit(self, code: int) -> NoReturn:
        """End the program with this exit code."""
        self.code = code
        sys.exit(code)

    def exit_without_waiting(self, code: int) -> NoReturn:
        """End the program although threads still have something to deliver: whom it was for is gone.

        What else asked to be called at the end is called, such as the stop of a temporary server. Python itself would
        wait for the threads first, and offers no public way to call these without.
        """
        self.code = code
        logging.disable(logging.CRITICAL)
        atexit._run_exitfuncs()
        os._exit(code)

    def _at_once(self) -> None:
        logging.shutdown()
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except (OSError, ValueError):
                self.code = self.code or FAILED_OUTPUT
        os._exit(self.code)
