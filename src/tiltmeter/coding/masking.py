"""Names made plain before the parser sees them.

The parser is small: it stumbles over long names, titles and rows of states, the very words that
every report is full of. They are replaced by short words it knows well ("Russian President
Vladimir Putin and Ilham Aliyev of Azerbaijan met" is read as "Bush and Kerry met") and the tree is
put back upon the words of the text. Which names stand in a row is kept as a group.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from tiltmeter.coding.mending import mend
from tiltmeter.coding.parsing import Parser, Tree, lemma, parse
from tiltmeter.coding.tenses import Change, changes
from tiltmeter.coding.titles import aside, descriptors
from tiltmeter.knowledge.actors import Mention

_PERSONS: Final = ("Bush", "Kerry", "Powell", "Clinton")
_STATES: Final = ("Iraq", "Iran", "Syria", "Israel")
_ROW: Final = frozenset({"name", "capital", "organisation", "metonym"})
_BETWEEN: Final = re.compile(r"(?:, |,? and |,? & )(?:the )?")
_ACRONYM: Final = re.compile(r" \([A-Z][A-Za-z]{1,6}\)")
_TOPIC: Final = re.compile(r"[^:;.!?–]{3,70}(?:: | – )(?=[A-Z])")
# Where two names joined by "and" are surely one phrase, whatever follows.
_TOGETHER: Final = re.compile(r"(?:^|, |\b(?:[Bb]etween|both|that|both of)|\ws of) ?(?:[Tt]he )?$")
_LOOK_BACK: Final = 24  # characters before a name that such words need
_SIDED: Final = re.compile(r"\b[Pp]ro[-–]$|\b[Aa]nti[-–]$")
_TELLS: Final = frozenset("says said say tells told warns warned adds added".split())
_ROW_WORD: Final = "Iraqis"
_WORD: Final = re.compile(r"[^\W\d_][\w’'-]*")


@dataclass(slots=True)
class Masked:
    """A sentence with its names replaced, and the way back.

    ``pieces`` are (start, end, start in the text, end there, words there) in order; words is None
    where the text was kept.
    """

    original: str
    mentions: list[Mention]
    text: str = ""
    pieces: list[tuple[int, int, int, int, str | None]] = field(default_factory=list)
    rows: dict[int, tuple[int, ...]] = field(default_factory=dict)
    verbs: dict[int, tuple[str, bool]] = field(default_factory=dict)

    def restore(self, tree: Tree) -> Tree:
        """Put the tree of the masked text back upon the text."""
        at = 0
        for token in tree.tokens:
            while at + 1 < len(self.pieces) and token.start >= self.pieces[at][1]:
                at += 1
            start, _end, first, last, words = self.pieces[at]
            if words is None:
                token.start, token.end = token.start - start + first, token.end - start + first
                kept = self.original[token.start : token.end]
                if kept != token.text:
                    token.text = kept
            else:
                token.start, token.end = first, last
                token.text = words
                if first in self.verbs:
                    token.lemma, finite = self.verbs[first]
                    if finite:
                        token.tag = "VBD" if token.dep in {"amod", "compound"} else "VBZ"
                    continue
                token.lemma = lemma(words, "NNP")
                if row := self.rows.get(first):
                    tree.rows[token.i] = row
        tree.text = self.original
        return tree


def mask(text: str, mentions: list[Mention], own: Sequence[Change] = ()) -> Masked:
    """Replace the names of a sentence.

    Args:
        text: The sentence.
        mentions: What it names, in order, not overlapping.
        own: Verbs that the parser does not know, to be read as others; in order.
    """
    writer = _Writer(Masked(text, mentions), own)
    done, at = _topic(text, mentions)
    while at < len(mentions):
        if mentions[at].kind == "adjective" and _leads(text, mentions, at):
            # swallowed by the title of the person that follows
            at += 1
            continue
        name = _cover(text, mentions, at, done)
        if acronym := _ACRONYM.match(text, name.last):
            name.last = acronym.end()
            name.used += sum(m.end <= name.last for m in mentions[name.used :])
        if name.row:
            writer.out.rows[name.mention.start] = name.row
        writer.keep(done, name.first)
        writer.name(name)
        done, at = name.last, name.used
    writer.keep(done, len(text))
    writer.out.text = "".join(writer.built)
    return writer.out


@dataclass(slots=True)
class _Cover:
    """What is replaced for one name: from where to where, up to which mention, by which word."""

    mention: Mention
    first: int
    last: int
    used: int
    word: str = ""
    row: tuple[int, ...] = ()


def _cover(text: str, mentions: list[Mention], at: int, done: int) -> _Cover:
    """How far a name reaches with its titles, its row and what is said of it between commas."""
    mention = mentions[at]
    name = _Cover(mention, mention.start, mention.end, at + 1)
    if mention.kind == "person" or (mention.kind == "organisation" and mention.code):
        name.first, state = descriptors(text, mentions, at, done)
        if mention.code is None and state is not None:
            mention = mentions[at] = replace(mention, code=state.code)
        last, used = _postposed(text, mentions, at)
        name.last, name.used, name.mention = aside(text, mentions, mention, last, used)
        mentions[at] = name.mention
    if mention.kind == "organisation" and name.first < mention.start:
        return name
    if mention.kind in _ROW:
        row = _row(text, mentions, at)
        possessed = text[row[-1].end : row[-1].end + 2] in {"'s", "’s"}
        if (
            len(row) > 1
            and not possessed
            and _TOGETHER.search(text, max(0, mention.start - _LOOK_BACK), mention.start)
        ):
            name.used, name.last, name.word = at + len(row), row[-1].end, _ROW_WORD
            name.row = tuple(m.start for m in row)
        elif len(row) > 2:
            name.used, name.last = at + len(row) - 1, row[-2].end
            name.last += text[name.last : name.last + 5] == ", and"
            name.row = tuple(m.start for m in row[:-1])
    elif mention.kind == "adjective" and (
        side := _SIDED.search(text, max(0, mention.start - _LOOK_BACK), mention.start)
    ):
        name.first, name.word = side.start(), "local"
    return name


class _Writer:
    """Writes the masked text piece by piece."""

    def __init__(self, out: Masked, own: Sequence[Change]) -> None:
        self.out = out
        self.built: list[str] = []
        self._size = self._persons = self._states = 0
        self._title_case = _is_title_case(out.original, out.mentions)
        self._verbs = changes(out.original, out.mentions)
        if own:
            free = [
                v for v in self._verbs if all(v.end <= o.start or o.end <= v.start for o in own)
            ]
            self._verbs = sorted([*free, *own], key=lambda v: v.start)

    def name(self, name: _Cover) -> None:
        """Write the word that stands for a name."""
        word, mention = name.word, name.mention
        if not word and mention.kind == "person":
            word = _PERSONS[self._persons % len(_PERSONS)]
            self._persons += 1
        elif not word:
            word = _plain(mention, self._states)
            self._states += word in _STATES
        self._put(word, mention.start, mention.end, mention.text)

    def keep(self, first: int, last: int) -> None:
        """Write a part of the text as it is, but for the tense of its verbs."""
        text = self.out.original
        for change in self._verbs:
            if first <= change.start and change.end <= last:
                self._copy(first, change.start)
                words = text[change.start : change.end]
                self._put(change.past, change.start, change.end, words)
                self.out.verbs[change.start] = change.lemma, change.finite
                first = change.end
        self._copy(first, last)

    def _copy(self, first: int, last: int) -> None:
        if first >= last:
            return
        part = self.out.original[first:last]
        if self._title_case:
            part = _WORD.sub(lambda m: m[0] if m[0].isupper() else m[0].lower(), part)
        self._put(part, first, last, None)

    def _put(self, word: str, first: int, last: int, words: str | None) -> None:
        self.out.pieces.append((self._size, self._size + len(word), first, last, words))
        self.built.append(word)
        self._size += len(word)


def _topic(text: str, mentions: list[Mention]) -> tuple[int, int]:
    """End of a heading such as "Conflict in Sudan: " and the number of the first name after it."""
    heading = _TOPIC.match(text)
    if heading is None:
        return 0, 0
    words = heading[0].split()
    told = any(m.kind == "person" and m.start < heading.end() for m in mentions)
    if told or len(words) < (4 if words[-1] == "–" else 2) or _TELLS & set(words):
        return 0, 0
    return heading.end(), sum(m.start < heading.end() for m in mentions)


def _leads(text: str, mentions: list[Mention], at: int) -> bool:
    """Whether the next mention's descriptors reach back over this one."""
    if at + 1 == len(mentions):
        return False
    following = mentions[at + 1]
    if following.kind not in {"person", "organisation"}:
        return False
    begin, _state = descriptors(text, mentions, at + 1, mentions[at - 1].end if at else 0)
    return begin <= mentions[at].start


def _postposed(text: str, mentions: list[Mention], at: int) -> tuple[int, int]:
    """End of a name with its "of Azerbaijan", and the number of the mention after it."""
    mention = mentions[at]
    if at + 1 < len(mentions) and mention.kind == "person":
        state = mentions[at + 1]
        if state.code == mention.code and state.kind in {"name", "organisation"}:
            between = text[mention.end : state.start]
            if between in {" of ", " of the "} and text[state.end : state.end + 2] != "'s":
                return state.end, at + 2
    return mention.end, at + 1


def _row(text: str, mentions: list[Mention], at: int) -> list[Mention]:
    """The mentions of a row of names "A, B and C" that begins here; closed by "and"."""
    out = [mentions[at]]
    closed = False
    for following in mentions[at + 1 :]:
        between = text[out[-1].end : following.start]
        if closed or following.kind not in _ROW or not _BETWEEN.fullmatch(between):
            break
        out.append(following)
        closed = not between.startswith(", ") or " and " in between
    return out if closed else out[:1]


def _plain(mention: Mention, count: int) -> str:
    """A word that the parser knows in place of a name that is no person's."""
    words = mention.text
    last = words.rsplit(" ", 1)[-1]
    if last != words and last[:1].islower():
        return last  # "Armenian forces": a plain noun after all
    if mention.kind == "adjective":
        return "Iraqi" if words[-1:] in "in" and " " not in words else words.replace(" ", "")
    if mention.kind == "demonym":
        return "Iraqis" if words.endswith("s") else "Iraqi"
    if mention.kind in {"name", "capital"}:
        return _STATES[count % len(_STATES)]
    if mention.kind == "region" or words[:1].islower():
        return re.sub(r"\W+", "", words) or words
    return "NATO" if words.isupper() and " " not in words else "Congress"


def _is_title_case(text: str, mentions: list[Mention]) -> bool:
    """Whether a headline Writes Every Word Like This."""
    if text.rstrip().endswith((".", "?", "!", '"')):
        return False
    words = [
        m[0]
        for m in _WORD.finditer(text)
        if len(m[0]) > 3 and not any(n.start <= m.start() < n.end for n in mentions)
    ]
    capital = sum(w[0].isupper() for w in words)
    return capital >= 2 and capital >= 0.7 * len(words)


def parse_masked(sentences: Iterable[Masked], parser: Parser = parse) -> Iterator[Tree]:
    """Yield one tree for each sentence, upon its own words."""
    listed = list(sentences)
    for masked, tree in zip(listed, parser(m.text for m in listed), strict=True):
        yield mend(masked.restore(tree))
