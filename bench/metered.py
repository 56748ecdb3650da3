"""A command as a process of its own, with its wall time, CPU time and peak memory.

Each measurement is one child process and whatever it starts; memory is that of all of them
together, looked at five times a second (what several share is counted for each).
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
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
_LOOK_S: Final = 0.2
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


class _Watch(threading.Thread):
    """The largest sum of the resident memory of a process and all below it, in bytes."""

    def __init__(self, root: int) -> None:
        super().__init__(daemon=True)
        self._root, self._peak, self._over = root, 0, threading.Event()

    def run(self) -> None:
        """Look until told to stop; where there is no /proc there is nothing to see."""
        while not self._over.wait(_LOOK_S):
            self._peak = max(self._peak, _tree_bytes(self._root))

    def stop(self) -> int:
        """End the watch and say what was seen."""
        self._over.set()
        self.join()
        return self._peak


def _tree_bytes(root: int) -> int:
    parents: dict[int, int] = {}
    sizes: dict[int, int] = {}
    for place in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, ValueError, IndexError):  # gone in between
            fields = (place / "stat").read_text().rpartition(")")[2].split()
            parents[int(place.name)] = int(fields[1])
            sizes[int(place.name)] = int(fields[21]) * os.sysconf("SC_PAGE_SIZE")
    inside = {root}
    grown = True
    while grown:
        below = {pid for pid, parent in parents.items() if parent in inside} - inside
        inside |= below
        grown = bool(below)
    return sum(sizes.get(pid, 0) for pid in inside)


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
        watch = _Watch(child.pid)
        watch.start()
        # wait4 gives the usage of this child and what it waited for; getrusage that of them all
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - started
    code = os.waitstatus_to_exitcode(status)
    child.returncode = code  # the child is gone; Popen must not wait for it
    if code:
        raise SystemExit(f"{' '.join(words[-8:])}: exit code {code}")
    return Cost(
        round(wall, 2),
        round(usage.ru_utime + usage.ru_stime, 2),
        round(max(usage.ru_maxrss * _RSS_UNIT, watch.stop()) / 1e6, 1),
    )
