"""The sizes that break coders: bounded in work and in memory, and a reason recorded.

Work is counted in calls of Python functions, which a busy machine does not change; memory is that
of a child process of its own.
"""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from collections import Counter
from collections.abc import Callable
from datetime import date
from typing import Any

import hostile
import pytest
from sound import coder, sound_sentences

from tiltmeter.coding.coder import MAX_SENTENCES, Document, SentenceCoding
from tiltmeter.coding.parsing import MAX_SENTENCE

DAY = date(2014, 12, 3)
MEMORY_MB = 1500
CALLS = 150  # for each character of a sentence; the worst below takes 59


def read(text: str, **over: Any) -> list[SentenceCoding]:
    document = Document("d", text, DAY, **over)
    ((_, sentences),) = coder().code([document])
    sound_sentences(document, sentences)
    return sentences


def calls(work: Callable[[], object]) -> int:
    """How many Python functions a piece of work calls."""
    n = 0

    def tally(frame: object, event: str, arg: object) -> None:
        nonlocal n
        n += event == "call"

    before = sys.getprofile()
    sys.setprofile(tally)
    try:
        work()
    finally:
        sys.setprofile(before)
    return n


ACT = "Russia condemned Ukraine and arrested "
WORST = {
    "commas": ACT + "," * 1900,
    "names": "Russia, Iran, Iraq, Syria, " * 60 + "and Israel condemned Turkey, " * 10,
    "persons": "President Vladimir Putin and Ilham Aliyev met " * 42,
    "and": ACT + "and killed and arrested " * 75,
    "brackets": ACT + "(" * 900 + ")" * 900,
    "quotes": ACT + "\"'" * 900,
    "nested": "said that Russia " * 110,
    "of": "the arrest of the envoy of Iran to " * 55,
    "dates": ACT + "on 31 February 0000, " * 80,
    "one word": ACT + "s" * 1900,
    "blanks": ACT + "in " + " " * 1900 + "x",
    "hyphens": ACT + "pro-Russian-" * 150,
    "marks": ACT + "a\u0301" * 900,
    "right to left": ACT + "\u202eישראל " * 250,
    "html": ACT + "<p><b>Iran</b></p>" * 100,
    "null bytes": ACT + "\0" * 1900,
}


@pytest.mark.parametrize("kind", WORST)
def test_the_longest_sentence_is_read_in_bounded_work(kind: str) -> None:
    text = WORST[kind][: MAX_SENTENCE - 2] + "."
    read(text)  # what is loaded once is not the sentence's
    assert calls(lambda: read(text)) < CALLS * len(text)


@pytest.mark.parametrize("kind", WORST)
def test_twice_the_document_is_at_most_twice_the_work(kind: str) -> None:
    text = WORST[kind][: MAX_SENTENCE - 2] + ".\n"
    read(text)
    once = calls(lambda: read(text * 3))
    assert calls(lambda: read(text * 6)) < 2.5 * once


def test_every_kind_of_hostile_text_is_told_apart() -> None:
    assert [s.reason for s in read("Russia condemned Iran, " * 100_000)] == ["too_long"]
    assert [s.reason for s in read("\0" * 50)] == ["no_trigger"]
    assert [s.reason for s in read("ראש ממשלת ישראל. Ранее Россия.")] == ["no_trigger"] * 2
    (told,) = read("Россия (Russia) condemned\u202e Ukraine\u202c.")
    assert told.events[0].found.event_type == "ACCUSE"
    marked = read("<p>Russia condemned <b>Ukraine</b>.</p><br/>")
    assert any(s.events for s in marked)


def test_a_dump_is_cut_and_said_so() -> None:
    reasons = Counter(s.reason for s in read("Russia is big. " * (MAX_SENTENCES + 100)))
    assert reasons["too_many_sentences"] == 100


def test_many_parts_cost_no_more_than_few() -> None:
    text = "Russia is big.\n\n" * 3000
    few = calls(lambda: read(text))
    parts = tuple(("body", n * 16, n * 16 + 14) for n in range(3000))
    assert calls(lambda: read(text, segments=parts)) < 3 * few


def test_what_is_too_much_to_hold_is_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "Russia condemned Ukraine. Iran attacked Iraq. Turkey arrested two Syrian spies. " * 3
    held = read(text)
    assert sum(len(s.events) for s in held) == 9
    for name, value in (("_HELD", 0), ("_WINDOW", 2)):
        monkeypatch.setattr(f"tiltmeter.coding.coder.{name}", value)
    assert read(text) == held


CHILD = """
    import json, resource, sys
    from datetime import date
    from tiltmeter.coding.coder import BuiltinCoder, Document
    kind = sys.argv[1]
    people = json.loads(sys.argv[2])
    text = {
        "sentence": lambda: "Russia condemned Ukraine, " * 40_000,
        "token": lambda: "a" * 1_000_000,
        "nothing": lambda: chr(0) * 1_000_000,
        "commas": lambda: "Russia" + "," * 1_000_000,
        "marks": lambda: "e" + chr(0x301) * 1_000_000,
        "actors": lambda: " ".join(
            f"{people[n % len(people)]} met {people[n * 7 % len(people)]}." for n in range(50_000)
        ),
        "row": lambda: ", ".join(people[n % len(people)] for n in range(100_000)) + " met.",
        "markup": lambda: "<p>Russia hit <b>Iran</b>.</p>\\n" * 500 + "<p>It</p>\\n" * 99_000,
        "deeds": lambda: ("Russia hit Ukraine" + ", and Iran condemned Russia" * 25 + ". ") * 400,
    }[kind]()
    coder = BuiltinCoder()
    n = 0
    for _, sentences in coder.code([Document("d", text, date(2014, 12, 3))]):
        assert all(bool(s.events) != bool(s.reason) for s in sentences)
        assert not any(s.reason == "broken" for s in sentences)
        n += len(sentences)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps([n, peak // (1024 * 1024 if sys.platform == "darwin" else 1024)]))
"""


@pytest.mark.parametrize(
    "kind",
    ["sentence", "token", "nothing", "commas", "marks", "actors", "row", "markup", "deeds"],
)
def test_the_largest_document_stays_in_memory(kind: str) -> None:
    people = [n for n in hostile.names() if " " in n and n.isascii()]
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(CHILD), kind, json.dumps(people)],
        capture_output=True, text=True, check=False, timeout=1800,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    sentences, megabytes = json.loads(done.stdout)
    assert sentences > 0
    assert megabytes < MEMORY_MB
