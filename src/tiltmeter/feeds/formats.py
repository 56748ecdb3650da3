"""Which reader reads which file, by the end of its name.

``READERS`` is the whole list. Whatever a file holds, ``findings`` does not raise: an error of a
reader becomes a refusal that names it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tiltmeter.feeds.archives import read_zip, unpack
from tiltmeter.feeds.decode import one_line
from tiltmeter.feeds.drafts import Draft, Findings, Item, Refusal, Refused, TextOptions
from tiltmeter.feeds.mail import read_mail
from tiltmeter.feeds.pdf import read_pdf
from tiltmeter.feeds.plain import read_markdown, read_text
from tiltmeter.feeds.records import read_jsonl
from tiltmeter.feeds.webpage import read_html
from tiltmeter.feeds.word import read_docx

Reader = Callable[[Item, TextOptions], Findings]

READERS: dict[str, Reader] = {
    "txt": read_text,
    "text": read_text,
    "md": read_markdown,
    "markdown": read_markdown,
    "html": read_html,
    "htm": read_html,
    "xhtml": read_html,
    "pdf": read_pdf,
    "docx": read_docx,
    "eml": read_mail,
    "jsonl": read_jsonl,
    "ndjson": read_jsonl,
    "zip": read_zip,
}
PACKED = ("gz", "xz")
_CONTENT = {b"%PDF-": "pdf", b"PK\x03\x04": "zip", b"\xd0\xcf\x11\xe0": "doc"}
_ZIPPED = ("zip", "docx")
_REMEDY = {
    "doc": "save it as .docx",
    "rtf": "save it as .docx",
    "odt": "save it as .docx",
    "epub": "convert it to .html or .txt",
    "msg": "save it as .eml",
    "mbox": "save each mail as .eml",
    "csv": "convert it to .jsonl with the keys text and date",
    "json": "convert it to .jsonl, one record per line",
    "tar": "pack it as .zip",
}


def findings(item: Item, options: TextOptions) -> Iterator[tuple[Item, Draft | Refusal]]:
    """Yield what ``item`` and all items within it hold, each with the item it lies in."""
    try:
        for found in _read(item, options):
            if isinstance(found, Item):
                yield from findings(found, options)
            else:
                yield item, found
    except Refused as refused:
        yield item, refused.refusal
    except Exception as cause:  # libraries meet hostile files with any error there is
        name = one_line(f"{type(cause).__name__}: {cause}", 150)
        yield item, Refusal(f"broken file: {name}")


def suffix_of(name: str) -> str:
    """Return the lower-case end of a file name after its last point, or the empty string."""
    return name.rpartition(".")[2].lower() if "." in name.strip(".") else ""


def refusal_by_name(name: str) -> str | None:
    """Why a file of this name is not read whatever it holds, or None; asked before it is opened."""
    suffix = suffix_of(name)
    if suffix in PACKED:
        name = name.rpartition(".")[0]
        suffix = suffix_of(name)
        if suffix in PACKED:
            return "packed twice: unpack it once"
    if suffix in READERS:
        return None
    remedy = f": {_REMEDY[suffix]}" if suffix in _REMEDY else ""
    return f"unsupported type .{suffix[:20]}{remedy}" if suffix else "unsupported type: no suffix"


def _read(item: Item, options: TextOptions) -> Findings:
    """Choose the reader and begin; errors are the caller's."""
    if item.depth > options.max_depth:
        raise Refused(f"more than {options.max_depth} containers deep: not opened")
    if reason := refusal_by_name(item.name):
        raise Refused(reason)
    if not item.data:
        raise Refused("empty file")
    if len(item.data) > options.max_bytes:
        raise Refused(f"larger than {options.max_bytes:,} bytes")
    if suffix_of(item.name) in PACKED:
        item = unpack(item, options)
        if not item.data:
            raise Refused("empty file")
    suffix = suffix_of(item.name)
    for mark, content in _CONTENT.items():
        named_so = suffix == content or (content == "zip" and suffix in _ZIPPED)
        if item.data.startswith(mark) and not named_so and not (content, suffix) == ("doc", "docx"):
            raise Refused(f"named .{suffix} but holds a .{content}")
    return READERS[suffix](item, options)
