"""Events told by nouns: "Baku-Moscow talks", "Ismailova's arrest", "joint exercises with Russia".

A nominal event needs its parties in its own phrase. Two helps are allowed, and only where the
lexicon says so: ``focus`` (the state the document is about is the unnamed first party of "joint
exercises with Russia") and ``pair`` (the two states of the sentence before, where the text speaks
of what they do with each other).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from tiltmeter.coding.clauses import Found
from tiltmeter.coding.lexicon import Lexicon, NounRule
from tiltmeter.coding.mentions import DOMESTIC, Actor, Phrases
from tiltmeter.coding.parsing import Token
from tiltmeter.coding.status import negated, nominal_status
from tiltmeter.knowledge.ontology import quad_class

_ASIDE: Final = frozenset({"at", "after", "during", "in", "following", "for", "on", "upon"})
_MEETING: Final = frozenset({"GOV", "MIL", "LEG", "IGO", "BUS", "OPP"})
_JOINT_CUES: Final = frozenset({"joint", "bilateral", "mutual", "first-ever", "trilateral"})
_COOPERATIVE_WORDS: Final = frozenset(
    "cooperation exercise pipeline aid assistance loan visit agreement construction investment "
    "trade railway supply partnership summit treaty".split()
)

_ORDERED: Final = frozenset({"ASSAULT", "COERCE", "SANCTION", "AID", "MOBILIZE", "RETREAT"})
# Verbs that say no more than that the thing of their object is done.
_CARRIERS: Final = frozenset(
    "approve ratify sign complete order authorize authorise launch begin start continue resume "
    "intensify conduct carry announce unveil prepare threaten plan propose finish finalize "
    "finalise rule deny extend uphold".split()
)
_VESSELS: Final = frozenset(
    "treaty law legislation bill decree order start beginning launch series wave round package "
    "act agreement resolution declaration campaign plan document request set".split()
)


@dataclass(frozen=True, slots=True)
class Context:
    """What the text so far offers to phrases that leave a party out."""

    focus: str | None = None
    pair: tuple[str, str] | None = None


class Nominals:
    """Applies the nominal rules of a lexicon to one tree."""

    def __init__(
        self,
        phrases: Phrases,
        lexicon: Lexicon,
        used: set[int],
        context: Context,
        subject: Callable[[Token], Token | None],
    ) -> None:
        self.phrases = phrases
        self.subject = subject
        self.tree = phrases.tree
        self.lexicon = lexicon
        self.used = used
        self.context = context
        self.skipped: list[str] = []

    def events(self) -> Iterator[Found]:
        """Yield the nominal events of the sentence in text order."""
        for token in self.tree.tokens:
            if token.is_noun and token.i not in self.used:
                for rule in self.lexicon.nouns.get(token.lemma, ()):
                    found = self._apply(token, rule)
                    if found:
                        yield found
                        break

    def _apply(self, noun: Token, rule: NounRule) -> Found | None:
        sources = self._collect(noun, rule.source)
        targets = self._collect(noun, rule.target)
        if rule.needs in {"target", "person"}:
            return self._act_on_person(noun, rule, sources, targets)
        targets = [t for t in targets if all(t.start != s.start for s in sources)]
        if rule.governed and targets and not sources:
            sources = self._governor(noun)
        if not sources and targets and rule.event_type in _ORDERED:
            sources = self._supporter(noun)
        sources, targets, implied = self._complete(noun, rule, sources, targets)
        if len({a.code for a in (*sources, *targets) if a.code}) < 2:
            if sources or targets:
                self.skipped.append(f"{noun.text}: only one party is known")
            return None
        if rule.joint and not targets:
            pass
        elif not sources or not targets:
            return None
        if rule.cooperative and not self._is_cooperative(noun):
            self.skipped.append(f"{noun.text}: announces nothing that is an event")
            return None
        status = nominal_status(self.tree, noun)
        value = rule.status or status.value
        if status.value is None:
            self.skipped.append(f"{noun.text}: {status.reason}")
            return None
        event_type = rule.event_type
        if value == "planned":
            event_type = "AGREE" if quad_class(event_type) <= 2 else "THREATEN"
        return Found(
            event_type, rule.mode, rule.domain, tuple(sources), tuple(targets), rule.joint,
            value or "done", (noun.start, noun.end), noun.i, 0.5 if implied else 0.65, noun.lemma,
        )  # fmt: skip

    def _governor(self, noun: Token) -> list[Actor]:
        """Who "said at a meeting with": the subject of the verb that the noun hangs on."""
        if self.phrases.case(noun) not in _ASIDE:
            return []
        if guests := self.tree.kids(noun.i, "nsubj"):
            # "is on a visit to Norway"
            return [a for a in self.phrases.actors(guests[0], strict=True) if a.code]
        for head in self.tree.ancestors(noun.i):
            if not head.is_verb:
                continue
            doer = self.subject(head)
            if doer is None or negated(self.tree, head):
                return []
            found = self.phrases.actors(doer, strict=True)
            return [a for a in found if a.code and a.sector in _MEETING]
        return []

    def _supporter(self, noun: Token) -> list[Actor]:
        """Who "approves the annexation of ...": the subject of a verb that only carries the noun.

        The noun may hang on a law or an order, and the verb on it: "the law completing the ...".
        """
        node = noun
        for head in self.tree.ancestors(noun.i):
            vessel = head.is_noun and head.lemma in _VESSELS
            completing = node.dep == "obj" and head.tag == "VBG" and head.dep in {"acl", "nmod"}
            if completing or (vessel and (node.dep == "nmod" or node.tag == "VBG")):
                node = head
            elif node.dep in {"obj", "nsubj:pass", "obl"} and head.lemma in _CARRIERS:
                doer = self.subject(head)
                found = self.phrases.actors(doer, strict=True) if doer is not None else []
                return [a for a in found if a.code]
            else:
                break
        return []

    def _act_on_person(
        self, noun: Token, rule: NounRule, sources: list[Actor], targets: list[Actor]
    ) -> Found | None:
        people = [t for t in targets if t.code and (t.kind == "person" or t.sector in DOMESTIC)]
        if not people:
            return None
        status = nominal_status(self.tree, noun)
        if status.value is None:
            return None
        doer = (
            [s for s in sources if s.code]
            or self._supporter(noun)
            or [
                replace(
                    people[0], sector="GOV", text="(authorities)", kind="implied", person_id=None
                )
            ]
        )
        return Found(
            rule.event_type, rule.mode, rule.domain, tuple(doer), tuple(people), False,
            status.value, (noun.start, noun.end), noun.i, 0.6, noun.lemma,
        )  # fmt: skip

    def _collect(self, noun: Token, places: tuple[str, ...]) -> list[Actor]:
        out: list[Actor] = []
        for place in places:
            if place in {"poss", "amod", "compound"}:
                dep = {"poss": "nmod:poss"}.get(place, place)
                for kid in self.tree.kids(noun.i, dep):
                    out += self._actors(kid)
            elif place == "deep":
                for token in self.tree.subtree(noun.i, stop=frozenset({"acl:relcl"})):
                    if (m := self.phrases.mention_at(token)) and m.code and m.kind != "person":
                        out += self._actors(token)
            else:
                for kid in self.tree.kids(noun.i, "nmod", "obl"):
                    if self.phrases.case(kid) == place:
                        out += self.phrases.actors(kid)
        distinct: list[Actor] = []
        for actor in out:
            if actor.code and all(actor.code != a.code or actor.kind == "person" for a in distinct):
                distinct.append(actor)
        return distinct

    def _actors(self, token: Token) -> list[Actor]:
        mention = self.phrases.mention_at(token)
        if mention is not None:
            parts = self.phrases.all_at(token)
            for kid in self.tree.subtree(token.i):
                parts += [m for m in self.phrases.all_at(kid) if m not in parts]
            return [
                Actor(
                    m.code,
                    m.sector or ("GOV" if m.is_state else None),
                    m.text,
                    m.start,
                    m.end,
                    m.kind,
                    m.person_id,
                )
                for m in parts
            ]
        return self.phrases.actors(token, strict=True)

    def _complete(
        self, noun: Token, rule: NounRule, sources: list[Actor], targets: list[Actor]
    ) -> tuple[list[Actor], list[Actor], bool]:
        """Fill an unnamed party from the context, where the rule allows it."""
        codes = {a.code for a in (*sources, *targets) if a.code}
        kids = {k.lemma for k in self.tree.kids(noun.i)}
        if rule.focus and codes and not sources and self.context.focus:
            joint = kids & _JOINT_CUES or len(codes) > 1 or noun.tag == "NNS"
            if joint and self.context.focus not in codes:
                return [_implied(self.context.focus, noun)], targets, True
        if rule.pair and not codes and self.context.pair:
            first, second = self.context.pair
            return [_implied(first, noun)], [_implied(second, noun)], True
        if rule.pair and codes and len(codes) < 2 and self.context.pair:
            first, second = self.context.pair
            only = next(iter(codes))
            if only in {first, second} and kids & _JOINT_CUES:
                other = second if only == first else first
                return [_implied(only, noun)], [_implied(other, noun)], True
        return sources, targets, False

    def _is_cooperative(self, noun: Token) -> bool:
        return any(t.lemma in _COOPERATIVE_WORDS for t in self.tree.subtree(noun.i))


def _implied(code: str, noun: Token) -> Actor:
    return Actor(code, "GOV", "(implied)", noun.start, noun.end, "implied")
