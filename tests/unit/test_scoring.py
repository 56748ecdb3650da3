"""The formats of scorers: sentences and their events, names and their countries."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tiltmeter.errors import FeedFormatError, FeedUnavailable
from tiltmeter.scoring import actor_lines, score_lines


def written(folder: Path, *records: dict[str, Any]) -> Path:
    path = folder / "records.jsonl"
    path.write_text("\n".join(json.dumps(r, ensure_ascii=False) for r in records), "utf-8")
    return path


def scored(folder: Path, *records: dict[str, Any]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in score_lines(written(folder, *records), None)]


def actor(folder: Path, mention: str, **more: Any) -> tuple[str, str]:
    path = written(folder, {"id": "a", "mention": mention} | more)
    (line,) = actor_lines(path, date(2014, 12, 3))
    row = json.loads(line)
    assert set(row) == {"id", "country", "sector"}
    return row["country"], row["sector"]


# --- sentences -----------------------------------------------------------------------------------


def test_ids_and_order_stay_and_equal_texts_are_not_merged(tmp_path: Path) -> None:
    text = "Japan imposed sanctions on North Korea."
    rows = scored(tmp_path, {"id": "z", "text": text}, {"id": 1, "text": text})
    assert [r["id"] for r in rows] == ["z", "1"]
    for row in rows:
        (event,) = row["events"]
        assert event["event"] == "SANCTION"
        assert [a["code"] for a in event["source"]] == ["JPN"]
        assert [a["code"] for a in event["target"]] == ["PRK"]


def test_several_sentences_of_a_record_are_one_line(tmp_path: Path) -> None:
    text = "Japan imposed sanctions on North Korea. Russia praised Serbia."
    (row,) = scored(tmp_path, {"id": "a", "text": text})
    assert [e["event"] for e in row["events"]] == ["SANCTION", "SUPPORT"]
    assert row["text"] == text


def test_a_text_without_events_has_its_line(tmp_path: Path) -> None:
    (row,) = scored(tmp_path, {"id": "a", "text": "It rained."})
    assert row["events"] == []


def test_a_line_separator_within_a_text_does_not_end_the_record(tmp_path: Path) -> None:
    (row,) = scored(tmp_path, {"id": "a", "text": "It rained.\u2028Russia praised Serbia."})
    assert row["id"] == "a"


# --- names ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mention", "country", "sector"),
    [
        ("Mongolia", "MNG", ""),  # a state as such has no sector
        ("Tehran", "IRN", "GOV"),  # a capital stands for the government
        ("the Mongolian President", "MNG", "GOV"),
        ("American soldiers", "USA", "MIL"),
        ("the European Union", "EUR", "IGO"),
        ("the World Bank", "IGO", "IGO"),
        ("a policeman", "", "COP"),
        ("yesterday", "", ""),
        ("", "", ""),
    ],
)
def test_a_name_gives_country_and_sector(
    tmp_path: Path, mention: str, country: str, sector: str
) -> None:
    assert actor(tmp_path, mention) == (country, sector)


def test_a_person_is_looked_up_on_the_record_s_day(tmp_path: Path) -> None:
    assert actor(tmp_path, "Emmanuel Macron", date="2022-03-01") == ("FRA", "GOV")


def test_context_names_the_state_that_the_name_leaves_out(tmp_path: Path) -> None:
    assert actor(tmp_path, "the Defence Minister")[0] == ""
    assert actor(tmp_path, "the Defence Minister", context="German")[0] == "DEU"
    assert actor(tmp_path, "the French Defence Minister", context="German")[0] == "FRA"


# --- what cannot be read -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line", ["{", "[]", "{}", '{"id": "a"}', '{"id": null, "mention": "x", "text": "x"}', "7"]
)
def test_a_broken_record_is_named_with_its_line(tmp_path: Path, line: str) -> None:
    path = tmp_path / "broken.jsonl"
    path.write_text(f'{{"id": "a", "mention": "x", "text": "x"}}\n{line}\n', "utf-8")
    for read in (score_lines, actor_lines):
        with pytest.raises(FeedFormatError, match="line 2"):
            list(read(path, None))


def test_a_file_that_is_not_there_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(FeedUnavailable):
        list(actor_lines(tmp_path / "nothing.jsonl", None))


# --- odd input -----------------------------------------------------------------------------------


def test_two_records_of_one_id_keep_their_own_events(tmp_path: Path) -> None:
    one, other = "Japan imposed sanctions on North Korea.", "Russia praised Serbia."
    rows = scored(tmp_path, {"id": "a", "text": one}, {"id": "a", "text": other})
    assert [[e["event"] for e in r["events"]] for r in rows] == [["SANCTION"], ["SUPPORT"]]


def test_half_characters_and_days_at_the_ends_of_time_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "odd.jsonl"
    text = "Last month and two days later Russia praised \\ud800 Serbia next year."
    path.write_text(
        "".join(
            f'{{"id": "\\udfff", "text": "{text}", "date": "{day}"}}\n'
            for day in ("0001-01-01", "9999-12-31")
        )
    )
    for line in score_lines(path, None):
        assert json.loads(line)["id"] == "?"
        line.encode("utf-8")


def test_a_mark_of_byte_order_and_other_endings_are_read(tmp_path: Path) -> None:
    line = json.dumps({"id": "a", "text": "Russia praised Serbia."})
    for name in ("a.JSONL", "b.ndjson"):
        (tmp_path / name).write_text("\ufeff" + line, "utf-8")
        (got,) = score_lines(tmp_path / name, None)
        assert json.loads(got)["id"] == "a"


def test_what_the_feed_refused_is_told(tmp_path: Path) -> None:
    (tmp_path / "2014-12-03.txt").write_text("Russia praised Serbia.")
    (tmp_path / "undated.txt").write_text("Turkey praised Georgia.")
    told: list[str] = []
    list(score_lines(tmp_path, None, lambda rejects: told.extend(rejects["path"].to_pylist())))
    assert told == ["undated.txt"]


def test_nesting_without_end_is_a_broken_record(tmp_path: Path) -> None:
    (tmp_path / "deep.jsonl").write_text("[" * 100_000)
    with pytest.raises(FeedFormatError, match="line 1") as caught:
        list(score_lines(tmp_path / "deep.jsonl", None))
    assert caught.value.hint is not None


def test_a_folder_or_foreign_bytes_are_unavailable_with_a_way_out(tmp_path: Path) -> None:
    (tmp_path / "latin.jsonl").write_bytes(b"caf\xe9")
    for path in (tmp_path, tmp_path / "latin.jsonl"):
        with pytest.raises(FeedUnavailable) as caught:
            list(actor_lines(path, None))
        assert caught.value.hint is not None
        assert "Errno" not in caught.value.message
