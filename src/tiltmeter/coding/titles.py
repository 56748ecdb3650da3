"""Titles and descriptions that stand before a name: "Russian Foreign Minister", "the company"."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from tiltmeter.knowledge.actors import Mention

_PERSON: Final = frozenset(
    "president presidents premier premiers minister ministers chancellor king queen emir sultan "
    "prince sheikh secretary secretaries general ambassador ambassadors speaker chairman "
    "chairwoman chair head leader leaders chief commissioner representative senator congressman "
    "congresswoman envoy prosecutor governor mayor spokesman spokeswoman spokesperson counterpart "
    "counterparts colleague deputy vice first acting prime foreign defence defense interior "
    "economic economics economy energy trade finance justice health transport agriculture culture "
    "education security state assistant under former ex-president senior high special national "
    "politician journalist activist lawyer blogger editor director adviser advisor aide diplomat "
    "official patriarch pope colonel admiral sir dr mr mrs ms mr. dr. mrs. ms. new outgoing "
    "visiting human rights opposition parliamentary parliament defender campaigner investigative "
    "president-elect vice-president policy affairs european lady ruler dictator strongman "
    "newly elected businessman tycoon writer novelist".split()
)
_COMPANY: Final = frozenset(
    "state state-owned state-run national oil gas energy company firm giant group corporation "
    "operator monopoly producer bank airline carrier power utility conglomerate broadcaster "
    "the".split()
)
_ASIDE: Final = re.compile(r", ([^,;:()]{3,80})(?=[,.])")
_DETERMINERS: Final = frozenset({"his", "her", "its", "their", "the"})
_OF: Final = frozenset({"state", "defense", "defence", "foreign"})


def descriptors(
    text: str, mentions: list[Mention], at: int, floor: int
) -> tuple[int, Mention | None]:
    """Where the titles before a name begin, and the mention of a state among them.

    Nothing is taken that names another state or body than the name's own.

    Args:
        text: The sentence.
        mentions: What it names, in order.
        at: Number of the mention whose titles are sought.
        floor: Offset before which nothing may be taken.

    Returns:
        Offset of the first word taken (the name's own start if none) and the state, if named.
    """
    mention = mentions[at]
    words = _PERSON if mention.kind == "person" else _COMPANY
    begin, taken = mention.start, 0
    before = mentions[at - 1] if at else None
    while begin > floor:
        if before is not None and _touches(text, before, begin):
            return _stateful(text, mention, before, begin, taken, floor)
        start, word = _word_before(text, begin)
        if start is None or start < floor:
            break
        low = word.lower()
        if low == "of" and taken and text[begin:].lower().startswith(tuple(_OF)):
            begin = start
            continue
        if low not in words:
            break
        begin, taken = start, taken + 1
    if taken and text[begin : begin + 4].lower() == "the ":
        taken -= 1
    return (begin, None) if taken else (mention.start, None)


def aside(
    text: str, mentions: list[Mention], mention: Mention, last: int, used: int
) -> tuple[int, int, Mention]:
    """Take in what stands between commas after a name and only says whose it is.

    Args:
        text: The sentence.
        mentions: What it names, in order.
        mention: A person.
        last: Where the name ends.
        used: Number of the first mention after the name.

    Returns:
        End of the name with its aside, number of the mention after it, and the mention, which has
        learnt its state if it had none.
    """
    found = _ASIDE.match(text, last)
    if found is None or mention.kind != "person":
        return last, used, mention
    inside = [m for m in mentions[used:] if m.end <= found.end()]
    codes = {m.code for m in inside}
    spare, words = last, set[str]()
    for m in inside:
        words |= set(text[spare : m.start].lower().replace(",", " ").split())
        spare = m.end
    words |= set(text[spare : found.end(1)].lower().replace(",", " ").split())
    words -= {"'s", "’s", "of", "the", "a", "for", "and"}
    if len(codes) > 1 or not words & _PERSON or not words <= _PERSON:
        return last, used, mention
    if codes and mention.code not in {None, *codes}:
        return last, used, mention
    if mention.code is None and codes:
        mention = replace(mention, code=next(iter(codes)))
    return found.end(1) + (text[found.end(1)] == ","), used + len(inside), mention


def _stateful(
    text: str, mention: Mention, state: Mention, begin: int, taken: int, floor: int
) -> tuple[int, Mention | None]:
    """The titles reach back to a mention: take it if it is the name's own state."""
    possessive = text[state.end : state.end + 2] in {"'s", "’s"}
    fits = state.kind in {"adjective", "name", "organisation", "capital", "metonym"} and (
        state.code == mention.code or (mention.code is None and state.code is not None)
    )
    plain = taken or possessive or (state.kind == "adjective" and mention.kind == "person")
    if not fits or not plain or state.start < floor:
        return (mention.start, None) if state.code != mention.code else (begin, None)
    start, word = _word_before(text, state.start)
    if start is not None and start >= floor and word.lower() in _DETERMINERS:
        return start, state
    return state.start, state


def _touches(text: str, state: Mention, begin: int) -> bool:
    return text[state.end : begin] in {" ", "'s ", "’s "}


def _word_before(text: str, at: int) -> tuple[int | None, str]:
    """The word that ends one blank before ``at``; None where punctuation stands between."""
    if at < 2 or text[at - 1] != " " or not (text[at - 2].isalnum() or text[at - 2] == "."):
        return None, ""
    start = text.rfind(" ", 0, at - 1) + 1
    return start, text[start : at - 1]
