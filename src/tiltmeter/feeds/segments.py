"""Plain text to parts, and parts to one text with offsets.

The one idea: a line is not a paragraph. Hard-wrapped lines are joined, bullets are told from body
by their mark, and a headline is told from a first sentence by length, punctuation and the blank
line after it. Offsets are made last, by joining, so that they cannot be wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from tiltmeter.feeds.drafts import Kind, Part

BULLET = re.compile(
    r"(?:[•‣◦⁃▪●○■□▶►➢✓·∙*+–—-]|o(?= [A-Z])|\(?\d{1,2}[.)](?!\d)|\(?[a-z][.)])(?: |$)"
)
_MARK = re.compile(r"[•‣◦⁃▪●○■□▶►➢✓·∙](?=\S)")
_FINAL = re.compile("[.!?…:;]['\"”’»)\\]]*$")
_SENTENCE_END = re.compile(r"[.!?]['\"”’»)\]]*$")
_DASHES = re.compile(r"[-=_*~–—. ]{3,}$")
_MAX_TITLE = 180
"""Characters of a headline: the longest of the White House and OSW titles looked at have 140."""
_WRAP = 100
"""Columns up to which lines of one block are taken for hard-wrapped; mail wraps at 72 to 78."""


def bullet(line: str) -> str | None:
    """Return the text of a bulleted line without its mark, or None."""
    found = BULLET.match(line) or _MARK.match(line)
    return line[found.end() :].strip() if found else None


def split_plain(text: str) -> list[Part]:
    """Split normalised text into bullets and paragraphs (kind body), each on one line."""
    if not text:
        return []
    return [part for block in text.split("\n\n") for part in _block(block.split("\n"))]


def _block(lines: list[str]) -> Iterator[Part]:
    """Parts of the lines between two blank lines."""
    width = max(map(len, lines))
    kind: Kind = "body"
    held: list[str] = []
    for line in lines:
        inner = bullet(line)
        if _DASHES.match(line) or inner == "":
            continue  # a rule, or a mark without words
        if held and (inner is not None or not _wrapped(held[-1], width)):
            yield Part(kind, join_lines(held))
            held, kind = [], "body"
        if inner is not None:
            kind = "bullet"
        held.append(line if inner is None else inner)
    if held:
        yield Part(kind, join_lines(held))


def _wrapped(line: str, width: int) -> bool:
    """Whether the line after ``line`` continues it, in a block ``width`` columns wide."""
    if width > _WRAP:
        return False
    return len(line) >= 0.75 * width or not _FINAL.search(line)


def join_lines(lines: list[str]) -> str:
    """Join hard-wrapped lines: a hyphen between lower-case letters was put there by the wrap."""
    out = lines[0]
    for line in lines[1:]:
        if re.search(r"\w[-‐]$", out):
            out = out[:-1] + line if line[:1].islower() else out + line
        else:
            out = f"{out} {line}"
    return out


def split_title(text: str) -> tuple[str, str]:
    """Return (headline, rest) of a plain text; the headline is empty if the first line is none.

    A first line is a headline when it is short, does not end like a sentence, is not a bullet, and
    a blank line follows; or, without the blank line, when the next line is much longer.
    """
    first, _, rest = text.partition("\n")
    following = rest.split("\n", 1)[0]
    if not rest or not looks_like_title(first):
        return "", text
    if rest.startswith("\n") or len(following) > max(2 * len(first), _WRAP):
        return first, rest.strip()
    return "", text


def looks_like_title(line: str) -> bool:
    """Whether a line could be a headline: short, no bullet, no full stop, letters in it."""
    return (
        3 <= len(line) <= _MAX_TITLE
        and bullet(line) is None
        and not (_SENTENCE_END.search(line) and not line.endswith("?"))
        and not line.endswith((":", ";", ","))
        and any(map(str.isalpha, line))
        and not line[:1].islower()
    )


def assemble(title: str, parts: Iterable[Part]) -> tuple[str, list[tuple[Kind, int, int]]]:
    """Join title and parts by blank lines; return the text and (kind, start, end) of each.

    The first body part after a title becomes the lead. Empty parts are left out. Offsets are in
    characters, half open, and ``text[start:end]`` is the part exactly.
    """
    kept = [Part("title", title)] if title else []
    kept += [p for p in parts if p.text]
    if title and len(kept) > 1 and kept[1].kind == "body":
        kept[1] = Part("lead", kept[1].text)
    spans: list[tuple[Kind, int, int]] = []
    at = 0
    for part in kept:
        spans.append((part.kind, at, at + len(part.text)))
        at += len(part.text) + 2
    return "\n\n".join(p.text for p in kept), spans
