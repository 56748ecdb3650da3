"""tiltmeter: which way a state leans, in what domain, since when, how surely, on what evidence.

>>> import tiltmeter as tm
>>> documents, rejects = tm.read("reports/")                       # doctest: +SKIP
>>> reading = tm.code(documents, rejects)                          # doctest: +SKIP
>>> found = tm.measure(reading.stories, tm.study("AZE", ["RUS", "WEST"]))  # doctest: +SKIP
>>> tm.brief(reading, found, "brief.html")                         # doctest: +SKIP
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from tiltmeter.api import Measurement, Reading, code, measure, read
    from tiltmeter.brief.write import write_brief as brief
    from tiltmeter.coding.choice import CoderChoice, choose_coder
    from tiltmeter.coding.user_checks import read_lexicon
    from tiltmeter.config import Study, read_study, study
    from tiltmeter.errors import TiltmeterError
    from tiltmeter.why.explanation import explain_text

__all__ = [
    "CoderChoice",
    "Measurement",
    "Reading",
    "Study",
    "TiltmeterError",
    "brief",
    "choose_coder",
    "code",
    "explain_text",
    "measure",
    "read",
    "read_lexicon",
    "read_study",
    "study",
]

_HOMES = {
    "CoderChoice": ("tiltmeter.coding.choice", "CoderChoice"),
    "Measurement": ("tiltmeter.api", "Measurement"),
    "Reading": ("tiltmeter.api", "Reading"),
    "Study": ("tiltmeter.config", "Study"),
    "TiltmeterError": ("tiltmeter.errors", "TiltmeterError"),
    "brief": ("tiltmeter.brief.write", "write_brief"),
    "choose_coder": ("tiltmeter.coding.choice", "choose_coder"),
    "code": ("tiltmeter.api", "code"),
    "explain_text": ("tiltmeter.why.explanation", "explain_text"),
    "measure": ("tiltmeter.api", "measure"),
    "read": ("tiltmeter.api", "read"),
    "read_lexicon": ("tiltmeter.coding.user_checks", "read_lexicon"),
    "read_study": ("tiltmeter.config", "read_study"),
    "study": ("tiltmeter.config", "study"),
}


def __getattr__(name: str) -> Any:
    # imported on use, so that "tiltmeter --help" does not load a parser and a database
    if name in _HOMES:
        from importlib import import_module

        module, attribute = _HOMES[name]
        return getattr(import_module(module), attribute)
    raise AttributeError(f"module 'tiltmeter' has no attribute {name!r}")
