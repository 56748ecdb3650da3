"""Who and whom: reads source and target of verbal events from the dependency tree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from tiltmeter.coding.lexicon import Lexicon, VerbRule
from tiltmeter.coding.mentions import DOMESTIC, Actor, Phrases, role_words
from tiltmeter.coding.parsing import Token, Tree
from tiltmeter.coding.status import Status, negated, status_of

# Acts whose unnamed doer is the state itself: "the journalist was arrested".
_OFFICIAL: Final = frozenset({"COERCE", "RETREAT"})
_COOPERATIVE: Final = frozenset(
    {"AGREE", "CONSULT", "SUPPORT", "COOPERATE", "AID", "RETREAT", "CONCEDE"}
)
# Verbs that keep their own subject as the doer of what follows: "X promised Y to withdraw".
_SUBJECT_CONTROL: Final = frozenset({"promise", "vow", "threaten", "offer", "agree"})
_HOSTILE: Final = frozenset({"SANCTION", "MOBILIZE", "COERCE", "ASSAULT", "PROTEST"})


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


class Clauses:
    """Applies the verbal rules of a lexicon to one tree."""

    def __init__(self, phrases: Phrases, lexicon: Lexicon) -> None:
        self.tree: Tree = phrases.tree
        self.phrases = phrases
        self.lexicon = lexicon
        self.skipped: list[str] = []
        self.used: set[int] = set()

    def events(self) -> Iterator[Found]:
        """Yield the verbal events of the sentence in text order."""
        for token in self.tree.tokens:
            if token.i in self.used:
                continue
            if token.is_verb or (token.tag in {"JJ", "NN"} and token.dep in {"ROOT", "acl"}):
                rules = self.lexicon.verbs.get(token.lemma, ())
                found = self._first(token, rules)
                if found:
                    yield found

    # --- grammar --------------------------------------------------------------------------------

    def passive(self, verb: Token) -> bool:
        """Whether the verb is passive: a passive subject or auxiliary, or a bare participle."""
        if self.tree.kids(verb.i, "nsubj:pass", "aux:pass"):
            return True
        return verb.tag == "VBN" and verb.dep == "acl"

    def subject(self, verb: Token, depth: int = 0) -> Token | None:
        """Head of the doer's phrase, looked up through coordination and control."""
        tree = self.tree
        if self.passive(verb):
            agents = tree.kids(verb.i, "obl:agent", "obl", "nmod")
            return next((k for k in agents if self.phrases.case(k) == "by"), None)
        for kid in tree.kids(verb.i, "nsubj"):
            if kid.tag in {"WDT", "WP"} or (kid.text.lower() == "that" and verb.dep == "acl:relcl"):
                return tree.tokens[verb.head]
            return kid
        if depth > 6 or verb.head == verb.i:
            return None
        head = tree.tokens[verb.head]
        return (
            self._shared_subject(verb, head, depth)
            if head.is_verb
            else self._subject_of_noun(verb, head)
        )

    def _shared_subject(self, verb: Token, head: Token, depth: int) -> Token | None:
        """Doer that a verb without a subject takes from the verb above it."""
        if verb.dep == "conj":
            if self.passive(head) and not self.passive(verb):
                return self.patient(head) or self.subject(head, depth + 1)
            return self.subject(head, depth + 1)
        if verb.dep not in {"xcomp", "advcl"}:
            return None
        if verb.dep == "xcomp" and head.lemma not in _SUBJECT_CONTROL:
            obj = self.tree.kids(head.i, "obj", "iobj")
            if obj:
                return obj[0]
        return self.patient(head) if self.passive(head) else self.subject(head, depth + 1)

    def _subject_of_noun(self, verb: Token, head: Token) -> Token | None:
        """Doer of a verb that hangs on a noun or adjective."""
        if verb.dep in {"xcomp", "advcl", "ccomp"}:
            # "Sudan is willing to withdraw"
            return next(iter(self.tree.kids(head.i, "nsubj")), None)
        if verb.dep in {"acl", "acl:relcl"} and verb.tag != "VBN":
            return head
        return None

    def patient(self, verb: Token) -> Token | None:
        """Head of the phrase acted upon: object, passive subject, or the noun of a participle."""
        tree = self.tree
        for kid in tree.kids(verb.i, "nsubj:pass"):
            if kid.tag in {"WDT", "WP"}:
                return tree.tokens[verb.head]
            return kid
        if verb.tag == "VBN" and verb.dep == "acl":
            return tree.tokens[verb.head]
        if verb.dep == "conj" and self.passive_by_conj(verb):
            return self.patient(tree.tokens[verb.head])
        for kid in [*tree.kids(verb.i, "obj"), *tree.kids(verb.i, "iobj")]:
            return kid
        return None

    def passive_by_conj(self, verb: Token) -> bool:
        """Second participle of "was arrested and jailed"."""
        head = self.tree.tokens[verb.head]
        return (
            verb.tag == "VBN"
            and head.is_verb
            and self.passive(head)
            and not self.tree.kids(verb.i, "nsubj", "obj", "aux")
        )

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
            cases = {
                self.phrases.case(k) for k in self.tree.kids(verb.i, "obl", "obl:agent", "advmod")
            }
            if not rule.preps & cases:
                return False
        if not rule.objects and not rule.marks:
            return True
        patient = self.patient(verb)
        heads = self.phrases.conjuncts(patient) if patient else []
        heads += [
            k
            for k in self.tree.kids(verb.i, "obl")
            if self.phrases.case(k) in {"to", "into", "in"} and k.lemma in rule.objects
        ]
        for head in heads:
            words = {head.lemma, *(k.lemma for k in self.tree.kids(head.i, "compound", "amod"))}
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
        status = status_of(self.tree, verb)
        head = self.subject(verb)
        if self.passive_by_conj(verb):
            head = self.subject(self.tree.tokens[verb.head])
        sources = self.phrases.actors(head, strict=True) if head else []
        if rule.official_source:
            sources = [
                a
                for a in sources
                if a.kind in {"person", "role"} and a.sector in {"GOV", "MIL", "IGO", "LEG"}
            ]
        targets = self._targets(verb, rule)
        targets = [t for t in targets if not any(s.start == t.start for s in sources)]
        if rule.joint and len(sources) > 1 and not _known(targets):
            targets = []
        if rule.event_type in _OFFICIAL and not sources and targets:
            official = _official(targets)
            sources = [official] if official else []
        return self._decide(verb, rule, status, sources, targets)

    def _targets(self, verb: Token, rule: VerbRule) -> list[Actor]:
        wanted = rule.needs in {"state", "actor", "official", "organisation"}
        fallback: list[Actor] = []
        for place in rule.target:
            for token in self._places(verb, place):
                strict = place in {"ccomp", "xcomp"}
                found = self.phrases.actors(token, strict=strict)
                found = [a for a in found if _meets(a, rule.needs)]
                if _known(found):
                    return found
                if found and not fallback and not wanted:
                    fallback = found
        return fallback

    def _places(self, verb: Token, place: str) -> Iterator[Token]:
        tree = self.tree
        kind, _, prep = place.partition(":")
        patient = self.patient(verb)
        if kind in {"obj"}:
            if patient is not None:
                yield patient
        elif kind == "iobj":
            yield from tree.kids(verb.i, "iobj")
        elif kind in {"obl", "nmod"}:
            # the parser often hangs a prepositional phrase one node too high or too low
            nodes = [verb]
            if patient is not None:
                nodes += self.phrases.conjuncts(patient)
            for node in nodes:
                for kid in tree.kids(
                    node.i, "obl", "obl:agent", "obl:unmarked", "nmod", "advcl", "acl"
                ):
                    if self.phrases.case(kid) == prep:
                        yield kid
                    elif kid.dep in {"nmod", "obl"} and node is not verb:
                        yield from (
                            g for g in tree.kids(kid.i, "nmod") if self.phrases.case(g) == prep
                        )
        elif kind in {"poss", "amod", "compound"} and patient is not None:
            dep = "nmod:poss" if kind == "poss" else kind
            yield from (k for k in tree.kids(patient.i, dep))
        elif kind in {"ccomp", "xcomp"}:
            yield from self._clausal(verb, kind)

    def _clausal(self, verb: Token, kind: str) -> Iterator[Token]:
        for kid in self.tree.kids(verb.i, kind):
            subject = self.tree.kids(kid.i, "nsubj", "nsubj:pass")
            if kind == "ccomp" and subject:
                yield subject[0]
            else:
                yield from self.tree.kids(kid.i, "obj", "obl", "iobj")

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
        if not sources and not targets:
            return None
        if not _known(sources) and not _known(targets):
            self.skipped.append(f"{verb.text}: no party is known")
            return None
        if rule.needs and not rule.joint and not targets:
            return None
        if rule.joint and rule.needs and not targets and len(_codes(sources)) < 2:
            self.skipped.append(f"{verb.text}: no second party")
            return None
        start = min(verb.start, verb.start)
        patient = self.patient(verb) if rule.objects else None
        self.used.add(verb.i)
        if patient is not None:
            self.used.add(patient.i)
        both = bool(_known(sources)) and bool(_known(targets))
        return Found(
            event_type,
            mode,
            rule.domain,
            tuple(sources),
            tuple(targets),
            rule.joint and event_type not in {"REJECT", "THREATEN"},
            value or "done",
            (start, verb.end),
            verb.i,
            0.8 if both else 0.55,
            verb.lemma,
        )

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
        if not _known(asked) or not _known(sources) or _codes(asked) == _codes(sources):
            return None
        self.used.add(verb.i)
        return Found(
            "REQUEST", None, rule.domain, tuple(asked), tuple(sources), False, "done",
            (verb.start, verb.end), verb.i, 0.6, verb.lemma,
        )  # fmt: skip


def _known(actors: list[Actor]) -> list[Actor]:
    return [a for a in actors if a.code]


def _codes(actors: list[Actor]) -> set[str]:
    return {a.code for a in actors if a.code}


def _meets(actor: Actor, needs: str) -> bool:
    if needs == "state":
        return bool(actor.code) and actor.kind != "organisation"
    if needs == "actor":
        return bool(actor.code)
    if needs == "organisation":
        return actor.kind == "organisation"
    if needs == "official":
        return actor.kind in {"person", "role"} and actor.sector in {"GOV", "MIL", "LEG", "IGO"}
    return True


def _official(targets: list[Actor]) -> Actor | None:
    """The state as the unnamed doer of an arrest or release of one of its own."""
    for target in targets:
        if target.code and (target.sector in DOMESTIC or target.sector in {"ELI", None}):
            return replace(
                target, sector="GOV", text="(authorities)", kind="implied", person_id=None
            )
    return None


def is_role(token: Token) -> bool:
    """Whether a noun names somebody who acts."""
    return token.lemma in role_words()
