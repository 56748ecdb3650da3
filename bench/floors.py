"""The floors of ``floors.toml``, and which of them a result misses.

A key that ends in ``_max`` is an upper limit, any other a lower one; dots and tables of the file
name the place of the figure in the result of the same name.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

_FILE: Final = Path(__file__).with_name("floors.toml")


def floors() -> dict[str, Any]:
    """All floors, by result."""
    with _FILE.open("rb") as handle:
        return tomllib.load(handle)


def missed(limits: dict[str, Any], figures: dict[str, Any], place: str = "") -> Iterator[str]:
    """Say of every floor that is not met, or has no figure, what was wanted and what was found."""
    for key, limit in limits.items():
        name = key.removesuffix("_max")
        where = f"{place}.{name}" if place else name
        found = figures.get(name)
        if isinstance(limit, dict):
            yield from missed(limit, found if isinstance(found, dict) else {}, where)
        elif not isinstance(found, int | float):
            yield f"{where}: no figure, the floor is {limit}"
        elif key.endswith("_max"):
            if not found <= limit:  # so written, "not a number" misses every floor
                yield f"{where}: {found}, must be at most {limit}"
        elif not found >= limit:
            yield f"{where}: {found}, must be at least {limit}"


def verdict(name: str, figures: dict[str, Any]) -> None:
    """Print what misses its floor; then the bench ends with exit code 1."""
    failures = list(missed(floors()[name], figures))
    for line in failures:
        print(f"floor missed: {line}", file=sys.stderr)
    if failures:
        raise SystemExit(1)
    print(f"{name}: all floors of floors.toml are met")
