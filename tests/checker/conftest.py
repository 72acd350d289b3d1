"""A clean world for the whole run, and copies of it to do harm to."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="session")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A world in which nothing is wrong."""
    from tests.checker.synthetic_world import build

    folder = tmp_path_factory.mktemp("clean")
    build(folder)
    return folder


@pytest.fixture
def spoilt(clean: Path, tmp_path: Path) -> Callable[[], Any]:
    """A copy of it, to do harm to."""
    from checker.expectations import load
    from tests.checker.synthetic_world import World

    def copy() -> World:
        shutil.copytree(clean, tmp_path / "world", dirs_exist_ok=True)
        return World(tmp_path / "world", load())

    return copy
