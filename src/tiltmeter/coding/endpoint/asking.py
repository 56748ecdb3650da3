"""Many questions: what is known is not asked, the rest goes out in batches, several at a time."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any, Final

from tiltmeter.coding.endpoint.cache import Answers, answer_key
from tiltmeter.coding.endpoint.ledger import Ledger
from tiltmeter.coding.endpoint.options import EndpointOptions, key_from_environment
from tiltmeter.coding.endpoint.prompt import Question
from tiltmeter.coding.endpoint.wire import NoAnswer, Wire
from tiltmeter.errors import CoderError

# Questions in a row at which the server failed, each sent again and again, before a run gives up.
_GIVE_UP: Final = 3


class Asker:
    """Asks an endpoint and keeps its answers.

    Args:
        options: The endpoint.
        folder: Where answers are kept.

    Raises:
        ConfigError: The environment holds no key.
        StoreError: The folder cannot be used.
    """

    def __init__(self, options: EndpointOptions, folder: Path) -> None:
        self._options = options
        self.ledger = Ledger(options)
        self.known = 0  # answers that were on disk
        self.answered = 0
        self.failed = 0
        self._key = key_from_environment(options)
        self._answers = Answers(folder)
        self._lock = threading.Lock()
        self._row = 0  # failures of the server since its last answer

    def close(self) -> None:
        """Let the file of answers go."""
        self._answers.close()

    def ask(self, questions: Iterable[Question]) -> dict[Question, list[Any] | str]:
        """Answers of the model as it gave them, or why there is none, for each question.

        Every answer is kept on disk as soon as it comes: a run that ends here, however it ends,
        asks for none of them again.

        Raises:
            CoderError: It is no use to go on.
        """
        by_key = {answer_key(self._options, q): q for q in questions}
        held = self._answers.get(by_key)
        out: dict[Question, list[Any] | str] = {by_key[key]: held[key] for key in held}
        self.known += len(out)
        todo = [q for q in by_key.values() if q not in out]
        size = self._options.batch
        batches = [todo[at : at + size] for at in range(0, len(todo), size)]
        if batches:
            out |= self._asked(batches)
        # what another process has written meanwhile goes before what came here
        out |= {by_key[key]: events for key, events in self._answers.get(by_key).items()}
        self.failed += sum(isinstance(answer, str) for answer in out.values())
        self.answered += sum(not isinstance(answer, str) for answer in out.values())
        return out

    def _asked(self, batches: Sequence[list[Question]]) -> dict[Question, list[Any] | str]:
        stop = threading.Event()
        wire = Wire(self._options, self._key, self.ledger, stop)
        pool = ThreadPoolExecutor(self._options.concurrency)
        out: dict[Question, list[Any] | str] = {}
        try:
            # the first goes alone: a wrong key is then told once, and the server's ways are known
            out |= self._batch(wire, batches[0])
            self._any(out)
            under_way = [pool.submit(self._beside, wire, b, stop) for b in batches[1:]]
            done, _ = wait(under_way, return_when=FIRST_EXCEPTION)
            for future in [*done, *under_way]:
                out |= future.result()
        finally:
            stop.set()
            # answers under way are paid for: they are waited for and kept
            pool.shutdown(wait=True, cancel_futures=True)
            wire.close()
        return out

    def _any(self, first: dict[Question, list[Any] | str]) -> None:
        """Look at the first answers of a run before all the others are asked for.

        Raises:
            CoderError: There is none, nor has there been any.
        """
        failures = [answer for answer in first.values() if isinstance(answer, str)]
        if self.answered or self.known or len(failures) < len(first):
            return
        raise CoderError(
            f"endpoint: {self._options.host} gave no valid answer: {failures[0]}",
            f"is {self._options.model!r} a model that can do this? docs/other-coders.md tells what "
            "is asked and what may be set",
        )

    def _beside(
        self, wire: Wire, batch: list[Question], stop: threading.Event
    ) -> dict[Question, list[Any] | str]:
        """A batch beside others, which it stops where it is no use to go on."""
        try:
            return self._batch(wire, batch)
        except Exception:
            stop.set()
            raise

    def _batch(self, wire: Wire, batch: list[Question]) -> dict[Question, list[Any] | str]:
        """The answers to a batch; questions it gives none to are asked once more, one by one."""
        out = self._once(wire, batch)
        if len(batch) > 1:
            for question in batch:
                if isinstance(out[question], str):
                    out |= self._once(wire, [question])
        return out

    def _once(self, wire: Wire, batch: list[Question]) -> dict[Question, list[Any] | str]:
        try:
            answers, form = wire.ask(batch)
        except NoAnswer as none:
            self._count(none)
            return dict.fromkeys(batch, str(none))
        self._count(None)
        told = {batch[number - 1]: events for number, events in answers.items()}
        kept = {answer_key(self._options, q): events for q, events in told.items()}
        self._answers.put(kept, form)
        return {q: told.get(q, "the model passed over this sentence") for q in batch}

    def _count(self, none: NoAnswer | None) -> None:
        """Count failures of the server in a row.

        Raises:
            CoderError: It has failed too often.
        """
        if none is not None and none.limit:
            return
        with self._lock:
            self._row = self._row + 1 if none is not None and none.server else 0
            if self._row < _GIVE_UP:
                return
        raise CoderError(
            f"endpoint: {self._options.host} does not answer: {none}",
            "try later; the answers so far are kept, and the same command goes on",
        )
