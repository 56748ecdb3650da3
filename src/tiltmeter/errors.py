"""Every error the product raises on purpose, in one tree.

::

    TiltmeterError              base: message, hint, context
    |- ConfigError              a study file or an option: key, value, allowed values
    |- FeedError                input that cannot be read
    |  |- FeedUnavailable       the input is not there, or is not to be opened
    |  |- FeedFormatError       file, place and value that broke a format
    |  `- EmptyFeed             nothing readable was found where reports were expected
    |- SchemaError              stage, table, column: missing, extra, type, null key, duplicate key
    |- CodeError                unknown state, pole, actor or event code, with the nearest known
    |- CoderError               a coder that cannot work: no server, wrong key, no valid answer
    |- EngineError              engine, stage, full SQL, cause
    |- StoreError               a workspace that cannot be used
    |- ModelError               the measure cannot answer
    |  |- NotEnoughData         n and needed
    |  `- NotConverged          diagnostic
    `- UnsupportedClaim         a brief sentence without evidence

The command line prints the message and the hint; ``--debug`` prints the context and the traceback.
Exit codes are attached to the classes, and documented in ``docs/exit-codes.md``.
"""

from __future__ import annotations

from typing import ClassVar


class TiltmeterError(Exception):
    """Base of all errors raised on purpose.

    Args:
        message: What happened and where, one sentence.
        hint: What to do about it, one sentence, or None.
        **context: Facts for ``--debug`` (file, row, SQL, ...).
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, hint: str | None = None, **context: object) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.context = context

    def __str__(self) -> str:
        return f"{self.message} ({self.hint})" if self.hint else self.message


class ConfigError(TiltmeterError):
    """A study file or an option holds a value that cannot be used."""

    exit_code = 2


class FeedError(TiltmeterError):
    """Input that cannot be read."""

    exit_code = 3


class FeedUnavailable(FeedError):
    """The input does not exist, is not readable, or must not be opened."""


class FeedFormatError(FeedError):
    """A file breaks its own format; context holds file, place and value."""


class EmptyFeed(FeedError):
    """Nothing readable was found where reports were expected."""


class SchemaError(TiltmeterError):
    """A table breaks its contract; context holds stage, table, column and the first bad rows."""

    exit_code = 4


class CodeError(TiltmeterError):
    """An unknown state, pole, actor or event code; the hint names the nearest known ones."""

    exit_code = 2


class CoderError(TiltmeterError):
    """A coder cannot do its work; context holds what it met and where."""

    exit_code = 8


class EngineError(TiltmeterError):
    """The engine refused a statement; context holds engine, stage, SQL and cause."""

    exit_code = 4


class StoreError(TiltmeterError):
    """A workspace that cannot be used: locked, foreign, or not writable."""

    exit_code = 5


class ModelError(TiltmeterError):
    """The measure cannot give an answer."""

    exit_code = 6


class NotEnoughData(ModelError):
    """Too few observations for the question; context holds n and needed."""


class NotConverged(ModelError):
    """Inference did not settle; context holds the diagnostic."""


class UnsupportedClaim(TiltmeterError):
    """A sentence of a brief has no story behind it."""

    exit_code = 7
