"""Claims: statements of direction with their probability and the stories they rest on.

Every sentence of a brief is made of claims, and a claim without a story behind it cannot be built.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import pyarrow as pa

from tiltmeter.api import Measurement, Reading
from tiltmeter.brief.prose import act, day_name, pole_name, state_name
from tiltmeter.brief.words import ASSERTED, FEW_STORIES, word
from tiltmeter.errors import UnsupportedClaim
from tiltmeter.schemas import OVERALL

SHOWN: Final = 6  # stories shown under a claim on each side


@dataclass(frozen=True, slots=True)
class Story:
    """One piece of evidence as a reader sees it; ``contribution`` is signed, in latent units."""

    story_id: str
    when: str
    day: date
    who: str
    what: str
    domain: str
    text: str
    title: str
    outlet: str
    path: str
    contribution: float
    supports: bool
    n_reports: int
    confidence: float


@dataclass(frozen=True, slots=True)
class Claim:
    """A direction of one state towards one pole in one domain.

    ``direction`` is closer, further, unclear or unknown; the last two assert nothing.
    """

    claim_id: str
    pole: str
    domain: str
    direction: str
    probability: float
    word: str
    n_stories: int
    row: dict[str, Any]
    stories: tuple[Story, ...]
    n_more: int
    silence: float

    def __post_init__(self) -> None:
        if self.direction in {"closer", "further"} and not self.stories:
            raise UnsupportedClaim(
                f"{self.claim_id}: no story supports 'the state moved {self.direction}'",
                "a sentence without evidence is not printed",
            )

    @property
    def label(self) -> str:
        """What the claim is about, in words: a pole, or one pole against another."""
        other = self.row.get("pole_b")
        return pole_name(self.pole) + (f" against {pole_name(other)}" if other else "")

    @property
    def asserted(self) -> bool:
        """Whether the claim names a direction."""
        return self.direction in {"closer", "further"}


class Claims:
    """Builds claims from shift rows and keeps the stories' texts at hand."""

    def __init__(self, reading: Reading, found: Measurement) -> None:
        self._stories = {r["story_id"]: r for r in reading.stories.to_pylist()}
        self._documents = {
            r["document_id"]: r
            for r in reading.documents.select(
                ["document_id", "title", "outlet", "path"]
            ).to_pylist()
        }
        self._evidence = _by_shift(found.evidence)

    def claim(self, row: dict[str, Any]) -> Claim:
        """The claim a shift row supports.

        Below 'likely', or with few stories, it asserts nothing.
        """
        up = float(row["p_direction"])
        probability = max(up, 1.0 - up)
        direction = "closer" if up >= 0.5 else "further"
        stories, n_more, silence = self._weighed(row["shift_id"], row["domain"], direction)
        if row["n_stories"] < FEW_STORIES:
            direction = "unknown"
        elif probability < ASSERTED or not any(
            s.supports and row["domain"] in {OVERALL, s.domain} for s in stories
        ):
            direction = "unclear"
        return Claim(
            row["shift_id"],
            row["pole"],
            row["domain"],
            direction,
            probability,
            word(probability),
            row["n_stories"],
            row,
            stories,
            n_more,
            silence,
        )

    def _weighed(
        self, shift_id: str, domain: str, direction: str
    ) -> tuple[tuple[Story, ...], int, float]:
        """Stories for and against, weightiest first, and what no story of the pair explains.

        A domain borrows strength from the others; its own stories are shown before theirs.
        """
        rows = self._evidence.get(shift_id, [])
        sign = 1.0 if direction == "closer" else -1.0
        silence = sum(r["contribution"] for r in rows if r["kind"] != "story")
        told = [r for r in rows if r["story_id"] in self._stories]
        if domain != OVERALL:
            told.sort(key=lambda r: self._stories[r["story_id"]]["domain"] != domain)
        fore = [r for r in told if r["contribution"] * sign > 0][:SHOWN]
        against = [r for r in told if r["contribution"] * sign <= 0][: SHOWN // 2]
        shown = tuple(self._story(r, sign) for r in [*fore, *against])
        return shown, len(told) - len(shown), silence

    def _story(self, row: dict[str, Any], sign: float) -> Story:
        story = self._stories[row["story_id"]]
        document = self._documents[story["document_id"]]
        target = state_name(story["target"]) if story["target"] else "(nobody named)"
        return Story(
            row["story_id"],
            day_name(story["date"], story["date_precision"]),
            story["date"],
            f"{state_name(story['source'])} {act(story['event_type'])} {target}",
            story["event_type"] + (" (planned)" if story["status"] == "planned" else ""),
            story["domain"],
            story["text"],
            document["title"],
            document["outlet"] or "",
            document["path"],
            row["contribution"],
            row["contribution"] * sign > 0,
            story["n_reports"],
            story["confidence"],
        )


def _by_shift(evidence: pa.Table) -> dict[str, list[dict[str, Any]]]:
    out: dict[str, list[dict[str, Any]]] = {}
    for row in evidence.sort_by([("shift_id", "ascending"), ("rank", "ascending")]).to_pylist():
        out.setdefault(row["shift_id"], []).append(row)
    return out
