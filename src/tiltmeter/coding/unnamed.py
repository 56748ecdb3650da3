"""Parties that a clause does not name in their own place, but all the same tells.

By whose attack somebody is killed, in whose country somebody is arrested, whose airspace "its
airspace" is.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from tiltmeter.coding.grammar import Grammar
from tiltmeter.coding.lexicon import Lexicon, VerbRule
from tiltmeter.coding.mentions import Actor, Phrases
from tiltmeter.coding.parsing import Token
from tiltmeter.coding.parties import codes, known

_CELLS: Final = frozenset("prison jail custody court airport capital city hospital".split())
# Acts whose unnamed doer is the state in which, or from which, they are done.
_WHERE: Final = {"arrest": "in", "release": "in", "investigate": "in", "deport": "from"}
_HOLDERS: Final = ("nmod:poss", "amod", "compound")


class Unnamed(Grammar):
    """Finds doers and recipients outside their grammatical places."""

    def __init__(self, phrases: Phrases, lexicon: Lexicon) -> None:
        super().__init__(phrases)
        self.lexicon = lexicon

    def _attackers(self, attack: Token) -> list[Actor]:
        """Whose attack it is that kills or hits: "Israeli strikes", "a raid by Israel"."""
        holders = self.tree.kids(attack.i, *_HOLDERS)
        holders += [k for k in self.tree.kids(attack.i, "nmod") if self.phrases.case(k) == "by"]
        found = [a for k in holders for a in self.phrases.actors(k) if a.code]
        return [replace(a, sector="MIL") if a.sector in {None, "GOV"} else a for a in found[:1]]

    def _unnamed_doer(
        self, verb: Token, rule: VerbRule, targets: list[Actor]
    ) -> tuple[list[Actor], list[Actor]]:
        """The doer of a passive that names none: by whose attack, or in whose country."""
        patient = self.patient(verb)
        felt = self.phrases.actors(patient) if patient is not None else []
        kids = self.tree.kids(verb.i, "obl", "nmod")
        kids += [n for k in kids if k.lemma in _CELLS for n in self.tree.kids(k.i, "nmod")]
        for kid in kids:
            case = self.phrases.case(kid)
            if rule.event_type == "ASSAULT" and case in {"in", "during", "after", "when"}:
                clash = self.lexicon.classes["attack"] | {"clash", "battle", "fighting"}
                if kid.lemma in clash:
                    doers = self._attackers(kid)
                    for foe in self.tree.kids(kid.i, "nmod"):
                        if self.phrases.case(foe) == "with":
                            doers += [a for a in self.phrases.actors(foe) if a.code]
                    doers = [a for a in doers if a.code not in codes(felt)]
                    return (doers, felt) if known(felt) and doers else ([], targets)
            here = _WHERE.get(rule.mode or "")
            if verb.lemma in {"expel", "deport", "banish"}:
                here = "from"
            if here == case and known(felt):
                mention = self.phrases.mention_at(kid)
                if mention is not None and mention.is_state and mention.code not in codes(felt):
                    states = self.phrases.actors(kid, strict=True)[:1]
                    return [replace(a, sector="GOV", kind="implied") for a in states], felt
        if rule.mode == "withdraw" and verb.dep == "ccomp" and not known(felt):
            above = self.tree.tokens[verb.head]
            teller = self.subject(above) if above.is_verb else None
            return (self.phrases.actors(teller, strict=True) if teller else []), targets
        return [], targets

    def _own_thing(self, verb: Token, sources: list[Actor]) -> list[Actor]:
        """The speaker whose thing it is: "Norway says that a plane violated its airspace"."""
        patient = self.patient(verb)
        if patient is None or verb.dep not in {"ccomp", "conj"}:
            return []
        if not any(
            k.text.lower() in {"its", "their"} for k in self.tree.kids(patient.i, "nmod:poss")
        ):
            return []
        above = self.tree.tokens[verb.head]
        teller = self.subject(above) if above.is_verb and verb.dep == "ccomp" else None
        found = self.phrases.actors(teller, strict=True) if teller is not None else []
        return [a for a in found if a.code and a.code not in codes(sources)]

    def _threatened(self, verb: Token, own: set[str]) -> list[Actor]:
        """Whom it will hit what somebody warns that he himself will do."""
        for clause in self.tree.kids(verb.i, "ccomp"):
            for subject in self.tree.kids(clause.i, "nsubj"):
                doers = codes(self.phrases.actors(subject, strict=True))
                if subject.tag != "PRP" and not (doers and doers <= own):
                    continue
                for thing in self.tree.kids(clause.i, "obj", "obl"):
                    for head in [thing, *self.tree.kids(thing.i, "nmod")]:
                        found = known(self.phrases.actors(head))
                        if found and not codes(found) & own:
                            return found
        return []
