"""Deaths and defeats that nobody inflicts: storms, crashes and matches are no assaults."""

from __future__ import annotations

import re
from typing import Final

from tiltmeter.coding.parsing import Token, Tree

_MISHAPS: Final = frozenset(
    "crash accident earthquake quake flood flooding landslide mudslide avalanche storm typhoon "
    "hurricane cyclone tornado wildfire tsunami eruption collision derailment collapse stampede "
    "outbreak epidemic virus disease illness heatwave drought lightning blizzard rain monsoon "
    "capsize sink derail collide virus pandemic wave wind fog aftershock".split()
)
_SPORT: Final = re.compile(
    r"\b(?:[Cc]up|[Cc]hampionships?|[Tt]ournament|[Mm]atch|goals|Olympics?|[Oo]lympic|tennis|"
    r"football|cricket|rugby|hockey|[Gg]rand [Pp]rix|[Ss]emi-?finals?|[Pp]layoffs?|wickets|"
    r"innings|[Tt]est series|[Mm]edal)\b"
)
_PLAYED: Final = frozenset("beat down hit fight battle clash strike attack shoot crush".split())
_WITHIN: Final = frozenset({"in", "by", "during", "after", "from", "when", "of"})


def mishap(tree: Tree, verb: Token, subject: Token | None) -> bool:
    """Whether what a verb of violence tells is an accident, a disaster or a match.

    Args:
        tree: The sentence.
        verb: The trigger.
        subject: Its doer, if the grammar names one.
    """
    if verb.lemma in _PLAYED and _SPORT.search(tree.text):
        return True
    if subject is not None and subject.lemma in _MISHAPS:
        return True
    for kid in tree.kids(verb.i, "obl", "obl:agent", "nmod", "advcl"):
        cases = {k.text.lower() for k in tree.kids(kid.i, "case", "mark", "advmod")}
        if kid.lemma in _MISHAPS and cases & _WITHIN:
            return True
    # "a plane crashes, killing five"
    above = tree.tokens[verb.head]
    return verb.dep in {"advcl", "acl", "conj"} and verb.tag == "VBG" and above.lemma in _MISHAPS
