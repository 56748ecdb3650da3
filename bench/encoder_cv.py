"""Cross-validated accuracy of the whole coder on gold that its network was trained with.

    python bench/encoder_cv.py training/folds

The folder holds one network for each fold (``training/train_encoder.py``). Each record is coded by
the network that saw neither it nor a near-duplicate of it in any set; everything else (names,
parser, rules, thresholds) is as it ships. The figures of ``bench/coder.py`` are of the shipped
network, which has seen the visible gold: only those here say what it does on new text.
"""

from __future__ import annotations

import importlib.util
import sys
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path
from typing import Any, Final

from bootstrap import interval
from floors import verdict
from gold import Scorer, read_lines
from machine import ROOT, save, shared, table

from tiltmeter.coding.coder import BuiltinCoder, Document
from tiltmeter.coding.encoder_events import Network
from tiltmeter.coding.readers import two_readers
from tiltmeter.events import score_rows

_LAYERS: Final = ("type", "quad", "source", "target", "dyad", "triple", "interstate")
_WHOLE: Final = ("gsr_cameo", "plv", "utd200", "petr2_validation")
_UNDATED: Final = date(2010, 1, 1)
_BOOT: Final = 1000
_TARGETS: Final = {
    ("gsr_cameo", "type"): 75,
    ("gsr_cameo", "dyad"): 70,
    ("gsr_cameo", "interstate"): 58,
    ("plv", "type"): 84,
    ("plv", "macro_given_pair"): 86,
    ("utd200", "type_recall"): 45,
    ("utd200", "no_event"): 8,
    ("utd_statement", "other_than_request"): 8,
    ("ngec_headline", "type_recall"): 75,
}

Figures = dict[str, Any]


def main() -> None:
    """Measure and save."""
    work = Path(sys.argv[1])
    sets = _training("gold_sets")
    folder = shared("gold")
    parts = {int(f.name.removeprefix("fold")): f for f in sorted(work.glob("fold?"))}
    networks = {number: Network(two_readers(part)) for number, part in parts.items()}
    count = len(networks)
    fold_of = sets.folds(folder, count)
    gold = {name: read_lines(folder / f"{name}.jsonl") for name in sets.SETS}
    said: dict[str, list[dict[str, Any]]] = {}
    for fold, network in networks.items():
        records = [r for rows in gold.values() for r in rows if fold_of[r["id"]] == fold]
        said |= _coded(records, network)
    figures = _figures(Scorer(shared("tools", "score_coding.py")), gold, said)
    judged = _judged(sets, folder, fold_of, networks)
    figures["plv"]["macro_given_pair"] = _macro(judged)
    figures["plv"]["accuracy_given_pair"] = sum(ok for _, _, ok, _ in judged) / len(judged)
    figures["confidence"] = _reliability([(p, ok) for _, _, ok, p in judged])
    figures["folds"] = {"count": count}
    save("encoder_cv", "The coder on gold that it has not seen", figures, _page(figures))
    plot = ROOT / "bench" / "results" / "reliability.svg"
    plot.write_text(_plot(figures["confidence"]), encoding="utf-8")
    verdict("encoder_cv", figures)


def _training(name: str) -> Any:
    path = Path(__file__).resolve().parents[1] / "training" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise SystemExit(f"{path}: not there")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def _coded(records: list[dict[str, Any]], network: Network) -> dict[str, list[dict[str, Any]]]:
    documents = [
        (r["id"], Document(f"{n:08d}", r["text"], _UNDATED, dated=False))
        for n, r in enumerate(records)
    ]
    out: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in score_rows(documents, BuiltinCoder(everything=True, network=network)):
        out[row["id"]] += row["events"]
    return out


def _figures(
    scorer: Scorer, gold: dict[str, list[dict[str, Any]]], said: dict[str, list[dict[str, Any]]]
) -> dict[str, Figures]:
    out: dict[str, Figures] = {}
    rows = [{"id": key, "events": events} for key, events in said.items()]
    for name in _WHOLE:
        found = scorer.score(gold[name], rows, boot=_BOOT)
        out[name] = {"sentences": len(gold[name])}
        for layer in _LAYERS:
            out[name][layer] = found[layer]["f1"]
            out[name][f"{layer}_ci95"] = found[layer].get("ci95")
            out[name][f"{layer}_precision"] = found[layer]["precision"]
            out[name][f"{layer}_recall"] = found[layer]["recall"]
    empty = [said.get(r["id"], []) for r in gold["utd200"] if r.get("no_event") is True]
    out["utd200"] |= _share("no_event", [bool(e) for e in empty])
    out["utd200"] |= _share("no_event_interstate", [scorer.any_interstate(e) for e in empty])
    acts = [
        any(e["event"] != "REQUEST" for e in said.get(r["id"], [])) for r in gold["utd_statement"]
    ]
    out["utd_statement"] = {"sentences": len(acts), **_share("other_than_request", acts)}
    heads = [r | {"complete": False} for r in gold["ngec_headline"]]
    found = scorer.score(heads, rows, boot=_BOOT, treat_complete=False)["type"]
    out["ngec_headline"] = {
        "sentences": len(heads),
        "type_recall": found["recall"],
        "type_recall_ci95": found["ci95"],
    }
    return out


def _share(name: str, hits: list[bool]) -> Figures:
    values = [float(h) for h in hits]
    return {name: sum(values) / len(values), f"{name}_ci95": interval(values)}


def _judged(
    sets: Any, folder: Path, fold_of: dict[str, int], networks: dict[int, Network]
) -> list[tuple[str, str, bool, float]]:
    """(label, predicted, right, probability) of each PLV record, its two parties given."""
    out = []
    for row in sets.examples(folder, fold_of):
        if row.origin != "plv" or not row.roles:
            continue
        encoder = networks[row.fold].encoder
        (reading,) = encoder.read([row.text])
        kind, sure = encoder.judge(reading, reading.weights(row.source, row.target)).best
        label = "YIELD" if "CONCEDE" in row.types and "RETREAT" in row.types else row.types[0]
        said = "YIELD" if kind in {"CONCEDE", "RETREAT"} else kind
        out.append((label, said, said == label, sure))
    return out


def _macro(judged: list[tuple[str, str, bool, float]]) -> float:
    """Mean of F1 over the types that the set has."""
    hits, told, held = Counter[str](), Counter[str](), Counter[str]()
    for label, said, right, _ in judged:
        held[label] += 1
        told[said] += 1
        hits[label] += right
    scores = [2 * hits[t] / (held[t] + told[t]) for t in held]
    return sum(scores) / len(scores)


def _reliability(pairs: list[tuple[float, bool]]) -> Figures:
    """Of types given the pair: how often right in each band of probability."""
    bands: dict[str, list[tuple[float, bool]]] = defaultdict(list)
    for chance, right in pairs:
        low = min(int(chance * 10), 9)
        bands[f"0.{low}"].append((chance, right))
    return {
        band: {
            "n": len(held),
            "said": sum(p for p, _ in held) / len(held),
            "right": sum(ok for _, ok in held) / len(held),
        }
        for band, held in sorted(bands.items())
    }


def _plot(bands: Figures) -> str:
    """Reliability diagram: said (across) against right (up); area of a dot by its count."""
    size, edge = 320, 40
    line = f'<line x1="{edge}" y1="{size + edge}" x2="{size + edge}" y2="{edge}" stroke="#999"/>'
    dots = "".join(
        f'<circle cx="{edge + size * b["said"]:.1f}" cy="{edge + size * (1 - b["right"]):.1f}" '
        f'r="{2 + b["n"] ** 0.5 / 2:.1f}" fill="#0072b2" fill-opacity="0.8">'
        f"<title>{b['n']} events: said {b['said']:.2f}, right {b['right']:.2f}</title></circle>"
        for b in bands.values()
    )
    ticks = "".join(
        f'<text x="{edge + size * t}" y="{size + edge + 16}" text-anchor="middle">{t:g}</text>'
        f'<text x="{edge - 6}" y="{edge + size * (1 - t) + 4}" text-anchor="end">{t:g}</text>'
        for t in (0, 0.25, 0.5, 0.75, 1)
    )
    frame = (
        f'<rect x="{edge}" y="{edge}" width="{size}" height="{size}" fill="none" stroke="#333"/>'
    )
    whole = size + 2 * edge
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {whole} {whole}" '
        'font-family="sans-serif" font-size="11"><title>Reliability of type probabilities</title>'
        f'<rect width="100%" height="100%" fill="#fff"/>{frame}{line}{dots}{ticks}'
        f'<text x="{edge + size / 2}" y="{size + edge + 32}" text-anchor="middle">probability said'
        f'</text><text x="{edge}" y="{edge - 10}">share right</text></svg>\n'
    )


def _page(figures: dict[str, Figures]) -> str:
    rows: list[list[object]] = []
    for name, found in figures.items():
        for metric, value in found.items():
            if not isinstance(value, float) or metric.endswith("_precision"):
                continue
            bounds = found.get(f"{metric}_ci95")
            if bounds is None and (name, metric) not in _TARGETS:
                continue
            span = f"{100 * bounds[0]:.0f} to {100 * bounds[1]:.0f}" if bounds else None
            goal = _TARGETS.get((name, metric))
            rows.append([f"{name}: {metric.replace('_', ' ')}", f"{100 * value:.1f}", span, goal])
    bands = [
        [band, held["n"], f"{100 * held['said']:.0f}", f"{100 * held['right']:.0f}"]
        for band, held in figures["confidence"].items()
    ]
    return (
        table(["%", "tiltmeter", "95 %", "aim"], rows)
        + f"\n{figures['folds']['count']} folds by near-duplicate text across all sets; every "
        "record coded by a network that saw neither it nor its like.\nF1 where nothing else is "
        "said; shares of sentences coded where nothing should be (no event, other than request: "
        "lower is\nbetter). Precision counts every sentence as completely annotated.\n\n"
        "Probability of the type, the pair given (PLV), against how often it is right:\n\n"
        + table(["from", "n", "said, %", "right, %"], bands)
    )


if __name__ == "__main__":
    main()
