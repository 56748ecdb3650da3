"""PDF files: the text layer, page by page, joined into paragraphs again.

A page is lines in no promised order with hyphens where the column ended; running heads and page
numbers repeat. What cannot be read (encrypted, broken, scanned without a text layer) is refused
with the remedy.
"""

from __future__ import annotations

import io
import logging
import re
from collections import Counter
from typing import TYPE_CHECKING

from tiltmeter.feeds.decode import normalise, one_line
from tiltmeter.feeds.drafts import (
    DateHint,
    Draft,
    Findings,
    Item,
    Part,
    Refusal,
    Refused,
    TextOptions,
)
from tiltmeter.feeds.segments import bullet, join_lines, looks_like_title, split_plain, split_title

if TYPE_CHECKING:
    from pypdf import PdfReader

_PAGE_NUMBER = re.compile(
    r"(?:page |p\. ?|[-–—] ?)?\d{1,4}(?: ?(?:of|/) ?\d{1,4})?(?: ?[-–—])?$", re.IGNORECASE
)
_FINAL = re.compile(r"[.!?:]['\"”’»)\]]*\d{0,3}$")  # a footnote mark may follow the full stop


def read_pdf(item: Item, options: TextOptions) -> Findings:
    """Yield the one draft of a PDF, and a refusal for each page that cannot be read."""
    reader = _open(item.data)
    pages: list[str] = []
    lost = 0
    for number, page in enumerate(reader.pages, start=1):
        if number > options.max_pages:
            yield Refusal(
                f"only the first {options.max_pages} pages are read", f"page {number} and further"
            )
            break
        try:
            text, cut = normalise(page.extract_text())
        except Exception as cause:  # pypdf meets a hostile page with any error there is
            yield Refusal(f"page cannot be read: {_why(cause)}", f"page {number}")
            continue
        pages.append(text)
        lost += cut
    if not any(pages):
        raise Refused("no text in the PDF (scanned pages?): OCR is needed, e.g. ocrmypdf")
    text = "\n".join(_without_heads([p.split("\n") for p in pages]))
    title, rest = _title(reader, text)
    yield Draft(
        _parts(rest),
        title,
        dates=_dates(reader),
        notes=[(f"{lost} control character(s) taken out", None)] if lost else [],
    )


def _open(data: bytes) -> PdfReader:
    """Open the file, with the empty password if it is only locked against changes."""
    try:
        import pypdf
    except ImportError as cause:
        raise Refused("PDF needs pypdf: pip install 'tiltmeter[text]'") from cause
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # its findings become rejects instead
    if b"%PDF-" not in data[:1024]:
        raise Refused("broken PDF: it does not begin with %PDF-")
    try:
        reader = pypdf.PdfReader(io.BytesIO(data), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise Refused("encrypted PDF: save it without its password")
        len(reader.pages)
    except pypdf.errors.DependencyError as cause:
        raise Refused("encrypted PDF (AES): save it without its password") from cause
    except Refused:
        raise
    except Exception as cause:  # any error there is, see above
        raise Refused(f"broken PDF: {_why(cause)}") from cause
    return reader


def _why(cause: Exception) -> str:
    return one_line(f"{type(cause).__name__}: {cause}", 150)


def _without_heads(pages: list[list[str]]) -> list[str]:
    """Lines of all pages without page numbers and without lines that head or foot most pages."""
    edges = Counter(line for p in pages for line in {*p[:2], *p[-2:]} if line)
    heads = {line for line, n in edges.items() if n >= 3 and n > len(pages) / 2}
    out: list[str] = []
    for page in pages:
        last = len(page) - 1
        for at, line in enumerate(page):
            edge = at <= 1 or at >= last - 1
            if edge and (line in heads or _PAGE_NUMBER.match(line)):
                continue
            out.append(line)
    return out


def _title(reader: PdfReader, text: str) -> tuple[str, str]:
    """Headline and rest: the file's own title if the text begins with it, else the first line."""
    try:
        given = one_line(str(reader.metadata.title or "")) if reader.metadata else ""
    except Exception:  # metadata of hostile files, see above
        given = ""
    head, _, tail = text.partition("\n")
    while given and len(head) < len(given) and tail:
        line, _, tail = tail.partition("\n")
        head = f"{head} {line}"
    if given and head.casefold() == given.casefold():
        return given, tail
    title, rest = split_title(text)
    if title:
        return title, rest
    first, _, tail = text.partition("\n")
    second = tail.split("\n", 1)[0]
    if looks_like_title(first) and second[:1].isupper() and len(first) < 0.8 * len(second):
        return first, tail
    return "", text


def _dates(reader: PdfReader) -> list[DateHint]:
    """Date the file was made: weak, since a report may be saved again years later."""
    try:
        held = reader.metadata
        raw = held.get("/CreationDate") if held else None
    except Exception:  # metadata of hostile files, see above
        return []
    return [DateHint("metadata", str(raw), weak=True)] if raw else []


def _parts(text: str) -> list[Part]:
    """Join the lines of a page into paragraphs: a short line that ends a sentence ends one."""
    lines = text.split("\n")
    widths = sorted(len(line) for line in lines if len(line) > 20)
    width = widths[int(0.9 * len(widths))] if widths else 0
    blocks: list[list[str]] = [[]]
    for at, line in enumerate(lines):
        held = blocks[-1]
        following = next((x for x in lines[at + 1 : at + 3] if x), "")
        if not line:
            # a page that ends within a sentence goes on after its blank line
            if held and not (following[:1].islower() and not _FINAL.search(held[-1])):
                blocks.append([])
            continue
        ended = held and _FINAL.search(held[-1]) and len(held[-1]) < 0.8 * width
        if held and (ended or bullet(line) is not None):
            blocks.append([])
        blocks[-1].append(line)
    return [part for b in blocks if b for part in split_plain(join_lines(b))]
