"""The one table that ties words to probabilities.

After the likelihood scale of the IPCC (Mastrandrea et al. 2010, table 1), with the bounds made
half-open so that every probability has exactly one word. ``docs/words-of-probability.md`` prints
this table, and a test holds the two together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Grade:
    """Probabilities in [lo, next lo) are called ``word``."""

    lo: float
    word: str


GRADES: Final[tuple[Grade, ...]] = (
    Grade(0.99, "virtually certain"),
    Grade(0.95, "extremely likely"),
    Grade(0.90, "very likely"),
    Grade(0.66, "likely"),
    Grade(0.34, "about as likely as not"),
    Grade(0.10, "unlikely"),
    Grade(0.05, "very unlikely"),
    Grade(0.01, "extremely unlikely"),
    Grade(0.0, "exceptionally unlikely"),
)

# Below "likely" a brief asserts no direction.
ASSERTED: Final = 0.66
# A turn is dated where a lasting change is at least as likely as not.
LASTING: Final = 0.5
# With fewer stories in both windows together a brief says "cannot tell".
FEW_STORIES: Final = 4

_ADVERB: Final = {
    "virtually certain": "virtually certainly",
    "extremely likely": "almost certainly",
    "very likely": "very probably",
    "likely": "probably",
}


def word(probability: float) -> str:
    """The word for a probability.

    Raises:
        ValueError: Not between 0 and 1.
    """
    if not 0.0 <= probability <= 1.0:
        raise ValueError(f"{probability} is not a probability")
    return next(g.word for g in GRADES if probability >= g.lo)


def percent(probability: float) -> str:
    """A probability as a whole percentage; never certainty, so 0 and 100 are not printed."""
    return f"{min(99, max(1, round(100 * probability)))}%"


def adverb(probability: float) -> str:
    """The adverb of an asserted probability ("very probably")."""
    return _ADVERB[word(probability)]
