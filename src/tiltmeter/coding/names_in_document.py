"""Names settled over a whole document: a bare surname is whoever bears it in full elsewhere.

A surname that several persons bear stays open where it stands alone; the full name in title or text
closes it. The same help goes to "Georgia" and to people no list holds under the surname alone.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from typing import Final, Protocol

from tiltmeter.knowledge.actors import Mention
from tiltmeter.knowledge.names import fold

_ORIGIN: Final = re.compile(
    r"[-‐–](?:born|language|speaking|speakers?|educated|style)\b"
    r"|[- ](?:language|literature|poetry|cuisine|alphabet|dialect)s?\b"
)
_WORD: Final = re.compile(r"\w+")
_SHORTEST: Final = 4  # letters of a surname that is looked for where no list knows it


class Named(Protocol):
    """A stretch of text with its mentions."""

    text: str
    mentions: list[Mention]


def settle(sentences: Iterable[Named]) -> None:
    """Resolve, in place, the names that the rest of the document makes plain."""
    listed = list(sentences)
    everything = [m for s in listed for m in s.mentions]
    bearers = _bearers(everything)
    order = {name: n for n, name in enumerate(bearers)}
    odd = [name for name in bearers if not _WORD.fullmatch(name)]
    codes = {m.code for m in everything if m.code}
    for sentence in listed:
        kept = [
            m
            for m in sentence.mentions
            if not _is_agency(sentence.text, m)
            and (m.kind == "person" or not of_origin(sentence.text, m.end))
        ]
        sentence.mentions = [_settled(m, bearers, codes) for m in kept]
        if bearers:
            low = fold(sentence.text)
            # a document may name thousands: only those whose words stand here are looked for
            here = {*order.keys() & set(_WORD.findall(low)), *(n for n in odd if n in low)}
            _add_surnames(
                sentence, low, {n: bearers[n] for n in sorted(here, key=order.__getitem__)}
            )


def _bearers(mentions: list[Mention]) -> dict[str, Mention]:
    """Surname -> the one person who bears it in full in this document."""
    found: dict[str, dict[str, Mention]] = defaultdict(dict)
    for mention in mentions:
        if mention.kind == "person" and mention.person_id and " " in mention.text.strip():
            found[_surname(mention.text)].setdefault(mention.person_id, mention)
    return {name: next(iter(who.values())) for name, who in found.items() if len(who) == 1}


def _settled(mention: Mention, bearers: dict[str, Mention], codes: set[str]) -> Mention:
    if mention.kind == "person" and mention.person_id is None and " " not in mention.text.strip():
        who = bearers.get(fold(mention.text))
        if who is not None:
            return replace(who, start=mention.start, end=mention.end, text=mention.text)
    if mention.code is None and mention.detail == "ambiguous: US state" and "GEO" in codes:
        return replace(mention, code="GEO")
    return mention


def _add_surnames(sentence: Named, low: str, bearers: dict[str, Mention]) -> None:
    """Mentions for surnames that no list holds alone; ``low`` is the sentence folded."""
    added: list[Mention] = []
    for name, who in bearers.items():
        if len(name) < _SHORTEST:
            continue
        for match in re.finditer(rf"\b{re.escape(name)}\b", low):
            start, end = match.span()
            words = sentence.text[start:end]
            free = not any(m.start < end and start < m.end for m in (*sentence.mentions, *added))
            if free and words[:1].isupper():
                added.append(replace(who, start=start, end=end, text=words))
    if added:
        sentence.mentions = sorted([*sentence.mentions, *added], key=lambda m: m.start)


def _is_agency(text: str, mention: Mention) -> bool:
    """An agency in a dateline: "VIENNA (Reuters) -"."""
    return (
        (mention.sector == "JRN" or mention.kind == "organisation")
        and text[max(mention.start - 1, 0) : mention.start] == "("
        and text[mention.end : mention.end + 3] in {") -", ") –", ") —"}
    )


def of_origin(text: str, end: int) -> bool:
    """Whether a name that ends here tells an origin or a tongue, and so names no party.

    "A Russian-born businessman", "the Russian language": nothing is done to Russia there.
    """
    return _ORIGIN.match(text, end) is not None


def _surname(name: str) -> str:
    return fold(name.split()[-1])
