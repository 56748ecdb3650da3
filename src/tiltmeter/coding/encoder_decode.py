"""What the network read, as proposals: who, whom, what, how surely, and by which word."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

import numpy as np

from tiltmeter.coding.encoder import Reader, Reading, Verdict

Span = tuple[int, int]
_SURE: Final = 0.5  # a word belongs to a party
_LINK: Final = 0.2  # a word between two that do
_WEAK: Final = 0.3  # the best word of a party without a sure one
_BESIDE: Final = 2  # words between parts of one party
_OTHER: Final = 0.9  # a second party far from the first
_WORD: Final = re.compile(r"\S+")
_EDGE: Final = " \t\n,;:.!?\"'“”‘’()[]{}`-–—"


@dataclass(frozen=True, slots=True)
class Proposal:
    """One event as the network sees it."""

    event_type: str
    source: tuple[Span, ...]
    target: tuple[Span, ...]
    trigger: Span
    event: float
    confidence: float


def propose(encoder: Reader, reading: Reading) -> tuple[Proposal, Verdict]:
    """The likeliest event of a sentence; ``Proposal.event`` says how likely there is any."""
    verdict = encoder.judge(reading)
    words = _words(reading)
    source, target = _spans(reading, words, 0), _spans(reading, words, 1)
    kind, sure = verdict.best
    trigger = _trigger(reading, verdict, words, (*source, *target))
    return Proposal(kind, source, target, trigger, verdict.event, verdict.event * sure), verdict


def _words(reading: Reading) -> list[tuple[Span, list[int]]]:
    """Words between blanks, each with the pieces that are letters or digits in it."""
    out = []
    rows = [i for i, (s, e) in enumerate(reading.offsets) if e > s]
    at = 0
    for match in _WORD.finditer(reading.text):
        inside = []
        while at < len(rows) and reading.offsets[rows[at]][0] < match.end():
            row = rows[at]
            if any(c.isalnum() for c in reading.text[slice(*reading.offsets[row])]):
                inside.append(row)
            at += 1
        if inside:
            out.append((match.span(), inside))
    return out


def _spans(reading: Reading, words: list[tuple[Span, list[int]]], column: int) -> tuple[Span, ...]:
    chance = [float(np.mean(reading.roles[rows, column])) for _, rows in words]
    if not chance:
        return ()
    kept = [c >= _SURE for c in chance]
    if not any(kept):
        best = int(np.argmax(chance))
        if chance[best] < _WEAK:
            return ()
        kept[best] = True
    for i in range(1, len(kept) - 1):
        if not kept[i] and kept[i - 1] and kept[i + 1] and chance[i] >= _LINK:
            kept[i] = True
    runs: list[tuple[int, int]] = []
    for i, keep in enumerate(kept):
        if keep and runs and runs[-1][1] == i:
            runs[-1] = (runs[-1][0], i + 1)
        elif keep:
            runs.append((i, i + 1))
    runs = _chosen(runs, chance)
    return tuple(_trim(reading.text, (words[a][0][0], words[b - 1][0][1])) for a, b in runs)


def _chosen(runs: list[tuple[int, int]], chance: list[float]) -> list[tuple[int, int]]:
    """The likeliest run of words, those beside it, and others only if nearly as likely."""
    best = max(runs, key=lambda r: (max(chance[slice(*r)]), -r[0]))
    peak = max(chance[slice(*best)])
    return [
        run
        for run in runs
        if run == best
        or max(run[0] - best[1], best[0] - run[1]) <= _BESIDE
        or max(chance[slice(*run)]) >= max(_OTHER, 0.95 * peak)
    ]


def role_of(reading: Reading, span: Span, column: int) -> float:
    """Mean probability of a stretch of text to belong to the source (0) or the target (1)."""
    rows = [i for i, (s, e) in enumerate(reading.offsets) if s < span[1] and span[0] < e]
    return float(np.mean(reading.roles[rows, column])) if rows else 0.0


def _trim(text: str, span: Span) -> Span:
    start, end = span
    while start < end and text[start] in _EDGE:
        start += 1
    while end > start and text[end - 1] in _EDGE:
        end -= 1
    for tail in ("'s", "’s"):
        if text[start:end].endswith(tail) and end - start > len(tail):
            end -= len(tail)
    return start, end


def _trigger(
    reading: Reading,
    verdict: Verdict,
    words: list[tuple[Span, list[int]]],
    parties: tuple[Span, ...],
) -> Span:
    """The word that spoke most for the type, outside the parties where there is one."""
    best, top = (0, 0), -1.0
    for span, rows in words:
        weight = float(verdict.seen[rows].sum())
        if any(s < span[1] and span[0] < e for s, e in parties):
            weight *= 0.05
        if weight > top:
            best, top = span, weight
    return _trim(reading.text, best)
