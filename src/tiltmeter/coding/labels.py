"""Other trees in the relations that the rules read: spaCy's English labels to Universal ones.

spaCy's own English pipelines are trained on ClearNLP dependencies (Choi and Palmer, 2012), in which
a preposition stands over its noun and "be" over what is said with it. Universal Dependencies (de
Marneffe et al., 2021) turn both round, and that is what the rules read. Relations that Universal
Dependencies 1 named otherwise are renamed too. Labels that are Universal already stay.
"""

from __future__ import annotations

from typing import Final

from tiltmeter.coding.parsing import Token

# Labels that only a ClearNLP tree holds.
CLEARNLP: Final = frozenset(
    "prep pobj pcomp agent attr acomp dative dobj nsubjpass auxpass relcl poss npadvmod neg".split()
)
SUBJECTS: Final = frozenset({"nsubj", "nsubj:pass", "nsubjpass"})
_NAMES: Final = {
    "root": "ROOT",
    "dobj": "obj",
    "nsubjpass": "nsubj:pass",
    "csubjpass": "csubj:pass",
    "auxpass": "aux:pass",
    "neg": "advmod",
    "poss": "nmod:poss",
    "relcl": "acl:relcl",
    "prt": "compound:prt",
    "predet": "det:predet",
    "preconj": "cc:preconj",
    "quantmod": "advmod",
    "intj": "discourse",
    "meta": "dep",
    "oprd": "xcomp",
    "mwe": "fixed",
    "name": "flat",
    "flat:name": "flat",
    "nmod:agent": "obl:agent",
    "obl:npmod": "obl:unmarked",
    "obl:tmod": "obl:unmarked",
    "nmod:npmod": "nmod:unmarked",
    "nmod:tmod": "nmod:unmarked",
}
_PREPOSITIONS: Final = frozenset({"prep", "agent"})
_NOMINAL: Final = ("NN", "PRP", "CD", "DT", "WP")
_BE: Final = frozenset({"aux", "aux:pass", "cop"})


def universal(tokens: list[Token], *, clear: bool = False) -> None:
    """Turn a tree into Universal relations, in place.

    Args:
        tokens: All tokens of a sentence; heads and relations are changed, children not entered yet.
        clear: The tree is known to be ClearNLP; otherwise its labels tell.
    """
    clear = clear or any(t.dep in CLEARNLP for t in tokens)
    for token in tokens:
        if token.dep == "dative":
            token.dep = "prep" if token.tag in {"IN", "TO"} else "iobj"
        elif token.dep == "npadvmod":
            noun = tokens[token.head].tag.startswith(_NOMINAL)
            token.dep = "nmod:unmarked" if noun else "obl:unmarked"
        token.dep = _NAMES.get(token.dep, token.dep)
    if not clear:
        _clausal(tokens)
        return
    for token in tokens:
        if token.dep == "aux" and token.tag == "TO":
            token.dep = "mark"
    _prepositions(tokens)
    _copulas(tokens)
    _coordination(tokens)


def _clausal(tokens: list[Token]) -> None:
    """In Universal Dependencies 1 the oblique of a verb was called as that of a noun."""
    if any(t.dep.partition(":")[0] == "obl" for t in tokens):
        return
    for token in tokens:
        if token.dep == "nmod" and tokens[token.head].is_verb:
            token.dep = "obl"


def _kids(tokens: list[Token], i: int, *deps: str) -> list[Token]:
    return [t for t in tokens if t.head == i and t.i != i and (not deps or t.dep in deps)]


def _hand(tokens: list[Token], old: int, new: int, *, but: tuple[str, ...] = ()) -> None:
    """Hang on ``new`` what hangs on ``old``."""
    for kid in _kids(tokens, old):
        if kid.i != new and kid.dep not in but:
            kid.head = new


def _prepositions(tokens: list[Token]) -> None:
    """A noun takes the place of the preposition over it, which becomes its case."""
    joined: list[tuple[Token, Token]] = []
    for token in tokens:
        if token.dep not in {"pobj", "pcomp"}:
            continue
        over = tokens[token.head]
        if over.dep == "conj" and tokens[over.head].dep in _PREPOSITIONS | {"case"}:
            joined.append((token, over))
            continue
        chain = [over]
        while chain[-1].dep == "prep" and tokens[chain[-1].head].dep in _PREPOSITIONS:
            chain.append(tokens[chain[-1].head])
        top = chain[-1]
        site, root = tokens[top.head], top.head == top.i
        noun = site.tag.startswith(_NOMINAL)
        if token.dep == "pcomp" and token.is_verb:
            token.dep, under = ("acl" if noun else "advcl"), "mark"
        else:
            by = "obl:agent" if top.dep == "agent" else "obl"
            token.dep, under = ("nmod" if noun and by == "obl" else by), "case"
        if root:
            token.dep = "ROOT"
        token.head = token.i if root else site.i
        for word in chain:
            # a second preposition of a pair keeps its place until the pair is joined
            _hand(tokens, word.i, token.i, but=("conj", "cc"))
            word.dep, word.head = under, token.i
    _second_prepositions(tokens, joined)
    for token in tokens:
        if token.dep in _PREPOSITIONS:  # stranded: "the country it depends on"
            token.dep = "advmod"


def _second_prepositions(tokens: list[Token], joined: list[tuple[Token, Token]]) -> None:
    """Hang the second noun of "to Russia and to China" on the first, and its preposition on it."""
    for token, second in joined:
        first = tokens[tokens[second.head].head] if tokens[second.head].dep == "case" else None
        if first is None or first.i == token.i:
            continue
        for word in _kids(tokens, second.head, "cc"):
            word.head = token.i
        token.dep, token.head = "conj", first.i
        _hand(tokens, second.i, token.i)
        second.dep, second.head = "case", token.i


def _copulas(tokens: list[Token]) -> None:
    """What is said with "be" stands over it; with other verbs it is their complement."""
    for verb in tokens:
        said = _kids(tokens, verb.i, "attr", "acomp")
        be = verb.lemma == "be" and verb.dep not in _BE
        if said and be and _kids(tokens, verb.i, "expl"):
            said[0].dep = "nsubj"  # "there is a ceasefire"
        elif be and _kids(tokens, verb.i, "nsubj"):
            told = said or [t for t in _kids(tokens, verb.i, "obl") if t.i > verb.i]
            clause = _kids(tokens, verb.i, "ccomp", "xcomp", "advcl")
            if told and (said or not clause):
                _promote(tokens, verb, told[0])
        for word in said:
            if word.dep in {"attr", "acomp"}:
                word.dep = "xcomp"


def _promote(tokens: list[Token], verb: Token, said: Token) -> None:
    root = verb.head == verb.i
    said.dep, said.head = verb.dep, said.i if root else verb.head
    _hand(tokens, verb.i, said.i)
    verb.dep, verb.head = "cop", said.i


def _coordination(tokens: list[Token]) -> None:
    """All members of a row hang on its first; "and" hangs on the member after it."""
    for token in tokens:
        while token.dep == "conj" and tokens[token.head].dep == "conj":
            token.head = tokens[token.head].head
    for word in tokens:
        if word.dep == "cc":
            after = [t for t in _kids(tokens, word.head, "conj") if t.i > word.i]
            if after:
                word.head = after[0].i
