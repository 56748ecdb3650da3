"""Is it done, planned, denied or alleged, and who says so?

Read from the tree: modals, negation, the verb that governs the clause, and cues of hearsay. A
clause that is only feared, wished, supposed or made a condition holds no event at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tiltmeter.coding.parsing import Token, Tree

_SAY: Final = frozenset(
    "say tell report state announce add declare note confirm claim explain write inform tweet "
    "recall comment stress reveal suggest argue insist acknowledge admit disclose reiterate "
    "emphasize underline maintain assert".split()
)
_PLAN: Final = frozenset(
    "plan intend decide prepare schedule pledge promise vow agree offer propose commit undertake "
    "resolve expect announce order approve aim set arrange vote move authorize authorise".split()
)
_WISH: Final = frozenset(
    "want hope wish fear try seek attempt consider contemplate wonder believe think suppose doubt "
    "suspect need hesitate like prefer fail refuse decline desire dread worry threaten urge demand "
    "ask request call encourage warn pressure force persuade invite allow help enable press "
    "advise appear seem".split()
)
_ACCUSING: Final = frozenset("accuse blame condemn criticize criticise denounce suspect".split())
_DENY: Final = frozenset("deny refute".split())
_ALLEGE: Final = frozenset("allege claim".split())
_HEARSAY: Final = frozenset(
    "allegedly reportedly purportedly supposedly apparently rumoured".split()
)
_MAYBE: Final = frozenset("may might could can".split())
_OUGHT: Final = frozenset("should must ought".split())
_READY: Final = frozenset("ready willing prepared set due poised about".split())
# Words that make a plan of the infinitive after them, beside the verbs of planning.
_TOWARDS: Final = (
    frozenset("be go plan decision agreement deal bill legislation pledge promise".split())
    | _PLAN
    | _READY
)
_CALLS: Final = frozenset("call telephone phone write cable ring".split())
_SPEECH: Final = frozenset(
    "congratulate thank praise condemn demand urge express convey voice ask warn protest".split()
)
_ASPECT: Final = frozenset("begin start continue use go keep".split())
_DRAFTS: Final = frozenset("propose plan suggest consider discuss".split())
_FUTURE: Final = frozenset("will would shall".split())
_UPCOMING: Final = frozenset(
    "planned proposed upcoming future forthcoming scheduled possible".split()
)
_INTENTS: Final = frozenset("intention plan intent interest aim desire wish".split())
_CLAUSAL: Final = frozenset({"ccomp", "xcomp", "advcl", "acl", "csubj"})
_NOT: Final = frozenset("not n't never no neither nor".split())


@dataclass(frozen=True, slots=True)
class Status:
    """What a clause says of its event.

    ``value`` is done, planned, denied or alleged; None where the clause holds no event (wish,
    condition, possibility), with the ``reason``. ``ought`` marks a demand ("must release").
    """

    value: str | None
    reason: str = ""
    ought: bool = False


def _words(tree: Tree, verb: Token, *deps: str) -> list[Token]:
    return tree.kids(verb.i, *deps)


def negated(tree: Tree, verb: Token) -> bool:
    """Whether the verb itself is negated."""
    return any(k.lemma in _NOT for k in _words(tree, verb, "advmod", "det", "aux", "cc:preconj"))


def status_of(tree: Tree, verb: Token) -> Status:
    """Read the status of the event a verb (or a nominal under a verb) tells."""
    aux = {k.lemma for k in _words(tree, verb, "aux", "aux:pass")}
    marks = {k.lemma for k in _words(tree, verb, "mark")}
    if marks & {"if", "unless", "whether", "lest"}:
        return Status(None, "conditional")
    if aux & _MAYBE and not aux & {"have"}:
        return Status(None, "possibility")
    if "without" in marks or _no_intent(tree, verb):
        return Status("denied")
    if ("before" in marks and verb.tag == "VBG") or _unseen(tree, verb):
        return Status(None, "possibility: not asserted")
    value = "done"
    if aux & _OUGHT:
        return Status(None, "obligation", ought=True)
    if "will" in aux or "shall" in aux or "would" in aux or "'ll" in aux or "wo" in aux:
        value = "planned"
    if negated(tree, verb):
        return Status("denied")
    if any(k.lemma in _HEARSAY for k in _words(tree, verb, "advmod")):
        return Status("alleged")
    return _governed(tree, verb, value, to="to" in marks or "to" in aux)


def _no_intent(tree: Tree, verb: Token) -> bool:
    """Whether the clause tells of what nobody means to do: "has no intention of invading"."""
    noun = tree.tokens[verb.head]
    if noun.lemma not in _INTENTS or verb.tag not in {"VBG", "VB"}:
        return False
    if any(k.lemma in _NOT for k in tree.kids(noun.i, "det", "advmod")):
        return True
    above = tree.tokens[noun.head]
    return noun.dep == "obj" and above.is_verb and (above.lemma in _DENY or negated(tree, above))


def _unseen(tree: Tree, verb: Token) -> bool:
    """Whether the clause tells of a thing that is said not to be: "has seen no note sent by X"."""
    noun = tree.tokens[verb.head]
    if verb.dep != "acl" or not noun.is_noun:
        return False
    above = tree.tokens[noun.head]
    return noun.dep == "obj" and above.is_verb and negated(tree, above)


def _governed(tree: Tree, verb: Token, value: str, *, to: bool) -> Status:
    """Follow the clause upwards: what do the verbs that govern it make of it?"""
    node, dep = verb, verb.dep
    for head in tree.ancestors(verb.i):
        if dep == "advcl" and to and head.lemma in _CALLS and node.lemma in _SPEECH:
            # "telephoned him to congratulate him": the call is the congratulation
            to = False
        elif dep in _CLAUSAL:
            if settled := _under(head.lemma, dep, to=to):
                return settled
            aux = {k.lemma for k in tree.kids(head.i, "aux")} if dep == "xcomp" else set()
            if (
                (to and head.lemma in _TOWARDS)
                or (dep == "xcomp" and head.lemma in _DRAFTS)
                or (aux & _FUTURE and head.lemma in _ASPECT)
            ):
                value = "planned"
        elif dep == "conj" and head.is_verb:
            aux = {k.lemma for k in tree.kids(head.i, "aux")}
            if aux & _FUTURE and not tree.kids(node.i, "aux", "nsubj"):
                value = "planned"
            to = to or any(k.lemma == "to" for k in tree.kids(head.i, "mark", "aux"))
        elif dep in {"parataxis", "acl:relcl"}:
            break
        if _doubted(tree, head, dep):
            return Status(None, "possibility")
        node, dep = head, head.dep
        to = to and dep == "conj"
    return Status(value)


def _under(lem: str, dep: str, *, to: bool) -> Status | None:
    """What a governing word settles about the clause under it; None if the search goes on up."""
    if dep == "advcl" and to:
        return Status(None, "purpose")
    if lem in _ACCUSING:
        return Status("alleged")
    if lem in _DENY:
        return Status("denied")
    if lem in _ALLEGE and dep == "ccomp":
        return Status("alleged")
    if dep in {"xcomp", "ccomp", "acl"} and lem in _WISH:
        return Status(None, "wish or attempt")
    if not to or lem in _TOWARDS:
        return None
    if dep == "acl":
        return Status(None, "purpose")
    if dep == "xcomp" and lem not in _ASPECT:
        return Status(None, "wish or attempt")
    return None


def _doubted(tree: Tree, head: Token, dep: str) -> bool:
    """Whether the clause is called possible or unlikely."""
    if any(k.lemma in {"possible", "unlikely", "likely"} for k in tree.kids(head.i, "amod")):
        return True
    return head.lemma in {"possible", "unlikely"} and dep in {"csubj", "ccomp", "advcl"}


def nominal_status(tree: Tree, noun: Token) -> Status:
    """Status of an event told by a noun; a possessed or definite noun is presupposed as fact."""
    kids = tree.kids(noun.i)
    if any(k.lemma in _UPCOMING for k in kids if k.dep in {"amod", "compound"}):
        return Status("planned")
    if any(
        k.lemma in _NOT or k.lemma in {"any", "alleged"} for k in kids if k.dep in {"det", "amod"}
    ):
        return Status(None, "not asserted")
    for head in tree.ancestors(noun.i):
        if head.is_verb:
            if head.lemma in {"plan", "prepare", "propose", "announce", "schedule", "consider"}:
                return Status("planned")
            if head.lemma in _WISH or head.lemma in _ACCUSING:
                return Status(None, "wish or attempt")
            if head.lemma in _DENY or _ruled_out(tree, head):
                return Status("denied")
            aux = {k.lemma for k in tree.kids(head.i, "aux")}
            if aux & {"will", "would", "shall"}:
                return Status("planned")
            if aux & (_MAYBE | _OUGHT) or negated(tree, head):
                return Status(None, "possibility")
            break
        if head.lemma in {"announcement", "plan", "proposal"}:
            return Status("planned")
        if head.lemma in {"threat", "prospect", "fear", "risk", "possibility", "hope", "call"}:
            return Status(None, "possibility")
    return Status("done")


def _ruled_out(tree: Tree, verb: Token) -> bool:
    """Whether a verb says that a thing will not be: "ruled out"."""
    out = any(k.text.lower() == "out" for k in tree.kids(verb.i, "compound:prt", "advmod"))
    return verb.lemma == "rule" and out


def attribution(tree: Tree, verb: Token) -> str | None:
    """The words that name who says so: "according to X", "X said (that) ..."; None if nobody."""
    span = speaker_span(tree, verb)
    return tree.text[span[0] : span[1]] if span else None


def speaker_span(tree: Tree, verb: Token) -> tuple[int, int] | None:
    """Where the words stand that name who says so; None if nobody does."""
    for token in tree.tokens:
        if token.text.lower() == "according":
            for kid in tree.tokens[token.i + 1 :]:
                if kid.head == token.i or (kid.is_noun and kid.i > token.i + 1):
                    parts = tree.subtree(kid.i, stop=frozenset({"acl:relcl", "parataxis"}))
                    words = [t for t in parts if t.i > token.i + 1]
                    if words:
                        return words[0].start, words[-1].end
    node = verb
    for head in [*tree.ancestors(verb.i), *tree.kids(verb.i, "parataxis")]:
        if (
            head.lemma in _SAY
            and head.i != verb.i
            and (node.dep in {"ccomp", "parataxis"} or head.dep == "parataxis")
        ):
            for subject in tree.kids(head.i, "nsubj"):
                parts = tree.subtree(subject.i, stop=frozenset({"acl:relcl", "appos", "punct"}))
                return parts[0].start, parts[-1].end
        node = head
    return None
