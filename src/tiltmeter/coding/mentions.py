"""From words to actors: who a noun phrase stands for in this sentence, on this day."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Final

from tiltmeter.coding.parsing import Token, Tree
from tiltmeter.knowledge.actors import Mention

# Nouns that name somebody who acts for a state, and the PLOVER sector they give.
_ROLE_WORDS: Final[dict[str, str]] = {
    "GOV": "government president premier minister chancellor king queen emir sultan monarch "
    "cabinet authority authorities administration ministry official spokesman spokeswoman "
    "spokesperson "
    "leader leadership regime ambassador envoy diplomat delegation secretary governor mayor "
    "senator chief head state country nation embassy consulate bank regulator agency side "
    "counterpart prince treasury department representative chairman negotiator commissioner "
    "capital prosecutor office committee commission council service team republic union "
    "organization organisation bloc alliance ally partner member neighbour neighbor power observer "
    "monitor parliamentarian",
    "MIL": "army military force troop soldier navy marine general commander admiral officer unit "
    "warship fleet flotilla frigate corvette vessel ship jet warplane aircraft plane helicopter "
    "pilot submarine battalion brigade guard artillery fighter peacekeeper drone missile colonel "
    "sailor serviceman bomber destroyer convoy paratrooper infantry tank airman helicopter",
    "LEG": "parliament lawmaker legislator deputy congress senate legislature mp assembly "
    "congressman congressmen speaker parliamentarian congresswoman caucus",
    "JUD": "court judge tribunal jury",
    "COP": "police policeman investigator gendarme detective",
    "SPY": "intelligence spy",
    "OPP": "opposition dissident oppositionist exile",
    "PTY": "party",
    "REB": "rebel militant separatist insurgent guerrilla terrorist gunman militia extremist "
    "jihadist islamist insurgency",
    "JRN": "journalist reporter editor newspaper blogger broadcaster correspondent media columnist",
    "CVL": "activist protester demonstrator citizen civilian people resident defender lawyer "
    "worker student national population man woman child villager farmer miner campaigner "
    "sociologist refugee migrant prisoner detainee hostage passenger tourist girl boy writer "
    "artist scholar crowd driver crew oligarch critic suspect",
    "BUS": "company firm corporation businessman producer operator giant exporter investor bank",
    "NGO": "ngo charity watchdog foundation",
    "REL": "church bishop patriarch pope priest cleric imam monk",
}
DOMESTIC: Final = frozenset({"OPP", "JRN", "CVL", "NGO", "REL", "PTY", "REB"})
# Relations of a noun phrase that lead to other phrases, not deeper into this one.
_OUTSIDE: Final = frozenset(
    {
        "acl",
        "acl:relcl",
        "conj",
        "cc",
        "parataxis",
        "advcl",
        "punct",
        "appos",
        "ccomp",
        "nsubj",
        "cop",
    }
)
_AIMS: Final = frozenset({"on", "against", "to", "for", "toward", "towards", "into", "than"})
# Acts of a state upon its own people: "a crackdown on students in Minsk" is Minsk's.
_AT_HOME: Final = frozenset(
    "crackdown clampdown pressure repression curb restriction limit".split()
)
_HOLDERS: Final = frozenset({"amod", "compound", "nmod:poss", "flat", "nmod:unmarked", "nmod:desc"})
_PLACES: Final = frozenset({"in", "for"})
_COLLECTIVE: Final = frozenset(
    {"group", "delegation", "number", "team", "dozen", "hundred", "pair", "series", "member"}
)
_SIDES: Final = ("pro-", "anti-", "pro–", "anti–", "non-")
_OF_ACTOR: Final = frozenset({"of", "from", "in", "for"})


@cache
def role_words() -> dict[str, str]:
    """Lemma -> PLOVER sector for nouns that act."""
    out: dict[str, str] = {}
    for sector, words in _ROLE_WORDS.items():
        for word in words.split():
            out.setdefault(word, sector)
    return out


@dataclass(frozen=True, slots=True)
class Actor:
    """A party to an event: code (None = not resolved), sector, words, offsets in the sentence."""

    code: str | None
    sector: str | None
    text: str
    start: int
    end: int
    kind: str = "name"
    person_id: str | None = None


class Phrases:
    """Resolves the noun phrases of one tree with the mentions found in its text."""

    def __init__(self, tree: Tree, mentions: list[Mention]) -> None:
        self.tree = tree
        self.mentions = mentions = [m for m in mentions if not _sided(tree.text, m)]
        self._by_token: dict[int, Mention] = {}
        self._cases: dict[int, str] = {}
        for mention in mentions:
            start, end = mention.start, mention.end
            for token in tree.tokens:
                if token.start < end and start < token.end:
                    self._by_token[token.i] = mention

    def all_at(self, token: Token) -> list[Mention]:
        """The mention that covers a token, with the others of the row it stands for."""
        starts = self.tree.rows.get(token.i)
        if starts:
            return [m for m in self.mentions if m.start in starts]
        mention = self._by_token.get(token.i)
        return [mention] if mention else []

    def mention_at(self, token: Token) -> Mention | None:
        """The mention that covers a token."""
        return self._by_token.get(token.i)

    def conjuncts(self, token: Token) -> list[Token]:
        """A phrase head and the heads coordinated with it."""
        out = [token]
        for kid in self.tree.kids(token.i, "conj"):
            if kid.is_noun or kid.tag in {"JJ", "CD", "PRP"} or kid.i in self._by_token:
                out.extend(self.conjuncts(kid))
        return out

    def actors(self, token: Token, *, strict: bool = False) -> list[Actor]:
        """All actors a phrase stands for, its coordinated parts included.

        Args:
            token: Head of the phrase.
            strict: The phrase must itself be an actor ("Russia", "the Russian president");
                otherwise its possessor or modifier will do ("Russia's annexation").
        """
        out: list[Actor] = []
        shared: str | None = None
        for head in self.conjuncts(token):
            found = self._one(head, strict=strict, shared=shared)
            for actor in found:
                if not any(a.code == actor.code and a.text == actor.text for a in out):
                    out.append(actor)
            if found and shared is None and found[0].kind == "role":
                shared = found[0].code
        return out

    def _one(self, head: Token, *, strict: bool, shared: str | None) -> list[Actor]:
        parts = self.tree.subtree(head.i, stop=_OUTSIDE)
        if (mention := self._by_token.get(head.i)) is not None:
            return self._named(head, mention, parts, strict)
        named = [
            m
            for t in parts
            if t.i in self._by_token
            for joined in self.conjuncts(t)
            for m in self.all_at(joined)
        ]
        if head.lemma in _COLLECTIVE and not any(
            t.i < head.i for t in parts if t.i in self._by_token
        ):
            for kid in self.tree.kids(head.i, "nmod"):
                if self.case(kid) in {"of", "from"}:
                    return self.actors(kid, strict=strict)
        if (bearer := self._bearer(head)) is not None:
            return [self._actor(bearer)]
        if sector := self._sector(head, parts):
            return self._role(head, sector, parts, named, shared)
        if strict:
            return self._of_state(head)
        return [self._actor(m) for m in _distinct(self._within(head, named)) if m.code]

    def _of_state(self, head: Token) -> list[Actor]:
        """A proper name that no list holds, with its state before it: "Norway's Equinor"."""
        if head.tag != "NNP" and not head.text[:1].isupper():
            return []
        for kid in self.tree.kids(head.i, "nmod:poss", "nmod"):
            state = self._by_token.get(kid.i)
            if kid.dep == "nmod" and self.case(kid) != "of":
                continue
            if state and state.code and state.is_state and len(state.code) == 3:
                start, end = min(state.start, head.start), max(state.end, head.end)
                return [Actor(state.code, None, self.tree.text[start:end], start, end, "role")]
        return []

    def _within(self, head: Token, named: list[Mention]) -> list[Mention]:
        """Whom a thing belongs to: its possessor, else who is named in it but not as its aim."""
        for kid in self.tree.kids(head.i, "nmod:poss"):
            owner = [m for t in self.tree.subtree(kid.i) for m in self.all_at(t) if m.code]
            if owner:
                return owner
        aims: set[int] = set()
        for kid in self.tree.kids(head.i, "nmod"):
            if self.case(kid) in _AIMS and head.lemma not in _AT_HOME:
                aims |= {t.i for t in self.tree.subtree(kid.i)}
        aimed = {id(self._by_token[i]) for i in aims if i in self._by_token}
        return [m for m in named if id(m) not in aimed]

    def _named(
        self, head: Token, mention: Mention, parts: list[Token], strict: bool
    ) -> list[Actor]:
        """Actors of a phrase whose head is itself a name."""
        before = [
            m for t in parts if t.i < head.i and (m := self._by_token.get(t.i)) and m is not mention
        ]
        if mention.kind == "person" and mention.code is None and before:
            # an ambiguous surname with its state in front of it: "Azerbaijani President Aliyev"
            return [self._actor(mention, code=before[-1].code)]
        if mention.kind in {"region", "adjective", "demonym"} and strict:
            return self._descriptive(head, mention)
        beside = [m for m in _distinct(before) if self._coordinate(m, mention)]
        row = self.all_at(head) if head.i in self.tree.rows else [mention]
        return [self._actor(m) for m in [*beside, *row]]

    def _bearer(self, head: Token) -> Mention | None:
        """The person or body that a title names: "President | Putin", "the company Gazprom"."""
        for kid in self.tree.kids(head.i, "appos", "flat", "compound", "list"):
            if (m := self._by_token.get(kid.i)) and m.kind in {"person", "organisation"}:
                return m
            if kid.dep == "compound":
                continue
            for grand in self.tree.subtree(kid.i, stop=_OUTSIDE):
                if (m := self._by_token.get(grand.i)) and m.kind == "person":
                    return m
        return None

    def _sector(self, head: Token, parts: list[Token]) -> str | None:
        """The sector of a role noun, or of one beside it; None for nouns that do not act."""
        kids = self.tree.kids(head.i, "compound", "flat", "appos", "nmod:desc")
        words = (role_words().get(t.lemma) for t in (head, *kids))
        sector = next((s for s in words if s), None)
        lemmas = {t.lemma for t in parts}
        if sector == "GOV" and "opposition" in lemmas:
            return "OPP"
        if sector == "GOV" and "former" in lemmas:
            return "ELI"
        return "REB" if sector == "GOV" and "rebel" in lemmas else sector

    def _coordinate(self, first: Mention, second: Mention) -> bool:
        """Two names joined by a plain "and" or comma, whatever the tree says of them."""
        if not {first.kind, second.kind} <= {"name", "organisation"}:
            return False
        between = self.tree.text[first.end : second.start].strip().lower().split()
        return bool(between) and len(between) <= 2 and set(between) <= {"and", ",", "the", "&"}

    def _descriptive(self, head: Token, mention: Mention) -> list[Actor]:
        plural = head.tag in {"NNPS", "NNS"} or mention.kind == "demonym"
        if mention.kind == "region" or plural or head.tag == "NNP":
            sector = "CVL" if mention.kind == "demonym" and plural else mention.sector
            return [self._actor(mention, sector=sector)]
        return []

    def _role(
        self,
        head: Token,
        sector: str,
        parts: list[Token],
        named: list[Mention],
        shared: str | None,
    ) -> list[Actor]:
        """A role noun: its state is the nearest adjective, possessor or of-phrase."""
        tree = self.tree
        words = tree.text[parts[0].start : parts[-1].end]
        direct = self._direct(head, parts)
        if not direct and sector in DOMESTIC and self._takes_sides(parts):
            direct = self._whereabouts(head)
        persons = [m for m in named if m.kind == "person" and m.code]
        if persons and head.lemma not in {"party", "government", "force", "troop", "supporter"}:
            return [self._actor(m) for m in _distinct(persons)]
        if not direct and any(k.text == "European" for k in tree.kids(head.i, "amod")):
            return [Actor("EUR", "IGO", words, parts[0].start, parts[-1].end, "role")]
        if not direct and shared:
            return [Actor(shared, sector, words, parts[0].start, parts[-1].end, "role")]
        if not direct:
            return [Actor(None, sector, words, parts[0].start, parts[-1].end, "role")]
        first = direct[0]
        several = [m for m in _distinct(direct) if m.is_state or m.kind == "organisation"]
        if head.tag in {"NNS", "NNPS"} and len(several) > 1:
            return [Actor(m.code, sector, m.text, m.start, m.end, "role") for m in several]
        if first.kind == "organisation" and first.sector == "IGO":
            sector = "IGO"
        return [Actor(first.code, sector, words, parts[0].start, parts[-1].end, "role")]

    def _takes_sides(self, parts: list[Token]) -> bool:
        """Whether a phrase says whose side somebody is on: "pro-Russian demonstrators"."""
        text = self.tree.text[max(0, parts[0].start - 5) : parts[-1].end].lower()
        return "pro-" in text or "pro–" in text or "anti-" in text

    def _whereabouts(self, head: Token) -> list[Mention]:
        """The state in which the clause of somebody plays: "seized a hall in Donetsk"."""
        for mention in self.mentions:
            words = self.tree.text[: mention.start].lower().split()[-2:]
            if mention.start > head.end and {"in", "near", "outside"} & set(words):
                return [mention] if mention.is_state and mention.code else []
        return []

    def _direct(self, head: Token, parts: list[Token]) -> list[Mention]:
        """The names that say whose somebody is; where they are only if nothing else does."""
        own: list[Mention] = []
        beside: list[Mention] = []
        for kid in self.tree.kids(head.i):
            case = self.case(kid) if kid.dep == "nmod" else ""
            if kid.dep not in _HOLDERS and case not in _OF_ACTOR:
                continue
            into = beside if case in _PLACES else own
            for part in self.tree.subtree(kid.i, stop=frozenset({"acl", "acl:relcl"})):
                into += [m for m in self.all_at(part) if m.code and m not in into]
        found = own or beside
        if not found and parts[0].i:
            # "Zimbabwean | opposition leader": the adjective hung elsewhere
            m = self._by_token.get(parts[0].i - 1)
            if m and m.code and m.kind in {"adjective", "name", "demonym"}:
                found = [m]
        return found

    def case(self, token: Token) -> str:
        """The preposition of a nominal, lower case; empty if it has none."""
        if token.i not in self._cases:
            self._cases[token.i] = self._case(token)
        return self._cases[token.i]

    def _case(self, token: Token) -> str:
        for kid in self.tree.kids(token.i, "case"):
            return kid.text.lower()
        for part in self.tree.kids(token.i, "compound", "amod"):
            # "of US senators": the preposition hung on the first word of the phrase
            for kid in self.tree.kids(part.i, "case"):
                if kid.i < part.i < token.i:
                    return kid.text.lower()
        return ""

    @staticmethod
    def _actor(mention: Mention, *, code: str | None = None, sector: str | None = None) -> Actor:
        return Actor(
            code or mention.code,
            sector or mention.sector or ("GOV" if mention.is_state else None),
            mention.text,
            mention.start,
            mention.end,
            mention.kind,
            mention.person_id,
        )


def _sided(text: str, mention: Mention) -> bool:
    """Whether a name is no party: "pro-Russian", "Indian Ocean", "National Security Council"."""
    before = text[max(0, mention.start - 9) : mention.start]
    water = re.match(r" (?:Ocean|Sea|Channel|Open)\b", text[mention.end : mention.end + 9])
    own = mention.text == "Security Council" and before.endswith("National ")
    return before.lower().endswith(_SIDES) or water is not None or own


def _distinct(mentions: list[Mention]) -> list[Mention]:
    out: list[Mention] = []
    for mention in mentions:
        if not any(m.code == mention.code and m.kind == mention.kind for m in out):
            out.append(mention)
    return out
