"""A user's triggers, read as the built-in rules are read, before them.

The words that a user's rule has used are closed to the built-in rules, so that one act is told
once, and as the user said.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

import lemminflect

from tiltmeter.coding.clauses import Clauses, Found
from tiltmeter.coding.lexicon import Lexicon, NounRule, VerbRule, lexicon
from tiltmeter.coding.mentions import Phrases
from tiltmeter.coding.nominal import Context, Nominals
from tiltmeter.coding.parsing import Token, Tree
from tiltmeter.coding.prefilter import inflected
from tiltmeter.coding.tenses import Change
from tiltmeter.coding.user_lexicon import UserLexicon, UserTrigger

USER: Final = "user:"  # begins the rule name of an event that a user's trigger told
_KNOWN: Final = "attack"  # a verb that the parser reads well, with object, agent and clauses
_WORD: Final = re.compile(r"[^\W\d_]+")
_COMPOUND: Final = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)+")
_PREPOSITIONS: Final = frozenset(
    "of in on to for with against at by from between over among into".split()
)


@dataclass(frozen=True, slots=True)
class _UserVerb(VerbRule):
    phrase: tuple[str, ...] = ()
    sure: float | None = None


@dataclass(frozen=True, slots=True)
class _UserNoun(NounRule):
    phrase: tuple[str, ...] = ()
    sure: float | None = None


@dataclass(slots=True)
class Told:
    """What a user's triggers told in one sentence.

    ``used`` are numbers of words that the built-in rules must leave alone, ``skipped`` the words
    that told nothing, with the reason.
    """

    found: list[Found] = field(default_factory=list)
    used: set[int] = field(default_factory=set)
    skipped: list[str] = field(default_factory=list)


class UserTriggers:
    """The triggers of one lexicon, ready to be applied to trees."""

    def __init__(self, own: UserLexicon) -> None:
        built_in = lexicon()
        verbs: dict[str, list[VerbRule]] = defaultdict(list)
        nouns: dict[str, list[NounRule]] = defaultdict(list)
        forms: set[str] = set()
        self._instead: set[str] = set()
        for trigger in own.triggers:
            for words in trigger.words:
                head = words[0] if trigger.part == "verb" else words[_head(words)]
                shapes = inflected(head, "VERB" if trigger.part == "verb" else "NOUN")
                forms |= shapes
                for shape in shapes:
                    if trigger.part == "verb":
                        verbs[shape].append(_verb(trigger, words, built_in))
                    else:
                        nouns[shape].append(_noun(trigger, words))
                if trigger.instead and len(words) == 1:
                    self._instead |= shapes
        self._strange = _strange(own)
        self._lexicon = replace(
            built_in,
            verbs={w: tuple(rules) for w, rules in verbs.items()},
            nouns={w: tuple(rules) for w, rules in nouns.items()},
        )
        self._forms = forms

    def stand_in(self, text: str) -> bool:
        """Whether any of the words stands in a text, in any form, whatever is meant by it."""
        if not self._forms:
            return False
        low = text.lower()
        return not self._forms.isdisjoint(_COMPOUND.findall(low) + _WORD.findall(low))

    def changes(self, text: str) -> list[Change]:
        """Verbs that no dictionary has, each to be parsed as the same form of a common one."""
        if not self._strange:
            return []
        found = ((m, self._strange.get(m[0].lower())) for m in _WORD.finditer(text))
        return [
            Change(m.start(), m.end(), known[0], known[1], False) for m, known in found if known
        ]

    def tell(self, phrases: Phrases, context: Context) -> Told:
        """Apply the triggers to one tree."""
        if not self._forms:
            return Told()
        clauses = _Clauses(phrases, self._lexicon)
        found = list(clauses.events())
        nominals = _Nominals(phrases, self._lexicon, clauses.used, context, clauses.subject)
        for event in nominals.events():
            clauses.used.add(event.token)
            found.append(event)
        used = clauses.used | {t.i for t in phrases.tree.tokens if t.text.lower() in self._instead}
        return Told(found, used, clauses.skipped + nominals.skipped)


def _strange(own: UserLexicon) -> dict[str, tuple[str, str]]:
    """Form of a verb that is in no dictionary -> the same form of a known verb, its own lemma."""
    out: dict[str, tuple[str, str]] = {}
    verbs = {t.words for t in own.triggers if t.part == "verb"}
    nouns = {w for t in own.triggers if t.part == "noun" for words in t.words for w in words}
    for lemma in sorted(words[0] for several in verbs for words in several if len(words) == 1):
        if lemminflect.getAllInflections(lemma, upos="VERB"):
            continue
        for tag in ("VB", "VBZ", "VBG", "VBN", "VBD"):
            known = lemminflect.getInflection(_KNOWN, tag)[0]
            forms = lemminflect.getAllInflectionsOOV(lemma, upos="VERB").get(tag, ())
            out |= {form: (known, lemma) for form in forms if form not in nouns}
    return out


class _Clauses(Clauses):
    """The verbal rules of a user: looked up by form, since no list may know the lemma."""

    def events(self) -> Iterator[Found]:
        for token in self.tree.tokens:
            rules = self.lexicon.verbs.get(token.text.lower(), ())
            acts = token.is_verb or self.tree.kids(token.i, "nsubj", "nsubj:pass", "obj")
            if rules and acts and token.i not in self.used:
                found = self._first(token, rules)
                if found is not None:
                    yield found

    def _fits(self, verb: Token, rule: VerbRule) -> bool:
        assert isinstance(rule, _UserVerb)
        return _stands(self.tree, verb, rule.phrase, 0) and super()._fits(verb, rule)

    def _apply(self, verb: Token, rule: VerbRule) -> Found | None:
        assert isinstance(rule, _UserVerb)
        found = _signed(self.tree, super()._apply(verb, rule), rule, 0)
        if found is not None:
            # "pulled the plug on talks with ...": the talks are told by this act
            for place in rule.target:
                self.used |= {t.i for t in self.places.heads(verb, place, rule.preps)}
        return found


class _Nominals(Nominals):
    """The nominal rules of a user."""

    def events(self) -> Iterator[Found]:
        for token in self.tree.tokens:
            if token.is_noun and token.i not in self.used:
                for rule in self.lexicon.nouns.get(token.text.lower(), ()):
                    found = self._apply(token, rule)
                    if found:
                        yield found
                        break

    def _apply(self, noun: Token, rule: NounRule) -> Found | None:
        assert isinstance(rule, _UserNoun)
        if not _stands(self.tree, noun, rule.phrase, _head(rule.phrase)):
            return None
        return _signed(self.tree, super()._apply(noun, rule), rule, _head(rule.phrase))


def _signed(
    tree: Tree, found: Found | None, rule: _UserVerb | _UserNoun, head: int
) -> Found | None:
    """The event with the rule's name, all its words as the trigger, and the user's confidence."""
    if found is None:
        return None
    first = found.token - head
    words = tree.tokens[first : first + len(rule.phrase)]
    return replace(
        found,
        rule=USER + " ".join(rule.phrase),
        trigger=(words[0].start, words[-1].end),
        confidence=rule.sure or found.confidence,
    )


def _head(words: tuple[str, ...]) -> int:
    """Which word of a nominal phrase bears it: "naval blockade", "show of force"."""
    return next((i - 1 for i, w in enumerate(words) if i and w in _PREPOSITIONS), len(words) - 1)


def _stands(tree: Tree, token: Token, phrase: tuple[str, ...], head: int) -> bool:
    """Whether the words of a phrase stand around its head, side by side."""
    first = token.i - head
    if first < 0 or first + len(phrase) > len(tree.tokens):
        return False
    return all(
        at == head or word in {tree.tokens[first + at].text.lower(), tree.tokens[first + at].lemma}
        for at, word in enumerate(phrase)
    )


def _verb(trigger: UserTrigger, words: tuple[str, ...], built_in: Lexicon) -> _UserVerb:
    objects = {o for o in trigger.objects if o[0] not in "@#"}
    for name in trigger.objects:
        if name.startswith("@"):
            objects |= built_in.classes[name[1:]]
    return _UserVerb(
        trigger.event_type,
        trigger.mode,
        trigger.domain,
        frozenset(objects),
        frozenset(o[1:] for o in trigger.objects if o.startswith("#")),
        trigger.target,
        frozenset(trigger.preps),
        trigger.needs,
        trigger.joint,
        trigger.status,
        trigger.doer == "official",
        trigger.doer == "force",
        trigger.reverse,
        trigger.doer == "experiencer",
        frozenset(trigger.without),
        trigger.crowd,
        trigger.abroad or trigger.mode == "visit",
        trigger.strict,
        words,
        trigger.confidence,
    )


def _noun(trigger: UserTrigger, words: tuple[str, ...]) -> _UserNoun:
    return _UserNoun(
        trigger.event_type,
        trigger.mode,
        trigger.domain,
        trigger.source,
        trigger.target,
        trigger.needs,
        trigger.joint,
        trigger.status,
        trigger.pair,
        trigger.focus,
        trigger.cooperative,
        trigger.governed,
        words,
        trigger.confidence,
    )
