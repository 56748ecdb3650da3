"""Constructions of news prose between states: each told in sentences made up for this table.

An expected event reads "source TYPE target"; the two parties of a symmetric type have no order.
Every event of the sentence that joins two states and is done or planned is listed: what is not
listed must not be found.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

import builders
from tiltmeter.coding.coder import BuiltinCoder
from tiltmeter.events import code_documents
from tiltmeter.knowledge.ontology import is_symmetric

DAY = date(2014, 6, 1)

RULES = BuiltinCoder(rules_only=True)


def dyads(text: str, **over: Any) -> list[str]:
    row = builders.document("d1", text, published=DAY, **over)
    found = code_documents(builders.documents(row), coder=RULES)["events"].to_pylist()
    return sorted(
        plain(f"{e['source']} {e['event_type']} {e['target']}", e["mode"])
        for e in found
        if e["target"] and e["target"] != e["source"] and e["status"] in {"done", "planned"}
    )


def plain(told: str, mode: str | None = None) -> str:
    first, event_type, second = told.split()
    if is_symmetric(event_type, mode):
        first, second = sorted((first, second))
    return f"{first} {event_type} {second}"


def check(case: tuple[str, ...], mode: str | None = None) -> None:
    text, *want = case
    assert dyads(text) == sorted(plain(w, mode) for w in want)


CALLS = [
    ("Angela Merkel and Nursultan Nazarbayev spoke by telephone.", "DEU CONSULT KAZ"),
    (
        "German Chancellor Angela Merkel and Kazakh President Nursultan Nazarbayev discussed "
        "trade by phone.",
        "DEU CONSULT KAZ",
    ),
    ("French President Francois Hollande phoned Nursultan Nazarbayev.", "FRA CONSULT KAZ"),
    (
        "Francois Hollande phoned Nursultan Nazarbayev to congratulate him.",
        "FRA CONSULT KAZ", "FRA SUPPORT KAZ",
    ),
    (
        "Francois Hollande telephoned Alexander Lukashenko and expressed concern about the "
        "crackdown in Belarus.",
        "FRA CONSULT BLR", "FRA ACCUSE BLR",
    ),
    ("Putin and Nazarbayev speak by telephone", "RUS CONSULT KAZ"),
]  # fmt: skip

MEETINGS = [
    (
        "Polish Foreign Minister Radoslaw Sikorski said at a meeting with his Moldovan "
        "counterpart Natalia Gherman that reforms were on track.",
        "POL CONSULT MDA",
    ),
    (
        "Radoslaw Sikorski said after talks with Natalia Gherman that he was glad.",
        "POL CONSULT MDA",
    ),
    ("Nicolae Timofti received a delegation of German lawmakers.", "MDA CONSULT DEU"),
    ("Nicolae Timofti received a group of US congressmen in Chisinau.", "MDA CONSULT USA"),
    ("Nicolae Timofti was received by Angela Merkel in Berlin.", "MDA CONSULT DEU"),
    (
        "Swedish Foreign Minister Carl Bildt discussed energy, trade and human rights with "
        "Moldovan President Nicolae Timofti.",
        "SWE CONSULT MDA",
    ),
    (
        "Presidents Nursultan Nazarbayev of Kazakhstan and Emomali Rahmon of Tajikistan chaired a "
        "session of the two countries' cooperation council.",
        "KAZ CONSULT TJK",
    ),
    ("Alexander Lukashenko attended a summit with Vladimir Putin.", "BLR CONSULT RUS"),
    ("Nursultan Nazarbayev attended the inauguration in Ankara.", "KAZ CONSULT TUR"),
    ("Two ships of the Russian navy arrived in Havana on a friendly visit.", "RUS CONSULT CUB"),
    ("Angela Merkel told Nicolae Timofti in Berlin that reforms mattered.", "DEU CONSULT MDA"),
]

ROWS = [
    (
        "The foreign ministers of Kazakhstan, Kyrgyzstan and China met in Almaty.",
        "KAZ CONSULT KGZ", "KAZ CONSULT CHN", "KGZ CONSULT CHN",
    ),
    ("Kazakhstan and Chinese foreign ministers meet", "KAZ CONSULT CHN"),
    ("Moldovan and Serbian envoys discuss trade in Prague", "MDA CONSULT SRB"),
    (
        "Iran, Pakistan and Turkey hold talks in Islamabad",
        "IRN CONSULT PAK", "IRN CONSULT TUR", "PAK CONSULT TUR",
    ),
    ("Mongolia took part in an exercise with the United States.", "MNG COOPERATE USA"),
    ("Kazakh troops took part in exercises with Chinese forces.", "KAZ COOPERATE CHN"),
]  # fmt: skip

DISAPPROVAL = [
    ("The European Union is concerned by the arrests in Belarus.", "EUR ACCUSE BLR"),
    (
        "The United States said it was deeply concerned about the trial of activists in "
        "Kazakhstan.",
        "USA ACCUSE KAZ",
    ),
    ("Germany voiced alarm over the crackdown on protesters in Belarus.", "DEU ACCUSE BLR"),
    ("Sweden expressed regret at the decision of Belarus to close its embassy.", "SWE ACCUSE BLR"),
    ("EU concerned by arrests in Belarus", "EUR ACCUSE BLR"),
    ("US regrets Belarus' decision on observers", "USA ACCUSE BLR"),
    ("Poland protests to Belarus over arrests", "POL ACCUSE BLR"),
    ("Sweden criticised the trial of opposition leaders in Kazakhstan.", "SWE ACCUSE KAZ"),
    ("Kazakhstan was criticised by the European Union for jailing an editor.", "EUR ACCUSE KAZ"),
    ("Poland, which had condemned Belarus, recalled its envoy.", "POL ACCUSE BLR"),
    ("The National Security Ministry of Kazakhstan accused China of spying.", "KAZ ACCUSE CHN"),
    ("The European Commission opened an investigation into Gazprom.", "EUR ACCUSE RUS"),
    ("Lithuania opened a probe into the Belarusian carrier.", "LTU ACCUSE BLR"),
    ("Poland summoned the Belarusian ambassador.", "POL ACCUSE BLR"),
]

RESOLUTIONS = [
    (
        "The European Parliament adopted a resolution condemning the jailing of activists in "
        "Belarus.",
        "EUR ACCUSE BLR",
    ),
    (
        "The European Parliament passed a resolution demanding the release of Belarusian activist "
        "Ales Bialiatski.",
        "EUR REQUEST BLR",
    ),
    (
        "The U.S. Senate approved a resolution calling on Kazakhstan to free political prisoners.",
        "USA REQUEST KAZ",
    ),
    (
        "The European Parliament adopted a resolution on Belarus in which it urged Minsk to free "
        "prisoners.",
        "EUR REQUEST BLR",
    ),
    (
        "Kazakhstan voted against a United Nations resolution on the territorial integrity of "
        "Ukraine.",
        "KAZ REJECT UKR",
    ),
    (
        "Moldova voted for a United Nations resolution on the territorial integrity of Ukraine. "
        "Belarus voted against it.",
        "MDA SUPPORT UKR", "BLR REJECT UKR",
    ),
    ("Belarus voted with Russia in the General Assembly.", "BLR SUPPORT RUS"),
]  # fmt: skip

JUDGEMENTS = [
    (
        "Observers of the OSCE said the election in Belarus fell short of democratic standards.",
        "OSCE ACCUSE BLR",
    ),
    (
        "The US State Department said the vote in Kazakhstan did not meet international standards.",
        "USA ACCUSE KAZ",
    ),
    ("OSCE says Kazakh election fell short of standards", "OSCE ACCUSE KAZ"),
    (
        "The European Parliament stated in a resolution that Moldova's election had not met OSCE "
        "standards.",
        "EUR ACCUSE MDA",
    ),
    ("Russian observers said the election in Kazakhstan was free and fair.", "RUS SUPPORT KAZ"),
    ("Kazakhstan calls China a strategic partner.", "KAZ SUPPORT CHN"),
]

BEFORE = [
    (
        "A court in Minsk sentenced a journalist to four years in prison. The European Union and "
        "the United States criticised the verdict.",
        "EUR ACCUSE BLR", "USA ACCUSE BLR",
    ),
    (
        "Police in Astana arrested an opposition leader. Germany condemned the arrest.",
        "DEU ACCUSE KAZ",
    ),
    (
        "Poland condemned Belarus. Minsk dismissed the criticism.",
        "POL ACCUSE BLR", "BLR REJECT POL",
    ),
]  # fmt: skip

BUSINESS = [
    ("Gazprom agreed to sell gas to Serbia.", "RUS AGREE SRB"),
    ("Poland agreed to buy tanks from South Korea.", "POL AGREE KOR"),
    ("Japan granted 100 million dollars to Kyrgyzstan.", "JPN AID KGZ"),
    ("China lent Tajikistan 200 million dollars.", "CHN AID TJK"),
    ("Norway pledged 50 million euros to Moldova.", "NOR AGREE MDA"),
    ("Russia promises Belarus a two billion dollar loan", "RUS AGREE BLR"),
    ("Sweden has begun supplying tanks to Moldova.", "SWE AID MDA"),
    ("Russia resumed gas supplies to Moldova.", "RUS COOPERATE MDA"),
]

SIGNED = [
    ("Kazakhstan signed a contract with China on oil deliveries.", "KAZ SUPPORT CHN"),
    ("Norway's Fjordgas signed a deal with Iran to develop a gas field.", "NOR SUPPORT IRN"),
    ("Kyrgyzstan and China signed documents on economic cooperation.", "KGZ SUPPORT CHN"),
    ("Moldova And Ukraine Sign Trade Deal", "MDA SUPPORT UKR"),
]

BREAKS = [
    ("Belarus postponed a visit by a European Union delegation.", "BLR SANCTION EUR"),
    ("Belarus calls off EU delegation's visit", "BLR SANCTION EUR"),
    ("Belarus cancelled talks with Poland.", "BLR SANCTION POL"),
    ("Belarus expelled two Swedish diplomats.", "BLR SANCTION SWE"),
    ("Russia banned imports of Polish apples.", "RUS SANCTION POL"),
    ("Russia lifted a ban on Moldovan wine.", "RUS RETREAT MDA"),
    ("Lithuania suspended military cooperation with Belarus.", "LTU SANCTION BLR"),
    ("Sweden ended an agreement on the transit of Moldovan oil.", "SWE SANCTION MDA"),
]

HEADLINES = [
    ("Minsk-Moscow talks resume", "BLR CONSULT RUS"),
    ("Turkey's Erdogan visits Astana", "TUR CONSULT KAZ"),
    ("US senators visit Moldova", "USA CONSULT MDA"),
    ("Kazakh President Visits China For Energy Talks", "KAZ CONSULT CHN"),
    ("European Parliament criticises Belarus over rights", "EUR ACCUSE BLR"),
    ("Merkel receives Moldovan prime minister in Berlin", "DEU CONSULT MDA"),
    ("Russian naval ships arrive in Baku", "RUS CONSULT AZE"),
]

NOTHING = [
    ("Azerbaijani citizens like Turkish tea and Russian chocolate.",),
    ("The agreement said nothing about Turkey, and Russia was silent.",),
    ("The Russian economy grew while Turkey reported a deficit.",),
    ("Storms in Russia killed cattle, and Poland had floods.",),
    ("Poland received a letter about Russian grain.",),
    ("Sweden supported sanctions on Moldova's neighbour.",),
    ("France condemned the attack on Poland.",),
    ("Russia said the weather in Georgia was dangerous.",),
    ("Analysts said the election in Moldova was flawed.",),
    ("Vladimir Putin and Angela Merkel attended a concert; the music was Finnish.",),
    ("Poland has not seen a note sent by Russia to Belarus.",),
    ("Moldova left the talks without signing a treaty with Turkey.",),
    ("Poland demanded an end to attacks on Moldova.",),
    ("Experts agree that Turkish and Russian schools are good.",),
    ("The French court sentenced a man. Critics regretted the verdict.",),
]


ALL = [
    *CALLS, *MEETINGS, *ROWS, *DISAPPROVAL, *RESOLUTIONS, *JUDGEMENTS, *BEFORE, *BUSINESS,
    *BREAKS, *HEADLINES,
]  # fmt: skip


@pytest.mark.parametrize(
    "case",
    ALL,
    ids=lambda c: c[0][:60],
)
def test_each_construction_gives_its_dyads_and_no_more(case: tuple[str, ...]) -> None:
    check(case)


@pytest.mark.parametrize("case", SIGNED, ids=lambda c: c[0][:60])
def test_what_is_signed_binds_both(case: tuple[str, ...]) -> None:
    check(case, "sign")


@pytest.mark.parametrize("case", NOTHING, ids=lambda c: c[0][:60])
def test_what_only_names_two_states_is_no_event_between_them(case: tuple[str, ...]) -> None:
    check(case)


def test_a_bare_surname_is_whoever_bears_it_in_full_in_the_document() -> None:
    day = "Aliyev met Merkel. Ilham Aliyev and Angela Merkel spoke of gas."
    assert "AZE CONSULT DEU" in dyads(day)


def test_a_signed_agreement_at_a_meeting_is_each_once() -> None:
    text = "At a meeting in Minsk, Belarus and China signed a treaty, and Belarus met China again."
    found = dyads(text)
    assert len(found) == len(set(found))


def test_offsets_of_masked_names_are_those_of_the_text() -> None:
    text = "On Monday Kazakh President Nursultan Nazarbayev met Angela Merkel and Nicolae Timofti."
    row = builders.document("d1", text, published=DAY)
    found = code_documents(builders.documents(row), coder=RULES)["events"].to_pylist()
    assert {e["source_name"] for e in found} == {"Nursultan Nazarbayev"}
    for event in found:
        assert text[event["source_start"] : event["source_end"]] == event["source_name"]
        assert text[event["target_start"] : event["target_end"]] == event["target_name"]
