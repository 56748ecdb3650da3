"""User lexicons and explanations as a user types them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from typed import MAIN, STUDY, one_report, rows, run, well

import builders
from tiltmeter import api, pipeline
from tiltmeter.coding.user_checks import read_lexicon
from tiltmeter.config import read_study
from tiltmeter.errors import ConfigError
from tiltmeter.stages import coding_stages

TEXT = "Wagner doxxed Ukrainian diplomats."
LEXICON = """
[[actor]]
names = ["Wagner"]
state = "RUS"
sector = "PRM"

[[trigger]]
lemma = "doxx"
part = "verb"
type = "COERCE"
"""
DROP = '[[override]]\nwhere = { type = "SANCTION" }\ndrop = "no sanctions here"\n'
AT = ("--date", "2014-12-03")


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    path = tmp_path / "mine.toml"
    path.write_text(LEXICON, encoding="utf-8")
    return path


def test_words_are_coded_from_the_command_line() -> None:
    shown = well("code", "--text", "Japan imposed sanctions on North Korea.", *AT, "--why")
    assert "[source JPN: Japan] imposed" in shown
    assert "-> 2014-12-03 JPN SANCTION PRK" in shown
    (row,) = rows(well("code", "--text", "Japan praised China.", *AT, "--json"))
    assert (row["source"], row["event_type"], row["target"]) == ("JPN", "SUPPORT", "CHN")


def test_a_lexicon_adds_an_actor_and_a_trigger(tmp_path: Path, mine: Path) -> None:
    folder = one_report(tmp_path, TEXT)
    assert "no event was coded" in well("code", folder)
    (row,) = rows(well("code", folder, "--json", "--lexicon", mine))
    assert (row["source"], row["event_type"], row["target"]) == ("RUS", "COERCE", "UKR")
    assert (row["trigger"], row["source_sector"]) == ("doxxed", "PRM")
    shown = well("code", folder, "--why", "--lexicon", mine)
    assert "your trigger 'doxx'" in shown


def test_what_was_kept_without_the_lexicon_is_not_believed_with_it(
    tmp_path: Path, mine: Path
) -> None:
    folder, kept = one_report(tmp_path, TEXT), tmp_path / "ws"
    options = ("code", folder, "--json", "--workspace", kept)
    assert rows(well(*options)) == []
    assert len(rows(well(*options, "--lexicon", mine))) == 1
    assert rows(well(*options)) == []
    mine.write_text(LEXICON.replace("COERCE", "ACCUSE"), encoding="utf-8")
    assert rows(well(*options, "--lexicon", mine))[0]["event_type"] == "ACCUSE"


def test_the_lexicon_is_part_of_the_stage_s_key_and_only_if_there_is_one(mine: Path) -> None:
    assert "lexicon" not in coding_stages()[0].settings
    own = read_lexicon(mine)
    assert coding_stages(lexicon=own)[0].settings["lexicon"] == own.canonical()


def test_workers_get_the_lexicon_too(
    tmp_path: Path, mine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "_MANY", 1)
    reports = [("2014-12-03", f"{TEXT} It was day {n}.") for n in range(60)]
    folder = builders.write_reports(tmp_path / "many", reports)
    documents, _ = api.read(folder)
    own = read_lexicon(mine)
    several = api.code(documents, lexicon=own, workers=2).events
    assert several.num_rows == 60
    assert several.equals(api.code(documents, lexicon=own).events)


def test_what_is_dropped_is_counted_and_listed(tmp_path: Path) -> None:
    (tmp_path / "drop.toml").write_text(DROP, encoding="utf-8")
    folder = one_report(tmp_path)
    result = run("code", folder, "--lexicon", tmp_path / "drop.toml")
    assert "left out (rejects): 1" in result.stderr
    assert "dropped by your lexicon: no sanctions here" in result.stderr
    shown = well("code", folder, "--why", "--lexicon", tmp_path / "drop.toml")
    assert "xx dropped: JPN SANCTION PRK: no sanctions here (your override 1)" in shown
    refused = tmp_path / "refused.jsonl"
    well("code", folder, "--lexicon", tmp_path / "drop.toml", "--rejects", refused)
    (row,) = rows(refused.read_text())
    assert row["reason"].endswith("no sanctions here (your override 1): JPN SANCTION PRK")


def test_the_score_format_takes_the_lexicon(tmp_path: Path, mine: Path) -> None:
    path = tmp_path / "s.jsonl"
    path.write_text(f'{{"id": "1", "text": "{TEXT}", "date": "2014-12-03"}}\n', encoding="utf-8")
    (row,) = rows(well("code", path, "--format", "score", "--lexicon", mine))
    assert [e["event"] for e in row["events"]] == ["COERCE"]


def test_a_study_file_may_name_lexicons(reports: Path, workspace: Path, tmp_path: Path) -> None:
    (tmp_path / "drop.toml").write_text(
        '[[override]]\nwhere = { type = "AID" }\ndrop = "no aid"\n', encoding="utf-8"
    )
    file = tmp_path / "study.toml"
    file.write_text(
        'state = "AZE"\npoles = ["RUS", "WEST"]\nfrom = "2013-01"\nto = "2014-12"\n'
        'lexicon = ["drop.toml"]\n',
        encoding="utf-8",
    )
    page = tmp_path / "brief.md"
    well("brief", reports, "--study", file, "--workspace", workspace, "-o", page)
    assert "Your lexicon" in page.read_text(encoding="utf-8")
    assert "1 override (digest" in page.read_text(encoding="utf-8")
    assert read_study(file).lexicons == (tmp_path / "drop.toml",)
    well("brief", reports, *STUDY, "--workspace", workspace, "-o", page)
    assert "Your lexicon" not in page.read_text(encoding="utf-8")
    file.write_text('state = "AZE"\npoles = ["RUS"]\nlexicon = [3]\n', encoding="utf-8")
    with pytest.raises(ConfigError, match="lexicon is no list of files"):
        read_study(file)


@pytest.mark.parametrize("command", ["measure", "shifts", "explain"])
def test_every_command_that_codes_takes_the_lexicon(
    command: str, reports: Path, workspace: Path, tmp_path: Path
) -> None:
    (tmp_path / "drop.toml").write_text(
        '[[override]]\nwhere = { type = "AID" }\ndrop = "no aid"\n', encoding="utf-8"
    )
    well(command, reports, *STUDY, "--workspace", workspace, "--lexicon", tmp_path / "drop.toml")
    result = run(command, reports, *STUDY, "--workspace", workspace, "--lexicon", "none.toml")
    assert result.exit_code == 2
    assert "lexicon none.toml: No such file" in result.stderr


def test_a_page_is_written_whole(tmp_path: Path) -> None:
    page = tmp_path / "out" / "why.html"
    shown = well("code", one_report(tmp_path), "--why", "--html", page)
    assert shown == f"explanations: {page}\n"
    assert "JPN SANCTION PRK" in page.read_text(encoding="utf-8")
    lines = tmp_path / "why.txt"
    well("code", one_report(tmp_path), "--why", "--html", page, "-o", lines)
    assert "[source JPN: Japan]" in lines.read_text(encoding="utf-8")


def test_the_same_text_gives_the_same_page(tmp_path: Path) -> None:
    folder = one_report(tmp_path)
    for name in ("a.html", "b.html"):
        well("code", folder, "--why", "--html", tmp_path / name)
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()


REFUSED = [
    ((), "either REPORTS"),
    (("x.txt", "--text", "Russia."), "either REPORTS"),
    (("--text", "Russia praised China."), "--text needs --date"),
    (("--text", " ", *AT), "holds no words"),
    (("--text", "Russia.", *AT, "--html", "x.html"), "add --why"),
    (("--text", "Russia.", *AT, "--why", "--html", "x.txt"), "written as .html"),
    (("--text", "Russia.", *AT, "--why", "--workspace", "ws"), "codes afresh"),
    (("--text", "Russia.", *AT, "--format", "score"), "reads a file or folder"),
    (("x.jsonl", "--format", "actors", "--lexicon", "x.toml"), "asks no coder"),
    (("--text", "Russia.", *AT, "--lexicon", "x.toml"), "lexicon x.toml: No such file"),
    (("--text", "Russia.", *AT, "--lexicon", ""), "an empty path"),
]


@pytest.mark.parametrize(("options", "told"), REFUSED)
def test_options_that_do_not_go_together_are_refused(options: tuple[str, ...], told: str) -> None:
    result = run("code", *options)
    assert result.exit_code == 2, result.output
    assert told in result.stderr


def test_colour_is_for_terminals(tmp_path: Path) -> None:
    command = [sys.executable, "-c", MAIN, "code", "--text", "Russia praised China.", *AT, "--why"]
    piped = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    assert "\x1b[" not in piped.stdout
    assert "[source RUS: Russia]" in piped.stdout
