"""A user's actors, and the names that are none, laid over those the gazetteer finds.

The longest name wins, whoever holds it; of two equally long the user's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Final

import ahocorasick_rs as ac

from tiltmeter.coding.user_lexicon import UserActor, UserIgnore, UserLexicon
from tiltmeter.knowledge.actors import Mention
from tiltmeter.knowledge.names import fold

OWN: Final = "your lexicon"  # the detail of a mention that a user's lexicon gave
IGNORED: Final = "ignored"  # the kind of a mention that stands for nobody
_ACRONYM: Final = 4  # letters up to which a name in capitals is met in capitals only


class UserNames:
    """The names of one lexicon, ready to scan text."""

    def __init__(self, lexicon: UserLexicon) -> None:
        self._entries: dict[str, list[tuple[str, UserActor | UserIgnore]]] = defaultdict(list)
        entries: list[UserActor | UserIgnore] = [*lexicon.actors, *lexicon.ignored]
        for entry in entries:
            for name in entry.names:
                self._entries[fold(name)].append((name, entry))
        self._patterns = sorted(self._entries)
        # every match, not the leftmost longest: that may end inside a word and hide a shorter one
        self._automaton = ac.AhoCorasick(self._patterns) if self._patterns else None

    def lay(
        self, text: str, day: date | None, found: Sequence[Mention]
    ) -> tuple[list[Mention], list[Mention]]:
        """Mentions of a text with the user's in their place, and the ignored ones apart.

        Args:
            text: The sentence.
            day: Day the names are looked up on; null looks on any day.
            found: What the gazetteer found.
        """
        mine = self._find(text, day) if self._automaton else []
        kept, ignored = list(found), []
        for own in mine:
            beside = [m for m in kept if m.start < own.end and own.start < m.end]
            if any(m.end - m.start > own.end - own.start for m in beside):
                continue
            kept = [m for m in kept if m not in beside]
            if own.kind == IGNORED:
                ignored.append(own)
            else:
                kept.append(own)
        return sorted(kept, key=_start), ignored

    def _find(self, text: str, day: date | None) -> list[Mention]:
        folded = fold(text)
        hits: list[Mention] = []
        assert self._automaton is not None
        for index, start, end in self._automaton.find_matches_as_indexes(folded, overlapping=True):
            if not _at_border(folded, start, end):
                continue
            for name, entry in self._entries[self._patterns[index]]:
                mention = _meant(name, entry, text[start:end], day)
                if mention is not None:
                    hits.append(replace(mention, start=start, end=end))
                    break
        out: list[Mention] = []
        for hit in sorted(hits, key=_leftmost_longest):
            if not out or hit.start >= out[-1].end:
                out.append(hit)
        return out


def _start(mention: Mention) -> int:
    return mention.start


def _leftmost_longest(mention: Mention) -> tuple[int, int]:
    return mention.start, -mention.end


def _at_border(text: str, start: int, end: int) -> bool:
    before = text[start - 1] if start else " "
    after = text[end] if end < len(text) else " "
    return not (before.isalnum() or before in "@_" or after.isalnum() or after in "_@")


def _meant(
    name: str, entry: UserActor | UserIgnore, words: str, day: date | None
) -> Mention | None:
    """What words stand for under one name of one entry; None if they do not."""
    if entry.exact_case or (name.isupper() and len(name) <= _ACRONYM):
        if words != name:
            return None
    elif words[:1].islower() and not name[:1].islower():
        return None
    if isinstance(entry, UserIgnore):
        return Mention(0, 0, words, None, None, IGNORED, None, OWN)
    if not entry.on(day):
        return None
    person = f"user:{entry.names[0]}" if entry.kind == "person" else None
    return Mention(0, 0, words, entry.code, entry.sector, entry.kind, person, OWN)
