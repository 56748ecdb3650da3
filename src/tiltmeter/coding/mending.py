"""The parser's commonest errors, mended in the tree before any rule reads it."""

from __future__ import annotations

from typing import Final

from tiltmeter.coding.lexicon import lexicon
from tiltmeter.coding.parsing import Token, Tree, lemma

_CLAUSE_TOPS: Final = frozenset({"ROOT", "ccomp", "parataxis", "conj"})

# Verbs whose infinitive says what is agreed, planned or refused, not what for.
_COMPLEMENTED: Final = frozenset(
    "agree decide vote plan prepare pledge vow promise threaten offer refuse decline intend move "
    "propose resolve undertake begin start continue".split()
)
_INTRANSITIVE: Final = frozenset(
    "cross enter advance arrive march clash withdraw retreat pull fire fight meet agree vote "
    "talk".split()
)
_PARTICLES: Final = frozenset({"down", "out"})


def mend(tree: Tree) -> Tree:
    """Mend what can be told to be wrong from the tree alone."""
    _first_word(tree)
    _bare_past(tree)
    _past_beside_noun(tree)
    _participle_as_verb(tree)
    _noun_as_verb(tree)
    _gerund_as_verb(tree)
    _infinitive(tree)
    _gerund_after_comma(tree)
    _purpose_as_complement(tree)
    _particle(tree)
    _doer(tree)
    return tree


def _first_word(tree: Tree) -> None:
    """Mend a common noun read as a name because it begins the sentence: "Airstrikes on ..."."""
    first = tree.tokens[0] if tree.tokens else None
    if first is not None and first.tag in {"NNP", "NNPS"} and first.text[1:].islower():
        plural = lemma(first.text, "NNS")
        if plural in lexicon().nouns:
            first.tag, first.lemma = "NNS", plural


def _bare_past(tree: Tree) -> None:
    """Mend "troops crossed into Norway" read as troops that were crossed."""
    for verb in tree.tokens[1:]:
        noun = tree.tokens[verb.i - 1]
        if (
            verb.dep == "acl"
            and verb.tag in {"VBN", "VBD"}
            and verb.lemma in _INTRANSITIVE
            and verb.head == noun.i
            and noun.dep == "ROOT"
        ):
            verb.tag, verb.dep, verb.head = "VBD", "ROOT", verb.i
            noun.dep, noun.head = "nsubj", verb.i
            _relink(tree)


def _past_beside_noun(tree: Tree) -> None:
    """Mend "forces repelled troops" where a finite verb is read as a quality of what follows it."""
    for verb in tree.tokens[1:]:
        noun, before = tree.tokens[verb.head], tree.tokens[verb.i - 1]
        if verb.tag != "VBD" or verb.dep not in {"amod", "compound"} or noun.i < verb.i:
            continue
        if noun.head == before.i and before.is_noun:
            verb.dep, verb.head = before.dep, before.head if before.head != before.i else verb.i
            before.dep, before.head, noun.dep, noun.head = "nsubj", verb.i, "obj", verb.i
            _relink(tree)
        elif noun.dep in _CLAUSE_TOPS and (doer := _stem(tree, before, noun)) is not None:
            for kid in tree.kids(noun.i):
                if kid.i < before.i:
                    kid.head = before.i
            _promote(tree, verb, noun, doer, "VBD")


def _stem(tree: Tree, word: Token, noun: Token) -> Token | None:
    """The word itself, if it hangs on a noun as a part of its name."""
    fits = word.head == noun.i and word.dep in {"amod", "compound", "nsubj", "nmod:poss"}
    return word if fits and (word.is_noun or word.lemma == "military") else None


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


def _gerund_after_comma(tree: Tree) -> None:
    """Mend "adopted a text, imposing sanctions" read as imposing-sanctions that are adopted."""
    for gerund in tree.tokens[2:]:
        noun, comma = tree.tokens[gerund.head], tree.tokens[gerund.i - 1]
        verb = tree.tokens[noun.head]
        if (
            gerund.tag == "VBG"
            and gerund.dep in {"amod", "compound"}
            and comma.text == ","
            and noun.dep in {"obj", "conj", "appos"}
            and verb.i < gerund.i < noun.i
        ):
            while not verb.is_verb and verb.head != verb.i:
                verb = tree.tokens[verb.head]
            if verb.is_verb:
                gerund.dep, gerund.head = "advcl", verb.i
                noun.dep, noun.head = "obj", gerund.i
                gerund.lemma = lemma(gerund.text, "VBG")
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


def _purpose_as_complement(tree: Tree) -> None:
    """Mend "agrees to reduce prices" read as agreeing in order to reduce them."""
    for verb in tree.tokens:
        if (
            verb.tag == "VB"
            and verb.dep == "advcl"
            and tree.tokens[verb.head].lemma in _COMPLEMENTED
            and verb.i > verb.head
            and not tree.kids(verb.head, "obj", "xcomp")
            and any(k.text.lower() == "to" for k in tree.kids(verb.i, "mark", "aux"))
        ):
            verb.dep = "xcomp"


def _doer(tree: Tree) -> None:
    """Mend "Norway vetoes a text" where the name is read as a part of the verb."""
    for verb in tree.tokens[1:]:
        if verb.tag not in {"VBZ", "VBD", "VBP"} or tree.kids(verb.i, "nsubj", "nsubj:pass", "aux"):
            continue
        before = tree.tokens[verb.i - 1]
        if before.is_noun and before.head == verb.i and before.dep == "compound":
            before.dep = "nsubj"


def _particle(tree: Tree) -> None:
    """Mend "shot down a plane" read as shooting somewhere down a plane."""
    for particle in tree.tokens[1:]:
        if particle.dep != "case" or particle.text.lower() not in _PARTICLES:
            continue
        noun, verb = tree.tokens[particle.head], tree.tokens[particle.i - 1]
        if noun.head == verb.i and verb.is_verb and noun.dep in {"obl", "nmod"}:
            noun.dep, particle.dep, particle.head = "obj", "compound:prt", verb.i
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
