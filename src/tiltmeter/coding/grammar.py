"""Who does what to whom in one tree: subjects and objects, through passives and control."""

from __future__ import annotations

from typing import Final

from tiltmeter.coding.mentions import Phrases
from tiltmeter.coding.parsing import Token, Tree
from tiltmeter.coding.voices import PAPERS, antecedent, author, speaker

# Verbs that keep their own subject as the doer of what follows: "X promised Y to withdraw".
_SUBJECT_CONTROL: Final = frozenset({"promise", "vow", "threaten", "offer", "agree"})
# "has no intention of invading": the doer of the second is the subject of the first.
# Whose infinitive tells of what their author will do: "announces plans to send".
_PLEDGES: Final = frozenset("legislation plan decision pledge promise offer measure".split())
_INTENTS: Final = frozenset("intention plan intent interest aim right desire wish".split())


class Grammar:
    """Subjects and objects of the verbs of one tree."""

    def __init__(self, phrases: Phrases) -> None:
        self.tree: Tree = phrases.tree
        self.phrases = phrases
        self._patients: dict[int, Token | None] = {}
        self._subjects: dict[int, Token | None] = {}

    def passive(self, verb: Token) -> bool:
        """Whether the verb is passive: a passive subject or auxiliary, or a bare participle."""
        if self.tree.kids(verb.i, "nsubj:pass", "aux:pass"):
            return True
        return verb.tag == "VBN" and verb.dep == "acl"

    def subject(self, verb: Token, depth: int = 0) -> Token | None:
        """Head of the doer's phrase, looked up through coordination and control.

        A paper ("a resolution condemning ...") is followed to the one it speaks for.
        """
        if verb.i not in self._subjects:
            self._subjects[verb.i] = self._writer(verb, depth)
        return self._subjects[verb.i]

    def _writer(self, verb: Token, depth: int) -> Token | None:
        head = self._subject(verb, depth)
        texts = PAPERS | _PLEDGES if verb.dep == "acl" and verb.tag == "VB" else PAPERS
        if head is None or head.lemma not in texts or depth > 6 or head.i == verb.i:
            return head
        writer = author(self.tree, head)
        if writer is not None and self.phrases.actors(writer):
            return writer
        above = self.tree.tokens[head.head]
        if head.dep in {"obj", "obl"} and above.is_verb and above.i != verb.i:
            return self.subject(above, depth + 1)
        return head

    def _subject(self, verb: Token, depth: int) -> Token | None:
        tree = self.tree
        if self.passive(verb):
            return self._agent(verb)
        for kid in tree.kids(verb.i, "nsubj", "expl"):
            if kid.dep == "expl":
                if (said := speaker(tree, verb, kid)) is not None:
                    return said
                continue
            if kid.tag in {"WDT", "WP"} or (kid.text.lower() == "that" and verb.dep == "acl:relcl"):
                return tree.tokens[verb.head]
            return speaker(tree, verb, kid) or kid
        if depth > 6 or verb.head == verb.i:
            return None
        head = tree.tokens[verb.head]
        return (
            self._shared_subject(verb, head, depth)
            if head.is_verb
            else self._subject_of_noun(verb, head)
        )

    def _agent(self, verb: Token) -> Token | None:
        """The doer of a passive, its own or that of the passive joined to it by "and"."""
        for passive in (verb, *self.tree.kids(verb.i, "conj")):
            if passive is not verb and not (passive.tag == "VBN" and self.passive(passive)):
                continue
            kids = self.tree.kids(passive.i, "obl:agent", "obl", "nmod")
            kids += [n for k in kids for n in self.tree.kids(k.i, "nmod")]
            agents = [k for k in kids if self.phrases.case(k) == "by"]
            for agent in agents:
                if len(agents) == 1 or self.phrases.actors(agent, strict=True):
                    return agent
            if agents:
                return agents[0]
        return None

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
        tree = self.tree
        if verb.dep in {"xcomp", "advcl", "ccomp"} or (
            verb.dep == "csubj" and head.lemma in {"about", "set", "due", "ready"}
        ):
            # "Sudan is willing to withdraw"
            return next(iter(self.tree.kids(head.i, "nsubj", "nsubj:pass")), None)
        if (
            verb.dep in {"acl", "acl:relcl", "nmod"}
            and verb.tag == "VBG"
            and head.lemma in _INTENTS
        ):
            above = tree.tokens[head.head]
            if head.dep == "obj" and above.is_verb:
                return self.subject(above, 1)
            return next(iter(tree.kids(head.i, "nmod:poss")), None)
        if verb.dep in {"acl", "acl:relcl"} and verb.tag != "VBN":
            return head
        return None

    def patient(self, verb: Token) -> Token | None:
        """Head of the phrase acted upon: object, passive subject, or the noun of a participle."""
        if verb.i not in self._patients:
            self._patients[verb.i] = self._patient(verb)
        return self._patients[verb.i]

    def _patient(self, verb: Token) -> Token | None:
        tree = self.tree
        for kid in tree.kids(verb.i, "nsubj:pass"):
            if kid.tag in {"WDT", "WP"}:
                return tree.tokens[verb.head]
            return kid
        if verb.tag == "VBN" and verb.dep == "acl":
            return tree.tokens[verb.head]
        if verb.dep == "conj" and self.passive_by_conj(verb):
            return self.patient(tree.tokens[verb.head])
        if verb.dep in {"advcl", "xcomp"} and tree.kids(verb.i, "aux:pass"):
            # "came back after being captured"
            above = tree.tokens[verb.head]
            return self.patient(above) if self.passive(above) else self.subject(above)
        for kid in [*tree.kids(verb.i, "obj"), *tree.kids(verb.i, "iobj")]:
            return antecedent(tree, verb, kid) or kid
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
