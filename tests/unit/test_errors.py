"""The tree of errors: messages, hints, context and exit codes."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

from tiltmeter import errors
from tiltmeter.errors import TiltmeterError

ALL = [c for _, c in inspect.getmembers(errors, inspect.isclass) if issubclass(c, TiltmeterError)]


@pytest.mark.parametrize("kind", ALL, ids=lambda c: c.__name__)
def test_every_error_carries_message_hint_and_context(kind: type[TiltmeterError]) -> None:
    error = kind("it broke", "mend it", file="a.txt", row=7)
    assert (error.message, error.hint) == ("it broke", "mend it")
    assert error.context == {"file": "a.txt", "row": 7}
    assert str(error) == "it broke (mend it)"
    assert str(kind("it broke")) == "it broke"


def test_exit_codes_tell_the_branches_apart() -> None:
    codes = {kind.__name__: kind.exit_code for kind in ALL}
    assert codes == {
        "TiltmeterError": 1,
        "ConfigError": 2,
        "CodeError": 2,
        "FeedError": 3,
        "FeedUnavailable": 3,
        "FeedFormatError": 3,
        "EmptyFeed": 3,
        "SchemaError": 4,
        "CoderError": 8,
        "EngineError": 4,
        "StoreError": 5,
        "ModelError": 6,
        "NotEnoughData": 6,
        "NotConverged": 6,
        "UnsupportedClaim": 7,
    }


def test_the_page_on_exit_codes_names_every_error_with_its_code(root: Path) -> None:
    page = (root / "docs" / "exit-codes.md").read_text(encoding="utf-8")
    said: dict[str, int] = {}
    for code, cell in re.findall(r"^\|\s*(\d+)\s*\|[^|]*\|([^|]*)\|", page, re.MULTILINE):
        said |= dict.fromkeys(re.findall(r"`(\w+)`", cell), int(code))
    assert said == {kind.__name__: kind.exit_code for kind in ALL}


def test_the_tree_in_the_docstring_is_the_tree_of_the_classes() -> None:
    names = re.findall(r"^[|` -]*(\w+) {2,}\S", errors.__doc__ or "", re.MULTILINE)
    assert sorted(names) == sorted(kind.__name__ for kind in ALL)
