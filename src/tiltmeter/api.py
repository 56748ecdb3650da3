"""The verbs of the library: read, code, measure, brief. Arrow tables in and out."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from tiltmeter import schemas
from tiltmeter.coding.choice import ANSWERS, CoderChoice, endpoint_coder, made
from tiltmeter.coding.coder import BuiltinCoder, Coder
from tiltmeter.coding.user_lexicon import UserLexicon
from tiltmeter.config import Study
from tiltmeter.feeds.text import TextOptions
from tiltmeter.feeds.text import read as read_text
from tiltmeter.stages import coding_pipeline, given_tables, measuring_pipeline, months_of
from tiltmeter.store import Store

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything from documents to stories.

    ``rejects`` holds what the feed and the coder refused, with file, place and reason; ``coder`` is
    name and version of the coder; ``lexicon`` says what of a user's words went into the coding
    (empty if nothing).
    """

    documents: pa.Table
    events: pa.Table
    sentences: pa.Table
    stories: pa.Table
    rejects: pa.Table
    coder: tuple[str, str] = (BuiltinCoder.name, BuiltinCoder.version)
    lexicon: str = ""


@dataclass(frozen=True, slots=True)
class Measurement:
    """The measure of one study: contracts CLOSENESS, TILT, SHIFTS, EVIDENCE, FAILURES, PANEL."""

    study: Study
    months: tuple[date, date]
    panel: pa.Table
    coverage: pa.Table
    closeness: pa.Table
    tilt: pa.Table
    shifts: pa.Table
    evidence: pa.Table
    failures: pa.Table


@contextmanager
def _workspace(workspace: Path | None) -> Iterator[Store]:
    if workspace is not None:
        store = Store(workspace)
        with store.lock():
            yield store
        return
    with tempfile.TemporaryDirectory(prefix="tiltmeter-") as folder:
        yield Store(Path(folder))


def read(
    path: str | Path, *, day: date | None = None, progress: Progress | None = None
) -> tuple[pa.Table, pa.Table]:
    """Read reports from a file or folder.

    Args:
        path: A file or a folder (.txt .md .html .pdf .docx .eml .jsonl, and .gz .xz .zip of them).
        day: Date for documents that carry none.
        progress: Called with (stage, done, total).

    Returns:
        Tables of contracts DOCUMENTS and REJECTS.

    Raises:
        FeedUnavailable: The path is not there or cannot be opened.
        EmptyFeed: Nothing readable was found.
    """

    def tell(done: int, total: int, name: str) -> None:
        if progress:
            progress("read", done, total)

    found = read_text(Path(path), TextOptions(date=day), tell)
    return found.documents, found.rejects


def code(
    documents: pa.Table,
    rejects: pa.Table | None = None,
    *,
    workspace: Path | None = None,
    progress: Progress | None = None,
    workers: int = 1,
    coder: CoderChoice | Coder | None = None,
    lexicon: UserLexicon | None = None,
) -> Reading:
    """Code documents into events and stories.

    Args:
        documents: Table of contract DOCUMENTS.
        rejects: What the feed refused, to be carried on; contract REJECTS.
        workspace: Folder that keeps finished parts, so that a stopped run resumes; None keeps
            nothing.
        progress: Called with (stage, done, total).
        workers: Processes that share the work where there is much of it. A script that asks for
            more than one needs the usual ``if __name__ == "__main__":``.
        coder: Another coder than the built-in one: a choice (``choose_coder``) or anything that
            keeps the protocol ``Coder``. A coder that is given itself works in this process alone.
        lexicon: A user's actors, triggers and overrides (``tiltmeter.read_lexicon(...)``).

    Raises:
        ConfigError: The coder chosen cannot be used, or not with all that the lexicon holds.
        CoderError: The coder cannot do its work.
    """
    if isinstance(coder, CoderChoice) and coder.endpoint is not None:
        folder = workspace / ANSWERS if workspace is not None else None
        with closing(endpoint_coder(coder.endpoint, folder)) as asking:
            return code(documents, rejects, workspace=workspace, progress=progress, coder=asking)
    chosen = coder or CoderChoice()
    one = made(chosen) if isinstance(chosen, CoderChoice) else chosen
    with _workspace(workspace) as store:
        tables = coding_pipeline(chosen, lexicon).run(
            store,
            {"documents": schemas.DOCUMENTS.check(documents)},
            progress,
            workers if isinstance(chosen, CoderChoice) else 1,
        )
    refused = [tables["code_rejects"]]
    if rejects is not None:
        refused.insert(0, rejects)
    return Reading(
        tables["documents"],
        tables["events"],
        tables["sentences"],
        tables["stories"],
        pa.concat_tables(refused),
        (one.name, one.version),
        lexicon.summary if lexicon else "",
    )


def measure(
    stories: pa.Table,
    study: Study,
    *,
    workspace: Path | None = None,
    progress: Progress | None = None,
) -> Measurement:
    """Measure closeness, tilt and shifts of one state.

    Args:
        stories: Table of contract STORIES.
        study: State, poles and months (``tiltmeter.study(...)``).
        workspace: Folder that keeps results; None keeps nothing.
        progress: Called with (stage, done, total).

    Raises:
        NotEnoughData: No story joins the state to any of the poles in these months.
    """
    months = months_of(study, stories)
    first, last = months
    end = date(last.year + last.month // 12, last.month % 12 + 1, 1)
    inside = pc.and_(
        pc.greater_equal(stories["date"], pa.scalar(first, pa.date32())),
        pc.less(stories["date"], pa.scalar(end, pa.date32())),
    )
    given = {"stories": stories.filter(inside), **given_tables(study)}
    with _workspace(workspace) as store:
        tables = measuring_pipeline(study, months).run(store, given, progress)
    return Measurement(
        study,
        months,
        *(
            tables[name]
            for name in (
                "panel", "coverage", "closeness", "tilt", "shifts", "evidence", "failures",
            )
        ),
    )  # fmt: skip
