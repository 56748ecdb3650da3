"""The formats that scorers of coders read.

``--format score``: sentences in, one JSON line each out with its events. ``--format actors``: names
of actors in, one JSON line each out with country and sector.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from tiltmeter.coding.coder import BuiltinCoder, Coder, Document
from tiltmeter.coding.encoder_actors import with_places
from tiltmeter.coding.further import nearly_named
from tiltmeter.coding.mentions import Actor, Phrases
from tiltmeter.coding.parsing import Tree, parse
from tiltmeter.coding.roles import SERVING, is_former, sector_of_phrase, unrecognised
from tiltmeter.coding.user_lexicon import UserLexicon
from tiltmeter.coding.user_overrides import with_lexicon
from tiltmeter.errors import FeedFormatError, FeedUnavailable
from tiltmeter.events import documents_from, score_rows
from tiltmeter.feeds.text import TextOptions
from tiltmeter.feeds.text import read as read_text
from tiltmeter.knowledge.actors import Mention, gazetteer
from tiltmeter.knowledge.organisations import score_code

# Sentences to be scored often carry no date; they are then read as of this day.
_UNDATED = date(2010, 1, 1)
_JSON_LINES = frozenset({".jsonl", ".ndjson"})
# Mentions that may carry a sector of their own.
_BODIES = frozenset({"organisation", "metonym"})
# Mentions that name a state as such; the format leaves the sector of these empty.
_PLAIN_STATE = frozenset({"name", "adjective", "region"})
# Words that any member of such a body may be called by: a rebel group's gunmen are its rebels.
_OF_ANY_BODY = {"REB": ("UAF", "PRM"), "PRM": ("UAF", "REB"), "CRM": ("UAF",)}


def score_lines(
    path: Path,
    day: date | None,
    tell: Callable[[pa.Table], None] | None = None,
    coder: Coder | None = None,
    lexicon: UserLexicon | None = None,
) -> Iterator[str]:
    """Yield one JSON line for each sentence of a file or folder.

    Lines of a ``.jsonl`` keep their id and order, are not merged when equal, and need no date.

    Args:
        path: File or folder.
        day: Date of documents that carry none.
        tell: Called with what the feed refused (contract REJECTS) before the first line.
        coder: Another coder than the built-in one; it should read every sentence.
        lexicon: A user's actors, triggers and overrides.

    Raises:
        FeedUnavailable: The file cannot be read.
        FeedFormatError: A line is not JSON or has no id or text.
    """
    coder = with_lexicon(coder or BuiltinCoder(everything=True), lexicon)
    records = scored_documents(path, day, tell)
    if not _is_records(path):
        for row in score_rows(records, coder):
            yield json.dumps(row, ensure_ascii=False) + "\n"
        return
    events: dict[str, list[Any]] = {d.document_id: [] for _, d in records}
    for row in score_rows([(d.document_id, d) for _, d in records], coder):
        events[row["id"]] += row["events"]
    for external, document in records:
        line = {"id": external, "text": document.text, "events": events[document.document_id]}
        yield json.dumps(line, ensure_ascii=False) + "\n"


def scored_documents(
    path: Path, day: date | None, tell: Callable[[pa.Table], None] | None = None
) -> list[tuple[str, Document]]:
    """What ``score_lines`` reads: each document with its id, that of its record if it is one."""
    if _is_records(path):
        return list(_records(path, day))
    found = read_text(path, TextOptions(date=day))
    if tell:
        tell(found.rejects)
    return [(d.document_id, d) for d in documents_from(found.documents)]


def _is_records(path: Path) -> bool:
    return path.suffix.lower() in _JSON_LINES and not path.is_dir()


def actor_lines(path: Path, day: date | None) -> Iterator[str]:
    """Yield one JSON line (id, country, sector) for each name in a ``.jsonl`` file.

    A record holds ``id``, ``mention``, perhaps ``date`` (the day the name is looked up on; without
    one a person is what ``Person.main_role`` says) and ``context`` (words that may name the state
    the name itself leaves out).

    Raises:
        FeedUnavailable: The file cannot be read.
        FeedFormatError: A line is not JSON or has no id or mention.
    """
    names = list(_lines(path, day, "mention"))
    trees = parse([record["mention"] for record, _ in names])
    for (record, when), tree in zip(names, trees, strict=True):
        country, sector = _actor(tree, when)
        if country == "---":
            nearby = gazetteer().find(_sound(str(record.get("context") or "")), when)
            country = next((score_code(m.code, m.sector) for m in nearby if m.code), country)
        row = {
            "id": record["id"],
            "country": "" if country == "---" else country,
            "sector": sector,
        }
        yield json.dumps(row) + "\n"


def _actor(tree: Tree, when: date | None) -> tuple[str, str]:
    """Score code and sector of what a phrase that stands alone names."""
    mentions = with_places(tree.text, gazetteer().find(tree.text, when))
    if not any(m.code for m in mentions):
        mentions = [*mentions, *nearly_named(tree.text, 0, len(tree.text))]
    phrases = Phrases(tree, mentions)
    heads = [t for t in tree.tokens if t.head == t.i]
    found = [a for head in heads for a in phrases.actors(head)]
    best = next((a for a in found if a.code), None)
    if best is None:
        # a bare name may be parsed as anything; the gazetteer needs no tree
        named = next((m for m in mentions if m.code), None)
        if named is not None:
            best = Actor(named.code, named.sector, named.text, named.start, named.end, named.kind)
    told = _told(tree.text, mentions)
    if best is None:
        return "---", told or ""
    country = score_code(best.code, best.sector)
    if best.kind == "person":
        left = is_former(tree.text[: best.start]) and best.sector in SERVING
        return country, "ELI" if left else best.sector or told or ""
    if unrecognised(best.text):
        return country, "PRE"
    plain = best.kind in _PLAIN_STATE
    own = next((m.sector for m in mentions if m.kind in _BODIES and m.sector), None)
    if told in {None, "GOV", *_OF_ANY_BODY.get(own or "", ())} and own and own != "IGO":
        return country, own
    return country, told or ("" if plain else own or best.sector or "")


def _told(text: str, mentions: list[Mention]) -> str | None:
    """The sector that a phrase's words tell beside the names in it."""
    for mention in sorted(mentions, key=_first, reverse=True):
        if mention.kind != "place":
            text = text[: mention.start] + text[mention.end :]
    return sector_of_phrase(text)


def _first(mention: Mention) -> int:
    return mention.start


def _records(path: Path, day: date | None) -> Iterator[tuple[str, Document]]:
    for number, (record, when) in enumerate(_lines(path, day, "text"), 1):
        document = Document(
            f"{number:08d}", record["text"], when or _UNDATED, dated=when is not None
        )
        yield record["id"], document


def _sound(text: str) -> str:
    """The text with half characters (lone surrogates), which no file can hold, replaced."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _lines(
    path: Path, day: date | None, field: str
) -> Iterator[tuple[dict[str, Any], date | None]]:
    """The records of a file of JSON lines, each with the day it speaks of, if it tells one."""
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except OSError as cause:
        raise FeedUnavailable(
            f"{path}: {cause.strerror or cause}", "name a file of JSON lines"
        ) from cause
    except UnicodeDecodeError as cause:
        raise FeedUnavailable(f"{path}: {cause}", "save it as UTF-8") from cause
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
            if record["id"] is None or record[field] is None:
                raise KeyError(f"id or {field} is null")
            record |= {key: _sound(str(record[key])) for key in ("id", field)}
            published = record.get("date") or record.get("published")
            when = date.fromisoformat(str(published)[:10]) if published else day
        except (ValueError, KeyError, TypeError, RecursionError) as cause:
            raise FeedFormatError(
                f"{path}, line {number}: needs JSON with id, {field} and perhaps date: {cause!r}",
                "mend or remove that line",
                file=str(path),
                row=number,
            ) from cause
        yield record, when
