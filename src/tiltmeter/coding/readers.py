"""Two networks over one sentence: the second is asked where the first sees something done.

Two small networks that learnt from different sentences err on different ones; the mean of what they
say is right more often than either (Hansen and Salamon 1990). Whether anything is done at all is
the first's to say, which has learnt from more sentences without events; so most of a text is read
once.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Final

import numpy as np

from tiltmeter.coding.encoder import NONE, Encoder, Floats, Reading, Verdict

_ASK: Final = 0.5  # P(event) of the first from which the second is asked
_SHARE: Final = 0.5  # of the second reader in the mean
_TINY: Final = 1e-6


class TwoReaders:
    """Both networks as if they were one; settings, status, domain and speaker are the first's."""

    def __init__(self, first: Encoder, second: Encoder) -> None:
        self.first, self.second = first, second
        self.settings: dict[str, Any] = first.settings

    def read(self, texts: list[str]) -> list[Reading]:
        """Read sentences, in order."""
        readings = self.first.read(texts)
        asked = [n for n, r in enumerate(readings) if self.first.judge(r).event >= _ASK]
        for n, other in zip(asked, self.second.read([texts[n] for n in asked]), strict=True):
            roles = (readings[n].roles + other.roles) / np.float32(2)
            readings[n] = replace(readings[n], roles=roles, second=other)
        return readings

    def judge(self, reading: Reading, weights: Floats | None = None) -> Verdict:
        """What is done between the parties that ``weights`` mark (the guessed ones if None)."""
        mass = reading.roles if weights is None else weights
        verdict = self.first.judge(reading, mass)
        if reading.second is None:
            return verdict
        other = self.second.judge(reading.second, mass).types
        mean = {
            t: float((p + _TINY) ** (1 - _SHARE) * (other[t] + _TINY) ** _SHARE)
            for t, p in verdict.types.items()
            if t != NONE
        }
        share = verdict.event / sum(mean.values())
        types = {t: p * share for t, p in mean.items()}
        return replace(verdict, types=types | {NONE: verdict.types[NONE]})


def two_readers(folder: Path) -> TwoReaders:
    """The networks of a folder: ``first/`` and ``second/``."""
    return TwoReaders(Encoder(folder / "first"), Encoder(folder / "second"))


@cache
def readers() -> TwoReaders:
    """The networks that ship with the package, loaded once per process."""
    return two_readers(Path(str(resources.files("tiltmeter.coding") / "encoder_model")))
