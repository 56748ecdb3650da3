"""What asking would cost, told without asking."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tiltmeter.coding.coder import Document
from tiltmeter.coding.endpoint.cache import FILE, Answers, answer_key
from tiltmeter.coding.endpoint.coder import prepare, question_of, usable
from tiltmeter.coding.endpoint.options import EndpointOptions
from tiltmeter.coding.endpoint.prompt import completion_tokens, prompt_tokens
from tiltmeter.coding.user_lexicon import UserLexicon


@dataclass(frozen=True, slots=True)
class Estimate:
    """Counts of what a run would do; tokens are estimated, ``most_completion`` is the limit set.

    ``cost`` and ``most_cost`` are null without prices.
    """

    documents: int
    sentences: int
    likely: int
    known: int
    asked: int
    requests: int
    prompt_tokens: int
    completion_tokens: int
    most_completion: int
    cost: float | None
    most_cost: float | None


def estimate(
    documents: Iterable[Document], options: EndpointOptions, folder: Path, *, everything: bool,
    lexicon: UserLexicon | None = None,
) -> Estimate:  # fmt: skip
    """Estimate a run; no connection is made and no key is needed.

    Sentences that are equal and of one day are asked once; those whose answer lies in ``folder``
    not at all.

    Raises:
        ConfigError: The lexicon holds what an endpoint cannot use.
    """
    usable(lexicon)
    every = everything or options.ask == "all"
    n = sentences = likely = 0
    questions = {}
    for document in documents:
        n += 1
        for sentence in prepare(document, everything=every, lexicon=lexicon):
            sentences += 1
            if not sentence.reason:
                likely += 1
                question = question_of(document, sentence)
                questions[answer_key(options, question)] = question
    if (folder / FILE).is_file():
        answers = Answers(folder)
        held = answers.get(questions)
        answers.close()
    else:
        held = {}
    todo = [q for key, q in questions.items() if key not in held]
    batches = [todo[at : at + options.batch] for at in range(0, len(todo), options.batch)]
    prompt = sum(prompt_tokens(batch) for batch in batches)
    completion = completion_tokens(len(todo))
    most = options.completion_tokens * len(todo)
    return Estimate(
        n, sentences, likely, len(held), len(todo), len(batches), prompt, completion, most,
        options.cost(prompt, completion), options.cost(prompt, most),
    )  # fmt: skip
