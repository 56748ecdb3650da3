"""Judgements: "observers said the election in X fell short of standards", "X called it illegal".

The act is in no verb of the lexicon but in what a clause says of a thing that is a state's. Votes
in assemblies are judgements too: for or against a text and thereby a state.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Final

from tiltmeter.coding.clauses import Clauses, Found
from tiltmeter.coding.lexicon import Judgements, lexicon
from tiltmeter.coding.mentions import Actor, Phrases
from tiltmeter.coding.parsing import Token, Tree
from tiltmeter.coding.status import status_of
from tiltmeter.coding.voices import PAPERS

_JUDGES: Final = frozenset({"GOV", "IGO", "LEG", "JUD", "MIL"})
_OWN: Final = frozenset({"of", "by", "in", "from"})
_HOLDS: Final = frozenset({"nmod:poss", "amod", "compound"})
_CONDEMN: Final = frozenset("condemn deplore denounce criticise criticize censure deplore".split())
_STANDING: Final = frozenset(
    "integrity sovereignty independence membership accession admission bid candidacy "
    "statehood".split()
)


@cache
def cues() -> tuple[str, ...]:
    """Words without which a sentence holds no judgement and need not be parsed."""
    words = lexicon().judgements
    return (*words.negative, *words.positive, "vote", "voted", "votes", "voting")


@cache
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(r"\b(?:" + "|".join(map(re.escape, words)) + r")\b")


class Judge:
    """Finds the judgements of one sentence."""

    def __init__(self, phrases: Phrases, clauses: Clauses) -> None:
        self.phrases = phrases
        self.tree: Tree = phrases.tree
        self.words: Judgements = clauses.lexicon.judgements
        self.clauses = clauses
        self.subject: Callable[[Token], Token | None] = clauses.subject

    def events(self) -> Iterator[Found]:
        """Yield judgements and votes in text order."""
        for verb in self.tree.tokens:
            if not verb.is_verb or verb.i in self.clauses.used:
                continue
            found = None
            if verb.lemma == "vote":
                found = self._vote(verb)
            elif verb.lemma in self.words.verbs:
                found = self._judgement(verb)
            if found is not None:
                self.clauses.used.add(verb.i)
                yield found

    def _judges(self, verb: Token) -> list[Actor]:
        doer = self.subject(verb)
        found = self.phrases.actors(doer, strict=True) if doer is not None else []
        return [a for a in found if a.code and a.sector in _JUDGES]

    # --- X said that Y's election was flawed ------------------------------------------------------

    def _judgement(self, verb: Token) -> Found | None:
        thing, clause = self._judged(verb)
        if thing is None or not clause:
            return None
        said = self.tree.text[clause[0].start : clause[-1].end].lower()
        negative = _pattern(self.words.negative).search(said)
        positive = _pattern(self.words.positive).search(said)
        if (negative is None) == (positive is None):
            return None
        sources = self._judges(verb)
        if not sources or status_of(self.tree, verb).value != "done":
            return None
        targets = [t for t in self._owners(thing) if all(t.code != s.code for s in sources)]
        if not targets:
            return None
        return self._found(verb, "ACCUSE" if negative else "SUPPORT", sources, targets)

    def _judged(self, verb: Token) -> tuple[Token | None, list[Token]]:
        """The thing that is judged and the words that judge it."""
        clauses = self.tree.kids(verb.i, "ccomp", "parataxis")
        for paper in self.tree.kids(verb.i, "obl"):
            # "stated in a report that ...": the parser hangs the clause on the report
            if paper.lemma in PAPERS:
                clauses += self.tree.kids(paper.i, "acl", "ccomp")
        for kid in clauses:
            things = self.tree.kids(kid.i, "nsubj", "nsubj:pass")
            if things and kid.i > verb.i and things[0].i > verb.i:
                thing = things[0]
                inside = {t.i for t in self.tree.subtree(thing.i)}
                rest = [t for t in self.tree.subtree(kid.i) if t.i not in inside]
                return thing, rest
        objects = [k for k in self.tree.kids(verb.i, "obj", "iobj") if k.i > verb.i]
        if verb.lemma in {"call", "describe", "brand", "label", "consider", "deem"} and objects:
            inside = {t.i for t in self.tree.subtree(objects[0].i)}
            rest = [t for t in self.tree.subtree(verb.i) if t.i > objects[0].i]
            return objects[0], [t for t in rest if t.i not in inside or t.tag == "JJ"]
        return None, []

    def _owners(self, thing: Token) -> list[Actor]:
        """The state whose thing it is; a state as the subject itself is judged too."""
        whole = self.phrases.mention_at(thing)
        if whole is not None:
            return [a for a in self.phrases.actors(thing, strict=True) if a.code]
        if thing.lemma not in self.words.things:
            return []
        out: list[Actor] = []
        for kid in self.tree.kids(thing.i):
            own = kid.dep in _HOLDS or (
                kid.dep in {"nmod", "obl"} and self.phrases.case(kid) in _OWN
            )
            if own:
                out += [a for a in self.phrases.actors(kid) if a.code and a.kind != "person"]
        states = [a for a in out if a.code and len(a.code) == 3]
        return states[:1]

    # --- X voted for the resolution ---------------------------------------------------------------

    def _vote(self, verb: Token) -> Found | None:
        side = self._side(verb)
        sources = self._judges(verb)
        status = status_of(self.tree, verb)
        if side is None or not sources or status.value != "done":
            return None
        favour, text = side
        for word in self.tree.subtree(text.i):
            if word.lemma in _CONDEMN and word.tag == "VBG":
                targets = self._states(self.tree.kids(word.i, "obj", "obl"))
                return self._on(verb, "ACCUSE" if favour else "SUPPORT", sources, targets)
            if word.lemma in _STANDING:
                kids = [k for k in self.tree.kids(word.i) if k.dep in {"nmod", "nmod:poss"}]
                return self._on(
                    verb, "SUPPORT" if favour else "REJECT", sources, self._states(kids)
                )
        owner = self._states(self.tree.kids(text.i, "amod", "compound", "nmod:poss"))
        return self._on(verb, "SUPPORT" if favour else "REJECT", sources, owner)

    def _side(self, verb: Token) -> tuple[bool, Token] | None:
        for kid in self.tree.kids(verb.i, "obl", "nmod", "obl:agent"):
            case = self.phrases.case(kid)
            if case in {"for", "against"}:
                return case == "for", kid
            if case == "in" and kid.lemma in {"favour", "favor"}:
                for text in self.tree.kids(kid.i, "nmod"):
                    return True, text
        return None

    def _states(self, heads: list[Token]) -> list[Actor]:
        out: list[Actor] = []
        for head in heads:
            for actor in self.phrases.actors(head):
                if actor.code and len(actor.code) == 3 and actor.kind != "organisation":
                    out.append(actor)
        return out

    def _on(
        self, verb: Token, event_type: str, sources: list[Actor], targets: list[Actor]
    ) -> Found | None:
        aims = [t for t in targets if all(t.code != s.code for s in sources)]
        about = () if aims else ("vote", *(t.lemma for t in self.tree.subtree(verb.i)))
        return self._found(verb, event_type, sources, aims, about)

    @staticmethod
    def _found(
        verb: Token,
        event_type: str,
        sources: list[Actor],
        targets: list[Actor],
        about: tuple[str, ...] = (),
    ) -> Found:
        return Found(
            event_type, None, None, tuple(sources), tuple(targets), False, "done",
            (verb.start, verb.end), verb.i, 0.6, verb.lemma, about,
        )  # fmt: skip
