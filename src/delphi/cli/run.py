"""The command `run`: all stages for what has arrived, through Prefect or directly."""

from __future__ import annotations

import os
from pathlib import Path

from delphi.cli.show import note, print_json, print_table, progress
from delphi.stages.context import study_of
from delphi.stages.plan import Step, StepResult, check_until, check_waves
from delphi.stages.plan import run as run_stages
from delphi.stages.running import whole_run
from delphi.stages.summary import Summary, summary
from delphi.study import StudyFolder, locate


def run(
    study: Path,
    /,
    *,
    wave: tuple[str, ...] = (),
    until: str = "report",
    direct: bool = False,
    as_of: str | None = None,
    warehouse: Path | None = None,
    outputs: Path | None = None,
    json: bool = False,
) -> None:
    """Take a study through every stage, for what has arrived; again changes nothing.

    Parameters
    ----------
    study
        Study file or its folder.
    wave
        Only this wave and the earlier ones on which it rests; may be repeated.
    until
        Last stage: ingest, validate, count, statistics, verdicts, robustness, opinions or report.
    direct
        Without Prefect; the result is the same.
    as_of
        Make an earlier publication again beside the others and compare it: its number (`delphi verify` lists them) or
        a day. Later answers and a later study file play no part.
    warehouse
        Another place for the warehouse file.
    outputs
        Another folder for what people read.
    json
        Print one JSON document.
    """
    folder = locate(study, warehouse, outputs)
    if as_of is not None:
        again(folder, as_of, as_json=json)
        return
    check_until(until)
    check_waves(study_of(folder), wave)
    way = directly if direct else through_prefect
    results, found = way(folder, wave, until, quiet=json)
    show(folder, results, found, until, as_json=json)


def again(folder: StudyFolder, as_of: str, as_json: bool) -> None:
    """Make a publication again and say where it lies."""
    from delphi.stages.as_of import run_as_of

    made = run_as_of(folder, as_of)
    if as_json:
        print_json(
            {
                "publication": made.publication,
                "at": made.at,
                "warehouse": str(made.warehouse),
                "report": str(made.report),
                "tables": made.tables,
            }
        )
        return
    print(
        f"Publication {made.publication} of {made.at[:16]} UTC: all {len(made.tables)} tables came out as they were."
    )
    print(f"Warehouse: {_short(made.warehouse)}")
    print(f"Report: {_short(made.report)}")


def directly(
    folder: StudyFolder, waves: tuple[str, ...], until: str, quiet: bool
) -> tuple[list[StepResult], Summary]:
    """Every stage in this process, one after the other, and what they come to."""
    results = []
    with whole_run(), progress(quiet) as shown:

        def before(step: Step) -> None:
            shown.begin(step.title)

        for result in run_stages(folder, waves, until, before):
            shown.end(Step(check_until(result.stage), result.wave_id).title, result.state, result.seconds)
            results.append(result)
        return results, summary(folder)


def through_prefect(
    folder: StudyFolder, waves: tuple[str, ...], until: str, quiet: bool
) -> tuple[list[StepResult], Summary]:
    """The flow `run-study`: on the configured server, else on a temporary one."""
    folder.warehouse.parent.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("PREFECT_HOME", str(folder.warehouse.parent / ".prefect"))
    os.environ.setdefault("PREFECT_LOGGING_LEVEL", "CRITICAL")
    if not os.environ.get("PREFECT_API_URL"):
        note(
            "No Prefect server is configured: a temporary one is started, which takes 10 to 30 seconds. "
            "`delphi run --direct` does the same without; or set PREFECT_API_URL to a running server.",
            quiet,
        )
        # A temporary server that is gone does not come back; one of the user's own may be starting again.
        os.environ.setdefault("PREFECT_CLIENT_MAX_RETRIES", "1")
    from flows.run_study import run_or_say

    done = run_or_say(str(folder.study_file), list(waves), until, str(folder.warehouse), str(folder.outputs))
    return [_result(row) for row in done], summary(folder)


def _result(row: dict[str, str | int | float]) -> StepResult:
    known = {"stage", "wave", "state", "seconds"}
    return StepResult(
        stage=str(row["stage"]),
        wave_id=None if row["wave"] == "-" else str(row["wave"]),
        state="done" if row["state"] == "done" else "unchanged",
        facts={name: int(value) for name, value in row.items() if name not in known},
        seconds=float(row["seconds"]),
    )


def show(folder: StudyFolder, results: list[StepResult], found: Summary, until: str, as_json: bool) -> None:
    """What the run did and found, in a few lines."""
    if as_json:
        print_json(
            {
                "study_id": found.study_id,
                "steps": [
                    {
                        "stage": r.stage,
                        "wave_id": r.wave_id,
                        "state": r.state,
                        "seconds": r.seconds,
                        **r.facts,
                    }
                    for r in results
                ],
                "sources": list(found.sources),
                "verdicts": found.verdicts,
                "stability": found.stability,
                "robustness": found.robustness,
                "findings": found.findings,
                "warehouse": str(folder.warehouse),
                "report": str(found.report) if found.report else None,
            }
        )
        return
    if any("made_again" in result.facts for result in results):
        print(
            "The last run was cut off and left the warehouse unreadable: it was made again from what had been received."
        )
    changed = sum(result.state == "done" for result in results)
    print(f"{found.study_id}: {len(results)} steps, {changed} with something to do.")
    print_table(found.sources, ("wave", "file", "records", "accepted", "quarantined", "ignored"))
    if found.verdicts:
        words = ", ".join(f"{n} {name.replace('_', ' ')}" for name, n in found.verdicts.items())
        print(f"Standing verdicts: {words}.")
    if any(found.robustness.values()):
        firm = ", ".join(f"{len(names)} {label}" for label, names in found.robustness.items())
        print(f"How firm they are: {firm}.")
    if found.findings:
        print(f"Findings: {sum(found.findings.values())} (delphi findings {_short(folder.root)}).")
    print(f"Warehouse: {_short(folder.warehouse)}")
    if until == "report" and found.report:
        print(f"Report: {_short(found.report)}")


def _short(path: Path) -> str:
    """A path relative to the working folder where that is shorter."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
