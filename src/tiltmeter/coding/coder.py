"""The built-in coder: documents in, events out, with the reason where there is none.

Cheap steps first: a gazetteer scan and a scan for trigger words throw out the sentences that can
hold no event before the parser sees them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from typing import Final, Protocol

import lemminflect

from tiltmeter.coding import reasons
from tiltmeter.coding.clauses import Clauses, Found
from tiltmeter.coding.corefer import Discourse
from tiltmeter.coding.judgements import Judge, cues
from tiltmeter.coding.lexicon import lexicon
from tiltmeter.coding.masking import mask, parse_masked
from tiltmeter.coding.mentions import Phrases
from tiltmeter.coding.names_in_document import settle
from tiltmeter.coding.nominal import Nominals
from tiltmeter.coding.parsing import MAX_SENTENCE, Tree, split
from tiltmeter.coding.status import attribution
from tiltmeter.coding.timing import Timing, When
from tiltmeter.knowledge.actors import Mention, gazetteer
from tiltmeter.knowledge.ontology import is_symmetric

MAX_SENTENCES: Final = 5000  # per document; a longer one is a data dump, not a report
_MAX_EVENTS: Final = 8  # per sentence


@dataclass(frozen=True, slots=True)
class Document:
    """What a coder reads: text, its parts and the day it was published."""

    document_id: str
    text: str
    published: date
    segments: tuple[tuple[str, int, int], ...] = ()
    outlet: str | None = None
    lang: str = "en"


@dataclass(frozen=True, slots=True)
class Coded:
    """One event of one sentence; all offsets point into the document's text."""

    found: Found
    when: When
    domain: str
    attribution: str | None


@dataclass(slots=True)
class SentenceCoding:
    """What became of one sentence."""

    start: int
    end: int
    text: str
    events: list[Coded] = field(default_factory=list)
    reason: str = ""
    detail: str = ""
    problems: list[str] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)


class Coder(Protocol):
    """The seam: anything that turns documents into coded sentences."""

    name: str
    version: str

    def code(self, documents: Iterable[Document]) -> Iterator[tuple[str, list[SentenceCoding]]]:
        """Yield (document_id, sentences) for every document, in the order given."""
        ...


@cache
def _trigger_forms() -> re.Pattern[str]:
    """All inflected forms of all trigger words, as one pattern over lower-case text."""
    lex = lexicon()
    forms: set[str] = set(cues())
    for words, pos in ((lex.verbs, "VERB"), (lex.nouns, "NOUN")):
        for word in words:
            forms.add(word)
            for variants in lemminflect.getAllInflections(word, upos=pos).values():
                forms.update(variants)
            for variants in lemminflect.getAllInflectionsOOV(word, upos=pos).values():
                forms.update(variants)
    return re.compile(r"\b(?:" + "|".join(map(re.escape, sorted(forms))) + r")\b")


class BuiltinCoder:
    """Gazetteer, dependency parse, lexicon; offline, deterministic, on a CPU."""

    name = "builtin"
    version = "2"

    def code(self, documents: Iterable[Document]) -> Iterator[tuple[str, list[SentenceCoding]]]:
        """Yield (document_id, sentences) for every document, in the order given."""
        batch: list[Document] = []
        for document in documents:
            batch.append(document)
            if len(batch) >= 64:
                yield from self._batch(batch)
                batch = []
        yield from self._batch(batch)

    def _batch(self, documents: list[Document]) -> Iterator[tuple[str, list[SentenceCoding]]]:
        prepared = [(d, self._prepare(d)) for d in documents]
        masked = [
            mask(s.text, s.mentions) for _, sentences in prepared for s in sentences if not s.reason
        ]
        trees = parse_masked(masked)
        for document, sentences in prepared:
            self._document(document, sentences, trees)
            yield document.document_id, sentences

    def _prepare(self, document: Document) -> list[SentenceCoding]:
        """Split, find actors, and say of which sentences no parser need see."""
        out: list[SentenceCoding] = []
        if document.lang not in {"en", ""}:
            end = len(document.text)
            return [
                SentenceCoding(
                    0, end, document.text[:200], reason=reasons.LANGUAGE, detail=document.lang
                )
            ]
        names = gazetteer()
        spans = document.segments or (("body", 0, len(document.text)),)
        for _kind, first, last in spans:
            for start, end in split(document.text[first:last]):
                sentence = SentenceCoding(
                    first + start, first + end, document.text[first + start : first + end]
                )
                if len(out) >= MAX_SENTENCES:
                    sentence.reason = reasons.TOO_MANY
                elif len(sentence.text) > MAX_SENTENCE:
                    sentence.reason = reasons.TOO_LONG
                    sentence.detail = f"{len(sentence.text)} characters"
                    sentence.text = sentence.text[:200]
                else:
                    sentence.mentions = names.find(sentence.text, document.published)
                    if not _trigger_forms().search(sentence.text.lower()):
                        sentence.reason = reasons.NO_TRIGGER
                        sentence.detail = _names(sentence.mentions)
                    elif not sentence.mentions and not _named_before(out):
                        sentence.reason = reasons.NO_ACTOR
                out.append(sentence)
        settle(out)
        for sentence in out:
            if sentence.reason == reasons.NO_ACTOR and sentence.mentions:
                sentence.reason = ""
        return out

    def _document(
        self, document: Document, sentences: list[SentenceCoding], trees: Iterator[Tree]
    ) -> None:
        focus = _focus(document, sentences)
        timing = Timing(document.published)
        discourse = Discourse(focus)
        segment_of = {s.start: _segment(document, s.start) for s in sentences}
        for sentence in sentences:
            where = segment_of[sentence.start]
            timing.enter(where)
            discourse.enter(where)
            if sentence.reason:
                timing.read(sentence.text, sentence)
                discourse.note(sentence.mentions)
                continue
            self._sentence(sentence, next(trees), timing, discourse)

    def _sentence(
        self, sentence: SentenceCoding, tree: Tree, timing: Timing, discourse: Discourse
    ) -> None:
        timing.read(sentence.text, sentence)
        if sentence.text.rstrip().endswith("?"):
            sentence.reason = reasons.QUESTION
            discourse.note(sentence.mentions)
            return
        mentions = discourse.resolve(tree, sentence.mentions)
        phrases = Phrases(tree, mentions)
        lex = lexicon()
        clauses = Clauses(phrases, lex)
        found = list(clauses.events())
        found += list(Judge(phrases, clauses).events())
        nominals = Nominals(phrases, lex, clauses.used, discourse.context(tree), clauses.subject)
        found += list(nominals.events())
        found = _prune(discourse.settle(found))
        for item in sorted(found, key=lambda f: f.trigger)[:_MAX_EVENTS]:
            verb = tree.tokens[item.token]
            sentence.events.append(
                Coded(
                    item,
                    timing.when(item.trigger[0], item.status),
                    _domain(sentence.text, item),
                    attribution(tree, verb),
                )
            )
        if len(found) > _MAX_EVENTS:
            sentence.problems.append(f"{len(found) - _MAX_EVENTS} further events left out")
        if not sentence.events:
            sentence.reason, sentence.detail = _why(
                clauses.skipped + nominals.skipped, sentence.mentions
            )
        discourse.note(mentions, found)


def _domain(text: str, item: Found) -> str:
    from tiltmeter.coding.domains import domain_of

    if item.domain:
        # the lexicon's domain holds unless the words say energy, which no verb says by itself
        near = domain_of(text, *item.trigger, "AGREE", ())
        return "energy" if near == "energy" and item.domain == "economic" else item.domain
    sectors = tuple(a.sector for a in (*item.sources, *item.targets))
    return domain_of(text, *item.trigger, item.event_type, sectors)


def _why(skipped: list[str], mentions: list[Mention]) -> tuple[str, str]:
    seen = _names(mentions)
    if skipped:
        detail = "; ".join(dict.fromkeys(skipped))
        if any(
            w in detail for w in ("conditional", "possibility", "wish", "purpose", "obligation")
        ):
            return reasons.NOT_A_DEED, f"{detail} | actors: {seen}"
        return reasons.NO_DYAD, f"{detail} | actors: {seen}"
    return reasons.NO_DYAD, f"actors: {seen}"


def _names(mentions: list[Mention]) -> str:
    return ", ".join(f"{m.text} ({m.code or '?'})" for m in mentions[:20])


def _segment(document: Document, start: int) -> int:
    for number, (_kind, first, last) in enumerate(document.segments):
        if first <= start < last:
            return number
    return 0


def _focus(document: Document, sentences: list[SentenceCoding]) -> str | None:
    """The state a document is about: the one named most in title and lead, then in all of it."""
    head_end = max(
        [end for kind, _, end in document.segments if kind in {"title", "lead"}], default=0
    )
    head: Counter[str] = Counter()
    whole: Counter[str] = Counter()
    for sentence in sentences:
        for mention in sentence.mentions:
            if mention.code and mention.kind != "organisation":
                whole[mention.code] += 1
                if sentence.start < head_end:
                    head[mention.code] += 1
    for counts in (head, whole):
        ranked = counts.most_common(2)
        if ranked and (len(ranked) == 1 or ranked[0][1] > ranked[1][1]):
            return ranked[0][0]
    return None


def _whole(item: Found, found: list[Found]) -> Found | None:
    """An act without recipient, where another of the same kind and doer in the sentence names it.

    "Agreed to sell oil to X" is one agreement with X; any other bare twin goes.
    """
    own = {a.code for a in item.sources if a.code}
    if len(own) != 1 or any(t.code for t in item.targets):
        return item
    for other in found:
        parties = {a.code for a in (*other.sources, *other.targets) if a.code}
        doers = other.sources if other.targets else (*other.sources, *other.targets)
        if (
            other.event_type != item.event_type
            or len(parties) < 2
            or not own <= {a.code for a in doers if a.code}
        ):
            continue
        if item.event_type == "AGREE" and other.targets and other.trigger > item.trigger:
            return replace(item, targets=other.targets, domain=item.domain or other.domain)
        return None
    return item


def _prune(found: list[Found]) -> list[Found]:
    """One event once: drop twins of type and parties, and nominals inside a verbal event."""
    out: list[Found] = []
    seen: set[tuple[str, frozenset[str | None], frozenset[str | None]]] = set()
    for item in (whole for f in found if (whole := _whole(f, found)) is not None):
        sides = [frozenset(a.code for a in side) for side in (item.sources, item.targets)]
        if item.joint or is_symmetric(item.event_type, item.mode):
            sides = [sides[0] | sides[1], frozenset()]
        key = (item.event_type, sides[0], sides[1])
        if key not in seen:
            seen.add(key)
            out.append(item)
    return out


def _named_before(sentences: list[SentenceCoding]) -> bool:
    """Whether the sentence before the next one names an actor.

    Clauses cut at a semicolon are one sentence: each may lean on what the first leans on.
    """
    for sentence in reversed(sentences):
        if sentence.mentions:
            return True
        if not sentence.text.endswith(";"):
            return False
    return False
