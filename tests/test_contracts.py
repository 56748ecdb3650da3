"""The house rules, checked: imports, docstrings, sizes, names, documents that tell the truth."""

from __future__ import annotations

import ast
import importlib
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tiltmeter.schemas import CONTRACTS

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "tiltmeter"
MODULES = {
    ".".join(("tiltmeter", *p.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(
        ".__init__"
    ): p
    for p in sorted(PACKAGE.rglob("*.py"))
}

# From the ground up. A room may import from rooms below it, and from itself.
FLOORS: tuple[tuple[str, ...], ...] = (
    ("errors", "chronicle"),
    ("schemas",),
    ("engine", "workers"),
    ("store",),
    ("pipeline",),
    ("knowledge", "feeds"),
    ("coding",),
    ("events",),
    ("stories", "panel", "config"),
    ("model",),
    ("stages",),
    ("api",),
    ("brief", "why"),
    ("output",),
    ("progress", "terminal", "scoring", "doctor", "explaining"),
    ("coder_options",),
    ("commands",),
    ("cli",),
)
LEVEL = {room: n for n, rooms in enumerate(FLOORS) for room in rooms}
MAX_LINES = 400


def room_of(module: str) -> str | None:
    """The room of a module; None for the package itself, which is the front door over all."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else None


def own_imports(tree: ast.AST) -> Iterator[str]:
    """Modules of the product imported anywhere in a file, inside functions too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (a.name for a in node.names if a.name.split(".")[0] == "tiltmeter")
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            if node.module == "tiltmeter":
                yield from (f"tiltmeter.{a.name}" for a in node.names)
            elif node.module and node.module.startswith("tiltmeter."):
                yield node.module


def parsed(module: str) -> ast.Module:
    return ast.parse(MODULES[module].read_text(encoding="utf-8"))


@pytest.mark.parametrize("module", [m for m in MODULES if room_of(m)])
def test_imports_point_downward(module: str) -> None:
    here = room_of(module)
    assert here in LEVEL, f"{here} has no place in FLOORS"
    for name in own_imports(parsed(module)):
        there = room_of(name)
        if there in {here, "__version__"}:  # the version stands in the package itself
            continue
        assert there in LEVEL, f"{module} imports {name}, which has no place in FLOORS"
        assert LEVEL[there] < LEVEL[str(here)], f"{module} imports {name}"


def test_every_place_in_the_list_is_a_room_of_the_house() -> None:
    assert set(LEVEL) == {room for m in MODULES if (room := room_of(m))}


@pytest.mark.parametrize("module", [m for m in MODULES if room_of(m) == "model"])
def test_the_model_knows_errors_schemas_and_itself_only(module: str) -> None:
    assert {room_of(n) for n in own_imports(parsed(module))} <= {"errors", "schemas", "model"}


def test_the_front_door_imports_nothing_at_load() -> None:
    tree = parsed("tiltmeter")
    loaded = [n for n in tree.body if isinstance(n, ast.Import | ast.ImportFrom)]
    assert {n.module for n in loaded if isinstance(n, ast.ImportFrom)} <= {"__future__", "typing"}
    assert not [n for n in loaded if isinstance(n, ast.Import)]


# --- docstrings, sizes, names --------------------------------------------------------------------


def undocumented(body: list[ast.stmt], prefix: str = "") -> Iterator[str]:
    """Public functions, methods and classes without a docstring."""
    for node in body:
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        if node.name.startswith("_"):
            continue
        if not ast.get_docstring(node):
            yield f"{prefix}{node.name}"
        if isinstance(node, ast.ClassDef):
            yield from undocumented(node.body, f"{node.name}.")


def exempt(module: str, name: str) -> bool:
    """Overridden hooks of libraries whose meaning is theirs."""
    return (module, name) == ("tiltmeter.cli", "_Group.main")


@pytest.mark.parametrize("module", MODULES)
def test_what_is_public_says_what_it_is(module: str) -> None:
    tree = parsed(module)
    assert ast.get_docstring(tree), f"{module} has no docstring"
    assert [n for n in undocumented(tree.body) if not exempt(module, n)] == []


@pytest.mark.parametrize("module", MODULES)
def test_modules_are_short_and_no_lumber_rooms(module: str) -> None:
    lines = MODULES[module].read_text(encoding="utf-8").count("\n")
    assert lines <= MAX_LINES, f"{lines} lines"
    assert module.rsplit(".", 1)[-1] not in {"utils", "util", "common", "misc"}


@pytest.mark.parametrize(
    "module", [m for m in MODULES if "__all__" in MODULES[m].read_text("utf-8")]
)
def test_what_a_module_offers_is_sorted_and_there(module: str) -> None:
    offered = importlib.import_module(module).__all__
    assert list(offered) == sorted(offered)
    for name in offered:
        assert getattr(importlib.import_module(module), name) is not None


def test_the_front_door_knows_the_home_of_all_it_offers() -> None:
    import tiltmeter

    assert sorted(tiltmeter._HOMES) == list(tiltmeter.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = tiltmeter.nothing


# --- contracts -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CONTRACTS)
def test_every_table_and_column_has_its_sentence(name: str) -> None:
    contract = CONTRACTS[name]
    assert contract.name == name
    assert contract.doc.endswith(".")
    for column in contract.columns:
        assert re.match(r"[A-Z0-9'].*\S\.$", column.doc) or column.doc.endswith("."), (
            f"{name}.{column.name}: {column.doc!r}"
        )
        assert len(column.doc) > 4


# --- documents -----------------------------------------------------------------------------------


def commands() -> dict[str, object]:
    from tiltmeter.commands import COMMANDS

    return {str(c.name): c for c in COMMANDS}


def code_blocks(path: Path) -> Iterator[str]:
    yield from re.findall(r"^```[^\n]*\n(.*?)^```", path.read_text(encoding="utf-8"), re.M | re.S)


def test_the_readme_names_every_command() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for name in commands():
        assert re.search(rf"tiltmeter {name}\b", readme), name


@pytest.mark.parametrize("page", sorted(p.name for p in ROOT.glob("*.md")))
def test_every_command_shown_exists_with_the_options_shown(page: str) -> None:
    import click

    known = commands()
    for block in code_blocks(ROOT / page):
        for line in re.findall(r"^\s*(?:\$ )?tiltmeter (.+)$", block, re.MULTILINE):
            words = re.split(r"\s+#", line)[0].split()
            name = words[0]
            assert name in known, f"{page}: tiltmeter {name}"
            command = known[name]
            assert isinstance(command, click.Command)
            options = {o for p in command.params for o in (*p.opts, *p.secondary_opts)}
            for word in words[1:]:
                if word.startswith("-"):
                    assert word.split("=")[0] in options, f"{page}: tiltmeter {name} {word}"


def test_make_targets_shown_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    for page in ROOT.glob("*.md"):
        for block in code_blocks(page):
            for target in re.findall(r"^\s*(?:\$ )?make ([a-z-]+)", block, re.MULTILINE):
                assert target in targets, f"{page.name}: make {target}"


def pages() -> list[Path]:
    return [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *PACKAGE.rglob("*.md")]


@pytest.mark.parametrize("page", pages(), ids=lambda p: str(p.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), target


def test_every_room_stands_on_the_map() -> None:
    page = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    for room in LEVEL:
        assert re.search(rf"\b{room}(\.py|/)", page), room


def test_decisions_are_numbered_in_a_row() -> None:
    numbers = sorted(int(p.name[:4]) for p in (ROOT / "docs" / "adr").glob("*.md"))
    assert numbers == list(range(1, len(numbers) + 1))


def test_words_of_probability_are_the_same_in_the_page_and_in_the_code() -> None:
    from tiltmeter.brief.words import ASSERTED, FEW_STORIES, GRADES

    page = (ROOT / "docs" / "words-of-probability.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\|\s*([\d.]+)\s*\|\s*([\d.]+)\s*\|\s*([a-z ]+?)\s*\|", page, re.MULTILINE)
    tops = [1.0, *(g.lo for g in GRADES[:-1])]
    assert [(float(lo), float(hi), word) for lo, hi, word in rows] == [
        (g.lo, top, g.word) for g, top in zip(GRADES, tops, strict=True)
    ]
    assert f"{ASSERTED:.2f}" in page
    assert f"fewer than {FEW_STORIES} stories" in page


def test_the_model_card_states_the_scores_that_were_measured() -> None:
    import json

    folder = PACKAGE / "coding" / "model"
    card = (folder / "README.md").read_text(encoding="utf-8")
    for scores in json.loads((folder / "scores.json").read_text(encoding="utf-8")).values():
        for value in scores.values():
            assert f"{value:.3f}" in card
    assert "CC BY-SA 4.0" in card


# --- what must not be in the repository ----------------------------------------------------------


def tracked() -> list[Path]:
    asked = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, check=False,
    )  # fmt: skip
    if asked.returncode:
        pytest.skip("not a git checkout")
    return [ROOT / n for n in asked.stdout.decode().split("\0") if n and (ROOT / n).is_file()]


# written in pieces, so that this file does not hold what it looks for
_HOSTS = "|".join(
    re.escape(h) for h in ("pypi" + ".org", "pythonhosted" + ".org", "index" + "-url http")
)
_HOMES = "|".join(f"{s}{d}{s}" for s in ("/",) for d in ("home", "root", "Users", "work", "mnt"))
_FORBIDDEN = {
    "a registry host": re.compile(rf"(?:{_HOSTS})|extra-index" + "-url"),
    "a path of one machine": re.compile(rf"(?<![\w.~$}})/-])(?:{_HOMES})[\w.]"),
}


@pytest.mark.parametrize("what", _FORBIDDEN)
def test_the_repository_holds_no(what: str) -> None:
    found = []
    for path in tracked():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [
            f"{path.relative_to(ROOT)}:{n}"
            for n, line in enumerate(text.splitlines(), 1)
            if _FORBIDDEN[what].search(line)
        ]
    assert found == []


# The networks of the coder, 23 MB each: smaller is not as good, and they must ship to work offline.
HEAVY = {
    f"src/tiltmeter/coding/encoder_model/{reader}/model.onnx": 30_000_000
    for reader in ("first", "second")
}


def test_no_file_is_large() -> None:
    sizes = {str(p.relative_to(ROOT)): p.stat().st_size for p in tracked()}
    large = {name for name, size in sizes.items() if size > HEAVY.get(name, 8_000_000)}
    assert large == set()
