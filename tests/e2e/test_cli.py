"""The commands as a user types them, on small folders written here."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

import builders
from tiltmeter import __version__
from tiltmeter.cli import main
from tiltmeter.schemas import CONTRACTS
from tiltmeter.store import Store

# the command as a process of its own
_MAIN = "import sys; from tiltmeter.cli import main; main(sys.argv[1:])"
STUDY = ("--state", "AZE", "--poles", "RUS,WEST", "--from", "2013-01", "--to", "2014-12")


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test runs in its own folder, where the default workspace goes."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return builders.write_reports(tmp_path_factory.mktemp("reports"), builders.two_sided_reports())


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One workspace for all tests that read the same reports: only the first of them codes."""
    return tmp_path_factory.mktemp("workspace") / "ws"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments])


def well(*arguments: object) -> str:
    """Run a command that must succeed; return what it printed."""
    result = run(*arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


def rows(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def one_report(folder: Path, text: str = "Japan imposed sanctions on North Korea.") -> Path:
    return builders.write_reports(folder / "one", [("2014-12-03", text)])


# --- help ----------------------------------------------------------------------------------------


def test_help_names_all_commands_and_version_is_the_package_s() -> None:
    shown = well("--help")
    for name in ("demo", "brief", "code", "measure", "shifts", "explain", "doctor"):
        assert f"\n  {name} " in shown
        assert "Usage:" in well(name, "-h")
    assert __version__ in well("--version")


def test_doctor_finds_all_well() -> None:
    shown = well("doctor")
    assert "FAIL" not in shown
    assert "all is well" in shown
    assert shown.count("ok  ") == 8


# --- code ----------------------------------------------------------------------------------------


def test_code_prints_events_under_their_sentences(tmp_path: Path) -> None:
    shown = well("code", one_report(tmp_path))
    assert "Japan imposed sanctions on North Korea." in shown
    assert "2014-12-03 (day)  JPN -> PRK  SANCTION  political  done" in shown


def test_code_as_json_is_the_events_table(tmp_path: Path) -> None:
    (row,) = rows(well("code", one_report(tmp_path), "--json"))
    assert list(row) == [c.name for c in CONTRACTS["events"].columns]
    assert (row["source"], row["event_type"], row["target"]) == ("JPN", "SANCTION", "PRK")
    assert row["date"] == "2014-12-03"


def test_code_as_parquet_keeps_the_contract(tmp_path: Path) -> None:
    well("code", one_report(tmp_path), "--parquet", tmp_path / "out" / "events.parquet")
    table = pq.read_table(tmp_path / "out" / "events.parquet")
    assert CONTRACTS["events"].check(table).num_rows == 1


def test_code_why_shows_every_sentence_with_its_events_or_the_reason(tmp_path: Path) -> None:
    text = "Japan imposed sanctions on North Korea. Turkey may invade Syria. It rained."
    shown = well("code", one_report(tmp_path, text), "--why")
    for part in ("-> 2014-12-03 JPN SANCTION PRK", "Turkey may invade Syria.", "It rained."):
        assert part in shown
    assert "wished, feared, supposed" in shown
    assert "invade: possibility" in shown


def test_code_says_so_when_there_is_nothing(tmp_path: Path) -> None:
    shown = well("code", one_report(tmp_path, "It rained all day in the mountains of nowhere."))
    assert "no event was coded" in shown
    assert "--why" in shown


def test_code_writes_to_a_file_whole(tmp_path: Path) -> None:
    folder = one_report(tmp_path)
    assert well("code", folder, "--json", "-o", tmp_path / "events.jsonl") == ""
    assert rows((tmp_path / "events.jsonl").read_text())[0]["source"] == "JPN"
    assert not list(tmp_path.rglob("*.part"))


def test_score_format_keeps_ids_order_and_repeats(tmp_path: Path) -> None:
    path = tmp_path / "sentences.jsonl"
    same = "Japan imposed sanctions on North Korea."
    path.write_text(
        "".join(
            json.dumps({"id": i, "text": t}) + "\n"
            for i, t in (("b", same), ("a", same), ("c", "x"))
        )
    )
    out = rows(well("code", path, "--format", "score"))
    assert [r["id"] for r in out] == ["b", "a", "c"]
    assert [len(r["events"]) for r in out] == [1, 1, 0]
    assert out[0]["events"][0]["event"] == "SANCTION"


def test_score_format_refuses_a_line_without_id_with_its_number(tmp_path: Path) -> None:
    (tmp_path / "s.jsonl").write_text('{"id": "a", "text": "x"}\n{"text": "y"}\n')
    result = run("code", tmp_path / "s.jsonl", "--format", "score")
    assert result.exit_code == 3
    assert "line 2" in result.stderr


def test_the_given_date_counts_where_there_is_none(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("Japan imposed sanctions on North Korea.\n")
    (row,) = rows(well("code", tmp_path / "note.txt", "--date", "2014-12-10", "--json"))
    assert row["published"] == "2014-12-10"


def test_what_is_not_used_is_told_on_stderr(tmp_path: Path) -> None:
    folder = one_report(tmp_path)
    (folder / "bad.pdf").write_bytes(b"%PDF-1.4 broken")
    (folder / "undated.txt").write_text("Turkey praised Georgia without a day.\n")
    result = run("code", folder, "--json")
    assert result.exit_code == 0
    assert len(rows(result.stdout)) == 1
    assert "left out (rejects): 2" in result.stderr
    assert "undated.txt: no date: give --date" in result.stderr
    assert "bad.pdf: broken PDF" in result.stderr


# --- measure, shifts, explain --------------------------------------------------------------------


def test_measure_prints_a_line_for_each_month_and_pole(reports: Path, workspace: Path) -> None:
    lines = well("measure", reports, *STUDY, "--workspace", workspace).splitlines()
    assert lines[0].split() == ["month", "pole", "mean", "lo", "hi", "ci_prob", "n_stories"]
    shown = {tuple(line.split()[:2]) for line in lines[1:]}
    for pole in ("RUS", "WEST", "USA", "EU"):
        assert ("2013-01-01", pole) in shown
        assert ("2014-12-01", pole) in shown


def test_measure_as_json_holds_intervals_round_their_means(reports: Path, workspace: Path) -> None:
    out = rows(well("measure", reports, *STUDY, "--workspace", workspace, "--json"))
    assert list(out[0]) == [c.name for c in CONTRACTS["closeness"].columns]
    assert {r["state"] for r in out} == {"AZE"}
    for row in out:
        assert row["lo"] <= row["lo50"] <= row["mean"] <= row["hi50"] <= row["hi"]
        assert row["ci_prob"] == 0.9


def test_measure_writes_all_tables(reports: Path, workspace: Path, tmp_path: Path) -> None:
    well("measure", reports, *STUDY, "--workspace", workspace, "--parquet", tmp_path / "out")
    for path in sorted((tmp_path / "out").glob("*.parquet")):
        CONTRACTS[path.stem].check(pq.read_table(path), stage=path.stem)
    assert {p.stem for p in (tmp_path / "out").iterdir()} == {
        "closeness", "tilt", "shifts", "evidence", "panel", "coverage", "failures", "stories",
        "rejects",
    }  # fmt: skip


def windows(reports: Path, workspace: Path, poles: str = "RUS,WEST") -> dict[tuple[str, Any], Any]:
    study = ("--state", "AZE", "--poles", poles, "--from", "2013-01", "--to", "2014-12")
    out = rows(well("shifts", reports, *study, "--workspace", workspace, "--json"))
    return {
        (r["pole"], r["pole_b"]): r
        for r in out
        if r["kind"] == "window" and r["domain"] == "overall"
    }


def test_shifts_point_the_way_the_reports_do(reports: Path, workspace: Path) -> None:
    found = windows(reports, workspace)
    assert found["RUS", None]["size"] > 0
    assert found["RUS", None]["p_direction"] > 0.9
    assert found["USA", None]["size"] < 0
    assert found["USA", None]["p_direction"] < 0.1
    assert found["RUS", "WEST"]["p_direction"] > 0.9


def test_poles_the_other_way_round_turn_the_sign(reports: Path, workspace: Path) -> None:
    there = windows(reports, workspace)["RUS", "WEST"]
    back = windows(reports, workspace, "WEST,RUS")["WEST", "RUS"]
    assert back["size"] == pytest.approx(-there["size"], abs=1e-6)
    assert (back["lo"], back["hi"]) == pytest.approx((-there["hi"], -there["lo"]), abs=1e-6)
    assert back["p_direction"] == pytest.approx(1 - there["p_direction"], abs=1e-6)


def test_every_report_twice_moves_nothing(reports: Path, workspace: Path, tmp_path: Path) -> None:
    twice = builders.write_reports(
        tmp_path / "twice", [(d, t) for d, t in builders.two_sided_reports() for _ in range(2)]
    )
    one = windows(reports, workspace)
    two = windows(twice, tmp_path / "ws2")
    assert {k: v["size"] for k, v in two.items()} == pytest.approx(
        {k: v["size"] for k, v in one.items()}
    )


def test_explain_accounts_for_the_whole_of_a_shift(reports: Path, workspace: Path) -> None:
    shift = windows(reports, workspace)["RUS", None]
    arguments = ("--workspace", workspace, "--shift", shift["shift_id"])
    out = rows(well("explain", reports, *STUDY, *arguments, "--json"))
    assert [r["rank"] for r in out] == list(range(1, len(out) + 1))
    assert sum(r["contribution"] for r in out) == pytest.approx(shift["size"], abs=1e-6)
    assert sum(r["share"] for r in out) == pytest.approx(1.0, abs=1e-6)
    assert any(r["kind"] == "story" and "Russia" in r["text"] for r in out)
    shown = well("explain", reports, *STUDY, *arguments, "--top", 3).splitlines()
    assert shown[0] == shift["shift_id"]
    assert len(shown) == 4


def test_explain_takes_the_surest_shift_by_itself(reports: Path, workspace: Path) -> None:
    assert well("explain", reports, *STUDY, "--workspace", workspace).startswith("AZE:")


def test_explain_of_an_unknown_shift_lists_some(reports: Path, workspace: Path) -> None:
    result = run("explain", reports, *STUDY, "--workspace", workspace, "--shift", "AZE:none")
    assert result.exit_code == 2
    assert "one of: AZE:" in result.stderr


# --- brief ---------------------------------------------------------------------------------------


def test_a_brief_in_markdown_cites_its_stories(
    reports: Path, workspace: Path, tmp_path: Path
) -> None:
    out = tmp_path / "brief.md"
    shown = well("brief", reports, *STUDY, "--workspace", workspace, "-o", out)
    text = out.read_text(encoding="utf-8")
    assert text.startswith("# Azerbaijan: closer to Russia since January 2014 (")
    assert shown.splitlines()[0] == text.splitlines()[0].removeprefix("# ").replace("\\", "")
    assert "The West is not one" in text
    assert "signed a trade agreement with Russia" in text
    assert "Method" in text


def test_a_brief_in_html_needs_nothing_else(reports: Path, workspace: Path, tmp_path: Path) -> None:
    out = tmp_path / "brief.html"
    well("brief", reports, *STUDY, "--workspace", workspace, "-o", out)
    text = out.read_text(encoding="utf-8")
    assert "<svg" in text
    assert "Azerbaijan: closer to Russia" in text
    for outside in ('src="http', "src='http", 'href="http', "@import", "<link"):
        assert outside not in text


def test_a_brief_is_the_same_bytes_every_time(reports: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        well(
            "brief",
            reports,
            *STUDY,
            "--workspace",
            tmp_path / f"ws-{name}",
            "-o",
            tmp_path / f"{name}.md",
        )
    assert (tmp_path / "one.md").read_bytes() == (tmp_path / "two.md").read_bytes()


def test_markup_in_a_report_stays_text(tmp_path: Path) -> None:
    nasty = builders.two_sided_reports()
    nasty = [
        (d, t.replace("its caution", "its <script>alert(1)</script> caution")) for d, t in nasty
    ]
    nasty += [
        ("2014-06-01", "Azerbaijan praised Russia <img src=x onerror=alert(2)> for its wheat.")
    ]
    folder = builders.write_reports(tmp_path / "nasty", nasty)
    for name in ("brief.html", "brief.md"):
        well("brief", folder, *STUDY, "-o", tmp_path / name)
        text = (tmp_path / name).read_text(encoding="utf-8")
        assert "<script>alert" not in text
        assert "<img src=x" not in text


def test_a_study_file_takes_the_place_of_options(
    reports: Path, workspace: Path, tmp_path: Path
) -> None:
    study = tmp_path / "study.toml"
    study.write_text('state = "AZE"\npoles = ["RUS", "USA"]\nfrom = "2013-01"\nto = "2014-12"\n')
    shown = well("shifts", reports, "--study", study, "--workspace", workspace, "--json")
    assert {r["pole"] for r in rows(shown)} == {"RUS", "USA"}
    result = run("shifts", reports, "--study", study, "--state", "AZE")
    assert result.exit_code == 2


# --- refusals ------------------------------------------------------------------------------------

REFUSED = [
    (("--state", "AZR", "--poles", "RUS"), 2, "nearest known"),
    (("--state", "Azerbeijan", "--poles", "RUS"), 2, "Azerbaijan (AZE)"),
    (("--state", "AZE", "--poles", "RUS,WETS"), 2, "WEST"),
    (
        ("--state", "FRA", "--poles", "EU", "--from", "2013-01", "--to", "2014-12"),
        2,
        "is a member of the pole",
    ),
    (("--state", "RUS", "--poles", "RUS"), 2, "cannot lean towards itself"),
    (("--state", "AZE"), 2, "--poles are needed"),
    (("--poles", "RUS"), 2, "--state and --poles"),
    (("--state", "AZE", "--poles", "RUS", "--from", "2015"), 2, "write YYYY-MM"),
    (("--state", "AZE", "--poles", "RUS", "--from", "2014-05", "--to", "2014-01"), 2, "swap them"),
    (("--state", "AZE", "--poles", "RUS", "--date", "10.12.2014"), 2, "write YYYY-MM-DD"),
    (("--study", "none.toml"), 2, "none.toml"),
]


@pytest.mark.parametrize("command", ["measure", "shifts", "explain", "brief"])
@pytest.mark.parametrize(("options", "exit_code", "words"), REFUSED, ids=lambda v: str(v)[:40])
def test_what_cannot_be_asked_is_refused_with_a_hint(
    reports: Path, command: str, options: tuple[str, ...], exit_code: int, words: str
) -> None:
    result = run(command, reports, *options)
    assert result.exit_code == exit_code
    assert result.stderr.startswith("error: ")
    assert words in result.stderr
    assert "Traceback" not in result.output


def test_an_ending_that_is_no_brief_is_refused_before_any_work(
    reports: Path, tmp_path: Path
) -> None:
    result = run("brief", reports, *STUDY, "-o", tmp_path / "brief.docx")
    assert result.exit_code == 2
    assert not (tmp_path / ".tiltmeter").exists()


def test_an_empty_folder_and_a_missing_one_are_exit_3(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    result = run("code", tmp_path / "empty")
    assert (result.exit_code, "folder is empty" in result.stderr) == (3, True)
    assert run("code", tmp_path / "nowhere").exit_code == 3


def test_a_folder_of_which_nothing_can_be_used_says_why(tmp_path: Path) -> None:
    (tmp_path / "r").mkdir()
    (tmp_path / "r" / "a.txt").write_text("Turkey praised Georgia on a day nobody told.\n")
    (tmp_path / "r" / "b.pdf").write_bytes(b"%PDF-1.4\nbroken")
    result = run("code", tmp_path / "r")
    assert result.exit_code == 3
    assert "2 refused" in result.stderr
    assert "no date: give --date" in result.stderr


def test_a_workspace_in_use_or_not_ours_is_exit_5(reports: Path, tmp_path: Path) -> None:
    with Store(tmp_path / "held").lock():
        result = run("shifts", reports, *STUDY, "--workspace", tmp_path / "held")
    assert (result.exit_code, "in use" in result.stderr) == (5, True)
    (tmp_path / "file").write_text("")
    assert run("shifts", reports, *STUDY, "--workspace", tmp_path / "file").exit_code == 5
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "manifest.json").write_text('{"format": 0}')
    result = run("shifts", reports, *STUDY, "--workspace", tmp_path / "old")
    assert (result.exit_code, "another version" in result.stderr) == (5, True)


def test_an_output_that_cannot_be_written_is_exit_5(
    reports: Path, workspace: Path, tmp_path: Path
) -> None:
    (tmp_path / "taken").write_text("")
    out = tmp_path / "taken" / "brief.md"
    assert run("brief", reports, *STUDY, "--workspace", workspace, "-o", out).exit_code == 5
    events = tmp_path / "taken" / "events.parquet"
    assert run("code", one_report(tmp_path), "--parquet", events).exit_code == 5


def test_too_little_to_measure_is_exit_6_and_says_what_to_do(reports: Path, tmp_path: Path) -> None:
    result = run("measure", one_report(tmp_path), "--state", "AZE", "--poles", "RUS")
    assert result.exit_code == 6
    assert "no story joins it to RUS" in result.stderr
    assert "hint:" in result.stderr
    calm = one_report(tmp_path / "calm", "It rained all day in the mountains of nowhere.")
    result = run("measure", calm, "--state", "AZE", "--poles", "RUS", "--workspace", tmp_path / "w")
    assert (result.exit_code, "no event was coded" in result.stderr) == (6, True)


def test_debug_shows_context_and_traceback(reports: Path) -> None:
    command = [sys.executable, "-c", _MAIN, "--debug", "shifts", str(reports)]
    done = subprocess.run(
        [*command, "--state", "AZE", "--poles", "WETS"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "Traceback" in done.stderr
    assert "pole: WETS" in done.stderr


def test_an_unknown_option_is_exit_2() -> None:
    assert run("code", ".", "--colour").exit_code == 2
    assert run("dance").exit_code == 2


# --- a run that is killed ------------------------------------------------------------------------

_STATES = (
    "Japan",
    "Norway",
    "Poland",
    "Greece",
    "Georgia",
    "Moldova",
    "Iran",
    "Iraq",
    "Egypt",
    "Turkey",
    "Serbia",
    "Hungary",
)


def many_reports(folder: Path) -> Path:
    made = []
    for n in range(600):
        one, other = _STATES[n % 12], _STATES[(n * 5 + 1 + n // 12) % 12]
        if one != other:
            day = date(2013, 1 + n % 12, 1 + n % 28).isoformat()
            made.append(
                (day, f"{one} praised {other} over project number {n}, and {other} thanked it.")
            )
    return builders.write_reports(folder, made)


def stages_done(workspace: Path) -> list[str]:
    try:
        return sorted(json.loads((workspace / "manifest.json").read_text())["stages"])
    except (OSError, ValueError):
        return []


def contents(workspace: Path) -> dict[str, bytes]:
    return {
        str(p.relative_to(workspace)): p.read_bytes()
        for p in workspace.rglob("*")
        if p.is_file() and p.name != "lock"
    }


def test_a_killed_run_goes_on_and_ends_in_the_same_bytes(tmp_path: Path) -> None:
    folder = many_reports(tmp_path / "many")
    killed, whole = tmp_path / "killed", tmp_path / "whole"
    command = [
        sys.executable,
        "-c",
        _MAIN,
        "code",
        str(folder),
        "--json",
        "--workspace",
        str(killed),
    ]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        until = time.monotonic() + 120
        while len(stages_done(killed)) < 2 and process.poll() is None and time.monotonic() < until:
            time.sleep(0.005)
        os.kill(process.pid, signal.SIGKILL)
        assert process.wait(30) == -signal.SIGKILL
    done = stages_done(killed)
    assert done
    assert all(name.startswith("code.chunk/") for name in done)
    resumed = well("code", folder, "--json", "--workspace", killed)
    unbroken = well("code", folder, "--json", "--workspace", whole)
    assert resumed == unbroken
    assert set(done) < set(stages_done(killed))
    assert contents(killed) == contents(whole)


def test_a_changed_table_in_the_workspace_is_made_again(tmp_path: Path) -> None:
    folder = one_report(tmp_path)
    first = well("code", folder, "--json", "--workspace", tmp_path / "ws")
    for path in (tmp_path / "ws" / "tables").glob("events-*.parquet"):
        path.write_bytes(path.read_bytes()[:-20])
    assert well("code", folder, "--json", "--workspace", tmp_path / "ws") == first


# --- what a user gets wrong, and streams that take nothing ---------------------------------------


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("code", ""), 2, "an empty path"),
        (("code", "x", "--date", "0001-01-01"), 2, "lies before 1900"),
        (("code", "x", "--date", "9999-12-31"), 2, "in the future"),
        (("code", "x", "--json", "--why"), 2, "give one of them"),
        (("code", "x", "--format", "score", "--json"), 2, "give one of them"),
        (("brief", "x", "--study", "s.toml", "--from", "2012-01"), 2, "leave --study out"),
        (("brief", "x", *STUDY, "-o", "folder.html"), 5, "it is a folder"),
        (("explain", "x", *STUDY, "--top", "-5"), 2, "--top"),
    ],
)
def test_wrong_options_are_refused_before_anything_is_read(
    tmp_path: Path, arguments: tuple[str, ...], code: int, words: str
) -> None:
    (tmp_path / "folder.html").mkdir()
    result = run(*arguments)
    assert result.exit_code == code
    assert words in result.stderr


def test_rejects_are_written_with_file_place_and_reason(tmp_path: Path) -> None:
    folder = one_report(tmp_path)
    (folder / "undated.txt").write_text("Turkey praised Georgia without a day.\n")
    well("code", folder, "--rejects", tmp_path / "rejects.jsonl")
    (row,) = rows((tmp_path / "rejects.jsonl").read_text())
    assert (row["path"], row["stage"]) == ("undated.txt", "feed")
    assert "--date" in row["reason"]


def test_a_brief_on_one_month_is_refused(reports: Path, workspace: Path) -> None:
    study = ("--state", "AZE", "--poles", "RUS", "--from", "2014-03", "--to", "2014-03")
    result = run("brief", reports, *study, "--workspace", workspace)
    assert result.exit_code == 6
    assert "widen --from and --to" in result.stderr


def test_an_error_nobody_foresaw_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("two\nlines")

    monkeypatch.setattr("tiltmeter.api.read", broken)
    result = run("code", one_report(tmp_path))
    assert result.exit_code == 1
    assert result.stderr.splitlines()[0] == "error: unexpected RuntimeError: two lines"
    assert "report it" in result.stderr


@pytest.mark.parametrize(("stream", "code"), [(">/dev/full", 5), (">&-", 0), ("| true", 0)])
def test_a_stdout_that_takes_nothing(tmp_path: Path, stream: str, code: int) -> None:
    folder = one_report(tmp_path)
    line = f'set -o pipefail; "$0" -c "$1" code "$2" --json {stream}'
    shell = ["bash", "-c", line, sys.executable, _MAIN, str(folder)]
    done = subprocess.run(shell, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr


def test_ctrl_c_while_the_program_loads_is_an_interruption() -> None:
    code = (
        "import sys, types\n"
        "class Loading(types.ModuleType):\n"
        "    def __getattr__(self, name):\n"
        "        raise KeyboardInterrupt\n"
        "sys.modules['tiltmeter.commands'] = Loading('tiltmeter.commands')\n"
        "import tiltmeter.cli\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr[:11]) == (130, "interrupted")
