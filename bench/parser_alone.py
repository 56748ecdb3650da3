"""The peer of ``corpus.py``: the bare spaCy parser over the same sentences, nothing else.

Reads and splits the reports as the product does, then times loading the pipeline and parsing every
sentence; prints one JSON object. Run as a process of its own by ``corpus.py``.
"""

from __future__ import annotations

import json
import sys
import time
from importlib import resources
from pathlib import Path

import spacy

import tiltmeter
from tiltmeter.coding.parsing import split


def main() -> None:
    """Parse the sentences of the folder named on the command line."""
    documents, _ = tiltmeter.read(sys.argv[1])
    sentences = [
        text[segment["start"] + start : segment["start"] + end]
        for text, segments in zip(
            documents["text"].to_pylist(), documents["segments"].to_pylist(), strict=True
        )
        for segment in segments
        for start, end in split(text[segment["start"] : segment["end"]])
    ]
    wall, cpu = time.perf_counter(), time.process_time()
    parser = spacy.load(Path(str(resources.files("tiltmeter.coding") / "model")))
    words = sum(len(doc) for doc in parser.pipe(sentences, batch_size=64))
    figures = {
        "sentences": len(sentences),
        "words": words,
        "wall_s": round(time.perf_counter() - wall, 2),
        "cpu_s": round(time.process_time() - cpu, 2),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
