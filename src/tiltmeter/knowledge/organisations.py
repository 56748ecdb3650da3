"""Organisations: their codes, and how scorers that know only PLOVER's codes write them."""

from __future__ import annotations

import csv
from functools import cache
from importlib import resources

# PLOVER writes every international organisation but the EU as IGO, firms as MNC, and so on.
_BY_SECTOR = {"IGO": "IGO", "NGO": "NGO", "REB": "IMG"}
# States of the past that ISO has no current code for, as the state that continues them.
_CONTINUED = {"SUN": "RUS", "DDR": "DEU", "YUG": "SRB", "SCG": "SRB", "CSK": "CZE", "VDR": "VNM"}


@cache
def _score_codes() -> dict[str, str]:
    path = resources.files("tiltmeter.knowledge") / "data" / "organisations.csv"
    with path.open("r", encoding="utf-8") as lines:
        return {row["code"]: row["score_code"] for row in csv.DictReader(lines)}


@cache
def organisations() -> dict[str, str]:
    """Code -> ISO3 of the state (or EUR) whose body it is; empty for bodies of no state."""
    path = resources.files("tiltmeter.knowledge") / "data" / "organisations.csv"
    with path.open("r", encoding="utf-8") as lines:
        return {
            row["code"]: "EUR" if row["score_code"] == "EUR" else row["state"]
            for row in csv.DictReader(lines)
        }


def score_code(code: str | None, sector: str | None, person_id: str | None = None) -> str:
    """The PLOVER scoring code of an actor: ISO3, EUR, IGO, NGO, MNC, IMG, or '---' if unknown."""
    if code is None:
        return "---"
    if code in {"EUR", "EU"}:
        return "EUR"
    code = _CONTINUED.get(code, code)
    known = _score_codes().get(code)
    if known:
        return known
    if len(code) == 3:
        return code
    return _BY_SECTOR.get(sector or "", "IGO")
