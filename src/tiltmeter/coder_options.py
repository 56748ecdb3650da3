"""The options that choose a coder, the same for every command, and what is told of an endpoint."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import date
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tiltmeter.coding.choice import (
    ANSWERS,
    NAMES,
    CoderChoice,
    choose_coder,
    endpoint_coder,
    need_endpoint,
)
from tiltmeter.coding.coder import Coder
from tiltmeter.coding.user_lexicon import UserLexicon
from tiltmeter.coding.user_overrides import with_lexicon
from tiltmeter.config import Study
from tiltmeter.errors import ConfigError
from tiltmeter.events import documents_from
from tiltmeter.explaining import documents_of
from tiltmeter.scoring import actor_lines, score_lines, scored_documents
from tiltmeter.terminal import tell_rejects

if TYPE_CHECKING:
    from tiltmeter.coding.endpoint.coder import EndpointCoder


@dataclass(frozen=True, slots=True)
class Given:
    """What a command line says of the coder; the variable of a key may go with a study's coder."""

    choice: CoderChoice | None = None
    key_variable: str | None = None


def coder_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options; it gets ``coder``, which ``coder_of`` makes a choice."""

    @wraps(command)
    def chosen(*args: Any, **values: Any) -> Any:
        key_variable = values.pop("endpoint_key_variable")
        options = {name: values.pop(f"endpoint_{name}") for name in ("url", "model")}
        options = {name: value for name, value in options.items() if value is not None}
        options |= _pairs(values.pop("endpoint_option"))
        name = values.pop("coder_name")
        if name is None and options:
            raise ConfigError(
                "options of an endpoint are given without --coder endpoint", "add --coder endpoint"
            )
        choice = None if name is None else choose_coder(name, **options)
        return command(*args, **values, coder=Given(choice, key_variable))

    for option in (
        click.option(
            "--endpoint-option", multiple=True, metavar="KEY=VALUE",
            help="batch, concurrency, timeout, retries, max_requests, max_cost, price_in, "
            "price_out, ask, ... (docs/other-coders.md).",
        ),
        click.option(
            "--endpoint-key-variable", metavar="NAME",
            help="Environment variable that holds the endpoint's key.",
        ),
        click.option("--endpoint-model", metavar="NAME", help="Model the endpoint is to use."),
        click.option("--endpoint-url", metavar="URL", help="Base URL, often ending in /v1."),
        click.option("--coder", "coder_name", metavar="NAME", help=f"One of {', '.join(NAMES)}."),
    ):  # fmt: skip
        chosen = option(chosen)
    return chosen


def _pairs(words: tuple[str, ...]) -> dict[str, str]:
    out: dict[str, str] = {}
    for word in words:
        key, is_pair, value = word.partition("=")
        if not is_pair:
            # not shown: it may be a key
            raise ConfigError(
                "--endpoint-option is not KEY=VALUE", "for example --endpoint-option batch=4"
            )
        out[key.strip()] = value.strip()
    return out


def coder_of(given: Given, study: Study | None = None) -> CoderChoice | None:
    """The coder of the command line or of the study; None for the built-in one.

    Raises:
        ConfigError: Both name one, or the variable of a key is named and there is no endpoint.
    """
    told = study.coder if study is not None else None
    if given.choice is not None and told is not None:
        raise ConfigError(
            "--coder and a study file with [coder] are given together", "leave one of them out"
        )
    choice = given.choice or told
    if given.key_variable is None:
        return choice
    if choice is None or choice.endpoint is None:
        raise ConfigError(
            "--endpoint-key-variable is given without an endpoint", "add --coder endpoint"
        )
    return replace(choice, endpoint=replace(choice.endpoint, key_variable=given.key_variable))


@contextmanager
def opened(
    choice: CoderChoice | None, workspace: Path | None, own: UserLexicon, *,
    everything: bool = False,
) -> Iterator[CoderChoice | Coder | None]:  # fmt: skip
    """The coder to give to ``api.code``; of an endpoint, say where texts go and what it took.

    Raises:
        ConfigError: The coder cannot be used, or an endpoint not with all that the lexicon holds.
    """
    if choice is None or choice.endpoint is None:
        yield choice
        return
    with closing(endpoint_coder(choice.endpoint, _folder(workspace), everything=everything)) as one:
        with_lexicon(one, own)  # refused before anything is said to be sent
        click.echo(
            f"sentences are sent to {choice.endpoint.host} ({choice.endpoint.model})", err=True
        )
        try:
            yield one
        finally:
            click.echo(_told(one), err=True)


def _folder(workspace: Path | None) -> Path | None:
    return workspace / ANSWERS if workspace is not None else None


def _told(coder: EndpointCoder) -> str:
    spent, (answered, known, failed) = coder.spent, coder.counts
    cost = f", cost {spent.cost:.4f}" if spent.cost is not None else ""
    return (
        f"endpoint: {spent.requests:,} requests, {spent.prompt_tokens:,} prompt and "
        f"{spent.completion_tokens:,} completion tokens{cost}; sentences: {answered:,} answered, "
        f"{known:,} of them from disk, {failed:,} without a valid answer"
    )


def show_estimate(
    reports: Path | None, text: str | None, day: date | None, choice: CoderChoice | None,
    workspace: Path | None, form: str, own: UserLexicon, *, as_json: bool,
) -> str:  # fmt: skip
    """What asking an endpoint about some reports would take, as text or one line of JSON.

    Raises:
        ConfigError: The coder is no endpoint.
    """
    if choice is None or choice.endpoint is None or form == "actors":
        raise ConfigError("--estimate is for an endpoint", "add --coder endpoint and its options")
    need_endpoint()
    from tiltmeter.coding.endpoint.estimate import estimate

    if form == "score" and reports is not None:
        documents = [d for _, d in scored_documents(reports, day, tell_rejects)]
    else:
        documents = documents_from(documents_of(reports, text, day)[0])
    folder = _folder(workspace) or Path(".tiltmeter") / ANSWERS
    found = estimate(documents, choice.endpoint, folder, everything=form == "score", lexicon=own)
    if as_json:
        return json.dumps(asdict(found)) + "\n"
    lines = [
        f"{found.documents:,} documents, {found.sentences:,} sentences, {found.likely:,} that may "
        "hold an event",
        f"answers on disk: {found.known:,}; to ask about: {found.asked:,} in "
        f"{found.requests:,} requests",
        f"tokens, estimated: {found.prompt_tokens:,} prompt, {found.completion_tokens:,} "
        f"completion (at most {found.most_completion:,})",
        "cost: give price_in and price_out for a million tokens"
        if found.cost is None
        else f"cost, estimated: {found.cost:.4f} (with the longest answers {found.most_cost:.4f})",
    ]
    return "\n".join(lines) + "\n"


def scored(
    reports: Path, day: date | None, choice: CoderChoice | None, workspace: Path | None, form: str,
    own: UserLexicon,
) -> str:  # fmt: skip
    """The lines that scorers of coders read; every sentence is looked at.

    Raises:
        ConfigError: A coder is chosen for names alone.
    """
    if form == "actors":
        if choice is not None:
            raise ConfigError(
                "--coder has no part in --format actors", "names alone are no events; leave it out"
            )
        return "".join(actor_lines(reports, day))
    with opened(choice, workspace, own, everything=True) as one:
        coder = one.make(everything=True) if isinstance(one, CoderChoice) else one
        return "".join(score_lines(reports, day, tell_rejects, coder, own))
