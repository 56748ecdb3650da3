"""Verbs of the present made plain before the parser sees them.

The parser knows the past far better than a report's "Russia signs pacts with ...", where it takes
the verb for a noun. A form that stands where only a verb can stand is read in the past, and the
token is put back upon the word of the text afterwards.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from tiltmeter.coding.inflected import inflection
from tiltmeter.coding.lexicon import lexicon
from tiltmeter.coding.mentions import role_words
from tiltmeter.coding.parsing import lemma
from tiltmeter.knowledge.actors import Mention

_MORE: Final = (
    "say announce order agree vote plan prepare decide deny rule report admit confirm claim begin "
    "start resume continue complete authorize authorise seek try fail refuse state declare call "
    "describe consider tell take hold make issue set"
).split()
# Third persons that are as well plurals of nouns.
_NOUNS: Final = frozenset(
    "talks visits calls attacks strikes raids sanctions demands protests threats claims plans "
    "exports imports supplies loans offers pledges aids rules moves reports votes deals shells "
    "charges marches fires forces drills exercises exchanges trades states rallies riots "
    "battles fights fines grants funds arms backs fights lands ships transports orders tours heads "
    "leaders tries takes returns flies views trains controls masses ends hands rounds leads "
    "captures finds schedules sides fights downs storms delivers strikes hits".split()
) - {"takes", "tries", "finds", "flies", "delivers", "masses"}
_AFTER_NOUN: Final = frozenset(
    "on against in at of for from with between and or over into to is are was were be been have "
    "has had will would may might could can must should do does did that which who as by near "
    "after before during since amid until than but while not also".split()
)
_ADVERBS: Final = frozenset({"back", "down", "up", "beat", "set", "free"})
_LEADS: Final = frozenset(
    "the a an its his her their two three four five six seven eight nine ten several dozens "
    "hundreds thousands all some more new that down out off up".split()
)
_OBJECTS: Final = frozenset({"fire", "gunfire", "prisoners", "hostages", "captives", "blows"})
_CALLED: Final = frozenset({"on", "upon", "for"})
_PLACED: Final = frozenset(
    "in on at to from with near against for by into over between outside around across via under "
    "towards toward about during since after before inside like than as".split()
)
_ACTORS: Final = frozenset({"name", "capital", "organisation", "metonym", "person"})
_SHOT: Final = re.compile(r"\b(?:shot|shoots|shoot) (?:(down)|dead|and killed)\b")
_GAP: Final = re.compile(r" (?:\w+ly |also |again |then |now |today |jointly )?")
_WORD: Final = re.compile(r"(?<![\w’'-])[A-Za-z][a-z]+(?:-[a-z]+)?(?![\w’'-])")
_NEXT: Final = re.compile(r" ?([\w’'-]+|\S)")
_BEFORE: Final = re.compile(r"([\w-]+) (?:the |an? )?$")


@dataclass(frozen=True, slots=True)
class Change:
    """One verb: its place, the past the parser reads for it, its lemma, is it surely finite."""

    start: int
    end: int
    past: str
    lemma: str
    finite: bool = True


def tensed() -> list[str]:
    """The verbs whose present is told from a noun: those of the lexicon, and some that govern."""
    return [w for w in (*lexicon().verbs, *_MORE) if w.isalpha() and w not in _ADVERBS]


@cache
def _forms() -> tuple[dict[str, tuple[str, str]], dict[str, tuple[str, str]], frozenset[str]]:
    """Third persons and plain forms of the verbs we know -> lemma and past; all finite forms."""
    third: dict[str, tuple[str, str]] = {}
    plain: dict[str, tuple[str, str]] = {}
    every: set[str] = set()
    for word in tensed():
        past, present = inflection(word, "VBD"), inflection(word, "VBZ")
        if not past or not present or past == word:
            continue
        third[present] = (word, past)
        plain[word] = (word, past)
        every |= {past, present, word}
    return third, plain, frozenset(every)


def changes(text: str, mentions: list[Mention]) -> list[Change]:
    """The verbs of a sentence to be read in another form, in text order.

    Args:
        text: The sentence.
        mentions: What it names, in order.
    """
    plain = [
        Change(m.start(), m.end(), *(("downed", "down") if m[1] else ("killed", "kill")), False)
        for m in _SHOT.finditer(text)
    ]
    found = [
        c
        for c in _presents(text, mentions)
        if all(c.end <= p.start or p.end <= c.start for p in plain)
    ]
    return sorted([*plain, *found], key=lambda c: c.start)


def _presents(text: str, mentions: list[Mention]) -> Iterator[Change]:
    """Yield the forms of the present that stand as verbs, in text order."""
    third, plain, _ = _forms()
    at = -1
    for word in _WORD.finditer(text):
        low = word[0].lower()
        while at + 1 < len(mentions) and mentions[at + 1].end <= word.start():
            at += 1
        if low not in third and low not in plain:
            continue
        if at + 1 < len(mentions) and mentions[at + 1].start <= word.start():
            continue
        number = _subject(text, mentions, at, word.start())
        if number == "one" and low in third:
            found = third[low]
            noun = low in _NOUNS or found[0] in lexicon().nouns
        elif number == "many" and low in plain:
            found, noun = plain[low], True
        elif number == "same" and low in third and low not in _NOUNS:
            found, noun = third[low], True
        else:
            continue
        if not noun or _verbal(text, word.end(), mentions, at + 1, low):
            yield Change(word.start(), word.end(), found[1], found[0])


def _subject(text: str, mentions: list[Mention], at: int, start: int) -> str:
    """Whether a doer ends right before a place: one, many, the same as before ("and"), none."""
    before = mentions[at] if at >= 0 else None
    if before is not None and _GAP.fullmatch(text, before.end, start):
        return _named(text, mentions, at)
    head = re.search(
        r"([\w’'-]+)(?: \w+ly| also| later| then)? $", text[max(0, start - 40) : start]
    )
    if head is None:
        return ""
    word = head[1].lower()
    if word == "and":
        return "same" if before is not None else ""
    single = lemma(word, "NN")
    if single not in role_words() or before is None:
        return ""
    # "the Russian parliament", "Russia's armed forces": the doer's state stands right before it
    between = text[before.end : max(0, start - 40) + head.start() + len(head[1])]
    if len(between.split()) > 4 or re.search(r"[,;:()]", between):
        return ""
    if before.kind != "adjective" and not between.startswith(("'s ", "’s ")) and " " in between[1:]:
        return ""
    if _placed(text, before):
        return ""
    return "one" if word == single else "many"


def _named(text: str, mentions: list[Mention], at: int) -> str:
    mention = mentions[at]
    first = mention
    row = False
    for earlier in range(at - 1, -1, -1):
        between = text[mentions[earlier].end : first.start]
        if not re.fullmatch(r"(?:, |,? and |,? & )(?:the )?", between):
            break
        row = row or "and" in between or "&" in between
        first = mentions[earlier]
    if _placed(text, first):
        return ""
    last = mention.text.rsplit(" ", 1)[-1]
    plural = last[:1].islower() and last.endswith("s")
    if row or plural or (mention.kind == "demonym" and last.endswith(("s", "ese", "sh", "ch"))):
        return "many"
    return "one" if mention.kind in _ACTORS or last[:1].islower() else ""


def _placed(text: str, mention: Mention) -> bool:
    """Whether a preposition other than "of" stands before a name, which then is no subject."""
    before = _BEFORE.search(text[max(0, mention.start - 24) : mention.start])
    return before is not None and before[1].lower() in _PLACED


def _verbal(text: str, end: int, mentions: list[Mention], after: int, form: str) -> bool:
    """Whether what follows a word that may be a noun tells that it is a verb."""
    if after < len(mentions) and mentions[after].start == end + 1:
        return True
    following = _NEXT.match(text, end)
    if following is None:
        return False
    word = following[1].lower()
    if (form in {"call", "calls"} and word in _CALLED) or word in _OBJECTS:
        return True
    if word == "and" and _third_follows(text, following.end()):
        return True
    if word in _LEADS or word[0].isdigit():
        return True
    if word == "to" and _second(text, following.end()) in _forms()[1]:
        return True
    if not word[0].isalpha() or word in _AFTER_NOUN:
        return form not in _NOUNS and form not in lexicon().nouns and word in {"on", "to", "with"}
    if _noun(form):
        return word not in _forms()[2] and not word.endswith("ed")
    return not word.endswith("ed") or word not in _forms()[2]


def _second(text: str, end: int) -> str:
    following = _NEXT.match(text, end)
    return following[1] if following is not None else ""


def _third_follows(text: str, end: int) -> bool:
    """Whether a third person stands next: "captures and (later) releases"."""
    match = re.match(r" (?:\w+ly |later |then |also )?(\w+)", text[end : end + 40])
    return match is not None and match[1] in _forms()[0]


@cache
def _noun(form: str) -> bool:
    """Whether a form of a verb is as well a noun."""
    third, plain, _ = _forms()
    found = third.get(form) or plain.get(form)
    nouns = {third[n][0] for n in _NOUNS if n in third}
    return found is not None and (found[0] in nouns or found[0] in lexicon().nouns)
