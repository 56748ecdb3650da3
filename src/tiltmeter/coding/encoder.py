"""The learned reader: one pass of a small int8 network over a sentence, on one CPU thread.

It says for each word how likely it belongs to the doer and to the one it is done to, and for any
pair of weightings of the words what is done (16 PLOVER types, or nothing). Sentences go through
one at a time: the scale of int8 activations depends on all that is in a batch, so a batch would
make what one sentence gives depend on its neighbours.
"""

from __future__ import annotations

import json
import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from importlib import resources
from multiprocessing import parent_process
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from tiltmeter.coding.wordpiece import WordPiece

Floats = npt.NDArray[np.float32]
NONE: Final = "NONE"
_THREADS: Final = 2


@dataclass(frozen=True, slots=True)
class Reading:
    """What the network made of one sentence.

    ``offsets`` are character ranges of word pieces; ``roles`` the probability of each piece to
    belong to the source (column 0) and to the target (column 1); ``hidden`` the pieces' vectors.
    """

    text: str
    offsets: tuple[tuple[int, int], ...]
    hidden: Floats
    roles: Floats

    def weights(self, source: list[tuple[int, int]], target: list[tuple[int, int]]) -> Floats:
        """Weights of the pieces that lie in given spans, in place of the guessed ``roles``."""
        out = np.zeros_like(self.roles)
        for column, spans in enumerate((source, target)):
            for row, (start, end) in enumerate(self.offsets):
                if end > start and any(s < end and start < e for s, e in spans):
                    out[row, column] = 1.0
        return out


@dataclass(frozen=True, slots=True)
class Verdict:
    """Probability of each type (and of nothing), and how much each piece spoke for it."""

    types: dict[str, float]
    seen: Floats

    @property
    def event(self) -> float:
        """Probability that anything codable is done."""
        return 1.0 - self.types[NONE]

    @property
    def best(self) -> tuple[str, float]:
        """The likeliest type and its probability among the types."""
        name, value = max(((t, p) for t, p in self.types.items() if t != NONE), key=_second)
        return name, value / max(self.event, 1e-9)


def _second(item: tuple[str, float]) -> float:
    return item[1]


class Encoder:
    """The network of one folder: ``model.onnx``, ``vocab.txt``, ``heads.npz``."""

    def __init__(self, folder: Path) -> None:
        import onnxruntime as ort  # heavy; loaded with the first sentence

        options = ort.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session: Any = ort.InferenceSession(
            str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
        )
        self.settings: dict[str, Any] = json.loads(
            (folder / "settings.json").read_text(encoding="utf-8")
        )
        self._pieces = WordPiece(folder / "vocab.txt", self.settings["max_tokens"])
        self.labels: list[str] = self.settings["labels"]
        with np.load(folder / "heads.npz") as stored:
            self._heads = {name: stored[name].astype(np.float32) for name in stored.files}
        # attention is weighed in double precision, and so is what comes after: widened once
        self._wide = {
            name: held.astype(np.float64)
            for name, held in self._heads.items()
            if name.endswith(".weight") and not name.startswith(("query", "key"))
        }

    def read(self, texts: list[str]) -> list[Reading]:
        """Read sentences, in order; two at a time, each by itself.

        One at a time in a worker process, which has other workers beside it.
        """
        if len(texts) < 2 or parent_process() is not None:
            return [self._one(t) for t in texts]
        with ThreadPoolExecutor(_THREADS) as pool:
            return list(pool.map(self._one, texts))

    def _one(self, text: str) -> Reading:
        encoded = self._pieces.encode(text)
        ids = np.array([encoded.ids], dtype=np.int64)
        hidden, logits = self._session.run(None, {"ids": ids, "mask": np.ones_like(ids)})
        roles = 1.0 / (1.0 + np.exp(-np.clip(logits[0], -30, 30)))
        return Reading(text, encoded.offsets, hidden[0], roles.astype(np.float32))

    def judge(self, reading: Reading, weights: Floats | None = None) -> Verdict:
        """What is done between the parties that ``weights`` mark (the guessed ones if None)."""
        h, hidden = self._heads, reading.hidden
        mass = reading.roles if weights is None else weights
        total = mass.sum(0) + h["floor"]
        parties = ((mass.T @ hidden + h["floor"] * h["nobody"]) / total[:, None]).reshape(-1)
        query = (parties @ h["query.weight"].T + h["query.bias"]).reshape(2, -1)
        key = (hidden @ h["key.weight"].T + h["key.bias"]).reshape(len(hidden), 2, -1)
        scores = np.einsum("nk,lnk->nl", query, key) / np.sqrt(query.shape[1])
        attention = _softmax(scores)
        seen = (attention @ hidden).reshape(-1)
        features = np.concatenate([hidden.mean(0), seen, parties])
        wide = self._wide
        middle = features @ wide["middle.weight"].T + h["middle.bias"]
        middle = middle * 0.5 * (1.0 + _erf(middle / np.sqrt(2.0)))
        out = middle @ wide["out.weight"].T + h["out.bias"]
        out = _softmax(out / self.settings["temperature"])
        types = {name: float(p) for name, p in zip(self.labels, out, strict=True)}
        return Verdict(types, attention[0])


def _erf(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The error function of a few hundred numbers; scipy's would load a library for it."""
    return np.fromiter(map(math.erf, values.tolist()), np.float64, len(values))


def _softmax(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    grown = np.exp(values - values.max(-1, keepdims=True))
    return np.asarray(grown / grown.sum(-1, keepdims=True))


@cache
def encoder() -> Encoder:
    """The network that ships with the package, loaded once per process."""
    return Encoder(Path(str(resources.files("tiltmeter.coding") / "encoder_model")))
