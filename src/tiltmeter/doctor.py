"""Self-examination: is everything there, and does it work?"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory


def examine() -> Iterator[tuple[str, bool, str]]:
    """Yield (name, passed, text) for each check; a check that raises has failed."""
    for name, check in (
        ("python", _python),
        ("knowledge", _knowledge),
        ("parser", _parser),
        ("coder", _coder),
        ("engine", _engine),
        ("charts", _charts),
        ("workspace", _workspace),
        ("documents", _documents),
    ):
        yield _one(name, check)


def _one(name: str, check: Callable[[], str]) -> tuple[str, bool, str]:
    try:
        return name, True, check()
    except Exception as error:  # a doctor reports every failure, whatever its kind
        return name, False, f"{type(error).__name__}: {error}"


def _python() -> str:
    # the installer checks this too; a doctor looks again
    if sys.version_info < (3, 11):  # noqa: UP036
        raise RuntimeError(f"Python 3.11 or newer is needed, this is {sys.version.split()[0]}")
    return sys.version.split()[0]


def _knowledge() -> str:
    from tiltmeter.knowledge.persons import load_persons
    from tiltmeter.knowledge.poles import load_poles
    from tiltmeter.knowledge.states import load_states

    return f"{len(load_states())} states, {len(load_poles())} poles, {len(load_persons())} persons"


def _parser() -> str:
    from tiltmeter.coding.parsing import parse

    tree = next(iter(parse(["Russia praised Serbia."])))
    if [t.dep for t in tree.tokens][1] != "ROOT":
        raise RuntimeError("the parser does not find the verb of a plain sentence")
    return "reads a plain sentence"


def _coder() -> str:
    from tiltmeter.coding.coder import BuiltinCoder, Document

    text = "Russian President Vladimir Putin met Azerbaijani President Ilham Aliyev in Sochi."
    _, sentences = next(iter(BuiltinCoder().code([Document("d", text, date(2014, 8, 9))])))
    events = sentences[0].events
    if not events or events[0].found.event_type != "CONSULT":
        raise RuntimeError("a plain meeting is not coded")
    return "codes a plain meeting"


def _engine() -> str:
    import duckdb

    from tiltmeter.pipeline import run_sql

    if run_sql("select 1 as one", {}).to_pylist() != [{"one": 1}]:
        raise RuntimeError("DuckDB does not answer")
    return f"DuckDB {duckdb.__version__}"


def _charts() -> str:
    import vl_convert

    svg = vl_convert.vegalite_to_svg(
        {"data": {"values": [{"a": 1}]}, "mark": "point", "encoding": {}}
    )
    if "<svg" not in svg:
        raise RuntimeError("no chart was drawn")
    return "draws offline"


def _workspace() -> str:
    from tiltmeter.store import Store

    with TemporaryDirectory() as folder:
        store = Store(Path(folder))
        with store.lock():
            pass
    return "can be locked and written"


def _documents() -> str:
    import importlib.util

    missing = [m for m in ("pypdf", "docx", "selectolax") if importlib.util.find_spec(m) is None]
    if missing:
        raise RuntimeError(
            f"missing {', '.join(missing)}: install tiltmeter[text] for PDF, Word, HTML"
        )
    return "PDF, Word and HTML can be read"
