"""How firm verdicts are, from a study file to rows of `robustness`."""

from __future__ import annotations

from pathlib import Path

from delphi.stages.plan import run
from delphi.study import locate
from delphi.warehouse.warehouse import Warehouse
from tests.conftest import BARRIERS, write_rows


def test_a_round_whose_every_record_is_withheld_has_verdicts_that_hang_on_nobody_and_have_no_label(
    tmp_path: Path,
) -> None:
    (tmp_path / "study.yaml").write_text(BARRIERS, encoding="utf-8")
    write_rows(tmp_path / "r1.csv", [["respondent_id", "role", "s01", "s02", "s03"], ["p1", "city", *"5678"]])
    for _ in run(locate(tmp_path)):
        pass
    with Warehouse.open_read_only(locate(tmp_path).warehouse) as warehouse:
        assert warehouse.rows("select distinct verdict from verdicts") == [("insufficient_n",)]
        assert warehouse.rows("select count(*) from robustness where test = 'label'") == [(0,)]
        assert warehouse.rows("select distinct n from robustness where test = 'leave_out_panelist'") == [(0,)]
        assert warehouse.rows("select distinct robustness from standing_verdicts") == [(None,)]
