"""What a person does about a warehouse that is not as it should be."""

from __future__ import annotations

REBUILD = "Move the file away and run `delphi rebuild`: the warehouse is made again from the received files."
RUN_AGAIN = (
    "Run `delphi run`: the last run was cut off, and the warehouse is made again from the received files."
)
