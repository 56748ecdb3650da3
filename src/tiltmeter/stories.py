"""Events -> stories: the several reports of one happening, joined.

Two events tell one story when they join the same parties in the same way and their dates and words
allow it: same dyad (unordered for symmetric acts), same type, same sign and status, dates at most
``WINDOW_DAYS`` apart, and words in common (or one document that tells both on one day). Blocking by
dyad and type keeps it linear; the window is counted from the story's first day, so stories cannot
creep along a calendar.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from datetime import date, timedelta
from typing import Any, Final

import pyarrow as pa

from tiltmeter.schemas import STORIES

WINDOW_DAYS: Final = 3
# Reports of one act against a named person come for weeks: follow-ups are not new arrests.
PERSON_WINDOW_DAYS: Final = 14
_OVERLAP: Final = 0.3  # Jaccard of content words; reports of one happening share names and objects
_RANK: Final = {"day": 0, "week": 1, "month": 2, "season": 3, "year": 4}
_SYMMETRIC: Final = frozenset({"AGREE", "CONSULT", "COOPERATE"})
_STOP_WORDS: Final = """
the a an of to in on at and or for with by from as that this its his her their is was were has
have had be been will would it he she they said says after over into about between against
"""
_STOP: Final = frozenset(_STOP_WORDS.split())


def stories(events: pa.Table) -> dict[str, pa.Table]:
    """Group events into stories.

    Args:
        events: Table of contract EVENTS.

    Returns:
        ``{"stories": table}`` of contract STORIES. Adding copies of reports changes n_reports only.
    """
    blocks: dict[tuple[Any, ...], list[dict[str, Any]]] = defaultdict(list)
    for row in events.to_pylist():
        blocks[_block(row)].append(row)
    out: list[dict[str, Any]] = []
    for block in sorted(blocks, key=repr):
        # copies of one report stand side by side, so that they cannot fall into different stories
        rows = sorted(blocks[block], key=lambda r: (*_telling(r), r["event_id"]))
        out += [_story(group) for group in _groups(rows)]
    seen: dict[str, dict[str, Any]] = {}
    for story in out:
        seen.setdefault(story["story_id"], story)
    return {"stories": STORIES.table(list(seen.values()))}


def _block(row: dict[str, Any]) -> tuple[Any, ...]:
    pair = (row["source"], row["target"])
    if row["event_type"] in _SYMMETRIC and row["target"]:
        pair = (min(pair), max(pair))
    return (*pair, row["event_type"], row["status"])


def _telling(row: dict[str, Any]) -> tuple[Any, ...]:
    """What two copies of one report have in common."""
    return row["date"], row["text"], row["source"], row["target_name"] or ""


def _words(row: dict[str, Any]) -> frozenset[str]:
    return frozenset(w for w in re.findall(r"[^\W_]{3,}", row["text"].lower()) if w not in _STOP)


def _groups(rows: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    groups: list[list[dict[str, Any]]] = []
    heads: list[tuple[date, frozenset[str], str | None]] = []
    before: tuple[Any, ...] | None = None
    place: int | None = None
    for row in rows:
        if _telling(row) == before and place is not None:
            groups[place].append(row)
            continue
        before, place = _telling(row), None
        words, who = _words(row), _person(row)
        for at in range(len(groups) - 1, -1, -1):
            first, known, person = heads[at]
            gap = row["date"] - first
            same_person = who is not None and who == person
            if gap > timedelta(days=PERSON_WINDOW_DAYS):
                break
            if same_person or (
                gap <= timedelta(days=WINDOW_DAYS)
                and (_alike(words, known) or _same_document_day(row, groups[at]))
            ):
                place = at
                break
        if place is None:
            place = len(groups)
            groups.append([row])
            heads.append((row["date"], words, who))
        else:
            groups[place].append(row)
            first, known, person = heads[place]
            heads[place] = (first, known | words, person or who)
    return groups


def _alike(words: frozenset[str], known: frozenset[str]) -> bool:
    if not words or not known:
        return False
    return len(words & known) >= _OVERLAP * min(len(words), len(known))


def _same_document_day(row: dict[str, Any], group: list[dict[str, Any]]) -> bool:
    return any(
        row["document_id"] == other["document_id"] and row["date"] == other["date"]
        for other in group
    )


def _person(row: dict[str, Any]) -> str | None:
    """The person acted upon, where the act is of the kind that is done once to one person."""
    if row["event_type"] not in {"COERCE", "RETREAT"} or row["target_sector"] in {"GOV", None}:
        return None
    words = re.findall(r"[^\W\d_]{4,}", row["target_name"] or "")
    return words[-1].lower() if words else None


def _story(rows: list[dict[str, Any]]) -> dict[str, Any]:
    best = min(rows, key=lambda r: (-r["confidence"], r["published"], r["event_id"]))
    dated = min(rows, key=lambda r: (_RANK.get(r["date_precision"], 9), r["date"], r["event_id"]))
    first = rows[0]
    content = "|".join(
        str(first[k]) for k in ("source", "target", "event_type", "status", "date", "text")
    )
    return {
        "story_id": hashlib.sha256(content.encode()).hexdigest()[:16],
        "happening": best["event_id"].rsplit(":", 1)[0],
        "source": best["source"],
        "source_sector": best["source_sector"],
        "target": best["target"],
        "target_sector": best["target_sector"],
        "event_type": best["event_type"],
        "quad_class": best["quad_class"],
        "domain": best["domain"],
        "status": best["status"],
        "date": dated["date"],
        "date_precision": dated["date_precision"],
        "published": min(r["published"] for r in rows),
        "text": best["text"],
        "document_id": best["document_id"],
        "n_reports": len({(r["document_id"], r["sentence_start"]) for r in rows}),
        "n_documents": len({r["document_id"] for r in rows}),
        "event_ids": sorted(r["event_id"] for r in rows),
        "confidence": best["confidence"],
        "feed": best["feed"],
    }
