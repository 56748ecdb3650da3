"""Events that the network reads, told as the rules tell theirs, and both made one list.

The network says what is done and which words are the parties; whose words they are, when, and
whether it is done or only planned, is read from names and tree as for the rules.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from tiltmeter.coding.clauses import Found
from tiltmeter.coding.encoder import Reader, Reading, Verdict
from tiltmeter.coding.encoder_actors import actors_of, home, with_places
from tiltmeter.coding.encoder_decode import Proposal, Span, propose, role_of
from tiltmeter.coding.encoder_status import status_told, token_at
from tiltmeter.coding.mentions import Actor
from tiltmeter.coding.parsing import Tree
from tiltmeter.knowledge.actors import Mention
from tiltmeter.knowledge.ontology import is_symmetric, quad_class
from tiltmeter.schemas import DOMAINS

RULE: Final = "network"
_VERBAL: Final = 0.8  # the rules' own confidence in an act told by a verb, both parties known
_AND: Final = re.compile(r"\s*(?:,|,?\s*and|or|&)\s+(?:the\s+)?")
_JOINED: Final = 0.15  # of a name that "and" joins to a party
_REFUSES: Final = re.compile(
    r"\b(?:will|would|can|could|does|do) (?:not|never)\b|\bwon't\b|\bcannot\b|\brefus|\bnever\b",
    re.I,
)
_DOUBT: Final = 0.02
_DOMAIN: Final = 0.3  # a domain is believed from this probability
_CLEAR: Final = 0.8  # a status is believed from this probability, where the grammar shows none
_UNSURE: Final = 0.55  # of the network: below it a rule's type goes before its own
_COOPERATION: Final = 2  # the highest quad class that is cooperation
_SURE: Final = 0.6  # of the network, from which its type goes before a rule's
_DOMESTIC_ACTS: Final = frozenset(
    {"COERCE", "ASSAULT", "ACCUSE", "RETREAT", "CONCEDE", "PROTEST", "MOBILIZE", "REJECT",
     "REQUEST", "THREATEN", "AGREE", "SUPPORT"}
)  # fmt: skip
# Acts on the spot: whom they meet is of the place, where no state is named.
_LOCAL_ACTS: Final = frozenset({"COERCE", "ASSAULT", "PROTEST", "MOBILIZE", "CONCEDE", "RETREAT"})


@dataclass(frozen=True, slots=True)
class Read:
    """A sentence as the network read it."""

    reading: Reading
    proposal: Proposal
    verdict: Verdict


class Network:
    """The network with the thresholds that its settings state.

    Args:
        encoder: What reads.
        named: The sentences were chosen because they name states: an event is likelier there than
            in any sentence of any text, and less certainty is asked.
    """

    def __init__(self, encoder: Reader, *, named: bool = False) -> None:
        self.encoder = encoder
        limits = encoder.settings | (encoder.settings.get("named", {}) if named else {})
        self.emit: float = limits["emit"]
        self.keep: float = limits["keep"]
        self.context: float = limits["context"]
        self.least: float = limits["least"]
        self.nobody: float = limits["nobody"]
        self.look: float = limits["look"]

    def read(self, texts: list[str]) -> list[Read]:
        """Read sentences, in order."""
        return [Read(r, *propose(self.encoder, r)) for r in self.encoder.read(texts)]

    def event(self, read: Read, tree: Tree | None, mentions: Sequence[Mention]) -> Found | None:
        """The event of the sentence; None where nothing is done, or nobody is known to do it."""
        proposal = read.proposal
        if proposal.event < self.emit or proposal.confidence < self.least:
            return None
        text = read.reading.text
        mentions = with_places(text, mentions)
        source = _stretched(read.reading, proposal.source, mentions, 0)
        target = _stretched(read.reading, proposal.target, mentions, 1)
        taken = (*proposal.source, *proposal.target)
        sources, targets = sides(text, proposal.event_type, source, target, mentions, taken)
        if not _codes((*sources, *targets)) and proposal.event < self.nobody:
            return None
        token = token_at(tree, proposal.trigger) if tree else None
        status = status_told(tree, token, proposal.event_type)
        if status is None or _idle(read.verdict):
            return None
        if status == "done":
            said = read.verdict.statuses
            status = next((s for s in ("planned", "alleged") if said[s] >= _CLEAR), status)
        joint = is_symmetric(proposal.event_type) and not targets and len(_codes(sources)) > 1
        return Found(
            proposal.event_type,
            None,
            domain_read(read.verdict),
            tuple(sources),
            tuple(targets),
            joint,
            status,
            proposal.trigger,
            token.i if token else 0,
            round(proposal.confidence, 3),
            RULE,
        )

    def check(self, read: Read, rule: Found) -> Verdict:
        """What the network says of the parties that a rule found."""
        source, target = (
            [(a.start, a.end) for a in side if a.kind != "implied"]
            for side in (rule.sources, rule.targets)
        )
        return self.encoder.judge(read.reading, read.reading.weights(source, target))

    def merge(self, read: Read, rules: list[Found], learned: Found | None) -> list[Found]:
        """The events of a sentence: the network's, and those of the rules that it does not deny.

        Where both tell one event, a rule that knows both parties has the say on who and whom and
        on the status, the network on the type; elsewhere the network.
        """
        out: list[Found] = [learned] if learned else []
        same = [r for r in rules if learned and _same(r, learned)]
        first = max(same, key=lambda r: _likeness(r, learned), default=None)
        if learned and first:
            refused = bool(_REFUSES.search(read.reading.text))
            out[0] = _joined(learned, first, read.verdict.types["SANCTION"], refused)
        for rule in rules:
            if rule is first or (learned and _twin(rule, out[0])):
                continue
            if _unseen(rule):
                out.append(rule)
                continue
            # the network sees one sentence and knows little of acts told by nouns
            leaning = _implied(rule) or (_both(rule) and rule.confidence < _VERBAL)
            verdict = self.check(read, rule)
            limit = self.context if leaning else self.keep
            if verdict.event < limit or _idle(verdict):
                continue
            if leaning or _both(rule) or learned is None:
                sure = round(rule.confidence * verdict.event, 3)
                domain = rule.domain or domain_read(verdict)
                out.append(replace(rule, confidence=sure, domain=domain))
        return out


def domain_read(verdict: Verdict) -> str | None:
    """The likeliest domain of the house; None if the network knows none of them for likely."""
    chance, name = max((verdict.domains.get(d, 0.0), d) for d in DOMAINS)
    return name if chance >= _DOMAIN else None


def _idle(verdict: Verdict) -> bool:
    """Whether words tell of what was done long before, or of what may be."""
    likeliest = max(verdict.statuses, key=verdict.statuses.__getitem__)
    return verdict.statuses["background"] >= _CLEAR or likeliest == "conditional"


def _both(found: Found) -> bool:
    """Whether a state or body is known on both sides, or two that act alike."""
    if found.joint and not found.targets:
        return len(_codes(found.sources)) > 1
    return bool(_codes(found.sources)) and bool(_codes(found.targets))


def _parties(found: Found) -> set[str]:
    return _codes((*found.sources, *found.targets))


def _friendly(event_type: str) -> bool:
    """Whether a type is cooperation: where network and rule differ on that, the rule is right."""
    return quad_class(event_type) <= _COOPERATION


def _named(actors: tuple[Actor, ...]) -> tuple[Actor, ...]:
    """Without those nobody can place, where somebody beside them can be."""
    known = tuple(a for a in actors if a.code)
    return known or actors


def _implied(found: Found) -> bool:
    """Whether a party is taken from the text before, which the network does not see."""
    return any(a.kind == "implied" for a in (*found.sources, *found.targets))


def _codes(actors: Sequence[Actor]) -> set[str]:
    return {a.code for a in actors if a.code}


def _stretched(
    reading: Reading, spans: tuple[Span, ...], mentions: Sequence[Mention], column: int
) -> list[Span]:
    """The spans of a party and the names that "and" or a comma joins to them, if likely at all."""
    out = list(spans)
    for mention in mentions:
        if any(s < mention.end and mention.start < e for s, e in out):
            continue
        joined = any(_AND.fullmatch(reading.text[e : mention.start]) for _, e in out)
        span = (mention.start, mention.end)
        if joined and role_of(reading, span, column) >= _JOINED:
            out.append(span)
    return out


def sides(
    text: str,
    event_type: str,
    source: Sequence[Span],
    target: Sequence[Span],
    mentions: Sequence[Mention],
    taken: Sequence[Span] = (),
) -> tuple[list[Actor], list[Actor]]:
    """The actors that the spans of both sides stand for, each with its state as far as it is told.

    Args:
        text: The sentence.
        event_type: What is done; acts on the spot are done to people of the place.
        source: Spans of the doers.
        target: Spans of those it is done to.
        mentions: What the sentence names, places included (``with_places``).
        taken: Spans that are no place, if others than those of both sides.
    """
    sources, targets = actors_of(text, source, mentions), actors_of(text, target, mentions)
    sources, targets = _apart(sources, targets)
    return _placed(text, event_type, taken or (*source, *target), sources, targets, mentions)


def _apart(sources: list[Actor], targets: list[Actor]) -> tuple[list[Actor], list[Actor]]:
    """Take out of each side who stands in the other with the same words."""
    kept = [t for t in targets if all((t.start, t.end) != (s.start, s.end) for s in sources)]
    return sources, kept


def _placed(
    text: str,
    event_type: str,
    taken: Sequence[Span],
    sources: list[Actor],
    targets: list[Actor],
    mentions: Sequence[Mention],
) -> tuple[list[Actor], list[Actor]]:
    """Give people without a state of their own that of the place, or of the other side."""
    place = home(text, taken, mentions)
    known = {"source": _codes(sources), "target": _codes(targets)}

    def state(actor: Actor, other: set[str]) -> Actor:
        if actor.code is not None:
            return actor
        if place and event_type in _LOCAL_ACTS:
            return replace(actor, code=place)
        if len(other) == 1 and event_type in _DOMESTIC_ACTS:
            (code,) = other
            return replace(actor, code=code) if len(code) == 3 else actor
        return actor

    return (
        [state(a, known["target"]) for a in sources],
        [state(a, known["source"]) for a in targets],
    )


def _unseen(found: Found) -> bool:
    """Whether all parties are taken from the text before: nothing for the network to judge."""
    return all(a.text == "(implied)" for a in (*found.sources, *found.targets))


def _near(rule: Found, learned: Found | None) -> bool:
    if learned is None:
        return False
    return rule.trigger[0] < learned.trigger[1] and learned.trigger[0] < rule.trigger[1]


def _likeness(rule: Found, learned: Found | None) -> tuple[bool, bool, bool]:
    """How well a rule tells the network's event: parties known, its type, its word."""
    alike = learned is not None and rule.event_type == learned.event_type
    return _both(rule), alike, _near(rule, learned)


def _same(rule: Found, learned: Found) -> bool:
    """Whether a rule tells the event that the network tells."""
    parties = _codes((*rule.sources, *rule.targets)) & _codes((*learned.sources, *learned.targets))
    alike = rule.event_type == learned.event_type or (
        quad_class(rule.event_type) == quad_class(learned.event_type)
    )
    return _near(rule, learned) or (alike and bool(parties)) or _type(rule) == _type(learned)


def _twin(rule: Found, told: Found) -> bool:
    """Whether a rule says again what has been told: the same type, or one beside the trigger."""
    parties = _codes((*rule.sources, *rule.targets)) <= _codes((*told.sources, *told.targets))
    return _near(rule, told) or (_type(rule) == _type(told) and parties)


def _type(found: Found) -> str:
    return found.event_type


def _joined(learned: Found, rule: Found, sanction: float, refused: bool) -> Found:
    """One event out of a rule's and the network's."""
    doers = _codes(rule.sources)
    if (
        rule.event_type == learned.event_type
        and doers
        and doers.isdisjoint(_codes(learned.sources))
    ) and doers <= _codes(learned.targets):  # the grammar knows the doer of a verb best
        return replace(rule, domain=rule.domain or learned.domain)
    kind, status = learned.event_type, learned.status
    whole = _both(rule)
    if rule.status == "denied" and not (kind == "REJECT" and refused):
        kind, status = rule.event_type, rule.status
    elif rule.status == "planned" and kind in {"AGREE", "THREATEN"} and not rule.joint:
        status = rule.status
    elif whole:
        if rule.status == "alleged" or (rule.status, status) == ("planned", "done"):
            status = rule.status
        planned = rule.status == "planned" and kind not in {"AGREE", "THREATEN"}
        # one benchmark behind the network files sanctions under COERCE; PLOVER's manual does not
        manual = rule.event_type == "SANCTION" and kind == "COERCE" and sanction > _DOUBT
        if planned or manual or learned.confidence < _UNSURE:
            kind = rule.event_type
    same = rule.event_type == kind
    sources = rule.sources if whole or not _codes(learned.sources) else learned.sources
    targets = rule.targets if whole or not _codes(learned.targets) else learned.targets
    everybody = _codes((*rule.sources, *rule.targets))
    if (
        rule.joint
        and len(everybody) == 2
        and _codes(learned.targets)
        and everybody == _codes((*learned.sources, *learned.targets))
    ):
        sources, targets = learned.sources, learned.targets
    return replace(
        rule if whole or same else learned,  # the grammar finds the word that tells it
        event_type=kind,
        mode=rule.mode if same else None,
        domain=(same and rule.domain) or learned.domain,
        sources=_named(sources),
        targets=_named(targets),
        joint=not targets and len(_codes(sources)) > 1 and is_symmetric(kind, rule.mode),
        status=status,
        confidence=learned.confidence,
        rule=f"{RULE}+{rule.rule}",
    )
