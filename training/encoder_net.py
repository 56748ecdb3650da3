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
ROLES = 3  # source, target, speaker
FLOOR = 0.5  # weight of the vector that stands for "nobody"


class Net(nn.Module):
    """One pass over the sentence; then any number of (source, target) pairs at little cost.

    ``encode`` gives token vectors and, for each token, the logits of belonging to the source and
    to the target and to whoever tells of it. ``pair`` reads what one weighting of tokens does to
    another: type, status, domain.
    """

    def __init__(self, base: Path, labels: int, statuses: int, domains: int) -> None:
        super().__init__()
        self.encoder = AutoModel.from_pretrained(str(base), attn_implementation="eager")
        self.role = nn.Sequential(
            nn.Dropout(0.1), nn.Linear(HIDDEN, 128), nn.GELU(), nn.Linear(128, ROLES)
        )
        self.nobody = nn.Parameter(torch.randn(2, HIDDEN) * 0.02)
        self.query = nn.Linear(2 * HIDDEN, 2 * KEY)
        self.key = nn.Linear(HIDDEN, 2 * KEY)
        self.middle = nn.Linear(5 * HIDDEN, MIDDLE)
        self.out = nn.Linear(MIDDLE, labels)
        self.aside = nn.Linear(5 * HIDDEN, MIDDLE // 2)
        self.status = nn.Linear(MIDDLE // 2, statuses)
        self.domain = nn.Linear(MIDDLE // 2, domains)
        self.drop = nn.Dropout(0.2)

    def encode(self, ids: torch.Tensor, mask: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Token vectors (batch, length, hidden) and role logits (batch, length, 3)."""
        hidden = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state
        return hidden, self.role(hidden)

    def pair(
        self, hidden: torch.Tensor, mask: torch.Tensor, weights: torch.Tensor
    ) -> dict[str, torch.Tensor]:
        """Logits of type, status and domain; under ``seen`` the trigger head's, over tokens.

        ``weights`` (batch, length, 2) say how much each token belongs to source and target.
        """
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
        features = self.drop(torch.cat([mean, seen, parties.reshape(batch, -1)], -1))
        gelu = nn.functional.gelu
        aside = gelu(self.aside(features))
        return {
            "type": self.out(self.drop(gelu(self.middle(features)))),
            "status": self.status(aside),
            "domain": self.domain(aside),
            "seen": scores[:, 0],
        }
