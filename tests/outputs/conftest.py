"""The invented study that the tests of outputs share."""

from __future__ import annotations

import pandas as pd
import pytest
import report_study

from delphi.study.model import Study


@pytest.fixture(scope="session")
def invented() -> Study:
    """Three rounds, 45 rated items and one of each other kind, two group dimensions of which one nests the other."""
    return report_study.study()


@pytest.fixture(scope="session")
def invented_tables(invented: Study) -> dict[str, pd.DataFrame]:
    """Its tables."""
    return report_study.tables(invented)


@pytest.fixture(scope="session")
def page(invented: Study, invented_tables: dict[str, pd.DataFrame]) -> str:
    """Its report."""
    from delphi.outputs.report import render_report

    return render_report(invented, invented_tables)
