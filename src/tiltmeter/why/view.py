"""Coded sentences as they are shown: marks, acts with confidence and origin, the network's odds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from tiltmeter.coding.coder import Coded, Document, Judged, SentenceCoding
from tiltmeter.coding.encoder import NONE
from tiltmeter.coding.encoder_events import RULE
from tiltmeter.coding.mentions import Actor
from tiltmeter.coding.reasons import DROPPED, LANGUAGE, REASONS, TOO_LONG, TOO_MANY
from tiltmeter.coding.user_overrides import acts
from tiltmeter.coding.user_triggers import USER
from tiltmeter.events import event_rows, tail_joined, without_dyad
from tiltmeter.why.pieces import Mark, within

_NEAR: Final = 5  # types shown of those the network thought of
_LEAST: Final = 0.005  # below this a type was not thought of
_UNREAD: Final = frozenset({LANGUAGE, TOO_LONG, TOO_MANY})
_SHOWN: Final = 500  # characters of a stretch that was not read as a sentence


@dataclass(frozen=True, slots=True)
class Act:
    """One event: its dyads as rows of the table EVENTS, which part of the coder said it, notes."""

    rows: tuple[dict[str, Any], ...]
    confidence: float
    origin: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Odds:
    """What the network gave: that anything is done, what it asks for that, the likeliest types."""

    event: float
    asked: float
    types: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class SentenceView:
    """One sentence with all that is told of it.

    ``reason`` and ``detail`` are empty where an event was coded, ``detail`` too where ``dropped``
    tells it; ``odds`` is null where the network
    was not asked; ``start`` and ``end`` are offsets in the document.
    """

    text: str
    start: int
    end: int
    marks: tuple[Mark, ...]
    acts: tuple[Act, ...] = ()
    reason: str = ""
    why: str = ""
    detail: str = ""
    dropped: tuple[str, ...] = ()
    odds: Odds | None = None

    @property
    def was_read(self) -> bool:
        """Whether it was looked at as a sentence at all."""
        return self.reason not in _UNREAD


@dataclass(frozen=True, slots=True)
class DocumentView:
    """One document: what it is called, its day and outlet, its sentences in order."""

    document_id: str
    name: str
    published: date
    outlet: str | None
    sentences: tuple[SentenceView, ...]


def document_view(
    document: Document, name: str, sentences: list[SentenceCoding], coder: str, feed: str
) -> DocumentView:
    """What is shown of one document that ``coder`` has coded."""
    return DocumentView(
        document.document_id,
        name,
        document.published,
        document.outlet,
        tuple(
            _sentence(document, number, sentence, coder, feed)
            for number, sentence in enumerate(tail_joined(sentences))
        ),
    )


def _sentence(
    document: Document, number: int, sentence: SentenceCoding, coder: str, feed: str
) -> SentenceView:
    told = []
    for at, coded in enumerate(sentence.events):
        rows = tuple(event_rows(document, sentence, number, at, coded, feed))
        if rows:
            told.append((coded, Act(rows, coded.found.confidence, _origin(coded, coder),
                                    coded.notes)))  # fmt: skip
    reason = "" if told else sentence.reason or "no_dyad"
    detail = without_dyad(sentence.events) or sentence.detail
    text = sentence.text[:_SHOWN] if reason in _UNREAD else sentence.text
    return SentenceView(
        text,
        sentence.start,
        sentence.end,
        within(
            _marks(sentence, [*(c for c, _ in told), *(c for c, _ in sentence.dropped)]), len(text)
        ),
        tuple(act for _, act in told),
        reason,
        REASONS.get(reason, reason) if reason else "",
        detail if reason and reason != DROPPED else "",
        tuple(f"{acts(coded)}: {why}" for coded, why in sentence.dropped),
        _odds(sentence.judged) if sentence.judged else None,
    )


def _origin(coded: Coded, coder: str) -> str:
    """Which part of the coder said it, in words."""
    rule = coded.found.rule
    if rule.startswith(USER):
        kept = " (kept whatever the network says)" if coder == "builtin" else ""
        return f"your trigger {rule.removeprefix(USER)!r}{kept}"
    if coder != "builtin":
        return f"the coder {coder}"
    if rule == RULE:
        return "the network alone"
    if rule.startswith(f"{RULE}+"):
        return f"the network and the rule {rule.removeprefix(RULE + '+')!r}"
    return f"the rule {rule!r} (the network does not deny it)"


def _odds(judged: Judged) -> Odds:
    ranked = sorted(
        ((t, p) for t, p in judged.types.items() if t != NONE and p >= _LEAST),
        key=lambda item: (-item[1], item[0]),
    )
    return Odds(1.0 - judged.types.get(NONE, 0.0), judged.emit, tuple(ranked[:_NEAR]))


def _marks(sentence: SentenceCoding, events: list[Coded]) -> list[Mark]:
    out: list[Mark] = []
    for number, coded in enumerate(events, 1):
        which = f" {number}" if len(events) > 1 else ""
        found = coded.found
        for kind, side in (("source", found.sources), ("target", found.targets)):
            out += [_party(kind + which, kind, actor) for actor in side if actor.kind != "implied"]
        out.append(Mark(*found.trigger, "trigger", f"trigger{which} {found.event_type}"))
        if coded.when.span:
            out.append(Mark(*coded.when.span, "time", f"time{which}"))
        if coded.said:
            start, end = coded.said
            end -= len(sentence.text[start:end]) - len(sentence.text[start:end].rstrip(" ,;:"))
            out.append(Mark(start, end, "speaker", f"speaker{which}"))
    taken = list(out)
    for mention in (*sentence.mentions, *sentence.ignored):
        if not any(m.start < mention.end and mention.start < m.end for m in taken):
            kind = "ignored" if mention in sentence.ignored else "actor"
            label = kind if kind == "ignored" else f"actor {mention.code or '?'}"
            out.append(Mark(mention.start, mention.end, kind, label))
    return out


def _party(label: str, kind: str, actor: Actor) -> Mark:
    return Mark(actor.start, actor.end, kind, f"{label} {actor.code or '?'}")
