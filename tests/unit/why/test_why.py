"""Explanations: what is shown of a sentence, in lines and as a page."""

from __future__ import annotations

import io

import pytest

from tiltmeter.coding.user_checks import lexicon_from_toml
from tiltmeter.coding.user_lexicon import UserLexicon
from tiltmeter.errors import ConfigError
from tiltmeter.schemas import EVENTS, REJECTS
from tiltmeter.why import document_of, explain, explain_text
from tiltmeter.why.pieces import Mark, pieces, printable, within
from tiltmeter.why.plain import wants_colour

DAY = "2014-12-03"
TEXT = (
    "According to Interfax, Russia imposed sanctions on Turkey on 28 November. "
    "Turkey may invade Syria. It rained. "
    "Russia expelled two US diplomats and France praised Turkey."
)


def own(toml: str) -> UserLexicon:
    return lexicon_from_toml([("mine.toml", toml)])


def test_every_sentence_is_there_with_its_events_or_the_reason() -> None:
    found = explain_text(TEXT, date=DAY)
    first, second, third, fourth = found.sentences
    assert [len(s.acts) for s in found.sentences] == [1, 0, 0, 2]
    assert (first.reason, second.reason, third.reason) == ("", "not_a_deed", "no_trigger")
    assert first.text == TEXT[first.start : first.end]
    assert {m.kind for m in first.marks} >= {"source", "trigger", "target", "time", "speaker"}
    by_kind = {m.kind: first.text[m.start : m.end] for m in first.marks}
    assert (by_kind["source"], by_kind["target"]) == ("Russia", "Turkey")
    assert (by_kind["time"], by_kind["speaker"]) == ("28 November", "Interfax")
    # with two events the marks are numbered
    labels = {m.label for m in fourth.marks}
    assert {"source 1 RUS", "source 2 FRA"} <= labels
    assert EVENTS.check(found.events).num_rows == 3
    assert REJECTS.check(found.rejects).num_rows == 0


def test_confidence_is_shown_of_whatever_the_network_has_read() -> None:
    first, second, third, _ = explain_text(TEXT, date=DAY).sentences
    assert first.odds is not None
    assert second.odds is not None
    assert third.odds is None
    assert 0 < first.acts[0].confidence <= 1
    assert second.odds.types[0][1] >= second.odds.types[-1][1]
    assert 0 <= second.odds.event <= 1
    shown = str(explain_text(TEXT, date=DAY))
    assert "network: not asked" in shown
    assert f"{second.odds.types[0][0]} {second.odds.types[0][1]:.2f}" in shown


def test_lines_without_colour_have_brackets_and_with_colour_have_none() -> None:
    found = explain_text(TEXT, date=DAY)
    plain, coloured = found.terminal(), found.terminal(colour=True)
    assert "[source RUS: Russia]" in plain
    assert "[actor TUR: Turkey] may invade [actor SYR: Syria]." in plain
    assert "-- The act is wished" in plain
    assert "\x1b[" not in plain
    assert "\x1b[" in coloured
    assert "[source RUS:" not in coloured


def test_it_says_which_part_of_the_coder_spoke() -> None:
    toml = '[[trigger]]\nlemma = "doxx"\npart = "verb"\ntype = "COERCE"\n'
    ours = explain_text("Russia doxxed Ukrainian diplomats.", date=DAY, lexicon=own(toml))
    assert "your trigger 'doxx'" in ours.sentences[0].acts[0].origin
    origins = [a.origin for s in explain_text(TEXT, date=DAY).sentences for a in s.acts]
    assert any(o.startswith("the network and the rule") for o in origins)


def test_overrides_and_ignored_names_are_shown() -> None:
    toml = (
        '[[ignore]]\nnames = ["Jordan"]\n'
        '[[override]]\nwhere = { type = "SUPPORT" }\ndrop = "praise is cheap"\n'
        '[[override]]\nwhere = { type = "ACCUSE" }\nset = { domain = "energy" }\n'
    )
    text = "Jordan met President Putin. Russia praised Ukraine. Russia criticised Ukraine."
    found = explain_text(text, date=DAY, lexicon=own(toml))
    ignored, dropped, changed = found.sentences
    assert "ignored" in {m.label for m in ignored.marks}
    assert dropped.dropped == ("RUS SUPPORT UKR: praise is cheap (your override 1)",)
    assert dropped.reason == "dropped"
    assert {"source", "target", "trigger"} <= {m.kind for m in dropped.marks}
    assert changed.acts[0].notes == ("your override 2: political became energy",)
    for shown in (str(found), found.html()):
        assert "praise is cheap" in shown
        assert "your override 2: political became energy" in shown
    assert found.rejects.num_rows == 1


def test_the_page_needs_nothing_and_runs_nothing() -> None:
    page = explain_text("Russia praised <script>alert(1)</script> Turkey & Co.", date=DAY).html()
    assert page.startswith("<!doctype html>")
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "http" not in page.replace("http-equiv", "")
    assert "default-src 'none'" in page
    assert "prefers-color-scheme: dark" in page


def test_marks_of_the_page_say_what_they_are_in_words() -> None:
    page = explain_text("Russia praised Turkey.", date=DAY).html()
    assert (
        '<mark class="source "><span class="tag">source RUS<span class="sr">: </span></span>'
        "Russia</mark>"
    ) in page


def test_a_notebook_gets_a_part_of_a_page() -> None:
    part = explain_text("Russia praised Turkey.", date=DAY)._repr_html_()
    assert part.startswith('<div class="tm-why">')
    assert "<html" not in part
    assert "<body" not in part


def test_control_characters_do_not_reach_terminal_or_page() -> None:
    text = "Russia \x1b[31mpraised\x00 Turkey\u202e in Ankara."
    found = explain_text(text, date=DAY)
    for shown in (str(found), found.html()):
        assert not set("\x1b\x00\u202e") & set(shown)


def test_documents_in_other_languages_are_shown_with_the_reason() -> None:
    table = document_of("Russland hat die Türkei gelobt.", DAY)
    at = table.column_names.index("lang")
    table = table.set_column(at, table.schema.field(at), [["de"]])
    (sentence,) = explain(table).sentences
    assert sentence.reason == "language"
    assert not sentence.was_read


@pytest.mark.parametrize(("text", "day"), [("", DAY), (" \n ", DAY), ("Russia.", "3 May")])
def test_no_words_and_no_day_are_refused(text: str, day: str) -> None:
    with pytest.raises(ConfigError):
        explain_text(text, date=day)


def test_the_front_door_offers_it() -> None:
    import tiltmeter as tm

    assert "RUS" in str(tm.explain_text("Russia praised Turkey.", date=DAY))


# --- pieces ---------------------------------------------------------------------------------------


def test_marks_may_overlap() -> None:
    marks = (Mark(0, 8, "speaker", "speaker"), Mark(4, 12, "source", "source"))
    got = [(p.text, [m.label for m in p.marks]) for p in pieces("abcdefghijklmno", marks)]
    assert got == [
        ("abcd", ["speaker"]),
        ("efgh", ["speaker", "source"]),
        ("ijkl", ["source"]),
        ("mno", []),
    ]


def test_marks_are_cut_to_the_text() -> None:
    marks = (Mark(-3, 2, "time", "t"), Mark(2, 99, "time", "t"), Mark(7, 9, "time", "t"))
    assert [(m.start, m.end) for m in within(marks, 5)] == [(0, 2), (2, 5)]


def test_what_is_printed_keeps_the_offsets() -> None:
    text = "a\tb\nc\x07d\u202ee\ud800"
    assert printable(text) == "a b c\ufffdd\ufffde\ufffd"


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_colours_are_for_terminals_that_want_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert wants_colour(_Terminal())
    assert not wants_colour(io.StringIO())
    monkeypatch.setenv("NO_COLOR", "1")
    assert not wants_colour(_Terminal())
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("TERM", "dumb")
    assert not wants_colour(_Terminal())
