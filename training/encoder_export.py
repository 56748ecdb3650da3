"""Write a trained network as the run time reads it: int8 ONNX, vocabulary, heads, settings."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import numpy as np
import torch
from annotated import DOMAINS, STATUSES
from encoder_fit import MAX_TOKENS
from encoder_net import FLOOR, Net
from gold_sets import LABELS
from onnxruntime.quantization import QuantType, quantize_dynamic
from tokenizers import Tokenizer

# P(event) from which the network's own event is told (emit), a rule's is kept (keep), one that
# leans on the text before is kept (context), and a sentence is parsed at all (look); ``least`` is
# the same for P(event) times P(type), ``nobody`` for P(event) where no party has a state. Under
# ``named`` those for sentences that are read only because they name states.
THRESHOLDS = {
    "emit": 0.92,
    "keep": 0.6,
    "context": 0.5,
    "least": 0.3,
    "nobody": 0.92,
    "look": 0.05,
    "named": {"emit": 0.6, "keep": 0.25, "context": 0.05, "nobody": 0.95},
}


class _Encode(torch.nn.Module):
    def __init__(self, net: Net) -> None:
        super().__init__()
        self.net = net

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        return self.net.encode(ids, mask)


def export(net: Net, base: Path, folder: Path, *, temperature: float = 1.0) -> None:
    """Write ``model.onnx``, ``heads.npz``, ``vocab.txt`` and ``settings.json``."""
    folder.mkdir(parents=True, exist_ok=True)
    net.eval()
    ids = torch.ones(1, 12, dtype=torch.long)
    axes = {0: "sentences", 1: "pieces"}
    with tempfile.TemporaryDirectory() as scratch:
        plain = Path(scratch) / "plain.onnx"
        torch.onnx.export(
            _Encode(net),
            (ids, torch.ones_like(ids)),
            str(plain),
            input_names=["ids", "mask"],
            output_names=["hidden", "roles"],
            dynamic_axes=dict.fromkeys(("ids", "mask", "hidden", "roles"), axes),
            opset_version=17,
            dynamo=False,
        )
        # reduced range: without VNNI the 8-bit products overflow
        quantize_dynamic(
            plain,
            folder / "model.onnx",
            weight_type=QuantType.QInt8,
            per_channel=True,
            reduce_range=True,
        )
    heads = {
        name: value.detach().numpy()
        for name, value in net.state_dict().items()
        if name.split(".")[0]
        in {"nobody", "query", "key", "middle", "out", "aside", "status", "domain"}
    }
    np.savez(folder / "heads.npz", floor=np.float32(FLOOR), **heads)
    made = Tokenizer.from_file(str(base / "tokenizer.json")).get_vocab()
    words = sorted(made, key=made.__getitem__)
    (folder / "vocab.txt").write_text("\n".join(words) + "\n", encoding="utf-8")
    settings = {
        "labels": LABELS,
        "statuses": STATUSES,
        "domains": DOMAINS,
        "max_tokens": MAX_TOKENS,
        "temperature": temperature,
        **THRESHOLDS,
    }
    (folder / "settings.json").write_text(json.dumps(settings, indent=1) + "\n", encoding="utf-8")
