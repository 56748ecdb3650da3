"""User lexicons: what is read from TOML, and what is refused, with place and way out."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from tiltmeter.coding.roles import _tables as role_tables
from tiltmeter.coding.user_checks import lexicon_from_toml, read_lexicon
from tiltmeter.coding.user_lexicon import SECTORS, UserLexicon, from_canonical
from tiltmeter.errors import ConfigError

WHOLE = """
[[actor]]
names = ["Wagner Group", "Wagner"]
state = "RUS"
sector = "PRM"
from = 2014-05-01
to = "2023-08-23"

[[actor]]
names = "Blue Shield Network"
state = "---"
sector = "NGO"
kind = "organisation"

[[trigger]]
lemma = ["doxx", "dox"]
part = "verb"
type = "COERCE"
domain = "security"
objects = ["#person", "@diplomat", "Official"]
confidence = 0.9

[[trigger]]
phrase = "show of force"
part = "noun"
type = "MOBILIZE"

[[override]]
where = { source = ["RUS", "BLR"], target = "UKR", type = "ACCUSE", text = "*Donbas*" }
set = { type = "THREATEN", domain = "security", status = "planned" }

[[override]]
where = { outlet = "Daily *" }
drop = "not to be trusted"

[[ignore]]
names = ["Jordan"]
"""


def read(text: str) -> UserLexicon:
    return lexicon_from_toml([("mine.toml", text)])


def test_all_that_a_file_says_is_there() -> None:
    found = read(WHOLE)
    wagner, blue = found.actors
    assert (wagner.names, wagner.code, wagner.sector) == (("Wagner Group", "Wagner"), "RUS", "PRM")
    assert (wagner.valid_from, wagner.valid_to) == (date(2014, 5, 1), date(2023, 8, 23))
    assert (blue.state, blue.code) == ("---", "BLUESHIELDNETWORK")
    verb, noun = found.triggers
    assert verb.words == (("doxx",), ("dox",))
    assert verb.objects == ("#person", "@diplomat", "official")
    assert (verb.needs, verb.confidence, noun.needs) == ("actor", 0.9, "two")
    assert noun.words == (("show", "of", "force"),)
    change, drop = found.overrides
    assert change.source == ("RUS", "BLR")
    assert (change.set_type, change.set_domain, change.set_status) == (
        "THREATEN", "security", "planned",
    )  # fmt: skip
    assert (drop.outlet, drop.drop) == (("Daily *",), "not to be trusted")
    assert found.ignored[0].names == ("Jordan",)


def test_a_lexicon_travels_as_text_and_has_a_digest_of_its_own() -> None:
    found = read(WHOLE)
    assert from_canonical(found.canonical()) == found
    assert found.digest == read(WHOLE).digest
    assert found.digest != read(WHOLE.replace("0.9", "0.8")).digest
    assert found.summary == f"2 actors, 2 triggers, 2 overrides, 1 ignore (digest {found.digest})"
    assert not UserLexicon()
    assert (UserLexicon().canonical(), UserLexicon().digest, read("")) == ("", "", UserLexicon())
    assert from_canonical("") == UserLexicon()


def test_several_files_are_one_lexicon(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text('[[ignore]]\nnames = ["Jordan"]\n', encoding="utf-8")
    (tmp_path / "b.toml").write_bytes(
        b'\xef\xbb\xbf[[actor]]\r\nnames = ["Acme"]\r\nstate = "FRA"\r\n'
    )
    found = read_lexicon(tmp_path / "a.toml", tmp_path / "b.toml")
    assert (len(found.ignored), found.actors[0].code) == (1, "FRA")


def test_every_sector_that_words_can_tell_may_be_given() -> None:
    words = role_tables()
    assert {*words.body.values(), *words.office.values()} <= set(SECTORS)


ACTOR = '[[actor]]\nnames = ["Acme"]\nstate = "FRA"\n'
VERB = '[[trigger]]\nlemma = "doxx"\npart = "verb"\ntype = "COERCE"\n'
NOUN = '[[trigger]]\nlemma = "doxxing"\npart = "noun"\ntype = "COERCE"\n'
RULE = '[[override]]\nwhere = { type = "ACCUSE" }\n'
REFUSED = [
    ("actor = 3", "actor is no list of tables"),
    ('[[actors]]\nnames = ["Acme"]', "unknown key 'actors'"),
    ("names = [", "is not TOML"),
    (f"{ACTOR}colour = 'red'", "line 1, actor 1: unknown key 'colour'"),
    (f"\n\n{ACTOR}sector = 'GOVERNMENT'", "line 3, actor 1: sector = 'GOVERNMENT'"),
    (ACTOR.replace('"FRA"', '"FRX"'), "nearest known"),
    (ACTOR.replace('"FRA"', '"GAZPROM"'), "RUS, the state whose body GAZPROM is"),
    (ACTOR.replace('state = "FRA"\n', ""), "state cannot be used|state is missing"),
    (ACTOR.replace('["Acme"]', '["A"]'), "two characters"),
    (ACTOR.replace('["Acme"]', "[]"), "a list of 1 to"),
    (ACTOR.replace('["Acme"]', '["Acme", "ACME"]'), "each name once"),
    (ACTOR.replace('["Acme"]', "[3]"), "texts of 1 to"),
    (f"{ACTOR}from = 2014-05-01\nto = 2014-01-01", "a day after 2014-05-01"),
    (f"{ACTOR}from = 2014-05-01T10:00:00", "a day, YYYY-MM-DD"),
    (f"{ACTOR}from = 'May 2014'", "a day, YYYY-MM-DD"),
    (f"{ACTOR}code = 'ACME'", "the state is the code"),
    (f"{ACTOR}kind = 'firm'", "organisation, person"),
    (f"{ACTOR}exact_case = 1", "true or false"),
    (ACTOR + ACTOR, "the name 'Acme' stands in lexicon mine.toml, line 1, actor 1 too"),
    (f'{ACTOR}[[ignore]]\nnames = ["acme"]', "the name 'acme' stands in"),
    (
        '[[actor]]\nnames = ["Acme"]\nstate = "---"\n[[actor]]\nnames = ["ACME!"]\nstate = "---"',
        "its code would be ACME",
    ),
    (VERB.replace("verb", "adverb"), "part = 'adverb'"),
    (VERB.replace('"COERCE"', '"coerce"'), "type = 'coerce'"),
    (VERB.replace('lemma = "doxx"\n', ""), "either lemma or phrase"),
    (VERB + 'phrase = "pull the plug"', "either lemma or phrase"),
    (VERB.replace('"doxx"', '"pull the plug"'), "one word"),
    (VERB.replace("lemma", "phrase"), "two words or more"),
    (VERB.replace('"doxx"', '"do*x"'), "words of letters"),
    (VERB + "joint = true", "both parties do alike only"),
    (VERB + "target = ['object']", "obl:PREPOSITION"),
    (VERB + "objects = ['@nothing']", "@ and one of"),
    (VERB + "objects = ['#king']", "#person or #state"),
    (VERB + "without = ['amod']", "without"),
    (VERB + "confidence = 1.5", "above 0 and up to 1"),
    (VERB + "confidence = true", "above 0 and up to 1"),
    (VERB + "mode = 'Visit!'", "one word in lower case"),
    (VERB + "needs = 'two'", "actor, state"),
    (VERB + "governed = true", "unknown key 'governed'"),
    (NOUN + "objects = ['x']", "unknown key 'objects'"),
    (NOUN + "source = ['obl:by']", "a preposition"),
    (RULE, "either set or drop"),
    (RULE + "drop = ''", "not empty"),
    (RULE + "drop = 'x'\nset = { type = 'AID' }", "either set or drop"),
    (RULE + "set = {}", "one or more of"),
    (RULE + "set = { kind = 'AID' }", "unknown key 'kind'"),
    (RULE + "set = { domain = 'sports' }", "domain = 'sports'"),
    ("[[override]]\nwhere = {}\ndrop = 'x'", "one or more of"),
    ("[[override]]\ndrop = 'x'", "where is missing"),
    ("[[override]]\nwhere = { text = '**' }\ndrop = 'x'", "stands for anything"),
    ("[[override]]\nwhere = { source = 'Russia' }\ndrop = 'x'", "nearest known"),
    ("[[override]]\nwhere = { type = 'HATE' }\ndrop = 'x'", "where: type = 'HATE'"),
]


@pytest.mark.parametrize(("text", "told"), REFUSED)
def test_what_cannot_be_used_is_refused_with_a_way_out(text: str, told: str) -> None:
    with pytest.raises(ConfigError, match=r"mine\.toml") as caught:
        read(text)
    assert caught.value.hint
    assert re.search(told, str(caught.value)), str(caught.value)


def test_one_name_may_have_two_meanings_on_different_days() -> None:
    first = f"{ACTOR}to = 2014-01-01\n"
    second = f"{ACTOR}from = 2014-01-01\n".replace("FRA", "DEU")
    assert len(read(first + second).actors) == 2
    with pytest.raises(ConfigError, match="part the entries by from and to"):
        read(first + second.replace("2014", "2013"))


def test_files_that_cannot_be_read_are_refused(tmp_path: Path) -> None:
    for path, told in ((tmp_path / "none.toml", "No such file"), (tmp_path, "directory")):
        with pytest.raises(ConfigError, match=told):
            read_lexicon(path)
    (tmp_path / "x.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="not UTF-8"):
        read_lexicon(tmp_path / "x.toml")
