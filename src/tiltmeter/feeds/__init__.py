"""Feeds: where data come from, each behind the same small protocol.

``FEEDS`` is one explicit tuple: what is not in it does not exist, and reading it is the way to see
what tiltmeter can take in. The only feed so far is a folder of texts (``tiltmeter.feeds.text``).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol, runtime_checkable

import pyarrow as pa

from tiltmeter.feeds import text

Progress = Callable[[int, int, str], None]


@runtime_checkable
class Feed(Protocol):
    """What a feed promises.

    A feed turns input into tables that keep the contracts of ``tiltmeter.schemas``, and gives a
    reason for everything it did not use. It never raises for the content of its input; only for an
    input that is not there (``FeedUnavailable``) or holds nothing usable (``EmptyFeed``).
    """

    @property
    def name(self) -> str:
        """Short lower-case name, as it stands in the column ``feed`` of events."""
        ...

    @property
    def about(self) -> str:
        """One sentence for a reader who chooses between feeds."""
        ...

    @property
    def outputs(self) -> tuple[str, ...]:
        """Names of the contracts ``tables`` gives back, in order."""
        ...

    def tables(self, path: Path, progress: Progress | None = None) -> dict[str, pa.Table]:
        """Read ``path`` with the feed's default options: contract name to table."""
        ...


FEEDS: tuple[Feed, ...] = (text.TextFeed(),)

__all__ = ["FEEDS", "Feed", "Progress"]
