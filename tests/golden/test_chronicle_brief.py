"""The bundled chronicle to the brief: the text as it was read and approved, numbers within a hair.

After a change that is meant to change the brief: ``TILTMETER_GOLDEN=write python -m pytest
tests/golden``, read the difference, commit it with a line in the changelog.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from tiltmeter import api
from tiltmeter.brief.write import write_brief
from tiltmeter.chronicle import chronicle_folder
from tiltmeter.config import study

GOLDEN = Path(__file__).with_name("azerbaijan.md")
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")
_RUN = re.compile(r"^- Run: .*$", re.MULTILINE)


@pytest.fixture(scope="module")
def reading() -> api.Reading:
    return api.code(*api.read(chronicle_folder()))


def brief(reading: api.Reading, state: str, folder: Path) -> str:
    asked = study(state, ["RUS", "WEST"], first="2012-01", last="2014-12")
    found = api.measure(reading.stories, asked)
    path = folder / f"{state}.md"
    write_brief(reading, found, path)
    return path.read_text(encoding="utf-8")


def test_the_brief_on_azerbaijan(reading: api.Reading, tmp_path: Path) -> None:
    text = _RUN.sub("", brief(reading, "AZE", tmp_path))
    if os.environ.get("TILTMETER_GOLDEN") == "write":
        GOLDEN.write_text(text, encoding="utf-8")
    want = GOLDEN.read_text(encoding="utf-8")
    assert _NUMBER.sub("#", text) == _NUMBER.sub("#", want)
    for one, other in zip(_NUMBER.findall(text), _NUMBER.findall(want), strict=True):
        # another processor may round the last digit the other way
        assert float(one) == pytest.approx(float(other), abs=0.011 if "." in one else 1)


def test_ukraine_turns_away_from_russia_when_it_did(reading: api.Reading, tmp_path: Path) -> None:
    text = brief(reading, "UKR", tmp_path)
    assert text.startswith("# Ukraine: further from Russia")
    asked = study("UKR", ["RUS", "WEST"], first="2012-01", last="2014-12")
    found = api.measure(reading.stories, asked)
    turns = [
        r
        for r in found.shifts.to_pylist()
        if (r["pole"], r["pole_b"], r["domain"], r["kind"])
        == ("RUS", "WEST", "overall", "change_point")
    ]
    assert turns
    main = min(turns, key=lambda r: r["size"])
    assert (2013, 11) <= (main["change_point"].year, main["change_point"].month) <= (2014, 6)


@pytest.mark.parametrize("state", ["ARM", "GEO", "MDA", "BLR", "KAZ", "UZB", "KGZ", "TUR"])
def test_every_state_of_the_chronicle_has_a_brief(
    reading: api.Reading, tmp_path: Path, state: str
) -> None:
    text = brief(reading, state, tmp_path)
    assert text.startswith("# ")
    assert "[^1]:" in text
