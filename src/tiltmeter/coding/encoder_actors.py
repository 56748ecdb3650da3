"""From a stretch of words to actors, without a parse: whose are "Israeli troops", "the rebels"?

A phrase stands for the first state, body or person it names; parts joined by "and" or commas each
stand for their own. A phrase that names none is somebody of a sector ("police", "miners") whose
state the rest of the sentence tells, or nobody can.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Final

from tiltmeter.coding.further import further, nearly_named
from tiltmeter.coding.mentions import Actor, role_words
from tiltmeter.coding.parsing import lemma
from tiltmeter.knowledge.actors import Mention, gazetteer

Span = tuple[int, int]

# Days on which the names of a text without a date are tried, one after the other.
_DAYS: Final = tuple(date(year, 7, 1) for year in (2010, 2018, 2002, 1996, 1990, 2023))
_JOINT: Final = re.compile(r"\s*(?:,\s*and\b|,|;|\band\b|&|/|\bas well as\b)\s*(?:the\s+)?", re.I)
# "Iran's envoy to Pakistan": what follows these words inside a phrase is not the actor.
_ASIDE: Final = re.compile(
    r"\b(?:to|in|at|on|against|with|near|over|for|under|near|about)\s+(?:the\s+)?$", re.I
)
_SIDED: Final = re.compile(r"(?:\b(?:pro|anti)-|\bformer\s+)$", re.I)
_MEMBER: Final = re.compile(r"^-(?:member|led|backed|based|sponsored|supported|allied)\b", re.I)
_PLACE: Final = re.compile(
    r"\b(?:in|at|near|from|of|outside|inside|across|throughout)\s+"
    r"(?:the\s+)?(?:[\w'-]+\s+){0,4}$",
    re.I,
)


def mentions_of(text: str, day: date | None) -> list[Mention]:
    """Names in a text: on a day, or, without one, on the first of some days they have a meaning."""
    names = gazetteer()
    if day is not None:
        return names.find(text, day)
    out: list[Mention] = []
    for when in _DAYS:
        for mention in names.find(text, when):
            known = [o for o in out if o.start < mention.end and mention.start < o.end]
            if not known or (mention.code and all(o.code is None for o in known)):
                out = [o for o in out if o not in known]
                out.append(mention)
    return sorted(out, key=_start)


def with_places(text: str, mentions: Sequence[Mention]) -> list[Mention]:
    """The mentions of a text and the cities, parts of states and bodies it names beside them."""
    more = further().find(text, mentions)
    kept = [m for m in mentions if not any(o.start <= m.start and m.end <= o.end for o in more)]
    return sorted([*kept, *more], key=_start)


def _start(mention: Mention) -> int:
    return mention.start


def actors_of(text: str, spans: Sequence[Span], mentions: Sequence[Mention]) -> list[Actor]:
    """The actors that some spans of one side stand for; codes are None where nothing is named."""
    out: list[Actor] = []
    for span in spans:
        for actor in _of_span(text, span, mentions):
            known = {a.code for a in out}
            if actor.code is None and out:
                continue
            if actor.code not in known:
                out.append(actor)
    if any(a.code for a in out):
        out = [a for a in out if a.code]
    return out


def _of_span(text: str, span: Span, mentions: Sequence[Mention]) -> list[Actor]:
    inside = [m for m in mentions if span[0] < m.end and m.start < span[1] and m.code]
    if not inside:
        near = nearly_named(text, *span)
        # a name that a user has set aside is nobody's, however it is spelt
        void = [m for m in mentions if m.kind == "ignored"]
        inside = [n for n in near if not any(v.start < n.end and n.start < v.end for v in void)]
    if not inside:
        return [
            Actor(None, sector_of(text[span[0] : span[1]]), text[span[0] : span[1]], *span, "role")
        ]
    parts = _parts(text, span, inside)
    out: list[Actor] = []
    for start, end in parts:
        named = [m for m in inside if start < m.end and m.start < end]
        if named:
            out.append(_actor(text, (start, end), _head(text, start, named)))
    return out


def _parts(text: str, span: Span, inside: Sequence[Mention]) -> list[Span]:
    """Coordinated parts: each but the first must begin with a name or with a title before one."""
    cuts = [span[0]]
    for match in _JOINT.finditer(text, *span):
        if any(m.start < match.end() and match.start() < m.end for m in inside):
            continue
        following = next((m for m in inside if m.start >= match.end()), None)
        before = any(m.end <= match.start() and m.start >= cuts[-1] for m in inside)
        if following is None or not before:
            continue
        between = text[match.end() : following.start]
        if len(between.split()) <= 3 and not re.search(
            r"\b(?:of|in|to|for|with|a|an)\b|,", between
        ):
            cuts.append(match.end())
    ends = [*cuts[1:], span[1]]
    return list(zip(cuts, ends, strict=True))


def _head(text: str, start: int, named: Sequence[Mention]) -> Mention:
    """The name that a part stands for: the first that no preposition puts aside."""
    plain = [
        m
        for m in named
        if not _ASIDE.search(text[start : m.start])
        and not _SIDED.search(text[max(0, m.start - 8) : m.start])
        and not _MEMBER.match(text[m.end : m.end + 12])
    ]
    first = (plain or named)[0]
    # "Serbian President Kostunica": the person says more than the adjective, if they agree
    for other in plain[1:3]:
        if other.kind == "person" and other.code == first.code and other.start - first.end < 40:
            return other
    return first


def _actor(text: str, part: Span, head: Mention) -> Actor:
    words = text[part[0] : part[1]].strip(" ,;")
    sector = head.sector
    if head.is_state:
        sector = sector_of(words, without=head.text) or sector or "GOV"
    if head.kind in {"person", "organisation"} or words == head.text:
        return Actor(head.code, sector, head.text, head.start, head.end, head.kind, head.person_id)
    begin = text.index(words, part[0]) if words else part[0]
    return Actor(head.code, sector, words, begin, begin + len(words), "role")


@lru_cache(4096)
def sector_of(words: str, without: str = "") -> str | None:
    """PLOVER sector by the role words of a phrase; opposition and rebels go before the state."""
    found: list[str] = []
    for word in re.findall(r"[^\W\d_]+", words.replace(without, " ") if without else words):
        sector = role_words().get(word.lower()) or role_words().get(lemma(word.lower(), "NNS"))
        if sector:
            found.append(sector)
    for first in ("REB", "OPP"):
        if first in found:
            return first
    return found[0] if found else None


def home(text: str, taken: Sequence[Span], mentions: Sequence[Mention]) -> str | None:
    """The state a sentence puts its unnamed people in: the one it names as the place."""
    outside = [
        m
        for m in mentions
        if m.code
        and (m.is_state or m.kind == "place")
        and not any(s < m.end and m.start < e for s, e in taken)
    ]
    placed = [m for m in outside if _PLACE.search(text[: m.start]) or m.start == 0]
    codes = {m.code for m in placed}
    return codes.pop() if len(codes) == 1 else None
