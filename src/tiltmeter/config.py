"""One study: state, poles, months and options, from the command line or one TOML file."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

from tiltmeter.coding.choice import CoderChoice, choice_from_table
from tiltmeter.errors import CodeError, ConfigError
from tiltmeter.knowledge.poles import Pole, pole, poles_from_toml
from tiltmeter.knowledge.states import state

_KEYS: Final = frozenset({"state", "poles", "from", "to", "ci_prob", "pole", "coder", "lexicon"})
_MONTH: Final = re.compile(r"([0-9]{4})-([0-9]{2})")
_FIRST_YEAR: Final = 1946  # the knowledge base begins there


@dataclass(frozen=True, slots=True)
class Study:
    """What is asked: one state, its poles (the first two are contrasted), and the months.

    ``first`` and ``last`` are first days of months; null means "what the data cover". ``coder`` is
    null where the study does not say which. ``lexicons`` are the user lexicons that a study file
    names, for whoever codes the reports.
    """

    state: str
    poles: tuple[Pole, ...]
    first: date | None = None
    last: date | None = None
    ci_prob: float = 0.9
    user_poles: Mapping[str, Pole] = field(default_factory=dict)
    coder: CoderChoice | None = None
    lexicons: tuple[Path, ...] = ()

    @property
    def with_parts(self) -> tuple[Pole, ...]:
        """The poles asked for and the parts of compound ones, which are always shown with them."""
        out = {p.name: p for p in self.poles}
        for whole in self.poles:
            for part in whole.parts:
                out.setdefault(part, pole(part, self.user_poles))
        return tuple(out.values())


def month(text: str, key: str) -> date:
    """Read ``YYYY-MM``.

    Raises:
        ConfigError: Not a month, or before the knowledge base begins.
    """
    match = _MONTH.fullmatch(text.strip())
    if not match or not 1 <= int(match[2]) <= 12 or int(match[1]) < _FIRST_YEAR:
        raise ConfigError(
            f"{key}: {text!r} is not a month", f"write YYYY-MM from {_FIRST_YEAR}-01 on", key=key
        )
    return date(int(match[1]), int(match[2]), 1)


def next_month(day: date) -> date:
    """First day of the month after."""
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def study(
    state_code: str,
    pole_names: list[str],
    *,
    first: str | None = None,
    last: str | None = None,
    ci_prob: float = 0.9,
    user_poles: Mapping[str, Pole] | None = None,
) -> Study:
    """Check and build a study.

    Raises:
        CodeError: Unknown state or pole, with the nearest known.
        ConfigError: No pole, twice the same pole, reversed months, or a state that is itself a
            member of the pole.
    """
    extra = dict(user_poles or {})
    start = month(first, "from") if first else None
    end = month(last, "to") if last else None
    for key, day in (("from", start), ("to", end)):
        if day and day > date.today():
            raise ConfigError(
                f"{key} {day:%Y-%m} lies in the future", "choose a month that has begun", key=key
            )
    if start and end and end < start:
        raise ConfigError(f"from {first} is after to {last}", "swap them", key="from")
    who = state(state_code.strip())
    names = [name.strip() for name in pole_names if name.strip()]
    if not names:
        raise ConfigError("no pole is named", "for example --poles RUS,WEST", key="poles")
    if len(set(names)) < len(names):
        raise ConfigError(f"a pole is named twice: {','.join(names)}", key="poles")
    if not 0.5 < ci_prob < 1:
        raise ConfigError(f"ci_prob: {ci_prob} is not between 0.5 and 1", key="ci_prob")
    poles = tuple(pole(name, extra) for name in names)
    for one in poles:
        if one.name == who.iso3:
            raise CodeError(f"{who.name} cannot lean towards itself", "name another pole")
        if one.ever_member(
            who.iso3, start or date(_FIRST_YEAR, 1, 1), next_month(end or date.today())
        ):
            until = f" between {first or 'the beginning'} and {last or 'now'}"
            raise ConfigError(
                f"{who.name} ({who.iso3}) is a member of the pole {one.name}{until}",
                "a state's closeness is measured to poles it is not part of; name another pole "
                "or define one without it in a study file",
                key="poles",
            )
    return Study(who.iso3, poles, start, end, ci_prob, extra)


def read_study(path: Path) -> Study:
    """Read a study file (TOML): state, poles, from, to, ci_prob, lexicon, [coder] and [[pole]].

    Raises:
        ConfigError: The file cannot be read, or a key or value in it cannot be used.
    """
    try:
        raw: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as cause:
        raise ConfigError(f"study file {path}: {cause.strerror or cause}") from cause
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as cause:
        raise ConfigError(
            f"study file {path} is not TOML: {cause}",
            'for example: state = "AZE" and poles = ["RUS", "WEST"], each on a line',
        ) from cause
    if unknown := sorted(set(raw) - _KEYS):
        raise ConfigError(f"study file {path}: unknown key(s) {unknown}", f"known: {sorted(_KEYS)}")
    if "state" not in raw or "poles" not in raw:
        raise ConfigError(f"study file {path}: state and poles are needed")
    poles, ci_prob = raw["poles"], raw.get("ci_prob", 0.9)
    if not isinstance(poles, list):
        raise ConfigError(f"study file {path}: poles is not a list", 'write ["RUS", "WEST"]')
    if not isinstance(ci_prob, int | float):
        raise ConfigError(f"study file {path}: ci_prob is not a number", "for example 0.9")
    own = poles_from_toml({"pole": raw["pole"]}) if "pole" in raw else {}
    months = {key: str(raw[key]) if key in raw else None for key in ("from", "to")}
    coder = raw.get("coder")
    if coder is not None and not isinstance(coder, dict):
        raise ConfigError(
            f"study file {path}: coder is not a table", 'write [coder], name = "rules"'
        )
    found = study(
        str(raw["state"]),
        [str(p) for p in poles],
        first=months["from"],
        last=months["to"],
        ci_prob=float(ci_prob),
        user_poles=own,
    )
    return replace(
        found,
        coder=None if coder is None else choice_from_table(coder),
        lexicons=_lexicons(raw.get("lexicon", []), path),
    )


def _lexicons(value: object, path: Path) -> tuple[Path, ...]:
    """Paths of user lexicons, as seen from the folder of the study file."""
    listed = [value] if isinstance(value, str) else value
    if not isinstance(listed, list) or not all(isinstance(p, str) and p for p in listed):
        raise ConfigError(
            f"study file {path}: lexicon is no list of files", 'for example ["mine.toml"]'
        )
    return tuple(path.parent / p for p in listed)
