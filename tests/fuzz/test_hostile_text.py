"""Whatever a text holds: no exception, events or a reason, exact offsets, the same every time.

``make fuzz`` runs the same properties for as long as one likes.
"""

from __future__ import annotations

import os
from pathlib import Path

import hostile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sound import sound

from tiltmeter.coding.coder import Document

# how often, and where the number of documents tried is added up
_EXAMPLES = int(os.environ.get("TILTMETER_FUZZ_EXAMPLES", "25"))
_COUNT = os.environ.get("TILTMETER_FUZZ_COUNT", "")
LONG = settings(
    max_examples=_EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def count(documents: list[Document]) -> None:
    if _COUNT:
        with Path(_COUNT).open("a", encoding="utf-8") as out:
            out.write("x" * len(documents))


@LONG
@given(st.lists(hostile.documents(), min_size=1, max_size=3))
def test_any_documents(documents: list[Document]) -> None:
    count(documents)
    sound(documents)


@LONG
@given(st.text(st.characters(exclude_categories=()), max_size=400), st.sampled_from(hostile.DAYS))
def test_any_text(text: str, day: object) -> None:
    document = Document("d", text, day)  # type: ignore[arg-type]
    count([document])
    sound([document])
