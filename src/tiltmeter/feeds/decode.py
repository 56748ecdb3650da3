"""Bytes to characters, and characters to the one normal form that offsets point into.

In: bytes of unknown encoding. Out: text in NFC with LF line ends, single spaces, at most one blank
line in a row, and none of the characters that nobody sees. The one idea: whatever cannot be seen
(zero-width, bidirectional and control characters) must not split names or hide words.
"""

from __future__ import annotations

import codecs
import contextlib
import functools
import re
import unicodedata

from tiltmeter.feeds.drafts import Refused

_BOMS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16 LE, whose mark is its beginning
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_GUESS_BYTES = 65_536
"""Bytes shown to charset-normalizer: more costs time and changes no answer on prose."""
_CP1252_SHARE = 0.02
"""Share of non-ASCII bytes up to which Windows-1252 is assumed: English with curly quotes, which
statistical guessers take for Central European or Mac encodings."""
_SOUND = 10
"""Sound UTF-8 characters beyond ASCII per broken byte from which a file is UTF-8 with a flaw; text
in another encoding hits on a sound sequence by chance only."""
_BINARY_SHARE = 0.05
_MAX_MARKS = 30
"""Combining marks in a row that are kept: the Stream-Safe limit of Unicode Annex 15."""

_BINARY = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_UNSEEN = re.compile("[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_BREAKS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_SPACES = re.compile(r"[^\S\n]+")
_LINE_SPACES = re.compile(r" ?\n ?")
_BLANKS = re.compile(r"\n{3,}")
_LONG_RUN = re.compile(f"[^\x00-\u02ff]{{{_MAX_MARKS + 1},}}")
"""Where marks could be too many: a cheap look before the dear one."""
_PLAIN = re.compile(r"[\n -~]*")
_DECLARED = re.compile(rb"""charset\s*=\s*["']?([A-Za-z0-9_.:-]{2,40})""", re.IGNORECASE)


def decode(data: bytes, *, markup: bool = False) -> tuple[str, str | None]:
    """Return the characters of ``data`` and a note on bytes that had to be replaced.

    Order: byte order mark; strict UTF-8; the encoding the markup declares (``markup`` only);
    UTF-8 with a few broken bytes; Windows-1252 where nearly all is ASCII; the guess of
    charset-normalizer.

    Raises:
        Refused: The bytes are binary, or no encoding fits.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _replacing(data, encoding)
    if b"\0" in data:
        raise Refused("null bytes: binary data, or UTF-16 without its mark; save it as UTF-8")
    head = data[:_GUESS_BYTES]
    if len(_BINARY.findall(head)) > _BINARY_SHARE * len(head):
        raise Refused("binary data (control bytes), not text")
    with contextlib.suppress(UnicodeDecodeError):
        return data.decode("utf-8"), None
    if markup and (declared := _DECLARED.search(data[:4096])):
        with contextlib.suppress(LookupError, ValueError):  # unknown, or not what it says
            return data.decode(declared[1].decode("ascii")), None
    return _guess(data)


def _guess(data: bytes) -> tuple[str, str | None]:
    """Decode bytes that are neither UTF-8 nor declared."""
    from charset_normalizer import from_bytes  # late: most folders are UTF-8 and never need it

    text, note = _replacing(data, "utf-8")
    broken = text.count("\ufffd")
    sound = len(text) - len(text.encode("ascii", "ignore")) - broken
    if broken * _SOUND <= sound:
        return text, note
    high = len(data) - len(data.translate(None, bytes(range(128, 256))))
    if high <= _CP1252_SHARE * len(data):
        with contextlib.suppress(UnicodeDecodeError):  # one of the five bytes without meaning
            return data.decode("cp1252"), None
    best = from_bytes(data[:_GUESS_BYTES]).best()
    if best is None:
        raise Refused("encoding cannot be told: save the file as UTF-8")
    text, note = _replacing(data, best.encoding)
    guess = f"encoding guessed: {best.encoding}; if letters are wrong, save the file as UTF-8"
    return text, f"{guess}; {note}" if note else guess


def _replacing(data: bytes, encoding: str) -> tuple[str, str | None]:
    text = data.decode(encoding, errors="replace").removeprefix("\ufeff")
    lost = text.count("\ufffd")
    return text, f"{lost} byte(s) not readable as {encoding}, shown as U+FFFD" if lost else None


def normalise(text: str) -> tuple[str, int]:
    """Return the normal form of ``text`` and the number of control characters taken out.

    Soft hyphens, zero-width and bidirectional marks go without being counted: they are layout.
    """
    if _PLAIN.fullmatch(text) and "  " not in text:
        lost = 0
    else:
        text = _BREAKS.sub("\n", text)
        if not text.isascii():
            text = _UNSEEN.sub("", text)
        text, lost = _CONTROL.subn("", text.replace("\t", " "))
        if not text.isascii():
            # A long run of combining marks makes NFC quadratic: 80,000 of them take 6 seconds.
            text = unicodedata.normalize("NFC", _LONG_RUN.sub(_cap_marks, text))
        text = _SPACES.sub(" ", text)
    text = _BLANKS.sub("\n\n", _LINE_SPACES.sub("\n", text))
    return text.strip(), lost


def one_line(text: str, limit: int = 0) -> str:
    """Return the normal form of ``text`` on one line, cut to ``limit`` characters if given."""
    line = " ".join(normalise(text)[0].split())
    return line[:limit].rstrip() if limit else line


def _cap_marks(run: re.Match[str]) -> str:
    return _mark_runs().sub(lambda m: m[0][:_MAX_MARKS], run[0])


@functools.cache
def _mark_runs() -> re.Pattern[str]:
    """Runs of more combining marks than Unicode's stream-safe form allows."""
    # no combining mark of Unicode 15 lies beyond U+1F000
    marks = "".join(c for c in map(chr, range(0x300, 0x1F000)) if unicodedata.combining(c))
    return re.compile(f"[{re.escape(marks)}]{{{_MAX_MARKS + 1},}}")
