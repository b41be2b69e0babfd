"""The flow that takes one study through every stage: a task per stage and wave, names in, counts out.

Nothing of an answer reaches Prefect: parameters and results are names and counts, and an error that is not
meant for users arrives as its type only.
"""

from __future__ import annotations

from pathlib import Path

import httpx
from prefect import flow, runtime, task
from prefect.artifacts import create_link_artifact, create_table_artifact
from prefect.cache_policies import NO_CACHE

from delphi.errors import DelphiError, ServerLostError, WarehouseError
from delphi.stages.context import study_of
from delphi.stages.plan import Step, check_until, check_waves, perform, steps_after_ingest
from delphi.stages.seal import seal
from delphi.study import StudyFolder, locate

DEPLOYMENT = "run-study"


class StageFailedError(Exception):
    """A stage failed for a reason that is not the user's; its own words stay out of the orchestrator's
    store."""


def _is_worth_a_retry(_task: object, _run: object, state: object) -> bool:
    """A warehouse that somebody else holds may be free in a moment; anything else stays as it is."""
    error = getattr(state, "result", lambda **_: None)(raise_on_failure=False)
    return isinstance(error, WarehouseError) and any(problem.code == "locked" for problem in error.problems)


@task(
    retries=2,
    retry_delay_seconds=[5, 30],
    retry_condition_fn=_is_worth_a_retry,
    cache_policy=NO_CACHE,
    persist_result=False,
    log_prints=False,
    task_run_name="{stage} {wave_id}",
)
def run_stage(
    study: str,
    stage: str,
    wave_id: str,
    waves: list[str],
    warehouse: str | None = None,
    outputs: str | None = None,
) -> dict[str, str | int | float]:
    """One stage of one wave (`-` where the stage works for all of them); what it did, in counts."""
    folder = _folder(study, warehouse, outputs)
    step = Step(check_until(stage), None if wave_id == "-" else wave_id)
    try:
        result = perform(folder, step, tuple(waves))
    except DelphiError:
        raise
    except Exception as error:
        kind = type(error).__name__
    else:
        return {
            "stage": stage,
            "wave": wave_id,
            "state": result.state,
            "seconds": round(result.seconds, 3),
        } | {name: value for name, value in result.facts.items() if isinstance(value, int)}
    raise StageFailedError(f"{step.title} ended with {kind}; `delphi run --direct` shows where.")


def _run_name() -> str:
    """A run is known by its study folder."""
    return locate(Path(str(runtime.flow_run.parameters["study"]))).root.name


@flow(
    name=DEPLOYMENT, flow_run_name=_run_name, persist_result=False, log_prints=False, validate_parameters=True
)
def run_study(
    study: str,
    waves: list[str] | None = None,
    until: str = "report",
    warehouse: str | None = None,
    outputs: str | None = None,
) -> list[dict[str, str | int | float]]:
    """Take a study from its exports to its report; every stage may be repeated and changes nothing twice.

    Parameters
    ----------
    study : study file or its folder
    waves : only these waves and the earlier ones on which they rest; None: all that have arrived
    until : last stage
    warehouse, outputs : other places than the usual ones
    """
    folder = _folder(study, warehouse, outputs)
    wanted, last = list(waves or []), check_until(until)
    check_waves(study_of(folder), tuple(wanted))
    done = [run_stage(study, "ingest", "-", wanted, warehouse, outputs)]
    if last != "ingest":
        for step in steps_after_ingest(folder, tuple(wanted), last):
            done.append(run_stage(study, step.stage, step.wave_id or "-", wanted, warehouse, outputs))
    seal(folder, is_whole=last == "report" and not wanted)
    name = "".join(letter if letter.isalnum() else "-" for letter in folder.root.name.lower())
    create_table_artifact(
        table=_rectangular(done), key=f"stages-{name}", description="What each stage did, in counts."
    )
    if last == "report":
        report = folder.outputs / "report.html"
        create_link_artifact(
            link=report.as_uri(), key=f"report-{name}", link_text="Report", description="The report."
        )
    return done


def run_or_say(
    study: str, waves: list[str], until: str, warehouse: str, outputs: str
) -> list[dict[str, str | int | float]]:
    """The flow `run_study`, for a person who waits for it.

    Raises
    ------
    ServerLostError
        If the server cannot be reached any more. Whatever was done is kept, and may be all of it.
    """
    try:
        return run_study(study, waves, until, warehouse, outputs)
    except httpx.TransportError:
        raise ServerLostError(
            "The Prefect server cannot be reached any more, so the end of this run could not be told to it.",
            "Whatever was finished is kept. Run again, or with --direct, which needs no server.",
        ) from None


def _folder(study: str, warehouse: str | None, outputs: str | None) -> StudyFolder:
    return locate(Path(study), Path(warehouse) if warehouse else None, Path(outputs) if outputs else None)


def _rectangular(rows: list[dict[str, str | int | float]]) -> list[dict[str, str | int | float]]:
    names = list(dict.fromkeys(name for row in rows for name in row))
    return [{name: row.get(name, "") for name in names} for row in rows]
