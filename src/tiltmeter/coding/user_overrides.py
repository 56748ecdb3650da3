"""Rules of a user on coded events, for any coder: other type, domain or status, or dropped, told.

Conditions on parties look at each dyad: where an event joins many parties, only the dyads meant
are changed and the others stay as they were. What is dropped is kept with its sentence, and told
among the rejects.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Protocol, runtime_checkable

from tiltmeter.coding import reasons
from tiltmeter.coding.coder import Coded, Coder, Document, SentenceCoding
from tiltmeter.coding.mentions import Actor
from tiltmeter.coding.user_lexicon import NOBODY, UserLexicon, UserOverride
from tiltmeter.errors import ConfigError
from tiltmeter.knowledge.ontology import is_symmetric

Side = tuple[Actor, ...]


@runtime_checkable
class TakesWords(Protocol):
    """A coder that can use a user's names or triggers; others get the overrides only."""

    def with_words(self, lexicon: UserLexicon) -> Coder:
        """The same coder with a user's words.

        Raises:
            ConfigError: Some of the words are of no use to it.
        """
        ...


def with_lexicon(coder: Coder, lexicon: UserLexicon | None) -> Coder:
    """A coder with all that a user's lexicon holds.

    Overrides go with any coder; names and triggers only with those that can use them.

    Raises:
        ConfigError: The coder cannot use some section of the lexicon.
    """
    lexicon = lexicon or UserLexicon()
    words = replace(lexicon, overrides=())
    if words:
        if not isinstance(coder, TakesWords):
            raise ConfigError(
                f"the coder {coder.name!r} cannot use {', '.join(words.sections)} of a lexicon",
                "with it a lexicon may hold [[override]] only",
            )
        coder = coder.with_words(words)
    return with_overrides(coder, lexicon)


def with_overrides(coder: Coder, lexicon: UserLexicon) -> Coder:
    """The coder as it is, or, where the lexicon overrides events, with these rules after it."""
    return Overridden(coder, lexicon.overrides) if lexicon.overrides else coder


class Overridden:
    """A coder whose events pass a user's rules, in the order of the file."""

    def __init__(self, coder: Coder, overrides: Sequence[UserOverride]) -> None:
        self.name = coder.name
        self.version = coder.version
        self._coder = coder
        self._overrides = tuple(overrides)

    def code(self, documents: Iterable[Document]) -> Iterator[tuple[str, list[SentenceCoding]]]:
        """Yield (document_id, sentences) for every document, in the order given."""
        outlets: dict[str, str] = {}

        def noted() -> Iterator[Document]:
            for document in documents:
                outlets[document.document_id] = document.outlet or ""
                yield document

        for document_id, sentences in self._coder.code(noted()):
            outlet = outlets.pop(document_id, "")
            for sentence in sentences:
                if sentence.events:
                    self._sentence(sentence, outlet)
            yield document_id, sentences

    def _sentence(self, sentence: SentenceCoding, outlet: str) -> None:
        kept: list[Coded] = []
        for event in sentence.events:
            items = [event]
            for number, rule in enumerate(self._overrides, 1):
                items = _applied(rule, number, items, sentence, outlet)
            kept += items
        sentence.events = kept
        if not kept and sentence.dropped and not sentence.reason:
            sentence.reason = reasons.DROPPED
            sentence.detail = "; ".join(_told(c, why) for c, why in sentence.dropped)


def _applied(
    rule: UserOverride, number: int, items: list[Coded], sentence: SentenceCoding, outlet: str
) -> list[Coded]:
    out: list[Coded] = []
    for item in items:
        meant, rest = _parted(rule, item) if _fits(rule, item, sentence, outlet) else ([], [item])
        out += rest
        for one in meant:
            if rule.drop is None:
                out.append(_changed(rule, number, one))
            else:
                sentence.dropped.append((one, f"{rule.drop} (your override {number})"))
                sentence.problems.append(
                    f"dropped by your lexicon: {rule.drop} (your override {number}): {acts(one)}"
                )
    return out


def _told(coded: Coded, why: str) -> str:
    return f"{acts(coded)}: {why}"


def acts(coded: Coded) -> str:
    """An event in a few words: "RUS ACCUSE UKR"."""
    sides = [
        ", ".join(dict.fromkeys(a.code or NOBODY for a in side)) or NOBODY
        for side in (coded.found.sources, coded.found.targets)
    ]
    return f"{sides[0]} {coded.found.event_type} {sides[1]}"


def _fits(rule: UserOverride, item: Coded, sentence: SentenceCoding, outlet: str) -> bool:
    found = item.found
    if rule.types and found.event_type not in rule.types:
        return False
    if rule.trigger:
        words = [sentence.text[slice(*found.trigger)], *re.split(r"[+:]", found.rule)]
        if not any(wild(pattern, word, whole=True) for pattern in rule.trigger for word in words):
            return False
    if rule.outlet and not any(wild(pattern, outlet, whole=True) for pattern in rule.outlet):
        return False
    return not rule.text or any(wild(pattern, sentence.text) for pattern in rule.text)


def _changed(rule: UserOverride, number: int, item: Coded) -> Coded:
    found = item.found
    kind = rule.set_type or found.event_type
    told = [
        f"your override {number}: {before} became {after}"
        for before, after in (
            (found.event_type, rule.set_type),
            (item.domain, rule.set_domain),
            (found.status, rule.set_status),
        )
        if after and before != after
    ]
    mode = found.mode if kind == found.event_type else None
    sources, targets = found.sources, found.targets
    joint = found.joint and is_symmetric(kind, mode)
    if found.joint and not joint and not targets:
        sources, targets = sources[:1], sources[1:]
    return replace(
        item,
        found=replace(
            found,
            event_type=kind,
            mode=mode,
            status=rule.set_status or found.status,
            sources=sources,
            targets=targets,
            joint=joint,
        ),
        domain=rule.set_domain or item.domain,
        notes=(*item.notes, *told),
    )


# --- the dyads that are meant ---------------------------------------------------------------------


def _parted(rule: UserOverride, item: Coded) -> tuple[list[Coded], list[Coded]]:
    """An event as the part that is meant and the rest, by the rule's parties."""
    if not rule.source and not rule.target:
        return [item], []
    found = item.found
    both_ways = is_symmetric(found.event_type, found.mode)
    if not found.targets and found.joint:
        return _pairs(rule, item)
    ways = [(rule.source, rule.target)]
    if both_ways:
        ways.append((rule.target, rule.source))
    for source, target in ways:
        sources, others = _split(found.sources, source)
        if not found.targets:
            if target and target != (NOBODY,):
                continue
            if sources:
                return _parts(item, [(sources, ())]), _parts(item, [(others, ())])
            continue
        targets, rest = _split(found.targets, target)
        if sources and targets:
            left = [(sources, rest), (others, found.targets)]
            return _parts(item, [(sources, targets)]), _parts(
                item, [(a, b) for a, b in left if a and b]
            )
    return [], [item]


def _pairs(rule: UserOverride, item: Coded) -> tuple[list[Coded], list[Coded]]:
    """The pairs of parties that act alike, meant and not meant."""
    sources = item.found.sources
    pairs = [(a, b) for i, a in enumerate(sources) for b in sources[i + 1 :]]
    meant = [p for p in pairs if _is(rule, *p) or _is(rule, *reversed(p))]
    if len(meant) == len(pairs):
        return [item], []
    if not meant:
        return [], [item]
    rest = [p for p in pairs if p not in meant]
    return _parts(item, [(p, ()) for p in meant]), _parts(item, [(p, ()) for p in rest])


def _is(rule: UserOverride, source: Actor, target: Actor) -> bool:
    return bool(_split((source,), rule.source)[0]) and bool(_split((target,), rule.target)[0])


def _split(side: Side, codes: tuple[str, ...]) -> tuple[Side, Side]:
    """The actors of a side that bear one of the codes (all, where none is asked), and others."""
    meant = tuple(a for a in side if not codes or (a.code or NOBODY) in codes)
    return meant, tuple(a for a in side if a not in meant)


def _parts(item: Coded, sides: Iterable[tuple[Side, Side]]) -> list[Coded]:
    return [
        replace(item, found=replace(item.found, sources=sources, targets=targets))
        for sources, targets in sides
        if sources
    ]


# --- patterns -------------------------------------------------------------------------------------


@lru_cache(4096)
def _pieces(pattern: str) -> tuple[re.Pattern[str], ...]:
    """The words between the stars of a pattern; none of them repeats, so each is found in a pass.

    ``?`` is one character; where the pattern has no star at an end, a word ends there.
    """
    parts = [p for p in pattern.split("*") if p]
    out = []
    for number, part in enumerate(parts):
        body = "".join("." if c == "?" else re.escape(c) for c in part)
        if number == 0 and not pattern.startswith("*"):
            body = rf"(?<!\w){body}"
        if number == len(parts) - 1 and not pattern.endswith("*"):
            body = rf"{body}(?!\w)"
        out.append(re.compile(body, re.DOTALL))
    return tuple(out)


def wild(pattern: str, text: str, *, whole: bool = False) -> bool:
    """Whether words stand in a text, case aside; ``*`` is anything, ``?`` one character.

    Args:
        pattern: Words, with stars or without.
        text: Where they are sought; time grows with the product of both lengths at most.
        whole: The pattern must be all of the text, not stand somewhere in it.
    """
    low, pattern = " ".join(text.lower().split()), pattern.lower()
    at = 0
    pieces = _pieces(pattern)
    for number, piece in enumerate(pieces):
        first, last = number == 0, number == len(pieces) - 1
        if whole and first and not pattern.startswith("*"):
            match = piece.match(low)
            if match and last and not pattern.endswith("*") and match.end() != len(low):
                return False
        elif whole and last and not pattern.endswith("*"):
            match = piece.match(low, len(low) - len(pattern.rsplit("*", 1)[-1]))
            if match and match.start() < at:
                return False
        else:
            match = piece.search(low, at)
        if match is None:
            return False
        at = match.end()
    return True
