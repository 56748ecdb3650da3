"""Which language a text is in, cheaply and without being fooled by names.

A naive-Bayes identifier takes "A pipeline explosion near Lagos" for Nigerian Pidgin, because names
weigh as much as grammar. So grammar is asked first: English function words that no neighbour
language shares. Only what fails that test goes to py3langid, limited to languages of the press.
"""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

_ENGLISH_WORDS = (
    "the and with that from by has have which their this are were been will would its it's for at"
    " is was who after into says said not against over between on"
)
_ENGLISH = frozenset(_ENGLISH_WORDS.split())
"""Function words; two different ones are asked for, since some are Dutch too."""
_LANGUAGE_CODES = (
    "ar az be bg bn bs ca cs da de el en es et eu fa fi fr gl he hi hr hu hy id it ja ka kk ko ku"
    " ky lt lv mk mn ms nb nl no pl ps pt ro ru sk sl sq sr sv sw ta tg th tk tr uk ur uz vi zh"
)
_LANGUAGES = frozenset(_LANGUAGE_CODES.split())
"""Languages of the press that are told apart. Latin, Aragonese or Pidgin would only ever be English
names in a row."""
_SHARE = 0.08
"""Least share of function words: English news has 0.2 to 0.4 on this list, Dutch at most 0.07."""
_LOOK = 2_000
"""Characters that are looked at; a language does not change with the rest."""
_SHORT_WORDS = 12
_SURE = 0.9
"""Confidence that a short text in plain ASCII must reach to be called anything but English."""
_LIKELY = 0.5
"""The same for a longer one: two sentences full of names reach 0.3, a foreign text nearly 1."""
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")


def detect(text: str) -> str:
    """Return the ISO 639-1 code of the language of ``text``.

    Texts in which nothing can be told (no words; ASCII that the identifier is not sure of; up to 12
    words of ASCII with one English function word) are 'en': the coder then looks at them and finds
    nothing, which loses less than refusing an English headline full of names.
    """
    words = _WORD.findall(text[:_LOOK].lower())
    hits = [w for w in words if w in _ENGLISH]
    if len(set(hits)) >= 2 and len(hits) >= _SHARE * len(words):
        return "en"
    short = text.isascii() and len(words) <= _SHORT_WORDS
    if not words or (hits and short):
        return "en"
    code, confidence = _identifier().classify(text[:_LOOK])
    needed = _SURE if short else _LIKELY
    return "en" if text.isascii() and confidence < needed else str(code)


@functools.cache
def _identifier() -> LanguageIdentifier:
    """Load the model once, when first needed (it takes 0.9 s)."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(sorted(set(identifier.labels) & _LANGUAGES))
    return identifier
