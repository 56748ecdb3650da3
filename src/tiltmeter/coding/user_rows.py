"""One entry of a user's TOML file: each value read by kind, and refused with place and way out."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from tiltmeter.errors import ConfigError

MAX_NAME = 200  # characters of a name, a phrase or a pattern
MAX_LIST = 5000  # values of one list


@dataclass(frozen=True, slots=True)
class Row:
    """One table of a file, with the words that say where it stands."""

    where: str
    raw: Mapping[str, object]

    def refuse(self, key: str, allowed: str) -> ConfigError:
        """The error for a value that cannot be used; the hint says what can."""
        value = self.raw.get(key)
        shown = repr(value) if key in self.raw else "missing"
        return ConfigError(
            f"{self.where}: {key} = {shown[:120]} cannot be used"
            if key in self.raw
            else f"{self.where}: {key} is missing",
            f"allowed: {allowed}",
            key=key,
            value=value,
        )

    def only(self, allowed: Collection[str]) -> None:
        """Refuse keys that nothing reads."""
        for key in self.raw:
            if key not in allowed:
                raise ConfigError(
                    f"{self.where}: unknown key {key!r}", f"known: {', '.join(sorted(allowed))}"
                )

    def text(self, key: str, *, default: str | None = None) -> str:
        """A text that is not blank; ``default`` (if given) where the key is left out."""
        value = self.raw.get(key, default)
        if not isinstance(value, str) or (not value.strip() and value != default):
            raise self.refuse(key, "a text that is not empty")
        if len(value) > MAX_NAME:
            raise self.refuse(key, f"at most {MAX_NAME} characters")
        return " ".join(value.split())

    def choice(self, key: str, allowed: Collection[str]) -> str | None:
        """One of some words; None where the key is left out."""
        if key not in self.raw:
            return None
        value = self.raw[key]
        if not isinstance(value, str) or value not in allowed:
            raise self.refuse(key, ", ".join(a or '""' for a in allowed))
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """A text or a list of texts, none blank, none twice; empty where the key is left out."""
        if key not in self.raw:
            return ()
        value = self.raw[key]
        listed = [value] if isinstance(value, str) else value
        if not isinstance(listed, list) or not listed or len(listed) > MAX_LIST:
            raise self.refuse(key, f"a text, or a list of 1 to {MAX_LIST} texts")
        out: list[str] = []
        for one in listed:
            if not isinstance(one, str) or not one.strip() or len(one) > MAX_NAME:
                raise self.refuse(key, f"texts of 1 to {MAX_NAME} characters")
            out.append(" ".join(one.split()))
        if len(set(out)) < len(out):
            twice = next(o for o in out if out.count(o) > 1)
            raise self.refuse(key, f"each value once; {twice!r} stands there twice")
        return tuple(out)

    def flag(self, key: str) -> bool:
        """True or false; false where the key is left out."""
        value = self.raw.get(key, False)
        if not isinstance(value, bool):
            raise self.refuse(key, "true or false")
        return value

    def share(self, key: str) -> float | None:
        """A number above 0 and up to 1; None where the key is left out."""
        value = self.raw.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 1:
            raise self.refuse(key, "a number above 0 and up to 1")
        return float(value)

    def day(self, key: str) -> date | None:
        """A day, as TOML writes it or in quotes; None where the key is left out."""
        value = self.raw.get(key)
        if value is None and key not in self.raw:
            return None
        if isinstance(value, str):
            try:
                return date.fromisoformat(value)
            except ValueError:
                raise self.refuse(key, "a day, YYYY-MM-DD") from None
        if not isinstance(value, date) or isinstance(value, datetime):
            raise self.refuse(key, "a day, YYYY-MM-DD")
        return value

    def table(self, key: str) -> Row:
        """A table within this one, for example ``where = { source = "RUS" }``."""
        value = self.raw.get(key)
        if not isinstance(value, Mapping):
            raise self.refuse(key, f'a table, for example {key} = {{ type = "ACCUSE" }}')
        return Row(f"{self.where}, {key}", value)
