"""Triggers of a user's lexicon, checked: words, type, and where the parties stand."""

from __future__ import annotations

import re
from typing import Final

from tiltmeter.coding.lexicon import lexicon
from tiltmeter.coding.user_lexicon import UserTrigger
from tiltmeter.coding.user_rows import Row
from tiltmeter.errors import ConfigError
from tiltmeter.knowledge.ontology import EVENT_TYPES, JOINT_MODES, is_symmetric
from tiltmeter.schemas import DOMAINS

_SHARED: Final = "lemma phrase part type mode domain status target needs joint confidence instead"
_VERB: Final = frozenset(
    f"{_SHARED} source preps objects without reverse strict abroad crowd".split()
)
_NOUN: Final = frozenset(f"{_SHARED} source pair focus governed cooperative".split())
_WORD: Final = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_MODE: Final = re.compile(r"[a-z][a-z-]*")
_PLACE_OF_VERB: Final = re.compile(
    r"obj|iobj|poss|amod|compound|ccomp|xcomp|purpose|next|(?:obl|nmod):[a-z]+"
)
_PLACE_OF_NOUN: Final = re.compile(r"poss|amod|compound|deep|[a-z]+")
_NEEDS_OF_VERB: Final = ("actor", "state", "official", "organisation", "")
_NEEDS_OF_NOUN: Final = ("two", "target", "person")
_DOERS: Final = ("official", "force", "experiencer")
_RELATIONS: Final = ("obj", "obj2", "iobj", "ccomp", "xcomp", "obl", "advcl")
# Where parties stand if the entry does not say: nearest places first.
_TARGETS: Final = (
    "obj iobj obl:with obl:against obl:to obl:on obl:at obl:from obl:for obl:of "
    "nmod:with nmod:against nmod:of nmod:on nmod:to nmod:from poss"
)
_NOUN_SOURCES: Final = "poss amod compound by"
_NOUN_TARGETS: Final = "of against on with to at"
_JOINT_SOURCES: Final = "poss amod compound between of"
_JOINT_TARGETS: Final = "with between"


def trigger(row: Row) -> UserTrigger:
    """Read one ``[[trigger]]``.

    Raises:
        ConfigError: A key or value that cannot be used.
    """
    part = row.choice("part", ("verb", "noun"))
    if part is None:
        raise row.refuse("part", "verb or noun")
    verb = part == "verb"
    row.only(_VERB if verb else _NOUN)
    kind = row.choice("type", EVENT_TYPES)
    if kind is None:
        raise row.refuse("type", ", ".join(EVENT_TYPES))
    mode = row.text("mode") if "mode" in row.raw else None
    if mode is not None and not _MODE.fullmatch(mode):
        raise row.refuse("mode", "one word in lower case, for example visit")
    joint = row.flag("joint")
    if joint and not is_symmetric(kind, mode):
        alike = [name for name in EVENT_TYPES if is_symmetric(name)]
        raise row.refuse(
            "joint",
            f"false: both parties do alike only {', '.join(alike)}, and the modes "
            f"{', '.join(sorted(JOINT_MODES))}",
        )
    needs = row.choice("needs", _NEEDS_OF_VERB if verb else _NEEDS_OF_NOUN)
    return UserTrigger(
        _words(row),
        part,
        kind,
        mode,
        row.choice("domain", DOMAINS),
        row.choice("status", ("done", "planned", "denied", "alleged")),
        () if verb else _places(row, "source", _JOINT_SOURCES if joint else _NOUN_SOURCES),
        _places(row, "target", _TARGETS if verb else _JOINT_TARGETS if joint else _NOUN_TARGETS),
        (row.choice("source", _DOERS) or "") if verb else "",
        ("actor" if verb else "two") if needs is None else needs,
        tuple(w.lower() for w in row.texts("preps")),
        _objects(row),
        _relations(row),
        joint,
        reverse=row.flag("reverse"),
        strict=row.flag("strict"),
        abroad=row.flag("abroad"),
        crowd=row.flag("crowd"),
        pair=row.flag("pair"),
        focus=row.flag("focus"),
        governed=row.flag("governed"),
        cooperative=row.flag("cooperative"),
        confidence=row.share("confidence"),
        instead=row.flag("instead"),
    )


def _words(row: Row) -> tuple[tuple[str, ...], ...]:
    if ("lemma" in row.raw) == ("phrase" in row.raw):
        raise ConfigError(
            f"{row.where}: give either lemma or phrase",
            'for example lemma = "doxx", or phrase = "pull the plug on"',
        )
    key = "lemma" if "lemma" in row.raw else "phrase"
    out = []
    for words in row.texts(key):
        split = tuple(words.lower().split())
        if not all(_WORD.fullmatch(w) for w in split):
            raise row.refuse(key, "words of letters, without * or digits")
        if (len(split) == 1) != (key == "lemma"):
            raise row.refuse(key, "one word" if key == "lemma" else "two words or more")
        if len(split) > 8:
            raise row.refuse(key, "at most eight words")
        out.append(split)
    return tuple(out)


def _places(row: Row, key: str, usual: str) -> tuple[str, ...]:
    verb = row.raw.get("part") == "verb"
    places = row.texts(key) or tuple(usual.split())
    known = _PLACE_OF_VERB if verb else _PLACE_OF_NOUN
    if not all(known.fullmatch(p) for p in places):
        raise row.refuse(
            key,
            "obj, iobj, obl:PREPOSITION, nmod:PREPOSITION, poss, amod, compound, ccomp, xcomp, "
            "purpose, next"
            if verb
            else "poss, amod, compound, deep, or a preposition such as of, by, with, against",
        )
    return places


def _objects(row: Row) -> tuple[str, ...]:
    objects = row.texts("objects")
    for name in objects:
        if name.startswith("@") and name[1:] not in lexicon().classes:
            raise row.refuse("objects", "nouns, or @ and one of " + ", ".join(lexicon().classes))
        if name.startswith("#") and name not in {"#person", "#state"}:
            raise row.refuse("objects", "nouns, #person or #state")
    return tuple(o if o[0] in "@#" else o.lower() for o in objects)


def _relations(row: Row) -> tuple[str, ...]:
    relations = row.texts("without")
    if not set(relations) <= set(_RELATIONS):
        raise row.refuse("without", ", ".join(_RELATIONS))
    return relations
