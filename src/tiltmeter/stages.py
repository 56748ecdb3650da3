"""The way of the data as a list of stages: documents -> events -> stories -> panel -> measure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from functools import cache, partial
from importlib import resources
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
from threadpoolctl import threadpool_limits

from tiltmeter import schemas
from tiltmeter.coding.choice import CoderChoice, made
from tiltmeter.coding.coder import Coder
from tiltmeter.coding.reasons import NO_ANSWER
from tiltmeter.coding.user_lexicon import UserLexicon, from_canonical
from tiltmeter.coding.user_overrides import with_lexicon
from tiltmeter.config import Study
from tiltmeter.errors import NotEnoughData
from tiltmeter.events import code_documents
from tiltmeter.knowledge.states import load_states
from tiltmeter.panel import COVERAGE_SQL, PANEL_SQL, members_table, states_table
from tiltmeter.pipeline import Pipeline, Stage
from tiltmeter.store import digest
from tiltmeter.stories import stories

METHOD_VERSION: Final = "1"  # printed in every output; changes when numbers change their meaning
_CODE_REJECTS: Final = schemas.Contract(
    "code_rejects", schemas.REJECTS.doc, schemas.REJECTS.columns, schemas.REJECTS.key
)


def _code(
    documents: pa.Table,
    *,
    coder: str,
    knowledge: str,
    chosen: CoderChoice | Coder,
    lexicon: str = "",
) -> dict[str, pa.Table]:
    del knowledge  # part of the stage's key only
    one = made(chosen) if isinstance(chosen, CoderChoice) else chosen
    assert coder == f"{one.name}-{one.version}", "the pipeline changed under way"
    return code_documents(documents, coder=with_lexicon(one, from_canonical(lexicon)))


def _answered(tables: Mapping[str, pa.Table]) -> bool:
    """Whether every sentence got its answer: those that did not are asked again by another run."""
    return not pc.any(pc.equal(tables["sentences"]["reason"], NO_ANSWER)).as_py()


def _stories(events: pa.Table) -> dict[str, pa.Table]:
    return stories(events)


@cache
def knowledge_digest() -> str:
    """Hash of the facts and words that coding rests on: when they change, so may the events."""
    parts: list[str] = []
    for room in ("tiltmeter.knowledge", "tiltmeter.coding"):
        folder = resources.files(room) / "data"
        parts += [
            f"{path.name}:{hashlib.sha256(path.read_bytes()).hexdigest()}"
            for path in sorted(folder.iterdir(), key=lambda p: p.name)
            if path.is_file()
        ]
    return digest(parts)


def coding_stages(
    coder: CoderChoice | Coder | None = None, lexicon: UserLexicon | None = None
) -> tuple[Stage, ...]:
    """Documents to stories, by any coder (the built-in one if None).

    A user's lexicon is part of the stage's key, and goes to workers.

    Raises:
        ConfigError: The coder cannot be used, or not with all that the lexicon holds.
    """
    chosen = coder or CoderChoice()
    one = made(chosen) if isinstance(chosen, CoderChoice) else chosen
    with_lexicon(one, lexicon)  # refused now rather than under way
    own = {"lexicon": lexicon.canonical()} if lexicon else {}
    return (
        Stage(
            "code",
            ("documents",),
            (schemas.EVENTS, schemas.SENTENCES, _CODE_REJECTS),
            "Read who did what to whom in each sentence.",
            version=2,
            fn=partial(_code, chosen=chosen),
            settings={"coder": f"{one.name}-{one.version}", "knowledge": knowledge_digest(), **own},
            chunk_by="document_id",
            whole=_answered,
        ),
        Stage(
            "stories",
            ("events",),
            (schemas.STORIES,),
            "Join the reports of one happening.",
            version=2,
            fn=_stories,
        ),
    )


def panel_stages() -> tuple[Stage, ...]:
    """Stories to panel and coverage, in SQL."""
    return (
        Stage(
            "panel",
            ("stories", "members", "states"),
            (schemas.PANEL,),
            "Count stories by state, pole, domain and month.",
            sql=PANEL_SQL,
        ),
        Stage(
            "coverage",
            ("stories", "members"),
            (schemas.COVERAGE,),
            "Count how much was reported of each state and pole.",
            sql=COVERAGE_SQL,
        ),
    )


def measure_stage(study: Study, months: tuple[date, date]) -> Stage:
    """Panel to closeness, tilt, shifts and evidence for one study."""
    return Stage(
        "measure",
        ("panel", "coverage", "stories"),
        (
            schemas.CLOSENESS,
            schemas.TILT,
            schemas.SHIFTS,
            schemas.EVIDENCE,
            schemas.FAILURES,
        ),
        "Fit the ordinal state-space model; date the shifts; weigh the stories.",
        fn=_measure,
        settings={
            "state": study.state,
            "poles": tuple(p.name for p in study.poles),
            "shown": tuple(p.name for p in study.with_parts),
            "first": months[0],
            "last": months[1],
            "ci_prob": study.ci_prob,
            "method": METHOD_VERSION,
        },
    )


def _measure(
    panel: pa.Table,
    coverage: pa.Table,
    stories: pa.Table,
    *,
    state: str,
    poles: tuple[str, ...],
    shown: tuple[str, ...],
    first: date,
    last: date,
    ci_prob: float,
    method: str,
) -> dict[str, pa.Table]:
    # with SciPy, which whoever only codes need not wait for
    from tiltmeter.model.closeness import fit
    from tiltmeter.model.options import ModelOptions
    from tiltmeter.model.study import measure_study

    del method  # part of the stage's key only
    months = (first, last)
    mine = panel.filter((pc.field("state") == state) & pc.field("pole").isin(list(shown)))
    if not mine.num_rows:
        raise NotEnoughData(
            f"{state}: no story joins it to {', '.join(shown)} "
            f"between {first:%Y-%m} and {last:%Y-%m}",
            "add reports, widen the months, or look at 'tiltmeter code --why' for what was not "
            "coded",
            n=0,
            needed=1,
        )
    options = ModelOptions(ci_prob=ci_prob)
    # small matrices: threads only get in each other's way, and would make the last digit theirs
    with threadpool_limits(1):
        found = fit(panel, coverage, months=months, state=state, poles=shown, options=options)
        return measure_study(found, state, poles, shown, recent_windows(months), panel, stories)


def recent_windows(months: tuple[date, date]) -> tuple[tuple[date, date], tuple[date, date]] | None:
    """The two windows a brief compares: the last twelve months and all before them.

    Shorter spans are halved; a span of one month has nothing to compare (None).
    """
    n = (months[1].year - months[0].year) * 12 + months[1].month - months[0].month + 1
    if n < 2:
        return None
    recent = 12 if n >= 18 else max(1, n // 2)
    start = add_months(months[1], 1 - recent)
    return (months[0], add_months(start, -1)), (start, months[1])


def add_months(day: date, n: int) -> date:
    """First day of the month ``n`` months away."""
    at = day.year * 12 + day.month - 1 + n
    return date(at // 12, at % 12 + 1, 1)


def months_of(study: Study, stories: pa.Table) -> tuple[date, date]:
    """The study's months, as far as anything is told of them; open ends are those of the reports.

    An open end is not where things happened: one report that recalls 1915 would add a century of
    months. Months asked for are kept from the first that a report is of or tells of.

    Raises:
        NotEnoughData: There is no story at all, or none was reported in these months.
    """
    if not stories.num_rows:
        raise NotEnoughData(
            "no event was coded in these documents",
            "run 'tiltmeter code --why' on one of them to see the reasons",
            n=0,
            needed=1,
        )
    begin = pc.min(stories["published"]).as_py().replace(day=1)
    end = pc.max(stories["published"]).as_py().replace(day=1)
    if study.first:
        told = [d.replace(day=1) for d in stories["date"].to_pylist() if d >= study.first]
        first = max(study.first, min([begin, *told]))
    else:
        first = begin
    last = min(study.last or end, end)
    if last < first:
        raise NotEnoughData(
            f"the reports run from {begin:%Y-%m} to {end:%Y-%m}, outside the months asked for",
            "choose --from and --to within them",
            n=0,
            needed=1,
        )
    return first, last


def given_tables(study: Study) -> dict[str, pa.Table]:
    """The small tables of knowledge the SQL stages join with."""
    codes = sorted({s.iso3 for s in load_states()})
    return {
        "members": members_table(list(study.with_parts)),
        "states": states_table(codes),
    }


def coding_pipeline(
    coder: CoderChoice | Coder | None = None, lexicon: UserLexicon | None = None
) -> Pipeline:
    """Documents to stories, as a pipeline."""
    return Pipeline(coding_stages(coder, lexicon))


def measuring_pipeline(study: Study, months: tuple[date, date]) -> Pipeline:
    """Stories to evidence, as a pipeline."""
    return Pipeline((*panel_stages(), measure_stage(study, months)))
