"""Charts: Vega-Lite specifications drawn to SVG without a network or a browser.

Each chart comes with the rows it draws, so that a page can print the table behind it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import pyarrow as pa
import vl_convert

from tiltmeter.brief.claims import Claim
from tiltmeter.brief.prose import DOMAIN_TITLES, pole_name
from tiltmeter.schemas import DOMAINS, OVERALL

# Okabe & Ito (2008): told apart by readers with any colour vision.
_COLOURS: Final = ("#D55E00", "#0072B2", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
_FONT: Final = "Helvetica, Arial, sans-serif"
_CONFIG: Final[dict[str, Any]] = {
    "background": "white",
    "font": _FONT,
    "axis": {"grid": True, "gridColor": "#eeeeee", "labelFontSize": 12, "titleFontSize": 12},
    "header": {"labelFontSize": 13, "labelFontWeight": "bold", "title": None},
    "view": {"stroke": None},
}


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawn chart, what it says for those who cannot see it, and the rows behind it."""

    title: str
    alt: str
    svg: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def _draw(spec: dict[str, Any]) -> str:
    svg = vl_convert.vegalite_to_svg({"config": _CONFIG, **spec})
    # the page supplies its own accessible name; ids would clash between charts of one page
    return re.sub(r'\sid="[^"]*"', "", svg) if "clip-path" not in svg else svg


def _values(
    closeness: pa.Table, poles: Sequence[str], domains: Sequence[str]
) -> list[dict[str, Any]]:
    return [
        {
            "month": row["month"].isoformat(),
            "pole": pole_name(row["pole"]),
            "domain": DOMAIN_TITLES[row["domain"]],
            "mean": round(row["mean"], 4),
            "lo": round(row["lo"], 4),
            "hi": round(row["hi"], 4),
            "lo50": round(row["lo50"], 4),
            "hi50": round(row["hi50"], 4),
            "n": row["n_stories"],
        }
        for row in closeness.to_pylist()
        if row["component"] == "total" and row["pole"] in poles and row["domain"] in domains
    ]


def _band(lo: str, hi: str, opacity: float) -> dict[str, Any]:
    return {
        "mark": {"type": "area", "opacity": opacity},
        "encoding": {
            "x": {
                "field": "month",
                "type": "temporal",
                "title": None,
                "axis": {"format": "%b %Y", "tickCount": 6},
            },
            "y": {
                "field": lo,
                "type": "quantitative",
                "title": "closeness (latent scale)",
                "scale": {"zero": False},
            },
            "y2": {"field": hi},
        },
    }


def _layers(*, labels: bool) -> list[dict[str, Any]]:
    line: dict[str, Any] = {
        "mark": {"type": "line", "strokeWidth": 2},
        "encoding": {
            "x": {"field": "month", "type": "temporal"},
            "y": {"field": "mean", "type": "quantitative"},
        },
    }
    out = [_band("lo", "hi", 0.13), _band("lo50", "hi50", 0.22), line]
    if labels:
        out.append(
            {
                "transform": [
                    {
                        "window": [{"op": "rank", "as": "back"}],
                        "groupby": ["pole"],
                        "sort": [{"field": "month", "order": "descending"}],
                    },
                    {"filter": "datum.back == 1"},
                ],
                "mark": {
                    "type": "text",
                    "align": "left",
                    "dx": 5,
                    "fontSize": 13,
                    "fontWeight": "bold",
                },
                "encoding": {
                    "x": {"field": "month", "type": "temporal"},
                    "y": {"field": "mean", "type": "quantitative"},
                    "text": {"field": "pole"},
                },
            }
        )
    return out


def curves(
    closeness: pa.Table, poles: Sequence[str], marks: Sequence[date], ci_prob: float
) -> Chart:
    """Closeness to each pole over the months, all domains together, with 50 % and ci_prob bands."""
    values = _values(closeness, poles, [OVERALL])
    colour = _colour(poles, legend=False)
    rules = {
        "data": {"values": [{"month": m.isoformat()} for m in marks]},
        "mark": {"type": "rule", "strokeDash": [4, 4], "color": "#666666"},
        "encoding": {"x": {"field": "month", "type": "temporal"}},
    }
    spec = {
        "width": 640,
        "height": 280,
        "padding": {"left": 5, "top": 5, "bottom": 5, "right": 110},
        "data": {"values": values},
        "encoding": {"color": colour},
        "layer": _layers(labels=True),
    }
    if marks:
        spec = {
            "width": 640,
            "height": 280,
            "padding": {"left": 5, "top": 5, "bottom": 5, "right": 110},
            "layer": [
                {
                    "data": {"values": values},
                    "encoding": {"color": colour},
                    "layer": _layers(labels=True),
                },
                rules,
            ],
        }
    names = ", ".join(pole_name(p) for p in poles)
    return Chart(
        "Closeness by month",
        f"Closeness to {names}, all domains, with bands of 50 and {round(100 * ci_prob)} per cent.",
        _draw(spec),
        _TABLE,
        _rows(values),
    )


def by_domain(closeness: pa.Table, poles: Sequence[str], ci_prob: float) -> Chart:
    """Small multiples: closeness to the contrasted poles in each domain."""
    return _multiples(
        _values(closeness, poles, DOMAINS),
        ("domain", [DOMAIN_TITLES[d] for d in DOMAINS]),
        _colour(poles, legend=True),
        "Closeness by domain",
        f"Closeness in each of five domains, with bands of 50 and {round(100 * ci_prob)} per cent.",
    )


def by_part(closeness: pa.Table, parts: Sequence[str], ci_prob: float) -> Chart:
    """Small multiples: closeness to each part of a compound pole, all domains together."""
    names = [pole_name(p) for p in parts]
    return _multiples(
        _values(closeness, parts, [OVERALL]),
        ("pole", names),
        _colour(parts, legend=False, first=2),
        "Compound poles taken apart",
        f"Closeness to {', '.join(names)}, all domains, with bands of 50 and "
        f"{round(100 * ci_prob)} per cent.",
    )


def _multiples(
    values: list[dict[str, Any]],
    facet: tuple[str, list[str]],
    colour: dict[str, Any],
    title: str,
    alt: str,
) -> Chart:
    spec = {
        "data": {"values": values},
        "facet": {"field": facet[0], "type": "nominal", "sort": facet[1], "title": None},
        "columns": 2,
        "spec": {
            "width": 320,
            "height": 150,
            "encoding": {"color": colour},
            "layer": _layers(labels=False),
        },
    }
    return Chart(title, alt, _draw(spec), _TABLE, _rows(values))


def timeline(claims: Sequence[Claim]) -> Chart | None:
    """The weightiest stories behind the overall claims, in order of time."""
    values: dict[tuple[str, str], dict[str, Any]] = {}
    for claim in claims:
        for story in claim.stories:
            values[(story.story_id, claim.pole)] = {
                "date": story.day.isoformat(),
                "label": f"{story.day.isoformat()}  {_short(story.text)}",
                "pole": pole_name(claim.pole),
                "contribution": round(story.contribution, 4),
            }
    if not values:
        return None
    rows = sorted(values.values(), key=lambda v: (v["date"], v["label"]))
    labels = list(dict.fromkeys(v["label"] for v in rows))
    spec = {
        "width": 280,
        "height": {"step": 24},
        "data": {"values": rows},
        "mark": {"type": "bar", "height": 12},
        "encoding": {
            "y": {
                "field": "label",
                "type": "nominal",
                "sort": labels,
                "title": None,
                "axis": {"labelLimit": 470, "grid": False},
            },
            "yOffset": {"field": "pole"},
            "x": {
                "field": "contribution",
                "type": "quantitative",
                "title": "← further | weight in the shift | closer →",
            },
            "color": _colour([c.pole for c in claims], legend=True),
        },
    }
    return Chart(
        "The weightiest stories",
        "Each bar is what one story adds to the shift towards or away from a pole.",
        _draw(spec),
        ("date", "pole", "story", "contribution"),
        tuple((v["date"], v["pole"], v["label"][12:], f"{v['contribution']:+.3f}") for v in rows),
    )


_TABLE: Final = ("month", "pole", "domain", "mean", "lo", "hi", "stories")


def _rows(values: list[dict[str, Any]]) -> tuple[tuple[str, ...], ...]:
    return tuple(
        (
            v["month"][:7],
            v["pole"],
            v["domain"],
            f"{v['mean']:.2f}",
            f"{v['lo']:.2f}",
            f"{v['hi']:.2f}",
            str(v["n"]),
        )
        for v in values
    )


def _colour(poles: Sequence[str], *, legend: bool, first: int = 0) -> dict[str, Any]:
    """Colours by pole; parts begin after the two poles contrasted, so that none is mistaken."""
    names = list(dict.fromkeys(pole_name(p) for p in poles))
    return {
        "field": "pole",
        "type": "nominal",
        "scale": {
            "domain": names,
            "range": [_COLOURS[(first + n) % len(_COLOURS)] for n in range(len(names))],
        },
        "legend": {"orient": "top", "title": None, "labelFontSize": 13, "symbolOpacity": 1}
        if legend
        else None,
    }


def _short(text: str, limit: int = 72) -> str:
    text = " ".join(text.split())
    return text if len(text) <= limit else text[: limit - 1].rsplit(" ", 1)[0] + "…"
