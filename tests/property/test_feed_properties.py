"""Whatever the bytes: no exception but the two promised, offsets exact, same bytes same table."""

from __future__ import annotations

import json
import tempfile
import unicodedata
from datetime import date
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tiltmeter.coding.dates import scan_dates
from tiltmeter.errors import EmptyFeed
from tiltmeter.feeds.decode import normalise
from tiltmeter.feeds.formats import READERS
from tiltmeter.feeds.segments import assemble, split_plain
from tiltmeter.feeds.text import TextOptions, TextRead, read

OPTIONS = TextOptions(date=date(2014, 12, 3), today=date(2024, 6, 1))
SLOW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
WILD = st.text(st.characters(exclude_categories=()), max_size=300)


def read_bytes(name: str, data: bytes) -> TextRead | None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        try:
            return read(path, OPTIONS)
        except EmptyFeed:
            return None


def check(found: TextRead | None) -> None:
    for row in found.documents.to_pylist() if found else []:
        text = row["text"]
        assert unicodedata.is_normalized("NFC", text)
        end = 0
        for segment in row["segments"]:
            part = text[segment["start"] : segment["end"]]
            assert part
            assert part == part.strip()
            assert segment["start"] >= end
            end = segment["end"]
        assert end == len(text)


@SLOW
@given(st.sampled_from(sorted(READERS)), st.binary(max_size=400))
def test_any_bytes(suffix: str, data: bytes) -> None:
    check(read_bytes(f"a.{suffix}", data))


PIECES = (
    "<p>|</p>|<li>|<h1>|<article>|</article>|<script>|<b>|<!--|# |* |date: |---\n|+++\n|\n|\r\n\n"
    "|3 December 2014|text words here|`|>|[a](b)|Subject: x\n|Content-Type: text/html\n|&nbsp;"
    "|<br>|• |1. "
)
MARKUP = st.sampled_from(PIECES.split("|"))


@SLOW
@given(st.sampled_from(["html", "md", "eml", "txt"]), st.lists(MARKUP, max_size=40))
def test_any_markup(suffix: str, pieces: list[str]) -> None:
    data = "".join(pieces).encode()
    found = read_bytes(f"a.{suffix}", data)
    check(found)
    again = read_bytes(f"a.{suffix}", data)
    assert (found is None) == (again is None)
    if found and again:
        assert found.documents.equals(again.documents)


@SLOW
@given(
    st.dictionaries(
        st.sampled_from(["text", "title", "date", "id", "lang", "outlet", "kind"]),
        st.recursive(st.none() | st.integers() | st.floats() | WILD, st.lists),
    )
)
def test_any_record(record: dict[str, object]) -> None:
    check(read_bytes("a.jsonl", json.dumps(record).encode()))


@given(WILD)
def test_normal_form_is_stable(text: str) -> None:
    once = normalise(text)[0]
    assert normalise(once) == (once, 0)
    whole, spans = assemble("", split_plain(once))
    assert "".join(whole[s:e] for _, s, e in spans) == whole.replace("\n\n", "")


@given(WILD, st.dates(), st.none() | st.dates(), st.sampled_from(["auto", "past", "future"]))
def test_dates_of_any_sentence(
    text: str, published: date, anchor: date | None, prefer: str
) -> None:
    scan = scan_dates(text, published, anchor=anchor, prefer=prefer)  # type: ignore[arg-type]
    end = 0
    for span in sorted([*scan.spans, *scan.problems], key=lambda s: s.start):
        assert end <= span.start < span.end
        assert text[span.start : span.end] == span.text
        end = span.end
    assert all(s.first <= s.last for s in scan.spans)
