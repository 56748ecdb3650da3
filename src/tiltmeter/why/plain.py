"""Explanations as lines for a terminal, in colours or with brackets."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import IO, Any, Final

import click

from tiltmeter.why.pieces import Piece, pieces, printable
from tiltmeter.why.view import Act, DocumentView, Odds, SentenceView

_STYLES: Final[dict[str, dict[str, Any]]] = {
    "source": {"fg": "cyan", "bold": True},
    "trigger": {"fg": "yellow", "bold": True, "underline": True},
    "target": {"fg": "magenta", "bold": True},
    "time": {"fg": "green"},
    "speaker": {"fg": "blue", "underline": True},
    "actor": {"bold": True},
    "ignored": {"dim": True},
}


def wants_colour(stream: IO[Any]) -> bool:
    """Whether a stream is a terminal whose user has not asked for plain text (NO_COLOR)."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return bool(getattr(stream, "isatty", lambda: False)())


def lines(documents: Sequence[DocumentView], *, colour: bool) -> Iterator[str]:
    """Yield the lines that explain some documents."""
    if colour:
        yield "marks: " + " ".join(click.style(kind, **_STYLES[kind]) for kind in _STYLES)
    for document in documents:
        if len(documents) > 1:
            outlet = f", {document.outlet}" if document.outlet else ""
            yield ""
            yield printable(f"== {document.name} ({document.published}{outlet})")
        for sentence in document.sentences:
            yield ""
            yield "".join(_piece(p, colour) for p in pieces(sentence.text, sentence.marks))
            yield from _told(sentence)


def _piece(piece: Piece, colour: bool) -> str:
    if not piece.marks or not piece.text.strip():
        return piece.text
    if colour:
        return click.style(piece.text, **_STYLES[piece.marks[0].kind])
    labels = dict.fromkeys(m.label for m in piece.marks)
    return f"[{' + '.join(labels)}: {piece.text}]"


def _told(sentence: SentenceView) -> Iterator[str]:
    for act in sentence.acts:
        yield from _act(act)
    for dropped in sentence.dropped:
        yield f"  xx dropped: {printable(dropped)}"
    if sentence.reason:
        detail = f" [{printable(sentence.detail)}]" if sentence.detail else ""
        yield f"  -- {sentence.why}{detail}"
    if sentence.was_read:
        yield f"     {odds_told(sentence.odds)}"


def _act(act: Act) -> Iterator[str]:
    for row in act.rows:
        yield f"  -> {act_told(row)}"
    row = act.rows[0]
    said = f"; said by {printable(row['attribution'])}" if row["attribution"] else ""
    yield (
        f"     confidence {act.confidence:.2f} by {act.origin}"
        f"; time {row['date']} ({row['date_precision']}){said}"
    )
    for note in act.notes:
        yield f"     {printable(note)}"


def act_told(row: dict[str, Any]) -> str:
    """One dyad in a line, as the table has it."""
    return (
        f"{row['date']} {row['source']} {row['event_type']} {row['target'] or '---'} "
        f"({row['domain']}, {row['status']})"
    )


def odds_told(odds: Odds | None) -> str:
    """What the network gave, in words."""
    if odds is None:
        return "network: not asked"
    types = ", ".join(f"{name} {chance:.2f}" for name, chance in odds.types)
    return f"network: {odds.event:.2f} that something is done (asks for {odds.asked:.2f})" + (
        f"; {types}" if types else ""
    )
