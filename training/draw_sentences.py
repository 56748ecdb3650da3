"""Draw sentences of real text to annotate: ``python training/draw_sentences.py OUT.jsonl``.

Seeded, and stratified by what the shipped network makes of a sentence: half where it is sure of an
event, even over the types; a quarter where it wavers; the rest at random. Sentences of the gold
sets and of the own gold, and their near-duplicates, are left out.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import lzma
import random
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from gold_sets import SETS, read, shingles

from tiltmeter.coding.encoder_decode import propose
from tiltmeter.coding.readers import readers

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
TEXT = SHARED / "data" / "text"
WIKIPEDIA = "wikipedia_current_events_2002-2015_2020-2023.jsonl.xz"
BRIEFINGS = "white_house_briefings_2012-2015.jsonl.xz"
DEBATE = "un_general_debate_2008-2018.jsonl.xz"
SHORTEST, LONGEST = 35, 330  # characters
_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z“\"])")
_CONTAINED = 0.5


def main() -> None:
    """Write the drawn sentences, with their texts, which are not for the repository."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--wikipedia", type=int, default=3600)
    parser.add_argument("--briefings", type=int, default=700)
    parser.add_argument("--debate", type=int, default=300)
    parser.add_argument("--pool", type=int, default=6, help="read this many for each one drawn")
    parser.add_argument("--seed", type=int, default=11)
    args = parser.parse_args()
    rng = random.Random(args.seed)
    known = gold_shingles()
    drawn: list[dict] = []
    for name, count in (
        (WIKIPEDIA, args.wikipedia), (BRIEFINGS, args.briefings), (DEBATE, args.debate)
    ):  # fmt: skip
        pool = list(sentences(name))
        rng.shuffle(pool)
        pool = [row for row in pool[: count * args.pool] if is_new(row["text"], known)]
        drawn += _stratified(pool, count, rng)
    rng.shuffle(drawn)
    with args.out.open("w", encoding="utf-8") as out:
        for row in drawn:
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
    print(f"{len(drawn)} sentences -> {args.out}")


def sentences(name: str) -> Iterator[dict]:
    """Sentences of one collection, with place and hash; one of each text."""
    seen: set[str] = set()
    with lzma.open(TEXT / name, "rt", encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            if record.get("kind", "report") != "report":
                continue
            text, at = record["text"], 0
            cuts = [m.span() for m in _END.finditer(text)] if len(text) > LONGEST else []
            for end, following in [*cuts, (len(text), len(text))]:
                piece = text[at:end]
                if SHORTEST <= len(piece) <= LONGEST and "\n" not in piece and piece not in seen:
                    seen.add(piece)
                    day = record.get("date") or f"{record['year']}-09-25"
                    yield {
                        "id": f"{record['id']}:{at}-{end}", "file": name, "record": record["id"],
                        "start": at, "end": end, "date": day,
                        "sha256": hashlib.sha256(piece.encode()).hexdigest()[:16], "text": piece,
                    }  # fmt: skip
                at = following


def gold_shingles() -> dict[tuple[str, ...], set[int]]:
    """Shingles of everything the coder is scored on."""
    texts = [r["text"] for s in (*SETS, "ngec_synthetic") for r in read(SHARED / "gold", s)]
    places = read(ROOT / "bench" / "own_gold", "sentences")
    wanted = {(p["file"], p["record"]) for p in places}
    for name in {p["file"] for p in places}:
        with lzma.open(TEXT / name, "rt", encoding="utf-8") as lines:
            found = {
                r["id"]: r["text"] for r in map(json.loads, lines) if (name, r["id"]) in wanted
            }
        texts += [found[p["record"]][p["start"] : p["end"]] for p in places if p["file"] == name]
    out: dict[tuple[str, ...], set[int]] = defaultdict(set)
    for number, text in enumerate(texts):
        for gram in shingles(text):
            out[gram].add(number)
    return out


def is_new(text: str, known: dict[tuple[str, ...], set[int]]) -> bool:
    """Whether less than half of a text's shingles are those of one scored text."""
    grams = shingles(text)
    shared: dict[int, int] = defaultdict(int)
    for gram in grams:
        for number in known.get(gram, ()):
            shared[number] += 1
    return max(shared.values(), default=0) < _CONTAINED * len(grams)


def _stratified(pool: list[dict], count: int, rng: random.Random) -> list[dict]:
    net = readers().first
    sure: dict[str, list[dict]] = defaultdict(list)
    wavering: list[dict] = []
    rest: list[dict] = []
    for row, reading in zip(pool, net.read([r["text"] for r in pool]), strict=True):
        proposal, _ = propose(net, reading)
        if 0.1 <= proposal.event < 0.75:
            wavering.append(row)
        elif proposal.event >= 0.75:
            sure[proposal.event_type].append(row)
        else:
            rest.append(row)
    out: list[dict] = []
    while len(out) < count // 2 and any(sure.values()):
        out += [rows.pop() for _, rows in sorted(sure.items()) if rows]
    out += wavering[: count // 4]
    left = [*wavering[count // 4 :], *rest, *(r for rows in sure.values() for r in rows)]
    rng.shuffle(left)
    return out + left[: count - len(out)]


if __name__ == "__main__":
    main()
