"""What "the verdict", "the criticism", "the resolution" of a sentence are: deeds told before it.

A document that tells of a sentence and then of who criticised the verdict names the state of the
court once. The memory of deeds gives it to the second act, and only where the words ask for it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from tiltmeter.coding.clauses import Found
from tiltmeter.coding.mentions import Actor

_DEEDS: Final = frozenset(
    "verdict sentence ruling trial arrest detention conviction jailing imprisonment crackdown "
    "pardon release closure raid prosecution expulsion killing shooting strike attack shelling "
    "ban sentencing".split()
)
_STEPS: Final = frozenset({"step", "move", "decision", "measure", "action"})
_WORDS: Final = frozenset(
    "criticism accusation allegation charge claim remark demand appeal concern protest "
    "statement resolution condemnation call".split()
)
_TEXTS: Final = frozenset({"resolution", "text", "draft", "it", "motion"})
_HARSH: Final = frozenset({"COERCE", "ASSAULT", "SANCTION", "RETREAT"})
_RESPONSES: Final = frozenset({"ACCUSE", "REQUEST", "SUPPORT", "REJECT"})
_OTHER_SIDE: Final = {"SUPPORT": "REJECT", "REJECT": "SUPPORT", "ACCUSE": "SUPPORT"}


# Words of a response to something told before: its other side may be named there only.
ANSWERS: Final = tuple(sorted((_DEEDS | _STEPS | _WORDS | _TEXTS) - {"it", "text"}))


class Deeds:
    """The deeds of one document, in the order they are told."""

    def __init__(self) -> None:
        self._told: list[Found] = []
        self._votes: list[Found] = []

    def settle(self, found: list[Found]) -> list[Found]:
        """Fill the unnamed recipient of responses; remember every deed. In text order."""
        out = []
        for item in sorted(found, key=lambda f: f.trigger):
            settled = self._settle(item)
            if settled is not None:
                out.append(settled)
                self._told.append(settled)
                if settled.rule == "vote" and settled.targets:
                    self._votes.append(settled)
        return out

    def _settle(self, item: Found) -> Found | None:
        if item.rule == "vote" and not item.targets:
            return self._same_vote(item)
        on_text = item.event_type in {"SUPPORT", "REJECT"} and set(item.about) & (_TEXTS - {"it"})
        if on_text and self._votes and not any(t.code and len(t.code) == 3 for t in item.targets):
            return self._same_vote(item) or item
        if (
            item.event_type not in _RESPONSES
            or any(t.code for t in item.targets)
            or not any(s.code for s in item.sources)
        ):
            return item
        answered = self._answered(item)
        if answered is None:
            return item
        return replace(item, targets=(answered,), confidence=min(item.confidence, 0.6))

    def _answered(self, item: Found) -> Actor | None:
        own = {s.code for s in item.sources}
        about = set(item.about)
        if item.event_type == "REJECT":
            for deed in reversed(self._told[-4:] if about & _WORDS else []):
                aimed = {t.code for t in deed.targets}
                if deed.event_type in {"ACCUSE", "REQUEST"} and own & aimed:
                    return _state(deed.sources, own)
            return None
        if about & _DEEDS:
            for deed in reversed(self._told[-4:]):
                if deed.event_type in _HARSH and (doer := _state(deed.sources, own)):
                    return doer
        if about & _STEPS and self._told:
            last = self._told[-1]
            if last.event_type in _HARSH | {"CONCEDE"}:
                return _state(last.sources, own)
        return None

    def _same_vote(self, item: Found) -> Found | None:
        if not self._votes or not set(item.about) & _TEXTS:
            return None
        last = self._votes[-1]
        favour = item.event_type == "SUPPORT"
        event_type = last.event_type if favour else _OTHER_SIDE.get(last.event_type)
        own = {s.code for s in item.sources}
        if event_type is None or own & {t.code for t in last.targets}:
            return None
        targets = tuple(_implied(t, item) for t in last.targets)
        return replace(item, event_type=event_type, targets=targets)


def _state(sources: tuple[Actor, ...], own: set[str | None]) -> Actor | None:
    """The one state that did it, as a recipient that is not named here."""
    codes = {s.code for s in sources if s.code}
    if len(codes) != 1 or codes & own:
        return None
    return replace(
        next(s for s in sources if s.code), sector="GOV", kind="implied", text="(implied)",
        person_id=None,
    )  # fmt: skip


def _implied(actor: Actor, item: Found) -> Actor:
    return replace(
        actor, kind="implied", text="(implied)", start=item.trigger[0], end=item.trigger[1]
    )
