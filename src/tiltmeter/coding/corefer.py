"""What a document has said so far: pronouns, "the country", unnamed parties, the pair spoken of."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from tiltmeter.coding.antecedents import Deeds
from tiltmeter.coding.clauses import Found
from tiltmeter.coding.mentions import DOMESTIC, Actor
from tiltmeter.coding.nominal import Context
from tiltmeter.coding.parsing import Tree
from tiltmeter.knowledge.actors import Mention

_PERSON_PRONOUNS: Final = frozenset({"he", "she", "him"})
_PAIR_CUES: Final = frozenset(
    "bilateral between towards toward rapprochement cooperation relation relations both".split()
)


class Discourse:
    """Memory of one document; ``enter`` starts a new segment (paragraph, bullet)."""

    def __init__(self, focus: str | None) -> None:
        self.focus = focus
        self._segment: int | None = None
        self._person: Mention | None = None
        self._state: Mention | None = None
        self._pair: tuple[str, str] | None = None
        self._deeds = Deeds()

    def enter(self, segment: int) -> None:
        """Tell that the next sentence stands in this segment."""
        if segment != self._segment:
            self._segment = segment
            self._pair = None
            self._person = self._state = None

    def resolve(self, tree: Tree, mentions: list[Mention]) -> list[Mention]:
        """Add mentions for pronouns in subject or object place that have one plain antecedent."""
        out = list(mentions)
        for token in tree.tokens:
            low = token.text.lower()
            antecedent = None
            if token.tag == "PRP" and low in _PERSON_PRONOUNS:
                antecedent = self._person
            elif token.tag == "PRP" and low == "it" and token.dep == "nsubj" and token.i < 6:
                antecedent = self._state
            if antecedent is not None and not any(m.start <= token.start < m.end for m in out):
                out.append(
                    replace(antecedent, start=token.start, end=token.end, text=antecedent.text)
                )
        return sorted(out, key=lambda m: m.start)

    def context(self, tree: Tree) -> Context:
        """What this sentence may take from the text before it."""
        return Context(self.focus, self._pair)

    def settle(self, found: list[Found]) -> list[Found]:
        """Give events the parties that the text before names; in text order."""
        return self._deeds.settle([self.localise(f) for f in found])

    def localise(self, found: Found) -> Found:
        """Give people without a state ("the journalist") the state of the doer."""
        home = next((a.code for a in found.sources if a.code), None)
        if home and len(home) != 3:
            home = None

        def fix(actor: Actor) -> Actor:
            if actor.code is None and actor.kind == "role" and actor.sector in DOMESTIC:
                return replace(actor, code=home)
            return actor

        if found.event_type in {"COERCE", "RETREAT", "ASSAULT", "ACCUSE"}:
            return replace(found, targets=tuple(fix(a) for a in found.targets))
        return found

    def note(self, mentions: list[Mention], found: list[Found] | None = None) -> None:
        """Remember what a sentence named."""
        for mention in mentions:
            if mention.kind == "person" and mention.code:
                self._person = mention
                break
        for mention in mentions:
            if mention.kind in {"name", "organisation", "capital"} and mention.code:
                self._state = mention
                break
        states: list[str] = []
        for mention in mentions:
            if mention.code and mention.is_state and mention.code not in states:
                states.append(mention.code)
        if self.focus in states and len(states) == 2:
            self._pair = (states[0], states[1])
        elif states:
            self._pair = None
