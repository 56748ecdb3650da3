"""Percentile bootstrap of a share over the sentences it was counted on."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Final

_RESAMPLES: Final = 2000
_SEED: Final = 20141203


def interval(hits: Sequence[float]) -> list[float]:
    """The 95 % interval of the mean of ``hits``; the same input gives the same interval."""
    rng = random.Random(_SEED)
    n = len(hits)
    means = sorted(sum(rng.choices(hits, k=n)) / n for _ in range(_RESAMPLES))
    return [round(means[int(q * (_RESAMPLES - 1))], 4) for q in (0.025, 0.975)]
