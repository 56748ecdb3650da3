"""Sentences and their dependency trees.

The parser is a small spaCy pipeline trained on Universal Dependencies by
``training/train_parser.py`` and shipped with the package; lemmas come from lemminflect.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib import resources
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import sentencex

from tiltmeter.coding.spacy_alone import spacy

MAX_SENTENCE: Final = 2000  # characters; longer "sentences" are lists or markup, not prose
_BULLETS: Final = " \t\n•‣▪◦*–—-"
_LONG: Final = 140
_CLAUSE: Final = 40
_LONGEST: Final = 64  # characters of a word that a dictionary could hold
_HALVES: Final = re.compile("[\ud800-\udfff]")
_COLUMNS: Final = ["IDX", "LENGTH", "TAG", "DEP", "HEAD"]
_TURN: Final = 1 << 64
_HALF_TURN: Final = 1 << 63
_PART_OF_SPEECH: Final = {"V": "VERB", "N": "NOUN", "J": "ADJ", "R": "ADV"}


@dataclass(slots=True)
class Token:
    """One word: text, lemma, PTB tag, UD relation, index of the head, character offsets."""

    i: int
    text: str
    lemma: str
    tag: str
    dep: str
    head: int
    start: int
    end: int
    children: list[int] = field(default_factory=list)

    @property
    def is_verb(self) -> bool:
        """Whether the tag is a verb form (modals are not)."""
        return self.tag.startswith("VB")

    @property
    def is_noun(self) -> bool:
        """Whether the tag is a noun, proper or common."""
        return self.tag.startswith("NN")


@dataclass(slots=True)
class Tree:
    """A parsed sentence; token offsets are relative to the sentence.

    ``rows`` holds, by the number of the word that stands for them, offsets of the names that were
    read as one ("Azerbaijan, Turkey" of "Azerbaijan, Turkey and Georgia").
    """

    text: str
    tokens: list[Token]
    rows: dict[int, tuple[int, ...]] = field(default_factory=dict)

    def kids(self, i: int, *deps: str) -> list[Token]:
        """Children of token ``i`` whose relation is one of ``deps`` (all children if none)."""
        out = [self.tokens[c] for c in self.tokens[i].children]
        return [t for t in out if t.dep in deps] if deps else out

    def subtree(self, i: int, *, stop: frozenset[str] = frozenset()) -> list[Token]:
        """Token ``i`` and all below it in text order, not entering relations in ``stop``."""
        out, todo = [], [i]
        while todo:
            at = todo.pop()
            out.append(self.tokens[at])
            todo.extend(c for c in self.tokens[at].children if self.tokens[c].dep not in stop)
        return sorted(out, key=lambda t: t.i)

    def ancestors(self, i: int) -> Iterator[Token]:
        """The heads above token ``i``, nearest first."""
        seen = {i}
        while self.tokens[i].head not in seen:
            i = self.tokens[i].head
            seen.add(i)
            yield self.tokens[i]


Parser = Callable[[Iterable[str]], Iterator[Tree]]
"""Sentences in, one tree for each out, in order."""


def lemma(word: str, tag: str) -> str:
    """Lower-case lemma of a word under a PTB tag; the word itself where nothing is known."""
    return _lemma(word, tag) if len(word) <= _LONGEST else word.lower()


@lru_cache(maxsize=100_000)
def _lemma(word: str, tag: str) -> str:
    low = word.lower()
    pos = _PART_OF_SPEECH.get(tag[:1])
    if pos is None or tag.startswith("NNP"):
        return low
    known = _dictionary()[pos].get(low)
    if known is not None:
        return known
    spacy()  # first: the dictionary would load it with all its commands
    import lemminflect

    guessed: dict[str, tuple[str, ...]] = lemminflect.getAllLemmasOOV(low, upos=pos)
    return guessed[pos][0] if guessed else low


@cache
def _dictionary() -> dict[str, dict[str, str]]:
    """Part of speech -> word -> first lemma, as lemminflect has it; read five times as fast."""
    spec = find_spec("lemminflect")
    assert spec is not None
    assert spec.submodule_search_locations
    folder = Path(spec.submodule_search_locations[0]) / "resources"
    table = gzip.decompress((folder / "lemma_lu.csv.gz").read_bytes()).decode("utf-8")
    own = (folder / "lemma_overrides.csv").read_text(encoding="utf-8")
    out: dict[str, dict[str, str]] = {pos: {} for pos in _PART_OF_SPEECH.values()}
    for line in (*table.split("\n"), *own.split("\n")):
        word, _, rest = line.strip().partition(",")
        category, _, lemmas = rest.partition(",")
        if (words := out.get(category.upper())) is not None and not word.startswith("#"):
            words[word] = lemmas.partition("/")[0].lower()
    return out


@cache
def _pipeline() -> Any:
    path = resources.files("tiltmeter.coding") / "model"
    return spacy().load(Path(str(path)))  # heavy; loaded when the first sentence is parsed


def parse(sentences: Iterable[str]) -> Iterator[Tree]:
    """Yield one tree for each sentence, in order."""
    nlp = _pipeline()
    names = nlp.vocab.strings
    for doc in nlp.pipe(sentences, batch_size=64):
        text = doc.text
        tokens = []
        # one array for all tokens: an object of the library for each costs as much as the parse
        for i, (at, size, tag_id, dep_id, head) in enumerate(doc.to_array(_COLUMNS).tolist()):
            words, tag = text[at : at + size], names[tag_id]
            up = head - _TURN if head >= _HALF_TURN else head  # heads are offsets, stored unsigned
            tokens.append(
                Token(i, words, lemma(words, tag), tag, names[dep_id], i + up, at, at + size)
            )
        yield grow(text, tokens)


def grow(text: str, tokens: list[Token]) -> Tree:
    """A tree of tokens whose heads are known: children entered, the commonest error mended."""
    for token in tokens:
        if token.head != token.i:
            tokens[token.head].children.append(token.i)
    tree = Tree(text, tokens)
    mend_perfect(tree)
    return tree


def mend_perfect(tree: Tree) -> None:
    """Mend the parser's commonest error: "has imposed sanctions" read as having imposed sanctions.

    The participle becomes the verb, "have" its auxiliary, and what hung on "have" hangs on the
    participle.
    """
    for have in tree.tokens:
        if have.lemma != "have" or not have.is_verb or have.dep == "aux":
            continue
        noun = next((k for k in tree.kids(have.i, "obj")), None)
        verb = (
            next((k for k in tree.kids(noun.i, "amod", "acl") if k.tag in {"VBN", "VBD"}), None)
            if noun
            else None
        )
        if noun is None or verb is None or not have.i < verb.i <= have.i + 2:
            continue
        between = tree.tokens[have.i + 1 : verb.i]
        if any(not t.tag.startswith("RB") for t in between):
            continue
        top = have.head if have.head != have.i else verb.i
        verb.dep, verb.tag, verb.lemma = have.dep, "VBN", lemma(verb.text, "VBN")
        for kid in list(have.children):
            tree.tokens[kid].head = verb.i
        have.head, have.dep, noun.head, verb.head = verb.i, "aux", verb.i, top
        for token in tree.tokens:
            token.children = []
        for token in tree.tokens:
            if token.head != token.i:
                tree.tokens[token.head].children.append(token.i)


def storable(text: str) -> str:
    """The text, as long as before, without halves of surrogate pairs: no file could hold them."""
    return text if text.isascii() else _HALVES.sub("\ufffd", text)


def split(text: str) -> list[tuple[int, int]]:
    """Half-open offsets of the sentences of ``text``; blank ones are left out.

    A stretch longer than ``MAX_SENTENCE`` is returned whole: the caller records why it is skipped.
    """
    out: list[tuple[int, int]] = []
    # the splitter takes a line that begins with a bullet for one item and does not cut it
    at = len(text) - len(text.lstrip(_BULLETS))
    text = " " * at + text[at:]
    for part in sentencex.segment("en", text):
        start = text.find(part, at)
        if start < 0:  # the splitter never changes text; be safe all the same
            continue
        at = start + len(part)
        for first, last in _clauses(part):
            body = part[first:last].strip()
            if body:
                begin = start + first + part[first:last].index(body[0])
                out.append((begin, begin + len(body)))
    return out


def _clauses(sentence: str) -> Iterator[tuple[int, int]]:
    """Cut a long sentence at its semicolons: each side is read as well alone, and parsed better."""
    start = 0
    if len(sentence) >= _LONG:
        for match in re.finditer(r";\s+", sentence):
            if match.start() - start >= _CLAUSE and len(sentence) - match.end() >= _CLAUSE:
                yield start, match.start() + 1
                start = match.end()
    yield start, len(sentence)
