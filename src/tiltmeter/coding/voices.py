"""Whose act it is when the grammar names a pronoun or a paper: "it", "a resolution condemning".

A pronoun in what somebody says is the speaker; a paper speaks for who adopted or wrote it.
"""

from __future__ import annotations

from typing import Final

from tiltmeter.coding.parsing import Token, Tree

PAPERS: Final = frozenset(
    "resolution statement declaration letter report motion bill text communique document note "
    "memo message article commentary opinion ruling editorial draft decree law petition "
    "telegram".split()
)
_DOWN: Final = frozenset({"ccomp", "acl:relcl", "advcl", "conj", "xcomp"})
_SPEAKERS: Final = frozenset({"it", "they", "he", "she", "we"})
_OBJECTS: Final = frozenset({"him", "her", "them", "it"})


def speaker(tree: Tree, verb: Token, pronoun: Token) -> Token | None:
    """The subject of the clause above that a pronoun as subject stands for; None if none does."""
    if pronoun.text.lower() not in _SPEAKERS:
        return None
    node = verb
    for head in tree.ancestors(verb.i):
        if node.dep in _DOWN or node.lemma in PAPERS:
            for kid in tree.kids(head.i, "nsubj", "nsubj:pass"):
                if kid.i < pronoun.i and kid.i != node.i and kid.tag not in {"PRP", "WDT", "WP"}:
                    return kid
            if node.dep == "acl:relcl" and head.lemma not in PAPERS:
                return None
        node = head
    return None


def antecedent(tree: Tree, verb: Token, pronoun: Token) -> Token | None:
    """The object of the clause above that a pronoun as object stands for."""
    if pronoun.text.lower() not in _OBJECTS or verb.dep not in {"advcl", "xcomp", "conj", "acl"}:
        return None
    head = tree.tokens[verb.head]
    return next((k for k in tree.kids(head.i, "obj", "iobj") if k.i < pronoun.i), None)


def author(tree: Tree, paper: Token) -> Token | None:
    """The one a paper speaks for, as far as its own phrase tells; None if it does not."""
    for dep in ("nmod:poss", "compound", "amod"):
        for kid in tree.kids(paper.i, dep):
            if kid.is_noun or (kid.tag == "JJ" and kid.text[:1].isupper()):
                return kid
    for kid in tree.kids(paper.i, "nmod"):
        if any(c.text.lower() in {"by", "of", "from"} for c in tree.kids(kid.i, "case")):
            return kid
    return None
