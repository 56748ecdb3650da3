"""The learned reader: one pass of a small int8 network over a sentence, on one CPU thread.

It says for each word how likely it belongs to the doer and to the one it is done to, and for any
pair of weightings of the words what is done (16 PLOVER types, or nothing). Sentences go through
one at a time: the scale of int8 activations depends on all that is in a batch, so a batch would
make what one sentence gives depend on its neighbours.
"""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt
from scipy.special import erf

from tiltmeter.coding.wordpiece import WordPiece

Floats = npt.NDArray[np.float32]
NONE: Final = "NONE"
_THREADS: Final = 2
_PARTIES: Final = 2  # columns of the role head: source and target; the third is the speaker


@dataclass(frozen=True, slots=True)
class Reading:
    """What the network made of one sentence.

    ``offsets`` are character ranges of word pieces; ``roles`` the probability of each piece to
    belong to the source (column 0) and to the target (column 1); ``speaker`` to whoever tells of
    it; ``hidden`` the pieces' vectors; ``second`` what another network made of it, if it was asked.
    """

    text: str
    offsets: tuple[tuple[int, int], ...]
    hidden: Floats
    roles: Floats
    speaker: Floats
    second: Reading | None = None

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
    """Probability of each type (and of nothing), and how much each piece spoke for it.

    ``statuses`` and ``domains`` are probabilities too, given that something is done.
    """

    types: dict[str, float]
    seen: Floats
    statuses: dict[str, float]
    domains: dict[str, float]

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


class Reader(Protocol):
    """Whatever reads sentences and judges pairs: one network, or two."""

    settings: dict[str, Any]

    def read(self, texts: list[str]) -> list[Reading]:
        """Read sentences, in order."""
        ...

    def judge(self, reading: Reading, weights: Floats | None = None) -> Verdict:
        """What is done between the parties that ``weights`` mark (the guessed ones if None)."""
        ...


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

    def read(self, texts: list[str]) -> list[Reading]:
        """Read sentences, in order; two at a time, each by itself."""
        if len(texts) < 2:
            return [self._one(t) for t in texts]
        with ThreadPoolExecutor(_THREADS) as pool:
            return list(pool.map(self._one, texts))

    def _one(self, text: str) -> Reading:
        encoded = self._pieces.encode(text)
        ids = np.array([encoded.ids], dtype=np.int64)
        hidden, logits = self._session.run(None, {"ids": ids, "mask": np.ones_like(ids)})
        roles = (1.0 / (1.0 + np.exp(-np.clip(logits[0], -30, 30)))).astype(np.float32)
        speaker = (
            roles[:, _PARTIES] if roles.shape[1] > _PARTIES else np.zeros(len(roles), np.float32)
        )
        return Reading(text, encoded.offsets, hidden[0], roles[:, :_PARTIES], speaker)

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
        middle = self._gelu("middle", features)
        types = self._chances("out", middle, self.labels, self.settings["temperature"])
        if "statuses" not in self.settings:  # a second reader: asked for types alone
            return Verdict(types, attention[0], {}, {})
        aside = self._gelu("aside", features)
        return Verdict(
            types,
            attention[0],
            self._chances("status", aside, self.settings["statuses"]),
            self._chances("domain", aside, self.settings["domains"]),
        )

    def _gelu(self, layer: str, features: Floats) -> Floats:
        h = self._heads
        out = features @ h[f"{layer}.weight"].T + h[f"{layer}.bias"]
        return np.asarray(out * 0.5 * (1.0 + erf(out / np.sqrt(2.0))))

    def _chances(
        self, layer: str, features: Floats, names: list[str], temperature: float = 1.0
    ) -> dict[str, float]:
        h = self._heads
        logits = features @ h[f"{layer}.weight"].T + h[f"{layer}.bias"]
        return dict(zip(names, map(float, _softmax(logits / temperature)), strict=True))


def _softmax(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    grown = np.exp(values - values.max(-1, keepdims=True))
    return np.asarray(grown / grown.sum(-1, keepdims=True))
