"""What must hold of coded documents whatever is in them; the fuzzers ask nothing else."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

import pyarrow as pa

from tiltmeter import schemas
from tiltmeter.coding.coder import MAX_SENTENCES, BuiltinCoder, Document, SentenceCoding
from tiltmeter.coding.mentions import Actor
from tiltmeter.coding.parsing import MAX_SENTENCE, storable
from tiltmeter.coding.reasons import BROKEN, REASONS
from tiltmeter.events import code_documents, score_rows
from tiltmeter.knowledge.ontology import EVENT_TYPES
from tiltmeter.terminal import table_json

DOMAINS = {"political", "security", "economic", "energy", "society"}
STATUSES = {"done", "planned", "denied", "alleged"}
UNITS = {"day", "week", "month", "season", "year"}
# Who stands under another's name: the words of the text are these.
PRONOUNS = {"he", "she", "him", "it"}


@cache
def coder(everything: bool = False) -> BuiltinCoder:
    """One coder for all examples: loading takes longer than coding."""
    return BuiltinCoder(everything=everything)


def sound(documents: Sequence[Document]) -> None:
    """Code documents in every way there is; assert all that is promised.

    Their ids are made distinct first, as the feed makes them.
    """
    told = [replace(d, document_id=f"{n}-{d.document_id}") for n, d in enumerate(documents)]
    coded = dict(coder().code(told))
    assert list(coded) == [d.document_id for d in told]
    for document in told:
        sound_sentences(document, coded[document.document_id])
    turned = dict(coder().code(told[::-1]))
    alone = {i: s for d in told for i, s in coder().code([d])}
    for name, sentences in coded.items():
        assert turned[name] == sentences, "the order of documents matters"
        assert alone[name] == sentences, "the company of a document matters"
    sound_tables([d for d in told if d.dated])
    for document in told:
        for row in score_rows([(document.document_id, document)], coder(everything=True)):
            json.loads(json.dumps(row, ensure_ascii=False).encode("utf-8"))


def sound_sentences(document: Document, sentences: Sequence[SentenceCoding]) -> None:
    """Every sentence lies in the text, in order, and tells events or why there are none."""
    end = 0
    text = storable(document.text)
    for sentence in sentences:
        assert 0 <= sentence.start <= sentence.end <= len(text) == len(document.text)
        assert sentence.start < sentence.end or not text
        assert not document.segments or sentence.start >= end or sentence.reason == "language"
        end = sentence.end
        words = text[sentence.start : sentence.end]
        assert len(words) <= MAX_SENTENCE or sentence.reason, "too long, and read"
        assert sentence.text in {words, words[:200]}
        assert bool(sentence.events) != bool(sentence.reason), "either events or a reason"
        assert not sentence.reason or sentence.reason in REASONS
        assert sentence.reason != BROKEN, f"{sentence.detail}: {sentence.text!r}"
        for told in (sentence.text, sentence.detail, *sentence.problems):
            told.encode("utf-8")
        for event in sentence.events:
            sound_event(sentence, event)
    assert sum(not s.reason for s in sentences) <= MAX_SENTENCES


def sound_event(sentence: SentenceCoding, event: Any) -> None:
    """Types, domains and days are known ones; spans lie in the sentence and say what they name."""
    found = event.found
    assert found.event_type in EVENT_TYPES
    assert found.status in STATUSES
    assert event.domain in DOMAINS
    assert 0.0 <= found.confidence <= 1.0
    assert isinstance(event.when.day, date)
    assert event.when.precision in UNITS
    start, end = found.trigger
    assert 0 <= start < end <= len(sentence.text), "the trigger lies outside the sentence"
    assert event.attribution is None or event.attribution in sentence.text
    for actor in (*found.sources, *found.targets):
        if actor.kind != "implied":
            sound_span(sentence.text, actor)


def sound_span(text: str, actor: Actor) -> None:
    """An actor's words stand where they are said to stand, or a pronoun does."""
    assert 0 <= actor.start < actor.end <= len(text), f"{actor} lies outside the sentence"
    words = text[actor.start : actor.end]
    assert words == actor.text or words.lower() in PRONOUNS, f"{actor} is not {words!r}"


def sound_tables(documents: Sequence[Document]) -> None:
    """The tables keep their contracts, and can be written as JSON."""
    rows = [
        {
            "document_id": d.document_id, "path": "a.txt", "title": "", "text": storable(d.text),
            "segments": [{"kind": k, "start": s, "end": e} for k, s, e in d.segments],
            "outlet": d.outlet, "published": d.published, "date_precision": "day",
            "date_origin": "option", "lang": d.lang, "n_copies": 1, "external_id": None,
        }
        for d in documents
    ]  # fmt: skip
    made = code_documents(schemas.DOCUMENTS.table(rows), coder=coder())
    texts = {d.document_id: storable(d.text) for d in documents}
    contracts = {"events": schemas.EVENTS, "sentences": schemas.SENTENCES}
    for name, contract in (contracts | {"code_rejects": schemas.REJECTS}).items():
        table: pa.Table = contract.check(made[name])
        for line in table_json(table).encode("utf-8").decode("utf-8").split("\n")[:-1]:
            json.loads(line)
    for row in made["events"].to_pylist():
        text = texts[row["document_id"]]
        assert text[row["sentence_start"] : row["sentence_end"]] == row["text"]
        assert text[row["trigger_start"] : row["trigger_end"]] == row["trigger"]
