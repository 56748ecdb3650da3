"""A user's lexicon together with another coder: by option, from Python, in work that is kept."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

import pytest
from typed import one_report, rows, run, well

import tiltmeter as tm
from chat_server import KEY, ChatServer, event, serving
from tiltmeter.coding.coder import BuiltinCoder, Document, SentenceCoding
from tiltmeter.why import document_of, explain

MODEL = Path(tm.__file__).parent / "coding" / "model"
TEXT = "Wagner doxxed Ukrainian diplomats. Japan imposed sanctions on North Korea."
ACTOR = '[[actor]]\nnames = ["Wagner"]\nstate = "RUS"\nsector = "PRM"\n'
TRIGGER = '[[trigger]]\nlemma = "doxx"\npart = "verb"\ntype = "COERCE"\n'
DROP = '[[override]]\nwhere = { type = "SANCTION" }\ndrop = "no sanctions here"\n'
IGNORE = '[[ignore]]\nnames = ["Japan"]\n'
OURS = ("RUS", "COERCE", "UKR")
TABLE = {
    "Wagner doxxed Ukrainian diplomats.": [
        event("COERCE", "Wagner", "Ukrainian diplomats", "doxxed")
    ],
    "Japan imposed sanctions on North Korea.": [
        event("SANCTION", "Japan", "North Korea", "imposed sanctions")
    ],
}


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ChatServer]:
    monkeypatch.setenv("TILTMETER_ENDPOINT_KEY", KEY)
    with serving(TABLE) as one:
        yield one


def asking(server: ChatServer) -> tuple[str, ...]:
    return (
        *("--coder", "endpoint", "--endpoint-url", server.url, "--endpoint-model", "small"),
        *("--endpoint-option", "first_wait=0.01", "--endpoint-option", "ask=all"),
    )


def written(folder: Path, *entries: str) -> Path:
    path = folder / "mine.toml"
    path.write_text("\n".join(entries), encoding="utf-8")
    return path


def dyads(text: str) -> list[tuple[str, str, str]]:
    return [(e["source"], e["event_type"], e["target"]) for e in rows(text)]


class Quoting:
    """A coder of somebody else, which knows nothing of lexicons."""

    name = "quoting"
    version = "1"

    def code(self, documents: Iterable[Document]) -> Iterator[tuple[str, list[SentenceCoding]]]:
        return BuiltinCoder(rules_only=True).code(documents)


@pytest.mark.parametrize("coder", ["builtin", "rules", f"spacy:{MODEL}"])
def test_a_lexicon_s_words_and_overrides_go_with_coders_that_parse(
    tmp_path: Path, coder: str
) -> None:
    reports, mine = one_report(tmp_path, TEXT), written(tmp_path, ACTOR, TRIGGER, DROP)
    with_both = ("--coder", coder, "--lexicon", mine)
    assert dyads(well("code", reports, "--json", "--coder", coder)) == [("JPN", "SANCTION", "PRK")]
    assert dyads(well("code", reports, "--json", *with_both)) == [OURS]
    shown = well("code", reports, "--why", *with_both)
    assert "your trigger 'doxx'" in shown
    assert "no sanctions here" in shown


def test_a_lexicon_s_names_and_overrides_go_with_an_endpoint(
    tmp_path: Path, server: ChatServer
) -> None:
    reports, actor = one_report(tmp_path, TEXT), ACTOR.replace("RUS", "BLR")
    mine = ("--lexicon", written(tmp_path, actor, DROP))
    without = rows(well("code", reports, "--json", *asking(server)))
    assert "BLR" not in {e["source"] for e in without}
    assert dyads(well("code", reports, "--json", *asking(server), *mine)) == [("BLR", *OURS[1:])]
    assert len(server.asked) == 1, "the same questions are asked once, whatever the lexicon"
    shown = well("code", reports, "--why", *asking(server), *mine)
    assert "the coder endpoint" in shown
    assert "no sanctions here" in shown
    ignoring = ("--lexicon", written(tmp_path, actor, IGNORE))
    told = rows(well("code", reports, "--json", *asking(server), *ignoring))
    assert "JPN" not in {e["source"] for e in told}
    mine = ("--lexicon", written(tmp_path, actor, DROP))
    lines = well("code", reports, "--format", "score", *asking(server), *mine)
    assert [len(json.loads(line)["events"]) for line in lines.splitlines()] == [1, 0]


@pytest.mark.parametrize("more", [(), ("--why",), ("--format", "score"), ("--estimate",)])
def test_triggers_are_refused_with_an_endpoint_before_anything_is_sent(
    tmp_path: Path, server: ChatServer, more: tuple[str, ...]
) -> None:
    mine = written(tmp_path, ACTOR, TRIGGER)
    result = run("code", one_report(tmp_path, TEXT), *asking(server), "--lexicon", mine, *more)
    assert result.exit_code == 2
    assert "cannot use [[trigger]]" in result.stderr
    assert "sentences are sent" not in result.stderr
    assert not server.asked


def test_coder_and_lexicon_are_both_in_the_key_of_kept_work(tmp_path: Path) -> None:
    reports, place = one_report(tmp_path, TEXT), ("--workspace", tmp_path / "ws")
    mine = ("--lexicon", written(tmp_path, ACTOR, TRIGGER))
    for more in ((), mine, ("--coder", "rules"), ("--coder", "rules", *mine)):
        well("code", reports, *place, *more)
        well("code", reports, *place, *more)
    stages = json.loads((tmp_path / "ws" / "manifest.json").read_text())["stages"]
    assert sum(name.startswith("code/") for name in stages) == 4


def test_from_python_a_reading_says_which_coder_and_which_lexicon(tmp_path: Path) -> None:
    own = tm.read_lexicon(written(tmp_path, ACTOR, TRIGGER, DROP))
    documents = document_of(TEXT, date(2014, 12, 3))
    reading = tm.code(documents, coder=tm.choose_coder("rules"), lexicon=own)
    assert reading.coder == ("rules", BuiltinCoder.version)
    assert reading.lexicon == own.summary
    assert reading.events["source"].to_pylist() == ["RUS"]
    found = explain(documents, coder=tm.choose_coder("rules"), lexicon=own)
    assert found.events["source"].to_pylist() == ["RUS"]


def test_a_coder_of_one_s_own_takes_overrides_and_refuses_the_rest(tmp_path: Path) -> None:
    documents = document_of(TEXT, date(2014, 12, 3))
    drop = tm.read_lexicon(written(tmp_path, DROP))
    assert tm.code(documents, coder=Quoting(), lexicon=drop).events.num_rows == 0
    both = tm.read_lexicon(written(tmp_path, ACTOR, TRIGGER, DROP, IGNORE))
    for refused in (tm.code, explain):
        with pytest.raises(
            tm.TiltmeterError, match=r"'quoting' cannot use \[\[actor\]\], .*\[\[ignore\]\]"
        ):
            refused(documents, coder=Quoting(), lexicon=both)
