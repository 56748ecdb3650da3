"""The PLOVER sector of somebody named alone: "a former minister", "heads of trade unions".

Words of office ("head", "member", "team") say little by themselves: they take the sector of what
follows "of". Words of bodies ("court", "miners") say it all. Who has left an office is ELI.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final

# Of several body words the narrower one tells: military intelligence is a secret service.
_RANK: Final = (
    "PRE REB PRM CRM UAF SPY PTY JUD COP LEG OPP MIL JRN HLH AGR LAB EDU REL BUS NGO REF CVL ELI "
    "GOV IGO UNK"
).split()
_OF: Final = re.compile(
    r"\s+(?:of|in|at|for|from|on|to|by|with|across|near|throughout|within)\s+|[,;(]\s*"
)
_WORD: Final = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*\.?")
_LONGEST: Final = 3  # words of one role
# Sectors of people in office; who has left one is of the elite.
SERVING: Final = frozenset({"GOV", "LEG", "SPY", "MIL"})


@dataclass(frozen=True, slots=True)
class _Words:
    body: dict[str, str]
    office: dict[str, str]
    former: frozenset[str]
    unrecognised: frozenset[str]


@cache
def _tables() -> _Words:
    path = resources.files("tiltmeter.coding") / "data" / "roles.toml"
    raw = tomllib.loads(path.read_text("utf-8"))
    body: dict[str, str] = {}
    for sector, words in raw["body"].items():
        for word in words.split():
            body.setdefault(word, sector)
    office = {word: sector for sector, words in raw["office"].items() for word in words.split()}
    return _Words(
        body,
        office,
        frozenset(raw["former"]["words"].split()),
        frozenset(raw["unrecognised"]["names"].split("|")),
    )


def unrecognised(name: str) -> bool:
    """Whether a name is that of a state that few recognise."""
    return name in _tables().unrecognised


def sector_of_phrase(phrase: str) -> str | None:
    """The sector that the words of a phrase tell; None if they tell none."""
    words = _tables()
    parts = [_WORD.findall(p.lower()) for p in _OF.split(phrase)]
    first = next((p for p in parts if p), [])
    sector = _of_parts(parts, words)
    if sector and words.former.intersection(first) and sector in SERVING:
        return "ELI"
    return sector


def is_former(words: str) -> bool:
    """Whether the words before a name say that its bearer has left office: "ex-president"."""
    return not _tables().former.isdisjoint(re.findall(r"[a-z-]+?(?=-|\b)", words.lower()))


def _of_parts(parts: list[list[str]], words: _Words) -> str | None:
    held: str | None = None
    for part in parts:
        grams = _grams(part)
        told = [words.body[g] for g in grams if g in words.body]
        if told:
            return min(told, key=_RANK.index)
        office = next((words.office[g] for g in grams if g in words.office), None)
        held = held or office
        if part and not office and held:
            break
    return held


def _grams(part: list[str]) -> list[str]:
    """Single words without plural, and two or three joined by hyphens."""
    out = []
    for size in range(1, _LONGEST + 1):
        for at in range(len(part) - size + 1):
            gram = "-".join(part[at : at + size])
            out += [gram, gram.removesuffix("s"), gram.removesuffix(".")]
            for piece in gram.split("-") if size == 1 and "-" in gram else ():
                out.append(piece)
    return out
