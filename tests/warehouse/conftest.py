"""Warehouses for tests: an empty one, and a small study of random answers; each test gets a copy."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from small_warehouse import fill

from delphi.warehouse.warehouse import Warehouse


@pytest.fixture(scope="session")
def originals(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("warehouses")
    files = {name: folder / f"{name}.duckdb" for name in ("empty", "filled")}
    for file in files.values():
        Warehouse.create_if_missing(file)
    with Warehouse.open_for_writing(files["filled"]) as opened:
        fill(opened, np.random.default_rng(7))
    return files


@pytest.fixture
def path(tmp_path: Path, originals: dict[str, Path]) -> Path:
    return Path(shutil.copy2(originals["empty"], tmp_path / "study.duckdb"))


@pytest.fixture
def filled_path(tmp_path: Path, originals: dict[str, Path]) -> Path:
    return Path(shutil.copy2(originals["filled"], tmp_path / "study.duckdb"))


@pytest.fixture
def warehouse(path: Path) -> Iterator[Warehouse]:
    with Warehouse.open_for_writing(path) as opened:
        yield opened


@pytest.fixture
def filled(filled_path: Path) -> Iterator[Warehouse]:
    with Warehouse.open_for_writing(filled_path) as opened:
        yield opened
