"""What passes between the readers of the text feed: options, items, drafts, refusals.

An ``Item`` is bytes with a name. A reader of one format turns an item into ``Draft`` (a text not
yet dated), ``Refusal`` (something not used, and why) or further ``Item`` (members of an archive,
attachments of a mail). Nothing here touches a disk.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date as Date  # noqa: N812 - TextOptions has a field of that name
from typing import Literal

MIB = 1024 * 1024

Kind = Literal["title", "lead", "bullet", "body"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TextOptions:
    """How a folder of texts is read. Every limit leaves a row in ``rejects`` where it bites.

    Attributes:
        date: Day of publication of texts that carry none themselves (a default: what a text or a
            file name says wins, unless it says less exactly and ``date`` lies within it).
        outlet: Publisher of texts that name none.
        max_bytes: Bytes of one file, and of one file or member after unpacking.
        max_total_bytes: Bytes of all texts of one call, after unpacking.
        max_ratio: Unpacked over packed size from which a member of an archive of more than 1 MiB
            is taken for a bomb; prose packs 3 to 8 times.
        max_members: Members of one archive, attachments of one mail.
        max_depth: Archives or mails within one another.
        max_documents: Documents of one call.
        max_pages: Pages of one PDF.
        min_chars: Characters below which a text is no report.
        today: Day the reading is done, against which a date more than a year ahead is refused; None
            is the clock's day.
    """

    date: Date | None = None
    outlet: str | None = None
    max_bytes: int = 50 * MIB
    max_total_bytes: int = 1024 * MIB
    max_ratio: float = 200.0
    max_members: int = 10_000
    max_depth: int = 2
    max_documents: int = 500_000
    max_pages: int = 2_000
    min_chars: int = 10
    today: Date | None = None


@dataclass(frozen=True, slots=True)
class DateHint:
    """A date as some place gives it, not yet understood.

    Attributes:
        origin: metadata, front_matter, dateline, file_name or option.
        value: The words or the number; None is no hint.
        weak: True for dates that tell when a file was saved rather than when a text was published.
    """

    origin: str
    value: object
    weak: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """One paragraph, bullet or heading, in reading order and on one line."""

    kind: Kind
    text: str


@dataclass(slots=True)
class Draft:
    """A text as a reader found it: parts and hints, before date, language and identity.

    Attributes:
        parts: Lead, bullets and body, without the title.
        title: Headline; empty if there is none.
        place: Line or record within the file; empty if the text is the whole file.
        dates: What the format itself says of the date, best first.
        outlet: Publisher the input names.
        lang: Language code the input names.
        external_id: Identifier the input gives.
        notes: (reason, value) of things left out of this text, for ``rejects``.
    """

    parts: list[Part]
    title: str = ""
    place: str = ""
    dates: list[DateHint] = field(default_factory=list)
    outlet: str | None = None
    lang: str | None = None
    external_id: str | None = None
    notes: list[tuple[str, str | None]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Something not used: reason, place within the item, the value if that helps.

    ``member`` names a member of an archive that was refused before it became an item.
    """

    reason: str
    place: str = ""
    value: str | None = None
    member: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """Bytes to be read.

    Attributes:
        path: Path shown to people, with '!' for archive members and attachments.
        name: File name that tells the format (without .gz or .xz once those are undone).
        data: The content.
        depth: How many containers it came out of.
        dates: Dates of the container (a mail), used where the item has none.
        outlet: Publisher the container names.
    """

    path: str
    name: str
    data: bytes
    depth: int = 0
    dates: tuple[DateHint, ...] = ()
    outlet: str | None = None


class Refused(Exception):  # noqa: N818 - not an error of the program but a finding about a file
    """Raised inside a reader when a whole item cannot be used; never leaves the feed."""

    def __init__(self, reason: str, place: str = "", value: str | None = None) -> None:
        super().__init__(reason)
        self.refusal = Refusal(reason, place, value)


Found = Draft | Refusal | Item
Findings = Iterator[Found]
