"""Whatever the text and the lexicon: pages are well formed, spans lie inside, nothing is lost."""

from __future__ import annotations

import json
import unicodedata
from datetime import date
from html.parser import HTMLParser
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tiltmeter.coding.user_checks import lexicon_from_toml
from tiltmeter.coding.user_lexicon import SECTORS, from_canonical
from tiltmeter.coding.user_overrides import wild
from tiltmeter.errors import ConfigError
from tiltmeter.knowledge.names import fold
from tiltmeter.knowledge.ontology import EVENT_TYPES
from tiltmeter.schemas import DOMAINS
from tiltmeter.why import Explanation, explain_text
from tiltmeter.why.pieces import KINDS, Mark, pieces, printable, within

_VOID = {"meta", "br"}


class WellFormed(HTMLParser):
    """Reads a page and refuses tags that do not close in order, or that no template writes."""

    known = frozenset(
        "html head meta title style body header main h1 h2 p section ol ul li mark span strong br "
        "details summary table caption tbody tr th td dl dt dd meter div".split()
    )

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.words: list[str] = []
        self.said: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in self.known, tag
        assert not any(name.startswith("on") or name in {"href", "src"} for name, _ in attrs)
        if tag not in _VOID:
            self.open.append(tag if dict(attrs).get("class") != "words" else "words")

    def handle_endtag(self, tag: str) -> None:
        assert self.open, tag
        assert self.open.pop() in {tag, "words"}

    def handle_data(self, data: str) -> None:
        if "words" in self.open and "span" not in self.open:
            self.words.append(data)
        if self.open and self.open[-1] == "words":
            self.said.append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")


def read(page: str) -> WellFormed:
    parser = WellFormed()
    parser.feed(page)
    parser.close()
    assert parser.open == []
    return parser


_PARTS = st.sampled_from(
    "Russia praised Ukraine. | criticised | Turkey | <b> | </p> | <!-- | --> | & | &lt; | ' | \" | "
    "on Monday | said | President Putin | met | , | and | {{ 7*7 }} | <script>x</script> | ?".split(
        " | "
    )
)
TEXTS = st.one_of(st.lists(_PARTS, max_size=14).map(" ".join), st.text(max_size=120))
OWN = lexicon_from_toml(
    [
        (
            "mine.toml",
            '[[actor]]\nnames = ["Turkey"]\nstate = "ARM"\n'
            '[[ignore]]\nnames = ["Russia"]\n'
            '[[trigger]]\nlemma = "praise"\npart = "verb"\ntype = "ACCUSE"\n'
            '[[override]]\nwhere = { type = "CONSULT" }\ndrop = "<i>&"\n',
        )
    ]
)


def explained(text: str, **over: Any) -> Explanation | None:
    try:
        return explain_text(text, date=date(2014, 12, 3), **over)
    except ConfigError:
        assert not text.strip() or not any(map(str.isalnum, text))
        return None


@settings(max_examples=120, deadline=None)
@given(TEXTS, st.booleans())
def test_any_text_gives_a_well_formed_page_that_holds_it(text: str, mine: bool) -> None:
    found = explained(text, lexicon=OWN if mine else None)
    if found is None:
        return
    page = read(found.html())
    read(found._repr_html_())
    whole = "".join(printable(s.text) for s in found.sentences)
    assert "".join(page.words) == whole
    assert found.html() == found.html()
    for sentence in found.sentences:
        assert bool(sentence.acts) != bool(sentence.reason)
        for mark in sentence.marks:
            assert 0 <= mark.start < mark.end <= len(sentence.text)
            assert mark.kind in KINDS
    for line in str(found).split("\n"):
        assert not {unicodedata.category(c) for c in line} & {"Cc", "Cs", "Zl", "Zp"}
        assert not any("\u202a" <= c <= "\u202e" for c in line)


@settings(deadline=None)
@given(
    st.text(max_size=60),
    st.lists(
        st.builds(
            Mark,
            st.integers(-5, 70),
            st.integers(-5, 70),
            st.sampled_from(KINDS),
            st.text(max_size=5),
        ),
        max_size=8,
    ),
)
def test_pieces_are_the_text_and_every_mark_lies_on_its_own(text: str, marks: list[Mark]) -> None:
    cut = list(pieces(text, marks))
    assert "".join(p.text for p in cut) == printable(text)
    assert len(printable(text)) == len(text)
    for mark in within(marks, len(text)):
        on = "".join(p.text for p in cut if mark in p.marks)
        assert on == printable(text)[mark.start : mark.end]


# --- lexicons -------------------------------------------------------------------------------------

_NAME = st.from_regex(r"[A-Za-zÀ-ž][\w '’.-]{1,20}[A-Za-z]", fullmatch=True).map(
    lambda s: " ".join(s.split())
)
_DAYS = st.dates(date(1990, 1, 1), date(2020, 1, 1))


def basic(value: object) -> str:
    """A value as TOML writes it; JSON's strings are TOML's."""
    if isinstance(value, date):
        return value.isoformat()
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


@st.composite
def lexicons(draw: st.DrawFn) -> tuple[str, list[dict[str, Any]], list[str]]:
    """TOML of some actors and ignored names, with what was written."""
    names = draw(st.lists(_NAME, min_size=1, max_size=6, unique_by=fold))
    actors, ignored, out = [], [], []
    for name in names:
        if draw(st.booleans()):
            row: dict[str, Any] = {
                "names": [name],
                "state": draw(st.sampled_from(("AZE", "RUS", "EUR", "NATO"))),
            }
            if draw(st.booleans()):
                row["sector"] = draw(st.sampled_from(SECTORS))
            if draw(st.booleans()):
                row["from"] = draw(_DAYS)
            actors.append(row)
            out.append("[[actor]]\n" + "".join(f"{k} = {basic(v)}\n" for k, v in row.items()))
        else:
            ignored.append(name)
            out.append(f"[[ignore]]\nnames = {basic(name)}\n")
    for _ in range(draw(st.integers(0, 2))):
        where = {"type": draw(st.sampled_from(tuple(EVENT_TYPES)))}
        domain = draw(st.sampled_from(DOMAINS))
        inner = ", ".join(f"{k} = {basic(v)}" for k, v in where.items())
        out.append(f"[[override]]\nwhere = {{ {inner} }}\nset = {{ domain = {basic(domain)} }}\n")
    return "\n".join(out), actors, ignored


@settings(deadline=None)
@given(lexicons())
def test_a_lexicon_comes_back_as_it_was_written(
    written: tuple[str, list[dict[str, Any]], list[str]],
) -> None:
    text, actors, ignored = written
    found = lexicon_from_toml([("mine.toml", text)])
    assert from_canonical(found.canonical()) == found
    assert from_canonical(found.canonical()).digest == found.digest
    assert [list(a.names) for a in found.actors] == [a["names"] for a in actors]
    assert [a.sector for a in found.actors] == [a.get("sector") for a in actors]
    assert [a.valid_from for a in found.actors] == [a.get("from") for a in actors]
    assert [i.names for i in found.ignored] == [(name,) for name in ignored]


@given(st.text(max_size=200))
def test_a_file_is_a_lexicon_or_is_refused_and_never_breaks(text: str) -> None:
    try:
        lexicon_from_toml([("mine.toml", text)])
    except ConfigError as error:
        if not error.hint:
            raise AssertionError("an error without a way out") from error


@given(st.text(alphabet="ab*? ", min_size=1, max_size=12), st.text(alphabet="abc ", max_size=30))
def test_patterns_find_what_a_shell_would(pattern: str, text: str) -> None:
    import fnmatch

    if not pattern.strip("*? "):
        return
    plain, said = " ".join(pattern.split()), " ".join(text.split())
    assert wild(plain, said, whole=True) is (fnmatch.fnmatchcase(said, plain))
