"""The text feed: a file or a folder of reports becomes the table ``documents``.

Reads .txt .md .html .pdf .docx .eml .jsonl, packed (.gz, .xz) or in archives (.zip), file by file
in sorted order. Same files, same options: same table. Whatever is not used is in ``rejects`` with
the reason; nothing a file holds makes ``read`` raise.

Publication date: see ``tiltmeter.feeds.dating``. Same text twice: see ``tiltmeter.feeds.copies``.
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa

from tiltmeter.errors import EmptyFeed
from tiltmeter.feeds import dating
from tiltmeter.feeds.copies import Copies, Document
from tiltmeter.feeds.decode import one_line
from tiltmeter.feeds.drafts import DateHint, Draft, Item, Part, Refusal, TextOptions
from tiltmeter.feeds.folder import list_files, load
from tiltmeter.feeds.formats import findings
from tiltmeter.feeds.language import detect
from tiltmeter.feeds.segments import assemble
from tiltmeter.schemas import REJECTS

__all__ = ["TextFeed", "TextOptions", "TextRead", "read"]

STAGE = "feed"
_NO_DATE = "no date: give --date or put one in the file name"
_DEFAULTS = TextOptions()
_MAX_TITLE = 500
"""Characters beyond which a title given by the input is a paragraph in the wrong field."""


@dataclass(frozen=True, slots=True)
class TextRead:
    """What was read.

    Attributes:
        documents: Contract DOCUMENTS, in order of path and place.
        rejects: Contract REJECTS, stage "feed"; also holds what was left out of texts that were
            used (a page, a heading line, a date that cannot be resolved).
    """

    documents: pa.Table
    rejects: pa.Table


@dataclass(frozen=True, slots=True)
class TextFeed:
    """The feed as ``tiltmeter.feeds.FEEDS`` lists it."""

    name: str = "text"
    about: str = "A folder of reports: text, Markdown, HTML, PDF, Word, mail, JSON lines, archives."
    outputs: tuple[str, ...] = ("documents", "rejects")

    def tables(
        self, path: Path, progress: Callable[[int, int, str], None] | None = None
    ) -> dict[str, pa.Table]:
        """Read ``path`` with the default options; see ``read``."""
        found = read(path, progress=progress)
        return {"documents": found.documents, "rejects": found.rejects}


def read(
    path: Path,
    options: TextOptions = _DEFAULTS,
    progress: Callable[[int, int, str], None] | None = None,
) -> TextRead:
    """Read a file, or all files below a folder.

    Args:
        path: File or folder. Links below a folder are not followed.
        options: Defaults and limits.
        progress: Called with (files done, files in all, path of the next or "") before each file
            and once at the end.

    Raises:
        FeedUnavailable: ``path`` is missing, unreadable, or neither file nor folder.
        EmptyFeed: The folder is empty, or nothing in it could be used; the message counts why.
    """
    path = Path(path)
    files, refused = list_files(path)
    gathered = _Gathered(options, options.today or date.today())
    for below, refusal in refused:
        gathered.reject(below, refusal)
    for done, (below, file) in enumerate(files):
        if progress is not None:
            progress(done, len(files), below)
        gathered.file(below, file)
    if progress is not None:
        progress(len(files), len(files), "")
    if not len(gathered.copies):
        raise _empty(path, gathered.rows)
    return TextRead(gathered.copies.table(), _rejects(gathered.rows))


def _empty(path: Path, rows: dict[tuple[str, str, str], str | None]) -> EmptyFeed:
    """Return the error that says how many things were refused and why, commonest reason first."""
    name = one_line(str(path), 300)
    if not rows:
        return EmptyFeed(f"{name}: the folder is empty", "put reports in it")
    counts = Counter(reason for _, _, reason in rows)
    first = {reason: f"{path} {place}".strip() for path, place, reason in reversed(rows)}
    reasons = "; ".join(
        f"{n} x {why} ({one_line(first[why], 200)})" for why, n in counts.most_common(5)
    )
    more = f"; {len(counts) - 5} more reasons" if len(counts) > 5 else ""
    return EmptyFeed(
        f"{name}: nothing usable, {len(rows)} refused: {reasons}{more}", rejects=_rejects(rows)
    )


def _rejects(rows: dict[tuple[str, str, str], str | None]) -> pa.Table:
    return REJECTS.table(
        [
            {"path": path, "place": place, "stage": STAGE, "reason": reason, "value": value}
            for (path, place, reason), value in sorted(rows.items(), key=lambda r: r[0][0])
        ]
    )


class _Gathered:
    """Documents and rejects so far, and what is left of the limits."""

    def __init__(self, options: TextOptions, today: date) -> None:
        self.options = options
        self.today = today
        self.copies = Copies()
        self.rows: dict[tuple[str, str, str], str | None] = {}
        self._bytes = 0
        self._full = False

    def reject(self, path: str, refusal: Refusal) -> None:
        """Keep a refusal; the same one of the same place is kept once."""
        if refusal.member:
            path = f"{path}!{refusal.member}"
        value = None if refusal.value is None else one_line(refusal.value[:400], 200)
        key = (path, refusal.place, one_line(refusal.reason, 300))
        self.rows.setdefault(key, value)

    def file(self, below: str, file: Path) -> None:
        """Read one file into documents and rejects."""
        if self._full:
            self.reject(below, Refusal("a limit was reached before this file: not read"))
            return
        data = load(file, self.options)
        if isinstance(data, Refusal):
            self.reject(below, data)
            return
        name = below.rpartition("/")[2]
        last: Item | None = None
        for item, found in findings(Item(below, name, data), self.options):
            if item is not last:
                last = item
                self._bytes += len(item.data)
            if isinstance(found, Refusal):
                self.reject(item.path, found)
                continue
            if len(self.copies) >= self.options.max_documents:
                limit = f"limit of {self.options.max_documents:,} documents reached"
            elif self._bytes > self.options.max_total_bytes:
                limit = f"limit of {self.options.max_total_bytes:,} bytes in all reached"
            else:
                self._draft(item, found)
                continue
            self._full = True
            self.reject(item.path, Refusal(f"{limit}: rest not read", found.place))
            return

    def _draft(self, item: Item, draft: Draft) -> None:
        """Date a draft, give it offsets and a language, and keep it or say why not."""
        for reason, value in draft.notes:
            self.reject(item.path, Refusal(reason, draft.place, value))
        title, parts = draft.title, draft.parts
        if len(title) > _MAX_TITLE:
            title, parts = "", [Part("body", title), *parts]
        text, spans = assemble(title, parts)
        if len(text) < self.options.min_chars or not any(map(str.isalpha, text)):
            reason = f"no text of {self.options.min_chars} characters or more"
            self.reject(item.path, Refusal(reason, draft.place, text))
            return
        dated, problems = self._date(item, draft)
        if dated is None:
            why = f"{'; '.join(problems)}; {_NO_DATE}" if problems else _NO_DATE
            self.reject(item.path, Refusal(why, draft.place, title or text[:200]))
            return
        for problem in problems:
            used = f"{problem}; {dated.origin} used instead"
            self.reject(item.path, Refusal(used, draft.place))
        self.copies.add(
            Document(
                path=item.path,
                title=title,
                text=text,
                segments=[{"kind": k, "start": s, "end": e} for k, s, e in spans],
                outlet=draft.outlet or item.outlet or self.options.outlet,
                published=dated.last,
                date_precision=dated.precision,
                date_origin=dated.origin,
                lang=draft.lang or detect(text),
                external_id=draft.external_id,
            )
        )

    def _date(self, item: Item, draft: Draft) -> tuple[dating.Dated | None, list[str]]:
        """Choose the day of publication, looking at the text only if the format says none."""
        given = [h for h in draft.dates if not h.weak]
        if given:
            dated, problems = dating.choose(given[:1], TextOptions(), self.today)
            if dated is not None and dated.precision == "day":
                return dated, problems
        return dating.choose(self._hints(item, draft), self.options, self.today)

    def _hints(self, item: Item, draft: Draft) -> Iterator[DateHint]:
        """All hints in order of trust; the bare year of a file name and saving dates are weak."""
        yield from (h for h in draft.dates if not h.weak)
        head = [Part("body", draft.title), *draft.parts[:3]] if draft.title else draft.parts
        if (line := dating.dateline(head)) is not None:
            yield line
        yield from _name_hints(item.path)
        yield from item.dates
        yield from (h for h in draft.dates if h.weak)


@functools.lru_cache(maxsize=16)
def _name_hints(path: str) -> tuple[DateHint, ...]:
    """Dates of a file name; kept, since all records of a file ask for the same."""
    return dating.name_hints(path)
