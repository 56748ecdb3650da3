"""A sentence cut where its marks begin and end, so that marks may overlap and nothing is lost."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

KINDS: Final = ("source", "trigger", "target", "time", "speaker", "actor", "ignored")
# Marks that turn the direction of the text around them: they could make a page say other things.
_TURNS: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of a sentence and what it is: half-open offsets, a kind of KINDS, and its label."""

    start: int
    end: int
    kind: str
    label: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text and the marks that lie on all of it; none on plain text."""

    text: str
    marks: tuple[Mark, ...] = ()


def within(marks: Iterable[Mark], length: int) -> tuple[Mark, ...]:
    """The marks that lie in a text of that length, cut at its borders; each once, in order."""
    kept = {
        Mark(max(m.start, 0), min(m.end, length), m.kind, m.label): None
        for m in marks
        if max(m.start, 0) < min(m.end, length)
    }
    return tuple(sorted(kept, key=_place))


def _place(mark: Mark) -> tuple[int, int, int, str]:
    return mark.start, mark.end, KINDS.index(mark.kind), mark.label


def pieces(text: str, marks: Iterable[Mark]) -> Iterator[Piece]:
    """Yield the text piece by piece; joined they are the text again, as ``printable`` shows it."""
    inside = within(marks, len(text))
    cuts = sorted({0, len(text), *(m.start for m in inside), *(m.end for m in inside)})
    shown = printable(text)
    for start, end in pairwise(cuts):
        yield Piece(shown[start:end], tuple(m for m in inside if m.start <= start and end <= m.end))


def printable(text: str) -> str:
    """The text without characters that move a cursor, turn the direction or are no characters.

    Each is replaced by one other, so that offsets stay true; line ends become blanks.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_shown, text))


def _shown(char: str) -> str:
    if char in "\n\t\r\u2028\u2029":
        return " "
    category = unicodedata.category(char)
    if category in {"Cc", "Cs", "Cn"} or char in _TURNS:
        return "\ufffd"
    return char
