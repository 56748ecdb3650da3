"""The words without which a sentence is not worth a parser's or the network's time."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from tiltmeter.coding.antecedents import ANSWERS
from tiltmeter.coding.lexicon import lexicon

# What states do to people, and words that point to a party named elsewhere.
POINTS: Final = re.compile(
    r"^\W*(?:It|He|She|They|Its|His|Their|Both|The two|The country)\b"
    r"|\b(?:arrest|detain|jail|imprison|sentenced|convicted|deport|raided|expel|tortur|custody"
    r"|pardon|crack(?:s|ed|down)|joint (?!session)|bilateral|two (?:countries|states|leaders)"
    r"|released|freed|outlawed|banned|military exercises?\b)",
)
HEDGED: Final = re.compile(r"\b(?:could|might|may|if|fears?|hopes?|possible|unless|whether)\b")


@cache
def pair_nouns() -> re.Pattern[str]:
    """Nouns that may take a party, or both, from the sentences before."""
    nouns = lexicon().nouns
    pairs = (word for word, rules in nouns.items() if any(r.pair for r in rules))
    words = sorted({*pairs, *ANSWERS})
    return re.compile(r"\b(?:" + "|".join(map(re.escape, words)) + r")s?\b")
