"""Which stage runs when: the steps of a run, in order, and one function that performs any of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from delphi.errors import AnswersError, Problem, UsageError
from delphi.ingest.journal import Journal
from delphi.stages.context import arrived_waves, deliveries_of, study_of, waves_up_to
from delphi.study import Study, StudyFolder

Stage = Literal["ingest", "validate", "count", "statistics", "verdicts", "robustness", "opinions", "report"]
STAGES: tuple[Stage, ...] = (
    "ingest", "validate", "count", "statistics", "verdicts", "robustness", "opinions", "report",
)  # fmt: skip
PER_WAVE: tuple[Stage, ...] = ("validate", "count", "statistics", "verdicts", "robustness", "opinions")


@dataclass(frozen=True)
class Step:
    """One stage, for one wave where it works per wave."""

    stage: Stage
    wave_id: str | None = None

    @property
    def title(self) -> str:
        """How people see the step."""
        return f"{self.stage} {self.wave_id}" if self.wave_id else self.stage


@dataclass(frozen=True)
class StepResult:
    """What a step did: `unchanged` when its inputs were those of the last time. `facts` are names and counts
    only."""

    stage: str
    wave_id: str | None
    state: Literal["done", "unchanged"]
    facts: dict[str, int | str] = field(default_factory=dict)
    seconds: float = 0.0


def check_until(until: str) -> Stage:
    """The stage of this name.

    Raises
    ------
    UsageError
        If there is none.
    """
    for stage in STAGES:
        if stage == until:
            return stage
    raise UsageError(f"There is no stage {until!r}.", f"Stages are, in order: {', '.join(STAGES)}.")


def check_waves(study: Study, wave_ids: tuple[str, ...]) -> None:
    """Refuse wave ids that the study does not have.

    Raises
    ------
    UsageError
        If one is unknown.
    """
    known = [wave.wave_id for wave in study.waves]
    unknown = [wave_id for wave_id in wave_ids if wave_id not in known]
    if unknown:
        raise UsageError(f"The study has no wave {', '.join(unknown)}.", f"Its waves are {', '.join(known)}.")


def steps_after_ingest(folder: StudyFolder, wave_ids: tuple[str, ...], until: Stage) -> tuple[Step, ...]:
    """Steps that follow `ingest`: every stage of every wave that has arrived, in order, then the report. Opinions are looked for
    only where the study file asks for it.

    `wave_ids` narrows the run to these waves and the earlier ones on which they rest.

    Raises
    ------
    AnswersError
        If a wave that was asked for, or every wave, has not arrived.
    """
    study = study_of(folder)
    arrived = arrived_waves(study, deliveries_of(Journal(folder.journal)))
    missing = [wave_id for wave_id in wave_ids if wave_id not in arrived]
    if missing or not arrived:
        waves = missing or [wave.wave_id for wave in study.waves if study.sources_of(wave.wave_id)]
        raise AnswersError([_not_arrived(study, wave_id) for wave_id in waves])
    if wave_ids:
        needed = {earlier for wave_id in wave_ids for earlier in waves_up_to(study, wave_id)}
        arrived = tuple(wave_id for wave_id in arrived if wave_id in needed)
    last = STAGES.index(until)
    per_wave = [
        stage
        for stage in PER_WAVE
        if STAGES.index(stage) <= last and (stage != "opinions" or study.analysis.is_wanted)
    ]
    steps = [Step(stage, wave_id) for wave_id in arrived for stage in per_wave]
    return (*steps, Step("report")) if until == "report" else tuple(steps)


def rests_on(step: Step, waves: tuple[str, ...]) -> tuple[Step, ...]:
    """The steps whose results a step may read.

    `waves` are those up to and with its own, for the report all that have arrived.
    """
    if step.stage == "ingest":
        return ()
    if step.stage == "report":
        return tuple(Step(stage, wave_id) for wave_id in waves for stage in PER_WAVE)
    before = PER_WAVE[: PER_WAVE.index(step.stage)]
    same = tuple(Step(step.stage, wave_id) for wave_id in waves[:-1])
    return (*(Step(stage, wave_id) for wave_id in waves for stage in before), *same)


def _not_arrived(study: Study, wave_id: str) -> Problem:
    expected = [source.file.replace("{wave}", wave_id) for source in study.sources_of(wave_id)]
    files = " and ".join(expected) or "no source names it"
    return Problem(
        "", 0, 0, f"wave {wave_id}", f"no answers have arrived; expected in the study folder: {files}",
        "Put the export there and run again.", "missing_file",
    )  # fmt: skip


def perform(folder: StudyFolder, step: Step, wave_ids: tuple[str, ...] = ()) -> StepResult:
    """Do one step; twice changes nothing."""
    start = time.perf_counter()
    result = _stage(step.stage)(folder, step.wave_id, wave_ids)
    return StepResult(result.stage, result.wave_id, result.state, result.facts, time.perf_counter() - start)


def _stage(stage: Stage) -> Callable[[StudyFolder, str | None, tuple[str, ...]], StepResult]:
    """The function of a stage, imported when it is first needed: a light command must not pay for a heavy
    stage."""
    if stage == "ingest":
        from delphi.stages.ingest import ingest

        return lambda folder, _wave, wave_ids: ingest(folder, wave_ids)
    if stage == "report":
        from delphi.stages.report import report

        return lambda folder, _wave, _ids: report(folder)
    from delphi.stages import waves

    function = {
        "validate": waves.validate,
        "count": waves.count,
        "statistics": waves.compute,
        "verdicts": waves.decide,
        "robustness": waves.try_verdicts,
        "opinions": waves.look_for_opinions,
    }[stage]
    return lambda folder, wave, _ids: function(folder, str(wave))


def run(
    folder: StudyFolder,
    wave_ids: tuple[str, ...] = (),
    until: str = "report",
    before: Callable[[Step], None] = lambda step: None,
) -> Iterator[StepResult]:
    """Take a study through every stage up to `until`, without any orchestrator; yields each step's result."""
    from delphi.stages.running import whole_run
    from delphi.stages.seal import seal

    stage = check_until(until)
    check_waves(study_of(folder), wave_ids)
    first = Step("ingest")
    with whole_run():
        before(first)
        yield perform(folder, first, wave_ids)
        if stage != "ingest":
            for step in steps_after_ingest(folder, wave_ids, stage):
                before(step)
                yield perform(folder, step)
        seal(folder, is_whole=stage == "report" and not wave_ids)
