"""From what a server sends back to the list of events of each sentence; nothing is taken on trust.

Only the form is judged here: which sentence an answer is for, and that its events are a list.
Whether an event is of a known type and made of the sentence's own words is judged in ``grounding``.
"""

from __future__ import annotations

import json
from typing import Any, Final

MAX_EVENTS: Final = 50  # of one sentence; more are no answer
_TRIES: Final = 40  # braces of a text that are tried as the beginning of an answer
_DEEP: Final = 12  # an answer is four deep


class BadAnswer(Exception):  # noqa: N818 - it says what happened
    """An answer that cannot be used, in words for a person."""


def content_of(raw: bytes) -> str:
    """The words of the model in a chat completion.

    Raises:
        BadAnswer: No JSON, no words, a refusal, or words cut off at the limit of tokens.
    """
    reply = _loaded(raw)
    try:
        choice = reply["choices"][0]
        message = choice["message"]
        content, refusal = message.get("content"), message.get("refusal")
        finish = choice.get("finish_reason")
    except (KeyError, IndexError, TypeError, AttributeError):
        raise BadAnswer("the answer is no chat completion") from None
    if refusal:
        raise BadAnswer("the model refused to answer")
    if finish == "length":
        raise BadAnswer("the answer was cut off at the limit of tokens")
    if finish == "content_filter":
        raise BadAnswer("the server's content filter withheld the answer")
    if not isinstance(content, str) or not content.strip():
        raise BadAnswer("the answer is empty")
    return content


def usage_of(raw: bytes) -> tuple[int, int] | None:
    """Tokens of prompt and completion that the server counted; None if it does not tell."""
    try:
        usage = _loaded(raw)["usage"]
        counts = usage["prompt_tokens"], usage["completion_tokens"]
    except (BadAnswer, KeyError, TypeError):
        return None
    if any(isinstance(n, bool) or not isinstance(n, int) or not 0 <= n < 2**40 for n in counts):
        return None
    return counts


def _loaded(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        raise BadAnswer("the answer is not JSON") from None


def read_answers(content: str, n: int) -> dict[int, list[Any]]:
    """Events as the model gave them, by the number of the sentence (1 to ``n``).

    A sentence without an answer is left out. A number that was not asked, or one twice, makes all
    worthless: the model has counted otherwise, and events would go to the wrong sentences.

    Raises:
        BadAnswer: Not of the form that was asked for.
    """
    answers = _object_in(content)["answers"]
    if not isinstance(answers, list):
        raise BadAnswer("'answers' is not a list")
    out: dict[int, list[Any]] = {}
    for answer in answers:
        if not isinstance(answer, dict):
            raise BadAnswer("an answer is not an object")
        number, events = answer.get("sentence"), answer.get("events")
        if isinstance(number, bool) or not isinstance(number, int) or not 1 <= number <= n:
            raise BadAnswer("an answer is for a sentence that was not asked about")
        if number in out:
            raise BadAnswer(f"sentence {number} is answered twice")
        if not isinstance(events, list) or not all(isinstance(e, dict) for e in events):
            raise BadAnswer(f"the events of sentence {number} are not a list of objects")
        if len(events) > MAX_EVENTS:
            raise BadAnswer(f"sentence {number} has {len(events)} events")
        if not _shallow(events, _DEEP):
            raise BadAnswer(f"the events of sentence {number} are nested without end")
        out[number] = events
    if not out:
        raise BadAnswer("no sentence is answered")
    return out


def _object_in(content: str) -> dict[str, Any]:
    """The object with answers in a text: all of it, or the first within other words."""
    decoder = json.JSONDecoder()
    at = -1
    for _ in range(_TRIES):
        at = content.find("{", at + 1)
        if at < 0:
            break
        try:
            found, _end = decoder.raw_decode(content, at)
        except (ValueError, RecursionError):
            continue
        if isinstance(found, dict) and "answers" in found:
            return found
    raise BadAnswer("the answer holds no JSON object with 'answers'")


def _shallow(value: Any, depth: int) -> bool:
    if depth == 0:
        return False
    if isinstance(value, dict):
        return all(_shallow(v, depth - 1) for v in value.values())
    return not isinstance(value, list) or all(_shallow(v, depth - 1) for v in value)
