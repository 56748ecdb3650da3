"""What a run has asked and spent, and how much it may."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from tiltmeter.coding.endpoint.options import EndpointOptions


class LimitReached(Exception):  # noqa: N818 - it says what happened
    """A further request would go over a limit of the run."""


@dataclass(frozen=True, slots=True)
class Spent:
    """Counts of one run; ``cost`` is None without prices."""

    requests: int
    prompt_tokens: int
    completion_tokens: int
    cost: float | None


class Ledger:
    """Counts requests and tokens; safe for threads.

    A request is let through only if its dearest possible end stays within the limit; what it did
    cost is entered when it is known.
    """

    def __init__(self, options: EndpointOptions) -> None:
        self._options = options
        self._lock = threading.Lock()
        self._requests = self._prompt = self._completion = 0
        self._open = 0.0

    def admit(self, prompt: int, completion: int) -> None:
        """Let a request of at most so many tokens through.

        Raises:
            LimitReached: It would go over ``max_requests`` or ``max_cost``.
        """
        options = self._options
        with self._lock:
            if self._requests >= options.max_requests:
                raise LimitReached(
                    f"the limit of {options.max_requests:,} requests (max_requests) is reached"
                )
            worst = options.cost(prompt, completion) or 0.0
            spent = options.cost(self._prompt, self._completion) or 0.0
            if options.max_cost is not None and spent + self._open + worst > options.max_cost:
                raise LimitReached(f"the limit of spending {options.max_cost:g} is reached")
            self._requests += 1
            self._open += worst

    def enter(self, admitted: tuple[int, int], used: tuple[int, int]) -> None:
        """Enter what an admitted request used."""
        with self._lock:
            self._open -= self._options.cost(*admitted) or 0.0
            self._prompt += used[0]
            self._completion += used[1]

    @property
    def spent(self) -> Spent:
        """The counts so far."""
        with self._lock:
            cost = self._options.cost(self._prompt, self._completion)
            return Spent(self._requests, self._prompt, self._completion, cost)
