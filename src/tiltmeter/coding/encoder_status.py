"""Is the event that the network reads done, planned or alleged, and is it an event at all?"""

from __future__ import annotations

from typing import Final

from tiltmeter.coding.parsing import Token, Tree
from tiltmeter.coding.status import Status, nominal_status, status_of

# Words, not deeds: what is asked, refused or threatened is done by being said.
_SAID: Final = frozenset({"AGREE", "SUPPORT", "REQUEST", "ACCUSE", "REJECT", "THREATEN"})
_HOPES: Final = frozenset("hope wish fear desire dream yearn dread worry seem appear".split())
_TELLS: Final = frozenset(
    "say warn threaten suggest hint announce vow declare tell state add caution signal".split()
)


def token_at(tree: Tree, trigger: tuple[int, int]) -> Token | None:
    """The word of the tree that a stretch of text begins with or lies in."""
    return next((t for t in tree.tokens if t.start < trigger[1] and trigger[0] < t.end), None)


def status_told(tree: Tree | None, token: Token | None, event_type: str) -> str | None:
    """Done, planned or alleged; None for what is only wished, a condition or a possibility."""
    if tree is None or token is None:
        return "done"
    read: Status = status_of(tree, token) if token.is_verb else nominal_status(tree, token)
    if _idle(tree, token, read.reason, event_type):
        return None
    if event_type in _SAID:
        planned = read.value == "planned" and event_type in {"AGREE", "THREATEN"}
        return "planned" if planned else "done"
    return "done" if read.value in {None, "denied"} else read.value


def _idle(tree: Tree, token: Token, reason: str, event_type: str) -> bool:
    """Whether words tell no deed: a hope, or what may be and nobody says will be."""
    if event_type in {"REQUEST", "REJECT", "ACCUSE"}:
        return False
    above = [h.lemma for h in tree.ancestors(token.i)]
    if reason == "wish or attempt":
        return bool(_HOPES.intersection(above[:2]))
    if event_type == "AGREE" and token.lemma in _HOPES:
        return True
    return reason in {"conditional", "possibility"} and not _TELLS.intersection(above)
