"""Time and memory of the demonstration: what somebody meets first (``make bench-demo``).

Runs ``tiltmeter demo`` three times, each in a fresh workspace, and keeps every figure; the limits
hold for the slowest run. Needs nothing beside the package.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Final

from floors import floors, verdict
from machine import save, table
from metered import TILTMETER, Cost, metered

_RUNS: Final = 3


def main() -> None:
    """Measure, write the result, and fail where a limit is passed."""
    runs = [_run() for _ in range(_RUNS)]
    worst = Cost(
        max(r.wall_s for r in runs), max(r.cpu_s for r in runs), max(r.peak_rss_mb for r in runs)
    )
    limits = floors()["demo"]
    rows = [
        ("wall, s", *(r.wall_s for r in runs), limits["wall_s_max"]),
        ("CPU, s", *(r.cpu_s for r in runs), None),
        ("peak memory, MB", *(r.peak_rss_mb for r in runs), limits["peak_rss_mb_max"]),
    ]
    head = ["", *(f"run {n}" for n in range(1, _RUNS + 1)), "limit"]
    figures = {**worst.figures(), "runs": [r.figures() for r in runs]}
    save("demo", "The demonstration", figures, table(head, rows))
    verdict("demo", figures)


def _run() -> Cost:
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "azerbaijan.html"
        cost = metered(
            [*TILTMETER, "demo", "-o", page, "--workspace", Path(folder) / "ws", "--quiet"]
        )
        if not page.stat().st_size:
            raise SystemExit("the demonstration wrote an empty page")
        return cost


if __name__ == "__main__":
    main()
