"""Print every statistic beside its value from outside: `python -m tests.published [ID ...]`."""

from __future__ import annotations

import sys

import numpy as np

from tests.published.reference import references


def _told(value: object) -> str:
    parts = [
        one if isinstance(one, str) else "-" if one is None else f"{float(one):.6g}"  # type: ignore[arg-type]
        for one in np.asarray(value, dtype=object).ravel()
    ]
    return " ".join(parts) if len(parts) <= 4 else f"{' '.join(parts[:4])} ... ({len(parts)} values)"


def main(wanted: list[str]) -> int:
    """Print the table; 1 if a difference is larger than its tolerance."""
    wrong = 0
    print(f"{'id':34} {'expected':30} {'got':30} {'difference':>10}  source")
    for one in references():
        if wanted and one.statistic_id not in wanted:
            continue
        apart = one.difference()
        mark = "" if apart <= one.tolerance else "  WRONG"
        wrong += bool(mark)
        print(
            f"{one.statistic_id:34} {_told(one.expected):30} {_told(one.got()):30} {apart:10.1e}  {one.source}{mark}"
        )
    print(f"{wrong} wrong." if wrong else "All as expected.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
