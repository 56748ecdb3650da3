"""Find and resolve actors in text: states, organisations, persons with their role on the day.

``Gazetteer.find`` scans folded text once with Aho-Corasick (leftmost, longest), checks case and
word borders, and resolves each hit for one date. What stays ambiguous on that date is left open
(``Mention.code`` None), never guessed.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from importlib import resources
from typing import Final

import ahocorasick_rs as ac

from tiltmeter.knowledge.names import fold, skeleton
from tiltmeter.knowledge.offices import LAST_WORDS, FamilyNames, title_before
from tiltmeter.knowledge.persons import Person, Role, load_persons

# How long after leaving a role a bare surname still calls a person to mind.
_SURNAME_GRACE: Final = timedelta(days=365)
_HEADS: Final = frozenset({"head_of_state", "head_of_government"})
# Whom a bare surname brings to mind where no day is given.
_RENOWNED: Final = _HEADS | {"foreign_minister", "rebel_leader", "org_head"}
_RUN: Final = re.compile(r"\S+")
_CAPITALISED: Final = re.compile(r"[^\W\d_][\w'’‘\-]+(?:\s+[^\W\d_][\w'’‘\-]+){0,3}")
_TITLED: Final = re.compile(
    rf"(?:{'|'.join(map(re.escape, sorted(LAST_WORDS)))}) ([^\W\d_a-z][\w'’‘\-]+)"
)
_CAPITAL_NEXT: Final = re.compile(r" (?!of\b)[^\W\d_a-z]")


@dataclass(frozen=True, slots=True)
class Mention:
    """One stretch of text that names an actor.

    ``code`` is ISO3, EUR or an organisation's code; None where the name is ambiguous on that day.
    ``kind`` is name, adjective, demonym, capital, metonym, region, person or organisation.
    """

    start: int
    end: int
    text: str
    code: str | None
    sector: str | None
    kind: str
    person_id: str | None = None
    detail: str = ""

    @property
    def is_state(self) -> bool:
        """Whether the words name the state itself rather than one of its people or bodies."""
        return self.kind in {"name", "capital", "metonym", "adjective", "demonym", "region"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing a name can stand for."""

    code: str
    sector: str | None
    kind: str
    valid_from: date | None = None
    valid_to: date | None = None
    exact_case: bool = False
    note: str = ""
    person: Person | None = None
    full_name: bool = True
    domain: str = ""

    def on(self, day: date) -> bool:
        """Whether the name has this meaning on that day."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day < self.valid_to
        )


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text.strip() else None


def _notes(text: str) -> dict[str, str]:
    out = {}
    for part in filter(None, (p.strip() for p in text.replace(",", ";").split(";"))):
        key, _, value = part.partition("=")
        if not _:
            key, _, value = part.partition(":")
        out[key.strip()] = value.strip()
    return out


def _rows(name: str) -> list[dict[str, str]]:
    path = resources.files("tiltmeter.knowledge") / "data" / name
    with path.open("r", encoding="utf-8") as lines:
        return [{k: (v or "") for k, v in row.items() if k} for row in csv.DictReader(lines)]


class Gazetteer:
    """All names of the knowledge base, ready to scan text."""

    def __init__(self) -> None:
        self._entries: dict[str, list[tuple[str, Entry]]] = defaultdict(list)
        self._skeletons: dict[str, list[tuple[str, Entry]]] = defaultdict(list)
        self._add_states()
        self._add_organisations()
        self._add_persons()
        self._patterns = sorted(self._entries)
        self._automaton = ac.AhoCorasick(self._patterns, matchkind=ac.MatchKind.LeftmostLongest)

    def _add(self, name: str, entry: Entry) -> None:
        key = fold(name)
        if len(key) > 1:
            self._entries[key].append((name, entry))

    def _add_states(self) -> None:
        for row in _rows("state_names.csv"):
            notes = _notes(row["note"])
            exact = "case" in notes or (row["name"].isupper() and len(row["name"]) <= 4)
            entry = Entry(
                row["iso3"],
                notes.get("sector") or None,
                row["kind"],
                _day(row["valid_from"]),
                _day(row["valid_to"]),
                exact,
                row["note"],
            )
            self._add(row["name"], entry)

    def _add_organisations(self) -> None:
        for row in _rows("organisations.csv"):
            notes = _notes(row.get("note", ""))
            code = row["state"] or row["code"]
            # a body that speaks for its state or for the EU is coded as that; others by own code
            if row["score_code"] == "EUR":
                code = "EUR"
            for name in {row["name"], *row["aliases"].split("|")} - {""}:
                entry = Entry(
                    code,
                    row["sector"] or None,
                    "organisation",
                    _day(row["valid_from"]),
                    _day(row["valid_to"]),
                    name.isupper() or len(name) <= 4,
                    "metonym" if "metonym" in notes else row["code"],
                    domain=row["domain"],
                )
                self._add(name.strip(), entry)

    def _add_persons(self) -> None:
        self._families = FamilyNames(load_persons())
        for person in load_persons():
            for alias in person.aliases:
                full = " " in alias.strip()
                entry = Entry("", None, "person", person=person, full_name=full)
                self._add(alias, entry)
                if key := skeleton(alias):
                    self._skeletons[key].append((alias, entry))

    def find(self, text: str, on: date | None) -> list[Mention]:
        """Return the mentions in ``text``, in order, not overlapping.

        Args:
            text: Any text.
            on: The day it speaks of. None where nobody knows it: a name then has the meaning it
                has today or had last, and a person the role of ``Person.main_role``.
        """
        folded = fold(text)
        out: list[Mention] = []
        for index, start, end in self._automaton.find_matches_as_indexes(folded):
            key = self._patterns[index]
            if not _at_border(folded, start, end):
                # "US Congress" found in "US Congressmen": the shorter name before it stands
                end = start + key.rfind(" ")
                key = folded[start:end] if end > start else ""
                if key not in self._entries or not _at_border(folded, start, end):
                    continue
            words = text[start:end]
            hits = [e for name, e in self._entries[key] if _case_fits(e, name, words)]
            if not hits and key.startswith("the ") and key[4:] in self._entries:
                # "in the Netherlands": the name is held with a capital article as well
                start, key, words = start + 4, key[4:], words[4:]
                hits = [e for name, e in self._entries[key] if _case_fits(e, name, words)]
            if mention := _resolve(hits, words, start, end, on):
                out.append(mention)
        out.extend(self._by_title(text, on, out))
        out.extend(self._by_skeleton(text, on, out))
        out.sort(key=lambda m: m.start)
        return _settle(out)

    def _by_title(self, text: str, on: date | None, taken: list[Mention]) -> list[Mention]:
        """Family names alone behind a title, where one person of that name held such an office."""
        found: list[Mention] = []
        for match in _TITLED.finditer(text):
            start, end = match.span(1)
            name = re.sub(r"['’]s$", "", match.group(1))
            end = start + len(name)
            if _CAPITAL_NEXT.match(text, end) or any(
                m.start < end and start < m.end for m in taken
            ):
                continue
            words = text[max(0, start - 40) : start].split()
            title = title_before(words)
            if title is None:
                continue
            size, roles = title
            begin = text.rfind(words[-size], 0, start)
            state = next((m for m in taken if m.is_state and 0 < begin - m.end <= 3), None)
            holder = self._families.holder(name, roles, state.code if state else None, on)
            if holder:
                person, role = holder
                found.append(
                    Mention(
                        start,
                        end,
                        text[start:end],
                        _org_code(role.state),
                        role.sector,
                        "person",
                        person.person_id,
                        f"{role.role} (by title)",
                    )
                )
        return found

    def _by_skeleton(self, text: str, on: date | None, taken: list[Mention]) -> list[Mention]:
        """Names met in a romanisation that no list holds, matched by equal skeleton."""
        found: list[Mention] = []
        for match in _CAPITALISED.finditer(text):
            run, base = match.group(), match.start()
            if run.islower():
                continue
            words = [
                (base + w.start(), w[0][:-2] if w[0].endswith(("'s", "’s")) else w[0])
                for w in _RUN.finditer(run)
                if w[0][0].isupper()
            ]
            at = 0
            while at < len(words):
                size = self._longest_name(words, at, text, on, taken, found)
                at += max(size, 1)
        return found

    def _longest_name(
        self,
        words: list[tuple[int, str]],
        at: int,
        text: str,
        on: date | None,
        taken: list[Mention],
        found: list[Mention],
    ) -> int:
        for size in (3, 2, 1):
            group = words[at : at + size]
            if len(group) < size or (size == 1 and (on is None or len(group[0][1]) < 5)):
                continue
            start, end = group[0][0], group[-1][0] + len(group[-1][1])
            if any(m.start < end and start < m.end for m in taken):
                continue
            entries = self._skeletons.get(skeleton(text[start:end]))
            if entries and (
                m := _resolve([e for _, e in entries], text[start:end], start, end, on)
            ):
                found.append(replace(m, detail=m.detail + " (transliteration)"))
                return size
        return 0


def _at_border(text: str, start: int, end: int) -> bool:
    before = text[start - 1] if start else " "
    after = text[end] if end < len(text) else " "
    return not (before.isalnum() or before in "@_" or after.isalnum() or after in "_@")


def _case_fits(entry: Entry, name: str, words: str) -> bool:
    if entry.exact_case:
        return words == name
    return words[:1].isupper() or not words[:1].isalpha() or name[:1].islower()


def _resolve(
    hits: list[Entry], words: str, start: int, end: int, on: date | None
) -> Mention | None:
    """Turn what a name can stand for into one mention; None if it stands for nothing that day."""
    persons = {e.person.person_id: e for e in hits if e.person}
    others = _valid([e for e in hits if not e.person], on)
    if others:
        plain = [e for e in others if "ambiguous" not in e.note]
        others = plain or others  # a plain meaning goes before one that is marked ambiguous
        codes = {e.code for e in others}
        best = others[0]
        code = best.code if len(codes) == 1 else None
        return Mention(start, end, words, code, best.sector, best.kind, None, best.note)
    live = [
        (entry.person, role)
        for entry in persons.values()
        if entry.person and (role := _role(entry.person, entry.full_name, on))
    ]
    if on is None and len(live) > 1:
        # of several bearers the one who has been head of a state or government, if there is one
        heads = [(p, r) for p, r in live if any(held.role in _HEADS for held in p.roles)]
        live = heads if len(heads) == 1 else live
    if not live:
        return None
    states = {role.state for _, role in live}
    person, role = live[0]
    if len(live) == 1:
        code = _org_code(role.state)
        return Mention(start, end, words, code, role.sector, "person", person.person_id, role.role)
    sectors = {role.sector for _, role in live}
    return Mention(
        start,
        end,
        words,
        _org_code(states.pop()) if len(states) == 1 else None,
        sectors.pop() if len(sectors) == 1 else None,
        "person",
        None,
        "one of several persons of that name",
    )


def _valid(entries: list[Entry], on: date | None) -> list[Entry]:
    """The entries that hold on a day; without a day those of today, else those that held last."""
    if on is not None:
        return [e for e in entries if e.on(on)]
    today = [e for e in entries if e.valid_to is None]
    if today or not entries:
        return today
    last = max(e.valid_to or date.max for e in entries)
    return [e for e in entries if e.valid_to == last]


def _role(person: Person, full_name: bool, on: date | None) -> Role | None:
    """The role in which a name calls a person to mind; a bare surname soon calls nobody."""
    if on is None:
        renowned = full_name or any(r.role in _RENOWNED for r in person.roles)
        return person.main_role if renowned else None
    if role := person.role_on(on):
        return role
    near = person.nearest_role(on)
    if full_name:
        return Role(near.state, f"former or future {near.role}", "ELI", near.valid_from, on)
    if near.valid_to and near.valid_to <= on < near.valid_to + _SURNAME_GRACE:
        return Role(near.state, f"former {near.role}", "ELI", near.valid_from, on)
    return None


def _org_code(code: str) -> str:
    return "EUR" if code in {"EU", "EUR"} else code


def _settle(mentions: list[Mention]) -> list[Mention]:
    """Resolve places and names that lean on their neighbours."""
    out: list[Mention] = []
    for mention in mentions:
        if out and mention.start < out[-1].end:
            continue
        out.append(mention)
    codes = {m.code for m in out if m.code}
    return [
        # "Georgia" beside US politics is the US state unless something Georgian is near
        replace(m, code=None, detail="ambiguous: US state")
        if "USA-state" in m.detail and "USA" in codes and not (codes - {"USA", m.code})
        else m
        for m in out
    ]


@cache
def gazetteer() -> Gazetteer:
    """The gazetteer of the bundled knowledge, built once per process."""
    return Gazetteer()
