"""A user's lexicon at work: names, triggers, overrides, and what the built-in coder keeps."""

from __future__ import annotations

from datetime import date

import pytest

from tiltmeter.coding import reasons
from tiltmeter.coding.coder import BuiltinCoder, Document, SentenceCoding
from tiltmeter.coding.user_checks import lexicon_from_toml
from tiltmeter.coding.user_overrides import acts, wild, with_overrides

DAY = date(2014, 12, 3)


def coded(
    text: str, toml: str = "", *, day: date = DAY, outlet: str | None = None, rules: bool = False
) -> list[SentenceCoding]:
    own = lexicon_from_toml([("mine.toml", toml)])
    coder = with_overrides(BuiltinCoder(lexicon=own, rules_only=rules), own)
    ((_, sentences),) = coder.code([Document("d", text, day, outlet=outlet)])
    return sentences


def told(text: str, toml: str = "", **over: object) -> list[str]:
    (sentence,) = coded(text, toml, **over)  # type: ignore[arg-type]
    return [acts(c) for c in sentence.events]


# --- actors ---------------------------------------------------------------------------------------

WAGNER = '[[actor]]\nnames = ["Wagner"]\nstate = "RUS"\nsector = "PRM"\nfrom = 2014-05-01\n'
ATTACK = "Wagner attacked Ukraine on Monday."


def test_an_actor_is_added() -> None:
    assert told(ATTACK) == []
    assert told(ATTACK, WAGNER) == ["RUS ASSAULT UKR"]
    (sentence,) = coded(ATTACK, WAGNER)
    assert sentence.events[0].found.sources[0].sector == "PRM"


def test_an_actor_is_one_from_its_day_on() -> None:
    assert told(ATTACK, WAGNER, day=date(2014, 4, 1)) == []


def test_an_actor_goes_before_the_built_in_one_of_that_name() -> None:
    text = "Tbilisi criticised Russia."
    assert told(text) == ["GEO ACCUSE RUS"]
    assert told(text, '[[actor]]\nnames = "Tbilisi"\nstate = "ARM"') == ["ARM ACCUSE RUS"]


def test_the_longest_name_wins_whoever_holds_it() -> None:
    text = "The Bank of Georgia praised Turkey."
    bank = '[[actor]]\nnames = "Bank of Georgia"\nstate = "GBR"\nsector = "BUS"\n'
    assert told(text, bank) == ["GBR SUPPORT TUR"]
    short = '[[actor]]\nnames = "European"\nstate = "CHN"\n'
    assert told("The European Commission praised Turkey.", short) == ["EUR SUPPORT TUR"]


def test_names_are_met_whole_and_in_their_case() -> None:
    wag = '[[actor]]\nnames = ["WAG", "Sand"]\nstate = "RUS"\n'
    for text in ("Wag praised Turkey.", "WAGS praised Turkey.", "The sand praised Turkey."):
        (sentence,) = coded(text, wag)
        assert [m.code for m in sentence.mentions] == ["TUR"], text
    assert told("WAG praised Turkey.", wag) == ["RUS SUPPORT TUR"]
    exact = '[[actor]]\nnames = "Acme Corp"\nstate = "FRA"\nexact_case = true\n'
    assert coded("ACME CORP praised Turkey.", exact)[0].mentions[0].code == "TUR"


def test_an_actor_without_state_has_its_own_code() -> None:
    text = "Blue Shield Network criticised Turkey."
    blue = '[[actor]]\nnames = "Blue Shield Network"\nstate = "---"\nsector = "NGO"\n'
    assert told(text, blue) == ["BLUESHIELDNETWORK ACCUSE TUR"]
    assert told(text, blue + 'code = "BSN_ORG"') == ["BSN_ORG ACCUSE TUR"]


def test_a_person_of_the_user_is_no_one_else_of_that_surname() -> None:
    person = '[[actor]]\nnames = "Aliyev"\nstate = "KAZ"\nkind = "person"\nsector = "BUS"\n'
    first, second = coded("Ilham Aliyev met Turkey's president. Aliyev praised Russia.", person)
    assert first.mentions[0].code == "AZE"
    assert second.mentions[0].code == "KAZ"


# --- names that are none --------------------------------------------------------------------------

JORDAN = '[[ignore]]\nnames = ["Jordan", "Cambridge"]\n'


@pytest.mark.parametrize("text", ["Jordan met President Putin.", "Jordan praised Russia."])
def test_an_ignored_name_is_nobody(text: str) -> None:
    assert any("JOR" in act for act in told(text))
    assert not any("JOR" in act for act in told(text, JORDAN))
    (sentence,) = coded(text, JORDAN)
    assert [m.text for m in sentence.ignored] == ["Jordan"]


def test_an_ignored_name_does_not_come_back_by_another_list() -> None:
    # cities and misspelt states are looked up in what the network takes for a party
    text = "Police in Cambridge arrested two Russian diplomats and Turkey protested."
    (sentence,) = coded(text, JORDAN)
    assert not any("GBR" in acts(c) for c in sentence.events)
    assert told("Jordan invaded Syria.", JORDAN) == []


def test_a_longer_name_of_the_gazetteer_is_not_ignored() -> None:
    (sentence,) = coded("Jordanian forces attacked Syria.", JORDAN)
    assert [m.code for m in sentence.mentions] == ["JOR", "SYR"]


# --- triggers -------------------------------------------------------------------------------------

DOXX = '[[trigger]]\nlemma = "doxx"\npart = "verb"\ntype = "COERCE"\ndomain = "security"\n'


@pytest.mark.parametrize("rules", [True, False])
@pytest.mark.parametrize(
    "text",
    [
        "Russia doxxed Ukrainian diplomats.",
        "Russia has doxxed diplomats of Ukraine.",
        "Ukrainian diplomats were doxxed by Russia.",
    ],
)
def test_a_trigger_is_added_with_all_its_forms(text: str, rules: bool) -> None:
    (sentence,) = coded(text, DOXX, rules=rules)
    (event,) = sentence.events
    assert acts(event) == "RUS COERCE UKR"
    assert (event.found.rule, event.domain) == ("user:doxx", "security")
    assert text[slice(*event.found.trigger)] == "doxxed"


def test_status_is_read_for_a_user_s_trigger_as_for_others() -> None:
    (sentence,) = coded("Russia did not doxx Ukraine.", DOXX)
    assert [c.found.status for c in sentence.events] == ["denied"]
    assert told("Russia will doxx Ukrainian officials.", DOXX) == ["RUS THREATEN UKR"]


def test_a_trigger_goes_before_the_built_in_rule_and_the_network() -> None:
    text = "Russia praised Ukraine."
    assert told(text) == ["RUS SUPPORT UKR"]
    praise = '[[trigger]]\nlemma = "praise"\npart = "verb"\ntype = "THREATEN"\nconfidence = 0.7\n'
    (sentence,) = coded(text, praise)
    assert [acts(c) for c in sentence.events] == ["RUS THREATEN UKR"]
    assert sentence.events[0].found.confidence == 0.7
    assert sentence.judged is not None
    assert sentence.judged.types["SUPPORT"] > 0.5  # the network thinks otherwise, and is shown


def test_a_trigger_with_objects_leaves_the_others_to_the_built_in_rules() -> None:
    give = (
        '[[trigger]]\nlemma = "impose"\npart = "verb"\ntype = "ASSAULT"\nobjects = ["curfew"]\n'
        'target = ["obl:on"]\n'
    )
    assert told("Japan imposed a curfew on North Korea.", give) == ["JPN ASSAULT PRK"]
    assert told("Japan imposed sanctions on North Korea.", give) == ["JPN SANCTION PRK"]


def test_instead_keeps_the_built_in_rules_from_a_word() -> None:
    give = (
        '[[trigger]]\nlemma = "praise"\npart = "verb"\ntype = "ACCUSE"\nobjects = ["enemy"]\n'
        "instead = true\n"
    )
    text = "Japan praised North Korea."
    assert told(text, rules=True) == ["JPN SUPPORT PRK"]
    assert told(text, give, rules=True) == []


def test_a_phrase_must_stand_whole_and_is_the_trigger() -> None:
    plug = (
        '[[trigger]]\nphrase = "pull the plug on"\npart = "verb"\ntype = "SANCTION"\n'
        'target = ["obl:on", "nmod:with"]\n'
    )
    text = "The United States pulled the plug on talks with Iran."
    (sentence,) = coded(text, plug)
    (event,) = sentence.events
    assert acts(event) == "USA SANCTION IRN"
    assert text[slice(*event.found.trigger)] == "pulled the plug on"
    pulled = "The United States pulled troops from Iran."
    assert told(pulled, plug, rules=True) == told(pulled, rules=True)


def test_a_nominal_phrase_is_read() -> None:
    navy = '[[trigger]]\nphrase = "naval quarantine"\npart = "noun"\ntype = "COERCE"\n'
    text = "China's naval quarantine of Japan angered fishermen."
    (sentence,) = coded(text, navy)
    assert [acts(c) for c in sentence.events] == ["CHN COERCE JPN"]
    assert text[slice(*sentence.events[0].found.trigger)] == "naval quarantine"


def test_a_joint_trigger_has_no_direction() -> None:
    joint = '[[trigger]]\nlemma = "huddle"\npart = "verb"\ntype = "CONSULT"\njoint = true\n'
    (sentence,) = coded("France and Germany huddled in Paris.", joint)
    (event,) = [c for c in sentence.events if c.found.rule == "user:huddle"]
    assert {a.code for a in event.found.sources} == {"FRA", "DEU"}
    assert event.found.joint


def test_sentences_with_the_user_s_words_reach_the_coder() -> None:
    text = "The doxxing surprised Ukraine."
    assert coded(text)[0].reason == reasons.NO_TRIGGER
    assert coded(text, DOXX)[0].judged is not None
    wagner = "Wagner was founded in a dark wood."
    assert coded(wagner)[0].judged is None
    assert coded(wagner, WAGNER)[0].judged is not None


def test_an_empty_lexicon_changes_nothing() -> None:
    text = "Russia praised Serbia. Jordan met President Putin. Turkey may invade Syria."
    plain = coded(text)
    ((_, sentences),) = BuiltinCoder().code([Document("d", text, DAY)])
    assert [repr(s.events) for s in plain] == [repr(s.events) for s in sentences]


# --- overrides ------------------------------------------------------------------------------------


def override(where: str, then: str) -> str:
    return f"[[override]]\nwhere = {{ {where} }}\n{then}\n"


def test_an_override_changes_type_domain_and_status_and_says_so() -> None:
    rule = override(
        'source = "RUS", target = "UKR", type = "ACCUSE", text = "donb?s"',
        'set = { type = "THREATEN", domain = "energy", status = "planned" }',
    )
    (sentence,) = coded("Russia accused Ukraine of shelling civilians in Donbas.", rule)
    (event,) = sentence.events
    assert acts(event) == "RUS THREATEN UKR"
    assert (event.domain, event.found.status) == ("energy", "planned")
    assert event.notes[0] == "your override 1: ACCUSE became THREATEN"
    assert told("Russia accused Ukraine of theft.", rule) == ["RUS ACCUSE UKR"]
    assert told("Ukraine accused Russia of theft in Donbas.", rule) == ["UKR ACCUSE RUS"]


def test_what_is_dropped_is_kept_with_its_reason_and_told_among_the_rejects() -> None:
    rule = override('trigger = "meet"', 'drop = "football"')
    (sentence,) = coded("Russia and France met in Paris.", rule)
    assert sentence.events == []
    assert sentence.reason == reasons.DROPPED
    assert "football (your override 1)" in sentence.detail
    assert [why for _, why in sentence.dropped] == ["football (your override 1)"]
    assert any(p.startswith("dropped by your lexicon: football") for p in sentence.problems)


def test_an_outlet_can_be_named() -> None:
    rule = override('outlet = "Daily *"', 'drop = "gossip"')
    assert told("Russia praised Ukraine.", rule, outlet="Daily Planet") == []
    assert told("Russia praised Ukraine.", rule, outlet="The Daily") == ["RUS SUPPORT UKR"]
    assert told("Russia praised Ukraine.", rule) == ["RUS SUPPORT UKR"]


def test_of_many_parties_only_those_meant_are_changed() -> None:
    text = "Russia and China criticised Ukraine and Japan."
    before = sorted(told(text))
    assert before == ["RUS, CHN ACCUSE UKR, JPN"]
    rule = override('source = "RUS", target = "UKR"', 'set = { type = "THREATEN" }')
    assert sorted(told(text, rule)) == [
        "CHN ACCUSE UKR, JPN", "RUS ACCUSE JPN", "RUS THREATEN UKR",
    ]  # fmt: skip


def test_of_a_meeting_of_three_one_pair_can_be_dropped() -> None:
    text = "Russia, Belarus and Ukraine met in Minsk."
    rule = override('source = "UKR", target = "BLR"', 'drop = "not these two"')
    assert sorted(told(text, rule)) == ["RUS, BLR CONSULT ---", "RUS, UKR CONSULT ---"]


def test_overrides_see_what_those_before_them_left() -> None:
    rules = override('type = "SUPPORT"', 'set = { type = "ACCUSE" }') + override(
        'type = "ACCUSE"', 'set = { status = "alleged" }'
    )
    (sentence,) = coded("Russia praised Ukraine.", rules)
    assert [(c.found.event_type, c.found.status) for c in sentence.events] == [
        ("ACCUSE", "alleged")
    ]


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("war", "the war began", True),
        ("war", "the warning", False),
        ("war*", "the warning", True),
        ("*war", "the cold-war era", True),
        ("protest*embassy", "PROTESTS before\nthe  embassy", True),
        ("protest*embassy", "the embassy saw protests", False),
        ("d?nbas", "in Donbas.", True),
        ("d?nbas", "in Dnbas.", False),
        ("a*b*c", "a c b", False),
        ("(x+)+$", "xxxx", False),
    ],
)
def test_patterns_are_words_with_stars(pattern: str, text: str, found: bool) -> None:
    assert wild(pattern, text) is found


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("daily *", "Daily Planet", True),
        ("daily *", "The Daily Planet", False),
        ("*planet", "Daily Planet", True),
        ("*planet", "Daily Planets", False),
        ("daily planet", "daily planet", True),
        ("daily", "daily planet", False),
        ("d*y*t", "daily planet", True),
        ("*a", "", False),
        ("ab*bc", "abc", False),
    ],
)
def test_whole_patterns_leave_nothing_over(pattern: str, text: str, found: bool) -> None:
    assert wild(pattern, text, whole=True) is found


def test_no_pattern_takes_long() -> None:
    import time

    begin = time.perf_counter()
    wild("a*" * 90 + "z", "a" * 2000)
    wild("?" * 150 + "*" + "a?" * 20 + "z", "a" * 2000)
    assert time.perf_counter() - begin < 1.0
