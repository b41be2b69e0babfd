"""Serve the deployment of one study: every so often it looks for new exports and runs what has something to
do.

python -m flows.serve data/raw/barriers --cron "*/15 * * * *"
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import cast

from prefect import serve
from prefect.deployments.runner import RunnerDeployment
from prefect.schedules import Cron

from delphi.study import locate, read_study
from flows.run_study import run_study

EVERY_QUARTER_OF_AN_HOUR = "*/15 * * * *"


def deployment(study: Path, cron: str = EVERY_QUARTER_OF_AN_HOUR) -> RunnerDeployment:
    """The deployment `run-study/<study id>`: polls the study folder by the clock of the study's time zone."""
    folder = locate(study)
    model = read_study(folder.study_file)
    return cast(
        RunnerDeployment,
        run_study.to_deployment(
            name=model.study_id,
            schedule=Cron(cron, timezone=model.time_zone or "UTC"),
            parameters={"study": str(folder.root)},
            tags=[f"study:{model.study_id}"],
            description=f"Looks for new exports of {model.title!r} and runs what has something to do.",
            concurrency_limit=1,
        ),
    )


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("study", type=Path, help="study file or its folder")
    parser.add_argument(
        "--cron", default=EVERY_QUARTER_OF_AN_HOUR, help="when to look, default every 15 minutes"
    )
    arguments = parser.parse_args()
    serve(deployment(arguments.study, arguments.cron), pause_on_shutdown=False)


if __name__ == "__main__":
    main()
