"""What has to hold after any fault: `verify` names nothing that a run does not mend, and the next run ends as an undisturbed one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tests.faults import forked

HARMLESS = {
    "missing_warehouse", "damaged_warehouse", "unfinished_run", "not_sealed", "not_as_sealed", "output_changed", "key_missing",
}  # fmt: skip
"""What `verify` may say between the fault and the next run: all of it is mended by `delphi run`."""


@dataclass(frozen=True)
class Whole:
    """What an undisturbed study ends with."""

    tables: dict[str, str]
    page: bytes
    files: set[str]


def wrong_after_a_fault(root: Path, said: Path) -> list[str]:
    """What `verify` names that no run would mend."""
    found = forked.in_child(forked.verify_study(root), said)
    codes = set(found.result["codes"]) if found.result else {found.broken or str(found.codes)}
    return [f"verify said {code} after the fault" for code in sorted(codes - HARMLESS)]


def wrong_in_the_end(root: Path, whole: Whole, said: Path) -> list[str]:
    """Run the study again; what then differs from an undisturbed one."""
    again = forked.in_child(forked.run_study(root), said)
    wrong = [f"the next run ended with {again.codes} {again.broken}"] if again.status else []
    found = forked.in_child(forked.verify_study(root), said).result or {"codes": ["no answer"], "tables": {}}
    wrong += [f"verify says {code} in the end" for code in found["codes"]]
    wrong += [
        f"another {name}" for name, digest in whole.tables.items() if found["tables"].get(name) != digest
    ]
    page = root / "outputs" / "report.html"
    if not page.exists() or page.read_bytes() != whole.page:
        wrong.append("another report")
    return wrong + [f"left behind: {name}" for name in sorted(forked.files_of(root) - whole.files)]
