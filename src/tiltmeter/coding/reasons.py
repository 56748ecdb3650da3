"""Why a sentence gave no event.

Each constant is the code that stands in tables; REASONS explains it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from tiltmeter.knowledge.actors import Mention

NO_ACTOR: Final = "no_actor"
NO_TRIGGER: Final = "no_trigger"
ONE_SIDE: Final = "one_side"
NOTHING_DONE: Final = "nothing_done"
NO_DYAD: Final = "no_dyad"
NOT_A_DEED: Final = "not_a_deed"
QUESTION: Final = "question"
LANGUAGE: Final = "language"
DROPPED: Final = "dropped"
TOO_LONG: Final = "too_long"
TOO_MANY: Final = "too_many_sentences"
BROKEN: Final = "broken"
NO_ANSWER: Final = "no_answer"
NOTHING_TOLD: Final = "nothing_told"

REASONS: Final[dict[str, str]] = {
    NO_ACTOR: "No state, organisation or known person is named here or in the sentence before.",
    NO_TRIGGER: "No word of the trigger lexicon occurs.",
    ONE_SIDE: "Only one state is named, and no word points to another or to its own people.",
    NOTHING_DONE: "The network reads a statement or background here, not something that is done.",
    NO_DYAD: "Actors and words of action occur, but no rule joins them to a doer and a recipient.",
    NOT_A_DEED: (
        "The act is wished, feared, supposed, a purpose or a condition, not done or planned."
    ),
    DROPPED: "Your lexicon drops what was coded here.",
    QUESTION: "The sentence is a question.",
    LANGUAGE: "The document is not in English; this coder reads English only.",
    TOO_LONG: "Longer than a sentence can be; lists and markup are not parsed.",
    BROKEN: "The coder failed on this sentence, which it should never do: please report it.",
    NO_ANSWER: "The endpoint gave no valid answer; run again to ask once more.",
    NOTHING_TOLD: "The model at the endpoint reads no event here.",
    TOO_MANY: "The document has more sentences than a report can have.",
}


_IDLE: Final = ("conditional", "possibility", "wish", "purpose", "obligation")
_SHOWN: Final = 20  # names in a detail


def of_skipped(skipped: Sequence[str], mentions: Sequence[Mention]) -> tuple[str, str]:
    """Reason and detail for a sentence whose acts the rules have skipped, each for its cause."""
    detail = f"actors: {names_of(mentions)}"
    if not skipped:
        return NO_DYAD, detail
    causes = "; ".join(dict.fromkeys(skipped))
    idle = any(word in causes for word in _IDLE)
    return NOT_A_DEED if idle else NO_DYAD, f"{causes} | {detail}"


def names_of(mentions: Sequence[Mention]) -> str:
    """The names found in a sentence and what they stand for."""
    return ", ".join(f"{m.text} ({m.code or '?'})" for m in mentions[:_SHOWN])
