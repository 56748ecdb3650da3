"""Training sentences of our own: patterns in ``own/*.txt`` filled from the knowledge base.

A line is a sentence with slots; ``# TYPE`` above it names its PLOVER type (``nothing.txt`` holds
sentences without an event). ``[S]`` is the source, ``[T]`` the target, ``[X]`` a bystander,
``[PL]`` a place, ``[D]`` a day; a second letter narrows the slot (F forces, R rebels, C crowd,
J one person of the opposition or press, V victims, P police or court, O organisation). ``*`` stands
before the word that tells the event. Everything is drawn from one seed.
"""

from __future__ import annotations

import csv
import random
import re
from importlib import resources
from pathlib import Path

from gold_sets import NONE, Example, Span

_SLOT = re.compile(r"\[(S|T|X|PL|D)([A-Z]?)\]")
_BIG = (
    "USA GBR FRA DEU RUS CHN TUR IRN ISR UKR JPN IND PAK EGY SYR IRQ SAU POL ITA ESP AZE ARM GEO "
    "BLR KAZ UZB SRB GRC AFG PSE LBN VEN COL BRA MEX NGA ETH SDN KEN ZAF PRK KOR VNM IDN CUB"
).split()
_TITLES = "president|prime minister|foreign minister|defence minister|king|interior minister".split(
    "|"
)
_NAMES_FIRST = (
    "Ahmed Ivan Maria John Leyla Chen Amina Viktor Carlos Anna Yusuf Elena Hassan Olga Pedro Nino "
    "Samuel Aysel Tariq Ruth Grigor Fatima Oleksandr Rosa Bakhtiyar Mary David Zaza Mehmet Irina"
).split()
_NAMES_LAST = (
    "Hassan Petrov Gomez Smith Mammadov Wang Diallo Kowalski Silva Novak Rahman Ivanova Mensah "
    "Karimov Okafor Beridze Sargsyan Khan Lopez Haddad Melnyk Cohen Yilmaz Nguyen Osman Popescu"
).split()
_FORCES = (
    "{a} troops|{a} forces|{a} soldiers|the {a} army|{a} warplanes|{a} jets|the {a} military|"
    "{a} tanks|{a} security forces|{a} border guards|the {a} navy|{a} paratroopers|"
    "government forces in {n}|{n}'s army|{n}'s air force|{a} helicopters|a {a} patrol|troops|"
    "government troops|soldiers|the army|security forces"
).split("|")
_REBELS = (
    "{a} rebels|rebels|separatists|the rebels|{a} militants|militants|gunmen|Islamist militants|"
    "Taliban fighters|the Taliban|Islamic State militants|Al Qaeda militants|{a} guerrillas|"
    "separatists in {n}|rebels in {n}|a militia|pro-{a} separatists|insurgents|armed men|"
    "unidentified gunmen|Boko Haram|Hezbollah|Kurdish fighters|a rebel group|terrorists"
).split("|")
_CROWD = (
    "protesters|demonstrators|students|workers|teachers|miners|opposition supporters|activists|"
    "{a} protesters|{a} students|thousands of {a} workers|opposition parties|villagers|doctors|"
    "the opposition|human rights groups|trade unions|hundreds of demonstrators|{a} farmers|"
    "an opposition party|the {a} opposition|refugees|journalists|lawyers|women's groups|prisoners|"
    "supporters of the former president|residents of {c}|ethnic minorities|monks|"
    "an opposition rally"
).split("|")
_ONE = (
    "journalist {f} {l}|opposition leader {f} {l}|{f} {l}|activist {f} {l}|the journalist|"
    "a {a} journalist|the opposition leader|a human rights activist|the former president|"
    "{a} dissident {f} {l}|a blogger|two reporters|a {a} citizen|businessman {f} {l}|"
    "former {a} minister {f} {l}|three activists|a lawyer|a bishop|the suspect|a {a} spy|"
    "an aid worker|lawyer {f} {l}|newspaper editor {f} {l}|former prime minister {f} {l}|"
    "dozens of opposition members|the mayor of {c}|a {a} national|a rebel commander"
).split("|")
_VICTIMS = (
    "12 people|three soldiers|at least 20 civilians|five policemen|{a} soldiers|two {a} civilians|"
    "four children|a {a} officer|dozens of people|seven militants|six peacekeepers|villagers|"
    "a group of tourists|eight {a} workers|40 {a} prisoners|several hundred families|"
    "a family of five|"
    "the crew|two journalists|nine security officers"
).split("|")
_POLICE = (
    "police|{a} police|police in {c}|the police|a court in {c}|{a} authorities|the authorities|"
    "prosecutors|{a} prosecutors|a {a} court|the interior ministry|security services|"
    "the {a} supreme court|a judge|{a} security agents|officials in {c}|{n}'s prosecutor general|"
    "state security|the government|riot police|a military tribunal"
).split("|")
_STATE = (
    "{n}|{n}|{n}|{n}|{n}|{n}|{c}|{c}|the {a} government|the {a} foreign ministry|{a} officials|"
    "{a} {t} {f} {l}|{t} {f} {l}|the {a} {t}|{n}'s {t}|{n}'s {t}, {f} {l},|the {a} parliament|"
    "{a} diplomats|a {a} delegation|{a} leaders|{p}|{p}|{ap}|{t} {p}|{a} authorities|"
    "the government of {n}|the {a} ambassador|a senior {a} official|{a} lawmakers|"
    "{n} and {m}|the {a} government|{a} negotiators|the foreign minister of {n}|the government|"
    "the prime minister|the president|{n}'s government"
).split("|")
_ORGS = (
    "the United Nations|the UN|NATO|the European Union|the EU|the African Union|the Arab League|"
    "the OSCE|the Council of Europe|the Security Council|the World Bank|the IMF|Human Rights Watch|"
    "Amnesty International|the Red Cross|the U.N. Security Council|the European Commission|"
    "EU foreign ministers|the UN secretary general|the World Health Organization|the IAEA|"
    "the CSTO|the European Parliament|OPEC|ASEAN|the Organization of American States"
).split("|")
_DAYS = (
    "on Monday|on Tuesday|on Wednesday|on Thursday|on Friday|on Saturday|on Sunday|last week|"
    "last month|this week|yesterday|today|on 5 May|on March 12|in June 2014|late on Friday|"
    "early Saturday|in 1999|two days ago|at the weekend|in October|over the past month"
).split("|")
_BEFORE = (
    "{D}, |In {c}, |After weeks of tension, |Meanwhile, |Earlier, |Despite pressure from {x}, |"
    "In a statement, officials said |{c} (Reuters) - |{C}, {D} (AFP) - |Last night, |"
    "For the first time in years, |Under an agreement brokered by {x}, |According to {x}, |"
    "Amid growing pressure, |In response, |State television said |As fighting continued in {x}, |"
    "It was reported {D} that |As part of an effort to end the conflict, |Also {D}, "
).split("|")
_AFTER = (
    ", officials said|, a spokesman said {D}|, {x} media reported|, according to state media|"
    ", the interior ministry said in a statement| amid growing tension in the region|"
    ", in a move that angered {x}| after a week of fighting|, the agency reported {D}|"
    ", witnesses said| as part of a plan backed by {x}| for the first time since the war|"
    ", diplomats told reporters| following a series of incidents|, local media say| {D}| {D}|"
    " despite appeals from {x}| over the dispute| after the death of a {x_a} soldier|"
    ", sources in {c} said {D}| because of the crisis in {x}|, a senior official said|"
    ", which has been at war for years| in the wake of the elections| in the northern province"
).split("|")


class World:
    """Names to fill slots with."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.names: dict[str, dict[str, list[str]]] = {}
        for row in _rows("state_names.csv"):
            if (
                row["valid_to"]
                or re.search(r"ambiguous|[^ ]\[", row["note"])
                or len(row["name"]) < 4
            ):
                continue
            kinds = self.names.setdefault(row["iso3"], {})
            kinds.setdefault(row["kind"], []).append(row["name"])
        self.codes = sorted(
            c for c, k in self.names.items() if {"name", "adjective", "capital"} <= set(k)
        )
        self.persons = [
            (row["name"], row["role"])
            for row in _rows("persons_world.csv")
            if row["sector"] == "GOV"
        ]

    def state(self) -> dict[str, str]:
        """A state's names, the much written about more often."""
        code = self.rng.choice(
            [c for c in _BIG if c in self.codes] if self.rng.random() < 0.6 else self.codes
        )
        kinds = self.names[code]
        other = self.names[self.rng.choice(self.codes)]
        person, _ = self.rng.choice(self.persons)
        adjective = self.rng.choice(kinds["adjective"][:2])
        return {
            "n": self.rng.choice(kinds["name"][:2]),
            "a": adjective,
            "c": kinds["capital"][0],
            "C": kinds["capital"][0].upper(),
            "m": other["name"][0],
            "p": person if self.rng.random() < 0.6 else person.split()[-1],
            "ap": f"{adjective} President {person}",
            "t": self.rng.choice(_TITLES),
            "f": self.rng.choice(_NAMES_FIRST),
            "l": self.rng.choice(_NAMES_LAST),
        }

    def fill(self, slot: str, kind: str) -> str:
        """Words for one slot."""
        if slot == "D":
            return self.rng.choice(_DAYS)
        state = self.state()
        if slot == "PL":
            return state["c"] if self.rng.random() < 0.6 else state["n"]
        lists = {
            "F": _FORCES,
            "R": _REBELS,
            "C": _CROWD,
            "J": _ONE,
            "V": _VICTIMS,
            "P": _POLICE,
            "O": _ORGS,
        }
        choices = lists.get(kind, _STATE)
        if kind == "N":
            choices = ["{n}", "{n}", "{a}", "{c}"]
        if not kind and self.rng.random() < 0.12:
            choices = _ORGS
        words = self.rng.choice(choices).format(**state)
        return re.sub(r"^a (?=[AEIOaeio])", "an ", words)

    def around(self, words: str) -> str:
        """Fill the slots of what stands before or after a sentence."""
        state, by = self.state(), self.state()
        return words.format(
            D=self.rng.choice(_DAYS), x=by["n"], x_a=by["a"], c=state["c"], C=state["C"]
        )


def _rows(name: str) -> list[dict[str, str]]:
    path = resources.files("tiltmeter.knowledge") / "data" / name
    with path.open("r", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def patterns() -> list[tuple[str, str, bool]]:
    """(type, pattern, is it a headline) of every line in ``own/``."""
    out = []
    for path in sorted((Path(__file__).parent / "own").glob("*.txt")):
        kind = NONE
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("#"):
                kind = line.lstrip("# ").strip()
            elif line.strip():
                out.append((kind, line.strip(), path.stem == "headlines"))
    return out


def build(times: int, seed: int = 1) -> list[Example]:
    """Every pattern filled ``times`` times."""
    world = World(seed)
    out = []
    for kind, pattern, headline in patterns():
        for _ in range(times):
            out.append(_one(world, kind, pattern, headline))
    return out


def _one(world: World, kind: str, pattern: str, headline: bool) -> Example:
    rng = world.rng
    text = ""
    spans: dict[str, list[Span]] = {"S": [], "T": [], "*": []}
    if not headline and rng.random() < 0.4:
        text = world.around(rng.choice(_BEFORE))
        text = text[:1].upper() + text[1:]
    at = 0
    for match in _SLOT.finditer(pattern):
        text = _plain(text, pattern[at : match.start()], spans)
        words = world.fill(match[1], match[2])
        if headline:
            words = re.sub(r"^(the|a|an) ", "", words)
        if not text:
            words = words[:1].upper() + words[1:]
        start = len(text)
        text += words
        if match[1] in "ST":
            spans[match[1]].append((start, len(text)))
        at = match.end()
    text = _plain(text, pattern[at:], spans)
    if not headline:
        if rng.random() < 0.45 and not text.endswith("?"):
            text += world.around(rng.choice(_AFTER))
        text += "" if text.endswith("?") or rng.random() < 0.1 else "."
    elif rng.random() < 0.6:
        text = _title(text)
    roles = kind != NONE
    return Example(
        text,
        [kind],
        spans["S"] if roles else [],
        spans["T"] if roles else [],
        spans["*"] if roles else [],
        roles=True,
        origin="own",
    )


def _plain(text: str, part: str, spans: dict[str, list[Span]]) -> str:
    for piece in re.split(r"(\*\w[\w-]*)", part):
        if piece.startswith("*"):
            word = piece[1:] if text else piece[1:2].upper() + piece[2:]
            spans["*"].append((len(text), len(text) + len(word)))
            text += word
        else:
            text += piece if text else piece[:1].upper() + piece[1:]
    return text


def _title(text: str) -> str:
    small = {"of", "in", "on", "to", "with", "for", "and", "the", "a", "at", "by", "over", "from"}
    return re.sub(
        r"(?<![\w'])[a-z][\w']*",
        lambda m: m[0] if m[0] in small else m[0][:1].upper() + m[0][1:],
        text,
    )


if __name__ == "__main__":
    for example in build(1)[::9]:
        print(example.types, example.text)
