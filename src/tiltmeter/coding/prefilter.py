"""The words without which a sentence is not worth a parser's or the network's time."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

import lemminflect

from tiltmeter.coding.antecedents import ANSWERS
from tiltmeter.coding.judgements import cues
from tiltmeter.coding.lexicon import lexicon

# What states do to people, and words that point to a party named elsewhere.
POINTS: Final = re.compile(
    r"^\W*(?:It|He|She|They|Its|His|Their|Both|The two|The country)\b"
    r"|\b(?:arrest|detain|jail|imprison|sentenced|convicted|deport|raided|expel|tortur|custody"
    r"|pardon|crack(?:s|ed|down)|joint (?!session)|bilateral|two (?:countries|states|leaders)"
    r"|released|freed|outlawed|banned|military exercises?\b)",
)
HEDGED: Final = re.compile(r"\b(?:could|might|may|if|fears?|hopes?|possible|unless|whether)\b")


def inflected(word: str, pos: str) -> set[str]:
    """A lemma and all its forms as ``pos`` (VERB or NOUN), those of unknown words guessed."""
    forms = {word}
    for variants in lemminflect.getAllInflections(word, upos=pos).values():
        forms.update(variants)
    for variants in lemminflect.getAllInflectionsOOV(word, upos=pos).values():
        forms.update(variants)
    return forms


@cache
def trigger_forms() -> re.Pattern[str]:
    """All inflected forms of all trigger words, as one pattern over lower-case text."""
    lex = lexicon()
    forms: set[str] = set(cues())
    for words, pos in ((lex.verbs, "VERB"), (lex.nouns, "NOUN")):
        for word in words:
            forms |= inflected(word, pos)
    return re.compile(r"\b(?:" + "|".join(map(re.escape, sorted(forms))) + r")\b")


@cache
def pair_nouns() -> re.Pattern[str]:
    """Nouns that may take a party, or both, from the sentences before."""
    nouns = lexicon().nouns
    pairs = (word for word, rules in nouns.items() if any(r.pair for r in rules))
    words = sorted({*pairs, *ANSWERS})
    return re.compile(r"\b(?:" + "|".join(map(re.escape, words)) + r")s?\b")
