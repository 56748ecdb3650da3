"""Explanations of coded texts: for the terminal, as one page, and for notebooks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date as Date  # noqa: N812 - what users write is date=

import pyarrow as pa

from tiltmeter.coding.choice import CoderChoice, endpoint_coder, made
from tiltmeter.coding.coder import Coder, Document, SentenceCoding
from tiltmeter.coding.user_lexicon import UserLexicon
from tiltmeter.coding.user_overrides import with_lexicon
from tiltmeter.errors import ConfigError
from tiltmeter.events import code_documents
from tiltmeter.feeds.decode import normalise
from tiltmeter.feeds.segments import assemble, split_plain
from tiltmeter.schemas import DOCUMENTS
from tiltmeter.store import digest
from tiltmeter.why.page import fragment, page
from tiltmeter.why.plain import lines
from tiltmeter.why.view import DocumentView, SentenceView, document_view

Progress = Callable[[str, int, int], None]
_FEED = "text"


@dataclass(frozen=True, slots=True)
class Explanation:
    """What was made of some documents: views to be shown, and the tables they go with.

    ``events`` and ``rejects`` keep the contracts EVENTS and REJECTS. ``str()`` is the text for a
    terminal without colours; notebooks show the marks by themselves.
    """

    documents: tuple[DocumentView, ...]
    events: pa.Table
    rejects: pa.Table

    @property
    def sentences(self) -> tuple[SentenceView, ...]:
        """All sentences, in the order of the text."""
        return tuple(s for d in self.documents for s in d.sentences)

    def terminal(self, *, colour: bool = False) -> str:
        """Lines for a terminal; without colour the marks are brackets with their names."""
        return "\n".join(lines(self.documents, colour=colour)) + "\n"

    def html(self) -> str:
        """One page that needs nothing else: no script, no font, no network."""
        return page(self.documents)

    def _repr_html_(self) -> str:
        return fragment(self.documents)

    def __str__(self) -> str:
        return self.terminal()


class _Noting:
    """A coder that keeps a view of all that another codes."""

    def __init__(self, coder: Coder, names: dict[str, str], tell: Progress | None) -> None:
        self.name = coder.name
        self.version = coder.version
        self.views: list[DocumentView] = []
        self._coder = coder
        self._names = names
        self._tell = tell

    def code(self, documents: Iterable[Document]) -> Iterator[tuple[str, list[SentenceCoding]]]:
        listed = list(documents)
        by_id = {d.document_id: d for d in listed}
        for document_id, sentences in self._coder.code(listed):
            name = self._names[document_id]
            self.views.append(document_view(by_id[document_id], name, sentences, self.name, _FEED))
            if self._tell:
                self._tell("code", len(self.views), len(listed))
            yield document_id, sentences


def explain(
    documents: pa.Table,
    *,
    lexicon: UserLexicon | None = None,
    coder: CoderChoice | Coder | None = None,
    progress: Progress | None = None,
) -> Explanation:
    """Code documents afresh, in this process, and keep what is needed to explain it.

    Args:
        documents: Table of contract DOCUMENTS.
        lexicon: A user's actors, triggers and overrides.
        coder: Another coder than the built-in one: a choice (``choose_coder``) or anything that
            keeps the protocol ``Coder``.
        progress: Called with (stage, done, total).

    Raises:
        ConfigError: The coder chosen cannot be used, or not with all that the lexicon holds.
        CoderError: The coder cannot do its work.
    """
    chosen = coder or CoderChoice()
    if isinstance(chosen, CoderChoice) and chosen.endpoint is not None:
        with closing(endpoint_coder(chosen.endpoint)) as asking:
            return explain(documents, lexicon=lexicon, coder=asking, progress=progress)
    one = made(chosen) if isinstance(chosen, CoderChoice) else chosen
    names = {
        row["document_id"]: " - ".join(filter(None, (row["title"], row["path"])))
        for row in documents.select(["document_id", "title", "path"]).to_pylist()
    }
    noting = _Noting(with_lexicon(one, lexicon), names, progress)
    tables = code_documents(DOCUMENTS.check(documents), coder=noting, feed=_FEED)
    return Explanation(tuple(noting.views), tables["events"], tables["code_rejects"])


def explain_text(
    text: str,
    *,
    date: Date | str,
    lexicon: UserLexicon | None = None,
    coder: CoderChoice | Coder | None = None,
) -> Explanation:
    """Explain what is coded in some words, and why not where nothing is.

    Args:
        text: One sentence or more, in English.
        date: Day of publication (or ``YYYY-MM-DD``): names and days are read as of it.
        lexicon: A user's actors, triggers and overrides (``tiltmeter.read_lexicon(...)``).
        coder: Another coder than the built-in one: a choice or anything like ``Coder``.

    Raises:
        ConfigError: There are no words, the day is none, or as of ``explain``.
    """
    return explain(document_of(text, date), lexicon=lexicon, coder=coder)


def document_of(text: str, date: Date | str) -> pa.Table:
    """Some words as the only row of a documents table.

    Raises:
        ConfigError: There are no words, or the day is none.
    """
    if isinstance(date, str):
        try:
            date = Date.fromisoformat(date)
        except ValueError:
            raise ConfigError(f"{date!r} is not a date", "write YYYY-MM-DD") from None
    sound = text.encode("utf-8", "replace").decode("utf-8")
    whole, segments = assemble("", split_plain(normalise(sound)[0]))
    if not whole.strip():
        raise ConfigError("the text holds no words", "write a sentence in English")
    return DOCUMENTS.table(
        [
            {
                "document_id": digest(whole, date),
                "path": "",
                "title": "",
                "text": whole,
                "segments": [{"kind": k, "start": s, "end": e} for k, s, e in segments],
                "outlet": None,
                "published": date,
                "date_precision": "day",
                "date_origin": "option",
                "lang": "en",
                "n_copies": 1,
                "external_id": None,
            }
        ]
    )
