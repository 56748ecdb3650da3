"""Answers that were given, on disk: what has been asked once is not asked again.

One SQLite file. A row is an answer on one sentence under the hash of all that it depends on:
server, model, prompt, parameters, sentence and day. The key of the endpoint is in none of it.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from tiltmeter.coding.endpoint.options import EndpointOptions
from tiltmeter.coding.endpoint.prompt import Question, prompt_version
from tiltmeter.errors import StoreError

FILE: Final = "answers.sqlite"
_WAIT: Final = 30.0  # seconds for another process that is writing
_MANY: Final = 500  # keys of one look-up


def answer_key(options: EndpointOptions, question: Question) -> str:
    """Hash of all that an answer depends on, as far as this side can tell."""
    parts = [
        options.url, options.model, prompt_version(), options.temperature, options.seed,
        options.completion_tokens, options.batch, question.text,
        question.published.isoformat() if question.published else None,
    ]  # fmt: skip
    return sha256(json.dumps(parts).encode("ascii")).hexdigest()


class Answers:
    """The answers in one folder; safe for threads and for several processes.

    Args:
        folder: Where the file lies or is to lie.

    Raises:
        StoreError: The folder cannot be written, or the file is no file of answers.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE
        self._lock = threading.Lock()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(self._path, timeout=_WAIT, check_same_thread=False)
            with self._db:
                self._db.execute(
                    "create table if not exists answers "
                    "(key text primary key, events text not null, form text not null)"
                )
        except (OSError, sqlite3.Error) as cause:
            raise self._error(cause) from cause

    def _error(self, cause: Exception) -> StoreError:
        return StoreError(
            f"answers of the endpoint, {self._path}: {cause}",
            "make room, remove the file (its answers are asked again), or name another folder",
        )

    def get(self, keys: Iterable[str]) -> dict[str, list[Any]]:
        """The answers that are there."""
        wanted = list(dict.fromkeys(keys))
        out: dict[str, list[Any]] = {}
        try:
            with self._lock:
                for at in range(0, len(wanted), _MANY):
                    some = wanted[at : at + _MANY]
                    marks = ",".join("?" * len(some))
                    rows = self._db.execute(
                        f"select key, events from answers where key in ({marks})",  # noqa: S608
                        some,
                    )
                    out |= {key: json.loads(events) for key, events in rows}
        except (sqlite3.Error, ValueError) as cause:
            raise self._error(cause) from cause
        return out

    def put(self, answers: dict[str, list[Any]], form: str) -> None:
        """Keep answers; one that is there already stays, so that later runs agree with earlier."""
        rows = [(key, json.dumps(e), form) for key, e in answers.items()]
        try:
            with self._lock, self._db:
                self._db.executemany("insert or ignore into answers values (?, ?, ?)", rows)
        except sqlite3.Error as cause:
            raise self._error(cause) from cause

    def close(self) -> None:
        """Let the file go."""
        with self._lock:
            self._db.close()
