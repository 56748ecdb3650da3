"""From claims to the sentences of a brief."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tiltmeter.api import Measurement
from tiltmeter.brief.claims import Claim, Claims
from tiltmeter.brief.prose import (
    DOMAIN_PHRASES,
    DOMAIN_TITLES,
    count,
    listed,
    month_name,
    pole_name,
    state_name,
)
from tiltmeter.brief.words import LASTING, adverb, percent
from tiltmeter.errors import NotEnoughData, UnsupportedClaim
from tiltmeter.schemas import DOMAINS, OVERALL


@dataclass(frozen=True, slots=True)
class Sentence:
    """A printed sentence and the claims it stands on."""

    text: str
    claims: tuple[Claim, ...]

    def __post_init__(self) -> None:
        if not self.claims:
            raise UnsupportedClaim(f"no claim stands behind the sentence {self.text!r}")


@dataclass(frozen=True, slots=True)
class Bullet:
    """What happened in one domain."""

    title: str
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Text:
    """The words of a brief."""

    headline: str
    lead: tuple[Sentence, ...]
    bullets: tuple[Bullet, ...]
    unmoved: tuple[str, ...]
    overall: tuple[Claim, ...]


class Composer:
    """Writes the sentences of one brief from the shifts of one measurement."""

    def __init__(self, found: Measurement, claims: Claims) -> None:
        self.found = found
        self.claims = claims
        self.rows: list[dict[str, Any]] = found.shifts.to_pylist()
        self.name = state_name(found.study.state)
        self.main = [p.name for p in found.study.poles]
        self.shown = [p.name for p in found.study.with_parts]

    def compose(self) -> Text:
        """Headline, lead, a bullet for each domain that moved, and what did not move."""
        overall = {p: self._window(p, OVERALL) for p in self.shown}
        heads = [overall[p] for p in self.main if overall[p]]
        head_claims = [c for c in heads if c]
        if not head_claims:
            raise NotEnoughData(
                f"{self.name}: one month has no other to be compared with", "widen --from and --to"
            )
        best = [self._head(c) for c in head_claims]
        headline = f"{self.name}: " + ", ".join(self._short(c) for c in best)
        bullets, still = [], []
        for domain in DOMAINS:
            bullet, calm = self._domain(domain)
            if bullet:
                bullets.append(bullet)
            still += calm
        return Text(
            headline,
            tuple(self._lead(head_claims, overall)),
            tuple(bullets),
            tuple(still),
            tuple(best),
        )

    def _window(self, pole: str, domain: str) -> Claim | None:
        for row in self.rows:
            if (row["pole"], row["pole_b"], row["domain"], row["kind"]) == (
                pole,
                None,
                domain,
                "window",
            ):
                return self.claims.claim(row)
        return None

    def _head(self, window: Claim) -> Claim:
        """What the headline says of a pole: the latest dated turn, else the last year's move.

        A turn that the last year's move contradicts is told in the lead only.
        """
        turn = self._turn(window.pole)
        agrees = turn is not None and (not window.asserted or turn.direction == window.direction)
        return turn if turn is not None and agrees else window

    def _short(self, claim: Claim) -> str:
        pole = pole_name(claim.pole)
        dated = claim.row["kind"] == "change_point"
        since = f" since {month_name(claim.row['change_point'])}" if dated else ""
        # a dated turn is no surer than that there was one
        sure = min(claim.probability, claim.row["p_change"] if dated else 1.0)
        if claim.direction == "closer":
            return f"closer to {pole}{since} ({percent(sure)})"
        if claim.direction == "further":
            return f"further from {pole}{since} ({percent(sure)})"
        if claim.direction == "unknown":
            return f"cannot tell for {pole} ({count(claim.n_stories, 'story')})"
        return f"no clear move relative to {pole}"

    def _lead(self, heads: list[Claim], overall: dict[str, Claim | None]) -> list[Sentence]:
        out: list[Sentence] = []
        for claim in heads:
            out.append(Sentence(self._overall_sentence(claim), (claim,)))
            parts = [
                part
                for pole in self.found.study.poles
                if pole.name == claim.pole
                for name in pole.parts
                if (part := overall.get(name)) is not None
            ]
            if parts:
                words = listed([self._short(p) for p in parts])
                out.append(
                    Sentence(
                        f"{_capital(pole_name(claim.pole))} is not one: taken apart, {words}.",
                        tuple(parts),
                    )
                )
            if since := self._since(claim):
                out.append(since)
        for other in self.main[1:]:
            out += self._balance(other)
        return out

    def _overall_sentence(self, claim: Claim) -> str:
        row = claim.row
        after = f"from {month_name(row['after_from'])} to {month_name(row['after_to'])}"
        before = f"from {month_name(row['before_from'])} to {month_name(row['before_to'])}"
        pole = pole_name(claim.pole)
        if claim.direction == "unknown":
            return (
                f"Whether {self.name} moved relative to {pole} cannot be told: only "
                f"{count(claim.n_stories, 'story')} join the two."
            )
        if claim.direction == "unclear":
            return (
                f"{self.name} shows no clear move relative to {pole}: which way it went, if it "
                f"went at all, cannot be made out {after} compared with {before} "
                f"({count(claim.n_stories, 'story')})."
            )
        move = f"closer to {pole}" if claim.direction == "closer" else f"further from {pole}"
        lasting = _lasting(row)
        return (
            f"{self.name} has {adverb(claim.probability)} moved {move} "
            f"({percent(claim.probability)}): {after} compared with {before}{lasting}."
        )

    def _balance(self, other: str) -> list[Sentence]:
        """Which way the balance between the first pole and another moved, and about when."""
        first = self.main[0]
        windows = [self._window(pole, OVERALL) for pole in (first, other)]
        rows = [
            r for r in self.rows if (r["pole"], r["pole_b"], r["domain"]) == (first, other, OVERALL)
        ]
        out = []
        if any(w is None or w.direction == "unknown" for w in windows):
            return []  # of a side nothing is known: then nothing of the balance is
        for row in rows:
            claim = self.claims.claim(row)
            if not claim.asserted:
                continue
            gains = first if claim.direction == "closer" else other
            loses = other if gains == first else first
            way = f"from {pole_name(loses)} to {pole_name(gains)}"
            if row["kind"] == "window":
                text = (
                    f"Weighed against each other, the balance has {adverb(claim.probability)} "
                    f"moved {way} ({percent(claim.probability)}): from "
                    f"{month_name(row['after_from'])} to {month_name(row['after_to'])} compared "
                    f"with before."
                )
            else:
                text = (
                    f"The balance turned {way} about {month_name(row['change_point'])}"
                    f"{_span(row)} ({percent(claim.probability)}); that there was a lasting turn "
                    f"at all: {percent(row['p_change'])}."
                )
            out.append(Sentence(text, (claim,)))
        return sorted(out, key=lambda s: s.claims[0].row["kind"], reverse=True)

    def _turns(self, pole: str) -> list[Claim]:
        """The searched changes of closeness to a pole, in order of time."""
        rows = [
            r
            for r in self.rows
            if (r["pole"], r["pole_b"], r["domain"], r["kind"])
            == (pole, None, OVERALL, "change_point")
        ]
        return [self.claims.claim(r) for r in sorted(rows, key=lambda r: r["change_point"])]

    def _turn(self, pole: str) -> Claim | None:
        """The latest change that is more likely than not and has a direction."""
        sure = [c for c in self._turns(pole) if c.row["p_change"] >= LASTING and c.asserted]
        return sure[-1] if sure else None

    def _since(self, claim: Claim) -> Sentence | None:
        """Since when: the dated turn; failing that the likeliest month, with how likely it is."""
        turn = self._turn(claim.pole)
        if turn is None:
            likeliest = [c for c in self._turns(claim.pole) if c.direction == claim.direction]
            if not claim.asserted or not likeliest or not likeliest[0].asserted:
                return None
            row = likeliest[0].row
            return Sentence(
                f"No single month of a turn stands out: if there was one lasting turn "
                f"({percent(row['p_change'])}), it falls about {month_name(row['change_point'])}.",
                (likeliest[0],),
            )
        row, span = turn.row, _span(turn.row)
        way = "towards" if turn.direction == "closer" else "away from"
        return Sentence(
            f"A turn {way} {pole_name(turn.pole)} falls about {month_name(row['change_point'])}"
            f"{span} (that there was one: {percent(row['p_change'])}; its direction: "
            f"{percent(turn.probability)}).",
            (turn,),
        )

    def _domain(self, domain: str) -> tuple[Bullet | None, list[str]]:
        moved: list[Claim] = []
        still: list[str] = []
        for pole in self.shown:
            claim = self._window(pole, domain)
            if claim is None:
                continue
            if claim.asserted:
                moved.append(claim)
            elif claim.direction == "unknown":
                still.append(
                    f"{_capital(DOMAIN_PHRASES[domain])}, relative to {pole_name(pole)}: "
                    f"cannot tell ({count(claim.n_stories, 'story')})."
                )
            else:
                still.append(
                    f"{_capital(DOMAIN_PHRASES[domain])}, relative to {pole_name(pole)}: "
                    f"no clear move ({percent(claim.probability)} {_side(claim)}, "
                    f"{count(claim.n_stories, 'story')})."
                )
        if not moved:
            return None, still
        sentences = tuple(Sentence(self._domain_sentence(c), (c,)) for c in moved)
        return Bullet(DOMAIN_TITLES[domain], sentences), still

    def _domain_sentence(self, claim: Claim) -> str:
        pole = pole_name(claim.pole)
        move = f"closer to {pole}" if claim.direction == "closer" else f"further from {pole}"
        own = [s for s in claim.stories if s.supports and s.domain == claim.domain]
        late = [s for s in own if s.day >= claim.row["after_from"]]
        cited = (
            f"weightiest: {late[0].who}, {late[0].when}"
            if late
            else f"mainly because this was not repeated: {own[0].who}, {own[0].when}"
        )
        return (
            f"{_capital(adverb(claim.probability))} {move} ({percent(claim.probability)}); "
            f"{cited}{_lasting(claim.row)}."
        )


def _span(row: dict[str, Any]) -> str:
    """Between which months a turn falls."""
    if row["change_lo"] == row["change_hi"]:
        return ""
    return f", between {month_name(row['change_lo'])} and {month_name(row['change_hi'])}"


def _side(claim: Claim) -> str:
    return "closer" if claim.row["p_direction"] >= 0.5 else "further"


def _lasting(row: dict[str, Any]) -> str:
    """How much of a move is lasting, and how much of it the pole does to everybody."""
    level, pole = row["share_level"], row["share_pole"]
    if level is None:
        return ""
    if pole >= 0.66:
        return f"; most of the move is what {pole_name(row['pole'])} does towards all states"
    if level >= 0.66:
        out = "; most of the move looks lasting"
    elif level + pole < 0.34:
        out = "; most of the move looks passing (tactical)"
    elif level < 0.1:
        out = "; part of the move looks passing (tactical)"
    else:
        out = "; part of the move looks lasting, part passing"
    if pole >= 0.34:
        out += f", and part of it is what {pole_name(row['pole'])} does towards all states"
    return out


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
