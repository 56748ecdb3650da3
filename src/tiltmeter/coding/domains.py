"""The domain of an event: what the words around the trigger are about."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import resources
from typing import Final

from tiltmeter.coding.clauses import Found
from tiltmeter.coding.mentions import DOMESTIC

_NEAR: Final = 40  # characters within which a word counts double
_SOCIETY: Final = DOMESTIC - {"REB"}


@cache
def _tables() -> tuple[list[tuple[str, re.Pattern[str]]], dict[str, str]]:
    path = resources.files("tiltmeter.coding") / "data" / "domains.toml"
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    patterns = []
    for domain, words in raw["words"].items():
        any_of = "|".join(re.escape(w) for w in sorted(words, key=len, reverse=True))
        patterns.append((domain, re.compile(rf"\b(?:{any_of})\b")))
    return patterns, dict(raw["default"])


def domain_of(
    text: str, start: int, end: int, event_type: str, sectors: tuple[str | None, ...]
) -> str:
    """Return the domain of an event.

    Args:
        text: The sentence.
        start: Offset of the trigger.
        end: Offset after it.
        event_type: PLOVER type, for the default.
        sectors: Sectors of the parties; an arrest of a journalist is society whatever the words.

    Returns:
        political, security, economic, energy or society.
    """
    patterns, default = _tables()
    if event_type in {"COERCE", "ACCUSE", "RETREAT", "PROTEST"} and _SOCIETY.intersection(
        s for s in sectors if s
    ):
        return "society"
    low = text.lower()
    best, best_score = default.get(event_type, "political"), 0.0
    for domain, pattern in patterns:
        score = 0.0
        seen: set[str] = set()
        for match in pattern.finditer(low):
            gap = max(start - match.end(), match.start() - end, 0)
            weight = 2.0 if gap <= _NEAR else 1.0
            if match.group() not in seen:
                seen.add(match.group())
                # offices and capitals are in every sentence: they say little
                score += weight * (0.4 if domain == "political" else 1.0)
        if score > best_score + (0.5 if default.get(event_type) else 0.0):
            best, best_score = domain, score
    return best


def domain_of_event(text: str, item: Found) -> str:
    """Domain of an event in its sentence, what its rule says of it included."""
    sectors = tuple(a.sector for a in (*item.sources, *item.targets))
    told = domain_of(text, *item.trigger, item.event_type, sectors)
    if item.domain is None or told == "society":
        return told
    # the words know best what is about goods and fuels, which no verb says by itself
    goods = domain_of(text, *item.trigger, "AGREE", ())
    return (
        goods
        if goods == "energy" or (goods, item.domain) == ("economic", "political")
        else item.domain
    )
