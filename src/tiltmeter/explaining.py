"""What ``tiltmeter code --why`` prints and writes, and the option that names user lexicons."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Final

import click
import pyarrow as pa

from tiltmeter import api
from tiltmeter.coding.choice import CoderChoice
from tiltmeter.coding.coder import Coder
from tiltmeter.coding.user_checks import read_lexicon
from tiltmeter.coding.user_lexicon import UserLexicon
from tiltmeter.config import Study
from tiltmeter.errors import ConfigError, StoreError
from tiltmeter.output import PATH, put
from tiltmeter.schemas import REJECTS
from tiltmeter.store import write_whole
from tiltmeter.why import Explanation, document_of, explain
from tiltmeter.why.plain import wants_colour

Progress = Callable[[str, int, int], None]
_PAGES: Final = frozenset({".html", ".htm"})

lexicon_option = click.option(
    "--lexicon",
    "lexicons",
    type=PATH,
    multiple=True,
    metavar="FILE.toml",
    help="Actors, triggers, overrides of your own; may be given several times.",
)


def lexicon_of(lexicons: tuple[Path, ...], wanted: Study | None = None) -> UserLexicon:
    """The user's words: those of the study file first, then those of the command line."""
    return read_lexicon(*(wanted.lexicons if wanted else ()), *lexicons)


def documents_of(
    reports: Path | None, text: str | None, day: date | None, progress: Progress | None = None
) -> tuple[pa.Table, pa.Table]:
    """Documents and rejects of a file or folder, or of words given on the command line.

    Raises:
        ConfigError: Neither or both are given, or words come without their day.
    """
    if (reports is None) == (text is None):
        raise ConfigError(
            "give either REPORTS (a file or folder) or --text",
            'for example: tiltmeter code --text "Japan imposed sanctions." --date 2014-12-01',
        )
    if reports is not None:
        return api.read(reports, day=day, progress=progress)
    if day is None:
        raise ConfigError("--text needs --date", "names and days are read as of that day")
    return document_of(str(text), day), REJECTS.empty()


def check_options(
    page: Path | None,
    why: bool,
    workspace: Path | None,
    form: str,
    reports: Path | None,
    text: str | None,
    lexicons: tuple[Path, ...],
    coder: CoderChoice | None,
) -> None:
    """Refuse options of ``code`` that do not go together, or a page that could not be written.

    Raises:
        ConfigError: ``--html`` without ``--why`` or with another ending than .html, ``--why`` with
            a workspace (unless an endpoint is asked, whose answers lie there), a form for scorers
            with what it would not read.
        StoreError: The page's path is a folder.
    """
    asks = coder is not None and coder.endpoint is not None
    if why and workspace is not None and not asks:
        raise ConfigError("--why keeps no finished work: it codes afresh", "leave --workspace out")
    if form != "table" and (reports is None or text is not None):
        raise ConfigError("--format reads a file or folder", "name REPORTS and leave --text out")
    if form == "actors" and lexicons:
        raise ConfigError("--format actors asks no coder", "leave --lexicon out")
    if page is None:
        return
    if not why:
        raise ConfigError("--html is a form of --why", "add --why")
    if page.suffix.lower() not in _PAGES:
        raise ConfigError(f"{page}: explanations are written as .html")
    if page.is_dir():
        raise StoreError(f"cannot write {page}: it is a folder", "name a file in it")


def explained(
    documents: pa.Table, own: UserLexicon, progress: Progress, coder: CoderChoice | Coder | None
) -> Explanation:
    """Code documents afresh, with what explains it."""
    return explain(documents, lexicon=own, coder=coder, progress=progress)


def show(found: Explanation, page: Path | None, output: Path | None) -> None:
    """Write the page, if one is asked for; else, or to ``output`` too, the lines."""
    if page is not None:
        write_whole(page, found.html())
        click.echo(f"explanations: {page.resolve()}")
    if page is None or output is not None:
        colour = output is None and wants_colour(sys.stdout)
        put(found.terminal(colour=colour), output)
