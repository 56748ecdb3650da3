"""The commands of the command line, one function each."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any, Final

import click
import pyarrow as pa
import pyarrow.compute as pc

from tiltmeter import __version__, api, explaining
from tiltmeter.coder_options import Given, coder_of, coder_options, opened, scored, show_estimate
from tiltmeter.coding.choice import CoderChoice
from tiltmeter.coding.user_lexicon import UserLexicon
from tiltmeter.config import Study, read_study, study
from tiltmeter.errors import ConfigError, NotEnoughData, StoreError
from tiltmeter.feeds.dating import EARLIEST
from tiltmeter.output import PATH, put, put_parquet
from tiltmeter.progress import Bars
from tiltmeter.store import write_whole
from tiltmeter.terminal import print_table, show_event, table_json, tell_rejects
from tiltmeter.workers import worker_count

_DEFAULT_WORKSPACE: Final = Path(".tiltmeter")
_UNTOLD: Final = {
    "silence": "(what was to be expected of the pair: contact by coverage, its own average tone)",
    "prior": "(what the model expects by itself, and what other states show of the pole)",
}
_input = click.argument("reports", type=PATH)
_date = click.option(
    "--date", "day", metavar="YYYY-MM-DD", help="Date of documents that carry none."
)
_workspace = click.option(
    "--workspace",
    type=PATH,
    default=_DEFAULT_WORKSPACE,
    show_default=True,
    help="Folder that keeps finished work, so that a stopped run resumes.",
)
_quiet = click.option("--quiet", "-q", is_flag=True, help="No progress bars.")


def _study_options(command: Any) -> Any:
    for option in (
        click.option("--study", "study_file", type=PATH, help="TOML study file."),
        click.option("--to", "last", metavar="YYYY-MM", help="Last month."),
        click.option("--from", "first", metavar="YYYY-MM", help="First month."),
        click.option("--poles", help="Poles, first two contrasted, for example RUS,WEST."),
        click.option("--state", "state_code", help="State: ISO3 code or name."),
    ):
        command = option(command)
    return command


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError as cause:
        raise ConfigError(
            f"--date: {text!r} is not a date", "write YYYY-MM-DD, for example 2014-12-10"
        ) from cause
    if not EARLIEST <= day <= date.today():
        raise ConfigError(f"--date: {text} lies before {EARLIEST.year} or in the future")
    return day


def _study(
    state_code: str | None,
    poles: str | None,
    first: str | None,
    last: str | None,
    study_file: Path | None,
) -> Study:
    if study_file is not None:
        if state_code or poles or first or last:
            raise ConfigError(
                "--study is given together with --state, --poles, --from or --to",
                "write them into the study file, or leave --study out",
            )
        return read_study(study_file)
    if not state_code or not poles:
        raise ConfigError(
            "--state and --poles are needed", "for example --state AZE --poles RUS,WEST"
        )
    return study(state_code, poles.split(","), first=first, last=last)


def _code(
    reports: Path | None, day: str | None, workspace: Path | None, bars: Bars,
    coder: CoderChoice | None, own: UserLexicon, text: str | None = None,
) -> api.Reading:  # fmt: skip
    documents, rejects = explaining.documents_of(reports, text, _day(day), bars)
    with opened(coder, workspace, own) as one:
        return api.code(
            documents, rejects, workspace=workspace, progress=bars, workers=worker_count(),
            coder=one, lexicon=own,
        )  # fmt: skip


@click.command()
@click.argument("reports", type=PATH, required=False)
@_date
@click.option("--text", help="Code these words rather than reports; needs --date.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.option("--parquet", type=PATH, help="Write events to a Parquet file.")
@click.option(
    "--format", "form", type=click.Choice(["table", "score", "actors"]), default="table",
    show_default=True,
    help="For scorers of coders. score: one JSON line for each sentence; actors: names of actors "
    "in, country and sector out.",
)  # fmt: skip
@click.option("--why", is_flag=True, help="Show every sentence, and why nothing was coded in it.")
@click.option("--html", "page", type=PATH, help="With --why: write that as a page.")
@explaining.lexicon_option
@click.option("-o", "--output", type=PATH, help="Write here, not to stdout.")
@click.option("--rejects", "refused", type=PATH, help="Write what was not used, as JSON lines.")
@click.option("--workspace", type=PATH, help="Keep finished work here.")
@click.option(
    "--estimate", is_flag=True, help="Say what asking the endpoint would cost; ask nothing."
)
@coder_options
@_quiet
def code(
    reports: Path | None, day: str | None, text: str | None, as_json: bool, parquet: Path | None,
    form: str, why: bool, page: Path | None, lexicons: tuple[Path, ...], output: Path | None,
    refused: Path | None, workspace: Path | None, quiet: bool, estimate: bool, coder: Given,
) -> None:  # fmt: skip
    """Code REPORTS (a file or folder) into events: who did what to whom, when."""
    if (form != "table" and (as_json or why or parquet or refused)) or (why and as_json):
        raise ConfigError(
            "--format, --why and --json are three forms of one output, and a form for scorers "
            "goes with no --parquet or --rejects",
            "give one of them",
        )
    chosen, when = coder_of(coder), _day(day)
    explaining.check_options(page, why, workspace, form, reports, text, lexicons, chosen)
    own = explaining.lexicon_of(lexicons)
    if estimate:
        told = show_estimate(reports, text, when, chosen, workspace, form, own, as_json=as_json)
        put(told, output)
        return
    if form != "table" and reports is not None:
        put(scored(reports, when, chosen, workspace, form, own), output)
        return
    with Bars(quiet=quiet) as bars:
        if why:
            documents, rejects = explaining.documents_of(reports, text, when, bars)
            with opened(chosen, workspace, own) as one:
                found = explaining.explained(documents, own, bars, one)
            events, rejects = found.events, pa.concat_tables([rejects, found.rejects])
        else:
            reading = _code(reports, day, workspace, bars, chosen, own, text)
            events, rejects = reading.events, reading.rejects
    if refused is not None:
        write_whole(refused, table_json(rejects))
    if parquet is not None:
        put_parquet(events, parquet)
    if why:
        explaining.show(found, page, output)
    elif as_json:
        put(table_json(events), output)
    elif parquet is None or output is not None:
        put("\n".join(show_event(events)) + "\n", output)
    tell_rejects(rejects)


@click.command()
@_input
@_study_options
@_date
@explaining.lexicon_option
@click.option(
    "-o",
    "--output",
    type=PATH,
    default=Path("brief.html"),
    show_default=True,
    help="Where to write: .html or .md by the ending.",
)
@_workspace
@coder_options
@_quiet
def brief(
    reports: Path, state_code: str | None, poles: str | None, first: str | None, last: str | None,
    study_file: Path | None, day: str | None, lexicons: tuple[Path, ...], output: Path,
    workspace: Path, quiet: bool, coder: Given,
) -> None:  # fmt: skip
    """Write the brief: which way the state leans, since when, how surely, on what evidence."""
    from tiltmeter.brief.write import write_brief

    wanted = _study(state_code, poles, first, last, study_file)
    own = explaining.lexicon_of(lexicons, wanted)
    if output.suffix.lower() not in {".html", ".htm", ".md"}:
        raise ConfigError(f"{output}: a brief is written as .html or .md")
    if output.is_dir():  # told now rather than after the work
        raise StoreError(f"cannot write {output}: it is a folder", "name a file in it")
    with Bars(quiet=quiet) as bars:
        reading = _code(reports, day, workspace, bars, coder_of(coder, wanted), own)
        found = api.measure(reading.stories, wanted, workspace=workspace, progress=bars)
    headline = write_brief(reading, found, output)
    click.echo(headline)
    click.echo(f"brief: {output.resolve()}")
    tell_rejects(reading.rejects)


@click.command()
@_input
@_study_options
@_date
@explaining.lexicon_option
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.option("--parquet", type=PATH, help="Folder for closeness, tilt, shifts, panel.")
@_workspace
@coder_options
@_quiet
def measure(
    reports: Path, state_code: str | None, poles: str | None, first: str | None, last: str | None,
    study_file: Path | None, day: str | None, lexicons: tuple[Path, ...], as_json: bool,
    parquet: Path | None, workspace: Path, quiet: bool, coder: Given,
) -> None:  # fmt: skip
    """Measure closeness and tilt by month and domain."""
    found, reading = _measure(
        reports, state_code, poles, first, last, study_file, day, lexicons, workspace, quiet, coder
    )
    if parquet is not None:
        for name in ("closeness", "tilt", "shifts", "evidence", "panel", "coverage", "failures"):
            put_parquet(getattr(found, name), parquet / f"{name}.parquet")
        for name in ("stories", "rejects"):
            put_parquet(getattr(reading, name), parquet / f"{name}.parquet")
    if as_json:
        click.echo(table_json(found.closeness), nl=False)
    elif parquet is None:
        total = found.closeness.filter(
            pc.and_(
                pc.equal(found.closeness["component"], "total"),
                pc.equal(found.closeness["domain"], "overall"),
            )
        )
        print_table(total, ["month", "pole", "mean", "lo", "hi", "ci_prob", "n_stories"])
    tell_rejects(reading.rejects)


@click.command()
@_input
@_study_options
@_date
@explaining.lexicon_option
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@_workspace
@coder_options
@_quiet
def shifts(
    reports: Path, state_code: str | None, poles: str | None, first: str | None, last: str | None,
    study_file: Path | None, day: str | None, lexicons: tuple[Path, ...], as_json: bool,
    workspace: Path, quiet: bool, coder: Given,
) -> None:  # fmt: skip
    """List the dated shifts with size, interval and probability."""
    found, reading = _measure(
        reports, state_code, poles, first, last, study_file, day, lexicons, workspace, quiet, coder
    )
    if as_json:
        click.echo(table_json(found.shifts), nl=False)
    else:
        print_table(
            found.shifts,
            [
                "shift_id",
                "change_point",
                "change_lo",
                "change_hi",
                "size",
                "lo",
                "hi",
                "p_direction",
                "p_up",
                "p_down",
                "p_change",
            ],
        )
    tell_rejects(reading.rejects)


@click.command()
@_input
@_study_options
@_date
@explaining.lexicon_option
@click.option(
    "--shift", "shift_id", help="Shift to explain; default: the first pole's, over all domains."
)
@click.option(
    "--top", type=click.IntRange(min=1), default=10, show_default=True, help="Stories to show."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@_workspace
@coder_options
@_quiet
def explain(
    reports: Path, state_code: str | None, poles: str | None, first: str | None, last: str | None,
    study_file: Path | None, day: str | None, lexicons: tuple[Path, ...], shift_id: str | None,
    top: int, as_json: bool, workspace: Path, quiet: bool, coder: Given,
) -> None:  # fmt: skip
    """Show which stories a shift rests on, and how much each of them moved it."""
    found, reading = _measure(
        reports, state_code, poles, first, last, study_file, day, lexicons, workspace, quiet, coder
    )
    ids = found.shifts["shift_id"].to_pylist()
    if not ids:
        raise NotEnoughData("no shift was found in these months", "widen --from and --to")
    if shift_id is None:
        first = found.study.poles[0].name
        of_pole = f"{found.study.state}:{first}:overall:window:"
        shift_id = next((i for i in ids if i.startswith(of_pole)), ids[0])
    if shift_id not in ids:
        raise ConfigError(f"unknown shift {shift_id!r}", "one of: " + ", ".join(ids[:12]))
    rows = found.evidence.filter(pc.equal(found.evidence["shift_id"], shift_id))
    rows = rows.join(
        reading.stories.select(["story_id", "date", "source", "event_type", "target", "text"]),
        "story_id",
    ).sort_by("rank")
    if as_json:
        click.echo(table_json(rows), nl=False)
        return
    click.echo(f"{shift_id}\nweight   share  story")
    for row in rows.slice(0, top).to_pylist():
        what = (
            f"{row['date']}  {row['source']} {row['event_type']} {row['target']}  {row['text']}"
            if row["story_id"]
            else _UNTOLD[row["kind"]]
        )
        click.echo(f"{row['contribution']:+.3f}  {row['share']:5.1%}  {what}")


@click.command()
@click.option(
    "-o",
    "--output",
    type=PATH,
    help="Where to write the brief; default: demo/STATE.html.",
)
@click.option(
    "--state", "state_code", default="AZE", show_default=True, help="One of the chronicle's states."
)
@click.option(
    "--workspace",
    type=PATH,
    default=Path("demo/.tiltmeter"),
    show_default=True,
    help="Workspace of the demonstration.",
)
@_quiet
@click.pass_context
def demo(
    ctx: click.Context, output: Path | None, state_code: str, workspace: Path, quiet: bool
) -> None:
    """Run the main job on the bundled chronicle (a demonstration, not a data set)."""
    from tiltmeter.chronicle import chronicle_folder
    from tiltmeter.knowledge.states import state

    page = output or Path("demo") / f"{state(state_code).name.lower().replace(' ', '-')}.html"

    ctx.invoke(
        brief, reports=chronicle_folder(), state_code=state_code, poles="RUS,WEST", first="2012-01",
        last="2014-12", study_file=None, day=None, lexicons=(), output=page,
        workspace=workspace, quiet=quiet,
    )  # fmt: skip


@click.command()
def doctor() -> None:
    """Check that everything the product needs is there and works."""
    from tiltmeter.doctor import examine

    failed = 0
    for name, passed, text in examine():
        click.echo(f"{'ok  ' if passed else 'FAIL'}  {name}: {text}")
        failed += not passed
    click.echo(f"tiltmeter {__version__}: " + ("all is well" if not failed else f"{failed} failed"))
    if failed:
        raise click.exceptions.Exit(1)


def _measure(
    reports: Path, state_code: str | None, poles: str | None, first: str | None, last: str | None,
    study_file: Path | None, day: str | None, lexicons: tuple[Path, ...], workspace: Path,
    quiet: bool, coder: Given,
) -> tuple[api.Measurement, api.Reading]:  # fmt: skip
    wanted = _study(state_code, poles, first, last, study_file)
    own = explaining.lexicon_of(lexicons, wanted)
    with Bars(quiet=quiet) as bars:
        reading = _code(reports, day, workspace, bars, coder_of(coder, wanted), own)
        return api.measure(reading.stories, wanted, workspace=workspace, progress=bars), reading


COMMANDS: Final = (demo, brief, code, measure, shifts, explain, doctor)
