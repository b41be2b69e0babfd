"""Real exports beside their study files, taken through reading and validation."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from delphi.ingest.reading import find_files, read_table
from delphi.study import Study, read_study
from delphi.validation.delivery import Delivery
from delphi.validation.refusal import refusals
from delphi.validation.wave import Earlier, WaveRecords, validate_wave

HERE = Path(__file__).resolve().parent
RECEIVED = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class RealStudy:
    """A real study: its definition, its raw files and what validation makes of each wave."""

    study: Study
    folder: Path
    waves: dict[str, WaveRecords]

    def all_of(self, table: str) -> pd.DataFrame:
        """One table for all waves."""
        return pd.concat([getattr(records, table) for records in self.waves.values()], ignore_index=True)

    def tally(self, entry_id: str | None = None) -> tuple[int, int, int, int]:
        """Records of a file, and over all waves those accepted, quarantined and ignored in every wave."""
        sources = self.all_of("sources")
        own = sources[sources["entry_id"] == entry_id] if entry_id else sources
        records, accepted, quarantined = (
            own["records"].iloc[0],
            own["accepted"].sum(),
            own["quarantined"].sum(),
        )
        return int(records), int(accepted), int(quarantined), int(records - accepted - quarantined)


def validated(name: str, data: Path, folder: Path) -> RealStudy:
    """Validate every wave of a real study, in order, as the stages would."""
    for path in (HERE / name / "study.yaml", *(data / name).glob("*.csv")):
        shutil.copy(path, folder)
    study = read_study(folder / "study.yaml")
    tables = {}
    for source in study.sources:
        (path,) = find_files(folder, source.file, source.waves[0])
        content = path.read_bytes()
        table = read_table(content, source.dialect, path.name, hashlib.sha256(content).hexdigest())
        tables[source.entry_id] = table
        assert refusals(study, source, table) == ()
    waves: dict[str, WaveRecords] = {}
    earlier = Earlier()
    for wave in study.waves:
        deliveries = [
            Delivery(one, tables[one.entry_id], 1, RECEIVED) for one in study.sources_of(wave.wave_id)
        ]
        records = validate_wave(study, wave, deliveries, earlier, None, lambda key: f"P-{key}")
        waves[wave.wave_id] = records
        current = records.submissions[records.submissions["is_current"]]
        rows = current[["wave_id", "respondent_id", "state"]]
        known = records.memberships[["respondent_id", "group_by", "group_value"]]
        earlier = Earlier(
            pd.concat([earlier.submissions, rows], ignore_index=True),
            pd.concat([earlier.memberships, known], ignore_index=True),
        )
    return RealStudy(study, folder, waves)


def no_problems(real: RealStudy) -> bool:
    """Whether every column and every value is accounted for."""
    findings, answers = real.all_of("findings"), real.all_of("answers")
    return set(findings["rule"]) <= {"superseded"} and not (answers["missing"] == "invalid").any()


def is_valid(answers: pd.DataFrame) -> pd.Series:
    """Which rows hold an answer."""
    return answers["value"].notna() | answers["text"].notna()


def in_folder(name: str, data: Path, factory) -> RealStudy:  # type: ignore[no-untyped-def]
    """The study in a temporary folder of its own."""
    return validated(name, data, factory.mktemp(name))
