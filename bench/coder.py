"""Accuracy of the coder on every gold set beside the project (``make bench-coder``).

Runs ``tiltmeter code SET --format score`` as a user would and scores with the scorer that lies
beside the gold. Each figure carries a bootstrap interval over sentences; peer columns come from
``anchors.toml``. The network that ships was trained on the visible gold: what it scores on events
here is not a score on new text (that is ``encoder_cv.py``). Names (ngec_actor) and the stories of
ngec_synthetic were not trained on.
"""

from __future__ import annotations

import tempfile
import tomllib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, Final

from bootstrap import interval
from floors import floors, verdict
from gold import Scorer, read_lines
from machine import save, shared, table
from metered import TILTMETER, metered

_LAYERS: Final = ("type", "quad", "source", "target", "dyad", "triple", "interstate")
# What is scored of each set; the README beside the gold says what its labels can bear.
_SETS: Final[dict[str, tuple[str, ...]]] = {
    "gsr_cameo": _LAYERS,
    "plv": _LAYERS,
    "utd200": _LAYERS,
    "petr2_validation": _LAYERS,
    "petr_unit": ("source", "target", "dyad"),
    "ngec_synthetic": ("type",),
}
# Names of persons in the gold of actors are those in office when it was written.
_ACTOR_DAY: Final = "2022-06-01"
_BOOT: Final = 1000
_LOWER_IS_BETTER: Final = {
    "no_event",
    "no_event_interstate",
    "other_than_request",
    "other_interstate",
}

Figures = dict[str, Any]


def main() -> None:
    """Measure, write the result, and fail where a floor is missed."""
    scorer = Scorer(shared("tools", "score_coding.py"))
    figures: dict[str, Figures] = {}
    for name, layers in _SETS.items():
        figures[name] = _events(scorer, name, layers)
    figures["utd200"] |= _no_event(scorer)
    figures["utd_statement"] = _statements(scorer)
    figures["ngec_headline"] = _headlines(scorer)
    figures["ngec_actor"] = _actors(scorer)
    save("coder", "The coder on gold", figures, _page(figures))
    verdict("coder", figures)


@cache
def predicted(name: str, *options: str) -> list[dict[str, Any]]:
    """What the command line says of one gold set."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "predicted.jsonl"
        metered([*TILTMETER, "code", shared("gold", f"{name}.jsonl"), *options, "-o", out])
        return read_lines(out)


def _gold(name: str) -> list[dict[str, Any]]:
    return read_lines(shared("gold", f"{name}.jsonl"))


def _events(scorer: Scorer, name: str, layers: tuple[str, ...]) -> Figures:
    gold = _gold(name)
    found = scorer.score(gold, predicted(name, "--format", "score"), boot=_BOOT)
    out: Figures = {"sentences": len(gold)}
    for layer in layers:
        out[layer] = _round(found[layer]["f1"])
        out[f"{layer}_precision"] = _round(found[layer]["precision"])
        out[f"{layer}_recall"] = _round(found[layer]["recall"])
        out[f"{layer}_ci95"] = [_round(bound) for bound in found[layer].get("ci95", ())]
    return out


def _no_event(scorer: Scorer) -> Figures:
    """Sentences that four coders found empty, and on which something was coded all the same."""
    said = scorer.by_id(predicted("utd200", "--format", "score"))
    empty = [said.get(r["id"], []) for r in _gold("utd200") if r.get("no_event") is True]
    return {
        "no_event_sentences": len(empty),
        **_share("no_event", empty, scorer.any_event),
        **_share("no_event_interstate", empty, scorer.any_interstate),
    }


def _statements(scorer: Scorer) -> Figures:
    """Statements and appeals: a request may be coded, nothing else."""
    said = scorer.by_id(predicted("utd_statement", "--format", "score"))
    gold = _gold("utd_statement")
    acts = [[e for e in said.get(r["id"], []) if e["event"] != "REQUEST"] for r in gold]
    return {
        "sentences": len(gold),
        **_share("other_than_request", acts, scorer.any_event),
        **_share("other_interstate", acts, scorer.any_interstate),
    }


def _headlines(scorer: Scorer) -> Figures:
    """Recall of the type; the templates state one event of the headline, so precision is moot."""
    gold = [record | {"complete": False} for record in _gold("ngec_headline")]
    said = predicted("ngec_headline", "--format", "score")
    found = scorer.score(gold, said, boot=_BOOT, treat_complete=False)["type"]
    return {
        "sentences": len(gold),
        "type_recall": _round(found["recall"]),
        "type_recall_ci95": [_round(bound) for bound in found["ci95"]],
    }


def _actors(scorer: Scorer) -> Figures:
    gold = _gold("ngec_actor")
    said = predicted("ngec_actor", "--format", "actors", "--date", _ACTOR_DAY)
    out: Figures = {"names": len(gold), "undated_names_on": _ACTOR_DAY}
    whole = scorer.score_actors(gold, said)
    for field in ("country", "sector"):
        asked = [record for record in gold if field in record]
        right = [scorer.score_actors([r], said)[field]["accuracy"] == 1 for r in asked]
        out[field] = _round(whole[field]["accuracy"])
        out[f"{field}_ci95"] = interval([float(r) for r in right])
        out[f"{field}_recall"] = _round(whole[field]["recall_of_named"])
        out[f"{field}_precision"] = _round(whole[field]["precision_of_answers"])
    return out


def _share(name: str, sentences: list[Any], holds: Callable[[Any], bool]) -> Figures:
    hits = [float(holds(events)) for events in sentences]
    return {name: _round(sum(hits) / len(hits)), f"{name}_ci95": interval(hits)}


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _page(figures: dict[str, Figures]) -> str:
    anchors = tomllib.loads(Path(__file__).with_name("anchors.toml").read_text(encoding="utf-8"))
    limits = floors()["coder"]
    rows: list[list[object]] = []
    for name, found in figures.items():
        for metric, value in found.items():
            if f"{metric}_ci95" not in found:
                continue
            peers = [a.get(name, {}).get(metric) for a in anchors.values()]
            low, high = found[f"{metric}_ci95"]
            limit = limits.get(name, {})
            rows.append(
                [
                    f"{name}: {metric.replace('_', ' ')}",
                    f"{100 * value:.1f}",
                    f"{100 * low:.0f} to {100 * high:.0f}",
                    *(None if p is None else f"{100 * p:.1f}" for p in peers),
                    _ratio(value, peers[:3], lower=metric in _LOWER_IS_BETTER),
                    _ratio(value, peers[3:], lower=metric in _LOWER_IS_BETTER),
                    _percent(limit.get(metric, limit.get(f"{metric}_max"))),
                ]
            )
    labels = [a["label"] for a in anchors.values()]
    head = ["%", "tiltmeter", "95 %", *labels, "ratio to best open", "ratio to LR", "floor"]
    return (
        table(head, rows)
        + "\nF1 where nothing else is said; recall for headlines, accuracy for names; shares of "
        "sentences coded where nothing\nshould be (no event, other than request: lower is "
        "better). Intervals: bootstrap over sentences. Precision counts every\nsentence as "
        "completely annotated, so it is a lower bound on gsr_cameo and plv. Peers: anchors.toml, "
        "which says on what\nparts they were measured; the gold here is the visible part. "
        "**The shipped network was trained on it**, all but ngec_actor "
        "and\nngec_synthetic: scores of events on unseen text "
        "are in encoder_cv.md.\n"
    )


def _ratio(value: float, peers: list[float | None], *, lower: bool) -> str | None:
    """Ours against the best of the peers that have a figure; None where that is nought."""
    known = [p for p in peers if p is not None]
    best = (min if lower else max)(known) if known else None
    return f"{value / best:.2f}" if best else None


def _percent(share: float | None) -> str | None:
    return None if share is None else f"{100 * share:.0f}"


if __name__ == "__main__":
    main()
