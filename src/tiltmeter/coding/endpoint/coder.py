"""The coder that asks a model at an endpoint.

Sentences, names, dates and offsets are the house's own; the model says which words do what to
which. Only sentences in which the cheap scan finds that an event can be are asked about, unless all
are wanted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from copy import copy
from pathlib import Path
from typing import Any, Final, Self

from tiltmeter.coding import reasons
from tiltmeter.coding.coder import (
    MAX_EVENTS,
    BuiltinCoder,
    Coded,
    Document,
    SentenceCoding,
    focus_of,
    segments_of,
)
from tiltmeter.coding.corefer import Discourse
from tiltmeter.coding.endpoint.asking import Asker
from tiltmeter.coding.endpoint.grounding import Grounded, Ungrounded, ground
from tiltmeter.coding.endpoint.ledger import Spent
from tiltmeter.coding.endpoint.options import EndpointOptions
from tiltmeter.coding.endpoint.prompt import Question, prompt_version
from tiltmeter.coding.parsing import Token, Tree
from tiltmeter.coding.timing import Timing
from tiltmeter.coding.twins import prune
from tiltmeter.coding.user_lexicon import UserLexicon
from tiltmeter.errors import ConfigError
from tiltmeter.store import digest

_VERSION: Final = 1  # changes when the same answers may give other events
_AT_ONCE: Final = 64  # documents
_WORD: Final = re.compile(r"\w+")
_PRONOUNS: Final = frozenset({"he", "she", "him", "it"})


class EndpointCoder:
    """Asks an OpenAI-compatible endpoint; see ``docs/other-coders.md`` for what is sent.

    Args:
        options: The endpoint.
        folder: Where answers are kept, so that nothing is asked twice.
        everything: Ask about every sentence.

    Raises:
        ConfigError: The environment holds no key for an endpoint on another machine.
        StoreError: The folder cannot be used.
    """

    name = "endpoint"

    def __init__(self, options: EndpointOptions, folder: Path, *, everything: bool = False) -> None:
        self.options = options
        self._everything = everything or options.ask == "all"
        self.version = version_of(options)
        self._asker = Asker(options, folder)
        self._lexicon: UserLexicon | None = None

    def with_words(self, lexicon: UserLexicon) -> Self:
        """The same coder, its requests and answers shared, with a user's actors and ignored names.

        Raises:
            ConfigError: The lexicon holds triggers: the model says itself what an event is.
        """
        out = copy(self)
        out._lexicon = usable(lexicon)
        return out

    def close(self) -> None:
        """Let the file of answers go."""
        self._asker.close()

    @property
    def spent(self) -> Spent:
        """Requests, tokens and cost of this run so far."""
        return self._asker.ledger.spent

    @property
    def counts(self) -> tuple[int, int, int]:
        """Sentences answered (in all), of them answered from disk, and not answered."""
        return self._asker.answered, self._asker.known, self._asker.failed

    def code(self, documents: Iterable[Document]) -> Iterator[tuple[str, list[SentenceCoding]]]:
        """Yield (document_id, sentences) for every document, in the order given.

        Raises:
            CoderError: The endpoint cannot be used, or gave no valid answer to any sentence.
            StoreError: Answers cannot be kept.
        """
        some: list[Document] = []
        for document in documents:
            some.append(document)
            if len(some) >= _AT_ONCE:
                yield from self._read(some)
                some = []
        yield from self._read(some)

    def _read(self, documents: list[Document]) -> Iterator[tuple[str, list[SentenceCoding]]]:
        prepared = [
            (d, prepare(d, everything=self._everything, lexicon=self._lexicon)) for d in documents
        ]
        questions = [question_of(d, s) for d, some in prepared for s in some if not s.reason]
        answers = self._asker.ask(questions)
        for document, sentences in prepared:
            self._document(document, sentences, answers)
            yield document.document_id, sentences

    def _document(
        self,
        document: Document,
        sentences: list[SentenceCoding],
        answers: dict[Question, list[Any] | str],
    ) -> None:
        timing = Timing(document.published)
        discourse = Discourse(focus_of(document, sentences))
        for sentence, where in zip(sentences, segments_of(document, sentences), strict=True):
            timing.enter(where)
            discourse.enter(where)
            timing.read(sentence.text, sentence)
            answer = [] if sentence.reason else answers[question_of(document, sentence)]
            if isinstance(answer, str):
                sentence.reason, sentence.detail = reasons.NO_ANSWER, answer
            if sentence.reason:
                discourse.note(sentence.mentions)
            else:
                self._sentence(sentence, list(answer), timing, discourse)

    def _sentence(
        self, sentence: SentenceCoding, answer: list[Any], timing: Timing, discourse: Discourse
    ) -> None:
        """The events of one sentence, those that it bears out; of the others, why not."""
        mentions = discourse.resolve(_flat(sentence.text), sentence.mentions)
        # ignored names too, so that they are not looked up again
        names = sorted([*mentions, *sentence.ignored], key=lambda m: m.start)
        told: list[Grounded] = []
        for event in answer:
            try:
                told.append(ground(sentence.text, event, names))
            except Ungrounded as why:
                sentence.problems.append(f"endpoint: an event was left out: {why}")
        by_trigger = {g.found.trigger: g for g in reversed(told)}
        found = prune(list(discourse.settle([g.found for g in told])))
        for item in sorted(found, key=lambda f: f.trigger)[:MAX_EVENTS]:
            sentence.events.append(
                Coded(
                    item,
                    timing.when(item.trigger[0], item.status),
                    item.domain or by_trigger[item.trigger].domain,
                    by_trigger[item.trigger].attribution,
                )
            )
        if len(found) > MAX_EVENTS:
            sentence.problems.append(f"{len(found) - MAX_EVENTS} further events left out")
        if not sentence.events:
            sentence.reason = reasons.NOTHING_TOLD
            sentence.detail = "; ".join(dict.fromkeys(sentence.problems))
        discourse.note(mentions, found)


def version_of(options: EndpointOptions) -> str:
    """All that events may change with: this module, model, prompt and parameters."""
    rest = digest(
        options.url, options.temperature, options.seed, options.completion_tokens, options.batch,
        options.ask,
    )[:8]  # fmt: skip
    return f"{_VERSION}+{options.model}+prompt-{prompt_version()}+{rest}"


def usable(lexicon: UserLexicon | None) -> UserLexicon | None:
    """The lexicon, if an endpoint can use its words.

    Raises:
        ConfigError: It holds triggers.
    """
    if lexicon and lexicon.triggers:
        raise ConfigError(
            "the coder 'endpoint' cannot use [[trigger]] of a lexicon: the model says what is done",
            "with it a lexicon may hold [[actor]], [[ignore]] and [[override]]",
        )
    return lexicon


def prepare(
    document: Document, *, everything: bool, lexicon: UserLexicon | None = None
) -> list[SentenceCoding]:
    """Sentences of a document as the built-in coder cuts and sifts them; questions put aside."""
    sentences = BuiltinCoder(everything=everything, lexicon=lexicon).prepare(document)
    for sentence in sentences:
        if not sentence.reason and sentence.text.rstrip().endswith("?"):
            sentence.reason = reasons.QUESTION
    return sentences


def question_of(document: Document, sentence: SentenceCoding) -> Question:
    """What is asked about a sentence: its text and the day, nothing else of the document."""
    return Question(sentence.text, document.published if document.dated else None)


def _flat(text: str) -> Tree:
    """Words without a parse: enough to see the pronouns that stand for a party."""
    tokens = []
    for i, match in enumerate(_WORD.finditer(text)):
        low = match[0].lower()
        pronoun = low in _PRONOUNS
        tag, dep = ("PRP", "nsubj") if pronoun else ("", "dep")
        tokens.append(Token(i, match[0], low, tag, dep, i, match.start(), match.end()))
    return Tree(text, tokens)
