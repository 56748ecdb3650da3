"""Plain text and Markdown files.

Markdown is read for what it says, not how it looks: front matter gives title, date and publisher,
headings and items become parts, emphasis, links, images and tags are undone.
"""

from __future__ import annotations

import re
import tomllib

from tiltmeter.feeds.decode import decode, normalise, one_line
from tiltmeter.feeds.drafts import DateHint, Draft, Findings, Item, Part, Refusal, TextOptions
from tiltmeter.feeds.segments import split_plain, split_title

_HEADING = re.compile(r"(#{1,6}) +(.+?)(?: +#+)?$")
_UNDERLINE = re.compile(r"(?:={3,}|-{3,})$")
_FENCE = re.compile(r"(?:```|~~~)")
_ITEM = re.compile(r"(?:[-*+•]|\d{1,3}[.)]) +(?:\[[ xX]\] +)?")
_IMAGE = re.compile(r"!\[[^\[\]\n]{0,500}\]\([^()\s]{0,2000}(?: +\"[^\"\n]{0,500}\")?\)")
_LINK = re.compile(
    r"(?<!!)\[([^\[\]\n]{1,500})\]"
    r"(?:\([^()\s]{0,2000}(?: +\"[^\"\n]{0,500}\")?\)|\[[^\[\]\n]{0,100}\])"
)
_AUTOLINK = re.compile(r"<(https?://[^<>\s]{1,2000})>")
_TAG = re.compile(r"</?[A-Za-z][^<>\n]{0,500}>|<!--.{0,2000}?-->", re.DOTALL)
_EMPHASIS = re.compile(r"(?<![\w*_])([*_]{1,3})(?=\S)([^*_\n]{1,500})(?<=\S)\1(?![\w*_])")
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+.!>|-])")
_KEY = re.compile(r"([A-Za-z][\w -]{0,40}?)\s*[:=]\s*(.*)$")
_DATE_KEYS = ("date", "published", "published_at", "pubdate", "publishdate")
_OUTLET_KEYS = ("publisher", "outlet", "source")


def read_text(item: Item, options: TextOptions) -> Findings:
    """Yield the one draft of a plain text file."""
    raw, note = decode(item.data)
    text, lost = normalise(raw)
    title, rest = split_title(text)
    yield Draft(split_plain(rest), one_line(title), notes=_notes(note, lost))


def read_markdown(item: Item, options: TextOptions) -> Findings:
    """Yield the one draft of a Markdown file, and a refusal if its front matter is broken."""
    raw, note = decode(item.data)
    text, lost = normalise(raw)
    facts, text, problem = front_matter(text)
    if problem:
        yield Refusal(problem, "front matter")
    title, parts = markdown_parts(text)
    if given := facts.get("title"):
        if title and title != one_line(str(given)):
            parts.insert(0, Part("body", title))
        title = one_line(str(given))
    yield Draft(
        parts,
        title,
        dates=[DateHint("front_matter", facts[k]) for k in _DATE_KEYS if facts.get(k)],
        outlet=next((one_line(str(facts[k]), 500) for k in _OUTLET_KEYS if facts.get(k)), None),
        lang=str(facts["lang"])[:2].lower() if facts.get("lang") else None,
        notes=_notes(note, lost),
    )


def _notes(note: str | None, lost: int) -> list[tuple[str, str | None]]:
    notes: list[tuple[str, str | None]] = [(note, None)] if note else []
    return [*notes, (f"{lost} control character(s) taken out", None)] if lost else notes


def front_matter(text: str) -> tuple[dict[str, object], str, str | None]:
    """Split front matter off ``text``: (facts with lower-case keys, rest, problem or None).

    Between lines of ``---``, simple ``key: value`` lines are read (no lists, no nesting: whole YAML
    is a language of its own, and not a safe one); between lines of ``+++``, TOML.
    """
    mark = text[:3]
    if mark not in ("---", "+++") or text[3:4] != "\n":
        return {}, text, None
    end = text.find(f"\n{mark}", 3)
    if end < 0:
        return {}, text, None
    inner, rest = text[4:end], text[end + 4 :].lstrip("-+").strip()
    if mark == "+++":
        try:
            return {k.lower(): v for k, v in tomllib.loads(inner).items()}, rest, None
        except (tomllib.TOMLDecodeError, RecursionError) as cause:
            return {}, rest, f"front matter is not TOML: {cause}"
    facts: dict[str, object] = {}
    for line in inner.split("\n"):
        if found := _KEY.match(line):
            facts.setdefault(found[1].strip().lower(), found[2].strip().strip("'\""))
    return facts, rest, None


def markdown_parts(text: str) -> tuple[str, list[Part]]:
    """Return (first heading if nothing precedes it, parts) of normalised Markdown."""
    title = ""
    parts: list[Part] = []
    held: list[str] = []
    fenced = False
    text = _TAG.sub("", _AUTOLINK.sub(r"\1", text))

    def flush() -> None:
        parts.extend(Part(p.kind, _inline(p.text)) for p in split_plain("\n".join(held).strip()))
        held.clear()

    for line in text.split("\n"):
        if _FENCE.match(line):
            fenced = not fenced
            continue
        if fenced:
            held.append(line)
            continue
        quoted = line.lstrip("> ") if line.startswith(">") else line
        heading = _HEADING.match(quoted)
        underlined = held and held[-1] and _UNDERLINE.match(quoted) and len(held) == 1
        if heading or underlined:
            words = _inline(heading[2] if heading else held.pop())
            flush()
            if not title and not parts:
                title = words
            else:
                parts.append(Part("body", words))
        elif found := _ITEM.match(quoted):
            flush()
            held.append("• " + quoted[found.end() :])
        elif not quoted:
            flush()
        else:
            held.append(quoted)
    flush()
    return title, [p for p in parts if p.text]


def _inline(text: str) -> str:
    """Undo links, images, emphasis, code marks and escapes within one line."""
    text = _LINK.sub(r"\1", _IMAGE.sub("", text))
    text = _EMPHASIS.sub(r"\2", _EMPHASIS.sub(r"\2", text)).replace("`", "")
    return " ".join(_ESCAPE.sub(r"\1", text).split())
