"""The trigger lexicon: which words carry which event type and where the parties stand."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from tiltmeter.errors import ConfigError
from tiltmeter.knowledge.ontology import EVENT_TYPES


@dataclass(frozen=True, slots=True)
class VerbRule:
    """A verbal trigger; see the head of ``data/lexicon.toml`` for the meaning of each field."""

    event_type: str
    mode: str | None
    domain: str | None
    objects: frozenset[str]
    marks: frozenset[str]
    target: tuple[str, ...]
    preps: frozenset[str]
    needs: str
    joint: bool
    status: str | None
    official_source: bool
    force_source: bool
    reverse: bool
    experiencer: bool
    without: frozenset[str]
    crowd: bool
    abroad: bool
    strict: bool


@dataclass(frozen=True, slots=True)
class NounRule:
    """A nominal trigger."""

    event_type: str
    mode: str | None
    domain: str | None
    source: tuple[str, ...]
    target: tuple[str, ...]
    needs: str
    joint: bool
    status: str | None
    pair: bool
    focus: bool
    cooperative: bool
    governed: bool


@dataclass(frozen=True, slots=True)
class Judgements:
    """Words that judge a thing of a state, the verbs that say so, and the things judged."""

    negative: tuple[str, ...]
    positive: tuple[str, ...]
    verbs: frozenset[str]
    things: frozenset[str]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Rules by lemma, in the order of the file (first fitting rule with an object wins)."""

    verbs: dict[str, tuple[VerbRule, ...]]
    nouns: dict[str, tuple[NounRule, ...]]
    classes: dict[str, frozenset[str]]
    judgements: Judgements


def _event_type(row: dict[str, Any]) -> str:
    name = str(row["type"])
    if name not in EVENT_TYPES:
        raise ConfigError(f"lexicon: unknown type {name!r}", ", ".join(EVENT_TYPES))
    return name


def _objects(
    names: list[str], classes: dict[str, frozenset[str]]
) -> tuple[frozenset[str], frozenset[str]]:
    words: set[str] = set()
    marks: set[str] = set()
    for name in names:
        if name.startswith("@"):
            if name[1:] not in classes:
                raise ConfigError(f"lexicon: unknown class {name!r}", ", ".join(classes))
            words |= classes[name[1:]]
        elif name.startswith("#"):
            marks.add(name[1:])
        else:
            words.add(name)
    return frozenset(words), frozenset(marks)


@cache
def lexicon() -> Lexicon:
    """Read the bundled lexicon.

    Raises:
        ConfigError: A rule names an unknown type or class.
    """
    path = resources.files("tiltmeter.coding") / "data" / "lexicon.toml"
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    classes = {name: frozenset(words) for name, words in raw["classes"].items()}
    verbs: dict[str, list[VerbRule]] = defaultdict(list)
    nouns: dict[str, list[NounRule]] = defaultdict(list)
    for row in raw["verb"]:
        words, marks = _objects(row.get("objects", []), classes)
        rule = VerbRule(
            _event_type(row),
            row.get("mode"),
            row.get("domain"),
            words,
            marks,
            tuple(row["target"]),
            frozenset(row.get("preps", [])),
            row.get("needs", ""),
            bool(row.get("joint", False)),
            row.get("status"),
            row.get("source") == "official",
            row.get("source") == "force",
            bool(row.get("reverse", False)),
            row.get("source") == "experiencer",
            frozenset(row.get("without", [])),
            bool(row.get("crowd", False)),
            bool(row.get("abroad", False)) or row.get("mode") == "visit",
            bool(row.get("strict", False)),
        )
        for word in row["lemmas"]:
            verbs[word].append(rule)
    for row in raw["noun"]:
        noun = NounRule(
            _event_type(row),
            row.get("mode"),
            row.get("domain"),
            tuple(row["source"]),
            tuple(row["target"]),
            row.get("needs", ""),
            bool(row.get("joint", False)),
            row.get("status"),
            bool(row.get("pair", False)),
            bool(row.get("focus", False)),
            bool(row.get("cooperative", False)),
            bool(row.get("governed", False)),
        )
        for word in row["lemmas"]:
            nouns[word].append(noun)
    # a rule that names its object is more exact than one that takes anything
    return Lexicon(
        {w: tuple(sorted(rs, key=lambda r: not (r.objects or r.marks))) for w, rs in verbs.items()},
        {w: tuple(rs) for w, rs in nouns.items()},
        classes,
        Judgements(
            tuple(raw["judgements"]["negative"]),
            tuple(raw["judgements"]["positive"]),
            frozenset(raw["judgements"]["verbs"]),
            frozenset(raw["judgements"]["things"]),
        ),
    )
