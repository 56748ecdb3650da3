"""Real spaCy pipelines under the rules: the parser that ships, and one with spaCy's own labels."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Doc

import builders
import tiltmeter
from tiltmeter import api
from tiltmeter.chronicle import chronicle_folder
from tiltmeter.coding.coder import BuiltinCoder
from tiltmeter.coding.labels import universal
from tiltmeter.coding.parsing import Token, lemma
from tiltmeter.coding.spacy_coder import SpacyCoder, fingerprint
from tiltmeter.errors import ConfigError
from tiltmeter.events import code_documents
from tiltmeter.stages import coding_stages

MODEL = Path(tiltmeter.__file__).parent / "coding" / "model"

# What a pipeline of spaCy's own reads of sentences in which names are masked already: word, tag,
# relation, number of the head (from 0).
TREES = {
    "Iraq imposed sanctions on Iran.": """
        Iraq NNP nsubj 1; imposed VBD ROOT 1; sanctions NNS dobj 1; on IN prep 2; Iran NNP pobj 3;
        . . punct 1""",
    "Bush was arrested by Iraqi police.": """
        Bush NNP nsubjpass 2; was VBD auxpass 2; arrested VBN ROOT 2; by IN agent 2;
        Iraqi JJ amod 5; police NNS pobj 3; . . punct 2""",
    "Bush said that Iraq would withdraw from Iran.": """
        Bush NNP nsubj 1; said VBD ROOT 1; that IN mark 5; Iraq NNP nsubj 5; would MD aux 5;
        withdraw VB ccomp 1; from IN prep 5; Iran NNP pobj 6; . . punct 1""",
    "Bush met with Kerry and with Powell in Iraq.": """
        Bush NNP nsubj 1; met VBD ROOT 1; with IN prep 1; Kerry NNP pobj 2; and CC cc 2;
        with IN conj 2; Powell NNP pobj 5; in IN prep 1; Iraq NNP pobj 7; . . punct 1""",
    "Iraq did not accuse Iran of supporting rebels.": """
        Iraq NNP nsubj 3; did VBD aux 3; not RB neg 3; accuse VB ROOT 3; Iran NNP dobj 3;
        of IN prep 3; supporting VBG pcomp 5; rebels NNS dobj 6; . . punct 3""",
    "Iraq is ready to give Iran aid.": """
        Iraq NNP nsubj 1; is VBZ ROOT 1; ready JJ acomp 1; to TO aux 4; give VB xcomp 2;
        Iran NNP dative 4; aid NN dobj 4; . . punct 1""",
    "Bush criticized Iran and demanded talks.": """
        Bush NNP nsubj 1; criticized VBD ROOT 1; Iran NNP dobj 1; and CC cc 1;
        demanded VBD conj 1; talks NNS dobj 4; . . punct 1""",
}
UNIVERSAL = {
    "Iraq imposed sanctions on Iran.": "nsubj 1; ROOT 1; obj 1; case 4; nmod 2; punct 1",
    "Bush was arrested by Iraqi police.": (
        "nsubj:pass 2; aux:pass 2; ROOT 2; case 5; amod 5; obl:agent 2; punct 2"
    ),
    "Bush said that Iraq would withdraw from Iran.": (
        "nsubj 1; ROOT 1; mark 5; nsubj 5; aux 5; ccomp 1; case 7; obl 5; punct 1"
    ),
    "Bush met with Kerry and with Powell in Iraq.": (
        "nsubj 1; ROOT 1; case 3; obl 1; cc 6; case 6; conj 3; case 8; obl 1; punct 1"
    ),
    "Iraq did not accuse Iran of supporting rebels.": (
        "nsubj 3; aux 3; advmod 3; ROOT 3; obj 3; mark 6; advcl 3; obj 6; punct 3"
    ),
    "Iraq is ready to give Iran aid.": (
        "nsubj 2; cop 2; ROOT 2; mark 4; xcomp 2; iobj 4; obj 4; punct 2"
    ),
    "Bush criticized Iran and demanded talks.": (
        "nsubj 1; ROOT 1; obj 1; cc 4; conj 1; obj 4; punct 1"
    ),
}


def entries(tree: str) -> list[list[str]]:
    return [entry.split() for entry in tree.replace("\n", " ").split(";")]


@Language.component("table_of_trees", assigns=["token.head", "token.dep", "token.tag"])
def table_of_trees(doc: Doc) -> Doc:
    """Sets heads, relations and tags from the table; a flat tree for what does not stand in it."""
    tree = entries(TREES[doc.text]) if doc.text in TREES else None
    for token in doc:
        word = tree[token.i] if tree else [token.text, "NN", "nsubj", "1"]
        assert word[0] == token.text
        token.tag_ = word[1]
        token.dep_ = word[2]
        token.head = doc[int(word[3]) if tree else min(1, len(doc) - 1)]
    return doc


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A pipeline with spaCy's English labels, on disk."""
    nlp = spacy.blank("en")
    nlp.add_pipe("table_of_trees")
    nlp.to_disk(tmp_path / "pipe")
    return tmp_path / "pipe"


def told(text: str, coder: Any) -> list[tuple[Any, ...]]:
    row = builders.document("d1", text, published=date(2014, 6, 1))
    found = code_documents(builders.documents(row), coder=coder)["events"].to_pylist()
    return [(e["source"], e["event_type"], e["target"], e["status"]) for e in found if e["target"]]


# --- labels --------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", TREES)
def test_a_tree_of_spacy_s_labels_becomes_universal(text: str) -> None:
    tokens, at = [], 0
    for i, (word, tag, dep, head) in enumerate(entries(TREES[text])):
        at = text.index(word, at)
        tokens.append(Token(i, word, lemma(word, tag), tag, dep, int(head), at, at + len(word)))
    universal(tokens)
    want = [entry.split() for entry in UNIVERSAL[text].split(";")]
    assert [(t.dep, t.head) for t in tokens] == [(dep, int(head)) for dep, head in want]


def test_a_universal_tree_stays_as_it_is() -> None:
    rows = [("Iraq", "NNP", "nsubj", 1), ("met", "VBD", "root", 1), ("Iran", "NNP", "obj", 1)]
    tokens = [Token(i, w, w.lower(), t, d, h, 0, 1) for i, (w, t, d, h) in enumerate(rows)]
    universal(tokens)
    assert [(t.dep, t.head) for t in tokens] == [("nsubj", 1), ("ROOT", 1), ("obj", 1)]


def test_universal_dependencies_1_are_renamed() -> None:
    rows = [
        ("Iraq", "NNP", "nsubjpass", 2), ("was", "VBD", "auxpass", 2), ("hit", "VBN", "root", 2),
        ("by", "IN", "case", 4), ("Iran", "NNP", "nmod", 2),
    ]  # fmt: skip
    tokens = [Token(i, w, w.lower(), t, d, h, 0, 1) for i, (w, t, d, h) in enumerate(rows)]
    universal(tokens)
    assert [t.dep for t in tokens] == ["nsubj:pass", "aux:pass", "ROOT", "case", "nmod"]
    rows[0], rows[1] = ("Iraq", "NNP", "nsubj", 2), ("had", "VBD", "aux", 2)
    tokens = [Token(i, w, w.lower(), t, d, h, 0, 1) for i, (w, t, d, h) in enumerate(rows)]
    universal(tokens)
    assert tokens[4].dep == "obl"


# --- coding --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("Japan imposed sanctions on North Korea.", [("JPN", "SANCTION", "PRK", "done")]),
        (
            "Vladimir Putin said that Ukraine would withdraw from Georgia.",
            [("UKR", "AGREE", "GEO", "planned")],
        ),
        (
            "Vladimir Putin met with Angela Merkel and with Ilham Aliyev in Paris.",
            [("RUS", "CONSULT", "DEU", "done"), ("RUS", "CONSULT", "AZE", "done")],
        ),
        (
            "Russia did not accuse Turkey of supporting rebels.",
            [("RUS", "ACCUSE", "TUR", "denied")],
        ),
    ],
)
def test_a_pipeline_on_disk_with_spacy_s_labels_is_read_by_the_rules(
    folder: Path, text: str, want: list[tuple[Any, ...]]
) -> None:
    assert told(text, SpacyCoder(folder)) == want


def test_the_parser_that_ships_read_as_a_pipeline_gives_what_the_rules_give() -> None:
    documents, _ = api.read(chronicle_folder())
    some = documents.slice(0, 60)
    assert some.num_rows == 60
    rules = code_documents(some, coder=BuiltinCoder(rules_only=True))
    piped = code_documents(some, coder=SpacyCoder(str(MODEL)))
    assert rules["events"].num_rows > 50
    for name, table in rules.items():
        assert piped[name].equals(table), name


def test_parts_of_speech_without_penn_tags_will_do() -> None:
    nlp = spacy.load(MODEL)
    penn_of = {
        "NNP": "PROPN", "NN": "NOUN", "NNS": "NOUN|Number=Plur", "IN": "ADP", ".": "PUNCT",
        "VBD": "VERB|Tense=Past|VerbForm=Fin", "VBN": "VERB|Tense=Past|VerbForm=Part",
        "MD": "AUX", "VB": "VERB|VerbForm=Inf", "JJ": "ADJ",
    }  # fmt: skip

    @Language.component("tags_to_features")
    def tags_to_features(doc: Doc) -> Doc:
        for token in doc:
            pos, _, features = penn_of.get(token.tag_, "X").partition("|")
            token.pos_ = pos
            token.set_morph(features)
            token.tag_ = pos
        return doc

    nlp.add_pipe("tags_to_features", last=True)
    text = "Japan imposed sanctions on North Korea."
    assert told(text, SpacyCoder(nlp)) == [("JPN", "SANCTION", "PRK", "done")]
    text = "Japan will impose sanctions on North Korea."
    assert told(text, SpacyCoder(nlp)) == [("JPN", "THREATEN", "PRK", "planned")]


# --- what a pipeline is known by -----------------------------------------------------------------


def test_the_version_tells_pipelines_apart_and_reading_does_not_change_it(folder: Path) -> None:
    coder = SpacyCoder(MODEL)
    before = coder.version
    told("A word never seen before: Qwertistan praised Asdfland. Japan praised Zxcvia.", coder)
    assert SpacyCoder(MODEL).version == before
    other = SpacyCoder(folder)
    assert (other.name, other.version != before) == ("spacy", True)
    changed = spacy.load(MODEL)
    changed.get_pipe("parser").model.get_ref("lower").set_param(
        "b", changed.get_pipe("parser").model.get_ref("lower").get_param("b") + 1
    )
    assert SpacyCoder(changed).version != before
    keys = {coding_stages(c)[0].settings["coder"] for c in (None, coder, other)}
    assert len(keys) == 3


@pytest.mark.parametrize("seed", ["1", "2"])
def test_the_version_is_the_same_in_every_process(seed: str) -> None:
    script = (
        "import sys, spacy; from tiltmeter.coding.spacy_coder import fingerprint; "
        "print(fingerprint(spacy.load(sys.argv[1])))"
    )
    import os

    shown = subprocess.run(
        [sys.executable, "-c", script, str(MODEL)], capture_output=True, text=True, check=True,
        env=os.environ | {"PYTHONHASHSEED": seed},
    )  # fmt: skip
    assert shown.stdout.strip() == fingerprint(spacy.load(MODEL))


# --- refusals ------------------------------------------------------------------------------------


def without(part: str) -> Any:
    nlp = spacy.load(MODEL)
    nlp.remove_pipe(part)
    return nlp


@pytest.mark.parametrize(
    ("pipeline", "words"),
    [
        (lambda: "no_such_pipeline", "'no_such_pipeline' cannot be loaded"),
        (lambda: spacy.blank("en"), "gives no parse; its parts: none"),
        (lambda: without("parser"), "gives no parse; its parts: tok2vec, tagger"),
        (lambda: without("tagger"), "gives no parts of speech"),
        (lambda: spacy.blank("de"), "reads 'de'; the lexicon of acts and actors is English"),
    ],
)
def test_a_pipeline_that_cannot_be_used_is_refused_saying_what_is_needed(
    pipeline: Any, words: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        SpacyCoder(pipeline())
    assert words in caught.value.message
    assert caught.value.hint


def test_relations_of_another_scheme_are_refused() -> None:
    nlp = spacy.blank("en")
    parser = nlp.add_pipe("parser")
    for label in ("ROOT", "sb", "oa"):  # those of a German treebank
        parser.add_label(label)
    nlp.add_pipe("table_of_trees")
    nlp.initialize()
    with pytest.raises(ConfigError, match="knows no subject"):
        SpacyCoder(nlp)
