"""What may be set of an endpoint: where, which model, how much at a time, and how much at most."""

from __future__ import annotations

import ipaddress
import math
import os
import re
from dataclasses import dataclass, fields
from typing import Any, Final
from urllib.parse import urlsplit

from tiltmeter.errors import ConfigError

KEY_VARIABLE: Final = "TILTMETER_ENDPOINT_KEY"
ASKED: Final = ("likely", "all")
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# Least and greatest value of each number; the message names both.
_RANGES: Final[dict[str, tuple[float, float]]] = {
    "batch": (1, 50),
    "concurrency": (1, 64),
    "timeout": (0.05, 3600),
    "retries": (0, 20),
    "first_wait": (0, 60),
    "max_wait": (0, 3600),
    "max_requests": (1, 10_000_000),
    "max_cost": (0, 1e9),
    "price_in": (0, 1e6),
    "price_out": (0, 1e6),
    "temperature": (0, 2),
    "seed": (0, 2**31 - 1),
    "completion_tokens": (50, 100_000),
}


@dataclass(frozen=True, slots=True)
class EndpointOptions:
    """An endpoint and how it is asked.

    Args:
        url: Base URL, to which ``/chat/completions`` is added.
        model: Name of the model as the server knows it.
        batch: Sentences in one request.
        concurrency: Requests under way at a time.
        timeout: Seconds a request may take from its start to the last byte of the answer.
        retries: Times a request is sent again after 408, 429, 5xx or a broken connection.
        first_wait: Seconds before the first of them; doubled each time, and shaken by half.
        max_wait: Longest wait in seconds, also of a wait that the server asks for.
        max_requests: Requests of one run, those sent again included.
        max_cost: Spending of one run in the currency of the prices; None for no limit.
        price_in: Price of a million prompt tokens.
        price_out: Price of a million completion tokens.
        temperature: Of sampling.
        seed: Of sampling, where the server knows it, and of the shaken waits.
        completion_tokens: Most tokens of an answer, for each sentence asked about.
        ask: ``likely`` for the sentences in which the built-in coder's scan of names and trigger
            words finds that an event can be, ``all`` for every one.
        plain_http: Allow http to another machine: key and texts then travel in the clear.
        key_variable: Environment variable that holds the key.
    """

    url: str
    model: str
    batch: int = 8
    concurrency: int = 4
    timeout: float = 60.0
    retries: int = 5
    first_wait: float = 0.5
    max_wait: float = 60.0
    max_requests: int = 1000
    max_cost: float | None = None
    price_in: float | None = None
    price_out: float | None = None
    temperature: float = 0.0
    seed: int = 0
    completion_tokens: int = 300
    ask: str = "likely"
    plain_http: bool = False
    key_variable: str = KEY_VARIABLE

    def __post_init__(self) -> None:
        object.__setattr__(self, "url", checked_url(self.url, plain_http=self.plain_http))
        if not self.model.strip() or not self.model.isprintable():
            raise ConfigError("endpoint: model is empty", "name the model the server is to use")
        if not _NAME.fullmatch(self.key_variable):
            # perhaps the key itself: it is not shown
            raise ConfigError(
                "endpoint: key_variable is not the name of an environment variable",
                f"the key itself is never given; put it into {KEY_VARIABLE}",
            )
        if self.ask not in ASKED:
            raise ConfigError(f"endpoint: ask is {self.ask!r}", f"one of {', '.join(ASKED)}")
        for name, (low, high) in _RANGES.items():
            value = getattr(self, name)
            if value is not None and not low <= value <= high:
                raise ConfigError(
                    f"endpoint: {name} is {value:g}", f"choose from {low:g} to {high:g}", key=name
                )
        if self.max_cost is not None and (self.price_in is None or self.price_out is None):
            raise ConfigError(
                "endpoint: max_cost is given without prices",
                "give price_in and price_out, each for a million tokens",
            )

    @property
    def host(self) -> str:
        """Scheme, host and port."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def local(self) -> bool:
        """Whether the endpoint is on this machine."""
        return is_loopback(urlsplit(self.url).hostname or "")

    def cost(self, prompt: int, completion: int) -> float | None:
        """Cost of some tokens; None without prices."""
        if self.price_in is None or self.price_out is None:
            return None
        return (prompt * self.price_in + completion * self.price_out) / 1e6


def endpoint_options(given: dict[str, Any]) -> EndpointOptions:
    """Options from a table of a study file or from ``KEY=VALUE`` words.

    Raises:
        ConfigError: An unknown name, a value that cannot be used, or no URL or model.
    """
    known = {f.name: str(f.type) for f in fields(EndpointOptions)}
    if unknown := sorted(set(given) - set(known)):
        raise ConfigError(f"endpoint: unknown option(s) {unknown}", f"known: {sorted(known)}")
    for name in ("url", "model"):
        if not given.get(name):
            raise ConfigError(
                f"endpoint: no {name} is given",
                "give --endpoint-url and --endpoint-model, or url and model in the study file",
                key=name,
            )
    values = {name: _typed(name, value, known[name]) for name, value in given.items()}
    return EndpointOptions(**values)


def _typed(name: str, value: Any, kind: str) -> Any:
    """A value of the type its field has; words of the command line are read as numbers."""
    kind = kind.partition(" ")[0]
    if kind == "str":
        if isinstance(value, str):
            return value
    elif kind == "bool":
        told = {"true": True, "false": False}.get(str(value).lower())
        if told is not None:
            return told
    elif not isinstance(value, bool):
        try:
            number = float(value)
        except (TypeError, ValueError):
            number = math.nan
        if math.isfinite(number) and (kind == "float" or number.is_integer()):
            return number if kind == "float" else int(number)
    wanted = {"str": "text", "bool": "true or false", "int": "a whole number", "float": "a number"}
    raise ConfigError(f"endpoint: {name} is not {wanted[kind]}", key=name)


def checked_url(text: str, *, plain_http: bool) -> str:
    """A base URL without the slash at its end.

    Raises:
        ConfigError: Not http or https; http to another machine without leave; with a user,
            password, query or fragment in it, where secrets would lie open.
    """
    try:
        parts = urlsplit(text.strip())
        host, _port = parts.hostname, parts.port
    except ValueError as cause:
        raise ConfigError(f"endpoint: the URL cannot be read: {cause}") from cause
    if parts.scheme not in {"http", "https"} or not host:
        raise ConfigError(
            "endpoint: the URL is not one of http or https",
            "for example https://models.example.org/v1",
        )
    if parts.username or parts.password or parts.query or parts.fragment:
        # the URL is not shown: it may hold a secret
        raise ConfigError(
            "endpoint: the URL holds a user, password, query or fragment",
            "give scheme, host and path only; the key goes into an environment variable",
        )
    if parts.scheme == "http" and not (is_loopback(host) or plain_http):
        raise ConfigError(
            f"endpoint: http to {host} would send key and texts in the clear",
            "use https, or allow it with plain_http=true",
        )
    return text.strip().rstrip("/")


def is_loopback(host: str) -> bool:
    """Whether a host name is this machine's own by its form; no name is looked up."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def key_from_environment(options: EndpointOptions) -> str | None:
    """The key; None where it is not set and the endpoint is on this machine.

    Raises:
        ConfigError: It is not set, or cannot stand in a header.
    """
    key = os.environ.get(options.key_variable, "").strip()
    if not key:
        if options.local:
            return None
        raise ConfigError(
            f"endpoint: the environment variable {options.key_variable} is not set",
            f"put the key of {options.host} into it",
        )
    if not key.isascii() or not key.isprintable() or " " in key:
        raise ConfigError(
            f"endpoint: what {options.key_variable} holds cannot be a key",
            "a key is one word of plain letters, digits and signs",
        )
    return key
