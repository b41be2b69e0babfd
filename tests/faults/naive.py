"""The corpus read the naive way, beside this package: `python -m tests.faults.naive`.

The naive way is what a home-made script does: `pandas.read_csv`, `read_excel` or `read_parquet`, numbers where pandas sees
numbers, and whatever lies on the scale counts. It is right when it raises an error for a file that has to be refused, or ends
with exactly the answers that are there.
"""

from __future__ import annotations

import io
import sys
import warnings
from collections import Counter

import pandas as pd

from tests.faults.corpus import ITEMS, Answers, Case, corpus, outcome, wrong_with


def read_naively(case: Case) -> Answers:
    """Answers as a short script would take them."""
    data = io.BytesIO(case.data)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if case.platform in ("xlsx", "ods"):
            frame = pd.read_excel(data, engine="calamine")
        elif case.platform == "parquet":
            frame = pd.read_parquet(data)
        else:
            frame = pd.read_csv(data)
        if "item" in frame.columns:
            frame = frame.pivot_table(
                index="respondent_id", columns="item", values="value", aggfunc="first"
            ).reset_index()
        values = frame[list(ITEMS)].apply(pd.to_numeric, errors="coerce")
        keys = frame["respondent_id"].astype(str)
    return {
        (key, item): float(value)
        for item in ITEMS
        for key, value in zip(keys, values[item], strict=True)
        if pd.notna(value) and 1 <= value <= 9
    }


def judged_naively(case: Case) -> str:
    """`right`, `silently wrong`, or `stops` where nothing is wrong with the file."""
    if case.platform in ("sav", "dta"):
        return "not tried"
    try:
        found = read_naively(case)
    except Exception:
        return "right" if case.refused else "stops"
    if case.refused:
        return "silently wrong" if found else "right"
    return "right" if found == case.answers else "silently wrong"


def main() -> int:
    """Print each case where the two differ, and how many."""
    naive, own = Counter[str](), Counter[str]()
    print(f"{'case':<60} {'naive':<15} here")
    for case in corpus():
        theirs = judged_naively(case)
        ours = "wrong" if wrong_with(case, outcome(case)) else "right"
        naive[theirs] += 1
        own[ours] += 1
        if theirs != ours:
            print(f"{ascii(case.name)[:60]:<60} {theirs:<15} {ours}")
    print(f"\n{sum(own.values())} files. Naive: {dict(naive)}. Here: {dict(own)}.")
    return 1 if own["wrong"] else 0


if __name__ == "__main__":
    sys.exit(main())
