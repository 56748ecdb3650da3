"""Fixtures that every folder of tests may use."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def root() -> Path:
    """Root of the project's tree."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """The data folder beside the project; without it the test is skipped, saying so."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("the shared data folder does not lie beside the project")
    return folder


@pytest.fixture(scope="session")
def seed(shared: Path) -> Path:
    """The analysis the product started from."""
    path = shared / "seed" / "azerbaijan_2014.txt"
    if not path.is_file():
        pytest.skip("the seed text does not lie in the shared data folder")
    return path
