"""Sentences a second of the whole coder over real text, and the time to its first result.

``make bench-speed`` codes a seeded sample of all texts beside the project, each file by its share
of the text, with the command line and as many processes as there are cores. On a machine that does
other work too, the wall clock tells of that work: the figure to compare is sentences for each
second of processor time, and what two cores would do with it. The peer is the spaCy parser alone
over a part of the same sentences.
"""

from __future__ import annotations

import argparse
import json
import lzma
import os
import random
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from floors import verdict
from machine import save, shared, table
from metered import TILTMETER, Cost, metered

from tiltmeter import read
from tiltmeter.coding.parsing import split

_SEED: Final = 7
_CORES: Final = 2
_PEER: Final = 20  # one report in so many is parsed by the peer
_STARTS: Final = 5
_KEYS: Final = ("id", "date", "year", "title", "text")


def main() -> None:
    """Measure, write the result, and fail where a limit is passed."""
    given = argparse.ArgumentParser()
    given.add_argument("--megabytes", type=float, default=14.0, help="text to code")
    options = given.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch)
        lines = list(sample(options.megabytes))
        reports, part, one = (place / name for name in ("reports", "part", "one"))
        _write(reports, lines)
        _write(part, lines[::_PEER])
        _write(one, ['{"date": "2014-12-03", "text": "Russia condemned Ukraine on Monday."}\n'])
        command = [*TILTMETER, "code", reports, "-q", "--parquet", place / "events.parquet"]
        busy = os.getloadavg()[0]
        cost = metered(command)
        starts = [metered([*TILTMETER, "code", one, "-q"]) for _ in range(_STARTS)]
        script = Path(__file__).with_name("parser_alone.py")
        metered([TILTMETER[0], script, part], output=place / "peer.json")
        peer = json.loads((place / "peer.json").read_text(encoding="utf-8"))
        sentences, words = _counted(reports)
    figures: dict[str, Any] = {
        "reports": len(lines),
        "sentences": sentences,
        "words": words,
        "load_before": round(busy, 1),
        **cost.figures(),
        "sentences_per_s": round(sentences / cost.wall_s),
        "sentences_per_cpu_s": round(sentences / cost.cpu_s),
        "sentences_per_s_on_two_cores": round(_CORES * sentences / cost.cpu_s),
        "first_result_s": min(s.wall_s for s in starts),
        "first_result_cpu_s": min(s.cpu_s for s in starts),
        "peer_sentences_per_cpu_s": round(peer["sentences"] / peer["cpu_s"]),
    }
    figures["ratio_to_parser"] = round(
        figures["sentences_per_cpu_s"] / figures["peer_sentences_per_cpu_s"], 2
    )
    save("speed", "Speed of the coder over real text", figures, _page(figures, cost))
    verdict("speed", figures)


def sample(megabytes: float) -> Iterator[str]:
    """Records of all files in seeded order, each file by its share of the whole text."""
    files = sorted(shared("data", "text").glob("*.jsonl.xz"))
    records = {path: list(_records(path)) for path in files}
    sizes = {path: sum(len(r["text"]) for r in held) for path, held in records.items()}
    for path, held in records.items():
        budget = megabytes * 1e6 * sizes[path] / sum(sizes.values())
        random.Random(_SEED).shuffle(held)
        for record in held:
            budget -= len(record["text"])
            kept = {k: record[k] for k in _KEYS if k in record}
            yield json.dumps(kept, ensure_ascii=False) + "\n"
            if budget <= 0:
                break


def _records(path: Path) -> Iterator[dict[str, Any]]:
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            if record.get("kind") != "heading":
                yield record


def _write(folder: Path, lines: list[str]) -> None:
    folder.mkdir()
    (folder / "reports.jsonl").write_text("".join(lines), encoding="utf-8")


def _counted(reports: Path) -> tuple[int, int]:
    """Sentences as the coder cuts them, and words between blanks."""
    documents, _ = read(reports)
    sentences = words = 0
    for text, segments in zip(
        documents["text"].to_pylist(), documents["segments"].to_pylist(), strict=True
    ):
        words += len(text.split())
        sentences += sum(len(split(text[s["start"] : s["end"]])) for s in segments)
    return sentences, words


def _page(figures: dict[str, Any], cost: Cost) -> str:
    rows = [
        ("sentences a second, wall clock", figures["sentences_per_s"]),
        ("sentences a second of processor time", figures["sentences_per_cpu_s"]),
        ("sentences a second on two free cores", figures["sentences_per_s_on_two_cores"]),
        ("peak memory of all processes, MB", cost.peak_rss_mb),
        ("start to first result, s", figures["first_result_s"]),
        ("the same in processor time, s", figures["first_result_cpu_s"]),
        ("spaCy parser alone, sentences a second of processor time",
         figures["peer_sentences_per_cpu_s"]),
    ]  # fmt: skip
    return (
        table(["", ""], rows)
        + f"\n{figures['reports']:,} texts, {figures['sentences']:,} sentences, "
        f"{figures['words']:,} words, all four files by their share of the text; "
        f"reading the files included.\nLoad of the machine before: {figures['load_before']} "
        f"(the wall clock tells of other work too where it is above 0).\n"
        f"{figures['ratio_to_parser']} times as fast as the parser alone over the same text.\n"
    )


if __name__ == "__main__":
    main()
