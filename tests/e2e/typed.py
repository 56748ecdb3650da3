"""A command as it is typed, run in this process, and what it printed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

import builders
from tiltmeter.cli import main

STUDY = ("--state", "AZE", "--poles", "RUS,WEST", "--from", "2013-01", "--to", "2014-12")
# the command as a process of its own
MAIN = "import sys; from tiltmeter.cli import main; main(sys.argv[1:])"


def run(*arguments: object) -> Result:
    """Run a command, whatever comes of it."""
    return CliRunner().invoke(main, [str(a) for a in arguments])


def well(*arguments: object) -> str:
    """Run a command that must succeed; return what it printed."""
    result = run(*arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


def rows(text: str) -> list[dict[str, Any]]:
    """Lines of JSON."""
    return [json.loads(line) for line in text.splitlines()]


def one_report(folder: Path, text: str = "Japan imposed sanctions on North Korea.") -> Path:
    """A folder of one report."""
    return builders.write_reports(folder / "one", [("2014-12-03", text)])
