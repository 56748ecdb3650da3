"""Fuzzing guided by coverage (atheris), no part of the tests: ``make fuzz`` runs it.

``python tests/fuzz/guided.py TARGET [libFuzzer options] [folder of inputs]``. What ends it with an
error is a finding; the input that did it is kept as ``crash-...``.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import atheris

sys.path[:0] = [str(Path(__file__).parent)]

with atheris.instrument_imports(include=["tiltmeter"]):
    import hostile
    from sound import sound

    from tiltmeter.coding.coder import Document
    from tiltmeter.config import read_study
    from tiltmeter.errors import EmptyFeed, TiltmeterError
    from tiltmeter.feeds.formats import READERS
    from tiltmeter.feeds.text import TextOptions, read

PIECES = (
    *hostile.names(), *hostile.triggers(), *hostile.FRAME * 20, *hostile.DATES * 5, *hostile.MARKUP,
    *hostile.MARKS, *hostile.SCRIPTS,
)  # fmt: skip
OPTIONS = TextOptions(date=date(2014, 12, 3), today=date(2024, 6, 1))
SUFFIXES = sorted(READERS)
FOLDER = Path(tempfile.mkdtemp(prefix="tiltmeter-fuzz-"))


def coder(data: bytes) -> None:
    """Bytes choose words the coder knows, joints, and now and then any characters at all."""
    given = atheris.FuzzedDataProvider(data)
    day = hostile.DAYS[given.ConsumeIntInRange(0, len(hostile.DAYS) - 1)]
    out: list[str] = []
    while given.remaining_bytes() and len(out) < 160:
        if given.ConsumeIntInRange(0, 9):
            part = PIECES[given.ConsumeIntInRange(0, len(PIECES) - 1)]
        else:
            part = given.ConsumeUnicode(given.ConsumeIntInRange(0, 8))
        times = given.ConsumeIntInRange(1, 40) if not given.ConsumeIntInRange(0, 30) else 1
        out.append(part * times)
        out.append(hostile.JOINS[given.ConsumeIntInRange(0, len(hostile.JOINS) - 1)])
    sound([Document("d", "".join(out), day)])


def feeds(data: bytes) -> None:
    """The first byte chooses the kind of file, the rest is in it."""
    if not data:
        return
    path = FOLDER / f"2014-12-03.{SUFFIXES[data[0] % len(SUFFIXES)]}"
    path.write_bytes(data[1:])
    try:
        found = read(path, OPTIONS)
    except EmptyFeed:
        return
    for row in found.documents.to_pylist():
        end = 0
        for segment in row["segments"]:
            part = row["text"][segment["start"] : segment["end"]]
            assert part, "an empty part"
            assert part == part.strip(), "blanks at the edge of a part"
            assert segment["start"] >= end, "parts overlap"
            end = segment["end"]
        assert end == len(row["text"]), "text without a part"


def study(data: bytes) -> None:
    """A study file: a study, or an error of the product's own."""
    path = FOLDER / "study.toml"
    path.write_bytes(data)
    try:
        read_study(path)
    except TiltmeterError:
        return


TARGETS: dict[str, Callable[[bytes], None]] = {"coder": coder, "feeds": feeds, "study": study}
SEEDS: dict[str, tuple[bytes, ...]] = {
    "coder": (b"", bytes(range(256)), b"\x07" * 200),
    "feeds": tuple(
        bytes([n]) + body
        for n in range(len(SUFFIXES))
        for body in (
            b"Title\n\nBAKU, 3 December 2014. Russia praised Serbia.\n\n- one\n- two\n",
            b"<html><title>T</title><p>Russia <b>praised</b> Serbia.</p><!-- x --></html>",
            b'{"id": 1, "date": "2014-12-03", "title": "T", "text": "Russia praised Serbia."}\n',
            b"Subject: T\nDate: Wed, 3 Dec 2014 10:00:00 +0000\n\nRussia praised Serbia.\n",
            b"---\ntitle: T\ndate: 2014-12-03\n---\n# T\n\nRussia praised Serbia.\n",
        )
    ),
    "study": (
        b'state = "AZE"\npoles = ["RUS", "WEST"]\nfrom = "2013-01"\nto = "2014-12"\n',
        b'state = "AZE"\npoles = ["A"]\nci_prob = 0.8\n[[pole]]\nname = "A"\nparts = ["EU"]\n'
        b'[[pole.member]]\niso3 = "TUR"\nfrom = 2001-01-01\nto = "2010-01-01"\n',
    ),
}


def main() -> None:
    """Run one target until libFuzzer's options say stop."""
    target = sys.argv.pop(1)
    inputs = Path(sys.argv[-1])
    if inputs.is_dir():
        for n, seed in enumerate(SEEDS[target]):
            (inputs / f"seed-{n}").write_bytes(seed)
    atheris.Setup(sys.argv, TARGETS[target])
    atheris.Fuzz()


if __name__ == "__main__":
    main()
