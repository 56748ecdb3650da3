"""The commands as a user types them, on small folders written here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from typed import STUDY, one_report, rows, run, well

import builders
from tiltmeter import __version__
from tiltmeter.schemas import CONTRACTS

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
    assert "2014-12-03 (day)  JPN -> PRK  SANCTION  security  done" in shown


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
    for part in (
        "-> 2014-12-03 JPN SANCTION PRK",
        "[actor TUR: Turkey] may invade [actor SYR: Syria].",
        "It rained.",
    ):
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
    assert len(shown) == 5


def test_explain_takes_the_first_pole_by_itself(reports: Path, workspace: Path) -> None:
    assert well("explain", reports, *STUDY, "--workspace", workspace).startswith(
        "AZE:RUS:overall:window:"
    )


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
