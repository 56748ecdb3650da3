"""Any English spaCy pipeline in place of the built-in parser, read by the same rules.

What a pipeline must give: heads and relations (Universal or spaCy's English ones), and parts of
speech (Penn tags, or Universal ones with their features). Lemmas are the product's own, since the
lexicon is written in them. The network has no part in this coder.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from tiltmeter.coding.coder import BuiltinCoder
from tiltmeter.coding.labels import CLEARNLP, SUBJECTS, universal
from tiltmeter.coding.parsing import Parser, Token, Tree, grow, lemma
from tiltmeter.errors import ConfigError

_VERSION: Final = 1  # changes when the same parse may give other events
_NEEDS: Final = "needed is an English pipeline with a tagger and a dependency parser"
_PROBE: Final = "Iraq accused Iran of attacks, and the two countries met in May."
_PENN: Final = frozenset(
    "CC CD DT EX FW IN JJ JJR JJS LS MD NN NNS NNP NNPS PDT POS PRP PRP$ RB RBR RBS RP SYM TO UH VB"
    " VBD VBG VBN VBP VBZ WDT WP WP$ WRB HYPH ADD AFX NFP XX GW $ # . , : `` '' -LRB- -RRB-"
    " _SP".split()
)
_PLAIN: Final = {
    "PROPN": "NNP", "ADJ": "JJ", "ADV": "RB", "DET": "DT", "ADP": "IN", "NUM": "CD", "CCONJ": "CC",
    "SCONJ": "IN", "INTJ": "UH", "SYM": "SYM", "PUNCT": ".", "X": "FW", "SPACE": "_SP",
}  # fmt: skip


class SpacyCoder(BuiltinCoder):
    """The rules upon the parse of a spaCy pipeline.

    Args:
        pipeline: A loaded ``Language``, the name of an installed pipeline, or the path of one.
        everything: Read also sentences that name no state, as scorers of coders ask for.

    Raises:
        ConfigError: There is no such pipeline, it is not English, or it gives no parse.
    """

    def __init__(self, pipeline: Any, *, everything: bool = False) -> None:
        nlp = load(pipeline) if isinstance(pipeline, str | Path) else pipeline
        super().__init__(everything=everything, rules_only=True, parser=parser_of(nlp))
        meta = nlp.meta
        told = f"{meta['lang']}_{meta['name']}-{meta['version']}"
        self.name = "spacy"
        self.version = f"{BuiltinCoder.version}.{_VERSION}+{told}-{fingerprint(nlp)}"


def load(pipeline: str | Path) -> Any:
    """Load an installed pipeline by name, or one that lies in a folder.

    Raises:
        ConfigError: There is none, or spaCy cannot load it.
    """
    import spacy

    try:
        return spacy.load(pipeline)
    except Exception as cause:  # whatever a folder or package of others raises
        # spaCy's message is many lines long
        words = " ".join(str(cause).split())[:200]
        raise ConfigError(
            f"spaCy pipeline {str(pipeline)!r} cannot be loaded: {words}",
            "name an installed pipeline or the folder of one: spacy:NAME or spacy:FOLDER",
        ) from cause


def fingerprint(nlp: Any) -> str:
    """16 hex digits of what a pipeline holds: settings, weights, vectors; not of what it has read.

    Code of components of one's own is not in it: raise the pipeline's version when it changes.
    """
    # the vocabulary grows with every text; vectors lie in it and are added by themselves
    parts = [nlp.to_bytes(exclude=["vocab"])]
    if nlp.vocab.vectors.size:
        parts.append(nlp.vocab.vectors.to_bytes())
    return hashlib.sha256(b"".join(parts)).hexdigest()[:16]


def parser_of(nlp: Any) -> Parser:
    """A pipeline as a parser of masked sentences.

    Raises:
        ConfigError: It is not English, gives no heads and relations, or no parts of speech.
    """
    labels = _labels(nlp)
    clear = bool(labels & CLEARNLP)
    _check(nlp, labels)

    def parse(sentences: Iterable[str]) -> Iterator[Tree]:
        for doc in nlp.pipe(sentences, batch_size=64):
            tokens = [
                Token(
                    t.i, t.text, lemma(t.text, tag := _tag(t)), tag, t.dep_, t.head.i, t.idx,
                    t.idx + len(t.text),
                )
                for t in doc
            ]  # fmt: skip
            universal(tokens, clear=clear)
            yield grow(doc.text, tokens)

    return parse


def _labels(nlp: Any) -> set[str]:
    """The relations that the parts of a pipeline say they give; empty if they do not say."""
    return {
        label
        for name, part in nlp.pipeline
        if "parser" in name or SUBJECTS & set(getattr(part, "labels", ()))
        for label in getattr(part, "labels", ())
    }


def _check(nlp: Any, labels: set[str]) -> None:
    name = f"spaCy pipeline {nlp.meta['lang']}_{nlp.meta['name']}"
    if nlp.lang != "en":
        raise ConfigError(
            f"{name} reads {nlp.lang!r}; the lexicon of acts and actors is English", _NEEDS
        )
    try:
        doc = nlp(_PROBE)
    except Exception as cause:  # whatever parts of others raise
        words = " ".join(str(cause).split())[:200]
        raise ConfigError(f"{name} cannot read a sentence: {words}", _NEEDS) from cause
    if not doc.has_annotation("DEP") or not any(t.head.i != t.i for t in doc):
        raise ConfigError(
            f"{name} gives no parse; its parts: {', '.join(nlp.pipe_names) or 'none'}", _NEEDS
        )
    if not doc.has_annotation("TAG") and not doc.has_annotation("POS"):
        raise ConfigError(f"{name} gives no parts of speech", _NEEDS)
    if labels and not labels & SUBJECTS:
        shown = ", ".join(sorted(labels)[:8])
        raise ConfigError(
            f"{name} knows no subject (nsubj) among its relations: {shown}, ...",
            "its labels must be Universal Dependencies or those of spaCy's English pipelines",
        )


def _tag(token: Any) -> str:
    """Penn tag of a token: its own, or what its Universal part of speech and features come to."""
    if token.tag_ in _PENN:
        return str(token.tag_)
    pos, morph = token.pos_, token.morph
    if pos in {"VERB", "AUX"}:
        if pos == "AUX" and token.text.lower() in {
            "can", "could", "may", "might", "must", "shall", "should", "will", "would", "ca", "wo",
        }:  # fmt: skip
            return "MD"
        return _verb(morph)
    plural = "Plur" in morph.get("Number")
    if pos == "NOUN":
        return "NNS" if plural else "NN"
    if pos == "PROPN":
        return "NNPS" if plural else "NNP"
    if pos == "PRON":
        if "Rel" in morph.get("PronType") or "Int" in morph.get("PronType"):
            return "WDT" if token.text.lower() in {"which", "that"} else "WP"
        return "PRP$" if "Yes" in morph.get("Poss") else "PRP"
    if pos == "PART":
        low = token.text.lower()
        return "TO" if low == "to" else "POS" if low in {"'s", "’s", "'"} else "RB"
    return _PLAIN.get(pos, "FW")


def _verb(morph: Any) -> str:
    form, tense = morph.get("VerbForm"), morph.get("Tense")
    if "Ger" in form or ("Part" in form and "Pres" in tense):
        return "VBG"
    if "Part" in form:
        return "VBN"
    if "Past" in tense:
        return "VBD"
    if "Pres" in tense:
        return "VBZ" if "3" in morph.get("Person") and "Sing" in morph.get("Number") else "VBP"
    return "VB"
