"""Cut text into the word pieces of an uncased BERT vocabulary, with character offsets.

The same pieces as the tokenizer that the network was trained with gives (checked in training),
without its dependencies.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

_LONGEST: Final = 100  # characters of a word; longer ones are unknown
_IDEOGRAPHS: Final = (
    (0x4E00, 0x9FFF), (0x3400, 0x4DBF), (0x20000, 0x2A6DF), (0x2A700, 0x2B73F),
    (0x2B740, 0x2B81F), (0x2B920, 0x2CEAF), (0xF900, 0xFAFF), (0x2F800, 0x2FA1F),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Pieces:
    """Ids of a text's pieces, the two end marks included, and where each stands in it."""

    ids: list[int]
    offsets: tuple[tuple[int, int], ...]


class WordPiece:
    """Greedy longest-match pieces of one vocabulary file, one piece a line."""

    def __init__(self, vocabulary: Path, limit: int) -> None:
        lines = vocabulary.read_text(encoding="utf-8").split("\n")
        self._ids = {piece: number for number, piece in enumerate(lines) if piece}
        self._limit = limit
        self._first, self._last = self._ids["[CLS]"], self._ids["[SEP]"]
        self._unknown = self._ids["[UNK]"]
        self._known = lru_cache(50_000)(self._cut)

    def encode(self, text: str) -> Pieces:
        """Pieces of ``text``, cut off at the limit."""
        ids, offsets = [self._first], [(0, 0)]
        for word, places in _words(text):
            cut = self._known if len(word) <= _LONGEST else self._cut  # no such word comes again
            for piece, start, end in cut(word):
                ids.append(piece)
                offsets.append((places[start], places[end - 1] + 1))
            if len(ids) >= self._limit:
                break
        del ids[self._limit - 1 :], offsets[self._limit - 1 :]
        return Pieces([*ids, self._last], (*offsets, (0, 0)))

    def _cut(self, word: str) -> tuple[tuple[int, int, int], ...]:
        if len(word) > _LONGEST:
            return ((self._unknown, 0, len(word)),)
        out: list[tuple[int, int, int]] = []
        start = 0
        while start < len(word):
            end = len(word)
            while end > start:
                found = self._ids.get(("##" if start else "") + word[start:end])
                if found is not None:
                    break
                end -= 1
            else:
                return ((self._unknown, 0, len(word)),)
            out.append((found, start, end))
            start = end
        return tuple(out)


def _words(text: str) -> list[tuple[str, list[int]]]:
    """Lower-case words and single punctuation marks, each with the places of its characters."""
    out: list[tuple[str, list[int]]] = []
    word: list[str] = []
    places: list[int] = []

    def close() -> None:
        if word:
            out.append(("".join(word), list(places)))
            word.clear()
            places.clear()

    for at, char in enumerate(text):
        for plain in _plain(char):
            kind = _kind(plain)
            if kind == "letter":
                word.append(plain)
                places.append(at)
            elif kind != "drop":
                close()
                if kind == "alone":
                    out.append((plain, [at]))
    close()
    return out


@lru_cache(8192)
def _plain(char: str) -> str:
    """One character in lower case without its accents."""
    bare = (c for c in unicodedata.normalize("NFD", char) if unicodedata.category(c) != "Mn")
    return "".join(bare).lower()


@lru_cache(8192)
def _kind(char: str) -> str:
    """``space``, ``drop`` (control), ``alone`` (punctuation, ideograph) or ``letter``."""
    code = ord(char)
    category = unicodedata.category(char)
    if char in "\t\n\r" or char.isspace() or category == "Zs":
        return "space"
    if code in {0, 0xFFFD} or category in {"Cc", "Cf", "Cn", "Co", "Cs"}:
        return "drop"
    punctuation = 33 <= code <= 47 or 58 <= code <= 64 or 91 <= code <= 96 or 123 <= code <= 126
    if punctuation or category.startswith("P"):
        return "alone"
    if any(first <= code <= last for first, last in _IDEOGRAPHS):
        return "alone"
    return "letter"
