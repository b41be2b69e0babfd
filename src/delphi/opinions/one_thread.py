"""Numerical libraries on one thread: the same digits on every machine, and for tables of our size a fraction of the CPU time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from importlib import import_module

_IS_HELD = ContextVar("is_held", default=False)


@contextmanager
def one_thread(*libraries: str) -> Iterator[None]:
    """Hold the threads of these libraries at one.

    Sums over several threads differ in the last digit, and threads that wait for each other's few rows burn time.

    Parameters
    ----------
    libraries : modules that are going to be used; they are imported first, since only threads of what is loaded can be held
    """
    if _IS_HELD.get():
        yield
        return
    for one in libraries:
        import_module(one)
    from threadpoolctl import threadpool_limits

    mark = _IS_HELD.set(True)
    try:
        with threadpool_limits(limits=1):
            yield
    finally:
        _IS_HELD.reset(mark)
