"""A value of a statistic that comes from outside: printed by others, or computed by other software or by other means."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import numpy as np

VALUES = Path(__file__).parent / "values"


@dataclass(frozen=True)
class Reference:
    """One expected value.

    Parameters
    ----------
    statistic_id : an id of the catalogue
    expected : the number or label from outside; a tuple of them where there are several
    source : who printed it, or which software or independent way computed it
    got : our value, computed when it is asked for
    tolerance : half a unit of the last printed digit, or 1e-9 where all digits are known
    """

    statistic_id: str
    expected: float | str | tuple[float | str | None, ...]
    source: str
    got: Callable[[], object]
    tolerance: float = 1e-9

    def difference(self) -> float:
        """Largest difference of numbers; labels that differ are infinitely far apart."""
        ours, theirs = _listed(self.got()), _listed(self.expected)
        if len(ours) != len(theirs):
            return float("inf")
        return max((_apart(one, other) for one, other in zip(ours, theirs, strict=True)), default=0.0)


def _listed(value: object) -> list[object]:
    return list(np.asarray(value, dtype=object).ravel())


def _apart(one: object, other: object) -> float:
    if isinstance(one, str) or isinstance(other, str) or one is None or other is None:
        return 0.0 if one == other else float("inf")
    first, second = float(one), float(other)  # type: ignore[arg-type]
    if np.isnan(first) or np.isnan(second):
        return 0.0 if np.isnan(first) and np.isnan(second) else float("inf")
    return abs(first - second)


def references() -> Iterator[Reference]:
    """All of them, from the modules under `values/`."""
    for module in sorted(one.name for one in iter_modules([str(VALUES)])):
        yield from import_module(f"tests.published.values.{module}").REFERENCES


@dataclass(frozen=True)
class Example:
    """How the tests that hold for the whole catalogue call a statistic that needs options, or a scale of a certain length."""

    options: dict[str, object]
    categories: int = 5


def examples() -> dict[str, Example]:
    """Statistic → its example, from `EXAMPLES` of the modules under `values/`."""
    found: dict[str, Example] = {}
    for module in sorted(one.name for one in iter_modules([str(VALUES)])):
        found |= getattr(import_module(f"tests.published.values.{module}"), "EXAMPLES", {})
    return found
