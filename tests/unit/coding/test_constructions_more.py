"""More constructions of news prose between states, in sentences made up for this table.

Read as in ``test_constructions``: every event of the sentence that joins two states and is done or
planned is listed; what is not listed must not be found.
"""

from __future__ import annotations

import pytest
from test_constructions import DAY, check, dyads

import builders
from tiltmeter.coding.coder import BuiltinCoder
from tiltmeter.events import code_documents

RULES = BuiltinCoder(rules_only=True)

ROWS = [
    (
        "Norway, the European Union, and the United States condemn the referendum in Moldova.",
        "NOR ACCUSE MDA", "EUR ACCUSE MDA", "USA ACCUSE MDA",
    ),
    ("Norway and Sweden condemned Belarus.", "NOR ACCUSE BLR", "SWE ACCUSE BLR"),
    ("Belarus is condemned by Norway, Sweden, and Poland.",
     "NOR ACCUSE BLR", "SWE ACCUSE BLR", "POL ACCUSE BLR"),
    ("The vote in Belarus was condemned by Norway and by Sweden.",
     "NOR ACCUSE BLR", "SWE ACCUSE BLR"),
    (
        "Alexander Lukashenko, the President of Belarus, and Nursultan Nazarbayev, the President "
        "of Kazakhstan, met in Astana.",
        "BLR CONSULT KAZ",
    ),
    (
        "Angela Merkel, the German chancellor, will meet Nicolae Timofti, the President of "
        "Moldova, in Berlin.",
        "DEU AGREE MDA",
    ),
    ("The presidents of Belarus and Kazakhstan meet in Minsk.", "BLR CONSULT KAZ"),
    ("The leaders of France, Germany and Italy visit Chisinau.",
     "FRA CONSULT MDA", "DEU CONSULT MDA", "ITA CONSULT MDA"),
    ("Poland and Lithuania strengthen ties.", "POL SUPPORT LTU", "LTU SUPPORT POL"),
]  # fmt: skip

ADJECTIVES = [
    ("Turkey shoots down a Syrian warplane.", "TUR ASSAULT SYR"),
    ("A Syrian warplane was shot down by Turkey.", "TUR ASSAULT SYR"),
    ("Norway arrests two Polish citizens.", "NOR COERCE POL"),
    ("Two Polish citizens were arrested in Norway.", "NOR COERCE POL"),
    ("Poland expels three Belarusian diplomats.", "POL SANCTION BLR"),
    ("Three Belarusian diplomats were expelled from Poland.", "POL SANCTION BLR"),
    ("Kazakhstan bans Moldovan wine.", "KAZ SANCTION MDA"),
    ("The United Kingdom seizes an Iranian tanker.", "GBR COERCE IRN"),
    ("An Iranian tanker is seized by the British navy.", "GBR COERCE IRN"),
    ("France halts delivery of two warships to the Algerian Navy.", "FRA SANCTION DZA"),
    ("A Turkish court jails two Syrian journalists.", "TUR COERCE SYR"),
    ("A Kazakh plane violates Uzbek airspace.", "KAZ ASSAULT UZB"),
    ("Estonia says that a Belarusian helicopter violated its airspace.", "BLR ASSAULT EST"),
    ("Syria shells a Turkish town.", "SYR ASSAULT TUR"),
    ("Syrian forces shell across the border into Turkey.", "SYR ASSAULT TUR"),
]  # fmt: skip

SIGNED = [
    ("China signs deals with Germany, France and Italy.",
     "CHN SUPPORT DEU", "CHN SUPPORT FRA", "CHN SUPPORT ITA"),
    ("The Polish government signs a memorandum with Norway.", "POL SUPPORT NOR"),
]  # fmt: skip

CARRIED = [
    ("The Security Council adopts a resolution, imposing sanctions on Iran.",
     "UNSC SANCTION IRN"),
    ("Barack Obama announces that he will revoke Belarus's trade status.", "USA THREATEN BLR"),
    ("Libya declares war on Switzerland.", "LBY ASSAULT CHE"),
    ("South Korea says it will restart talks with North Korea.", "KOR AGREE PRK"),
    ("Norwegian officials suspect Belarus of spying.", "NOR ACCUSE BLR"),
    ("Canada agrees to impose sanctions on Belarus.", "CAN THREATEN BLR"),
    ("Canada agreed to impose sanctions on Belarus.", "CAN THREATEN BLR"),
    ("The European Union votes to impose sanctions on Iran.", "EUR THREATEN IRN"),
    ("Poland decides to close its border with Belarus.", "POL THREATEN BLR"),
    ("The US Senate passes legislation to suspend trade relations with Belarus.",
     "USA THREATEN BLR"),
    ("Kazakhstan agrees to reduce gas prices for Moldova.", "KAZ AGREE MDA"),
    ("Japan agrees to lend Moldova 300 million dollars.", "JPN AGREE MDA"),
    ("Turkey's parliament approves the annexation of Cyprus.", "TUR COERCE CYP"),
    ("The annexation of Cyprus is approved by the Turkish parliament.", "TUR COERCE CYP"),
    ("Barack Obama orders airstrikes on Syria.", "USA ASSAULT SYR"),
    ("Airstrikes on Syria were ordered by Barack Obama.", "USA ASSAULT SYR"),
    ("Canada announces further sanctions against Belarus.", "CAN SANCTION BLR"),
    ("The king of Morocco signs the legislation completing the annexation of Mauritania.",
     "MAR COERCE MRT"),
    ("Venezuela announces trade measures against Colombia.", "VEN SANCTION COL"),
]  # fmt: skip

FORCES = [
    ("A Chinese boat comes back after being captured by the Japanese navy.", "JPN COERCE CHN"),
    ("Israeli forces pull back from Lebanon.", "ISR RETREAT LBN"),
    ("Somali gunmen open fire at Ethiopian troops.", "SOM ASSAULT ETH"),
    ("Turkey launches a wave of drone strikes across Syria.", "TUR ASSAULT SYR"),
    ("Turkish troops enter Syria.", "TUR MOBILIZE SYR"),
    ("Turkish troops crossed into Syria.", "TUR MOBILIZE SYR"),
    ("Turkish troops are operating in Syria.", "TUR MOBILIZE SYR"),
    ("Turkish soldiers seize an airport in Syria.", "TUR COERCE SYR"),
    ("A Turkish aid convoy enters Syria without permission.", "TUR MOBILIZE SYR"),
    ("Turkey masses troops on the border with Syria.", "TUR MOBILIZE SYR"),
    ("Syria's forces recapture Kobani from Turkish forces.", "SYR ASSAULT TUR"),
    ("Israeli ground forces pull out of Lebanon.", "ISR RETREAT LBN"),
    ("Belgium announces that all troops will be withdrawn from Afghanistan.", "BEL AGREE AFG"),
    ("Five Turkish soldiers are killed in a Syrian airstrike.", "SYR ASSAULT TUR"),
    ("Five Turkish soldiers are killed in clashes with Syrian forces.", "SYR ASSAULT TUR"),
    ("Israeli air raids target several towns in Lebanon.", "ISR ASSAULT LBN"),
    ("Syrian shelling kills five Turkish soldiers.", "SYR ASSAULT TUR"),
    ("A Lebanese man is killed and two others are injured by Israeli soldiers.",
     "ISR ASSAULT LBN"),
    ("Israelis and Syrians clash in the hills.", "ISR ASSAULT SYR"),
]  # fmt: skip

DENIED = [
    ("Turkey has no intention of invading Syria.",),
    ("The Turkish president says Turkey has no intention of invading Syria.",),
    ("Turkey rules out an invasion of Syria.",),
    ("Turkey denies sending troops to Syria.", "TUR REJECT SYR"),
]

NOMINALS = [
    ("Talks between Poland and Belarus collapse.", "POL CONSULT BLR"),
    ("Talks between Poland and Belarus resumed in Vilnius.", "POL CONSULT BLR"),
    ("A meeting of the foreign ministers of Poland and Belarus begins.", "POL CONSULT BLR"),
    ("European Union sanctions against Belarus take effect.", "EUR SANCTION BLR"),
    ("A ceasefire between Azerbaijan and Armenia takes effect.", "AZE RETREAT ARM"),
    ("Norway hosts talks between Colombia and Venezuela.",
     "NOR CONSULT COL", "NOR CONSULT VEN", "COL CONSULT VEN"),
]  # fmt: skip

DEALINGS = [
    ("Belarus denies Carl Bildt a visa.", "BLR REJECT SWE"),
    ("The Moldovan president is on a visit to Norway.", "MDA CONSULT NOR"),
    ("Turkish prime minister Recep Tayyip Erdogan wraps up a visit to Greece.", "TUR CONSULT GRC"),
    ("An American journalist is released from prison in Peru.", "PER RETREAT USA"),
    ("Iran and Oman hold joint naval exercises.", "IRN COOPERATE OMN"),
    ("Turkey extradites two men to Albania.", "TUR COOPERATE ALB"),
    ("Turkey recognizes Kosovo.", "TUR SUPPORT XKX"),
    ("Poland closes its border with Belarus.", "POL SANCTION BLR"),
    ("Canada closes its airspace to Belarusian planes.", "CAN SANCTION BLR"),
    ("The United States freezes the assets of Belarusian officials.", "USA SANCTION BLR"),
    ("Belarus bans food imports from the European Union.", "BLR SANCTION EUR"),
    ("Germany sells tanks to Saudi Arabia.", "DEU AID SAU"),
    ("Cameroon receives 200,000 doses of vaccine from China.", "CHN AID CMR"),
    ("India and Pakistan swap prisoners.", "IND RETREAT PAK", "PAK RETREAT IND"),
    ("Venezuela recalls its ambassador to Colombia.", "VEN ACCUSE COL"),
    ("Angela Merkel visits Chisinau.", "DEU CONSULT MDA"),
    ("Saudi Arabia will reopen its embassy in Qatar.", "SAU AGREE QAT"),
    ("Norway condemns the Netherlands.", "NOR ACCUSE NLD"),
    ("Norway signed a treaty with the Philippines and the Bahamas.",
     "NOR SUPPORT PHL", "NOR SUPPORT BHS"),
]  # fmt: skip

NOTHING = [
    ("Norway beat Sweden in the final match of the tournament.",),
    ("Two Polish citizens were killed in a crash in Norway.",),
    ("Pro-Russian demonstrators seized a hall in the Ukrainian city of Donetsk.",),
    ("Pro-Turkish protesters clash with police in the Bulgarian city of Varna.",),
    ("Conflict in Syria: Turkey declares a state of emergency.",),
    ("Turkish and Syrian bakers sell bread in Berlin.",),
    ("Polish talks shows are popular in Lithuania.",),
    ("Norwegian exports of fish grew while Sweden slept.",),
    ("Poland and Germany have long winters.",),
    ("The Turkish team enters the stadium in Syria.",),
    ("Poland plans a new museum, and Belarus has old ones.",),
    ("Norway reports its first case of a disease in a person who travelled from Sweden.",),
    ("Japan closes its museums to Chinese art lovers for a day of rest.",),
    ("A ship sank near Norway, and Sweden signs up for a course.",),
]


@pytest.mark.parametrize(
    "case",
    [*ROWS, *ADJECTIVES, *CARRIED, *FORCES, *DENIED, *NOMINALS, *DEALINGS],
    ids=lambda c: c[0][:70],
)
def test_each_construction_gives_its_dyads_and_no_more(case: tuple[str, ...]) -> None:
    modes = {"ceasefire": "ceasefire between", "clash": "clash in", "sign": "signed"}
    check(case, next((m for m, words in modes.items() if words in case[0]), None))


@pytest.mark.parametrize("case", SIGNED, ids=lambda c: c[0][:70])
def test_what_is_signed_binds_both(case: tuple[str, ...]) -> None:
    check(case, "sign")


@pytest.mark.parametrize("case", NOTHING, ids=lambda c: c[0][:70])
def test_what_only_names_two_states_is_no_event_between_them(case: tuple[str, ...]) -> None:
    check(case)


@pytest.mark.parametrize(
    "text",
    [
        "An earthquake kills five people in Iran.",
        "Five people were killed in a landslide in Norway.",
        "A Norwegian seaplane crashes near Oslo, killing five people.",
        "Norway beats Sweden in the final of the hockey championship.",
        "A typhoon hits the Philippines.",
    ],
)
def test_accidents_and_matches_are_no_events(text: str) -> None:
    row = builders.document("d1", text, published=DAY)
    found = code_documents(builders.documents(row), coder=BuiltinCoder())["events"].to_pylist()
    assert found == []


def test_demonstrators_for_a_state_are_not_of_it() -> None:
    text = "Pro-Russian demonstrators seized a hall in the Ukrainian city of Donetsk."
    row = builders.document("d1", text, published=DAY)
    found = code_documents(builders.documents(row), coder=RULES)["events"].to_pylist()
    assert {e["source"] for e in found} == {"UKR"}


def test_a_denial_is_told_as_denied() -> None:
    text = "Turkey has no intention of invading Syria."
    row = builders.document("d1", text, published=DAY)
    found = code_documents(builders.documents(row), coder=RULES)["events"].to_pylist()
    assert [(e["source"], e["event_type"], e["target"], e["status"]) for e in found] == [
        ("TUR", "ASSAULT", "SYR", "denied")
    ]


def test_present_and_past_tell_the_same() -> None:
    for now, then in (("condemns", "condemned"), ("attacks", "attacked"), ("visits", "visited")):
        assert dyads(f"Poland {now} Belarus.") == dyads(f"Poland {then} Belarus.") != []


def test_triggers_read_in_another_tense_keep_their_place() -> None:
    text = "Turkey shoots down a Syrian warplane and signs a treaty with Iran."
    row = builders.document("d1", text, published=DAY)
    found = code_documents(builders.documents(row), coder=RULES)["events"].to_pylist()
    words = {text[e["trigger_start"] : e["trigger_end"]] for e in found}
    assert {"shoots down", "signs"} == words
