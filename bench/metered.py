"""A command as a process of its own, with its wall time, CPU time and peak memory.

Each measurement is one child process, and the benches themselves stay small: Linux counts what a
process held before ``exec`` into the peak of what runs after it.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from machine import ROOT

# the command line as the interpreter at hand runs it, installed or not
TILTMETER: Final = (
    sys.executable,
    "-c",
    "import sys; from tiltmeter.cli import main; main(sys.argv[1:])",
)
# macOS counts bytes, everyone else kibibytes
_RSS_UNIT: Final = 1 if sys.platform == "darwin" else 1024


@dataclass(frozen=True, slots=True)
class Cost:
    """What one process took."""

    wall_s: float
    cpu_s: float
    peak_rss_mb: float

    def figures(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def metered(command: Sequence[object], *, output: Path | None = None) -> Cost:
    """Run a command to its end; stdout goes to ``output``, or is dropped.

    Numerical libraries get one thread unless the caller's environment says otherwise, so that the
    figures do not depend on how many cores happened to be free.

    Raises:
        SystemExit: The command failed; its own message has been shown.
    """
    words = [str(word) for word in command]
    threads = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    with (output or Path(os.devnull)).open("wb") as sink:
        started = time.perf_counter()
        child = subprocess.Popen(words, stdout=sink, env=threads | dict(os.environ), cwd=ROOT)
        # wait4 gives the usage of this child alone; getrusage would give the maximum of them all
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - started
    code = os.waitstatus_to_exitcode(status)
    child.returncode = code  # the child is gone; Popen must not wait for it
    if code:
        raise SystemExit(f"{' '.join(words[-8:])}: exit code {code}")
    return Cost(
        round(wall, 2),
        round(usage.ru_utime + usage.ru_stime, 2),
        round(usage.ru_maxrss * _RSS_UNIT / 1e6, 1),
    )
