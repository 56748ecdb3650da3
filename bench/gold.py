"""Gold, predictions, and the scorer that lies beside the gold."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any


def read_lines(path: Path) -> list[dict[str, Any]]:
    """The records of a file of JSON lines."""
    lines = path.read_text(encoding="utf-8").split("\n")
    return [json.loads(line) for line in lines if line.strip()]


class Scorer:
    """The scorer's functions, loaded from where it lies; it is not part of the project."""

    def __init__(self, path: Path) -> None:
        spec = importlib.util.spec_from_file_location("score_coding", path)
        assert spec is not None
        assert spec.loader is not None
        self._module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(self._module)

    def score(
        self,
        gold: list[dict[str, Any]],
        said: list[dict[str, Any]],
        *,
        boot: int,
        treat_complete: bool = True,
    ) -> dict[str, Any]:
        """Every layer with precision, recall, F1 and, by ``boot`` resamples, an interval."""
        found: dict[str, Any] = self._module.score(
            gold, said, boot=boot, treat_complete=treat_complete
        )
        return found

    def score_actors(
        self, gold: list[dict[str, Any]], said: list[dict[str, Any]]
    ) -> dict[str, dict[str, float | None]]:
        """Accuracy of country and sector of names."""
        found: dict[str, dict[str, float | None]] = self._module.score_actors(gold, said)
        return found

    @staticmethod
    def by_id(said: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
        """Events by sentence."""
        return {record["id"]: record["events"] for record in said}

    def any_event(self, events: list[dict[str, Any]]) -> bool:
        """Whether anything is left of the events in the scorer's canonical form."""
        return bool(self._module.canonical(events, False, True))

    def any_interstate(self, events: list[dict[str, Any]]) -> bool:
        """Whether one of the events joins two different states (or EUR, IGO)."""
        state = self._module.is_state
        pairs = [p for e in self._module.canonical(events, False, True) for p in e.tri]
        return any(state(a) and state(b) and a != b for a, b in pairs)
