"""The committed results of the benches meet the floors; nothing is timed here."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
BENCH = ROOT / "bench"


def load(name: str) -> ModuleType:
    """A module of bench/, which is a folder of scripts and no package."""
    spec = importlib.util.spec_from_file_location(f"bench_{name}", BENCH / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


FLOORS = load("floors")
LIMITS: dict[str, Any] = FLOORS.floors()


def result(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((BENCH / "results" / f"{name}.json").read_text("utf-8"))
    return found


@pytest.mark.parametrize("name", LIMITS)
def test_the_committed_result_meets_its_floors(name: str) -> None:
    assert list(FLOORS.missed(LIMITS[name], result(name))) == []


@pytest.mark.parametrize("name", LIMITS)
def test_a_result_says_when_on_what_and_with_what_it_was_made(name: str) -> None:
    found = result(name)
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", found["date"])
    assert set(found["machine"]) == {"cpu", "cores", "memory_gb", "system"}
    assert {"python", "tiltmeter", "numpy", "spacy"} <= set(found["versions"])
    page = (BENCH / "results" / f"{name}.md").read_text(encoding="utf-8")
    assert found["date"] in page
    assert found["machine"]["cpu"] in page


def test_every_result_has_floors() -> None:
    assert {p.stem for p in (BENCH / "results").glob("*.json")} == set(LIMITS)


@pytest.mark.parametrize(
    ("limits", "figures", "said"),
    [
        ({"f1": 0.5}, {"f1": 0.5}, []),
        ({"f1": 0.5}, {"f1": 0.49}, ["f1: 0.49, must be at least 0.5"]),
        ({"wall_s_max": 30}, {"wall_s": 30.0}, []),
        ({"wall_s_max": 30}, {"wall_s": 31}, ["wall_s: 31, must be at most 30"]),
        ({"gsr": {"f1": 0.5}}, {"gsr": {"f1": 0.1}}, ["gsr.f1: 0.1, must be at least 0.5"]),
        ({"f1": 0.5}, {}, ["f1: no figure, the floor is 0.5"]),
        ({"gsr": {"f1": 0.5}}, {}, ["gsr.f1: no figure, the floor is 0.5"]),
        ({"f1": 0.5}, {"f1": float("nan")}, ["f1: nan, must be at least 0.5"]),
    ],
)
def test_a_missed_floor_is_named(
    limits: dict[str, Any], figures: dict[str, Any], said: list[str]
) -> None:
    assert list(FLOORS.missed(limits, figures)) == said


def test_the_file_says_what_lowering_a_floor_needs() -> None:
    head = (BENCH / "floors.toml").read_text(encoding="utf-8").split("[", 1)[0]
    assert "CHANGELOG" in head
