"""Where in the tree a recipient may stand: object, oblique, modifier, clause, sum of money."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from tiltmeter.coding.mentions import Phrases
from tiltmeter.coding.parsing import Token, Tree

# Relations that lead into another clause or another party.
CLAUSES: Final = frozenset(
    {"acl:relcl", "ccomp", "advcl", "conj", "parataxis", "nsubj", "csubj", "acl", "appos"}
)
# Prepositions that name a party wherever below the verb the parser hung them.
_LOOSE: Final = frozenset({"with", "between", "against", "alongside"})
_GIVEN: Final = frozenset({"for", "to", "with", "from"})
_HELP: Final = frozenset({"help", "support", "assist"})


class Places:
    """Finds the heads of phrases in the places that a rule names."""

    def __init__(self, phrases: Phrases, patient: Callable[[Token], Token | None]) -> None:
        self.phrases = phrases
        self.tree: Tree = phrases.tree
        self._patient = patient

    def heads(self, verb: Token, place: str, preps: frozenset[str]) -> Iterator[Token]:
        """Yield the heads of the phrases in one place.

        Args:
            verb: The trigger.
            place: As in the head of ``data/lexicon.toml``; "next" is the name right after the
                verb, "purpose" who is to be helped.
            preps: Particles the rule asks for.
        """
        kind, _, prep = place.partition(":")
        patient = self._patient(verb)
        if patient is None:
            patient = next(iter(self.particle_objects(verb, preps)), None)
        if kind == "obj":
            if patient is not None:
                yield patient
        elif kind == "iobj":
            yield from self.tree.kids(verb.i, "iobj")
        elif kind in {"obl", "nmod"}:
            yield from self._oblique(verb, patient, kind, prep)
        elif kind == "purpose":
            for kid in self.tree.kids(verb.i, "advcl", "acl", "xcomp"):
                if kid.lemma in _HELP:
                    yield from self.tree.kids(kid.i, "obj", "iobj")
        elif kind == "next":
            yield from self._next(verb)
        elif kind in {"ccomp", "xcomp"}:
            yield from self._clausal(verb, kind)
        elif patient is not None:
            yield from self.tree.kids(patient.i, "nmod:poss" if kind == "poss" else kind)

    def particle_objects(self, verb: Token, preps: frozenset[str]) -> list[Token]:
        """The visit of "called off a visit", hung by the parser on its particle."""
        if "off" not in preps:
            return []
        kids = self.tree.kids(verb.i, "obl", "nmod")
        return [k for k in kids if self.phrases.case(k) in preps]

    def about(self, verb: Token) -> tuple[str, ...]:
        """Nouns the act is about, for what the text before may say of them."""
        stop = CLAUSES - {"acl"}
        nouns = {t.lemma for t in self.tree.subtree(verb.i, stop=stop) if t.i > verb.i}
        if not self.tree.kids(verb.i, "obj") and verb.dep == "acl:relcl":
            nouns.add(self.tree.tokens[verb.head].lemma)
        return tuple(sorted(nouns))

    def _oblique(self, verb: Token, patient: Token | None, kind: str, prep: str) -> Iterator[Token]:
        # the parser often hangs a prepositional phrase one node too high or too low
        case = self.phrases.case
        nodes = [verb] if patient is None else [verb, *self.phrases.conjuncts(patient)]
        for node in nodes:
            for kid in self.tree.kids(
                node.i, "obl", "obl:agent", "obl:unmarked", "nmod", "advcl", "acl"
            ):
                if case(kid) == prep:
                    yield kid
                elif kid.dep in {"nmod", "obl"} and node is not verb:
                    yield from (g for g in self.tree.kids(kid.i, "nmod") if case(g) == prep)
        if kind == "obl" and prep in _LOOSE:
            below = self.tree.subtree(verb.i, stop=CLAUSES)
            yield from (k for k in below if k.i > verb.i and case(k) == prep)

    def _next(self, verb: Token) -> Iterator[Token]:
        """The receiver in "lent | Norway | 20 million", read as a part of the sum."""
        for follower in self.tree.tokens[verb.i + 1 : verb.i + 3]:
            if self.phrases.mention_at(follower) is not None:
                yield follower
            elif follower.tag != "DT":
                break

    def _clausal(self, verb: Token, kind: str) -> Iterator[Token]:
        for kid in self.tree.kids(verb.i, kind):
            subject = self.tree.kids(kid.i, "nsubj", "nsubj:pass")
            if kind == "ccomp" and subject:
                yield subject[0]
            else:
                yield from self.tree.kids(kid.i, "obj", "obl", "iobj")
                for thing in self.tree.kids(kid.i, "obj"):
                    for part in self.tree.kids(thing.i, "nmod"):
                        if self.phrases.case(part) in _GIVEN:
                            yield part
