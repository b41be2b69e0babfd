"""The report in a browser that is offline: quiet, accessible, and readable on a wide screen and on a phone."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import report_study

from delphi.outputs.report import render_report
from delphi.study.model import Study

pytestmark = pytest.mark.browser

VIEWS = {"wide": (1280, 900), "phone": (375, 800), "small phone": (360, 640)}


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    executable = shutil.which("chromium") or shutil.which("chromium-browser")
    if executable is None:
        pytest.skip("needs the system's Chromium (apt-get install chromium)")
    sync_api = pytest.importorskip("playwright.sync_api", reason="needs playwright")
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory, page: str) -> Path:
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(page, encoding="utf-8")
    return path


@pytest.mark.parametrize("view", VIEWS)
def test_the_page_is_quiet_and_fits_its_screen(browser: Any, file: Path, view: str) -> None:
    width, height = VIEWS[view]
    context = browser.new_context(offline=True, viewport={"width": width, "height": height})
    tab = context.new_page()
    messages: list[str] = []
    requests: list[str] = []
    tab.on("console", lambda message: messages.append(message.text))
    tab.on("pageerror", lambda error: messages.append(str(error)))
    tab.on("request", lambda request: requests.append(request.url))
    tab.goto(file.as_uri())
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    small = tab.evaluate(
        """() => [...document.querySelectorAll('main svg text')].filter(t => t.getBoundingClientRect().height
           && t.getBoundingClientRect().height < 9).length"""
    )
    assert small == 0, "text in drawings stays readable"
    assert messages == []
    assert requests == [file.as_uri()]
    context.close()


@pytest.fixture(scope="module")
def short_file(tmp_path_factory: pytest.TempPathFactory, invented: Study) -> Path:
    """The same page with fewer items: axe looks at every element."""
    study = report_study.study(items=tuple(item for item in invented.items if item.item_id[1:] in ("1", "4")))
    path = tmp_path_factory.mktemp("short") / "report.html"
    path.write_text(render_report(study, report_study.tables(study)), encoding="utf-8")
    return path


@pytest.mark.parametrize("view", ["wide", "phone"])
def test_axe_finds_nothing(browser: Any, short_file: Path, view: str) -> None:
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason="needs axe-playwright-python"
    ).Axe()
    width, height = VIEWS[view]
    context = browser.new_context(offline=True, bypass_csp=True, viewport={"width": width, "height": height})
    tab = context.new_page()
    tab.goto(short_file.as_uri())
    tab.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    results = axe.run(tab)
    assert results.violations_count == 0, results.generate_report()
    context.close()


def test_the_skip_link_leads_to_the_report(browser: Any, file: Path) -> None:
    context = browser.new_context(offline=True, java_script_enabled=True)
    tab = context.new_page()
    tab.goto(file.as_uri())
    tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")
    assert tab.evaluate("document.activeElement.id") == "main"
    context.close()
