"""A folder for each test, and reports and a workspace that many share."""

from __future__ import annotations

from pathlib import Path

import pytest

import builders


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test runs in its own folder, where the default workspace goes."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="session")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two years of reports on Azerbaijan."""
    return builders.write_reports(tmp_path_factory.mktemp("reports"), builders.two_sided_reports())


@pytest.fixture(scope="session")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One workspace for all tests that read the same reports: only the first of them codes."""
    return tmp_path_factory.mktemp("workspace") / "ws"
