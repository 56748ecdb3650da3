"""Words and their forms: the files hold what the dictionary gives, and are searched fast."""

from __future__ import annotations

import re
import subprocess
import sys

import lemminflect
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiltmeter.coding.inflected import (
    Forms,
    inflection,
    inflections,
    look_up,
    look_up_all,
    trigger_forms,
)
from tiltmeter.coding.lexicon import lexicon
from tiltmeter.coding.parsing import _dictionary, lemma
from tiltmeter.coding.tenses import tensed


def test_the_stored_forms_are_those_of_the_dictionary() -> None:
    lex = lexicon()
    for words, pos in ((lex.verbs, "VERB"), (lex.nouns, "NOUN")):
        for word in words:
            assert inflections(word, pos) == look_up_all(word, pos), word
    for word in tensed():
        for tag in ("VBD", "VBZ"):
            assert inflection(word, tag) == look_up(word, tag), word


def test_a_word_that_is_not_stored_is_looked_up() -> None:
    assert set(inflections("yodel", "VERB")) >= {"yodel", "yodels", "yodeled"}
    assert inflection("yodel", "VBZ") == "yodels"


@pytest.mark.parametrize("tag", ["VBD", "NNS", "JJR", "RB"])
def test_lemmas_are_those_of_the_dictionary(tag: str) -> None:
    pos = {"V": "VERB", "N": "NOUN", "J": "ADJ", "R": "ADV"}[tag[0]]
    known = sorted(_dictionary()[pos])
    for word in (*known[:: len(known) // 400], "blorked", "putins", "better", "'s", "ⅷ"):
        low = word.lower()
        found = lemminflect.getLemma(low, upos=pos)
        assert lemma(word, tag) == (found[0] if found else low), word


FORMS = ("met", "meet", "fell short", "crack-down", "ally")


@given(
    st.lists(
        st.sampled_from((*FORMS, "fell", "short", "meets", "allying", "x", "_", "-", " ", "é"))
    )
)
def test_a_look_into_a_set_finds_what_an_alternation_finds(parts: list[str]) -> None:
    text = "".join(parts)
    pattern = re.compile(r"\b(?:" + "|".join(map(re.escape, FORMS)) + r")\b")
    assert Forms(FORMS).search(text) == (pattern.search(text) is not None)


def test_forms_without_words_find_nothing() -> None:
    assert not Forms(()).search("")
    assert not Forms(("met",)).search("")


def test_triggers_are_found_between_borders_of_words() -> None:
    assert trigger_forms().search("the talks were called off")
    assert not trigger_forms().search("a stalker in the hall")


def test_the_parser_comes_without_the_commands_of_its_library() -> None:
    script = (
        "import sys; from tiltmeter.coding.parsing import parse; list(parse(['Russia met.'])); "
        "assert 'spacy.cli' not in sys.modules; import spacy.cli; assert spacy.cli.info.__name__; "
        "assert spacy.info(silent=True)['spacy_version'] == spacy.__version__"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
