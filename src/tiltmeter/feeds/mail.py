"""Mail (.eml): subject, sender, date, the text, and attachments as texts of their own."""

from __future__ import annotations

import email
import email.policy
import re
from email.message import EmailMessage
from email.utils import parseaddr, parsedate_to_datetime
from typing import Final

from tiltmeter.feeds.decode import decode, normalise, one_line
from tiltmeter.feeds.drafts import DateHint, Draft, Findings, Item, Refusal, TextOptions
from tiltmeter.feeds.segments import split_plain
from tiltmeter.feeds.webpage import page_draft


def read_mail(item: Item, options: TextOptions) -> Findings:
    """Yield the mail as a draft, then its attachments as items that inherit date and sender."""
    message = email.message_from_bytes(item.data, policy=email.policy.default)
    dates = _dates(message)
    name, address = parseaddr(_header(message, "from"))
    outlet = one_line(name or address.rpartition("@")[2], 500) or None
    body = message.get_body(preferencelist=("plain", "html"))
    if isinstance(body, EmailMessage):
        draft = _body(body)
        draft.title = one_line(_header(message, "subject")) or draft.title
        draft.dates[:0] = dates
        draft.outlet = outlet
        yield draft
    elif not message.is_multipart():
        yield Refusal("mail without text")
    for number, part in enumerate(message.iter_attachments(), start=1):
        if number > options.max_members:
            yield Refusal(f"more than {options.max_members} attachments", "attachments")
            break
        file_name = one_line((part.get_filename() or f"attachment {number}").replace("/", "_"), 200)
        if part.get_content_type() == "message/rfc822":
            inner = part.get_payload(0)
            data = inner.as_bytes() if isinstance(inner, EmailMessage) else b""
            file_name = file_name if file_name.endswith(".eml") else file_name + ".eml"
        else:
            payload = part.get_payload(decode=True)
            data = payload if isinstance(payload, bytes) else b""
        path = f"{item.path}!{file_name}"
        yield Item(path, file_name, data, item.depth + 1, tuple(dates), outlet)


# lines of an older mail: what they say is not of this day
_QUOTED: Final = re.compile(r"^[ \t]*>.*(?:\n|\Z)", re.MULTILINE)


def _header(message: EmailMessage, name: str) -> str:
    """Return a header as text; the empty string if it is missing or cannot be parsed."""
    try:
        return str(message.get(name, ""))
    except Exception:  # the header parser meets hostile input with any error there is
        return ""


def _dates(message: EmailMessage) -> list[DateHint]:
    raw = _header(message, "date")
    try:
        return [DateHint("metadata", parsedate_to_datetime(raw).date())] if raw else []
    except (TypeError, ValueError):
        return [DateHint("metadata", raw)]


def _body(part: EmailMessage) -> Draft:
    """Return the text part of a mail as a draft."""
    payload = part.get_payload(decode=True)
    data = payload if isinstance(payload, bytes) else b""
    charset = part.get_content_charset() or ""
    note = None
    try:
        raw = data.decode(charset)
    except (LookupError, UnicodeDecodeError, ValueError):
        raw, note = decode(data, markup=True)
    if part.get_content_subtype() == "html":
        draft = page_draft(raw)
    else:
        text, lost = normalise(_QUOTED.sub("", raw))
        notes = [(f"{lost} control character(s) taken out", None)] if lost else []
        draft = Draft(split_plain(text), notes=[*notes])
    if note:
        draft.notes.append((note, None))
    return draft
