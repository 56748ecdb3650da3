"""Events that the network reads, told as the rules tell theirs, and both made one list.

The network says what is done and which words are the parties; whose words they are, when, and
whether it is done or only planned, is read from names and tree as for the rules.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from tiltmeter.coding.clauses import Found
from tiltmeter.coding.encoder import Encoder, Reading, Verdict
from tiltmeter.coding.encoder_actors import actors_of, home, with_places
from tiltmeter.coding.encoder_decode import Proposal, propose
from tiltmeter.coding.mentions import Actor
from tiltmeter.coding.parsing import Token, Tree
from tiltmeter.coding.status import Status, nominal_status, status_of
from tiltmeter.knowledge.actors import Mention
from tiltmeter.knowledge.ontology import is_symmetric, quad_class

RULE: Final = "network"
# Words, not deeds: what is asked, refused or threatened is done by being said.
_SAID: Final = frozenset({"AGREE", "SUPPORT", "REQUEST", "ACCUSE", "REJECT", "THREATEN"})
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
    """The network with the thresholds that its settings state."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self.emit: float = encoder.settings["emit"]
        self.keep: float = encoder.settings["keep"]
        self.look: float = encoder.settings["look"]

    def read(self, texts: list[str]) -> list[Read]:
        """Read sentences, in order."""
        return [Read(r, *propose(self._encoder, r)) for r in self._encoder.read(texts)]

    def event(self, read: Read, tree: Tree | None, mentions: Sequence[Mention]) -> Found | None:
        """The event of the sentence; None where nothing is done, or nobody is known to do it."""
        proposal = read.proposal
        if proposal.event < self.emit:
            return None
        text = read.reading.text
        mentions = with_places(text, mentions)
        sources = actors_of(text, proposal.source, mentions)
        targets = actors_of(text, proposal.target, mentions)
        sources, targets = _apart(sources, targets)
        sources, targets = _placed(text, proposal, sources, targets, mentions)
        token = _token(tree, proposal.trigger) if tree else None
        status = _status(tree, token, proposal.event_type)
        if status is None:
            return None
        joint = is_symmetric(proposal.event_type) and not targets and len(_codes(sources)) > 1
        return Found(
            proposal.event_type,
            None,
            None,
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
        sides = [[(a.start, a.end) for a in side if a.kind != "implied"] for side in (rule.sources, rule.targets)]
        return self._encoder.judge(read.reading, read.reading.weights(*sides))

    def merge(self, read: Read, rules: list[Found], learned: Found | None) -> list[Found]:
        """The events of a sentence: the network's, and those of the rules that it does not deny."""
        out: list[Found] = [learned] if learned else []
        for rule in rules:
            if learned and _same(rule, learned):
                out[0] = _joined(out[0], rule)
                continue
            verdict = self.check(read, rule)
            if verdict.event >= self.keep:
                out.append(replace(rule, confidence=round(rule.confidence * verdict.event, 3)))
        return out


def _codes(actors: Sequence[Actor]) -> set[str]:
    return {a.code for a in actors if a.code}


def _apart(sources: list[Actor], targets: list[Actor]) -> tuple[list[Actor], list[Actor]]:
    """Take out of each side who stands in the other with the same words."""
    kept = [t for t in targets if all((t.start, t.end) != (s.start, s.end) for s in sources)]
    return sources, kept


def _placed(
    text: str,
    proposal: Proposal,
    sources: list[Actor],
    targets: list[Actor],
    mentions: Sequence[Mention],
) -> tuple[list[Actor], list[Actor]]:
    """Give people without a state of their own that of the place, or of the other side."""
    place = home(text, [*proposal.source, *proposal.target], mentions)
    known = {"source": _codes(sources), "target": _codes(targets)}

    def state(actor: Actor, other: set[str]) -> Actor:
        if actor.code is not None:
            return actor
        if place and proposal.event_type in _LOCAL_ACTS:
            return replace(actor, code=place)
        if len(other) == 1 and proposal.event_type in _DOMESTIC_ACTS:
            (code,) = other
            return replace(actor, code=code) if len(code) == 3 else actor
        return actor

    return (
        [state(a, known["target"]) for a in sources],
        [state(a, known["source"]) for a in targets],
    )


def _token(tree: Tree, trigger: tuple[int, int]) -> Token | None:
    return next((t for t in tree.tokens if t.start < trigger[1] and trigger[0] < t.end), None)


def _status(tree: Tree | None, token: Token | None, event_type: str) -> str | None:
    """Done, planned or alleged; None for what is only a condition or a possibility."""
    if tree is None or token is None:
        return "done"
    read: Status = status_of(tree, token) if token.is_verb else nominal_status(tree, token)
    if event_type in _SAID:
        return "planned" if read.value == "planned" and event_type in {"AGREE", "THREATEN"} else "done"
    if read.value is None:
        return None if read.reason in {"conditional", "possibility"} else "done"
    return "done" if read.value == "denied" else read.value


def _same(rule: Found, learned: Found) -> bool:
    """Whether a rule tells the event that the network tells."""
    near = rule.trigger[0] < learned.trigger[1] and learned.trigger[0] < rule.trigger[1]
    parties = _codes((*rule.sources, *rule.targets)) & _codes((*learned.sources, *learned.targets))
    alike = rule.event_type == learned.event_type or (
        quad_class(rule.event_type) == quad_class(learned.event_type)
    )
    return near or (alike and bool(parties)) or rule.event_type == learned.event_type


def _joined(learned: Found, rule: Found) -> Found:
    """The network's event with what only the rule can tell: mode, domain, status of the verb."""
    same = rule.event_type == learned.event_type
    return replace(
        learned,
        mode=rule.mode if same else None,
        domain=rule.domain if same else None,
        status=rule.status if same else learned.status,
        rule=f"{RULE}+{rule.rule}",
    )
