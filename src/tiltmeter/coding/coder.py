"""The built-in coder: documents in, events out, with the reason where there is none.

Cheap steps first: a gazetteer scan and a scan for trigger words throw out the sentences that can
hold no event; the network reads the rest; the parser sees only those in which something is done.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from copy import copy
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Protocol, Self

from threadpoolctl import threadpool_limits

from tiltmeter.coding import reasons
from tiltmeter.coding.clauses import Clauses, Found
from tiltmeter.coding.corefer import Discourse
from tiltmeter.coding.domains import domain_of_event
from tiltmeter.coding.encoder_actors import mentions_of
from tiltmeter.coding.encoder_decode import Proposal
from tiltmeter.coding.encoder_events import Network, Read
from tiltmeter.coding.inflected import trigger_forms
from tiltmeter.coding.judgements import Judge
from tiltmeter.coding.lexicon import lexicon
from tiltmeter.coding.masking import mask, parse_masked
from tiltmeter.coding.mentions import Phrases
from tiltmeter.coding.names_in_document import settle
from tiltmeter.coding.nominal import Nominals
from tiltmeter.coding.parsing import MAX_SENTENCE, Parser, Tree, parse, split, storable
from tiltmeter.coding.prefilter import HEDGED, POINTS, pair_nouns
from tiltmeter.coding.readers import readers
from tiltmeter.coding.status import speaker_span
from tiltmeter.coding.timing import Timing, When
from tiltmeter.coding.twins import prune
from tiltmeter.coding.user_lexicon import UserLexicon
from tiltmeter.coding.user_words import UserWords
from tiltmeter.knowledge.actors import Mention

MAX_SENTENCES: Final = 5000  # per document; a longer one is a data dump, not a report
# What is held at once: documents and characters of a batch, bytes of what the network read.
_BATCH: Final = 64
_BATCH_TEXT: Final = 200_000
_HELD: Final = 64_000_000
_WINDOW: Final = 256  # sentences that the network is given at a time
MAX_EVENTS: Final = 8  # per sentence


@dataclass(frozen=True, slots=True)
class Document:
    """What a coder reads: text, its parts and the day it was published.

    ``dated`` is False where the day is only a stand-in: names are then looked up on any day.
    """

    document_id: str
    text: str
    published: date
    segments: tuple[tuple[str, int, int], ...] = ()
    outlet: str | None = None
    lang: str = "en"
    dated: bool = True


@dataclass(frozen=True, slots=True)
class Coded:
    """One event of one sentence; offsets are relative to the sentence.

    ``said`` is where ``attribution`` stands; ``notes`` tell what a user's overrides changed.
    """

    found: Found
    when: When
    domain: str
    attribution: str | None
    said: tuple[int, int] | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Judged:
    """What the network made of a sentence that it was asked about, and what it asks of an event.

    ``types`` are probabilities of the PLOVER types and of NONE; from ``look`` on a sentence is
    parsed, from ``emit`` on the network's own event counts.
    """

    proposal: Proposal
    types: dict[str, float]
    look: float
    emit: float


@dataclass(slots=True)
class SentenceCoding:
    """What became of one sentence; ``dropped`` are events that a user's overrides took out."""

    start: int
    end: int
    text: str
    events: list[Coded] = field(default_factory=list)
    reason: str = ""
    detail: str = ""
    problems: list[str] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)
    ignored: list[Mention] = field(default_factory=list)
    judged: Judged | None = None
    dropped: list[tuple[Coded, str]] = field(default_factory=list)


class Coder(Protocol):
    """The seam: anything that turns documents into coded sentences.

    ``name`` and ``version`` are part of the key under which finished work is kept: the version
    changes whenever the same documents may give other events (another model, another prompt).
    """

    name: str
    version: str

    def code(self, documents: Iterable[Document]) -> Iterator[tuple[str, list[SentenceCoding]]]:
        """Yield (document_id, sentences) for every document, in the order given."""
        ...


class BuiltinCoder:
    """Gazetteer, network, dependency parse, lexicon; offline, deterministic, on a CPU.

    Args:
        everything: Read also sentences that name no state, as scorers of coders ask for.
        network: Another network than the one that ships with the package.
        rules_only: Let the rules read alone, as they were before there was a network.
        parser: Another parser than the one that ships with the package, giving the same relations.
        lexicon: Actors, triggers and ignored names of a user (overrides: ``user_overrides``).
    """

    name: str = "builtin"
    version: str = "4"

    def __init__(
        self,
        *,
        everything: bool = False,
        network: Network | None = None,
        rules_only: bool = False,
        parser: Parser = parse,
        lexicon: UserLexicon | None = None,
    ) -> None:
        if rules_only:
            self.name = "rules"
        self._everything = everything
        self._parser = parser
        self._network = network
        self._rules_only = rules_only
        self._own = UserWords(lexicon)

    def with_words(self, lexicon: UserLexicon) -> Self:
        """The same coder with a user's actors, triggers and ignored names."""
        out = copy(self)
        out._own = UserWords(lexicon)
        return out

    def code(self, documents: Iterable[Document]) -> Iterator[tuple[str, list[SentenceCoding]]]:
        """Yield (document_id, sentences) for every document, in the order given."""
        batch: list[Document] = []
        size = 0
        for document in documents:
            batch.append(document)
            size += len(document.text)
            if len(batch) >= _BATCH or size >= _BATCH_TEXT:
                yield from self._batch(batch)
                batch, size = [], 0
        yield from self._batch(batch)

    def _batch(self, documents: list[Document]) -> Iterator[tuple[str, list[SentenceCoding]]]:
        # several threads of linear algebra cost more than they give on small matrices, and round
        # differently
        with threadpool_limits(1):
            coded = self._read(documents)
        yield from coded

    def _read(self, documents: list[Document]) -> list[tuple[str, list[SentenceCoding]]]:
        prepared = [(d, self.prepare(d)) for d in documents]
        left = [s for _, sentences in prepared for s in sentences if not s.reason]
        telling = [(s, None) for s in left] if self._rules_only else self._sift(left)
        masked = [mask(s.text, s.mentions, self._own.changes(s.text)) for s, _ in telling]
        trees = parse_masked(masked, self._parser)
        work = ((t, self._again(s, r)) for t, (s, r) in zip(trees, telling, strict=True))
        for document, sentences in prepared:
            self._document(document, sentences, work)
        return [(document.document_id, sentences) for document, sentences in prepared]

    def _sift(self, sentences: list[SentenceCoding]) -> list[tuple[SentenceCoding, Read | None]]:
        """Let the network read; give those in which something may be done, the reason to others."""
        if not sentences:
            return []
        if self._network is None:
            self._network = Network(readers(), named=not self._everything)
        out: list[tuple[SentenceCoding, Read | None]] = []
        look, emit = self._network.look, self._network.emit
        held = 0
        for sentence, read in zip(sentences, self._reads(sentences), strict=True):
            sentence.judged = Judged(read.proposal, read.verdict.types, look, emit)
            likely = read.proposal.event >= look
            if likely or _leans(sentence) or self._own.speaks(sentence):
                held += read.reading.hidden.nbytes
                out.append((sentence, read if held <= _HELD else None))
                continue
            hedged = HEDGED.search(sentence.text)
            sentence.reason = reasons.NOT_A_DEED if hedged else reasons.NOTHING_DONE
            hint = f"{hedged.group()}: possibility | " if hedged else ""
            sentence.detail = f"{hint}actors: {reasons.names_of(sentence.mentions)}"
        return out

    def _reads(self, sentences: list[SentenceCoding]) -> Iterator[Read]:
        """What the network makes of each sentence; as much at a time as memory takes easily."""
        assert self._network is not None
        for first in range(0, len(sentences), _WINDOW):
            window = sentences[first : first + _WINDOW]
            yield from self._network.read([s.text for s in window])

    def _again(self, sentence: SentenceCoding, read: Read | None) -> Read | None:
        """What the network read, read once more where it was too much to hold."""
        again = read is None and self._network is not None and not self._rules_only
        return next(self._reads([sentence])) if again else read

    def prepare(self, document: Document) -> list[SentenceCoding]:
        """Split, find actors, and say of which sentences nothing dearer need be asked."""
        out: list[SentenceCoding] = []
        text = storable(document.text)
        if document.lang not in {"en", ""}:
            end = len(text)
            return [
                SentenceCoding(0, end, text[:200], reason=reasons.LANGUAGE, detail=document.lang)
            ]
        day = document.published if document.dated else None
        spans = document.segments or (("body", 0, len(text)),)
        for _kind, first, last in spans:
            for start, end in split(text[first:last]):
                start, end = first + start, first + end
                sentence = SentenceCoding(start, end, text[start:end])
                if len(out) >= MAX_SENTENCES:
                    sentence.reason = reasons.TOO_MANY
                elif len(sentence.text) > MAX_SENTENCE:
                    sentence.reason = reasons.TOO_LONG
                    sentence.detail = f"{len(sentence.text)} characters"
                    sentence.text = sentence.text[:200]
                else:
                    sentence.mentions = mentions_of(sentence.text, day)
                    self._own.name(sentence, day)
                    sentence.reason = "" if self._everything else self._hopeless(sentence, out)
                    if sentence.reason == reasons.NO_TRIGGER:
                        sentence.detail = reasons.names_of(sentence.mentions)
                out.append(sentence)
        settle(out)
        for sentence in out:
            self._own.hide(sentence)
            if sentence.reason == reasons.NO_ACTOR and sentence.mentions:
                sentence.reason = ""
        return out

    def _hopeless(self, sentence: SentenceCoding, before: list[SentenceCoding]) -> str:
        """Why no event between states, nor of a state against its people, can be in a sentence.

        Empty if one can: two states are named, or one and a word for what states do to people, or
        one (here or in the sentence before) and a word that points to another.
        """
        if self._own.speaks(sentence):
            return ""
        triggered = trigger_forms().search(sentence.text.lower())
        if not triggered:
            return reasons.NO_TRIGGER
        if not sentence.mentions and not _named_before(before):
            return reasons.NO_ACTOR
        several = len({m.code for m in sentence.mentions if m.code}) > 1
        if self._rules_only or several or any(m.code is None for m in sentence.mentions):
            return ""
        if POINTS.search(sentence.text):
            return ""
        near = {m.code for s in (*before[-2:], sentence) for m in s.mentions if m.code}
        return "" if len(near) > 1 and pair_nouns().search(sentence.text) else reasons.ONE_SIDE

    def _document(
        self,
        document: Document,
        sentences: list[SentenceCoding],
        work: Iterator[tuple[Tree, Read | None]],
    ) -> None:
        focus = focus_of(document, sentences)
        timing = Timing(document.published)
        discourse = Discourse(focus)
        for sentence, where in zip(sentences, segments_of(document, sentences), strict=True):
            timing.enter(where)
            discourse.enter(where)
            if sentence.reason:
                timing.read(sentence.text, sentence)
                discourse.note(sentence.mentions)
                continue
            tree, read = next(work)
            try:
                self._sentence(sentence, tree, read, timing, discourse)
            except MemoryError:
                raise
            except Exception as cause:  # one sentence must not end a run over a million
                sentence.events.clear()
                sentence.reason = reasons.BROKEN
                sentence.detail = f"{type(cause).__name__}: {cause}"[:200]

    def _sentence(
        self,
        sentence: SentenceCoding,
        tree: Tree,
        read: Read | None,
        timing: Timing,
        discourse: Discourse,
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
        told = self._own.tell(phrases, discourse.context(tree))
        clauses.used |= told.used
        found = told.found + list(clauses.events())
        found += list(Judge(phrases, clauses).events())
        nominals = Nominals(phrases, lex, clauses.used, discourse.context(tree), clauses.subject)
        found += list(nominals.events())
        found = list(discourse.settle(found))
        if self._network and read:
            found = self._own.merge(self._network, read, found, tree, mentions, sentence.ignored)
        found = prune(found)
        for item in sorted(found, key=lambda f: f.trigger)[:MAX_EVENTS]:
            said = speaker_span(tree, tree.tokens[item.token])
            sentence.events.append(
                Coded(
                    item,
                    timing.when(item.trigger[0], item.status, tree),
                    domain_of_event(sentence.text, item),
                    tree.text[said[0] : said[1]] if said else None,
                    said,
                )
            )
        if len(found) > MAX_EVENTS:
            sentence.problems.append(f"{len(found) - MAX_EVENTS} further events left out")
        if not sentence.events:
            sentence.reason, sentence.detail = reasons.of_skipped(
                told.skipped + clauses.skipped + nominals.skipped, sentence.mentions
            )
        discourse.note(mentions, found)


def _leans(sentence: SentenceCoding) -> bool:
    """Whether a sentence may take its parties from the one before: the network cannot tell."""
    return not sentence.mentions and bool(pair_nouns().search(sentence.text))


def segments_of(document: Document, sentences: list[SentenceCoding]) -> Iterator[int]:
    """The number of the part that each sentence stands in."""
    at = 0
    for sentence in sentences:
        while at + 1 < len(document.segments) and sentence.start >= document.segments[at][2]:
            at += 1
        yield at


def focus_of(document: Document, sentences: list[SentenceCoding]) -> str | None:
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


def _named_before(sentences: list[SentenceCoding]) -> bool:
    """Whether the sentence before names an actor; clauses cut at a semicolon are one sentence."""
    for sentence in reversed(sentences):
        if sentence.mentions:
            return True
        if not sentence.text.endswith(";"):
            return False
    return False
