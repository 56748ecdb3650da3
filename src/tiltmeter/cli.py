"""The command line: thin over the library.

Exit codes: 0 done; 1 unexpected error; 2 wrong option, unknown state or pole; 3 input that cannot
be read; 4 a table broke its contract or the engine refused; 5 workspace or output cannot be used;
6 the measure cannot answer (too little data); 7 a sentence without evidence was refused; 8 the
coder cannot do its work; 130 interrupted.
"""

from __future__ import annotations

import io
import os
import sys
import traceback
from contextlib import suppress
from pathlib import Path
from typing import Any

import click

from tiltmeter import __version__
from tiltmeter.errors import StoreError, TiltmeterError

_WORKSPACE = Path(".tiltmeter")


class _Group(click.Group):
    """A group that turns the product's errors into one clear line and an exit code."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError:  # click would end with 1; a reader that has seen enough is no error
            _silence()
            return None

    def main(self, *args: Any, **kwargs: Any) -> Any:
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):  # a terminal that cannot show a letter
                stream.reconfigure(errors="backslashreplace")
        try:
            shown = super().main(*args, **{**kwargs, "standalone_mode": False})
            if sys.stdout is not None:  # None where the caller closed it (>&-)
                sys.stdout.flush()  # now, where a broken pipe or a full disk can still be told
            return shown
        except click.exceptions.Exit as stop:
            sys.exit(stop.exit_code)
        except click.Abort:
            click.echo("interrupted; run the same command again to go on", err=True)
            sys.exit(130)
        except KeyboardInterrupt:
            click.echo("interrupted; run the same command again to go on", err=True)
            sys.exit(130)
        except click.ClickException as error:
            error.show()
            sys.exit(error.exit_code)
        except BrokenPipeError:
            _silence()
            sys.exit(0)
        except TiltmeterError as error:
            _report(error)
            sys.exit(error.exit_code)
        except OSError as error:
            _silence()
            _report(StoreError(f"cannot read or write: {error}", "make room or name another place"))
            sys.exit(StoreError.exit_code)
        except Exception as error:
            kind = f"{type(error).__name__}: {error}"
            _report(
                TiltmeterError(
                    f"unexpected {' '.join(kind.split())[:300]}",
                    "a bug: please report it with what 'tiltmeter --debug ...' prints",
                ),
                error,
            )
            sys.exit(TiltmeterError.exit_code)


def _silence() -> None:
    """Let nothing more go to a stdout that takes nothing, not even when Python ends."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _report(error: TiltmeterError, cause: BaseException | None = None) -> None:
    click.echo(f"error: {error.message}", err=True)
    if error.hint:
        click.echo(f"  hint: {error.hint}", err=True)
    context = click.get_current_context(silent=True)
    if "--debug" in sys.argv or (context and context.obj):
        for key, value in error.context.items():
            click.echo(f"  {key}: {value}", err=True)
        traceback.print_exception(cause or error)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="tiltmeter")
@click.option("--debug", is_flag=True, help="Show context and traceback of errors.")
@click.pass_context
def main(ctx: click.Context, debug: bool) -> None:
    """Which way is a state leaning, in what domain, since when, how surely, on what evidence."""
    ctx.obj = debug


def _register() -> None:
    from tiltmeter import commands

    for command in commands.COMMANDS:
        main.add_command(command)


try:
    _register()
except KeyboardInterrupt:  # loading takes a second or two, and Ctrl-C may fall into it
    click.echo("interrupted; run the same command again to go on", err=True)
    sys.exit(130)
