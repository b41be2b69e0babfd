"""docs/methods.md names exactly the statistics that are computed."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
from statistic_cases import WITH_TOLERANCE, a_panel, a_study, tables_of

from delphi.stages.statistic_rows import item_status_rows, statistic_rows

PAGE = Path(__file__).resolve().parents[2] / "docs" / "methods.md"


def test_every_statistic_has_its_row_in_the_table_of_methods() -> None:
    answers, roles = a_panel(15)
    study = a_study(WITH_TOLERANCE)
    verdict = {"wave_id": "r3", "item_id": "s1", "group_by": "all", "verdict": "split"}
    computed = set(statistic_rows(study, "r3", tables_of(study, answers, roles, "r3"))["statistic"])
    computed |= set(item_status_rows(study, "r3", pd.DataFrame([verdict]))["statistic"])
    table = PAGE.read_text(encoding="utf-8").partition("| id |")[2].partition("\n\n")[0]
    named = {
        one
        for line in table.splitlines()
        for one in re.findall(r"`(\w+)`", line.split("|")[1])
        if "|" in line
    }
    assert named == computed
