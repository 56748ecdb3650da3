"""JSON lines: one record, one report.

Keys understood (first that holds something wins): text, body; title; date, published,
published_at, then year; id; publisher, outlet, source; lang; kind. Records of kind "heading" are
topic lines between reports, counted but not read.
"""

from __future__ import annotations

import json
import re

from tiltmeter.feeds.decode import decode, normalise, one_line
from tiltmeter.feeds.drafts import DateHint, Draft, Findings, Item, Refusal, TextOptions
from tiltmeter.feeds.segments import split_plain

_TEXT = ("text", "body")
_DATE = ("date", "published", "published_at", "year")
_OUTLET = ("publisher", "outlet", "source")
_LANG = re.compile(r"[A-Za-z]{2}(?:[-_]|$)")
_MAX_ROWS = 1_000
"""Refused lines of one file that get a row each; the rest are counted in one."""


def read_jsonl(item: Item, options: TextOptions) -> Findings:
    """Yield a draft per usable record, a refusal per other line."""
    text, note = decode(item.data)
    if note:
        yield Refusal(note)
    headings = refused = 0
    for number, line in enumerate(text.split("\n"), start=1):
        if not line or line.isspace():
            continue
        found = _record(line, number)
        if found is None:
            headings += 1
        elif isinstance(found, Draft) or refused < _MAX_ROWS:
            refused += isinstance(found, Refusal)
            yield found
        else:
            refused += 1
    if refused > _MAX_ROWS:
        yield Refusal(f"{refused - _MAX_ROWS:,} more lines cannot be read", "further lines")
    if headings:
        yield Refusal(f"{headings:,} heading records are topic lines, not reports")


def _record(line: str, number: int) -> Draft | Refusal | None:
    """Turn one line into a draft, a refusal, or None for a heading."""
    place = f"line {number}"
    try:
        record = json.loads(line)
    except (ValueError, RecursionError) as cause:
        why = str(cause) if isinstance(cause, json.JSONDecodeError) else type(cause).__name__
        return Refusal(f"not JSON: {why}", place, line[:200])
    if not isinstance(record, dict):
        return Refusal("not a JSON object", place, line[:200])
    if record.get("kind") == "heading":
        return None
    body = _first(record, _TEXT)
    if not isinstance(body, str) or not body.strip():
        return Refusal("no text: none of the keys text, body holds any", place, line[:200])
    text, lost = normalise(body)
    title = one_line(_name(record.get("title")) or "")
    parts = split_plain(text)
    if title and parts and parts[0].text == title:
        parts = parts[1:]
    day = _first(record, _DATE)
    lang = record.get("lang")
    return Draft(
        parts,
        title,
        place,
        [DateHint("metadata", day)] if day is not None else [],
        _name(_first(record, _OUTLET)),
        lang[:2].lower() if isinstance(lang, str) and _LANG.match(lang) else None,
        _name(record.get("id")),
        [(f"{lost} control character(s) taken out", None)] if lost else [],
    )


def _first(record: dict[str, object], keys: tuple[str, ...]) -> object:
    """Value of the first key that holds something."""
    return next((v for k in keys if (v := record.get(k)) not in (None, "", [], {})), None)


def _name(value: object) -> str | None:
    """Words of a field that should be a string but may be a number, a list or {"name": ...}."""
    if isinstance(value, list) and value:
        value = value[0]
    if isinstance(value, dict):
        value = value.get("name") or value.get("title")
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return one_line(str(value), 500) or None
