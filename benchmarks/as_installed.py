"""The command `delphi`, or its stages timed by CPU, as users have it: without what only developers install.

Pandera imports Hypothesis where it finds it, which takes some tenths of a second; the package does not depend on it.

python -m benchmarks.as_installed run STUDY --direct        the command
python -m benchmarks.as_installed --stages STUDY UNTIL      its stages, as JSON with CPU seconds of each
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

DEVELOPERS_ONLY = ("hypothesis",)


def main() -> None:
    """Hide what is not installed with the package, and go on."""
    hidden: dict[str, Any] = sys.modules
    hidden.update(dict.fromkeys(DEVELOPERS_ONLY))
    if sys.argv[1] == "--stages":
        stages(Path(sys.argv[2]), sys.argv[3])
        return
    from delphi.cli.main import main as command

    command()


def stages(study: Path, until: str) -> None:
    """Every stage in this process, with its CPU time."""
    import delphi.cli.run  # noqa: F401  (what the command imports before its first stage)
    from delphi.stages.plan import run
    from delphi.study import locate

    steps, done = [], run(locate(study), (), until)
    start = time.process_time()
    for step in done:
        now = time.process_time()
        steps.append(
            {"stage": step.stage, "wave_id": step.wave_id, "seconds": now - start, "state": step.state}
        )
        start = time.process_time()
    print(json.dumps({"steps": steps}))


if __name__ == "__main__":
    main()
