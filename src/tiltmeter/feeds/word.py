"""Word files (.docx): paragraphs and tables in order, bullets told by style or numbering.

A .docx is an archive of XML, so it is looked at before it is opened: size, ratio, and no document
type declaration, through which XML expands to gigabytes or reads other files.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tiltmeter.feeds.decode import normalise, one_line
from tiltmeter.feeds.drafts import DateHint, Draft, Findings, Item, Part, Refused, TextOptions
from tiltmeter.feeds.segments import bullet, split_title

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.paragraph import Paragraph


def read_docx(item: Item, options: TextOptions) -> Findings:
    """Yield the one draft of a Word file."""
    try:
        import docx
    except ImportError as cause:
        raise Refused("Word files need python-docx: pip install 'tiltmeter[text]'") from cause
    _check(item.data, options)
    document = docx.Document(io.BytesIO(item.data))
    title = ""
    parts: list[Part] = []
    lost = 0
    for style, raw, listed in _blocks(document):
        text, cut = normalise(raw)
        lost += cut
        for line in text.split("\n"):
            if not line:
                continue
            heading = style == "Title" or (style == "Heading 1" and not parts)
            inner = bullet(line)
            if heading and not title:
                title = one_line(line)
            elif listed or inner is not None:
                parts.append(Part("bullet", inner or line))
            else:
                parts.append(Part("body", line))
    if not title and len(parts) > 1:
        title, _ = split_title(f"{parts[0].text}\n\n{parts[1].text}")
        parts = parts[1:] if title else parts
    yield Draft(
        [p for p in parts if p.text],
        title,
        dates=_dates(document),
        notes=[(f"{lost} control character(s) taken out", None)] if lost else [],
    )


def _check(data: bytes, options: TextOptions) -> None:
    """Refuse what is no Word file or would unpack to too much."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            size = sum(m.file_size for m in members)
            if size > options.max_bytes or len(members) > options.max_members:
                raise Refused(f"unpacks to {size:,} bytes, more than {options.max_bytes:,}")
            for member in members:
                if member.filename.endswith((".xml", ".rels")):
                    with archive.open(member) as stream:
                        if b"<!DOCTYPE" in stream.read(4096):
                            raise Refused("document type declaration in XML: not opened")
    except Refused:
        raise
    except Exception as cause:  # zipfile meets broken archives with many kinds of error
        if data.startswith(b"\xd0\xcf\x11\xe0"):
            raise Refused("encrypted Word file: save it without its password") from cause
        raise Refused(f"broken Word file: {type(cause).__name__}: {cause}") from cause


def _blocks(document: Document) -> Iterator[tuple[str, str, bool]]:
    """Yield (style name, text, is a list item) of paragraphs and table rows in reading order."""
    from docx.text.paragraph import Paragraph

    for block in document.iter_inner_content():
        if isinstance(block, Paragraph):
            style = block.style.name if block.style is not None and block.style.name else ""
            yield style, block.text, _is_listed(block, style)
        else:
            for row in block.rows:
                cells = list(dict.fromkeys(" ".join(c.text.split()) for c in row.cells))
                yield "", " | ".join(c for c in cells if c), False


def _is_listed(paragraph: Paragraph, style: str) -> bool:
    if style.startswith("List"):
        return True
    properties = paragraph._p.pPr
    return properties is not None and properties.numPr is not None and "Heading" not in style


def _dates(document: Document) -> list[DateHint]:
    """Date the file was made: weak, since templates keep theirs for years."""
    try:
        made = document.core_properties.created
    except Exception:  # hostile or foreign properties
        return []
    return [DateHint("metadata", made.date(), weak=True)] if made else []
