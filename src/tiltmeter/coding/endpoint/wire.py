"""One question over the wire: sent, sent again where that may help, and read.

The key stands in one header and nowhere else: it is taken out of every word that is shown.
Redirects are refused, so that neither key nor texts go to a host that was not named. An answer is
read up to a size and for a time, whatever the server sends.
"""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from hashlib import sha256
from typing import Any, Final

import httpx

from tiltmeter import __version__
from tiltmeter.coding.endpoint.answers import BadAnswer, content_of, read_answers, usage_of
from tiltmeter.coding.endpoint.dialect import REFUSALS, Dialect, speaks_of_form
from tiltmeter.coding.endpoint.ledger import Ledger, LimitReached
from tiltmeter.coding.endpoint.options import EndpointOptions
from tiltmeter.coding.endpoint.prompt import Question, messages, prompt_tokens
from tiltmeter.errors import CoderError

MAX_BYTES: Final = 4_000_000  # of an answer
_AGAIN: Final = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})
_HOLD: Final = frozenset({429, 503})  # all requests wait, not only the one that was told to
_UNHEARD: Final = 2  # sent again so often while no server has ever answered
_SHOWN: Final = 200


class NoAnswer(Exception):  # noqa: N818 - it says what happened
    """A question got no answer that can be used.

    ``server`` says that the server failed or kept silent, ``limit`` that the run may ask no more;
    otherwise it is this question that was not answered well.
    """

    def __init__(self, reason: str, *, server: bool = False, limit: bool = False) -> None:
        super().__init__(reason)
        self.server = server
        self.limit = limit


class _Refused(Exception):  # noqa: N818
    """The server does not take the request in this form."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(f"the server refused the request ({status}): {words}")
        self.words = words


class Wire:
    """A client of one endpoint; safe for threads.

    Args:
        options: The endpoint.
        key: Its key, None for none.
        ledger: Counts and limits.
        stop: When set, waits end and nothing more is sent.
    """

    def __init__(
        self, options: EndpointOptions, key: str | None, ledger: Ledger, stop: threading.Event
    ) -> None:
        self._options = options
        self._key = key
        self._ledger = ledger
        self._stop = stop
        self._lock = threading.Lock()
        self._dialect = Dialect()
        self._proven = self._heard = False
        self._not_before = 0.0
        headers = {
            "Content-Type": "application/json",
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "User-Agent": f"tiltmeter/{__version__}",
        }
        if key:
            headers["Authorization"] = f"Bearer {key}"
        self._client = httpx.Client(
            headers=headers,
            timeout=httpx.Timeout(options.timeout, connect=min(10.0, options.timeout)),
            limits=httpx.Limits(max_connections=options.concurrency),
            follow_redirects=False,
            trust_env=not options.local,  # a proxy has no part in what stays on this machine
        )

    def close(self) -> None:
        """Let the connections go."""
        self._client.close()

    def ask(self, questions: Sequence[Question]) -> tuple[dict[int, list[Any]], str]:
        """Ask about some sentences in one request.

        Returns:
            Events as the model gave them by number of the question from 1, and the form in which
            it was asked.

        Raises:
            NoAnswer: Nothing that can be used came back.
            CoderError: It is no use to go on: wrong key, wrong place, no server.
        """
        sent = messages(questions)
        prompt, most = prompt_tokens(questions), self._options.completion_tokens * len(questions)
        with self._lock:
            todo, proven = [self._dialect], self._proven
        tried: set[Dialect] = set()
        refused: _Refused | None = None
        while todo:
            dialect = todo.pop(0)
            if dialect in tried:
                continue
            tried.add(dialect)
            try:
                raw = self._sent(dialect.body(self._options, sent, most), prompt, most)
            except _Refused as no:
                refused = refused or no
                if proven and not speaks_of_form(no.words):
                    break  # this form was taken before: it is this question that is not
                todo = [*dialect.easier(no.words), *todo]
                continue
            with self._lock:
                self._dialect, self._proven = dialect, True
            try:
                return read_answers(content_of(raw), len(questions)), dialect.form
            except BadAnswer as bad:
                raise NoAnswer(str(bad)) from None
        raise NoAnswer(str(refused)) from None

    def _sent(self, body: Mapping[str, Any], prompt: int, most: int) -> bytes:
        """The answer to one request, sent again as often as may help."""
        content = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
        trouble = ""
        for attempt in range(self._options.retries + 1):
            self._hold()
            try:
                self._ledger.admit(prompt, most)
            except LimitReached as limit:
                raise NoAnswer(str(limit), limit=True) from None
            used = (0, 0)
            asked: float | None = None
            try:
                status, headers, raw = self._post(content)
                self._heard = True
                if status == 200:
                    used = usage_of(raw) or (prompt, len(raw) // 4)
                    return raw
                trouble, asked = self._judged(status, headers, raw)
            except (httpx.ConnectError, httpx.ConnectTimeout) as cause:
                trouble = f"cannot connect to {self._options.host}: {self._plain(str(cause))}"
                if not self._heard and attempt >= min(_UNHEARD, self._options.retries):
                    raise CoderError(
                        f"endpoint: {trouble}", "is the server running, and is the URL right?"
                    ) from None
            except httpx.TimeoutException:
                # the server may well have worked for it: counted as the dearest it can be
                used, trouble = (prompt, most), f"no answer within {self._options.timeout:g} s"
            except httpx.HTTPError as cause:
                used, trouble = (prompt, most), f"the connection broke ({type(cause).__name__})"
            finally:
                self._ledger.enter((prompt, most), used)
            if attempt < self._options.retries:
                self._wait(content, attempt, asked)
        raise NoAnswer(trouble, server=True)

    def _post(self, content: bytes) -> tuple[int, httpx.Headers, bytes]:
        end = time.monotonic() + self._options.timeout
        url = f"{self._options.url}/chat/completions"
        out = bytearray()
        with self._client.stream("POST", url, content=content) as reply:
            if reply.headers.get("content-encoding", "identity") != "identity":
                raise httpx.DecodingError("a packed answer, which was not asked for")
            for chunk in reply.iter_raw():
                out += chunk
                if len(out) > MAX_BYTES:
                    raise httpx.DecodingError("an answer without end")
                if time.monotonic() > end:
                    raise httpx.ReadTimeout("too slow")
            return reply.status_code, reply.headers, bytes(out)

    def _judged(self, status: int, headers: httpx.Headers, raw: bytes) -> tuple[str, float | None]:
        """What a status other than 200 means: worth another try, a refusal, or the end."""
        host, words = self._options.host, self._plain(_words_of(raw))
        if 300 <= status < 400:
            raise CoderError(
                f"endpoint: {host} redirects to another place ({status}), which is not followed",
                "give the URL of the place itself",
            )
        if status in {401, 403}:
            # what the server says may repeat the key
            raise CoderError(
                f"endpoint: {host} does not take the key ({status})",
                f"put the right key into {self._options.key_variable}, or none if it needs none",
            )
        if status == 402 or (status == 429 and "insufficient_quota" in words):
            raise CoderError(
                f"endpoint: the account at {host} has no means left ({status}): {words}",
                "top it up; the answers so far are kept, and the same command goes on",
            )
        if status in REFUSALS and (status in {400, 415, 422} or speaks_of_form(words)):
            raise _Refused(status, words)
        if status in {404, 405}:
            raise CoderError(
                f"endpoint: {self._options.url}/chat/completions or the model "
                f"{self._options.model!r} is not there ({status}): {words}",
                "the URL is that of the API's root and often ends in /v1",
            )
        if status not in _AGAIN:
            raise NoAnswer(f"the server answered {status}: {words}")
        asked = retry_after(headers.get("retry-after"))
        if asked is not None and asked > self._options.max_wait:
            raise NoAnswer(
                f"the server asks to wait {asked:.0f} s, more than max_wait "
                f"({self._options.max_wait:g} s)",
                server=True,
            )
        if status in _HOLD and asked:
            with self._lock:
                self._not_before = max(self._not_before, time.monotonic() + asked)
        return f"the server answered {status}: {words}", asked

    def _wait(self, content: bytes, attempt: int, asked: float | None) -> None:
        """Wait before the next try, as long as the server asks or longer."""
        if self._stop.wait(max(shaken_wait(self._options, content, attempt), asked or 0.0)):
            raise NoAnswer("stopped", limit=True)

    def _hold(self) -> None:
        with self._lock:
            rest = self._not_before - time.monotonic()
        if self._stop.is_set() or (rest > 0 and self._stop.wait(rest)):
            raise NoAnswer("stopped", limit=True)

    def _plain(self, words: str) -> str:
        """Words of others for a person: one line, short, without the key."""
        if self._key:
            words = words.replace(self._key, "***")
        return " ".join("".join(c if c.isprintable() else " " for c in words).split())[:_SHOWN]


def _words_of(raw: bytes) -> str:
    """What the server says in an error: its message, else all of it."""
    text = raw[:20_000].decode("utf-8", "replace")
    with suppress(ValueError, RecursionError, KeyError, TypeError):
        error = json.loads(text)["error"]
        if isinstance(error, str):
            return error
        return " ".join(str(error[k]) for k in ("code", "param", "message") if error.get(k))
    return text


def shaken_wait(options: EndpointOptions, content: bytes, attempt: int) -> float:
    """Seconds to wait after the failure number ``attempt`` (from 0) of a request.

    Doubled each time up to ``max_wait`` and shortened by up to half, by the hash of request and
    seed: many requests do not come back at once, and one waits alike in every run.
    """
    seed = f"{options.seed}:{attempt}:{sha256(content).hexdigest()}"
    shaken = 0.5 + 0.5 * random.Random(seed).random()  # noqa: S311 - no secret
    return min(options.max_wait, options.first_wait * 2.0**attempt) * shaken


def retry_after(value: str | None) -> float | None:
    """Seconds that a ``Retry-After`` header asks for (a number or a date); None if nothing."""
    if value is None:
        return None
    with suppress(ValueError):
        seconds = float(value)
        return seconds if 0 <= seconds < float("inf") else None
    with suppress(ValueError, TypeError, OverflowError):
        when = parsedate_to_datetime(value)
        when = when if when.tzinfo else when.replace(tzinfo=UTC)
        return max(0.0, (when - datetime.now(UTC)).total_seconds())
    return None
