"""The parser's commonest errors, mended in the tree before any rule reads it."""

from __future__ import annotations

from typing import Final

from tiltmeter.coding.parsing import Token, Tree, lemma

_CLAUSE_TOPS: Final = frozenset({"ROOT", "ccomp", "parataxis", "conj"})


def mend(tree: Tree) -> Tree:
    """Mend what can be told to be wrong from the tree alone."""
    _participle_as_verb(tree)
    _noun_as_verb(tree)
    _gerund_as_verb(tree)
    _infinitive(tree)
    return tree


def _participle_as_verb(tree: Tree) -> None:
    """Mend "Norway voiced alarm" read as alarm that is voiced: the participle is the verb."""
    for noun in tree.tokens:
        if not noun.is_noun or noun.dep not in _CLAUSE_TOPS:
            continue
        verb = next((k for k in tree.kids(noun.i, "amod", "acl") if k.tag in {"VBN", "VBD"}), None)
        if verb is None or verb.i >= noun.i or verb.i == 0:
            continue
        doers = [k for k in tree.kids(noun.i, "nsubj", "compound", "nmod:desc") if k.i < verb.i]
        doers = [k for k in tree.kids(verb.i, "nsubj") if k.i < verb.i] or doers
        before = tree.tokens[verb.i - 1]
        if not doers or before.i not in {t.i for t in tree.subtree(doers[-1].i)}:
            continue
        if any(k.i < verb.i for k in tree.kids(noun.i, "det", "case", "cop", "nmod:poss")):
            continue
        _promote(tree, verb, noun, doers[-1], "VBD")


def _noun_as_verb(tree: Tree) -> None:
    """Mend a headline's "Norway regrets the move": a plural with a name before and an object."""
    for noun in tree.tokens:
        if noun.tag != "NNS" or noun.dep not in {"ROOT", "ccomp"} or noun.i == 0:
            continue
        doer = next(
            (k for k in tree.kids(noun.i, "compound", "nsubj", "amod") if k.i < noun.i), None
        )
        if doer is None or doer.tag not in {"NNP", "NN", "NNS", "NNPS"}:
            continue
        if tree.kids(noun.i, "det", "case", "nmod:poss", "cop"):
            continue
        after = [k for k in tree.kids(noun.i, "obj", "flat", "appos", "list") if k.i > noun.i]
        verb_lemma = lemma(noun.text, "VBZ")
        if not after or verb_lemma == noun.text.lower() or after[0].tag == "CD":
            continue
        noun.tag, noun.lemma, doer.dep = "VBZ", verb_lemma, "nsubj"
        after[0].dep = "obj"


def _gerund_as_verb(tree: Tree) -> None:
    """Mend "began supplying tanks" read as supplying-tanks that are begun."""
    for gerund in tree.tokens[1:]:
        noun = tree.tokens[gerund.head]
        verb = tree.tokens[gerund.i - 1]
        if (
            gerund.dep in {"compound", "amod"}
            and gerund.text.endswith("ing")
            and verb.lemma in {"begin", "start", "stop", "resume", "continue"}
            and verb.is_verb
            and noun.head == verb.i
            and noun.dep == "obj"
        ):
            gerund.tag, gerund.lemma = "VBG", lemma(gerund.text, "VBG")
            gerund.dep, gerund.head, noun.head = "xcomp", verb.i, gerund.i
            _relink(tree)


def _infinitive(tree: Tree) -> None:
    """Mend "agreed to sell oil" read as agreed to an oil that is sell."""
    for verb in tree.tokens[1:]:
        noun, particle = tree.tokens[verb.head], tree.tokens[verb.i - 1]
        above = tree.tokens[noun.head]
        if (
            verb.tag == "VB"
            and verb.dep in {"amod", "compound"}
            and particle.text.lower() == "to"
            and particle.head == noun.i
            and noun.dep in {"obl", "nmod"}
            and above.is_verb
        ):
            verb.dep, verb.head = "xcomp", above.i
            noun.dep, noun.head = "obj", verb.i
            particle.dep, particle.head, particle.tag = "mark", verb.i, "TO"
            _relink(tree)


def _relink(tree: Tree) -> None:
    for token in tree.tokens:
        token.children = []
    for token in tree.tokens:
        if token.head != token.i:
            tree.tokens[token.head].children.append(token.i)


def _promote(tree: Tree, verb: Token, noun: Token, doer: Token, tag: str) -> None:
    top = noun.head if noun.head != noun.i else verb.i
    verb.dep, verb.tag, verb.lemma = noun.dep, tag, lemma(verb.text, tag)
    noun.dep, doer.dep = "obj", "nsubj"
    verb.head, noun.head, doer.head = top, verb.i, verb.i
    _relink(tree)
