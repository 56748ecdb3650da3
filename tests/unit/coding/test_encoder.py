"""The network and what is made of its reading: pieces, determinism, parties, names, sectors."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from tiltmeter.coding.coder import BuiltinCoder, Document
from tiltmeter.coding.encoder_actors import actors_of, mentions_of, with_places
from tiltmeter.coding.encoder_decode import propose
from tiltmeter.coding.further import misspelt
from tiltmeter.coding.readers import readers
from tiltmeter.coding.roles import sector_of_phrase

DAY = date(2014, 12, 10)
SENTENCES = [
    "Poland sent generators to Ukraine.",
    "The museum in Lisbon bought a painting.",
    "Rebels shelled the airport near Donetsk, and Kyiv asked for more help from its allies.",
]


def test_a_sentence_reads_the_same_alone_and_among_others() -> None:
    together = readers().read(SENTENCES)
    for text, among in zip(SENTENCES, together, strict=True):
        (alone,) = readers().read([text])
        assert np.array_equal(alone.hidden, among.hidden)
        assert np.array_equal(alone.roles, among.roles)


def test_offsets_point_into_the_text() -> None:
    (reading,) = readers().read(["  Türkiye’s  minister\tmet “Macron”. "])
    words = [reading.text[a:b] for a, b in reading.offsets if b > a]
    assert "".join(words) == "Türkiye’sministermet“Macron”."


@pytest.mark.parametrize("text", ["", " ", "\x00\x00", "\u200f\u200f", "漢字" * 3, "x" * 5000])
def test_odd_texts_are_read_without_error(text: str) -> None:
    (reading,) = readers().read([text])
    proposal, _ = propose(readers(), reading)
    assert 0 <= proposal.event <= 1
    for start, end in (*proposal.source, *proposal.target, proposal.trigger):
        assert 0 <= start <= end <= len(text)


def test_an_event_and_background_are_told_apart() -> None:
    given, painting, _ = (propose(readers(), r)[0] for r in readers().read(SENTENCES))
    assert given.event_type == "AID"
    assert given.event > 0.9
    assert painting.event < 0.3


def test_every_event_has_confidence_and_trigger() -> None:
    coder = BuiltinCoder(everything=True)
    ((_, sentences),) = coder.code([Document("d", " ".join(SENTENCES), DAY)])
    events = [(s, e.found) for s in sentences for e in s.events]
    assert events
    for sentence, found in events:
        assert 0 < found.confidence <= 1
        assert sentence.text[slice(*found.trigger)]


@pytest.mark.parametrize(
    ("phrase", "codes"),
    [
        ("France and the German chancellor", ["FRA", "DEU"]),
        ("Iran's envoy to Pakistan", ["IRN"]),
        ("pro-Russian separatists in Ukraine", ["UKR"]),
        ("NATO-led troops of Canada", ["CAN"]),
        ("the police", [None]),
        ("police in Shenzhen", ["CHN"]),
        ("Swedden", ["SWE"]),
    ],
)
def test_a_phrase_stands_for_its_states(phrase: str, codes: list[str | None]) -> None:
    mentions = with_places(phrase, mentions_of(phrase, DAY))
    assert [a.code for a in actors_of(phrase, [(0, len(phrase))], mentions)] == codes


def test_a_text_without_a_day_takes_names_of_any_time() -> None:
    assert [m.code for m in mentions_of("Mitterrand met Zelensky", None)] == ["FRA", "UKR"]


def test_only_one_near_name_is_taken_for_a_slip() -> None:
    assert misspelt("Kazahstan") == "KAZ"
    assert misspelt("Windows") is None


@pytest.mark.parametrize(
    ("phrase", "sector"),
    [
        ("a former defence minister", "ELI"),
        ("heads of trade unions", "LAB"),
        ("members of a militia", "PRM"),
        ("professor at a college", "EDU"),
        ("the spokesman", "GOV"),
        ("military intelligence", "SPY"),
        ("a lamp", None),
    ],
)
def test_role_words_tell_the_sector(phrase: str, sector: str | None) -> None:
    assert sector_of_phrase(phrase) == sector
