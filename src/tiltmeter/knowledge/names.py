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

_OTHER = re.compile(r"[^a-z' ]+")  # apostrophes, soft and hard signs, go without a trace

# Order matters: longer romanisations first. Each rule names the pair of systems it reconciles, and
# begins with letters one of which a word must hold for the rule to be tried at all.
_SKELETON: tuple[tuple[str, re.Pattern[str], str], ...] = tuple(
    (letters, re.compile(pattern), to)
    for letters, pattern, to in (
        ("c", r"shch|sch|stsch", "sh"),  # щ: BGN shch, German schtsch
        ("c", r"tch|tsch|ch|cz", "c"),  # ч: French tch, German tsch, Polish cz
        ("jz", r"dzh|dj|j(?=[aou])", "j"),  # c of Azerbaijani, dj of French
        ("z", r"zh", "j"),  # ж
        ("hxq", r"kh|x(?=[aeiou])|q(?=[aou])|gh", "h"),  # х, ğ, ღ
        ("x", r"x", "ks"),  # Alexander / Aleksandr
        ("p", r"ph", "f"),
        ("cz", r"tz|c(?=[aou]$)", "ts"),
        ("w", r"w", "v"),
        ("u", r"ou|yu|iu|ju", "u"),  # French ou, ю
        ("yij", r"ya|ia|ja", "a"),  # я
        ("o", r"yo|jo", "o"),  # ё
        ("e", r"ye|je|ie", "e"),  # е after vowels
        ("yij", r"iy|ij|yy|ii|y|j$", "i"),  # -ий, -ый
        ("f", r"off\b", "ov"),
        ("", r"(.)\1", r"\1"),  # doubled letters
        ("e", r"i(?=e)", ""),
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
    if not text.isascii():
        text = text.translate(_APOSTROPHES)
    if text.isascii():
        return text.lower()
    return "".join(map(_fold_char, text))


@lru_cache(maxsize=65536)
def skeleton(name: str) -> str:
    """Reduce a romanised name to what all romanisations share.

    Args:
        name: One or more words, any script that ``anyascii`` knows.

    Returns:
        Lower-case ASCII; equal for spellings that differ by transliteration only. Empty for input
        without letters.
    """
    text = _OTHER.sub(" ", anyascii(name.translate(_APOSTROPHES)).lower()).replace("'", "")
    words = text.split()
    if not words:
        return ""
    # rules that look at an end look at that of the name; words are reduced one by one, since first
    # names come again and again
    last = _reduced(words.pop(), not text.endswith(" "))
    return " ".join([w for w in (*(_reduced(w, False) for w in words), last) if w])


@lru_cache(maxsize=65536)
def _reduced(word: str, final: bool) -> str:
    text = word if final else word + " "
    held = set(text)
    for letters, pattern, to in _SKELETON:
        if not letters or not held.isdisjoint(letters):
            changed = pattern.sub(to, text)
            if changed != text:
                text, held = changed, set(changed)
    return text.strip()
