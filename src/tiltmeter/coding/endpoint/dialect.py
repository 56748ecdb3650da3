"""Which form of request a server takes: found out by being refused, once for a run.

Servers that call themselves compatible differ. A request is first sent with all that is wanted
(strict JSON schema, temperature, seed); what a server refuses is left out or said in its older way.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

from tiltmeter.coding.endpoint.options import EndpointOptions
from tiltmeter.coding.endpoint.prompt import answer_schema

FORMS: Final = ("json_schema", "json_object", "text")
# Statuses by which servers say that they do not take a request as it is.
REFUSALS: Final = frozenset({400, 404, 415, 422, 500, 501})
_FORM_WORDS: Final = ("response_format", "json_schema", "json_object", "structured", "schema")


def speaks_of_form(message: str) -> bool:
    """Whether a refusal is about structured output."""
    low = message.lower()
    return any(word in low for word in _FORM_WORDS)


@dataclass(frozen=True, slots=True)
class Dialect:
    """One form of request."""

    form: str = FORMS[0]
    temperature: bool = True
    seed: bool = True
    limit: str = "max_tokens"

    def body(
        self, options: EndpointOptions, messages: list[dict[str, str]], tokens: int
    ) -> dict[str, Any]:
        """The body of a request that may be answered with ``tokens`` tokens."""
        out: dict[str, Any] = {
            "model": options.model, "messages": messages, "stream": False, self.limit: tokens,
        }  # fmt: skip
        if self.temperature:
            out["temperature"] = options.temperature
        if self.seed:
            out["seed"] = options.seed
        if self.form == "json_schema":
            schema = {"name": "answers", "strict": True, "schema": answer_schema()}
            out["response_format"] = {"type": "json_schema", "json_schema": schema}
        elif self.form == "json_object":
            out["response_format"] = {"type": "json_object"}
        return out

    def easier(self, message: str) -> Iterator[Dialect]:
        """Forms to try after a refusal; the one that the message points to first.

        Args:
            message: What the server said.
        """
        low = message.lower()
        if not speaks_of_form(message):
            if self.limit == "max_tokens" and "max_tokens" in low:
                yield replace(self, limit="max_completion_tokens")
                return
            if self.temperature and "temperature" in low:
                yield replace(self, temperature=False)
                return
            if self.seed and "seed" in low:
                yield replace(self, seed=False)
                return
        at = FORMS.index(self.form)
        for form in FORMS[at + 1 :]:
            yield replace(self, form=form)
