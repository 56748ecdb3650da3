"""Who and whom: reads source and target of verbal events from the dependency tree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tiltmeter.coding.lexicon import Lexicon, VerbRule
from tiltmeter.coding.mentions import Actor, Phrases, role_words
from tiltmeter.coding.mishaps import mishap
from tiltmeter.coding.parsing import Token
from tiltmeter.coding.parties import codes, known, meets, official, states_of
from tiltmeter.coding.places import Places
from tiltmeter.coding.status import Status, negated, status_of
from tiltmeter.coding.unnamed import Unnamed
from tiltmeter.coding.voices import speaker
from tiltmeter.knowledge.ontology import is_symmetric

# Acts whose unnamed doer is the state itself: "the journalist was arrested".
_OFFICIAL: Final = frozenset({"COERCE", "RETREAT"})
_COOPERATIVE: Final = frozenset(
    {"AGREE", "CONSULT", "SUPPORT", "COOPERATE", "AID", "RETREAT", "CONCEDE"}
)
_OFFICES: Final = frozenset({"GOV", "IGO", "LEG", "MIL", "JUD"})
_TOWARDS_STATES: Final = frozenset({"ACCUSE", "REQUEST", "REJECT", "THREATEN"})
_DEEDS: Final = frozenset(
    {"ASSAULT", "COERCE", "MOBILIZE", "PROTEST", "RETREAT", "SANCTION", "AID"}
)
_PREDICATES: Final = frozenset({"ROOT", "acl", "ccomp", "parataxis"})
_HOSTILE: Final = frozenset({"SANCTION", "MOBILIZE", "COERCE", "ASSAULT", "PROTEST"})
_FIGHTERS: Final = frozenset({"MIL", "REB", "COP"})
# Whoever lends the room: the talks of others remain an event of their own.
_HOSTS: Final = frozenset("host mediate broker moderate facilitate sponsor convene".split())
# Heads that are no such thing as the word before them: "gas prices" are no gas.
_MEASURES: Final = frozenset(
    "price tax duty fee rate debt cost market game crime criminal veteran museum".split()
)


@dataclass(frozen=True, slots=True)
class Found:
    """One event as the grammar gives it; offsets are relative to the sentence."""

    event_type: str
    mode: str | None
    domain: str | None
    sources: tuple[Actor, ...]
    targets: tuple[Actor, ...]
    joint: bool
    status: str
    trigger: tuple[int, int]
    token: int
    confidence: float
    rule: str
    about: tuple[str, ...] = ()


class Clauses(Unnamed):
    """Applies the verbal rules of a lexicon to one tree."""

    def __init__(self, phrases: Phrases, lexicon: Lexicon) -> None:
        super().__init__(phrases, lexicon)
        self.places = Places(phrases, self.patient)
        self.skipped: list[str] = []
        self.used: set[int] = set()

    def events(self) -> Iterator[Found]:
        """Yield the verbal events of the sentence in text order."""
        for token in self.tree.tokens:
            if token.i in self.used:
                continue
            if token.is_verb or (token.tag in {"JJ", "NN"} and token.dep in _PREDICATES):
                rules = self.lexicon.verbs.get(token.lemma, ())
                if token.tag == "VBN":
                    rules += self.lexicon.verbs.get(token.text.lower(), ())
                found = self._first(token, rules)
                if found:
                    yield found

    # --- rules ----------------------------------------------------------------------------------

    def _first(self, verb: Token, rules: tuple[VerbRule, ...]) -> Found | None:
        for rule in rules:
            if self._fits(verb, rule):
                found = self._apply(verb, rule)
                if found is not None:
                    return found
        return None

    def _fits(self, verb: Token, rule: VerbRule) -> bool:
        if rule.preps:
            kids = self.tree.kids(verb.i, "obl", "obl:agent", "advmod", "nmod")
            cases = {self.phrases.case(k) for k in kids}
            cases |= {k.lemma for k in self.tree.kids(verb.i, "compound:prt", "advmod")}
            if not rule.preps & cases:
                return False
        if rule.without and (
            self.tree.kids(verb.i, *rule.without)
            or ("obj2" in rule.without and len(self.tree.kids(verb.i, "obj")) > 1)
        ):
            return False
        if not rule.objects and not rule.marks:
            return True
        patient = self.patient(verb)
        heads = self.phrases.conjuncts(patient) if patient else []
        heads += self.places.particle_objects(verb, rule.preps)
        heads += [
            k
            for k in self.tree.kids(verb.i, "obl")
            if self.phrases.case(k) in {"to", "into", "in"} and k.lemma in rule.objects
        ]
        for head in heads:
            words = {head.lemma}
            if head.lemma not in _MEASURES:
                words |= {k.lemma for k in self.tree.kids(head.i, "compound", "amod")}
            if rule.objects & words:
                return True
            # "$100 million in aid", "a package of sanctions"
            for kid in self.tree.kids(head.i, "nmod"):
                if kid.lemma in rule.objects and self.phrases.case(kid) in {"in", "of", "for"}:
                    return True
            mention = self.phrases.mention_at(head)
            if mention and "person" in rule.marks and mention.kind == "person":
                return True
            if (
                mention
                and "state" in rule.marks
                and (mention.is_state or mention.kind == "organisation")
            ):
                return True
        return False

    def _apply(self, verb: Token, rule: VerbRule) -> Found | None:
        if rule.event_type == "ASSAULT" and mishap(self.tree, verb, self.subject(verb)):
            return None
        status = status_of(self.tree, verb)
        sources = self._doers(verb, rule)
        if rule.crowd and sources and all(a.sector in _OFFICES for a in sources):
            return None
        if rule.official_source:
            sources = [
                a
                for a in sources
                if a.kind in {"person", "role"} and a.sector in {"GOV", "MIL", "IGO", "LEG"}
            ]
        if rule.force_source and not all(a.sector in _FIGHTERS for a in sources):
            return None
        if rule.event_type == "AGREE" and self._agrees_to_harm(verb):
            return None
        targets = self._targets(verb, rule, codes(sources), among=len(codes(sources)) > 1)
        targets = [t for t in targets if not any(s.start == t.start for s in sources)]
        if not sources and self.passive(verb):
            sources, targets = self._unnamed_doer(verb, rule, targets)
        if sources and not known(targets) and rule.event_type in _HOSTILE:
            targets = self._own_thing(verb, sources) or targets
        if rule.reverse:
            sources, targets = targets, sources
        if rule.joint and len(sources) > 1 and not known(targets):
            targets = []
        if rule.event_type in _OFFICIAL and not sources and targets:
            state = official(targets)
            sources = [state] if state else []
        return self._decide(verb, rule, status, sources, targets)

    def _doers(self, verb: Token, rule: VerbRule) -> list[Actor]:
        head = self.subject(verb)
        if self.passive_by_conj(verb):
            head = self.subject(self.tree.tokens[verb.head])
        if rule.experiencer:
            # "X is concerned by ...": who feels is the subject, passive or not
            felt = self.tree.kids(verb.i, "nsubj", "nsubj:pass")
            head = (speaker(self.tree, verb, felt[0]) or felt[0]) if felt else head
        sources = self.phrases.actors(head, strict=True) if head else []
        if head is not None and not known(sources) and head.lemma in self.lexicon.classes["attack"]:
            sources = self._attackers(head)
        for kid in self.tree.kids(verb.i, "nsubj"):
            # the parser sometimes gives "X and Y" two places instead of one
            if head is not None and kid.i != head.i and kid.i < verb.i and kid.tag != "PRP":
                more = self.phrases.actors(kid, strict=True)
                sources += [a for a in more if all(a.code != s.code for s in sources)]
        return sources

    def _agrees_to_harm(self, verb: Token) -> bool:
        """Whether what is agreed or promised is harm to a third: "agrees to impose sanctions"."""
        for kid in self.tree.kids(verb.i, "xcomp"):
            rules = [r for r in self.lexicon.verbs.get(kid.lemma, ()) if self._fits(kid, r)]
            if rules and rules[0].event_type in _HOSTILE:
                return True
        return False

    def _targets(self, verb: Token, rule: VerbRule, own: set[str], *, among: bool) -> list[Actor]:
        """The recipients; ``among`` says that several parties act with one another."""
        wanted = rule.needs in {"state", "actor", "official", "organisation"}
        fallback: list[Actor] = []
        if rule.event_type == "THREATEN" and (aims := self._threatened(verb, own)):
            return aims
        for place in rule.target:
            if among and rule.event_type == "CONSULT" and place == "obl:in" and not rule.abroad:
                continue  # two who meet in a third capital do not meet that state
            for token in self.places.heads(verb, place, rule.preps):
                strict = rule.strict or place in {"ccomp", "xcomp"}
                if place == "obl:at" and token.lemma in self.lexicon.classes["talks"]:
                    continue  # where it was said, not of whom
                found = self.phrases.actors(token, strict=strict)
                found = [a for a in found if meets(a, rule.needs)]
                named = token.lemma in role_words() or self.phrases.mention_at(token)
                if rule.event_type in _TOWARDS_STATES and not named:
                    found = states_of(found)
                if known(found):
                    return found
                if found and not fallback and not wanted:
                    fallback = found
        return fallback

    # --- decision -------------------------------------------------------------------------------

    def _decide(
        self,
        verb: Token,
        rule: VerbRule,
        status: Status,
        sources: list[Actor],
        targets: list[Actor],
    ) -> Found | None:
        event_type, mode = rule.event_type, rule.mode
        value = rule.status or status.value
        if status.value is None:
            refused = self._refused(verb)
            if refused and event_type in _COOPERATIVE:
                event_type, mode, value = "REJECT", None, "done"
            elif status.ought and event_type not in {"ACCUSE", "THREATEN"}:
                return self._demand(verb, rule, sources, targets)
            else:
                self.skipped.append(f"{verb.text}: {status.reason}")
                return None
        elif value == "planned":
            if event_type in _COOPERATIVE:
                event_type, mode = "AGREE", mode
            elif event_type in _HOSTILE:
                event_type, mode = "THREATEN", mode
        lacking = self._lacking(verb, rule, event_type, sources, targets)
        if lacking is not None:
            if lacking:
                self.skipped.append(f"{verb.text}: {lacking}")
            return None
        patient = self.patient(verb) if rule.objects else None
        self.used.add(verb.i)
        if patient is not None and verb.lemma not in _HOSTS:
            self.used.add(patient.i)
        joint = rule.joint and event_type not in {"REJECT", "THREATEN"}
        if joint and not known(targets) and not is_symmetric(event_type, mode):
            targets = sources if len(codes(sources)) > 1 else targets
        both = bool(known(sources)) and bool(known(targets))
        return Found(
            event_type,
            mode,
            rule.domain,
            tuple(sources),
            tuple(targets),
            joint,
            value or "done",
            (verb.start, verb.end),
            verb.i,
            0.8 if both else 0.55,
            verb.lemma,
            self.places.about(verb),
        )

    def _lacking(
        self,
        verb: Token,
        rule: VerbRule,
        event_type: str,
        sources: list[Actor],
        targets: list[Actor],
    ) -> str | None:
        """Which party an event lacks: None if none, empty where there is nothing to tell."""
        if not sources and not targets:
            return ""
        if not sources and event_type not in _DEEDS and not self._passive_without_agent(verb):
            return "the doer is no actor"
        if rule.abroad and (not known(targets) or len(codes([*sources, *targets])) < 2):
            return "no host or no guest from another state"
        if not known(sources) and not known(targets):
            return "no party is known"
        if verb.lemma == "order" and event_type == "REQUEST" and not known(targets):
            return ""
        if rule.needs and not targets:
            if not rule.joint:
                return ""
            if len(codes(sources)) < 2:
                return "no second party"
        return None

    def _passive_without_agent(self, verb: Token) -> bool:
        """Whether the grammar leaves the doer out, rather than naming what is no actor."""
        return self.subject(verb) is None

    def _refused(self, verb: Token) -> bool:
        head = self.tree.tokens[verb.head]
        return (
            verb.dep in {"xcomp", "ccomp"}
            and head.lemma in {"refuse", "decline"}
            and not negated(self.tree, head)
        )

    def _demand(
        self, verb: Token, rule: VerbRule, sources: list[Actor], targets: list[Actor]
    ) -> Found | None:
        """'X said that Y must ...' is X's request to Y."""
        head = self.tree.tokens[verb.head]
        if verb.dep != "ccomp" or not head.is_verb:
            self.skipped.append(f"{verb.text}: obligation")
            return None
        speaker = self.subject(head)
        asked = self.phrases.actors(speaker, strict=True) if speaker else []
        if not known(asked) or not known(sources) or codes(asked) == codes(sources):
            return None
        self.used.add(verb.i)
        return Found(
            "REQUEST", None, rule.domain, tuple(asked), tuple(sources), False, "done",
            (verb.start, verb.end), verb.i, 0.6, verb.lemma,
        )  # fmt: skip
