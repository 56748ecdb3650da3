"""The bundled chronicle: dated reports 2012-2015, written for this project (README.md)."""

from __future__ import annotations

from importlib import resources
from pathlib import Path


def chronicle_folder() -> Path:
    """Folder of the bundled reports."""
    return Path(str(resources.files("tiltmeter.chronicle") / "reports"))
