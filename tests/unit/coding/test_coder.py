"""The built-in coder, told in sentences: what is said, and who did what to whom in it.

An expected event reads "source TYPE target status", "?" for a recipient without a state. The
sentences were made up for this table.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import pyarrow as pa
import pytest

import builders
from tiltmeter.coding.coder import BuiltinCoder
from tiltmeter.coding.reasons import REASONS
from tiltmeter.events import code_documents, score_rows
from tiltmeter.events import documents_from as as_documents

DAY = date(2014, 12, 10)


def code(text: str, day: date = DAY, **over: Any) -> dict[str, pa.Table]:
    row = builders.document("d1", text, published=day, **over)
    return code_documents(builders.documents(row), coder=BuiltinCoder())


def events(text: str, day: date = DAY) -> list[dict[str, Any]]:
    return code(text, day)["events"].to_pylist()


def told(rows: Iterable[dict[str, Any]]) -> list[str]:
    return sorted(
        f"{r['source']} {r['event_type']} {r['target'] or '?'} {r['status']}" for r in rows
    )


DEEDS = [
    # the doer before the verb
    ("Russia praised Serbia for its neutrality.", "RUS SUPPORT SRB done"),
    ("Turkey condemned the raid by Israel.", "TUR ACCUSE ISR done"),
    ("Armenia attacked Azerbaijan.", "ARM ASSAULT AZE done"),
    ("Georgia arrested two Russian spies.", "GEO COERCE RUS done"),
    ("Japan imposed sanctions on North Korea.", "JPN SANCTION PRK done"),
    ("China deployed warships near Taiwan.", "CHN MOBILIZE TWN done"),
    ("Poland expelled three Belarusian diplomats.", "POL SANCTION BLR done"),
    ("Moldova signed a trade agreement with Romania.", "MDA SUPPORT ROU done"),
    ("Norway withdrew its troops from Afghanistan.", "NOR RETREAT AFG done"),
    ("Greece rejected the proposal by Macedonia.", "GRC REJECT MKD done"),
    ("Iran demanded compensation from Iraq.", "IRN REQUEST IRQ done"),
    # the doer after it, or left to the end
    ("Belarus was praised by China.", "CHN SUPPORT BLR done"),
    ("Estonia was accused by Russia of rewriting history.", "RUS ACCUSE EST done"),
    ("Sanctions were imposed on Belarus by the European Union.", "EUR SANCTION BLR done"),
    ("Two Armenian soldiers were killed by Azerbaijani troops.", "AZE ASSAULT ARM done"),
    ("A Turkish drone was shot down by Syria.", "SYR ASSAULT TUR done"),
    # what is to come is words, not deeds
    ("Russia will send aid to Serbia.", "RUS AGREE SRB planned"),
    ("Turkey plans to sign an agreement with Georgia.", "TUR AGREE GEO planned"),
    ("India intends to buy helicopters from Russia.", "IND AGREE RUS planned"),
    ("The prime minister of Armenia is going to visit Iran.", "ARM AGREE IRN planned"),
    ("Kazakhstan agreed to supply oil to China.", "KAZ AGREE CHN done"),
    ("Hungary will impose sanctions on Belarus.", "HUN THREATEN BLR planned"),
    # threats
    ("Russia threatened Ukraine with gas cuts.", "RUS THREATEN UKR done"),
    ("North Korea threatened to attack South Korea.", "PRK THREATEN KOR done"),
    ("Israel warned Iran against building a bomb.", "ISR THREATEN IRN done"),
    # what is said not to have happened
    ("Turkey did not attack Syria.", "TUR ASSAULT SYR denied"),
    ("Georgia has not signed the treaty with Russia.", "GEO SUPPORT RUS denied"),
    ("Belarus denied arresting the Polish envoy.", "BLR COERCE POL denied", "BLR REJECT POL done"),
    # hearsay
    ("Iran reportedly supplied missiles to Syria.", "IRN AID SYR alleged"),
    # both alike
    ("Russia and Azerbaijan signed an agreement on gas.", "RUS SUPPORT AZE done"),
    ("The foreign ministers of Turkey and Armenia met in Zurich.", "TUR CONSULT ARM done"),
    ("China and Kazakhstan held joint exercises.", "CHN COOPERATE KAZ done"),
    ("Georgia and Ukraine agreed to cooperate.", "GEO AGREE UKR done"),
    (
        "The leaders of France, Germany and Italy met.",
        "DEU CONSULT ITA done", "FRA CONSULT DEU done", "FRA CONSULT ITA done",
    ),
    # several acts in one sentence
    (
        "Russia praised Serbia but criticised Bulgaria.",
        "RUS ACCUSE BGR done", "RUS SUPPORT SRB done",
    ),
    (
        "Turkey condemned Israel and recalled its ambassador from Egypt.",
        "TUR ACCUSE EGY done", "TUR ACCUSE ISR done",
    ),
    # at home
    ("Azerbaijan arrested a human rights activist.", "AZE COERCE AZE done"),
    ("A Kazakh court sentenced a blogger to seven years.", "KAZ COERCE KAZ done"),
    ("Police in Baku detained two journalists.", "AZE COERCE AZE done"),
    ("Uzbekistan released the journalist Salijon Abdurahmanov.", "UZB RETREAT UZB done"),
    # capitals and houses for governments
    ("Moscow accused Washington of interference.", "RUS ACCUSE USA done"),
    ("Baku condemned Yerevan.", "AZE ACCUSE ARM done"),
    ("The White House condemned Pyongyang.", "USA ACCUSE PRK done"),
    ("Ankara and Tehran signed a gas deal.", "TUR SUPPORT IRN done"),
    ("Brussels imposed sanctions on Minsk.", "EUR SANCTION BLR done"),
]  # fmt: skip


@pytest.mark.parametrize("case", DEEDS, ids=lambda c: c[0][:50])
def test_who_did_what_to_whom(case: tuple[str, ...]) -> None:
    text, *want = case
    assert told(events(text)) == sorted(want)


PERSONS = [
    ("2012-03-01", "Nicolas Sarkozy met Vladimir Putin in Moscow.", "FRA CONSULT RUS done"),
    ("2014-06-06", "Hollande met Putin in Normandy.", "FRA CONSULT RUS done"),
    ("2018-05-24", "Macron met Putin in Saint Petersburg.", "FRA CONSULT RUS done"),
    ("2014-10-16", "Merkel criticised Putin.", "DEU ACCUSE RUS done"),
    ("2014-05-01", "Cameron praised Erdogan.", "GBR SUPPORT TUR done"),
    ("2014-08-09", "Ilham Aliyev met Serzh Sargsyan in Sochi.", "AZE CONSULT ARM done"),
    ("2014-08-09", "İlham Əliyev met Serzh Sarkisian in Sochi.", "AZE CONSULT ARM done"),
    ("2014-08-09", "Ilham Aliev met Serge Sarkissian in Sochi.", "AZE CONSULT ARM done"),
    ("2014-12-03", "Ramiz Mekhtiyev accused the United States of meddling.", "AZE ACCUSE USA done"),
    ("2014-12-03", "Ramiz Mehdiyev accused the United States of meddling.", "AZE ACCUSE USA done"),
    ("2014-12-05", "Khadija Ismailova was arrested.", "AZE COERCE AZE done"),
    ("2014-12-05", "Khadija Ismayilova was arrested.", "AZE COERCE AZE done"),
]


@pytest.mark.parametrize(("day", "text", "want"), PERSONS, ids=[p[1][:40] for p in PERSONS])
def test_persons_stand_for_the_state_they_serve_however_they_are_spelt(
    day: str, text: str, want: str
) -> None:
    assert told(events(text, date.fromisoformat(day))) == [want]


def test_a_bare_surname_means_who_bears_the_office_that_day() -> None:
    text = "Macron met Merkel in Berlin."
    assert told(events(text, date(2018, 6, 1))) == ["FRA CONSULT DEU done"]
    assert "FRA CONSULT DEU done" not in told(events(text, date(2005, 12, 1)))


NOTHING = [
    ("If Russia attacks Georgia, NATO will respond.", "not_a_deed", "conditional"),
    ("Turkey may invade Syria.", "not_a_deed", "possibility"),
    ("Analysts fear that Russia could annex Abkhazia.", "not_a_deed", "possibility"),
    ("Serbia hopes to sign a treaty with China.", "not_a_deed", "wish"),
    ("Did Russia attack Georgia?", "question", ""),
    ("Will Turkey leave NATO?", "question", ""),
    ("The weather in the mountains was attacked by critics.", "no_actor", ""),
    ("Russia is a large country with cold winters.", "no_trigger", "Russia (RUS)"),
]


@pytest.mark.parametrize(("text", "reason", "detail"), NOTHING, ids=[n[0][:40] for n in NOTHING])
def test_where_nothing_is_coded_the_reason_is_given(text: str, reason: str, detail: str) -> None:
    out = code(text)
    assert out["events"].num_rows == 0
    (row,) = out["sentences"].to_pylist()
    assert row["reason"] == reason
    assert row["reason"] in REASONS
    assert detail in row["detail"]
    assert text[row["start"] : row["end"]] == text


ACCUSATIONS = [
    "Ukraine accused Russia of sending troops across the border.",
    "France condemned Syria for bombing Lebanon.",
    "Ukraine claims that Russia shelled its positions.",
    "Poland condemned Belarus for arresting its envoy.",
]


@pytest.mark.parametrize("text", ACCUSATIONS)
def test_what_somebody_is_accused_of_is_no_deed_between_states(text: str) -> None:
    rows = [r for r in events(text) if r["status"] in {"done", "planned"} and r["target"]]
    assert [r["event_type"] for r in rows] == ["ACCUSE"]


SAID = [
    ("Russia sent troops to Syria, Reuters reported.", "Reuters"),
    ("The ministry said that Turkey had released two Greek soldiers.", "The ministry"),
    ("Officials in Kyiv said Russia had shelled Ukrainian troops.", "Officials in Kyiv"),
    ("Turkey released two Greek soldiers.", None),
]


@pytest.mark.parametrize(("text", "who"), SAID)
def test_who_is_named_as_saying_so_is_kept(text: str, who: str | None) -> None:
    assert {r["attribution"] for r in events(text)} == {who}


DOMAINS = [
    ("Azerbaijan arrested a human rights activist.", "society"),
    ("Russia and Azerbaijan signed an agreement on gas.", "energy"),
    ("Moldova signed a trade agreement with Romania.", "economic"),
    ("China and Kazakhstan held joint exercises.", "security"),
    ("Baku condemned Yerevan.", "political"),
]


@pytest.mark.parametrize(("text", "domain"), DOMAINS)
def test_each_event_has_the_domain_its_words_speak_of(text: str, domain: str) -> None:
    assert [r["domain"] for r in events(text)] == [domain]


DATES = [
    ("On 3 December Japan imposed sanctions on North Korea.", "2014-12-03", "day"),
    ("Japan imposed sanctions on North Korea in March 2013.", "2013-03-01", "month"),
    ("Ukraine was invaded by Russia in 2014.", "2014-01-01", "year"),
    ("Japan imposed sanctions on North Korea.", "2014-12-10", "day"),
]


@pytest.mark.parametrize(("text", "day", "precision"), DATES)
def test_an_event_has_the_date_its_sentence_gives_it(text: str, day: str, precision: str) -> None:
    ((row),) = events(text)
    assert (row["date"].isoformat(), row["date_precision"]) == (day, precision)
    assert row["published"] == DAY


def test_a_date_that_does_not_exist_is_a_reject_and_not_the_event_s_date() -> None:
    out = code("Japan imposed sanctions on North Korea on 31 June.")
    assert out["events"]["date"].to_pylist() == [DAY]
    (row,) = out["code_rejects"].to_pylist()
    assert "31 June" in row["reason"]
    assert row["path"] == "d1.txt"


LONG = (
    "A word before. Turkey condemned Israel and recalled its ambassador from Egypt.\n\n"
    "Élan aside, Poland expelled three Belarusian diplomats. Belarus was praised by China."
)


def test_offsets_point_at_the_words_in_the_document() -> None:
    rows = events(LONG)
    assert len(rows) == 4
    for row in rows:
        assert LONG[row["sentence_start"] : row["sentence_end"]] == row["text"]
        assert LONG[row["trigger_start"] : row["trigger_end"]] == row["trigger"]
        for side in ("source", "target"):
            start, end = row[f"{side}_start"], row[f"{side}_end"]
            assert start is None or LONG[start:end] == row[f"{side}_name"]
            assert row["sentence_start"] <= (start or row["sentence_start"]) < row["sentence_end"]
    assert [r["source_name"] for r in rows if r["target"] == "BLR"] == ["Poland", "China"]


def test_a_document_in_another_language_is_a_reject_and_is_not_read() -> None:
    out = code("Russland lobte Serbien.", lang="de")
    assert out["events"].num_rows == 0
    assert out["sentences"]["reason"].to_pylist() == ["language"]
    (reason,) = out["code_rejects"]["reason"].to_pylist()
    assert "not in English" in reason
    assert "[de]" in reason


def test_a_stretch_longer_than_a_sentence_is_a_reject() -> None:
    out = code("Russia praised " + "Serbia, " * 400 + "Montenegro")
    assert out["code_rejects"].num_rows == 1
    assert out["code_rejects"]["reason"][0].as_py().startswith("Longer than")


@pytest.mark.parametrize(
    "text", ["", " \n\n ", "\u202e\u0000\ufffd", "a" * 5000, "((((" * 300, "🙂 " * 50]
)
def test_no_text_breaks_the_coder(text: str) -> None:
    assert code(text)["events"].num_rows == 0


def test_a_document_is_coded_the_same_alone_and_among_others() -> None:
    rows = [builders.document(f"d{n}", case[0], published=DAY) for n, case in enumerate(DEEDS)]
    together = code_documents(builders.documents(*rows), coder=BuiltinCoder())["events"].to_pylist()
    for n in (0, 11, 30):
        mine = [r for r in together if r["document_id"] == f"d{n}"]
        assert told(mine) == told(events(DEEDS[n][0]))


def test_every_clause_of_a_long_sentence_may_lean_on_the_sentence_before() -> None:
    text = (
        "Armenia held elections. Armenia is moving towards bilateral cooperation with Iran. "
        "The signs of it in the economic sphere are plain: the holding of many business forums; "
        "the work on the legal basis of relations, such as the investment protection agreement."
    )
    assert "ARM SUPPORT IRN done" in told(events(text))


def test_score_format_has_one_row_for_each_sentence() -> None:
    text = (
        "Japan imposed sanctions on North Korea. China and Kazakhstan held joint exercises. Fine."
    )
    table = builders.documents(builders.document("d1", text, published=DAY))
    rows = list(score_rows([("x1", as_documents(table)[0])], BuiltinCoder()))
    assert [r["id"] for r in rows] == ["x1"] * 3
    assert [len(r["events"]) for r in rows] == [1, 1, 0]
    first, second = rows[0]["events"][0], rows[1]["events"][0]
    assert ([a["code"] for a in first["source"]], first["event"]) == (["JPN"], "SANCTION")
    assert [a["code"] for a in first["target"]] == ["PRK"]
    assert ({a["code"] for a in second["source"]}, second["target"]) == ({"CHN", "KAZ"}, [])
    assert set(first) == {"source", "target", "event", "date", "status", "domain"}
