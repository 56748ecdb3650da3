"""A user's lexicon at the places where the coder asks it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from tiltmeter.coding.clauses import Found
from tiltmeter.coding.encoder_events import RULE, Network, Read
from tiltmeter.coding.mentions import Phrases
from tiltmeter.coding.nominal import Context
from tiltmeter.coding.parsing import Tree
from tiltmeter.coding.tenses import Change
from tiltmeter.coding.user_lexicon import UserLexicon
from tiltmeter.coding.user_names import OWN, UserNames
from tiltmeter.coding.user_triggers import USER, Told, UserTriggers
from tiltmeter.knowledge.actors import Mention


class Named(Protocol):
    """A sentence with the names found in it, and those that stand for nobody."""

    text: str
    mentions: list[Mention]
    ignored: list[Mention]


class UserWords:
    """One lexicon, ready to be asked; an empty one changes nothing."""

    def __init__(self, lexicon: UserLexicon | None = None) -> None:
        lexicon = lexicon or UserLexicon()
        self._names = UserNames(lexicon)
        self._triggers = UserTriggers(lexicon)

    def name(self, sentence: Named, day: date | None) -> None:
        """Lay the user's names over those found, and put the ignored ones aside."""
        sentence.mentions, sentence.ignored = self._names.lay(sentence.text, day, sentence.mentions)

    @staticmethod
    def hide(sentence: Named) -> None:
        """Take out names that the rest of the document brought back."""
        sentence.mentions = [
            m
            for m in sentence.mentions
            if not any(i.start < m.end and m.start < i.end for i in sentence.ignored)
        ]

    def speaks(self, sentence: Named) -> bool:
        """Whether a sentence holds a user's actor or trigger: then it must be read."""
        if any(m.detail == OWN for m in sentence.mentions):
            return True
        return self._triggers.stand_in(sentence.text)

    def changes(self, text: str) -> list[Change]:
        """The user's verbs that the parser does not know, as verbs that it does."""
        return self._triggers.changes(text)

    def tell(self, phrases: Phrases, context: Context) -> Told:
        """The events that the user's triggers tell in one tree."""
        return self._triggers.tell(phrases, context)

    @staticmethod
    def merge(
        network: Network,
        read: Read,
        found: list[Found],
        tree: Tree,
        mentions: Sequence[Mention],
        ignored: Sequence[Mention],
    ) -> list[Found]:
        """What network and rules make of a sentence; a user's rule is kept, whatever they say."""
        mine = [f for f in found if f.rule.startswith(USER)]
        names = sorted([*mentions, *ignored], key=lambda m: m.start)
        learned = network.event(read, tree, names)
        others = network.merge(read, [f for f in found if f not in mine], learned)
        return [*mine, *(o for o in others if not any(_tells(o, m) for m in mine))]


def _tells(other: Found, mine: Found) -> bool:
    """Whether an event tells again, or otherwise, what a user's rule has told."""
    if other.trigger[0] < mine.trigger[1] and mine.trigger[0] < other.trigger[1]:
        return True
    theirs = {a.code for a in (*other.sources, *other.targets) if a.code}
    ours = {a.code for a in (*mine.sources, *mine.targets) if a.code}
    if other.rule == RULE and theirs == ours:
        return True  # the network's reading of the same two: the user has said what it is
    return other.event_type == mine.event_type and theirs <= ours
