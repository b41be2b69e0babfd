"""A Prefect flow of as many tasks as asked for, which do nothing: what orchestration costs by itself."""

from __future__ import annotations

import sys

from prefect import flow, task
from prefect.cache_policies import NO_CACHE


@task(cache_policy=NO_CACHE, persist_result=False, log_prints=False)
def nothing(number: int) -> int:
    """Do nothing."""
    return number


@flow(name="nothing", persist_result=False, log_prints=False)
def run(tasks: int) -> int:
    """Do nothing so many times."""
    return sum(nothing(number) for number in range(tasks))


if __name__ == "__main__":
    run(int(sys.argv[1]))
