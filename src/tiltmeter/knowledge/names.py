"""Name matching: folding, transliteration skeletons. No string distance anywhere.

Two spellings of one name meet in one of two ways. *Folding* removes case and diacritics and keeps
length, so offsets stay true. The *skeleton* undoes the choices that romanisations of Cyrillic,
Azerbaijani, Georgian and Armenian names make differently (kh/x/h, zh/j, iy/y/i, ye/e, yu/u, ...):
equal skeletons are equal names up to transliteration, which is a rule, not a likeness.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from anyascii import anyascii

_APOSTROPHES = dict.fromkeys(map(ord, "’‘ʼʹ`´"), "'")

# Order matters: longer romanisations first. Each rule names the pair of systems it reconciles.
_SKELETON: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), to)
    for pattern, to in (
        (r"['\"`]", ""),  # soft and hard signs, ejectives
        (r"shch|sch|stsch", "sh"),  # щ: BGN shch, German schtsch
        (r"tch|tsch|ch|cz", "c"),  # ч: French tch, German tsch, Polish cz
        (r"dzh|dj|j(?=[aou])", "j"),  # c of Azerbaijani, dj of French
        (r"zh", "j"),  # ж
        (r"kh|x(?=[aeiou])|q(?=[aou])|gh", "h"),  # х, ğ, ღ
        (r"ks|x", "ks"),  # Alexander / Aleksandr
        (r"ph", "f"),
        (r"ts|tz|c(?=[aou]$)", "ts"),
        (r"w", "v"),
        (r"ou|yu|iu|ju", "u"),  # French ou, ю
        (r"ya|ia|ja", "a"),  # я
        (r"yo|jo", "o"),  # ё
        (r"ye|je|ie", "e"),  # е after vowels
        (r"iy|ij|yy|ii|y|j$", "i"),  # -ий, -ый
        (r"off\b", "ov"),
        (r"(.)\1", r"\1"),  # doubled letters
        (r"i(?=e)", ""),
    )
)


@lru_cache(maxsize=65536)
def _fold_char(char: str) -> str:
    low = char.lower()
    if low.isascii() and len(low) == 1:
        return low
    base = unicodedata.normalize("NFD", low)[:1]
    if base.isascii():
        return base
    plain = anyascii(low).lower()
    # one character in, one out: offsets into the folded text are offsets into the text
    return plain if len(plain) == 1 else (base if len(base) == 1 else char)


def fold(text: str) -> str:
    """Lower-case and strip diacritics, character by character; the length never changes."""
    if text.isascii():
        return text.lower()
    return "".join(_fold_char(c) for c in text.translate(_APOSTROPHES))


@lru_cache(maxsize=65536)
def skeleton(name: str) -> str:
    """Reduce a romanised name to what all romanisations share.

    Args:
        name: One or more words, any script that ``anyascii`` knows.

    Returns:
        Lower-case ASCII; equal for spellings that differ by transliteration only. Empty for input
        without letters.
    """
    text = anyascii(name.translate(_APOSTROPHES)).lower()
    text = re.sub(r"[^a-z' ]+", " ", text)
    for pattern, to in _SKELETON:
        text = pattern.sub(to, text)
    return " ".join(text.split())
