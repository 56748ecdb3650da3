"""Four years of reports from text to brief: time, memory, what comes out (``make bench-corpus``).

All reports of 2012-2015 of the current-events corpus beside the project go through ``tiltmeter
brief`` for Ukraine between Russia and the West, in one process and a fresh workspace. The peer is
the spaCy parser alone over the same sentences, measured in the same run.
"""

from __future__ import annotations

import json
import lzma
import tempfile
from pathlib import Path
from typing import Any, Final

import pyarrow.parquet as pq
from floors import floors, verdict
from machine import save, shared, table
from metered import TILTMETER, Cost, metered

_FIRST, _LAST = "2012-01", "2015-12"
_STUDY: Final = ("--state", "UKR", "--poles", "RUS,WEST", "--from", _FIRST, "--to", _LAST)
_PATTERN: Final = "wikipedia_current_events_*.jsonl.xz"


def main() -> None:
    """Measure, write the result, and fail where a limit is passed."""
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch)
        reports = place / "reports"
        n_reports = write_reports(reports)
        page = place / "ukraine.html"
        workspace = place / "workspace"
        cost = metered(
            [*TILTMETER, "brief", reports, *_STUDY, "-o", page, "--workspace", workspace, "-q"],
        )
        peer = _parser(reports, place / "parser.json")
        found = _outcome(workspace)
    figures: dict[str, Any] = {
        "reports": n_reports,
        "sentences": peer["sentences"],
        "words": peer["words"],
        **cost.figures(),
        "sentences_per_s": round(peer["sentences"] / cost.wall_s),
        "peer_parser": {"wall_s": peer["wall_s"], "cpu_s": peer["cpu_s"]},
        "ratio_to_parser": round(cost.cpu_s / peer["cpu_s"], 2),
        **found,
    }
    save("corpus", "Four years of reports, from text to brief", figures, _page(figures, cost))
    verdict("corpus", figures)


def write_reports(folder: Path) -> int:
    """Write the corpus's reports of the four years as the JSON lines the text feed reads."""
    folder.mkdir()
    n = 0
    with (folder / "reports.jsonl").open("w", encoding="utf-8") as out:
        for packed in sorted(shared("data", "text").glob(_PATTERN)):
            with lzma.open(packed, "rt", encoding="utf-8") as lines:
                for line in lines:
                    record = json.loads(line)
                    if record["kind"] == "report" and _FIRST <= record["date"][:7] <= _LAST:
                        out.write(line)
                        n += 1
    if not n:
        shared("data", "text", _PATTERN)  # says that it is not there, and ends
    return n


def _parser(reports: Path, output: Path) -> dict[str, Any]:
    script = Path(__file__).with_name("parser_alone.py")
    metered([TILTMETER[0], script, reports], output=output)
    figures: dict[str, Any] = json.loads(output.read_text(encoding="utf-8"))
    return figures


def _outcome(workspace: Path) -> dict[str, Any]:
    """Events, stories, states of the panel and the main shift, from the workspace's tables."""
    manifest = json.loads((workspace / "manifest.json").read_text(encoding="utf-8"))
    outputs = {
        name: workspace / entry["file"]
        for key, stage in manifest["stages"].items()
        if ".chunk/" not in key
        for name, entry in stage["outputs"].items()
    }
    panel = pq.read_table(outputs["panel"])
    return {
        "events": pq.read_metadata(outputs["events"]).num_rows,
        "stories": pq.read_metadata(outputs["stories"]).num_rows,
        "states_in_panel": len(set(panel["state"].to_pylist())),
        "main_shift": _main_shift(pq.read_table(outputs["shifts"]).to_pylist()),
    }


def _main_shift(shifts: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The surest change of the overall tilt; a searched one goes before the fixed windows.

    A window shift (the last twelve months against all before) is always there; that nothing better
    is found says that the search saw no change it could date.
    """
    tilts = [r for r in shifts if r["domain"] == "overall" and r["pole_b"]]
    if not tilts:
        return None
    best = max(
        tilts,
        key=lambda r: (r["kind"] == "change_point", max(r["p_up"], r["p_down"]), r["shift_id"]),
    )
    up = best["p_up"] >= best["p_down"]
    return {
        "kind": best["kind"],
        "month": best["change_point"].isoformat()[:7],
        "between": [best[end].isoformat()[:7] for end in ("change_lo", "change_hi")],
        "direction": f"towards {best['pole'] if up else best['pole_b']}",
        "probability": round(max(best["p_up"], best["p_down"]), 3),
        "size": round(best["size"], 3),
    }


def _page(figures: dict[str, Any], cost: Cost) -> str:
    limits, peer = floors()["corpus"], figures["peer_parser"]
    rows = [
        ("wall, s", cost.wall_s, limits["wall_s_max"], peer["wall_s"]),
        ("CPU, s", cost.cpu_s, None, peer["cpu_s"]),
        ("peak memory, MB", cost.peak_rss_mb, limits["peak_rss_mb_max"], None),
        ("sentences a second", figures["sentences_per_s"], None, _rate(figures, peer["wall_s"])),
    ]
    shift = figures["main_shift"]
    told = (
        f"{shift['direction']} in {shift['month']} (between {' and '.join(shift['between'])}, "
        f"probability {shift['probability']}, size {shift['size']})"
        if shift
        else "none"
    )
    if shift and shift["kind"] == "window":
        told += "; the search dated no change, so this is the last twelve months against the rest"
    return (
        table(["", "tiltmeter", "limit", "spaCy parser alone"], rows)
        + f"\n{figures['reports']:,} reports, {figures['sentences']:,} sentences, "
        f"{figures['words']:,} words; {figures['events']:,} events, "
        f"{figures['stories']:,} stories,\n{figures['states_in_panel']} states in the panel. "
        f"CPU time is {figures['ratio_to_parser']} times that of the parser alone over all "
        f"sentences\n(the coder parses only those with a trigger word and an actor).\n\n"
        f"Main shift of Ukraine's tilt, {_FIRST} to {_LAST}: {told}.\n"
    )


def _rate(figures: dict[str, Any], seconds: float) -> int:
    return round(int(figures["sentences"]) / seconds)


if __name__ == "__main__":
    main()
