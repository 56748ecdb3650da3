"""Names that place somebody in a state without naming it: cities, parts of states, bodies.

The gazetteer goes first; what it leaves is looked up here, case and word borders observed. Cities
come from the knowledge base, the rest from ``data/further_names.toml``. A state's name that is
misspelt by a letter is read here too, which the gazetteer never does.
"""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Sequence
from functools import cache, lru_cache
from importlib import resources
from typing import Any, Final

import ahocorasick_rs as ac
from rapidfuzz import fuzz, process

from tiltmeter.coding.names_in_document import of_origin
from tiltmeter.knowledge.actors import Mention

_NAME: Final = re.compile(r"\b[A-Z][a-z]{5,}\b")
_ALIKE: Final = 88.0  # of 100: one letter wrong, missing or too many in a word of eight


class Further:
    """All such names, ready to scan text."""

    def __init__(self) -> None:
        entries: dict[str, tuple[str, str | None, str]] = {}
        with _knowledge("cities.csv").open("r", encoding="utf-8") as lines:
            for row in csv.DictReader(lines):
                if "ambiguous" not in (row["note"] or ""):
                    entries.setdefault(row["name"], (row["iso3"], None, "place"))
        with _knowledge("places.csv").open("r", encoding="utf-8") as lines:
            for row in csv.DictReader(lines):
                entries.setdefault(row["name"], (row["iso3"], None, "place"))
        raw: dict[str, Any] = tomllib.loads(
            (resources.files("tiltmeter.coding") / "data" / "further_names.toml").read_text("utf-8")
        )
        for code, names in raw["parts"].items():
            for name in names.split("|"):
                entries.setdefault(name, (code, None, "place"))
        for code, sectors in raw["bodies"].items():
            for sector, names in sectors.items():
                for name in names.split("|"):
                    entries[name] = (code, sector, "organisation")
        self._names = sorted(entries)
        self._entries = entries
        self._automaton = ac.AhoCorasick(self._names, matchkind=ac.MatchKind.LeftmostLongest)

    def find(self, text: str, taken: Sequence[Mention]) -> list[Mention]:
        """Mentions in ``text``, in order: beside those ``taken``, or longer and around them."""
        out = []
        for index, start, end in self._automaton.find_matches_as_indexes(text):
            before = text[start - 1] if start else " "
            after = text[end] if end < len(text) else " "
            if before.isalnum() or after.isalnum():
                continue
            over = [m for m in taken if m.start < end and start < m.end]
            if any(
                m.start < start or end < m.end or (m.start, m.end) == (start, end) for m in over
            ):
                continue
            name = self._names[index]
            code, sector, kind = self._entries[name]
            out.append(Mention(start, end, text[start:end], code, sector, kind))
        return out


def _knowledge(name: str) -> Any:
    return resources.files("tiltmeter.knowledge") / "data" / name


@cache
def further() -> Further:
    """The names, read once per process."""
    return Further()


@cache
def _state_names() -> dict[str, str]:
    with _knowledge("state_names.csv").open("r", encoding="utf-8") as lines:
        return {
            row["name"]: row["iso3"]
            for row in csv.DictReader(lines)
            if row["kind"] in {"name", "adjective"}
            and row["name"].isalpha()
            and len(row["name"]) > 5
            and "ambiguous" not in (row["note"] or "")
        }


@lru_cache(4096)
def misspelt(word: str) -> str | None:
    """ISO3 of the one state whose name a word nearly is: "Afganistan"; None if none or several."""
    near = process.extract(word, _state_names().keys(), scorer=fuzz.ratio, score_cutoff=_ALIKE)
    codes = {_state_names()[name] for name, _, _ in near if name[:1] == word[:1]}
    return codes.pop() if len(codes) == 1 else None


def nearly_named(text: str, start: int, end: int) -> list[Mention]:
    """States that a stretch of text names with a slip of the pen."""
    out = []
    for match in _NAME.finditer(text, start, end):
        if of_origin(text, match.end()):
            continue
        if code := misspelt(match.group()):
            out.append(Mention(*match.span(), match.group(), code, None, "name", None, "misspelt"))
    return out
