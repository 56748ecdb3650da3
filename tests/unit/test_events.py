"""From coded sentences to rows: dyads, offsets, reasons, rejects, and the score format."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

import pyarrow as pa
import pytest

import builders
from tiltmeter.coding.clauses import Found
from tiltmeter.coding.coder import BuiltinCoder, Coded, Document, SentenceCoding
from tiltmeter.coding.mentions import Actor
from tiltmeter.coding.reasons import REASONS
from tiltmeter.coding.timing import When
from tiltmeter.events import MAX_DYADS, code_documents, documents_from, score_rows
from tiltmeter.schemas import EVENTS, REJECTS, SENTENCES

TEXT = "Lead. Russia met Azerbaijan and France in Sochi."
SENTENCE = TEXT[6:]


def actor(name: str, code: str | None, sector: str | None = "GOV", kind: str = "name") -> Actor:
    at = max(SENTENCE.find(name), 0)
    return Actor(code, sector, name, at, at + len(name), kind)


RUSSIA, AZERBAIJAN, FRANCE = (
    actor("Russia", "RUS"),
    actor("Azerbaijan", "AZE"),
    actor("France", "FRA"),
)


def coded(sources: Iterable[Actor], targets: Iterable[Actor], **over: Any) -> Coded:
    facts = {
        "event_type": "CONSULT", "mode": None, "domain": None, "sources": tuple(sources),
        "targets": tuple(targets), "joint": True, "status": "done", "trigger": (7, 10), "token": 1,
        "confidence": 0.8, "rule": "meet",
    }  # fmt: skip
    return Coded(Found(**(facts | over)), When(date(2014, 12, 1), "day"), "political", "Interfax")


class Scripted:
    """A coder that says what it is told."""

    name, version = "scripted", "1"

    def __init__(self, *sentences: SentenceCoding) -> None:
        self.sentences = list(sentences)

    def code(self, documents: Iterable[Document]) -> Iterator[tuple[str, list[SentenceCoding]]]:
        for document in documents:
            yield document.document_id, self.sentences


def sentence(*events: Coded, **over: Any) -> SentenceCoding:
    return SentenceCoding(6, len(TEXT), SENTENCE, list(events), **over)


def run(*sentences: SentenceCoding) -> dict[str, pa.Table]:
    return code_documents(
        builders.documents(builders.document("d1", TEXT)), coder=Scripted(*sentences)
    )


def rows(*events: Coded) -> list[dict[str, Any]]:
    return run(sentence(*events))["events"].to_pylist()


def dyads(*events: Coded) -> list[tuple[str, str | None]]:
    return [(r["source"], r["target"]) for r in rows(*events)]


def test_the_tables_keep_their_contracts() -> None:
    out = run(sentence(coded([RUSSIA], [AZERBAIJAN])))
    assert out["events"].schema == EVENTS.schema
    assert out["sentences"].schema == SENTENCES.schema
    assert out["code_rejects"].schema == REJECTS.schema


def test_a_row_says_who_whom_what_when_and_where_in_the_text() -> None:
    (row,) = rows(coded([RUSSIA], [AZERBAIJAN]))
    assert row["event_id"] == "d1:0:0:0"
    assert (row["source"], row["event_type"], row["target"]) == ("RUS", "CONSULT", "AZE")
    assert (row["quad_class"], row["status"], row["attribution"]) == (1, "done", "Interfax")
    assert (row["date"], row["published"]) == (date(2014, 12, 1), builders.DAY)
    assert TEXT[row["sentence_start"] : row["sentence_end"]] == SENTENCE
    for side in ("source", "target"):
        assert TEXT[row[f"{side}_start"] : row[f"{side}_end"]] == row[f"{side}_name"]
    assert TEXT[row["trigger_start"] : row["trigger_end"]] == row["trigger"] == "met"


def test_one_act_on_two_is_two_dyads() -> None:
    assert dyads(coded([RUSSIA], [AZERBAIJAN, FRANCE])) == [("RUS", "AZE"), ("RUS", "FRA")]


def test_a_meeting_of_three_is_three_unordered_pairs() -> None:
    assert dyads(coded([RUSSIA, AZERBAIJAN, FRANCE], [])) == [
        ("RUS", "AZE"),
        ("RUS", "FRA"),
        ("AZE", "FRA"),
    ]


def test_three_who_act_on_nobody_named_are_not_paired_unless_the_act_is_mutual() -> None:
    accusing = coded([RUSSIA, AZERBAIJAN], [], event_type="ACCUSE", joint=False)
    assert dyads(accusing) == [("RUS", None), ("AZE", None)]


def test_nobody_acts_on_himself_abroad_but_a_state_may_at_home() -> None:
    assert dyads(coded([RUSSIA, AZERBAIJAN], [AZERBAIJAN])) == [("RUS", "AZE")]
    jailed = coded([AZERBAIJAN], [actor("journalist", "AZE", "JRN")], event_type="COERCE")
    assert dyads(jailed) == [("AZE", "AZE")]


@pytest.mark.parametrize(
    ("sources", "targets", "detail"),
    [
        ([], [FRANCE], "CONSULT: by ?, to FRA"),
        ([actor("the crowd", None)], [FRANCE], "CONSULT: by the crowd (?), to FRA"),
    ],
)
def test_a_sentence_whose_events_give_no_row_is_not_lost(
    sources: list[Actor], targets: list[Actor], detail: str
) -> None:
    out = run(sentence(coded(sources, targets)))
    assert out["events"].num_rows == 0
    (row,) = out["sentences"].to_pylist()
    assert (row["reason"], row["detail"]) == ("no_dyad", detail)
    assert TEXT[row["start"] : row["end"]] == SENTENCE


def test_the_same_pair_is_one_dyad_however_often_it_is_named() -> None:
    assert dyads(coded([RUSSIA, RUSSIA], [AZERBAIJAN, AZERBAIJAN])) == [("RUS", "AZE")]


def test_a_doer_whose_state_is_not_known_makes_no_row() -> None:
    assert rows(coded([actor("he", None)], [AZERBAIJAN])) == []


def test_a_recipient_whose_state_is_not_known_is_kept_as_words() -> None:
    (row,) = rows(coded([RUSSIA], [actor("Sochi", None, "CVL")], event_type="COERCE"))
    assert (row["target"], row["target_name"], row["target_sector"]) == (None, "Sochi", "CVL")


def test_an_implied_doer_has_no_place_in_the_text() -> None:
    implied = Actor("AZE", "GOV", "(authorities)", 0, 6, "implied")
    (row,) = rows(coded([implied], [actor("France", "AZE", "JRN")], event_type="COERCE"))
    assert (row["source_start"], row["source_end"]) == (None, None)
    assert row["target_start"] is not None


def test_a_congress_of_many_is_cut() -> None:
    many = [actor("Russia", f"{c}AA") for c in "BCDEFGHIJK"]
    assert len(rows(coded(many, []))) == MAX_DYADS


def test_a_sentence_without_events_keeps_its_reason() -> None:
    out = run(sentence(reason="question", detail="Russia"), SentenceCoding(0, 5, "Lead."))
    assert [(r["start"], r["reason"], r["detail"]) for r in out["sentences"].to_pylist()] == [
        (6, "question", "Russia"),
        (0, "no_dyad", ""),
    ]


def test_a_sentence_with_events_is_not_among_the_silent() -> None:
    assert run(sentence(coded([RUSSIA], [FRANCE])))["sentences"].num_rows == 0


@pytest.mark.parametrize("reason", ["broken", "language", "too_long", "too_many_sentences"])
def test_what_was_not_read_at_all_is_a_reject_with_file_and_place(reason: str) -> None:
    (row,) = run(sentence(reason=reason, detail="xx"))["code_rejects"].to_pylist()
    assert (row["path"], row["place"]) == ("d1.txt", f"characters 6-{len(TEXT)} of document d1")
    assert (row["stage"], row["value"]) == ("code", SENTENCE)
    assert row["reason"].startswith(REASONS[reason])


def test_all_beyond_the_limit_of_sentences_is_one_stretch() -> None:
    beyond = [SentenceCoding(i, i + 1, TEXT[i], reason="too_many_sentences") for i in (10, 20, 30)]
    out = run(sentence(coded([RUSSIA], [FRANCE])), *beyond)
    (row,) = out["sentences"].to_pylist()
    assert (row["start"], row["end"], row["detail"]) == (10, 31, "3 sentences left out")
    (reject,) = out["code_rejects"].to_pylist()
    assert (reject["place"], reject["reason"][-23:]) == (
        "characters 10-31 of document d1",
        " [3 sentences left out]",
    )


def test_records_of_one_file_have_rejects_of_their_own() -> None:
    rows = [
        builders.document(i, text, lang="ru", path="reports.jsonl")
        for i, text in (("a", "Россия и"), ("b", "Россия а"))
    ]
    made = code_documents(builders.documents(*rows), coder=BuiltinCoder())["code_rejects"]
    assert made["place"].to_pylist() == [f"characters 0-8 of document {i}" for i in "ab"]


def test_a_problem_is_told_once() -> None:
    found = run(sentence(coded([RUSSIA], [FRANCE]), problems=["date '31 June': no date"] * 2))
    assert found["code_rejects"]["reason"].to_pylist() == ["date '31 June': no date"]


def test_documents_keep_order_segments_and_language() -> None:
    table = builders.documents(builders.document("b", lang="de"), builders.document("a"))
    found = documents_from(table)
    assert [(d.document_id, d.lang) for d in found] == [("b", "de"), ("a", "en")]
    assert found[0].segments == (("body", 0, len(found[0].text)),)


def score(*events: Coded) -> dict[str, Any]:
    document = Document("d1", TEXT, builders.DAY)
    (row,) = list(score_rows([("x7", document)], Scripted(sentence(*events))))
    return row


def test_score_format_gives_sides_as_lists_with_code_sector_and_words() -> None:
    row = score(coded([RUSSIA], [AZERBAIJAN], event_type="ACCUSE", joint=False))
    assert (row["id"], row["text"]) == ("x7", SENTENCE)
    assert row["events"] == [
        {
            "source": [{"code": "RUS", "sector": "GOV", "text": "Russia"}],
            "target": [{"code": "AZE", "sector": "GOV", "text": "Azerbaijan"}],
            "event": "ACCUSE",
            "date": "2014-12-01",
            "status": "done",
            "domain": "political",
        }
    ]


def test_score_format_puts_all_parties_of_a_mutual_act_on_one_side() -> None:
    (event,) = score(coded([RUSSIA], [AZERBAIJAN]))["events"]
    assert [a["code"] for a in event["source"]] == ["RUS", "AZE"]
    assert event["target"] == []


@pytest.mark.parametrize(
    ("status", "kept"), [("done", 1), ("planned", 1), ("denied", 0), ("alleged", 0)]
)
def test_score_format_has_no_place_for_what_did_not_happen(status: str, kept: int) -> None:
    assert len(score(coded([RUSSIA], [AZERBAIJAN], status=status))["events"]) == kept


def test_score_format_writes_unknown_and_european_parties_its_own_way() -> None:
    row = score(
        coded([actor("x", None)], [actor("y", "EUR", "IGO")], event_type="ACCUSE", joint=False)
    )
    (event,) = row["events"]
    assert (event["source"][0]["code"], event["target"][0]["code"]) == ("---", "EUR")
