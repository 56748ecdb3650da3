"""The forms of the words of the lexicon: "meets", "met", "meeting" for "meet".

They are worked out once by ``training/inflect_words.py`` and lie in ``data/inflected.tsv``, since
the dictionary behind them takes longer to load than a short report to code. A word that the file
does not hold (a lexicon has grown) is looked up in the dictionary itself: the file saves time, and
decides nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from importlib import resources
from typing import Final

from tiltmeter.coding.judgements import cues
from tiltmeter.coding.lexicon import lexicon

FILE: Final = "inflected.tsv"
_FORM: Final = re.compile(r"\w+")


class Forms:
    """Words and phrases to be met in lower-case text, between borders of words.

    One alternation of thousands of words would be tried word by word at every place of a text;
    that a whole word is one of them is a single look into a set.
    """

    def __init__(self, forms: Iterable[str]) -> None:
        every = set(forms)
        self._words = frozenset(f for f in every if _FORM.fullmatch(f))
        others = sorted(every - self._words)
        self._others = re.compile(rf"\b(?:{'|'.join(map(re.escape, others))})\b")
        self._any = bool(others)

    def search(self, low: str) -> bool:
        """Whether one of them stands in a text in lower case."""
        if not self._words.isdisjoint(_FORM.findall(low)):
            return True
        return self._any and self._others.search(low) is not None


@cache
def trigger_forms() -> Forms:
    """All inflected forms of all trigger words, and the words that judge."""
    lex = lexicon()
    forms: set[str] = set(cues())
    for words, pos in ((lex.verbs, "VERB"), (lex.nouns, "NOUN")):
        for word in words:
            forms.add(word)
            forms.update(inflections(word, pos))
    return Forms(forms)


@cache
def _stored() -> dict[tuple[str, str], str]:
    path = resources.files("tiltmeter.coding") / "data" / FILE
    rows = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()[1:])
    return {(word, kind): forms for word, kind, forms in rows}


def inflections(word: str, pos: str) -> tuple[str, ...]:
    """All forms of a word as VERB or NOUN, those that a rule would make of it among them."""
    found = _stored().get((word, pos))
    return look_up_all(word, pos) if found is None else tuple(found.split("|"))


def inflection(word: str, tag: str) -> str:
    """The commonest form of a word under a PTB tag (VBD or VBZ); empty if there is none."""
    found = _stored().get((word, tag))
    return look_up(word, tag) if found is None else found


def look_up_all(word: str, pos: str) -> tuple[str, ...]:
    """What ``inflections`` gives, from the dictionary, sorted."""
    import lemminflect  # half a second, and a second dictionary: only where it is needed

    forms: set[str] = set()
    for made in (lemminflect.getAllInflections, lemminflect.getAllInflectionsOOV):
        for variants in made(word, upos=pos).values():
            forms.update(variants)
    return tuple(sorted(forms))


def look_up(word: str, tag: str) -> str:
    """What ``inflection`` gives, from the dictionary."""
    import lemminflect

    found: tuple[str, ...] = lemminflect.getInflection(word, tag) or ("",)
    return found[0]
