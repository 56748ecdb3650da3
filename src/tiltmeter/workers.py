"""The same function over many groups, on all cores: results in order, so nothing depends on timing.

A worker is a fresh process (its parser and names are its own). It ends when its parent does,
however that ended, and leaves Ctrl-C to the parent.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Any, Final, TypeVar

from tiltmeter.errors import ConfigError

VARIABLE: Final = "TILTMETER_WORKERS"
_MOST: Final = 8
_AHEAD: Final = 2  # groups handed out beyond the workers, so that none waits and memory stays flat
T = TypeVar("T")


def worker_count() -> int:
    """Processes to use: the variable ``TILTMETER_WORKERS``, else the cores at hand, eight at most.

    Raises:
        ConfigError: The variable is no number from 1 on.
    """
    asked = os.environ.get(VARIABLE, "").strip()
    if not asked:
        return min(_cores(), _MOST)
    if not asked.isascii() or not asked.isdigit() or int(asked) < 1:
        raise ConfigError(f"{VARIABLE}: {asked!r} is not a number of processes", "for example 2")
    return int(asked)


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def in_order(fn: Callable[..., T], calls: Sequence[dict[str, Any]], workers: int) -> Iterator[T]:
    """Yield ``fn(**call)`` for each call, in order.

    Args:
        fn: A function a fresh process can import.
        calls: Keyword arguments; they and the results travel between processes.
        workers: Processes; with one, everything runs here.
    """
    if workers <= 1 or len(calls) <= 1:
        for call in calls:
            yield fn(**call)
        return
    pool = ProcessPoolExecutor(
        min(workers, len(calls)),
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_begin,
        initargs=(os.getpid(),),
    )
    waiting = []
    try:
        for call in calls:
            waiting.append(pool.submit(fn, **call))
            if len(waiting) >= workers + _AHEAD:
                yield waiting.pop(0).result()
        while waiting:
            yield waiting.pop(0).result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _begin(parent: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)
