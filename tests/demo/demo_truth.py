"""A second, independent reading of the demonstration study: from its files to verdicts, in plain Python.

It shares no code with the package. Run it to look for seeds: ``python tests/demo/demo_truth.py 1 50``.
"""

from __future__ import annotations

import csv
import io
import re
import sys
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import combinations

from python_calamine import CalamineWorkbook

from delphi.demo import demo_files

PERIODS = {
    "r1": (datetime(2013, 10, 1), datetime(2013, 10, 25)),
    "r2": (datetime(2013, 11, 11), datetime(2013, 12, 6)),
    "r3": (datetime(2014, 1, 6), datetime(2014, 1, 31)),
}
NO_VALUE = {"", "-91", "-97", "n/a", "N/A", "-", "sans opinion", "recused"}
ITEM_PATTERN = re.compile(r"([SPCBG])0?(\d+[ab]?) – .*?</p>(?: \[(.+)\])?", re.DOTALL)


@dataclass
class Cleaned:
    """What is left after cleaning: person → group values, and wave → person → column → cell text."""

    people: dict[str, dict[str, str]] = field(default_factory=dict)
    statuses: Counter[str] = field(default_factory=Counter)
    answers: dict[str, dict[str, dict[str, str]]] = field(default_factory=dict)


def read_table(name: str, content: bytes) -> list[dict[str, str]]:
    """Records of an export, columns under the names of the first export, cells as text."""
    if name.endswith(".xlsx"):
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
        header, *records = [[_text(cell) for cell in row] for row in sheet]
    else:
        text = content.decode("utf-8-sig")
        header, *records = csv.reader(
            io.StringIO(text, newline=""), delimiter=";" if name == "r2.csv" else ","
        )
    return [dict(zip(map(_plain, header), record, strict=True)) for record in records]


def _text(cell: object) -> str:
    return f"{cell:.10f}".rstrip("0").rstrip(".") if isinstance(cell, float) else str(cell)


def _plain(header: str) -> str:
    match = ITEM_PATTERN.fullmatch(header)
    if not match:
        return header
    rest = re.sub(r"^G0", "G", match[3] or "")
    return f"{match[1]}{match[2]}" + (f"_{rest}" if rest else "")


def _time(name: str, cell: str) -> datetime:
    if name == "r3.xlsx":
        return datetime(1899, 12, 30) + timedelta(days=float(cell))
    return datetime.strptime(cell, "%d.%m.%Y %H:%M:%S" if name == "r2.csv" else "%Y-%m-%d %H:%M:%S")


def cleaned(files: dict[str, bytes]) -> Cleaned:
    """Clean the three exports by hand: who counts, which return of theirs, in which round."""
    found = Cleaned()
    same = {}
    withdrawn = set()
    for row in read_table("register.csv", files["register.csv"]):
        if row["same_as"]:
            same[row["token"]] = row["same_as"]
            continue
        found.statuses[row["status"]] += 1
        if row["status"] == "withdrawn":
            withdrawn.add(row["token"])
        found.people[row["token"]] = row
    before: set[str] | None = None
    for wave, name in (("r1", "r1.csv"), ("r2", "r2.csv"), ("r3", "r3.xlsx")):
        current: dict[str, tuple[bool, datetime, dict[str, str]]] = {}
        for row in read_table(name, files[name]):
            person = same.get(row["token"], row["token"])
            at = _time(name, row["submitted"])
            is_theirs = (
                person in found.people and person not in withdrawn and (before is None or person in before)
            )
            if not is_theirs or not PERIODS[wave][0] <= at < PERIODS[wave][1]:
                continue
            candidate = (row["status"] == "submitted", at, row)
            if person not in current or candidate[:2] > current[person][:2]:
                current[person] = candidate
        found.answers[wave] = {person: row for person, (_, _, row) in current.items()}
        before = set(current)
    return found


def values(study: Cleaned, wave: str, column: str) -> dict[str, int]:
    """Valid answers of everybody on one ordered column."""
    top = 5 if column.endswith("agreement") else 9
    valid = {}
    for person, row in study.answers[wave].items():
        cell = row[column].strip()
        if cell not in NO_VALUE and re.fullmatch(r"[0-9]+", cell) and 1 <= int(cell) <= top:
            valid[person] = int(cell)
    return valid


def agreement_of_van_der_eijk(counts: list[int]) -> Fraction:
    """Van der Eijk's A, exactly: layers of the histogram weighted by their share of all answers."""
    k, total, left, result = len(counts), sum(counts), list(counts), Fraction(0)
    while any(left):
        height = min(n for n in left if n)
        pattern = [n > 0 for n in left]
        weight = Fraction(height * sum(pattern), total)
        result += weight * _layer(pattern, k)
        left = [n - height if n else 0 for n in left]
    return result


def _layer(pattern: list[bool], k: int) -> Fraction:
    occupied = sum(pattern)
    if occupied == 1:
        return Fraction(1)
    triples = [tuple(pattern[i] for i in three) for three in combinations(range(k), 3)]
    tu = sum(three in ((True, True, False), (False, True, True)) for three in triples)
    tdu = sum(three == (True, False, True) for three in triples)
    if tu + tdu == 0:
        return Fraction(0)
    u = Fraction((k - 2) * tu - (k - 1) * tdu, (k - 2) * (tu + tdu))
    return u * (1 - Fraction(occupied - 1, k - 1))


def verdict(study: Cleaned, wave: str, item: str) -> str:
    """Verdict of an item in a round by the rules of the study."""
    column = next(name for name in (f"{item}_importance", f"{item}_agreement") if name in first(study, wave))
    answers = values(study, wave, column)
    n = len(answers)
    if n < 12:
        return "insufficient_n"
    points = range(1, 6) if column.endswith("agreement") else range(1, 10)
    counts = [sum(answer == point for answer in answers.values()) for point in points]
    if len(counts) == 5:
        sides = (sum(counts[:2]), sum(counts[3:]))
        if any(100 * side >= 75 * n for side in sides):
            return "consensus_in"
    else:
        low, high = sum(counts[:3]), sum(counts[6:])
        if 100 * high >= 70 * n and 100 * low <= 15 * n and _shared(study, answers):
            return "consensus_in"
        if 100 * low >= 70 * n and 100 * high <= 15 * n:
            return "consensus_out"
    return "split" if agreement_of_van_der_eijk(counts) <= 0 else "no_consensus"


def _shared(study: Cleaned, answers: dict[str, int]) -> bool:
    for role in ("company", "government"):
        own = [answer for person, answer in answers.items() if study.people[person]["role"] == role]
        if len(own) >= 8 and 100 * sum(answer >= 7 for answer in own) < 60 * len(own):
            return False
    return True


def stability(study: Cleaned, item: str) -> str:
    """Stability of an item between rounds 2 and 3 by the rules of the study."""
    column = next(name for name in (f"{item}_importance", f"{item}_agreement") if name in first(study, "r3"))
    earlier, later = values(study, "r2", column), values(study, "r3", column)
    pairs = [(earlier[person], later[person]) for person in earlier if person in later]
    if column.endswith("importance"):
        return "stable" if 100 * sum(abs(a - b) <= 1 for a, b in pairs) >= 70 * len(pairs) else "unstable"
    change = sum(abs(sum(a == p for a, _ in pairs) - sum(b == p for _, b in pairs)) for p in range(1, 6))
    return "stable" if 100 * change <= 25 * 2 * len(pairs) else "unstable"


def first(study: Cleaned, wave: str) -> dict[str, str]:
    """Some return of a wave."""
    return next(iter(study.answers[wave].values()))


def rated(study: Cleaned, wave: str) -> list[str]:
    """Items that a round rated for importance or agreement."""
    return [c.rpartition("_")[0] for c in first(study, wave) if c.endswith(("_importance", "_agreement"))]


def broken(files: dict[str, bytes]) -> list[str]:
    """Everything planted that does not hold; nothing for a good seed."""
    study = cleaned(files)
    expected = list(csv.DictReader(io.StringIO(files["expected_verdicts.csv"].decode())))
    wrong = []
    for row in expected:
        if not row["verdict"]:
            continue
        item, wave = row["item_id"], row["wave_id"]
        if verdict(study, wave, item) != row["verdict"]:
            wrong.append(f"{item} in {wave} is {verdict(study, wave, item)}")
        if wave == "r3" and row["stability"] and stability(study, item) != row["stability"]:
            wrong.append(f"{item} is {stability(study, item)}")
    standing = {row["item_id"]: row for row in expected}
    for item in rated(study, "r1"):  # only P5 may drop out after round 1
        if verdict(study, "r1", item) == "consensus_out" and item != "P5":
            wrong.append(f"{item} is out in r1")
    for item in rated(
        study, "r2"
    ):  # what goes on to round 3 is open after round 2, the split ones split already
        found = verdict(study, "r2", item)
        goes_on = standing[item]["wave_id"] == "r3"
        planted_split = standing[item]["verdict"] == "split"
        if goes_on and found != ("split" if planted_split else "no_consensus"):
            wrong.append(f"{item} in r2 is {found}")
    return wrong


def seed_holds(seed: int) -> bool:
    """Whether every planted verdict and stability label holds for a seed."""
    return not broken(demo_files(seed))


if __name__ == "__main__":
    for candidate in range(int(sys.argv[1]), int(sys.argv[2]) + 1):
        print(candidate, broken(demo_files(candidate)) or "holds")
