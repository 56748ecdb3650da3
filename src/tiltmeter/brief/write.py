"""Assemble and write a brief as Markdown or one self-contained HTML file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2
import pyarrow as pa
import pyarrow.compute as pc

from tiltmeter import __version__, schemas
from tiltmeter.api import Measurement, Reading
from tiltmeter.brief.charts import Chart, by_domain, by_part, curves, timeline
from tiltmeter.brief.claims import Claims
from tiltmeter.brief.compose import Composer, Text
from tiltmeter.brief.prose import count, day_name, month_name, pole_name, state_name
from tiltmeter.brief.words import GRADES, LASTING, percent
from tiltmeter.coding.coder import BuiltinCoder
from tiltmeter.coding.reasons import REASONS
from tiltmeter.errors import ConfigError
from tiltmeter.panel import MIN_CONFIDENCE
from tiltmeter.pipeline import table_hash
from tiltmeter.stages import METHOD_VERSION
from tiltmeter.store import digest, write_whole

CHRONICLE_OUTLET = "tiltmeter chronicle"


@dataclass(frozen=True, slots=True)
class Brief:
    """A finished brief; ``markdown()`` and ``html()`` give its two faces."""

    text: Text
    charts: tuple[Chart, ...]
    data: tuple[tuple[str, str], ...]
    rejects: tuple[tuple[str, int, str], ...]
    silent: tuple[tuple[str, int], ...]
    settings: tuple[tuple[str, str], ...]
    is_demo: bool
    state: str

    @property
    def headline(self) -> str:
        """The headline in words."""
        return self.text.headline

    def markdown(self) -> str:
        """The brief as Markdown; charts are left to the HTML."""
        return _environment(escape=False).get_template("brief.md.j2").render(self._facts())

    def html(self) -> str:
        """The brief as one HTML file that needs nothing else."""
        return _environment(escape=True).get_template("brief.html.j2").render(self._facts())

    def _facts(self) -> dict[str, Any]:
        return {
            "brief": self,
            "text": self.text,
            "grades": GRADES,
            "percent": percent,
            "numbered": _numbers(self.text),
        }


def _numbers(text: Text) -> dict[str, int]:
    """Running numbers of the claims, so that Markdown notes and HTML anchors agree."""
    order: dict[str, int] = {}
    groups = [*text.lead, *(s for b in text.bullets for s in b.sentences)]
    for sentence in groups:
        for claim in sentence.claims:
            order.setdefault(claim.claim_id, len(order) + 1)
    return order


def _environment(*, escape: bool) -> jinja2.Environment:
    env = jinja2.Environment(
        loader=jinja2.PackageLoader("tiltmeter.brief", "templates"),
        autoescape=escape,  # noqa: S701  Markdown goes through the md filter instead
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    env.filters["md"] = _markdown_text
    env.filters["pole"] = pole_name
    return env


def _markdown_text(text: str) -> str:
    """Make foreign text harmless in Markdown: no markup, no HTML, one line."""
    out = " ".join(str(text).split())
    for char in "\\`*_[]<>#|":
        out = out.replace(char, "\\" + char)
    return out


def make_brief(reading: Reading, found: Measurement) -> Brief:
    """Compose a brief from coded reports and their measurement.

    Raises:
        UnsupportedClaim: A sentence would stand without evidence.
    """
    claims = Claims(reading, found)
    text = Composer(found, claims).compose()
    poles = [p.name for p in found.study.poles]
    shown = [p.name for p in found.study.with_parts]
    turns = [
        c.row["change_point"]
        for s in text.lead
        for c in s.claims
        if c.row["kind"] == "change_point" and c.row["p_change"] >= LASTING
    ]
    ci_prob = found.study.ci_prob
    charts = [curves(found.closeness, poles, turns, ci_prob)]
    if parts := [name for name in shown if name not in poles]:
        charts.append(by_part(found.closeness, parts, ci_prob))
    charts.append(by_domain(found.closeness, poles, ci_prob))
    if (line := timeline(text.overall)) is not None:
        charts.append(line)
    outlets = {o for o in reading.documents["outlet"].to_pylist() if o}
    return Brief(
        text,
        tuple(charts),
        tuple(_data(reading, found)),
        tuple(_rejects(reading.rejects)),
        tuple(_silent(reading.sentences)),
        tuple(_settings(reading, found)),
        outlets == {CHRONICLE_OUTLET},
        state_name(found.study.state),
    )


def _data(reading: Reading, found: Measurement) -> list[tuple[str, str]]:
    documents, state = reading.documents, found.study.state
    dates = documents["published"]
    langs = sorted(set(documents["lang"].to_pylist()))
    outlets = sorted({o for o in documents["outlet"].to_pylist() if o})
    copies = int(pc.sum(documents["n_copies"]).as_py() or 0) - documents.num_rows
    shown = [p.name for p in found.study.with_parts]
    mine = found.panel.filter(
        pc.and_(
            pc.equal(found.panel["state"], state),
            pc.is_in(found.panel["pole"], pa.array(shown)),
        )
    )
    out = [
        (
            "Documents",
            f"{documents.num_rows:,}, published {day_name(pc.min(dates).as_py())} "
            f"to {day_name(pc.max(dates).as_py())}",
        ),
        (
            "Outlets",
            ", ".join(outlets[:12])
            + (f" and {len(outlets) - 12} more" if len(outlets) > 12 else "")
            or "not stated",
        ),
        ("Languages", ", ".join(langs)),
        ("Copies of one text, counted once", f"{copies:,}"),
        ("Events coded / stories", f"{reading.events.num_rows:,} / {reading.stories.num_rows:,}"),
    ]
    for name in shown:
        rows = mine.filter(pc.equal(mine["pole"], name))
        ids = {i for ids in rows["story_ids"].to_pylist() for i in ids}
        months = len(set(rows["month"].to_pylist()))
        total = _months(found)
        out.append(
            (
                f"{state_name(state)} with {pole_name(name)}",
                f"{count(len(ids), 'story')} in {months} of {total} months; "
                f"{total - months} months without",
            )
        )
    if found.failures.num_rows:
        out.append(("Poles whose fit did not fully converge", f"{found.failures.num_rows:,}"))
    return out


def _months(found: Measurement) -> int:
    first, last = found.months
    return (last.year - first.year) * 12 + last.month - first.month + 1


def _rejects(rejects: pa.Table) -> list[tuple[str, int, str]]:
    groups: dict[str, list[str]] = {}
    for row in rejects.to_pylist():
        place = f"{row['path']} {row['place']}".strip()
        groups.setdefault(row["reason"], []).append(place)
    ranked = sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))
    return [(reason, len(places), min(places)) for reason, places in ranked]


def _silent(sentences: pa.Table) -> list[tuple[str, int]]:
    counts: dict[str, int] = {}
    for reason in sentences["reason"].to_pylist():
        counts[reason] = counts.get(reason, 0) + 1
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [(REASONS.get(reason, reason), n) for reason, n in ranked]


def _settings(reading: Reading, found: Measurement) -> list[tuple[str, str]]:
    study = found.study
    members = {p.name: sorted({m.code for m in p.members}) for p in study.with_parts}
    delta = found.shifts["delta"][0].as_py() if found.shifts.num_rows else None
    kinds = sorted(set(found.closeness["ci_kind"].to_pylist()))
    run = digest(
        table_hash(reading.documents), study.state, [p.name for p in study.poles],
        found.months, study.ci_prob, METHOD_VERSION, _coder(reading), __version__,
        *([reading.lexicon] if reading.lexicon else []),
    )  # fmt: skip
    return [
        ("State", f"{state_name(study.state)} ({study.state})"),
        ("Poles", ", ".join(p.name for p in study.poles)),
        *(
            (f"Members of {name} (at any time; dated in the knowledge base)", ", ".join(codes))
            for name, codes in members.items()
            if len(codes) > 1
        ),
        (
            "Months",
            f"{month_name(found.months[0])} to {month_name(found.months[1])}{_asked(found)}",
        ),
        ("Intervals", f"{round(100 * study.ci_prob)} % ({', '.join(kinds)}), and 50 %"),
        (
            "Change that counts as one",
            "not set" if delta is None else f"{delta:g} on the latent scale",
        ),
        ("Probability in the text", "P(closeness after - before > 0), or < 0 for 'further'"),
        (
            "Counted",
            "stories done or planned, both directions, between actors that act for a state, "
            f"of a coder's confidence from {MIN_CONFIDENCE} on",
        ),
        ("Domains", ", ".join(schemas.DOMAINS)),
        ("Coder", " ".join(reading.coder)),
        *([("Your lexicon", reading.lexicon)] if reading.lexicon else []),
        ("Method", METHOD_VERSION),
        ("tiltmeter", __version__),
        ("Run", run),
    ]


def _coder(reading: Reading) -> str:
    """The coder as a run is named by it: the built-in one by its version alone."""
    name, version = reading.coder
    return version if name == BuiltinCoder.name else f"{name} {version}"


def _asked(found: Measurement) -> str:
    """Whether other months were asked for than there are reports of."""
    study = found.study
    first, last = study.first or found.months[0], study.last or found.months[1]
    if (first, last) == found.months:
        return ""
    return f" (asked for: {month_name(first)} to {month_name(last)}; no reports of the rest)"


def write_brief(reading: Reading, found: Measurement, output: str | Path) -> str:
    """Write a brief to ``output`` (.html, .htm or .md) and return its headline.

    Raises:
        ConfigError: Another ending.
        StoreError: The file cannot be written.
        UnsupportedClaim: A sentence would stand without evidence.
    """
    path = Path(output)
    brief = make_brief(reading, found)
    if path.suffix.lower() == ".md":
        write_whole(path, brief.markdown())
    elif path.suffix.lower() in {".html", ".htm"}:
        write_whole(path, brief.html())
    else:
        raise ConfigError(f"{path}: a brief is written as .html or .md")
    return brief.headline
