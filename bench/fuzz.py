"""Hostile input for as long as one likes (``make fuzz``): what was tried, and what was found.

In turn: the properties of ``tests/fuzz`` with ever new seeds (hypothesis), and the coder, the
readers of files and the study files guided by coverage (atheris). The result states executions,
processor time and findings; a finding ends the run with an error, after its result is written.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final

from machine import ROOT, save, table

# share of the time that each gets
_SHARES: Final = {"documents (hypothesis)": 0.45, "coder": 0.3, "feeds": 0.15, "study": 0.1}
_ROUND: Final = 200  # examples of each property in one run of pytest
_RUNS: Final = re.compile(r"stat::number_of_executed_units:\s*(\d+)")
_TOLD: Final = re.compile(r"^(?:E +)?(\w+(?:Error|Exception)\b.*|ERROR: libFuzzer.*)$", re.M)


def main() -> None:
    """Run all targets, write the result, and fail if anything was found."""
    given = argparse.ArgumentParser()
    given.add_argument("--minutes", type=float, default=60.0)
    given.add_argument("--keep", type=Path, help="folder for what was found")
    options = given.parse_args()
    keep = options.keep or Path(tempfile.mkdtemp(prefix="tiltmeter-fuzz-"))
    keep.mkdir(parents=True, exist_ok=True)
    done = []
    for name, share in _SHARES.items():
        seconds = 60 * options.minutes * share
        run = _properties(seconds, keep) if "hypothesis" in name else _guided(name, seconds, keep)
        done.append({"target": name, **run})
        print(done[-1], flush=True)
    figures: dict[str, Any] = {
        "minutes": round(sum(d["wall_s"] for d in done) / 60, 1),
        "cpu_minutes": round(sum(d["cpu_s"] for d in done) / 60, 1),
        "executions": sum(d["executions"] for d in done),
        "findings": sum(len(d["findings"]) for d in done),
        "targets": done,
    }
    rows = [
        [d["target"], d["executions"], round(d["wall_s"]), round(d["cpu_s"]), len(d["findings"])]
        for d in done
    ]
    body = table(["", "executions", "wall, s", "CPU, s", "findings"], rows)
    save("fuzz", "Hostile input", figures, body)
    if figures["findings"]:
        raise SystemExit(f"{figures['findings']} finding(s): see {keep}")


def _properties(seconds: float, keep: Path) -> dict[str, Any]:
    """The properties, round after round; each with a seed of its own that the log names."""
    tally = keep / "documents.count"
    tally.write_text("", encoding="utf-8")
    environment = os.environ | {
        "TILTMETER_FUZZ_EXAMPLES": str(_ROUND), "TILTMETER_FUZZ_COUNT": str(tally),
    }  # fmt: skip
    findings: list[str] = []
    cpu, started, seed = 0.0, time.monotonic(), int(time.time())
    while time.monotonic() - started < seconds and not findings:
        log = keep / "documents.log"
        words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--tb=short"]
        words += [f"--hypothesis-seed={seed}", str(ROOT / "tests/fuzz/test_hostile_text.py")]
        code, spent = _run(words, log, environment)
        cpu, seed = cpu + spent, seed + 1
        if code:
            findings += _told(log, f"seed {seed - 1}")
    return {
        "executions": tally.stat().st_size,
        "wall_s": round(time.monotonic() - started, 1),
        "cpu_s": round(cpu, 1),
        "findings": findings,
    }


def _guided(target: str, seconds: float, keep: Path) -> dict[str, Any]:
    """One target of ``guided.py`` for some seconds; every crash ends a run and begins another."""
    inputs = keep / f"{target}.inputs"
    inputs.mkdir(exist_ok=True)
    log = keep / f"{target}.log"
    words = [sys.executable, str(ROOT / "tests/fuzz/guided.py"), target]
    words += [f"-max_total_time={max(1, round(seconds))}", "-print_final_stats=1"]
    words += ["-max_len=4096", "-len_control=0", "-rss_limit_mb=3000", "-timeout=900"]
    words.append(f"-artifact_prefix={keep}/{target}-")
    started = time.monotonic()
    code, cpu = _run([*words, str(inputs)], log, dict(os.environ))
    found = _RUNS.search(log.read_text(encoding="utf-8", errors="replace"))
    return {
        "executions": int(found[1]) if found else 0,
        "wall_s": round(time.monotonic() - started, 1),
        "cpu_s": round(cpu, 1),
        "findings": _told(log, target) if code else [],
    }


def _run(words: list[str], log: Path, environment: dict[str, str]) -> tuple[int, float]:
    with log.open("wb") as sink:
        child = subprocess.Popen(words, stdout=sink, stderr=sink, cwd=ROOT, env=environment)
        _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    return child.returncode, usage.ru_utime + usage.ru_stime


def _told(log: Path, where: str) -> list[str]:
    text = log.read_text(encoding="utf-8", errors="replace")
    found = list(dict.fromkeys(m[1][:300] for m in _TOLD.finditer(text)))
    return [f"{where}: {line}" for line in found[:5]] or [f"{where}: ended with an error"]


if __name__ == "__main__":
    main()
