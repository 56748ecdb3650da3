"""Words, claims and sentences: what a brief may say, and what it refuses."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiltmeter.brief.claims import Claim, Story
from tiltmeter.brief.compose import Sentence, _lasting
from tiltmeter.brief.prose import act, count, day_name, listed, pole_name, state_name
from tiltmeter.brief.words import ASSERTED, GRADES, adverb, percent, word
from tiltmeter.brief.write import _markdown_text
from tiltmeter.errors import UnsupportedClaim
from tiltmeter.knowledge.ontology import EVENT_TYPES


def story(supports: bool = True) -> Story:
    return Story(
        "s", "3 December 2014", date(2014, 12, 3), "Russia meets Azerbaijan", "CONSULT",
        "political", "Russia met Azerbaijan.", "Title", "outlet", "a.txt", 0.1, supports, 1, 0.8,
    )  # fmt: skip


def claim(direction: str, stories: tuple[Story, ...]) -> Claim:
    return Claim("AZE:RUS", "RUS", "overall", direction, 0.9, "likely", 9, {}, stories, 0, 0.0)


@pytest.mark.parametrize("direction", ["closer", "further"])
def test_a_direction_without_a_story_cannot_be_claimed(direction: str) -> None:
    with pytest.raises(UnsupportedClaim, match="no story supports"):
        claim(direction, ())
    assert claim(direction, (story(),)).asserted


@pytest.mark.parametrize("direction", ["unclear", "unknown"])
def test_what_asserts_nothing_needs_no_story(direction: str) -> None:
    assert not claim(direction, ()).asserted


def test_a_sentence_without_a_claim_is_refused() -> None:
    with pytest.raises(UnsupportedClaim, match="stands behind"):
        Sentence("Azerbaijan moved.", ())
    assert Sentence("Azerbaijan moved.", (claim("closer", (story(),)),)).claims


@given(st.floats(0, 1))
def test_every_probability_has_one_word_and_never_claims_certainty(p: float) -> None:
    assert word(p) in {g.word for g in GRADES}
    assert 1 <= int(percent(p).rstrip("%")) <= 99
    if p >= ASSERTED:
        assert adverb(p)


@pytest.mark.parametrize("p", [-0.1, 1.1, float("nan")])
def test_what_is_no_probability_has_no_word(p: float) -> None:
    with pytest.raises(ValueError, match="not a probability"):
        word(p)


def test_every_type_of_event_can_be_said() -> None:
    assert all(act(name) for name in EVENT_TYPES)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"share_level": None, "share_pole": None}, ""),
        ({"share_level": 0.8, "share_pole": 0.1}, "; most of the move looks lasting"),
        ({"share_level": 0.5, "share_pole": 0.1}, "; part of the move looks lasting, part passing"),
        (
            {"share_level": 0.1, "share_pole": 0.1},
            "; most of the move looks passing (tactical)",
        ),
        (
            {"share_level": 0.1, "share_pole": 0.8},
            "; most of the move is what Russia does towards all states",
        ),
        (
            {"share_level": 0.5, "share_pole": 0.4},
            "; part of the move looks lasting, part passing, and part of it is what Russia does "
            "towards all states",
        ),
    ],
)
def test_what_kind_of_move_it_is(row: dict[str, Any], said: str) -> None:
    assert _lasting(row | {"pole": "RUS"}) == said


def test_names_and_numbers_in_prose() -> None:
    assert pole_name("WEST") == "the West"
    assert pole_name("KAZ") == "Kazakhstan"
    assert state_name("EUR") == "EU"
    assert state_name("GAZPROM") == "GAZPROM"
    assert count(1, "story") == "1 story"
    assert count(1204, "story") == "1,204 stories"
    assert listed(["a", "b", "c"]) == "a, b and c"
    assert day_name(date(2014, 12, 3)) == "3 December 2014"
    assert day_name(date(2014, 12, 3), "month") == "December 2014"
    assert day_name(date(2014, 12, 3), "year") == "2014"


@given(st.text())
def test_foreign_text_cannot_become_markdown(text: str) -> None:
    out = _markdown_text(text)
    assert "\n" not in out
    plain = out.replace("\\\\", "")
    for char in "`*_[]<>#|":
        assert plain.count(char) == plain.count("\\" + char)
