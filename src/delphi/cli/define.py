"""Commands about the study file: `new` and `check`."""

from __future__ import annotations

from pathlib import Path

from delphi.cli.show import note, print_json
from delphi.errors import StudyError
from delphi.study import check_study, locate, resolved_yaml, write_new_study


def new(folder: Path, /, *, json: bool = False) -> None:
    """Write a commented study file to start from, with a schema for editors.

    Parameters
    ----------
    folder
        Folder to make; nothing that is there is overwritten.
    json
        Print one JSON document.
    """
    written = write_new_study(folder)
    if json:
        print_json({"written": [str(path) for path in written]})
        return
    for path in written:
        print(path)
    note(f"Fill in {written[0]}, then run: delphi check {folder}")


def check(study: Path, /, *, resolved: bool = False, json: bool = False) -> int:
    """Name every error of a study file at once, with line and column, and how to mend it.

    Parameters
    ----------
    study
        Study file or its folder.
    resolved
        Print the study as it is understood, with every default and the rules of a preset.
    json
        Print one JSON document.
    """
    checked = check_study(locate(study).study_file)
    if checked.study is None:
        raise StudyError(checked.problems)
    model = checked.study
    if json:
        from delphi.cli.show import problem_rows

        print_json(
            {
                "study_id": model.study_id,
                "items": len(model.items),
                "waves": [wave.wave_id for wave in model.waves],
                "warnings": problem_rows(StudyError(checked.warnings)) if checked.warnings else [],
            }
            | ({"resolved": model.model_dump(mode="json")} if resolved else {})
        )
        return 0
    for warning in checked.warnings:
        note(f"warning: {warning}")
    if resolved:
        print(resolved_yaml(model), end="")
        return 0
    waves = ", ".join(wave.wave_id for wave in model.waves)
    print(
        f"{model.study_id}: {len(model.items)} items, waves {waves}, {len(model.sources)} sources. No errors."
    )
    return 0
