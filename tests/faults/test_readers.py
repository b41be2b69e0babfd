"""Who reads while others publish sees the old state or the new one, complete."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from delphi.errors import WarehouseError
from delphi.warehouse.digests import recorded_digests
from delphi.whole_files import put_whole
from tests.faults import forked

PAGES = (b"<html>" + b"old " * 200_000 + b"</html>", b"<html>" + b"new " * 300_000 + b"</html>")


def test_p19_a_page_is_read_whole_while_it_is_published_again_and_again(tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    put_whole(page, PAGES[0])
    child = os.fork()
    if not child:
        while True:
            for content in PAGES:
                put_whole(page, content)
    try:
        seen = {page.read_bytes() for _ in range(300)}
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    assert seen <= set(PAGES)


def test_p19_the_warehouse_is_read_whole_or_said_to_be_locked_while_it_is_rebuilt(tmp_path: Path) -> None:
    forked.warm_up()
    root, said = forked.put_study(tmp_path / "barriers"), tmp_path / "said.json"
    assert forked.in_child(forked.run_study(root), said).status == 0
    warehouse = root / "barriers.duckdb"

    def look() -> list[str]:
        found = []
        for _ in range(10):
            try:
                found.append(str(recorded_digests(warehouse)))
            except WarehouseError as error:
                found.append(error.problems[0].code)
        return sorted(set(found))

    before = forked.in_child(look, said).result
    assert len(before) == 1
    builder = forked.start(forked.rebuild_study(root), tmp_path / "built.json")
    during = forked.in_child(look, said).result
    assert forked.ended(builder, tmp_path / "built.json").status == 0
    assert set(during) <= {*before, "locked"}
    assert forked.in_child(look, said).result == before
