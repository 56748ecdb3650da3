"""spaCy without its command line.

``import spacy`` also loads the commands of ``python -m spacy``: a project manager, a web client and
three hundred modules more, a third of the time until the first sentence is read. They are left out
until somebody asks for them.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import Any, Final

_COMMANDS: Final = ("spacy.cli", "spacy.cli.info")


def spacy() -> Any:
    """The module ``spacy``; ``spacy.cli`` can be imported afterwards as ever."""
    if "spacy" in sys.modules or "spacy.cli" in sys.modules:
        return importlib.import_module("spacy")
    for name in _COMMANDS:
        sys.modules[name] = ModuleType(name)
    sys.modules["spacy.cli.info"].info = _info  # type: ignore[attr-defined]
    try:
        return importlib.import_module("spacy")
    finally:
        for name in _COMMANDS:
            sys.modules.pop(name, None)


def _info(*args: Any, **options: Any) -> Any:
    """What ``spacy.info`` does, with the module it comes from."""
    return importlib.import_module("spacy.cli.info").info(*args, **options)
