"""Train the small dependency parser that the coder stands on.

In: Universal Dependencies files (EWT and the free genres of GUM) in one folder.
Out: a spaCy pipeline of three parts (tok2vec, XPOS tagger, dependency parser), about 7 MB, and a
``meta.json`` that states data, licence and scores. The treebanks are CC BY-SA 4.0, so the weights
are published under CC BY-SA 4.0 too; the attribution travels in ``NOTICE`` beside them.

    python training/train_parser.py --ud FOLDER --out src/tiltmeter/coding/model --steps 5000

The run is seeded: same data, same versions, same weights.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import time
from collections.abc import Iterator
from pathlib import Path

import spacy
from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example
from spacy.util import fix_random_seed, minibatch
from spacy.vocab import Vocab

SEED = 20141203  # the date of the article the product started from
TRAIN = ("en_ewt-ud-train.conllu.gz", "en_gum-open-train.conllu.gz")
DEV = ("en_ewt-ud-dev.conllu.gz", "en_gum-open-dev.conllu.gz")
TEST = ("en_ewt-ud-test.conllu.gz", "en_gum-open-test.conllu.gz", "en_pud-ud-test.conllu.gz")
WORDS_PER_BATCH = 1000
HEADLINE_SHARE = 0.06  # share of sentences shown in Title Case, so that headlines parse


def read_conllu(path: Path) -> Iterator[list[list[str]]]:
    """Yield sentences as lists of the ten CoNLL-U columns, multiword ranges included."""
    rows: list[list[str]] = []
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            line = line.rstrip("\n")
            if not line:
                if rows:
                    yield rows
                rows = []
            elif not line.startswith("#"):
                rows.append(line.split("\t"))
    if rows:
        yield rows


def to_doc(vocab: Vocab, rows: list[list[str]], *, title: bool = False) -> Doc:
    """Build a gold ``Doc``: words, spaces, XPOS tags, heads and relation labels."""
    space_after_range: dict[int, bool] = {}
    inside: set[int] = set()
    words, spaces, tags, heads, deps, ids = [], [], [], [], [], []
    for row in rows:
        if "-" in row[0]:
            first, last = (int(x) for x in row[0].split("-"))
            inside.update(range(first, last))
            space_after_range[last] = "SpaceAfter=No" not in row[9]
        elif "." not in row[0]:
            index = int(row[0])
            ids.append(index)
            words.append(row[1].title() if title and row[1].isalpha() else row[1])
            tags.append(row[4])
            heads.append(int(row[6]))
            deps.append("ROOT" if row[7] == "root" else row[7])
            space = "SpaceAfter=No" not in row[9]
            spaces.append(space_after_range.get(index, space and index not in inside))
    place = {index: at for at, index in enumerate(ids)}
    resolved = [place[h] if h else at for at, h in enumerate(heads)]
    starts = [True] + [False] * (len(words) - 1)
    return Doc(
        vocab, words=words, spaces=spaces, tags=tags, heads=resolved, deps=deps, sent_starts=starts
    )


def build() -> Language:
    """Return the untrained pipeline (CNN of width 96 and depth 4, no pretrained vectors)."""
    nlp = spacy.blank("en")
    listener = {"@architectures": "spacy.Tok2VecListener.v1", "width": 96, "upstream": "tok2vec"}
    nlp.add_pipe(
        "tok2vec",
        config={
            "model": {
                "@architectures": "spacy.Tok2Vec.v2",
                "embed": {
                    "@architectures": "spacy.MultiHashEmbed.v2",
                    "width": 96,
                    "attrs": ["NORM", "PREFIX", "SUFFIX", "SHAPE"],
                    "rows": [5000, 1000, 2500, 2500],
                    "include_static_vectors": False,
                },
                "encode": {
                    "@architectures": "spacy.MaxoutWindowEncoder.v2",
                    "width": 96,
                    "depth": 4,
                    "window_size": 1,
                    "maxout_pieces": 3,
                },
            }
        },
    )
    nlp.add_pipe(
        "tagger", config={"model": {"@architectures": "spacy.Tagger.v2", "tok2vec": listener}}
    )
    nlp.add_pipe(
        "parser",
        config={
            "model": {
                "@architectures": "spacy.TransitionBasedParser.v2",
                "state_type": "parser",
                "extra_state_tokens": False,
                "hidden_width": 64,
                "maxout_pieces": 2,
                "use_upper": True,
                "tok2vec": listener,
            },
            "min_action_freq": 20,
        },
    )
    return nlp


def examples(nlp: Language, files: list[Path], rng: random.Random | None = None) -> list[Example]:
    """Read gold sentences as (raw words, gold) pairs; with ``rng`` some are shown in Title Case."""
    out = []
    for path in files:
        for rows in read_conllu(path):
            title = rng is not None and rng.random() < HEADLINE_SHARE
            gold = to_doc(nlp.vocab, rows, title=title)
            if len(gold) < 200:
                raw = Doc(
                    nlp.vocab,
                    words=[t.text for t in gold],
                    spaces=[bool(t.whitespace_) for t in gold],
                )
                out.append(Example(raw, gold))
    return out


def score(nlp: Language, items: list[Example]) -> dict[str, float]:
    """Score with spaCy's scorer (no punctuation): XPOS accuracy, UAS, LAS on gold tokens."""
    fresh = [
        Example(
            Doc(
                nlp.vocab,
                words=[t.text for t in e.reference],
                spaces=[bool(t.whitespace_) for t in e.reference],
            ),
            e.reference,
        )
        for e in items
    ]
    result = nlp.evaluate(fresh, batch_size=256)
    return {k: round(float(result[k]), 4) for k in ("tag_acc", "dep_uas", "dep_las")}


def keep_labels_only(path: Path) -> None:
    """Leave the labels in the string store and drop the treebanks' words: the model needs none."""
    nlp = spacy.load(path)
    labels = {label for name in ("tagger", "parser") for label in nlp.get_pipe(name).labels}
    words = sorted(labels | {"ROOT", "dep"})
    (path / "vocab" / "strings.json").write_text(json.dumps(words, indent=0) + "\n")


def main() -> None:
    """Train, keep the best checkpoint by dev LAS, score it on the test files."""
    args = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    args.add_argument("--ud", type=Path, required=True, help="folder with the .conllu.gz files")
    args.add_argument("--out", type=Path, required=True)
    args.add_argument("--steps", type=int, default=5000)
    opt = args.parse_args()

    fix_random_seed(SEED)
    rng = random.Random(SEED)
    nlp = build()
    train = examples(nlp, [opt.ud / name for name in TRAIN], rng)
    dev = examples(nlp, [opt.ud / name for name in DEV])
    optimizer = nlp.initialize(lambda: train)
    optimizer.learn_rate = 0.001
    step, best, started = 0, 0.0, time.monotonic()
    while step < opt.steps:
        rng.shuffle(train)
        for batch in minibatch(train, size=WORDS_PER_BATCH // 16):
            # cosine-free linear decay: the last third of training does the fine work
            optimizer.learn_rate = 0.001 * max(0.05, 1.0 - step / opt.steps)
            nlp.update(batch, sgd=optimizer, drop=0.1)
            step += 1
            if step % 500 == 0 or step == opt.steps:
                with nlp.use_params(optimizer.averages):
                    now = score(nlp, dev)
                    if now["dep_las"] > best:
                        best = now["dep_las"]
                        nlp.to_disk(opt.out)
                print(step, round(time.monotonic() - started), now, flush=True)
            if step >= opt.steps:
                break
    keep_labels_only(opt.out)
    final = spacy.load(opt.out)
    report = {name: score(final, examples(final, [opt.ud / name])) for name in TEST}
    report["dev"] = {"dep_las": best}
    (opt.out / "scores.json").write_text(json.dumps(report, indent=1, sort_keys=True) + "\n")
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
