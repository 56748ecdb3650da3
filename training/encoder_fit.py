"""Fit the network: batches, losses, schedule. Seeded; one process, a fixed number of threads."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import torch
from annotated import DOMAINS, STATUSES
from encoder_net import Net
from gold_sets import LABELS, Example, Span
from tokenizers import Encoding, Tokenizer

MAX_TOKENS = 128
_SETTLED = 0.5  # share of the steps after which weights are averaged
_AT = {name: i for i, name in enumerate(LABELS)}


def tokenizer(base: Path) -> Tokenizer:
    """The base's tokenizer, without padding, cut at MAX_TOKENS."""
    made = Tokenizer.from_file(str(base / "tokenizer.json"))
    made.no_padding()
    made.enable_truncation(MAX_TOKENS)
    return made


def token_weights(encoding: Encoding, spans: Sequence[Span]) -> list[float]:
    """1.0 for the word pieces that lie in one of the spans."""
    return [
        float(e > s and any(s < end and start < e for start, end in spans))
        for s, e in encoding.offsets
    ]


class Batch:
    """Tensors of some examples."""

    def __init__(self, rows: list[tuple[Example, Encoding]]) -> None:
        size = max(len(e.ids) for _, e in rows)
        pad = [size - len(e.ids) for _, e in rows]
        self.ids = torch.tensor([e.ids + [0] * p for (_, e), p in zip(rows, pad, strict=True)])
        self.mask = torch.tensor(
            [[1] * len(e.ids) + [0] * p for (_, e), p in zip(rows, pad, strict=True)]
        )
        roles = [
            [token_weights(e, spans) for spans in (x.source, x.target, x.speaker)] for x, e in rows
        ]
        self.roles = torch.tensor(
            [[side + [0.0] * p for side in all_] for all_, p in zip(roles, pad, strict=True)]
        ).transpose(1, 2)
        self.trigger = torch.tensor(
            [token_weights(e, x.trigger) + [0.0] * p for (x, e), p in zip(rows, pad, strict=True)]
        )
        self.known = torch.tensor([x.roles for x, _ in rows])
        self.lead = torch.tensor([x.lead for x, _ in rows])
        self.marked = torch.tensor([x.complete for x, _ in rows]).float()
        self.status = _index([x.status for x, _ in rows], STATUSES)
        self.domain = _index([x.domain for x, _ in rows], DOMAINS)
        self.typed = torch.tensor([x.types is not None for x, _ in rows])
        self.allowed = torch.zeros(len(rows), len(LABELS))
        for i, (x, _) in enumerate(rows):
            for name in x.types or LABELS:
                self.allowed[i, _AT[name]] = 1
        self.weight = torch.tensor([x.weight for x, _ in rows])


def _index(names: list[str | None], among: tuple[str, ...]) -> torch.Tensor:
    return torch.tensor([-100 if n is None else among.index(n) for n in names])


def batches(rows: list[tuple[Example, Encoding]], size: int, rng: random.Random) -> Iterator[Batch]:
    """Shuffled batches of sentences of like length."""
    order = list(rows)
    rng.shuffle(order)
    chunk = size * 16
    made = []
    for at in range(0, len(order), chunk):
        part = sorted(order[at : at + chunk], key=lambda r: len(r[1].ids))
        made += [part[i : i + size] for i in range(0, len(part), size)]
    rng.shuffle(made)
    for part in made:
        yield Batch(part)


def loss_of(net: Net, batch: Batch) -> torch.Tensor:
    """Type, status and domain (given the true or the guessed parties), roles, and trigger."""
    with torch.autocast("cpu", dtype=torch.bfloat16):
        hidden, logits = net.encode(batch.ids, batch.mask)
    hidden, logits = hidden.float(), logits.float()
    mask = batch.mask.float()
    guess = (torch.sigmoid(logits.detach()) * mask[..., None])[..., :2]
    given = (torch.rand(len(guess)) < 0.5) | ~batch.lead
    use_true = given & batch.known
    weights = torch.where(use_true[:, None, None], batch.roles[..., :2], guess)
    read = net.pair(hidden, batch.mask, weights)
    log = read["type"].log_softmax(-1)
    right = torch.logsumexp(log.masked_fill(batch.allowed == 0, -1e4), -1)
    smooth = (log * batch.allowed).sum(-1) / batch.allowed.sum(-1)
    even = log.mean(-1)
    type_loss = -(0.9 * right + 0.05 * smooth + 0.05 * even) * batch.typed
    aside = sum(
        torch.nn.functional.cross_entropy(read[k], getattr(batch, k), reduction="none")
        for k in ("status", "domain")
    )
    role = torch.nn.functional.binary_cross_entropy_with_logits(
        logits, batch.roles, reduction="none"
    )
    role = (role * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
    known = (batch.known & batch.lead).float()
    role_loss = role[:, :2].sum(1) * known + role[:, 2] * batch.marked
    has = batch.trigger.sum(1) > 0
    chosen = batch.trigger / batch.trigger.sum(1, keepdim=True).clamp(min=1)
    trigger_loss = -(chosen * read["seen"].log_softmax(-1)).sum(1) * has
    total = type_loss + 1.5 * role_loss + 0.2 * trigger_loss + 0.15 * aside
    return (total * batch.weight).sum() / batch.weight.sum()


def fit(
    net: Net,
    examples: list[Example],
    tok: Tokenizer,
    *,
    epochs: float,
    rate: float = 8e-5,
    size: int = 16,
    seed: int = 1,
    frozen: int = 0,
    average: float = 0.99,
    say: str = "",
) -> None:
    """Train in place with AdamW, linear warm-up and decay.

    The weights kept are a running mean (``average`` of the mean, the rest of the last step) over
    the later half of the steps.
    """
    torch.manual_seed(seed)
    rng = random.Random(seed)
    rows = [(x, tok.encode(x.text)) for x in examples]
    for parameter in net.encoder.embeddings.parameters():
        parameter.requires_grad = False
    for layer in net.encoder.encoder.layer[:frozen]:
        for parameter in layer.parameters():
            parameter.requires_grad = False
    base = [p for p in net.encoder.parameters() if p.requires_grad]
    ids = {id(p) for p in net.encoder.parameters()}
    heads = [p for p in net.parameters() if id(p) not in ids]
    optimiser = torch.optim.AdamW(
        [{"params": base, "lr": rate}, {"params": heads, "lr": rate * 8}], weight_decay=0.01
    )
    steps = int(epochs * len(rows) / size) + 1
    warm = max(1, steps // 10)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda s: min((s + 1) / warm, max(0.0, (steps - s) / (steps - warm + 1)))
    )
    net.train()
    averaged = torch.optim.swa_utils.AveragedModel(
        net, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(average)
    )
    done, began, mean = 0, time.time(), 0.0
    while done < steps:
        for batch in batches(rows, size, rng):
            loss = loss_of(net, batch)
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            if done > steps * _SETTLED:
                averaged.update_parameters(net)
            done += 1
            mean = 0.98 * mean + 0.02 * float(loss.detach())
            if done % 100 == 0:
                print(
                    f"{say} {done}/{steps} loss {mean / (1 - 0.98**done):.3f} "
                    f"{time.time() - began:.0f} s",
                    flush=True,
                )
            if done >= steps:
                break
    net.load_state_dict(averaged.module.state_dict())
    net.eval()
