"""The demonstration study: a right run reports exactly the planted defects."""

import csv
import hashlib
from collections import Counter
from datetime import UTC, datetime

import pandas as pd
import pytest

from delphi.demo.writing import write_demo
from delphi.ingest.reading import find_files, read_table
from delphi.study import read_study
from delphi.validation.delivery import Delivery
from delphi.validation.refusal import refusals, register_refusals
from delphi.validation.wave import Earlier, validate_wave

WHAT = ["file_name", "wave_id", "source_row", "level", "rule", "item_id", "column_name"]


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    write_demo(folder)
    study = read_study(folder / "study.yaml")

    def read(dialect, file, wave_id=""):
        (path,) = find_files(folder, file, wave_id)
        data = path.read_bytes()
        return read_table(data, dialect, path.name, hashlib.sha256(data).hexdigest())

    register = read(study.panel.register_.dialect, study.panel.register_.file)
    assert register_refusals(study, register) == ()
    waves, earlier = {}, Earlier()
    for wave in study.waves:
        deliveries = []
        for source in study.sources_of(wave.wave_id):
            table = read(source.dialect, source.file, wave.wave_id)
            assert refusals(study, source, table) == ()
            deliveries.append(Delivery(source, table, 1, datetime(2026, 1, 1, tzinfo=UTC)))
        if deliveries:
            records = validate_wave(study, wave, deliveries, earlier, register, lambda key: f"P-{key}")
            current = records.submissions.loc[records.submissions["is_current"]]
            earlier = Earlier(
                pd.concat([earlier.submissions, current], ignore_index=True), records.memberships
            )
            waves[wave.wave_id] = records
    return folder, waves


def test_every_planted_defect_is_found_and_none_is_invented(demo):
    folder, waves = demo
    ours: Counter = Counter()
    for records in waves.values():
        frame = records.findings.merge(records.sources[["source_id", "file_name"]], on="source_id")
        frame = frame[WHAT].astype(object).where(frame[WHAT].notna(), "")
        ours.update(tuple(str(cell) for cell in row) for row in frame.itertuples(index=False, name=None))
    with (folder / "expected_findings.csv").open(encoding="utf-8", newline="") as file:
        rows = [{"file_name": row["file"], **row} for row in csv.DictReader(file)]
    assert ours == Counter(tuple(row[name] for name in WHAT) for row in rows)


def test_the_panel_shrinks_as_planted(demo):
    _, waves = demo
    returned = [int(records.submissions["is_current"].sum()) for records in waves.values()]
    assert returned == [78, 70, 60]
    assert len(waves["r1"].invitations) == 90
