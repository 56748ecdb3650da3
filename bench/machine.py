"""Where a measurement was made, and how its result is written down."""

from __future__ import annotations

import json
import os
import platform
import re
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
RESULTS: Final = ROOT / "bench" / "results"
_PACKAGES: Final = ("tiltmeter", "duckdb", "pyarrow", "numpy", "scipy", "spacy", "thinc")
_NO_SHARED: Final = 2


def shared(*parts: str) -> Path:
    """A place in the data folder beside the project; without it the bench says so and ends."""
    place = ROOT.parent.joinpath("shared", *parts)
    if not place.exists():
        name = "/".join(("shared", *parts))
        print(f"{name} does not lie beside the project: nothing to measure", file=sys.stderr)
        raise SystemExit(_NO_SHARED)
    return place


def facts() -> dict[str, Any]:
    """Date, machine and versions: what a figure depends on beside the code."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": {
            "cpu": _cpu(),
            "cores": os.cpu_count(),
            "memory_gb": round(memory / 1e9, 1),
            "system": platform.system(),
        },
        "versions": {
            "python": platform.python_version(),
            **{name: version(name) for name in _PACKAGES},
        },
    }


def _cpu() -> str:
    try:
        found = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text("utf-8"))
    except OSError:
        found = None
    return found[1].strip() if found else platform.processor() or platform.machine()


def save(name: str, title: str, figures: dict[str, Any], body: str) -> None:
    """Write ``results/NAME.json`` and ``results/NAME.md``, and print the latter."""
    where = facts()
    machine, versions = where["machine"], where["versions"]
    RESULTS.mkdir(parents=True, exist_ok=True)
    text = json.dumps({**where, **figures}, indent=1, ensure_ascii=False) + "\n"
    (RESULTS / f"{name}.json").write_text(text, encoding="utf-8")
    page = (
        f"# {title}\n\n{where['date']}, {machine['cpu']}, {machine['cores']} cores, "
        f"{machine['memory_gb']} GB. "
        + ", ".join(f"{package} {number}" for package, number in versions.items())
        + f".\n\n{body.rstrip()}\n"
    )
    (RESULTS / f"{name}.md").write_text(page, encoding="utf-8")
    print(page)


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A Markdown table; the first column is text, the others are figures."""
    lines = [f"| {' | '.join(head)} |", f"|---|{'---:|' * (len(head) - 1)}"]
    lines += [f"| {' | '.join('' if c is None else str(c) for c in row)} |" for row in rows]
    return "\n".join(lines) + "\n"
