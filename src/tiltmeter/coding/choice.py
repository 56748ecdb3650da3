"""Which coder is to be used, as a command line or a study file says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tiltmeter.coding.coder import BuiltinCoder, Coder
from tiltmeter.coding.endpoint.options import EndpointOptions, endpoint_options
from tiltmeter.errors import ConfigError

if TYPE_CHECKING:
    from tiltmeter.coding.endpoint.coder import EndpointCoder

NAMES: Final = ("builtin", "rules", "spacy:NAME_OR_PATH", "endpoint")
ANSWERS: Final = "answers"  # folder in a workspace
_SPACY: Final = "spacy:"


@dataclass(frozen=True, slots=True)
class CoderChoice:
    """A coder by name, with the pipeline or the endpoint it needs.

    It is small and travels between processes; ``make`` gives the coder itself.
    """

    name: str = "builtin"
    pipeline: str = ""
    endpoint: EndpointOptions | None = None

    def make(self, *, everything: bool = False, folder: Path | None = None) -> Coder:
        """The coder.

        Args:
            everything: Read also sentences that the cheap scan would put aside.
            folder: Where an endpoint's answers are kept.

        Raises:
            ConfigError: The pipeline cannot be used, no key is in the environment, or what the
                endpoint coder needs is not installed.
            StoreError: The folder cannot be used.
        """
        if self.endpoint is not None:
            return endpoint_coder(self.endpoint, folder, everything=everything)
        if self.name == "spacy":
            from tiltmeter.coding.spacy_coder import SpacyCoder

            return SpacyCoder(self.pipeline, everything=everything)
        return BuiltinCoder(everything=everything, rules_only=self.name == "rules")


def endpoint_coder(
    options: EndpointOptions, folder: Path | None = None, *, everything: bool = False
) -> EndpointCoder:
    """The coder of an endpoint, to be closed after use; errors as ``CoderChoice.make``."""
    need_endpoint()
    from tiltmeter.coding.endpoint.coder import EndpointCoder

    return EndpointCoder(options, folder or Path(".tiltmeter") / ANSWERS, everything=everything)


def need_endpoint() -> None:
    """Look for what endpoints need beside the rest of the product.

    Raises:
        ConfigError: It is not installed.
    """
    try:
        import httpx  # noqa: F401
    except ModuleNotFoundError as cause:
        raise ConfigError(
            "the coder 'endpoint' needs the package httpx",
            "install tiltmeter with the extra 'endpoint'",
        ) from cause


def choose_coder(name: str = "builtin", **options: Any) -> CoderChoice:
    """Check and build a choice.

    Args:
        name: ``builtin``, ``rules``, ``endpoint``, or ``spacy:`` and a pipeline's name or folder.
        options: Fields of ``EndpointOptions``, for an endpoint only.

    Raises:
        ConfigError: An unknown coder, an option that does not go with it, a value that cannot be
            used.
    """
    known = f"one of {', '.join(NAMES)}"
    if name == "endpoint":
        return CoderChoice("endpoint", endpoint=endpoint_options(options))
    if options:
        raise ConfigError(
            f"coder {name!r} takes no option {sorted(options)}", "they go with 'endpoint' only"
        )
    if name.startswith(_SPACY):
        pipeline = name.removeprefix(_SPACY).strip()
        if not pipeline:
            raise ConfigError("coder 'spacy:' names no pipeline", known)
        return CoderChoice("spacy", pipeline)
    if name not in {"builtin", "rules"}:
        raise ConfigError(f"unknown coder {name!r}", known)
    return CoderChoice(name)


def choice_from_table(table: Mapping[str, Any]) -> CoderChoice:
    """The table ``[coder]`` of a study file: ``name``, and an endpoint's options.

    The variable that holds the key is not among them: a file from somebody else must not say which
    of the reader's secrets is sent where.

    Raises:
        ConfigError: As ``choose_coder``.
    """
    if not isinstance(table.get("name"), str):
        raise ConfigError("[coder] has no name", f"one of {', '.join(NAMES)}")
    if "key_variable" in table:
        raise ConfigError(
            "[coder] names the variable of a key",
            "give --endpoint-key-variable on the command line",
        )
    return choose_coder(**table)


@lru_cache(4)
def made(choice: CoderChoice) -> Coder:
    """The coder of a choice, made once in a process; not for endpoints, which count their runs."""
    assert choice.endpoint is None
    return choice.make()
