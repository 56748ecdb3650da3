"""The same text met twice is one document.

Rule: texts that agree in everything but spaces and capitals and were published within seven days of
the earliest of them are one document, whoever printed them. A week apart or more they are two:
routine lines ("X holds elections") come again and are news again.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, timedelta

import pyarrow as pa

from tiltmeter.schemas import DOCUMENTS

_SAME = timedelta(days=7)


@dataclass(slots=True)
class Document:
    """One row of the table documents, before copies are counted."""

    path: str
    title: str
    text: str
    segments: list[dict[str, object]]
    outlet: str | None
    published: date
    date_precision: str
    date_origin: str
    lang: str
    external_id: str | None
    n_copies: int = 1

    @property
    def document_id(self) -> str:
        """First 16 hex digits of the SHA-256 of outlet, date and text, parted by null bytes."""
        held = f"{self.outlet or ''}\0{self.published.isoformat()}\0{self.text}"
        return hashlib.sha256(held.encode("utf-8")).hexdigest()[:16]


class Copies:
    """Gathers documents in the order they are read and joins the copies at the end."""

    def __init__(self) -> None:
        self._groups: dict[bytes, list[tuple[int, Document]]] = {}
        self._count = 0

    def __len__(self) -> int:
        """Number of documents met, copies included."""
        return self._count

    def add(self, document: Document) -> None:
        """Take in one document."""
        same = " ".join(document.text.split()).casefold().encode("utf-8")
        group = self._groups.setdefault(hashlib.sha256(same).digest(), [])
        if group and group[0][1].text == document.text:
            document.text = group[0][1].text  # one string for all copies
        group.append((self._count, document))
        self._count += 1

    def table(self) -> pa.Table:
        """Return the documents, earliest of each set of copies, in the order they were read."""
        kept: list[tuple[int, Document]] = []
        for group in self._groups.values():
            head: Document | None = None
            for order, document in sorted(group, key=lambda g: (g[1].published, g[0])):
                if head is not None and document.published - head.published < _SAME:
                    head.n_copies += 1
                else:
                    head = document
                    kept.append((order, document))
        kept.sort(key=lambda k: k[0])
        rows = [d for _, d in kept]
        columns = {name: [getattr(d, name) for d in rows] for name in DOCUMENTS.schema.names}
        arrays = [pa.array(columns[f.name], type=f.type) for f in DOCUMENTS.schema]
        table = pa.Table.from_arrays(arrays, schema=DOCUMENTS.schema)
        return DOCUMENTS.check(table, stage="feed")
