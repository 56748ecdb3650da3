"""Texts that mean no good: strategies for hypothesis, and the pieces they are made of.

Real-looking sentences are put together from the names, words and dates that the coder knows, so
that they pass its first sieve, and are then broken: markup left in, marks nobody sees, brackets
that do not close, days that do not exist, words without end.
"""

from __future__ import annotations

import csv
import functools
from datetime import date
from importlib import resources
from itertools import pairwise

from hypothesis import strategies as st

from tiltmeter.coding.coder import Document
from tiltmeter.coding.lexicon import lexicon
from tiltmeter.knowledge.persons import load_persons

FRAME = (
    "the|a|of|and|by|to|in|on|at|with|against|between|after|before|over|for|from|not|never|if|that"
    "|who|which|its|his|their|it|he|she|they|him|them|said|says|was|were|is|are|has|had|have|been"
    "|being|will|would|may|must|should|to be|as|than|both|joint|former|pro-|anti-|according to"
    "|President|Foreign Minister|troops|journalist|police|government|opposition|spokesman|embassy"
    "|talks|sanctions|agreement|visit|resolution|the country|the two|verdict|gas|border|killed"
    "|arrested|signed|met|condemned|accused|imposed|withdrew|threatened|called on|refused to"
).split("|")
DATES = (
    "31 February 0000|99999|30 February 2014|00/00/0000|03/04/2014|2014-13-45|0 May|32 May|May 0th"
    "|999 years ago|a few decades later|the next day|two days earlier|in 2099|in 1915|Monday"
    "|the end of the month|29 February|31 September to 1 January|1999–98|2014-15|the 1900s"
    "|٣ May|3 Mаy|winter 2013/14|the 39th|on the 0th,|September 11 attacks|Christmas|last year"
).split("|")
MARKUP = (
    "<p>|</p>|<br/>|<a href='x'>|</a>|&nbsp;|&amp;|&#0;|&#x110000;|<!--|-->|<script>alert(1)"
    "|</script>|<![CDATA[|]]>|{{cite|}}|[[File:x|]]|''|**|`|http://x.y/?a=b&c=d#e|@name|#tag|\\u0000"
).split("|")
MARKS = (
    "\0", "\x1b[31m", "\x85", "\xa0", "\xad", "\u200b", "\u200d", "\u200e", "\u202e", "\u2066",
    "\u2069", "\ufeff", "\u2028", "\u2029", "\ufffd", "\ufffe", "\uffff", "\ud7ff", "\ue000",
    "\U0010ffff", "\ud800", "\udfff", "e\u0301", "a" + "\u0301" * 40, "\U0001f1f7\U0001f1fa",
    "\U0001f469\u200d\U0001f467", "\u2708\ufe0f", "İ", "ß", "ﬁ", "ǆ", "Ⅷ", "²", "½", "①",
    "’", "“", "”", "„", "«", "»", "—", "–", "…", "·", "•", "，", "。", "、", "؟",
)  # fmt: skip
SCRIPTS = (
    "Россия|Путин|россии|Азәрбајҹан|Ərdoğan|İstanbul|ΕΛΛΑΔΑ|רוסיה|ישראל וסוריה|روسيا|سوریه|俄罗斯"
    "|ロシア|러시아|รัสเซีย|Ռուսաստան|საქართველო|हिन्दी|Ꭰ|𝐑𝐮𝐬𝐬𝐢𝐚|Ｒｕｓｓｉａ|ᴿᵘˢˢⁱᵃ|Rusсia"
).split("|")
JOINS = (
    " ",
    " ",
    " ",
    " ",
    "",
    "  ",
    "\n",
    "\t",
    "\n\n",
    ", ",
    "; ",
    ": ",
    "'s ",
    "-",
    " - ",
    ".",
    "/",
    " (",
    ") ",
    '"',
    "\u200b",
)
ENDS = (".", ".", ".", "!", "?", "...", "", ";", ":", '."', ".)", "\n", " .", ".[1]")
DAYS = (
    date(2014, 12, 3), date(2014, 12, 3), date(2016, 2, 29), date(1946, 1, 1), date(1900, 1, 1),
    date(1, 1, 1), date(9999, 12, 31), date(2100, 3, 1),
)  # fmt: skip
LONGEST = 2500  # characters of one repeated stretch; beyond the coder's limit for a sentence


@functools.cache
def names() -> tuple[str, ...]:
    """States, bodies, cities and persons of the knowledge base, each kind about as often."""
    folder = resources.files("tiltmeter.knowledge") / "data"
    out: list[str] = []
    for file, column in (
        ("state_names.csv", "name"), ("organisations.csv", "name"), ("cities.csv", "name"),
    ):  # fmt: skip
        with (folder / file).open("r", encoding="utf-8") as lines:
            found = [row[column] for row in csv.DictReader(lines) if row[column]]
        out += found[:: max(1, len(found) // 150)]
    people = [alias for person in load_persons() for alias in person.aliases]
    return tuple(out + people[:: max(1, len(people) // 300)])


@functools.cache
def triggers() -> tuple[str, ...]:
    """Words that carry an event, as the lexicon holds them and as reports write them."""
    words = sorted({*lexicon().verbs, *lexicon().nouns})
    return (*words, *(w + "s" for w in words), *(w.removesuffix("e") + "ed" for w in words))


def pieces() -> st.SearchStrategy[str]:
    """One piece of a sentence: mostly words the coder knows, sometimes what no text should hold."""
    word = st.sampled_from(FRAME)
    known = st.one_of(st.sampled_from(names()), st.sampled_from(triggers()))
    odd = st.one_of(
        st.sampled_from(DATES),
        st.sampled_from(MARKUP),
        st.sampled_from(MARKS),
        st.sampled_from(SCRIPTS),
        st.text(st.characters(exclude_categories=()), max_size=6),
        st.integers(-(10**20), 10**20).map("{:,}".format),
        st.builds(str.__mul__, st.sampled_from("(,)[;'\"-.aAé, 中"), st.integers(1, 60)),
    )
    return st.one_of(known, known, word, word, odd)


@st.composite
def sentences(draw: st.DrawFn) -> str:
    """A sentence: doer, deed and recipient in a frame, or whatever comes."""
    name, deed = st.sampled_from(names()), st.sampled_from(triggers())
    if draw(st.booleans()):
        parts = [draw(name), draw(deed), draw(name), draw(st.sampled_from(FRAME)), draw(pieces())]
        for _ in range(draw(st.integers(0, 3))):
            parts.insert(draw(st.integers(0, len(parts))), draw(pieces()))
        return " ".join(parts) + draw(st.sampled_from(ENDS))
    out = ""
    for part in draw(st.lists(pieces(), max_size=25)):
        out += part + draw(st.sampled_from(JOINS))
    return out + draw(st.sampled_from(ENDS))


@st.composite
def runs(draw: st.DrawFn) -> str:
    """One thing over and over: thousands of commas, names in a row, brackets that only open."""
    part = draw(pieces()) + draw(st.sampled_from(JOINS))
    return part * draw(st.integers(1, max(1, LONGEST // max(len(part), 1))))


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """A document with a day, parts (that need not cover the text) and perhaps another language."""
    made = draw(st.lists(st.one_of(sentences(), sentences(), sentences(), runs()), max_size=6))
    text = draw(st.sampled_from((" ", "\n", "\n\n", ""))).join(made)
    cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=4)))
    kinds = st.sampled_from(("title", "lead", "body", "bullet"))
    segments = tuple((draw(kinds), a, b) for a, b in pairwise(cuts))
    return Document(
        document_id=str(draw(st.integers(0, 10**6))),
        text=text,
        published=draw(st.sampled_from(DAYS)),
        segments=segments,
        outlet=draw(st.sampled_from((None, "Outlet"))),
        lang=draw(st.sampled_from(("en", "en", "en", "en", "", "ru"))),
        dated=draw(st.sampled_from((True, True, True, False))),
    )
