"""The network: a small sentence encoder with heads for roles, trigger and type."""

from __future__ import annotations

import math
from pathlib import Path

import torch
from torch import nn
from transformers import AutoModel

HIDDEN = 384
KEY = 64
MIDDLE = 256
FLOOR = 0.5  # weight of the vector that stands for "nobody"


class Net(nn.Module):
    """One pass over the sentence; then any number of (source, target) pairs at little cost.

    ``encode`` gives token vectors and, for each token, the logits of belonging to the source and
    to the target. ``pair`` reads the type of what one weighting of tokens does to another.
    """

    def __init__(self, base: Path, labels: int) -> None:
        super().__init__()
        self.encoder = AutoModel.from_pretrained(str(base), attn_implementation="eager")
        self.role = nn.Sequential(
            nn.Dropout(0.1), nn.Linear(HIDDEN, 128), nn.GELU(), nn.Linear(128, 2)
        )
        self.nobody = nn.Parameter(torch.randn(2, HIDDEN) * 0.02)
        self.query = nn.Linear(2 * HIDDEN, 2 * KEY)
        self.key = nn.Linear(HIDDEN, 2 * KEY)
        self.middle = nn.Linear(5 * HIDDEN, MIDDLE)
        self.out = nn.Linear(MIDDLE, labels)
        self.drop = nn.Dropout(0.2)

    def encode(self, ids: torch.Tensor, mask: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Token vectors (batch, length, hidden) and role logits (batch, length, 2)."""
        hidden = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state
        return hidden, self.role(hidden)

    def pair(
        self, hidden: torch.Tensor, mask: torch.Tensor, weights: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Type logits, and the attention logits over tokens of the trigger head."""
        total = weights.sum(1) + FLOOR
        parties = (torch.einsum("blr,blh->brh", weights, hidden) + FLOOR * self.nobody) / total[
            ..., None
        ]
        batch, length, _ = hidden.shape
        query = self.query(parties.reshape(batch, -1)).view(batch, 2, KEY)
        key = self.key(hidden).view(batch, length, 2, KEY)
        scores = torch.einsum("bnk,blnk->bnl", query, key) / math.sqrt(KEY)
        scores = scores.masked_fill(mask[:, None] == 0, -1e4)
        seen = torch.einsum("bnl,blh->bnh", scores.softmax(-1), hidden).reshape(batch, -1)
        m = mask[..., None].float()
        mean = (hidden * m).sum(1) / m.sum(1)
        features = torch.cat([mean, seen, parties.reshape(batch, -1)], -1)
        return self.out(self.drop(nn.functional.gelu(self.middle(self.drop(features))))), scores[
            :, 0
        ]
