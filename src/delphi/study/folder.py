"""Where the things of one study lie: study file, received bytes, journal, key, warehouse, outputs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from delphi.errors import StudyError

STUDY_FILE = "study.yaml"


@dataclass(frozen=True)
class StudyFolder:
    """Paths of a study. A folder `data/raw/<id>` of a project has its warehouse and outputs under `data/`;
    any other folder has them beside its study file, unless the user says otherwise."""

    study_file: Path
    warehouse: Path
    outputs: Path

    @property
    def root(self) -> Path:
        """Folder of the study file; patterns of `sources` are relative to it."""
        return self.study_file.parent

    @property
    def received(self) -> Path:
        """Folder that keeps the bytes of every file taken in, named by their sha256."""
        return self.root / ".received"

    @property
    def journal(self) -> Path:
        """The append-only record of deliveries and decisions."""
        return self.root / "journal.jsonl"

    @property
    def pseudonym_key(self) -> Path:
        """Secret with which respondents' keys become pseudonyms; never leaves the folder."""
        return self.root / "pseudonym.key"


def locate(study: Path, warehouse: Path | None = None, outputs: Path | None = None) -> StudyFolder:
    """Find the folder of a study from its study file or the folder that holds it.

    Raises
    ------
    StudyError
        If there is no study file.
    """
    path = Path(study)
    file = path / STUDY_FILE if path.is_dir() else path
    if not file.is_file():
        raise StudyError(
            f"There is no study file at {path}.",
            "Name a study.yaml or the folder that holds one; `delphi new DIR` writes one to start from.",
        )
    root = file.resolve().parent
    if root.parent.name == "raw" and root.parent.parent.name == "data":
        data, name = root.parent.parent, root.name
        home, results = data / "warehouse" / f"{name}.duckdb", data / "outputs" / name
    else:
        home, results = root / f"{root.name}.duckdb", root / "outputs"
    return StudyFolder(
        file.resolve(),
        Path(warehouse).resolve() if warehouse else home,
        Path(outputs).resolve() if outputs else results,
    )
