"""Other coders as a user chooses them: by option, in a study file, from Python."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typed import MAIN, one_report, rows, run, well

import builders
import tiltmeter
from chat_server import KEY, ChatServer, Reply, error, event, sentences_of, serving
from tiltmeter.coding.coder import Document, SentenceCoding

MODEL = Path(tiltmeter.__file__).parent / "coding" / "model"
TEXT = "Japan imposed sanctions on North Korea. Turkey praised Georgia. It rained."
TABLE = {
    "Japan imposed sanctions on North Korea.": [
        event("SANCTION", "Japan", "North Korea", "imposed sanctions")
    ],
    "Turkey praised Georgia.": [event("SUPPORT", "Turkey", "Georgia", "praised")],
}
DYADS = [("JPN", "SANCTION", "PRK"), ("TUR", "SUPPORT", "GEO")]


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TILTMETER_ENDPOINT_KEY", KEY)


@pytest.fixture
def server() -> Iterator[ChatServer]:
    with serving(TABLE) as one:
        yield one


def asking(server: ChatServer, *more: str) -> tuple[str, ...]:
    """The options of an endpoint with quick waits."""
    named = ("--coder", "endpoint", "--endpoint-url", server.url, "--endpoint-model", "small")
    return (*named, "--endpoint-option", "first_wait=0.01", *more)


def dyads(text: str) -> list[tuple[str, str, str]]:
    return [(e["source"], e["event_type"], e["target"]) for e in rows(text)]


# --- code ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("coder", ["builtin", "rules", f"spacy:{MODEL}"])
def test_coders_that_work_here(tmp_path: Path, coder: str) -> None:
    assert dyads(well("code", one_report(tmp_path, TEXT), "--json", "--coder", coder)) == DYADS


def test_an_endpoint_codes_says_where_sentences_go_and_what_it_took(
    tmp_path: Path, server: ChatServer
) -> None:
    prices = ("--endpoint-option", "price_in=0.5", "--endpoint-option", "price_out=2")
    result = run("code", one_report(tmp_path, TEXT), "--json", *asking(server, *prices))
    assert result.exit_code == 0, result.output
    assert dyads(result.stdout) == DYADS
    assert f"sentences are sent to {server.url.removesuffix('/v1')} (small)" in result.stderr
    assert "1 requests, 1,000 prompt and 100 completion tokens, cost 0.0007" in result.stderr
    assert "2 answered, 0 of them from disk, 0 without" in result.stderr
    assert KEY not in result.output


def test_a_second_run_asks_nothing_and_prints_the_same_bytes(
    tmp_path: Path, server: ChatServer
) -> None:
    reports = one_report(tmp_path, TEXT)
    first = well("code", reports, "--json", *asking(server))
    server.table = {}
    assert well("code", reports, "--json", *asking(server)) == first
    assert len(server.asked) == 1
    assert (tmp_path / ".tiltmeter" / "answers").is_dir()


def test_each_coder_has_its_own_finished_work_in_a_workspace(
    tmp_path: Path, server: ChatServer
) -> None:
    reports, place = one_report(tmp_path, TEXT), ("--workspace", tmp_path / "ws")
    for coder in ((), ("--coder", "rules"), ("--coder", f"spacy:{MODEL}"), asking(server)):
        well("code", reports, *place, *coder)
        well("code", reports, *place, *coder)
    stages = json.loads((tmp_path / "ws" / "manifest.json").read_text())["stages"]
    assert sum(name.startswith("code/") for name in stages) == 4
    assert len(server.asked) == 1
    well("code", reports, *place, *asking(server, "--endpoint-option", "temperature=0.7"))
    assert len(server.asked) == 2


def test_sentences_without_an_answer_are_told_and_asked_again_by_the_next_run(
    tmp_path: Path, server: ChatServer
) -> None:
    def fails(body: dict[str, Any]) -> Reply | None:
        about = [s["text"] for s in sentences_of(body)]
        return Reply(400, b"no") if "Turkey praised Georgia." in about else None

    server.always = fails
    command = ("code", one_report(tmp_path, TEXT), "--workspace", tmp_path / "ws", *asking(server))
    result = run(*command, "--json")
    assert result.exit_code == 0
    assert dyads(result.stdout) == DYADS[:1]
    assert "The endpoint gave no valid answer" in result.stderr
    assert "1 without a valid answer" in result.stderr
    assert "gave no valid answer; run again to ask once more. [the server refused" in well(
        *command, "--why"
    )
    server.always = None
    before = len(server.asked)
    assert dyads(well(*command, "--json")) == DYADS
    assert [s["text"] for s in sentences_of(server.asked[before])] == ["Turkey praised Georgia."]
    assert len(server.asked) == before + 1
    well(*command)
    assert len(server.asked) == before + 1


def test_an_estimate_asks_nothing(
    tmp_path: Path, server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TILTMETER_ENDPOINT_KEY")
    reports = one_report(tmp_path, TEXT)
    prices = ("--endpoint-option", "price_in=0.5", "--endpoint-option", "price_out=2")
    shown = well("code", reports, *asking(server, *prices), "--estimate")
    assert "1 documents, 3 sentences, 2 that may hold an event" in shown
    assert "to ask about: 2 in 1 requests" in shown
    assert "cost, estimated: 0.000" in shown
    told = json.loads(well("code", reports, *asking(server), "--estimate", "--json"))
    assert (told["asked"], told["cost"]) == (2, None)
    assert server.asked == []
    assert not (tmp_path / ".tiltmeter").exists()


def test_the_score_format_is_the_same_for_every_coder(tmp_path: Path, server: ChatServer) -> None:
    path = tmp_path / "gold.jsonl"
    texts = ["It rained.", *TABLE]
    path.write_text(
        "".join(json.dumps({"id": f"s{n}", "text": t}) + "\n" for n, t in enumerate(texts))
    )
    for coder in (("--coder", "rules"), ("--coder", f"spacy:{MODEL}"), asking(server)):
        got = rows(well("code", path, "--format", "score", *coder))
        assert [r["id"] for r in got] == ["s0", "s1", "s2"]
        assert [[e["event"] for e in r["events"]] for r in got] == [[], ["SANCTION"], ["SUPPORT"]]
        assert got[1]["events"][0]["source"][0]["code"] == "JPN"
    # scorers want every sentence read; a sentence without a date is sent without one
    assert server.sentences == texts
    assert {s["published"] for s in sentences_of(server.asked[0])} == {None}
    shown = well("code", path, "--format", "score", *asking(server), "--estimate")
    assert "3 sentences, 3 that may" in shown
    assert "answers on disk: 3" in shown


# --- refusals ------------------------------------------------------------------------------------


def test_a_wrong_key_and_no_server_are_exit_8(
    tmp_path: Path, server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    reports = one_report(tmp_path, TEXT)
    monkeypatch.setenv("TILTMETER_ENDPOINT_KEY", "sk-wrong-42")
    result = run("code", reports, *asking(server))
    assert (result.exit_code, "does not take the key (401)" in result.stderr) == (8, True)
    assert "hint: put the right key into TILTMETER_ENDPOINT_KEY" in result.stderr
    assert "sk-wrong" not in result.output
    away = ("--endpoint-url", "http://127.0.0.1:1/v1")
    result = run("code", reports, *asking(server), *away)
    assert (result.exit_code, "cannot connect to http://127.0.0.1:1" in result.stderr) == (8, True)


def test_debug_shows_no_key(tmp_path: Path) -> None:
    with serving(TABLE, error(402, f"pay for {KEY}")) as server:
        command = [sys.executable, "-c", MAIN, "--debug", "code", str(one_report(tmp_path, TEXT))]
        done = subprocess.run(
            [*command, *asking(server)], capture_output=True, text=True, check=False, cwd=tmp_path
        )
    assert done.returncode == 8
    assert "Traceback" in done.stderr
    assert "pay for ***" in done.stderr
    assert KEY not in done.stdout + done.stderr


AWAY = ("--coder", "endpoint", "--endpoint-url", "https://models.example.org/v1")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--coder", "gpt"), "unknown coder 'gpt'"),
        (("--coder", "spacy:"), "names no pipeline"),
        (("--coder", "spacy:no_such_pipeline"), "'no_such_pipeline' cannot be loaded"),
        (("--coder", "rules", "--endpoint-model", "m"), "takes no option ['model']"),
        (("--endpoint-model", "m"), "without --coder endpoint"),
        (("--coder", "endpoint", "--endpoint-model", "m"), "no url is given"),
        (AWAY, "no model is given"),
        ((*AWAY, "--endpoint-model", " "), "model is empty"),
        ((*AWAY, "--endpoint-model", "m", "--endpoint-key-variable", "NO_SUCH"), "NO_SUCH is not"),
        ((*AWAY, "--endpoint-model", "m", "--endpoint-key-variable", "sk-1"), "not the name of"),
        ((*AWAY, "--endpoint-model", "m", "--endpoint-option", "batch"), "is not KEY=VALUE"),
        ((*AWAY, "--endpoint-model", "m", "--endpoint-option", "batch=many"), "a whole number"),
        ((*AWAY, "--endpoint-model", "m", "--endpoint-option", "batch=2.5"), "a whole number"),
        ((*AWAY, "--endpoint-model", "m", "--endpoint-option", "batch=0"), "from 1 to 50"),
        ((*AWAY, "--endpoint-model", "m", "--endpoint-option", "timeout=nan"), "not a number"),
        ((*AWAY, "--endpoint-model", "m", "--endpoint-option", "plain_http=x"), "true or false"),
        ((*AWAY, "--endpoint-model", "m", "--endpoint-option", "ask=some"), "ask is 'some'"),
        ((*AWAY, "--endpoint-model", "m", "--endpoint-option", "colour=red"), "unknown option(s)"),
        ((*AWAY, "--endpoint-model", "m", "--endpoint-option", "max_cost=1"), "without prices"),
        (("--estimate",), "--estimate is for an endpoint"),
        (("--format", "actors", "--coder", "rules"), "has no part in --format actors"),
    ],
)
def test_what_cannot_be_chosen_is_exit_2_with_a_reason(
    tmp_path: Path, options: tuple[str, ...], words: str
) -> None:
    result = run("code", one_report(tmp_path, TEXT), *options)
    assert result.exit_code == 2
    assert words in result.stderr
    assert "Traceback" not in result.output
    assert "sk-1" not in result.output


def test_without_the_extra_an_endpoint_says_what_to_install(
    tmp_path: Path, server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "httpx", None)
    for more in ((), ("--estimate",)):
        result = run("code", one_report(tmp_path, TEXT), *asking(server), *more)
        assert (result.exit_code, "needs the package httpx" in result.stderr) == (2, True)
        assert "extra 'endpoint'" in result.stderr


# --- study files ---------------------------------------------------------------------------------

HEAD = 'state = "AZE"\npoles = ["RUS"]\nfrom = "2013-01"\nto = "2014-12"\n'


def study(folder: Path, coder: str) -> Path:
    path = folder / "study.toml"
    path.write_text(HEAD + coder)
    return path


def of_azerbaijan(reports: list[tuple[str, str]]) -> dict[str, list[dict[str, Any]]]:
    """What a model says of reports "X praised Y ...", "X condemned Y ..."."""
    out = {}
    for _, text in reports:
        who, word, rest = text.split(" ", 2)
        kind = {"praised": "SUPPORT", "condemned": "ACCUSE"}[word]
        out[text] = [event(kind, who, rest.split(" ")[0], word)]
    return out


def test_a_study_file_names_the_coder_of_a_brief(tmp_path: Path) -> None:
    reports = [
        (f"{year}-{m:02d}-05", f"Russia {word} Azerbaijan for act {year}/{m}.")
        for year, word in ((2013, "condemned"), (2014, "praised"))
        for m in range(1, 13)
    ]
    folder = builders.write_reports(tmp_path / "r", reports)
    with serving(of_azerbaijan(reports)) as server:
        file = study(
            tmp_path,
            f'[coder]\nname = "endpoint"\nurl = "{server.url}"\nmodel = "small"\nbatch = 6\n',
        )
        well("brief", folder, "--study", file, "-o", tmp_path / "b.md")
        assert len(server.asked) == 4
        shown = well("measure", folder, "--study", file, "--json")
        assert len(server.asked) == 4
    page = (tmp_path / "b.md").read_text()
    assert "- Coder: endpoint 1+small+prompt-" in page
    assert "act 2014/" in page
    assert len({r["month"] for r in rows(shown)}) == 24


def test_the_variable_of_the_key_goes_with_a_study_s_endpoint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TILTMETER_ENDPOINT_KEY", "sk-of-another-house")
    monkeypatch.setenv("HOUSE_KEY", KEY)
    reports = [("2014-02-03", "Russia praised Azerbaijan for act 1.")]
    with serving(of_azerbaijan(reports)) as server:
        coder = f'[coder]\nname = "endpoint"\nurl = "{server.url}"\nmodel = "small"\n'
        command = ("measure", builders.write_reports(tmp_path / "r", reports), "--study")
        named = ("--endpoint-key-variable", "HOUSE_KEY")
        assert run(*command, study(tmp_path, coder)).exit_code == 8
        run(*command, study(tmp_path, coder), *named)
        assert [h["authorization"] for h in server.headers] == [
            "Bearer sk-of-another-house",
            f"Bearer {KEY}",
        ]
    result = run(*command, study(tmp_path, ""), *named)
    assert (result.exit_code, "without an endpoint" in result.stderr) == (2, True)


@pytest.mark.parametrize("command", ["measure", "shifts", "explain", "brief"])
def test_a_coder_in_option_and_study_file_is_refused(tmp_path: Path, command: str) -> None:
    file = study(tmp_path, '[coder]\nname = "rules"\n')
    result = run(command, one_report(tmp_path), "--study", file, "--coder", "builtin")
    assert (result.exit_code, "given together" in result.stderr) == (2, True)


@pytest.mark.parametrize(
    ("coder", "words"),
    [
        ('coder = "rules"\n', "coder is not a table"),
        ('[coder]\nurl = "https://example.org"\n', "[coder] has no name"),
        ('[coder]\nname = 7\n', "[coder] has no name"),
        ('[coder]\nname = "magic"\n', "unknown coder 'magic'"),
        ('[coder]\nname = "rules"\nmodel = "m"\n', "takes no option ['model']"),
        ('[coder]\nname = "endpoint"\nurl = 7\nmodel = "m"\n', "url is not text"),
        ('[coder]\nname = "endpoint"\nurl = "https://example.org"\nmodel = "m"\nbatch = true\n',
         "batch is not a whole number"),
        ('[coder]\nname = "endpoint"\nurl = "https://example.org"\nmodel = "m"\n'
         'key_variable = "AWS_SECRET_ACCESS_KEY"\n', "names the variable of a key"),
        ('[coder]\nname = "endpoint"\nurl = "https://example.org"\nmodel = "m"\n'
         'key = "sk-1"\n', "unknown option(s) ['key']"),
    ],
)  # fmt: skip
def test_a_coder_table_that_cannot_be_used_is_refused(
    tmp_path: Path, coder: str, words: str
) -> None:
    result = run("measure", one_report(tmp_path), "--study", study(tmp_path, coder))
    assert result.exit_code == 2
    assert words in result.stderr
    assert "sk-1" not in result.output


# --- a run that is killed ------------------------------------------------------------------------


def test_a_killed_run_asks_for_the_rest_only_and_ends_in_the_same_bytes(tmp_path: Path) -> None:
    states = ("Japan", "Norway", "Poland", "Greece", "Turkey", "Serbia")
    texts = [f"{states[n % 6]} praised Georgia for act {n}." for n in range(60)]
    table = {t: [event("SUPPORT", t.split()[0], "Georgia", "praised")] for t in texts}
    folder = builders.write_reports(tmp_path / "many", [("2014-12-03", t) for t in texts])

    def slow(_body: dict[str, Any]) -> None:
        time.sleep(0.15)

    with serving(table) as server:
        server.always = slow
        few = ("--endpoint-option", "batch=2", "--endpoint-option", "concurrency=2")
        command = ("code", str(folder), "--json", *asking(server, *few))
        line = [sys.executable, "-c", MAIN, *command, "--workspace", str(tmp_path / "killed")]
        with subprocess.Popen(
            line, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as process:
            until = time.monotonic() + 120
            while len(server.asked) < 8 and process.poll() is None and time.monotonic() < until:
                time.sleep(0.01)
            os.kill(process.pid, signal.SIGKILL)
            assert process.wait(30) == -signal.SIGKILL
        time.sleep(0.3)  # what was under way ends
        server.always = None
        before = len(server.asked)
        assert 8 <= before < 30
        resumed = well(*command, "--workspace", tmp_path / "killed")
        # the two that were under way may have been answered to nobody
        assert len(server.sentences) <= 60 + 2 * 2
        assert len(server.asked) < before + 30
        assert set(server.sentences) == set(texts)
        unbroken = well(*command, "--workspace", tmp_path / "whole")
    assert resumed == unbroken
    assert len(dyads(resumed)) == 60


# --- from Python ---------------------------------------------------------------------------------


class Mute:
    """A coder of one's own, which keeps the protocol and finds nothing."""

    name, version = "mute", "1"

    def code(self, documents: Any) -> Iterator[tuple[str, list[SentenceCoding]]]:
        for document in documents:
            assert isinstance(document, Document)
            whole = SentenceCoding(0, len(document.text), document.text, reason="no_trigger")
            yield document.document_id, [whole]


def test_any_coder_goes_through_the_seam_from_python(tmp_path: Path, server: ChatServer) -> None:
    import spacy

    from tiltmeter.coding.spacy_coder import SpacyCoder

    documents, _ = tiltmeter.read(one_report(tmp_path, TEXT))
    choice = tiltmeter.choose_coder("endpoint", url=server.url, model="small", first_wait=0.01)
    place = tmp_path / "ws"
    readings = [
        tiltmeter.code(documents, coder=coder, workspace=place)
        for coder in (Mute(), SpacyCoder(spacy.load(MODEL)), choice, None)
    ]
    assert [r.events.num_rows for r in readings] == [0, 2, 2, 2]
    assert [r.coder[0] for r in readings] == ["mute", "spacy", "endpoint", "builtin"]
    assert (place / "answers").is_dir()
