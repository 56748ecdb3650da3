"""What the commands refuse, and runs that are killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest
from typed import MAIN, STUDY, one_report, rows, run, well

import builders
from tiltmeter.store import Store

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
    command = [sys.executable, "-c", MAIN, "--debug", "shifts", str(reports)]
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
        MAIN,
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
    shell = ["bash", "-c", line, sys.executable, MAIN, str(folder)]
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
