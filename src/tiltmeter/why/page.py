"""Explanations as HTML: a page that stands alone, and a part of one for notebooks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cache
from typing import Any

import jinja2

from tiltmeter import __version__
from tiltmeter.coding.reasons import REASONS
from tiltmeter.why.pieces import KINDS, pieces, printable
from tiltmeter.why.plain import act_told, odds_told
from tiltmeter.why.view import DocumentView


def page(documents: Sequence[DocumentView]) -> str:
    """A whole page."""
    return _environment().get_template("page.html.j2").render(_facts(documents))


def fragment(documents: Sequence[DocumentView]) -> str:
    """The same without head and body, styles included; ids are left out, so it may repeat."""
    return _environment().get_template("part.html.j2").render(_facts(documents))


def _facts(documents: Sequence[DocumentView]) -> dict[str, Any]:
    sentences = [s for d in documents for s in d.sentences]
    reasons = Counter(s.reason for s in sentences if s.reason)
    return {
        "documents": documents,
        "kinds": KINDS,
        "version": __version__,
        "counts": (
            ("sentences", len(sentences)),
            ("with an event", sum(bool(s.acts) for s in sentences)),
            ("events", sum(len(s.acts) for s in sentences)),
            ("dropped by your lexicon", sum(len(s.dropped) for s in sentences)),
        ),
        "reasons": [
            (REASONS.get(reason, reason), n)
            for reason, n in sorted(reasons.items(), key=lambda item: (-item[1], item[0]))
        ],
    }


@cache
def _environment() -> jinja2.Environment:
    env = jinja2.Environment(
        loader=jinja2.PackageLoader("tiltmeter.why", "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    env.filters["printable"] = printable
    env.filters["told"] = act_told
    env.filters["odds"] = odds_told
    env.globals["pieces"] = pieces
    return env
